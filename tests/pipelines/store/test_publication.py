"""Showing a release: one winner, nothing overwritten, what nobody shows is taken up or removed."""

from pathlib import Path

import pytest

from pipelines.store.client import Store, StoreError
from pipelines.store.pointer import KEY, read_pointer, swap_pointer
from pipelines.store.publication import OutrunError, publish_to
from pipelines.store.working_copy import WorkingCopy
from tests.pipelines.store.conftest import ADDRESS, MakeRelease
from tests.servers import Bucket

FIRST, SECOND, THIRD = "20261125T031500Z", "20261125T031501Z", "20261126T031500Z"
ROOT = "bucket/office"


def in_store(bucket: Bucket) -> set[str]:
    """Names of releases of which the store has any object."""
    return {key.split("/")[3] for key in bucket.objects if key.startswith(f"{ROOT}/releases/")}


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def stored(bucket: Bucket, name: str) -> dict[str, bytes]:
    prefix = f"{ROOT}/releases/{name}/"
    return {key.removeprefix(prefix): c for key, c in bucket.objects.items() if key.startswith(prefix)}


def test_the_manifest_is_last_and_the_pointer_after_it(
    store: Store, bucket: Bucket, make_release: MakeRelease
) -> None:
    folder = make_release(FIRST)
    publish_to(store, folder, "")
    assert bucket.puts[-2:] == [f"{ROOT}/releases/{FIRST}/manifest.json", f"{ROOT}/{KEY}"]
    assert stored(bucket, FIRST) == files_of(folder)
    pointer = read_pointer(store)
    assert (pointer.release, pointer.releases) == (FIRST, (FIRST,))


def test_the_second_of_two_publishers_is_refused_and_builds_upon_the_first(
    store: Store, bucket: Bucket, make_release: MakeRelease
) -> None:
    publish_to(store, make_release(FIRST), "")
    loser, winner = make_release(SECOND, "loser"), make_release(THIRD, "winner")

    def meanwhile(method: str, key: str) -> None:
        # The winner is shown between the loser's manifest and its pointer.
        if method == "PUT" and key == f"{ROOT}/releases/{SECOND}/manifest.json":
            bucket.before = lambda *_: None
            publish_to(store, winner, FIRST)

    bucket.before = meanwhile
    with pytest.raises(OutrunError, match=rf"it shows {THIRD}.*Release {SECOND} .*is not shown"):
        publish_to(store, loser, FIRST)
    assert read_pointer(store).releases == (FIRST, THIRD)
    publish_to(store, make_release("20261127T000000Z", "next"), THIRD)
    assert read_pointer(store).releases == (FIRST, THIRD, "20261127T000000Z")
    assert in_store(bucket) == {FIRST, THIRD, "20261127T000000Z"}, "what the loser left is removed"


def test_whoever_was_outrun_before_the_upload_sends_nothing(
    store: Store, bucket: Bucket, make_release: MakeRelease
) -> None:
    publish_to(store, make_release(FIRST), "")
    sent = len(bucket.puts)
    with pytest.raises(OutrunError):
        publish_to(store, make_release(SECOND), "")
    assert len(bucket.puts) == sent


class Killed(BaseException):
    pass


@pytest.mark.parametrize("at", [f"{ROOT}/{KEY}", f"{ROOT}/releases/{SECOND}/manifest.json"])
def test_a_publisher_killed_before_the_pointer_leaves_the_old_release_shown(
    store: Store, bucket: Bucket, make_release: MakeRelease, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_to(store, make_release(FIRST), "")
    before = dict(bucket.objects)

    def put(key: str, *_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if at.endswith(KEY):
            patch.setattr("pipelines.store.publication.swap_pointer", put)
        else:
            real = Store.create
            patch.setattr(
                Store,
                "create",
                lambda self, key, content: put(key) if at.endswith(key) else real(self, key, content),
            )
        with pytest.raises(Killed):
            publish_to(store, make_release(SECOND, "killed"), FIRST)
    assert read_pointer(store).release == FIRST and in_store(bucket) == {FIRST, SECOND}
    publish_to(store, make_release(THIRD, "next"), FIRST)
    assert in_store(bucket) == {FIRST, THIRD}
    assert {k: c for k, c in bucket.objects.items() if f"/{FIRST}/" in k} == {
        k: c for k, c in before.items() if f"/{FIRST}/" in k
    }


def left_behind(store: Store, folder: Path, *, without: str = "") -> None:
    """What a killed publisher uploaded."""
    for name, content in files_of(folder).items():
        if name != without:
            store.create(f"releases/{folder.name}/{name}", content)


def test_the_same_release_left_whole_is_taken_up_as_it_is(
    store: Store, bucket: Bucket, make_release: MakeRelease
) -> None:
    """The DuckDB file differs from one making to the next, its rows do not."""
    theirs = make_release(FIRST, "same", database=b"made by the killed one")
    left_behind(store, theirs)
    publish_to(store, make_release(FIRST, "same", database=b"made again"), "")
    assert stored(bucket, FIRST) == files_of(theirs)
    copy = WorkingCopy.at(ADDRESS)
    assert files_of(copy.pull_release() or Path()) == files_of(theirs)


@pytest.mark.parametrize("without", ["", "manifest.json"])
def test_another_release_left_under_the_same_name_is_removed_first(
    store: Store, bucket: Bucket, make_release: MakeRelease, without: str
) -> None:
    left_behind(store, make_release(FIRST, "another"), without=without)
    mine = make_release(FIRST, "mine")
    publish_to(store, mine, "")
    assert stored(bucket, FIRST) == files_of(mine)


def test_a_name_that_is_taken_from_a_publisher_at_work_cannot_be_shown_by_it(
    store: Store, make_release: MakeRelease
) -> None:
    at_work = read_pointer(store)
    left_behind(store, make_release(FIRST, "at work"))
    publish_to(store, make_release(FIRST, "faster"), "")
    assert swap_pointer(store, at_work.showing(FIRST, "0" * 64)) is None


def test_a_damaged_pointer_is_said(store: Store) -> None:
    store.create(KEY, b'{"release": "../../etc"}')
    with pytest.raises(StoreError, match=r"latest\.json is damaged"):
        read_pointer(store)
