"""Files named .xls that are HTML, as a person sees them."""

import pytest

from sources.cells import ReadError
from sources.http.expected_content import judge
from sources.readers import excel
from sources.readers.workbook import html_tables
from sources.readers.workbook.html_tables import is_table_page
from sources.readers.workbook.number_formats import contradicts
from sources.readers.workbook.sheet import Content
from sources.readers.workbook.spreadsheet_xml import is_spreadsheet_xml
from tests.workbooks import values

HTML = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="windows-1251"></head><body>'
    "<table><tr><th rowspan=2>Область<th colspan=2>2022</tr><tr><th>женщины<th>мужчины</tr>"
    "<tr><td>Чуйская<td>125<sup>1</sup><td>1&nbsp;234</tr><tr style='display:none'><td>Ош<td>9<td>9</tr></table>"
    "</body></html>"
).encode("cp1251")


HEADED = "<p>Orders</p><table><caption>тыс. человек</caption><tr><th>r<th>2022<tr><td>Chui<td>{}</table>"


def test_an_html_table_named_xls_is_read_as_a_workbook() -> None:
    found = excel.read(HTML, {"header_rows": [1, 2]}).to_pylist()
    assert [(r["row_1"], r["col_1"], r["col_2"], r["_value"]) for r in found] == [
        ("Чуйская", "2022", "женщины", "125¹"),
        ("Чуйская", "2022", "мужчины", "1 234"),
    ]
    assert judge(HTML, "", ("xls",)) is None
    assert judge(HTML, "", ("xlsx",)) is not None


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


SHORT = " (the row has 3 cells, others 4)"


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        ("<td>Osh<td>5<td>6", ["Osh", f"5{SHORT}", f"6{SHORT}"]),
        ("<td>Osh<td>5<td>6<td>", ["Osh", "5", "6"]),
        ("<td>Osh<td colspan=2>5<td>6", ["Osh", "5", "6"]),
        ("<td>Osh<td>5<td>6 persons", ["Osh", f"5{SHORT}", f"6 persons{SHORT}"]),
        ("<th><th>women<th>men", [f"women{SHORT}", f"men{SHORT}"]),
        ("<td>Source<td>office", ["Source", "office"]),
        ("<td>Osh<td>5", ["Osh", "5 (the row has 2 cells, others 4)"]),
        ("<td>Source: 2022", ["Source: 2022"]),
        ("<td colspan=9>2022", ["2022"]),
    ],
)
def test_a_row_that_lost_a_cell_has_no_figures(row: str, texts: list[str]) -> None:
    """Read carelessly: the figures of 2021 and 2022 as those of 2020 and 2021, and of women as of men."""
    whole = "<tr><td>Chui<td>1<td>2<td rowspan=2>3<tr><td>Talas<td>7<td>8"
    read = page(f"<table><tr><th>r<th>2020<th>2021<th>2022{whole}<tr>{row}</table>")
    assert [text for (at, _), text in sorted(read.texts.items()) if at == 3] == texts
    assert [text for (at, _), text in sorted(read.texts.items()) if at == 2] == ["Talas", "7", "8"]


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
    assert (is_table_page(content), is_spreadsheet_xml(content)) == (table, xml)


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
