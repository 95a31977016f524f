"""After each run: what is wrong now, who has not been notified yet, and notifying them.

>>> after_run(Path("data"), Finished("refresh"), now)
['The channel office-mail does not work: mail.example.org refuses the user and password (code 535). …']

Nothing in here stops a refresh: what a channel does not take is kept and tried again after the next run, and said in
a sentence. Not here: channels (``pipelines.operations``), causes (``causes``), words (``wording``). Called by
``pipelines.refresh``, the sensors of ``pipelines.assets.alerts``, ``dvstats alerts`` and ``dvstats deliver``.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.errors import DvstatsError
from data_contracts.model import Contract, Text
from pipelines.alerts import causes
from pipelines.alerts.already_notified import OF_RUNS, Memory
from pipelines.alerts.causes import EVERYWHERE, Cause
from pipelines.alerts.wording import Event, Wording
from pipelines.deployment import local_day
from pipelines.operations.declared import (
    STATE_FOLDER,
    AlertReceiver,
    Operations,
    Target,
    load_operations,
    targets,
)
from pipelines.operations.message import ChannelError, Message, as_utc, from_utc
from pipelines.operations.send import send
from pipelines.release.manifest import release_names
from sources.durable import locked

if TYPE_CHECKING:
    from pipelines.dataset_states import DatasetState

# More news than this at once is one message: a network that is down makes every source stale on the same day.
APART = 5


@dataclass(frozen=True)
class Finished:
    """How a run ended. ``states``: of all datasets after it; None where it did not get so far.

    ``problem``: what stopped it, ``problem_ru`` the same in Russian where it is known; ``blocked``: a check of the
    release did.
    """

    job: str
    problem: str = ""
    problem_ru: str = ""
    blocked: bool = False
    states: "Sequence[DatasetState] | None" = None
    contract: Contract | None = None


def after_run(data_dir: Path, finished: Finished, now: dt.datetime) -> list[str]:
    """Notify everybody who has not been notified yet; gives sentences on channels that did not work. Raises nothing."""
    return _at_occasion(data_dir, now, finished)


def resend(data_dir: Path, now: dt.datetime) -> list[str]:
    """Try again what channels did not take, and look at disk and deliveries; the datasets are as they were."""
    return _at_occasion(data_dir, now, None)


def _at_occasion(data_dir: Path, now: dt.datetime, finished: Finished | None) -> list[str]:
    try:
        operations = load_operations(data_dir)
        if operations is None or operations.alerts is None:
            return []
        folder = data_dir / STATE_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / ".alerts.lock"):
            memory = Memory(folder / "alerts.json")
            occasion = _Occasion(data_dir, operations, memory, now)
            occasion.look(finished)
            return occasion.send_pending()
    except DvstatsError as error:
        return [f"No alert could be sent: {error}"]
    except Exception as error:
        # Whatever is wrong here, the release that was just made is good.
        return [f"No alert could be sent ({type(error).__name__}: {error}). Report it."]


def open_causes(data_dir: Path) -> Memory:
    """What is known at the moment, for showing it."""
    return Memory(data_dir / STATE_FOLDER / "alerts.json")


def send_tests(data_dir: Path, operations: Operations, now: dt.datetime) -> Iterator[tuple[Target, str]]:
    """Send a test to every receiver; gives each target with why it failed, or nothing."""
    for target, receiver in _receivers(operations):
        message = Wording(receiver.language, data_dir).test(target.id, as_utc(now))
        try:
            send(operations.channels[target.channel], target.to, message)
        except ChannelError as error:
            yield target, str(error)
        else:
            yield target, ""


def _receivers(operations: Operations) -> list[tuple[Target, AlertReceiver]]:
    declared = operations.alerts.receivers if operations.alerts else {}
    return [(target, receiver) for name, receiver in declared.items() for target in targets(name, receiver)]


def _wants(receiver: AlertReceiver, cause: Cause) -> bool:
    here = cause.country == EVERYWHERE or not receiver.countries or cause.country in receiver.countries
    return here and (not receiver.causes or cause.kind in receiver.causes)


class _Occasion:
    """One look and what follows from it, while the lock is held."""

    def __init__(self, data_dir: Path, operations: Operations, memory: Memory, now: dt.datetime) -> None:
        self.data_dir, self.operations, self.memory, self.now = data_dir, operations, memory, now
        self.receivers = _receivers(operations)
        self.broken: dict[str, str] = {}

    # -- what is wrong -------------------------------------------------------------------------------------------

    def look(self, finished: Finished | None) -> None:
        """Bring the memory up to date."""
        found = [*self._always()]
        lasting = [*OF_RUNS]
        if finished and finished.problem:
            make = causes.blocked_release if finished.blocked else causes.failed_run
            problem = Text(finished.problem, finished.problem_ru or finished.problem)
            found.append(make(finished.job, problem, self._known_since(finished)))
        elif finished:
            self.memory.end([f"{kind}:{finished.job}" for kind in OF_RUNS], self.now)
        if finished and finished.states is not None and self.operations.alerts:
            found += causes.dataset_causes(finished.states, self.operations.alerts, self.now)
        else:
            lasting += ["held", "stale"]
        if finished and finished.contract:
            found += self._revisions(finished.contract)
        self.memory.note(found, self.now, lasting=lasting)
        self.memory.save()

    def _known_since(self, finished: Finished) -> dt.datetime:
        """A run that fails every night failed first when it failed first."""
        kind = "release_blocked" if finished.blocked else "run_failed"
        known = self.memory.causes.get(f"{kind}:{finished.job}")
        return self.now if known is None else from_utc(known.since)

    def _always(self) -> Iterator[Cause]:
        """What needs no run to be seen."""
        if self.operations.alerts:
            reported = "disk_nearly_full" in self.memory.causes
            yield from causes.disk(self.data_dir.resolve(), self.operations.alerts, reported)
        yield from causes.deliveries(self.data_dir)

    def _revisions(self, contract: Contract) -> list[Cause]:
        """Of the releases since the last look; of the newest alone where there was none."""
        names = release_names(self.data_dir)
        if not names or not self.operations.alerts:
            return []
        after = self.memory.last_release or (names[-2] if len(names) > 1 else "")
        self.memory.last_release = names[-1]
        folder = self.data_dir / "releases" / names[-1]
        return list(causes.revisions(contract, folder, after, self.operations.alerts))

    # -- sending -------------------------------------------------------------------------------------------------

    def send_pending(self) -> list[str]:
        """Send what is pending; gives sentences on channels that did not take it."""
        for target, receiver in self.receivers:
            self._send_to(target, receiver)
        wanted = {
            key: [target.id for target, receiver in self.receivers if _wants(receiver, known.cause)]
            for key, known in self.memory.causes.items()
        }
        self.memory.forget(wanted)
        self.memory.save()
        return [
            f"The channel {name} does not work: {reason}. What it did not take is sent after the next run."
            for name, reason in self.broken.items()
        ]

    def _send_to(self, target: Target, receiver: AlertReceiver) -> None:
        """What one target has yet to be notified of: a message each, or one for all."""
        mine = [known for known in self.memory.causes.values() if _wants(receiver, known.cause)]
        events: list[Event] = [(known, what) for known in mine if (what := known.pending(target.id))]
        today = f"{local_day(self.now)}"
        if not events or (receiver.when == "daily" and self.memory.digests.get(target.id) == today):
            return
        wording = Wording(receiver.language, self.data_dir)
        if receiver.when == "daily" or len(events) > APART:
            pending = [known for known, _ in events]
            still = [known for known in mine if known not in pending and not known.ended]
            if self._send(target, wording.several(target.id, events, still), events):
                self.memory.digests[target.id] = today
        else:
            for event in events:
                self._send(target, wording.single(target.id, event), [event])
        self.memory.save()

    def _send(self, target: Target, message: Message, events: Sequence[Event]) -> bool:
        """One message; what is written down about it is written at once."""
        name = target.channel
        if name in self.broken:
            return False
        try:
            send(self.operations.channels[name], target.to, message)
        except ChannelError as error:
            self._note_broken(name, str(error))
            return False
        self.memory.channels.pop(name, None)
        for known, what in events:
            known.told[target.id] = what
        self.memory.save()
        return True

    def _note_broken(self, name: str, reason: str) -> None:
        self.broken[name] = reason
        since: dict[str, Any] = self.memory.channels.get(name, {})
        self.memory.channels[name] = {"since": since.get("since", as_utc(self.now)), "reason": reason}
