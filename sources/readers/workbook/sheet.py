"""What every kind of workbook gives: named sheets, each with its texts, merged cells and what is hidden.

``Sheet.load`` reads the cells only when the sheet is wanted: offices ship a hundred sheets and we read three.

Not here: opening a workbook (``xlsx``, ``xls``, ``ods``, ``html_tables``, ``spreadsheet_xml``, which make these) and
layouts (``excel``, which reads them).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from zipfile import ZipFile

from sources.cells import ReadError
from sources.readers.grid.comments import comment_text
from sources.readers.grid.table import Merge
from sources.readers.text import FETCH_AGAIN

MAX_UNPACKED = 1_000_000_000
MAX_CELLS = 40_000_000
MAX_MERGES = 200_000
# Columns that HTML or XML Spreadsheet 2003 may describe together.
MAX_SPAN = 1_000
# Some times all rows and columns of a sheet.
MAX_SPANNED = 4_000_000
# Characters of a title.
MAX_TITLE = 200
# The text of a cell whose formula was never calculated: no number, and no missing value either.
NO_RESULT = "{formula} (a formula without a stored result)"


@dataclass
class Content:
    """The cells of one sheet as texts; rows and columns count from 0."""

    #: by row and column; empty cells are left out
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    #: first row, first column, last row, last column of each
    merges: list[Merge] = field(default_factory=list)
    #: rows that the file hides
    hidden_rows: set[int] = field(default_factory=set)
    #: columns that the file hides
    hidden_columns: set[int] = field(default_factory=set)
    #: texts that head the table outside of its cells: the caption of an HTML table, text boxes, a printed header
    heading: list[str] = field(default_factory=list)
    #: lines below the table outside of its cells: what is printed below its pages
    foot: list[str] = field(default_factory=list)
    #: places that show thousands or millions of the stored number, with the word for it; or ``DATE``
    scaled: dict[tuple[int, int], str] = field(default_factory=dict)
    #: what people have written beside a cell, by its place
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    #: how many filled cells take no place in their rows since the file hides them
    hidden_cells: int = 0
    #: length of all spans of hidden rows and columns, which may overlap
    spanned: int = 0

    def hide(self, hidden: set[int], places: range) -> None:
        """Add a span to the hidden rows or columns; endlessly many long ones are damage."""
        self.spanned += len(places)
        if self.spanned > MAX_SPANNED:
            raise damaged(f"its hidden rows and columns are described in more than {MAX_SPANNED} places")
        hidden.update(places)

    def put(self, row: int, column: int, text: str, scaled: str = "") -> None:
        """Keep a text that is not empty; a place that is written twice is damage."""
        if not text:
            return
        if (row, column) in self.texts:
            raise damaged(f"row {row + 1}, column {column + 1} is written twice")
        self.texts[row, column] = text
        if scaled:
            self.scaled[row, column] = scaled

    def head(self, texts: Iterable[str]) -> None:
        """Keep the lines of texts beside the cells that are as short as a title; longer ones tell of many things."""
        self.heading += _short_lines(texts)

    def add_foot(self, texts: Iterable[str]) -> None:
        """Keep the same of texts below the cells."""
        self.foot += _short_lines(texts)

    def comment(self, row: int, column: int, text: str, author: str = "") -> None:
        """Keep a comment on a cell."""
        if said := comment_text(text, author):
            self.comments[row, column] = said


def _short_lines(texts: Iterable[str]) -> list[str]:
    lines = (" ".join(line.split()) for text in texts for line in text.splitlines())
    return [line for line in dict.fromkeys(lines) if line and len(line) <= MAX_TITLE]


@dataclass(frozen=True)
class Sheet:
    """One sheet that holds cells."""

    #: as the file calls it, or made by its number
    name: str
    #: whether the file hides it
    hidden: bool
    #: reads its cells; ReadError where it is damaged
    load: Callable[[], Content]
    #: the same with hidden cells; None where these have their places anyhow
    load_hidden: Callable[[], Content] | None = None


def unresolved(formula: str) -> str:
    """Text of a cell whose formula has no stored result; it is refused wherever a figure is expected."""
    return NO_RESULT.format(formula="=" + formula.strip().removeprefix("of:").removeprefix("=")[:60])


def check_extent(places: Iterable[tuple[int, int]], name: str) -> tuple[int, int]:
    """Number of rows and columns; one cell far away would make a table of empty ones: refused."""
    rows = columns = 0
    for row, column in places:
        rows, columns = max(rows, row + 1), max(columns, column + 1)
    if rows * columns > MAX_CELLS:
        raise ReadError(
            f"the sheet spans {rows} rows and {columns} columns, more than {MAX_CELLS} cells",
            place=f"sheet {name}",
            remedy="Delete the stray far cells in a spreadsheet program, note it, and add the file by hand",
        )
    return rows, columns


def refuse_large(archive: ZipFile) -> None:
    """ReadError where the parts of a workbook unpack to more than ``MAX_UNPACKED`` bytes, as the archive lists them."""
    if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
        raise ReadError(
            f"the workbook unpacks to more than {MAX_UNPACKED} bytes", remedy="Look at the file: is it data?"
        )


def locked() -> ReadError:
    """The error for a workbook that opens with a password only."""
    return ReadError(
        "the workbook is protected by a password",
        remedy="Ask the publisher for a file that opens without one",
    )


def damaged(trouble: object = "", place: str = "") -> ReadError:
    """The error for a workbook that its own format does not explain."""
    text = " ".join(str(trouble).split())[:120]
    return ReadError(
        "the workbook is damaged" + (f" ({text})" if text else ""), place=place, remedy=FETCH_AGAIN
    )
