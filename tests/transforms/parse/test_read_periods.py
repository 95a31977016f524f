"""Periods in the region's languages: what is read, what is refused, and that every answer reads as itself."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.share_of_cases import examples
from transforms.parse.read_periods import parse, part_of_year, span, whole_year, within_year


@pytest.mark.parametrize(
    ("time_period", "freq", "texts"),
    [
        ("2024", "A", "2024 год (факт)|2024-й год|2024 отчёт|2024 г. (всего)|Итого за 2024 год|Всего 2024|2024 Total|"
         "соли 2024 (январ-декабр)|"
         "2024 (12 мес.)|год 2024|year 2024|2024 йилда|по итогам 2024 года|"
         "2024|2024.0|2024-A1|2024 г.|2024 год|2024 года|2024г.|2024 ж.|2024-жыл|2024 жыл|"
         "2024-жылы|"
         "2024 йил|2024-йил|2024-yil|2024 yil|соли 2024|дар соли 2024|за 2024 год|в 2024 году|2024*|2024¹|"
         "2024 г.¹|2024¹⁾,²⁾|2024*, **|"
         "2024 1)|２０２４|2024, |\u00a02024\u202fг.|2024-01-01/P12M|2024-01-01/P1Y|2024-01-01/P366D|"
         "12 месяцев 2024|"
         "январь-декабрь 2024|I-IV кварталы 2024 г.|двенадцать месяцев 2024|2024*)|'2024|im Jahr 2024|Jahr 2024|"
         "с 01.01.2024 по 31.12.2024|01.01.2024-31.12.2024|01.01. - 31.12.2024|2024-01-01/2024-12-31"),
        ("2024-Q1", "Q", "2024-Q1|2024Q1|2024 Q1|Q1 2024|1Q 2024|I кв. 2024|1 кв. 2024 г.|1 квартал 2024 г.|"
         "I квартал 2024 года|1-й квартал 2024|в первом квартале 2024 года|2024 I кв|2024 г., I квартал|"
         "2024 жылғы 1-тоқсан|I тоқсан 2024|2024-жылдын 1-кварталы|2024 йил 1-чорак|2024-yil 1-chorak|"
         "семоҳаи якуми соли 2024|first quarter of 2024|1st quarter 2024|Ⅰ кв. 2024|І тоқсан 2024|"
         "янв.-март 2024|"
         "3 месяца 2024|2024-01-01/P3M|2024-01-01/P91D|1 кв.2024|Iкв.2024|1. Quartal 2024|I. Quartal 2024|"
         "2024-01-01 to 2024-03-31"),
        ("2024-Q4", "Q", "2024 IV кв|IV квартал 2024|октябрь–декабрь 2024|2024 жылдың төртінші тоқсаны|"
         "2024-К4"),
        ("2024-S1", "S", "2024-S1|2024-H1|H1 2024|1H 2024|I полугодие 2024|1-е полугодие 2024 года|"
         "первое полугодие 2024 г.|first half of 2024|2024 жылғы 1-жартыжылдық|2024-жылдын 1-жарым жылдыгы|"
         "2024 йил 1-ярим йиллик|нимсолаи якуми соли 2024|6 oy 2024|2024 йилнинг 6 ойи|2024-yilning 6 oyi|"
         "за 6 месяцев 2024 года|6 моҳи соли 2024|2024 жылдың 6 айы|2024-01-01/P6M|I-II кв. 2024|1. Halbjahr 2024|"
         "шашмоҳаи аввали соли 2024|6-моҳаи соли 2024|1-е п/г 2024|I ж/ж 2024|I полугодие 2024 (6 мес.)|"
         "с 1 января по 30 июня 2024 г.|1 января – 30 июня 2024 года|шесть месяцев 2024|2024 жылдың алты айы"),
        ("2024-01", "M", "01-2024|2024-01|2024-M01|2024-М01|2024M1|01.2024|янв. 2024|январь 2024 г.|"
         "в январе 2024 года|"
         "Jan 2024|January 2024|қаңтар 2024|2024 жылғы қаңтар|2024-жылдын январы|январи соли 2024|"
         "2024 йил январь|"
         "2024 yil yanvar|2024, январь|1 месяц 2024|2024-01-01/P1M|2024-01-01/P31D"),
        ("2025-01-01/P11M", "_O", "янв-нояб. 2025|янв.–нояб. 2025 г.|январь–ноябрь 2025 года|"
         "январь - ноябрь 2025|"
         "Jan-Nov 2025|January–November 2025|January to November 2025|с января по ноябрь 2025 года|"
         "11 месяцев 2025|қаңтар-қараша 2025|2025 жылғы қаңтар-қараша|2025-жылдын январь-ноябрь айлары|"
         "Januar bis November 2025|январ то ноябри соли 2025|"
         "2025 йил январь-ноябрь|2025 yil yanvar-noyabr oylarida|январ-ноябри соли 2025|"
         "моҳҳои январ-ноябри соли 2025|2025-01-01/P11M|2025-01-01/P334D"),
        ("2024-01-01/P9M", "_O", "нӯҳ моҳи соли 2024|нӯҳмоҳаи соли 2024|Q1-Q3 2024|2024Q1-Q3|2024-01 - 2024-09|"
         "январь–сентябрь 2024 (9 мес.)|2024 йил I-III чоракларида|Всего за 9 месяцев 2024|"
         "9 месяцев 2024|за 9 месяцев 2024 года|9 мес. 2024 г.|9 months of 2024|"
         "I-III кв. 2024|3 квартала 2024|3 квартала 2024 года|три квартала 2024 г.|первые три квартала 2024|"
         "3 quarters of 2024|first three quarters of 2024|үш тоқсан 2024|2024 жылдың үш тоқсаны|"
         "2024 йилнинг уч чораги|2024 yil uch chorak|үч чейрек 2024|се семоҳаи соли 2024|"
         "первые девять месяцев 2024 года|nine months of 2024|2024 жылдың тоғыз айы|2024 yilning to'qqiz oyi"),
        ("2024-Q3", "Q", "III квартала 2024 года|3-го квартала 2024|3 квартал 2024|в 3 квартале 2024|3 кв. 2024|"
         "2024 жылғы 3-тоқсан|3rd quarter 2024|2024 йил 3-чорак"),
        ("2018-01-01/P3Y", "_O", "2018 to 2020|2018 bis 2020|2018/20|с 2018 по 2020 год|2018 through 2020|"
         "from 2018 to 2020"),
        ("2013-01-01/P4Y", "_O", "2013/16|2013/14 to 2015/16|2013/14 – 2015/16"),
        ("2012-01-01/P4Y", "_O", "2012/13 to 2014/15"),
        ("2023-10-01/P6M", "_O", "4 кв 2023 - 1 кв 2024|2023-Q4 - 2024-Q1|2023-10 to 2024-03"),
        ("2024-12-01/P2M", "_O", "декабрь 2024 - январь 2025|декабрь 2024 г. – январь 2025 г."),
        ("2019-01-01/P2Y", "_O", "2019/20|2019/2020|2019-2020|2019–2020 гг.|2019-20|2019-01-01/P24M"),
        ("2021-01-01/P2Y", "_O", "2021-22|2021–22 гг."), ("1999-01-01/P2Y", "_O", "1999/00|1999-2000"),
        ("2011-01-01/P2Y", "_O", "2011/12|2011-12 гг."), ("2011-12", "M", "2011-12"),
        ("2018-01-01/P6Y", "_O", "2018-2023|2018—2023 годы|2018/2023"),
        ("2024-01-01/P1D", "D", "на 1.01.2024|по сост. на 01.01.2024|"
         "as at 1 January 2024|Stand 01.01.2024|zum 1. Januar 2024|ба 1 январи соли 2024|2024 жылғы 1 қаңтарға|"
         "2024 жылғы 1 қаңтардағы жағдай бойынша|2024-жылдын 1-январына карата|2024 йил 1 январь ҳолатига|"
         "2024-yil 1-yanvar holatiga|2024 йил 1 январга|"
         "2024-01-01|01.01.2024|1 января 2024|на 1 января 2024 г.|на 01.01.2024|"
         "по состоянию на 1 января 2024 года|as of 1 January 2024|2024-жылдын 1-январы|2024 жылғы 1 қаңтар|"
         "1. Januar 2024|2024-01-01T00:00:00|2024-01-01 00:00:00.000|2024-01-01T00:00:00+06:00"),
        ("2023-01-01/P1Y5M", "_O", "2023-01-01/P17M|2023-01-01/P1Y5M"),
        ("2007-01-01/P3M18D", "_O", "2007-01-01/P3M18D|2007-01-01/P108D"),
    ],
)  # fmt: skip
def test_read(time_period: str, freq: str, texts: str) -> None:
    read = {text: parse(text) for text in texts.split("|")}
    assert {text: p and (p.time_period, p.freq) for text, p in read.items()} == dict.fromkeys(
        read, (time_period, freq)
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-Q1", "2024-01-01", "2024-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2019/20", "2019-01-01", "2020-12-31"),
        ("янв-нояб. 2025", "2025-01-01", "2025-11-30"),
        ("H2 2025", "2025-07-01", "2025-12-31"),
        ("2023-06-16/P6M15D", "2023-06-16", "2023-12-30"),
        ("2024-01-31/P1M", "2024-01-31", "2024-02-28"),
        ("2024-02-29/P1D", "2024-02-29", "2024-02-29"),
        ("2019-03-24/P1M1D", "2019-03-24", "2019-04-24"),
    ],
)
def test_days(text: str, start: str, end: str) -> None:
    period = parse(text)
    assert period and (period.start.isoformat(), period.end.isoformat()) == (start, end)


SPELLED = [
    "два три четыре пять шесть семь восемь девять десять одиннадцать",
    "two three four five six seven eight nine ten eleven",
]


@pytest.mark.parametrize("words", SPELLED)
def test_counts_of_months_in_words(words: str) -> None:
    months = "months" if words.startswith("two") else "месяцев"
    for count, word in enumerate(words.split(), 2):
        period = parse(f"{word} {months} 2024")
        assert period and period.start == dt.date(2024, 1, 1), word
        assert period.end + dt.timedelta(days=1) == dt.date(2024, count + 1, 1), word


MONTH_NAMES = [
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "January February March April May June July August September October November December",
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр",
    "январы февралы марты апрели майы июну июлу августу сентябры октябры ноябры декабры",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "январи феврали марти апрели майи июни июли августи сентябри октябри ноябри декабри",
]


@pytest.mark.parametrize("names", MONTH_NAMES)
def test_months_in_every_language(names: str) -> None:
    read = [parse(f"{name} 2023") for name in names.split()]
    assert [period and period.time_period for period in read] == [f"2023-{n:02d}" for n in range(1, 13)]


@pytest.mark.parametrize(
    "text",
    [
        "на конец года 2022", "2023/24 год плана", "end of March 2023", "на начало года",
        "", " ", "*", "год", "2017-13", "2017-00", "2024-M13", "2024-Q0", "2024-Q5", "2024-S3", "2024-A2",
        "2024-5",
        "2025-02-30/P1M", "2025-02-30", "31.02.2024", "32 января 2024", "0 января 2024", "01.13.2024",
        "2024-01-01/P", "2024-01-01/P0D", "2024-01-01/P99999D", "2024-01-01/P999Y", "2024-01-01/P9999M",
        "2024-01-01/1Y", "2099-12-31/P2D", "ноябрь-январь 2025", "январь 2025 - декабрь 2024",
        "13 месяцев 2024", "3 месяц 2024", "2024, 12 месяц", "3 month 2024", "2024 3 month",
        "0 месяцев 2024", "V квартал 2024", "5 кв. 2024", "III полугодие 2024", "III-I кв. 2024", "0099",
        "1899", "2100",
        "0099-01-01/P1Y", "20245", "202405", "12024", "2024-", "-2024", "1-2024", "с 2024", "до 2024",
        "2024 2025",
        "2020-2019", "2024-2024", "2018-23", "2024/03", "2024/23",
            "2020 to 2018",
            "2016 and 2018", "2018 to", "2 полугодия 2024", "3 тоқсан 2024", "2024 yil 3 chorak",
            "2024?", "2024r", "FY2024",
        # From autumn to summer.
        "2023/24 учебный год", "2023-24 учебный год", "2009-10 учебный год", "2023-2024 уч. г.", "2023/24 оқу жылы",
        "2023-2024-окуу жылы", "2023/2024 ўқув йили", "2023/2024 oʻquv yili", "соли таҳсили 2023-2024",
        "Schuljahr 2023/24", "учебный год 2023/2024", "school year 2023-2024",
        "2024 оценка", "ca. 2024",
        # With the first of July or without it; and midnight in Greenwich is the next day in Bishkek.
        "с 1 января по 1 июля 2024", "2024-01-01/2025-01-01", "2023-12-31T18:00:00Z",
        "30 июня - 1 января 2024", "01.02.2024-31.01.2024", "1 января по 30 июня",
        "20²24", "¹2024", "2024½", "٢٠٢٤", "२०२४", "2024①", "2024.03", "3.2024", "1 234", "январь", "6 ойи",
        "6-ой 2024", "2024 6-oy",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"days": -1},
        {"months": 1, "days": -1},
        {"years": -1, "months": 13},
        {"days": 10**9},
        {"years": 10**9},
    ],
)
def test_impossible_spans(arguments: dict[str, int]) -> None:
    assert span(dt.date(2024, 1, 1), **arguments) is None


YEARS = st.integers(1890, 2110)
PIECES = (
    "I II III IV V 1 2 3 4 6 9 12 13 кв. квартал полугодие тоқсан чорак oy ойи месяцев мес. г. года "
    "гг. йил жылы yil - – / январь нояб. Dec mart қараша ноябри Q1 Q2 S1 H2 M03 М11 A1 за на по с "
    "соли of to * ¹ 1) .0 /P1Y /P3M -01-01 -07 -31"
)
WORDS = st.sampled_from(PIECES.split())
TEXTS = st.one_of(
    st.lists(st.one_of(WORDS, YEARS.map(str)), max_size=6).flatmap(
        lambda parts: st.sampled_from(["", " "]).map(lambda gap: gap.join(parts))
    ),
    st.builds(
        "{}-{:02d}-{:02d}/P{}Y{}M{}D".format,
        YEARS,
        st.integers(0, 13),
        st.integers(0, 32),
        st.integers(0, 210),
        st.integers(0, 30),
        st.integers(0, 800),
    ),
    st.text(alphabet="0123456789-/PYMDQSHA. гкв", max_size=12).map(lambda text: f"20{text}"),
    st.text(max_size=12),
)


@settings(max_examples=examples(400, 2000), deadline=None)
@given(TEXTS)
def test_every_answer_reads_as_itself(text: str) -> None:
    period = parse(text)
    if period is not None:
        assert parse(period.time_period) == period
        assert dt.date(1900, 1, 1) <= period.start <= period.end <= dt.date(2099, 12, 31)


@settings(max_examples=examples(250, 1000), deadline=None)
@given(
    st.dates(dt.date(1890, 1, 1), dt.date(2110, 12, 31)),
    st.integers(-2, 300),
    st.integers(-20, 4000),
    st.integers(-40, 100_000),
)
def test_every_span_reads_as_itself(start: dt.date, years: int, months: int, days: int) -> None:
    period = span(start, years, months, days)
    if period is not None:
        assert parse(period.time_period) == period
        assert period.start == start <= period.end


@settings(max_examples=examples(150, 500), deadline=None)
@given(st.dates(dt.date(1890, 1, 1), dt.date(2110, 12, 31)))
def test_a_day_in_digits_reads_as_it_does_with_a_space(day: dt.date) -> None:
    """The space keeps it from the short way."""
    for text in (day.isoformat(), f"{day:%d.%m}.{day.year}"):
        assert parse(text) == parse(f" {text}") == span(day, days=1)


@settings(max_examples=examples(150, 500), deadline=None)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2040, 12, 31)), st.integers(1, 3000))
def test_one_name_for_the_same_days(start: dt.date, days: int) -> None:
    period = span(start, days=days)
    assert period and period.end == start + dt.timedelta(days=days - 1)
    if "/P" not in period.time_period:
        assert start.day == 1 and (period.end + dt.timedelta(days=1)).day == 1


AS_PRINTED = {
    "Q4/2006": "2006-Q4",
    "2007/Q2": "2007-Q2",
    "IV кв. 2006": "2006-Q4",
    "07/2010": "2010-07",
    "янв.2011": "2011-01",
    "I–III кв. 2024": "2024-01-01/P9M",
    "9 мес. 2023": "2023-01-01/P9M",
    "Jan-Sep 2023": "2023-01-01/P9M",
    "янв.-сен. 2023": "2023-01-01/P9M",
    "на 1 января 2024": "2024-01-01/P1D",
    "на 31.12.2023": "2023-12-31/P1D",
    "2009/10": "2009-01-01/P2Y",
    "2009-10": "2009-10",
}


@pytest.mark.parametrize("text", AS_PRINTED)
def test_a_period_as_a_portal_prints_it(text: str) -> None:
    period = parse(text)
    assert period is not None and period.time_period == AS_PRINTED[text]


@pytest.mark.parametrize(
    "text",
    [
        # December, or three years; October, or the year to 2010.
        "2023 (март)", "2023 (I полугодие)",
        "2023 (9 мес.)", "2023-2024 (12 мес.)", "январь-июнь 2023 (9 мес.)", "2023 (2022)",
        "2024-09 - 2024-01", "Q1-2023 2024",
        "2023 (план)", "2010/12", "2006/11", "2009–10", "2009 - 10", "2010 –12",
        # Which year is meant is not said.
        "FY2023", "3Q23", "Jul-10", "к. 2009", "на конец 2023", "01/07/2010", "IV/2006", "4/2006", "13/2010",
    ],
)  # fmt: skip
def test_a_period_that_can_be_two_is_refused(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "time_period"),
    [
        ("1998/00", "1998-01-01/P3Y"),
        ("1989/91", "1989-01-01/P3Y"),
        ("1998/02", None),
        ("1999/01", None),
        ("2010/13", "2010-01-01/P4Y"),
        ("2010/12", None),
        ("2010/01", None),
        ("2010/10", None),
        ("2020/20", None),
        ("2010/29", "2010-01-01/P20Y"),
        ("2010/30", None),
        ("2010/99", None),
        ("2010-13", None),
        ("2012-13", "2012-01-01/P2Y"),
        ("2012-14", None),
        ("2009-10", "2009-10"),
        ("1998-00", None),
        ("1999-00", "1999-01-01/P2Y"),
        ("2020/2020", None),
        ("2020/2019", None),
        ("2020/1921", None),
        ("2020-1925", None),
        ("2019/2020", "2019-01-01/P2Y"),
        ("2010-2040", "2010-01-01/P31Y"),
    ],
)
def test_two_years_or_a_month(text: str, time_period: str | None) -> None:
    found = parse(text)
    assert (found and found.time_period) == time_period


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("m", "Month|месяц|Ай:|ой|моҳ|Monat"),
        ("q", "QUARTER|квартал.|Кв|тоқсан|чейрек|chorak|семоҳа|Quartal"),
        ("s", "half-year|Полугодие|жартыжылдық|нимсола|Halbjahr"),
        ("", "|year|region|quarter of birth|q"),
    ],
)
def test_which_part_of_a_year_a_column_is_called(kind: str, names: str) -> None:
    assert {part_of_year(name) for name in names.split("|")} == {kind}


@pytest.mark.parametrize(
    ("year", "part", "column", "text"),
    [
        ("2024", "3", "quarter", "2024-Q3"),
        ("2024 г.", "03", "month", "2024-03"),
        ("2024", " 12 ", "месяц", "2024-12"),
        ("2024", "IV", "квартал", "2024-Q4"),
        ("2024", "ii.", "полугодие", "2024-S2"),
        ("2024", "", "quarter", "2024"),
        ("2024", "—", "quarter", "2024"),
        ("2024", "Total", "quarter", "2024"),
        ("2024 г.", "За год.", "месяц", "2024 г."),
        ("2024", "март", "month", "март 2024"),
        ("2024", "Q2", "quarter", "Q2 2024"),
        # What is no part of a year, or no year, keeps both texts, and is no period.
        ("2024", "5", "quarter", "5, 2024"),
        ("2024", "3", "half", "3, 2024"),
        ("2024", "13", "month", "13 2024"),
        ("2024", "IV", "month", "IV, 2024"),
        ("2024", "3", "stage", "3 2024"),
        ("2024-Q1", "3", "month", "3, 2024-Q1"),
        ("soon", "3", "month", "3, soon"),
    ],
)
def test_a_year_and_the_part_of_it_are_one_text(year: str, part: str, column: str, text: str) -> None:
    assert within_year(year, part, column) == text
    assert whole_year(part) is (text == year)
