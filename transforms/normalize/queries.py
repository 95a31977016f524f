"""Arrow tables under names that queries of this package can use for a while.

::

    with registered(connection, cells=table):
        connection.sql("SELECT count(*) FROM cells")

Not here: the queries, which are in the modules that call this, and texts in them (``data_contracts.sql``).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from transforms.normalize import encoded_columns


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Arrow tables under names that queries can use, for a while; nothing is copied."""
    for name, table in tables.items():
        # DuckDB's threads share the work by chunks, and most readers give one.
        chunks = table.to_batches(max_chunksize=encoded_columns.CHUNK)
        connection.register(name, pa.Table.from_batches(chunks, table.schema))
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)
