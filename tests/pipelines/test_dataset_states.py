"""States of datasets by the clock, the log of attempts and the outcome."""

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.data_directory import DataDirectory
from pipelines.dataset_states import (
    ABOVE_BASE,
    dataset_state,
    dataset_states,
    hand_over,
    states_of_run,
)
from pipelines.declarations import Declarations
from pipelines.outcome import Outcome
from pipelines.refresh import Context, _since_release
from pipelines.release.last_release import LastRelease
from pipelines.staging import StagedTables
from sources.load_datasets import load_datasets
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import process, publish

DATASET = load_datasets(HERE / "datasets")["ex_open_sdg"]
NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


@pytest.mark.parametrize(("days", "state"), [(0, "fresh"), (500, "fresh"), (502, "stale")])
def test_a_portal_that_was_not_confirmed_for_long_is_stale(
    declared: Declarations, mirror: Mirror, tmp_path: Path, days: int, state: str
) -> None:
    first = process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    assert first.state == "fresh"
    later = process(declared, DATASET, tmp_path, now=NOW + dt.timedelta(days=days))
    assert later.state == state
    again = process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    assert again.state == "fresh", "an unchanged answer confirms it"


def test_an_outage_says_whether_there_is_a_last_good_file(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    mirror.faults = ["status:503"]
    never = process(declared, DATASET, tmp_path, mirror.address)
    assert never.state == "failed" and [row["finding"] for row in never.findings] == ["outage_without_file"]
    assert "last good file" not in never.findings[0]["reason_en"]
    assert never.last_success is None and never.last_asked is not None
    mirror.faults = []
    assert process(declared, DATASET, tmp_path, mirror.address).state == "fresh"
    mirror.faults = ["status:503"]
    after = process(declared, DATASET, tmp_path, mirror.address)
    assert after.state == "stale" and [row["finding"] for row in after.findings] == ["outage"]
    assert after.observations.num_rows == 108 and "status 503" in after.failures[0]


@pytest.mark.parametrize(
    ("fault", "content", "said"),
    [
        ("renamecol:SEX=Gender", b"", "victims: SEX / Sex"),
        ("", b"Year,Units\n2020,4\n", "the header has no column 'Value'"),
    ],
    ids=["a column is gone", "the file cannot be read"],
)
def test_why_a_dataset_is_held_is_said_once(
    declared: Declarations, mirror: Mirror, tmp_path: Path, fault: str, content: bytes, said: str
) -> None:
    """Each reason was printed twice, once more as that of the refused file or of the lost coverage."""
    good = process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    good.last_success = NOW - dt.timedelta(days=3)
    publish(declared, tmp_path, good, NOW)
    log = tmp_path / "raw" / DATASET.id / "fetches.jsonl"
    year = str(NOW.year)
    log.write_text(log.read_text().replace(f'_at": "{year}', f'_at": "{int(year) - 1}'))
    if content:
        mirror.content["stat.example.org/sdg/en/data/5-2-1.csv"] = content
    else:
        mirror.faults = [fault]
    held = process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    assert held.last_success == good.last_success, "the file that is held is no good one"
    lines = [*held.summary["refused"], *held.summary["critical"], *held.summary["warnings"]]
    assert held.state == "held" and "\n".join(lines).count(said) == 1
    assert "raw/ex_open_sdg/" in lines[0], "which file it is"


def test_a_receipt_of_the_future_confirms_nothing_and_hides_nothing(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    process(declared, DATASET, tmp_path, mirror.address)
    log = tmp_path / "raw" / DATASET.id / "fetches.jsonl"
    year = str(NOW.year)
    # The clock was years ahead when the first file came.
    for path in (log, *log.parent.glob("*.provenance.json")):
        path.write_text(path.read_text().replace(f'_at": "{year}', f'_at": "{int(year) + 2}'))
    ahead = process(declared, DATASET, tmp_path, now=NOW)
    assert ahead.state == "stale" and ahead.last_success is None
    assert [row["finding"] for row in ahead.findings] == ["clock_was_ahead"]
    mirror.content["stat.example.org/sdg/en/data/5-2-1.csv"] += b"2025,,,,1400\n"
    new = process(declared, DATASET, tmp_path, mirror.address)
    assert new.state == "fresh" and new.observations.num_rows == 109, (
        "the order of the log counts, not the clock"
    )


def test_a_dataset_that_was_not_processed_is_as_the_release_says(
    declared: Declarations, mirror: Mirror, tmp_path: Path
) -> None:
    first = process(declared, DATASET, tmp_path, mirror.address)
    publish(declared, tmp_path, first, NOW)
    shutil.rmtree(tmp_path / "staging")
    data_dir = DataDirectory(tmp_path)
    state = dataset_state(declared, data_dir, data_dir.last_release(declared.contract), DATASET, NOW)
    assert not state.processed and state.observations.num_rows == 108
    assert state.data_version == first.data_version and state.state == "fresh"
    # Held at a new file, which changes no table; then the staging area is gone.
    mirror.faults = ["cutlines:0.5"]
    held = process(declared, DATASET, tmp_path, mirror.address)
    assert held.state == "held"
    said = _since_release(Context(data_dir, declared, NOW), [held])
    assert said == {DATASET.id: "fresh there, held now"}
    warned = replace(first, findings=[*first.findings, *held.findings])
    assert _since_release(Context(data_dir, declared, NOW), [warned])[DATASET.id].startswith("found since: ")
    assert _since_release(Context(data_dir, declared, NOW), [first]) == {}
    shutil.rmtree(tmp_path / "staging")
    lost = dataset_state(declared, data_dir, data_dir.last_release(declared.contract), DATASET, NOW)
    assert lost.state == "stale" and lost.observations.num_rows == 108
    (reason,) = lost.failures
    assert "run: dvstats refresh" in reason and f"raw/{DATASET.id}/" in reason


def test_a_count_above_its_population_weighs_in_terminal_and_exit_status(
    declared: Declarations, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: a line in Dagster's log."""
    counts = process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    rows = counts.observations
    people = {
        "indicator": pa.array(["POPULATION"] * rows.num_rows),
        "obs_value": pc.divide(rows["obs_value"], 1000),
        "dataset_id": pa.array(["wb_population"] * rows.num_rows),
        "obs_key": pc.binary_join_element_wise("p", rows["obs_key"], ""),
    }
    for name, column in people.items():
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
    bank = declared.datasets["wb_population"]
    states = {DATASET.id: counts, bank.id: replace(counts, dataset=bank, observations=rows, findings=[])}
    monkeypatch.setattr(declared, "datasets", {DATASET.id: DATASET, bank.id: bank})
    monkeypatch.setattr("pipelines.dataset_states.dataset_state", lambda *given: states[given[3].id])
    found = dataset_states(declared, DataDirectory(tmp_path), LastRelease(declared.contract), NOW)
    assert [any(f["finding"] == ABOVE_BASE for f in state.findings) for state in found] == [True, False]
    assert "A count is larger than the population" in found[0].summary["critical"][0]
    assert Outcome(release="20261126T000000Z", datasets=[found[0].summary]).exit_status == 3
    assert Outcome(release="20261126T000000Z", datasets=[found[1].summary]).exit_status == 0
    # Of a restricted one the figure may still be withheld, and it is not quoted.
    closed = replace(counts, dataset=DATASET.model_copy(update={"restricted": True}))
    monkeypatch.setitem(states, DATASET.id, closed)
    said = dataset_states(declared, DataDirectory(tmp_path), LastRelease(declared.contract), NOW)
    details = [
        [f["detail"] for f in state.findings if f["finding"] == ABOVE_BASE] for state in (*found, *said)
    ]
    assert all(" people" in text for text in details[0]) and len(details[2]) == len(details[0]) > 0
    assert not any(" people" in text or " of " in text for text in details[2])


@pytest.mark.parametrize(
    ("restricted", "refused_beside_others", "given"), [(False, 0, True), (False, 1, False), (True, 0, False)]
)
def test_states_that_the_release_will_change_are_not_handed_over(
    declared: Declarations,
    mirror: Mirror,
    tmp_path: Path,
    restricted: bool,
    refused_beside_others: int,
    given: bool,
) -> None:
    state = process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    state.dataset = DATASET.model_copy(update={"restricted": restricted or None})
    state.quarantine = state.quarantine.schema.empty_table()
    quarantine = pa.table({"rule": ["code_retired"] * refused_beside_others})
    data = DataDirectory(tmp_path)
    with states_of_run(data) as found:
        hand_over(data, [state], quarantine)
        assert found == ([state] if given else [])
    hand_over(data, [state], quarantine)
    assert found == ([state] if given else []), "nobody waits any more"


@pytest.mark.parametrize(
    ("left", "lost"),
    [
        ((), False),
        (("latest",), True),
        (("feed.atom",), True),
        (("2 releases",), True),
        (("1 releases",), False),
        (("latest", "feed.atom", "2 releases", "a release"), False),
    ],
)
def test_a_history_is_lost_where_a_release_was_and_none_is_left(
    declared: Declarations, mirror: Mirror, tmp_path: Path, left: Sequence[str], lost: bool
) -> None:
    process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    tables = StagedTables(DataDirectory(tmp_path))
    for name in left:
        if name == "latest":
            (tmp_path / name).symlink_to("releases/20261126T000000Z")
        elif name == "a release":
            (tmp_path / "releases" / "20261126T000000Z").mkdir(parents=True)
        elif name == "feed.atom":
            (tmp_path / name).touch()
        else:
            tables.path("releases").parent.mkdir()
            pq.write_table(pa.table({"release": ["r"] * int(name[0])}), tables.path("releases"))
    assert tables.history_is_lost == lost
    state = dataset_state(declared, tables.data_dir, LastRelease(declared.contract), DATASET, NOW)
    assert [(row["finding"], row["severity"]) for row in state.findings] == [("history_lost", "info")] * lost
    assert Outcome(release="20261126T000000Z", history_lost=lost).exit_status == (3 if lost else 0)
