"""Comments that people have attached to single cells: notes of the figures that they are about.

::

    on B6                          "опечатка, верно 27"       note of B6
    on the header B3 "2024"        "за 9 месяцев"             note of the figures below B3, and of the blanks beside it
    on the label A6                "без города"               note of the figures of row 6
    above the header, on a corner  "предварительные данные"   part of the title, of the corner (``table``, ``cross``)

Who wrote them is left out, with addresses and telephone numbers. Not here: finding them in a file (``workbook``,
``pdf``, which call ``comment_text``), and what they mean (``transforms.normalize``). Called by both layouts.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Sequence

from sources.readers.grid.table import Grid
from sources.readers.text import EMAIL, joined

# Characters of a comment that are kept.
MAX_COMMENT = 500
# What Excel writes before a comment of its newer kind for older programs: "[Threaded comment] … Comment:".
_THREADED = re.compile(r"\A\[[^\]]{3,60}\].*?https?://\S+\s+[^\n:]{3,40}:\s*", re.DOTALL)
# The first line of a comment may be the name of whoever wrote it.
_SIGNED = re.compile(r"\A[^\n:]{1,60}:[ \t]*\n")
# Or what follows the initials of a name: "ИИ: проверено", "A. B.: …"; not of a country, a ministry or a law.
_OF_NO_PERSON = "КР|РК|РТ|РУ|РФ|ЕС|ҚР|ҶТ|ЎР|УК|ГК|ТК|СК|КК|МЮ|ВС|КМ|KG|KZ|TJ|UZ|DE|EU|UN|UK|US|NB|PS|ID|SA|SC"
_INITIALS = re.compile(
    rf"\A(?!(?:{_OF_NO_PERSON}):)(?:[^\W\d_a-zа-яё]{{2}}|(?:[^\W\d_a-zа-яё]\. ?){{1,3}}): *(?=\S)"
)
_CONTACT = re.compile(EMAIL + r"|(?:\+|(?:тел|tel|phone)[\w.]*:? ?)[0-9(][0-9 ()-]{5,}[0-9]", re.IGNORECASE)
_Places = tuple[Sequence[int], Sequence[int]]


def comment_text(text: str, author: str = "") -> str:
    """What a comment says, without its author, addresses and telephone numbers."""
    said = _THREADED.sub("", text.strip())
    said = said.removeprefix(f"{author.strip()}:") if author.strip() else said
    said = _INITIALS.sub("", _SIGNED.sub("", said.strip()))
    return " ".join(_CONTACT.sub("", said).split())[:MAX_COMMENT]


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
