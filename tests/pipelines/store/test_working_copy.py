"""What is fetched of a store: whole releases, checked; the pointer alone decides which."""

from pathlib import Path

import pytest

from data_contracts.errors import NothingThereError
from pipelines.data_directory import DataDirectory
from pipelines.store.client import Store, StoreError
from pipelines.store.publication import publish_to
from pipelines.store.session import release_as_stored, working_folder
from pipelines.store.working_copy import MARKER, WorkingCopy, inside
from tests.pipelines.store.conftest import ADDRESS, MakeRelease
from tests.servers import Bucket

FIRST, SECOND = "20261125T031500Z", "20261126T031500Z"


@pytest.fixture
def copy(store: Store, make_release: MakeRelease) -> WorkingCopy:
    publish_to(store, make_release(FIRST), "")
    publish_to(store, make_release(SECOND), FIRST)
    return WorkingCopy.at(ADDRESS)


def test_the_latest_is_fetched_and_shown_and_others_by_name(copy: WorkingCopy) -> None:
    with working_folder(ADDRESS, "release", [FIRST]) as folder:
        assert folder == copy.root and (folder / "latest").resolve().name == SECOND
        assert {path.name for path in (folder / "releases").iterdir()} == {FIRST, SECOND}


def test_only_this_user_can_enter_it(copy: WorkingCopy) -> None:
    assert copy.root.stat().st_mode & 0o777 == 0o700


def test_what_is_here_is_not_fetched_again(copy: WorkingCopy, bucket: Bucket) -> None:
    copy.pull_release()
    asked: list[str] = []
    bucket.before = lambda method, key: asked.append(key)
    copy.pull_release()
    assert asked == ["bucket/office/latest.json"]


def test_a_release_that_is_not_shown_is_not_there(copy: WorkingCopy) -> None:
    copy.store.create("releases/20261127T000000Z/manifest.json", b"{}")
    with pytest.raises(NothingThereError, match=f"Releases there: {FIRST}, {SECOND}"):
        copy.pull_release("20261127T000000Z")


@pytest.mark.parametrize("file", ["releases/releases.parquet", "manifest.json"])
def test_a_damaged_release_is_refused_and_leaves_nothing(
    copy: WorkingCopy, bucket: Bucket, file: str
) -> None:
    bucket.objects[f"bucket/office/releases/{SECOND}/{file}"] += b" "
    with pytest.raises(StoreError, match=f"releases/{SECOND}"):
        copy.pull_release()
    assert not (copy.root / "releases").exists() and not list(copy.root.glob("*.pulled"))


def test_verify_looks_at_the_store_and_not_at_the_copy(copy: WorkingCopy, bucket: Bucket) -> None:
    from pipelines.release.manifest import verify

    copy.pull_release()
    bucket.objects[f"bucket/office/releases/{SECOND}/dvstats.duckdb"] = b"changed"
    with release_as_stored(copy.root, None) as folder:
        assert [problem.split(" does")[0] for problem in verify(folder)] == ["dvstats.duckdb"]


def test_an_upload_that_was_not_shown_is_no_base(copy: WorkingCopy, make_release: MakeRelease) -> None:
    """A kill after building leaves the folder where no release is looked for; the next run removes it."""
    data = DataDirectory(ADDRESS)
    with data.locked():
        left = data.workshop / "releases" / "20261127T000000Z"
        left.parent.mkdir(parents=True)
        make_release(left.name).rename(left)
    with data.locked():
        assert not left.exists()
        assert sorted(path.name for path in (data.root / "releases").iterdir()) == [SECOND]


def test_a_folder_is_no_working_copy(tmp_path: Path) -> None:
    assert WorkingCopy.of(tmp_path) is None and DataDirectory(tmp_path).copy is None
    for damaged in ("[]", "{}", "[" * 99_999):
        (tmp_path / MARKER).write_text(damaged)
        with pytest.raises(StoreError, match="cannot be read .* it is fetched anew"):
            WorkingCopy.of(tmp_path)


@pytest.mark.parametrize("key", ["", "../x", "a/../../x", "/etc/x", "a//b", "a\\..\\b", "."])
def test_no_key_leads_out_of_the_folder(key: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no name of a file"):
        inside(tmp_path, key)
