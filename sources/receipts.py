"""Receipts: what is recorded of every attempt to get a file, and of every file that is stored.

A ``Record`` is one line of ``raw/<dataset>/fetches.jsonl`` (times in UTC, sizes in bytes)::

    {"dataset": "kg_victims", "received_at": "2026-11-24T03:15:00.000Z", "status": 200, "outcome": "new",
     "sha256": "...", "size": 5120, "via": "live", ...}

A ``StoredFile`` is one archived file with all its records.

Not here: writing and finding them (``sources.receipt_log``), and which files count now (``sources.current_files``).
Records are made by ``sources.pull`` and ``sources.inbox``; status pages and ``transforms.ingest`` read them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sources.dataset import SourceFile

if TYPE_CHECKING:
    from sources.http.client import Fetch

VIA = ("live", "mirror", "inbox", "bundled")
OUTCOMES = ("new", "unchanged", "failed")


@dataclass(frozen=True)
class Record:
    """One attempt to get a file, or one file that a person added."""

    dataset: str
    address: str | None = None
    file_name: str | None = None
    requested_at: str | None = None
    received_at: str | None = None
    status: int | None = None
    outcome: str = "new"
    reason: str = ""
    sha256: str | None = None
    size: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    stated_period: str | None = None
    stated_published: str | None = None
    via: str = "live"


@dataclass(frozen=True)
class StoredFile:
    """One file of the archive with every receipt of its bytes, in the order of the log (``places``: which line)."""

    dataset: str
    sha256: str
    extension: str
    size: int
    path: str
    records: tuple[Record, ...]
    places: tuple[int, ...] = ()

    @property
    def first(self) -> Record:
        """The receipt that brought these bytes."""
        return self.records[0]

    @property
    def edition(self) -> int:
        """Place of the receipt that made this the newest edition: the first one, or a later one of a person who stated
        when the file was published. A file that merely comes again, as from a cache, is as old as it was."""
        stated = (
            place
            for place, record in zip(self.places, self.records, strict=True)
            if record.via == "inbox" and record.stated_published
        )
        return max(self.places[0], *stated, 0)

    @property
    def last(self) -> Record:
        """The newest receipt; its etag and last_modified make the next request conditional."""
        return self.records[-1]


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_of(text: str | None) -> datetime | None:
    """The time that a record names, in UTC without a zone, as tables have it; None where it names none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def record_of(dataset: str, fetch: "Fetch", *, via: str = "live", stated_period: str | None = None) -> Record:
    """The archive's record of one fetch."""
    name = PurePosixPath(fetch.address.split("?", 1)[0]).name
    return Record(
        dataset=dataset,
        address=fetch.address,
        file_name=name or None,
        requested_at=utc_text(fetch.requested_at),
        received_at=utc_text(fetch.received_at),
        status=fetch.status,
        outcome=fetch.outcome,
        reason=fetch.reason,
        sha256=fetch.sha256,
        size=fetch.size,
        content_type=fetch.headers.get("Content-Type"),
        etag=fetch.headers.get("ETag"),
        last_modified=fetch.headers.get("Last-Modified"),
        stated_period=stated_period,
        via=via,
    )


def check_words(record: Record) -> None:
    """Only declared words in the fields that others count on."""
    for name, allowed in (("via", VIA), ("outcome", OUTCOMES)):
        if getattr(record, name) not in allowed:
            raise ValueError(f"{name} {getattr(record, name)!r} is not one of {', '.join(allowed)}")


def record_from(item: Mapping[str, Any]) -> Record:
    """A record from its JSON; fields of a later version are passed over."""
    names = {entry.name for entry in fields(Record)}
    return Record(**{name: value for name, value in item.items() if name in names})


def parsed_line(line: bytes) -> Record | None:
    """The record on one line of the log, or None."""
    try:
        return record_from(json.loads(line))
    except (ValueError, TypeError, AttributeError):
        return None


def failing(files: Iterable[SourceFile], attempts: Sequence[Record]) -> Iterator[Record]:
    """The newest failure of each declared file that did not come when it was last asked for."""
    for file in files:
        addresses = {file.address, *file.alternates}
        mine = [record for record in attempts if record.address in addresses]
        if mine and mine[-1].outcome == "failed":
            # The file's own address says more than its alternates.
            own = [record for record in mine if record.address == file.address]
            yield own[-1] if own and own[-1].outcome == "failed" else mine[-1]


def moment_of(record: Record) -> str:
    """When it was received, in comparable text."""
    text = record.received_at or record.requested_at or ""
    try:
        return utc_text(datetime.fromisoformat(text))
    except ValueError:
        return ""
