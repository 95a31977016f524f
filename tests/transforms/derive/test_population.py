"""Denominators: every population figure with the day that it refers to."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from pipelines.declarations import Declarations
from transforms.derive.population import population

PEOPLE: dict[str, Any] = {
    "indicator": "POPULATION",
    "ref_area": "KZ",
    "year": 2023,
    "obs_value": 100.0,
    "dataset_id": "wb_population",
}


def day(month: int) -> dict[str, Any]:
    start = dt.date(2023, month, 1)
    return {**PEOPLE, "freq": "D", "time_period": f"{start}/P1D", "period_start": start, "period_end": start}


def test_basis_says_which_day_is_meant(declared: Declarations, observations: Callable[..., pa.Table]) -> None:
    rows = population(
        declared.contract, [observations(PEOPLE, day(1), day(4))], declared.datasets
    ).to_pylist()
    assert {row["obs_key"][-1]: row["basis"] for row in rows} == {
        "1": "mid_year",
        "2": "january",
        "3": "other",
    }
    assert {row["year"] for row in rows} == {2023}
    assert {row["precedence"] for row in rows} == {declared.datasets["wb_population"].precedence}


def test_parts_zeros_forecasts_and_other_definitions_are_no_denominators(
    declared: Declarations, observations: Callable[..., pa.Table]
) -> None:
    others = [
        {"breakdown": "URBANISATION=R"},
        {"obs_value": 0.0},
        {"obs_value": None},
        {"indicator": "DV_CASES"},
        {"obs_status": "D"},
        {"obs_status": "F"},
    ]
    table = observations(*({**PEOPLE, **changed} for changed in others))
    assert population(declared.contract, [table], declared.datasets).num_rows == 0
