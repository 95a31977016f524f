"""One dataset's trouble never touches another: an exception in any stage is a finding, and the rest is published."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.data_directory import DataDirectory, current_moment
from pipelines.dataset_states import dataset_states
from pipelines.declarations import Declarations, declarations
from pipelines.outcome import Outcome
from pipelines.refresh import refresh
from pipelines.staging import DatasetStages
from tests.share_of_cases import portion

BROKEN = "tj_cedaw"


@pytest.fixture
def data(few: Declarations, few_data: Path) -> Path:
    """A data directory with a release of the few datasets, of which the test refreshes no others."""
    return few_data


def rows(data: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(data / "latest" / table / f"{table}.parquet").to_pylist()
    return found


def by_dataset(data: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows(data, "observations"):
        counts[row["dataset_id"]] = counts.get(row["dataset_id"], 0) + 1
    return counts


def raise_for(monkeypatch: pytest.MonkeyPatch, target: str, *, of: int, dataset: str = BROKEN) -> None:
    """Let a function raise an arbitrary exception where it is called for the broken dataset."""
    import importlib

    module_name, _, attribute = target.rpartition(".")
    module = importlib.import_module(module_name)
    real = getattr(module, attribute)

    def faulty(*arguments: Any, **named: Any) -> Any:
        subject = arguments[of]
        if getattr(subject, "id", subject) == dataset:
            raise ZeroDivisionError(f"a fault in {attribute}")
        return real(*arguments, **named)

    monkeypatch.setattr(module, attribute, faulty)


# For this one the result of a stage cannot be written.
UNWRITTEN = "kz_statements"


def disk_full_for(monkeypatch: pytest.MonkeyPatch, dataset: str) -> None:
    """Let the stage of a dataset not be written."""
    real = DatasetStages.save

    def faulty(self: DatasetStages, result: Any) -> None:
        if result.dataset_id == dataset:
            raise OSError(28, "No space left on device")
        real(self, result)

    monkeypatch.setattr(DatasetStages, "save", faulty)


# A function of each stage, the argument that names the dataset, and the dataset for which it breaks.
STAGES = {
    "pipelines.process_dataset.pull_local": (0, "kg_statements"),
    "transforms.ingest.current_files": (0, "kz_form_1m"),
    "pipelines.process_dataset.dataset_version": (0, "tj_cedaw"),
    "transforms.files_to_observations.read_cells": (0, "uz_cedaw_victims"),
    "transforms.files_to_observations.correct": (1, "de_taeterarbeit"),
    "transforms.files_to_observations._join": (1, "tj_dhs_2017"),
    "transforms.ingest.judge": (1, "wb_gender"),
}


def test_an_exception_in_any_stage_stops_one_dataset_which_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, few: Declarations, data: Path
) -> None:
    before = by_dataset(data)
    # Everything is processed again: as after a change of the code.
    monkeypatch.setattr("pipelines.data_versions.code_version", lambda: "another")
    with monkeypatch.context() as patch:
        for target, (of, dataset) in STAGES.items():
            raise_for(patch, target, of=of, dataset=dataset)
        disk_full_for(patch, UNWRITTEN)
        outcome = refresh(data)
        folder = DataDirectory(data)
        found = dataset_states(few, folder, folder.last_release(few.contract), current_moment())
        assert [state.summary for state in found] == outcome.datasets, "as the run's own states said"
    assert outcome.release and not outcome.problem, outcome.problem
    assert by_dataset(data) == before, "the last rows of a broken dataset stay"
    troubled = {row["dataset_id"]: row for row in outcome.troubled}
    assert set(troubled) == {UNWRITTEN, *(dataset for _, dataset in STAGES.values())}
    assert outcome.exit_status == 3
    for target, (_, dataset) in STAGES.items():
        sentences = [*troubled[dataset]["critical"], *troubled[dataset]["failures"]]
        fault = f"a fault in {target.rpartition('.')[2]}"
        assert any(fault in sentence for sentence in sentences), (target, troubled[dataset])
    again = refresh(data)
    # A file on which its reader failed is read again when the file or the code is another.
    assert [row["dataset_id"] for row in again.troubled] == ["uz_cedaw_victims"]
    assert by_dataset(data) == before


# -- what a cut note, a torn stage, a stray folder did ---------------------------------------------------------


def test_the_staging_area_is_a_cache(data: Path) -> None:
    before = by_dataset(data)
    shutil.rmtree(data / "staging")
    outcome = refresh(data, only=["kg_statements"])
    assert outcome.exit_status == 0 and not outcome.new
    assert by_dataset(data) == before


def test_torn_stages_are_passed_over(data: Path) -> None:
    before = by_dataset(data)
    for path in (data / "staging" / "datasets").rglob("*.*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refresh(data).exit_status == 0
    assert by_dataset(data) == before


def test_only_the_archive_and_the_releases_are_needed(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    for name in ("raw", "releases"):
        shutil.copytree(data / name, other / name)
    (other / "releases" / "lost+found").mkdir()
    (other / "releases" / "notes.txt").write_text("mine")
    outcome = refresh(other)
    assert outcome.exit_status == 0 and not outcome.new, (outcome.troubled, outcome.problem)
    assert (other / "latest").resolve() == sorted((other / "releases").glob("2*"))[-1]
    assert (other / "dvstats.duckdb").is_file() and (other / "feed.atom").is_file()
    assert by_dataset(other) == by_dataset(data)


# A note that is no JSON, one with a word too many, none at all.
NOTES = {
    "wb_population": "{",
    "uz_cedaw_victims": '{"dataset": "kg_statements", "nonsense": 1}',
    "tj_dhs_2017": None,
}


def test_a_broken_note_in_the_inbox_stops_nothing(data: Path) -> None:
    for dataset, note in NOTES.items():
        folder = data / "inbox" / dataset
        folder.mkdir(parents=True)
        (folder / "x.csv").write_text("a,b\n1,2\n")
        if note is not None:
            (folder / "x.csv.provenance.json").write_text(note)
    before = by_dataset(data)
    outcome = refresh(data)
    assert by_dataset(data) == before
    troubled = {row["dataset_id"]: row["critical"] for row in outcome.troubled}
    assert {*troubled} == {*NOTES}
    for dataset, critical in troubled.items():
        assert any("x.csv" in sentence for sentence in critical), (dataset, critical)


def test_a_damaged_file_of_the_archive_stops_one_dataset_and_is_healed(
    monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    before = by_dataset(data)
    (stored,) = (data / "raw" / BROKEN).glob("*.csv")
    stored.chmod(0o644)
    content = stored.read_bytes()
    stored.write_bytes(content[:100] + b"X" + content[101:])
    monkeypatch.setattr("pipelines.data_versions.code_version", lambda: "another")
    outcome = refresh(data, only=[BROKEN])
    assert by_dataset(data) == before and outcome.exit_status == 0, outcome.troubled
    assert stored.read_bytes() == content, "the bundled bytes replaced the damaged ones"


def test_a_release_without_its_history_is_refused_as_a_base(data: Path) -> None:
    from data_contracts.errors import DvstatsError

    release = (data / "latest").resolve()
    (release / "observation_history" / "observation_history.parquet").unlink()
    with pytest.raises(DvstatsError, match="observation_history is missing or damaged. Restore it"):
        refresh(data)
    (release / "manifest.json").write_text("{")
    with pytest.raises(
        DvstatsError, match=r"manifest.json is damaged: [^.]+\. Restore the release from a copy\. Or move"
    ):
        refresh(data)


# A table that others read, the database, the observations.
DAMAGED = ["areas/areas.parquet", "dvstats.duckdb", "observations/observations.parquet"]


@pytest.mark.slow
@pytest.mark.parametrize("names", portion([DAMAGED], [[name] for name in DAMAGED]))
def test_other_damage_of_a_release_is_healed_by_a_new_one(data: Path, names: list[str]) -> None:
    from pipelines.release.manifest import verify

    before, release = by_dataset(data), (data / "latest").resolve()
    for name in names:
        content = (release / name).read_bytes()
        (release / name).write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    outcome = refresh(data)
    for name in names:
        assert any("checksum" in notice and name in notice for notice in outcome.notices), outcome.notices
    assert outcome.new
    assert by_dataset(data) == before and not verify((data / "latest").resolve())
    assert not outcome.changes, "a healed release revises nothing"


def test_a_crash_between_the_folder_and_the_links_is_mended(data: Path) -> None:
    for name in ("latest", "dvstats.duckdb"):
        (data / name).unlink()
    outcome = refresh(data)
    assert not outcome.new and (data / "dvstats.duckdb").is_file() and (data / "latest").exists()
    assert len(outcome.notices) == 2


@pytest.mark.slow
def test_a_dataset_that_is_no_longer_declared_is_withdrawn_aloud(
    monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    declared = declarations()
    fewer = {name: d for name, d in declared.datasets.items() if name != BROKEN}
    monkeypatch.setattr(declared, "datasets", fewer)
    monkeypatch.setattr("pipelines.data_versions.registers_version", lambda: "another")
    outcome: Outcome = refresh(data)
    assert outcome.new and any(f"{BROKEN} is no longer declared" in notice for notice in outcome.notices)
    assert BROKEN not in by_dataset(data)
    history = [row for row in rows(data, "observation_history") if row["dataset_id"] == BROKEN]
    assert history and all(row["valid_to"] is not None for row in history)


# -- only what changed ----------------------------------------------------------------------------------------


def test_nothing_new_starts_no_run(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    def no_run(*_: object) -> None:
        raise AssertionError("a run was started")

    monkeypatch.setattr("pipelines.refresh._run", no_run)
    outcome = refresh(data)
    assert outcome.exit_status == 0 and not outcome.new and outcome.rows == sum(by_dataset(data).values())


def test_every_table_has_a_certificate_on_its_content(data: Path) -> None:
    import json

    manifest = json.loads((data / "latest" / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["tables"]:
        assert entry["certificate"]["sha256"] == entry["sha256"], entry["name"]
        assert entry["certificate"]["suite"] and entry["data_version"], entry["name"]
