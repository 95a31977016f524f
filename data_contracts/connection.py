"""Connections of DuckDB that print nothing: an instance of its own, in memory or of a file, or this process's one.

DuckDB draws a bar on standard output for a statement that takes longer than two seconds, wherever that leads: into the
CSV or JSON of an answer too. Not here: limits on what a statement may use (``pipelines.published.query``). Called
wherever DuckDB is used.
"""

import duckdb


def shared_duckdb() -> duckdb.DuckDBPyConnection:
    """One more connection of this process's own instance, in memory: a new instance takes some 14 ms, this none.

    Its temporary tables and views, and what is registered, are its own. Close it, or use it as a context.
    """
    connection = duckdb.default_connection().cursor()
    connection.execute("SET enable_progress_bar = false")
    return connection


def open_duckdb(file: str = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection; close it, or use it as a context."""
    connection = duckdb.connect(file, read_only=read_only)
    connection.execute("SET enable_progress_bar = false")
    return connection
