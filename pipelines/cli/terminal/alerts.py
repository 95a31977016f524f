"""What is alerted at the moment, who was notified, and channels that do not work.

Not here: alerting (``pipelines.alerts``). Called for ``dvstats alerts`` and, for the channels, by ``dvstats status``.
"""

from collections.abc import Iterable
from typing import Any

from pipelines.alerts.already_notified import Memory
from pipelines.cli.terminal.console import safe
from pipelines.operations.declared import Target


def as_json(memory: Memory) -> dict[str, Any]:
    """The same for programs."""
    causes = [
        {
            **known.cause.as_json(),
            "since": known.since,
            "ended": known.ended or None,
            "told": sorted(target for target, what in known.told.items() if what),
        }
        for known in memory.causes.values()
    ]
    return {"causes": causes, "channels": memory.channels}


def alerts(memory: Memory, sentences: Iterable[str]) -> None:
    """What is wrong, since when, and who knows."""
    if not memory.causes:
        print("Nothing is alerted at the moment.")
    for known in memory.causes.values():
        cause = known.cause
        over = f", over since {known.ended}" if known.ended else ""
        print(f"{cause.kind} ({cause.country}): {safe(cause.about.en)}, since {known.since}{over}")
        print(f"  {safe(cause.why.en)}")
        notified = ", ".join(sorted(known.told)) or "nobody yet"
        print(f"  notified: {notified}")
    channels(memory)
    for sentence in sentences:
        print(f"note: {safe(sentence)}")


def channels(memory: Memory) -> None:
    """A line for each channel that does not work."""
    for name, trouble in memory.channels.items():
        print(
            f"Alerts: the channel {name} has not worked since {trouble['since']}: {safe(trouble['reason'])}."
        )


def tested(results: Iterable[tuple[Target, str]]) -> bool:
    """A line for each receiver as its test is sent; gives whether all arrived."""
    good = True
    for target, reason in results:
        print(f"{target.id}, channel {target.channel}: {safe(reason) or 'the test was sent'}")
        good = good and not reason
    return good
