"""Observations as cells of additive tables: one figure a place, with the rows that state it.

Counts that follow from a share and its total, or from totals that an office gives away itself, are cells too. Not
here: which places add up (``disclosure_keys``) and the equations between cells (``additive_equations``, which calls
``cells_of``). ``suppress_cells`` reads the observations by ``Rows``.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from data_contracts.vocabulary import DIMENSIONS, TOTAL
from transforms.privacy.disclosure_keys import SIMPLE, Key, below_country, groups, totals_over


@dataclass
class Cell:
    """A figure of the additive tables, and the rows that state it."""

    key: Key
    value: float
    rows: list[int]
    withheld: bool = False  # by the office itself; the value follows from the others
    known: bool = False  # this value is published by another dataset, or was in an earlier release
    kept: bool = False  # published in the last release: its place stays so, whatever its value
    closed: bool = False  # withheld in the last release: it stays so
    blur: float = 0.0  # of a count that follows from a rounded share


class Rows:
    """The columns of the observations that matter here, as Python lists, and the key of every row."""

    def __init__(self, table: pa.Table, exempt: Collection[str], registers: Collection[str] = ()) -> None:
        """``exempt``: indicators that count no persons or cases. ``registers``: datasets whose national counts are
        protected too, since they are made of single incidents."""
        self.registers = frozenset(registers)
        names = (
            "obs_key",
            "ref_area",
            "indicator",
            *DIMENSIONS,
            "period_start",
            "period_end",
            "obs_value",
            "obs_upper",
            "unit_measure",
            "obs_status",
            "nature",
            "dataset_id",
            "source_id",
        )
        self.column: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in names}
        self.count = table.num_rows
        self.value: list[float | None] = self.column["obs_value"]
        counted = [indicator not in exempt for indicator in self.column["indicator"]]
        self.keys = [self._key(row) for row in range(self.count)]
        units = self.column["unit_measure"]
        self.counts = [row for row in range(self.count) if counted[row] and units[row] == "NUMBER"]
        self.derived = [row for row in range(self.count) if counted[row] and units[row] != "NUMBER"]
        # Two sources or natures of one cell are two tables; else they divide nothing (one sex a file, say).
        seen: dict[Key, set[float | None]] = defaultdict(set)
        for row in self.counts:
            seen[self.keys[row]].add(self.value[row])
        twice = {key.table for key, values in seen.items() if len(values) > 1}
        for row in range(self.count):
            key = self.keys[row]
            if key.table in twice:
                more = (str(self.column["nature"][row]), str(self.column["source_id"][row]))
                self.keys[row] = key._replace(table=(*key.table, *more))

    def protected(self, key: Key) -> bool:
        """Whether a small count at this place is withheld."""
        return below_country(key) or key.table[1] in self.registers

    def _key(self, row: int) -> Key:
        column = self.column
        start, end = column["period_start"][row], column["period_end"][row]
        return Key(
            table=(str(column["indicator"][row]), str(column["dataset_id"][row])),
            ref_area=str(column["ref_area"][row]),
            sex=str(column["sex"][row]),
            age=str(column["age"][row]),
            violence_form=str(column["violence_form"][row]),
            relationship=str(column["relationship"][row]),
            breakdown=_breakdown(str(column["breakdown"][row])),
            span=(_day(start), _day(end) + 1),
        )


def _breakdown(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.partition("=") for part in text.split(";") if part != TOTAL)
    return tuple(sorted((name, code) for name, _, code in pairs if code != TOTAL))


def _day(day: dt.date) -> int:
    return day.toordinal()


def cells_of(rows: Rows) -> list[Cell]:
    """Cells in the order of their keys, so that the order of rows changes nothing."""
    found: dict[Key, Cell] = {}
    for row in rows.counts:
        value = rows.value[row]
        bounded = rows.column["obs_status"][row] == "Q" or rows.column["obs_upper"][row] is not None
        if value is None and not bounded:
            continue
        cell = found.setdefault(rows.keys[row], Cell(rows.keys[row], np.nan, []))
        cell.rows.append(row)
        cell.withheld |= value is None
        if value is not None and not cell.value <= value:
            cell.value = value
    _add_shares(rows, found)
    _add_totals(found)
    _solve_withheld(found)
    known = [cell for cell in found.values() if not np.isnan(cell.value)]
    return sorted(known, key=lambda cell: cell.key)


def _add_shares(rows: Rows, found: dict[Key, Cell]) -> None:
    """A share with its total states a count that no row has; it becomes a cell of that share's row."""
    units = rows.column["unit_measure"]
    shares = [row for row in rows.derived if units[row] == "PERCENT" and rows.value[row] is not None]
    sums: dict[tuple[str, Key], float] = defaultdict(float)
    for row in shares:
        for dim, total in totals_over(rows.keys[row]):
            sums[dim, total] += float(rows.value[row] or 0)
    implied: dict[Key, Cell] = {}
    for row in sorted(shares, key=lambda r: (rows.keys[r], str(rows.column["obs_key"][r]))):
        key, value = rows.keys[row], float(rows.value[row] or 0)
        if key in found:
            continue
        over = [(dim, total) for dim, total in totals_over(key) if total in found and found[total].value > 0]
        whole = [pair for pair in over if abs(sums[pair] - 100) <= 1] or over
        if whole:
            count = min(found[total].value for _, total in whole)
            blur = 0.5 + 0.5 * 10 ** -decimals(value) * count / 100
            cell = implied.setdefault(key, Cell(key, float(round(value * count / 100)), [], blur=blur))
            cell.rows.append(row)
    found.update(implied)


def decimals(value: float) -> int:
    """How many a figure has; six where it has more."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _add_totals(found: dict[Key, Cell]) -> None:
    """A total that no row states still links two sets of parts, for example all sexes and all ages."""
    sums: dict[tuple[str, Key], list[float]] = defaultdict(list)
    for key, cell in found.items():
        for dim, total in totals_over(key):
            if total not in found:
                sums[dim, total].append(cell.value)
    linked: dict[Key, list[float]] = defaultdict(list)
    for (_, total), values in sums.items():
        linked[total].append(sum(values))
    for total, values in linked.items():
        if len(values) > 1 and not np.isnan(values).any():
            found[total] = Cell(total, max(values), [])


def _solve_withheld(found: Mapping[Key, Cell]) -> None:
    """What the office withheld and its own margins give away, so that this publication does not."""
    cells = list(found.values())
    if not any(np.isnan(cell.value) for cell in cells):
        return
    sums = list(groups([cell.key for cell in cells]))
    for _ in range(len(SIMPLE)):
        for total, parts in sums:
            members = [cells[i] for i in (total, *parts)]
            unknown = [cell for cell in members if np.isnan(cell.value)]
            if len(unknown) == 1:
                known = sum(cell.value for cell in members[1:] if cell is not unknown[0])
                value = known if unknown[0] is members[0] else members[0].value - known
                unknown[0].value = value if value >= 0 else np.nan
