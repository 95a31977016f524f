"""Counts that a share or a rate states: with a total, or with the population, whichever indicator and dataset has it.

::

    share of men in Naryn 10 %, victims in Naryn 30          -> 3 men, 27 others
    share of Naryn 21.5 %, victims in the country 93         -> 20 in Naryn
    0.5 per 100,000 in Naryn, population 290,000             -> 1.45, which is 1 or 2

An indicator has one unit, so that a share and its total are of two indicators, and often of two datasets; which total
is meant, nothing declares. So every count of persons at a place over the share is taken for it. ``Beside`` holds what
the other datasets of a release publish in the areas of a protected table.

Not here: what is withheld for it (``suppress_cells``, which calls this).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.vocabulary import TOTAL
from transforms.privacy.disclosure_keys import Key, places_above, totals_over
from transforms.privacy.rows_as_cells import Cell, Rows, decimals

#: a place without the table that it is in: the same for every indicator and dataset
Place = tuple[Any, ...]
Span = tuple[int, int]
_POPULATION = "POPULATION"
_PEOPLE = {"PER_100000_POP": 100_000.0, "PER_MILLION_WOMEN": 1_000_000.0}


def place_of(key: Key) -> Place:
    """The place in every table."""
    return key[1:]


class Counts:
    """Every count of persons at a place, of all indicators and datasets that are added."""

    def __init__(self) -> None:
        """None yet."""
        self._at: dict[Place, set[float]] = defaultdict(set)
        self._series: set[Place] = set()

    def add(self, key: Key, value: float) -> None:
        """One more."""
        self._at[place_of(key)].add(value)
        self._series.add(key[1:-1])

    def over(self, key: Key) -> Iterator[float]:
        """Counts at the places over one, for which its share may be of them."""
        for total in places_above(key) - {key}:
            yield from self._at.get(place_of(total), ())

    def has_series(self, key: Key) -> bool:
        """Whether anything is counted at a place, at whatever time."""
        return key[1:-1] in self._series


class Beside:
    """Counts, shares and rates of the other datasets, in the areas of a protected table."""

    def __init__(self, others: pa.Table | None, mine: pa.Table, exempt: Collection[str]) -> None:
        """``exempt``: indicators that count no persons."""
        self.counts = Counts()
        self._people: dict[Place, dict[Span, float]] = defaultdict(dict)
        self._ratios: list[tuple[Key, float, float]] = []
        if others is None:
            return
        areas = {area[:length] for area in pc.unique(mine["ref_area"]).to_pylist() for length in (2, None)}
        near = pc.is_in(others["ref_area"], value_set=pa.array(sorted(areas), pa.string()))
        rows = Rows(others.filter(pc.and_(near, pc.is_valid(others["obs_value"]))), exempt)
        for row in rows.counts:
            value = float(rows.value[row] or 0)
            if rows.column["indicator"][row] == _POPULATION:
                key = rows.keys[row]
                self._people[key[1:-1]][key.span] = value
            else:
                self.counts.add(rows.keys[row], value)
        for row in rows.derived:
            unit = rows.column["unit_measure"][row]
            people = 100.0 if unit == "PERCENT" else _PEOPLE.get(unit)
            if people:
                self._ratios.append((rows.keys[row], float(rows.value[row] or 0), people))

    def stated(self, own: Counts, threshold: float) -> dict[Place, list[float]]:
        """Counts that the shares and rates state nearly enough, beside counts of both; by place."""
        found: dict[Place, list[float]] = defaultdict(list)
        for key, ratio, people in self._ratios:
            wholes = [*self.counts.over(key), *own.over(key)] if people == 100 else self._population(key)
            rounded = 0.5 * 10.0 ** -decimals(ratio)
            found[place_of(key)] += [
                ratio * whole / people for whole in wholes if rounded * whole / people < threshold
            ]
        return found

    def _population(self, key: Key) -> list[float]:
        """Of the place, and of its women, whose number a rate of victims may be meant to be of; in the period of the
        rate or at its edge, since many offices count the population of one day, mostly 1 January."""
        bare = key._replace(violence_form=TOTAL, relationship=TOTAL, breakdown=())
        begin, end = key.span
        return [
            number
            for place in {bare[1:-1], bare._replace(sex="F")[1:-1]}
            for (since, until), number in self._people.get(place, {}).items()
            if since <= end and until > begin
        ]


def mark_stated(
    cells: Sequence[Cell], stated: Mapping[Place, Sequence[float]], threshold: float
) -> list[Cell]:
    """Mark cells that are as good as published, and give totals over them that are.

    A small one stays withheld: that a figure comes near to it may be chance. So may be that of a large one, which then
    is only no protection of others.
    """
    if not stated:
        return []
    sums: dict[tuple[str, Key], float] = defaultdict(float)
    own = {cell.key for cell in cells}
    for cell in cells:
        near = any(abs(value - cell.value) < threshold for value in stated.get(place_of(cell.key), ()))
        cell.known |= near and cell.value >= threshold and not (cell.closed or cell.withheld)
        for dim, total in totals_over(cell.key):
            if total not in own:
                sums[dim, total] += cell.value
    totals = {
        total: value
        for (_, total), parts in sums.items()
        for value in stated.get(place_of(total), ())
        if abs(value - parts) < threshold
    }
    return [Cell(total, max(value, 0.0), [], known=True) for total, value in sorted(totals.items())]


def small_beside(share: float, wholes: Collection[float], threshold: float) -> str | None:
    """Mark of a share that states a small count of one of these totals (A) or leaves one (D), otherwise None."""
    for mark, part in (("A", share), ("D", 100 - share)):
        if any(0 < round(part * whole / 100) < threshold for whole in wholes):
            return mark
    return None
