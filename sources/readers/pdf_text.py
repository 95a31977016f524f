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
from sources.readers.pdf_pages import HEADING_LINES, TRANSCRIBE, Line, Prepared, comments_on, lines_of
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
#: where a comment is stuck on a page (from the left, from the top), and what it says
Comment = tuple[float, float, str]
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
    for lines, comments in _kept_lines(pages, options, prepared):
        seen += len(lines)
        before = len(out[VALUE])
        titles += _add_page(out, lines, pattern, values, others)
        on_line = {line.place: _comment_on(line, comments) for line in lines}
        out[NOTE] += [on_line[str(place).partition(", figure")[0]] for place in out[LOCATOR][before:]]
    if not out[VALUE]:
        problem = f"none of {seen} lines fits the pattern" if seen else "the pages hold no text (a scan?)"
        raise ReadError(problem, remedy=CHANGED if seen else TRANSCRIBE)
    out |= {TITLE: titles} if any(titles) and TITLE not in others else {}
    return text_table(
        {name: texts for name, texts in out.items() if any(texts) or name not in (PROBLEM, REMARKS)}
    )


def _kept_lines(
    pages: Sequence[Page], options: Options, prepared: Prepared
) -> Iterator[tuple[list[Line], list[Comment]]]:
    """The wanted lines of each page, as a person sees them, and the comments that are stuck on it."""
    keep, skip = pattern_option(options, "keep_rows"), pattern_option(options, "skip_rows")
    for page in pages:
        seen = prepared.page(page).filter(lambda drawn: drawn.get(MARK) != NOT_SEEN)
        lines = [
            line
            for line in lines_of(seen)
            if (keep is None or keep.search(line.text)) and not (skip and skip.search(line.text))
        ]
        yield lines, comments_on(seen)
        page.close()


def _comment_on(line: Line, comments: Sequence[Comment]) -> str | None:
    """What is stuck on a line, or beside it."""
    on_it = (comment_text(text) for _, height, text in comments if line.top <= height < line.bottom)
    return "; ".join(filter(None, on_it)) or None


def _add_page(
    out: dict[str, list[str | None]],
    lines: Sequence[Line],
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
