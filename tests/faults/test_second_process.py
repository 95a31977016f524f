"""The second process of a refresh: what it works on, and that its end is one dataset's trouble."""

import errno
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import child_process, expectation_suites
from pipelines import second_process as module
from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.expectation_suites import Verdict
from pipelines.requirement_tables import RequirementTables
from pipelines.second_process import ProcessEndedError, second_process
from pipelines.staging import StagedTables
from sources import isolated
from sources.cells import ReadError, SourceError
from tests.faults.small_refresh import KEPT, KILLED_AT, WITHDRAWN, Done, Refreshes
from transforms.derive import codebook


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
    assert done.status == 0, done.printed
    assert by_second_process(done) == [broken, "new_database", "RequirementTables"], done.printed
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
        beside.begin_datasets(KEPT)
        assert [beside.pulled(name) for name in KEPT] == [None, None] and declared.datasets.keys() >= set(
            KEPT
        )


def test_a_process_that_was_stopped_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "IDLE_SPANS", 3)
    monkeypatch.setattr(child_process, "SPAN_SECONDS", 0.01)
    stopped, *others = KEPT
    with second_process(DataDirectory(tmp_path), wanted=True) as beside:
        assert beside and beside._process.pid
        os.kill(beside._process.pid, signal.SIGSTOP)
        beside.begin_datasets(KEPT)
        found = beside.pulled(stopped)
        assert found and isinstance(found[1], ProcessEndedError)
        assert "did nothing for 0.03 seconds and was ended" in str(found[1])
        assert [beside.pulled(name) for name in others] == [None] and not beside._process.is_alive()
        # What is begun afterwards is not waited for either.
        beside.begin("database")
        assert isinstance(beside.came("database"), ProcessEndedError)


def test_a_process_works_while_one_that_it_started_does() -> None:
    burn = "import time\nwhile time.process_time() < .05: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", burn], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout and child.stdout.readline()
        own = time.process_time()
        assert child_process.processor_seconds(os.getpid()) >= own + 0.05
        child.kill()


def test_only_of_the_tables_that_are_staged_what_was_made_of_them_is_taken(
    declared: Declarations, staged: Path, tmp_path: Path
) -> None:
    data, written = DataDirectory(tmp_path), tmp_path / "dvstats.duckdb"
    tables = StagedTables(data)
    shutil.copytree(staged, tables.path("sources").parent)
    tables.save("sources", codebook.sources(declared.contract, declared.publications, declared.datasets))
    with second_process(data, wanted=True):
        process = module._running[data.root]
        process.begin_database()
        module.begin_requirement_tables(data)
        # One table comes before the others.
        module.fill_table(data, "areas")
        module.fill_database(data)
        made = RequirementTables(declared, tables.load("observations"), tables.load("sources"))
        expected = {"coverage": made.coverage(), "scorecard": made.scorecard()}
        assert module.requirement_tables(data) == expected and module.put_database(data, written)
        with duckdb.connect(str(written), read_only=True) as connection:
            found = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            assert {name for (name,) in found} == {*declared.contract.tables}
            (rows,) = connection.execute("SELECT count(*) FROM sources").fetchall()[0]
            assert rows == tables.scan("sources").count_rows() > 0
        # What was not begun is not filled.
        module.fill_table(data, "areas")
        module.fill_database(data)
        assert not module.put_database(data, written)
        # A table that was written again after it was put into the file.
        process.begin_database()
        module.fill_table(data, "sources")
        assert process.came("table", "sources") is None
        pq.write_table(tables.load("sources").slice(1), tables.path("sources"))
        module.fill_database(data)
        assert not module.put_database(data, written)
        process.begin_database()
        module.begin_requirement_tables(data)
        module.fill_database(data)
        process._came[("database", "")] = process.came("database")
        # Both were answered; what they were made of changes afterwards.
        tables.path("sources").write_bytes(b"other rows")
        assert module.requirement_tables(data) == {} and not module.put_database(data, written)


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


def test_a_stopped_worker_of_the_suites_is_ended_and_its_suite_run_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child_process, "IDLE_SPANS", 3)
    monkeypatch.setattr(child_process, "SPAN_SECONDS", 0.05)
    monkeypatch.setattr(expectation_suites, "END_SECONDS", 0.1)
    # Nothing is imported into their server process: what they run here needs nothing.
    monkeypatch.setattr(expectation_suites, "prepare_suite_workers", lambda: None)
    here = list[Verdict]()
    workers = expectation_suites.suite_workers()
    stopped = workers.submit(signal.raise_signal, signal.SIGSTOP)
    assert expectation_suites._verdicts_of_worker(stopped, lambda: here) is here
    # The others are run here, too.
    monkeypatch.setattr(expectation_suites, "_run_suite", lambda *_: here)
    assert expectation_suites._begin(workers, "observations", pa.table({}), [])() is here
    expectation_suites.end_suite_workers(workers)
    # One that is stopped while it has nothing to do keeps no run from its end.
    workers = expectation_suites.suite_workers()
    workers.submit(abs, 1).result()
    for worker in expectation_suites._workers_now():
        os.kill(worker.pid, signal.SIGSTOP)
    stopped_ones = expectation_suites._workers_now()
    expectation_suites.end_suite_workers(workers)
    for worker in stopped_ones:
        worker.join(30)
        assert worker.exitcode
