"""What the archive, its log of attempts and the inbox say of a dataset."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.attempts import last_of_every_file, overdue
from pipelines.data_directory import DataDirectory
from pipelines.dataset_states import dataset_state
from pipelines.declarations import Declarations
from pipelines.release.last_release import LastRelease
from sources import inbox
from sources.load_datasets import load_datasets
from sources.receipts import Record
from tests.fixtures.mirror import HERE, Mirror
from tests.helpers import process

DATASET = load_datasets(HERE / "datasets")["ex_open_sdg"]
NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


def test_what_is_overdue_depends_on_the_cadence() -> None:
    ago = NOW - dt.timedelta(days=200)
    assert not overdue(DATASET, ago, NOW)
    assert overdue(DATASET.model_copy(update={"cadence": "monthly"}), ago, NOW)
    assert overdue(DATASET, None, NOW)
    assert not overdue(DATASET.model_copy(update={"collection": "transcription"}), None, NOW)
    assert not overdue(DATASET.model_copy(update={"cadence": "irregular"}), None, NOW)


def test_of_several_files_the_one_that_does_not_come_says_how_old_the_figures_are() -> None:
    first = DATASET.files[0]
    other = first.model_copy(update={"address": "https://stat.example.org/other.csv", "name": "other"})
    both = DATASET.model_copy(update={"files": [first, other]})
    log = [
        Record(DATASET.id, address=file.address, received_at=f"2026-11-0{day}T03:00:00Z", outcome=outcome)
        for file, day, outcome in [
            (first, 1, "new"),
            (other, 1, "new"),
            (first, 2, "failed"),
            (other, 2, "new"),
        ]
    ]
    assert last_of_every_file(both, log, NOW) == dt.datetime(2026, 11, 1, 3)
    assert last_of_every_file(both, log[:2] + log[3:], NOW) == dt.datetime(2026, 11, 2, 3)


def test_what_the_archive_lacks_is_a_finding(declared: Declarations, mirror: Mirror, tmp_path: Path) -> None:
    process(declared, DATASET, tmp_path, mirror.address, now=NOW)
    data = DataDirectory(tmp_path)

    def found() -> dict[str, str]:
        state = dataset_state(declared, data, LastRelease(declared.contract), DATASET, NOW)
        return {row["finding"]: row["detail"] for row in state.findings}

    assert found() == {}
    folder = tmp_path / "raw" / DATASET.id
    (file,) = data.archive.files(DATASET.id)
    stored = Path(file.path)
    content = stored.read_bytes()
    stored.unlink()
    assert found() == {"file_lost": f"raw/{DATASET.id}/{file.sha256}"}
    stored.write_bytes(content)
    (folder / f"{file.sha256}.provenance.json").unlink()
    assert found() == {}, "the log has it"
    (folder / "fetches.jsonl").unlink()
    assert found() == {"file_without_receipt": f"raw/{DATASET.id}/{stored.name}"}


@pytest.mark.parametrize(("period", "said"), [("2022", False), ("20222", True), ("last year", True)])
def test_a_period_that_a_note_was_given_by_hand_is_looked_at(
    declared: Declarations, tmp_path: Path, period: str, said: bool
) -> None:
    """Whether the declaration reads it or not."""
    (tmp_path / "5-2-1.csv").write_text("Year,Value\n2020,4\n")
    folder = tmp_path / "inbox"
    added = inbox.add(folder, DATASET, tmp_path / "5-2-1.csv", period="2022", published=None, address=None)
    note = added.with_name(f"{added.name}{inbox.NOTE}")
    note.write_text(note.read_text().replace('"2022"', f'"{period}"'))
    state = dataset_state(declared, DataDirectory(tmp_path), LastRelease(declared.contract), DATASET, NOW)
    found = [row["detail"] for row in state.findings if row["finding"] == "unreadable_note"]
    assert bool(found) == said
    assert all(f"its note is wrong: '{period}' is no period. Write 2022" in text for text in found)
