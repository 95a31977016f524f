"""The difference between two releases: counts, then a line an observation, or counts by dataset and indicator.

Not here: comparing them (``pipelines.published.diff``). Called for ``dvstats diff``.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from data_contracts.vocabulary import TOTAL
from pipelines.cli.terminal.console import safe, shown

AGREE = "No difference."


def diff(rows: Sequence[dict[str, Any]]) -> None:
    """Every observation that differs."""
    print(_counted(rows) or AGREE)
    for row in rows:
        dimensions = ", ".join(row[name] for name in ("sex", "age", "breakdown") if row[name] != TOTAL)
        cell = f"{row['indicator']}, {row['ref_area']}, {row['time_period']} {dimensions}".rstrip()
        print(safe(f"{row['change']:>10}  {cell}: {_moved(row)}  {row['obs_key']}"))


def _moved(row: dict[str, Any]) -> str:
    """Example: ``10 → 12 (+20.0%)``; where the value stayed, what else changed: ``43, status V → U, note``."""
    old, new = (shown(row[name]) or "–" for name in ("old_value", "new_value"))
    share = row["relative_difference"]
    relative = "" if share is None else f" ({share:+.1%})"
    if row["change"] != "reflagged":
        return f"{old} → {new}{relative}"
    statuses = row["old_status"], row["new_status"]
    status = f"status {statuses[0]} → {statuses[1]}" if statuses[0] != statuses[1] else ""
    return ", ".join(text for text in (new, status, row["also_changed"]) if text)


def summary(rows: Sequence[dict[str, Any]]) -> None:
    """Counts: of all, then under each dataset a line for each country and indicator."""
    print(_counted(rows) or AGREE)
    for dataset, mine in _grouped(rows, "dataset_id"):
        print(f"{safe(dataset)}: {_counted(mine)}")
        for (country, indicator), those in _grouped(mine, "country", "indicator"):
            print(safe(f"  {country} {indicator}: {_counted(those)}"))


def _grouped(rows: Sequence[dict[str, Any]], *names: str) -> list[tuple[Any, list[dict[str, Any]]]]:
    key = itemgetter(*names)
    return [(value, list(mine)) for value, mine in groupby(sorted(rows, key=key), key)]


def _counted(rows: Sequence[dict[str, Any]]) -> str:
    """Example: ``12 added, 3 revised``."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["change"]] += row.get("observations", 1)
    return ", ".join(f"{count:,} {change}" for change, count in sorted(counts.items()))
