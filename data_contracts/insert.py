"""Rows of Python values into a table of DuckDB, column by column.

``executemany`` runs a statement a row, which takes a millisecond each; the small tables that queries look up in (codes,
datasets, laws) are written whole. Not here: Arrow tables, which are registered. Used by ``model`` and by transforms.

>>> con = open_duckdb()
>>> _ = con.execute("CREATE TABLE t(code VARCHAR, share DOUBLE)")
>>> insert_rows(con, "t", [("a", 0.5), ("b", None)])
>>> con.execute("FROM t").fetchall()
[('a', 0.5), ('b', None)]
"""

from collections.abc import Sequence

import duckdb


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows of one length, in the order of the table's columns; none are nothing to do."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        places = ", ".join("unnest(?)" for _ in columns)
        connection.execute(f"INSERT INTO {table} SELECT {places}", columns)
