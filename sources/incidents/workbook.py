"""The first sheet of a register's workbook as rows of texts: at most a million, as a workbook has.

A workbook is packed XML from outside, so this is called in the process that has limits of memory and time, by
``formats``. Not here: what a row of another length means there.
"""

from collections.abc import Iterator
from pathlib import Path

from sources.cells import ReadError
from sources.incidents import columns


def read_sheet(path: Path) -> tuple[tuple[str, ...], Iterator[list[str]]]:
    """The header, and the rows that are not empty; an empty cell is "". ReadError, without any text."""
    rows = _discreet(_rows(path))
    return columns.visible(next(rows, [])), rows


def _discreet(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows; whatever openpyxl says of a cell stays here."""
    try:
        yield from rows
    except (MemoryError, RecursionError):
        raise
    except Exception:
        raise ReadError("the workbook cannot be read", remedy="Ask for the file again") from None


def _rows(path: Path) -> Iterator[list[str]]:
    # Here, since few registers are workbooks: the import is slow.
    from openpyxl import load_workbook

    # By its bytes: openpyxl refuses a path that does not end with .xlsx, and files here are named by a checksum.
    with path.open("rb") as handle:
        book = load_workbook(handle, read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            if any(cell is not None for cell in row):
                yield [_text(cell) for cell in row]


def _text(value: object) -> str:
    """The text of a cell; a date without the midnight that Excel adds."""
    return "" if value is None else str(value).removesuffix(" 00:00:00")
