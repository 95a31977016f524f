"""What steps on different machines hand to one another, and that all of them build upon one release."""

from pathlib import Path

import pytest

from pipelines.data_directory import DataDirectory
from pipelines.declarations import Declarations
from pipelines.store.client import Store
from pipelines.store.publication import OutrunError, publish_to
from pipelines.store.steps import NOTE, SharedStaging
from pipelines.store.working_copy import WorkingCopy
from tests.pipelines.store.conftest import ADDRESS, MakeRelease
from tests.servers import Bucket

FIRST, SECOND = "20261125T031500Z", "20261126T031500Z"


def staged(folder: Path, **files: str) -> None:
    for name, content in files.items():
        path = folder / "datasets" / "kg_x" / "v1" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.json") if not path.name.startswith("."))


def test_the_next_step_has_what_the_last_one_wrote_and_facts_come_last(
    store: Store, bucket: Bucket, tmp_path: Path
) -> None:
    one, two = (SharedStaging(store, tmp_path / name, "run1") for name in "ab")
    one.pull("")
    staged(tmp_path / "a", facts="1", observations="2", quarantine="3")
    one.push("")
    assert bucket.puts[-1].endswith("v1/facts.json")
    two.pull("")
    assert names(tmp_path / "b") == ["facts.json", "observations.json", "quarantine.json"]
    sent = len(bucket.puts)
    two.push("")
    assert len(bucket.puts) == sent, "nothing changed"
    staged(tmp_path / "b", observations="22")
    two.push("")
    one.pull("")
    assert (tmp_path / "a" / "datasets/kg_x/v1/observations.json").read_text() == "22"


@pytest.mark.parametrize(
    "note", ["[]", "5", "{}", '{"run": "run1"}', "[" * 99_999], ids=lambda note: note[:9]
)
def test_a_note_of_another_form_counts_for_nothing(store: Store, tmp_path: Path, note: str) -> None:
    one, two = (SharedStaging(store, tmp_path / name, "run1") for name in "ab")
    one.pull("")
    staged(tmp_path / "a", facts="1")
    one.push("")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / NOTE).write_text(note)
    two.pull("")
    assert names(tmp_path / "b") == ["facts.json"]


def test_a_run_reads_nothing_of_another_run(store: Store, tmp_path: Path) -> None:
    first = SharedStaging(store, tmp_path, "run1")
    first.pull("")
    staged(tmp_path, facts="1")
    first.push("")
    SharedStaging(store, tmp_path, "run2").pull("")
    assert names(tmp_path) == []


def test_all_steps_of_a_run_build_upon_the_release_of_the_first(store: Store, tmp_path: Path) -> None:
    SharedStaging(store, tmp_path / "a", "run1").pull(FIRST)
    with pytest.raises(OutrunError, match=f"begun upon release {FIRST}: it shows {SECOND}"):
        SharedStaging(store, tmp_path / "b", "run1").pull(SECOND)


def test_steps_after_the_release_of_the_run_go_on(store: Store, tmp_path: Path) -> None:
    step = SharedStaging(store, tmp_path / "a", "run1")
    step.pull("")
    step.push(FIRST)
    SharedStaging(store, tmp_path / "b", "run1").pull(FIRST)


def test_what_another_command_fetches_during_a_run_is_no_base(
    store: Store, make_release: MakeRelease, declared: Declarations
) -> None:
    publish_to(store, make_release(FIRST), "")
    data = DataDirectory(ADDRESS)
    with data.locked():
        publish_to(store, make_release(SECOND), FIRST)
        WorkingCopy.at(ADDRESS).pull_release()
        assert (data.root / "releases" / SECOND).is_dir()
        built = data.workshop / "releases" / "20261127T000000Z"
        built.parent.mkdir(parents=True)
        make_release(built.name).rename(built)
        with pytest.raises(OutrunError):
            data.show(built, FIRST)
        assert data.base == FIRST
    with data.locked():
        assert data.base == SECOND
