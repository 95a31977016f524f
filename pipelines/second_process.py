"""A second process that works beside the first one in a refresh: on datasets, then on what is made of all of them.

It is a fork of the first, made before that has threads, so nothing is loaded twice. It does one task after the other,
in the order in which they are begun, and the step that needs an outcome waits for it::

    first process    plan, import Dagster, graph | kg_victims, … | union, checks, derived | candidate, checks, release
    second process   kg_victims, …  -> staging/, empty DuckDB file | coverage, scorecard  | its rows

The rows of large tables go into the file as soon as each table is staged.

A dataset's outcome goes the way of every outcome, through the staging area, where its step finds it as it would one of
an earlier run. The tables come as files, with the checksums of what they were made of: they are taken only where these
are the same, and go the same way as those that the first process makes, through the checks. Through the pipe only short
answers come: with a long one it would wait until the first process asks, and the next task with it.

Whatever could not be done here the first process does itself, and has the same exception. Where the second process is
killed or crashes, or does nothing for too long (as when it was stopped by a signal), the dataset that it worked on gets
that as its finding, and the first process works on everything else itself.

Linux only; elsewhere, on one processor, and where the system has no place for one process more, all work is done in the
steps. Not here: what is done with a dataset (``pipelines.process_dataset``), the tables
(``pipelines.requirement_tables``) and the file (``pipelines.release.database_file``). ``pipelines.refresh`` starts and
ends the process; the assets begin tasks and wait for their outcomes.
"""

import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows, read_table, write_table
from data_contracts.rows import limit_memory
from pipelines import carried_over, child_process
from pipelines.child_process import end_with_parent
from pipelines.data_directory import DataDirectory
from pipelines.declarations import declarations
from pipelines.process_dataset import observe_dataset, pull_dataset
from pipelines.release.database_file import DATABASE, amend_database, new_database
from pipelines.requirement_tables import MADE_OF, RequirementTables
from pipelines.staging import StagedTables
from sources import isolated
from sources.cells import SourceError
from sources.dataset import Dataset
from sources.pull import Pulled

POSSIBLE = sys.platform == "linux"
# Kinds of tasks.
_DATASET, _REQUIREMENTS = "dataset", "requirements"
_EMPTY_DATABASE, _TABLE, _DATABASE = "empty database", "table", "database"
_running: dict[Path, "SecondProcess"] = {}


class ProcessEndedError(SourceError):
    """The second process ended while it worked on a dataset."""


class SecondProcess:
    """The process as the first one sees it."""

    def __init__(self, data_dir: DataDirectory) -> None:
        """Fork; it waits for tasks."""
        context = multiprocessing.get_context("fork")
        self._mine, its = context.Pipe()
        self._process = context.Process(target=_work, args=(its, self._mine, data_dir), daemon=True)
        self._process.start()
        its.close()
        # Tasks, each a kind and the name of a dataset or nothing, in the order in which they are done.
        self._waiting: list[tuple[str, str]] = []
        self._came: dict[tuple[str, str], Any] = {}

    def begin_datasets(self, datasets: Sequence[str]) -> None:
        """Let it work on datasets, in this order."""
        for name in datasets:
            self.begin(_DATASET, name)

    def begin_database(self) -> None:
        """Let it begin a DuckDB file, as far as that needs no rows, which is most of the work."""
        self.begin(_EMPTY_DATABASE)

    def begin(self, kind: str, name: str = "") -> None:
        """Let it do a task after all others."""
        self._waiting.append((kind, name))
        with suppress(OSError):
            # Where it has ended, the first step that waits for it finds that out.
            self._mine.send((kind, name))

    def pulled(self, dataset: str) -> tuple[Pulled, Exception | None] | None:
        """What came of a dataset, once its outcome is staged; None where the caller has to do it all."""
        came = self.came(_DATASET, dataset)
        if isinstance(came, ProcessEndedError):
            return Pulled(), came
        return (came, None) if came else None

    def came(self, kind: str, name: str = "") -> Any:
        """What came of a task; None where nothing did, and the error where the process ended in it."""
        while self._waiting and (kind, name) not in self._came:
            task, idle = self._waiting.pop(0), ""
            try:
                idle = self._idle_until_it_answers()
                self._came[task] = self._mine.recv()
            except (EOFError, OSError):
                self._waiting.clear()
                self._came[task] = ProcessEndedError(idle or self._how_it_ended())
        return self._came.pop((kind, name), None)

    def _idle_until_it_answers(self) -> str:
        """Wait for an answer or the end of the process; where it did nothing for too long, end it and say so."""
        if child_process.answers(self._mine.poll, lambda: [self._process.pid or 0]):
            return ""
        self._process.kill()
        self._process.join()
        seconds = child_process.IDLE_SPANS * child_process.SPAN_SECONDS
        return f"the process that worked on it did nothing for {seconds:g} seconds and was ended"

    def _how_it_ended(self) -> str:
        self._process.join()
        status = self._process.exitcode or 0
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return f"the process that worked on it ended ({how})"

    def end(self) -> None:
        """End it, whatever it does."""
        self._mine.close()
        self._process.kill()
        self._process.join()


@contextmanager
def second_process(data_dir: DataDirectory, wanted: bool) -> Iterator[SecondProcess | None]:
    """The second process of this data directory; None where there is none. The lock is held, which it shares."""
    if not (wanted and POSSIBLE):
        yield None
        return
    try:
        process = SecondProcess(data_dir)
    except OSError:
        # The limit of processes or of memory is reached.
        yield None
        return
    _running[data_dir.root] = process
    try:
        yield process
    finally:
        del _running[data_dir.root]
        process.end()
        shutil.rmtree(_workplace(data_dir), ignore_errors=True)


def pulled(dataset: Dataset, data_dir: DataDirectory) -> tuple[Pulled, Exception | None] | None:
    """What came of a dataset where the second process has its outcome staged; None where nobody worked on it yet."""
    process = _running.get(data_dir.root)
    return process.pulled(dataset.id) if process else None


def begin_requirement_tables(data_dir: DataDirectory) -> None:
    """Let it make coverage and scorecard of the staged tables."""
    _begin(data_dir, _REQUIREMENTS)


def requirement_tables(data_dir: DataDirectory) -> Mapping[str, pa.Table]:
    """Coverage and scorecard of the tables that are staged now; none where the caller has to make them."""
    process, tables = _running.get(data_dir.root), StagedTables(data_dir)
    came = process.came(_REQUIREMENTS) if process else None
    if not isinstance(came, tuple) or any(
        tables.sha256(name) != made_of for name, made_of in came[0].items()
    ):
        return {}
    return {name: read_table(_made_beside(data_dir, name)) for name in came[1]}


def fill_table(data_dir: DataDirectory, name: str) -> None:
    """Let it put a staged table into the file before all tables are there."""
    _begin(data_dir, _TABLE, name)


def fill_database(data_dir: DataDirectory) -> None:
    """Let it put the staged tables into the file that it began, as far as they are not there, and end it.

    Where it began none, since the last release is carried over, it amends the file of that.
    """
    _begin(data_dir, _DATABASE)


def put_database(data_dir: DataDirectory, path: Path) -> bool:
    """Put the DuckDB file of the tables that are staged now in its place; False where the caller has to write it."""
    process, tables = _running.get(data_dir.root), StagedTables(data_dir)
    came = process.came(_DATABASE) if process else None
    if not isinstance(came, dict) or any(tables.sha256(name) != checksum for name, checksum in came.items()):
        return False
    shutil.move(_workplace(data_dir) / DATABASE, path)
    return True


def _begin(data_dir: DataDirectory, kind: str, name: str = "") -> None:
    process = _running.get(data_dir.root)
    if process:
        process.begin(kind, name)


def _workplace(data_dir: DataDirectory) -> Path:
    """Where the DuckDB file is written, with what DuckDB writes beside it, and the tables."""
    return data_dir.staging / "database"


def _made_beside(data_dir: DataDirectory, name: str) -> Path:
    return _workplace(data_dir) / f"{name}.parquet"


def _work(connection: Connection, not_mine: Connection, data_dir: DataDirectory) -> None:
    """In the second process: each task that it is given, until it is ended."""
    not_mine.close()
    # A thread of the first process that shows progress may have held the locks of its streams.
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", closefd=False) for stream in (1, 2))
    end_with_parent()
    # Ctrl+C reaches both; the first one ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks = _Tasks(data_dir)
    # The first one ended, or has nothing to do.
    with suppress(EOFError, OSError):
        while True:
            kind, name = connection.recv()
            try:
                came = tasks.do(kind, name)
            except Exception:
                # The first one tries it itself and has the same exception. Without memory, even an exception of a
                # dataset cannot become its finding.
                came = None
            connection.send(came)


class _Tasks:
    """In the second process: what it does, by the kind of the task."""

    def __init__(self, data_dir: DataDirectory) -> None:
        self._data_dir = data_dir
        self._file = ExitStack()
        self._insert: Callable[[Mapping[str, Rows]], None] | None = None
        # Checksums of the tables that are in the file.
        self._inserted: dict[str, str] = {}

    def do(self, kind: str, name: str) -> Any:
        """One task."""
        if kind == _DATASET:
            return self._staged(name)
        if kind == _TABLE:
            return self._put([name])
        return {
            _EMPTY_DATABASE: self._empty_database,
            _REQUIREMENTS: self._requirement_tables,
            _DATABASE: self._database,
        }[kind]()

    def _staged(self, name: str) -> Pulled | None:
        """What came of a dataset; None where its outcome is not staged, which the first process then finds out."""
        declared = declarations()
        dataset = declared.datasets[name]
        isolated.start()
        pulled, broken = pull_dataset(dataset, self._data_dir, None)
        if broken is not None:
            return None
        stopped = observe_dataset(declared, dataset, self._data_dir, None).stopped
        # Arrow keeps what a large table needed, for another one; the first process needs it now.
        pa.default_memory_pool().release_unused()
        return None if stopped else pulled

    def _requirement_tables(self) -> tuple[dict[str, str], list[str]]:
        """The checksums of what the tables are made of, and their names; they are written beside the file.

        Where the last release may be carried over, the revisions say what differs from it.
        """
        tables, release = StagedTables(self._data_dir), self._data_dir.last_release(declarations().contract)
        made_of = (*MADE_OF, "revisions") if carried_over.may_carry(release) else MADE_OF
        checksums = {name: tables.sha256(name) for name in made_of}
        limit_memory(duckdb.default_connection())
        observations, sources = (tables.rows(name) for name in MADE_OF)
        differing = (
            carried_over.touched(release, observations, tables.rows("revisions"), sources)
            if carried_over.may_carry(release)
            else None
        )
        made = RequirementTables(declarations(), observations, sources, differing)
        found = {"coverage": made.coverage(), "scorecard": made.scorecard()}
        _workplace(self._data_dir).mkdir(parents=True, exist_ok=True)
        for name, rows in found.items():
            write_table(rows, _made_beside(self._data_dir, name))
        return checksums, list(found)

    def _empty_database(self) -> None:
        """Begin the file."""
        folder = _workplace(self._data_dir)
        # Also the log of a file that a killed refresh was writing.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        begun = new_database(declarations().contract, folder / DATABASE)
        self._inserted = {}
        self._insert = self._file.enter_context(begun)

    def _put(self, names: Collection[str]) -> None:
        """Put tables into the file, if one was begun."""
        tables = StagedTables(self._data_dir)
        if self._insert is not None:
            self._inserted |= {name: tables.sha256(name) for name in names}
            self._insert({name: tables.scan(name) for name in names})

    def _database(self) -> dict[str, str] | None:
        """The file of all tables: that which was begun, or that of the last release amended.

        Gives their checksums; None where it was not begun and the last one cannot be amended.
        """
        names = declarations().contract.tables
        if self._insert is None:
            return self._amended(names)
        with self._file:
            self._put([name for name in names if name not in self._inserted])
        self._insert = None
        return self._inserted

    def _amended(self, names: Collection[str]) -> dict[str, str] | None:
        contract, tables = declarations().contract, StagedTables(self._data_dir)
        checksums = {name: tables.sha256(name) for name in names}
        differing = carried_over.differing(self._data_dir.last_release(contract), tables)
        if differing is None:
            return None
        folder = _workplace(self._data_dir)
        folder.mkdir(parents=True, exist_ok=True)
        scanned = {name: tables.scan(name) for name in names}
        return checksums if amend_database(contract, folder / DATABASE, scanned, differing) else None
