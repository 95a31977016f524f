"""Files named .xls that are HTML or XML Spreadsheet 2003, as a person sees them."""

import pytest

from sources.cells import ReadError
from sources.http.expected_content import judge
from sources.readers import excel
from sources.readers.workbook.number_formats import contradicts
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
