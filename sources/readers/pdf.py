"""PDF files: ruled or aligned tables, or lines of text matched by a pattern.

::

    layout: cross       a table with labels at the side; options as in ``excel``, rows counted in the table
    layout: records     one record a row
    layout: text        pattern over numbered lines: (?P<area>\\D+?) (?P<value>[\\d ]+)$
                        -> area Abai, _value 1 234, _locator "page 3, line 17"

Options besides those of ``excel`` (``sheets`` and ``tables`` do not apply)

``pages``            number, list of numbers and ranges (``3``, ``"4-6"``), or ``all`` (default)
``table``            which table of each page, from 1; default: all of them. A declared page without it is an error
``header_on``        ``each`` (default): every table has its header; ``first``: the others continue the first, with
                     the same header again or none
``table_settings``   passed to pdfplumber, for tables without rules:
                     ``{vertical_strategy: text, horizontal_strategy: text}``; a figure that its columns would cut is
                     refused (``pdf_columns``)
``pattern``          layout text: regular expression with named groups; ``value`` (or ``value_NAME``, then
                     NAME is in ``column``) gives the cell, every other group a column
``keep_rows``, ``skip_rows``   layout text: patterns over whole lines

A place is ``page 3, line 17, column 2`` for a table (the page's text line, the table's column) and
``page 3, line 17`` for text (of several figures in one line the second is ``page 3, line 17, figure 2``).
A scan holds no text: that is an error, not an empty table. Small raised digits
become ``¹``, so that a footnote number does not run into the figure; a character printed twice (fake bold) counts once;
turned headers are read along their line, and a page set sideways is turned first. Figures far apart in one cell or line
stay two; what is struck out, not to be seen (white on white, covered, not drawn at all) or printed over another figure
says so in a table, so that it is no number. In a text, what is not to be seen is left out, and a line with the rest is
refused. A page with filled fields or notes upon it is refused. The lines above a table, or above the first line of a
text that fits the pattern, are column ``title``, with what the page says beside its lines (``pdf_beside``); other lines
of the page say whether the figures have a unit of their own. Footnotes below a table are found as in ``excel``, also on
the next page; a comment stuck on a cell of a table is a note of its figure, one beside a row, or on a line of a text,
of the figures there. What lies outside of the crop box is not seen.

Read through ``protocol``. Not here: pages and their lines (``pdf_pages``), layout ``text`` (``pdf_text``).
"""

import io
import itertools
import logging
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pdfplumber
import pyarrow as pa
from pdfplumber.page import Page

from sources.cells import (
    Options,
    ReadError,
    option,
)
from sources.readers.grid.comments import comment_text
from sources.readers.grid.footnotes import FOOTNOTE, REMARK, mark_of_line, marks_at_end
from sources.readers.grid.table import CHANGED, CORRECT, Grid, Merge, one_line
from sources.readers.grid.unfold import concat, unfold
from sources.readers.options import Count, Pattern, Places, TableOptions
from sources.readers.parts_said import says_it_goes_on
from sources.readers.pdf_beside import beside, said_of_page, turned_texts
from sources.readers.pdf_columns import refuse_cut_off
from sources.readers.pdf_objects import OF_RULES, TableWork, refuse_too_many
from sources.readers.pdf_pages import (
    HEADING_LINES,
    TRANSCRIBE,
    Comment,
    Line,
    Prepared,
    between,
    by_height,
    cell_text,
    comments_on,
    lies_in,
    lines_of,
)
from sources.readers.pdf_text import read_text
from sources.readers.text import (
    FETCH_AGAIN,
    count_option,
    refuse_foreign,
    wrong_option,
)

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its warnings are no news to a user


@dataclass(frozen=True)
class _Found:
    """One table of one page: texts, merged cells, and the text line of every row."""

    page: int
    rows: list[list[str]]
    merges: list[Merge]
    lines: list[int]
    footnotes: list[Line]
    heading: list[str]
    #: comments by the place of their cell
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    #: whether no line but one, such as the page's number, is below it
    ends_page: bool = False


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
            prepared = Prepared(refuse_too_many(pages))
            return (
                read_text(pages, options, prepared) if layout == "text" else _tables(pages, options, prepared)
            )
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


def _texts(table: Any, settings: dict[str, Any]) -> list[list[str]]:
    """Texts of a table's cells; a character belongs to the cell in which its middle lies."""
    rows = []
    heights = by_height(table.page.chars)
    for row in table.rows:
        inside = [char for char in between(heights, row.bbox[1], row.bbox[3]) if lies_in(char, row.bbox)]
        rows.append(
            [
                one_line(cell_text([char for char in inside if lies_in(char, box)], settings)) if box else ""
                for box in row.cells
            ]
        )
    return rows


def _tables(pages: Sequence[Page], options: Options, prepared: Prepared) -> pa.Table:
    """All declared tables of all declared pages."""
    work = TableWork()
    found = list[_Found]()
    for page in pages:
        ready = prepared.page(page)
        own = _found(ready, options, work)
        if not own and options.get("table") is not None and options.get("pages", "all") != "all":
            place = f"page {page.page_number}"
            raise ReadError(f"the declared page has no table {options['table']}", place=place, remedy=CHANGED)
        if found and found[-1].page == page.page_number - 1 and "table" not in options:
            _add_later_notes(found[-1], ready, own)
        found += own
    if not found:
        if not any(page.chars for page in pages):
            raise ReadError("the pages hold no text (a scan?)", remedy=TRANSCRIBE)
        raise ReadError(
            "no table was found on the pages",
            remedy="Declare table_settings for tables without rules, or layout: text",
        )
    if option(options, "header_on", "each", allowed=("each", "first")) == "first":
        return unfold(_grid(found), options)
    return concat([unfold(_grid([table]), options) for table in found])


def _found(page: Page, options: Options, work: TableWork) -> list[_Found]:
    """The tables of one page; none where a declared table is not there."""
    settings = options.get("table_settings", {})
    if not isinstance(settings, dict):
        raise wrong_option("table_settings", settings, "a group of pdfplumber settings")
    try:
        tables = work.find_tables(page, settings)
    except (TypeError, ValueError) as trouble:
        raise ReadError(f"pdfplumber refuses the table_settings ({trouble})", remedy=CORRECT) from None
    if settings.get("vertical_strategy") == "text":
        refuse_cut_off(page, tables)
    if options.get("table") is not None:
        number = count_option(options, "table", 1, 1)
        tables = tables[number - 1 : number]
    lines = lines_of(page) if tables else []
    texts = {key.removeprefix("text_"): value for key, value in settings.items() if key.startswith("text_")}
    work.add(OF_RULES * len(tables) * (len(tables) + len(lines)))
    bottoms = sorted(table.bbox[3] for table in tables)
    result = [_table(page.page_number, table, lines, texts, bottoms) for table in tables]
    if tables:
        _add_said(page, tables, result, lines)
    return [table for table in result if any(any(row) for row in table.rows)]


def _table(
    page: int, table: Any, lines: Sequence[Line], settings: dict[str, Any], bottoms: Sequence[float]
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
    level = [line for line in lines if not line.aside]
    below = [line for line in level if line.top > end - 1 and _is_note(line.text)]
    # The heading begins below the table before it.
    tables_above = bisect_right(bottoms, top + 1)
    above = bottoms[tables_above - 1] if tables_above else 0
    before = [line.text for line in level if above - 1 < line.top and line.bottom < top + 2]
    middles = sorted(((line.top + line.bottom) / 2, line.number) for line in lines)
    places = [_line_of(row.bbox, middles) for row in table.rows]
    ends_page = sum(line.top > end - 1 and line not in below for line in level) <= 1
    return _Found(page, rows, merges, places, below, before[-HEADING_LINES:], ends_page=ends_page)


def _add_said(page: Page, tables: Sequence[Any], found: Sequence[_Found], lines: Sequence[Line]) -> None:
    """Give each table of a page the comments on its cells, and what the page says beside its lines."""
    stuck, turned = comments_on(page), turned_texts(page)
    rows = [[(row.bbox[1], row.bbox[3]) for row in table.rows] for table in tables]
    others = [comment for comment in stuck if all(comment.place_in(heights) is None for heights in rows)]
    free = [
        line
        for line in lines
        if not any(table.bbox[1] <= (line.top + line.bottom) / 2 <= table.bbox[3] for table in tables)
    ]
    said = said_of_page(free, others)
    for table, heights, own in zip(tables, rows, found, strict=True):
        own.comments.update(_comments_in(table, heights, stuck))
        more = [*said, *beside(turned, table.bbox[1::2], table.bbox[::2])]
        own.heading[:0] = [text for text in more if text not in own.heading]


def _comments_in(
    table: Any, heights: Sequence[tuple[float, float]], stuck: Sequence[Comment]
) -> dict[tuple[int, int], str]:
    """The comments on a table's cells; one beside a row, or on its edge, is on its first cell."""
    found = dict[tuple[int, int], str]()
    for comment in stuck:
        number, said = comment.place_in(heights), comment_text(comment.text)
        if number is None or not said:
            continue
        across, down = (comment.x0 + comment.x1) / 2, (comment.top + comment.bottom) / 2
        inside = heights[number][0] <= down < heights[number][1]
        cells = enumerate(table.rows[number].cells if inside else ())
        place = number, next((column for column, box in cells if box and box[0] <= across < box[2]), 0)
        found[place] = "; * ".join(filter(None, (found.get(place), said)))
    return found


def _add_later_notes(table: _Found, page: Page, following: Sequence[_Found]) -> None:
    """Give a table its notes on the next page: above the next table, or below the rest of this one.

    They are those that its marks ask for; where it ends its page, also those with which the next one begins.
    """
    texts = {text for row in table.rows for text in row if text}
    asked = {mark for text in texts for mark in marks_at_end(text)}
    asked -= {mark_of_line(line.text) for line in table.footnotes}
    if not (asked or table.ends_page):
        return
    lines = [line for line in lines_of(page) if not line.aside]
    if following:
        other = following[0]
        lines = [line for line in lines if line.number < min(other.lines)]
        lines += other.footnotes if other.rows[0] == table.rows[0] else []
    # The first line of a page may be its header.
    start = 0 if lines and _is_note(lines[0].text) else 1
    first = list(
        itertools.takewhile(lambda line: REMARK.match(line.text), lines[start:] if table.ends_page else ())
    )
    table.footnotes.extend(line for line in lines if line in first or mark_of_line(line.text) in asked)


def _is_note(text: str) -> bool:
    """Whether a line below a table belongs to it: with a mark, or a word such as Note or Source."""
    return bool(FOOTNOTE.match(text) or REMARK.match(text) or says_it_goes_on(text))


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
    comments = {
        (row - repeated, column): text for (row, column), text in table.comments.items() if row >= repeated
    }
    return replace(
        table, rows=table.rows[repeated:], merges=merges, lines=table.lines[repeated:], comments=comments
    )


def _grid(tables: Sequence[_Found]) -> Grid:
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
    comments: dict[tuple[int, int], str] = {}
    for table in (tables[0], *(_without_header(table, tables[0]) for table in tables[1:])):
        start = len(rows)
        merges += [(top + start, left, bottom + start, right) for top, left, bottom, right in table.merges]
        comments |= {(row + start, column): text for (row, column), text in table.comments.items()}
        rows += table.rows
        places += [f"page {table.page}, line {line}" for line in table.lines]
    return Grid(
        "",
        rows,
        merges,
        lambda row, column: f"{places[row]}, column {column + 1}",
        f"page {tables[0].page}",
        heading=list(itertools.chain(*(table.heading for table in tables))),
        # Of a table that is here to its end, "continued on the next page" says nothing.
        foot=[
            line.text
            for table in tables
            for line in table.footnotes
            if table is tables[-1] or not says_it_goes_on(line.text)
        ],
        comments=comments,
    )
