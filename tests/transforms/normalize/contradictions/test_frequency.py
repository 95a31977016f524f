"""A frequency that the file states beside the period: the two must agree."""

import datetime as dt
import json

import pytest

from sources.cells import TITLE, cells_table
from tests.sources.readers.test_more_cases import CUBE, GRID, declared, lines, normalizer, read, rules, said
from tests.transforms.normalize.contradictions.test_unit_words import SDMX
from tests.transforms.sample import Observe, Row, column, refusals
from tests.workbooks import workbook
from transforms.normalize.contradictions.as_of_days import as_of_days, ends_within
from transforms.normalize.contradictions.frequency import stated_frequency
from transforms.normalize.contradictions.said_parts import said_part
from transforms.normalize.inputs_and_results import FileFacts

AGREE = [
    ("A", "2024"),
    ("M", "2024-03"),
    ("Q", "2024-Q1"),
    ("S", "2024-S1"),
    ("H", "2024-S1"),
    ("A5", "2015/2019"),
    ("A", "2015/2019"),
    ("P1Y", "2024"),
    ("Годовая", "2024"),
    ("ежемесячно", "март 2024"),
    ("A", "2024-07-01/P1Y"),
    ("", "2024-03"),
    ("_Z", "2024-03"),
    ("by decree", "2024-03"),
]
PARTS = (
    *(
        "Выдано в январе-ноябре 2024 года ордеров",
        "За одиннадцать месяцев 2024 года выдано ордеров",
        "2024-жылдын 11 айы ичинде берилген ордерлер",
        "2024-жылдын январь-ноябрь айларында берилген ордерлер",
        "2024 жылғы 9 айда берілген нұсқамалар",
        "2024-yilning o‘n bir oyida berilgan orderlar",
        "2024 йилнинг 9 ойида берилган ордерлар",
        "Schutzanordnungen in den ersten neun Monaten 2024",
        "Дар ёздаҳ моҳи соли 2024 дода шуд",
        "In January-September 2024 issued orders",
    ),
    *(
        "Во II квартале 2024 года выдано ордеров",
        "2-чорак 2024 йил берилган ордерлар",
        "Ордерлар, 2024 йил 2-чорагида берилган",
        "Im zweiten Halbjahr 2024 erlassene Anordnungen",
        "2024 жылғы 1 жартыжылдықта берілген нұсқамалар",
        "2024 жылдын биринчи жарым жылдыгында берилген",
        "В первом полугодии 2024 года выдано ордеров",
        "Orders in the first half of 2024 by region",
        "H1 2024 figures of orders",
        "2024Q3 orders issued",
        "За 9 месяцев 2024 года нарастающим итогом выдано",
        "За три квартала 2024 года выдано",
        "Выдано с 1 января по 30 сентября 2024 года ордеров",
        "Дар семоҳаи дуюми соли 2024 дода шуд",
        "I и III кварталы 2024 года, выдано",
        "I полугодие 2024 года и II полугодие 2023 года",
        "I полугодие 2024 в сравнении со II полугодием 2023, ордера",
        "Im ersten Halbjahr 2024 nach Ländern",
        "Проведено бесед в январе-сентябре 2024 года, женщины",
        "За 9 месяцев 2024 года до суда дошло",
        "Допросы в январе-сентябре 2024 года, женщины",
        "2024-жылдын январь айынан сентябрь айына чейин берилген",
        "Half-year 2024 results of orders",
        "Orders in the year ending June 2024 by region",
    ),
    # Without a year, where a title begins.
    *(
        "За 9 месяцев выдано ордеров",
        "В январе-сентябре выдано ордеров",
        "Таблица 2. За 6 месяцев выдано ордеров",
        "6 айда берилген ордерлер",
        "6 oyda berilgan orderlar",
        "1-чоракда берилган ордерлар",
        "In the first nine months orders issued by region",
        "In den ersten neun Monaten erlassene Anordnungen",
        "Дар 9 моҳ дода шуд",
        "За сентябрь выдано ордеров",
    ),
    *("за 9 месяцев", "Обращения за январь-сентябрь", "Ордера за I полугодие 2026 года", "Ордера (9 мес.)"),
    *(
        "III квартал",
        "* за 9 месяцев",
        "Данные за 2026 год приведены за январь-сентябрь",
        "Jan-Sep",
        "9 айда",
    ),
    *(
        "Orders, January-September 2022-2023",
        "Дар 9 моҳи солҳои 2022-2023",
        "Первые полугодия 2022 и 2023 годов",
    ),
    *("Ордера за 9 месяцев 2022 и 2023 годов", "Ордера за I полугодие 2023 года в сравнении с 2022"),
    *("Публикация за I полугодие 2022 года", "Ордера за 2021 год и I полугодие 2022 года"),
    *("Ордера по областям 9 мес.", "Ордера 6 месяцев 2026", "Год, 6 месяцев", "Orders: 9 months"),
    *(
        "First 6 months",
        "первых 6 месяцев",
        "В 1 полугодии",
        "Jan 2022 to Jun 2022",
        "С 01 января по 30 июня",
    ),
)
NO_PARTS = (
    *(
        "В январе-декабре 2024 года выдано ордеров",
        "За 12 месяцев 2024 года выдано ордеров",
        "2024-жылдын 12 айы ичинде берилген ордерлер",
        "Закон от 27 апреля 2017 года, ордера",
        "Сроком до 6 месяцев 2024 года ордера",
        "Orders 2024, 6 months and longer",
        "* В январе-ноябре 2024 года изменён порядок учёта",
        "updated: January-September 2024 figures",
    ),
    *(
        "Within three months of 2024 reform",
        "I, II, III и IV кварталы 2024 года, ордера",
        "I-IV кварталы 2023-2024 годов, ордера",
        "I полугодие 2024, II полугодие 2024, ордера",
        "Q1, Q2, Q3, Q4 2024 orders",
        "Январь-июнь и июль-декабрь 2024 года, ордера",
        "Survey conducted in September-October 2023, women",
        "Опрос, проведённый в сентябре-октябре 2024 года, женщины",
        "Обследование домохозяйств, апрель-июнь 2023 года",
        "* Fieldwork: August-November 2017",
        "MICS 2018, data of April-June 2018 by region",
        "Численность на конец IV квартала 2024 года, по областям",
        "Orders in the year ending December 2024",
        "Ордера за 2024 год (данные обновлены в январе-марте 2025 года)",
        "В I полугодии 2024 года изменён закон",
        "В 2024 году 3 месяца обучения прошли",
        "2024 yilda 3 oyga berilgan orderlar",
        "2024 жылы 6 ай мерзімге берілген нұсқамалар",
        "За 3 месяца до опроса подверглись насилию",
        "In the first half of the term, women",
        "За 6 месяцев и более, ордера",
        "Дети до 3 месяцев 2024 года рождения",
        "1,5 месяца 2024 ордера",
        "По кварталам 2024 года, ордера",
        "За 4 квартала 2024 года выдано",
        "Issued in 2 halves 2024 by region",
        "Женщины I группы 2024 года",
        "January 2019 to June 2024, orders by year",
    ),
    *("Закон от 15 марта 2017", "за январь-декабрь 2025 года", "Форма за 12 месяцев", "дети до 6 месяцев"),
    *(
        "IPV in the last 12 months",
        "возраст 6 месяцев",
        "на 1 января 2023 года",
        "сентябрь",
        "Stalking over 3 months",
    ),
    *("Обновлено: 1 квартал 2025 г.", "Дата обновления: I квартал 2024", "Last updated: Q1 2024"),
    *("Ордера сроком на 3 месяца", "Ордера за 2022 и 2023 годы"),
    *("Ордера сроком 6 месяцев", "дети до 9 месяцев", "Дети до 6 месяцев 2026", "Курс 6 месяцев", "Квартал"),
)


@pytest.mark.parametrize(("texts", "part"), [(PARTS, True), (NO_PARTS, False)])
def test_words_of_a_part_of_the_year(texts: tuple[str, ...], part: bool) -> None:
    assert {
        text: bool(said_part(text, "_note" if text[0] in "*9" else "")) for text in texts
    } == dict.fromkeys(texts, part)


@pytest.mark.parametrize(
    ("title", "part"),
    [
        *((text, True) for text in ("Муроҷиатҳо дар нимсолаи аввал", "Муроҷиатҳо дар 6 моҳи сол")),
        *(
            (text, True)
            for text in ("Murojaatlar, yilning birinchi yarmida", "Ордера в первой половине года")
        ),
        *((text, True) for text in ("Opfer an einem Tag", "Пострадавшие за один день")),
        *(
            (text, False)
            for text in ("Обращения в среднем в день", "Повторные обращения в течение 6 месяцев")
        ),
        *((text, False) for text in ("Бери жарым жол", "Муроҷиатҳо дар 12 моҳи сол")),
    ],
)
def test_the_end_of_a_title_may_say_a_part_of_any_year(title: str, part: bool) -> None:
    assert bool(said_part(title, TITLE)) is part


AS_OF = (
    *(
        "Значение на 20.12.2024",
        "по состоянию на 20 декабря",
        "Ордера до 20 декабря 2024 года",
        "по 20-е декабря",
    ),
    *(
        "на 20.12.24",
        "Orders as of December 20, 2024",
        "as at 20th of December",
        "until 20 Dec",
        "to 20 December",
    ),
    *("Opfer an einem Stichtag (15. Mai)", "Stichtag 15. Mai 2024"),
    *("Anordnungen bis 20. Dezember 2024", "Stand: 20.12.2024", "Stand 20.12.", "zum 20. Dezember 2024"),
    *(
        "2024-жылдын 20-декабрына карата",
        "20-декабрга чейин",
        "20 желтоқсанға дейін",
        "2024 жылғы 20 желтоқсанға",
    ),
    *(
        "20 желтоқсандағы жағдай бойынша",
        "20 декабрь ҳолатига",
        "2024 yil 20-dekabr holatiga",
        "20-dekabrgacha",
    ),
    *(
        "20 декабргача",
        "ба ҳолати 20 декабри соли 2024",
        "то 20 декабр",
        "as of 2024-12-20",
        "as_of_20_december",
    ),
)
NOT_AS_OF = (
    *(
        "девушки до 20 лет",
        "Закон от 20 декабря 2024",
        "обновлено 20.12.2024",
        "отчёт представляется до 20 декабря",
    ),
    *(
        "Закон (с изменениями на 20.12.2024)",
        "снизилось на 20.12 %",
        "2024 жылғы 20 желтоқсандағы № 123 бұйрық",
    ),
    *(
        "на 20 января следующего года",
        "children up to 18 may apply",
        "valid until 20 December",
        "на 31 декабря",
    ),
    *(
        "на 1 января",
        "as of 1 January 2025",
        "на 20 декабря 2025 года",
        "bis 31. Dezember 2024",
        "до 45.12.2024",
    ),
)


@pytest.mark.parametrize(("texts", "within"), [(AS_OF, True), (NOT_AS_OF, False)])
def test_days_within_2024_to_which_figures_go(texts: tuple[str, ...], within: bool) -> None:
    year = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
    assert {text: ends_within(as_of_days(text), *year) for text in texts} == dict.fromkeys(texts, within)


@pytest.mark.parametrize("place", ["col_2", "row_1", "section"])
@pytest.mark.parametrize(
    ("text", "part"),
    [
        (" сентябрь ", "сентябрь"),
        ("II квартал", "II квартал"),
        ("март 2022", "март 2022"),
        # A number there may be of anything, and a whole year is no part of one.
        ("9", ""),
        ("2022", ""),
        ("за год", ""),
    ],
)
def test_a_level_of_the_header_may_name_one_month(place: str, text: str, part: str) -> None:
    """At the end of a title it may be that of a law."""
    assert said_part(text, place) == part
    assert not said_part("сентябрь", "title")


@pytest.mark.parametrize(
    ("below", "fine"),
    [
        ("* за 9 месяцев", set()),
        ("* за 9 месяцев 2025 года", {"2024"}),
        ("Данные за 2024 и 2025 годы приведены за январь-сентябрь", set()),
    ],
)
def test_a_line_about_parts_of_years_is_about_figures_of_years(
    observe: Observe, below: str, fine: set[str]
) -> None:
    """Months stand by themselves, and where the line names a year, so do the other years."""
    rows = [
        (str(7 + n), {"Year": year, "_note": below}) for n, year in enumerate(("2024", "2025", "2024-03"))
    ]
    result = observe(rows)
    assert {*column(result, "time_period")} == {"2024-03", *fine}
    assert {rule for _, rule in refusals(result)} == {"unreadable_period"}


def test_a_year_that_the_file_calls_nine_months() -> None:
    """Read carelessly: nine months as the year."""
    whole = {("KG-C", "2025", "_T", 120.0), ("KG-C", "2026", "_T", 90.0)}
    both = {("KG-C", "2024", "_T", 120.0), ("KG-C", "2025", "_T", 90.0)}
    only_2025 = {("KG-C", "2025", "_T", 120.0)}
    for title, heads, below, fine in (
        ("Ордера", ["2025", "2026*"], "* за 9 месяцев", only_2025),
        (
            "Ордера",
            ["2025", "2026"],
            "Данные за 2026 год приведены за январь-сентябрь",
            only_2025,
        ),
        ("Ордера за январь-сентябрь", ["2025", "2026"], "Источник: МВД", set()),
        ("Ордера за январь-декабрь", ["2025", "2026"], "* на 1 января 2026 года", whole),
        ("Ордера за 2024-2025 годы и за I полугодие 2026 года", ["2025", "2026"], "", only_2025),
        ("За 2025 год и 9 месяцев 2026 года выдано ордеров", ["2025", "2026"], "", only_2025),
        ("Ордера за 2024, 2025 и 9 месяцев 2026 г.", ["2025", "2026"], "", only_2025),
        ("Ордера за 2024 г., 2025 г. и I квартал 2026 г.", ["2024", "2025"], "", both),
        ("Ордера за 9 месяцев 2025 и 9 месяцев 2026 г.", ["2025", "2026"], "", set()),
        ("Ордера, I полугодие 2025 г. и I полугодие 2026 г.", ["2025", "2026"], "", set()),
        ("Выдано ордеров, декабрь", ["2025", "2026"], "", set()),
        ("Ордера по закону от 15 декабря", ["2025", "2026"], "", whole),
        ("Ордера, по состоянию на 01.10.2026", ["2025", "2026"], "", only_2025),
        ("Ордера", ["2025", "2026"], "Данные на 1 октября 2026 года", only_2025),
        ("Orders as of 1 October 2026", ["2025", "2026"], "", only_2025),
        ("Ордера на 01.01.2026", ["2025", "2026"], "", whole),
        ("Ордера по приказу от 01.10.2026", ["2025", "2026"], "", whole),
        ("Ордера, 2025 год в сравнении с 2024 и I полугодием 2026 года", ["2025", "2026"], "", only_2025),
        ("Ордера, 2024–2025; во II полугодии 2026 года выдано", ["2025", "2026"], "", only_2025),
        ("Ордера (2022-2025 гг.), за 9 месяцев 2026 г.", ["2025", "2026"], "", only_2025),
        ("За 9 месяцев 2025 и 2026 годов выдано ордеров", ["2025", "2026"], "", set()),
        ("За 9 месяцев выдано ордеров", ["2025", "2026"], "", set()),
        ("Ордера за I–IV кварталы 2025 года и I квартал 2026 года", ["2025", "2026"], "", only_2025),
        ("Выдано за I–IV кварталы 2025 года и I квартал 2026 года ордеров", ["2025", "2026"], "", only_2025),
    ):
        rows = [[title], ["Область", *heads], ["Чуйская область", 120, 90], [below]]
        result = read(workbook(rows), "excel", GRID, reader_options={"header_rows": [2]})
        assert said(result) == fine and rules(result) <= {"unreadable_period"}, (title, below)


@pytest.mark.parametrize("where", ["sheet", "corner", "year", "area", "value", "file_name", "_remarks"])
@pytest.mark.parametrize(
    "words", ["9 мес.", "январь–сентябрь", "I полугодие 2022", "на 20 декабря", "до 20 декабря 2022 года"]
)
def test_wherever_a_year_is_called_a_part_of_it(where: str, words: str) -> None:
    """Read carelessly: nine months as the year, by words that stand apart from the figures."""
    names = {
        name: f"{text} ({words})" if where == name else text
        for name, text in (("area", "Область"), ("year", "Год"), ("value", "Число"))
    }
    concepts = {"ref_area": {"column": names["area"]}, "time_period": {"column": names["year"]}}
    columns = {"_value": ["5"], "_locator": ["line 2"], "column": [names["value"]]}
    columns |= {names["area"]: ["Чуйская область"], names["year"]: ["2022"]}
    others = {"file_name": f"orders_{words.replace(' ', '_').replace('мес.', 'mes')}.csv"}
    columns |= {where: [others.get(where, words)]} if where not in names else {}
    dataset = declared("delimited", concepts)
    facts = FileFacts("ab" * 32, dt.datetime(2026, 11, 24), "input")
    result = normalizer("KG").normalize(cells_table(columns), dataset, facts)
    assert not said(result) and rules(result) == {"unreadable_period"}


@pytest.mark.parametrize(
    ("header", "fine"),
    [
        *((text, False) for text in ("Число за отчётное полугодие", "Выдано за месяц", "Ордера (квартал)")),
        *((text, False) for text in ("Orders issued in the quarter", "Quarterly total", "Count, Q3", "1H")),
        *((text, False) for text in ("Halbjahressumme", "Fälle im Berichtsquartal", "Monatswert")),
        *((text, False) for text in ("Ордерлер, жарым жылдык", "Бир чейрек ичинде", "Жартыжылдық, саны")),
        *((text, False) for text in ("Ярим йиллик сони", "Soni (chorak)", "Шумора дар семоҳа")),
        *((text, True) for text in ("За год", "По кварталам", "За 4 квартала", "I и II полугодие", "Q1-Q4")),
        *(
            (text, True)
            for text in ("За месяц до опроса", "Сроком на полгода", "Бир жарым жыл", "Half of women")
        ),
        *((text, True) for text in ("In the month before the survey", "In the half of cases", "Monatlich")),
    ],
)
def test_a_header_of_figures_that_says_not_which_part_of_the_year(
    observe: Observe, header: str, fine: bool
) -> None:
    """Read carelessly: the figure of some quarter as that of the year."""
    result = observe([("7", {"column": header, "Year": year}) for year in ("2024", "2024-03")])
    assert column(result, "time_period") == (["2024", "2024-03"] if fine else ["2024-03"])


SEVERAL_YEARS = (
    *(
        "В среднем за 2021–2023 годы",
        "Average of 2021-2023",
        "2021–2023-жылдардагы орточо",
        "2021-2023 yillar o‘rtachasi",
    ),
    *(
        "Durchschnitt der Jahre 2021-2023",
        "Orders, FY 2022/23",
        "Orders (July to June)",
    ),
    "Berichtszeitraum (Juli bis Juni)",
)
ONE_YEAR = (
    "Ордера, 2021–2023",
    "Среднегодовая численность, 2021–2023",
    "Orders (January to December)",
)


@pytest.mark.parametrize(
    ("words", "where", "fine"),
    [
        ("Учебный год", "Year", set()),
        ("Оқу жылы", "Year", set()),
        ("Schuljahr", "Year", set()),
        ("Fiscal year", "Year", {"2023"}),
        ("Бюджетный год", "Year", {"2023"}),
        ("Год", "Year", {"2023", "2023-01-01/P2Y"}),
        ("Маълумот, ўқув йили бўйича", "title", set()),
        ("O‘quv yili boshiga", "title", {"2023"}),
        ("Соли таҳсил", "row_1", set()),
        ("Pupils by academic year", "title", set()),
        ("Orders by calendar year", "title", {"2023", "2023-01-01/P2Y"}),
        *((text, "title", {"2023-01-01/P2Y"}) for text in SEVERAL_YEARS),
        *(
            (text, "Давра", {"2023-01-01/P2Y"})
            for text in ("2019-2023", "миёнаи солҳои 2021-2023", "FY2022/23")
        ),
        *((text, "title", {"2023", "2023-01-01/P2Y"}) for text in ONE_YEAR),
        *(
            ("2019-2023", place, {"2023", "2023-01-01/P2Y"})
            for place in ("Time coverage", "Survey period", "Год")
        ),
    ],
)
def test_a_year_of_schools_is_no_year(observe: Observe, words: str, where: str, fine: set[str]) -> None:
    """Read carelessly: autumn to summer as one calendar year, or as two whole ones."""
    name = words if where == "Year" else "Year"
    beside = {} if where == "Year" else {where: words}
    rows = [("7", {"Year": year, name: year, **beside}) for year in ("2023", "2023/24", "2023-10")]
    result = observe(rows, concepts={"time_period": {"column": name}})
    assert {*column(result, "time_period")} == {"2023-10", *fine}
    assert {rule for _, rule in refusals(result)} <= {"unreadable_period"}


DIFFER = [
    ("M", "2024"),
    ("A", "2024-03"),
    ("Q", "2024"),
    ("A", "2024-Q1"),
    ("A", "9 месяцев 2024"),
    ("M", "2024-Q1"),
    ("P1M", "2024"),
    ("месячная", "2024"),
    ("D", "2024"),
    # Twelve months but some days, and years that begin on no first day.
    ("A", "2024-01-01/2024-12-15"),
    ("A", "2024-01-15/2025-01-14"),
]


@pytest.mark.parametrize(
    ("stated", "period", "fine"), [(*p, True) for p in AGREE] + [(*p, False) for p in DIFFER]
)
def test_a_frequency_beside_a_period(observe: Observe, stated: str, period: str, fine: bool) -> None:
    """Read carelessly: the figure of a month, or of twelve, as that of the year."""
    result = observe([("7", {"Year": period, "FREQ": stated})])
    assert column(result, "obs_value") == ([7.0] if fine else [])
    assert refusals(result) == ([] if fine else [("line 2", "unreadable_period")])
    assert fine or stated in result.refused["reason_en"][0].as_py()


@pytest.mark.parametrize(
    ("column_name", "part", "fine"),
    [
        ("Месяц", "январь", False),
        ("Месяц", "12", False),
        ("Month", "All", True),
        ("Квартал", "", True),
        ("Квартал", "за год", True),
        *(("Квартал", text, True) for text in ("I-IV", "1 – 4", "всего за год", "год, всего")),
        *(("Квартал", text, False) for text in ("I-III", "за", "1-3", "итого за квартал")),
        ("Месяц", "январь-декабрь", True),
        ("Месяц", "январь-ноябрь", False),
        ("quarter", "II", False),
        ("Полугодие", "1", False),
        ("Monthly allowance", "5", True),  # another thing
    ],
)
def test_a_part_of_the_year_that_nobody_reads(
    observe: Observe, column_name: str, part: str, fine: bool
) -> None:
    """Read carelessly: the figure of January as that of the year; twelve equal ones do not even contradict."""
    result = observe([("7", {column_name: part})])
    assert column(result, "time_period") == (["2024"] if fine else [])
    assert refusals(result) == ([] if fine else [("line 2", "unreadable_period")])
    assert fine or f"within: {column_name}" in result.refused["reason_en"][0].as_py()
    assert not refusals(observe([("7", {column_name: part})], where={column_name: [part]}))
    assert not refusals(observe([("7", {column_name: part, "Year": "2024-03"})]))


def test_an_empty_cell_beside_parts_of_the_year_is_no_year(observe: Observe) -> None:
    """Read carelessly: the figure of a quarter whose cell was lost as that of the year."""
    rows: list[tuple[str | None, Row]] = [("7", {"Квартал": "I"}), ("8", {"Квартал": ""})]
    result = observe(rows)
    assert refusals(result) == [("line 2", "unreadable_period"), ("line 3", "unreadable_period")]
    assert "within_empty: year" in result.refused["reason_en"][1].as_py()
    assert column(observe(rows, where={"Квартал": [""]}), "obs_value") == [8.0]


@pytest.mark.parametrize(
    ("column_name", "day", "period", "fine"),
    [
        ("Конец", "2024-06-30", "2024", False),
        ("По", "30.06.2024", "01.01.2024", False),
        ("period_end", "2024-12-31", "2024-01-01", False),
        ("Period start", "2024-01-01", "2024-06-30", False),
        ("TIME_PERIOD_END", "2024-09-30", "2024", False),
        ("ref_period_start", "2024-02-01", "2024", False),
        ("REPORTING_YEAR_START_DAY", "--07-01", "2024", False),
        ("REPORTING_YEAR_START_DAY", "--01-01", "2024", True),
        ("Start date", "2024-01-01", "2024", True),
        ("end", "2025-01-01", "2024", True),  # the first day after it
        ("to", "2024", "2024", True),
        ("До", "", "2024", True),
        ("to", "women", "2024", True),
        ("Tender", "2024-06-30", "2024", True),  # another thing
        ("Дата среза", "20.12.2024", "2024", False),
        ("Data as of", "2024-10-15", "2024", False),
        ("cutoff_date", "15/10/2024", "2024", False),
        ("Холат санаси", "2024-10-01", "2024", False),
        ("Отчётная дата", "31.12.2024", "2024", True),
        ("As of", "2025-02-15", "2024", True),
        *(
            (name, "20.12.2024", "2024", True)
            for name in ("Дата", "Дата публикации", "Дата запроса", "updated")
        ),
    ],
)
def test_a_first_or_last_day_that_nobody_reads(
    observe: Observe, column_name: str, day: str, period: str, fine: bool
) -> None:
    """Read carelessly: the figure of a half-year as that of the day on which it began, or of the year."""
    result = observe([("7", {"Year": period, column_name: day})])
    assert refusals(result) == ([] if fine else [("line 2", "unreadable_period")])
    assert fine or column_name in result.refused["reason_en"][0].as_py()
    chosen = observe([("7", {"Year": period, column_name: day})], where={column_name: [day]})
    assert column(chosen, "obs_value") == [7.0]


def test_what_is_no_frequency_says_nothing() -> None:
    assert [stated_frequency(text) for text in ("monthly", " A ", "Q2", "2024", "often", "U")] == [
        "M",
        "A",
        "Q",
        "",
        "",
        "",
    ]


def test_a_declaration_that_says_the_periods_is_meant(observe: Observe) -> None:
    concept = {"column": "Year", "values": {"2024": "2024"}}
    assert column(observe([("7", {"FREQ": "M"})], concepts={"time_period": concept}), "time_period") == [
        "2024"
    ]
    assert not column(observe([("7", {"FREQ": "M"})]), "time_period")


def test_two_frequencies_of_one_cell() -> None:
    rows = "X:D(1.0),KG,F,A,2024,120\nX:D(1.0),KG,F,M,2024,10\nX:D(1.0),KG,F,M,2024-12,11\n"
    text = "DATAFLOW,REF_AREA,SEX,FREQ,TIME_PERIOD,OBS_VALUE\n" + rows
    result = read(text.encode(), "sdmx_csv", SDMX)
    assert said(result) == {("KG", "2024", "F", 120.0), ("KG", "2024-12", "F", 11.0)}
    assert rules(result) == {"unreadable_period"}


def test_the_frequency_of_a_message() -> None:
    namespace = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    text = f"""<m:StructureSpecificData xmlns:m="{namespace}/message"><m:Header><m:ID>X</m:ID></m:Header><m:DataSet>
    <Series REF_AREA="KG" SEX="F" FREQ="M"><Obs TIME_PERIOD="2023" OBS_VALUE="10"/></Series>
    <Series REF_AREA="KG" SEX="F" FREQ="A"><Obs TIME_PERIOD="2024" OBS_VALUE="120"/></Series>
    </m:DataSet></m:StructureSpecificData>"""
    result = read(text.encode(), "sdmx_ml", SDMX)
    assert said(result) == {("KG", "2024", "F", 120.0)} and rules(result) == {"unreadable_period"}


def test_the_frequency_of_a_cube() -> None:
    categories = {
        name: {"category": {"index": index}}
        for name, index in (("freq", ["M"]), ("area", ["KG"]), ("time", ["2024"]))
    }
    document = {
        "version": "2.0",
        "class": "dataset",
        "id": list(categories),
        "size": [1, 1, 1],
        "dimension": categories,
        "value": [7],
    }
    assert rules(read(json.dumps(document).encode(), "json_stat", CUBE)) == {"unreadable_period"}


@pytest.mark.parametrize(
    ("label", "fine"), [("2024", True), ("2024 год", True), ("2023", False), ("2024/25", False)]
)
def test_the_label_of_a_period_is_that_period(label: str, fine: bool) -> None:
    time = {"category": {"index": ["2024"], "label": {"2024": label}}}
    document = {
        "version": "2.0",
        "class": "dataset",
        "id": ["time"],
        "size": [1],
        "dimension": {"time": time},
        "value": [7],
    }
    result = read(json.dumps(document).encode(), "json_stat", CUBE)
    assert bool(said(result)) == fine and rules(result) == (set() if fine else {"unreadable_period"})


def test_the_frequency_of_a_table() -> None:
    head = "Область;Год;Пол;Периодичность;Значение\n"
    result = lines(head + "Чуйская область;2024;женщины;месяц;10\nЧуйская область;2024;мужчины;год;61\n")
    assert {row[3] for row in said(result)} == {61.0} and rules(result) == {"unreadable_period"}
