"""The grid of texts that every laid-out table is, with its merged cells and column letters.

A grid keeps the places of the file: row 0, column 0 is cell A1. Rows and columns that the file hides are blank in
``rows`` and named apart; the reader that opens the file decides that. No layout is known here.

Made by ``excel`` and ``pdf``; read by every module of this package.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sources.cells import ReadError

CORRECT = "Correct the dataset's declaration"
CHANGED = "Look at the file: if its layout changed, declare the new one"

# First row, first column, last row, last column, from 0.
Merge = tuple[int, int, int, int]
#: in place of the word for thousands: the cell holds a date or a time, which is no figure
DATE = "date"
Labels = dict[tuple[int, int], str]
_FIGURE = re.compile(r"[-−–+]?[0-9][0-9 .,%]*")


@dataclass(frozen=True)
class Grid:
    """One table of texts ("" where there is no cell); places and merges count from 0."""

    #: name of the sheet; empty where the file has none
    name: str
    #: texts by row and column, "" where there is no cell; rows may differ in length
    rows: Sequence[Sequence[str]]
    #: merged cells, which may reach beyond the rows
    merges: Sequence[Merge]
    #: the locator of a row and column, such as ``R1!D14``
    locate: Callable[[int, int], str]
    #: the table as errors name it: ``sheet R1``, ``page 3``
    place: str
    #: rows that the file hides; blank in ``rows``
    hidden_rows: frozenset[int] = frozenset()
    #: columns that the file hides; blank in ``rows``
    hidden_columns: frozenset[int] = frozenset()
    #: texts that head the table outside of it, as a page of a PDF has them
    heading: Sequence[str] = ()
    #: lines below the table outside of it: notes on a page of a PDF, the printed footer of a sheet
    foot: Sequence[str] = ()
    #: places whose number format shows thousands or millions of the stored number: the word for it; or ``DATE``
    scaled: Mapping[tuple[int, int], str] = field(default_factory=dict)
    #: comments by the place of their cell
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @functools.cached_property
    def width(self) -> int:
        """Number of columns."""
        return max(map(len, self.rows), default=0)

    def at(self, row: int, column: int) -> str:
        """The cell's own text; blanks alone are no content."""
        texts = self.rows[row] if row < len(self.rows) else ()
        text = texts[column] if column < len(texts) else ""
        return "" if text.isspace() else text

    def title(self, header: int) -> str:
        """The texts above the header, such as "Table 1. Victims" and "(thousand persons)"."""
        places = [(row, column) for row in range(header) for column in range(self.width)]
        above = [text for place in places for text in (self.at(*place), self.comments.get(place, ""))]
        return _joined([*self.heading, *above])

    def first_text(self, row: int) -> str:
        """The first text of a row that is more than blanks."""
        return next((tidy(text) for text in self.rows[row] if text.strip()), "")

    def merged_texts(self) -> Labels:
        """The text of every place that a merged cell covers; ReadError where such cells overlap."""
        texts: Labels = {}
        covered = 0
        for top, left, bottom, right in self.inner_merges():
            text = self.at(top, left)
            if not text:
                continue
            covered += (bottom - top + 1) * (right - left + 1)
            if covered > len(self.rows) * self.width:
                raise ReadError("merged cells lie over one another", place=self.place, remedy=CHANGED)
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    texts[row, column] = text
        return texts

    def inner_merges(self) -> list[Merge]:
        """Merged cells as far as they lie inside the table."""
        last_row, last_column = len(self.rows) - 1, self.width - 1
        return [
            (top, left, min(bottom, last_row), min(right, last_column))
            for top, left, bottom, right in self.merges
            if top <= last_row and left <= last_column
        ]


def _joined(texts: Iterable[str]) -> str:
    return " / ".join(dict.fromkeys(tidy(text) for text in texts if text))


def tidy(text: str) -> str:
    """Text with its blanks collapsed: what patterns are matched against."""
    return " ".join(text.split())


def one_line(text: str) -> str:
    """The lines of a cell in one; between two figures a tab, which no number holds: 130 above 120 is not 130 120."""
    lines = [line for line in map(tidy, text.splitlines()) if line]
    figures = len(lines) > 1 and all(_FIGURE.fullmatch(line) for line in lines)
    return ("\t" if figures else " ").join(lines)


def column_number(letters: str) -> int:
    """``A`` is 0, ``AF`` is 31."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@functools.cache
def column_letters(number: int) -> str:
    """31 is ``AF``."""
    letters, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
