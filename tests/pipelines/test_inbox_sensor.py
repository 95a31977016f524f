"""The sensor on the inbox: one run a change, files without a note and files of no dataset included."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.declarations import Declarations
from pipelines.inbox_sensor import TAG, inbox_sensor
from pipelines.resources import DataDir
from sources import inbox

DATASET = "kz_form_1m_workbooks"
Look = Callable[[], list[dg.RunRequest | dg.SkipReason]]


@pytest.fixture
def look(declared: Declarations, tmp_path: Path) -> Look:
    """Let the sensor look once more, with the cursor that it left."""
    sensor = inbox_sensor(DataDir(path=str(tmp_path)), declared.datasets)
    cursor: list[str | None] = [None]

    def once() -> list[dg.RunRequest | dg.SkipReason]:
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=cursor[0])
            found = list(sensor(context))
            cursor[0] = context.cursor
        return found

    return once


def settled(path: Path) -> None:
    """As if it had been copied a minute ago."""
    os.utime(path, (time.time() - 60, time.time() - 60))


def test_an_empty_inbox_starts_nothing(look: Look) -> None:
    (skipped,) = look()
    assert isinstance(skipped, dg.SkipReason)


def test_a_file_starts_one_run_when_it_is_whole(look: Look, declared: Declarations, tmp_path: Path) -> None:
    file = tmp_path / "Zhetysu.XLSX"
    file.write_bytes(b"anything")
    dataset = declared.datasets[DATASET]
    added = inbox.add(tmp_path / "inbox", dataset, file, period="2022", published=None, address=None)
    (skipped,) = look()
    assert isinstance(skipped, dg.SkipReason) and "still being copied" in str(skipped.skip_message)
    for path in (added, added.with_name(f"{added.name}{inbox.NOTE}")):
        settled(path)
    (request,) = look()
    assert isinstance(request, dg.RunRequest) and request.tags[TAG] == DATASET and request.run_key
    (skipped,) = look()
    assert isinstance(skipped, dg.SkipReason) and "Nothing changed" in str(skipped.skip_message)


def test_a_file_without_a_note_starts_a_run_that_says_what_to_do(look: Look, tmp_path: Path) -> None:
    dropped = tmp_path / "inbox" / DATASET / "Abay.XLSX"
    dropped.parent.mkdir(parents=True)
    dropped.write_bytes(b"anything")
    settled(dropped)
    (request,) = look()
    assert isinstance(request, dg.RunRequest) and request.tags[TAG] == DATASET


def test_a_file_of_no_dataset_is_named_with_what_to_do(look: Look, tmp_path: Path) -> None:
    alone, beside = f"{DATASET}/gone.XLSX{inbox.NOTE}", f"kz_form/Abay.XLSX{inbox.NOTE}"
    for place in ("Abay.XLSX", "kz_form/Abay.XLSX", f"{DATASET}/new/Abay.XLSX", alone, beside):
        path = tmp_path / "inbox" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"anything")
        settled(path)
    (skipped,) = look()
    assert isinstance(skipped, dg.SkipReason)
    found = inbox.strays(tmp_path / "inbox", [DATASET])
    assert [path.relative_to(tmp_path / "inbox").as_posix() for path in found] == [
        "Abay.XLSX",
        "kz_form/Abay.XLSX",
        alone,
        f"{DATASET}/new/Abay.XLSX",
    ]
    assert "dvstats add DATASET FILE" in inbox.stray_sentence(found[0])
    assert "Put the file back" in inbox.stray_sentence(found[2])
    said = inbox.stray_sentences([found[0]] * 1234)
    assert len(said) == inbox.MOST_SAID + 1 and said[-1].startswith("1,224 more files")
