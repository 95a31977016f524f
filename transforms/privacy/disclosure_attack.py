"""Attackers of a published table: programmes over its relations, subtraction, and what a withheld row still says.

Not here: the rules (at the head of ``suppress_cells``) and which cells add up (``additive_equations``). Called by
``suppress_cells``, and by ``transforms.programmes.protect_return`` for the returns of programmes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from transforms.privacy.additive_equations import EPS, Bools, Floats, Ints, Model

_OPEN = 1e9
# Times that half of the open cells are moved together.
_ROUNDS = 8


@dataclass(frozen=True)
class Exposure:
    """A withheld figure that the published ones give away, and between which bounds."""

    obs_keys: tuple[str, ...]
    attack: str
    lower: float | None
    upper: float | None


# -- attack ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """What an attacker knows of a withheld count, and what must stay unknown."""

    name: str
    threshold: float

    @property
    def by_rule(self) -> bool:
        """Whether the attacker knows the rule and the marks too."""
        return self.name == "rule"

    def room(self, block: "Block") -> tuple[Floats, Floats]:
        """How far each variable may lie below and above its true value."""
        x = block.x
        if not self.by_rule:
            return -np.maximum(x, 0), np.full(len(x), np.inf)
        least = np.where(block.row & block.below, np.minimum(self.threshold, x), 0.0)
        least[block.marked] = np.where(block.maybe_zero, 0.0, np.minimum(1.0, x))[block.marked]
        upper = np.where(block.marked, np.maximum(self.threshold - 1 - x, 0), np.inf)
        return np.minimum(least - x, 0), upper

    def needs(self, block: "Block", hidden: Bools) -> Bools:
        """Which hidden variables must stay unknown."""
        return block.marked & hidden if self.by_rule else (block.row | block.small) & hidden

    def safe(self, low: Floats, high: Floats) -> Bools:
        """Whether tables that differ so much from the true one are doubt enough."""
        if self.by_rule:
            return np.asarray(np.maximum(high, -low) >= 1 - EPS)
        return np.asarray(high - low >= self.threshold - EPS)

    def demand(
        self, low: Floats, high: Floats, up: Floats, *, falling: bool = False
    ) -> tuple[Floats, Floats]:
        """Direction and size of the move that would make each variable safe."""
        if self.by_rule:
            return np.where((up >= 1) != falling, 1.0, -1.0), np.ones(len(low))
        if falling:
            return -np.ones(len(low)), self.threshold - high
        return np.ones(len(low)), self.threshold + low


@dataclass
class Block:
    """Variables that relations connect; every other block is another table."""

    ids: Ints
    matrix: Any
    x: Floats
    row: Bools
    small: Bools
    below: Bools
    marked: Bools
    cost: Floats
    fixed: Bools  # not to be withheld for the sake of others
    maybe_zero: Bools  # a reader of the marks cannot exclude a zero


def blocks(model: Model, hidden: Bools) -> Iterator[Block]:
    """The blocks that hold anything withheld."""
    if not model.cells:
        return
    from scipy.sparse.csgraph import connected_components

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
        yield Block(
            ids,
            part,
            model.x[ids],
            model.row[ids],
            model.small[ids],
            model.below[ids],
            model.marked[ids],
            model.cost[ids],
            model.fixed[ids],
            _maybe_zero(part, model.marked[ids]),
        )


def _maybe_zero(matrix: Any, marked: Bools) -> Bools:
    at = matrix.tocoo()
    up = (at.data > 0) & marked[at.col]
    under = np.zeros(matrix.shape[0], dtype=np.bool_)
    under[at.row[up]] = True
    found = np.zeros(matrix.shape[1], dtype=np.bool_)
    found[at.col[(at.data < 0) & under[at.row]]] = True
    return found


class AttackedBlock:
    """One block under one attack: which tables are possible, how wide the intervals of hidden cells are."""

    def __init__(self, block: Block, attack: Attack, tables: list[Floats] | None = None) -> None:
        """No other table is known at first: every interval is a point.

        ``tables``: those found are kept here, as differences from the true one, for ``recall``.
        """
        self.tables = tables
        self.block = block
        self.attack = attack
        self.down, self.up = attack.room(block)
        self.low = np.zeros(len(block.x))
        self.high = np.zeros(len(block.x))

    def open(self, hidden: Bools) -> Bools:
        """Hidden cells not yet shown to be safe."""
        return self.attack.needs(self.block, hidden) & ~self.attack.safe(self.low, self.high)

    def recall(self, hidden: Bools) -> None:
        """Take what was found while more was hidden, as far as it says the same of what is shown now."""
        for move in self.tables or ():
            if (np.abs(move[~hidden]) <= EPS).all():
                self.low, self.high = np.minimum(self.low, move), np.maximum(self.high, move)

    def _keep(self, move: Floats) -> None:
        if self.tables is not None:
            self.tables.append(move)
        self.low = np.minimum(self.low, move)
        self.high = np.maximum(self.high, move)

    def explore(self, hidden: Bools) -> None:
        """Move as many open cells as one programme can, others the other way, a new half each time."""
        rng = np.random.default_rng(5)
        for _ in range(_ROUNDS):
            todo = self.open(hidden)
            if not todo.any():
                return
            self._push(hidden, todo & (rng.random(len(todo)) < 0.5))
            if self.open(hidden).sum() > 0.9 * todo.sum():
                return

    def search(self, hidden: Bools) -> None:
        """As ``explore``, a batch of cells that share no relation at a time, up and down, in turn."""
        todo = self.open(hidden)
        while todo.any():
            batch = np.zeros(len(todo), dtype=np.bool_)
            batch[apart(self.block.matrix, todo)] = True
            self._push(hidden, batch)
            self._push(hidden, batch & self.open(hidden), falling=True)
            todo &= ~batch & self.open(hidden)

    def _push(self, hidden: Bools, pushed: Bools, *, falling: bool = False) -> None:
        if not pushed.any():
            return
        from scipy import sparse

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

    def complement(self, hidden: Bools, batch: Ints, *, falling: bool = False) -> Bools | None:
        """Complementary suppression: the cheapest cells to hide so that the batch can move; None where none do."""
        sign, size = self.attack.demand(self.low, self.high, self.up, falling=falling)
        block = self.block
        free = np.flatnonzero(hidden)
        offered = np.flatnonzero(~hidden & ~block.fixed & (block.x > EPS))
        lower, upper = self.down.copy(), self.up.copy()
        rising = batch[sign[batch] > 0]
        lower[rising] = size[rising]
        sinking = batch[sign[batch] < 0]
        upper[sinking] = -size[sinking]
        if (lower > upper).any():
            return None
        from scipy import sparse

        columns = block.matrix[:, offered]
        matrix = sparse.hstack([block.matrix[:, free], columns, -columns], format="csc")
        price = block.cost[offered]
        found = _programme(
            np.r_[np.zeros(len(free)), price, price],
            matrix,
            np.r_[lower[free], np.zeros(2 * len(offered))],
            np.r_[upper[free], upper[offered], -lower[offered]],
        )
        if found is None:
            return None
        move = np.zeros(len(hidden))
        move[free] = found[: len(free)]
        both = found[len(free) :].reshape(2, -1)
        move[offered] = both[0] - both[1]
        self._keep(move)
        return np.asarray(~hidden & (np.abs(move) > EPS))

    def interval(self, hidden: Bools, cell: int) -> tuple[float, float]:
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
            if found is not None:
                move = np.zeros(len(hidden))
                move[ids] = found
                self._keep(move)
        return ends[0], ends[1]


def _programme(cost: Floats, matrix: Any, lower: Floats, upper: Floats) -> Floats | None:
    """The cheapest move that leaves all relations true; None where there is none."""
    from scipy.optimize import linprog

    upper = np.maximum(upper, lower)
    bounds = np.column_stack([lower, upper])
    found = linprog(cost, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds, method="highs-ds")
    return None if found.status != 0 else np.asarray(found.x, dtype=np.float64)


def apart(matrix: Any, todo: Bools) -> Ints:
    """Cells of which no two share a relation."""
    used = np.zeros(matrix.shape[0], dtype=np.bool_)
    batch = []
    for i in np.flatnonzero(todo):
        rows = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]
        if not used[rows].any():
            used[rows] = True
            batch.append(i)
    return np.array(batch, dtype=np.int64)


# -- exposure -------------------------------------------------------------------------------------------------


class Shown:
    """What a reader of the published table sees."""

    def __init__(self, table: pa.Table) -> None:
        """``table``: what ``suppress`` gave."""
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
        """Rows without a value whose bounds or published text still give it away."""
        left = [key for key in self._left if key not in self.values and self.marks[key] in ("A", "D")]
        return [Exposure((key,), "residue", None, None) for key in left]


def small_but_shown(model: Model, published: Bools, names: Sequence[tuple[str, ...]]) -> list[Exposure]:
    """Small counts whose rows still state them, and counts shown again that an earlier release withheld."""
    small = model.small[: len(published)] & model.row[: len(published)]
    closed = np.array([cell.closed and not cell.known for cell in model.cells], dtype=np.bool_)
    bad = np.flatnonzero(published & (small | closed)).tolist()
    return [Exposure(names[i], "published", float(model.x[i]), float(model.x[i])) for i in bad]


def exposures(
    attacked: AttackedBlock, hidden: Bools, model: Model, names: Sequence[tuple[str, ...]]
) -> list[Exposure]:
    """First what simple subtraction shows, then what other tables refute, then programmes for the rest."""
    block, attack = attacked.block, attacked.attack
    low, high = shuttle(attacked, hidden)
    lost = attack.needs(block, hidden) & ~attack.safe(low, high)
    attacked.explore(hidden)
    attacked.search(hidden)
    for cell in np.flatnonzero(attacked.open(hidden) & ~lost):
        low[cell], high[cell] = attacked.interval(hidden, int(cell))
        lost[cell] = not attack.safe(low[cell : cell + 1], high[cell : cell + 1])[0]
    found = []
    for cell in np.flatnonzero(lost):
        at = int(block.ids[cell])
        x = float(block.x[cell])
        bounds = round(x + float(low[cell]), 6), round(x + float(high[cell]), 6)
        found.append(Exposure(_named(at, model, names), attack.name, *bounds))
    return found


def _named(variable: int, model: Model, names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The rows of a cell; for a difference that no row states, the rows of the relation that gives it."""
    if variable < len(names) and names[variable]:
        return names[variable]
    relations = model.matrix.tocsr()[model.matrix[:, [variable]].indices]
    cells = sorted({int(i) for i in relations.indices if i < len(names)})
    return tuple(key for i in cells for key in names[i])


def shuttle(attacked: AttackedBlock, hidden: Bools) -> tuple[Floats, Floats]:
    """Bounds by repeated subtraction (the shuttle algorithm): outer ones, but each step is proof."""
    at = attacked.block.matrix[:, np.flatnonzero(hidden)].tocoo()
    ids = np.flatnonzero(hidden)[at.col]
    low, high = attacked.down.copy(), np.minimum(attacked.up, _OPEN)
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
        if np.allclose(new_low, low, atol=EPS) and np.allclose(new_high, high, atol=EPS):
            break
        low, high = new_low, new_high
    return low, high
