"""A refresh that is killed at any moment loses nothing: the next one ends as if nothing had been.

``DVSTATS_KILLS`` says how often (30). What is killed is a whole process group, as by ``kill -9`` or a lost machine; the
moments are drawn from the length of a whole refresh.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.release.last import release_names
from pipelines.release.manifest import verify

SMALL = Path(__file__).with_name("small_refresh.py")
pytestmark = pytest.mark.faults


def started(data: Path, turn: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, str(SMALL), str(data), str(turn)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def history(data: Path) -> int:
    """Rows of the history of the release that is shown, which never become fewer; it is whole."""
    folder = (data / "latest").resolve()
    assert verify(folder) == []
    return int(pq.read_metadata(folder / "observation_history" / "observation_history.parquet").num_rows)


def test_random_kills_lose_nothing(tmp_path: Path) -> None:
    begun = time.monotonic()
    assert started(tmp_path, 0).wait() == 0
    length = time.monotonic() - begun
    chance, rows, published = random.Random(7), history(tmp_path), set(release_names(tmp_path))
    for turn in range(1, 1 + int(os.environ.get("DVSTATS_KILLS", "30"))):
        process = started(tmp_path, turn)
        time.sleep(chance.uniform(0, length))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert history(tmp_path) >= rows, f"turn {turn}"
        rows = history(tmp_path)
        names = set(release_names(tmp_path))
        assert published <= names and all(
            verify(tmp_path / "releases" / name) == [] for name in names - published
        )
        published = names
    print(f"{turn} kills within {length:.0f} seconds, {len(published)} releases, {rows} rows of history")
    last = 2 * turn + 2
    assert started(tmp_path, last).wait() == 0
    assert history(tmp_path) >= rows and not list((tmp_path / "releases").glob(".*"))


def test_of_two_refreshes_at_once_one_does_all_and_one_says_so(tmp_path: Path) -> None:
    processes = [started(tmp_path, 0) for _ in range(3)]
    ended = sorted(process.wait() for process in processes)
    assert ended == [0, 1, 1] and history(tmp_path) > 0
