"""What readers give and transforms read: long text cells, each with its place in the file.

A reader turns the bytes of one file into an Arrow table with one row a *published value*:

``_value``    the cell's own text, exactly as published (null: the file holds no cell there)
``_locator``  the place in the file, in the words of its format: ``Sheet1!D14``, ``/0/data/3/2021``,
              ``line 12, column Value``, ``page 3, line 17``
``_note``     footnotes or flags that the file attaches to this cell (null: none)

``_problem``  only where a reader found a record that it cannot place (too few cells): the reason; the
              row is refused with it, and the rest of the file goes on

``_decimals`` only where a file says how many decimals its figures have

``_heading``  only where lines with a label and no value are between the rows: the place of the last one above

``_remarks``  only where a file has texts that belong to a whole table (lines below it, notes of a cube): these

and one further column for every dimension or attribute that the file itself names (``Year``, ``Sex``,
``SERIES``, ``row_label`` …), as published. Every column is Arrow ``string``. Readers know formats; they
know no publisher, no code list and nothing of the shared schema. Words above the whole table ("Table 1, thousand
persons") are in the table's metadata (``TITLES``).

Not here: reading a format (``sources.readers``), what a text means (``transforms.normalize``); both call this.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from data_contracts.errors import DvstatsError

#: a whole sentence of the publication that holds the value, where a transcription gives one
QUOTE = "quote"
#: column of the texts that head a table outside of its header; they may say the unit of all values
TITLE = "title"
VALUE = "_value"
LOCATOR = "_locator"
NOTE = "_note"
PROBLEM = "_problem"
RESERVED = (VALUE, LOCATOR, NOTE)
#: where a format has a column for each kind of figure: the header above the value
COLUMN = "column"
#: column of the header's texts above the labels: they say what the labels are
CORNER = "corner"
#: where in the publication the figure is printed, where a transcription says it: for whoever looks it up
PLACE = "_place"
#: how many decimals the file says that a value has, where it says so
DECIMALS = "_decimals"
#: texts that belong to the whole table of a value, a line each: below a table, or beside the values of a message
REMARKS = "_remarks"
#: place of the last heading between the rows that is above a value (see ``sources.readers.headings``)
HEADING = "_heading"
#: key of the table's metadata that holds those headings
HEADINGS = b"headings"
#: key of the table's metadata: until when the file says that its values may not be published, a line each
EMBARGO = b"embargo"
#: key of the table's metadata that names what a file hides and what therefore was not read
HIDDEN = b"hidden"
#: key of the table's metadata: rows with figures below the declared end of a table (see ``sources.readers.left_out``)
LEFT_OUT = b"left_out"
#: key of the table's metadata: address or number of the page that the file says comes after it
NEXT_PAGE = b"next_page"
#: key of the table's metadata: keys that every row fills and that the declaration does not read, a line each
UNREAD = b"unread"
#: key of the table's metadata: what the file calls columns whose names are codes, a JSON object
CALLED = b"called"
#: keys of the table's metadata that hold the words above it, or the unit of all of its values
TITLES = (b"title", b"label", b"unit")

Options = Mapping[str, Any]


class SourceError(DvstatsError):
    """Something outside is not as declared; says what is wrong, where, and what to do about it."""

    def __init__(self, problem: str, *, file: str = "", place: str = "", remedy: str = "") -> None:
        """Keep the parts apart, so that a table can show them in columns."""
        self.problem, self.file, self.place, self.remedy = problem, file, place, remedy
        where = ", ".join(part for part in (file, place) if part)
        sentence = f"{where}: {problem}" if where else problem
        sentence += "" if sentence.endswith("?") else "."
        super().__init__(f"{sentence} {remedy}" if remedy else sentence)

    def __reduce__(self) -> tuple[Any, ...]:
        """Made again of its parts, where one process gives it to another."""
        return partial(type(self), self.problem, file=self.file, place=self.place, remedy=self.remedy), ()


class DiscreetError(SourceError):
    """An error on a restricted file that quotes none of its cells, so that it may be shown to everybody."""


class ReadError(SourceError):
    """The bytes of a file cannot be read safely as the declared format."""


def cells_table(columns: Mapping[str, Sequence[str | None]]) -> pa.Table:
    """Arrow table of text cells from columns of equal length, the reserved three first.

    A missing note column is added, all null; ValueError without values or places.
    """
    missing = [name for name in (VALUE, LOCATOR) if name not in columns]
    if missing:
        raise ValueError(f"a reader must give {', '.join(missing)}")
    length = len(columns[VALUE])
    data = {NOTE: [None] * length, **columns}
    order = [*RESERVED, *(name for name in data if name not in RESERVED)]
    return pa.table({name: pa.array(data[name], type=pa.string()) for name in order})


def option(options: Options, name: str, default: Any = None, *, allowed: Sequence[Any] | None = None) -> Any:
    """One reader option; ReadError where it is none of the allowed values."""
    value = options.get(name, default)
    if allowed is not None and value not in allowed:
        raise ReadError(
            f"reader option {name}={value!r} is not one of {', '.join(map(str, allowed))}",
            remedy="Correct the dataset's declaration",
        )
    return value
