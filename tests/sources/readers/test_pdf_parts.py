"""Parts of the PDF reader by unit, on characters, lines and boxes written here: no document is opened."""

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sources.cells import ReadError
from sources.readers import pdf, pdf_objects, pdf_pages, pdf_text
from sources.readers.pdf_pages import Line, between, by_height, lies_in

Page = Any
#: a page with nothing beside its lines
BARE: Any = SimpleNamespace(annots=[], chars=[])


def pages(count: int) -> list[Page]:
    return [SimpleNamespace(page_number=number) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("declared", "chosen"),
    [
        ("all", [1, 2, 3]), (2, [2]), ("2-3", [2, 3]), (["3", 1], [1, 3]), (["1-2", "2-3"], [1, 2, 3]), ("3-3", [3]),
        ("4", "there is no page 4: the PDF has 3 pages"), ("3-5", "there is no page 4, 5: the PDF has 3 pages"),
        ([], "there is no page : the PDF has 3 pages"), ("0", "there is no page 0"), ("3-2", "there is no page "),
        ("a", "page numbers such as 3"), ("1-", "page numbers such as 3"), (True, "page numbers such as 3"),
    ],
)  # fmt: skip
def test_declared_pages(declared: Any, chosen: Any) -> None:
    if isinstance(chosen, list):
        assert [page.page_number for page in pdf._pages(pages(3), {"pages": declared})] == chosen
    else:
        with pytest.raises(ReadError, match=chosen):
            pdf._pages(pages(3), {"pages": declared})


def found(page: int, *rows: list[str], **more: Any) -> Any:
    given = {"merges": [], "lines": [*range(3, 3 + len(rows))], "footnotes": [], "heading": [], **more}
    return pdf._Found(page, list(rows), **given)


HEAD, MORE = ["Region", "2022", "2023"], ["", "women", "men"]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([HEAD, MORE, ["Osh", "1", "2"]], [["Osh", "1", "2"]]),
        ([HEAD, ["Osh", "1", "2"]], [["Osh", "1", "2"]]),
        ([["Osh", "1", "2"], ["Chui", "3", "4"]], [["Osh", "1", "2"], ["Chui", "3", "4"]]),
        ([["", "1", "2"]], [["", "1", "2"]]),
        ([["Region", "2020", "2021"], ["Osh", "1", "2"]], None),
        ([["a", "1", "2"], ["b", "1", "2"], ["Region", "2020", "2021"]], None),
        ([["a", "1", "2"], ["b", "1", "2"], ["c", "1", "2"], ["Region", "3", "4"]], [["a", "1", "2"], ["b", "1", "2"],
         ["c", "1", "2"], ["Region", "3", "4"]]),
    ],
)  # fmt: skip
def test_a_table_that_goes_on_repeats_its_header_or_has_none(rows: Any, kept: Any) -> None:
    first = found(1, HEAD, MORE, ["Abai", "5", "6"])
    table = found(2, *rows, merges=[(0, 1, 0, 2), (len(rows) - 1, 0, len(rows) - 1, 1)])
    if kept is None:
        with pytest.raises(
            ReadError, match=r"page 2: the table has a header of its own, Region \| 2020 \| 2021"
        ):
            pdf._without_header(table, first)
        return
    left = pdf._without_header(table, first)
    away = len(rows) - len(kept)
    assert left.rows == kept and left.lines == [*range(3 + away, 3 + len(rows))]
    last = (len(kept) - 1, 0, len(kept) - 1, 1)
    assert left.merges == ([last] if away else [(0, 1, 0, 2), last])


def test_tables_that_go_on_are_one_with_their_notes_below() -> None:
    note = Line(2, 9, 300, 310, "* Preliminary")
    tables = [
        found(1, HEAD, ["Abai", "5", "6"], merges=[(0, 1, 0, 2)], heading=["Table 1"]),
        found(2, HEAD, ["Osh", "1", "2"], merges=[(1, 0, 1, 1)], heading=["goes on"], footnotes=[note]),
    ]
    grid = pdf._grid(tables)
    assert grid.rows == [HEAD, ["Abai", "5", "6"], ["Osh", "1", "2"]] and grid.foot == ["* Preliminary"]
    assert (grid.merges, grid.heading, grid.place) == (
        [(0, 1, 0, 2), (2, 0, 2, 1)],
        ["Table 1", "goes on"],
        "page 1",
    )
    assert [grid.locate(row, row) for row in range(3)] == [
        "page 1, line 3, column 1", "page 1, line 4, column 2", "page 2, line 4, column 3"
    ]  # fmt: skip
    with pytest.raises(ReadError, match="pages 1 to 4: the tables that .* have 2 and 3 columns"):
        pdf._grid([*tables, found(4, ["a", "b"])])


OTHER = found(2, ["Area", "2020", "2021"], ["Osh", "1", "2"], footnotes=[Line(2, 8, 90, 99, "* below")])
REST = found(2, ["Region", "2022", "2023*"], ["Osh", "1", "2"], footnotes=[Line(2, 8, 90, 99, "* below")])


@pytest.mark.parametrize(
    ("texts", "following", "ends_page", "notes"),
    [
        (["* half a year"], None, False, ["* half a year"]),
        (["Report 2024", "text", "* half a year", "** more"], None, False, ["* half a year"]),
        (["1) a list"], None, False, []),
        (["a", "b", "c", "* below the next table"], OTHER, False, []),
        (["* above it"], OTHER, False, ["* above it"]),
        ([], REST, False, ["* below"]),
        (["Note: thousands", "text"], None, True, ["Note: thousands"]),
        (["Report 2024", "Note: thousands", "Source: x"], OTHER, True, ["Note: thousands", "Source: x"]),
        (["Report 2024", "text", "Note: thousands"], None, True, []),
        (["Note: thousands"], None, False, []),
    ],
)  # fmt: skip
def test_notes_of_a_table_on_the_next_page(
    monkeypatch: pytest.MonkeyPatch, texts: list[str], following: Any, ends_page: bool, notes: list[str]
) -> None:
    """Read carelessly: half a year as a year, since the note to its mark is on another page."""
    lines = [Line(2, number, 10 * number, 10 * number + 9, text) for number, text in enumerate(texts)]
    monkeypatch.setattr(pdf, "lines_of", lambda page: lines)
    table = found(1, ["Region", "2022", "2023*"], ["Abai", "5", "6"], ends_page=ends_page, footnotes=[])
    pdf._add_later_notes(table, BARE, [following] if following else [])
    assert [line.text for line in table.footnotes] == notes


@pytest.mark.parametrize(
    ("text", "note"),
    [("* a", True), ("1) a", True), ("Source: x", True), ("Примечание. a", True), ("Osh 5", False)],
)
def test_a_line_below_a_table_that_belongs_to_it(text: str, note: bool) -> None:
    assert pdf._is_note(text) is note


def test_cells_that_share_a_corner_are_a_table_and_a_single_one_is_none() -> None:
    def pair(left: float, top: float) -> list[tuple[float, float, float, float]]:
        return [(left, top, left + 1, top + 1), (left + 1, top, left + 2, top + 1)]

    right, low, far = pair(50, 0), pair(10, 30), pair(80, 0)
    single = [(5.0, 5.0, 6.0, 6.0)]
    assert pdf_objects._tables([*low, *single, *far, *right]) == [right, far, low]
    corner = [(0.0, 0.0, 1.0, 1.0), (1.0, 1.0, 2.0, 2.0)]
    assert pdf_objects._tables(corner[::-1]) == [corner]


@pytest.mark.parametrize(("most", "refused"), [(10, False), (9, True)])
def test_objects_and_comparisons_are_bounded(
    monkeypatch: pytest.MonkeyPatch, most: int, refused: bool
) -> None:
    monkeypatch.setattr(pdf_objects, "MOST_OBJECTS", most)
    monkeypatch.setattr(pdf_objects, "MOST_COMPARISONS", most)
    monkeypatch.setattr(pdf_objects, "FORM", 4)
    counter = pdf_objects._Counter(None)
    font = SimpleNamespace(decode=lambda piece: piece)
    state: Any = SimpleNamespace(font=font, render=0)

    def draw() -> None:
        counter.render_string(state, [b"ab", -3, b"c"], None, None)
        counter.paint_path(None, True, True, False, [1, 2])
        counter.render_image("", None)
        counter.begin_figure("", None, None)

    work = pdf_objects.TableWork()
    work.add(4)
    if refused:
        with pytest.raises(ReadError, match="more than 9 characters and lines"):
            draw()
        with pytest.raises(ReadError, match="more crossing rules"):
            work.add(6)
        return
    draw()
    work.add(6)
    assert (counter.drawn, counter.undrawn, work.compared) == (10, [False] * 3, 10)
    counter.drawn = 0
    for render, opacity, undrawn in ((3, 1.0, True), (7, 1.0, True), (0, 0.0, True), (2, 0.5, False)):
        state.render, counter.opacity = render, opacity
        counter.undrawn = []
        counter.render_string(state, [b"a"], None, None)
        assert counter.undrawn == [undrawn]


def char(text: str, x0: float, bottom: float = 100, size: float = 10, width: float = 5) -> dict[str, Any]:
    return {
        "text": text, "x0": x0, "x1": x0 + width, "top": bottom - size, "bottom": bottom, "size": size, "width": width,
        "fontname": "F", "matrix": (1, 0, 0, 1, 0, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("size", "rise", "away", "raised"),
    [
        (7, 2, 0, True), (7, 1.5, 0, False), (7.9, 1.6, 0, True), (8, 2, 0, False), (9, 3, 0, True), (9.5, 3, 0, False),
        (9, 2.5, 0, False), (7, 2, 29, True), (7, 2, 30, False), (7, 2, -0.5, True), (7, 2, -1, False),
        (7, -2, 0, False),
    ],
)  # fmt: skip
def test_the_less_a_digit_is_raised_the_smaller_it_must_be(
    size: float, rise: float, away: float, raised: bool
) -> None:
    chars = [char("5", 0), char(" ", 5), char("1", 5 + away, 100 - rise, size)]
    pdf_pages._raise_digits(cast("Any", SimpleNamespace(chars=chars)))
    assert chars[-1]["text"] == ("¹" if raised else "1") and chars[0]["text"] == "5"


def test_characters_of_a_row_by_their_middle() -> None:
    chars = [char(text, 0, bottom) for text, bottom in (("a", 30), ("b", 10), ("c", 21), ("d", 5))]
    heights = by_height(chars)
    assert sorted(heights) == [0, 5, 16, 25]
    assert [found["text"] for found in between(heights, 5, 16.2)] == ["b", "c"]
    box = (0, 5, 2.5, 15)
    assert [lies_in(char("a", x0, bottom), box) for x0, bottom in ((0, 10), (-1, 10), (0, 9), (-3, 10), (0, 20))] == [
        False, True, False, False, False
    ]  # fmt: skip


LINES = [
    Line(1, number, 0, 0, text, marks, gaps)
    for number, (text, marks, gaps) in enumerate(
        [
            ("Report", (), ()),
            ("Orders", (), ()),
            ("persons", (), ()),
            ("of Osh", (), ()),
            ("Osh 12 of 30", (), ()),
            ("Chui 1 2 of 5", (), (5,)),
            ("Naryn 7 of 8", ("(struck out)",), ()),
            ("the end", (), ()),
        ],
        1,
    )
]


def test_figures_of_a_line_each_with_its_place_and_problem() -> None:
    out: dict[str, list[str | None]] = {
        name: []
        for name in (
            pdf_text.VALUE,
            pdf_text.LOCATOR,
            pdf_text.NOTE,
            pdf_text.COLUMN,
            pdf_text.PROBLEM,
            pdf_text.REMARKS,
            "area",
        )
    }
    pattern = re.compile(r"(?P<area>[A-Z]\w+) (?P<value_own>[0-9 ]+?) of (?P<value>\d+)")
    titles = pdf_text._add_page(out, BARE, LINES, pattern, ["value_own", "value"], ["area"])
    assert out[pdf_text.VALUE] == ["12", "30", "1 2", "5", "7", "8"]
    assert out[pdf_text.LOCATOR][:4] == ["page 1, line 5", "page 1, line 5, figure 2", "page 1, line 6",
                                         "page 1, line 6, figure 2"]  # fmt: skip
    assert (
        out[pdf_text.COLUMN] == ["own", None] * 3
        and out["area"] == ["Osh"] * 2 + ["Chui"] * 2 + ["Naryn"] * 2
    )
    assert out[pdf_text.PROBLEM] == [
        None, None, "1 2: two figures that are far apart", None, "7: (struck out)", "8: (struck out)"
    ]  # fmt: skip
    assert titles == ["Orders / persons / of Osh"] * 6
    assert out[pdf_text.REMARKS] == ["Report\nOrders\npersons\nof Osh\nthe end"] * 6


@pytest.mark.parametrize(
    ("since", "title"), [(0, "Orders / persons / of Osh"), (2, "persons / of Osh"), (4, None)]
)
def test_the_lines_before_the_first_figure_are_its_title(since: int, title: str | None) -> None:
    names = (
        pdf_text.VALUE,
        pdf_text.LOCATOR,
        pdf_text.NOTE,
        pdf_text.COLUMN,
        pdf_text.PROBLEM,
        pdf_text.REMARKS,
    )
    out: dict[str, list[str | None]] = {name: [] for name in names}
    pattern = re.compile(r"Osh (?P<value>[0-9]+)")
    assert pdf_text._add_page(out, BARE, LINES[since:], pattern, ["value"], []) == [title]


def test_a_page_without_a_figure_adds_nothing() -> None:
    out: dict[str, list[str | None]] = {pdf_text.VALUE: [], pdf_text.REMARKS: []}
    assert pdf_text._add_page(out, BARE, LINES[:3], re.compile("x(?P<value>.)"), ["value"], []) == []
    assert out == {pdf_text.VALUE: [], pdf_text.REMARKS: []}


def ruled(*rows: list[tuple[float, float, float, float] | None]) -> Any:
    """A table of pdfplumber without a text: its cells by their boxes."""
    boxes = [box for row in rows for box in row if box]
    lines = [
        SimpleNamespace(
            cells=row, bbox=(0, min(box[1] for box in row if box), 100, max(box[3] for box in row if box))
        )
        for row in rows
    ]
    return SimpleNamespace(
        rows=lines,
        page=SimpleNamespace(chars=[]),
        bbox=(0, min(box[1] for box in boxes), 100, max(box[3] for box in boxes)),
    )


@pytest.mark.parametrize(
    ("rows", "merges"),
    [
        ([[(0, 100, 50, 120), (50, 100, 100, 120)], [(0, 120, 50, 140), (50, 120, 100, 140)]], []),
        ([[(0, 100, 100, 120), None], [(0, 120, 50, 140), (50, 120, 100, 140)]], [(0, 0, 0, 1)]),
        ([[(0, 100, 50, 140), (50, 100, 100, 120)], [None, (50, 120, 100, 140)]], [(0, 0, 1, 0)]),
        ([[(0, 100, 50, 120), (50, 100, 100, 140)], [(0, 120, 50, 140), None]], [(0, 1, 1, 1)]),
        (
            [
                [(0, 100, 50.9, 120.9), (50.9, 100, 100, 120.9)],
                [(0, 120.9, 50.9, 140), (50.9, 120.9, 100, 140)],
            ],
            [],
        ),
    ],
)
def test_a_box_over_several_places_is_a_merged_cell(rows: Any, merges: list[tuple[int, ...]]) -> None:
    assert pdf._table(1, ruled(*rows), [], {}, [140]).merges == merges


def test_lines_above_a_table_head_it_and_notes_below_belong_to_it() -> None:
    drawn = [(20, "far"), (50, "title"), (60, "unit"), (70, "years"), (88, "last"), (104, "in"), (141, "* below"),
             (150, "text"), (160, "Source: x"), (120, "* inside")]  # fmt: skip
    lines = [Line(1, number, top, top + 8, text) for number, (top, text) in enumerate(drawn, 1)]
    table = ruled([(0, 100, 50, 120)], [(0, 120, 50, 140)])
    found = pdf._table(7, table, lines, {}, [140])
    assert (found.page, found.heading) == (7, ["unit", "years", "last"])
    assert [line.text for line in found.footnotes] == ["* below", "Source: x"] and found.lines == [6, 10]
    # Below another table begins what heads this one, also where both touch.
    assert pdf._table(1, table, lines, {}, [75, 140]).heading == ["last"]
    assert pdf._table(1, table, lines, {}, [101, 140]).heading == []
    assert pdf._table(1, table, lines, {}, [101.5, 140]).heading == ["unit", "years", "last"]


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        ([("1", 0), ("2", 5)], "12"),
        ([("1", 0, "(struck out)"), ("2", 5, "(struck out)")], "12 (struck out)"),
        ([(" ", 0)], " "),
        ([], ""),
    ],
)
def test_the_text_of_a_cell_with_its_marks(letters: list[tuple[Any, ...]], text: str) -> None:
    chars = []
    for letter, x0, *mark in letters:
        drawn = char(letter, x0) | {"upright": True, "doctop": 90.0, "height": 10}
        chars.append(drawn | ({pdf_pages.MARK: mark[0]} if mark else {}))
    assert pdf_pages.cell_text(chars, {}).strip() == text.strip()


@pytest.mark.parametrize(
    ("matrix", "way"),
    [
        ((1, 0), ""),
        ((0, 1), "btt"),
        ((0, -1), "ttb"),
        ((1, 1), ""),
        ((1, 1.1), "btt"),
        ((-1, -1.1), "ttb"),
        ((-1, 0), ""),
    ],
)
def test_how_a_text_runs(matrix: tuple[float, float], way: str) -> None:
    assert pdf_pages._direction({"matrix": (*matrix, 0, 0, 0, 0)}) == way


def test_a_line_without_the_blanks_around_it() -> None:
    one, two, far = char("1", 0), char("2", 5), char("3", 90)
    made = pdf_pages._line([(" ", None), ("1", one), ("2", two), (" ", None), ("3", far), (" ", None)])
    assert made is not None and (made.text, made.number, made.top, made.bottom) == ("12 3", 0, 90, 100)
    assert made.gaps == (1,) and made.marks == ()
    assert pdf_pages._line([(" ", char(" ", 0))]) is None and pdf_pages._line([(" ", None)]) is None
    assert pdf_pages._line([]) is None


def test_digits_that_are_drawn_far_narrower_than_their_like() -> None:
    wide = [char("1", 10 * n) for n in range(3)] + [char("2", 40)]
    for width, narrow in ((3.9, True), (4.0, False), (4.1, False)):
        small = char("1", 60, width=width)
        assert (id(small) in pdf_pages._narrow_digits([*wide, small])) is narrow
    other = char("3", 60, width=3)
    assert pdf_pages._narrow_digits([*wide, other]) == set(), (
        "its font has two figures of the usual width only"
    )
    third = [*wide, char("4", 80)]
    assert pdf_pages._narrow_digits([*third, other]) == {id(other)}
    assert pdf_pages._narrow_digits([char("a", 0)]) == set()


@pytest.mark.parametrize(
    ("number", "texts"), [(None, ["1", "2", "3"]), (1, ["1"]), (2, ["2"]), (3, ["3"]), (4, [])]
)
def test_the_declared_table_of_a_page(
    monkeypatch: pytest.MonkeyPatch, number: int | None, texts: list[str]
) -> None:
    tables = []
    for place in (1, 2, 3):
        table = ruled([(0, 80, 50, 120)])
        table.page.chars = [char(str(place), 10) | {"upright": True, "doctop": 90.0, "height": 10}]
        tables.append(table)
    monkeypatch.setattr(pdf, "lines_of", lambda page: [])
    work: Any = pdf_objects.TableWork()
    monkeypatch.setattr(work, "find_tables", lambda page, settings: [*tables, ruled([(0, 0, 9, 9)])])
    options = {"table": number} if number else {}
    found = pdf._found(cast("Any", SimpleNamespace(page_number=1, annots=[], chars=[])), options, work)
    assert [table.rows for table in found] == [[[text]] for text in texts]
    # Every table is compared with all others, and with every line.
    count = 1 if number else 4
    assert work.compared == pdf.OF_RULES * count * count
    with pytest.raises(ReadError, match="table_settings=.* is not a group of pdfplumber settings"):
        pdf._found(cast("Any", None), {"table_settings": 5}, work)
