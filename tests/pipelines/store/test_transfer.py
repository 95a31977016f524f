"""A data directory goes into a store and back byte for byte; commands on the address answer as on the folder."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.cli.main import main
from pipelines.data_directory import DataDirectory
from pipelines.store.client import Store
from pipelines.store.pointer import read_pointer
from tests.pipelines.store.conftest import ADDRESS, MakeRelease
from tests.servers import Bucket

Say = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Standard output of a command, or its error where it ends with another ``status``."""

    def said(*command: str, place: str = ADDRESS, status: int = 0) -> str:
        capsys.readouterr()
        done = main([*command, "--data-dir", place])
        spoken = capsys.readouterr()
        assert done == status, spoken.err
        return spoken.err if status else spoken.out

    return said


def content(folder: Path) -> dict[str, bytes]:
    """Files that were received or published."""
    wanted = ("raw/", "releases/")
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: found[name] for name in found if name.startswith(wanted) and "/." not in name}


def test_commands_on_an_address_answer_as_on_the_folder(
    bucket: Bucket, release_dir: Path, say: Say, tmp_path: Path
) -> None:
    assert "1 releases" in say("copy", ADDRESS, place=str(release_dir))
    sql = "SELECT obs_key FROM observations WHERE ref_area = 'KG' ORDER BY 1 LIMIT 1"
    (row,) = json.loads(say("query", sql, "--format", "json"))
    for command in (("trace", row["obs_key"], "--json"), ("show", "DV_VICTIMS"), ("status", "--json")):
        assert say(*command) == say(*command, place=str(release_dir)), command
    assert "every file matches" in say("verify")
    say("copy", str(tmp_path / "back"))
    mine, theirs = content(tmp_path / "back"), content(release_dir)
    assert {name: file for name, file in mine.items() if name in theirs} == {
        name: file for name, file in theirs.items() if name in mine
    }
    assert {
        n for n in theirs if n not in mine and not n.endswith(("fetches.jsonl", ".provenance.json"))
    } == set()
    trace = ("trace", row["obs_key"], "--json")
    assert say(*trace, place=str(tmp_path / "back")) == say(*trace)


def test_a_place_with_releases_is_not_copied_into(
    store: Store, make_release: MakeRelease, tmp_path: Path, say: Say
) -> None:
    source = make_release("20261125T031500Z").parent.parent
    say("copy", ADDRESS, place=str(source))
    assert "two histories cannot be joined" in say("copy", ADDRESS, place=str(source), status=2)
    say("copy", str(tmp_path / "back"))
    assert "two histories cannot be joined" in say("copy", str(tmp_path / "back"), status=2)


def test_a_damaged_release_stops_the_copy_before_anything_is_written(
    bucket: Bucket, make_release: MakeRelease, say: Say
) -> None:
    folder = make_release("20261125T031500Z")
    (folder / "dvstats.duckdb").write_bytes(b"torn")
    assert "Nothing was written" in say("copy", ADDRESS, place=str(folder.parent.parent), status=2)
    assert bucket.objects == {}


def test_a_release_that_was_built_is_shown_in_the_store_and_then_here(
    store: Store, make_release: MakeRelease
) -> None:
    data = DataDirectory(ADDRESS)
    with data.locked():
        built = data.workshop / "releases" / "20261125T031500Z"
        built.parent.mkdir(parents=True)
        make_release(built.name).rename(built)
        shown = data.show(built, "")
    assert read_pointer(store).release == shown.name
    assert shown == (data.root / "latest").resolve() and not built.exists()
