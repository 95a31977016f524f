"""Comments that people have attached to single cells of a workbook: notes of the figures that they are about.

::

    on B6                          "опечатка, верно 27"       note of B6
    on the header B3 "2024"        "за 9 месяцев"             note of the figures below B3, and of the blanks beside it
    on the label A6                "без города"               note of the figures of row 6
    above the header, on a corner  "предварительные данные"   part of the title, of the corner (``table``, ``cross``)

Not here: comments in the file (``workbook``, where names of authors are dropped), and what they mean
(``transforms.normalize``). Called by both layouts.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Sequence

from sources.readers.grid.table import Grid
from sources.readers.text import joined

_Places = tuple[Sequence[int], Sequence[int]]


def with_comments(
    grid: Grid,
    notes: Sequence[str | None],
    rows: Sequence[int],
    columns: Sequence[int],
    labels: Collection[int],
    header: Collection[int],
) -> list[str | None]:
    """The notes of the cells in these rows and columns, each with the comments that are about it.

    ``labels``, ``header``: columns of the labels, rows of the header.
    """
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    ends = {(top, left): (bottom, right) for top, left, bottom, right in grid.inner_merges()}
    for place, text in grid.comments.items():
        own_rows, own_columns = _about(grid, place, ends.get(place, place), labels, header)
        for own in itertools.product(
            set(rows).intersection(own_rows), set(columns).intersection(own_columns)
        ):
            found[own].append(text)
    if not found:
        return list(notes)
    places = itertools.product(rows, columns)
    return [_joined(note, found.get(place, [])) for note, place in zip(notes, places, strict=True)]


def _joined(note: str | None, comments: Sequence[str]) -> str | None:
    """All notes of a cell; of several each comment has a mark, as a footnote has, by which it begins a line."""
    several = len(comments) + bool(note) > 1
    return joined(dict.fromkeys([note, *(f"* {text}" if several else text for text in comments)]))


def _about(
    grid: Grid, place: tuple[int, int], end: tuple[int, int], labels: Collection[int], header: Collection[int]
) -> _Places:
    """Rows and columns of the cells that a comment on a cell, which may be merged down to ``end``, is about."""
    (row, column), (bottom, right) = place, end
    every = range(len(grid.rows)), range(grid.width)
    if row in header and column in labels:
        return (), ()
    if row in header:
        beyond = next((other for other in range(right + 1, grid.width) if grid.at(row, other)), grid.width)
        return every[0], range(column, beyond)
    return range(row, bottom + 1), every[1] if column in labels else range(column, right + 1)
