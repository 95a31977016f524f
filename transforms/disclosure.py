"""Statistical disclosure control of ``restricted`` datasets: what an office handed over and did not publish.

Three pure functions: ``guard`` refuses a file that holds personal data, ``suppress`` withholds small counts
and whatever else would give them away, ``audit`` attacks the result.

**Primary rule.** A count (unit ``NUMBER``) above 0 and below the threshold, in an area below the country, is
withheld (``obs_status`` Q, ``conf_status`` A). A **zero** is published, save inside a small group: where a
withheld small total stands over it, the zeros would say what the few persons have in common (attribute
disclosure), so they are withheld with it. A zero in a group of threshold or more is published although it
says something of the group ("all 40 victims are women"): most zeros are articles or ages that cannot occur,
and every reader knows them. For the same reason a zero protects another cell only when nothing else can.

**What adds up.** ``_relations`` lists every additive relation between the rows: regions to the country,
sexes, relationships and forms to their totals, codes of one breakdown name to the row without it, age groups
and time spans to every span that they tile. What a total holds beyond its parts is a cell too, though nobody
wrote it down: Jan-Nov minus Jan-Oct, a sex not stated, a region left out. It is protected like any other when
it is small. Parts that miss their total by less than the threshold are taken as adding up with a difference
that the attacker knows; parts that exceed it by more overlap, and then each is only a part of the total.

**Secondary suppression.** The cell suppression problem (Fischetti & Salazar 2001, Management Science 47;
Hundepool et al., Statistical Disclosure Control, Wiley 2012; the ESSnet Handbook on SDC) by the
sequential linear-programming heuristic of Kelly, Golden & Assad (1992, Networks 22): find the cheapest other
table with the same margins in which the cell to be protected has another value; the cells that differ are
withheld with it (``conf_status`` D). Cost is the value of a cell, times 3 a level of totals, so that small
inner cells go first and totals last. Cells of a batch that share no relation are moved by one programme.
Every table found is kept as a witness: the width of a cell's interval is at least what the witnesses span, so
few programmes prove many cells.

**What is guaranteed**, against two attackers who know the published rows and all relations above: ``margins``
(counts are not negative): every withheld count keeps a feasible interval at least ``threshold`` wide;
``rule`` (knows this rule and both marks as well: A lies in 1..threshold-1, D is threshold or more below the
country): every count marked A keeps at least one other value, a whole one away. Intervals are those of the
linear relaxation: exact in whole numbers for a two-way table with its margins, an outer bound for more.

**Not covered**: a person who is one of the counted and knows own cell; figures published elsewhere or in an
earlier release; relations between different indicators, except that anything with the dims of a withheld
count is withheld.
"""

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from scipy.optimize import linprog  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

TOTAL = "_T"
_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_EPS = 1e-6
_OPEN = 1e9
_NOTES = {
    "A": "Withheld: too few stand behind it.",
    "D": "Withheld: with it another withheld figure could be computed.",
}
_Floats = NDArray[np.float64]
_Bools = NDArray[np.bool_]
_Ints = NDArray[np.int64]
_Code = Any


class DisclosureError(ValueError):
    """The table cannot be published as it is; says why, without figures."""


@dataclass(frozen=True)
class Exposure:
    """A withheld figure that the published ones give away, and between which bounds."""

    obs_keys: tuple[str, ...]
    attack: str
    lower: float | None
    upper: float | None


# -- reading: rows to cells ----------------------------------------------------------------------------------


class _Key(NamedTuple):
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
class _Cell:
    key: _Key
    value: float
    rows: list[int]
    withheld: bool = False  # by the office itself; the value follows from the others
    blur: float = 0.0  # of a count that follows from a rounded share


class _Rows:
    """The columns of the observations that matter here, as Python lists, and the key of every row."""

    def __init__(self, table: pa.Table, exempt: Collection[str]) -> None:
        names = (
            "obs_key", "ref_area", "indicator", "sex", "age", "violence_form", "relationship", "breakdown",
            "period_start", "period_end", "obs_value", "obs_upper", "unit_measure", "obs_status", "nature",
            "dataset_id", "source_id",
        )  # fmt: skip
        self.column: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in names}
        self.count = table.num_rows
        self.value: list[float | None] = self.column["obs_value"]
        counted = [indicator not in exempt for indicator in self.column["indicator"]]
        self.keys = [self._key(row) for row in range(self.count)]
        units = self.column["unit_measure"]
        self.counts = [row for row in range(self.count) if counted[row] and units[row] == "NUMBER"]
        self.derived = [row for row in range(self.count) if counted[row] and units[row] != "NUMBER"]
        # Two sources or natures of one cell are two tables; else they divide nothing (one sex a file, say).
        seen: dict[_Key, set[float | None]] = defaultdict(set)
        for row in self.counts:
            seen[self.keys[row]].add(self.value[row])
        twice = {key.table for key, values in seen.items() if len(values) > 1}
        for row in range(self.count):
            key = self.keys[row]
            if key.table in twice:
                more = (str(self.column["nature"][row]), str(self.column["source_id"][row]))
                self.keys[row] = key._replace(table=(*key.table, *more))

    def _key(self, row: int) -> _Key:
        column = self.column
        start, end = column["period_start"][row], column["period_end"][row]
        return _Key(
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


def _at(key: _Key, dim: str, code: _Code) -> _Key:
    """The key with another code of one dimension."""
    return key._replace(**{dim: code})


def _day(day: dt.date) -> int:
    return day.toordinal()


def _below(key: _Key) -> bool:
    return _COUNTRY.fullmatch(key.ref_area) is None


def _refuse_lower_levels(areas: Iterable[str]) -> None:
    """Below a first-level region no figure is published, withheld or not: its very row says where to look."""
    lower = sorted({a for a in areas if not _COUNTRY.fullmatch(a) and not _REGION.fullmatch(a)})
    if lower:
        raise DisclosureError(f"areas below a first-level region are not published: {', '.join(lower[:20])}")


def _cells(rows: _Rows) -> list[_Cell]:
    """Cells in the order of their keys, so that the order of rows changes nothing."""
    found: dict[_Key, _Cell] = {}
    for row in rows.counts:
        value = rows.value[row]
        bounded = rows.column["obs_status"][row] == "Q" or rows.column["obs_upper"][row] is not None
        if value is None and not bounded:
            continue
        cell = found.setdefault(rows.keys[row], _Cell(rows.keys[row], np.nan, []))
        cell.rows.append(row)
        cell.withheld |= value is None
        if value is not None and not cell.value <= value:
            cell.value = value
    _add_shares(rows, found)
    _add_totals(found)
    _solve_withheld(found)
    known = [cell for cell in found.values() if not np.isnan(cell.value)]
    return sorted(known, key=lambda cell: cell.key)


def _add_shares(rows: _Rows, found: dict[_Key, _Cell]) -> None:
    """A share with its total states a count that no row has; it becomes a cell of that share's row."""
    units = rows.column["unit_measure"]
    shares = [row for row in rows.derived if units[row] == "PERCENT" and rows.value[row] is not None]
    sums: dict[tuple[str, _Key], float] = defaultdict(float)
    for row in shares:
        for dim, total in _totals(rows.keys[row]):
            sums[dim, total] += float(rows.value[row] or 0)
    made: dict[_Key, _Cell] = {}
    for row in sorted(shares, key=lambda r: (rows.keys[r], str(rows.column["obs_key"][r]))):
        key, value = rows.keys[row], float(rows.value[row] or 0)
        if key in found:
            continue
        over = [(dim, total) for dim, total in _totals(key) if total in found and found[total].value > 0]
        whole = [pair for pair in over if abs(sums[pair] - 100) <= 1] or over
        if whole:
            count = min(found[total].value for _, total in whole)
            blur = 0.5 + 0.5 * 10 ** -_decimals(value) * count / 100
            cell = made.setdefault(key, _Cell(key, float(round(value * count / 100)), [], blur=blur))
            cell.rows.append(row)
    found.update(made)


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _totals(key: _Key) -> list[tuple[str, _Key]]:
    """The keys one dimension up, with the name of the dimension."""
    up = [(dim, _at(key, dim, TOTAL)) for dim in _SIMPLE[1:5] if getattr(key, dim) != TOTAL]
    if _below(key):
        up.append(("ref_area", key._replace(ref_area=key.ref_area[:2])))
    for name, code in key.breakdown:
        rest = tuple(pair for pair in key.breakdown if pair != (name, code))
        up.append((name, key._replace(breakdown=rest)))
    return up


def _add_totals(found: dict[_Key, _Cell]) -> None:
    """A total that no row states still links two sets of parts, for example all sexes and all ages."""
    sums: dict[tuple[str, _Key], list[float]] = defaultdict(list)
    for key, cell in found.items():
        for dim, total in _totals(key):
            if total not in found:
                sums[dim, total].append(cell.value)
    linked: dict[_Key, list[float]] = defaultdict(list)
    for (_, total), values in sums.items():
        linked[total].append(sum(values))
    for total, values in linked.items():
        if len(values) > 1 and not np.isnan(values).any():
            found[total] = _Cell(total, max(values), [])


def _solve_withheld(found: Mapping[_Key, _Cell]) -> None:
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


def _groups(keys: Sequence[_Key]) -> Iterator[tuple[int, tuple[int, ...]]]:
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
    spans: Mapping[_Code, tuple[int, int]], inside: list[_Code], at: int, chain: list[_Code],
    out: list[list[_Code]],
) -> None:  # fmt: skip
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
class _Model:
    """Cells and rests of totals are variables; each relation says total - parts - rest = a known constant."""

    cells: list[_Cell]
    matrix: Any  # relations x variables, sparse; +1 the total, -1 the rest of the row
    x: _Floats
    row: _Bools  # a row states it
    small: _Bools  # above 0, below the threshold, below the country
    below: _Bools
    hidden: _Bools  # from the start
    marked: _Bools  # conf_status A
    cost: _Floats


class _Relations:
    """Collects the rows of the matrix and the rests."""

    def __init__(self, cells: Sequence[_Cell], threshold: float) -> None:
        self.cells = cells
        self.threshold = threshold
        self.rows: set[tuple[int, tuple[int, ...], int]] = set()
        self.rests: list[tuple[float, bool]] = []

    def add(self, total: int, parts: tuple[int, ...]) -> None:
        whole = self.cells[total]
        rest = whole.value - sum(self.cells[i].value for i in parts)
        blur = max(whole.blur + sum(self.cells[i].blur for i in parts), _EPS)
        if rest <= -self.threshold:
            if len(parts) > 1:
                for part in parts:
                    self.add(total, (part,))
            return
        # A rest of 0 or below is known to the attacker: the parts add up, or miss by what all can see.
        if rest <= blur:
            self.rows.add((total, parts, -1))
            return
        parted = _below(whole.key) or any(_below(self.cells[i].key) for i in parts)
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


def _relations(cells: Sequence[_Cell], threshold: float) -> _Relations:
    relations = _Relations(cells, threshold)
    for total, parts in sorted(set(_groups([cell.key for cell in cells]))):
        relations.add(total, parts)
    relations.twins()
    return relations


def _model(rows: _Rows, threshold: float) -> _Model:
    cells = _cells(rows)
    relations = _relations(cells, threshold)
    rests = relations.rests
    matrix = relations.matrix()
    x = np.array([cell.value for cell in cells] + [value for value, _ in rests], dtype=np.float64)
    below = np.array([_below(cell.key) for cell in cells] + [parted for _, parted in rests], dtype=np.bool_)
    row = np.array([bool(cell.rows) for cell in cells] + [False] * len(rests), dtype=np.bool_)
    withheld = np.array([cell.withheld for cell in cells] + [False] * len(rests), dtype=np.bool_)
    small = below & (x > _EPS) & (x < threshold - _EPS)
    zeros = _small_zeros(matrix, x, small & row) & row & below
    height = _heights(matrix)
    # The fraction breaks ties by place in the order of keys.
    cost = np.minimum((x + 1) * 3.0**height, 1e7) * (1 + 1e-3 * ((np.arange(len(x)) * 0.6180339887) % 1))
    hidden = small | zeros | withheld | ~row
    return _Model(cells, matrix, x, row, small, below, hidden, (small | zeros) & row, cost)


def _heights(matrix: Any) -> _Floats:
    """How many levels of totals a variable stands above the innermost parts."""
    height = np.zeros(matrix.shape[1])
    at = matrix.tocoo()
    totals, parts = at.data > 0, at.data < 0
    for _ in range(12):
        highest = np.zeros(matrix.shape[0])
        np.maximum.at(highest, at.row[parts], height[at.col[parts]])
        np.maximum.at(height, at.col[totals], highest[at.row[totals]] + 1)
    return np.minimum(height, 12)


def _small_zeros(matrix: Any, x: _Floats, small: _Bools) -> _Bools:
    """Zeros under a small total, unless published zeros over them or beneath them say the same anyway."""
    at = matrix.tocoo()
    total_of = np.zeros(matrix.shape[0], dtype=np.int64)
    total_of[at.row[at.data > 0]] = at.col[at.data > 0]
    lines, parts = at.row[at.data < 0], at.col[at.data < 0]
    totals = total_of[lines]
    zero = np.abs(x) <= _EPS
    found = np.zeros(len(x), dtype=np.bool_)
    for _ in range(12):
        found[parts[(small | found)[totals] & zero[parts]]] = True
    while True:
        told = np.zeros(len(x), dtype=np.bool_)
        told[parts[(zero & ~found)[totals]]] = True
        open_parts = np.bincount(lines, ~zero[parts] | found[parts], matrix.shape[0])
        told[total_of[open_parts == 0]] = True
        if not (found & told).any():
            return found
        found &= ~told


# -- attack and protection -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Attack:
    """What an attacker knows of a withheld count, and what must stay unknown to him."""

    name: str
    threshold: float

    @property
    def by_rule(self) -> bool:
        return self.name == "rule"

    def room(self, block: "_Block") -> tuple[_Floats, _Floats]:
        """How far each variable may lie below and above its true value."""
        x = block.x
        if not self.by_rule:
            return -np.maximum(x, 0), np.full(len(x), np.inf)
        least = np.where(block.row & block.below, np.minimum(self.threshold, x), 0.0)
        least[block.marked] = np.where(block.maybe_zero, 0.0, np.minimum(1.0, x))[block.marked]
        upper = np.where(block.marked, np.maximum(self.threshold - 1 - x, 0), np.inf)
        return np.minimum(least - x, 0), upper

    def needs(self, block: "_Block", hidden: _Bools) -> _Bools:
        return block.marked & hidden if self.by_rule else (block.row | block.small) & hidden

    def safe(self, low: _Floats, high: _Floats) -> _Bools:
        """Whether tables that differ so much from the true one are doubt enough."""
        if self.by_rule:
            return np.asarray(np.maximum(high, -low) >= 1 - _EPS)
        return np.asarray(high - low >= self.threshold - _EPS)

    def demand(
        self, low: _Floats, high: _Floats, up: _Floats, *, falling: bool = False
    ) -> tuple[_Floats, _Floats]:
        """Direction and size of the move that would make each variable safe."""
        if self.by_rule:
            return np.where((up >= 1) != falling, 1.0, -1.0), np.ones(len(low))
        if falling:
            return -np.ones(len(low)), self.threshold - high
        return np.ones(len(low)), self.threshold + low


@dataclass
class _Block:
    """Variables that relations connect; every other block is another table."""

    ids: _Ints
    matrix: Any
    x: _Floats
    row: _Bools
    small: _Bools
    below: _Bools
    marked: _Bools
    cost: _Floats
    maybe_zero: _Bools  # a reader of the marks cannot exclude a zero


def _blocks(model: _Model, hidden: _Bools) -> Iterator[_Block]:
    """The blocks that hold anything withheld."""
    if not model.cells:
        return
    pattern = abs(model.matrix)
    count, label = connected_components(pattern.T @ pattern, directed=False)
    by_column = model.matrix.tocsc()
    members = np.argsort(label, kind="stable")
    edges = np.searchsorted(label[members], np.arange(count + 1))
    for i in range(count):
        ids = members[edges[i] : edges[i + 1]].astype(np.int64)
        if not (hidden[ids] & (model.row[ids] | model.small[ids])).any():
            continue
        part = by_column[:, ids]
        part = part[np.unique(part.indices)]
        yield _Block(
            ids, part, model.x[ids], model.row[ids], model.small[ids], model.below[ids], model.marked[ids],
            model.cost[ids], _maybe_zero(part, model.marked[ids]),
        )  # fmt: skip


def _maybe_zero(matrix: Any, marked: _Bools) -> _Bools:
    at = matrix.tocoo()
    up = (at.data > 0) & marked[at.col]
    under = np.zeros(matrix.shape[0], dtype=np.bool_)
    under[at.row[up]] = True
    found = np.zeros(matrix.shape[1], dtype=np.bool_)
    found[at.col[(at.data < 0) & under[at.row]]] = True
    return found


class _Siege:
    """One block under one attack: which tables are possible, how wide the intervals of hidden cells are."""

    def __init__(self, block: _Block, attack: _Attack) -> None:
        self.block = block
        self.attack = attack
        self.down, self.up = attack.room(block)
        self.low = np.zeros(len(block.x))
        self.high = np.zeros(len(block.x))

    def open(self, hidden: _Bools) -> _Bools:
        """Hidden cells not yet shown to be safe."""
        return self.attack.needs(self.block, hidden) & ~self.attack.safe(self.low, self.high)

    def _keep(self, move: _Floats) -> None:
        self.low = np.minimum(self.low, move)
        self.high = np.maximum(self.high, move)

    def explore(self, hidden: _Bools, rounds: int = 8) -> None:
        """Move as many open cells as one programme can, others the other way, a new half each time."""
        rng = np.random.default_rng(5)
        for _ in range(rounds):
            todo = self.open(hidden)
            if not todo.any():
                return
            self._push(hidden, todo & (rng.random(len(todo)) < 0.5))
            if self.open(hidden).sum() > 0.9 * todo.sum():
                return

    def search(self, hidden: _Bools) -> None:
        """As ``explore``, a batch of cells that share no relation at a time, up and down, in turn."""
        todo = self.open(hidden)
        while todo.any():
            batch = np.zeros(len(todo), dtype=np.bool_)
            batch[_apart(self.block.matrix, todo)] = True
            self._push(hidden, batch)
            self._push(hidden, batch & self.open(hidden), falling=True)
            todo &= ~batch & self.open(hidden)

    def _push(self, hidden: _Bools, pushed: _Bools, *, falling: bool = False) -> None:
        if not pushed.any():
            return
        sign, size = self.attack.demand(self.low, self.high, self.up, falling=falling)
        free, hard = np.flatnonzero(hidden & ~pushed), np.flatnonzero(hidden & pushed)
        reach = np.where(sign > 0, self.up, -self.down)[hard]
        reach = np.maximum(reach, 0)
        size = np.minimum(size[hard], reach)
        columns = self.block.matrix[:, hard].multiply(sign[hard]).tocsc()
        matrix = sparse.hstack([self.block.matrix[:, free], columns, columns], format="csc")
        # The first piece of a pushed cell's move is rewarded, up to what is needed; the rest of it is free.
        cost = np.r_[np.zeros(len(free)), -np.ones(len(hard)), np.zeros(len(hard))]
        lower = np.r_[self.down[free], np.zeros(2 * len(hard))]
        upper = np.r_[self.up[free], size, reach - size]
        found = _programme(cost, matrix, lower, upper)
        if found is None:
            return
        move = np.zeros(len(hidden))
        move[free] = found[: len(free)]
        pieces = found[len(free) :].reshape(2, -1).sum(axis=0)
        move[hard] = sign[hard] * pieces
        self._keep(move)

    def buy(self, hidden: _Bools, batch: _Ints, *, falling: bool = False) -> _Bools | None:
        """Cells to hide so that the batch can move; None where nothing would do."""
        sign, size = self.attack.demand(self.low, self.high, self.up, falling=falling)
        block = self.block
        free = np.flatnonzero(hidden)
        sold = np.flatnonzero(~hidden & (block.x > _EPS))
        lower, upper = self.down.copy(), self.up.copy()
        rising = batch[sign[batch] > 0]
        lower[rising] = size[rising]
        sinking = batch[sign[batch] < 0]
        upper[sinking] = -size[sinking]
        if (lower > upper).any():
            return None
        columns = block.matrix[:, sold]
        matrix = sparse.hstack([block.matrix[:, free], columns, -columns], format="csc")
        price = block.cost[sold]
        found = _programme(
            np.r_[np.zeros(len(free)), price, price], matrix,
            np.r_[lower[free], np.zeros(2 * len(sold))], np.r_[upper[free], upper[sold], -lower[sold]],
        )  # fmt: skip
        if found is None:
            return None
        move = np.zeros(len(hidden))
        move[free] = found[: len(free)]
        both = found[len(free) :].reshape(2, -1)
        move[sold] = both[0] - both[1]
        self._keep(move)
        return np.asarray(~hidden & (np.abs(move) > _EPS))

    def interval(self, hidden: _Bools, cell: int) -> tuple[float, float]:
        """The exact bounds of one hidden cell, as differences from its true value."""
        ids = np.flatnonzero(hidden)
        at = int(np.flatnonzero(ids == cell)[0])
        matrix = self.block.matrix[:, ids]
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(ids))
            cost[at] = sign
            # Beyond the threshold it does not matter how far: keeps the programme bounded.
            lower, upper = self.down[ids], self.up[ids].copy()
            upper[at] = min(upper[at], self.attack.threshold)
            found = _programme(cost, matrix, lower, upper)
            ends.append(0.0 if found is None else float(found[at]))
        return ends[0], ends[1]


def _programme(cost: _Floats, matrix: Any, lower: _Floats, upper: _Floats) -> _Floats | None:
    """The cheapest move that leaves all relations true; None where there is none."""
    upper = np.maximum(upper, lower)
    bounds = np.column_stack([lower, upper])
    found = linprog(cost, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds, method="highs-ds")
    return None if found.status != 0 else np.asarray(found.x, dtype=np.float64)


def _protect(block: _Block, hidden: _Bools, threshold: float) -> _Bools:
    """The hidden cells of a block, with those needed to protect the ones hidden so far."""
    sieges = [_Siege(block, _Attack(name, threshold)) for name in ("margins", "rule")]
    while True:
        before = hidden.copy()
        for siege in sieges:
            hidden = _settle(siege, hidden)
        if (before == hidden).all():
            return hidden


def _settle(siege: _Siege, hidden: _Bools) -> _Bools:
    """Hide more until every cell that is hidden is safe from this attack."""
    while True:
        siege.explore(hidden)
        todo = siege.open(hidden)
        if not todo.any():
            return hidden
        batch = _apart(siege.block.matrix, todo)
        bought = siege.buy(hidden, batch)
        hidden = hidden | (_buy_one(siege, hidden, batch[:1]) if bought is None else bought)


def _buy_one(siege: _Siege, hidden: _Bools, cell: _Ints) -> _Bools:
    """What protects one cell, where its batch found no table; at the worst all that stands beside it."""
    for falling in (False, True):
        bought = siege.buy(hidden, cell, falling=falling)
        if bought is not None:
            return bought
    block = siege.block
    for more in (_neighbours(block, int(cell[0])), block.x <= _EPS, np.ones(len(hidden), dtype=np.bool_)):
        if (more & ~hidden).any():
            return np.asarray(more & ~hidden)
    raise DisclosureError("a withheld count cannot be protected whatever else is withheld")


def _apart(matrix: Any, todo: _Bools) -> _Ints:
    """Cells of which no two stand in one relation."""
    used = np.zeros(matrix.shape[0], dtype=np.bool_)
    batch = []
    for i in np.flatnonzero(todo):
        rows = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]
        if not used[rows].any():
            used[rows] = True
            batch.append(i)
    return np.array(batch, dtype=np.int64)


def _neighbours(block: _Block, cell: int) -> _Bools:
    """All that stands in a relation with the cell, zeros too: the last resort."""
    rows = block.matrix[:, [cell]].indices
    near = np.zeros(len(block.x), dtype=np.bool_)
    near[block.matrix.tocsr()[rows].indices] = True
    return near


# -- public: suppress ----------------------------------------------------------------------------------------


def suppress(
    observations: pa.Table, *, threshold: int = 5, exempt: Collection[str] = (), secondary: bool = True
) -> pa.Table:
    """The observations with small counts withheld, and whatever gives them away; rows stay in order.

    ``exempt``: indicators that count no persons or cases (centres, beds). ``secondary=False`` leaves out the
    protection of the small counts and is for tests only.
    """
    _refuse_lower_levels(observations.column("ref_area").to_pylist())
    rows = _Rows(observations, exempt)
    model = _model(rows, threshold)
    hidden = model.hidden.copy()
    if secondary:
        for block in _blocks(model, hidden):
            hidden[block.ids] = _protect(block, hidden[block.ids], threshold)
    marks = _marks(rows, model, hidden, threshold)
    return _write(observations, marks)


def _marks(rows: _Rows, model: _Model, hidden: _Bools, threshold: float) -> dict[int, str]:
    """Rows to withhold, with their conf_status."""
    marks: dict[int, str] = {}
    for i, cell in enumerate(model.cells):
        if hidden[i]:
            marks.update(dict.fromkeys(cell.rows, "A" if model.marked[i] else "D"))
    for row in rows.counts:
        # "Fewer than 5" in the office's own words, beside margins that do not tell how many.
        if rows.value[row] is None and rows.column["obs_upper"][row] is not None and _below(rows.keys[row]):
            marks.setdefault(row, "A")
    ratios = _Ratios(rows, model, hidden, threshold)
    for row in rows.derived:
        mark = ratios.mark(row)
        if mark and rows.value[row] is not None:
            marks[row] = "A" if "A" in (mark, marks.get(row)) else "D"
    return marks


class _Ratios:
    """Shares, rates, changes and sums of money: withheld where they would give a withheld count away."""

    def __init__(self, rows: _Rows, model: _Model, hidden: _Bools, threshold: float) -> None:
        self.rows = rows
        self.threshold = threshold
        self.values = {cell.key: cell.value for cell in model.cells}
        self.mark_of = {
            cell.key: "A" if model.marked[i] else "D"
            for i, cell in enumerate(model.cells)
            if hidden[i] and cell.rows
        }
        self.mark_by_dims: dict[tuple[Any, ...], str] = {}
        self.series: dict[tuple[Any, ...], bool] = {}
        for key in self.values:
            mark = self.mark_of.get(key)
            if mark:
                self.mark_by_dims[key[1:]] = min(mark, self.mark_by_dims.get(key[1:], mark))
            self.series[key[:-1]] = self.series.get(key[:-1], False) or mark is not None

    def mark(self, row: int) -> str | None:
        key, unit = self.rows.keys[row], str(self.rows.column["unit_measure"][row])
        own = self.mark_by_dims.get(key[1:])
        if own or unit == "PERCENT":
            return own or self._denominator(key)
        if unit.startswith("PER_"):
            # The population is public, so a rate is its count.
            return "A" if key not in self.values and _below(key) else None
        return self._change(row, key) if unit == "PERCENT_CHANGE" else None

    def _denominator(self, key: _Key) -> str | None:
        """A share and its count give the total; any total over it may be the one meant."""
        todo, seen = [key], {key}
        while todo:
            for _, total in _totals(todo.pop()):
                if total in self.mark_of:
                    return "D"
                if total not in seen:
                    seen.add(total)
                    todo.append(total)
        return None

    def _change(self, row: int, key: _Key) -> str | None:
        """A count and its change give the count before."""
        some_hidden = self.series.get(key[:-1])
        if some_hidden is None or not _below(key):
            return "D" if some_hidden else None
        count, change = self.values.get(key), self.rows.value[row]
        if some_hidden or count is None or change is None or change <= -100:
            return "D"
        before = count / (1 + change / 100)
        return "D" if 0 < before < self.threshold else None


def _write(observations: pa.Table, marks: Mapping[int, str]) -> pa.Table:
    """A withheld row keeps its dims and its place in the source; it loses every figure and its note."""
    mark = pa.array([marks.get(row) for row in range(observations.num_rows)], pa.string())
    out = mark.is_valid()
    table = observations
    given: dict[str, pa.Array | None] = {
        "obs_value": None, "obs_lower": None, "obs_upper": None, "published_value": None,
        "note": pa.array([_NOTES.get(m or "") for m in mark.to_pylist()], pa.string()),
        "obs_status": pa.array(["Q"] * observations.num_rows, pa.string()),
        "conf_status": mark,
    }  # fmt: skip
    for name, values in given.items():
        at = table.schema.get_field_index(name)
        if at < 0:
            continue
        field = table.schema.field(at)
        new = pa.nulls(observations.num_rows, field.type) if values is None else values.cast(field.type)
        chosen = pc.if_else(out, new, table.column(at).combine_chunks())
        table = table.set_column(at, field, chosen)
    return table


# -- public: audit -------------------------------------------------------------------------------------------


def audit(
    observations: pa.Table, suppressed: pa.Table, threshold: int = 5, *, exempt: Collection[str] = ()
) -> list[Exposure]:
    """Withheld figures that an attacker recovers or bounds too tightly from what ``suppressed`` states.

    ``observations`` give the true table; which rows are published and how the others are marked is read from
    ``suppressed`` alone, by ``obs_key``.
    """
    rows = _Rows(observations, exempt)
    shown = _Shown(suppressed)
    model = _model(rows, threshold)
    keys = rows.column["obs_key"]
    names = [tuple(str(keys[row]) for row in sorted(cell.rows)) for cell in model.cells]
    hidden = model.hidden | True
    for i, cell in enumerate(model.cells):
        hidden[i] = not any(str(keys[row]) in shown.values for row in cell.rows)
        model.marked[i] = any(shown.marks.get(str(keys[row])) == "A" for row in cell.rows)
    found = shown.residue()
    found += _small_but_shown(rows, model, hidden, names)
    for block in _blocks(model, hidden):
        for attack in ("margins", "rule"):
            siege = _Siege(block, _Attack(attack, threshold))
            found += _exposures(siege, hidden[block.ids], model, names)
    ratios = _Ratios(rows, model, hidden, threshold)
    told = [str(keys[row]) for row in rows.derived if ratios.mark(row) and str(keys[row]) in shown.values]
    found += [Exposure((key,), "ratio", None, None) for key in told]
    return sorted(found, key=lambda e: (e.attack, e.obs_keys))


class _Shown:
    """What a reader of the published table sees."""

    def __init__(self, table: pa.Table) -> None:
        column = {
            name: table.column(name).to_pylist()
            for name in ("obs_key", "obs_value", "obs_lower", "obs_upper", "published_value", "conf_status")
        }
        keys = [str(key) for key in column["obs_key"]]
        self.values = {key for key, value in zip(keys, column["obs_value"], strict=True) if value is not None}
        self.marks = dict(zip(keys, column["conf_status"], strict=True))
        others = zip(column["obs_lower"], column["obs_upper"], column["published_value"], strict=True)
        self._left = {key for key, rest in zip(keys, others, strict=True) if any(v is not None for v in rest)}

    def residue(self) -> list[Exposure]:
        """Rows without a value whose bounds or published text still tell it."""
        left = [key for key in self._left if key not in self.values and self.marks[key] in ("A", "D")]
        return [Exposure((key,), "residue", None, None) for key in left]


def _small_but_shown(
    rows: _Rows, model: _Model, hidden: _Bools, names: Sequence[tuple[str, ...]]
) -> list[Exposure]:
    bad = [i for i in range(len(model.cells)) if model.small[i] and model.row[i] and not hidden[i]]
    return [Exposure(names[i], "published", float(model.x[i]), float(model.x[i])) for i in bad]


def _exposures(
    siege: _Siege, hidden: _Bools, model: _Model, names: Sequence[tuple[str, ...]]
) -> list[Exposure]:
    """First what simple subtraction shows, then what other tables refute, then programmes for the rest."""
    block, attack = siege.block, siege.attack
    low, high = _shuttle(siege, hidden)
    lost = attack.needs(block, hidden) & ~attack.safe(low, high)
    siege.explore(hidden)
    siege.search(hidden)
    for cell in np.flatnonzero(siege.open(hidden) & ~lost):
        low[cell], high[cell] = siege.interval(hidden, int(cell))
        lost[cell] = not attack.safe(low[cell : cell + 1], high[cell : cell + 1])[0]
    found = []
    for cell in np.flatnonzero(lost):
        at = int(block.ids[cell])
        x = float(block.x[cell])
        bounds = round(x + float(low[cell]), 6), round(x + float(high[cell]), 6)
        found.append(Exposure(_named(at, model, names), attack.name, *bounds))
    return found


def _named(variable: int, model: _Model, names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The rows of a cell; for a difference that no row states, the rows of the relation that gives it."""
    if variable < len(names) and names[variable]:
        return names[variable]
    relations = model.matrix.tocsr()[model.matrix[:, [variable]].indices]
    cells = sorted({int(i) for i in relations.indices if i < len(names)})
    return tuple(key for i in cells for key in names[i])


def _shuttle(siege: _Siege, hidden: _Bools) -> tuple[_Floats, _Floats]:
    """Bounds by repeated subtraction (the shuttle algorithm): outer ones, but each step is proof."""
    at = siege.block.matrix[:, np.flatnonzero(hidden)].tocoo()
    ids = np.flatnonzero(hidden)[at.col]
    low, high = siege.down.copy(), np.minimum(siege.up, _OPEN)
    low[~hidden], high[~hidden] = 0, 0
    plus = at.data > 0
    for _ in range(40):
        least, most = np.where(plus, low[ids], -high[ids]), np.where(plus, high[ids], -low[ids])
        row_least = np.bincount(at.row, least, at.shape[0])
        row_most = np.bincount(at.row, most, at.shape[0])
        # The relation sums to nothing: what the others can be at most, this one is at least.
        upper, lower = -(row_least[at.row] - least), -(row_most[at.row] - most)
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, ids, np.where(plus, lower, -upper))
        np.minimum.at(new_high, ids, np.where(plus, upper, -lower))
        if np.allclose(new_low, low, atol=_EPS) and np.allclose(new_high, high, atol=_EPS):
            break
        low, high = new_low, new_high
    return low, high


# -- public: guard -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """A column that holds personal data; never quotes the value."""

    column: str
    kind: str
    reason_en: str
    reason_ru: str


# Words of a header: "=" the whole header, "*" an open end of a word; all others whole words inside it.
_HEADERS = {
    "name": """фамили*|отчеств*|фио|ф и о|=имя|имя отчество|имя потерпевш*|имя жертв*|имя ребенк*|
        имя заявител*|имя правонарушител*|аты жөні|тегі|=есімі|=аты|әкесінің аты|аты жөнү|
        атасынын аты|ному насаб|насаб|насаби|номи падар|f i sh|=fish|=f i o|=fio|familiya*|
        ism sharif*|ismi sharif*|otasining ismi|=ismi|=ism|ф и ш|=исми|шарифи|surname|full name|
        first name|last name|given name|given names|middle name|=family name|patronymic|maiden name|
        name of victim|name of the victim|name of perpetrator|name of the perpetrator|name of child|
        victim name|victims name|perpetrator name|applicant name|child name|person name""",
    "national_id": """иин|жсн|пин|инн|пинфл|жшшир|jshshir|pinfl|=рма|снилс|=паспорт|номер* паспорт*|
        паспортн* данн*|
                сери* паспорт*|паспорт сери*|паспорт рақами|=passport|passport no|passport number|
        passport series|=pasport|pasport raqami|pasport seriya*|=төлқұжат|төлқұжат нөмір*|=шиноснома|
        рақами шиноснома|удостоверени* личности|жеке куәлі*|жеке сәйкестендіру*|
        персональн* идентификац*|жеке идентификац*|national id|national id number|identity card|
        id card|personal identification number|personal id""",
    "phone": """=телефон|=тел|=телефоны|=phone|=phone no|=telephone|=mobile|=telefon|=tel|=сотовый|
        номер телефона|контактн* телефон*|мобильн* телефон*|сотов* телефон*|домашн* телефон*|
        телефон потерпевш*|телефон заявител*|phone number|telephone number|mobile number|
        mobile phone number|телефон нөмір*|телефон номери|телефон рақами|рақами телефон|telefon raqami""",
    "email": """=e mail|=email|=почта|e mail address|email address|эл почта|электронн* почт*|
        электрондық пошта*|электрондук почта*|почтаи электронӣ|elektron pochta*""",
    "address": """=адрес|=address|=улица|адрес прожив*|адрес пропис*|адрес регистрац*|домашн* адрес*|
        адрес потерпевш*|фактическ* адрес*|номер дома|номер квартиры|home address|residential address|
        street address|=мекенжай|=мекенжайы|тұрғылықты мекен*|=дарек|=дареги|жашаган дарег*|=суроға|
        суроғаи|=нишонӣ|=manzil|=manzili|=манзил|=манзили|яшаш манзил*|yashash manzil*|
        turar joy manzil*""",
    "birth_date": """дата рожд*|день рожд*|год рожд*|число рожд*|туған күн*|туған жыл*|туылған күн*|
        туулган күн*|туулган жыл*|санаи таваллуд|рӯзи таваллуд|соли таваллуд|tugilgan san*|tugilgan kun*|
        tugilgan yil*|туғилган сан*|туғилган кун*|туғилган йил*|date of birth|year of birth|
        birth date|birthdate|=dob|=birthday""",
}
_REASONS = {
    "name": ("names of persons", "имена людей"),
    "national_id": ("national identification or passport numbers", "личные номера или номера паспортов"),
    "phone": ("telephone numbers of persons", "номера телефонов"),
    "email": ("e-mail addresses", "адреса электронной почты"),
    "address": ("street addresses", "адреса проживания"),
    "birth_date": ("dates of birth", "даты рождения"),
}
_LETTERS = "А-ЯЁӘҒҚҢӨҰҮҺІҲҶӢӮЎA-Z"
_SEP = r"[\s()\-]*"
# In running text one hit is enough: no figure is written so.
_TEXT = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-zA-Zа-я]{2,}"),
    "phone": re.compile(
        rf"\+\s?(?:7(?:{_SEP}\d){{10}}|(?:996|992|998)(?:{_SEP}\d){{9}})(?!\d)"
        r"|(?<![\d.,-])8[\s-]?\(?7\d\d\)?[\s-]?\d{3}[\s-]\d\d[\s-]\d\d(?![\d.,-])"
        r"|(?<![\d.,-])0[2-9]\d\d[\s-]?(?:\d{3}[\s-]?\d{3}|\d\d[\s-]\d\d[\s-]\d\d)(?![\d.,-])"
        r"|(?<![\d.,-])\(?(?:9\d|33|50|55|71|77|88)\)?[\s-]\d{3}[\s-]\d\d[\s-]\d\d(?![\d.,-])"
    ),
    "national_id": re.compile(
        r"(?<![\w-])(?:[A-ZА-Я]{2}\d{7}|(?:A[A-DN]|ID|PE|F[AB]|KA)\s\d{7}"
        r"|[A-ZА-Я]{2}\s?№\s?\d{7}|[NН]\d{8})(?![\w-])"
    ),
    "name": re.compile(
        rf"^[{_LETTERS}][\w-]+ [{_LETTERS}][\w-]+ [{_LETTERS}]\w*"
        r"(?:ович|евич|овна|евна|ична|қызы|ұлы|кызы|ўғли|қизи|зода"
        r"| (?:қызы|ұлы|кызы|уулу|ўғли|қизи|o.?g.?li|qizi))$"
    ),
}
_HOUSE = r",?\s*(?:д|дом|үй|уй|uy|хонаи|№)?\.?\s*№?\s?\d+"
_ADDRESS = re.compile(
    rf"\b(?:ул|улица|пр-т|проспект|пер|переулок|бульвар|б-р)\b\.?\s*[^\d;:]{{2,40}}?{_HOUSE}"
    rf"|[^\W\d]{{3,}}\s(?:көшесi|даңғылы|көчөсү|көч|kochasi|кўчаси|кучаси|тор кўчаси){_HOUSE}"
    rf"|\b(?:кӯчаи|хиёбони|kocha|көшесi)\s[^\d;:]{{2,40}}?{_HOUSE}"
    r"|\b(?:д|дом)\.?\s?\d+[а-я]?,?\s*(?:кв|квартира)\.?\s?\d+|\b\d+[a-z]?\s[a-z]+\s(?:street|avenue)\b"
    r"|\b\d+-?(?:үй|уй|uy),?\s*\d+-?(?:пәтер|батир|хонадон|xonadon)\b"
)
_DIGITS = re.compile(r"(?<![\w/=.,-])\d{12}(?:\d\d)?(?![\w/.,-])")


def guard(column_names: Sequence[str], sample_values: Mapping[str, Sequence[object]]) -> list[Finding]:
    """Columns that hold personal data, by header or by sampled values; the file is refused if there is any.

    ``sample_values``: for each column name some of its values, as many as wished. Long bare numbers count as
    personal when they pass the check digit or the date inside, and most long numbers of the column do.
    """
    found = []
    for column in dict.fromkeys([*column_names, *sample_values]):
        texts = [text for text in map(_text, sample_values.get(column, ())) if text]
        headed = _header_kinds(column)
        if texts and all("://" in text for text in texts):
            headed = [kind for kind in headed if kind != "address"]  # of pages
        kinds = dict.fromkeys([*headed, *_value_kinds(texts)])
        found += [_finding(column, kind) for kind in kinds]
    return found


def _finding(column: str, kind: str) -> Finding:
    en, ru = _REASONS[kind]
    return Finding(
        column=column,
        kind=kind,
        reason_en=f"The column “{column}” seems to hold {en}.",
        reason_ru=f"Столбец «{column}», видимо, содержит {ru}.",
    )


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


_APOSTROPHES = re.compile("['`´ʻʼʽʹ‘’‛ʾʿ′ꞌ]")


def _plain(text: str) -> str:
    """One case, no apostrophes, and one letter for those that offices mix."""
    folded = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    return folded.replace("ё", "е").replace("і", "i")


def _words(text: str) -> str:
    return " ".join(re.sub(r"\W+", " ", _plain(text)).split())


@lru_cache(maxsize=1)
def _header_patterns() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(map(_shape, terms.split("|")))) for kind, terms in _HEADERS.items()}


def _shape(term: str) -> str:
    words = (_words(word) + (r"\w*" if word.endswith("*") else "") for word in term.strip(" \n=").split())
    shape = " ".join(words)
    return f"^{shape}$" if "=" in term else rf"\b{shape}\b"


def _header_kinds(header: str) -> list[str]:
    plain = _words(header)
    return [kind for kind, pattern in _header_patterns().items() if pattern.search(plain)]


def _value_kinds(texts: Sequence[str]) -> list[str]:
    kinds = [kind for kind, pattern in _TEXT.items() if any(pattern.search(text) for text in texts)]
    if any(_ADDRESS.search(_plain(text)) for text in texts):
        kinds.append("address")
    bare = [text for text in texts if text.isdecimal() and len(text) >= 9]
    inside = [number for text in texts if not text.isdecimal() for number in _DIGITS.findall(text)]
    numbers = sum(_personal_number(text) for text in bare)
    if any(map(_personal_number, inside)) or (numbers and numbers * 2 >= len(bare)):
        kinds.append("national_id")
    phones = sum(re.fullmatch(r"[78]7\d{9}|(?:996|992|998)\d{9}", text) is not None for text in bare)
    if phones > 1 and phones * 2 >= len(bare):
        kinds.append("phone")
    return kinds


def _personal_number(digits: str) -> bool:
    if len(digits) == 12:
        return _is_iin(digits)
    return len(digits) == 14 and (_is_pin(digits) or _is_pinfl(digits))


def _is_iin(digits: str) -> bool:
    """Kazakhstan: date of birth, century and sex, check digit modulo 11 with a second row of weights."""
    if not _is_date(digits[4:6], digits[2:4]) or digits[6] not in "123456":
        return False
    numbers = [int(digit) for digit in digits]
    check = sum(n * weight for n, weight in zip(numbers, range(1, 12), strict=False)) % 11
    if check == 10:
        weights = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
        check = sum(n * weight for n, weight in zip(numbers, weights, strict=False)) % 11
    return check == numbers[11]


def _is_pin(digits: str) -> bool:
    """Kyrgyzstan: sex, then the date of birth with the year in full."""
    return digits[0] in "12" and 1900 <= int(digits[5:9]) <= 2099 and _is_date(digits[1:3], digits[3:5])


def _is_pinfl(digits: str) -> bool:
    """Uzbekistan: century and sex, date of birth, district, number, check digit (7, 3, 1 modulo 10).

    Fourteen-digit area codes of Kyrgyzstan end in zeros, which is why a number of zeros is none.
    """
    if digits[0] not in "123456" or not _is_date(digits[1:3], digits[3:5]) or digits[7:13] == "000000":
        return False
    check = sum(int(digit) * (7, 3, 1)[i % 3] for i, digit in enumerate(digits[:13])) % 10
    return check == int(digits[13])


def _is_date(day: str, month: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= (29, 30, 31)[(int(month) != 2) + (int(month) in _LONG)]


_LONG = {1, 3, 5, 7, 8, 10, 12}
