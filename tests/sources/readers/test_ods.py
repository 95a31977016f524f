"""Workbooks of OpenDocument as a person sees them."""

import pytest

from sources.cells import ReadError
from sources.readers import excel
from tests.workbooks import cell, number, open_document, values

ODS = open_document(
    '<table:table table:name="t"><table:table-column table:number-columns-repeated="3"/>'
    '<table:table-column table:visibility="collapse"/><table:table-row>'
    + cell("Region") + cell("Sex")
    + cell("2022", 'office:value-type="date" office:date-value="2022-01-01" table:style-name="ce1"') + cell("note")
    + "</table:table-row><table:table-row>"
    + cell("Chui", 'table:number-rows-spanned="2"') + cell("F")
    + cell('125<text:span text:style-name="T1">1</text:span>') + number(9)
    + "</table:table-row><table:table-row><table:covered-table-cell/>" + cell("M")
    + cell("34%", 'office:value-type="percentage" office:value="0.338"')
    + '</table:table-row><table:table-row table:visibility="filter">' + cell("Osh") + cell("F") + number(999)
    + "</table:table-row><table:table-row>" + cell("Naryn") + cell("F")
    + '<table:table-cell table:formula="of:=[.C2]+1"/></table:table-row></table:table>'
    + '<table:table table:name="draft" table:style-name="ta2"><table:table-row>' + cell("Region") + cell("S")
    + number(2022) + "</table:table-row><table:table-row>" + cell("Osh") + cell("F") + number(5)
    + "</table:table-row></table:table>"
)  # fmt: skip


def test_an_open_document_is_read_as_it_is_shown() -> None:
    found = excel.read(ODS, {"label_columns": 2, "header_rows": [1]}).to_pylist()
    assert [(r["row_1"], r["row_2"], r["col_1"], r["_value"]) for r in found] == [
        ("Chui", "F", "2022", "125¹"),
        ("Chui", "M", "2022", "33.8%"),
        ("Naryn", "F", "2022", "=[.C2]+1 (a formula without a stored result)"),
    ]
    assert values(ODS, label_columns=2, header_rows=[1], hidden="include")["t!C4"] == "999"
    locked = open_document("<table:table/>", '<m:manifest xmlns:m="u"><m:encryption-data/></m:manifest>')
    with pytest.raises(ReadError, match="password"):
        excel.read(locked, {})


ODS_PARTS = (
    '<style:style style:name="up" style:family="table-cell"><style:text-properties {own}/></style:style>'
    '<style:style style:name="me" style:family="table-cell" style:parent-style-name="up"/>'
    '<style:style style:name="no" style:family="table-row"><style:table-row-properties style:row-height="0cm"/>'
    "</style:style>"
)


@pytest.mark.parametrize(
    ("own", "shown_text"),
    [
        ('style:text-line-through-style="solid"', "12 (struck out) "),
        ('style:text-position="super 58%"', "¹²"),
        ('text:display="none"', "12 (hidden on the page)"),
        ('style:text-position="0% 100%"', "12"),
    ],
)
def test_a_style_of_an_opendocument_cell_is_inherited(own: str, shown_text: str) -> None:
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += number(12, 'table:style-name="me"')
    rows += '</table:table-row><table:table-row table:style-name="no">' + cell("b") + number(5)
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    content = open_document(table, styles=ODS_PARTS.format(own=own))
    assert values(content, header_rows=[1]) == {"t!B2": shown_text}, "and no row of no height"


@pytest.mark.parametrize(
    ("cell_colour", "text_colour", "more", "seen"),
    [
        ("", "#ffffff", "", False),
        ("transparent", "#ffffff", "", False),
        ("#1f4e78", "#1f4e78", "", False),
        ("#1f4e78", "#ffffff", "", True),
        ("", "#ffffff", "<style:map/>", True),
        ("", "#000000", "", True),
    ],
)
def test_the_colours_of_an_opendocument_cell(
    cell_colour: str, text_colour: str, more: str, seen: bool
) -> None:
    fo = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    behind = f'<style:table-cell-properties {fo} fo:background-color="{cell_colour}"/>' if cell_colour else ""
    parent = f'<style:style style:name="up" style:family="table-cell">{behind}</style:style>'
    own = f'<style:text-properties {fo} fo:color="{text_colour}"/>{more}'
    own = f'<style:style style:name="me" style:family="table-cell" style:parent-style-name="up">{own}</style:style>'
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += number(12).replace("<table:table-cell", '<table:table-cell table:style-name="me"', 1)
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    content = open_document(table, styles=parent + own)
    assert values(content, header_rows=[1]) == {"t!B2": "12" if seen else "12 (hidden on the page)"}


def test_an_open_document_shows_thousands_by_its_format() -> None:
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += number(7200, 'table:style-name="ce9"')
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    (found,) = excel.read(open_document(table), {"header_rows": [1]}).to_pylist()
    assert (found["_value"], found["shown_in"]) == ("7.2", "thousand")


@pytest.mark.parametrize(
    ("shown_text", "text"),
    [
        ("99", "99 (stored as 5)"),
        ("#DIV/0!", "#DIV/0!"),
        ("Err:502", "Err:502"),
        ("99 тыс.", "99 тыс. (stored as 5)"),
        ("5 тыс.", "5 тыс."),
        ("5–7", "5–7"),
        ("до 5", "до 5"),
        ("5 дней", "5 дней"),
        ("5 чел.", "5"),
        ("&lt;9", "<9"),
        ("", "5 (hidden by its number format)"),
        ("5<text:line-break/>7", "5\n7 (stored as 5)"),
    ],
)
def test_an_open_document_that_shows_something_else_than_it_stores(shown_text: str, text: str) -> None:
    rows = cell("r") + number(2022) + "</table:table-row><table:table-row>" + cell("a")
    rows += number(5).replace(">5<", f">{shown_text}<")
    table = f'<table:table table:name="t"><table:table-row>{rows}</table:table-row></table:table>'
    assert values(open_document(table), header_rows=[1]) == {"t!B2": text}
