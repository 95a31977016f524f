"""The project's own transcription format: one CSV a publication, one row a figure.

Sample::

    figure,indicator,area,period,sex,age,violence_form,relationship,breakdown,unit,nature,status,source,place,note
    "15,821",PROTECTION_ORDERS,KG,2025-01-01/P11M,,,,,,,,,kg-s20,,Recipients of orders.

``figure`` is the figure as printed; the other columns are codes chosen by the transcriber, and empty means "total" or
"as the indicator has it". The format is fixed, so the reader takes no options.
"""

import csv
import io

import pyarrow as pa

from sources.cells import LOCATOR, NOTE, VALUE, Options, ReadError, cells_table

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


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a transcription; the locator is the line of the record, the place in the publication is ``place``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(
            f"byte {error.start} is not UTF-8", place=f"byte {error.start}", remedy="Save the file as UTF-8"
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: dict[str, list[str | None]] = {name: [] for name in (VALUE, LOCATOR, NOTE, *HEADER[1:-1])}
    try:
        if next(reader, []) != HEADER:
            raise ReadError(
                "the header is not that of a transcription", place="line 1", remedy=",".join(HEADER)
            )
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                _append(columns, cells, line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(str(error), place=f"line {reader.line_num}", remedy="Check the quotes") from error
    return cells_table(columns)


def _append(columns: dict[str, list[str | None]], cells: list[str], line: int) -> None:
    if len(cells) != len(HEADER):
        raise ReadError(f"{len(cells)} cells where {len(HEADER)} are expected", place=f"line {line}",
                        remedy="Quote a text that holds a comma")  # fmt: skip
    row = dict(zip(HEADER, cells, strict=True))
    columns[VALUE].append(row["figure"])
    columns[LOCATOR].append(f"line {line}, column figure")
    columns[NOTE].append(row["note"] or None)
    for name in HEADER[1:-1]:
        columns[name].append(row[name])
