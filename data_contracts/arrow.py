"""The contract as Arrow schemas, whose metadata travels in every Parquet file.

Not here: the SQL types of the DuckDB file (``sql``), and rows as queries see them (``rows``). Called wherever a table
is built or written.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.model import Column, Contract, Table

if TYPE_CHECKING:
    import pyarrow.dataset as ds

# Rows in memory, or in a file that is scanned where they are needed.
Rows: TypeAlias = "pa.Table | ds.Dataset"
# The same, or rows that come piece by piece and only once.
Stream: TypeAlias = "Rows | pa.RecordBatchReader"
# Rows a row group, so that a reader of one area skips most of a large table.
ROW_GROUP = 122_880
ARROW = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


class _NoPandas:
    """A finder by which pandas is not there."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Nothing of any other module."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def without_pandas() -> None:
    """Let PyArrow do without pandas, which it imports when it is first given a list: that could be an object of pandas.

    For processes that have no such objects: the import takes each a third of a second. Whoever imports pandas
    afterwards, or asks for a table as a frame, has it all the same.
    """
    if "pandas" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(finder)


def arrow_field(column: Column) -> pa.Field:
    """Arrow field of a column, with its meaning as field metadata."""
    metadata = {
        "label": column.label.en,
        "label_ru": column.label.ru,
        "description": column.meaning.en,
        "description_ru": column.meaning.ru,
        "example": column.example,
    }
    if column.codes:
        metadata["code_list"] = column.codes
    return pa.field(column.name, ARROW[column.type], nullable=column.nullable, metadata=metadata)


def arrow_schema(contract: Contract, table: Table) -> pa.Schema:
    """Arrow schema of a table, with title, key and contract version as metadata."""
    metadata = {
        "dvstats.table": table.name,
        "dvstats.contract": contract.version,
        "dvstats.key": json.dumps(list(table.key)),
        "title": table.title.en,
        "title_ru": table.title.ru,
        "description": table.meaning.en,
        "description_ru": table.meaning.ru,
    }
    return pa.schema([arrow_field(column) for column in table.columns], metadata=metadata)


def write_table(rows: Stream, sink: Path | BinaryIO | pa.NativeFile, schema: pa.Schema | None = None) -> int:
    """Rows as Parquet, the same bytes for equal tables: row groups of one size; gives how many rows these are.

    What Arrow keeps beside the values (how they are cut into chunks, what lies hidden under nulls) does not reach the
    file; so the checksum of the file is a checksum of the table. Only one row group is in memory beside ``rows``.
    ``schema``: that of the file, where it is another one than that of the rows.
    """
    schema = schema or rows.schema
    with pq.ParquetWriter(sink, schema, compression="zstd", store_schema=True) as writer:
        count = 0
        for group in _row_groups(rows):
            writer.write_table(group.cast(schema).combine_chunks(), row_group_size=ROW_GROUP)
            count += group.num_rows
        if not count:
            writer.write_table(schema.empty_table(), row_group_size=ROW_GROUP)
    return count


def _row_groups(rows: Stream) -> Iterator[pa.Table]:
    """The rows in order, as many at once as a row group has."""
    if isinstance(rows, pa.Table):
        yield from (rows.slice(first, ROW_GROUP) for first in range(0, rows.num_rows, ROW_GROUP))
        return
    waiting = rows.schema.empty_table()
    for batch in _batches(rows):
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
        while waiting.num_rows >= ROW_GROUP:
            yield waiting.slice(0, ROW_GROUP)
            waiting = waiting.slice(ROW_GROUP)
    if waiting.num_rows:
        yield waiting


def one_after_another(schema: pa.Schema, parts: Iterable[Stream]) -> pa.RecordBatchReader:
    """Several parts as one stream."""
    batches = (batch.cast(schema) for part in parts for batch in _batches(part))
    return pa.RecordBatchReader.from_batches(schema, batches)


def _batches(rows: Stream) -> Iterator[pa.RecordBatch]:
    """One after the other; a data set would read many ahead."""
    if isinstance(rows, pa.Table):
        rows = rows.to_reader(ROW_GROUP)
    if isinstance(rows, pa.RecordBatchReader):
        yield from rows
        return
    for path in rows.files:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(ROW_GROUP)


def read_table(path: Path) -> pa.Table:
    """A table of one Parquet file. Arrow's own ``read_table`` reads it as a data set: it imports pandas for that."""
    with pq.ParquetFile(path) as file:
        return file.read()


def scan_table(path: Path) -> "ds.Dataset":
    """The same without reading it: whoever needs columns or rows of it scans the file."""
    # Imports pandas, which a refresh that has nothing to do does without.
    from pyarrow import dataset

    return dataset.dataset(path)


def table_bytes(table: pa.Table) -> bytes:
    """The same as bytes."""
    sink = pa.BufferOutputStream()
    write_table(table, sink)
    content: bytes = sink.getvalue().to_pybytes()
    return content
