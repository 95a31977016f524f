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
turned headers are read along their line, and a page set sideways is turned first. Figures far apart in one cell or line
stay two; what is struck out, not to be seen (white on white, covered, not drawn at all) or printed over another figure
says so in a table, so that it is no number. In a text, what is not to be seen is left out, and a line with the rest is
refused. A page with filled fields or notes upon it is refused. The lines above a table, or above the first line of a
text that fits the pattern, are column ``title``; other lines of the page say whether the figures have a unit of their
own. Footnotes below a table are found as in ``excel``.

Read through ``protocol``.
"""

import io
import itertools
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pdfplumber
import pyarrow as pa
from pdfplumber.page import Page
from pdfplumber.utils.text import extract_text

from sources.cells import (
    COLUMN,
    LOCATOR,
    PROBLEM,
    REMARKS,
    RESERVED,
    TITLE,
    VALUE,
    Options,
    ReadError,
    option,
)
from sources.readers.grid.footnotes import FOOTNOTE, REMARK, SUPERSCRIPTS
from sources.readers.grid.table import CHANGED, CORRECT, Grid, Merge, one_line
from sources.readers.grid.unfold import concat, unfold
from sources.readers.options import Count, Pattern, Places, TableOptions
from sources.readers.pdf_objects import TableWork, refuse_too_many, without_copies
from sources.readers.pdf_seen import (
    MARK,
    divided,
    far_apart,
    mark_covered,
    mark_overprinted,
    mark_struck,
    mark_undrawn,
    mark_unseen,
)
from sources.readers.text import (
    FETCH_AGAIN,
    count_option,
    pattern_option,
    refuse_foreign,
    text_table,
    wrong_option,
)
from sources.readers.workbook.hidden_html import NOT_SEEN

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its warnings are no news to a user
_VALUE_GROUP = re.compile(r"value(?:_(.+))?")
# A title and a unit; what is higher on the page is text of the report.
HEADING_LINES = 3
# What a reader of the page sees and no text of it is: fields, notes written on it, marks of a correction.
_FILLED, _CHANGES = ("Widget", "FreeText"), ("StrikeOut", "Redact")
#: lines of a page that say what its figures are
MOST_REMARKS = 100
_TRANSCRIBE = "Transcribe the figures by hand as bundled data"


@dataclass(frozen=True)
class _Line:
    """One line of text with its place."""

    page: int
    number: int
    top: float
    bottom: float
    text: str
    # What a person sees of some of its characters, and after which of them the next figure is far away.
    marks: tuple[str, ...] = ()
    gaps: tuple[int, ...] = ()

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
            prepared = _Prepared(refuse_too_many(pages))
            return _text(pages, options, prepared) if layout == "text" else _tables(pages, options, prepared)
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


class _Prepared:
    """The pages as they are read: upright, each character once, small raised digits as superscripts, marked as seen.

    ``undrawn``: see ``refuse_too_many``.
    """

    def __init__(self, undrawn: Mapping[int, Sequence[bool]]) -> None:
        self._undrawn = undrawn

    def page(self, page: Page) -> Page:
        """One page; ReadError where something is written upon it that is no part of it."""
        _refuse_written_upon(page)
        page = _upright(page)
        mark_undrawn(page, self._undrawn.get(page.page_number, ()))
        mark_covered(page)
        sizes = sorted(char["size"] for char in page.chars)
        if sizes:
            # Bold drawn by printing a text twice: the copy lies within a part of a character's width.
            page = without_copies(page, max(1, 0.12 * sizes[len(sizes) // 2]))
        _raise_digits(page)
        mark_unseen(page)
        mark_struck(page)
        mark_overprinted(page)
        return page


def _refuse_written_upon(page: Page) -> None:
    """Fields that are filled in, texts and lines that somebody laid over the page: they are no characters of it."""
    for note in page.annots:
        kind = str(getattr(note["data"].get("Subtype"), "name", ""))
        filled = note["data"].get("V") if kind == "Widget" else note["data"].get("Contents")
        if kind in _CHANGES or (kind in _FILLED and filled):
            raise ReadError(
                f"something is written upon the page ({kind}) that is no part of it",
                place=f"page {page.page_number}",
                remedy="Print the file into a new PDF, compare both, and add that by hand",
            )


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
    if direction:
        # Also for characters that pdfminer takes for upright since the sine of their quarter is not quite exact.
        along = {"line_dir": "ltr" if direction == "btt" else "rtl", "char_dir": direction}
        rotated = {f"{name}_rotated": value for name, value in along.items()}
        settings = {**settings, **along, **rotated, "line_dir_render": "ttb", "char_dir_render": "ltr"}
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
    """Small digits above the line of the character before them become superscripts; so do glyphs of raised ones."""
    base: dict[str, Any] | None = None
    last: dict[str, Any] | None = None
    narrow = _narrow_digits(page.chars)
    for char in page.chars:
        size = char["size"] / base["size"] if base else 1
        rise = (base["bottom"] - char["bottom"]) / base["size"] if base else 0
        # The less a digit is raised, the smaller it must be.
        raised = (size < 0.8 and rise > 0.15) or (size < 0.95 and rise > 0.25)
        close = base is not None and -1 < char["x0"] - base["x1"] < 3 * base["size"]
        beside = last is not None and abs(char["x0"] - last["x1"]) < 0.2 * char["size"]
        drawn_small = beside and id(char) in narrow and base is not None and id(base) not in narrow
        last = char
        if char["text"] in "0123456789" and (drawn_small or (raised and close)):
            char["text"] = char["text"].translate(SUPERSCRIPTS)
        elif not char["text"].isspace():
            base = char


def _narrow_digits(chars: Sequence[dict[str, Any]]) -> set[int]:
    """Which digits are far narrower than the same digit of their font elsewhere, or than all others: raised glyphs.

    Such a glyph has the size and the line of the figure that it follows; only its width tells it.
    """
    fonts: dict[tuple[str, float], list[dict[str, Any]]] = {}
    for char in chars:
        if char["text"] in "0123456789":
            fonts.setdefault((char["fontname"], round(char["size"], 1)), []).append(char)
    found: set[int] = set()
    for digits in fonts.values():
        widths = {id(char): char["width"] / char["size"] for char in digits}
        usual = Counter(round(width, 2) for width in widths.values()).most_common(1)[0][0]
        wide = {char["text"] for char in digits if abs(widths[id(char)] - usual) < 0.02}
        for char in digits:
            # Where a font has figures of several widths, a 1 is narrow everywhere, yet not as narrow as a raised one.
            least = 0.8 if char["text"] in wide else 0.68 if len(wide) > 2 else 0
            if widths[id(char)] < least * usual:
                found.add(id(char))
    return found


def _lines(page: Page) -> list[_Line]:
    """The page's lines from top to bottom, numbered from 1."""
    pairs = [(text, char) for text, char in page.get_textmap().tuples]
    lines = [
        list(line) for end, line in itertools.groupby(pairs, key=lambda pair: pair[0] == "\n") if not end
    ]
    found = [line for line in map(_line, lines) if line]
    found.sort(key=lambda line: (round(line.top, 1), line.number))
    return [replace(line, page=page.page_number, number=number) for number, line in enumerate(found, 1)]


def _line(pairs: list[tuple[str, dict[str, Any] | None]]) -> _Line | None:
    """One line of texts with the characters that they are from; its number is its place from the left."""
    while pairs and pairs[-1][0] == " ":
        pairs.pop()
    while pairs and pairs[0][0] == " ":
        pairs.pop(0)
    placed = [(place, char) for place, (_, char) in enumerate(pairs) if char is not None]
    chars = [char for _, char in placed]
    if not chars or all(text.isspace() for text, _ in pairs):
        return None
    printed = [(place, char) for place, char in placed if not char["text"].isspace()]
    following = zip(printed, printed[1:], strict=False)
    gaps = tuple(place for (place, before), (_, after) in following if far_apart(before, after))
    marks = tuple(dict.fromkeys(char[MARK] for char in chars if MARK in char))
    top, bottom = min(char["top"] for char in chars), max(char["bottom"] for char in chars)
    text = "".join(text for text, _ in pairs)
    return _Line(0, int(min(char["x0"] for char in chars)), top, bottom, text, marks, gaps)


# --- text ---------------------------------------------------------------------------------------------------


def _text(pages: Sequence[Page], options: Options, prepared: _Prepared) -> pa.Table:
    """One cell for every value group of every matching line."""
    pattern = pattern_option(options, "pattern")
    groups = list(pattern.groupindex) if pattern else []
    values = [group for group in groups if _VALUE_GROUP.fullmatch(group)]
    if pattern is None or not values:
        raise wrong_option("pattern", options.get("pattern"), "a regular expression with a group value")
    others = [group for group in groups if group not in values]
    taken = [group for group in others if group in (*RESERVED, COLUMN, PROBLEM, REMARKS)]
    if taken:
        raise ReadError(f"the group name {taken[0]} is taken", remedy=CORRECT)
    out: dict[str, list[str | None]] = {
        name: [] for name in (VALUE, LOCATOR, COLUMN, *others, PROBLEM, REMARKS)
    }
    titles: list[str | None] = []
    seen = 0
    for lines in _kept_lines(pages, options, prepared):
        seen += len(lines)
        titles += _add_page(out, lines, pattern, values, others)
    if not out[VALUE]:
        problem = f"none of {seen} lines fits the pattern" if seen else "the pages hold no text (a scan?)"
        raise ReadError(problem, remedy=CHANGED if seen else _TRANSCRIBE)
    out |= {TITLE: titles} if any(titles) and TITLE not in others else {}
    return text_table(
        {name: texts for name, texts in out.items() if any(texts) or name not in (PROBLEM, REMARKS)}
    )


def _kept_lines(pages: Sequence[Page], options: Options, prepared: _Prepared) -> Iterator[list[_Line]]:
    """The wanted lines of each page, as a person sees them."""
    keep, skip = pattern_option(options, "keep_rows"), pattern_option(options, "skip_rows")
    for page in pages:
        seen = prepared.page(page).filter(lambda drawn: drawn.get(MARK) != NOT_SEEN)
        yield [
            line
            for line in _lines(seen)
            if (keep is None or keep.search(line.text)) and not (skip and skip.search(line.text))
        ]
        page.close()


def _add_page(
    out: dict[str, list[str | None]],
    lines: Sequence[_Line],
    pattern: re.Pattern[str],
    values: Sequence[str],
    others: Sequence[str],
) -> list[str | None]:
    """Add the cells of one page, and what its lines say that fit nothing; what is above the first, for each of them."""
    before, first, rest = len(out[VALUE]), None, list[str]()
    for place, line in enumerate(lines):
        found = [(match, value) for match in pattern.finditer(line.text) for value in values]
        stated = [(match, value) for match, value in found if match[value] is not None]
        if not stated:
            rest.append(line.text)
        elif first is None:
            first = place
        for number, (match, value) in enumerate(stated, 1):
            where = line.place if number == 1 else f"{line.place}, figure {number}"
            _add(out, line, match, value, where, others)
    count = len(out[VALUE]) - before
    title = " / ".join(line.text for line in lines[max((first or 0) - HEADING_LINES, 0) : first or 0])
    out[REMARKS] += ["\n".join(rest[:MOST_REMARKS]) or None] * count
    return [title or None] * count


def _add(
    out: dict[str, list[str | None]],
    line: _Line,
    match: re.Match[str],
    value: str,
    place: str,
    others: Sequence[str],
) -> None:
    named = _VALUE_GROUP.fullmatch(value)
    out[VALUE].append(match[value])
    out[LOCATOR].append(place)
    out[COLUMN].append(named[1] if named else None)
    apart = any(match.start(value) <= gap < match.end(value) - 1 for gap in line.gaps)
    problem = " ".join(line.marks) or ("two figures that are far apart" if apart else "")
    out[PROBLEM].append(f"{match[value]}: {problem}" if problem else None)
    for group in others:
        out[group].append(match[group])


# --- tables -------------------------------------------------------------------------------------------------


def _tables(pages: Sequence[Page], options: Options, prepared: _Prepared) -> pa.Table:
    """All declared tables of all declared pages."""
    work = TableWork()
    found = [table for page in pages for table in _found(prepared.page(page), options, work)]
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
    try:
        tables = work.find_tables(page, settings)
    except (TypeError, ValueError) as trouble:
        raise ReadError(f"pdfplumber refuses the table_settings ({trouble})", remedy=CORRECT) from None
    if options.get("table") is not None:
        number = count_option(options, "table", 1, 1)
        tables = tables[number - 1 : number]
    lines = _lines(page) if tables else []
    texts = {key.removeprefix("text_"): value for key, value in settings.items() if key.startswith("text_")}
    result = [_table(page.page_number, table, lines, texts, _above(table, tables)) for table in tables]
    return [table for table in result if any(any(row) for row in table.rows)]


def _above(table: Any, tables: Sequence[Any]) -> float:
    """Where the heading of a table may begin: below the table before it."""
    return max((other.bbox[3] for other in tables if other.bbox[3] <= table.bbox[1] + 1), default=0)


def _table(page: int, table: Any, lines: Sequence[_Line], settings: dict[str, Any], above: float) -> _Found:
    """Texts, merged cells, heading and line numbers of one pdfplumber table."""
    rows = _texts(table, settings)
    boxes = [row.cells for row in table.rows]
    tops = [row.bbox[1] for row in table.rows]
    lefts = sorted({round(box[0], 1) for row in boxes for box in row if box})
    merges = []
    for row, cells in enumerate(boxes):
        for column, box in enumerate(cells):
            if box is None:
                continue
            right = sum(left < box[2] - 1 for left in lefts) - 1
            bottom = sum(top < box[3] - 1 for top in tops) - 1
            if right > column or bottom > row:
                merges.append((row, column, max(bottom, row), max(right, column)))
    below = [line for line in lines if line.top > table.bbox[3] - 1 and _is_note(line.text)]
    before = [line.text for line in lines if above - 1 < line.top and line.bottom < table.bbox[1] + 2]
    places = [_line_of(row.bbox, lines) for row in table.rows]
    return _Found(page, rows, merges, places, below, before[-HEADING_LINES:])


def _is_note(text: str) -> bool:
    """Whether a line below a table belongs to it: with a mark, or a word such as Note or Source."""
    return bool(FOOTNOTE.match(text) or REMARK.match(text))


def _line_of(box: tuple[float, float, float, float], lines: Sequence[_Line]) -> int:
    """The first text line whose middle lies in the row, else the nearest one."""
    middle = (box[1] + box[3]) / 2
    inside = (line.number for line in lines if box[1] <= (line.top + line.bottom) / 2 <= box[3])
    nearest = min(lines, key=lambda line: abs((line.top + line.bottom) / 2 - middle), default=None)
    return next(inside, nearest.number if nearest else 0)


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
