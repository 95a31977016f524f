"""Workbooks of Office Open XML as a person sees them: formats, colours, hidden parts, conditional formats."""

import datetime as dt
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule, Rule
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from sources.cells import ReadError
from sources.http.expected_content import judge
from sources.readers import excel
from tests.workbooks import book, repacked, values, workbook


def rows(content: bytes, **options: Any) -> list[tuple[Any, ...]]:
    found = excel.read(content, options).to_pylist()
    return [(row["row_1"], row["col_1"], row["_value"], row["_note"]) for row in found]


def test_percents_dates_and_marks_of_xlsx() -> None:
    def edit(made: Any) -> None:
        sheet = made.active
        for row in (
            ["Region", dt.date(2022, 1, 1), dt.date(2023, 1, 1)],
            ["Chui", 0.338, 31.5],
            ["Osh", 12, None],
        ):
            sheet.append(row)
        sheet["B1"].number_format = sheet["C1"].number_format = "yyyy"
        sheet["B2"].number_format = "0.0%"
        raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
        sheet["C3"] = CellRichText("125", raised)
        sheet["A4"] = "1) Preliminary"

    assert rows(book(edit)) == [
        ("Chui", "2022", "33.8%", None),
        ("Chui", "2023", "31.5", None),
        ("Osh", "2022", "12", None),
        ("Osh", "2023", "125¹", "1) Preliminary"),
    ]


def test_a_formula_without_result_is_no_missing_value() -> None:
    def edit(made: Any) -> None:
        for row in (["Region", "2022", "2023"], ["Chui", 120, "=B2+20"], ["Osh", 30, 40]):
            made.active.append(row)

    content = book(edit)
    assert values(content, header_rows=[1])["T!C2"] == "=B2+20 (a formula without a stored result)"
    # xlsxwriter writes 0 for what it does not calculate, and asks to be calculated when opened.
    for result, text in ((b"0", "=B2+20 (a formula without a stored result)"), (b"140", "140")):
        written = repacked(
            content, sheet=lambda xml, result=result: re.sub(b"<v ?/>|<v></v>", b"<v>%b</v>" % result, xml)
        )
        assert values(written, header_rows=[1])["T!C2"] == text


def test_hidden_rows_columns_and_sheets_of_xlsx() -> None:
    def edit(made: Any) -> None:
        for row in (
            ["Code", "Region", 2022, 2023],
            [1, "Chui", 120, 140],
            [2, "Osh", 999, 998],
            [3, "Osh", 3, 4],
        ):
            made.active.append(row)
        made.active.merge_cells("B3:B4")
        made.active.row_dimensions[3].hidden = True
        made.active.column_dimensions["A"].hidden = True
        draft = made.create_sheet("Draft")
        draft.append(["Region", 2022])
        draft.append(["Chui", 5])
        draft.sheet_state = "veryHidden"

    content = book(edit)
    seen = {(label, year): value for label, year, value, _ in rows(content, header_rows=[1])}
    assert seen == {
        ("Chui", "2022"): "120",
        ("Chui", "2023"): "140",
        ("Osh", "2022"): "3",
        ("Osh", "2023"): "4",
    }
    assert values(content, header_rows=[1], sheets="Draft") == {"Draft!B2": "5"}
    assert "Draft!B2" in values(content, header_rows=[1], hidden="include")
    with pytest.raises(ReadError, match="hidden"):
        excel.read(content, {"header_rows": [1], "sheets": "T", "label_columns": "B", "value_columns": "A"})


@pytest.mark.parametrize("name", [lambda member: member.replace("/", "\\"), str.upper])
def test_names_of_an_archive_with_backslashes_or_in_capitals(name: Callable[[str], str]) -> None:
    content = workbook([["Region", 2022], ["Chui", 0.5]], title="T")
    odd = repacked(content, name)
    assert values(odd, header_rows=[1]) == {"T!B2": "0.5"}
    assert judge(odd, "", ("xlsx",)) is None


@pytest.mark.parametrize("reference", [' r = "XFD1048576"', " r = 'xfd1048576'", ' r="$XFD$1048576"'])
def test_a_far_cell_is_refused_at_once(reference: str) -> None:
    content = workbook([["Region", 2022], ["Chui", 7]], title="T")
    far = repacked(content, sheet=lambda xml: xml.replace(b' r="B2"', reference.encode()))
    started = time.perf_counter()
    with pytest.raises(ReadError, match="spans 1048576 rows"):
        excel.read(far, {})
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("colour", "fill", "seen"),
    [
        ("FFFFFFFF", None, False),
        (Color(theme=0), None, False),
        (Color(indexed=9), "FFFFFFFF", False),
        ("FF1F4E78", "FF1F4E78", False),
        ("FFFFFFFF", "FF1F4E78", True),
        (Color(theme=0, tint=-0.5), None, True),
        ("FF000000", None, True),
        (None, "FFFFFFFF", True),
    ],
)
def test_a_figure_of_the_colour_of_its_cell_is_no_figure(colour: Any, fill: str | None, seen: bool) -> None:
    """Read carelessly: a figure that nobody sees is published."""

    def made(sheet: Any) -> None:
        sheet["B2"].font = Font(color=colour)
        if fill:
            sheet["B2"].fill = PatternFill("solid", fgColor=fill)

    def painted(sheet: Any) -> None:
        made(sheet)
        sheet.conditional_formatting.add(
            "B2", CellIsRule("greaterThan", ["5"], fill=PatternFill(bgColor="FF00FF00"))
        )

    grid = [["r", 2022], ["a", 12]]
    shown = "12" if seen else "12 (hidden on the page)"
    assert values(workbook(grid, title="T", edit=made), header_rows=[1]) == {"T!B2": shown}
    assert values(workbook(grid, title="T", edit=painted), header_rows=[1]) == {"T!B2": "12"}


WHITE = Font(color="FFFFFFFF")


CHANGES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"numFmt": NumberFormat(numFmtId=200, formatCode='"<5"')}, {}, "<5"),
    ({"numFmt": NumberFormat(numFmtId=200, formatCode=";;;")}, {}, "3 (hidden by its number format)"),
    ({"font": WHITE}, {}, "3 (hidden on the page)"),
    ({"font": Font(strike=True)}, {}, "3 (struck out) "),
    ({"font": WHITE}, {"operator": "between", "formula": ["4", "9"]}, "3"),
    ({"font": WHITE}, {"type": "expression", "formula": ["B2<C2"]}, "3 (a conditional format may hide it)"),
    ({"font": WHITE, "fill": PatternFill(bgColor="FF00FF00")}, {}, "3"),
    ({"font": Font(color="FFFF0000")}, {}, "3"),
]


@pytest.mark.parametrize(("look", "rule", "shown_text"), CHANGES)
def test_a_conditional_format_may_hide_a_figure_or_write_another_text(
    look: dict[str, Any], rule: dict[str, Any], shown_text: str
) -> None:
    def made(sheet: Any) -> None:
        said = {"type": "cellIs", "operator": "lessThan", "formula": ["5"], **rule}
        sheet.conditional_formatting.add("B2:C3", Rule(dxf=DifferentialStyle(**look), **said))

    content = workbook([["r", 2022, 2023], ["a", 3, 7]], title="T", edit=made)
    assert values(content, header_rows=[1])["T!B2"] == shown_text


@pytest.mark.parametrize(
    ("colour", "fill", "shown_text"),
    [
        ("FFFFFFFF", None, "125 (hidden on the page)"),
        ("FFFEFEFE", None, "125 (hidden on the page)"),
        ("FFFFFFFF", "FF000080", "125"),
        ("FFFF0000", None, "125"),
    ],
)
def test_a_part_of_a_text_in_the_colour_of_its_cell_is_not_seen(
    colour: str, fill: str | None, shown_text: str
) -> None:
    """Read carelessly: the figure and what nobody sees behind it as one."""

    def made(sheet: Any) -> None:
        sheet["B2"] = CellRichText("12", TextBlock(InlineFont(color=colour), "5"))
        if fill:
            sheet["B2"].fill = PatternFill("solid", fgColor=fill)

    assert values(workbook([["r", 2022], ["a", 1]], title="T", edit=made), header_rows=[1]) == {
        "T!B2": shown_text
    }


def test_a_text_that_is_too_small_to_be_read_is_not_seen() -> None:
    content = workbook(
        [["r", 2022], ["a", 12]], title="T", edit=lambda sheet: setattr(sheet["B2"], "font", Font(size=1))
    )
    assert values(content, header_rows=[1]) == {"T!B2": "12 (hidden on the page)"}


def test_characters_that_xml_cannot_hold_are_those_characters() -> None:
    """Read carelessly: an area and a figure with a code in them, from exports of databases."""
    made = workbook([["r", 2022], ["Chui_x000D_\noblast", "12_x000D_"], ["a_x005F_x000D_", "x_y"]])
    found = excel.read(made, {"header_rows": [1]}).to_pylist()
    assert [(row["row_1"].split(), row["_value"].strip()) for row in found] == [
        (["Chui", "oblast"], "12"),
        (["a_x000D_"], "x_y"),
    ]
