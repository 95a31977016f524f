"""What moved beside the last release, asked of small tables: one value far off, and a new year of zeros."""

import duckdb
import pytest

from data_contracts.connection import open_duckdb
from transforms.judge.changed_values import implausible_changes, moved_series, pair

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


@pytest.mark.parametrize("step", [5, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000])
@pytest.mark.parametrize(("off", "rounded"), [(0.4, True), (0.6, False)])
def test_values_that_were_rounded(step: int, off: float, rounded: bool) -> None:
    """To fives, tens and so on up to a million, each to the nearest: no count of a country is rounded to more."""
    now = [step * times for times in (3, 4, 7, 9, 11, 13)]
    before = [value + round(step * off) * (-1) ** place for place, value in enumerate(now)]
    found = {finding for finding, _ in moved_series(tables(before, now, []), 5)}
    assert ("values_rounded" in found) is (rounded and step <= 1_000_000)


def test_fractions_that_became_whole_numbers_were_rounded() -> None:
    now = [31, 43, 57, 68, 79, 92]
    for change, rounded in ((0.3, True), (0.7, False)):
        found = {finding for finding, _ in moved_series(tables([one + change for one in now], now, []), 5)}
        assert ("values_rounded" in found) is rounded
