"""What nobody sees in an HTML table is no figure, and no blank that would be a missing value."""

import pytest
from lxml import html

from sources.cells import HIDDEN as PASSED_OVER
from sources.cells import ReadError
from sources.readers import excel
from sources.readers.workbook.hidden_html import apply_rules, takes_no_place, unseen, veiled
from tests.sources.readers.test_more_cases import GRID, read, rules, said

CHUI = ("KG-C", "2022", "_T", 12.0)
NARYN = ("KG-N", "2022", "_T", 34.0)
PAGE = """<html><head><meta charset="utf-8"><style>{css}</style></head><body><table>
<tr><td>Область</td><td>2022</td><td>2023</td></tr><tr><td>Чуйская область</td><td>12</td><td>13</td></tr>
<tr {row}><td>Нарынская область</td>{cell}<td>35</td></tr></table></body></html>"""


def page(cell: str, css: str = "", row: str = "") -> bytes:
    return PAGE.format(cell=cell, css=css, row=row).encode()


HIDDEN = [
    ('<td style="visibility:hidden">34</td>', ""),
    ('<td style="visibility:hidden"></td>', ""),
    ('<td aria-hidden="true">34</td>', ""),
    ('<td><span aria-hidden="true">34</span></td>', ""),
    ('<td>34<span aria-hidden="true">9</span></td>', ""),
    ('<td>34<sup aria-hidden="true" style="font-size:0">9</sup></td>', ""),
    ('<td><i aria-hidden="true">3</i>34</td>', ""),
    ("<td><del>34</del></td>", ""),
    ('<td style="text-decoration: line-through">34</td>', ""),
    ('<td style="color:white">34</td>', ""),
    ('<td><font color="#FFFFFF">34</font></td>', ""),
    ('<td><span style="color: rgb(255, 255, 255)">34</span></td>', ""),
    ('<td style="opacity:0">34</td>', ""),
    ('<td style="font-size:0px">34</td>', ""),
    ('<td style="mso-hide:all">34</td>', ""),
    ('<td><div style="display:none"><b>34</b></div></td>', ""),
    ('<td class="a x">34</td>', "td.x, th.x {visibility: hidden}"),
    ('<td class="x">34</td>', "/* grey */ .x{color:#fff}"),
    ('<td class="x">34</td>', "table tr > .x { opacity: 0 }"),
    ('<td id="q">34</td>', "#q{visibility:collapse}"),
    ("<td><em>34</em></td>", "em { display:none }"),
    ("<td><details>9</details>34</td>", ""),
    ("<td><svg><text>9</text></svg>34</td>", ""),
    ('<td><bdo dir="rtl">34</bdo></td>', ""),
    ("<td><noscript>9</noscript>34</td>", ""),
    ("<td>3<ruby>4<rt>9</rt></ruby></td>", ""),
    ('<td class="x">34</td>', '@import url("a.css"); .x{color:black} .x{color:white}'),
    ('<td class="x">34</td>', "@layer a { @media all { .x{opacity:0} } }"),
    ('<td class="x">34</td>', "@media screen { .x { visibility:hidden } }"),
    ('<td class="x">34</td>', '.x::after{content:" дней"}'),
    ('<td class="x">34</td>', ".x:before{content:counter(n)}"),
    ('<td class="x">34</td>', ".x{unicode-bidi:bidi-override;direction:rtl}"),
    ("<td>34<small>1</small></td>", ""),
    ("<td><table><tr><td>34</td><td>5</td></tr></table></td>", ""),
    ('<td sdval="43">34</td>', ""),
]
SEEN = [
    ("<td>34</td>", ".x{display:none}"),
    ('<td style="color:#fff;background:#003">34</td>', ""),
    ('<td class="x">34</td>', ".x{color:white} tr{background-color:navy}"),
    ('<td class="x">34</td>', ".x{color:white} .x{color:black}"),
    ('<td class="x">34</td>', "/* .x{display:none}"),
    ('<td class="x">34</td>', "@media print { @supports (x:y) { .x{display:none} } } } .y{"),
    ('<td class="x">34</td>', "@media print { .x { display:none } }"),
    ('<td class="x">34</td>', ".x:hover{display:none} .nav .x{display:none}"),
    ('<td>34<span aria-hidden="true">▲</span></td>', ".y{display:none}"),
    ('<td>34<sup aria-hidden="true">1</sup></td>', ""),
    ('<td>34<a href="#n" aria-hidden="true"><sup>12</sup></a></td>', ""),
    ('<td>34 <span aria-hidden="true">[1]</span></td>', ""),
    ('<td>34<span aria-hidden="true">*</span></td>', ""),
    ('<td><i class="fa fa-flag" aria-hidden="true">\uf024</i> 34</td>', ""),
    ('<td>34 <span class="material-icons" aria-hidden="true">arrow_upward</span></td>', ""),
    ('<td>34 <span aria-hidden="true">↗️</span></td>', ""),
    ("<td><template>9</template>34</td>", ""),
    ('<td>3<span style="display:none">9</span>4</td>', ""),
    ('<td style="opacity:0.9">34</td>', ""),
    ('<td class="x">34</td>', '.x::after{content:"*"}'),
    ('<td class="x">4</td>', '.x::before{content:"3"}'),
    ("<td><small>34</small></td>", ""),
    ('<td>34<span style="position:relative;top:-4px">1</span></td>', ""),
    ('<td>34<span style="vertical-align:3pt">1</span></td>', ""),
]


@pytest.mark.parametrize(("cell", "css"), HIDDEN)
def test_what_is_hidden_is_refused_with_its_place(cell: str, css: str) -> None:
    """Read carelessly: 34, or a missing value."""
    result = read(page(cell, css), "excel", GRID)
    years = [row for row in said(result) if row[1] == "2022"]
    assert years == [CHUI] and rules(result) == {"unreadable_number"}
    assert len(said(result)) == 3, "the rest of the row is read"


def test_a_per_cent_sign_for_the_eye_is_one() -> None:
    result = read(page('<td>34<span aria-hidden="true">%</span></td>'), "excel", GRID)
    assert NARYN not in said(result) and rules(result) == {"no_count"}


@pytest.mark.parametrize(("cell", "css"), SEEN)
def test_what_is_seen_is_read(cell: str, css: str) -> None:
    result = read(page(cell, css), "excel", GRID)
    assert {row for row in said(result) if row[1] == "2022"} == {CHUI, NARYN} and not rules(result)


@pytest.mark.parametrize("row", ["hidden", 'style="display:none"', 'class="h"'])
def test_a_hidden_row_gives_nothing(row: str) -> None:
    result = read(page("<td>34</td>", "tr.h{display:none}", row), "excel", GRID)
    assert {row[0] for row in said(result)} == {"KG-C"} and not rules(result)


@pytest.mark.parametrize("row", ['aria-hidden="true"', 'style="color:white"'])
def test_a_row_that_is_not_to_be_read_is_refused(row: str) -> None:
    result = read(page("<td>34</td>", "", row), "excel", GRID)
    assert {row[0] for row in said(result)} == {"KG-C"} and rules(result) == {"unreadable_number"}


@pytest.mark.parametrize("column", ['style="display:none"', "hidden", 'style="visibility:collapse" span="1"'])
def test_a_column_that_its_description_hides_gives_nothing(column: str) -> None:
    described = f"<table><col><col {column}><col>".encode()
    result = read(page("<td>34</td>").replace(b"<table>", described), "excel", GRID)
    assert {row[1] for row in said(result)} == {"2023"}


def test_a_rule_that_hides_cells_by_their_place_refuses_the_page() -> None:
    with pytest.raises(ReadError, match="nth-child"):
        read(page("<td>34</td>", "td:nth-child(2){display:none}"), "excel", GRID)
    assert NARYN in said(
        read(page("<td>34</td>", "td:nth-child(2){color:red} .nav:first-child{display:none}"), "excel", GRID)
    )


def test_what_stands_below_an_exported_table_may_say_its_unit() -> None:
    """Read carelessly: thousands as persons; a title of the next table as a note of this one."""
    plain = page("<td>34</td>")
    below = plain.replace(b"</table>", "</table><p>* в тысячах</p>".encode())
    assert rules(read(below, "excel", GRID)) == {"scale_undeclared"}
    between = plain.replace(
        b"</table>", "</table><p>В процентах</p><table><tr><th>r<th>2020</table>".encode()
    )
    assert NARYN in said(read(between, "excel", GRID, reader_options={"sheets": 1}))


def test_a_cell_that_takes_no_place_moves_those_behind_it() -> None:
    result = read(page("<td hidden>9</td><td>34</td>"), "excel", GRID)
    assert NARYN in said(result) and not rules(result)


@pytest.mark.parametrize(
    ("content", "named", "more"),
    [
        (page("<td hidden>9</td><td>34</td>"), "sheet Table 1 hidden cells: 1", ["9"]),
        (page('<td style="display:none"></td><td>34</td>'), "", []),
        (page('<td>34</td><td class="x">7</td>', ".x{display:none}"), "sheet Table 1 hidden cells: 1", ["7"]),
        (page("<td>34</td>", row="hidden"), "sheet Table 1 row 3", ["34", "35"]),
        (
            page("<td>34</td>").replace(b"<tr ><td>", b"<tbody hidden><tr><td>"),
            "sheet Table 1 row 3",
            ["34", "35"],
        ),
    ],
)
def test_what_is_hidden_is_named_and_read_where_the_declaration_wants_it(
    content: bytes, named: str, more: list[str]
) -> None:
    seen, whole = (excel.read(content, {"header_rows": [1], "hidden": how}) for how in ("skip", "include"))
    assert (seen.schema.metadata or {}).get(PASSED_OVER, b"").decode() == named
    read_now, at_first = (sorted(filter(None, table["_value"].to_pylist())) for table in (whole, seen))
    assert read_now == sorted([*at_first, *more])
    assert PASSED_OVER not in (whole.schema.metadata or {})


def test_a_table_within_a_hidden_part_of_the_page_is_a_hidden_sheet() -> None:
    second = "</table><div hidden><table><tr><td>Область<td>2022<tr><td>Ош<td>99</table></div>"
    found = excel.read(page("<td>34</td>").replace(b"</table>", second.encode()), {})
    assert "99" not in found["_value"].to_pylist() and found.schema.metadata[PASSED_OVER] == b"sheet Table 2"


# A selector of several parts, and whether it reaches the innermost of <i class=a><b class=b><u class="c d" id=q>.
SELECTORS = [
    (".a .b .c", True),
    ("i b u", True),
    (".a .c", True),
    (".b .c", True),
    (".a > .b > .c", True),
    ("i.a .c.d", True),
    ("* .c", True),
    ("#q", True),
    ("u#q.d", True),
    (".x, .c", True),
    ("em.c, .x", False),
    (".b .a .c", False),
    (".a .x .c", False),
    (".x .b .c", False),
    (".c .c", False),
    (".a .a .c", False),
    (".a .b .b .c", False),
    (".a .c .b", False),
    (".c.x", False),
    ("#x", False),
    (".c:hover", False),
    (".a:hover .c", False),
    ("", False),
]


@pytest.mark.parametrize(("selector", "reached"), SELECTORS)
def test_a_rule_reaches_what_its_selector_names(selector: str, reached: bool) -> None:
    inner = '<i class="a"><b class="b"><u class="c d" id="q">3</u></b></i>'
    root = html.fromstring(f"<div><style>{selector} {{display:none}}</style>{inner}</div>")
    apply_rules(root)
    assert unseen(root.find(".//u")) is reached


def test_the_own_style_of_an_element_comes_after_that_of_the_page() -> None:
    root = html.fromstring('<p><style>u {color:white} u {color:red}</style><u style="color:#fff">3</u></p>')
    apply_rules(root)
    assert root.find(".//u").get("style") == "color:white;color:red;color:#fff"


STYLES = [
    ("display:none", True, True, False),
    ("DISPLAY : NONE", True, True, False),
    ("visibility:hidden", False, True, False),
    ("visibility: collapse", False, True, False),
    ("visibility:visible", False, False, False),
    ("opacity:0", False, False, True),
    ("opacity:.0", False, False, True),
    ("opacity:0.00", False, False, True),
    ("opacity:0.5", False, False, False),
    ("fill-opacity:0", False, False, False),
    ("font-size:0", False, False, True),
    ("font-size:0.9em", False, False, False),
    ("text-indent:-999px", False, False, True),
    ("text-indent:-99px", False, False, False),
    ("color:transparent", False, False, True),
    ("color:white", False, False, True),
    ("color: #FFF", False, False, True),
    ("color: rgba(255, 255, 255, 1)", False, False, True),
    ("color:white;color:black", False, False, False),
    ("color:black;color:white", False, False, True),
    ("background-color:white", False, False, False),
    ("color:white;background:navy", False, False, False),
    ("", False, False, False),
]


@pytest.mark.parametrize(("style", "no_place", "not_shown", "kept"), STYLES)
def test_what_a_style_hides(style: str, no_place: bool, not_shown: bool, kept: bool) -> None:
    node = html.fromstring(f'<p style="{style}">3</p>')
    assert (takes_no_place(node), unseen(node), veiled(node)) == (no_place, not_shown, kept)


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ('<p><u aria-hidden="TRUE">3</u></p>', True),
        ('<p><u aria-hidden="false">3</u></p>', False),
        ('<p><font color="white">3</font></p>', True),
        ('<p><font color="black">3</font></p>', False),
        ('<p><font color="white" style="color:red">3</font></p>', False),
        ('<p bgcolor="navy"><u style="color:white">3</u></p>', False),
        ('<p style="background:navy"><u style="color:white">3</u></p>', False),
    ],
)
def test_what_attributes_and_the_elements_around_say(page: str, kept: bool) -> None:
    assert veiled(html.fromstring(page)[0]) is kept


@pytest.mark.parametrize(("rules", "refused"), [(5000, False), (5001, True)])
def test_a_page_of_very_many_rules_is_refused(rules: int, refused: bool) -> None:
    root = html.fromstring(f"<p><style>{'x{}' * rules}</style>3</p>")
    if refused:
        with pytest.raises(ReadError, match="5001 rules, more than 5000"):
            apply_rules(root)
    else:
        apply_rules(root)
