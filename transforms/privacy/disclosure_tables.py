"""Finding additive tables: observations to cells, cells to the relations in which they add up.

The rules are at the head of ``disclosure``, the only caller; what an attacker makes of the relations is in
``disclosure_attack``.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from data_contracts.vocabulary import DIMENSIONS, TOTAL
from transforms.privacy.disclosure_known import Earlier, borrow, mark_earlier

COUNTRY = re.compile(r"[A-Z]{2}")
EPS = 1e-6
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
_Code = Any

# -- reading: rows to cells ----------------------------------------------------------------------------------


class Key(NamedTuple):
    """The place of a figure: its table and the dims inside it."""

    table: tuple[str, ...]
    ref_area: str
    sex: str
    age: str
    violence_form: str
    relationship: str
    breakdown: tuple[tuple[str, str], ...]
    span: tuple[int, int]


_SIMPLE = ("ref_area", "sex", "age", "violence_form", "relationship", "span")


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


def _at(key: Key, dim: str, code: _Code) -> Key:
    """The key with another code of one dimension."""
    return key._replace(**{dim: code})


def _day(day: dt.date) -> int:
    return day.toordinal()


def below_country(key: Key) -> bool:
    """Whether the area lies below the country."""
    return COUNTRY.fullmatch(key.ref_area) is None


def _cells(rows: Rows) -> list[Cell]:
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
            blur = 0.5 + 0.5 * 10 ** -_decimals(value) * count / 100
            cell = implied.setdefault(key, Cell(key, float(round(value * count / 100)), [], blur=blur))
            cell.rows.append(row)
    found.update(implied)


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def totals_over(key: Key) -> list[tuple[str, Key]]:
    """The keys one dimension up, with the name of the dimension."""
    up = [(dim, _at(key, dim, TOTAL)) for dim in _SIMPLE[1:5] if getattr(key, dim) != TOTAL]
    if below_country(key):
        up.append(("ref_area", key._replace(ref_area=key.ref_area[:2])))
    for name, code in key.breakdown:
        rest = tuple(pair for pair in key.breakdown if pair != (name, code))
        up.append((name, key._replace(breakdown=rest)))
    return up


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
    groups = list(_groups([cell.key for cell in cells]))
    for _ in range(len(_SIMPLE)):
        for total, parts in groups:
            members = [cells[i] for i in (total, *parts)]
            unknown = [cell for cell in members if np.isnan(cell.value)]
            if len(unknown) == 1:
                known = sum(cell.value for cell in members[1:] if cell is not unknown[0])
                value = known if unknown[0] is members[0] else members[0].value - known
                unknown[0].value = value if value >= 0 else np.nan


# -- relations -----------------------------------------------------------------------------------------------


def _groups(keys: Sequence[Key]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every (total, parts) that the dims give, as positions in ``keys``."""
    position = {key: i for i, key in enumerate(keys)}
    buckets: dict[tuple[str, Any], dict[_Code, int]] = defaultdict(dict)
    for i, key in enumerate(keys):
        for dim in _SIMPLE:
            buckets[dim, _at(key, dim, "")][getattr(key, dim)] = i
        for name, code in key.breakdown:
            without = key._replace(breakdown=tuple(pair for pair in key.breakdown if pair[0] != name))
            bucket = buckets[name + "=", without]
            bucket[code] = i
            if without in position:
                bucket[TOTAL] = position[without]
    for (dim, _), codes in buckets.items():
        if len(codes) > 1:
            for total, parts in _splits(dim, frozenset(codes)):
                yield codes[total], tuple(codes[part] for part in parts)


@lru_cache(maxsize=4096)
def _splits(dim: str, codes: frozenset[_Code]) -> tuple[tuple[_Code, tuple[_Code, ...]], ...]:
    """How the codes of one dimension add up."""
    if dim == "span":
        found = _chains({code: code for code in codes})
    elif dim == "age":
        found = _age_splits(codes)
    elif dim == "ref_area":
        found = [(c, [r for r in codes if r != c and r[:2] == c]) for c in codes if len(c) == 2]
    else:
        found = _listed_splits(dim, codes)
    return tuple((total, tuple(sorted(parts))) for total, parts in found if parts)


def _listed_splits(dim: str, codes: frozenset[str]) -> list[tuple[str, list[str]]]:
    """Sex, relationship, form, breakdown: all codes to the total; a union of two codes replaces the two."""
    union, pair = {
        "relationship": ("IPTN_FAM", {"IPTN", "FAM"}),
        "violence_form": ("PHYSICAL_SEXUAL", {"PHYSICAL", "SEXUAL"}),
    }.get(dim, ("", set()))
    found = []
    if TOTAL in codes:
        found.append((TOTAL, [c for c in codes if c not in {TOTAL, union}]))
    if union in codes:
        found.append((union, [c for c in codes if c in pair]))
        if TOTAL in codes:
            found.append((TOTAL, [c for c in codes if c != TOTAL and c not in pair]))
    return found


def _age_splits(codes: frozenset[str]) -> list[tuple[str, list[str]]]:
    spans = {code: span for code in codes if (span := _age(code)) is not None}
    loose = [code for code in codes if code not in spans]
    found = _chains(spans)
    if loose and not any(total == TOTAL for total, _ in found):
        found.append((TOTAL, []))
    return [(total, [*parts, *(loose if total == TOTAL else [])]) for total, parts in found if total in codes]


def _age(code: str) -> tuple[int, int] | None:
    """First year of age and the first one beyond; None where the code says no ages (``_U``)."""
    if code == TOTAL:
        return 0, 1000
    match = re.fullmatch(r"Y(?:_LT(?P<under>\d+)|_GE(?P<over>\d+)|(?P<low>\d+)T(?P<high>\d+))", code)
    if match is None:
        return None
    if match["under"]:
        return 0, int(match["under"])
    return (int(match["over"]), 1000) if match["over"] else (int(match["low"]), int(match["high"]) + 1)


def _chains(spans: Mapping[_Code, tuple[int, int]]) -> list[tuple[_Code, list[_Code]]]:
    """For every span the chains of disjoint spans inside it that leave no room for a further one.

    Only the coarsest: a chain in which two neighbours make up a span that exists follows from others.
    """
    found: list[tuple[_Code, list[_Code]]] = []
    order = sorted(spans, key=lambda code: (spans[code][0], -spans[code][1], str(code)))
    for total in order:
        low, high = spans[total]
        inside = [c for c in order if low <= spans[c][0] and spans[c][1] <= high and spans[c] != spans[total]]
        chains: list[list[_Code]] = []
        _extend(spans, inside, low, [], chains)
        found.extend((total, chain) for chain in chains)
    return found


_MOST_CHAINS = 64


def _extend(
    spans: Mapping[_Code, tuple[int, int]],
    inside: list[_Code],
    at: int,
    chain: list[_Code],
    out: list[list[_Code]],
) -> None:
    after = [code for code in inside if spans[code][0] >= at]
    if not after:
        out.extend([chain] if chain else [])
        return
    first_end = min(spans[code][1] for code in after)
    for code in after:
        if spans[code][0] < first_end and len(out) < _MOST_CHAINS:
            longer = [*chain, code]
            if not _merges(spans, inside, longer):
                _extend(spans, inside, spans[code][1], longer, out)


def _merges(spans: Mapping[_Code, tuple[int, int]], inside: list[_Code], chain: list[_Code]) -> bool:
    exist = {spans[code] for code in inside}
    low, high = spans[chain[-1]]
    for code in reversed(chain[:-1]):
        if spans[code][1] != low:
            return False
        low = spans[code][0]
        if (low, high) in exist:
            return True
    return False


@dataclass
class Model:
    """Cells and rests of totals are variables; each relation says total - parts - rest = a known constant."""

    cells: list[Cell]
    matrix: Any  # relations x variables, sparse; +1 the total, -1 the rest of the row
    x: Floats
    row: Bools  # a row states it
    small: Bools  # above 0, below the threshold, and protected
    below: Bools  # protected by the primary rule: below the country, or of a register
    hidden: Bools  # from the start
    marked: Bools  # conf_status A
    cost: Floats
    known: Bools  # its value is published elsewhere, so withholding it hides nothing
    fixed: Bools  # not to be withheld for the sake of others: known, or published by an earlier release


class _Relations:
    """Collects the rows of the matrix and the rests."""

    def __init__(self, cells: Sequence[Cell], threshold: float, protected: Callable[[Key], bool]) -> None:
        self.cells = cells
        self.threshold = threshold
        self.protected = protected
        self.rows: set[tuple[int, tuple[int, ...], int]] = set()
        self.rests: list[tuple[float, bool]] = []

    def add(self, total: int, parts: tuple[int, ...]) -> None:
        whole = self.cells[total]
        rest = whole.value - sum(self.cells[i].value for i in parts)
        blur = max(whole.blur + sum(self.cells[i].blur for i in parts), EPS)
        if rest <= -self.threshold:
            if len(parts) > 1:
                for part in parts:
                    self.add(total, (part,))
            return
        # A rest of 0 or below is known to the attacker: the parts add up, or miss by what all can see.
        if rest <= blur:
            self.rows.add((total, parts, -1))
            return
        parted = self.protected(whole.key) or any(self.protected(self.cells[i].key) for i in parts)
        self.rests.append((rest, parted))
        self.rows.add((total, parts, len(self.rests) - 1))

    def twins(self) -> None:
        """One cell from two datasets or sources: whoever reads the one knows the other."""
        same: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for i, cell in enumerate(self.cells):
            same[cell.key.table[0], *cell.key[1:]].append(i)
        for group in same.values():
            for a, b in zip(group, group[1:], strict=False):
                if abs(self.cells[a].value - self.cells[b].value) < self.threshold:
                    self.rows.add((a, (b,), -1))

    def matrix(self) -> Any:
        ordered = sorted(self.rows)
        at, variable, sign = [], [], []
        for i, (total, parts, rest) in enumerate(ordered):
            members = [total, *parts] + ([len(self.cells) + rest] if rest >= 0 else [])
            at += [i] * len(members)
            variable += members
            sign += [1.0] + [-1.0] * (len(members) - 1)
        shape = (len(ordered), len(self.cells) + len(self.rests))
        return sparse.csc_matrix((sign, (at, variable)), shape=shape)


def _relations(cells: Sequence[Cell], threshold: float, protected: Callable[[Key], bool]) -> _Relations:
    relations = _Relations(cells, threshold, protected)
    for total, parts in sorted(set(_groups([cell.key for cell in cells]))):
        relations.add(total, parts)
    relations.twins()
    return relations


def build_model(
    rows: Rows, threshold: float, *, others: Rows | None = None, earlier: Earlier | None = None
) -> Model:
    """Cells, relations between them, and which are small; ``others``, ``earlier``: what else a reader knows."""
    cells = _cells(rows)
    mark_earlier(cells, rows, earlier or Earlier())
    if others is not None:
        cells = sorted([*cells, *borrow(cells, others, threshold)], key=lambda cell: cell.key)
    relations = _relations(cells, threshold, rows.protected)
    rests = relations.rests
    matrix = relations.matrix()
    x = np.array([cell.value for cell in cells] + [value for value, _ in rests], dtype=np.float64)
    below = np.array(
        [rows.protected(cell.key) for cell in cells] + [parted for _, parted in rests], dtype=np.bool_
    )

    def flags(of_cell: Callable[[Cell], bool]) -> Bools:
        return np.array([of_cell(cell) for cell in cells] + [False] * len(rests), dtype=np.bool_)

    row = flags(lambda cell: bool(cell.rows))
    small = below & (x > EPS) & (x < threshold - EPS)
    zeros = _small_zeros(matrix, x, small & row) & row & below
    height = _heights(matrix)
    # The fraction breaks ties by place in the order of keys.
    cost = np.minimum((x + 1) * 3.0**height, 1e7) * (1 + 1e-3 * ((np.arange(len(x)) * 0.6180339887) % 1))
    known = flags(lambda cell: cell.known)
    fixed = known | (flags(lambda cell: cell.kept) & ~small)
    hidden = (small | zeros | flags(lambda cell: cell.withheld or cell.closed) | ~row) & ~fixed
    return Model(cells, matrix, x, row, small, below, hidden, (small | zeros) & row, cost, known, fixed)


def _heights(matrix: Any) -> Floats:
    """How many levels of totals a variable is above the innermost parts."""
    height = np.zeros(matrix.shape[1])
    at = matrix.tocoo()
    totals, parts = at.data > 0, at.data < 0
    for _ in range(12):
        highest = np.zeros(matrix.shape[0])
        np.maximum.at(highest, at.row[parts], height[at.col[parts]])
        np.maximum.at(height, at.col[totals], highest[at.row[totals]] + 1)
    return np.minimum(height, 12)


def _small_zeros(matrix: Any, x: Floats, small: Bools) -> Bools:
    """Zeros under a small total, unless published zeros over them or beneath them say the same anyway."""
    at = matrix.tocoo()
    total_of = np.zeros(matrix.shape[0], dtype=np.int64)
    total_of[at.row[at.data > 0]] = at.col[at.data > 0]
    lines, parts = at.row[at.data < 0], at.col[at.data < 0]
    totals = total_of[lines]
    zero = np.abs(x) <= EPS
    found = np.zeros(len(x), dtype=np.bool_)
    for _ in range(12):
        found[parts[(small | found)[totals] & zero[parts]]] = True
    while True:
        known = np.zeros(len(x), dtype=np.bool_)
        known[parts[(zero & ~found)[totals]]] = True
        open_parts = np.bincount(lines, ~zero[parts] | found[parts], matrix.shape[0])
        known[total_of[open_parts == 0]] = True
        if not (found & known).any():
            return found
        found &= ~known
