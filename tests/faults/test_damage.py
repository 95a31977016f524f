"""Damage to a data directory: each kind is healed by the next refresh, or named with what to do.

A table of (file, damage, what the refresh says, exit status). A few of them are in every run of the tests
(``tests/pipelines/test_isolation.py``); these are refreshes in processes of their own, in ``make test-faults``.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data_contracts.errors import TROUBLED
from pipelines.release.manifest import verify
from tests.faults.small_refresh import Refreshes

pytestmark = pytest.mark.faults


def flipped(path: Path) -> None:
    content = path.read_bytes()
    place = len(content) // 2
    path.chmod(0o644)
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[: len(content) // 2])


def emptied(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"")


def removed(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "mine").write_text("kept")


def a_copy(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)


RESTORE = "Restore it from a copy"
# What the refresh says (empty: nothing about it), and its exit status; 0 means that everything is whole afterwards.
TABLE: list[tuple[str, Callable[[Path], None], str, int]] = [
    ("latest/manifest.json", cut, "manifest.json is damaged", 1),
    ("latest/manifest.json", removed, "manifest.json is damaged", 1),
    ("latest/observation_history/observation_history.parquet", flipped, RESTORE, 1),
    ("latest/observation_history/observation_history.parquet", removed, RESTORE, 1),
    ("latest/releases/releases.parquet", cut, RESTORE, 1),
    ("latest/revisions/revisions.parquet", emptied, RESTORE, 1),
    ("latest/observations/observations.parquet", flipped, "A whole one is made anew", 0),
    ("latest/areas/areas.parquet", flipped, "A whole one is made anew", 0),
    ("latest/datasets/datasets.parquet", removed, "A whole one is made anew", 0),
    ("latest/dvstats.duckdb", flipped, "A whole one is made anew", 0),
    ("latest/CITATION.cff", emptied, "A whole one is made anew", 0),
    ("latest", removed, "latest now points to", 0),
    ("latest", a_folder, "latest was no link and is now latest.before-", 0),
    ("dvstats.duckdb", removed, "dvstats.duckdb now points to the latest release", 0),
    ("dvstats.duckdb", a_copy, "dvstats.duckdb was no link", 0),
    ("feed.atom", cut, "", 0),
    ("releases", removed, "releases/ has no release any more", 3),
    ("staging", removed, "", 0),
    ("staging/tables/observations.parquet", cut, "", 0),
    ("raw/tj_cedaw/fetches.jsonl", cut, "", 0),
    ("dagster/runs.db", cut, "", 0),
]


@pytest.fixture(scope="module")
def published(refreshes: Refreshes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("damage") / "data"
    done = refreshes.run(data, 0)
    assert done.status == 0, done.printed
    return data


def rows(data: Path, table: str) -> int:
    return int(pq.read_metadata(data / "latest" / table / f"{table}.parquet").num_rows)


@pytest.mark.parametrize(
    ("place", "damage", "says", "status"), TABLE, ids=[f"{row[0]} {row[1].__name__}" for row in TABLE]
)
def test_damage_is_healed_or_named(
    refreshes: Refreshes,
    published: Path,
    tmp_path: Path,
    place: str,
    damage: Callable[[Path], None],
    says: str,
    status: int,
) -> None:
    data = Path(shutil.copytree(published, tmp_path / "data", symlinks=True))
    counted = rows(data, "observations"), rows(data, "observation_history")
    damage(data / place)
    done = refreshes.run(data, 0)
    assert done.status == status and "Traceback" not in done.printed, done.printed
    assert says in done.printed, done.printed
    if status == 0:
        assert verify((data / "latest").resolve()) == [] and (data / "dvstats.duckdb").is_file()
        assert (rows(data, "observations"), rows(data, "observation_history")) == counted


def test_a_broken_log_of_runs_stops_no_publication(
    refreshes: Refreshes, published: Path, tmp_path: Path
) -> None:
    """The other databases and kinds of damage are in ``tests/pipelines/test_run_log.py``."""
    data, name = Path(shutil.copytree(published, tmp_path / "data", symlinks=True)), "runs.db"
    (data / "dagster" / name).write_bytes(b"no database" * 1000)
    # An odd turn: a dataset is no longer declared, so there is something to publish.
    done = refreshes.run(data, 1)
    assert done.status == TROUBLED and "The log of runs is broken" in done.printed, done.printed
    assert "Published release" in done.printed and list(data.glob("dagster.broken-*/" + name))


@pytest.mark.parametrize("epoch", ["abc", ""])
def test_a_clock_that_is_none_is_said(
    refreshes: Refreshes, published: Path, epoch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    done = refreshes.run(published, 0)
    if epoch:
        assert done.status == 2 and "is no time in Unix seconds. Unset it" in done.printed
    else:
        assert done.status == 0
