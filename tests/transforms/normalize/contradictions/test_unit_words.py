"""What headers, labels, titles and unit cells say of the unit, and that a contradiction is refused end to end."""

import json
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import CUBE, GRID, HEADER, ROWS, lines, read, rules, said
from tests.workbooks import workbook
from transforms.normalize.contradictions.unit_words import (
    agree,
    said_around,
    said_below,
    said_in_category,
    said_in_header,
    said_in_remark,
    said_in_title,
    said_in_unit,
    unit_columns,
    without_counted,
)
from transforms.normalize.scale import says_scale

SDMX: dict[str, Any] = {
    "ref_area": {"column": "REF_AREA"},
    "time_period": {"column": "TIME_PERIOD"},
    "sex": {"column": "SEX"},
}
SDMX_ROWS = "DATAFLOW,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE\nX:D(1.0),KG,F,2022,72,{}\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("%", "share"),
        ("в %", "share"),
        ("В % к итогу", "share"),
        ("Доля, %", "share"),
        ("Percent", "share"),
        ("женщины, %", "share"),
        ("Женщины %", "share"),
        ("в процентах к предыдущему году", "change"),
        ("Ордера, в % к соответствующему периоду прошлого года", "change"),
        ("Year-on-year change", "change"),
        ("Orders per capita", "rate"),
        ("на душу населения", "rate"),
        ("Удельный вес женщин", "share"),
        ("пайызбен", "share"),
        ("На 100 000 населения", "rate"),
        ("Rate per 100,000 population", "rate"),
        ("на 100 тыс. человек", "rate"),
        ("на 1000 женщин", "rate"),
        ("Число ордеров", ""),
        *((text, "unknown") for text in ("среднее", "Орташа", "орточо")),
        ("среднее образование", ""),
        ("Женщины (инвалидность 50% и более)", ""),
        ("2022", ""),
        ("Чуйская область", ""),
        ("человек (%)", ""),
        ("Значение", ""),
        ("более 100 000 жителей", ""),
        ("PT", ""),
        ("Темп роста", "change"),
        ("Темп роста, %", "change"),
        ("Темп роста, %, дней", "unknown"),
        ("Доля, дней", "unknown"),
        ("Изменение к 2021 году, раз", "change"),
        ("Прирост", "change"),
        ("Женщины, ‰", "rate"),
        ("Значение, промилле", "rate"),
        ("дней", "days"),
        ("index 2015=100", "score"),
        ("Сумма, тыс. сом", "money KGS"),
        ("Выплачено (тенге)", "money KZT"),
        ("Объём, млн. сумов", "money XXX"),
        ("Сомони", "money XXX"),
        ("Anteil in Prozent", "share"),
        ("Ордера, проц.", "share"),
        ("Пайыз менен", "share"),
        ("бо фоиз", "share"),
        ("Әйелдердің үлесі", "share"),
        ("Prevalence", "share"),
        ("Opfer je 100.000 Einwohner", "rate"),
        ("100 миң калкка", "rate"),
        ("100 мың тұрғынға шаққанда", "rate"),
        ("ба 100 ҳазор аҳолӣ", "rate"),
        ("Homicide rate", "rate"),
        ("Коэффициент на 1000", "rate"),
        ("Ratio", "rate"),
        ("Среднее число, в день", "unknown"),
        ("Среднее образование", ""),
        ("город со 100 мың", ""),
        ("более 100 000 человека", ""),
        ("Corporate", ""),
        ("Shared housing", ""),
    ],
)
def test_headers_and_labels(text: str, kind: str) -> None:
    assert said_around(text) == kind


# The same in the languages of the region and of its publishers' partners, as whole headers, labels or cells of a unit.
WORDS = {
    "share": (
        *("удельный вес, %", "Уд. вес в общем числе", "жалпы санына пайызбен", "%-бен", "үлес салмағы"),
        *(
            "жыйынтыкка карата пайыз менен",
            "салыштырма салмагы",
            "бо ҳисоби фоиз",
            "вазни қиёсӣ",
            "ҳиссаи занон",
        ),
        *(
            "жамига нисбатан фоизда",
            "солиштирма салмоғи",
            "jamiga nisbatan foizda",
            "ulushi",
            "v. H.",
            "Quote",
        ),
        *("Aufklärungsquote", "relative frequency", "per cent distribution", "pct."),
    ),
    "rate": (
        *("на 10 тыс. чел.", "на одного жителя", "на 100 браков", "на сто тысяч населения", "просантимилле"),
        *("промилле", "10 мың адамға шаққанда", "1000 адамға", "бір адамға шаққанда", "калктын 100 миңине"),
        *("киши башына", "ба ҳар 10 ҳазор нафар", "коэффитсиент", "1000 кишига", "100 000 аҳолига нисбатан"),
        *(
            "10 ming aholiga",
            "koeffitsiyent",
            "je Einwohner",
            "Häufigkeitszahl",
            "per 100 women",
            "odds ratio",
        ),
    ),
    "change": (
        *("абсолютный прирост", "+/-", "по сравнению с прошлым годом", "в % к 2021 г.", "2022 в % к 2021"),
        *("өсу қарқыны", "өткен жылға пайызбен", "өсүү арымы", "суръати афзоиш", "нисбат ба соли гузашта"),
        *(
            "ўсиш суръати",
            "ўтган йилга нисбатан",
            "o‘sish sur’ati",
            "Veränderung zum Vorjahr",
            "Zuwachs",
            "Y-o-Y",
        ),
        *("% change", "percentage points", "разница", "growth index", "Vorjahr = 100", "in % zum Vorjahr"),
        *("as a percentage of the corresponding period of the previous year", "in Prozent des Vormonats"),
        *(
            "алдыңғы жылдың тиісті кезеңіне пайызбен",
            "өсу индексі",
            "мурунку жылга карата, %",
            "өсүү индекси",
        ),
        *("o'tgan yilning mos davriga nisbatan, foizda", "ўтган йилнинг мос даврига нисбатан фоизда"),
        *("нисбат ба давраи мувофиқи соли гузашта, %", "индекси афзоиш", "o'sish indeksi", "growth rate, %"),
    ),
    "score": (
        "2015 г. = 100",
        "место в рейтинге",
        "ұпай",
        "шохис",
        "indeks",
        "Messzahl",
        "ranking",
        "средний балл",
    ),
    "unknown": (
        *(
            "среднемесячное число",
            "в среднем за месяц",
            "медианный возраст",
            "стандартная ошибка",
            "койко-дней",
        ),
        *(
            "орташа айлық",
            "орточо саны",
            "ба ҳисоби миёна",
            "ўртача ойлик",
            "o'rtacha",
            "mediana",
            "Durchschnitt",
        ),
        *(
            "Mittelwert",
            "monthly average",
            "upper bound",
            "часов",
            "саат",
            "soat",
            "кв. м",
            "доля, в среднем за год",
        ),
    ),
    "money XXX": ("млрд. so'm", "минг сўм", "ҳазор сомонӣ", "Uzbek soums", "somonis", "в сумах"),
    "money KZT": ("мың теңге", "tenges"),
    "money EUR": ("Tsd. Euro", "1.000 Euro", "еуро"),
    "money USD": ("US dollars", "тыс. долларов США"),
    "": (
        *("семей", "кол-во", "в абсолютных числах", "отбасы", "үй-бүлө", "оила", "парванда", "dona", "Fälle"),
        *(
            "средний медицинский персонал",
            "Средняя школа",
            "Рост преступности",
            "Долина",
            "Распространённые виды",
        ),
        *(
            "более 100 000 человека",
            "на 1 января 2023 года",
            "Место жительства",
            "Separate housing",
            "Год",
            "Лет",
        ),
        *("Durchschnittsfamilie", "orders for 30 days", "дети до 6 месяцев"),
    ),
}


@pytest.mark.parametrize("kind", WORDS)
def test_words_of_every_language(kind: str) -> None:
    assert {text: said_around(text) for text in WORDS[kind]} == dict.fromkeys(WORDS[kind], kind)


def test_unit_cells_also_hold_codes() -> None:
    assert [said_in_unit(code) for code in ("PT", "NUMBER", "P_HTHAB", "чел.", "KGS", "%")] == [
        "share",
        "count",
        "rate",
        "count",
        "money KGS",
        "share",
    ]


@pytest.mark.parametrize(
    ("text", "unit", "header"),
    [
        *(
            (text, "count", "count")
            for text in (
                *(
                    "Number of persons",
                    "total number of women",
                    "число лиц",
                    "Количество человек",
                    "Zahl der Fälle",
                ),
                *("адам саны", "kishi soni", "шумораи нафарон", "Абсолютное число", "count of cases"),
            )
        ),
        # As a header it says what all figures of a table are, in a column of units the unit.
        *((text, "count", "") for text in ("Количество", "саны", "Anzahl")),
        ("Число женщин, %", "share", "share"),
        ("Число женщин на 1000 населения", "rate", "rate"),
        ("Среднее число лиц", "unknown", "unknown"),
        ("Число и доля женщин", "", ""),
    ],
)
def test_a_number_of_persons_is_a_count(text: str, unit: str, header: str) -> None:
    """Read carelessly: twelve persons are twelve per cent."""
    assert (said_in_unit(text), said_in_header(text)) == (unit, header)


def test_a_title_says_a_unit_only_by_a_part_of_its_own() -> None:
    assert said_in_title("Таблица 3. Ордера, в процентах") == "share"
    assert said_in_title("Число ордеров и их доля (единиц, %)") == ""
    assert said_in_title("Ордера, ‰") == "rate"
    assert said_in_title("Ордера (темп роста, %)") == "change"
    assert said_in_title("Доля женщин среди пострадавших") == ""
    assert said_in_title("Ордера, выданные по областям") == ""
    assert said_in_title("Orders, index (2015=100)") == "score"
    # Behind what is counted, one word will do; before it, or beside a count, it may be another column's.
    assert said_in_title("Охранные ордера, удельный вес") == said_in_title("Ордера, женщины, %") == "share"
    assert (
        said_in_title("Orders, growth") == "change"
        and said_in_title("Ордера, в среднем за месяц") == "unknown"
    )
    assert said_in_title("Ордера, изменение законодательства") == said_in_title("Динамика") == ""
    assert said_in_title("Ордера (единиц), удельный вес") == ""


TITLES = {
    "score": (
        *(
            "Өңірлердің зорлық деңгейі бойынша алатын орны",
            "Өңірлердің рейтингі",
            "Аймактардын рейтингдеги орду",
        ),
        *(
            "Rangfolge der Länder",
            "Рейтинг областей",
            "Рейтинги вилоятҳо",
            "Hududlar reytingi",
            "Ranking of regions",
        ),
    ),
    "share": (
        *("Жабырлануучулардын жалпы санындагы салыштырма салмагы", "Jamiga nisbatan ulushi"),
        *("Victims by sex, percentage distribution", "Доля женщин в общем числе пострадавших"),
        *(
            "Ордера: удельный вес к итогу",
            "Prozentuale Verteilung der Opfer",
            "Share of women in the total number",
        ),
    ),
    "change": (
        *("Тұрмыстық зорлық-зомбылық істерінің өсу қарқыны", "Өсүү темпи", "Жиноятларнинг ўсиш суръати"),
        *("Пострадавшие: прирост к предыдущему году (человек)", "Суръати афзоиши ҷиноятҳо"),
        *(
            "Изменение числа пострадавших к предыдущему году, человек",
            "Zunahme der Opfer gegenüber dem Vorjahr",
        ),
        *(
            "Увеличение числа пострадавших по сравнению с прошлым годом",
            "Change in cases from the previous year",
        ),
        *("Тағйироти шумораи ҷабрдидагон нисбат ба соли гузашта", "Темпы роста преступности"),
    ),
    "rate": (
        *("Ҷабрдидагони зӯроварии оилавӣ ба ҳисоби 100 ҳазор аҳолӣ", "Число заявлений на одного инспектора"),
        *(
            "Нагрузка: зарегистрированных случаев на одного участкового инспектора",
            "Cases per police officer",
        ),
        *("Fälle je Beamten", "Бир инспекторго туура келген иштер", "Ҳолатҳо ба ҳар як нозир"),
    ),
    "sample": (
        *(
            "Opfer (10-%-Stichprobe, nicht hochgerechnet)",
            "10% sample, unweighted",
            "Женщины (невзвешенные данные)",
        ),
        *("Выборка 10 %, без распространения на генеральную совокупность", "10 % tanlanma", "Тандалма 10 %"),
    ),
    "": (
        *(
            "Доля женщин среди пострадавших",
            "Рост преступности",
            "Бир аёлга нисбатан зўравонлик",
            "Fälle je nach Einrichtung",
            "Место жительства",
        ),
        *(
            "Тұратын орны",
            "Random sample of 5,000 women",
            "Число и доля женщин в общем числе",
            "Сони ва улуши",
        ),
        *(
            "Заявления на участкового инспектора",
            "Выборка",
            "Распределение по областям",
            "Увеличение наказания",
        ),
        *("Weighted sample", "Hochgerechnete Zahlen", "Обращения в центр"),
    ),
}


@pytest.mark.parametrize("kind", TITLES)
def test_a_title_says_a_unit_with_what_it_is_about(kind: str) -> None:
    assert {text: said_in_title(text) for text in TITLES[kind]} == dict.fromkeys(TITLES[kind], kind)


def test_a_sample_is_no_count_in_any_place_and_no_matter_to_a_share() -> None:
    words = "10-%-Stichprobe, nicht hochgerechnet"
    said_by = (said_around, said_below, said_in_remark, said_in_header)
    assert {say(words) for say in said_by} == {"sample"}
    assert said_in_header("Frauen (10-%-Stichprobe, Personen)") == "sample"
    assert [agree(unit, "sample") for unit in ("count", "share", "rate")] == [False, True, True]
    assert said_around("Рост к предыдущему году, человек") == "change"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Примечание: на 100 000 населения", "rate"),
        ("* данные приведены в % к предыдущему году", "change"),
        ("Note: figures are per capita", "rate"),
        ("Источник: министерство\nв процентах", "share"),
        ("2015=100", "score"),
        ("Единица измерения: процент", "share"),
        ("Ед. изм.: человек", "count"),
        ("Единица измерения указана в паспорте показателя", ""),
        ("В 2022 году показатель составил 12 случаев на 100 000 населения", ""),
        ("Figures in brackets, in per cent, are shares of all orders", ""),
        ("Рост на 5 % к предыдущему году", ""),
        ("Source: 2015 census", ""),
    ],
)
def test_a_remark_says_a_unit_only_by_a_line_that_says_nothing_else(text: str, kind: str) -> None:
    assert said_in_remark(text) == kind


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        *(
            (name, said_in_unit)
            for name in ("Unit", "units", "UNIT_MEASURE", "Ед. изм.", "Unit_label", "age_unit", "Maßeinheit")
        ),
        ("column", said_in_header),
        *(
            (name, said_around)
            for name in ("col_1", "row_2", "section", "corner", "Показатель", "measure_label")
        ),
        *((name, said_in_title) for name in ("title", "TITLE", "sheet")),
        *((name, said_in_remark) for name in ("_remarks", "Source")),
        *((name, said_below) for name in ("_note", "Примечание", "COMMENT_TS", "OBS_COMMENT", "ANNOTATION")),
        # The figures themselves, their places, and what is quoted.
        *((name, None) for name in ("_value", "_locator", "_problem", "quote")),
    ],
)
def test_which_columns_are_read_for_the_unit_and_how(name: str, reader: object) -> None:
    """The same whatever other columns there are."""
    for others in ([], ["Region", "_value"]):
        assert unit_columns([name, *others]).get(name) is reader


def test_a_label_of_a_column_of_the_file_says_its_unit() -> None:
    """Alone, a column that ends like one says it in a line at most."""
    assert unit_columns(["geo", "geo_label"])["geo_label"] is said_in_category
    assert unit_columns(["geo_label"])["geo_label"] is said_in_remark


@pytest.mark.parametrize("header", ["В % к итогу", "На 100 000 населения", "Значение, %", "лет", "oy"])
def test_a_share_or_rate_is_no_count(header: str) -> None:
    """Read carelessly: 61 per cent published as 61 orders."""
    text = (HEADER + ROWS).replace("Значение", header)
    result = lines(text, {"value_columns": [header]})
    assert said(result) == set() and rules(result) == {"unit_contradicts"}
    assert header in result.refused["reason_en"][0].as_py()


@pytest.mark.parametrize(
    "code",
    [
        "IX",
        "DAYS",
        "RT",
        "GR",
        "PP",
        "PCH_PRE",
        "раз",
        "дней",
        "PT",
        "PCNT",
        "RATE_100000",
        "%",
        "часов",
        "years",
    ],
)
def test_the_unit_of_a_message(code: str) -> None:
    result = read(SDMX_ROWS.format(code).encode(), "sdmx_csv", SDMX)
    assert said(result) == set() and rules(result) == {"unit_contradicts"}
    for same in ("NUMBER", "PS", ""):
        assert said(read(SDMX_ROWS.format(same).encode(), "sdmx_csv", SDMX)) == {("KG", "2022", "F", 72.0)}


def test_a_count_is_no_share() -> None:
    share = {**SDMX, "indicator": {"const": "IPV_12M"}}
    assert rules(read(SDMX_ROWS.format("PS").encode(), "sdmx_csv", share)) == {"unit_contradicts"}
    assert said(read(SDMX_ROWS.format("PT").encode(), "sdmx_csv", share)) == {("KG", "2022", "F", 72.0)}


RATE, PART = "HOMICIDE_RATE", "IPV_12M"


@pytest.mark.parametrize(
    ("indicator", "words", "factor"),
    [
        (RATE, "на 10 тыс. человек", 10),
        (RATE, "Убийства на 1 000 жителей", 100),
        (RATE, "per 10,000 women", 10),
        (RATE, "je 10.000 Frauen", 10),
        (RATE, "per million population", 0.1),
        (RATE, "на 1 млн населения", 0.1),
        (RATE, "10 мың адамға", 10),
        (RATE, "1000 тургунга", 100),
        (RATE, "10 000 кишига", 10),
        (RATE, "har 10 000 aholiga", 10),
        (RATE, "ба ҳар 10 ҳазор нафар", 10),
        (RATE, "на 100 тыс. населения", None),
        (RATE, "per 100 000", None),
        (RATE, "100 000 аҳолига", None),
        (RATE, "100 мың адамға", None),
        (RATE, "100 миң калкка", None),
        (RATE, "je 100.000 Einwohner", None),
        (RATE, "Коэффициент на 1 января", None),
        (PART, "Доля женщин (в долях единицы)", 100),
        (PART, "Доля женщин (от 0 до 1)", 100),
        (PART, "Share (fraction of 1)", 100),
        (PART, "Proportion (0–1)", 100),
        (PART, "Anteil (1 = 100 %)", 100),
        (PART, "Улуши (0-1)", 100),
        (PART, "Бирдиктин үлүшү", 100),
        (PART, "Доля, %", None),
        (PART, "Anteil in Prozent", None),
    ],
)
def test_the_base_of_a_rate_or_share(indicator: str, words: str, factor: float | None) -> None:
    """Read carelessly: 3 of ten thousand published as 3 of a hundred thousand, or 0.37 as less than one per cent."""
    concepts = {
        "ref_area": {"const": "KG"},
        "time_period": {"column": "Год"},
        "indicator": {"const": indicator},
        "sex": {"const": "F"},
    }
    header = f"Год;{words}\n2023;0.5\n"
    in_title = f"{words}\nГод;Значение\n2023;0.5\n"
    in_column = f"Год;Единица;Значение\n2023;{words};0.5\n"
    for content, options in (
        (header, {"value_columns": [words]}),
        (in_title, {"header_row": 2, "value_columns": ["Значение"]}),
        (in_column, {"value_columns": ["Значение"]}),
    ):
        numbers = {"decimal": "."}
        result = read(content.encode(), "delimited", concepts, reader_options=options, numbers=numbers)
        assert rules(result) == ({"unit_contradicts"} if factor else set()), content
        if factor:
            assert "numbers: multiply" in result.refused["reason_en"][0].as_py()
        numbers = {**numbers, "multiply": factor or 1}
        result = read(content.encode(), "delimited", concepts, reader_options=options, numbers=numbers)
        assert said(result) == {("KG", "2023", "F", 0.5 * (factor or 1))}, content


def test_a_change_is_written_in_per_cent_too() -> None:
    assert [agree("change", "share"), agree("share", "change"), agree("count", "count")] == [
        True,
        False,
        True,
    ]


def test_a_declared_unit_is_meant() -> None:
    declared = {**SDMX, "unit_measure": {"const": "NUMBER"}}
    assert said(read(SDMX_ROWS.format("PT").encode(), "sdmx_csv", declared)) == {("KG", "2022", "F", 72.0)}


def test_the_unit_of_a_cube() -> None:
    unit = {"base": "%", "decimals": 1}
    document = {
        "version": "2.0",
        "class": "dataset",
        "id": ["area", "time"],
        "size": [1, 2],
        "dimension": {
            "area": {"category": {"index": ["KG"], "unit": {"KG": unit}}},
            "time": {"category": {"index": ["2022", "2023"]}},
        },
        "value": [7, 8],
    }
    assert rules(read(json.dumps(document).encode(), "json_stat", CUBE)) == {"unit_contradicts"}


def test_one_column_of_several_says_per_cent() -> None:
    text = "Область;2022;2023, %\nЧуйская область;120;7\n"
    concepts = {
        **GRID,
        "time_period": {"column": "column", "extract": "^[0-9]{4}"},
        "ref_area": {"column": "Область"},
    }
    result = read(text.encode(), "delimited", concepts, reader_options={"value_columns": "^20"})
    assert {row[3] for row in said(result)} == {120.0}


UNITS: tuple[dict[str, Any], ...] = (
    {"extension": {"px": {"units": "тысяч"}}},
    {"extension": {"px": {"units": {"orders": "thousand"}}}},
    {"extension": {"px": {"multiplier": 3}}},
    {"extension": {"unit": "млн"}},
    {"unit": {"base": "persons", "multiplier": 3}},
    {"note": ["Figures are in thousands"]},
    {"dimension": {"area": {"category": {"index": ["KG"], "unit": {"KG": {"symbol": "тыс."}}}}}},
)


def _cube(**more: Any) -> bytes:
    dimension = {"area": {"category": {"index": ["KG"]}}, "time": {"category": {"index": ["2022"]}}}
    dimension |= more.pop("dimension", {})
    base = {"version": "2.0", "class": "dataset", "id": ["area", "time"], "size": [1, 1], "value": [7]}
    return json.dumps({**base, "dimension": dimension, **more}).encode()


@pytest.mark.parametrize("unit", UNITS)
def test_the_unit_of_a_whole_cube_in_thousands(unit: dict[str, Any]) -> None:
    assert rules(read(_cube(**unit), "json_stat", CUBE)) == {"scale_undeclared"}
    result = read(_cube(**unit), "json_stat", CUBE, numbers={"multiply": 1000})
    assert said(result) == {("KG", "2022", "_T", 7000.0)}


def test_a_cube_of_persons_is_in_ones() -> None:
    fine = _cube(extension={"px": {"units": "persons", "multiplier": 0}})
    assert said(read(fine, "json_stat", CUBE)) == {("KG", "2022", "_T", 7.0)}
    told = _cube(note=["Of the women asked, 5 thousand said so in an earlier survey; in thousands of homes."])
    assert said(read(told, "json_stat", CUBE)) == {("KG", "2022", "_T", 7.0)}
    share = _cube(extension={"px": {"units": "per cent"}})
    assert rules(read(share, "json_stat", CUBE)) == {"unit_contradicts"}


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("UNIT_MULT", "3"),
        ("UNIT_MULT", "3: Thousands"),
        ("unit_mult", "6"),
        ("UNIT_MULTIPLIER", "3"),
        ("PowerCode Code", "3"),
        ("PowerCode", "Thousands"),
        ("MULTIPLIER", "1000"),
        ("UNIT_MEASURE", "THS"),
        ("UNIT", "THS_PER"),
        ("Value (000)", "x"),
        ("Value, 000s", "x"),
        ("Value, ×10³", "x"),
        ("in thousands", "x"),
    ],
)
def test_a_message_in_thousands(header: str, text: str) -> None:
    content = SDMX_ROWS.replace("UNIT_MEASURE", f'"{header}"').format(text)
    refused = says_scale(header) or rules(read(content.encode(), "sdmx_csv", SDMX)) == {"scale_undeclared"}
    assert refused


@pytest.mark.parametrize(
    ("header", "text"), [("UNIT_MULT", "0"), ("UNIT_MULT", "Units"), ("MULTIPLIER", "1"), ("UNIT", "P_THS")]
)
def test_a_message_in_ones(header: str, text: str) -> None:
    content = SDMX_ROWS.replace("UNIT_MEASURE", header).format(text)
    assert "scale_undeclared" not in rules(read(content.encode(), "sdmx_csv", SDMX))


def test_px_units_above_a_table() -> None:
    text = f'CHARSET="ANSI";\nUNITS="тысяч";\n{HEADER}{ROWS}'
    assert rules(lines(text, {"header_row": 3})) == {"scale_undeclared"}


def test_a_middle_is_a_mean_until_the_declaration_gives_it_a_code() -> None:
    """Read carelessly: a mean as a number of orders; or a middle education refused as a mean."""
    content = workbook([["Область", "2022", "2022"], [None, "Орташа", "барлығы"], ["Чуйская область", 5, 7]])
    options = {"header_rows": [1, 2]}
    whole = ("KG-C", "2022", "_T", 7.0)
    assert said(read(content, "excel", GRID, reader_options=options)) == {whole}
    education = {"EDUCATION": {"column": "col_2", "values": {"Орташа": "SECONDARY", "барлығы": "_T"}}}
    coded = read(content, "excel", GRID, reader_options=options, breakdown=education)
    assert sorted(coded.good["breakdown"].to_pylist()) == ["EDUCATION=SECONDARY", "_T"]


def test_a_year_that_says_persons_is_no_share() -> None:
    """Read carelessly: twelve persons as twelve per cent, since what stands behind the year is left out."""
    shares = {
        "ref_area": {"const": "KG"},
        "time_period": {"column": "Год"},
        "indicator": {"const": "IPV_12M"},
    }
    content = "Год;Доля\n2022, чел.;12\n2023;31\n".encode()
    result = read(
        content, "delimited", {**shares, "sex": {"const": "F"}}, reader_options={"value_columns": ["Доля"]}
    )
    assert (said(result), rules(result)) == ({("KG", "2023", "F", 31.0)}, {"unit_contradicts"})


@pytest.mark.parametrize(
    ("header", "year"),
    [
        ("2024 г., чел.", "2024 г."),
        ("2024 (чел.)", "2024"),
        ("2024; человек", "2024"),
        ("2024, %", "2024"),
        ("2024 (в процентах)", "2024"),
        # Not what is counted, or nothing else.
        ("2024, число ордеров", "2024, число ордеров"),
        ("2024, женщины", "2024, женщины"),
        ("2024 (оценка)", "2024 (оценка)"),
        ("2024, в % к 2023", "2024, в % к 2023"),
        ("2024 ()", "2024 ()"),
        ("2024", "2024"),
        ("чел.", "чел."),
        ("", ""),
    ],
)
def test_a_year_with_what_is_counted_in_it(header: str, year: str) -> None:
    assert without_counted(header) == year


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Ордера, %", "share"),
        ("2022, %", "share"),
        ("на 1000 женщин", "rate"),
        # Alone and without a number it may be the label of something else.
        *((label, "") for label in ("KG", "%", "доля", "Percent", "прирост", "per capita", "")),
        ("Ордера, выданные судом", ""),
    ],
)
def test_a_category_says_a_unit_only_beside_something_else(label: str, kind: str) -> None:
    assert said_in_category(label) == kind
