"""Files named .xls that are HTML or XML Spreadsheet 2003, as a person sees them."""

import pytest

from sources.cells import ReadError
from sources.http.expected_content import judge
from sources.readers import excel
from sources.readers.workbook import html_tables, spreadsheet_xml
from sources.readers.workbook.number_formats import contradicts
from sources.readers.workbook.sheet import Content
from tests.workbooks import values

HTML = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="windows-1251"></head><body>'
    "<table><tr><th rowspan=2>Область<th colspan=2>2022</tr><tr><th>женщины<th>мужчины</tr>"
    "<tr><td>Чуйская<td>125<sup>1</sup><td>1&nbsp;234</tr><tr style='display:none'><td>Ош<td>9<td>9</tr></table>"
    "</body></html>"
).encode("cp1251")


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


HEADED = "<p>Orders</p><table><caption>тыс. человек</caption><tr><th>r<th>2022<tr><td>Chui<td>{}</table>"


def test_false_xls_files_are_read_by_what_they_are() -> None:
    found = excel.read(HTML, {"header_rows": [1, 2]}).to_pylist()
    assert [(r["row_1"], r["col_1"], r["col_2"], r["_value"]) for r in found] == [
        ("Чуйская", "2022", "женщины", "125¹"),
        ("Чуйская", "2022", "мужчины", "1 234"),
    ]
    assert values(XML_2003, header_rows=[1]) == {"A!C3": "33.8%"}
    for content in (HTML, XML_2003):
        assert judge(content, "", ("xls",)) is None
        assert judge(content, "", ("xlsx",)) is not None


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


def test_what_heads_a_table_outside_of_its_cells_is_its_title() -> None:
    (row,) = excel.read(HEADED.format(5).encode(), {}).to_pylist()
    assert row["title"] == "Orders / тыс. человек" and row["corner"] == "r"


@pytest.mark.parametrize(
    "row",
    [
        '<td>2018</td><"td>446</td>',
        "<td>2018</td>td>446</td>",
        "<td>2018</td><td446</td>",
        "<td>2018</td><d>446</d>",
    ],
)
def test_a_figure_that_a_damaged_mark_put_outside_of_its_cell_is_no_blank(row: str) -> None:
    page = f"<html><body><table><tr><th>year</th><th>value</th></tr><tr>{row}</tr></table></body></html>"
    with pytest.raises(ReadError, match="446.* is outside of the cells"):
        excel.read(page.encode(), {"layout": "records", "value_columns": ["value"]})


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("<td>2018</td><td\r446</td>", "holds '446<'"),
        ("<td>2018</td><td><b 446</b></td>", "holds '446<"),
        (f"<td>2018</td><td>{'<b>' * 300}446</td>", "Excessive depth"),
    ],
)
def test_a_figure_inside_of_a_damaged_mark_is_no_blank(row: str, says: str) -> None:
    page = f"<html><body><table><tr><th>year</th><th>value</th></tr><tr>{row}</tr></table></body></html>"
    with pytest.raises(ReadError, match=says):
        excel.read(page.encode(), {"layout": "records", "value_columns": ["value"]})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<span style="vertical-align: super; font-size: 60%">1</span>', "12¹"),
        ('<font style="Vertical-Align:sub">1</font>', "12₁"),
        ('<span style="vertical-align:baseline">1</span>', "121"),
    ],
)
def test_a_mark_may_be_raised_by_its_style(cell: str, text: str) -> None:
    """Read carelessly: 12 with note 1 as 121."""
    assert values(HEADED.format(f"12{cell}").encode(), header_rows=[1]) == {"Table 1!B2": text}


CONTRADICTIONS = [
    # (shown, stored, whether they contradict each other)
    ("12", "12", False),
    ("12", "12.4", False),
    ("12", "12.6", True),
    ("1 204", "1204.4", False),
    ("1,204", "1204", False),
    ("1,204", "1.2041", False),
    ("1.204,5", "1204.46", False),
    ("−3", "-3", False),
    ("12", "12345", True),
    ("12 чел.", "12345", False),
    ("12", "", False),
]


@pytest.mark.parametrize(("shown_text", "stored", "wrong"), CONTRADICTIONS)
def test_a_cell_that_shows_another_number_than_it_stores(shown_text: str, stored: str, wrong: bool) -> None:
    """Read carelessly: one of the two, as if the other were not there."""
    assert contradicts(shown_text, stored) is wrong
    page = HEADED.replace("<td>{}", '<td x:num="{}">{}').format(stored, shown_text).encode()
    (found,) = values(page, header_rows=[1]).values()
    assert found == (f"{shown_text} (stored as {stored})" if wrong else shown_text)


def test_a_table_that_only_places_others_is_none_of_them() -> None:
    table = "<table><tr><td>r<td>2022</tr><tr><td>a<td>5</tr></table>"
    page = "<html><body><table><tr><td>{}</td></tr></table></body></html>"
    assert values(page.format(f"\n{table}").encode(), header_rows=[1]) == {"Table 1!B2": "5"}
    with pytest.raises(ReadError):
        values(page.format(f"тыс. человек {table}").encode(), header_rows=[1])


@pytest.mark.parametrize(
    ("span", "years"),
    [("", ["2022"] * 2), (' colspan="1" rowspan="1"', ["2022"] * 2), (' colspan="2"', ["2022", None])],
)
def test_the_header_of_a_page_counts_for_blanks_unless_it_is_merged(
    span: str, years: list[str | None]
) -> None:
    """A cell of its own is no merged one: it spreads to the right; one over the column of labels and it does not."""
    head = f"<tr>{'' if '2' in span else '<th></th>'}<th{span}>2022</th><th></th></tr>"
    body = "<tr><th>r</th><th>women</th><th>men</th></tr><tr><td>a</td><td>5</td><td>6</td></tr>"
    page = f"<html><body><table>{head}{body}</table></body></html>"
    found = excel.read(page.encode(), {"header_rows": [1, 2]})
    assert (found["col_1"].to_pylist(), found["_value"].to_pylist()) == (years, ["5", "6"])


def test_the_foot_of_a_table_is_below_it() -> None:
    foot = "<tfoot><tr><td>Source: office</td></tr></tfoot>"
    page = f"<table>{foot}<thead><tr><th>r<th>2022</thead><tbody><tr><td>a<td>5</tbody></table>"
    assert values(f"<html><body>{page}</body></html>".encode()) == {"Table 1!B2": "5"}


def test_what_exports_put_between_cells_is_no_text() -> None:
    page = (
        "<html><body><table> <!-- made by x --><tr><th>year</th> <th>value</th></tr>\n"
        "<tr><td>2018</td><!-- c --><td>446</td>&nbsp;</tr></table></body></html>"
    )
    assert excel.read(page.encode(), {"layout": "records", "value_columns": ["value"]})[
        "_value"
    ].to_pylist() == ["446"]


def page(body: str) -> Content:
    """What the first table of a page holds."""
    content: Content = html_tables.sheets(f"<html><body>{body}</body></html>".encode())[0].load()
    return content


def test_places_of_the_cells_of_a_page() -> None:
    found = page(
        "<table><tr><td rowspan=2>a<td colspan=2>b<td>c<tr><td>d<td rowspan=0>e<td>f<tr><td>g<td colspan=x>h"
        "<td rowspan=1 colspan=1>i</table>"
    )
    assert found.texts == {
        (0, 0): "a", (0, 1): "b", (0, 3): "c", (1, 1): "d", (1, 2): "e", (1, 3): "f", (2, 0): "g", (2, 1): "h",
        (2, 3): "i",
    }  # fmt: skip
    assert found.merges == [(0, 0, 1, 0), (0, 1, 0, 2), (1, 2, 2, 2)]


@pytest.mark.parametrize(
    ("span", "count"),
    [("2", 2), (" 3 ", 3), ("0", 1), ("", 1), ("-2", 1), ("²", 1), ("99999", 99999), ("100000", 1)],
)
def test_how_many_places_a_cell_takes(span: str, count: int) -> None:
    assert html_tables._span({"colspan": span}, "colspan") == count


@pytest.mark.parametrize(("right", "refused"), [(3, False), (4, True)])
def test_merged_cells_are_no_larger_than_a_table(
    monkeypatch: pytest.MonkeyPatch, right: int, refused: bool
) -> None:
    monkeypatch.setattr(html_tables, "MAX_CELLS", 90)
    taken = {(0, 0), (0, 1), (0, 2)}
    if refused:
        with pytest.raises(ReadError, match="T: .*merged cells are larger than any table"):
            html_tables._take(taken, (1, 2, 2, right), "T")
    else:
        html_tables._take(taken, (1, 2, 2, right), "T")
        assert taken == {(0, 0), (0, 1), (0, 2), *((row, column) for row in (1, 2) for column in (2, 3, 4))}


@pytest.mark.parametrize(
    ("content", "table", "xml"),
    [
        (b"<table></table>", True, False),
        (b"\xef\xbb\xbf \r\n<TABLE class=x></Table >", True, False),
        ("<table></table>".encode("utf-16"), True, False),
        (b"text <table></table>", False, False),
        (b"<table></table><table>", False, False),
        (b"<html></html>", False, False),
        *((b"<table></table><%s>" % tag, False, False) for tag in (b"script", b"form", b"input", b"iframe", b"nav")),
        (b"<table></table><button/>", False, False),
        (b"<table></table><format>", True, False),
        (b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', False, True),
        ('<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'.encode("utf-16"), False, True),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:spreadsheet">', False, False),
        (b' ' * 20 + b'<a xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', False, False),
        (b"<!--" + b" " * 5000 + b'--><a xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', False, False),
    ],
)  # fmt: skip
def test_what_markup_is_a_workbook(content: bytes, table: bool, xml: bool) -> None:
    assert (html_tables.is_table_page(content), spreadsheet_xml.is_spreadsheet_xml(content)) == (table, xml)


@pytest.mark.parametrize(
    ("before", "heading"),
    [
        ("<p>a</p><div> b  c </div>", ["a", "b c"]),
        ("<p>far</p><ul></ul><p>a</p>", ["a"]),
        ("".join(f"<p>{n}</p>" for n in range(8)), ["2", "3", "4", "5", "6", "7"]),
        ("", []),
    ],
)
def test_blocks_before_a_table_head_it(before: str, heading: list[str]) -> None:
    assert page(f"{before}<table><caption>c</caption><tr><td>1</table>").heading == [*heading, "c"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("1<br>2", "1\t2"),
        ("a<br>2", "a 2"),
        ("1<p>2</p>3", "1\t2\t3"),
        ("a \n  b", "a b"),
        ("12<small>1</small>", "12 1"),
        ("12<sub>2</sub>", "12₂"),
        ("12<sup>3<b>4</b></sup>5", "12³⁴5"),
        ("12<style>x</style><template>9</template>", "12"),
        ("12<!-- 3 -->4", "124"),
        ('12<span style="display:none">3</span>4', "124"),
        ('<b style="display:none">3</b>', "(hidden on the page)"),
        ('<b style="display:none">x</b>', ""),
        ('12<span style="top:-3px">1</span>', "12¹"),
        ('12<span style="top:3px">1</span>', "12₁"),
        ('12<span style="vertical-align:30%">1</span>', "12¹"),
        ('12<span style="vertical-align:-30%">1</span>', "12₁"),
        ('12<span style="margin-top:-3px">1</span>', "121"),
        ('12<span style="text-decoration:line-through">1</span>', "121 (struck out)"),
    ],
)
def test_the_text_of_a_cell_as_a_browser_shows_it(cell: str, text: str) -> None:
    assert page(f"<table><tr><td>{cell}</td></tr></table>").texts == ({(0, 0): text} if text else {})


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
