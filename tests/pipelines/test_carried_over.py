"""Tables of which most is carried over from the last release have the bytes of tables that are made whole."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from data_contracts import rows
from pipelines import carried_over, second_process
from pipelines.assets.derived_tables import derived_tables
from pipelines.assets.tables import BESIDE, DERIVED_TABLES
from pipelines.assets.union_tables import broken_series, union_tables
from pipelines.data_directory import DataDirectory
from pipelines.dataset_states import dataset_states
from pipelines.declarations import Declarations
from pipelines.release import last_release
from pipelines.release.database_file import DATABASE, amend_database
from pipelines.staging import StagedTables
from transforms.derive import codebook

NOW = dt.datetime(2030, 1, 1)
UNITED = ("observation_history", "observations", "revisions")
Rows = list[dict[str, Any]]
Changes = dict[str, Callable[[Rows], Rows]]


@pytest.fixture
def data(few: Declarations, few_data: Path, monkeypatch: pytest.MonkeyPatch) -> DataDirectory:
    """A release of a few datasets, of which every table counts as a large one and no change as too large."""
    monkeypatch.setattr(rows, "SMALL", -1)
    monkeypatch.setattr(carried_over, "MOST", 1.0)
    return DataDirectory(few_data)


def made(
    declared: Declarations, data: DataDirectory, changes: Changes, source: str
) -> Iterator[tuple[str, bytes]]:
    """Every table after changes of the rows of datasets, and of the date of a source: its name and its bytes."""
    contract, release, staged = declared.contract, data.last_release(declared.contract), StagedTables(data)
    states = dataset_states(declared, data, release, NOW)
    for state in (state for state in states if state.dataset.id in changes):
        changed = changes[state.dataset.id](rows.read_rows(state.observations).to_pylist())
        state.observations = pa.Table.from_pylist(changed, schema=declared.normalizer.good_schema())
        state.data_version = "of other files"
    for name, united in union_tables(declared, states, release, NOW, staged.rows):
        if name in UNITED:
            staged.save(name, united)
            yield name, staged.path(name).read_bytes()
    known = codebook.sources(contract, declared.publications, declared.datasets).to_pylist()
    for row in known:
        if row["source_id"] == source:
            row["published"] = "2029-12-31"
    staged.save("sources", codebook.make(contract, "sources", known))
    observations, sources = staged.rows("observations"), staged.rows("sources")
    touched = carried_over.touched(release, observations, staged.rows("revisions"), sources)
    assert (touched is None) is (not carried_over.may_carry(release))
    # As the second process does, which is forked before there are threads.
    checksums, names = second_process._Tasks(data).do("requirements", "")
    assert set(names) == {*BESIDE} and ("revisions" in checksums) is carried_over.may_carry(release)
    beside = {name: second_process._made_beside(data, name).read_bytes() for name in names}
    derived = derived_tables(declared, observations, sources, staged.rows, lambda said: None, touched)
    for name in DERIVED_TABLES:
        staged.save(name, derived[name]())
        assert beside.get(name, staged.path(name).read_bytes()) == staged.path(name).read_bytes(), name
        yield name, staged.path(name).read_bytes()
    series = broken_series(declared, observations, touched)
    staged.save("legal_framework", codebook.legal_framework(contract, declared.laws, series))
    yield "legal_framework", staged.path("legal_framework").read_bytes()
    for name in contract.tables:
        if not staged.path(name).exists():
            staged.save(name, release.rows(name))
    if touched is not None:
        assert_amended(declared, data, staged)


def assert_amended(declared: Declarations, data: DataDirectory, staged: StagedTables) -> None:
    """Whether the database of the last release, amended, has the rows of the tables."""
    contract, file = declared.contract, data.root / "amended.duckdb"
    differing = carried_over.differing(data.last_release(contract), staged)
    assert differing is not None
    scanned = {name: staged.scan(name) for name in contract.tables}
    none = {**differing.rows, "observations": differing.rows["observations"].slice(0, 0)}
    assert not amend_database(contract, file, scanned, replace(differing, rows=none)) and not file.exists()
    assert amend_database(contract, file, scanned, differing)
    # As the second process does, too.
    assert second_process._Tasks(data).do("database", "") == {n: staged.sha256(n) for n in contract.tables}
    for path in (file, second_process._workplace(data) / DATABASE):
        with duckdb.connect(str(path), read_only=True) as con:
            for name in contract.tables:
                assert con.execute(f"SELECT count(*) FROM {name}").fetchall() == [
                    (scanned[name].count_rows(),)
                ]
                # As many rows, none of which is left over: the same.
                there = f"read_parquet('{staged.path(name)}')"
                assert con.execute(f"FROM {name} EXCEPT ALL FROM {there}").fetchall() == [], name


def added_withdrawn_and_revised(found: Rows) -> Rows:
    first, second, *others = found
    new = [
        {**second, "obs_key": f"k{number:016x}", "time_period": f"{1990 + number}"} for number in range(40)
    ]
    for row in new:
        row["period_start"] = dt.date(int(row["time_period"]), 1, 1)
        row["period_end"] = dt.date(int(row["time_period"]), 12, 31)
    for row in others[::3]:
        row["obs_value"] = (row["obs_value"] or 0) + 7
    for row in others[::5]:
        row["note"] = "Another note."
    return [second, *others, *new]


def of_another_definition(found: Rows) -> Rows:
    return [
        {**row, "obs_status": "D" if number % 2 else row["obs_status"]} for number, row in enumerate(found)
    ]


def of_other_people(found: Rows) -> Rows:
    return [{**row, "obs_value": (row["obs_value"] or 0) * 1.01} for row in found]


def of_a_later_year(found: Rows) -> Rows:
    new = {**found[0], "obs_key": "kffffffffffffffff", "time_period": "2029"}
    return [*found, {**new, "period_start": dt.date(2029, 1, 1), "period_end": dt.date(2029, 12, 31)}]


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        (
            {"kg_statements": added_withdrawn_and_revised, "kz_statements": of_another_definition},
            "kz-form-1m-kz-10",
        ),
        ({"wb_population": of_other_people}, ""),
        ({"uz_statements": of_a_later_year}, ""),
    ],
    ids=["of two countries", "of all countries", "of a later year"],
)
def test_what_is_carried_over_has_the_bytes_of_what_is_made_whole(
    few: Declarations, data: DataDirectory, changes: Changes, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = dict(made(few, data, changes, source))
    assert some["observations"] != (data.root / "latest/observations/observations.parquet").read_bytes()
    monkeypatch.setattr(carried_over, "may_carry", lambda release: False)
    for name, content in made(few, data, changes, source):
        assert content == some[name], name


def test_whole_tables_are_made_after_other_code_and_where_much_differs(
    few: Declarations, data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = data.last_release(few.contract)
    states = dataset_states(few, data, release, NOW)
    every = {state.dataset.id for state in states}
    assert carried_over.unchanged_datasets(states, release) == every
    (large,) = (state for state in states if state.dataset.id == "wb_population")
    version, large.data_version = large.data_version, "of other files"
    assert carried_over.unchanged_datasets(states, release) == every - {"wb_population"}
    monkeypatch.setattr(carried_over, "MOST", 0.01)
    assert carried_over.unchanged_datasets(states, release) == frozenset()
    large.observations = rows.read_rows(large.observations).slice(0, 0)
    assert carried_over.unchanged_datasets(states, release) == frozenset(), "all of them are withdrawn"
    large.data_version, large.state = version, "held"
    monkeypatch.setattr(carried_over, "MOST", 1.0)
    assert carried_over.unchanged_datasets(states, release) == every - {"wb_population"}
    monkeypatch.setattr(last_release, "derivation_version", lambda: "other code")
    assert carried_over.unchanged_datasets(states, release) == frozenset()
    tables_now = [release.rows(name) for name in ("observations", "revisions", "sources")]
    assert carried_over.touched(release, *tables_now) is None
