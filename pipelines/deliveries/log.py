"""The log of deliveries: ``operations/deliveries.jsonl`` in the data directory, a line written before and after each.

::

    {"at": "2026-11-25T03:20Z", "delivery": "ministry", "target": "ministry.3f9a2c11", "release": "20261125T031500Z",
     "event": "intent", "attempt": 1, "channel": "office-mail", "id": "9c1f…", "reason": "", "reason_ru": ""}

``event`` is ``intent`` before anything leaves, then ``sent``, ``failed``, or ``unchanged`` where the subscriber is
to be informed of changes only, and there was none for them. An ``intent`` that nothing follows is a crash: nobody knows
whether it left, and it is sent again with the same ``id``. No address is in the log.

Not here: sending (``deliver``). Called by ``deliver`` and by ``pipelines.alerts.causes``.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from data_contracts.stored_json import load_json
from pipelines.operations.declared import STATE_FOLDER
from pipelines.release.manifest import release_names
from sources.durable import append_lines

DONE = ("sent", "unchanged")


@dataclass(frozen=True)
class Entry:
    """One line."""

    #: UTC, to the minute
    at: str
    #: name of the subscription
    delivery: str
    #: id of its address
    target: str
    #: name of the release
    release: str
    #: ``intent``, ``sent``, ``failed`` or ``unchanged``
    event: str
    #: from 1
    attempt: int
    #: its name
    channel: str
    #: of the message: the same at every attempt
    id: str
    #: why it failed, in a sentence
    reason: str = ""
    #: in Russian, where the reason is one of a channel; lines of earlier versions have none
    reason_ru: str = ""


@dataclass(frozen=True)
class Failing:
    """A target that the newest release has not reached."""

    #: of the subscription
    name: str
    #: id of its address
    target: str
    #: the newest
    release: str
    #: how many failed
    attempts: int
    #: of the first of these, UTC
    since: str
    #: of the last
    reason: str
    #: in Russian; empty where it is not known
    reason_ru: str


class DeliveryLog:
    """The log of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        """Read what is there; a torn line (a crash while it was written) is passed over."""
        self.path = data_dir / STATE_FOLDER / "deliveries.jsonl"
        self.entries: list[Entry] = []
        lines = self.path.read_bytes().splitlines() if self.path.is_file() else []
        names = [field.name for field in fields(Entry)]
        for line in lines:
            try:
                entry = load_json(line)
                self.entries.append(Entry(**{name: entry[name] for name in names if name in entry}))
            except (ValueError, TypeError):
                continue

    def write(self, entry: Entry) -> None:
        """Add one line; it is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        append_lines(self.path, (json.dumps(asdict(entry), ensure_ascii=False) + "\n").encode())
        self.entries.append(entry)

    def of(self, target: str, release: str = "") -> list[Entry]:
        """Lines of a target, of one release or of all."""
        return [e for e in self.entries if e.target == target and release in ("", e.release)]

    def last_sent(self, target: str) -> Entry | None:
        """The newest release that a target received."""
        sent = [entry for entry in self.of(target) if entry.event == "sent"]
        return max(sent, key=lambda entry: entry.release, default=None)


def failing_deliveries(data_dir: Path) -> Sequence[Failing]:
    """Targets whose last attempt to send the newest release failed."""
    names = release_names(data_dir)
    log = DeliveryLog(data_dir)
    found = []
    for target in sorted({entry.target for entry in log.entries}):
        mine = log.of(target, names[-1]) if names else []
        failed = [entry for entry in mine if entry.event == "failed"]
        if failed and mine[-1].event not in DONE:
            found.append(
                Failing(
                    name=failed[-1].delivery,
                    target=target,
                    release=failed[-1].release,
                    attempts=len(failed),
                    since=failed[0].at,
                    reason=failed[-1].reason,
                    reason_ru=failed[-1].reason_ru,
                )
            )
    return found
