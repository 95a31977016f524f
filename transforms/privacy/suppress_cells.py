"""Statistical disclosure control of ``restricted`` datasets: what an office handed over and did not publish.

Two pure functions: ``suppress`` withholds small counts and whatever else would give them away, ``audit``
attacks the result. The relations are found in ``additive_equations``, the attackers are in
``disclosure_attack``; a file that holds personal data is refused before (``personal_data_search``).

**Primary rule.** A count (unit ``NUMBER``) above 0 and below the threshold, in an area below the country, is
withheld (``obs_status`` Q, ``conf_status`` A). A **zero** is published, save inside a small group: where a
withheld small total lies above it, the zeros would say what the few persons have in common (attribute
disclosure), so they are withheld with it. A zero in a group of threshold or more is published although it
says something of the group ("all 40 victims are women"): most zeros are articles or ages that cannot occur,
and every reader knows them. For the same reason a zero protects another cell only when nothing else can.

**What adds up.** ``disclosure_keys`` lists every additive relation between the rows: regions to the country,
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

**What else is known** (``disclosure_known``): counts of the same indicator by other datasets of the release, and what
earlier releases published, whose pattern is frozen; and counts that shares and rates state with a total or the
population, of whatever indicator and dataset (``stated_by_ratios``). Persons of a register are no more than its
incidents.

**Not covered**: a person who is one of the counted and knows own cell; figures published outside this pipeline;
sums and differences of different indicators, except that anything with the dims of a withheld count is withheld.

Called by ``rules_per_dataset``, which knows which rules hold for which dataset, and by
``transforms.programmes.protect_return``.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.errors import DvstatsError
from transforms.privacy.additive_equations import EPS, Bools, Ints, Model, build_model
from transforms.privacy.disclosure_attack import (
    Attack,
    AttackedBlock,
    Block,
    Exposure,
    Shown,
    apart,
    blocks,
    exposures,
    small_but_shown,
)
from transforms.privacy.disclosure_keys import COUNTRY, Key, places_above, totals_over
from transforms.privacy.disclosure_known import counted_elsewhere, earlier_releases
from transforms.privacy.rows_as_cells import Rows
from transforms.privacy.stated_by_ratios import Beside, Counts, place_of, small_beside

__all__ = ["DisclosureError", "Exposure", "audit", "suppress"]

_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_NOTES = {
    "A": "Withheld: it counts too few persons or cases.",
    "D": "Withheld: with it another withheld figure could be computed.",
}
#: counts of persons below this are withheld
THRESHOLD = 5


class DisclosureError(DvstatsError):
    """The table cannot be published as it is; says why, without figures."""


# -- public: suppress ----------------------------------------------------------------------------------------


def suppress(
    observations: pa.Table,
    *,
    exempt: Collection[str] = (),
    registers: Collection[str] = (),
    others: pa.Table | None = None,
    history: pa.Table | None = None,
) -> pa.Table:
    """The observations with small counts withheld, and whatever gives them away; rows stay in order.

    ``exempt``: indicators that count no persons or cases (centres, beds). ``registers``: ids of datasets of which
    small national counts are withheld too; as a mapping with the indicator of the persons of each. ``others``: what
    other datasets publish beside it. ``history``: ``observation_history`` of what was published before.
    """
    _refuse_lower_levels(observations.column("ref_area").to_pylist())
    rows = Rows(observations, exempt, registers)
    beside = Beside(others, observations, exempt)
    model = _model(rows, THRESHOLD, exempt, others, history, beside)
    hidden = model.hidden.copy()
    for block in blocks(model, hidden):
        hidden[block.ids] = _protect(block, hidden[block.ids], THRESHOLD)
    marks = _marks(rows, _Ratios(rows, model, hidden, THRESHOLD, beside), hidden)
    return _write(observations, marks)


def _model(
    rows: Rows,
    threshold: float,
    exempt: Collection[str],
    others: pa.Table | None,
    history: pa.Table | None,
    beside: Beside,
) -> Model:
    same = counted_elsewhere(others, set(map(str, rows.column["indicator"])))
    known = None if same is None else Rows(same, exempt)
    return build_model(rows, threshold, others=known, earlier=earlier_releases(history), beside=beside)


def _refuse_lower_levels(areas: Iterable[str]) -> None:
    """Below a first-level region no figure is published, withheld or not: its very row says where to look."""
    lower = sorted({a for a in areas if not COUNTRY.fullmatch(a) and not _REGION.fullmatch(a)})
    if lower:
        raise DisclosureError(f"areas below a first-level region are not published: {', '.join(lower[:20])}")


def _protect(block: Block, hidden: Bools, threshold: float) -> Bools:
    """The hidden cells of a block, with those needed to protect the ones hidden so far."""
    attacked_blocks = [AttackedBlock(block, Attack(name, threshold)) for name in ("margins", "rule")]
    while True:
        before = hidden.copy()
        for attacked in attacked_blocks:
            hidden = _hide_until_safe(attacked, hidden)
        if (before == hidden).all():
            return hidden


def _hide_until_safe(attacked: AttackedBlock, hidden: Bools) -> Bools:
    """Hide more (complementary suppression) until every hidden cell is safe from this attack."""
    while True:
        attacked.explore(hidden)
        todo = attacked.open(hidden)
        if not todo.any():
            return hidden
        batch = apart(attacked.block.matrix, todo)
        complement = attacked.complement(hidden, batch)
        hidden = hidden | (_complement_one(attacked, hidden, batch[:1]) if complement is None else complement)


def _complement_one(attacked: AttackedBlock, hidden: Bools, cell: Ints) -> Bools:
    """What protects one cell, where its batch found no table; at the worst all that shares a relation with it."""
    for falling in (False, True):
        complement = attacked.complement(hidden, cell, falling=falling)
        if complement is not None:
            return complement
    block = attacked.block
    for more in (_neighbours(block, int(cell[0])), block.x <= EPS, np.ones(len(hidden), dtype=np.bool_)):
        free = more & ~hidden & ~block.fixed
        if free.any():
            return np.asarray(free)
    raise DisclosureError("a withheld count cannot be protected whatever else is withheld")


def _neighbours(block: Block, cell: int) -> Bools:
    """All that shares a relation with the cell, zeros too: the last resort."""
    rows = block.matrix[:, [cell]].indices
    near = np.zeros(len(block.x), dtype=np.bool_)
    near[block.matrix.tocsr()[rows].indices] = True
    return near


def _marks(rows: Rows, ratios: "_Ratios", hidden: Bools) -> dict[int, str]:
    """Rows to withhold, with their conf_status."""
    marks: dict[int, str] = {}
    model = ratios.model
    for i, cell in enumerate(model.cells):
        if hidden[i] or model.small[i]:
            marks.update(dict.fromkeys(cell.rows, "A" if model.marked[i] else "D"))
    for row in rows.counts:
        # "Fewer than 5" in the office's own words, beside margins that do not give the number.
        if (
            rows.value[row] is None
            and rows.column["obs_upper"][row] is not None
            and rows.protected(rows.keys[row])
        ):
            marks.setdefault(row, "A")
    for row in rows.derived:
        mark = ratios.mark(row)
        if mark and rows.value[row] is not None:
            marks[row] = "A" if "A" in (mark, marks.get(row)) else "D"
    return marks


class _Ratios:
    """Shares, rates, changes and sums of money: withheld where they would give a withheld count away."""

    def __init__(self, rows: Rows, model: Model, hidden: Bools, threshold: float, beside: Beside) -> None:
        self.rows = rows
        self.model = model
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
        self.beside = beside
        self.counts = Counts()
        for key, value in self.values.items():
            self.counts.add(key, value)
        # Of shares that make up one whole each tells of the others.
        self.wholes: dict[Key, str] = {}
        for row in rows.derived:
            mark = self._small_share(row)
            if mark:
                for _, total in totals_over(rows.keys[row]):
                    self.wholes[total] = min(mark, self.wholes.get(total, mark))

    def mark(self, row: int) -> str | None:
        key, unit = self.rows.keys[row], str(self.rows.column["unit_measure"][row])
        own = self.mark_by_dims.get(key[1:])
        if own or unit == "PERCENT":
            return own or self._denominator(key) or self._beside_small(row)
        if unit.startswith("PER_"):
            # The population is public, so a rate is its count.
            return "A" if key not in self.values and self.rows.protected(key) else None
        return self._change(row, key) if unit == "PERCENT_CHANGE" else None

    def _denominator(self, key: Key) -> str | None:
        """A share and its count give the total; any total over it may be the one meant, of whatever indicator."""
        return (
            "D" if any(place_of(total) in self.mark_by_dims for total in places_above(key) - {key}) else None
        )

    def _small_share(self, row: int) -> str | None:
        """A share and a total state a count; the same total of another indicator or dataset may be the one meant."""
        key, value = self.rows.keys[row], self.rows.value[row]
        is_share = self.rows.column["unit_measure"][row] == "PERCENT" and key not in self.values
        if not is_share or value is None or not self.rows.protected(key):
            return None
        wholes = {*self.counts.over(key), *self.beside.counts.over(key)}
        return small_beside(value, wholes, self.threshold)

    def _beside_small(self, row: int) -> str | None:
        """Whether it states a small count, or one that makes up the same whole does."""
        small = self._small_share(row)
        if small or self.rows.keys[row] in self.values:
            return small
        return "D" if any(total in self.wholes for _, total in totals_over(self.rows.keys[row])) else None

    def _change(self, row: int, key: Key) -> str | None:
        """A count and its change give the count before."""
        some_hidden = self.series.get(key[:-1])
        if some_hidden is None and self.rows.protected(key):
            # The count that it changes from may be of another indicator or dataset.
            elsewhere = self.counts.has_series(key) or self.beside.counts.has_series(key)
            return "D" if elsewhere else None
        if some_hidden is None or not self.rows.protected(key):
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
        "obs_value": None,
        "obs_lower": None,
        "obs_upper": None,
        "published_value": None,
        "note_ru": None,
        "note": pa.array([_NOTES.get(m or "") for m in mark.to_pylist()], pa.string()),
        "obs_status": pa.array(["Q"] * observations.num_rows, pa.string()),
        "conf_status": mark,
    }
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
    observations: pa.Table,
    suppressed: pa.Table,
    *,
    exempt: Collection[str] = (),
    registers: Collection[str] = (),
    others: pa.Table | None = None,
    history: pa.Table | None = None,
) -> list[Exposure]:
    """Withheld figures that an attacker recovers or bounds too tightly from what ``suppressed`` states.

    ``observations`` give the true table; which rows are published and how the others are marked is read from
    ``suppressed`` alone, by ``obs_key``. The rest as for ``suppress``.
    """
    rows = Rows(observations, exempt, registers)
    shown = Shown(suppressed)
    beside = Beside(others, observations, exempt)
    model = _model(rows, THRESHOLD, exempt, others, history, beside)
    keys = rows.column["obs_key"]
    names = [tuple(str(keys[row]) for row in sorted(cell.rows)) for cell in model.cells]
    published = np.array([any(key in shown.values for key in cell) for cell in names], dtype=np.bool_)
    hidden = ~model.known
    hidden[: len(published)] &= ~published
    for i, cell in enumerate(names):
        model.marked[i] = any(shown.marks.get(key) == "A" for key in cell)
    found = shown.residue()
    found += small_but_shown(model, published, names)
    for block in blocks(model, hidden):
        for attack in ("margins", "rule"):
            attacked = AttackedBlock(block, Attack(attack, THRESHOLD))
            found += exposures(attacked, hidden[block.ids], model, names)
    ratios = _Ratios(rows, model, hidden, THRESHOLD, beside)
    exposed = [str(keys[row]) for row in rows.derived if ratios.mark(row) and str(keys[row]) in shown.values]
    found += [Exposure((key,), "ratio", None, None) for key in exposed]
    return sorted(found, key=lambda e: (e.attack, e.obs_keys))
