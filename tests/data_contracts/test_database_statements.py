"""Macros of the DuckDB file answer for their own release, at the same instant everywhere, or fail loudly."""

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from data_contracts import load
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from pipelines.release.database_file import write_database

PUBLISHED = dt.datetime(2026, 11, 25, 3, 15)
ONE_ROW = "SELECT obs_value FROM observations_as_of({})"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load.contract()


def release(contract: Contract, path: Path, value: float) -> Path:
    """A database file whose history is one observation of that value, valid since PUBLISHED."""
    filler: dict[str, Any] = {
        "VARCHAR": "x",
        "DOUBLE": value,
        "DATE": dt.date(2024, 1, 1),
        "TIMESTAMP": PUBLISHED,
    }
    tables = {name: arrow_schema(contract, table).empty_table() for name, table in contract.tables.items()}
    history = contract.tables["observation_history"]
    row = {column.name: filler.get(column.type) for column in history.columns} | {"valid_to": None}
    tables["observation_history"] = pa.Table.from_pylist([row], schema=arrow_schema(contract, history))
    write_database(contract, path, tables)
    return path


@pytest.fixture(scope="module")
def files(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("releases")
    return release(contract, folder / "old.duckdb", 1.0), release(contract, folder / "new.duckdb", 2.0)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Almaty", "America/New_York"])
@pytest.mark.parametrize("kind", ["TIMESTAMPTZ '{}+00'", "TIMESTAMP '{}'", "'{}'"])
def test_a_moment_is_the_same_instant_in_every_time_zone(
    files: tuple[Path, Path], zone: str, kind: str
) -> None:
    with duckdb.connect(str(files[0]), read_only=True) as con:
        con.execute(f"SET TimeZone = '{zone}'")
        for hours, rows in ((-1, []), (1, [(1.0,)])):
            moment = kind.format(PUBLISHED + dt.timedelta(hours=hours))
            assert con.execute(ONE_ROW.format(moment)).fetchall() == rows, moment


def test_a_moment_may_be_a_parameter_a_date_or_now(files: tuple[Path, Path]) -> None:
    with duckdb.connect(str(files[0]), read_only=True) as con:
        assert con.execute(ONE_ROW.format("?"), [PUBLISHED]).fetchall() == [(1.0,)]
        assert con.execute(ONE_ROW.format("?"), [PUBLISHED - dt.timedelta(1)]).fetchall() == []
        assert con.execute(ONE_ROW.format("DATE '2026-11-26'")).fetchall() == [(1.0,)]
        assert con.execute(ONE_ROW.format("current_timestamp")).fetchall() == [(1.0,)]


@pytest.mark.parametrize("used", ["memory", "new", "old"])
@pytest.mark.parametrize(
    "question",
    [
        "SELECT obs_value FROM old.observations_as_of(TIMESTAMP '2100-01-01')",
        "SELECT old.label('KG')",
    ],
)
def test_macros_that_read_tables_refuse_where_two_releases_are_attached(
    files: tuple[Path, Path], used: str, question: str
) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{files[0]}' AS old (READ_ONLY); ATTACH '{files[1]}' AS new (READ_ONLY)")
        con.execute(f"USE {used}")
        with pytest.raises(duckdb.Error, match="several releases are attached|does not exist"):
            con.execute(question).fetchall()
        # What the message advises works.
        assert con.execute("SELECT obs_value FROM old.observation_history").fetchall() == [(1.0,)]
        assert con.execute("SELECT new.per_100k(1, 100000), old.yoy(1, 2)").fetchall() == [(1.0, 1.0)]


def test_one_attached_release_answers_under_any_name(files: tuple[Path, Path]) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{files[1]}' AS anything (READ_ONLY); USE anything")
        assert con.execute(ONE_ROW.format("TIMESTAMP '2100-01-01'")).fetchall() == [(2.0,)]
        assert con.execute("SELECT label('NO_SUCH')").fetchall() == [(None,)]
