"""The contract as Arrow schemas, whose metadata travels in every Parquet file.

Not here: the SQL types of the DuckDB file (``sql``). Called wherever a table is built or written.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.model import Column, Contract, Table

if TYPE_CHECKING:
    import pyarrow.dataset as ds

# Rows in memory, or in a file that is scanned where they are needed.
Rows: TypeAlias = "pa.Table | ds.Dataset"
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


def write_table(table: pa.Table, path: Path) -> None:
    """A table as Parquet, the same bytes for equal tables: one order of chunks, row groups of one size.

    What Arrow keeps beside the values (how they are cut into chunks, what lies hidden under nulls) does not reach the
    file; so the checksum of the file is a checksum of the table.
    """
    whole = table.combine_chunks()
    pq.write_table(whole, path, compression="zstd", row_group_size=ROW_GROUP, store_schema=True)


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
    pq.write_table(
        table.combine_chunks(), sink, compression="zstd", row_group_size=ROW_GROUP, store_schema=True
    )
    content: bytes = sink.getvalue().to_pybytes()
    return content
