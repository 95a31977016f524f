"""Two helpers for the queries of this package: Arrow tables under names, and texts as SQL literals.

::

    with registered(connection, cells=table):
        connection.sql(f"SELECT * FROM cells WHERE unit = {literal('persons')}")

Not here: the queries, which are in the modules that call this.
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


def literal(text: str | None) -> str:
    """A text, or null, as SQL writes it."""
    return "CAST(NULL AS VARCHAR)" if text is None else "'" + text.replace("'", "''") + "'"
