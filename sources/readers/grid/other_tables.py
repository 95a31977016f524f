"""Where a table holds more than its own rows: lines that head those below, a second header, a second table beside it.

::

    Region  2022  2023          Region  2022  2023   Region  2020  2021
    Abai      12    13          Abai      12    13   Osh       70    72
    Share, %   -     -          heads the rows below, although it has a place for figures
    Region  2020  2021          the rows below are of other years, and are refused
    Osh       70    72          at the right: the columns behind the second "Region" are refused
    Talas           18    21    a row that slipped to the right, below 2021 and no header at all, is refused

Not here: lines with a label and no text beside it (the layouts), and what a heading says (``transforms``). Called by
``cross`` and ``records``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from sources.readers.grid.header import NO_FIGURE
from sources.readers.grid.table import Grid, tidy

_WORDS = re.compile(r"[^0-9]*[^\W\d_]{2}[^0-9]*|%|‰")
# Beside figures one letter may be a flag.
_LETTER = re.compile(rf"{_WORDS.pattern}|[^\W\d_]")
# A heading may have figures of its own: per 100,000.
_HEADS = re.compile(r"[^\W\d_]{2}|[%‰]")
_YEAR = re.compile(r"(?:19|20)\d\d\D{0,10}")


def says_words(text: str) -> bool:
    """Whether a text is no figure and no sign for none."""
    return _WORDS.fullmatch(text) is not None and not _is_sign(text)


def _is_sign(text: str) -> bool:
    """Whether a text is blank, or a sign that there is no figure."""
    return not text or NO_FIGURE.fullmatch(text) is not None


def heading_of(labels: Iterable[str], values: Iterable[str]) -> str:
    """The text that a row with places for figures holds instead of them: its only one, beside nothing but signs."""
    named = {text for text in map(tidy, labels) if not _is_sign(text)}
    filled = {text for text in map(tidy, values) if not _is_sign(text)}
    (text, *others) = (named | filled) or {""}
    return text if not others and _HEADS.search(text) else ""


def is_header(
    labels: Sequence[str], values: Iterable[str], corner: Sequence[str], *, apart: bool = False
) -> bool:
    """Whether a row between the rows is a header: its label is what stands above the labels, or it has none.

    Without a label, or below a blank row (``apart``), it has years or several words, and no figure.
    """
    pairs = zip(map(tidy, labels), map(tidy, corner), strict=False)
    if any(text and text == above for text, above in pairs):
        return True
    filled = [text for text in map(tidy, values) if not _is_sign(text)]
    named = any(label and not label.isspace() for label in labels)
    if named and not apart:
        return False
    years = bool(filled) and all(map(_YEAR.fullmatch, filled))
    return len(set(filled)) > 1 - (years and named) and (years or all(map(says_words, filled)))


def other_headers(
    grid: Grid,
    rows: Sequence[int],
    labels: Mapping[int, Sequence[str]],
    columns: Sequence[int],
    header: Sequence[int],
    corner: Sequence[str],
) -> dict[int, str]:
    """For rows below a header of their own, why they cannot be placed; the same header again changes nothing."""
    above = [[tidy(grid.at(row, column)) for column in columns] for row in header]
    found: dict[int, str] = {}
    reason = ""
    for number, row in enumerate(rows):
        texts = [tidy(grid.at(row, column)) for column in columns]
        apart = not any(grid.at(row - 1, column) for column in range(grid.width))
        if number and is_header(labels[row], texts, corner, apart=apart):
            place, named = grid.locate(row, columns[0]), ", ".join(filter(None, texts))[:80]
            reason = "" if texts in above else f"the row is below another header ({place}: {named})"
        elif reason:
            found[row] = reason
    return found


def slipped_rows(
    grid: Grid, rows: Sequence[int], columns: Sequence[int], headed: Sequence[int]
) -> dict[int, str]:
    """For rows that may have slipped to the right, why they cannot be placed.

    The first of the columns with a header is empty in them, and a figure stands beyond the last one. ``columns``: those
    of the values, or all; ``headed``: those of the values that have a header.
    """
    if not headed:
        return {}
    beyond = [column for column in columns if column > headed[-1]]
    found = {}
    for row in rows if beyond else ():
        last = next((column for column in beyond if re.search("[0-9]", grid.at(row, column))), None)
        if last is not None and not grid.at(row, headed[0]):
            found[row] = (
                f"the row may have slipped by a column: {grid.locate(row, headed[0])} is empty, and the figure of "
                f"{grid.locate(row, last)} is below no header"
            )
    return found


def other_labels(
    grid: Grid, rows: Sequence[int], labels: Sequence[int], columns: Sequence[int], header: Sequence[int]
) -> dict[int, str]:
    """For columns behind a further column of labels, why they cannot be placed."""
    corners = {tidy(grid.at(row, column)) for row in header for column in labels} - {""}
    found: dict[int, str] = {}
    reason = ""
    for column in range(max(labels, default=-1) + 1, max(columns, default=-1) + 1) if labels else ():
        heads = {tidy(grid.at(row, column)) for row in header} - {""}
        if heads & corners or (not heads and _holds_words(grid, rows, column)):
            reason = f"the column is behind other labels ({grid.locate(rows[0], column)})"
        elif reason and column in columns:
            found[column] = reason
    return found


def words_beside(grid: Grid, rows: Sequence[int], columns: Sequence[int]) -> dict[int, list[str]]:
    """What columns without any figure say of each row: its unit, a remark."""
    wordy = [column for column in columns if _holds_words(grid, rows, column, _LETTER)]
    return (
        {row: [text for column in wordy if (text := tidy(grid.at(row, column)))] for row in rows}
        if wordy
        else {}
    )


def _holds_words(grid: Grid, rows: Sequence[int], column: int, words: re.Pattern[str] = _WORDS) -> bool:
    """Whether a column holds words and no figure."""
    texts = [text for row in rows if (text := tidy(grid.at(row, column))) and not _is_sign(text)]
    return bool(texts) and all(map(words.fullmatch, texts))


def title_beside(grid: Grid, header: Sequence[int], columns: Sequence[int], rows: Sequence[int]) -> list[str]:
    """Texts of the header's rows that stand apart at the right, above nothing: a unit of the whole table."""
    valued = [column for column in columns if any(grid.at(row, column) for row in rows)]
    beyond = range(max(valued, default=0) + 2, grid.width)
    free = [column for column in beyond if not any(grid.at(row, column) for row in rows)]
    return [text for row in header for column in free if (text := tidy(grid.at(row, column)))]
