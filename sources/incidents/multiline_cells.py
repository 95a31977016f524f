"""Cells of delimited text that run over several lines: one long note, or rows that an unclosed quote swallowed.

::

    12;2025-03-01;Ош;"called twice; second         a note: its quotes are closed, and its lines are no rows
    time at night; see 9; 11; 14"
    13;2025-03-02;Ош;"note                         a quote that nobody closed: row 14 would be lost in the note
    14;2025-03-02;Ош;note

Only a cell with at least as many delimiters as a row can hold rows: the rows would be uneven otherwise. Where there is
such a cell, the file is read once more by the strict rules of CSV (RFC 4180), which an unclosed quote breaks at the
next quote or at the end. What obeys them is refused only where the lines of the cell are rows themselves: they have
their delimiters, and texts that these columns have elsewhere.

Called by ``rows``, batch by batch. No error here holds text of a file.
"""

import csv
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sources.incidents.columns import GZIP, Header, first_bytes


class Quotes:
    """Looks at the batches of one file; the file itself is read again at most once."""

    def __init__(self, path: Path, header: Header, encoding: str) -> None:
        """``encoding``: that of the file."""
        self.path, self.header, self.encoding = path, header, encoding
        self._is_strict: bool | None = None

    def swallow_rows(self, batch: pa.RecordBatch) -> bool:
        """Whether a cell of the batch holds whole rows, because a quote was not closed."""
        for at, column in enumerate(batch.columns):
            for cell in _suspects(column, self.header):
                if not self.is_strict() or _holds_rows(cell, at, batch, self.header):
                    return True
        return False

    def is_strict(self) -> bool:
        """Whether every quote of the file is closed, before a delimiter or the end of a row."""
        if self._is_strict is None:
            opened = gzip.open if first_bytes(self.path).startswith(GZIP) else open
            limit = csv.field_size_limit(sys.maxsize)
            try:
                with opened(self.path, "rt", encoding=self.encoding, newline="") as handle:
                    for _ in csv.reader(handle, delimiter=self.header.delimiter, strict=True):
                        pass
                self._is_strict = True
            except csv.Error:
                self._is_strict = False
            finally:
                csv.field_size_limit(limit)
        return self._is_strict


def _suspects(column: pa.Array, header: Header) -> Iterator[str]:
    """Cells over several lines with at least the delimiters of a row."""
    texts = column.dictionary if isinstance(column, pa.DictionaryArray) else column
    # Most columns have no line end anywhere: one look at all of their bytes says so.
    content = (texts.buffers()[2] or pa.py_buffer(b"")).to_pybytes()
    if b"\n" not in content and b"\r" not in content:
        return
    over = texts.filter(pc.match_substring_regex(texts, "[\n\r]"))
    many = pc.greater_equal(pc.count_substring(over, header.delimiter), len(header.names) - 1)
    yield from over.filter(many).to_pylist()


def _holds_rows(cell: str, at: int, batch: pa.RecordBatch, header: Header) -> bool:
    """Whether the lines of a cell in column ``at`` are the end of a row, rows, and the beginning of one."""
    width = len(header.names)
    lines = [line.split(header.delimiter) for line in cell.splitlines()]
    widths = [width - at, *[width] * (len(lines) - 2), at + 1]
    if [len(line) for line in lines] != widths:
        return False
    pieces: list[set[str]] = [set() for _ in range(width)]
    for first, line in zip((at, *[0] * (len(lines) - 1)), lines, strict=True):
        for place, piece in enumerate(line, first):
            # Where the cell begins and where it ends is half a text.
            if place != at:
                pieces[place].add(piece)
    texts = [found - {""} for found in pieces]
    return any(texts) and all(
        _could_be(found, column) for found, column in zip(texts, batch.columns, strict=True)
    )


def _could_be(pieces: set[str], column: pa.Array) -> bool:
    """Whether half of these texts are in a column too; a column of which most texts occur once cannot say."""
    known = {
        *(column.dictionary if isinstance(column, pa.DictionaryArray) else pc.unique(column)).to_pylist()
    }
    return 2 * len(known) > len(column) or 2 * len(pieces & known) >= len(pieces)
