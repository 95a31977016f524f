"""Writing and showing a release: its folder, a crash at any file, links, copies without links, times of releases."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from data_contracts.arrow import write_table
from pipelines.declarations import Declarations
from pipelines.release import publish
from pipelines.release.manifest import read_manifest, verify
from tests.faults.small_publication import list_of_releases, publish_staged, stage_empty_tables

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
        pq.write_table(
            list_of_releases(declared.contract, name, NOW), folder / "releases" / "releases.parquet"
        )
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


@pytest.fixture
def staged(declared: Declarations, tmp_path: Path) -> dict[str, Path]:
    """A file for each table of the contract, without rows but for the list of releases."""
    folder = tmp_path / "staged"
    folder.mkdir()
    stage_empty_tables(declared.contract, folder)
    write_table(list_of_releases(declared.contract, "20261125T031500Z", NOW), folder / "releases.parquet")
    return {name: folder / f"{name}.parquet" for name in declared.contract.tables}


def test_a_release_is_whole_verified_and_shown(
    declared: Declarations, tmp_path: Path, staged: dict[str, Path]
) -> None:
    published = publish_staged(declared.contract, tmp_path, NOW, staged)
    folder = tmp_path / "releases" / "20261125T031500Z"
    assert published == publish.Published(folder.name, True, folder, 0)
    assert verify(folder) == [] and (tmp_path / "latest").resolve() == folder
    manifest = read_manifest(folder)
    assert {entry["name"] for entry in manifest["tables"]} == set(declared.contract.tables)
    assert {path.name for path in folder.iterdir()} == {
        *declared.contract.tables,
        "manifest.json",
        *(entry["path"] for entry in manifest["files"]),
    }
    with duckdb.connect(str(tmp_path / publish.DATABASE), read_only=True) as connection:
        assert connection.execute("SELECT release FROM releases").fetchall() == [(folder.name,)]


@pytest.mark.parametrize("step", ["write_database", "_flush", "sync_folder", "show"])
def test_a_crash_leaves_the_previous_release_shown(
    declared: Declarations,
    tmp_path: Path,
    staged: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    # What is in the database does not matter here.
    monkeypatch.setattr(publish, "write_database", lambda contract, path, tables: path.write_bytes(b"rows"))
    first = publish_staged(declared.contract, tmp_path, NOW, staged)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(publish, step, crash)
        with pytest.raises(KeyboardInterrupt):
            publish_staged(declared.contract, tmp_path, NOW + dt.timedelta(days=1), staged)
    assert (tmp_path / "latest").resolve() == first.folder and verify(first.folder) == []
    later = publish_staged(declared.contract, tmp_path, NOW + dt.timedelta(days=2), staged)
    assert (tmp_path / "latest").resolve() == later.folder
    assert not list((tmp_path / "releases").glob(".*")), "what the crash left is swept away"


def test_all_of_a_release_is_on_the_disk_before_it_has_its_name(
    declared: Declarations, tmp_path: Path, staged: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[Path] = []
    monkeypatch.setattr(publish, "write_database", lambda contract, path, tables: path.write_bytes(b"rows"))
    monkeypatch.setattr(publish, "sync_folder", pushed.append)
    folder = publish_staged(declared.contract, tmp_path, NOW, staged).folder
    *files, releases, root = pushed
    (aside,) = {path.parent for path in files if path.name == "manifest.json"}
    assert {path.relative_to(aside) for path in files} == {
        path.relative_to(folder) for path in (folder, *folder.rglob("*"))
    }
    assert (releases, root) == (folder.parent, tmp_path)
