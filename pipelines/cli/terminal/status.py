"""The state of the datasets: what needs a person first, then counts; with ``--all`` a line a dataset.

Everything fits the terminal, or 80 columns, and no identifier is cut. Not here: working the states out
(``pipelines.published.status``). Called for ``dvstats status``.
"""

import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipelines.cli.terminal.console import console, safe, width
from pipelines.published.status import needs_attention

# What a line of --all takes beside the identifier.
_BESIDE = 46
_STYLES = {"fresh": "green", "bundled": "green", "stale": "yellow", "held": "yellow", "failed": "red"}
_UNVERIFIED = "* the address has not been verified"


def status(rows: Sequence[dict[str, Any]], *, every: bool = False) -> None:
    """Datasets that need attention, then counts; ``every``: also a line for each dataset."""
    target = console()
    attention = [row for row in rows if needs_attention(row)]
    if attention:
        target.print(f"{len(attention)} of {len(rows)} datasets need attention:\n", style="bold")
    for row in attention:
        _problem(target, row)
    if every:
        _lines(target, rows)
        target.print()
    for row in rows:
        if row["waiting"] and row not in attention:
            for line in _folded(f"{row['dataset']}: {row['waiting']}"):
                target.print(line)
    counts = Counter(row["state"] for row in rows)
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    for line in _folded(f"{len(rows)} datasets: {states or 'none'}."):
        target.print(line)
    refused = sum(row["refused_rows"] for row in rows)
    target.print(f"Rows: {sum(row['rows'] for row in rows):,}. Refused rows: {refused:,}.")
    if not every:
        target.print("`dvstats status --all` lists every dataset.", style="dim")


def _problem(target: Console, row: dict[str, Any]) -> None:
    refused = f", {row['refused_rows']:,} rows refused" if row["refused_rows"] else ""
    target.print(
        Text.assemble(
            (row["dataset"], "bold"),
            f" ({row['country']}): ",
            (row["state"], _STYLES.get(row["state"], "dim")),
            refused,
        )
    )
    last = (
        f"last good file {row['last_success'][:10]}, {row['age_days']} days ago"
        if row["last_success"]
        else ""
    )
    requested = f"last request {row['last_asked'][:10]}" if row["last_asked"] else ""
    facts = [last or "no good file so far", requested, f"cadence {row['cadence']}", f"{row['rows']:,} rows"]
    facts.append(row["waiting"] or "")
    for line in (*_folded("; ".join(filter(None, facts)), 2), *_folded(row["reason"] or "", 2)):
        target.print(line, soft_wrap=True)
    target.print()


def _folded(text: str, indent: int = 0) -> list[str]:
    """A text in lines of the width; a longer word (an address) keeps a line of its own, which the terminal folds."""
    space = " " * indent
    return textwrap.wrap(
        safe(text),
        width(),
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _lines(target: Console, rows: Sequence[dict[str, Any]]) -> None:
    """One line a dataset, two where the terminal is narrow; the column of identifiers is as wide as the longest."""
    first = max((len(row["dataset"]) for row in rows), default=0)
    beside = "{:<2}  {:<12} {:<10} {:>7} {:>7}"
    narrow = first + _BESIDE > width()
    form = f"{{}}\n  {beside}" if narrow else f"{{:<{first}}}  {beside}"
    target.print(form.format("dataset", "", "state", "success", "rows", "refused"), style="bold")
    for row in rows:
        state = row["state"] + ("" if row["verified"] else "*")
        success = (row["last_success"] or "")[:10]
        line = form.format(row["dataset"], row["country"], state, success, row["rows"], row["refused_rows"])
        target.print(line.rstrip(), style=_STYLES.get(row["state"], "dim"))
    if any(not row["verified"] for row in rows):
        target.print(_UNVERIFIED, style="dim")
