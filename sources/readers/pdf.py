"""PDF files: ruled or aligned tables, or lines of text matched by a pattern.

::

    layout: cross       a table with labels at the side; options as in ``excel``, rows counted in the table
    layout: records     one record a row
    layout: text        pattern over numbered lines: (?P<area>\\D+?) (?P<value>[\\d ]+)$
                        -> area Abai, _value 1 234, _locator "page 3, line 17"

Options besides those of ``excel`` (``sheets`` and ``tables`` do not apply)

``pages``            number, list of numbers and ranges (``3``, ``"4-6"``), or ``all`` (default)
``table``            which table of each page, from 1; default: all of them
``header_on``        ``each`` (default): every table has its header; ``first``: the others continue the first, with
                     the same header again or none
``table_settings``   passed to pdfplumber, for tables without rules:
                     ``{vertical_strategy: text, horizontal_strategy: text}``
``pattern``          layout text: regular expression with named groups; ``value`` (or ``value_NAME``, then
                     NAME is in ``column``) gives the cell, every other group a column
``keep_rows``, ``skip_rows``   layout text: patterns over whole lines

A place is ``page 3, line 17, column 2`` for a table (the page's text line, the table's column) and
``page 3, line 17`` for text (of several figures in one line the second is ``page 3, line 17, figure 2``).
A scan holds no text: that is an error, not an empty table. Small raised digits
become ``¹``, so that a footnote number does not run into the figure; a character printed twice (fake bold) counts once;
turned headers are read along their line, and a page set sideways is turned first. In a table, figures far apart in one
cell stay two, and what is struck out or white on white says so, so that it is no number. The lines above a table are
column ``title``. Footnotes below a table are found as in ``excel``.

Read through ``protocol``.
"""

import io
import itertools
import logging
import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pdfplumber
import pyarrow as pa
from pdfplumber.page import Page
from pdfplumber.utils.text import extract_text

from sources.cells import COLUMN, LOCATOR, RESERVED, VALUE, Options, ReadError, option
from sources.readers.grid.footnotes import FOOTNOTE, SUPERSCRIPTS
from sources.readers.grid.table import CHANGED, CORRECT, Grid, Merge, one_line
from sources.readers.grid.unfold import concat, unfold
from sources.readers.options import Count, Pattern, Places, TableOptions
from sources.readers.pdf_objects import OF_RULES, TableWork, refuse_too_many, without_copies
from sources.readers.pdf_seen import MARK, divided, mark_struck, mark_unseen
from sources.readers.text import (
    FETCH_AGAIN,
    count_option,
    pattern_option,
    refuse_foreign,
    text_table,
    wrong_option,
)

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its warnings are no news to a user
_VALUE_GROUP = re.compile(r"value(?:_(.+))?")
# A title and a unit; what is higher on the page is text of the report.
HEADING_LINES = 3
_TRANSCRIBE = "Transcribe the figures by hand as bundled data"


@dataclass(frozen=True)
class _Line:
    """One line of text with its place."""

    page: int
    number: int
    top: float
    bottom: float
    text: str

    @property
    def place(self) -> str:
        """Where the line is, for a locator."""
        return f"page {self.page}, line {self.number}"


@dataclass(frozen=True)
class _Found:
    """One table of one page: texts, merged cells, and the text line of every row."""

    page: int
    rows: list[list[str]]
    merges: list[Merge]
    lines: list[int]
    footnotes: list[_Line]
    heading: list[str]


class DeclaredOptions(TableOptions):
    """What a declaration may say; see the head of the module."""

    layout: Literal["cross", "records", "text"] | None = None
    pages: Places | None = None
    table: Count | None = None
    header_on: Literal["each", "first"] | None = None
    table_settings: Mapping[str, Any] | None = None
    pattern: Pattern | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a PDF file; see the module for options."""
    layout = option(options, "layout", "cross", allowed=("cross", "records", "text"))
    if b"%PDF" not in content[:1024]:
        refuse_foreign(content)
        raise ReadError("the file is not a PDF", remedy=FETCH_AGAIN)
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            pages = _pages(document.pages, options)
            refuse_too_many(pages)
            return _text(pages, options) if layout == "text" else _tables(pages, options)
    except ReadError:
        raise
    except RecursionError:
        raise ReadError("the PDF is nested without end", remedy=FETCH_AGAIN) from None
    except Exception as trouble:  # pdfminer meets damage with errors of every kind
        raise ReadError(
            f"the PDF is damaged or protected ({type(trouble).__name__})", remedy=FETCH_AGAIN
        ) from None


def _pages(pages: Sequence[Page], options: Options) -> list[Page]:
    """The declared pages, in the order of the file."""
    declared = options.get("pages", "all")
    if declared == "all":
        return list(pages)
    wanted: set[int] = set()
    for entry in declared if isinstance(declared, list | tuple) else [declared]:
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", str(entry))
        if match is None:
            raise wrong_option("pages", declared, "page numbers such as 3, [3, 5] or 4-6")
        wanted |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    missing = sorted(wanted - {page.page_number for page in pages})
    if missing or not wanted:
        listed = ", ".join(map(str, missing))
        raise ReadError(f"there is no page {listed}: the PDF has {len(pages)} pages", remedy=CHANGED)
    return [page for page in pages if page.page_number in wanted]


def _prepared(page: Page) -> Page:
    """The page as it is read: upright, each character once, small raised digits as superscripts."""
    page = _upright(page)
    sizes = sorted(char["size"] for char in page.chars)
    if sizes:
        # Bold drawn by printing a text twice: the copy lies within a part of a character's width.
        page = without_copies(page, max(1, 0.12 * sizes[len(sizes) // 2]))
    _raise_digits(page)
    mark_unseen(page)
    mark_struck(page)
    return page


def _upright(page: Page) -> Page:
    """A page whose text is set sideways, turned; a page with some turned headers as it is."""
    turned = Counter(_direction(char) for char in page.chars if not char["text"].isspace())
    direction, count = turned.most_common(1)[0] if turned else ("", 0)
    if direction not in ("btt", "ttb") or count * 10 < sum(turned.values()) * 9:
        return page
    source = page.page_obj
    # pdfminer reads the angle here, pdfplumber there.
    source.rotate = (source.rotate + (90 if direction == "btt" else 270)) % 360
    source.attrs["Rotate"] = source.rotate
    return Page(page.pdf, source, page.page_number, page.initial_doctop)


def _direction(char: dict[str, Any]) -> str:
    """How a character's text runs: from left to right (""), bottom to top or top to bottom."""
    across, along = char["matrix"][0], char["matrix"][1]
    if abs(along) <= abs(across):
        return ""
    return "btt" if along > 0 else "ttb"


def _cell_text(chars: Sequence[dict[str, Any]], settings: dict[str, Any]) -> str:
    """The text of a cell, which may be turned by a quarter."""
    turned = Counter(_direction(char) for char in chars if not char["text"].isspace())
    direction = turned.most_common(1)[0][0] if turned else ""
    if direction == "btt":
        settings = {**settings, "line_dir_rotated": "ltr", "char_dir_rotated": "btt"}
    elif direction == "ttb":
        settings = {**settings, "line_dir_rotated": "rtl", "char_dir_rotated": "ttb"}
    pieces = [list(chars)] if direction else divided(chars)
    text = "\n".join(str(extract_text(piece, **settings)) for piece in pieces)
    return " ".join([text, *dict.fromkeys(char[MARK] for char in chars if MARK in char)])


def _texts(table: Any, settings: dict[str, Any]) -> list[list[str]]:
    """Texts of a table's cells; a character belongs to the cell in which its middle lies."""
    rows = []
    heights = _by_height(table.page.chars)
    for row in table.rows:
        inside = [char for char in _between(heights, row.bbox[1], row.bbox[3]) if _lies_in(char, row.bbox)]
        rows.append(
            [
                one_line(_cell_text([char for char in inside if _lies_in(char, box)], settings))
                if box
                else ""
                for box in row.cells
            ]
        )
    return rows


def _by_height(chars: Sequence[dict[str, Any]]) -> dict[int, list[tuple[int, dict[str, Any]]]]:
    """Characters with their number, by the whole points of their middle's height: a row need not look at all."""
    found: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for number, char in enumerate(chars):
        found.setdefault(int((char["top"] + char["bottom"]) // 2), []).append((number, char))
    return found


def _between(
    heights: Mapping[int, Sequence[tuple[int, dict[str, Any]]]], top: float, bottom: float
) -> list[dict[str, Any]]:
    """Characters that may lie between two heights, in the order of the page."""
    near = itertools.chain(*(heights.get(point, ()) for point in range(int(top // 1), int(bottom // 1) + 1)))
    return [char for _, char in sorted(near, key=lambda entry: entry[0])]


def _lies_in(char: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= across < box[2] and box[1] <= down < box[3])


def _raise_digits(page: Page) -> None:
    """Small digits above the line of the character before them become superscripts."""
    base: dict[str, Any] | None = None
    for char in page.chars:
        small = base is not None and char["size"] < 0.8 * base["size"]
        raised = base is not None and char["bottom"] < base["bottom"] - 0.15 * base["size"]
        close = base is not None and -1 < char["x0"] - base["x1"] < 3 * base["size"]
        if char["text"] in "0123456789" and small and raised and close:
            char["text"] = char["text"].translate(SUPERSCRIPTS)
        elif not char["text"].isspace():
            base = char


def _lines(page: Page) -> list[_Line]:
    """The page's lines from top to bottom, numbered from 1."""
    found: list[dict[str, Any]] = page.extract_text_lines(return_chars=False)
    found.sort(key=lambda line: (round(line["top"], 1), line["x0"]))
    return [
        _Line(page.page_number, number, line["top"], line["bottom"], line["text"])
        for number, line in enumerate(found, 1)
    ]


# --- text ---------------------------------------------------------------------------------------------------


def _text(pages: Sequence[Page], options: Options) -> pa.Table:
    """One cell for every value group of every matching line."""
    pattern = pattern_option(options, "pattern")
    groups = list(pattern.groupindex) if pattern else []
    values = [group for group in groups if _VALUE_GROUP.fullmatch(group)]
    if pattern is None or not values:
        raise wrong_option("pattern", options.get("pattern"), "a regular expression with a group value")
    others = [group for group in groups if group not in values]
    taken = [group for group in others if group in (*RESERVED, COLUMN)]
    if taken:
        raise ReadError(f"the group name {taken[0]} is taken", remedy=CORRECT)
    out: dict[str, list[str | None]] = {name: [] for name in (VALUE, LOCATOR, COLUMN, *others)}
    seen = 0
    for line in _kept_lines(pages, options):
        seen += 1
        found = [(match, value) for match in pattern.finditer(line.text) for value in values]
        stated = [(match, value) for match, value in found if match[value] is not None]
        for number, (match, value) in enumerate(stated, 1):
            _add(out, match, value, line.place if number == 1 else f"{line.place}, figure {number}", others)
    if not out[VALUE]:
        problem = f"none of {seen} lines fits the pattern" if seen else "the pages hold no text (a scan?)"
        raise ReadError(problem, remedy=CHANGED if seen else _TRANSCRIBE)
    return text_table(out)


def _kept_lines(pages: Sequence[Page], options: Options) -> Iterator[_Line]:
    keep, skip = pattern_option(options, "keep_rows"), pattern_option(options, "skip_rows")
    for page in pages:
        for line in _lines(_prepared(page)):
            if (keep is None or keep.search(line.text)) and not (skip and skip.search(line.text)):
                yield line
        page.close()


def _add(
    out: dict[str, list[str | None]], match: re.Match[str], value: str, place: str, others: Sequence[str]
) -> None:
    named = _VALUE_GROUP.fullmatch(value)
    out[VALUE].append(match[value])
    out[LOCATOR].append(place)
    out[COLUMN].append(named[1] if named else None)
    for group in others:
        out[group].append(match[group])


# --- tables -------------------------------------------------------------------------------------------------


def _tables(pages: Sequence[Page], options: Options) -> pa.Table:
    """All declared tables of all declared pages."""
    work = TableWork()
    found = [table for page in pages for table in _found(page, options, work)]
    if not found:
        if not any(page.chars for page in pages):
            raise ReadError("the pages hold no text (a scan?)", remedy=_TRANSCRIBE)
        raise ReadError(
            "no table was found on the pages",
            remedy="Declare table_settings for tables without rules, or layout: text",
        )
    if option(options, "header_on", "each", allowed=("each", "first")) == "first":
        return unfold(_grid(found, options), options)
    return concat([unfold(_grid([table], options), options) for table in found])


def _found(page: Page, options: Options, work: TableWork) -> list[_Found]:
    """The tables of one page; a declared table that is not there is passed over on that page."""
    settings = options.get("table_settings", {})
    if not isinstance(settings, dict):
        raise wrong_option("table_settings", settings, "a group of pdfplumber settings")
    page = _prepared(page)
    try:
        tables = work.find_tables(page, settings)
    except (TypeError, ValueError) as trouble:
        raise ReadError(f"pdfplumber refuses the table_settings ({trouble})", remedy=CORRECT) from None
    if options.get("table") is not None:
        number = count_option(options, "table", 1, 1)
        tables = tables[number - 1 : number]
    lines = _lines(page) if tables else []
    texts = {key.removeprefix("text_"): value for key, value in settings.items() if key.startswith("text_")}
    work.add(OF_RULES * len(tables) * (len(tables) + len(lines)))
    bottoms = sorted(table.bbox[3] for table in tables)
    result = [_table(page.page_number, table, lines, texts, bottoms) for table in tables]
    return [table for table in result if any(any(row) for row in table.rows)]


def _table(
    page: int, table: Any, lines: Sequence[_Line], settings: dict[str, Any], bottoms: Sequence[float]
) -> _Found:
    """Texts, merged cells, heading and line numbers of one pdfplumber table; ``bottoms`` of all tables, ascending."""
    rows = _texts(table, settings)
    boxes = [row.cells for row in table.rows]
    tops = [row.bbox[1] for row in table.rows]
    lefts = sorted({round(box[0], 1) for row in boxes for box in row if box})
    merges = []
    for row, cells in enumerate(boxes):
        for column, box in enumerate(cells):
            if box is None:
                continue
            right = bisect_left(lefts, box[2] - 1) - 1
            bottom = bisect_left(tops, box[3] - 1) - 1
            if right > column or bottom > row:
                merges.append((row, column, max(bottom, row), max(right, column)))
    _, top, _, end = table.bbox
    below = [line for line in lines if line.top > end - 1 and FOOTNOTE.match(line.text)]
    # The heading begins below the table before it.
    tables_above = bisect_right(bottoms, top + 1)
    above = bottoms[tables_above - 1] if tables_above else 0
    before = [line.text for line in lines if above - 1 < line.top and line.bottom < top + 2]
    middles = sorted(((line.top + line.bottom) / 2, line.number) for line in lines)
    places = [_line_of(row.bbox, middles) for row in table.rows]
    return _Found(page, rows, merges, places, below, before[-HEADING_LINES:])


def _line_of(box: tuple[float, float, float, float], middles: Sequence[tuple[float, int]]) -> int:
    """The first text line whose middle lies in the row, else the nearest one; 0 where there is none."""
    start, end = bisect_left(middles, (box[1], 0)), bisect_right(middles, (box[3], math.inf))
    if start < end:
        return min(number for _, number in middles[start:end])
    middle = (box[1] + box[3]) / 2
    # Of lines at one height the first.
    before = bisect_left(middles, (middles[start - 1][0], 0)) if start else start
    near = [middles[at] for at in {before, start} if at < len(middles)]
    return min(((abs(height - middle), number) for height, number in near), default=(0, 0))[1]


def _without_header(table: _Found, first: _Found) -> _Found:
    """A table that continues the first one, without the header where it repeats it; another header is refused."""
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(table.rows, first.rows, strict=False))
    repeated = len(list(pairs))
    corners = {row[0] for row in first.rows[:HEADING_LINES] if row[0]}
    for row in table.rows[repeated : repeated + HEADING_LINES]:
        if row[0] in corners:
            raise ReadError(
                f"the table has a header of its own, {' | '.join(row)[:100]}, and should continue the first one",
                place=f"page {table.page}",
                remedy="Declare header_on: each, or pages and table more closely",
            )
    merges = [
        (top - repeated, left, bottom - repeated, right)
        for top, left, bottom, right in table.merges
        if top >= repeated
    ]
    return replace(table, rows=table.rows[repeated:], merges=merges, lines=table.lines[repeated:])


def _grid(tables: Sequence[_Found], options: Options) -> Grid:
    """One table, or several that continue each other, as a grid."""
    widths = {max(map(len, table.rows)) for table in tables}
    if len(widths) > 1:
        listed = " and ".join(map(str, sorted(widths)))
        raise ReadError(
            f"the tables that should continue each other have {listed} columns",
            place=f"pages {tables[0].page} to {tables[-1].page}",
            remedy="Declare pages and table more closely, or header_on: each",
        )
    rows: list[list[str]] = []
    merges: list[Merge] = []
    places: list[str] = []
    for table in (tables[0], *(_without_header(table, tables[0]) for table in tables[1:])):
        start = len(rows)
        merges += [(top + start, left, bottom + start, right) for top, left, bottom, right in table.merges]
        rows += table.rows
        places += [f"page {table.page}, line {line}" for line in table.lines]
    footnotes = itertools.chain(*(table.footnotes for table in tables))
    for line in footnotes if options.get("layout", "cross") == "cross" else ():
        rows.append([line.text])
        places.append(line.place)
    return Grid(
        "",
        rows,
        merges,
        lambda row, column: f"{places[row]}, column {column + 1}",
        f"page {tables[0].page}",
        heading=list(itertools.chain(*(table.heading for table in tables))),
    )
