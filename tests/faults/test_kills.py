"""A refresh that is killed at any moment loses nothing: the next one ends as if nothing had been.

What is killed is a whole process group, as by ``kill -9`` or a lost machine. The moments are drawn from the work of the
process (its processor time), so that a busy machine kills at the same places as an idle one; where they fell is
printed. ``DVSTATS_KILLS`` says how many: a fifth of them are kills of whole refreshes, the others of publications,
which are the last part of a refresh and a tenth of its work. Each kind is two tests, for two processes side by side.
"""

import datetime as dt
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data_contracts.errors import TROUBLED
from pipelines.release.manifest import release_name, release_names, verify
from tests.faults.conftest import FIRST, shown
from tests.faults.small_refresh import WITHDRAWN, Refreshes, Running

pytestmark = pytest.mark.faults
KILLS = int(os.environ.get("DVSTATS_KILLS", "200"))
# Of the moments; each has its share of the kills.
SEEDS = (7, 8)
KILLED_REFRESHES = KILLS // 5 // len(SEEDS)
KILLED_PUBLICATIONS = KILLS // len(SEEDS) - KILLED_REFRESHES


def ended(running: Running) -> bool:
    """Whether a process that nobody waited for yet has ended."""
    return Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def work(running: Running, most: float = float("inf")) -> float:
    """Processor seconds of a process when it ended, or when it worked for ``most`` of them."""
    worked = 0.0
    while worked < most and not ended(running):
        worked = running.processor_seconds
        time.sleep(0.002)
    return worked


def killed(running: Running, at: float) -> None:
    work(running, at)
    os.killpg(running.pid, signal.SIGKILL)


def where(data: Path, before: str, names: set[str]) -> str:
    """What a killed process had done: nothing of a release, a part of it, all of it, or shown it."""
    if (data / "latest").resolve().name != before:
        return "after the release was shown"
    if set(release_names(data)) - names:
        return "between release and link"
    return "while it was written" if list((data / "releases").glob(".*.tmp")) else "before it"


def history(data: Path) -> int:
    """Rows of the history of the release that is shown, which never become fewer; it is whole."""
    folder = (data / "latest").resolve()
    assert verify(folder) == []
    return int(pq.read_metadata(folder / "observation_history" / "observation_history.parquet").num_rows)


def values(data: Path) -> dict[str, float | None]:
    """What is published: value by key."""
    table = pq.read_table(data / "latest" / "observations" / "observations.parquet")
    return dict(zip(table["obs_key"].to_pylist(), table["obs_value"].to_pylist(), strict=True))


def declares_all(data: Path) -> bool:
    """Whether the release that is shown has the dataset that every other refresh withdraws."""
    return bool(
        pq.read_table(
            data / "latest" / "datasets" / "datasets.parquet", filters=[("dataset_id", "=", WITHDRAWN)]
        )
    )


def kill_often(
    data: Path, moments: Sequence[float], start: Callable[[int], Running], end: Callable[[Running], object]
) -> Counter[str]:
    """Kill what ``start`` begins after so much work of it each; after each kill what readers see is whole."""
    places = Counter[str]()
    for number, moment in enumerate(moments, 1):
        before, names = (data / "latest").resolve().name, set(release_names(data))
        running = start(number)
        killed(running, moment)
        end(running)
        places[where(data, before, names)] += 1
        assert verify((data / "latest").resolve()) == [], number
        new = set(release_names(data)) - names
        assert names <= set(release_names(data)) and all(
            verify(data / "releases" / name) == [] for name in new
        ), number
    return places


def moments(seed: int, count: int, length: float) -> list[float]:
    """So many moments of something that works for ``length``, in its processor seconds."""
    chance = random.Random(seed)
    return [chance.uniform(0, length) for _ in range(count)]


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_refreshes_lose_nothing(refreshes: Refreshes, tmp_path: Path, seed: int) -> None:
    data, rows = tmp_path / "data", [0]
    assert refreshes.run(data, 0).status == 0
    whole = values(data)
    first = refreshes.start(data, 1)
    length = work(first)
    done = refreshes.end(first)
    assert done.status == TROUBLED and "no longer declared" in done.printed, done.printed

    def start(number: int) -> Running:
        """One that has something to publish: what the release shown does not say."""
        now = history(data)
        assert now >= rows[0]
        rows[0] = now
        return refreshes.start(data, 2 * number + declares_all(data))

    count = KILLED_REFRESHES
    places = kill_often(data, moments(seed, count, length), start, refreshes.end)
    print(f"{count} kills of refreshes within {length:.1f} processor seconds: {dict(places)}")
    done = refreshes.run(data, 2 * count + 2)
    assert done.status == 0, done.printed
    assert history(data) >= rows[0] and values(data) == whole and not list((data / "releases").glob(".*"))


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_publications_lose_nothing(refreshes: Refreshes, data: Path, staged: Path, seed: int) -> None:
    def start(number: int) -> Running:
        return refreshes.start_publication(data, staged, FIRST + (number + 1) * dt.timedelta(days=1))

    first = start(0)
    length = work(first)
    assert refreshes.end(first).status == 0
    count = KILLED_PUBLICATIONS
    places = kill_often(data, moments(seed, count, length), start, refreshes.end)
    print(f"{count} kills of publications within {length:.2f} processor seconds: {dict(places)}")
    last = start(count + 1)
    assert refreshes.end(last).status == 0
    assert shown(data) == release_name(FIRST + (count + 2) * dt.timedelta(days=1))
    assert not list((data / "releases").glob(".*"))


@pytest.mark.parametrize("count", [2, 3])
def test_of_refreshes_at_once_one_does_all_and_the_others_say_so(
    refreshes: Refreshes, tmp_path: Path, count: int
) -> None:
    running = [refreshes.start(tmp_path, 0) for _ in range(count)]
    done = sorted(refreshes.end(one) for one in running)
    assert [one.status for one in done] == [0, *[1] * (count - 1)] and history(tmp_path) > 0
    assert all("Another refresh" in one.printed for one in done[1:]), done[1:]
