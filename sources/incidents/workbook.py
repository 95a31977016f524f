"""The first sheet of a register's workbook as a table of texts: at most a million rows, as a workbook has.

A workbook is packed XML from outside, so this is called by ``sources.isolated_worker``, under its limits of memory and
time; ``rows`` asks for it by ``sources.isolated``. No error here holds text of the file.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from sources.cells import ReadError
from sources.incidents import columns

UNEVEN = "a row has too few or too many cells"
_REMEDY = "Ask for the file again"
#: rows that are Python's at once
_ROWS = 50_000


def read_sheet(path: Path) -> pa.Table:
    """The header, as names of the columns, and the rows; an empty cell is "". ReadError."""
    try:
        return _read(path)
    except (ReadError, MemoryError, RecursionError):
        raise
    except Exception:
        # Whatever openpyxl says of a cell stays here.
        raise ReadError("the workbook cannot be read", remedy=_REMEDY) from None


def _read(path: Path) -> pa.Table:
    # Here, since the worker reads few workbooks of registers: the import is slow.
    from openpyxl import load_workbook

    # By its bytes: openpyxl refuses a path that does not end with .xlsx, and files here are named by a checksum.
    with path.open("rb") as handle:
        book = load_workbook(handle, read_only=True, data_only=True)
        filled = (
            row
            for row in book.worksheets[0].iter_rows(values_only=True)
            if any(cell is not None for cell in row)
        )
        names = columns.visible(next(filled, ()))
        schema = pa.schema([(name, pa.string()) for name in names])
        return pa.Table.from_batches(_batches(filled, schema), schema)


def _batches(filled: Iterator[tuple[Any, ...]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    while rows := list(islice(filled, _ROWS)):
        if any(len(row) != len(schema) for row in rows):
            raise ReadError(UNEVEN, remedy=_REMEDY)
        yield _texts_of(rows, schema)


def _texts_of(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    texts = [pa.array([_cell(row[at]) for row in rows], pa.string()) for at in range(len(schema))]
    return pa.record_batch(texts, schema)


def _cell(value: object) -> str:
    """The text of a cell; a date without the midnight that Excel adds."""
    return "" if value is None else str(value).removesuffix(" 00:00:00")
