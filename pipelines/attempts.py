"""What the archive, its log of attempts and the inbox say of a dataset, whatever was made of its files.

Findings on outages, on a clock that was ahead, on files that are lost or of which nothing says where they are from
(:func:`attempt_findings`), and on parts of a register that are due (:func:`overdue_parts`); when the files were last
confirmed (:func:`last_success`), of what is published too (:func:`last_good_file`); whether they should have been
confirmed again by now (:func:`overdue`).

Not here: the state that follows (``dataset_states``), days allowed for a cadence (``data_contracts/vocabulary.yaml``).
Called by ``dataset_states`` and by the checks of ``pipelines.assets.datasets``.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts.arrow import Rows
from data_contracts.connection import shared_duckdb
from data_contracts.model import Contract
from data_contracts.rows import count_rows, name_rows
from data_contracts.vocabulary import OVERDUE_AFTER_DAYS
from pipelines.data_directory import DataDirectory
from sources import inbox
from sources.cells import SourceError
from sources.current_files import editions
from sources.dataset import Dataset
from sources.receipts import Record, attempts_at, failing, time_of
from transforms.findings import NOT_READ, Findings
from transforms.parse.read_periods import no_period

# The findings that are made anew at every look; ``dataset_states`` adds the last of them.
ATTEMPT_FINDINGS = (
    "outage",
    "outage_without_file",
    "clock_was_ahead",
    "unreadable_note",
    "older_edition",
    "file_without_receipt",
    "file_lost",
    NOT_READ,
)


def attempt_findings(
    contract: Contract,
    dataset: Dataset,
    data_dir: DataDirectory,
    attempts: Sequence[Record],
    now: dt.datetime,
) -> Findings:
    """What the archive, its log of attempts and the inbox say: outages, a clock that was ahead, files that are lost, or
    of which nothing says where they are from.
    """
    found = Findings(contract, dataset.id)
    reached = any(record.outcome != "failed" for record in attempts)
    for sentence in _outages(dataset, attempts):
        found.add("outage" if reached else "outage_without_file", "warning", sentence)
    ahead = [r for r in attempts if r.outcome != "failed" and _after(time_of(r.received_at), now)]
    if ahead:
        found.add("clock_was_ahead", "warning", f"{ahead[-1].received_at}")
    for path in data_dir.archive.without_receipt(dataset.id):
        found.add("file_without_receipt", "warning", path)
    for path in data_dir.archive.lost(dataset.id):
        found.add("file_lost", "warning", path)
    for group in editions(data_dir.archive.files(dataset.id)) if dataset.collection == "inbox" else ():
        added = max(group, key=lambda file: file.places[-1])
        if added is not group[-1]:
            found.add("older_edition", "warning", f"{added.last.file_name}, {added.last.stated_published}")
    waiting = inbox.waiting(data_dir.inbox, dataset)
    wrong = [problem for path, noted in waiting if (problem := _note_problem(dataset, path, noted))]
    for noted in wrong[: inbox.MOST_SAID]:
        found.add("unreadable_note", "critical", str(noted))
    if more := len(wrong[inbox.MOST_SAID :]):
        found.add("unreadable_note", "critical", f"{more:,} more files of inbox/{dataset.id}")
    return found


def _note_problem(dataset: Dataset, path: Path, noted: Record | SourceError) -> SourceError | None:
    """What is wrong with a file of the inbox; its period is read by a grammar that ``sources`` does not know."""
    if isinstance(noted, SourceError):
        return noted
    problem = "" if noted.stated_period is None else no_period(noted.stated_period)
    return inbox.wrong_note(dataset, path, f"is wrong: {problem.rstrip('.')}") if problem else None


def _outages(dataset: Dataset, attempts: Sequence[Record]) -> list[str]:
    """A sentence for each declared file of which the newest attempt failed."""
    sentences = []
    for record in failing(dataset.files, attempts):
        mirrored = " (through the mirror)" if record.via == "mirror" else ""
        sentences.append(f"{record.address}{mirrored}: {record.reason}")
    return sentences


def overdue(dataset: Dataset, success: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a dataset should have been confirmed again by now."""
    days = OVERDUE_AFTER_DAYS.get(dataset.cadence)
    if days is None or dataset.collection == "transcription":
        return False
    return success is None or (now - success).days > days


def overdue_parts(
    contract: Contract, dataset: Dataset, came: Sequence[str], now: dt.datetime
) -> list[dict[str, Any]]:
    """A finding where parts of a register that are due have not come since the newest one that came.

    Of parts that are missing before that one the dataset's own outcome says so.
    """
    partitions = dataset.counting.partitions if dataset.counting else None
    if partitions is None or not came:
        return []
    late = [part for part in partitions.due(now.date()) if part > max(came)]
    found = Findings(contract, dataset.id)
    if late:
        found.add("partition_overdue", "critical", ", ".join(late))
    return found.rows


def last_success(attempts: Sequence[Record], now: dt.datetime) -> dt.datetime | None:
    """When the files were last confirmed; what a clock that was ahead noted does not count."""
    good = [time_of(record.received_at) for record in attempts if record.outcome != "failed"]
    past = [moment for moment in good if moment is not None and not _after(moment, now)]
    return max(past).replace(microsecond=0) if past else None


def last_good_file(
    rows: Rows, said: dt.datetime | None, attempts: Sequence[Record], now: dt.datetime
) -> dt.datetime | None:
    """When a file of published rows was last confirmed, where a newer file came that is not published.

    ``said``: what the last release says. A row keeps the first file that held its value, so what the release was made
    of may be newer than all files of its rows.
    """
    if not count_rows(rows):
        return None
    with shared_duckdb() as con:
        name_rows(con, "published", rows)
        published = {sha for (sha,) in con.execute("SELECT DISTINCT raw_sha256 FROM published").fetchall()}
    seen = last_success([record for record in attempts if record.sha256 in published], now)
    return max((moment for moment in (seen, said) if moment), default=None)


def last_of_every_file(dataset: Dataset, attempts: Sequence[Record], now: dt.datetime) -> dt.datetime | None:
    """When the files were last confirmed; of several of which one does not come any more, when that one last came."""
    logs = [attempts_at(file, attempts) for file in dataset.files] if len(dataset.files) > 1 else []
    behind = [last_success(log, now) for log in logs if log and log[-1].outcome == "failed"]
    return min((moment for moment in behind if moment), default=None) or last_success(attempts, now)


def _after(moment: dt.datetime | None, now: dt.datetime) -> bool:
    return moment is not None and moment > now + dt.timedelta(days=1)
