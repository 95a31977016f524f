"""Columns of sex, age and place of residence that a declaration does not read."""

import json
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import GRID, read, rules, said
from tests.workbooks import workbook

ZONES = {"a": "U", "b": "R", "all": "_T"}
ONLY: dict[str, Any] = {"ref_area": {"const": "KG"}, "time_period": {"column": "Year"}}


@pytest.mark.parametrize(
    ("column", "text", "fine"),
    [
        ("Sex", "Female", False),
        ("HEAD_OF_HOUSE_SEX", "F", False),
        ("HEAD_OF_HOUSE_SEX", "_T", True),
        ("WEALTH_QUINTILE", "Q1", False),
        ("MATERNAL_EDU_LVL", "ISCED11_1", False),
        ("EDUCATION_LEV", "_X", True),
        ("STAGE", "F", False),
        ("GENDER", "M", False),
        ("Пол", "женщины", False),
        ("Age group", "15-49", False),
        ("Возраст", "18+", False),
        *(
            (name, "женщины", False)
            for name in ("Пол пострадавшего", "Гендер", "Жынысы боюнча", "Ҷинсият", "sex_label")
        ),
        *(
            (name, "18-29", False)
            for name in ("Жас тобы", "Жаш курагы", "Ёш гуруҳи", "Yosh guruhi", "Синну соли")
        ),
        *((name, "18-29", False) for name in ("Altersgruppe", "Возраст (лет)", "Age of victim")),
        *(
            (name, "rural", False)
            for name in ("Местность", "Город/село", "Residence", "Urban/rural", "Ҷои зист")
        ),
        *(("URBANISATION", code, False) for code in ("R", "U", "RUR")),
        ("URBANISATION", "_T", True),
        ("Residence", "Total", True),
        ("Местность", "Все население", True),
        ("Местность, тел.", "031212", True),
        ("Sex", "", True),
        ("SEX", "_T", True),
        ("Sex", "Both sexes", True),
        ("Пол", "Оба пола", True),
        ("Возраст", "Все возрасты", True),
        ("AGE", "Total (all ages)", True),
        *(("Пол", text, False) for text in ("Всего женщин", "Total female", "Barcha ayollar")),
        ("Пол", "Женщины и мужчины", True),
        ("Пол", "Девочки и мальчики", False),
        *(("Возраст", text, False) for text in ("Всего 15-49", "Все дети", "Все взрослые", "барча ёшлар")),
        *(
            ("Возраст", text, True)
            for text in ("Все возрастные группы", "Взрослые и дети", "ALLAGE", "бардыгы")
        ),
        *(("Тип местности", text, False) for text in ("сельская", "Всего сельское", "Total rural")),
        *(("Тип местности", text, True) for text in ("город и село", "Urban and rural", "Шаар жана айыл")),
        ("Agency", "Ministry", True),
        ("Sex offences", "12", True),
    ],
)
def test_a_column_that_nobody_reads(column: str, text: str, fine: bool) -> None:
    """Read carelessly: the figure of women, or of an age, as that of everybody."""
    content = f'Year,"{column}",Value\n2022,"{text}",72\n'.encode()
    everybody = {("KG", "2022", "_T", 72.0)}
    result = read(content, "open_sdg", ONLY)
    assert (said(result), rules(result)) == ((everybody, set()) if fine else (set(), {"unread_dimension"}))


@pytest.mark.parametrize(("label", "fine"), [("Все возрасты", True), ("60+", False), (None, False)])
def test_a_code_that_the_file_explains(label: str | None, fine: bool) -> None:
    """Read carelessly: 999 of a cube, which it calls all ages, is refused; or an age without a label is everybody."""
    age = {"index": ["999"], **({"label": {"999": label}} if label else {})}
    dimension = {"age": {"category": age}, "Year": {"category": {"index": ["2022"]}}}
    made = {"version": "2.0", "class": "dataset", "id": ["age", "Year"], "size": [1, 1], "value": [72]}
    result = read(json.dumps({**made, "dimension": dimension}).encode(), "json_stat", ONLY)
    assert bool(said(result)) == fine and rules(result) == (set() if fine else {"unread_dimension"})


LEVELS = {
    **dict.fromkeys(("Всего 60+", "всего сельских"), False),
    **dict.fromkeys(
        ("Все возрасты", "Взрослые и дети", "Городское и сельское население", "Minor injuries"), True
    ),
    **dict.fromkeys(("Citizens' appeals", "Обращения граждан", "Всего", "По возрасту и полу"), True),
    **dict.fromkeys(
        ("женщины", "Всего женщин", "18-29 лет", "взрослые женщины и дети", "дети", "Minor victims"), False
    ),
    **dict.fromkeys(
        (
            "сельские и городские дети",
            "сельское население",
            "инвалиды",
            "из них повторно",
            "Всего 60+",
            "всего сельских",
            "<18",
            "≥ 60 лет",
            "мальчики и девочки",
            "Boys and girls",
        ),
        False,
    ),
}


@pytest.mark.parametrize("place", ["level", "sheet"])
def test_a_level_of_the_header_or_a_sheet_that_nobody_reads(place: str) -> None:
    for text, fine in LEVELS.items():
        level = [["", text]] if place == "level" else []
        rows = [["Область", "2022"], *level, ["Чуйская область", 72]]
        content = workbook(rows, title=text if place == "sheet" else "Sheet")
        result = read(content, "excel", GRID, reader_options={"header_rows": [1, 2][: 1 + len(level)]})
        assert bool(said(result)) == fine and rules(result) == (set() if fine else {"unread_dimension"}), text


@pytest.mark.parametrize(
    ("name", "text", "fine"),
    [
        *((name, "женщины", False) for name in ("Категория", "Кто", "Примечание", "Разрез")),
        ("Показатель", "Число женщин", False),
        ("Series", "Orders, women", False),
        ("Group", "Women 18+", False),
        ("Subgroup", "15-49", False),
        ("Location", "Rural", False),
        ("Контингент", "сельское население", False),
        ("Пункт", "15-49", True),
        ("Тип", "всего", True),
        ("FREQ", "M", True),
        ("Закон", "О правах женщин", True),
        ("Организация", "Кризисный центр для женщин", True),
        ("Group", "women and men", True),
    ],
)
def test_a_part_of_the_people_in_a_column_of_any_name(name: str, text: str, fine: bool) -> None:
    content = f'Year,"{name}",Value\n2022-03,"{text}",72\n'.encode()
    result = read(content, "open_sdg", ONLY)
    assert bool(said(result)) == fine and rules(result) == (set() if fine else {"unread_dimension"})
    total = {"const": "_T"}
    of_all = read(
        content, "open_sdg", {**ONLY, "sex": total, "age": total}, breakdown={"URBANISATION": total}
    )
    assert bool(said(of_all)) == fine, "a constant of all contradicts"
    listed = read(content, "open_sdg", ONLY, expects={"columns": [name]})
    assert said(listed), "the declaration knows of it"
    centres = read(content, "open_sdg", {**ONLY, "indicator": {"const": "CRISIS_CENTRES"}})
    assert said(centres), "a centre is no person"


@pytest.mark.parametrize(
    ("texts", "concepts", "published"),
    [
        (("F", "M"), {}, 0),
        (("F", "_T"), {"sex": {"const": "_T"}}, 1),
        (("F", "F"), {}, 2),
        (("F", "_T"), {"sex": {"const": "F"}}, 2),
        (("F", "M"), {"sex": {"const": "F"}}, 1),
        (("Y18T29", "Y_GE30"), {}, 0),
        (("Y18T29", "_T"), {"age": {"const": "_T"}}, 1),
        (("U", "R"), {}, 0),
        (("U", "U"), {}, 2),
        (("F", "N"), {}, 2),
        (("P", "A"), {}, 2),
    ],
)
def test_codes_in_a_column_of_any_name(
    texts: tuple[str, str], concepts: dict[str, Any], published: int
) -> None:
    rows = "".join(f"{year},{text},72\n" for year, text in zip((2022, 2023), texts, strict=True))
    result = read(f"Year,dim3,Value\n{rows}".encode(), "open_sdg", {**ONLY, **concepts})
    assert result.good.num_rows == published
    other = read(f"Year,Source,Value\n{rows}".encode(), "open_sdg", {**ONLY, **concepts})
    assert other.good.num_rows == 2, "a source"


@pytest.mark.parametrize(("above", "explode"), [("", None), ("years", "years")])
@pytest.mark.parametrize(("text", "fine"), [("женщины", False), ("15-49", False), ("2 полугодие", True)])
def test_a_key_of_json_that_nobody_declared(above: str, explode: str | None, text: str, fine: bool) -> None:
    """Read carelessly: women alone, of whom a key of the record says that they are women, as everybody."""
    record = {"year": "2022-03", "value": 72, "Группа": text}
    rows = [{above: [record]}] if above else [record]
    options = {"value": "value", "columns": {"Year": "year"}, **({"explode": explode} if explode else {})}
    content = json.dumps({"data": rows}, ensure_ascii=False).encode()
    result = read(content, "json_table", ONLY, reader_options={"rows": "/data", **options})
    assert bool(said(result)) == fine and rules(result) == (set() if fine else {"unread_dimension"})
    # Once it is read, it is no column of its own.
    declared = {**options, "columns": {"Year": "year", "Группа": "Группа"}}
    whole = {**ONLY, "sex": {"column": "Группа", "values": {text: "F"}}}
    assert said(read(content, "json_table", whole, reader_options={"rows": "/data", **declared}))


@pytest.mark.parametrize(
    ("title", "indicator", "fine"),
    [
        ("Ордера, выданные женщинам", "PROTECTION_ORDERS", False),
        ("Ордера, выданные в сельской местности", "PROTECTION_ORDERS", False),
        ("Выдано ордеров несовершеннолетним", "PROTECTION_ORDERS", False),
        ("Ордера, выданные женщинам и мужчинам", "PROTECTION_ORDERS", True),
        ("Приюты для женщин", "CRISIS_CENTRES", True),
        ("О мерах по защите женщин и детей от насилия", "PROTECTION_ORDERS", True),
        ("О насилии в отношении женщин, детей и пожилых", "PROTECTION_ORDERS", True),
        ("По форме, утверждённой приказом от 15.06.2022", "PROTECTION_ORDERS", True),
        ("По форме, утверждённой от 8 июня 2022 года", "PROTECTION_ORDERS", True),
        ("Ордера, выданные взрослым и детям", "PROTECTION_ORDERS", True),
        ("Ордера, выданные детям", "PROTECTION_ORDERS", False),
        ("Protection orders by men", "PROTECTION_ORDERS", False),
        ("Protection orders, both sexes", "PROTECTION_ORDERS", True),
        ("Ордера, лицам от 18 лет", "PROTECTION_ORDERS", False),
        ("Protection orders issued to persons aged 18-29 years", "PROTECTION_ORDERS", False),
        ("18 жашка чейинки адамдарга берилген коргоо ордерлери", "PROTECTION_ORDERS", False),
        ("Schutzanordnungen für alle Personen unter 18 Jahren", "PROTECTION_ORDERS", False),
        ("Осуждено на срок от 3 до 5 лет лишения свободы", "PROTECTION_ORDERS", True),
        ("Дела о насилии против детей в возрасте до 18 лет", "PROTECTION_ORDERS", True),
        ("Ордера лицам 18-29 лет и лицам 30-39 лет, по областям", "PROTECTION_ORDERS", True),
        ("Protection orders issued to people of all rural areas", "PROTECTION_ORDERS", False),
        ("Қишлоқ жойларда яшовчи барча аҳолига берилган ордерлар", "PROTECTION_ORDERS", False),
        ("Физикалык зомбулук учурлары", "DV_CASES", False),
        ("Cases of psychological violence", "DV_CASES", False),
        ("Fälle körperlicher Gewalt", "DV_CASES", False),
        ("Случаи насилия: физическое, сексуальное, психологическое", "DV_CASES", True),
        ("Случаи насилия в семье, включая физическое насилие", "DV_CASES", True),
        ("Физическое насилие", "CRISIS_CENTRES", True),
    ],
)
def test_a_title_of_a_part_of_the_people(title: str, indicator: str, fine: bool) -> None:
    rows = [["Область", "2022"], ["Чуйская область", 72]]
    concepts = {**GRID, "indicator": {"const": indicator}}
    sheet = read(workbook([[title], *rows]), "excel", concepts)
    assert bool(said(sheet)) == fine and rules(sheet) == (set() if fine else {"unread_dimension"})
    lines_of = "\n".join([title, "Область;Год;Значение", "Чуйская область;2022;72"]).encode()
    columns = {**concepts, "ref_area": {"column": "Область"}, "time_period": {"column": "Год"}}
    text = read(
        lines_of, "delimited", columns, reader_options={"header_row": 2, "value_columns": ["Значение"]}
    )
    assert bool(said(text)) == fine
    if "18-29 years" in title or "psychological" in title:
        # A constant of the same age or form is meant; of any other one of the two is wrong.
        concept = "age" if "years" in title else "violence_form"
        for code in ("Y18T29", "Y_GE18") if concept == "age" else ("PSYCHOLOGICAL", "PHYSICAL"):
            result = read(workbook([[title], *rows]), "excel", {**concepts, concept: {"const": code}})
            assert bool(said(result)) == (code in ("Y18T29", "PSYCHOLOGICAL"))
    if title.endswith("выданные женщинам"):
        # A constant of the same sex is meant; of any other one of the two is wrong.
        for sex in ("F", "M", "_T"):
            result = read(workbook([[title], *rows]), "excel", {**concepts, "sex": {"const": sex}})
            assert bool(said(result)) == (sex == "F") and rules(result) <= {"unread_dimension"}
            titled = read(workbook(rows, title="Женщины"), "excel", {**concepts, "sex": {"const": sex}})
            assert bool(said(titled)) == (sex == "F")


@pytest.mark.parametrize(
    ("concepts", "more", "sex"),
    [
        ({"sex": {"const": "F"}}, {}, "F"),
        ({"sex": {"column": "Sex", "values": {"Female": "F"}}}, {}, "F"),
        ({}, {"where": {"Sex": ["Female"]}}, "_T"),
        ({"sex": {"const": "_T"}}, {"where": {"Sex": ["Female"]}}, "_T"),
        ({"sex": {"column": "Gender", "absent": "F"}}, {}, "F"),
    ],
)
def test_a_declaration_that_speaks_of_it_is_meant(
    concepts: dict[str, Any], more: dict[str, Any], sex: str
) -> None:
    result = read(b"Year,Sex,Value\n2022,Female,72\n", "open_sdg", {**ONLY, **concepts}, **more)
    assert said(result) == {("KG", "2022", sex, 72.0)}


@pytest.mark.parametrize(
    ("concepts", "cells", "fine"),
    [
        # The column that is read has another name now, and a code takes its place.
        *(
            ({"sex": {"column": ["Sex", "Gender"], "absent": "_T"}}, {name: text}, fine)
            for name, text, fine in (
                ("Пол", "Мужчины", False),
                ("Geschlecht", "F", False),
                ("Geschlecht der Opfer", "weiblich", False),
                ("Пол потерпевшей стороны", "женщины", False),
                ("Пол потерпевшей стороны", "не указан", True),
                ("Пол", "оба пола", True),
            )
        ),
        ({"sex": {"column": "Sex", "absent": "_T"}}, {"Sex": "F", "Sex of victim": "M"}, True),
        ({"sex": {"column": "Sex", "absent": "F"}}, {"Gender": "Male"}, False),
        (
            {"sex": [{"column": "Sex", "absent": "_T"}, {"column": "Series"}]},
            {"Series": "F", "Gender": "Female"},
            True,
        ),
        ({"age": {"column": "Age", "absent": "_T"}}, {"Возраст": "15-49"}, False),
        ({"age": {"column": "Age", "absent": "Y15T49"}}, {"Возраст": "15-49"}, True),
        # A constant that the file contradicts.
        *(
            ({"sex": {"const": "F"}}, {"Пол": text}, False)
            for text in ("мужчины", "M", "оба пола: муж. и жен.")
        ),
        *(({"sex": {"const": "F"}}, {"Пол": text}, True) for text in ("женщины", "_T", "всего", "", "2")),
        ({"sex": {"const": "_T"}}, {"Gender": "Female"}, False),
        *(
            ({"age": {"const": code}}, {name: text}, fine)
            for code, name, fine, texts in (
                (
                    "Y15T49",
                    "Age",
                    True,
                    ("15-49", "15–49 лет", "aged 15 to 49", "от 15 до 49", "Y15T49", "15 - 49 years"),
                ),
                ("Y15T49", "Age", True, ("", "Total", "все возрасты", "не указан", "взрослые", "2", "999")),
                (
                    "Y15T49",
                    "Age",
                    False,
                    ("18-29", "15-24 лет", "18+", "<18", "дети", "50 и старше", "17 лет"),
                ),
                ("Y18T29", "Возраст", False, ("15-49", "18 лет и старше", "минимум 60+", "до 18 лет")),
                (
                    "Y_GE18",
                    "Возраст",
                    True,
                    ("18+", "18 лет и старше", "старше 18", "от 18 лет", "adults", ">=18"),
                ),
                ("Y_GE18", "Возраст", False, ("18-29", "дети", "до 18 лет", "60 and over")),
                ("Y_LT18", "Age group", True, ("0-17", "до 18 лет", "under 18", "дети", "<18")),
                ("Y_LT18", "Age group", False, ("взрослые", "14-17", "18+")),
                ("_T", "Age", False, ("18-29", "дети", "60+")),
                ("_T", "Age", True, ("0+", "взрослые и дети", "")),
                ("Y_GE18", "Age of perpetrator", True, ("18-29",)),
            )
            for text in texts
        ),
        *(
            ({"age": {"column": "Age", "absent": "Y15T49"}}, {"Возраст": text}, fine)
            for text, fine in (("18-29", False), ("15–49 лет", True))
        ),
        *(
            ({"breakdown": {"URBANISATION": {"const": code}}}, {name: text}, fine)
            for code, name, fine, texts in (
                ("U", "Residence", False, ("rural", "сельская", "R", "город и село", "RESIDENCE_RURAL")),
                ("U", "Residence", True, ("urban", "город", "U", "URB", "Total", "", "не указано")),
                ("R", "Местность", False, ("urban", "городские поселения", "DEG_URB_U")),
                ("R", "Местность", True, ("село", "сельская местность", "RUR", "Всего")),
            )
            for text in texts
        ),
        ({"breakdown": {"URBANISATION": {"column": "Zone", "absent": "R"}}}, {"Residence": "urban"}, False),
        ({"breakdown": {"URBANISATION": {"column": "Zone", "absent": "R"}}}, {"Residence": "rural"}, True),
        ({"sex": {"const": "F"}}, {"Sex of perpetrator": "M"}, True),
        # Two columns of the same, of which one is read.
        *(
            ({"sex": {"column": "Gender"}}, {"Gender": code, name: text}, fine)
            for code, name, text, fine in (
                ("F", "Жынысы", "эркек", False),
                ("M", "Geschlecht", "weiblich", False),
                ("_T", "Jinsi", "ayollar", False),
                ("F", "Ҷинс", "занон", True),
                ("F", "Geschlecht", "1", True),
                ("F", "Пол агрессора", "мужчины", True),
                ("_T", "Sex", "Total", True),
            )
        ),
        *(
            ({"age": {"column": "Age"}}, {"Age": code, name: text}, fine)
            for code, name, text, fine in (
                ("Y18T29", "Жаш курагы", "30-44", False),
                ("Y_LT18", "Altersgruppe", "60+", False),
                ("_T", "Yosh guruhi", "18-29", False),
                ("Y18T29", "Ёш гуруҳи", "18+", True),
                ("Y_GE18", "Alter", "18-29", True),
                ("Y18T29", "Жас тобы", "барлығы", True),
            )
        ),
        *(
            (
                {"breakdown": {"URBANISATION": {"column": "Zone", "values": ZONES}}},
                {"Zone": code, name: text},
                fine,
            )
            for code, name, text, fine in (
                ("a", "Ҷои зист", "деҳот", False),
                ("all", "Urban/rural", "rural", False),
                ("b", "Местность", "сельская", True),
                ("all", "Residence", "Total", True),
            )
        ),
        *(
            ({"time_period": {"const": "2023"}}, {name: text}, fine)
            for name, text, fine in (
                ("Год", "2022", False),
                ("TIME_PERIOD", "2022", False),
                ("reporting year", "2022 год", False),
                ("Год", "2023", True),
                ("Год", "", True),
                ("Year of birth", "1990", True),
            )
        ),
        ({"time_period": {"const": "2021-01-01/P3Y"}}, {"Год": "2022"}, True),
        # A year that is called so, beside another one that is read ("At", 2021).
        *(
            ({}, {name: text}, fine)
            for name, text, fine in (
                ("Год", "2022", False),
                ("Year", "2022", False),
                ("Период", "2022-03", False),
                ("Жыл", "2020 жыл", False),
                ("Year", "2021", True),
                ("Год", "2020-2022", True),
                ("Год", "", True),
                ("Год решения", "2022", True),
            )
        ),
    ],
)
def test_a_column_that_says_another_thing_than_what_is_published(
    concepts: dict[str, Any], cells: dict[str, str], fine: bool
) -> None:
    """Read carelessly: men as women, women as everybody, those of 18 to 29 as those of 15 to 49, last year's figure."""
    content = f"At,{','.join(cells)},Value\n2021,{','.join(cells.values())},72\n".encode()
    parts = dict(concepts)
    more = {"breakdown": parts.pop("breakdown")} if "breakdown" in parts else {}
    known = {**ONLY, "time_period": {"column": "At"}, **parts}
    result = read(content, "delimited", known, reader_options={"value_columns": ["Value"]}, **more)
    assert bool(said(result)) == fine and rules(result) == (set() if fine else {"unread_dimension"})


def test_another_year_that_the_declaration_knows_of() -> None:
    content, known = b"At,Year,Value\n2021,2022,72\n", {**ONLY, "time_period": {"column": "At"}}
    listed = {"expects": {"columns": ["At", "Year", "Value"]}}
    assert said(read(content, "open_sdg", known, **listed)) and rules(read(content, "open_sdg", known))
    # A constant is of every row; what contradicts it is no other meaning of a year.
    assert rules(read(content, "open_sdg", {**ONLY, "time_period": {"const": "2021"}}, **listed))


KG: dict[str, Any] = {"const": "KG"}


@pytest.mark.parametrize(
    ("area", "cells", "fine"),
    [
        *(
            (KG, {"Region": text}, False)
            for text in ("Naryn", "Osh region", "KG-T", "Ош", "Нарынская область")
        ),
        *((KG, {"Region": text}, True) for text in ("Kyrgyzstan", "KGZ", "Central Asia", "Total", "")),
        *(
            (KG, {name: "Нарынская область"}, False)
            for name in ("Область", "REF_AREA", "GeoAreaName", "Аймак")
        ),
        *(
            (KG, {name: "Naryn"}, False)
            for name in ("region_code", "Name of region", "Region_ru", "data.region")
        ),
        *((KG, {name: "Naryn"}, True) for name in ("Court", "Region of birth", "Publisher")),
        *((KG, {name: "Заречный"}, False) for name in ("Район", "District", "Tuman", "name of district")),
        *(
            (KG, {"grp": text}, False)
            for text in ("Чуйская область", "Talas region", "KG-T", "KZ-47", "Чүй облусу")
        ),
        *((KG, {"Источник": text}, True) for text in ("Чуйская область", "Кыргызская Республика")),
        *((KG, {"Район": text}, True) for text in ("Всего", "Кыргызская Республика")),
        *((KG, {name: "Naryn"}, False) for name in ("Hudud nomi", "Регион проживания", "Bundesland (Name)")),
        *((KG, {name: "KG-N"}, False) for name in ("СОАТЕ", "KATO", "Код региона")),
        # Labels of a cross table have no name.
        *((KG, {name: text}, False) for name in ("row_2", "col_1") for text in ("Naryn", "Заречный район")),
        *((KG, {"row_2": text}, True) for text in ("Кыргызстан", "зарегистрировано", "Всего")),
        (KG, {"Country": "Tajikistan"}, False),
        # A part of the persons, wherever they are.
        (KG, {"Citizenship": "Tajikistan"}, False),
        ({"column": "Region"}, {"Region": "Naryn", "Country": "Kyrgyzstan"}, True),
        ({"column": "Country"}, {"Region": "Naryn", "Country": "Kyrgyzstan"}, False),
        ({"column": "Region"}, {"Region": "Naryn", "City": "Ош"}, True),
        ({"column": "Region"}, {"Region": "Naryn", "Oblast": "Talas"}, False),
        ({"column": "Region"}, {"Region": "Naryn", "District": "At-Bashy"}, False),
        # What is only called a name, beside the code of another area.
        *(
            ({"column": "SOATE"}, {"SOATE": "KG-N", name: text}, False)
            for name, text in (
                ("Аталышы", "Talas"),
                ("Наименование", "Таласская область"),
                ("Name_ru", "Чуй"),
            )
        ),
        *((KG, {name: "Нарын облусу"}, False) for name in ("Номи", "Атауы", "Номгӯй", "Название")),
        ({"column": "SOATE"}, {"SOATE": "KG-N", "Name": "Заречный район"}, False),
        *(
            ({"column": "SOATE"}, {"SOATE": "KG-N", "Nomi": text}, True)
            for text in ("Naryn", "Кыргызстан", "Ош", "Приют «Талас»", "Всего", "")
        ),
        # The label of a code that the declaration settles.
        ({"column": "Geo", "values": {"7": "KG-N"}}, {"Geo": "7", "Geo_label": "Talas"}, True),
    ],
)
def test_a_column_of_areas_that_nobody_reads(area: dict[str, Any], cells: dict[str, str], fine: bool) -> None:
    """Read carelessly: the figure of a region as that of the country, or of one country as that of another."""
    content = f"Year,{','.join(cells)},Value\n2022,{','.join(cells.values())},72\n".encode()
    result = read(content, "open_sdg", {**ONLY, "ref_area": area})
    assert bool(said(result)) == fine and rules(result) == (set() if fine else {"unread_dimension"})
    chosen = {"where": {name: [text] for name, text in cells.items()}}
    assert said(read(content, "open_sdg", {**ONLY, "ref_area": area}, **chosen))
