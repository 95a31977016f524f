"""Refused rows as a person is told of them: a reason once, with the first cell that it holds for.

>>> [(first["raw_locator"], cells) for first, cells in by_reason(rows)]
[('line 2', 14), ('line 9', 1)]

Not here: why a row is refused (``transforms.normalize``). Called for ``dvstats status`` (``pipelines.dataset_states``)
and ``dvstats try`` (``pipelines.cli.terminal.trial``).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any


def by_reason(
    rows: Iterable[Mapping[str, Any]], together: Collection[str] = ()
) -> Iterator[tuple[Mapping[str, Any], int]]:
    """For each reason the first row of quarantine and the number of all that have it, in order.

    ``together``: rules whose sentence names another place in each row, and that are said once all the same.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        reason = row["rule"] if row["rule"] in together else row["reason_en"]
        found.setdefault(reason, []).append(row)
    for same in found.values():
        yield same[0], len(same)


def and_more(cells: int) -> str:
    """Words for the cells after the first."""
    more = cells - 1
    return f" (and {more} more cell{'s' if more > 1 else ''})" if more else ""
