"""Showing a release: links, copies without links, times of releases."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.declarations import Declarations
from pipelines.release import publish
from transforms.derive.codebook import make

NOW = dt.datetime(2026, 11, 25, 3, 15)


@pytest.mark.parametrize(
    ("last", "at", "expected"),
    [
        ("", NOW, NOW),
        ("20261124T000000Z", NOW, NOW),
        ("20261125T031500Z", NOW, NOW + dt.timedelta(seconds=1)),
        ("20280101T000000Z", NOW, dt.datetime(2028, 1, 1, 0, 0, 1)),
    ],
    ids=["first", "after", "same second", "clock behind"],
)
def test_releases_come_one_after_the_other(last: str, at: dt.datetime, expected: dt.datetime) -> None:
    assert publish.free_moment(last, at) == expected


@pytest.fixture
def folder_of(declared: Declarations, tmp_path: Path) -> Callable[[str], Path]:
    def write(name: str) -> Path:
        folder = tmp_path / "releases" / name
        (folder / "releases").mkdir(parents=True)
        row = {
            "release": name, "published_at": NOW, "contract_version": "1", "rows": 1, "added": 1, "revised": 0,
            "withdrawn": 0, "content_hash": "0" * 64,
        }  # fmt: skip
        pq.write_table(make(declared.contract, "releases", [row]), folder / "releases" / "releases.parquet")
        (folder / publish.DATABASE).write_text(name)
        return folder

    return write


def test_one_link_shows_the_release_and_its_database(
    folder_of: Callable[[str], Path], tmp_path: Path
) -> None:
    first, second = folder_of("20261125T000000Z"), folder_of("20261126T000000Z")
    assert len(publish.show(tmp_path, first)) == 2
    assert (tmp_path / "latest").resolve() == first and first.name in (tmp_path / "feed.atom").read_text()
    assert publish.show(tmp_path, first) == [], "nothing to mend"
    assert publish.show(tmp_path, second) == [f"latest now points to {second.name}."]
    assert (tmp_path / publish.DATABASE).read_text() == second.name


def test_what_a_copy_without_links_left_is_moved_away_and_not_deleted(
    folder_of: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = folder_of("20261125T000000Z")
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "mine").write_text("kept")
    (tmp_path / publish.DATABASE).write_text("an old copy")
    mended = publish.show(tmp_path, folder)
    assert len(mended) == 4 and any("was no link" in sentence for sentence in mended)
    assert (tmp_path / f"latest.before-{folder.name}" / "mine").read_text() == "kept"
    assert (tmp_path / f"{publish.DATABASE}.before-{folder.name}").read_text() == "an old copy"
    assert (tmp_path / publish.DATABASE).read_text() == folder.name


def test_a_missing_feed_is_written_again(folder_of: Callable[[str], Path], tmp_path: Path) -> None:
    folder = folder_of("20261125T000000Z")
    publish.show(tmp_path, folder)
    (tmp_path / "feed.atom").unlink()
    assert publish.show(tmp_path, folder) == [] and (tmp_path / "feed.atom").is_file()
