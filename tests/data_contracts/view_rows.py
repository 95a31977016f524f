"""Observations put into the contract's database, and one row read from it, for tests of its views.

Not here: the database (fixture ``con`` of ``conftest``).
"""

import datetime as dt
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from pipelines.declarations import Declarations
from tests.observation_row import ROW


def add(declared: Declarations, con: duckdb.DuckDBPyConnection, *rows: dict[str, Any]) -> None:
    """Observations that are the best of their cells."""
    filled = [{**_ROW, "obs_key": f"{n:016x}", **_dates(row), **row} for n, row in enumerate(rows, 1)]
    for name in ("observations", "best_observations", "observation_history"):
        data = pa.Table.from_pylist(
            filled, schema=arrow_schema(declared.contract, declared.contract.tables[name])
        )
        con.register("given", data)
        con.execute(f"INSERT INTO {name} SELECT * FROM given")


_ROW: dict[str, Any] = {
    **{name: value for name, value in ROW.items() if value is not None},
    "dataset_id": "kz_statements",
    "precedence": 1,
    "candidates": 1,
    "valid_from": dt.datetime(2026, 11, 24),
    "valid_to": None,
    "obs_value": 1.0,
}


def _dates(row: dict[str, Any]) -> dict[str, Any]:
    year = int(row["time_period"][:4])
    return {"period_start": dt.date(year, 1, 1), "period_end": dt.date(year, 12, 31)}


def one(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    rows = con.sql(query).to_arrow_table().to_pylist()
    assert len(rows) == 1, rows
    return dict(rows[0])


def pair(
    con: duckdb.DuckDBPyConnection, kind: str, sides: str = "a.obs_value = 6145 AND b.obs_value = 8159"
) -> None:
    """A discrepancy of the two observations that ``sides`` names."""
    con.execute(
        f"""INSERT INTO discrepancies BY NAME SELECT 'x' AS discrepancy_id, 'KG' AS country,
        '{kind}' AS discrepancy_kind,
        TRUE AS declared, 't' AS topic_en, 't' AS topic_ru, 'KG' AS ref_area, '_T' AS sex, a.obs_key AS a_obs_key,
        a.indicator AS a_indicator, a.time_period AS a_time_period, a.obs_value AS a_value, 'NUMBER' AS a_unit,
        'case' AS a_counting_unit, a.dataset_id AS a_dataset_id, a.source_id AS a_source_id, b.obs_key AS b_obs_key,
        b.indicator AS b_indicator, b.time_period AS b_time_period, b.obs_value AS b_value, 'NUMBER' AS b_unit,
        'case' AS b_counting_unit, b.dataset_id AS b_dataset_id, b.source_id AS b_source_id
        FROM observations a, observations b WHERE {sides}"""
    )
