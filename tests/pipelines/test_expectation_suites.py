"""Suites of single tables, and rules of a whole release: references between tables, queries that give violations."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from data_contracts import arrow, load
from data_contracts.arrow import Rows, arrow_schema, scan_table, write_table
from data_contracts.checks import Check, derive
from data_contracts.model import Contract, Table
from pipelines import expectation_suites, rows_to_check
from pipelines.expectation_suites import REFERENCES, Verdict, release_checks, release_verdicts, suite_verdicts
from transforms.normalize.lookups import create_tables


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load.contract()


@pytest.fixture
def tables(contract: Contract) -> dict[str, pa.Table]:
    return {name: arrow_schema(contract, table).empty_table() for name, table in contract.tables.items()}


def verdicts(contract: Contract, tables: dict[str, pa.Table]) -> dict[tuple[str, str], Verdict]:
    return {(v.table, v.check): v for v in release_verdicts(contract, tables)}


def filled(contract: Contract, table: str, **given: Any) -> pa.Table:
    schema = arrow_schema(contract, contract.tables[table])
    return pa.Table.from_pylist([{**dict.fromkeys(schema.names), **given}], schema=schema)


def test_an_empty_release_violates_nothing(contract: Contract, tables: dict[str, pa.Table]) -> None:
    found = verdicts(contract, tables)
    assert list(found) == [(table, check) for table, check, _, _ in release_checks(contract)]
    assert all(verdict.passed and not verdict.examples for verdict in found.values())


def test_a_reference_to_nothing_is_named(contract: Contract, tables: dict[str, pa.Table]) -> None:
    tables["observations"] = filled(contract, "observations", dataset_id="no_such", source_id="s'1")
    broken = verdicts(contract, tables)["observations", REFERENCES]
    assert not broken.passed and broken.unexpected == 2 and broken.severity == "critical"
    assert set(broken.examples) == {"dataset_id=no_such", "source_id=s'1"}
    assert "refers to something that is not in table" in broken.sentence.en
    tables["datasets"] = filled(contract, "datasets", dataset_id="no_such")
    assert verdicts(contract, tables)["observations", REFERENCES].examples == ["source_id=s'1"]


def test_a_rule_with_a_query_shows_the_rows_it_gives(contract: Contract, tables: dict[str, pa.Table]) -> None:
    rules = tuple(
        dataclasses.replace(rule, query="SELECT 'a', n FROM range(30) t(n)")
        if rule.id == "history_overlaps"
        else rule
        for rule in contract.rules
    )
    found = verdicts(dataclasses.replace(contract, rules=rules), tables)
    verdict = found["observation_history", "history_overlaps"]
    assert (verdict.passed, verdict.unexpected, len(verdict.examples)) == (False, 30, 20)
    assert verdict.examples[0] == "a, 0"


def test_the_open_rows_of_the_history_are_the_observations_and_versions_follow_one_another(
    contract: Contract, tables: dict[str, pa.Table]
) -> None:
    first, second = dt.datetime(2026, 1, 1), dt.datetime(2026, 2, 1)
    rules = ("observations", "history_disagrees"), ("observation_history", "history_overlaps")

    def broken(observations: list[dict[str, Any]], history: list[dict[str, Any]]) -> list[list[str]]:
        for name, rows in (("observations", observations), ("observation_history", history)):
            tables[name] = pa.concat_tables([filled(contract, name, **row) for row in rows])
        found = verdicts(contract, tables)
        return [sorted(found[rule].examples) for rule in rules]

    a, b, unknown = {"obs_key": "a", "obs_value": 2.0}, {"obs_key": "b", "obs_value": 3.0}, {"obs_key": "c"}
    ended = {"obs_key": "a", "obs_value": 1.0, "valid_from": first, "valid_to": second}
    history = [
        ended,
        {**a, "valid_from": second},
        {**b, "valid_from": first},
        {**unknown, "valid_from": first},
    ]
    assert broken([a, b, unknown], history) == [[], []]
    assert broken([a, {**b, "obs_value": 4.0}, unknown], history) == [["b", "b"], []]
    assert broken([a, b], history) == [["c"], []]
    assert broken([a, b, unknown, {"obs_key": "d"}], history) == [["d"], []]
    late = {**ended, "valid_to": dt.datetime(2026, 3, 1)}
    assert broken([a, b, unknown], [late, *history[1:]]) == [[], ["a"]]
    assert broken([a, b, unknown], [{**ended, "valid_to": None}, *history[1:]]) == [["a"], ["a"]]


def test_of_a_table_without_rows_only_what_is_said_of_the_table_is_run(
    contract: Contract, tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = expectation_suites._expected

    def noted(name: str, frame: Any, derived: Sequence[Check]) -> list[Verdict]:
        asked.extend(check.id for check in derived)
        return real(name, frame, derived)

    monkeypatch.setattr(expectation_suites, "_expected", noted)
    with duckdb.connect() as con:
        found = suite_verdicts(contract, {"areas": tables["areas"]}, con)
    assert asked == ["columns_differ", "too_few_rows"]
    assert [verdict.check for verdict in found if not verdict.passed] == ["too_few_rows"]
    assert [verdict.check for verdict in found] == [c.id for c in derive(contract, contract.tables["areas"])]


def test_a_row_that_breaks_a_rule_across_columns_is_named_with_what_is_wrong(contract: Contract) -> None:
    wide = {"obs_key": "k0000000000000001", "obs_value": 12.0, "obs_lower": 1.0, "obs_upper": 9.0}
    rows = pa.concat_tables([filled(contract, "observations", **row) for row in ({"obs_key": "k2"}, wide)])
    with duckdb.connect() as con:
        create_tables(contract, {}, con)
        (check,) = [
            c for c in derive(contract, contract.tables["observations"]) if c.id == "value_outside_bounds"
        ]
        judged = rows_to_check.Judged(con, contract.tables["observations"], rows).rows_for([check])
        (verdict,) = expectation_suites._run_suite("observations", judged, [check])
    assert (verdict.passed, verdict.unexpected) == (False, 1)
    assert verdict.examples == ["k0000000000000001, 12.0, 1.0, 9.0"]


def test_of_a_large_table_each_content_is_looked_at_once_and_the_verdicts_are_the_same(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = contract.tables["revisions"]
    row: dict[str, Any] = {
        "release": "20260101T000000Z",
        "change": "added",
        "dataset_id": "kg_crimes",
        "indicator": "DV_CASES",
        "ref_area": "KG",
        "sex": "F",
        "age": "_T",
        "breakdown": "_T",
        "time_period": "2024",
        "new_value": 1.0,
        "new_status": "A",
    }
    rows = [{**row, "obs_key": f"k{number:016x}"} for number in range(200)]
    rows[150] |= {"sex": "X", "obs_key": "K1"}
    rows[160] |= {"sex": None, "obs_key": rows[0]["obs_key"]}
    made = pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))
    with duckdb.connect() as con:
        whole = suite_verdicts(contract, {"revisions": made}, con)
        monkeypatch.setattr(rows_to_check, "LARGE", 100)
        judged = rows_to_check.Judged(con, table, made)
        seen = judged.rows_that_show(derive(contract, table))
        divided = suite_verdicts(contract, {"revisions": made}, con)
        lax = pa.schema([column.with_nullable(True) for column in made.schema])
        write_table(made, tmp_path / "revisions.parquet", lax)
        of_file = suite_verdicts(contract, {"revisions": scan_table(tmp_path / "revisions.parquet")}, con)
        given, run = [], expectation_suites._run_suite

        def noted(name: str, some: pa.Table, derived: Sequence[Check]) -> list[Verdict]:
            given.append((some.num_rows, len(derived)))
            return run(name, some, derived)

        monkeypatch.setattr(expectation_suites, "_run_suite", noted)
        with ThreadPoolExecutor(1) as workers:
            beside = expectation_suites.begin_suite(contract, "revisions", made, con, workers)()
    assert divided == whole == of_file == beside
    # A worker is given the chosen rows, then all rows once for what did not hold of these.
    assert given == [(seen.num_rows, len(derive(contract, table))), (200, 4)]
    broken = {verdict.check: verdict.unexpected for verdict in whole if not verdict.passed}
    assert broken == {
        "obs_key_malformed": 1,
        "sex_missing": 1,
        "sex_not_in_code_list": 1,
        "key_not_unique": 2,
    }
    # The first row of each content (0, 150, 160), and those of one key (0, 160).
    assert seen["obs_key"].to_pylist() == [rows[number]["obs_key"] for number in (0, 150, 160)]


@pytest.mark.parametrize("in_files", [False, True])
def test_of_a_large_table_that_passed_only_new_rows_are_looked_at_and_keys_in_all(
    contract: Contract, in_files: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, row = contract.tables["observation_history"], {"sex": "F", "valid_from": dt.datetime(2026, 1, 1)}
    rows = [{**row, "obs_key": f"k{number:016x}", "obs_value": float(number % 7)} for number in range(200)]

    def seen(before: list[dict[str, Any]], now: list[dict[str, Any]], table: Table = table) -> list[str]:
        schema = pa.schema([field.with_nullable(True) for field in arrow_schema(contract, table)])
        given: list[Rows] = [pa.Table.from_pylist(some, schema=schema) for some in (now, before)]
        if in_files:
            for number, rows in enumerate(given):
                write_table(rows, tmp_path / f"{number}.parquet")
            given = [scan_table(tmp_path / f"{number}.parquet") for number in range(2)]
        made, certified = given
        with duckdb.connect() as con:
            judged = rows_to_check.Judged(con, table, made, certified)
            return list(judged.rows_that_show(derive(contract, table))["obs_key"].to_pylist())

    monkeypatch.setattr(rows_to_check, "LARGE", 100)
    monkeypatch.setattr(arrow, "ROW_GROUP", 60)
    key = [row["obs_key"] for row in rows]
    # The first row stands for the table as a whole.
    assert seen(rows, rows) == [key[0]]
    assert seen(rows, [*rows[50:], *rows[:50]]) == [key[50]], "the same in another order"
    assert seen(rows[:150] + rows[151:], [*rows[:170], {**rows[170], "note": "Another."}, *rows[171:]]) == [
        key[0],
        key[150],
        key[170],
    ]
    assert seen(rows, [*rows, rows[20]]) == [key[0], key[20], key[20]], "each is certified, not both"
    ended = {**rows[30], "valid_to": dt.datetime(2026, 2, 1)}
    assert seen([*rows[:30], ended, *rows[31:]], rows) == [key[0], key[30]], (
        "it was not in force, so not judged"
    )
    earlier = [
        {"obs_key": row["obs_key"], "release": "20260101T000000Z", "change": "added", "sex": "FM"[n % 2]}
        for n, row in enumerate(rows)
    ]
    newest = {**earlier[0], "release": "20260201T000000Z"}
    assert seen([*earlier, newest], earlier, contract.tables["revisions"]) == key[:2], (
        "only the newest were judged"
    )
    some = seen(rows[:50], rows)
    assert len(some) < 100, "of so many new rows only those that show each content"
