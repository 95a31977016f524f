"""Rows and columns of a grid as a declaration writes them, and the cells that are there.

::

    row_list([1, 3], ...)  -> [0, 2]         letter_list("A:C", ...)  -> [0, 1, 2]

Declared numbers count from 1 as in a spreadsheet, results from 0. Used by both layouts (``cross`` and ``records``).

Not here: which rows are the header (``header``), and what a cell means there (the layouts).
"""

import itertools
import re
from collections.abc import Mapping, Sequence

from sources.cells import LOCATOR, VALUE, Options, ReadError, option
from sources.readers.grid.table import CHANGED, DATE, Grid, column_number
from sources.readers.left_out import Left, rows_with_figures
from sources.readers.text import count_option, pattern_option, wrong_option

SHOWN_IN = "shown_in"
_LETTERS = re.compile(r"([A-Z]{1,3})(?:(:)([A-Z]{1,3})?)?")


def row_list(declared: object, name: str) -> list[int]:
    """Row numbers as declared, from 1, as places from 0, ascending; ReadError where one is no number from 1."""
    rows = declared if isinstance(declared, list | tuple) else [declared]
    numbers = [number for number in rows if isinstance(number, int) and number > 0]
    if len(numbers) < len(rows):
        raise wrong_option(name, declared, "a list of row numbers from 1")
    return sorted(number - 1 for number in numbers)


def letter_list(declared: object, name: str, grid: Grid) -> list[int]:
    """Places of ``A``, ``A:C``, ``E:`` (to the last column) or a list of these; ReadError outside of the table."""
    parts = [declared] if isinstance(declared, str) else declared
    if not isinstance(parts, list | tuple):
        raise wrong_option(name, declared, "letters of columns such as A, A:C or E:")
    columns: list[int] = []
    for part in parts:
        match = _LETTERS.fullmatch(str(part))
        if match is None:
            raise wrong_option(name, declared, "letters of columns such as A, A:C or E:")
        first = column_number(match[1])
        open_end = grid.width - 1 if match[2] else first
        columns += range(first, (column_number(match[3]) if match[3] else open_end) + 1)
    if not columns or min(columns) >= grid.width:
        raise ReadError(
            f"the declared {name} {declared!r} lie outside the table", place=grid.place, remedy=CHANGED
        )
    return [column for column in columns if column < grid.width]


def end_of_data(grid: Grid, first: int, options: Options) -> int:
    """The row after the last data row."""
    last = count_option(options, "last_data_row", len(grid.rows), 1)
    stop = pattern_option(options, "stop_at")
    for row in range(first, min(last, len(grid.rows))):
        if stop is not None and stop.search(grid.first_text(row)):
            return row
    return min(last, len(grid.rows))


def below_end(grid: Grid, last: int) -> list[Left]:
    """Rows with figures below the end that ``stop_at`` or ``last_data_row`` sets; ``last``: see :func:`end_of_data`."""
    if last == len(grid.rows):
        return []
    return rows_with_figures(enumerate(grid.rows[last:], last), grid.locate)


def cells_of(grid: Grid, rows: Sequence[int], columns: Sequence[int]) -> dict[str, list[str | None]]:
    """Value and place of every kept cell; and in what its number format shows it, where some show thousands.

    A cell that shows the year of a date holds no figure: its text says so, and is no number.
    """
    places = list(itertools.product(rows, columns))
    texts = [grid.at(*place) for place in places]
    words = [grid.scaled.get(place) for place in places] if grid.scaled else [None] * len(places)
    found: dict[str, list[str | None]] = {
        VALUE: [
            f"{text} (a date)" if word == DATE and text.isdecimal() else text or None
            for text, word in zip(texts, words, strict=True)
        ],
        LOCATOR: [grid.locate(*place) for place in places],
    }
    if not {None, DATE}.issuperset(words):
        found[SHOWN_IN] = [None if word == DATE else word for word in words]
    return found


def without_blanks(out: Mapping[str, list[str | None]], options: Options) -> Mapping[str, list[str | None]]:
    """Drop the places where the file holds no cell, if so declared."""
    if option(options, "blank_cells", "keep", allowed=("keep", "skip")) == "keep":
        return out
    kept = [value is not None for value in out[VALUE]]
    return {name: list(itertools.compress(column, kept)) for name, column in out.items()}
