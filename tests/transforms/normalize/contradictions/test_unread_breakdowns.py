"""Columns of a breakdown that a declaration does not read: by name, by their texts, and because they divide a file."""

import json
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import normalizer, read, rules, said
from tests.workbooks import workbook
from transforms.normalize import in_parts
from transforms.normalize.contradictions.dimension_words import dimension_of

ONLY: dict[str, Any] = {"ref_area": {"const": "KG"}, "time_period": {"column": "Year"}}
COLUMNS: dict[str, Any] = {"ref_area": {"column": "Region"}, "time_period": {"column": "Year"}}
REFUSED = {"unread_dimension"}


def one_row(column: str, text: str, **more: Any) -> set[str]:
    """The rules by which the figure of everybody beside an unread text is refused; none where it is published."""
    concepts = {**ONLY, **more.pop("concepts", {})}
    result = read(f'Year,"{column}",Value\n2022,"{text}",72\n'.encode(), "open_sdg", concepts, **more)
    assert bool(said(result)) != bool(rules(result))
    return rules(result)


PARTS = {
    "Физическое": (
        "Вид насилия",
        "Форма домашнего насилия",
        "VIOLENCE_TYPE",
        "violenceForm",
        "Form of violence",
    ),
    "дене": ("Зорлық-зомбылық түрі", "Зордук-зомбулуктун түрү"),
    "jismoniy": ("Zo‘ravonlik turi", "Зўравонлик шакли", "Навъи зӯроварӣ", "Gewaltform", "Form der Gewalt"),
    "сосед": (
        "Кем приходится пострадавшей",
        "Отношение к жертве",
        "Relationship",
        "Type of perpetrator",
        "Aggressor",
    ),
    "көрші": (
        "Туыстық қатынасы",
        "Тууганчылык даражасы",
        "Qarindoshlik darajasi",
        "Қариндошлик",
        "Хешутаборӣ",
    ),
    "Höhere": (
        "Beziehung",
        "Bildungsabschluss",
        "Familienstand",
        "Staatsangehörigkeit",
        "Beruf",
        "Straftatengruppe",
    ),
    "высшее": (
        "Образование",
        "Уровень образования",
        "Білім деңгейі",
        "Билим деңгээли",
        "Ma'lumoti",
        "Маълумоти",
    ),
    "таҳсилоти олӣ": ("Таҳсилот", "Education", "EDUCATION_LEVEL", "Level of education"),
    "в браке": (
        "Семейное положение",
        "Отбасылық жағдайы",
        "Үй-бүлөлүк абалы",
        "Oilaviy holati",
        "Вазъи оилавӣ",
    ),
    "жёны": ("Marital status", "Оилавий ҳолати", "Категория", "Category", "Санаты", "Toifa", "Гурӯҳ", "Тобу"),
    "ст. 73": ("Статья УК", "Статья", "Article of the Criminal Code", "Бап", "Берене", "Modda", "Модда"),
    "русские": (
        "Национальность",
        "Ethnicity",
        "Ұлты",
        "Улуту",
        "Millati",
        "Миллати",
        "Гражданство",
        "Nationality",
    ),
    "беднейший": ("Wealth quintile", "Квинтиль", "Income quintile", "Уровень дохода", "Wealth index"),
    "есть": (
        "Инвалидность",
        "Disability",
        "DISABILITY_STATUS",
        "Мүгедектігі",
        "Майыптыгы",
        "Nogironligi",
        "Маъюбӣ",
    ),
    "employed": (
        "Employment",
        "Occupation",
        "Род занятий",
        "Социальный статус",
        "Кесиби",
        "Kasbi",
        "Машғулият",
    ),
    "repeat": (
        "Status of victim",
        "Victim type",
        "Категория потерпевших",
        "Вид преступления",
        "Type of offence",
    ),
    "closed": (
        "Статус дела",
        "Case type",
        "Вид обращения",
        "Жиноят тури",
        "Қылмыс түрі",
        "Вид помощи",
        "Outcome",
    ),
}


def test_names_of_what_divides_persons_cases_and_offences() -> None:
    """Read carelessly: a part of them as all of them."""
    for text, names in PARTS.items():
        assert all(map(dimension_of, names)), [name for name in names if not dimension_of(name)]
        assert one_row(names[0], text) == REFUSED, names[0]
        for none in ("Все", "-", "Барлығы"):
            assert one_row(names[0], none) == set(), (names[0], none)
        listed = {"expects": {"columns": ["Year", names[-1], "Value"]}}
        assert one_row(names[-1], text, **listed) == set(), "a decision of the declaration's author"
        assert one_row(names[-1], text, where={names[-1]: [text]}) == set()


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *(
            (name, "МВД")
            for name in ("Источник", "Source", "Ведомство", "Organisation", "Манба", "Quelle", "Publisher")
        ),
        *(
            (name, "Правосудие")
            for name in ("Показатель", "Indicator name", "Series", "Название", "Dataset", "Goal")
        ),
        *(
            (name, "Women's crisis line")
            for name in ("Contact", "Телефон", "Provider", "Служба поддержки сайта")
        ),
        *(
            (name, "a")
            for name in ("Сноска", "Примечание", "Footnote", "COMMENT", "OBS_STATUS", "Status", "Статус")
        ),
        *((name, "N") for name in ("REPORTING_TYPE", "NATURE", "Language", "Freq", "Nature")),
        *((name, "2024-05-01") for name in ("Дата обновления", "Updated", "Published", "Last modified")),
        *((name, "лиц") for name in ("Ед. изм.", "Unit", "Единица измерения", "Категория")),
        *(
            (name, "7")
            for name in ("№", "№ п/п", "id", "Инвалиды", "Образование", "Преступления, всего", "Sex offences")
        ),
        *((name, "High income") for name in ("Income group", "Тип", "Type")),
        *((name, "иное") for name in ("Тип документа", "Ma'lumot turi", "Группа показателей")),
        ("category_id", "7"),
        ("Does a woman need a relationship status?", "Yes"),
        *(("Категория", text) for text in ("Правонарушения", "Crime and justice", "Домашнее насилие")),
        ("Вид насилия", "Все виды насилия"),
        ("Form of violence", "All forms"),
        ("Тип показателя", "Число случаев"),
    ],
)
def test_what_divides_nothing(column: str, text: str) -> None:
    assert one_row(column, text) == set()


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Violence type", "2"),
        ("Wealth quintile", "5"),
        ("Статья УК", "108-1"),
        ("Уровень образования", "3"),
        *(
            ("Прочее", text)
            for text in ("Физическое насилие", "Психологическое", "Physical violence", "Divorced")
        ),
        *(
            ("Прочее", text)
            for text in ("Жисмоний зўравонлик", "хушунати ҷисмонӣ", "körperliche Gewalt", "PHYSICAL")
        ),
        *(
            ("Прочее", text)
            for text in ("Intimate partner", "бывший муж", "Соседи", "other relatives", "незнакомое лицо")
        ),
        *(("Прочее", text) for text in ("Начальное образование", "With disability")),
        ("Прочее", "Всего: физическое насилие"),
        ("Группа", "A"),
        ("row_2", "Экономическое насилие"),
    ],
)
def test_codes_and_texts_that_say_a_part(column: str, text: str) -> None:
    assert one_row(column, text) == REFUSED
    assert one_row(column, text, concepts={"indicator": {"const": "CRISIS_CENTRES"}}) == set(), (
        "no person is counted"
    )


def test_a_topic_that_is_a_part_of_all_crime() -> None:
    for indicator, refused in (("DV_CRIMES", set()), ("CRIMES_REGISTERED", REFUSED)):
        assert (
            one_row("Category", "Domestic violence", concepts={"indicator": {"const": indicator}}) == refused
        )


@pytest.mark.parametrize(
    ("record", "refused"),
    [
        ({"violence": {"type": "Physical"}}, True),
        ({"wealth_quintile": 1}, True),
        ({"violence_type_id": 3}, True),
        ({"disability": True}, True),
        ({"education": {"id": 2, "name": "Higher"}}, True),
        ({"violence_cases": 12, "disabled": 5, "disability": 5}, False),
        ({"violence": {"type": "All forms"}}, False),
    ],
)
def test_a_key_of_json_that_is_a_number_or_an_object(record: dict[str, Any], refused: bool) -> None:
    content = json.dumps({"data": [{"year": "2022", "value": 72, **record}]}).encode()
    options = {"rows": "/data", "value": "value", "columns": {"Year": "year"}}
    result = read(content, "json_table", ONLY, reader_options=options)
    assert (result.good.num_rows, rules(result)) == ((0, REFUSED) if refused else (1, set()))


@pytest.mark.parametrize(
    ("label", "text", "refused"),
    [
        ("Уровень образования", "высшее", True),
        ("Уровень образования", "Всего", False),
        (None, "Physical violence", True),
        ("Вид документа", "высшее", False),
    ],
)
def test_a_dimension_of_json_stat_by_its_label(label: str | None, text: str, refused: bool) -> None:
    """Read carelessly: whatever a cube calls ``v1`` as all, though its label says what it is."""
    of = {"label": label, "category": {"index": ["1"], "label": {"1": text}}}
    made = {"version": "2.0", "class": "dataset", "id": ["v1", "Year"], "size": [1, 1], "value": [72]}
    cube = {**made, "dimension": {"v1": of, "Year": {"category": {"index": ["2022"]}}}}
    result = read(json.dumps(cube).encode(), "json_stat", ONLY)
    assert (result.good.num_rows, rules(result)) == ((0, REFUSED) if refused else (1, set()))


@pytest.mark.parametrize(
    "text", ["Экономика", "Economic", "Правоохранительные органы", "Нарын", "See the note", "2022"]
)
def test_texts_of_other_things(text: str) -> None:
    assert one_row("Прочее", text) == set()


def test_a_text_beside_one_that_is_a_code() -> None:
    """Read carelessly: of two parts the one whose word nobody knows, as the whole."""
    rows = (
        "Year,Region,Прочее,Value",
        "2022,Naryn,Письменно,72",
        "2022,Talas,через сайт,51",
        "2022,Chuy,всего,9",
    )
    assert table(*rows) == (1, REFUSED)
    assert table(*rows, breakdown={"CHANNEL": {"const": "WRITTEN"}}) == (3, set())


FORM: dict[str, Any] = {"const": "PHYSICAL"}


@pytest.mark.parametrize(
    ("concepts", "more", "column", "text", "fine"),
    [
        ({"violence_form": FORM}, {}, "Вид насилия", "Физическое", True),
        ({"violence_form": FORM}, {}, "Вид насилия", "Психологическое", False),
        ({"violence_form": FORM}, {}, "Вид насилия", "Рукоприкладство", True),
        ({"violence_form": FORM}, {}, "Вид насилия", "физическое и сексуальное", False),
        (
            {"violence_form": {"const": "PHYSICAL_SEXUAL"}},
            {},
            "Вид насилия",
            "физическое и сексуальное",
            True,
        ),
        ({"violence_form": {"const": "_T"}}, {}, "Прочее", "Физическое насилие", False),
        ({"violence_form": FORM}, {}, "Прочее", "Physical violence", True),
        (
            {"violence_form": {"column": ["Form", "Вид"], "absent": "_T"}},
            {},
            "Вид насилия",
            "Физическое",
            False,
        ),
        (
            {"violence_form": {"column": ["Form", "Вид"], "absent": "PHYSICAL"}},
            {},
            "Вид насилия",
            "физ.",
            True,
        ),
        ({"relationship": {"const": "IPTN"}}, {}, "Relationship", "Husband", True),
        ({"relationship": {"const": "IPTN"}}, {}, "Relationship", "Father", False),
        ({"relationship": {"const": "IPTN_FAM"}}, {}, "Кем приходится", "супруг", False),
        ({}, {"breakdown": {"EDUCATION": {"const": "PRIMARY"}}}, "Образование", "Начальное", True),
        ({}, {"breakdown": {"EDUCATION": {"const": "PRIMARY"}}}, "Образование", "Среднее", False),
        ({}, {"breakdown": {"WEALTH": {"const": "Q1"}}}, "Образование", "Начальное", False),
        ({"indicator": {"const": "PHYSICAL_VIOLENCE_12M"}}, {}, "Прочее", "Physical violence", True),
        ({"indicator": {"const": "PHYSICAL_SEXUAL_VIOLENCE_EVER"}}, {}, "Прочее", "Sexual violence", False),
        ({"indicator": {"const": "SEXUAL_VIOLENCE_REGISTERED"}}, {}, "Вид насилия", "Сексуальное", True),
        ({"indicator": {"const": "RAPE_REGISTERED"}}, {}, "Вид преступления", "Изнасилование", True),
        ({"indicator": {"const": "RAPE_REGISTERED"}}, {}, "Вид преступления", "Кража", False),
        ({"sex": {"const": "M"}}, {}, "Прочее", "муж", True),
        ({"sex": {"const": "M"}}, {}, "Прочее", "бывший муж", False),
    ],
)
def test_a_constant_that_the_file_repeats_or_contradicts(
    concepts: dict[str, Any], more: dict[str, Any], column: str, text: str, fine: bool
) -> None:
    assert one_row(column, text, concepts=concepts, **more) == (set() if fine else REFUSED)


def table(*rows: str, concepts: dict[str, Any] = COLUMNS, **more: Any) -> tuple[int, set[str]]:
    """Of a table of regions: rows that are published, and rules of the others."""
    result = read("\n".join(rows).encode(), "open_sdg", concepts, **more)
    return result.good.num_rows, rules(result)


def test_a_label_beside_what_is_read() -> None:
    """Read carelessly: each row refused, for the English words of what the Russian column says."""
    rows = (
        "Year,Region,Вид насилия,Form of violence,Value",
        "2022,Naryn,физ,Physical,1",
        "2022,Naryn,псих,Mental,2",
    )
    form = {"column": "Вид насилия", "values": {"физ": "PHYSICAL", "псих": "PSYCHOLOGICAL"}}
    assert table(*rows, concepts={**COLUMNS, "violence_form": form}) == (2, set())
    other = ("Year,Region,Series,Категория,Value", "2022,Naryn,a,заявления,1", "2022,Naryn,b,ордера,2")
    series = {"column": "Series", "values": {"a": "DV_REPORTS", "b": "PROTECTION_ORDERS"}}
    assert table(*other, concepts={**COLUMNS, "indicator": series}) == (2, set())
    women = ("Year,Region,Sex,Education,Value", "2022,Naryn,F,high,1", "2022,Naryn,M,low,2")
    assert table(*women, concepts={**COLUMNS, "sex": {"column": "Sex"}}) == (0, REFUSED), "no label of a sex"
    assert table(*other[:2], concepts={**COLUMNS, "indicator": series}) == (0, REFUSED), (
        "one text labels nothing"
    )


CROSSED = (
    "2022,Naryn,первично,72",
    "2023,Naryn,повторно,18",
    "2022,Talas,повторно,51",
    "2023,Talas,первично,64",
)


@pytest.mark.parametrize(
    ("name", "rows", "fine"),
    [
        ("Порядок", CROSSED, False),
        (
            "Flag of order",
            tuple(row.replace("первично", "first").replace("повторно", "again") for row in CROSSED),
            False,
        ),
        ("Порядок", tuple(row.replace("первично", "Всего") for row in CROSSED), None),
        # Rows that are read alike, though both figures are the same and one would pass for a repetition.
        ("Порядок", ("2022,Naryn,первично,5", "2022,Naryn,повторно,5"), False),
        ("Повтор", ("2022,Naryn,да,5", "2022,Naryn,нет,5"), False),
        ("Источник", ("2022,Naryn,МВД,5", "2022,Naryn,Суд,5"), True),
        ("Порядок", tuple(row.replace("первично", "повторно") for row in CROSSED), True),
        (
            "Вид",
            tuple(row.replace("первично", "предварительные").replace("повторно", "факт") for row in CROSSED),
            True,
        ),
        # What may stand beside a figure and says nothing of what it is about.
        ("Порядок", tuple(row.replace("первично", "да").replace("повторно", "нет") for row in CROSSED), True),
        ("Порядок", tuple(row.replace("первично", "1").replace("повторно", "2") for row in CROSSED), True),
        ("Порядок", tuple(row.replace("первично", "a").replace("повторно", "b") for row in CROSSED), True),
        (
            "Порядок",
            tuple(row.replace("первично", "01.02.2024").replace("повторно", "3 мая 2024") for row in CROSSED),
            True,
        ),
        (
            "Порядок",
            tuple(row.replace("первично", "https://a.kg").replace("повторно", "www.b.kg") for row in CROSSED),
            True,
        ),
        ("Порядок", (*CROSSED[:2], "2022,Talas,ещё,51", "2023,Talas,иное,64"), True),
        ("Источник", CROSSED, True),
        ("Единица", CROSSED, True),
        ("Флаги", CROSSED, True),
        ("sheet", CROSSED, True),
        ("Сноска", CROSSED, True),
        # A function of one column that is read: a label beside its code, or the part of the country.
        (
            "Часть",
            ("2022,Naryn,восток,1", "2023,Naryn,Восток,2", "2022,Talas,север,3", "2023,Talas,север ,4"),
            True,
        ),
        (
            "Часть",
            ("2022,Naryn,старое,1", "2023,Naryn,новое,2", "2022,Talas,старое,3", "2023,Talas,новое,4"),
            True,
        ),
    ],
)
def test_a_column_that_divides_the_file(name: str, rows: tuple[str, ...], fine: bool | None) -> None:
    """Read carelessly: first and repeated orders side by side as one series; ``None``: only rows of all are read."""
    keys = len({row.rsplit(",", 2)[0] for row in rows})
    expected = {True: (keys, set()), False: (0, REFUSED), None: (2, REFUSED)}[fine]
    assert table(f"Year,Region,{name},Value", *rows) == expected
    listed = {"columns": ["Year", "Region", name, "Value"]}
    assert table(f"Year,Region,{name},Value", *rows, expects=listed)[0] == keys
    if fine is False and keys == 4:
        assert table(f"Year,Region,{name},Value", *rows, where={name: [rows[0].split(",")[2]]}) == (2, set())


def test_sexes_that_divide_a_file_are_judged_as_sexes() -> None:
    women = ("2022,Naryn,женщины,1", "2023,Naryn,мужчины,2", "2022,Talas,мужчины,3", "2023,Talas,женщины,4")
    concepts = {**COLUMNS, "sex": {"const": "F"}}
    assert table("Year,Region,Пол,Value", *women, concepts=concepts) == (2, REFUSED)


def test_a_label_of_a_cross_table_that_divides_it() -> None:
    rows = [
        ["Область", "Порядок", "2022", "2023"],
        ["Naryn", "первично", 72, None],
        ["Naryn", "повторно", None, 18],
    ]
    rows += [["Talas", "первично", None, 64], ["Talas", "повторно", 51, None]]
    options = {"label_columns": "A:B", "header_rows": [1], "blank_cells": "skip"}
    concepts = {"ref_area": {"column": "row_1"}, "time_period": {"column": "col_1"}}
    result = read(workbook(rows), "excel", concepts, reader_options=options)
    assert (result.good.num_rows, rules(result)) == (0, REFUSED)


def test_a_large_file_is_looked_through_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read carelessly: a part of the file in which the column has one text, as if it had no other."""
    monkeypatch.setattr(in_parts, "ROWS", 2)
    order = (CROSSED[0], CROSSED[3], CROSSED[1], CROSSED[2])
    assert normalizer("KG") is not None
    assert table("Year,Region,Порядок,Value", *order) == (0, REFUSED)
    assert table("Year,Region,Источник,Value", *order) == (4, set())
