"""The release as one self-contained DuckDB file, ``dvstats.duckdb``.

Not here: what the file holds beside its rows (``data_contracts.database``), and swapping it in (``publish``). Called
by ``publish``; ``pipelines.published.query`` opens what this writes.
"""

from collections.abc import Mapping
from pathlib import Path

from data_contracts.arrow import Rows
from data_contracts.connection import open_duckdb
from data_contracts.database import database_statements
from data_contracts.model import Contract
from data_contracts.rows import name_rows
from data_contracts.sql import create_table, literal

DATABASE = "dvstats.duckdb"
# Opened by DuckDB 1.1 and later.
STORAGE_VERSION = "v1.0.0"


def write_database(contract: Contract, path: Path, tables: Mapping[str, Rows]) -> None:
    """Write tables, comments, views and macros to a new file.

    Objects are created under the file's own catalog with ``USE``: a macro created through an alias keeps the alias
    and fails when the file is opened under its own name.
    """
    with open_duckdb() as con:
        for name, data in tables.items():
            name_rows(con, f"rows_{name}", data)
        con.execute(f"ATTACH {literal(str(path))} AS dvstats (STORAGE_VERSION '{STORAGE_VERSION}')")
        # One transaction: hundreds of comments, one write to disk.
        con.execute("BEGIN")
        for name, table in contract.tables.items():
            con.execute(create_table(table, f"dvstats.{name}"))
            con.execute(f"INSERT INTO dvstats.{name} SELECT * FROM rows_{name}")
        con.execute("USE dvstats")
        for statement in database_statements(contract, con):
            con.execute(statement)
        con.execute("COMMIT")
        con.execute("USE memory")
        con.execute("DETACH dvstats")
