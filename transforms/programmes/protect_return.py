"""Small counts of a return withheld, with whatever would give them away.

A return is a file that an office did not publish itself, about few persons in one place. A count from 1 to 4 is
withheld, and so is a difference of that size (of 12 accepted, 10 started): one of the two is not shown. The promise,
against whoever knows all that is shown of the programme, in this return, in earlier versions of it, and of the same
cohorts in earlier quarters: **every withheld count may still be any number of a span at least five wide**, small or
not. So nothing is named as withheld that the others give, and no withheld count is closed in by its neighbours.

Counts are shown one step after the other, the most useful first (``_steps``): totals, then detail. A step stays where
all that is withheld so far keeps its span; of a step that does not, as much as does. What was refused so is withheld,
and keeps its span from then on; where it had none when it was refused, everything begins anew with it withheld.

Why a figure is withheld (``REASONS``) is for the sender alone: a reader who knew which were small would know more.

===============  ===================================================================================================
small            counts 1 to 4 persons
whole            is a part of a count that is withheld: how many came where it is withheld how many started, or that
                 nobody of three persons moved away
gives_away       with it a small count, or a small difference, could be computed
few_partners     a result of fewer than ten partners
beside_partners  a result of clients where that of the partners beside it is withheld
===============  ===================================================================================================

Not covered: an earlier release in which a figure that changed since was another one (the difference of two large
numbers may be small), what is published elsewhere, and a person who knows the own case.

Not here: what adds up to what (``figure_relations``), the attack by linear programming (``transforms.privacy``),
judging a return (``judge_return``). Called by ``tables``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from data_contracts.vocabulary import TOTAL
from transforms.privacy.additive_equations import EPS, Bools, Floats
from transforms.privacy.disclosure_attack import Attack, AttackedBlock, Block, shuttle
from transforms.privacy.suppress_cells import THRESHOLD
from transforms.programmes.figure_relations import (
    DIVIDED,
    KEYS,
    WITHIN,
    Cell,
    Relations,
    add_return,
    columns,
    count,
)
from transforms.programmes.judge_figures import CLIENT, PARTNER, Row

FEWEST_PARTNERS = 10
SMALL, WHOLE, GIVES_AWAY, FEW_PARTNERS, BESIDE_PARTNERS = REASONS = (
    "small",
    "whole",
    "gives_away",
    "few_partners",
    "beside_partners",
)
Rows = Mapping[str, Sequence[Row]]
#: for each row of each table: why a column is withheld
Withheld = dict[str, list[dict[str, str]]]
#: columns that are worth more than their detail; of the other tables all columns are alike
_MAIN: Mapping[str, tuple[str, ...]] = {
    "programme_flow": ("referred", "accepted", "refused", "started"),
    "programme_cohorts": ("potential_completers", "completed", "not_completed", "running", "outcome_unknown"),
}
#: what partners are asked, and the count beside it says how many of them
RESULT = "measure_value"
_RESULTS = (RESULT, "persons_reoffended")
_WHOLE_OF: Mapping[str, Mapping[str, str]] = {
    table: {part: whole for whole, parts in within.items() for part in parts}
    for table, within in WITHIN.items()
}


@dataclass(frozen=True)
class Published:
    """An earlier return of the programme: what it counted, and what was shown of that."""

    rows: Rows
    shown: Rows

    def beside(self, rows: Rows) -> "Published":
        """What of it is of the quarters and cohorts of another return."""
        chosen = {
            table: [n for n, row in enumerate(given) if row.get(KEYS[table][0]) in _spans(rows, table)]
            for table, given in self.rows.items()
        }
        return Published(
            {table: [self.rows[table][n] for n in numbers] for table, numbers in chosen.items()},
            {table: [self.shown[table][n] for n in numbers] for table, numbers in chosen.items()},
        )


def _spans(rows: Rows, table: str) -> set[Any]:
    return {row.get(KEYS[table][0]) for row in rows.get(table, ())}


def protect_return(rows: Rows, earlier: Sequence[Published] = ()) -> dict[str, list[Row]]:
    """The rows of one return as they may be published, table by table and in their order."""
    return without(rows, withheld_figures(rows, earlier))


def without(rows: Rows, withheld: Mapping[str, Sequence[Collection[str]]]) -> dict[str, list[Row]]:
    """The rows without these figures, each with the names of those it lost."""
    return {
        table: [
            {**row, **dict.fromkeys(names), "withheld": ";".join(sorted(names)) or None}
            for row, names in zip(given, withheld[table], strict=True)
        ]
        for table, given in rows.items()
    }


def withheld_figures(rows: Rows, earlier: Sequence[Published] = ()) -> Withheld:
    """What of a return is not published, and why; ``earlier``: the programme's returns before it."""
    choice = _Choice(_Known(rows, earlier))
    withheld: Withheld = {table: [{} for _ in given] for table, given in rows.items()}
    for (table, at, name), reason in {**choice.withheld, **choice.scores()}.items():
        withheld[table][at][name] = reason
    return withheld


# -- what is known, and the attack on it ---------------------------------------------------------------------------


class _Known:
    """The counts of a return and of those before it, and what an attacker makes of those that are shown."""

    def __init__(self, rows: Rows, earlier: Sequence[Published]) -> None:
        relations, known = Relations(), dict[tuple[Any, ...], int]()
        self.rows = rows
        #: variables that are shown already, in earlier returns and where nobody is counted; that were withheld there
        self.open, self.closed = set[int](), set[int]()
        for before in earlier:
            for (table, at, name), variable in add_return(relations, before.rows, known).items():
                was_shown = before.shown[table][at][name] is not None
                (self.open if was_shown else self.closed).add(variable)
        self.closed -= self.open
        self.cells = add_return(relations, rows, known)
        # Rows of nobody are shown as they are, and whoever attacks the others knows them; beside earlier returns they
        # are judged as all others: that nobody is there now may say who was there before.
        for (table, at, _), variable in self.cells.items():
            row = rows[table][at]
            if not earlier and not any(count(row, name) for name in columns(table)):
                self.open.add(variable)
        self.x, self.small = relations.x, relations.small(THRESHOLD)
        self._matrix = relations.matrix()

    @cached_property
    def _parts(self) -> list[tuple[Any, Any, list[Floats]]]:
        """Variables that relations connect, with their relations, and other tables that agree with what is shown."""
        from scipy.sparse.csgraph import connected_components

        pattern = abs(self._matrix)
        number, label = connected_components(pattern.T @ pattern, directed=False)
        found: list[tuple[Any, Any, list[Floats]]] = []
        for part in range(number):
            ids = np.flatnonzero(label == part)
            mine = self._matrix[:, ids]
            if mine.nnz:
                found.append((ids, mine[np.unique(mine.indices)], []))
        return found

    def narrow(self, shown: Collection[int], kept: Collection[int]) -> set[int]:
        """Those of ``kept`` whose span is too small where ``shown`` are known."""
        hidden, wanted = self._masks(shown, kept)
        found: set[int] = set()
        for ids, matrix, tables in self._parts:
            if wanted[ids].any():
                lost = _lost(self.x[ids], matrix, hidden[ids], wanted[ids], tables)
                found |= {int(ids[cell]) for cell in lost}
        return found

    def are_safe(self, shown: Collection[int], kept: Collection[int], new: Collection[int]) -> bool:
        """Whether all of ``kept`` keep their span, where they did before ``new`` came to ``shown``."""
        hidden, wanted = self._masks(shown, kept)
        there = set(new)
        return not any(
            wanted[ids].any()
            and not there.isdisjoint(ids.tolist())
            and any(True for _ in _lost(self.x[ids], matrix, hidden[ids], wanted[ids], tables))
            for ids, matrix, tables in self._parts
        )

    def _masks(self, shown: Collection[int], kept: Collection[int]) -> tuple[Bools, Bools]:
        hidden, wanted = np.ones(len(self.x), dtype=np.bool_), np.zeros(len(self.x), dtype=np.bool_)
        hidden[list(shown)] = False
        wanted[list(kept)] = True
        return hidden, wanted


def _lost(x: Floats, matrix: Any, hidden: Bools, wanted: Bools, tables: list[Floats]) -> Iterator[int]:
    """The wanted variables of one part whose span is too small, by the project's attack."""
    nothing = np.zeros(len(x), dtype=np.bool_)
    block = Block(np.arange(len(x)), matrix, x, wanted, nothing, ~nothing, nothing, x, nothing, nothing)
    attacked = AttackedBlock(block, Attack("margins", THRESHOLD), tables)
    low, high = shuttle(attacked, hidden)
    lost = wanted & ~attacked.attack.safe(low, high)
    yield from np.flatnonzero(lost).tolist()
    attacked.recall(hidden)
    attacked.explore(hidden)
    for cell in np.flatnonzero(attacked.open(hidden) & ~lost):
        if not attacked.open(hidden)[cell]:
            continue
        least, most = attacked.interval(hidden, int(cell))
        if most - least < THRESHOLD - EPS:
            yield int(cell)


# -- what is shown -------------------------------------------------------------------------------------------------


class _Choice:
    """Which counts are shown and which are withheld, with the reason."""

    def __init__(self, known: _Known) -> None:
        self.known = known
        self.withheld: dict[Cell, str] = {}
        #: withheld from the start: they had no span where they were refused late
        forced: set[Cell] = set()
        while True:
            self._begin(forced)
            for step in _steps(known.rows, known.cells):
                self._take([cell for cell in step if self._may_be_shown(cell)])
            closed_in = self._closed_in() - forced
            if not closed_in:
                return
            forced |= closed_in

    def _begin(self, forced: Collection[Cell]) -> None:
        known = self.known
        self.shown, self.withheld = set(known.open), {}
        self.kept = (set(np.flatnonzero(known.small).tolist()) | known.closed) - self.shown
        for cell, at in known.cells.items():
            table, number, name = cell
            if known.small[at] and at not in self.shown:
                self._withhold(cell, SMALL)
            elif name in _RESULTS and _of_few_partners(known.rows[table][number]):
                self._withhold(cell, FEW_PARTNERS)
            elif cell in forced:
                self._withhold(cell, GIVES_AWAY)
        # What an earlier return gave away cannot be taken back.
        self.kept -= known.narrow(self.shown, self.kept)

    def _withhold(self, cell: Cell, reason: str) -> None:
        self.withheld[cell] = reason
        if self.known.cells[cell] not in self.shown:
            self.kept.add(self.known.cells[cell])

    def _may_be_shown(self, cell: Cell) -> bool:
        """Whether it is not withheld for its own sake, and the count that contains it is shown."""
        table, at, name = cell
        if cell in self.withheld:
            return False
        whole = (table, at, _WHOLE_OF[table].get(name, ""))
        if whole in self.withheld and self.known.cells[cell] not in self.known.open:
            self._withhold(cell, WHOLE)
            return False
        if self._lacks_partners(cell):
            self._withhold(cell, BESIDE_PARTNERS)
            return False
        return True

    def _lacks_partners(self, cell: Cell) -> bool:
        """Whether it is a result of clients and none of partners is shown beside it, which came before it."""
        table, at, name = cell
        row = self.known.rows[table][at]
        return name == RESULT and row["respondent"] == CLIENT and _beside(row) not in self._of_partners()

    def _of_partners(self) -> set[tuple[Any, ...]]:
        """Where results of partners are shown."""
        rows = self.known.rows.get("programme_measures", ())
        return {
            _beside(row)
            for at, row in enumerate(rows)
            if row["respondent"] == PARTNER
            and row[RESULT] is not None
            and not _of_few_partners(row)
            and self._is_shown(("programme_measures", at, "respondents"))
            and self._is_shown(("programme_measures", at, RESULT))
        }

    def _is_shown(self, cell: Cell) -> bool:
        """Whether a count is; a mean score is none, and shown as its respondents are."""
        return cell not in self.known.cells or self.known.cells[cell] in self.shown

    def scores(self) -> dict[Cell, str]:
        """Results that are no counts and not shown: of few partners, of too few persons, of clients alone."""
        found = {}
        for at, row in enumerate(self.known.rows.get("programme_measures", ())):
            cell = ("programme_measures", at, RESULT)
            if row[RESULT] is None or cell in self.known.cells:
                continue
            if _of_few_partners(row):
                found[cell] = FEW_PARTNERS
            elif row["respondents"] is None or not self._is_shown((*cell[:2], "respondents")):
                found[cell] = WHOLE
            elif self._lacks_partners(cell):
                found[cell] = BESIDE_PARTNERS
        return found

    def _take(self, cells: Sequence[Cell]) -> None:
        """Show these, or as many of them as leave every withheld count its span, the first ones first."""
        new = {self.known.cells[cell] for cell in cells} - self.shown
        if not new or self.known.are_safe(self.shown | new, self.kept, new):
            self.shown |= new
        elif len(cells) == 1:
            self._withhold(cells[0], GIVES_AWAY)
        else:
            half = (len(cells) + 1) // 2
            self._take(cells[:half])
            self._take(cells[half:])

    def _closed_in(self) -> set[Cell]:
        """Withheld counts that the shown ones give, or nearly."""
        narrow = self.known.narrow(
            self.shown, {self.known.cells[cell] for cell in self.withheld} - self.shown
        )
        by_rule = (SMALL, FEW_PARTNERS, BESIDE_PARTNERS)
        return {
            cell
            for cell, reason in self.withheld.items()
            if self.known.cells[cell] in narrow and reason not in by_rule
        }


def _steps(rows: Rows, cells: Collection[Cell]) -> Iterator[list[Cell]]:
    """The counts in order of their use, large ones first within a step.

    Totals come first, a column at a time, each behind the one that contains it; then the main columns by source, by
    sex, by age and crossed, then the other columns of these rows. Where not every row was recorded there are no
    totals, and the widest rows there are take their place.
    """
    found: dict[tuple[int, int, int, str, int, bool], list[Cell]] = {}
    for cell in cells:
        table, at, name = cell
        row, order = rows[table][at], columns(table)
        divided = [n for n, dimension in enumerate(DIVIDED) if row.get(dimension, TOTAL) != TOTAL]
        detail = name not in _MAIN.get(table, order)
        # Results of partners come before those of clients, which are shown beside them alone.
        after = row.get("respondent") == CLIENT
        step = (len(divided), sum(divided), detail, table, order.index(name), after)
        found.setdefault(step, []).append(cell)
    for key in sorted(found):
        yield sorted(found[key], key=lambda cell: -(count(rows[cell[0]][cell[1]], cell[2]) or 0))


# -- answers -------------------------------------------------------------------------------------------------------


def _of_few_partners(row: Row) -> bool:
    if "respondent" in row:
        return bool(row["respondent"] == "partner" and (row["respondents"] or 0) < FEWEST_PARTNERS)
    return bool(row["reoffence_source"] == "partner" and (row["persons_followed"] or 0) < FEWEST_PARTNERS)


def _beside(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("start_period", "as_of", "contact_point", "outcome_domain"))
