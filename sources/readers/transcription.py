"""The project's own transcription format: one CSV a publication, one row a figure.

Sample::

    figure,indicator,area,period,sex,age,violence_form,relationship,breakdown,unit,nature,status,source,place,note
    "15,821",PROTECTION_ORDERS,KG,2025-01-01/P11M,,,,,,,,,kg-s20,,Recipients of orders.

``figure`` is the figure as printed; the other columns are codes chosen by the transcriber, and empty means "total" or
"as the indicator has it". ``place`` is where the publication prints the figure; ``dvstats trace`` shows it, the note
does not hold it. Columns may follow, in this order: ``lower`` and ``upper``, the bounds of an interval that
the publication prints in cells of their own (one printed with the value belongs to ``figure``: ``920 [767 - 1066]``);
``quote``, the publication's words that hold *this* figure (at most 25 words), for a page that states several. The
format is fixed, so the reader takes no options.

Read through ``protocol``.
"""

import csv
import io

import pyarrow as pa

from data_contracts.strict_files import header_mistake
from sources.cells import LOCATOR, NOTE, PLACE, QUOTE, VALUE, Options, ReadError, cells_table
from sources.readers.options import ReaderOptions

HEADER = [
    "figure",
    "indicator",
    "area",
    "period",
    "sex",
    "age",
    "violence_form",
    "relationship",
    "breakdown",
    "unit",
    "nature",
    "status",
    "source",
    "place",
    "note",
]
#: columns that hold codes: all but the figure, its place and its note
CODES = HEADER[1:-2]
FURTHER = ["lower", "upper", QUOTE]


class DeclaredOptions(ReaderOptions):
    """What a declaration may say; see the head of the module."""


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a transcription; the locator is the line of the record, the place in the publication is ``place``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(
            f"byte {error.start} is not UTF-8", place=f"byte {error.start}", remedy="Save the file as UTF-8"
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: dict[str, list[str | None]] = {
        name: [] for name in (VALUE, LOCATOR, NOTE, PLACE, *CODES, *FURTHER)
    }
    try:
        header = next(reader, [])
        if mistake := header_mistake(header, HEADER, FURTHER):
            raise ReadError(
                mistake, place="line 1", remedy=f"The header of a transcription is {','.join(HEADER)}"
            )
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                _append(columns, header, cells, line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(str(error), place=f"line {reader.line_num}", remedy="Check the quotes") from error
    return cells_table(columns)


def _append(columns: dict[str, list[str | None]], header: list[str], cells: list[str], line: int) -> None:
    if len(cells) != len(header):
        raise ReadError(
            f"{len(cells)} cells where {len(header)} are expected",
            place=f"line {line}",
            remedy="Quote a text that holds a comma",
        )
    row = dict(zip(header, cells, strict=True))
    columns[VALUE].append(row["figure"])
    columns[LOCATOR].append(f"line {line}, column figure")
    columns[NOTE].append(row["note"] or None)
    columns[PLACE].append(row["place"] or None)
    for name in CODES:
        columns[name].append(row[name])
    for name in FURTHER:
        columns[name].append(row.get(name) or None)
