"""Who was notified of what: ``operations/alerts.json`` of the data directory, written whole after every message.

::

    {"last_release": "20261125T031500Z",
     "causes": {"held:kz_sdg": {"cause": {…}, "first_seen": "2026-11-25T03:15Z", "ended": "",
                                "told": {"analyst": "began"}}},
     "channels": {"office-mail": {"since": "…", "reason": "…"}},
     "digests": {"director": "2026-11-25"}}

A crash between a message and the writing repeats that message with the same id; a file that is lost or damaged
repeats each message at most once, because the causes are found anew. Not here: causes (``causes``) and sending
(``notify``, which calls this).
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_contracts.stored_json import load_json
from pipelines.alerts.causes import Cause
from pipelines.operations.message import as_utc
from sources.durable import write_whole

# Reported by whoever saw the run, and lasting until a run of the same job succeeds.
OF_RUNS = ("run_failed", "release_blocked")


@dataclass
class Known:
    """A cause that is or was there, and who was notified of it."""

    #: what is wrong, as it was found last
    cause: Cause
    #: UTC, to the minute
    first_seen: str
    #: UTC, to the minute; empty while it goes on
    ended: str = ""
    #: by id of a target ``began`` or ``ended``: what it was notified of
    told: dict[str, str] = field(default_factory=dict)

    @property
    def since(self) -> str:
        """Since when it is so, or since when that is known."""
        return self.cause.since or self.first_seen

    def pending(self, target: str) -> str:
        """What a target has yet to be notified of: ``began``, ``ended`` or nothing."""
        told = self.told.get(target, "")
        if not self.ended:
            return "" if told else "began"
        return "ended" if told == "began" and not self.cause.event else ""


class Memory:
    """What is known between two occasions; every change of it is written by ``save``."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a damaged file counts as lost and is kept beside."""
        self.path = path
        self.last_release = ""
        self.causes: dict[str, Known] = {}
        self.channels: dict[str, dict[str, str]] = {}
        self.digests: dict[str, str] = {}
        if not path.is_file():
            return
        try:
            self._read(load_json(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError, KeyError, AttributeError):
            path.replace(path.with_suffix(".damaged.json"))
            self.causes, self.channels, self.digests, self.last_release = {}, {}, {}, ""

    def _read(self, kept: dict[str, Any]) -> None:
        self.last_release = kept["last_release"]
        self.channels, self.digests = kept["channels"], kept["digests"]
        for key, known in kept["causes"].items():
            self.causes[key] = Known(**{**known, "cause": Cause.from_json(known["cause"])})

    def save(self) -> None:
        """Write it whole."""
        kept = {
            "last_release": self.last_release,
            "causes": {
                k: {**vars(known), "cause": known.cause.as_json()} for k, known in self.causes.items()
            },
            "channels": self.channels,
            "digests": self.digests,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode())

    def note(self, found: Iterable[Cause], now: dt.datetime, *, lasting: Iterable[str] = ()) -> None:
        """Put down what is so now: causes that are new, go on, or are over; those of a ``lasting`` kind do not end."""
        current = {cause.key: cause for cause in found}
        for key, cause in current.items():
            known = self.causes.setdefault(key, Known(cause, as_utc(now)))
            if known.ended:
                # It is back. Whoever was notified of its end is notified anew; for the others it went on.
                known.told = {target: told for target, told in known.told.items() if told != "ended"}
                known.first_seen = known.first_seen if known.told else as_utc(now)
            known.cause, known.ended = cause, ""
        for key, known in self.causes.items():
            if key not in current and known.cause.kind not in lasting and not known.cause.event:
                known.ended = known.ended or as_utc(now)

    def end(self, keys: Iterable[str], now: dt.datetime) -> None:
        """Causes of runs that are over."""
        for key in keys:
            if key in self.causes:
                self.causes[key].ended = self.causes[key].ended or as_utc(now)

    def forget(self, wanted: dict[str, list[str]]) -> None:
        """Drop what nobody has to be notified of any more; ``wanted``: the targets of each cause."""
        for key, known in list(self.causes.items()):
            done = not any(known.pending(target) for target in wanted[key])
            if done and (known.ended or known.cause.event):
                del self.causes[key]
