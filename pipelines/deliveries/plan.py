"""What is due: for each address of each subscription, whether the newest release is to be sent, and if not, why not.

Not here: what changed for somebody (``changes``) and the sending (``deliver``). Called by ``deliver`` and by the
sensor.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.deliveries.log import DeliveryLog
from pipelines.deployment import local_day
from pipelines.operations.declared import Operations, Subscription, Target, targets
from pipelines.operations.message import from_utc

# After a failure the next attempt waits, twice as long each time.
FIRST_WAIT = dt.timedelta(minutes=15)
LONGEST_WAIT = dt.timedelta(days=1)


@dataclass(frozen=True)
class Planned:
    """``decision``: send, sent (already), unchanged (already seen to be), later (a monthly one), waits (a failure).

    ``since``: the release that the target last received, empty where it has received none; ``until``: when a waiting
    or later one is due, UTC.
    """

    target: Target
    subscription: Subscription
    release: str
    decision: str
    since: str
    attempt: int
    until: str = ""


def plan(
    operations: Operations,
    log: DeliveryLog,
    release: str,
    now: dt.datetime,
    *,
    patient: bool = True,
    now_all: bool = False,
) -> Iterator[Planned]:
    """Every address. ``patient``: failures wait; ``now_all``: also what would come later or had no change."""
    for name, subscription in operations.deliveries.items():
        for target in targets(name, subscription):
            decision, until = _decision(subscription, log, target.id, release, now, patient, now_all)
            last = log.last_sent(target.id)
            attempts = [entry for entry in log.of(target.id, release) if entry.event == "intent"]
            since = last.release if last else ""
            yield Planned(target, subscription, release, decision, since, len(attempts) + 1, until)


def _decision(
    subscription: Subscription,
    log: DeliveryLog,
    target: str,
    release: str,
    now: dt.datetime,
    patient: bool,
    now_all: bool,
) -> tuple[str, str]:
    events = {entry.event for entry in log.of(target, release)}
    if "sent" in events:
        return "sent", ""
    if "unchanged" in events and not now_all:
        return "unchanged", ""
    last = log.last_sent(target)
    today = local_day(now)
    if (
        subscription.when == "monthly"
        and not now_all
        and last
        and _same_month(local_day(from_utc(last.at)), today)
    ):
        following = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        return "later", f"{following}"
    due = due_again(log, target, release)
    if patient and due and now < due:
        return "waits", f"{due:%Y-%m-%d %H:%M}"
    return "send", ""


def due_again(log: DeliveryLog, target: str, release: str) -> dt.datetime | None:
    """When a failed delivery is tried again; None where none failed."""
    failed = [entry for entry in log.of(target, release) if entry.event == "failed"]
    if not failed:
        return None
    doublings: int = 2 ** min(len(failed) - 1, 10)
    return from_utc(failed[-1].at) + min(FIRST_WAIT * doublings, LONGEST_WAIT)


def _same_month(one: dt.date, other: dt.date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
