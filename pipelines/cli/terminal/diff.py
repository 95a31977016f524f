"""The difference between two releases: counts, then a line an observation, or a table of counts.

Not here: comparing them (``pipelines.published.diff``). Called for ``dvstats diff``.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from data_contracts.vocabulary import TOTAL
from pipelines.cli.terminal.console import console, plain_table, safe, shown

AGREE = "No difference."


def diff(rows: Sequence[dict[str, Any]]) -> None:
    """Every observation that differs."""
    counts = Counter(row["change"] for row in rows)
    print(", ".join(f"{count} {change}" for change, count in sorted(counts.items())) or AGREE)
    for row in rows:
        dimensions = ", ".join(row[name] for name in ("sex", "age", "breakdown") if row[name] != TOTAL)
        cell = f"{row['indicator']}, {row['ref_area']}, {row['time_period']} {dimensions}".rstrip()
        change = f"{shown(row['old_value']) or '–'} → {shown(row['new_value']) or '–'}"
        share = row["relative_difference"]
        relative = "" if share is None else f" ({share:+.1%})"
        print(safe(f"{row['change']:>10}  {cell}: {change}{relative}  {row['obs_key']}"))


def summary(rows: Sequence[dict[str, Any]]) -> None:
    """Counts by change, country, indicator and dataset."""
    if not rows:
        print(AGREE)
        return
    grid = plain_table()
    for name in rows[0]:
        grid.add_column(name, justify="right" if name == "observations" else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(safe(str(value)) for value in row.values()))
    console().print(grid)
