"""Datasets in the second process of a refresh: what it works on, and that its death is one dataset's trouble."""

import errno
import os
import pickle
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines import second_process as module
from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.second_process import second_process
from sources import isolated
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


def test_without_memory_for_a_finding_the_first_process_tries(
    declared: Declarations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(module, "observe_dataset", without_memory)
    with second_process(DataDirectory(tmp_path), wanted=True) as beside:
        assert beside
        beside.begin(KEPT)
        assert [beside.pulled(name) for name in KEPT] == [None, None] and declared.datasets.keys() >= set(
            KEPT
        )


def test_a_problem_comes_whole_from_another_process() -> None:
    given = ReadError("is this data?", file="a.csv", place="line 2", remedy="Look at it")
    come: SourceError = pickle.loads(pickle.dumps(given))
    assert type(come) is ReadError and vars(come) == vars(given) and str(come) == str(given)


def test_where_no_process_can_be_started_the_steps_do_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    isolated._worker.stop()
    monkeypatch.setattr(os, "fork", refused)
    monkeypatch.setattr(isolated.subprocess, "Popen", refused)
    with second_process(DataDirectory(tmp_path), wanted=True) as beside:
        assert beside is None
    # Where the first file asks for the worker, it is that file's trouble.
    isolated.start()
    with pytest.raises(BlockingIOError):
        isolated.judge(b"a,b", "text/csv", ["csv"])
