"""Deliveries in the terminal: what went, or would go, to whom; the log as a table.

Not here: delivering (``pipelines.deliveries``). Called for ``dvstats deliver``.
"""

import textwrap
from collections.abc import Sequence

from pipelines.cli.terminal.console import console, plain_table, safe
from pipelines.deliveries.deliver import Delivered, Result
from pipelines.deliveries.log import Entry

_WORDS = {
    "sent": "sent",
    "unchanged": "not sent: nothing changed for them",
    "empty": "not sent: the release has no figure for them",
    "later": "not sent: one a month, the next from {until} on",
    "waits": "failed before, tried again from {until} UTC on; `dvstats deliver {name}` does not wait",
    "failed": "failed: {reason}",
    "send": "would be sent",
}


def delivered(done: Delivered, *, dry_run: bool) -> None:
    """A line an address; before anything is sent also the message."""
    for result in done.results:
        target, wanted = result.planned.target, result.planned.subscription
        to = f" to {target.to}" if target.to else ""
        print(
            f"{target.name}: {', '.join(wanted.what)} by {target.channel}{to}: {_decision_in_words(result, dry_run)}"
        )
        if dry_run and result.message:
            print(textwrap.indent(f"{safe(result.message.subject)}\n{safe(result.message.text)}", "    "))
    for sentence in done.notices:
        print(f"note: {safe(sentence)}")


def _decision_in_words(result: Result, dry_run: bool) -> str:
    planned = result.planned
    if result.decision == "sent" and (dry_run or result.message is None):
        return f"has release {planned.release}"
    words = _WORDS[result.decision]
    return words.format(until=planned.until, name=planned.target.name, reason=safe(result.reason))


def log(entries: Sequence[Entry]) -> None:
    """Every line of the log, oldest first."""
    table = plain_table()
    columns = ("at", "delivery", "target", "release", "event", "attempt", "channel", "reason")
    for column in columns:
        table.add_column(column, overflow="fold")
    for entry in entries:
        table.add_row(*(safe(str(getattr(entry, column))) for column in columns))
    console().print(table)
