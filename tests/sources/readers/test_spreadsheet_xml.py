"""Files named .xls that are XML Spreadsheet 2003, as a person sees them."""

import pytest

from sources.cells import ReadError
from sources.http.expected_content import judge
from sources.readers.workbook import spreadsheet_xml
from sources.readers.workbook.sheet import Content
from tests.workbooks import values

XML_2003 = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:h="http://www.w3.org/TR/REC-html40">'
    b'<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles><Worksheet ss:Name="A"><Table>'
    b'<Row><Cell><Data ss:Type="String">Region</Data></Cell><Cell ss:Index="3">'
    b'<Data ss:Type="Number">2022</Data></Cell>'
    b'</Row><Row ss:Index="3"><Cell><Data ss:Type="String">Chui</Data></Cell><Cell ss:Index="3" ss:StyleID="p">'
    b'<Data ss:Type="Number">0.338</Data></Cell></Row><Row ss:Hidden="1"><Cell><Data ss:Type="String">Osh</Data>'
    b'</Cell><Cell ss:Index="3"><Data ss:Type="Number">9</Data></Cell></Row></Table></Worksheet></Workbook>'
)


def test_xml_spreadsheet_2003_named_xls_is_read_as_a_workbook() -> None:
    assert values(XML_2003, header_rows=[1]) == {"A!C3": "33.8%"}
    assert judge(XML_2003, "", ("xls",)) is None
    assert judge(XML_2003, "", ("xlsx",)) is not None


@pytest.mark.parametrize(
    ("style", "shown_text"),
    [
        ('<Font ss:StrikeThrough="1"/>', "9 (struck out) "),
        ('<Font ss:VerticalAlign="Superscript"/>', "⁹"),
        ('<Font ss:Color="#FFFFFF"/>', "9 (hidden on the page)"),
        ('<Font ss:Color="#FFFFFF"/><Interior ss:Color="#000080" ss:Pattern="Solid"/>', "9"),
        ('<NumberFormat ss:Format="Percent"/>', "900%"),
    ],
)
@pytest.mark.parametrize("where", ["cell", "row", "column", "default", "parent"])
def test_what_a_style_of_xml_spreadsheet_2003_makes_of_a_cell(
    style: str, shown_text: str, where: str
) -> None:
    def at(place: str) -> str:
        return ' ss:StyleID="s"' if where in (place, "parent" if place == "cell" else "") else ""

    styles = f'<Style ss:ID="{"Default" if where == "default" else "up" if where == "parent" else "s"}">{style}</Style>'
    styles += '<Style ss:ID="s" ss:Parent="up"/>' if where == "parent" else ""
    number = '<Cell{}><Data ss:Type="Number">9</Data></Cell>'
    head = (
        '<Row><Cell><Data ss:Type="String">r</Data></Cell><Cell><Data ss:Type="String">x</Data></Cell></Row>'
    )
    row = f'<Row{at("row")}><Cell><Data ss:Type="String">a</Data></Cell>{number.format(at("cell"))}</Row>'
    table = f"<Table><Column/><Column{at('column')}/>{head}{row}</Table>"
    urn = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f'<Worksheet ss:Name="A">{table}</Worksheet>'
    book = f'<Workbook xmlns="{urn}" xmlns:ss="{urn}"><Styles>{styles}</Styles>{sheet}</Workbook>'
    assert values(book.encode(), header_rows=[1]) == {"A!B2": shown_text}


def test_a_conditional_format_of_xml_spreadsheet_2003_may_hide_a_figure() -> None:
    rule = (
        b'<ConditionalFormatting xmlns="urn:schemas-microsoft-com:office:excel"><Range>R3C3:R9C4</Range><Condition>'
        b'<Qualifier>Less</Qualifier><Value1>5</Value1><Format Style="color:white"/></Condition>'
        b"</ConditionalFormatting>"
    )
    content = XML_2003.replace(b"</Table>", b"</Table>" + rule)
    assert values(content, header_rows=[1]) == {"A!C3": "33.8% (hidden on the page)"}
    assert values(content.replace(b"Less", b"Greater"), header_rows=[1]) == {"A!C3": "33.8%"}
    with pytest.raises(ReadError, match="more than 1000 areas"):
        values(content.replace(b"R3C3:R9C4", b",".join([b"R3C3"] * 1001)), header_rows=[1])


SS = "urn:schemas-microsoft-com:office:spreadsheet"


def xml(rows: str, styles: str = "", after: str = "", before: str = "") -> Content:
    text = (
        f'<Workbook xmlns="{SS}" xmlns:ss="{SS}"><Styles>{styles}</Styles><Worksheet><Table>{rows}</Table>{after}'
        f"</Worksheet>{before}</Workbook>"
    )
    content: Content = spreadsheet_xml.sheets(text.encode())[0].load()
    return content


def data(value: str, kind: str = "Number", more: str = "") -> str:
    return f'<Cell {more}><Data ss:Type="{kind}">{value}</Data></Cell>'


def test_places_of_the_cells_of_xml_spreadsheet_2003() -> None:
    found = xml(
        '<Column ss:Index="2" ss:Hidden="1" ss:Span="1"/><Column ss:Width="0"/><Column ss:Width="9"/>'
        '<Row ss:Span="2" ss:Height="0">' + data("1") + data("2", more='ss:Index="3" ss:MergeAcross="1"') + data("3")
        + '</Row><Row>' + data("4", more='ss:MergeDown="2"') + '</Row><Row ss:Index="9" ss:Hidden="1">' + data("5")
        + "</Row>"
    )  # fmt: skip
    assert found.texts == {(0, 0): "1", (0, 2): "2", (0, 4): "3", (3, 0): "4", (8, 0): "5"}
    assert found.merges == [(0, 2, 0, 3), (3, 0, 5, 0)]
    assert found.hidden_rows == {0, 1, 2, 8} and found.hidden_columns == {1, 2, 3}


def test_the_style_of_a_column_is_that_of_its_cells() -> None:
    styles = '<Style ss:ID="p"><NumberFormat ss:Format="0%"/></Style><Style><NumberFormat ss:Format="0.0,"/></Style>'
    found = xml(f'<Column ss:StyleID="p" ss:Span="1"/><Row>{data("1") * 3}</Row>', styles)
    # A style without a name is that of all other cells.
    assert found.texts == {(0, 0): "100%", (0, 1): "100%", (0, 2): "0.001"}
    assert found.scaled == {(0, 2): "thousand"}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (data("5", "String"), "5"),
        (data("1", "Boolean"), "TRUE"),
        (data("0", "Boolean"), "FALSE"),
        (data("2022-03-04T00:00:00", "DateTime"), "2022-03-04"),
        (data("2022-03-04T00:00:00", "DateTime", 'ss:StyleID="y"'), "2022"),
        (data("#REF!", "Error"), "#REF!"),
        (data("", "Number"), None),
        ('<Cell ss:Formula="=R1C1+1"/>', "=R1C1+1 (a formula without a stored result)"),
        ('<Cell ss:Formula="=R1C1+1"><Data ss:Type="Number">7</Data></Cell>', "7"),
        ('<Cell ss:Formula="=R1C1+1"><Data ss:Type="String"/></Cell>', None),
        ("<Cell/>", None),
        (data("7", more='ss:StyleID="none"'), "7"),
        (data("7", more='ss:StyleID="w"'), "7 (hidden on the page)"),
        (data("7", more='ss:StyleID="f"'), "7"),
        (data('12<B xmlns="h"><Sup>3</Sup></B>4', "String"), "12³4"),
        (
            data('1<Font xmlns="h" h:Color="#FFFFFF" xmlns:h="h">2</Font>', "String"),
            "12 (hidden on the page)",
        ),
        (data('1<Font xmlns="h" h:Color="#FF0000" xmlns:h="h">2</Font>', "String"), "12"),
    ],
)
def test_what_a_cell_of_xml_spreadsheet_2003_shows(cell: str, text: str | None) -> None:
    styles = (
        '<Style ss:ID="y"><NumberFormat ss:Format="yyyy"/></Style><Style ss:ID="w"><Font ss:Color="#FFFFFF"/></Style>'
        '<Style ss:ID="f"><Font ss:Color="#FFFFFF"/><Interior ss:Color="#000080" ss:Pattern="Solid"/></Style>'
    )
    assert xml(f"<Row>{cell}</Row>", styles).texts == ({(0, 0): text} if text else {})


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ('<Row ss:Index="x"/>', "Index is 'x'"),
        ('<Row ss:Index="1048577"/>', "Index is '1048577'"),
        ('<Row ss:Index="1048576"/>', ""),
        (f"<Row>{data('x')}</Row>", "'x' is no number"),
        (f"<Row>{data('soon', 'DateTime')}</Row>", "the workbook is damaged"),
    ],
)
def test_places_and_values_that_xml_spreadsheet_2003_has_not(rows: str, says: str) -> None:
    if says:
        with pytest.raises(ReadError, match=says):
            xml(rows)
    else:
        assert xml(rows).texts == {}


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("R2C2:R4C3,R6C2", [(1, 1, 3, 2), (5, 1, 5, 1)]),
        (" R1C1 ", [(0, 0, 0, 0)]),
        ("R1C1,,R2C1", [(0, 0, 0, 0), (1, 0, 1, 0)]),
        ("", []),
        ("A1", None),
    ],
)
def test_areas_of_a_rule(text: str, areas: list[tuple[int, ...]] | None) -> None:
    if areas is None:
        with pytest.raises(ReadError, match="sheet T: .*there is no area 'A1'"):
            spreadsheet_xml._areas(text, "T")
    else:
        assert spreadsheet_xml._areas(text, "T") == areas
