"""Layout ``text`` of a PDF: cells from the lines of its pages that fit a declared pattern.

Options are described in ``pdf``, the only caller. Not here: how a page becomes lines (``pdf_pages``).
"""

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
from pdfplumber.page import Page

from sources.cells import (
    COLUMN,
    LOCATOR,
    NOTE,
    PROBLEM,
    REMARKS,
    RESERVED,
    TITLE,
    VALUE,
    Options,
    ReadError,
)
from sources.readers.grid.comments import comment_text
from sources.readers.grid.table import CHANGED, CORRECT
from sources.readers.pdf_beside import beside, said_of_page, turned_texts
from sources.readers.pdf_pages import (
    HEADING_LINES,
    TRANSCRIBE,
    Comment,
    Line,
    Prepared,
    comments_on,
    lines_of,
)
from sources.readers.pdf_visibility import (
    MARK,
)
from sources.readers.text import (
    pattern_option,
    text_table,
    wrong_option,
)
from sources.readers.workbook.hidden_html import NOT_SEEN

_VALUE_GROUP = re.compile(r"value(?:_(.+))?")
#: lines of a page that say what its figures are
MOST_REMARKS = 100


def read_text(pages: Sequence[Page], options: Options, prepared: Prepared) -> pa.Table:
    """One cell for every value group of every matching line; ReadError where no line matches."""
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
        name: [] for name in (VALUE, LOCATOR, NOTE, COLUMN, *others, PROBLEM, REMARKS)
    }
    titles: list[str | None] = []
    seen = 0
    for page, lines in _kept_lines(pages, options, prepared):
        seen += len(lines)
        titles += _add_page(out, page, lines, pattern, values, others)
    if not out[VALUE]:
        problem = f"none of {seen} lines fits the pattern" if seen else "the pages hold no text (a scan?)"
        raise ReadError(problem, remedy=CHANGED if seen else TRANSCRIBE)
    out |= {TITLE: titles} if any(titles) and TITLE not in others else {}
    return text_table(
        {name: texts for name, texts in out.items() if any(texts) or name not in (PROBLEM, REMARKS)}
    )


def _kept_lines(
    pages: Sequence[Page], options: Options, prepared: Prepared
) -> Iterator[tuple[Page, list[Line]]]:
    """Each page as a person sees it, and its wanted lines."""
    keep, skip = pattern_option(options, "keep_rows"), pattern_option(options, "skip_rows")
    for page in pages:
        seen = prepared.page(page).filter(lambda drawn: drawn.get(MARK) != NOT_SEEN)
        lines = [
            line
            for line in lines_of(seen)
            if (keep is None or keep.search(line.text)) and not (skip and skip.search(line.text))
        ]
        yield seen, lines
        page.close()


def _add_page(
    out: dict[str, list[str | None]],
    page: Page,
    lines: Sequence[Line],
    pattern: re.Pattern[str],
    values: Sequence[str],
    others: Sequence[str],
) -> list[str | None]:
    """Add the cells of one page, and what its lines say that fit nothing; what is above the first, for each of them."""
    before, figures, rest = len(out[VALUE]), list[int](), list[Line]()
    notes = _Comments(page, lines)
    for place, line in enumerate(lines):
        found = [(match, value) for match in pattern.finditer(line.text) for value in values]
        stated = [(match, value) for match, value in found if match[value] is not None]
        if not stated:
            rest += [] if line.aside else [line]
            continue
        figures.append(place)
        for number, (match, value) in enumerate(stated, 1):
            where = line.place if number == 1 else f"{line.place}, figure {number}"
            _add(out, line, match, value, where, others)
            out[NOTE].append(notes.on(place))
    count = len(out[VALUE]) - before
    if not count:
        return []
    first, last = lines[figures[0]], lines[figures[-1]]
    above = [line.text for line in rest if line.number < first.number][-HEADING_LINES:]
    said = [*said_of_page(rest, notes.free(figures)), *beside(turned_texts(page), (first.top, last.bottom))]
    out[REMARKS] += ["\n".join(line.text for line in rest[:MOST_REMARKS]) or None] * count
    return [" / ".join(dict.fromkeys([*said, *above])) or None] * count


class _Comments:
    """The comments that are stuck on a page, each with the place of its line."""

    def __init__(self, page: Page, lines: Sequence[Line]) -> None:
        heights = [(line.top, line.bottom) for line in lines]
        self._found = [(comment.place_in(heights), comment) for comment in comments_on(page)]

    def on(self, place: int) -> str | None:
        """What is stuck on a line, or beside it."""
        texts = (comment_text(comment.text) for own, comment in self._found if own == place)
        return "; ".join(filter(None, texts)) or None

    def free(self, figures: Sequence[int]) -> list[Comment]:
        """Those that are on none of the lines with figures."""
        return [comment for own, comment in self._found if own is None or own not in figures]


def _add(
    out: dict[str, list[str | None]],
    line: Line,
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
