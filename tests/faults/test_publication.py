"""A publication that fails or is killed at any call of the file system shows the old release or the new one, whole.

The calls are seen by an audit hook of Python (files opened, names made, moved and removed) and by ``os.fsync``. What
is written by DuckDB and Arrow themselves is not seen there; a disk of too few bytes stops it (``test_small_disk``). A
slice of the calls is in every run of the tests, all of them in ``make test-faults``.
"""

import contextlib
import datetime as dt
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.published.query import query
from pipelines.release import publish
from pipelines.release.manifest import verify
from tests.faults.conftest import FIRST, Publish, shown
from tests.faults.readers import PAUSE_SECONDS, Readers

DAY = dt.timedelta(days=1)
EVENTS = frozenset(
    (
        "open", "os.rename", "os.mkdir", "os.symlink", "os.remove", "os.rmdir", "os.listdir", "os.scandir", "os.chmod",
        "shutil.copyfile", "shutil.rmtree", "os.fsync",
    )
)  # fmt: skip
# While readers read.
KEPT_RELEASES = 20
# Of so many calls one is in every run of the tests.
SLICE = 90
# All calls in so many tests, which two processes share.
PARTS = 6
MEMORY = Path("/dev/shm")


class Killed(BaseException):
    """As a kill at this call, except that ``finally`` still runs."""


FAULT: tuple[BaseException, ...] = (Killed(), OSError(28, "No space left on device"))


class Faults:
    """Counts the calls below a folder; at the one with the number ``at`` it raises."""

    def __init__(self) -> None:
        self.root, self.count, self.at, self.raised = "", 0, 0, OSError()
        # Files are pushed to the disk by several threads.
        self.guard = threading.Lock()

    def arm(self, root: Path, at: int, raised: BaseException) -> None:
        self.root, self.count, self.at, self.raised = str(root), 0, at, raised

    def disarm(self) -> int:
        self.root = ""
        return self.count

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.root or event not in EVENTS:
            return
        if event != "os.fsync" and not any(self.root in str(argument) for argument in arguments[:2]):
            return
        with self.guard:
            if not self.root:
                return
            self.count += 1
            if self.count == self.at:
                self.root = ""
                raise self.raised


FAULTS = Faults()
sys.addaudithook(FAULTS.see)


@pytest.fixture(autouse=True)
def seen_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """``os.fsync`` has no event of its own."""
    real = os.fsync

    def fsync(handle: int) -> None:
        sys.audit("os.fsync", handle)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.fixture
def quick_files(first_release: Path, staged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long to make or to read before it is written: what is in the files does not matter here."""
    database, real = (first_release / publish.DATABASE).resolve(), pq.read_table
    tables = {path: real(path) for path in staged.glob("*.parquet")}
    monkeypatch.setattr(pq, "read_table", lambda path: tables[path] if path in tables else real(path))
    monkeypatch.setattr(
        publish, "write_database", lambda contract, path, tables: shutil.copyfile(database, path)
    )
    monkeypatch.setattr(publish.notes, "release_notes", lambda contract, tables, release, lang: release)
    monkeypatch.setattr(publish.datapackage, "data_package", lambda *_: {})


@pytest.fixture
def quick_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one, which is as good for calls that fail by themselves."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as folder:
        yield Path(folder)


def calls(publish_release: Publish, data: Path) -> int:
    FAULTS.arm(data, 0, OSError())
    publish_release(data, FIRST + DAY)
    return FAULTS.disarm()


def check_calls(publish_release: Publish, first: Path, folder: Path, begin: int, step: int) -> None:
    """A kill at every ``step``-th call from ``begin`` on, then a full disk at each of them."""
    total = calls(publish_release, Path(shutil.copytree(first, folder / "counted", symlinks=True)))
    assert total > 150
    numbers = range(begin, total + 1, step)
    for at in numbers:
        for raised in FAULT:
            check_call(publish_release, first, folder / f"at{at}", at, raised)
    print(f"{len(numbers)} of {total} calls, from {begin} by {step}, each with a kill and with a full disk")


def check_call(publish_release: Publish, first: Path, folder: Path, at: int, raised: BaseException) -> None:
    """The old release or the new one is shown after a fault at the call, and the next publication is whole."""
    data = Path(shutil.copytree(first, folder, symlinks=True))
    before = (data / "latest").resolve().name
    FAULTS.arm(data, at, raised)
    # What only tidies up may fail without stopping the publication.
    with contextlib.suppress(type(raised)):
        publish_release(data, FIRST + DAY)
    assert FAULTS.disarm() == at
    assert shown(data) in (before, "20261126T031500Z"), (at, raised)
    # What was left is taken up or removed, and the next one is published as if nothing had been.
    names = sorted(path.name for path in (data / "releases").iterdir() if not path.name.startswith("."))
    assert all(verify(data / "releases" / name) == [] for name in names), (at, names)
    later = publish_release(data, FIRST + 2 * DAY)
    assert shown(data) == later and not list((data / "releases").glob(".*")), (at, raised)
    shutil.rmtree(data)


@pytest.mark.slow
@pytest.mark.usefixtures("quick_files")
def test_a_fault_at_some_calls(publish_release: Publish, first_release: Path, quick_disk: Path) -> None:
    check_calls(publish_release, first_release, quick_disk, 1 + SLICE // 2, SLICE)


@pytest.mark.faults
@pytest.mark.usefixtures("quick_files")
@pytest.mark.parametrize("begin", range(1, PARTS + 1))
def test_a_fault_at_every_call(
    publish_release: Publish, first_release: Path, quick_disk: Path, begin: int
) -> None:
    check_calls(publish_release, first_release, quick_disk, begin, PARTS)


def test_readers_see_one_whole_release_during_a_publication(publish_release: Publish, data: Path) -> None:
    published, wrong, seen = {shown(data)}, [], []
    ended = threading.Event()

    def read() -> None:
        while True:
            try:
                (row,) = query(data, "SELECT release FROM releases").to_pylist()
                seen.append(row["release"])
            except Exception as error:
                wrong.append(repr(error))
            # A pause: readers in one process with the publication take its time.
            if ended.wait(0.06):
                return

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        published.add(publish_release(data, FIRST + DAY))
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not wrong, wrong[:3]
    assert len(seen) >= len(threads) and set(seen) <= published


@pytest.mark.faults
def test_fifty_readers_see_whole_releases_for_minutes(publish_release: Publish, data: Path) -> None:
    minutes, published = float(os.environ.get("DVSTATS_READ_MINUTES", "10")), [shown(data)]
    with Readers(data, processes=5, threads=10) as readers:
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until:
            published.append(publish_release(data, FIRST + len(published) * DAY))
            time.sleep(PAUSE_SECONDS)
            # Releases are kept by who publishes; here only the last ones, for the sake of the disk.
            for name in published[:-KEPT_RELEASES][-1:]:
                shutil.rmtree(data / "releases" / name)
    assert not readers.wrong, readers.wrong[:3]
    assert len(readers.answers) >= 50 and set(readers.answers) <= set(published)
    print(
        f"50 readers for {minutes:g} minutes: {len(published) - 1} publications, {len(readers.answers)} answers, "
        f"of {len(set(readers.answers))} releases"
    )


@pytest.mark.parametrize("days", [-3650, -1, 0, 1, 3650])
@pytest.mark.usefixtures("quick_files")
def test_a_clock_that_moves_never_hides_a_release(publish_release: Publish, data: Path, days: int) -> None:
    at = publish.free_moment(shown(data), FIRST + days * DAY)
    name = publish_release(data, at)
    assert shown(data) == name == max(path.name for path in (data / "releases").iterdir())
