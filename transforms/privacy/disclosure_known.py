"""What a reader of a release knows beside the table that is protected: other figures of the release, earlier releases.

**Other datasets.** A total that another dataset publishes gives a withheld region away as well as an own one would:
figures of the same indicator that lie over, under or on the cells of the protected table become cells of it that
cannot be withheld. Two counts of one thing that differ by less than the threshold are one figure to an attacker.

**Earlier releases.** Their pattern is frozen. What was published stays published (withholding it hides nothing, and
what changed beside it could be set against it) unless it has become small; what was withheld stays withheld, for the
totals around it are in everybody's hands.

Called by ``additive_equations.build_model``; not here: relations, suppression, attacks.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from transforms.privacy.disclosure_keys import Key, places_above, totals_over
from transforms.privacy.rows_as_cells import Cell, Rows

# Counts, as against models of them, which give no count away.
_COUNTED = ("C", "CA", "N")
_SPANS = tuple[int, int]


@dataclass
class Earlier:
    """What earlier releases said, by ``obs_key``.

    ``shown``: every value ever published. ``last_shown``, ``closed``: whether the last word was a value or a mark.
    """

    shown: dict[str, set[float]] = field(default_factory=lambda: defaultdict(set))
    last_shown: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)


def earlier_releases(history: pa.Table | None) -> Earlier:
    """Read ``observation_history`` of the protected datasets."""
    found = Earlier()
    if history is None or not history.num_rows:
        return found
    ordered = history.select(["obs_key", "obs_value", "conf_status", "valid_from"]).sort_by("valid_from")
    columns = (ordered[name].to_pylist() for name in ("obs_key", "obs_value", "conf_status"))
    for key, value, mark in zip(*columns, strict=True):
        if value is not None:
            found.shown[key].add(value)
            found.last_shown.add(key)
            found.closed.discard(key)
        elif mark in ("A", "D"):
            found.closed.add(key)
            found.last_shown.discard(key)
    return found


def mark_earlier(cells: Collection[Cell], rows: Rows, earlier: Earlier) -> None:
    """Set ``known``, ``kept`` and ``closed`` of cells that earlier releases had."""
    keys = rows.column["obs_key"]
    for cell in cells:
        for row in cell.rows:
            key = str(keys[row])
            cell.known |= rows.value[row] in earlier.shown.get(key, ())
            cell.kept |= key in earlier.last_shown
            cell.closed |= key in earlier.closed


def counted_elsewhere(others: pa.Table | None, indicators: Collection[str]) -> pa.Table | None:
    """Rows of other datasets that count what the protected table counts."""
    if others is None:
        return None
    mine = pc.and_(
        pc.is_in(others["indicator"], value_set=pa.array(sorted(indicators), pa.string())),
        pc.and_(
            pc.is_in(others["nature"], value_set=pa.array(_COUNTED, pa.string())),
            pc.is_valid(others["obs_value"]),
        ),
    )
    return others.filter(mine)


def borrow(cells: Sequence[Cell], others: Rows, threshold: float) -> list[Cell]:
    """Further cells of the protected tables, of values that other datasets publish; marks cells that both have."""
    if not others.counts or not cells:
        return []
    place = _Places(cells)
    given: dict[Key, list[float]] = defaultdict(list)
    for row in others.counts:
        value = others.value[row]
        if value is not None:
            for key in place.own_keys(others.keys[row]):
                given[key].append(value)
    made = []
    for key in sorted(given):
        own = place.by_key.get(key)
        if own is not None:
            own.known |= any(abs(value - own.value) < threshold for value in given[key])
        elif place.is_near(key):
            made.append(type(cells[0])(key, place.nearest(key, given[key]), [], known=True))
    return made


class _Places:
    """Where the cells of the protected tables lie, so that a total over them or a part of them is recognized."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.by_key = {cell.key: cell for cell in cells}
        self.tables: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        self.spans: dict[Key, set[_SPANS]] = defaultdict(set)
        self.spans_below: dict[Key, set[_SPANS]] = defaultdict(set)
        self.sums: dict[Key, list[float]] = {}
        sums: dict[tuple[str, Key], float] = defaultdict(float)
        for cell in cells:
            self.tables[cell.key.table[0]].add(cell.key.table)
            timeless = _timeless(cell.key)
            self.spans[timeless].add(cell.key.span)
            for above in places_above(timeless):
                self.spans_below[above].add(cell.key.span)
            for dim, total in totals_over(cell.key):
                sums[dim, total] += cell.value
        for (_, total), value in sums.items():
            self.sums.setdefault(total, []).append(value)

    def own_keys(self, key: Key) -> Iterator[Key]:
        """The place of another dataset's figure in each protected table of its indicator."""
        for table in sorted(self.tables.get(key.table[0], ())):
            yield key._replace(table=table)

    def is_near(self, key: Key) -> bool:
        """Whether a place lies over some cell, or under one."""
        timeless = _timeless(key)
        if any(_within(span, key.span) for span in self.spans_below.get(timeless, ())):
            return True
        return any(
            _within(key.span, span) for above in places_above(timeless) for span in self.spans.get(above, ())
        )

    def nearest(self, key: Key, values: Sequence[float]) -> float:
        """Of several published values the one that the parts come nearest to."""
        sums = self.sums.get(key)
        return min(values, key=lambda value: (abs(value - max(sums)), value)) if sums else min(values)


def _timeless(key: Key) -> Key:
    return key._replace(span=(0, 0))


def _within(inner: _SPANS, outer: _SPANS) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
