"""Workbooks of OpenDocument as a person sees them."""

import pytest

from sources.cells import ReadError
from sources.readers import excel
from sources.readers.workbook import ods
from sources.readers.workbook.sheet import Content
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


def line(cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{cells}</table:table-row>"


def table(*rows: str, before: str = "") -> str:
    return f'<table:table table:name="t">{before}{"".join(rows)}</table:table>'


def one_figure(figure: str, *below: str) -> str:
    """A table of the region ``a`` and the year 2022; ``below``: further rows."""
    return table(line(cell("r") + number(2022)), line(cell("a") + figure), *below)


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


@pytest.mark.parametrize(
    ("written", "shown_text"),
    [("март 2022", "2022-03"), ("03.2022", "2022-03"), ("2022", "2022"), ("01.03.2022", "2022-03-01")],
)
def test_a_date_without_a_format_is_the_part_of_it_that_is_written(written: str, shown_text: str) -> None:
    date = 'office:value-type="date" office:date-value="2022-03-01"'
    body = '<table:table table:name="S"><table:table-row>' + cell("Region") + cell(written, date)
    body += (
        "</table:table-row><table:table-row>" + cell("Chui") + number(9) + "</table:table-row></table:table>"
    )
    found = excel.read(open_document(body), {"header_rows": [1]}).to_pylist()
    assert [row["col_1"] for row in found] == [shown_text]


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
    hidden = line(cell("b") + number(5), 'table:style-name="no"')
    shown = one_figure(number(12, 'table:style-name="me"'), hidden)
    content = open_document(shown, styles=ODS_PARTS.format(own=own))
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
    content = open_document(one_figure(number(12, 'table:style-name="me"')), styles=parent + own)
    assert values(content, header_rows=[1]) == {"t!B2": "12" if seen else "12 (hidden on the page)"}


def test_an_open_document_shows_thousands_by_its_format() -> None:
    content = open_document(one_figure(number(7200, 'table:style-name="ce9"')))
    (found,) = excel.read(content, {"header_rows": [1]}).to_pylist()
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
    content = open_document(one_figure(number(5).replace(">5<", f">{shown_text}<")))
    assert values(content, header_rows=[1]) == {"t!B2": text}


def loaded(table: str, styles: str = "") -> Content:
    """What the first table of a document holds."""
    content: Content = ods.sheets(open_document(table, styles=styles))[0].load()
    return content


TWICE = 'table:number-columns-repeated="2"'
NO = "<table:table-cell/>"
FILTERED = 'table:visibility="filter"'


def test_repeated_rows_and_cells_are_there_so_often() -> None:
    found = loaded(
        table(
            line(cell("a", TWICE) + f"<table:table-cell {TWICE}/>" + cell("b")),
            line(NO, 'table:number-rows-repeated="3"'),
            line(NO + cell("c", 'table:number-rows-spanned="2" table:number-columns-spanned="3"'),
                 'table:number-rows-repeated="2"'),
            line(f"<office:other/><table:covered-table-cell {TWICE}><text:p>x</text:p></table:covered-table-cell>"
                 + cell("d")),
        )
    )  # fmt: skip
    assert found.texts == {
        (0, 0): "a", (0, 1): "a", (0, 4): "b", (4, 1): "c", (5, 1): "c", (6, 2): "d"
    }  # fmt: skip
    assert found.merges == [(4, 1, 5, 3), (5, 1, 6, 3)]


@pytest.mark.parametrize(
    ("span", "merges"),
    [
        ("", []),
        ('table:number-rows-spanned="1" table:number-columns-spanned="1"', []),
        ('table:number-rows-spanned="2"', [(0, 0, 1, 0)]),
        ('table:number-columns-spanned="2"', [(0, 0, 0, 1)]),
    ],
)
def test_a_cell_that_spans_one_place_is_no_merged_one(span: str, merges: list[tuple[int, ...]]) -> None:
    assert loaded(table(line(cell("a", span)))).merges == merges


FLAT = (
    '<style:style style:name="f"><style:table-row-properties style:row-height="0.00cm"/></style:style>'
    '<style:style style:name="g"><style:table-column-properties style:column-width="0pt"/></style:style>'
    '<style:style style:name="h"><style:table-row-properties style:row-height="0.5cm"/></style:style>'
)


def test_hidden_rows_and_columns_of_groups() -> None:
    columns = (
        f'<table:table-column/><table:table-column-group table:display="false"><table:table-column {TWICE}/>'
        '</table:table-column-group><table:table-columns><table:table-column table:style-name="g"/>'
        '<table:table-column table:visibility="visible"/></table:table-columns>'
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="20000"/>'
    )
    rows = (
        line(cell("a")),
        f'<table:table-row-group table:display="false">{line(cell("b"))}</table:table-row-group>',
        f"<table:table-header-rows>{line(cell('c'))}</table:table-header-rows>",
        f"<table:table-rows>{line(cell('d'), FILTERED)}</table:table-rows>",
        line(cell("e"), 'table:style-name="f"'),
        line(cell("f"), 'table:style-name="h"'),
        f"<office:other>{line(cell('x'))}</office:other>",
        line(NO, 'table:visibility="collapse" table:number-rows-repeated="9999999"'),
    )
    found = loaded(table(*rows, before=columns), FLAT)
    assert [found.texts[row, 0] for row in range(6)] == list("abcdef") and len(found.texts) == 6
    assert found.hidden_columns == {1, 2, 3, *range(5, 16_384)}
    assert found.hidden_rows == {1, 3, 4, *range(6, 1_048_576)}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (line(NO, 'table:number-rows-repeated="1048575"') + line(cell("a")), ""),
        (line(NO, 'table:number-rows-repeated="1048576"') + line(cell("a")), "sheet t: .*more than 40000000 cells"),
        (line(cell("a"), 'table:number-rows-repeated="1048577"'), "more than 40000000 cells"),
        (line(cell("a", 'table:number-columns-repeated="40"'), 'table:number-rows-repeated="1000001"'), "40000000"),
        (line(f'<table:table-cell table:number-columns-repeated="16383"/>{cell("a")}'), ""),
        (line(f'<table:table-cell table:number-columns-repeated="16384"/>{cell("a")}'), "there is no column 16385"),
        (line(cell("a", 'table:number-columns-repeated="x"')), "number-columns-repeated is 'x'"),
        (line(cell("a", 'table:number-columns-repeated="²"')), "number-columns-repeated is '²'"),
        (line(cell("a", 'table:number-columns-repeated="00000001"')), "is '00000001'"),
        (line(cell("a", 'table:number-columns-repeated="0000001"')), ""),
        (line(cell("a", 'table:number-columns-repeated="0"')), ""),
    ],
)  # fmt: skip
def test_far_places_and_endless_repetitions_are_refused(rows: str, says: str) -> None:
    if not says:
        assert list(loaded(table(rows)).texts.values()) == ["a"]
        return
    with pytest.raises(ReadError, match=f"{says}"):
        loaded(table(rows))


def test_very_many_merged_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ods, "MAX_MERGES", 2)
    merged = cell("a", 'table:number-rows-spanned="2"')
    assert len(loaded(table(line(merged * 2))).merges) == 2
    with pytest.raises(ReadError, match=r"sheet t: .*more than 2 merged cells"):
        loaded(table(line(merged * 3)))


def test_names_of_tables_and_documents_without_any() -> None:
    named = "<table:table/><table:table table:name='b'/><table:table/>"
    assert [sheet.name for sheet in ods.sheets(open_document(named))] == ["Sheet 1", "b", "Sheet 3"]
    with pytest.raises(ReadError, match="it has no sheet with cells"):
        ods.sheets(open_document(""))


def styled(properties: str, attributes: str = "", parent: str = "") -> str:
    """Two styles, of which "me" inherits from "up"."""
    return (
        f'<style:style style:name="up" style:family="table-cell">{parent}</style:style>'
        f'<style:style style:name="me" style:family="table-cell" style:parent-style-name="up" {attributes}>'
        f"{properties}</style:style>"
    )


def text(properties: str) -> str:
    return f"<style:text-properties {properties}/>"


FO = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'


@pytest.mark.parametrize(
    ("styles", "seen"),
    [
        (styled(text('style:text-position="33% 58%"')), "¹²"),
        (styled(text('style:text-position="0% 58%"')), "12"),
        (styled(text('style:text-position="super"')), "¹²"),
        (styled(text('style:text-position="sub 58%"')), "₁₂"),
        (styled(text('style:text-position="-33% 58%"')), "₁₂"),
        (styled(text('style:text-position="normal 58%"')), "12"),
        (styled(text('style:text-position="0%"'), parent=text('style:text-position="super"')), "12"),
        (styled("", parent=text('style:text-position="super"')), "¹²"),
        (styled(text('style:text-line-through-type="double"')), "12 (struck out) "),
        (styled(text('style:text-line-through-style="none"')), "12"),
        (styled(text('style:text-line-through-style="none"'), parent=text('style:text-line-through-type="single"')),
         "12"),
        (styled(text('style:text-line-through-style="none"'), parent=text('style:text-position="super"')), "¹²"),
        (styled(text('style:text-position="super"'), parent=text('style:text-line-through-type="single"')),
         "12 (struck out) "),
        (styled(text('style:opacity="0%"')), "12 (hidden on the page)"),
        (styled(text('style:opacity="50%"')), "12"),
        (styled(text('text:display="true"')), "12"),
        (styled(text(f'{FO} fo:color="#ffffff"')), "12 (hidden on the page)"),
        (styled("", parent=text(f'{FO} fo:color="#ffffff"')), "12 (hidden on the page)"),
        (styled(text(f'{FO} fo:color="#ffffff"')).replace("table-cell", "table-row"), "12"),
    ],
)  # fmt: skip
def test_what_a_style_makes_of_a_text(styles: str, seen: str) -> None:
    assert loaded(table(line(number(12, 'table:style-name="me"'))), styles).texts == {(0, 0): seen}
    column = '<table:table-column table:default-cell-style-name="me"/>'
    cells = number(12) + number(7)
    assert loaded(table(line(cells), before=column), styles).texts == {(0, 0): seen, (0, 1): "7"}


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("1<text:s/>2", "1 2"),
        ('1<text:s text:c="3"/>2', "1   2"),
        ('1<text:s text:c="2000"/>2', f"1{' ' * 1000}2"),
        ("1<text:tab/>2<text:line-break/>3", "1\t2\n3"),
        ("1</text:p><text:p>2", "1\n2"),
        ("1<office:annotation>9</office:annotation>2", "12"),
        ("1<text:note>9</text:note>2<text:a>3</text:a>", "123"),
        ('1<text:span text:style-name="w">2</text:span>3', "12 (hidden on the page)3"),
        ('<text:span text:style-name="T1">1<text:span>2</text:span>3</text:span>4', "¹²³4"),
        ('<text:span text:style-name="T1">1<text:span text:style-name="T9">2</text:span></text:span>4',
         "¹2 (struck out) 4"),
    ],
)  # fmt: skip
def test_parts_of_a_paragraph(written: str, seen: str) -> None:
    styles = f'<style:style style:name="w">{text(f"""{FO} fo:color="#ffffff" """)}</style:style>'
    assert loaded(table(line(cell(written))), styles).texts == {(0, 0): seen}


def valued(kind: str, value: str, written: str = "") -> str:
    shown = f"<text:p>{written}</text:p>" if written else ""
    return f'<table:table-cell office:value-type="{kind}" {value} table:style-name="me">{shown}</table:table-cell>'


TYPED = " (the number 2023 in a cell formatted as a date)"
DATES = (
    '<number:date-style style:name="D"><number:year/><number:text>-</number:text><number:month/></number:date-style>'
    '<number:number-style style:name="M"><number:number number:display-factor="1000000"/></number:number-style>'
    '<number:number-style style:name="K"><number:number number:display-factor="7"/></number:number-style>'
)


@pytest.mark.parametrize(
    ("form", "written", "seen", "word"),
    [
        ("", valued("boolean", 'office:boolean-value="true"'), "TRUE", ""),
        ("", valued("date", 'office:date-value="2022-03-04"', "4.3.22"), "2022-03-04", "date"),
        ("", valued("date", 'office:date-value="2022-03-04"', "2022"), "2022", "date"),
        ("D", valued("date", 'office:date-value="2022-03-04"', "2022"), "2022-03", "date"),
        ("", valued("date", 'office:date-value="1905-07-15"', "1905"), f"1905{TYPED}", "date"),
        ("", valued("date", 'office:date-value="soon"', "soon"), "soon", "date"),
        ("", valued("time", 'office:time-value="PT12H"', "12:00"), "12:00", "date"),
        ("", valued("string", 'office:string-value="a"'), "a", ""),
        ("", valued("string", 'office:string-value="a"', "b"), "b", ""),
        ("", valued("percentage", 'office:value="0.338"', "34%"), "33.8%", ""),
        ("", valued("percentage", 'office:value="1"'), "100%", ""),
        ("", valued("currency", 'office:value="12" office:currency="KZT"', "12"), "12 KZT", ""),
        ("", valued("currency", 'office:value="12"', "12"), "12 ¤", ""),
        ("", valued("currency", 'office:value="12" office:currency="KZT"', "12 $"), "12 $", ""),
        ("", valued("float", 'office:value="12"'), "12", ""),
        ("", valued("float", 'office:value="12"', " "), "12 (hidden by its number format)", ""),
        ("", valued("float", 'office:value="0"', " "), "0", ""),
        ("", valued("float", 'office:value="0"', "–"), "0", ""),
        ("", valued("float", 'office:value="7"', "–"), "–", ""),
        ("", valued("float", 'office:value="0"', "none"), "none", ""),
        ("", valued("float", 'office:value="3"', "&lt;5"), "<5", ""),
        ("", valued("float", 'office:value="12.345"', "12.3"), "12.345", ""),
        ("M", valued("float", 'office:value="7200000"', "7"), "7.2", "million"),
        ("M", valued("float", 'office:value="7200000"', "7 млн"), "7.2 млн", ""),
        ("M", valued("float", 'office:value="7200000"', "7200000"), "7.2", "million"),
        ("M", valued("float", 'office:value="7200000"', "9"), "9 (stored as 7200000)", ""),
        ("K", valued("float", 'office:value="7"', "7"), "7", ""),
    ],
)  # fmt: skip
def test_a_value_by_its_kind(form: str, written: str, seen: str, word: str) -> None:
    styles = DATES + styled("", f'style:data-style-name="{form}"' if form else "")
    found = loaded(table(line(written)), styles)
    assert found.texts == {(0, 0): seen} and found.scaled == ({(0, 0): word} if word else {})


def test_a_number_that_is_none_is_damage() -> None:
    with pytest.raises(ReadError, match="'1_2' is no number"):
        loaded(table(line(valued("float", 'office:value="1_2"', "12"))))


def test_a_document_of_one_xml_file_may_be_nested_deeply() -> None:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    written = f"{'<text:span>' * 300}5{'</text:span>' * 300}"
    document = f"<office:document {spaces}><office:body><office:spreadsheet>{table(line(cell(written)))}"
    content = f"\n{document}</office:spreadsheet></office:body></office:document>".encode()
    assert ods.sheets(content)[0].load().texts == {(0, 0): "5"}
