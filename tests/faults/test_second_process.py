"""Datasets in the second process of a refresh: what it works on, and that its death is one dataset's trouble."""

import pickle
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sources.cells import ReadError, SourceError
from tests.faults.small_refresh import KEPT, KILLED_AT, WITHDRAWN, Done, Refreshes


def by_second_process(done: Done) -> list[str]:
    """Datasets that it worked on, in their order."""
    said = [line.partition("second process: ")[2] for line in done.printed.splitlines()]
    return [name for name in said if name]


def published(data: Path, table: str, column: str) -> set[str]:
    return set(pq.read_table(data / "latest" / table / f"{table}.parquet")[column].to_pylist())


def test_a_dataset_that_kills_the_second_process_is_its_own_trouble(
    refreshes: Refreshes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, *others = (*KEPT, WITHDRAWN)
    monkeypatch.setenv(KILLED_AT, broken)
    done = refreshes.run(tmp_path, 0)
    assert done.status == 3 and by_second_process(done) == [broken], done.printed
    assert f"{broken}: failed" in done.printed and "ended (SIGKILL)" in done.printed
    assert published(tmp_path, "observations", "dataset_id") == {*others}
    monkeypatch.delenv(KILLED_AT)
    done = refreshes.run(tmp_path, 2)
    assert done.status == 0 and broken in by_second_process(done), done.printed
    assert published(tmp_path, "observations", "dataset_id") == {broken, *others}
    assert "dataset_stopped" not in published(tmp_path, "findings", "finding")


def test_a_problem_comes_whole_from_another_process() -> None:
    given = ReadError("is this data?", file="a.csv", place="line 2", remedy="Look at it")
    come: SourceError = pickle.loads(pickle.dumps(given))
    assert type(come) is ReadError and vars(come) == vars(given) and str(come) == str(given)
