"""The release as one self-contained DuckDB file, ``dvstats.duckdb``: written whole, or the last release's amended.

Not here: what the file holds beside its rows (``data_contracts.database_statements``), and swapping it in
(``publish``). Called by ``publish``; ``pipelines.published.query`` opens what this writes.
"""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows
from data_contracts.connection import open_duckdb
from data_contracts.database_statements import database_statements
from data_contracts.model import Contract, Table
from data_contracts.rows import limit_memory, name_numbered, name_rows, rows_apart, within
from data_contracts.sql import create_table, identifier, literal

DATABASE = "dvstats.duckdb"
# Opened by DuckDB 1.1 and later.
STORAGE_VERSION = "v1.0.0"


def write_database(contract: Contract, path: Path, tables: Mapping[str, Rows]) -> None:
    """Write tables, comments, views and macros to a new file."""
    with new_database(contract, path) as insert:
        insert(tables)


@contextmanager
def new_database(contract: Contract, path: Path) -> Iterator[Callable[[Mapping[str, Rows]], None]]:
    """A new file with tables, comments, views and macros, and what puts the rows into it: most of the work needs none.

    Objects are created under the file's own catalog with ``USE``: a macro created through an alias keeps the alias
    and fails when the file is opened under its own name.
    """
    with limit_memory(open_duckdb()) as con:
        con.execute(f"ATTACH {literal(str(path))} AS dvstats (STORAGE_VERSION '{STORAGE_VERSION}')")
        # One transaction: hundreds of comments, one write to disk.
        con.execute("BEGIN")
        for name, table in contract.tables.items():
            con.execute(create_table(table, f"dvstats.{name}"))
        con.execute("USE dvstats")
        for statement in database_statements(contract, con):
            con.execute(statement)
        con.execute("USE memory")

        def insert(tables: Mapping[str, Rows]) -> None:
            for name, rows in tables.items():
                name_rows(con, f"rows_{name}", rows)
                con.execute(f"INSERT INTO dvstats.{name} SELECT * FROM rows_{name}")

        yield insert
        con.execute("COMMIT")
        con.execute("DETACH dvstats")


@dataclass(frozen=True)
class Differing:
    """What the tables of a release have that those of the last one have not.

    ``file``: the database of the last release. ``unchanged``: tables that are the same. ``rows``: of the others those
    of which some rows differ, each with the columns and their contents that all of these rows have; ``before``: these
    tables of the last release.
    """

    file: Path
    unchanged: Collection[str]
    rows: Mapping[str, pa.Table]
    before: Mapping[str, Rows]


def amend_database(contract: Contract, path: Path, tables: Mapping[str, Rows], differing: Differing) -> bool:
    """Write the file as that of the last release with the rows that differ; False where it would not hold the tables.

    Rows that are there already keep their place in their table, new ones come at its end. The last file held the last
    tables; so it is enough that what came to a table and what went is the same in both.
    """
    shutil.copyfile(differing.file, path)
    right = True
    with limit_memory(open_duckdb()) as con:
        con.execute(f"ATTACH {literal(str(path))} AS dvstats")
        con.execute("BEGIN")
        for name, table in contract.tables.items():
            if name in differing.unchanged:
                continue
            name_rows(con, "now", tables[name])
            if name not in differing.rows:
                con.execute(f"DELETE FROM dvstats.{name}")
                con.execute(f"INSERT INTO dvstats.{name} SELECT * FROM now")
            elif right:
                came = _content_that_came(con, table, tables[name], differing.before[name])
                right = _amend(con, table, differing.rows[name]) == came
        con.execute("COMMIT")
        con.execute("DETACH dvstats")
    if not right:
        path.unlink()
    return right


def _amend(con: duckdb.DuckDBPyConnection, table: Table, places: pa.Table) -> "_Content":
    """Bring the rows with the contents of ``places`` to what the view ``now`` has of them; gives what came and went."""
    con.register("places", places)
    placed = ", ".join(map(identifier, places.schema.names))
    there = f"dvstats.{table.name} WHERE ({placed}) IN (FROM places)"
    before = _content(con, table, there)
    same = " AND ".join(f"t.{identifier(name)} = n.{identifier(name)}" for name in table.key)
    con.execute(f"CREATE OR REPLACE TEMP TABLE amended AS FROM now SEMI JOIN places USING ({placed})")
    con.execute(
        f"""DELETE FROM dvstats.{table.name} t WHERE ({placed}) IN (FROM places)
        AND NOT EXISTS (FROM amended n WHERE {same})"""
    )
    others = [identifier(name) for name in table.names if name not in table.key]
    con.execute(
        f"""UPDATE dvstats.{table.name} t SET {", ".join(f"{name} = n.{name}" for name in others)}
        FROM amended n WHERE {same} AND ({" OR ".join(f"t.{name} IS DISTINCT FROM n.{name}" for name in others)})"""
    )
    con.execute(
        f"""INSERT INTO dvstats.{table.name} SELECT * FROM amended n
        WHERE NOT EXISTS (FROM dvstats.{table.name} t WHERE {same})"""
    )
    return _content(con, table, there) - before


@dataclass(frozen=True)
class _Content:
    """How many rows, and the sum of their hashes."""

    rows: int
    hashes: int

    def __sub__(self, other: "_Content") -> "_Content":
        return _Content(self.rows - other.rows, self.hashes - other.hashes)


def _content(con: duckdb.DuckDBPyConnection, table: Table, source: str) -> _Content:
    names = ", ".join(map(identifier, table.names))
    found = con.execute(f"SELECT count(*), coalesce(sum(hash({names})), 0) FROM {source}").fetchall()[0]
    return _Content(*map(int, found))


def _content_that_came(con: duckdb.DuckDBPyConnection, table: Table, now: Rows, before: Rows) -> _Content:
    """What a table has that it had not before, less what it had; row groups that both files have are not read."""
    found = []
    for rows, numbers in zip((now, before), rows_apart(now, before), strict=True):
        name_numbered(con, "numbered", rows)
        found.append(_content(con, table, f"numbered WHERE {within('file_row_number', numbers)}"))
    return found[0] - found[1]
