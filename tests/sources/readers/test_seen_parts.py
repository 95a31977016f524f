"""What a person sees of a workbook's parts, by unit: hidden rows and columns, colours, styles of pages, far cells."""

from typing import Any

import pytest
from lxml import html

from sources.cells import ReadError
from sources.readers.workbook import sheet
from sources.readers.workbook.font_marks import STRUCK, UNSEEN, colour, raise_text
from sources.readers.workbook.hidden_html import (
    _rules,
    apply_rules,
    decoration,
    hides,
    struck,
    unseen,
    veiled,
)
from sources.readers.workbook.hidden_rows import visible_grid
from sources.readers.workbook.sheet import Content, check_extent, damaged, unresolved


def content(**more: Any) -> Content:
    texts = {
        (0, 0): "r",
        (0, 1): "2022",
        (0, 2): "2023",
        (1, 0): "a",
        (1, 1): "1",
        (1, 2): "2",
        (2, 0): "b",
        (2, 2): "3",
    }
    return Content(texts=texts, **more)


@pytest.mark.parametrize("include", [False, True])
def test_hidden_rows_and_columns_are_blank_unless_they_are_included(include: bool) -> None:
    grid, passed = visible_grid("S", content(hidden_rows={1, 9}, hidden_columns={2, 7}), include)
    whole = [["r", "2022", "2023"], ["a", "1", "2"], ["b", "", "3"]]
    assert grid.rows == (whole if include else [["r", "2022"], [], ["b"]])
    assert passed == ([] if include else ["sheet S row 2", "sheet S column C"])
    assert grid.hidden_rows == (frozenset() if include else {1, 9})
    assert grid.hidden_columns == (frozenset() if include else {2, 7})
    assert (grid.name, grid.place, grid.locate(1, 27)) == ("S", "sheet S", "S!AB2")


@pytest.mark.parametrize(
    ("merge", "rows", "columns", "seen", "place"),
    [
        ((1, 0, 2, 0), {1}, set(), (2, 0, 2, 0), (2, 0)),
        ((1, 0, 2, 0), {1, 2}, set(), None, None),
        ((1, 0, 2, 0), {2}, set(), (1, 0, 2, 0), (1, 0)),
        ((1, 0, 1, 1), set(), {0}, (1, 1, 1, 1), (1, 1)),
        ((1, 0, 1, 1), set(), {0, 1}, None, None),
        ((1, 0, 2, 1), {1}, {0}, (2, 1, 2, 1), (2, 1)),
    ],
)
def test_a_merged_cell_shows_its_text_where_it_is_first_seen(
    merge: Any, rows: set[int], columns: set[int], seen: Any, place: tuple[int, int] | None
) -> None:
    held = Content(
        texts={(1, 0): "a", (3, 2): "z"}, merges=[merge], hidden_rows=rows, hidden_columns=columns,
        scaled={(1, 0): "thousand"},
    )  # fmt: skip
    grid, _ = visible_grid("S", held, False)
    assert grid.merges == ([seen] if seen else [])
    assert [(y, x) for y in range(4) for x in range(3) if grid.at(y, x) == "a"] == ([place] if place else [])
    assert list(grid.scaled) == [place or (1, 0)]


def test_far_cells_and_endless_hidden_places(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_extent([], "S") == (0, 0) and check_extent([(4, 0), (0, 7)], "S") == (5, 8)
    monkeypatch.setattr(sheet, "MAX_CELLS", 40)
    assert check_extent([(4, 7)], "S") == (5, 8)
    with pytest.raises(ReadError, match="sheet S: the sheet spans 6 rows and 8 columns, more than 40 cells"):
        check_extent([(5, 7)], "S")
    monkeypatch.setattr(sheet, "MAX_SPANNED", 5)
    held = Content()
    held.hide(held.hidden_rows, range(2, 5))
    held.hide(held.hidden_columns, range(2))
    assert (held.hidden_rows, held.hidden_columns) == ({2, 3, 4}, {0, 1})
    with pytest.raises(ReadError, match="described in more than 5 places"):
        held.hide(held.hidden_rows, range(1))


def test_what_is_kept_of_a_cell() -> None:
    held = Content()
    held.put(0, 0, "")
    held.put(0, 1, "5", "thousand")
    held.put(1, 0, "6")
    assert (held.texts, held.scaled) == ({(0, 1): "5", (1, 0): "6"}, {(0, 1): "thousand"})
    with pytest.raises(ReadError, match="row 1, column 2 is written twice"):
        held.put(0, 1, "7")
    assert [unresolved(text) for text in ("of:=[.A1]", "=A1", " A1 ")] == [
        f"={text} (a formula without a stored result)" for text in ("[.A1]", "A1", "A1")
    ]
    assert unresolved("x" * 99).startswith("=" + "x" * 60 + " (")
    assert str(damaged("a  b" * 99)).count("a b") and damaged().problem == "the workbook is damaged"
    assert len(damaged("x" * 500).problem) == len("the workbook is damaged ()") + 120


@pytest.mark.parametrize(
    ("text", "kind", "seen"),
    [
        ("12", "", "12"),
        ("1(2)", "superscript", "¹⁽²⁾"),
        ("12", "subscript", "₁₂"),
        (" 5 ", STRUCK, "5 (struck out) "),
        (" 5 ", UNSEEN, "5 (hidden on the page)"),
        ("  ", STRUCK, "  "),
        ("", UNSEEN, ""),
    ],
)
def test_a_text_that_is_set_otherwise(text: str, kind: str, seen: str) -> None:
    assert raise_text(text, kind) == seen


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("#ffffff", "white"), ("FFF2F2F2", "white"), ("F1FFFF", "F1FFFF"), ("FFF1FF", "FFF1FF"), ("FFFFF1", "FFFFF1"),
        ("FFFFFF1F", "FFFF1F"), ("#ff0000", "FF0000"), (" Red ", "red"), ("fff", "fff"), ("", ""),
    ],
)  # fmt: skip
def test_a_colour_by_its_digits(said: str, name: str) -> None:
    assert colour(said) == name


@pytest.mark.parametrize(
    ("style", "hidden"),
    [
        ("color:white", True), ("color: #FFF", True), ("color:rgb(255, 255, 255)", True), ("color:black", False),
        ("color:white;color:black", False), ("color:black;color:white", True), ("color:white;background:red", False),
        ("display:none", True), ("visibility : hidden", True), ("color:red;display:none", True), ("", False),
        ("border-color:white", False),
    ],
)  # fmt: skip
def test_a_style_that_shows_nothing(style: str, hidden: bool) -> None:
    assert hides(style) is hidden


@pytest.mark.parametrize(
    ("css", "rules"),
    [
        (".a{x:1}.b,.c{y:2}", [(".a", "x:1"), (".b,.c", "y:2")]),
        ('@import "a"; .a{x:1}', [(".a", "x:1")]),
        ("@media screen{.a{x:1}}", [(".a", "x:1")]),
        ("@media print{.a{x:1}} .b{y:2}", [(".b", "y:2")]),
        ("@font-face{x:1}", []),
        ("}.a{x:1}", [(".a", "x:1")]),
        (".a{x:1", []),
        ("", []),
    ],
)
def test_the_rules_of_a_style_sheet(css: str, rules: list[tuple[str, str]]) -> None:
    assert _rules(css) == rules


def styled(css: str, body: str) -> Any:
    root = html.document_fromstring(f"<html><head><style>{css}</style></head><body>{body}</body></html>")
    apply_rules(root)
    return root


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        (".x", ["a", "b"]), ("td.x", ["b"]), ("tr .x", ["b"]), ("table > tr td", ["b"]), ("#a", ["a"]), ("div td", []),
        ("p", ["a"]), (".x.y", ["b"]), (".y, #a", ["a", "b"]), ("*", ["a", "b"]), ("tbody td", []), ("td:hover", []),
    ],
)  # fmt: skip
def test_whom_a_rule_reaches(selector: str, ids: list[str]) -> None:
    root = styled(
        f"{selector}{{display:none}}", '<p id=a class=x>1</p><table><tr><td id=b class="x y">2</table>'
    )
    assert [node.get("id") for node in root.iter("p", "td") if unseen(node)] == ids


@pytest.mark.parametrize(
    ("css", "text"),
    [
        ('td::after{content:"*"}', "5*"), ('td:before{content:"<"}', "<5"), ("td::after{content:'a' 'b'}", "5ab"),
        ('td::after{content:"*";display:none}', "5"), ("td::after{content:attr(x)}", "5 (hidden on the page)"),
        ('td::after{content:""}', "5"), ('td::after{content:"a";content:"b"}', "5b"), ("td::after{color:red}", "5"),
        ('td::after{content:"' + "x" * 120 + '"}', "5" + "x" * 100),
    ],
)  # fmt: skip
def test_what_a_style_sheet_writes_beside_a_cell(css: str, text: str) -> None:
    (cell,) = styled(css, "<table><tr><td>5</td></tr></table>").iter("td")
    assert cell.text_content() == text
    (cell,) = styled(css, "<table><tr><td><b>5</b></td></tr></table>").iter("td")
    assert cell.text_content() == text


@pytest.mark.parametrize(
    ("css", "says"),
    [
        ("td:nth-child(2){display:none}", "its style sheet hides what 'td:nth-child.2.' names"),
        ("td[x]{visibility:hidden}", "which is not followed"),
        ("td:nth-child(2){color:red}", ""),
        ("p:nth-child(2){display:none}", ""),
        ("td:hover{display:none}", ""),
    ],
)
def test_rules_that_are_not_followed_and_hide_cells(css: str, says: str) -> None:
    if says:
        with pytest.raises(ReadError, match=says):
            styled(css, "<table><tr><td>5</table>")
    else:
        assert not any(unseen(cell) for cell in styled(css, "<table><tr><td>5</table>").iter("td"))


@pytest.mark.parametrize(
    ("element", "is_veiled"),
    [
        ("<b>", False),
        ('<b aria-hidden="TRUE">', True),
        ('<b aria-hidden="false">', False),
        ('<b style="opacity:0">', True),
        ('<b style="opacity:0.5">', False),
        ('<b style="font-size:0">', True),
        ('<b style="text-indent:-999px">', True),
        ('<font color="#fff">', True),
        ('<font color="red">', False),
        ('<font color="white" style="color:red">', False),
        ('<font color="white" bgcolor="red">', False),
        ("<svg>", True),
        ('<b style="color:transparent">', True),
    ],
)
def test_an_element_that_is_kept_from_readers(element: str, is_veiled: bool) -> None:
    node = html.fragment_fromstring(f"{element}5")
    assert veiled(node) is is_veiled
    inside = html.fragment_fromstring(f'<div style="background:#003">{element}5</div>')[0]
    if "color" in element and "transparent" not in element:
        assert veiled(inside) is False


@pytest.mark.parametrize(
    ("element", "text", "left"),
    [
        ('<i aria-hidden="true">', "*", "*"),
        ('<sup aria-hidden="true">', "[1]", "¹"),
        ('<b aria-hidden="true">', "1)", "¹⁾"),
        ('<i aria-hidden="true">', "x", ""),
        ('<i aria-hidden="true">', "5", None),
        ('<b aria-hidden="true">', "x", None),
        ('<b aria-hidden="true" class="fa fa-up">', "x", ""),
        ('<b aria-hidden="true">', "↑", ""),
        ("<i>", "x", None),
        ('<i aria-hidden="true" style="opacity:0">', "x", None),
        ('<b aria-hidden="true">', "≤", None),
    ],
)
def test_what_is_left_of_a_decoration(element: str, text: str, left: str | None) -> None:
    assert decoration(html.fragment_fromstring(f"{element}x"), f" {text} ") == left


@pytest.mark.parametrize(
    ("style", "out"),
    [
        ("text-decoration:line-through", True), ("text-decoration-line: underline line-through", True),
        ("text-decoration:underline", False), ("text-decoration:none;x:line-through", False), ("", False),
    ],
)  # fmt: skip
def test_a_style_that_strikes_out(style: str, out: bool) -> None:
    assert struck(html.fragment_fromstring(f'<b style="{style}">5</b>')) is out
