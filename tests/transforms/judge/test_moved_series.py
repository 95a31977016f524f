"""What moved beside the last release, asked of small tables: one value far off, and a new year of zeros."""

import duckdb
import pytest

from data_contracts.connection import open_duckdb
from transforms.judge.moved_series import implausible_changes, moved_series, pair

COLUMNS = (
    "obs_key, indicator, ref_area, sex, age, violence_form, relationship, breakdown, unit_measure, nature, "
    "source_id, time_period, period_start, obs_value"
)


def tables(last: list[float], new: list[float], new_year: list[float]) -> duckdb.DuckDBPyConnection:
    """A value an area in 2023, before and now, and in 2024."""
    con = open_duckdb()
    for name, years in (("last", {2023: last}), ("new", {2023: new, 2024: new_year})):
        rows = [
            f"('{year} {area}', 'DV_CASES', 'KG-{area}', '_T', '_T', '_T', '_T', '_T', 'NUMBER', 'C', 'kg-x', "
            f"'{year}', DATE '{year}-01-01', {value}::DOUBLE)"
            for year, values in years.items()
            for area, value in enumerate(values)
        ]
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM (VALUES {', '.join(rows)}) v({COLUMNS})")
    pair(con)
    return con


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ([40, 50, 60], []),
        ([40, 50, 300], []),
        ([40, 50, 301], ["DV_CASES, KG-2, 2023: 60 → 301"]),
        ([40, 9, 60], ["DV_CASES, KG-1, 2023: 50 → 9"]),
    ],
)
def test_a_value_far_from_the_last_one(now: list[float], said: list[str]) -> None:
    assert list(implausible_changes(tables([40, 50, 60], now, [1]), 5)) == said


@pytest.mark.parametrize(
    ("before", "new_year", "said"),
    [
        ([40, 50, 60], [0, 0], [("only_zeros", "DV_CASES, 2024: 2 values")]),
        ([40, 50, 60], [0, 1], []),
        ([9, 9, 9], [0, 0], []),
        ([10, 10, 10], [0], [("only_zeros", "DV_CASES, 2024: 1 values")]),
    ],
)
def test_a_new_year_of_zeros(before: list[float], new_year: list[float], said: list[tuple[str, str]]) -> None:
    assert list(moved_series(tables(before, before, new_year), 5)) == said
