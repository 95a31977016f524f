"""The release as one self-contained DuckDB file."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from data_contracts import sql
from data_contracts.model import Contract

DATABASE = "dvstats.duckdb"
# Opened by DuckDB 1.1 and later.
STORAGE_VERSION = "v1.0.0"


def write_database(contract: Contract, path: Path, tables: Mapping[str, pa.Table]) -> None:
    """The release in one self-contained DuckDB file: tables, comments, views, macros.

    Objects are made under the file's own catalog with ``USE``: a macro made through an alias keeps the alias and
    fails when the file is opened under its own name.
    """
    con = duckdb.connect()
    for name, data in tables.items():
        con.register(f"arrow_{name}", data)
    con.execute(f"ATTACH '{_quoted(path)}' AS dvstats (STORAGE_VERSION '{STORAGE_VERSION}')")
    # One transaction: hundreds of comments, one write to disk.
    con.execute("BEGIN")
    for name, table in contract.tables.items():
        con.execute(sql.create_table(table, f"dvstats.{name}"))
        con.execute(f"INSERT INTO dvstats.{name} SELECT * FROM arrow_{name}")
    con.execute("USE dvstats")
    for statement in sql.database_statements(contract):
        con.execute(statement)
    con.execute("COMMIT")
    con.execute("USE memory")
    con.execute("DETACH dvstats")
    con.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
