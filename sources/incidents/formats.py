"""The rows of one file of a register as record batches of text, whatever its format, in bounded memory.

::

    names, batches = read(path, options, known)
    for batch in batches: ...       # one column a name; an empty cell is ""

Formats: delimited text (UTF-8 or ``reader_options: encoding``, also gzip), converted while it is read; Parquet; the
first sheet of a workbook. A column of few different texts comes as a dictionary, other columns as strings.

**Nothing is lost quietly.** A row with too few or too many cells refuses the file, and so does a quote that is not
closed (``multiline_cells``). No error here holds text of a file: Arrow's own messages quote the line.

A file is from outside, so this is called by ``sources.isolated_worker``, under its limits of memory and time. Not here:
which columns a file must and may have (``columns``), asking for the rows (``rows``), keeping them (``database``).
"""

from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from itertools import count, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

from sources.cells import DiscreetError, Options, SourceError
from sources.incidents import columns
from sources.incidents.columns import Header
from sources.incidents.multiline_cells import Quotes
from sources.incidents.workbook import read_sheet

#: bytes of text that are read at once; a row must be shorter
_BLOCK = 8 << 20
#: blocks that are read at the same time
_AT_ONCE = 2
#: bytes that are searched at once: they stay in the processor's cache
_PIECE = 256 << 10
#: bytes of each column of a Parquet file that are read at once
_PAGE = 1 << 20
#: rows of a Parquet file or a workbook that are read at once
_ROWS = 50_000
#: a column is a dictionary where a batch of it has fewer different texts than this share of its rows
_FEW = 0.25
_UNEVEN = "a row has too few or too many cells"
_CODED = pa.dictionary(pa.int32(), pa.string())


def read(
    path: Path, options: Options, known: Collection[str]
) -> tuple[tuple[str, ...], Iterator[pa.RecordBatch]]:
    """The header and the rows. ``known``: every column that the declaration names.

    DiscreetError where the file cannot be read, here or while the batches are taken.
    """
    start = columns.first_bytes(path)
    header: Header
    if start == columns.PARQUET:
        header, batches = _parquet(path)
    elif start == columns.WORKBOOK:
        header, batches = _workbook(path)
    else:
        header = columns.text_header(path, options, known)
        batches = _text(path, header, options)
    return header.names, _discreet(batches)


def _discreet(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches; what a library says of a file that it cannot read is not passed on."""
    try:
        yield from batches
    except (SourceError, MemoryError, RecursionError):
        raise
    except UnicodeError:
        raise columns.not_utf8() from None
    except Exception as error:
        if isinstance(error, pa.ArrowException) and "UTF8" in str(error):
            raise columns.not_utf8() from None
        raise unreadable(type(error).__name__) from None


def unreadable(why: str, line: int | None = None) -> DiscreetError:
    """The error for a file that is no table, or breaks off."""
    return DiscreetError(
        f"the file cannot be read as a table ({why})",
        place=f"line {line}" if line else "",
        remedy="Ask the office for the file again; its rows are not shown here",
    )


# -- delimited text --------------------------------------------------------------------------------------------------


def _text(path: Path, header: Header, options: Options) -> Iterator[pa.RecordBatch]:
    encoding = str(options.get("encoding") or "utf8")
    types = dict.fromkeys(header.names, _CODED)
    for batch in islice(_csv(path, header, encoding, types, ahead=0), 1):
        few = _FEW * batch.num_rows
        types = {
            name: _CODED if len(column.dictionary) <= few else pa.string()
            for name, column in zip(header.names, batch.columns, strict=True)
        }
    yield from _csv(path, header, encoding, types)


def _checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch; ``ArrowInvalid`` where a text is no UTF-8: each different text of a dictionary is looked at once."""
    for column in batch.columns:
        texts = column.dictionary if isinstance(column, pa.DictionaryArray) else column
        texts.validate(full=True)
    return batch


def _csv(
    path: Path, header: Header, encoding: str, types: dict[str, pa.DataType], *, ahead: int = _AT_ONCE
) -> Iterator[pa.RecordBatch]:
    """Arrow's reader with nothing left to guess: block by block, and as one stream from where that cannot be.

    ``ahead``: blocks that are read before they are asked for, at the same time.

    A stream takes new memory for every block, which costs as much as a third of reading it; but only a stream can read
    a row of two blocks, and numbers the lines of the file for an error.
    """
    read = 0
    if encoding in ("utf8", "utf-8") and not columns.first_bytes(path).startswith(columns.GZIP):
        try:
            for batch in _of_blocks(path, header, types, ahead):
                read += batch.num_rows
                yield batch
            return
        except pa.ArrowInvalid:
            pass
    quotes = Quotes(path, header, encoding)
    for batch in map(_checked, _streamed(path, header, encoding, types)):
        if quotes.swallow_rows(batch):
            raise unreadable("a cell holds whole rows: a quote is not closed")
        known = min(read, batch.num_rows)
        read -= known
        if known < batch.num_rows:
            yield batch.slice(known)


def _of_blocks(
    path: Path, header: Header, types: dict[str, pa.DataType], ahead: int
) -> Iterator[pa.RecordBatch]:
    """The rows of a file without quotes, in order."""

    def read(block: memoryview, number: int) -> list[pa.RecordBatch]:
        source = pa.BufferReader(pa.py_buffer(block))
        table = pv.read_csv(source, **_arrow_options(header, types, skip=number == 0))
        return [_checked(batch) for batch in table.to_batches()]

    reading: deque[Future[list[pa.RecordBatch]]] = deque()
    with ThreadPoolExecutor(max(1, ahead)) as readers:
        for number, block in enumerate(_blocks(path, ahead)):
            reading.append(readers.submit(read, block, number))
            # The next block lies where the one before these lay.
            if len(reading) > ahead:
                yield from reading.popleft().result()
        while reading:
            yield from reading.popleft().result()


def _blocks(path: Path, ahead: int) -> Iterator[memoryview]:
    """The rows of a file in blocks, each of which lies where the one before the last ``ahead`` lay.

    ``ArrowInvalid`` where a block may end within a row: a quoted cell may hold line ends, a row may be too long.
    """
    # An empty line, which is passed over: at the very start Arrow would drop what looks like a mark of the byte order.
    contents = [bytearray(b"\n").ljust(_BLOCK + 1, b"\0") for _ in range(ahead + 1)]
    begun = 1
    with path.open("rb", buffering=0) as handle:
        for number in count():
            content, other = (contents[at % len(contents)] for at in (number, number + 1))
            size = _filled(handle, memoryview(content), begun)
            end = content.rfind(b"\n", begun - 1, size) + 1 if size == len(content) else size
            if end <= 1 < size or content.find(b'"', 1, size) >= 0:
                raise pa.ArrowInvalid("a row may be longer than a block")
            if end > 1:
                yield memoryview(content)[:end] if number else memoryview(content)[1:end]
            if size < len(content):
                return
            begun = 1 + size - end
            other[1:begun] = content[end:size]


def _filled(handle: FileIO, view: memoryview, size: int) -> int:
    """How much of ``view`` is filled, from ``size`` on: all of it, unless the file ends."""
    while size < len(view) and (more := handle.readinto(view[size:])):
        size += more
    return size


def _arrow_options(
    header: Header, types: dict[str, pa.DataType], *, skip: bool, **parsing: Any
) -> dict[str, Any]:
    """``skip``: whether the first line is the header. Arrow does not check UTF-8, which it would do row by row: see
    ``_checked``; without threads it numbers lines, and took less time."""
    places = [f"c{at}" for at in range(len(header.names))]
    return {
        "read_options": pv.ReadOptions(
            column_names=places, skip_rows=int(skip), block_size=_BLOCK + 1, use_threads=False
        ),
        "parse_options": pv.ParseOptions(delimiter=header.delimiter, **parsing),
        "convert_options": pv.ConvertOptions(
            column_types={place: types[name] for place, name in zip(places, header.names, strict=True)},
            strings_can_be_null=False,
            check_utf8=False,
        ),
    }


def _streamed(
    path: Path, header: Header, encoding: str, types: dict[str, pa.DataType]
) -> Iterator[pa.RecordBatch]:
    """The rows as one stream."""
    uneven: list[pv.InvalidRow] = []

    def note(row: pv.InvalidRow) -> str:
        uneven.append(row)
        return "error"

    packed = columns.first_bytes(path).startswith(columns.GZIP)
    many_lines = packed or _has_quotes(path)
    options = _arrow_options(
        header, types, skip=True, newlines_in_values=many_lines, invalid_row_handler=note
    )
    options["read_options"].encoding = encoding
    with pa.input_stream(str(path), compression="gzip" if packed else None) as stream:
        try:
            yield from pv.open_csv(stream, **options)
        except pa.ArrowInvalid:
            if not uneven:
                raise
            raise unreadable(_UNEVEN, uneven[0].number) from None


def _has_quotes(path: Path) -> bool:
    """Whether cells may hold line ends; where none can, rows are found in less time."""
    piece = bytearray(_PIECE)
    with path.open("rb", buffering=0) as handle:
        while size := handle.readinto(piece):
            if piece.find(b'"', 0, size) >= 0:
                return True
    return False


# -- Parquet and workbooks -------------------------------------------------------------------------------------------


def _parquet(path: Path) -> tuple[Header, Iterator[pa.RecordBatch]]:
    try:
        # Page by page: otherwise all of a row group is read, and some programs write a file as one.
        file = pq.ParquetFile(path, buffer_size=_PAGE, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(type(error).__name__) from None
    header = Header(columns.visible(file.schema_arrow.names))

    def batches() -> Iterator[pa.RecordBatch]:
        few: list[bool] = []
        with file:
            for batch in file.iter_batches(_ROWS):
                texts = [pc.fill_null(column.cast(pa.string()), "") for column in batch.columns]
                few = few or [pc.count_distinct(text).as_py() <= _FEW * len(text) for text in texts]
                coded = [
                    text.dictionary_encode() if at else text for text, at in zip(texts, few, strict=True)
                ]
                yield _checked(pa.record_batch(coded, [f"c{at}" for at in range(len(coded))]))

    return header, batches()


def _workbook(path: Path) -> tuple[Header, Iterator[pa.RecordBatch]]:
    names, rows = read_sheet(path)

    def batches() -> Iterator[pa.RecordBatch]:
        while some := list(islice(rows, _ROWS)):
            if any(len(row) != len(names) for row in some):
                raise unreadable(_UNEVEN)
            texts = [pa.array([row[at] for row in some], pa.string()) for at in range(len(names))]
            yield pa.record_batch(texts, [f"c{at}" for at in range(len(names))])

    return Header(names), batches()
