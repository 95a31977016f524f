"""Additive tables as equations: cells, and the relations in which they add up.

Not here: the rules (at the head of ``suppress_cells``, which calls this), the cells (``rows_as_cells``), which places
add up (``disclosure_keys``), and what an attacker makes of the relations (``disclosure_attack``).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transforms.privacy.disclosure_keys import Key, groups
from transforms.privacy.disclosure_known import Earlier, borrow, mark_earlier
from transforms.privacy.rows_as_cells import Cell, Rows, cells_of
from transforms.privacy.stated_by_ratios import Beside, Counts, mark_stated

EPS = 1e-6
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


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
        from scipy import sparse

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
    for total, parts in sorted(set(groups([cell.key for cell in cells]))):
        relations.add(total, parts)
    relations.twins()
    return relations


def build_model(
    rows: Rows,
    threshold: float,
    *,
    others: Rows | None = None,
    earlier: Earlier | None = None,
    beside: Beside | None = None,
) -> Model:
    """Cells, relations between them, and which are small; the others are what else a reader knows."""
    cells = cells_of(rows)
    mark_earlier(cells, rows, earlier or Earlier())
    if others is not None:
        cells = sorted([*cells, *borrow(cells, others, threshold)], key=lambda cell: cell.key)
    if beside is not None:
        own = Counts()
        for cell in cells:
            own.add(cell.key, cell.value)
        totals = mark_stated(cells, beside.stated(own, threshold), threshold)
        cells = sorted([*cells, *totals], key=lambda cell: cell.key)
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
