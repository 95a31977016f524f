"""The contract's database, empty but for the codebook."""

from collections.abc import Iterator

import duckdb
import pytest

from data_contracts import database_statements, sql
from pipelines.declarations import Declarations
from transforms.derive import codebook


@pytest.fixture(scope="session")
def empty(declared: Declarations) -> duckdb.DuckDBPyConnection:
    """The contract's database with the codebook in it; a test adds observations in a transaction of its own."""
    con = duckdb.connect()
    contract = declared.contract
    for table in contract.tables.values():
        con.execute(sql.create_table(table, table.name))
    for statement in database_statements.database_statements(contract, con):
        con.execute(statement)
    tables = {
        "indicators": codebook.indicators(contract),
        "areas": codebook.areas(contract),
        "codes": codebook.codes(contract),
        "sources": codebook.sources(contract, declared.publications, declared.datasets),
        "legal_framework": codebook.legal_framework(contract, declared.laws, {}),
    }
    for name, data in tables.items():
        con.register(f"made_{name}", data)
        con.execute(f"INSERT INTO {name} SELECT * FROM made_{name}")
    return con


@pytest.fixture
def con(empty: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    empty.execute("BEGIN")
    yield empty
    empty.execute("ROLLBACK")
