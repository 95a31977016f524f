"""Receipts: what is recorded of every attempt to get a file, and of every file that is stored.

A ``Record`` is one line of ``raw/<dataset>/fetches.jsonl`` (times in UTC, sizes in bytes)::

    {"dataset": "kg_victims", "received_at": "2026-11-24T03:15:00.000Z", "status": 200, "outcome": "new",
     "sha256": "...", "size": 5120, "via": "live", ...}

A ``StoredFile`` is one archived file with all its records.

Not here: writing and finding them (``sources.receipt_log``), and which files count now (``sources.current_files``).
Records are made by ``sources.pull`` and ``sources.inbox``; status pages and ``transforms.ingest`` read them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from data_contracts.stored_json import load_json
from sources.dataset import SourceFile

if TYPE_CHECKING:
    from sources.http.client import Fetch

VIA = ("live", "mirror", "inbox", "bundled")
OUTCOMES = ("new", "unchanged", "failed")


@dataclass(frozen=True)
class Record:
    """One attempt to get a file, or one file that a person added. None: it has none, or nobody said it."""

    #: id of the dataset
    dataset: str
    #: where it was requested, or where a person says that it is from; without keys and passwords
    address: str | None = None
    #: name of the file at its source
    file_name: str | None = None
    #: when it was requested (UTC, as :func:`utc_text` writes it)
    requested_at: str | None = None
    #: when it was received or added (UTC)
    received_at: str | None = None
    #: HTTP status of the last try
    status: int | None = None
    #: one of ``OUTCOMES``: the bytes are ``new``, those that the archive has (``unchanged``), or none came (``failed``)
    outcome: str = "new"
    #: why it failed, in a sentence without addresses; empty where it did not
    reason: str = ""
    #: checksum of the bytes, 64 hexadecimal digits
    sha256: str | None = None
    #: bytes
    size: int | None = None
    #: header ``Content-Type`` of the answer
    content_type: str | None = None
    #: header ``ETag``, which makes the next request conditional
    etag: str | None = None
    #: header ``Last-Modified``, for the same
    last_modified: str | None = None
    #: the period that a person said the file is of
    stated_period: str | None = None
    #: the day on which a person said it was published: a date, a month or a year
    stated_published: str | None = None
    #: how it came, one of ``VIA``
    via: str = "live"


_FIELDS = tuple(entry.name for entry in fields(Record))
_NUMBERS = ("status", "size")


@dataclass(frozen=True)
class StoredFile:
    """One file of the archive with every receipt of its bytes."""

    #: id of the dataset
    dataset: str
    #: checksum of the bytes, which is the file's name
    sha256: str
    #: ending of its name, without the dot
    extension: str
    #: bytes
    size: int
    #: where it lies on this disk
    path: str
    #: in the order of the log, at least one
    records: tuple[Record, ...]
    #: line of the log of each record, from 0; receipts of a lost log are counted in between
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


def record_of(dataset: str, fetch: "Fetch", *, via: str = "live") -> Record:
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
        via=via,
    )


def check_words(record: Record) -> None:
    """ValueError where ``via`` or ``outcome`` is none of the declared words, which others count on."""
    for name, allowed in (("via", VIA), ("outcome", OUTCOMES)):
        if getattr(record, name) not in allowed:
            raise ValueError(f"{name} {getattr(record, name)!r} is not one of {', '.join(allowed)}")


def record_from(item: Any) -> Record:
    """A record from its JSON; fields of a later version are passed over.

    TypeError where it is no mapping, or a field holds something else than belongs there: people write them, too.
    """
    if not isinstance(item, Mapping):
        raise TypeError("a mapping is expected")
    given = {name: item[name] for name in _FIELDS if name in item}
    for name, value in given.items():
        if value is not None and not isinstance(value, int if name in _NUMBERS else str):
            raise TypeError(f"{name} is no {'number' if name in _NUMBERS else 'text'}")
    return Record(**given)


def parsed_line(line: bytes) -> Record | None:
    """The record on one line of the log, or None."""
    try:
        return record_from(load_json(line))
    except (ValueError, TypeError):
        return None


def attempts_at(file: SourceFile, attempts: Sequence[Record]) -> list[Record]:
    """The attempts to get one declared file, at its own address or another one of it."""
    addresses = {file.address, *file.alternates}
    return [record for record in attempts if record.address in addresses]


def failing(files: Iterable[SourceFile], attempts: Sequence[Record]) -> Iterator[Record]:
    """The newest failure of each declared file that did not come when it was last asked for."""
    for file in files:
        mine = attempts_at(file, attempts)
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
