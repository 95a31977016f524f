"""Rows of tables wherever they lie, as queries see them: small tables in memory, large ones in their files.

::

    name_rows(con, "observations", load_rows(path))
    con.sql("SELECT count(*) FROM observations")

A table of a million observations takes 300 MB in memory, and each copy as much again; DuckDB reads of its file only the
columns and row groups that a query needs. Not here: writing files (``arrow``), rows of Python values
(``insert``). Called by transforms and pipelines.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import row_groups
from data_contracts.arrow import Rows, read_table, scan_table
from data_contracts.sql import identifier, literal, literals

# What one connection of a refresh may take before it writes to the disk. They work one after another.
MEMORY = "2GB"
# Up to so many rows a table is read: reading it is faster than opening its file for each query.
SMALL = 100_000


def limit_memory(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The connection, which takes no more than ``MEMORY`` from now on; the rest lies where ``TMPDIR`` says."""
    spill = str(Path(tempfile.gettempdir()) / f"dvstats-{os.getpid()}")
    con.execute(f"SET memory_limit = '{MEMORY}'")
    # A folder that was written to cannot be named again.
    if con.execute("SELECT current_setting('temp_directory')").fetchall() != [(spill,)]:
        con.execute(f"SET temp_directory = {literal(spill)}")
    return con


def load_rows(path: Path) -> Rows:
    """The rows of a Parquet file: read where they are few, otherwise to be scanned."""
    return read_table(path) if pq.read_metadata(path).num_rows <= SMALL else scan_table(path)


def read_rows(rows: Rows) -> pa.Table:
    """All of them in memory, as one table."""
    return (
        rows
        if isinstance(rows, pa.Table)
        else pa.concat_tables([read_table(Path(path)) for path in rows.files])
    )


def count_rows(rows: Rows) -> int:
    """How many rows these are."""
    return int(rows.num_rows if isinstance(rows, pa.Table) else rows.count_rows())


def name_rows(con: duckdb.DuckDBPyConnection, name: str, *parts: Rows) -> None:
    """Give rows a name that the queries of a connection can use; several parts are one table, in their order.

    DuckDB reads files itself: Arrow would read many row groups ahead.
    """
    tables = [part for part in parts if isinstance(part, pa.Table)]
    con.execute(f"DROP VIEW IF EXISTS {identifier(name)}")
    if len(tables) == len(parts):
        con.register(name, pa.concat_tables(tables) if len(tables) > 1 else tables[0])
        return
    selected = []
    # A query of many small tables takes longer to plan than to run.
    for number, part in enumerate(_neighbours_together(parts)):
        if isinstance(part, pa.Table):
            con.register(f"{name} {number}", part)
            selected.append(f"SELECT * FROM {identifier(f'{name} {number}')}")
        else:
            selected.append(f"SELECT * FROM {parquet(part.files)}")
    con.execute(f"CREATE TEMP VIEW {identifier(name)} AS {' UNION ALL BY NAME '.join(selected)}")


def name_numbered(con: duckdb.DuckDBPyConnection, name: str, rows: Rows) -> None:
    """The same with the number of each row, ``file_row_number``."""
    if isinstance(rows, pa.Table):
        con.register(name, rows.append_column("file_row_number", pa.array(range(rows.num_rows), pa.int64())))
    else:
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS FROM {parquet(rows.files, numbered=True)}"
        )


def _neighbours_together(parts: Sequence[Rows]) -> Iterator[Rows]:
    """The same rows, tables in memory that follow one another being one."""
    for in_memory, some in groupby(parts, lambda part: isinstance(part, pa.Table)):
        if in_memory:
            yield pa.concat_tables(some)
        else:
            yield from some


def parquet(paths: Sequence[str], *, numbered: bool = False) -> str:
    """Parquet files as a table of a query; signs that would stand for other names in them are quoted.

    ``numbered``: with the column ``file_row_number``.
    """
    quoted = ["".join(f"[{sign}]" if sign in "*?[" else sign for sign in path) for path in paths]
    return f"read_parquet([{literals(quoted)}], file_row_number = {str(numbered).lower()})"


def rows_apart(now: Rows, before: Rows) -> tuple[list[range], list[range]]:
    """Numbers of the rows of two tables outside of the row groups that their files have in common."""
    if not isinstance(now, pa.Table) and not isinstance(before, pa.Table):
        paths = [Path(file) for file in (*now.files, *before.files)]
        if len(paths) == 2:
            with (
                suppress(row_groups.UnknownFooterError),
                paths[0].open("rb") as one,
                paths[1].open("rb") as other,
            ):
                return row_groups.rows_apart(one, other)
    return [range(count_rows(now))], [range(count_rows(before))]


def within(column: str, numbers: Sequence[range]) -> str:
    """The predicate that a number is in one of the ranges; ``FALSE`` where there are none."""
    return " OR ".join(f"{column} BETWEEN {one.start} AND {one.stop - 1}" for one in numbers) or "FALSE"
