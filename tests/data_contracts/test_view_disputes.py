"""Figures of another source in the row that they dispute, with key, period and area, in both languages."""

from typing import Any

import duckdb
import pytest

from pipelines.declarations import Declarations
from tests.data_contracts.view_rows import add, one, pair


def test_another_sources_figure_is_in_the_row_with_its_key(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    cases = {"indicator": "DV_CASES", "ref_area": "KG", "time_period": "2019"}
    add(declared, con, {**cases, "obs_value": 6145.0}, {**cases, "obs_value": 8159.0})
    pair(con, "conflict")
    row = one(con, "SELECT disputed, superseded, caution_en FROM reports_and_cases WHERE obs_value = 6145")
    assert (
        row["disputed"].startswith("8159 (conflict, kg-s2, 0000000000000002)") and row["superseded"] is None
    )
    assert row["caution_en"].startswith("Another source gives 8159 (conflict, kg-s2,")


@pytest.mark.parametrize(
    ("other", "begins"),
    [({}, None), ({"indicator": "PROTECTION_ORDERS"}, "Does not fit with 6145 (misprint, ")],
)
def test_a_source_that_gives_the_same_value_does_not_say_otherwise(
    declared: Declarations, con: duckdb.DuckDBPyConnection, other: dict[str, Any], begins: str | None
) -> None:
    """666 persons stood with "Another source gives 666". One number printed for two things is still named."""
    cases = {"indicator": "DV_CASES", "ref_area": "KG", "time_period": "2019", "obs_value": 6145.0}
    add(declared, con, cases, {**cases, **other})
    pair(con, "misprint", "a.obs_key < b.obs_key")
    first = "WHERE obs_key LIKE '%1'"
    row = one(con, f"SELECT disputed, caution_en FROM reports_and_cases {first}")
    assert (row["caution_en"] or "").startswith(begins or "") and (row["disputed"] is None) is (
        begins is None
    )
    assert begins or row["caution_en"] is None


def test_another_period_or_indicator_of_the_other_source_is_named(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    cases = {"indicator": "DV_CASES", "ref_area": "KG", "time_period": "2019"}
    other = {**cases, "indicator": "DV_REPORTS", "time_period": "2020", "obs_value": 8159.0}
    add(declared, con, {**cases, "obs_value": 6145.0}, other)
    pair(con, "misprint")
    row = one(con, "SELECT disputed, caution_en, caution_ru FROM reports_and_cases WHERE obs_value = 6145")
    assert row["disputed"] == "8159 (misprint, 2020, DV_REPORTS, kg-s2, 0000000000000002)"
    # The sentences have words for the codes, each in its language.
    label = declared.contract.indicators["DV_REPORTS"].label
    assert f"Does not fit with 8159 (misprint, 2020, {label.en}, kg-s2," in row["caution_en"]
    assert f"8159 (опечатка, 2020, {label.ru}, kg-s2," in row["caution_ru"]


def test_another_area_of_the_other_source_is_named(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    """Read carelessly: 19,000 breaches in the country disputed by 40, which are of one region."""
    cases = {"indicator": "DV_CASES", "time_period": "2019"}
    add(
        declared,
        con,
        {**cases, "ref_area": "KG", "obs_value": 6145.0},
        {**cases, "ref_area": "KG-C", "obs_value": 8159.0},
    )
    pair(con, "conflict")
    row = one(con, "SELECT disputed, caution_en, caution_ru FROM reports_and_cases WHERE obs_value = 6145")
    names = con.execute("SELECT name_en, name_ru FROM areas WHERE code = 'KG-C'").fetchone()
    assert names and row["disputed"].startswith("8159 (conflict, KG-C, kg-s2,")
    assert row["caution_en"].startswith(f"Does not fit with 8159 (conflict, {names[0]}, kg-s2")
    assert f", {names[1]}, kg-s2" in row["caution_ru"]
