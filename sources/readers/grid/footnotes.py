"""Footnotes of a table: marks at the end of a text, and the lines below the table that explain them.

``125¹`` with a line ``¹ Preliminary`` below gives the cell the note ``¹ Preliminary``; ``¹``, ``1)``, ``¹⁾`` and, in
a line below, ``1`` are one mark. The mark stays in the text: what a number is, is decided in
``transforms.parse.read_numbers``.

Not here: statuses that a note implies (``transforms.normalize``). Called by both layouts, by ``pdf``, by
``workbook.xlsx`` for raised digits, and for the lines below other tables by ``transforms.normalize.file_cells``.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sources.readers.grid.table import Grid, tidy
from sources.readers.text import joined

SUPERSCRIPTS = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
FOOTNOTE = re.compile(r"\s*(\*{1,4}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}[)⁾]?|\d{1,2}\))\s*(?=[^\s*])")
# Below a table a digit may be the mark that stands raised in a cell: "1 Preliminary" of "125¹".
_NUMBERED = re.compile(r"\s*(\d{1,2})\s+(?=[^\W\d_])")
#: first word of a line that is no record
REMARK = re.compile(
    r"(source|note|remark|источник|примечани[ея]|дереккөз|ескерту|булак|эскертүү|manba|izoh|манба|изоҳ|эзоҳ|"
    r"hinweise?|anmerkung(?:en)?|quelle)s?\b",
    re.IGNORECASE,
)
#: a line that says of a whole document that it is none yet
DRAFT = re.compile(
    r"[\W\d_]*(?:рабочий |предварительный |first |working |preliminary )?"
    r"(?:проект|черновик|draft|(?:vor)?entwurf|жоба(?:сы)?|долбоор(?:у)?|лоиҳа(?:си|и)?|"
    r"лойиҳа(?:си)?|loyiha(?:si)?)(?: (?:version|document|документа|документ))?"
    r"(?:\W+(?:stand|vom|as of|version|v|от|на|редакция)\b[^,;]{0,25})?[\W\d_]*",
    re.IGNORECASE,
)
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "0123456789()")
_END_MARK = re.compile(r"(?<=\S)[\s,;]*(\*{1,4}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}[)⁾]?|(?<!\d)\d{1,2}\))\s*$")
# More marks than any label has; a longer run is looked at from its end only.
_LONGEST_RUN = 60


def footnotes_in(grid: Grid, rows: Iterable[int]) -> dict[str, str]:
    """Mark to text, from those lines of the rows, or below the table, that begin with one; the first of each counts."""
    notes: dict[str, str] = {}
    for line in _lines(grid, rows):
        for mark in marks_explained([line]):
            notes.setdefault(mark, line)
    return notes


def _lines(grid: Grid, rows: Iterable[int]) -> Iterator[str]:
    """The lines of some rows, and those below the table."""
    yield from (tidy(" ".join(text for text in grid.rows[row] if text)) for row in rows)
    yield from map(tidy, grid.foot)


def remarks_of(grid: Grid, rows: Iterable[int], notes: Iterable[str | None]) -> str:
    """Lines below a table that concern all of it: a line each, less those that are the note of some cells."""
    cells = "\n".join(filter(None, dict.fromkeys(notes)))
    return "\n".join(line for line in dict.fromkeys(_lines(grid, rows)) if line and line not in cells)


def noted(texts: Iterable[str], notes: Mapping[str, str]) -> list[str]:
    """The notes that the marks of the texts point to."""
    return [notes[mark] for text in texts for mark in marks_at_end(text) if mark in notes]


def notes_of_cells(
    grid: Grid,
    notes: Mapping[str, str],
    rows: Sequence[int],
    columns: Sequence[int],
    labels: Mapping[int, Sequence[str]],
    header: Mapping[int, Sequence[str]],
) -> list[str | None]:
    """Footnotes of every kept cell: by the marks of its labels, its header and its own text."""
    covered = _covered(grid, set(rows), set(columns))
    if not notes and not covered:
        return [None] * (len(rows) * len(columns))
    by_row = {row: noted(labels[row], notes) for row in rows} if notes else {}
    by_column = {column: noted(header[column], notes) for column in columns} if notes else {}
    result: list[str | None] = []
    for row, column in itertools.product(rows, columns):
        parts = covered.get((row, column), [])
        if notes:
            own = noted([grid.at(row, column)], notes)
            parts = [*by_row[row], *by_column[column], *own, *parts]
        result.append(joined(dict.fromkeys(parts)))
    return result


def has_mark(line: str) -> bool:
    """Whether a line below a table begins with a mark, also a plain number: "1 Preliminary"."""
    return bool(marks_explained([line]))


def marks_explained(lines: Iterable[str]) -> frozenset[str]:
    """The marks that some lines begin with, plain numbers as well."""
    found = (FOOTNOTE.match(line) or _NUMBERED.match(line) for line in lines)
    return frozenset(_mark(match[1]) for match in found if match)


def mark_of_line(line: str) -> str:
    """The mark with which a line below a table begins; "" of a line that concerns all of it."""
    found = FOOTNOTE.match(line)
    return _mark(found[1]) if found else ""


def _mark(text: str) -> str:
    """``¹``, ``1)`` and ``¹⁾`` are one mark."""
    return text.translate(_PLAIN).rstrip(")")


def marks_at_end(text: str) -> list[str]:
    """Footnote marks at the end of a text; the bracket of ``(art. 99)`` is none."""
    marks: list[str] = []
    opened = text.count("(") - text.count(")")
    text = text[-_LONGEST_RUN:]
    while match := _END_MARK.search(text):
        if match[1].endswith(")") and opened >= 0:
            break
        opened += match[1].endswith(")")
        marks.append(_mark(match[1]))
        text = text[: match.start()]
    return marks[::-1]


def _covered(grid: Grid, rows: set[int], columns: set[int]) -> dict[tuple[int, int], list[str]]:
    """A remark for places inside a merged cell that is not theirs."""
    remarks: dict[tuple[int, int], list[str]] = {}
    for top, left, bottom, right in grid.inner_merges():
        if not grid.at(top, left):
            continue
        inside_rows = [row for row in range(top, bottom + 1) if row in rows]
        inside_columns = [column for column in range(left, right + 1) if column in columns]
        for place in itertools.product(inside_rows, inside_columns):
            if place != (top, left):
                remarks[place] = [_part_of(grid, top, left)]
    return remarks


def shared_values(
    grid: Grid,
    rows: Sequence[int],
    columns: Sequence[int],
    labels: Mapping[int, Sequence[str]],
    header: Mapping[int, Sequence[str]],
) -> list[str | None]:
    """For each place why its value cannot be placed: it is merged over several labels and belongs to all of them."""
    groups: dict[str, set[tuple[int, int]]] = {}
    for (row, column), remarks in _covered(grid, set(rows), set(columns)).items():
        for remark in remarks:
            groups.setdefault(remark, set()).add((row, column))
    for row, column in itertools.product(rows, columns):
        if own := groups.get(_part_of(grid, row, column)):
            own.add((row, column))
    reasons: dict[tuple[int, int], str] = {}
    for remark, places in groups.items():
        if len({(*labels[row], *header[column]) for row, column in places}) > 1:
            reasons |= dict.fromkeys(places, f"{remark}, which belongs to several labels")
    return [reasons.get(place) for place in itertools.product(rows, columns)]


def _part_of(grid: Grid, row: int, column: int) -> str:
    return f"part of the merged cell {grid.locate(row, column)}"
