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
import threading
from pathlib import Path
from typing import Any

import pytest

from pipelines.published.query import query
from pipelines.release import publish
from pipelines.release.manifest import verify
from tests.faults.conftest import FIRST, Publish, shown

DAY = dt.timedelta(days=1)
EVENTS = frozenset(
    (
        "open", "os.rename", "os.mkdir", "os.symlink", "os.remove", "os.rmdir", "os.listdir", "os.scandir", "os.chmod",
        "shutil.copyfile", "shutil.rmtree", "os.fsync",
    )
)  # fmt: skip
# Of so many calls one is in every run of the tests.
SLICE = 90


class Killed(BaseException):
    """As a kill at this call, except that ``finally`` still runs."""


class Faults:
    """Counts the calls below a folder; at the one with the number ``at`` it raises."""

    def __init__(self) -> None:
        self.root, self.count, self.at, self.raised = "", 0, 0, OSError()

    def arm(self, root: Path, at: int, raised: BaseException) -> None:
        self.root, self.count, self.at, self.raised = str(root), 0, at, raised  # type: ignore[assignment]

    def disarm(self) -> int:
        self.root = ""
        return self.count

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.root or event not in EVENTS:
            return
        if event != "os.fsync" and not any(self.root in str(argument) for argument in arguments[:2]):
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
def quick_database(first_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the first release for all: what is in it does not matter here, and writing it takes a second."""
    database = (first_release / publish.DATABASE).resolve()
    monkeypatch.setattr(
        publish, "write_database", lambda contract, path, tables: shutil.copyfile(database, path)
    )


def calls(publish_release: Publish, data: Path) -> int:
    FAULTS.arm(data, 0, OSError())
    publish_release(data, FIRST + DAY)
    return FAULTS.disarm()


def check_every(
    publish_release: Publish, first: Path, folder: Path, step: int, raised: BaseException
) -> None:
    total = calls(publish_release, Path(shutil.copytree(first, folder / "counted", symlinks=True)))
    assert total > 150
    for at in range(1 + step // 2, total + 1, step):
        data = Path(shutil.copytree(first, folder / f"at{at}", symlinks=True))
        before = shown(data)
        FAULTS.arm(data, at, raised)
        # What only tidies up may fail without stopping the publication.
        with contextlib.suppress(type(raised)):
            publish_release(data, FIRST + DAY)
        assert FAULTS.disarm() == at
        assert shown(data) in (before, "20261126T031500Z"), at
        # What was left is taken up or removed, and the next one is published as if nothing had been.
        names = sorted(path.name for path in (data / "releases").iterdir() if not path.name.startswith("."))
        assert all(verify(data / "releases" / name) == [] for name in names), (at, names)
        later = publish_release(data, FIRST + 2 * DAY)
        assert shown(data) == later and not list((data / "releases").glob(".*")), at
        shutil.rmtree(data)
    print(f"{len(range(1 + step // 2, total + 1, step))} of {total} calls, {raised!r}")


@pytest.mark.usefixtures("quick_database")
@pytest.mark.parametrize(
    "raised", [Killed(), OSError(28, "No space left on device")], ids=["kill", "full disk"]
)
def test_a_fault_at_some_calls(
    publish_release: Publish, first_release: Path, tmp_path: Path, raised: BaseException
) -> None:
    check_every(publish_release, first_release, tmp_path, SLICE, raised)


@pytest.mark.faults
@pytest.mark.usefixtures("quick_database")
@pytest.mark.parametrize(
    "raised", [Killed(), OSError(28, "No space left on device")], ids=["kill", "full disk"]
)
def test_a_fault_at_every_call(
    publish_release: Publish, first_release: Path, tmp_path: Path, raised: BaseException
) -> None:
    check_every(
        publish_release, first_release, tmp_path, int(os.environ.get("DVSTATS_FAULTS_EVERY", "1")), raised
    )


@pytest.mark.parametrize(("publications", "readers"), [
    (1, 3),
    pytest.param(20, 50, marks=pytest.mark.faults),
])  # fmt: skip
def test_readers_see_one_whole_release_during_publications(
    publish_release: Publish, data: Path, publications: int, readers: int
) -> None:
    published, wrong, seen = {shown(data)}, [], []
    ended = threading.Event()

    def read() -> None:
        # A pause: readers in one process with the publication take its time.
        while not ended.wait(0.02 * readers):
            try:
                (row,) = query(data, "SELECT release FROM releases").to_pylist()
                seen.append(row["release"])
            except Exception as error:
                wrong.append(repr(error))

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    try:
        for number in range(publications):
            published.add(publish_release(data, FIRST + (number + 1) * DAY))
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not wrong, wrong[:3]
    assert len(seen) >= readers and set(seen) <= published
    print(f"{readers} readers, {publications} publications, {len(seen)} answers")


@pytest.mark.parametrize("days", [-3650, -1, 0, 1, 3650])
@pytest.mark.usefixtures("quick_database")
def test_a_clock_that_moves_never_hides_a_release(publish_release: Publish, data: Path, days: int) -> None:
    at = publish.free_moment(shown(data), FIRST + days * DAY)
    name = publish_release(data, at)
    assert shown(data) == name == max(path.name for path in (data / "releases").iterdir())
