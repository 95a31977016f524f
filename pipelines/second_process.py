"""A second process that reads, normalizes and judges datasets while the first imports Dagster and runs the steps.

It is a fork of the first, made before that has threads, so nothing is loaded twice. It works on one dataset after the
other, in the order of the steps, and what comes of each goes the way of every outcome, through the staging area. The
step of a dataset waits until it is staged, and finds it there as it would an outcome of an earlier run::

    first process    plan, import Dagster, build the graph | step kg_victims | step kz_1m …
    second process   kg_victims, kz_1m, …  -> staging/datasets/

A dataset's trouble stays that dataset's. What could not be staged the first process tries itself, and has the same
exception as a finding. Where the second process is killed or crashes, the dataset that it worked on gets that as its
finding, and the first process works on the others itself.

Linux only; elsewhere, on one processor, and where the system has no place for one process more, all work is done in the
steps. Not here: what is done with a dataset
(``pipelines.process_dataset``). ``pipelines.refresh`` starts and ends the process, ``pipelines.assets.datasets`` waits
for its outcomes.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from pipelines.child_process import end_with_parent
from pipelines.data_directory import DataDirectory
from pipelines.declarations import declarations
from pipelines.process_dataset import observe_dataset, pull_dataset
from sources import isolated
from sources.cells import SourceError
from sources.dataset import Dataset
from sources.pull import Pulled

POSSIBLE = sys.platform == "linux"
_running: dict[Path, "SecondProcess"] = {}


class ProcessEndedError(SourceError):
    """The second process ended while it worked on a dataset."""


class SecondProcess:
    """The process as the first one sees it."""

    def __init__(self, data_dir: DataDirectory) -> None:
        """Fork; it waits for :meth:`begin`."""
        context = multiprocessing.get_context("fork")
        self._mine, its = context.Pipe()
        self._process = context.Process(target=_work, args=(its, self._mine, data_dir), daemon=True)
        self._process.start()
        its.close()
        self._waiting: list[str] = []
        self._done: dict[str, tuple[Pulled, Exception | None] | None] = {}

    def begin(self, datasets: Sequence[str]) -> None:
        """Let it work on datasets, in this order."""
        self._waiting = list(datasets)
        with suppress(OSError):
            # Where it has ended, the first step that waits for it finds that out.
            self._mine.send(self._waiting)

    def pulled(self, dataset: str) -> tuple[Pulled, Exception | None] | None:
        """What came of a dataset, once its outcome is staged; None where the caller has to do it all."""
        while self._waiting and dataset not in self._done:
            name = self._waiting.pop(0)
            try:
                came = self._mine.recv()
            except (EOFError, OSError):
                self._waiting.clear()
                self._done[name] = Pulled(), ProcessEndedError(self._how_it_ended())
            else:
                self._done[name] = (came, None) if came else None
        return self._done.pop(dataset, None)

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


def pulled(dataset: Dataset, data_dir: DataDirectory) -> tuple[Pulled, Exception | None] | None:
    """What came of a dataset where the second process has its outcome staged; None where nobody worked on it yet."""
    process = _running.get(data_dir.root)
    return process.pulled(dataset.id) if process else None


def _work(connection: Connection, not_mine: Connection, data_dir: DataDirectory) -> None:
    """In the second process: each dataset that it is given, until it is ended."""
    not_mine.close()
    # A thread of the first process that shows progress may have held the locks of its streams.
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", closefd=False) for stream in (1, 2))
    end_with_parent()
    # Ctrl+C reaches both; the first one ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The first one ended, or has nothing to do.
    with suppress(EOFError, OSError):
        names = connection.recv()
        isolated.start()
        for name in names:
            connection.send(_staged(name, data_dir))


def _staged(name: str, data_dir: DataDirectory) -> Pulled | None:
    """What came of a dataset; None where its outcome is not staged, which the first process then finds out."""
    declared = declarations()
    dataset = declared.datasets[name]
    try:
        pulled, broken = pull_dataset(dataset, data_dir, None)
        if broken is not None:
            return None
        return None if observe_dataset(declared, dataset, data_dir, None).stopped else pulled
    except Exception:
        # Without memory, even an exception of the dataset cannot become its finding.
        return None
