"""Large delimited text in batches: the cells that ``delimited`` gives, without the whole file in the memory.

For plain files only, as large ones are: UTF-8, one value column, no quotation mark, no blank line, every record as wide
as the header. Of any other ``read_large`` says so, and ``delimited`` reads it as a whole or explains what is wrong.
Called by ``protocol``.
"""

import codecs
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from data_contracts.ahead import ahead
from sources.cells import Options, ReadError
from sources.readers.delimited import arrow_options, cells_of, is_flat, layout_of, titled
from sources.readers.delimited_records import first_header_line, open_text
from sources.readers.headings import lone_labels, other_headers

# Bytes that tell the delimiter and the header.
_HEAD = 1 << 20
_BLOCK = 8 << 20
# Bytes that hold the lines below a table.
_END = 1 << 15


class NotPlainError(Exception):
    """The file must be read as a whole."""


def read_large(path: Path, options: Options) -> Iterator[pa.Table]:
    """Cells in batches; :class:`NotPlainError`, at the first batch or later, where the file is not plain."""
    if not _is_utf8(options.get("encoding")):
        raise NotPlainError
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    try:
        text, delimiter = open_text(head[: head.rfind(b"\n") + 1], options)
        _, layout = layout_of(text, delimiter, options)
    except ReadError:
        raise NotPlainError from None
    ends = ("required",) if options.get("final_newline") == "required" else ()
    if text.startswith(("\n", "\r")) or not is_flat(layout, options) or not _is_plain(path, *ends):
        raise NotPlainError
    line = first_header_line(options)
    read, parse, convert = arrow_options(delimiter, line, layout)
    read.block_size = _BLOCK
    line += 1
    labels = [layout.names[position] for position in layout.ids]
    said = titled(pa.table({}), text, options, _last_lines(path)).schema.metadata
    try:
        with arrow_csv.open_csv(path, read, parse, convert) as stream:
            # The next records are found while cells are made of these.
            for batch in ahead(stream):
                raw = pa.Table.from_batches([batch])
                cells = cells_of(raw, line, layout).filter(_is_filled(raw))
                if labels and (len(lone_labels(cells, labels, 1)[0]) or len(other_headers(cells, labels, 1))):
                    # What a heading or another header says holds for the batches that follow, too.
                    raise NotPlainError
                yield cells.replace_schema_metadata(said)
                line += raw.num_rows
    except pa.ArrowInvalid:
        raise NotPlainError from None


def _last_lines(path: Path) -> str:
    """The end of a file, where lines below the table may be."""
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - _END))
        return handle.read().decode("utf-8", errors="replace")


def _is_utf8(encoding: object) -> bool:
    try:
        return encoding is None or codecs.lookup(str(encoding)).name in ("utf-8", "utf-8-sig")
    except LookupError:
        return False


def _is_plain(path: Path, final_newline: str = "") -> bool:
    """Look at every byte, block by block, for what Arrow reads otherwise than ``delimited``.

    That the bytes are UTF-8 is checked by Arrow itself.
    """
    last, returns, ends = b"", 0, 0
    with path.open("rb") as handle:
        for block in iter(partial(handle.read, _BLOCK), b""):
            # A line end may lie between two blocks.
            seam = last[-2:] + block[:2]
            returned = block.count(b"\r")
            if b'"' in block or b"\0" in block or b"\n\n" in block or b"\n\n" in seam:
                return False
            if b"\n\r\n" in seam or (returned and b"\n\r\n" in block):
                return False
            returns += returned
            ends += (block.count(b"\r\n") if returned else 0) + (
                last.endswith(b"\r") and block.startswith(b"\n")
            )
            last = block
    return returns == ends and (not final_newline or last.endswith(b"\n"))


def _is_filled(raw: pa.Table) -> pa.Array:
    """Whether a record has any text; blank ones are passed over."""
    filled = pa.array(np.zeros(raw.num_rows, np.bool_))
    for column in raw.columns:
        filled = pc.or_(filled, pc.not_equal(pc.utf8_trim_whitespace(column), ""))
        if pc.all(filled).as_py():
            break
    return filled
