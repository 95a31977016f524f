"""The counts of returns, and how they hang together: what adds up to what, and what contains what.

A count of one row is part of another one: of 40 referred 30 were accepted, of these 26 started, of these 24 came. The
difference is a count as well (4 were accepted and did not start), whether or not anybody wrote it down. So every
relation is ``whole = parts + rest``, and a rest is protected as a count is.

================  ==============================================================================================
in a row          ``WITHIN``: referred ⊇ accepted, refused, waiting; accepted ⊇ started ⊇ attended; reasons; outcomes
rows of a table   sexes, sources and ages to their totals; both sexes of a cohort; a longer window contains a shorter
                  one of the same persons; repeat offences of completed and not completed are parts of started
other tables      persons followed after completing are among those of the cohort who completed
other returns     what an earlier version of the quarter, or an earlier quarter of the same cohort, counted alike is
                  one count: whoever kept that release knows it
================  ==============================================================================================

Figures of two programmes are in no relation: nothing of a release adds them up, and each is protected by itself.

Not here: which counts are withheld (``protect_return``, the only caller), and the attack (``transforms.privacy``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data_contracts.vocabulary import TOTAL
from transforms.privacy.additive_equations import Bools, Floats
from transforms.programmes.judge_figures import Row

#: table, number of the row, column
Cell = tuple[str, int, str]
#: table -> column -> its parts. A count is shown only where the one that contains it is
WITHIN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "programme_flow": {
        "referred": ("accepted", "refused", "waiting"),
        "refused": ("refused_unsuitable", "refused_no_place", "refused_by_person", "refused_other"),
        "accepted": ("started",),
        "started": ("attended_once",),
    },
    "programme_cohorts": {
        "potential_completers": ("completed", "not_completed", "running", "outcome_unknown"),
        "not_completed": ("dropped_out", "breach", "expelled", "moved", "died", "ended_other"),
    },
    "partner_contacts": {
        "partners_known": ("partners_attempted",),
        "partners_attempted": ("partners_reached", "partners_declined", "partners_not_found"),
        "partners_reached": ("partners_referred",),
    },
    # The result in per cent is that of a count of respondents.
    "programme_measures": {"eligible": ("respondents",), "respondents": ("measure_value",)},
    "reoffences": {"persons_followed": ("persons_reoffended",)},
    "programme_children": {"children_affected": ("children_referred",)},
}
#: more that contains each other, where each may be shown without the other
BESIDE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "programme_cohorts": {"potential_completers": ("started_stage",), "started_stage": ("completed",)},
    "programme_children": {"children_affected": ("cases_with_children",)},
}
#: sums of what is filled in: without a rest, however many of their parts are
_SUMS = ("refused", "not_completed")
#: parts whose rest tells of no person: whom the service did not try to reach, who did not answer, further children
_UNTOLD = ("partners_attempted", "respondents", "cases_with_children")
#: what makes two rows of two returns the same
KEYS: Mapping[str, tuple[str, ...]] = {
    "programme_flow": ("return_period", "referral_source", "sex", "age"),
    "programme_cohorts": ("start_period", "sex"),
    "partner_contacts": ("return_period", "contact_point"),
    "programme_measures": (
        "start_period",
        "contact_point",
        "respondent",
        "outcome_domain",
        "outcome_instrument",
    ),
    "reoffences": ("start_period", "reoffence_source", "window_months", "reoffence_base", "clock_from"),
    "programme_children": ("return_period",),
}
DIVIDED = ("referral_source", "sex", "age")


def columns(table: str) -> tuple[str, ...]:
    """The counts of a table, each behind the one that contains it."""
    found: dict[str, None] = {}
    for parts_of in (WITHIN[table], BESIDE.get(table, {})):
        for whole, parts in parts_of.items():
            found |= dict.fromkeys((whole, *parts))
    if table == "reoffences":
        found["not_traceable"] = None
    return tuple(found)


def count(row: Row, name: str) -> int | None:
    """The count of a column; of a result in per cent that of the persons who gave it."""
    value = row.get(name)
    if name != "measure_value" or value is None:
        return None if value is None else int(value)
    persons = row.get("respondents")
    return round(value * persons / 100) if row["measure_unit"] == "PERCENT" and persons is not None else None


@dataclass
class Relations:
    """All counts as variables, and the matrix of what adds up: ``matrix @ values == 0``."""

    values: list[float] = field(default_factory=list)
    #: whether a variable counts something that somebody may look for
    counted: list[bool] = field(default_factory=list)
    _entries: list[tuple[int, int, float]] = field(default_factory=list)
    _number: int = 0

    def variable(self, value: float, *, counted: bool = True) -> int:
        """A new variable."""
        self.values.append(value)
        self.counted.append(counted)
        return len(self.values) - 1

    def add(self, whole: int, parts: Sequence[int], *, exact: bool, counted: bool) -> None:
        """``whole = parts + rest``; parts that are more than the whole contradict it and say nothing.

        Two or more parts that leave nothing are taken to add up: an attacker will guess so.
        """
        rest = self.values[whole] - sum(self.values[part] for part in parts)
        if not parts or rest < 0:
            return
        if rest or not (exact or len(parts) > 1):
            parts = [*parts, self.variable(rest, counted=counted)]
        self._entries.append((self._number, whole, 1.0))
        self._entries += [(self._number, part, -1.0) for part in parts]
        self._number += 1

    @property
    def x(self) -> Floats:
        """The true values."""
        return np.array(self.values, dtype=np.float64)

    def small(self, threshold: int) -> Bools:
        """Counts that are protected: above zero and below the threshold."""
        x = self.x
        return np.asarray(np.array(self.counted, dtype=np.bool_) & (x > 0) & (x < threshold))

    def matrix(self) -> Any:
        """Relations by variables, sparse."""
        from scipy import sparse

        at, variables, signs = zip(*self._entries, strict=True) if self._entries else ((), (), ())
        return sparse.csc_matrix((signs, (at, variables)), shape=(self._number, len(self.values)))


def add_return(
    relations: Relations, rows: Mapping[str, Sequence[Row]], known: dict[tuple[Any, ...], int]
) -> dict[Cell, int]:
    """The variables of one return, whose relations are added; ``known``: variables by count, of returns before too."""
    found: dict[Cell, int] = {}
    for table, given in rows.items():
        for at, row in enumerate(given):
            key = tuple(row.get(name) for name in KEYS[table])
            for name in columns(table):
                value = count(row, name)
                if value is not None:
                    same = (table, key, name, value)
                    if same not in known:
                        known[same] = relations.variable(value)
                    found[table, at, name] = known[same]
    for whole, parts, exact, counted in _related(rows):
        there = [found[part] for part in parts if part in found]
        if whole in found and there:
            complete = len(there) == len(parts) or whole[2] in _SUMS
            relations.add(found[whole], there, exact=exact and complete, counted=counted)
    return found


_Related = tuple[Cell, list[Cell], bool, bool]


def _related(rows: Mapping[str, Sequence[Row]]) -> Iterator[_Related]:
    """Whole, parts, whether they add up without a rest, and whether a rest counts persons of whom nothing is said."""
    for table, given in rows.items():
        for at in range(len(given)):
            for parts_of in (WITHIN[table], BESIDE.get(table, {})):
                for whole, parts in parts_of.items():
                    counted = parts[0] not in _UNTOLD
                    yield (table, at, whole), [(table, at, part) for part in parts], whole in _SUMS, counted
        for whole_at, parts_at, exact in _rows_related(table, given):
            for name in columns(table):
                yield (table, whole_at, name), [(table, at, name) for at in parts_at], exact, True
    yield from _windows(rows.get("reoffences", ()))
    yield from _followed(rows)


def _rows_related(table: str, rows: Sequence[Row]) -> Iterator[tuple[int, list[int], bool]]:
    """Rows that are the parts of a row: of flow, cohorts and the bases of repeat offences."""
    if table == "reoffences":
        yield from _totals(rows, "reoffence_base", "started", ("completed", "not_completed"), KEYS[table])
    elif table == "programme_cohorts":
        yield from _totals(rows, "sex", TOTAL, ("M", "F"), ("start_period", "sex", "as_of"))
    elif table == "programme_flow":
        for dimension in DIVIDED:
            codes = dict.fromkeys(row[dimension] for row in rows if row[dimension] != TOTAL)
            yield from _totals(rows, dimension, TOTAL, tuple(codes), KEYS[table])


def _totals(
    rows: Sequence[Row], dimension: str, total: str, codes: Sequence[str], key: Sequence[str]
) -> Iterator[tuple[int, list[int], bool]]:
    at = {tuple(row.get(name) for name in key): n for n, row in enumerate(rows)}
    for n, row in enumerate(rows):
        if row[dimension] == total:
            mine = [
                at.get(tuple(code if name == dimension else row.get(name) for name in key)) for code in codes
            ]
            there = [part for part in mine if part is not None]
            # Those who neither completed nor failed are not among the parts of those who started.
            yield n, there, len(there) == len(codes) and total == TOTAL


def _windows(rows: Sequence[Row]) -> Iterator[_Related]:
    """A longer window contains the next shorter one where the same persons are followed."""
    key = ("start_period", "as_of", "reoffence_source", "reoffence_base", "clock_from", "persons_followed")
    chains: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
    for at, row in enumerate(rows):
        chains.setdefault(tuple(row.get(name) for name in key), []).append((row["window_months"], at))
    for chain in map(sorted, chains.values()):
        for (_, shorter), (_, longer) in zip(chain, chain[1:], strict=False):
            name = "persons_reoffended"
            yield ("reoffences", longer, name), [("reoffences", shorter, name)], False, True


def _followed(rows: Mapping[str, Sequence[Row]]) -> Iterator[_Related]:
    """Of a cohort's completed (or not completed) some are followed and some not traceable; some have time to come."""
    cohorts = {
        row["start_period"]: at
        for at, row in enumerate(rows.get("programme_cohorts", ()))
        if row["sex"] == TOTAL
    }
    for at, row in enumerate(rows.get("reoffences", ())):
        cohort, name = cohorts.get(row["start_period"]), row["reoffence_base"]
        if cohort is not None and name in ("completed", "not_completed"):
            parts = [("reoffences", at, part) for part in ("persons_followed", "not_traceable")]
            yield ("programme_cohorts", cohort, name), parts, False, False
