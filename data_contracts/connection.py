"""Connections of DuckDB: an instance of its own each, in memory or of a file, that prints nothing.

DuckDB draws a bar on standard output for a statement that takes longer than two seconds, wherever that leads: into the
CSV or JSON of an answer too. Not here: limits on what a statement may use (``pipelines.published.query``). Called
wherever DuckDB is used.
"""

import duckdb


def open_duckdb(file: str = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection; close it, or use it as a context."""
    connection = duckdb.connect(file, read_only=read_only)
    connection.execute("SET enable_progress_bar = false")
    return connection
