"""Further headers, tables and headings between the rows and beside them: refused where nothing else can be said.

Every input goes through reader and normalizer; read carelessly, the figures of one table stand under another's header.
"""

from typing import Any

import pytest

from sources.cells import NOTE, TITLE
from sources.readers import excel
from tests.sources.readers.test_more_cases import GRID, LINES, read, rules, said
from tests.workbooks import workbook

HEADER = ["Область", "2022", "2023"]
CHUI, NARYN, OSH = (
    ["Чуйская область", 1204, 1311],
    ["Нарынская область", 96, 101],
    ["Ошская область", 245, 260],
)
FIRST = {("KG-C", "2022", "_T", 1204.0), ("KG-C", "2023", "_T", 1311.0)}
BOTH = FIRST | {("KG-N", "2022", "_T", 96.0), ("KG-N", "2023", "_T", 101.0)}
WIDE: dict[str, Any] = {"ref_area": {"column": "Область"}, "time_period": {"column": "column"}}


def grid(*rows: list[Any], **options: Any) -> Any:
    return read(
        workbook([HEADER, CHUI, *rows]), "excel", GRID, reader_options={"header_rows": [1], **options}
    )


def wide(*rows: list[Any]) -> Any:
    lines = "\n".join(
        ";".join("" if text is None else str(text) for text in row) for row in (HEADER, CHUI, *rows)
    )
    return read(lines.encode(), "delimited", WIDE, reader_options={"id_columns": ["Область"]})


OTHERS: list[tuple[list[Any], ...]] = [
    (["Область", "2020", "2021"],),
    (["Область", "2023", "2022"],),
    (["Область", "женщины", "мужчины"],),
    (["Область", "2022, %", "2023, %"],),
    (["", "2020", "2021"],),
]
HEADS: list[tuple[list[Any], ...]] = [
    (["Доля, %", "-", "-"],),
    (["из них женщины", "x", "…"],),
    (["Доля, %", "Доля, %", "Доля, %"],),
    (["", "Доля, %", ""],),
]


@pytest.mark.parametrize("make", [grid, wide])
@pytest.mark.parametrize("between", [*OTHERS, *HEADS])
def test_rows_below_another_header_or_a_heading_are_refused(
    between: tuple[list[Any], ...], make: Any
) -> None:
    result = make(*between, NARYN)
    assert said(result) == FIRST
    refused = {row["raw_locator"].split(",")[0].split("!")[-1] for row in result.refused.to_pylist()}
    assert refused & {"line 4", "B4"}, "with the place of the row itself"


def test_a_heading_in_place_of_a_figure_may_have_figures_of_its_own() -> None:
    assert said(grid(["", "на 100 000 населения"], NARYN)) == FIRST


@pytest.mark.parametrize("make", [grid, wide])
@pytest.mark.parametrize(
    "between",
    [
        HEADER,
        ["Таласская область", "-", "-"],
        ["г. Ош", "…", "x"],
        ["Таласская область", "нет данных", "нет данных"],
    ],
)
def test_what_changes_nothing_refuses_nothing_below_it(between: list[Any], make: Any) -> None:
    assert {row for row in said(make(between, NARYN)) if row[3]} == BOTH


def test_a_header_apart_from_the_table_above_may_call_the_labels_otherwise() -> None:
    assert said(grid([None], ["Регион", "2020", "2021"], NARYN)) == FIRST
    years = grid([*NARYN[:1], 2011, 2012], OSH)
    assert ("KG-N", "2022", "_T", 2011.0) in said(years) and ("KG-O", "2022", "_T", 245.0) in said(years)


@pytest.mark.parametrize("corner", ["Область", None])
def test_columns_behind_other_labels_are_refused(corner: str | None) -> None:
    rows = [[*HEADER, corner, "2020", "2021"], [*CHUI, *NARYN], [*NARYN, *OSH]]
    result = read(workbook(rows), "excel", GRID)
    assert said(result) == BOTH and "unreadable_record" in rules(result)


def test_both_tables_are_read_where_they_are_declared() -> None:
    below = [HEADER, CHUI, [None], ["Область", "2020", "2021"], NARYN]
    tables: list[dict[str, Any]] = [{"last_data_row": 2}, {"header_rows": 4}]
    second = {("KG-N", "2020", "_T", 96.0), ("KG-N", "2021", "_T", 101.0)}
    result = read(workbook(below), "excel", GRID, reader_options={"tables": tables})
    assert said(result) == FIRST | second and not rules(result)
    beside = [[*HEADER, None, "Область", "2020", "2021"], [*CHUI, None, *NARYN]]
    tables = [{"value_columns": "B:C"}, {"label_columns": "E", "value_columns": "F:"}]
    result = read(workbook(beside), "excel", GRID, reader_options={"tables": tables})
    assert said(result) == FIRST | second and not rules(result)


def test_columns_of_words_are_notes_of_their_rows() -> None:
    """Read carelessly: nine per cent as nine persons."""
    rows = [["Область", "2022", "Единица"], [*CHUI[:2], "человек"], ["Нарынская область", 9, "%"]]
    content = workbook(rows)
    assert said(read(content, "excel", GRID)) == {("KG-C", "2022", "_T", 1204.0)}
    notes = {row["_locator"]: row[NOTE] for row in excel.read(content, {}).to_pylist()}
    assert (notes["Sheet!B2"], notes["Sheet!C2"], notes["Sheet!B3"]) == ("человек", None, "%")


def test_words_beside_the_header_and_above_nothing_are_of_the_whole_table() -> None:
    content = workbook([[*HEADER, None, "тыс. человек"], CHUI])
    assert rules(read(content, "excel", GRID)) >= {"scale_undeclared"} and not said(
        read(content, "excel", GRID)
    )
    (title,) = {row[TITLE] for row in excel.read(content, {}).to_pylist()}
    assert title == "тыс. человек"


def test_a_unit_in_place_of_a_figure_refuses_its_column() -> None:
    result = read(
        workbook([HEADER, [None, "чел.", "%"], CHUI]), "excel", GRID, reader_options={"header_rows": [1]}
    )
    assert said(result) == {("KG-C", "2022", "_T", 1204.0)} and "unit_contradicts" in rules(result)
    lines = "Область;Год;Пол;Значение;Число\n;;;%;единиц\nЧуйская область;2022;женщины;12;7\n".encode()
    kept = read(lines, "delimited", LINES, reader_options={"value_columns": ["Значение", "Число"]})
    assert {row[3] for row in said(kept)} == {7.0}


def test_the_first_record_may_be_the_second_line_of_a_header() -> None:
    """Read carelessly: the women of a year as everybody."""
    lines = (
        ";2022;;2023;\nОбласть;женщины;мужчины;женщины;мужчины\nЧуйская область;1204;61;1311;70\n".encode()
    )
    concepts = {"ref_area": {"column": "column 1"}, "time_period": {"column": "column"}}
    assert not said(read(lines, "delimited", concepts, reader_options={"value_columns": "^20"}))


@pytest.mark.parametrize(("below", "kept"), [("Осуждено", set()), ("Выдано", {("KG-N", "2022", "_T", 9.0)})])
def test_records_below_another_header(below: str, kept: set[Any]) -> None:
    rows = [["Область", "Год", "Выдано"], ["Чуйская область", 2022, 5], ["Область", "Год", below]]
    content = workbook([*rows, ["Нарынская область", 2022, 9]])
    concepts = {"ref_area": {"column": "Область"}, "time_period": {"column": "Год"}}
    result = read(
        content, "excel", concepts, reader_options={"layout": "records", "value_columns": ["Выдано"]}
    )
    assert said(result) == {("KG-C", "2022", "_T", 5.0)} | kept


def test_a_label_that_contradicts_the_heading_above_is_refused() -> None:
    rows = [["Область", "Пол", "2022"], ["Женщины"], ["Чуйская область", "женщины", 5], ["Мужчины"]]
    content = workbook([*rows, ["Нарынская область", "женщины", 9], ["Ошская область", "мужчины", 7]])
    concepts = {**GRID, "sex": {"column": "row_2", "values": {"женщины": "F", "мужчины": "M"}}}
    result = read(content, "excel", concepts, reader_options={"label_columns": 2, "header_rows": [1]})
    assert said(result) == {("KG-C", "2022", "F", 5.0), ("KG-O", "2022", "M", 7.0)}
    assert rules(result) == {"unread_heading"}


@pytest.mark.parametrize("part", ["I кв.", "II полугодие", "март", "наурыз", "Oktober"])
def test_a_level_of_the_header_that_names_a_part_of_the_year_is_read_or_refuses(part: str) -> None:
    """Read carelessly: a quarter, or a month, as its year."""
    content = workbook(
        [["Область", "2022", None], [None, part, "обращения"], ["Чуйская область", 5, 7]], merge=["B1:C1"]
    )
    result = read(content, "excel", GRID, reader_options={"header_rows": [1, 2]})
    assert said(result) == {("KG-C", "2022", "_T", 7.0)} and rules(result) == {"unreadable_period"}


@pytest.mark.parametrize(
    "level",
    [
        *("женщины", "из них женщин", "Мужчины", "әйелдер", "Female"),
        *("18-29", "дети до 18 лет", "under 18", "балалар", "пенсионеры"),
        *("сельское население", "Rural", "шаар", "лица с инвалидностью", "with disabilities", "ногиронлар"),
        *(
            "иностранцы",
            "граждане РК",
            "Foreign nationals",
            "чет элдиктер",
            "из них повторно",
            "of whom repeat",
        ),
        *("доля, %", "на 100 000 населения"),
    ],
)
def test_a_level_of_the_header_that_names_a_part_is_read_or_refuses(level: str) -> None:
    """Read carelessly: five women as five people."""
    content = workbook([["Область", "2022", "2023"], [None, level, "всего"], ["Чуйская область", 5, 7]])
    result = read(content, "excel", GRID, reader_options={"header_rows": [1, 2]})
    rule = "unit_contradicts" if level.startswith(("доля", "на 100")) else "unread_dimension"
    assert (said(result), rules(result)) == ({("KG-C", "2023", "_T", 7.0)}, {rule})


@pytest.mark.parametrize(
    "level",
    [
        "в том числе",
        "в том числе по полу",
        "зарегистрировано",
        "женщины и мужчины",
        "решения судов по делам детей",
    ],
)
def test_a_level_of_the_header_that_names_no_part_changes_nothing(level: str) -> None:
    content = workbook([["Область", "2022", "2023"], [None, level, "всего"], ["Чуйская область", 5, 7]])
    assert len(said(read(content, "excel", GRID, reader_options={"header_rows": [1, 2]}))) == 2


@pytest.mark.parametrize(
    ("label", "more", "rule"),
    [
        ("Выдано ордеров женщинам, всего", {}, "unread_dimension"),
        ("Выдано ордеров женщинам, всего", {"sex": {"const": "F"}}, ""),
        ("Выдано ордеров детям до 18 лет", {}, "unread_dimension"),
        ("Выдано ордеров (сельская местность)", {}, "unread_dimension"),
        ("Выдано ордеров, на 100 000 населения", {}, "unit_contradicts"),
        ("Выдано ордеров, план", {}, "not_as_counted"),
        ("Выдано ордеров, январь–сентябрь", {}, "unreadable_period"),
        ("Выдано ордеров, всего", {}, ""),
        ("Выдано ордеров женщинам и мужчинам", {}, ""),
    ],
)
def test_what_a_pattern_leaves_out_of_a_label_is_judged_as_the_label(
    label: str, more: dict[str, Any], rule: str
) -> None:
    """Read carelessly: orders for women as all orders."""
    indicator = {"column": "Вид", "extract": "ордер", "values": {"ордер": "PROTECTION_ORDERS"}}
    content = f'Область;Год;Вид;Число\nЧуйская область;2022;"{label}";5\n'.encode()
    concepts = {
        "indicator": indicator,
        "ref_area": {"column": "Область"},
        "time_period": {"column": "Год"},
        **more,
    }
    result = read(content, "delimited", concepts, reader_options={"value_columns": ["Число"]})
    assert rules(result) == ({rule} if rule else set()) and result.good.num_rows == (not rule)
