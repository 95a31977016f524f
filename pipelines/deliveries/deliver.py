"""``dvstats deliver``: the newest release to each of its subscribers, once.

For each address: a line ``intent`` in the log, then the sending, then a line ``sent`` or ``failed``. After a crash
between the last two nobody knows whether it left, so it is sent again, with the id it had. In a folder, a bucket and
by SFTP the second time finds the first and changes nothing: once, exactly. By e-mail and webhook a message may come
twice in that one case, with the same ``Message-ID`` or ``Idempotency-Key``, by which the other side can tell: at
least once.

What failed is tried again at the next occasion after a wait that doubles, and is alerted. A release that was followed
by another before it was sent is not sent any more: the message about the newer one covers both. Not here: what is due
(``plan``), files (``contents``), words (``wording``). Called by ``dvstats deliver`` and by the job of
``pipelines.assets.deliveries``.
"""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.errors import BusyError, DvstatsError, UserError
from data_contracts.load import contract
from pipelines.alerts.notify import resend
from pipelines.deliveries.changes import Changes, changes, part_of
from pipelines.deliveries.contents import Contents
from pipelines.deliveries.log import DeliveryLog, Entry
from pipelines.deliveries.plan import Planned, plan
from pipelines.deliveries.targets import put
from pipelines.deliveries.wording import Wording
from pipelines.operations.declared import (
    STATE_FOLDER,
    Mail,
    Operations,
    Webhook,
    load_operations,
    undeclared,
)
from pipelines.operations.message import ChannelError, Message, as_utc
from pipelines.operations.send import send
from pipelines.published.releases import release_folder
from pipelines.release import signature
from pipelines.release.citation import plain_citation
from pipelines.release.manifest import read_manifest, verify
from sources.durable import locked


@dataclass
class Result:
    """What was done for one address, or would be done.

    ``decision`` as in the plan; or ``empty``: the release has no figure for them; or ``failed`` with the reason.
    """

    planned: Planned
    decision: str
    message: Message | None = None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """For programs, and for people who look at it before it is sent."""
        target, wanted = self.planned.target, self.planned.subscription
        return {
            "delivery": target.name,
            "target": target.id,
            "to": target.to or None,
            "channel": target.channel,
            "release": self.planned.release,
            "decision": self.decision,
            "until": self.planned.until or None,
            "since": self.planned.since or None,
            "what": list(wanted.what),
            "language": wanted.language,
            "reason": self.reason or None,
            "id": self.message.id if self.message else None,
            "subject": self.message.subject if self.message else None,
            "text": self.message.text if self.message else None,
        }


@dataclass
class Delivered:
    """The results, and sentences on alerts that could not be sent."""

    results: list[Result]
    notices: Sequence[str] = ()


def deliver(
    data_dir: Path,
    now: dt.datetime,
    *,
    names: Sequence[str] = (),
    dry_run: bool = False,
    now_all: bool = False,
) -> Delivered:
    """Deliver to everybody, or to the subscriptions named, whose failures do not wait then.

    ``now_all``: also what would come later or had no change. ``dry_run``: nothing is sent or written.
    """
    operations = _operations(data_dir, names)
    with _alone(data_dir, dry_run):
        release = release_folder(data_dir, None)
        if problems := [*verify(release), *filter(None, [signature.problem_among(release)])]:
            raise DvstatsError(
                f"Release {release.name} is damaged and is not delivered: {problems[0]} `dvstats refresh` publishes a "
                "whole one."
            )
        run = _Run(data_dir, operations, release, now, dry_run)
        planned = plan(operations, run.log, release.name, now, patient=not names, now_all=now_all)
        with tempfile.TemporaryDirectory(prefix="dvstats-deliver-") as aside:
            run.contents = Contents(data_dir, release.name, Path(aside))
            results = [run.one(p, now_all) for p in planned if not names or p.target.name in names]
    return Delivered(results, () if dry_run else resend(data_dir, now))


def due(data_dir: Path, now: dt.datetime) -> list[Planned]:
    """What would be tried now, without looking at what changed; empty where nothing is declared or published."""
    operations = load_operations(data_dir)
    if operations is None or not (data_dir / "latest").exists():
        return []
    release = release_folder(data_dir, None).name
    planned = plan(operations, DeliveryLog(data_dir), release, now)
    return [p for p in planned if p.decision == "send"]


def _operations(data_dir: Path, names: Sequence[str]) -> Operations:
    operations = load_operations(data_dir)
    if operations is None or not operations.deliveries:
        raise undeclared(data_dir, "deliveries")
    unknown = [name for name in names if name not in operations.deliveries]
    if unknown:
        known = ", ".join(operations.deliveries)
        raise UserError(f"No delivery {', '.join(unknown)}. Declared are: {known}.")
    return operations


@contextmanager
def _alone(data_dir: Path, dry_run: bool) -> Iterator[None]:
    """Two runs would both see that something is not sent yet."""
    if dry_run:
        yield
        return
    folder = data_dir / STATE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / ".deliver.lock", wait=False) as mine:
        if not mine:
            raise BusyError(f"Another delivery is running on {data_dir}. Wait until it ends.")
        yield


class _Run:
    """One occasion: a release that does not change meanwhile, and the log."""

    contents: Contents

    def __init__(
        self, data_dir: Path, operations: Operations, release: Path, now: dt.datetime, dry_run: bool
    ) -> None:
        self.data_dir, self.operations, self.release, self.now = data_dir, operations, release, now
        self.dry_run = dry_run
        self.log = DeliveryLog(data_dir)
        manifest = read_manifest(release)
        date = dt.datetime.fromisoformat(manifest["published_at"].rstrip("Z")).date()
        self.citation = plain_citation(release.name, manifest["content_sha256"], date)

    def one(self, planned: Planned, now_all: bool) -> Result:
        """One address, to its end."""
        if planned.decision != "send":
            return Result(planned, planned.decision)
        part = part_of(contract(), planned.subscription, self.release)
        found = changes(self.data_dir, self.release, planned.since, part)
        if planned.subscription.when == "if_changed" and not found.any and not now_all:
            self._note(planned, "unchanged")
            return Result(planned, "unchanged")
        if not found.figures and not (found.counts and found.any):
            return Result(planned, "empty")
        if self.dry_run:
            return Result(planned, "send", self._message(planned, found, ()))
        self._note(planned, "intent")
        try:
            # Where all of theirs was withdrawn there is a message and no file.
            files = self.contents.of(planned.subscription, part) if found.figures else []
            self._check_release()
            message = self._message(planned, found, files)
            self._send(planned, message, files)
        except Exception as error:
            # Whatever is wrong with one, the others get theirs.
            plain = str(error) if isinstance(error, DvstatsError) else f"{type(error).__name__}: {error}"
            in_russian = error.words.ru if isinstance(error, ChannelError) else ""
            self._note(planned, "failed", plain, in_russian)
            return Result(planned, "failed", reason=plain)
        self._note(planned, "sent")
        return Result(planned, "sent", message)

    def _check_release(self) -> None:
        """The files are of the latest release: it must still be the one of this run."""
        latest = release_folder(self.data_dir, None).name
        if latest != self.release.name:
            raise DvstatsError(f"Release {latest} was published meanwhile: it is delivered next")

    def _message(self, planned: Planned, found: Changes, files: Sequence[Path]) -> Message:
        channel = self.operations.channels[planned.target.channel]
        return Wording(contract(), planned.subscription.language).message(
            _identifier(planned),
            planned.subscription,
            found,
            files,
            site=self.operations.site,
            citation=self.citation,
            by_mail=isinstance(channel, Mail),
        )

    def _send(self, planned: Planned, message: Message, files: Sequence[Path]) -> None:
        channel = self.operations.channels[planned.target.channel]
        if isinstance(channel, Mail | Webhook):
            send(channel, planned.target.to, message)
        else:
            put(channel, planned.target.name, self.release.name, message, files)

    def _note(self, planned: Planned, event: str, reason: str = "", reason_ru: str = "") -> None:
        if self.dry_run:
            return
        self.log.write(
            Entry(
                at=as_utc(self.now),
                delivery=planned.target.name,
                target=planned.target.id,
                release=planned.release,
                event=event,
                attempt=planned.attempt,
                channel=planned.target.channel,
                id=_identifier(planned),
                reason=reason,
                reason_ru=reason_ru,
            )
        )


def _identifier(planned: Planned) -> str:
    """The same for the same release and address, however often it is tried."""
    return hashlib.sha256(f"delivery|{planned.release}|{planned.target.id}".encode()).hexdigest()[:32]
