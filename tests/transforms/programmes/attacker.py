"""An attacker on published returns, written apart from the protection: integer programming over all that is shown.

He knows of every return of a programme which figures are shown and which withheld, what adds up, what contains what,
and which figures did not change between two returns. ``given_away`` names the withheld figures, and the small
differences between a whole and its parts, that he bounds within less than five.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Rows = Mapping[str, Sequence[dict[str, Any]]]
MOST = 10_000
WIDE = 5 - 1e-6
# Whole >= parts, in a row; the whole is their sum where the true figures say so.
IN_A_ROW = {
    "programme_flow": (
        "referred >= accepted + refused + waiting",
        "refused >= refused_unsuitable + refused_no_place + refused_by_person + refused_other",
        "accepted >= started",
        "started >= attended_once",
    ),
    "programme_cohorts": (
        "potential_completers >= completed + not_completed + running + outcome_unknown",
        "potential_completers >= started_stage",
        "started_stage >= completed",
        "not_completed >= dropped_out + breach + expelled + moved + died + ended_other",
    ),
    "partner_contacts": (
        "partners_known >= partners_attempted",
        "partners_attempted >= partners_reached + partners_declined + partners_not_found",
        "partners_reached >= partners_referred",
    ),
    "programme_measures": ("eligible >= respondents",),
    "reoffences": ("persons_followed >= persons_reoffended",),
    "programme_children": ("children_affected >= children_referred",),
}
#: differences that tell of no person: whom the service did not try to reach, who did not answer
OF_NO_PERSON = ("partners_known", "eligible")
TOTALS = ("referral_source", "sex", "age")
WITHOUT_KEY = ("return_id", "as_of", "withheld", "measure_value", "measure_unit", "law_id")


class Attacker:
    """Collects what is known; ``truth`` is used for nothing but which figures are equal, and which sums hold."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.values: list[float] = []
        self.known: list[bool] = []
        self.names: list[str] = []
        self.lines: list[dict[int, float]] = []
        self.at: dict[tuple[Any, ...], int] = {}
        #: withheld figures and differences that must not be found
        self.secrets: set[int] = set()

    def sees(self, truth: Rows, published: Rows) -> None:
        """A published return."""
        for table, rows in truth.items():
            cells = [self._row(table, row, shown) for row, shown in zip(rows, published[table], strict=True)]
            if table == "programme_flow":
                self._add_up(rows, cells)
            if table == "programme_cohorts":
                self._both_sexes(rows, cells)

    def _row(self, table: str, row: dict[str, Any], shown: dict[str, Any]) -> dict[str, int]:
        names = {
            name for rule in IN_A_ROW[table] for name in rule.replace(">=", "+").replace(" ", "").split("+")
        }
        names |= {"not_traceable"}
        key = tuple(
            (name, row[name]) for name in sorted(row) if name not in names and name not in WITHOUT_KEY
        )
        cells = {
            name: self._figure(table, key, name, row, shown)
            for name in sorted(names)
            if row.get(name) is not None
        }
        for rule in IN_A_ROW[table]:
            whole, _, parts = rule.replace(" ", "").partition(">=")
            there = [cells[name] for name in parts.split("+") if name in cells]
            if whole in cells and there:
                self._contains(cells[whole], there, secret=whole not in OF_NO_PERSON)
        return cells

    def _figure(self, table: str, key: Any, name: str, row: dict[str, Any], shown: dict[str, Any]) -> int:
        place = (table, key, name, row[name])
        if place not in self.at:
            self.at[place] = self._new(row[name], f"{table} {dict(key)} {name}={row[name]}")
        at = self.at[place]
        if shown[name] is not None:
            assert shown[name] == row[name]
            self.known[at] = True
        else:
            assert name in shown["withheld"].split(";")
            self.secrets.add(at)
        return at

    def _new(self, value: float, name: str) -> int:
        self.values.append(float(value))
        self.known.append(False)
        self.names.append(name)
        return len(self.values) - 1

    def _contains(self, whole: int, parts: list[int], *, secret: bool) -> None:
        rest = self.values[whole] - sum(self.values[at] for at in parts)
        line = {whole: 1.0, **dict.fromkeys(parts, -1.0)}
        if rest < 0:
            return
        if rest > 0 or len(parts) == 1:
            at = self._new(rest, f"{self.names[whole]} beyond its parts")
            line[at] = -1.0
            if secret and 0 < rest < 5:
                self.secrets.add(at)
        self.lines.append(line)

    def _add_up(self, rows: Sequence[dict[str, Any]], cells: Sequence[dict[str, int]]) -> None:
        for dimension in TOTALS:
            for total, mine in zip(rows, cells, strict=True):
                if total[dimension] != "_T":
                    continue
                others = [name for name in TOTALS if name != dimension]
                parts = [
                    part
                    for row, part in zip(rows, cells, strict=True)
                    if row[dimension] != "_T" and all(row[name] == total[name] for name in others)
                ]
                for name, whole in mine.items():
                    there = [part[name] for part in parts if name in part]
                    if there:
                        self._contains(whole, there, secret=True)

    def _both_sexes(self, rows: Sequence[dict[str, Any]], cells: Sequence[dict[str, int]]) -> None:
        for total, mine in zip(rows, cells, strict=True):
            parts = [
                part
                for row, part in zip(rows, cells, strict=True)
                if row["start_period"] == total["start_period"] and row["sex"] != "_T" == total["sex"]
            ]
            for name, whole in mine.items():
                there = [part[name] for part in parts if name in part]
                if there:
                    self._contains(whole, there, secret=True)

    def narrow(self) -> dict[str, tuple[float, float, float]]:
        """True value, least and most of every secret that is bounded within less than five."""
        matrix = np.zeros((len(self.lines) or 1, len(self.values)))
        for number, line in enumerate(self.lines):
            for at, sign in line.items():
                matrix[number, at] = sign
        true, known = np.array(self.values), np.array(self.known)
        bounds = Bounds(np.where(known, true, 0.0), np.where(known, true, MOST))
        least, most = true.copy(), true.copy()
        for at in sorted(self.secrets):
            for sign in (1.0, -1.0):
                # A table that another question gave may be an answer to this one.
                if most[at] - least[at] < WIDE:
                    cost = np.zeros(len(true))
                    cost[at] = sign
                    sums = LinearConstraint(matrix, 0, 0)
                    solved = milp(cost, constraints=sums, integrality=np.ones(len(true)), bounds=bounds)
                    assert solved.status == 0, solved.message
                    least, most = np.minimum(least, solved.x), np.maximum(most, solved.x)
        found = [at for at in sorted(self.secrets) if most[at] - least[at] < WIDE]
        return {self.names[at]: (float(true[at]), float(least[at]), float(most[at])) for at in found}


def given_away(*returns: tuple[Rows, Rows]) -> dict[str, tuple[float, float, float]]:
    """Secrets that the attacker bounds within less than five, of returns with what was published of each."""
    attacker = Attacker()
    for truth, published in returns:
        attacker.sees(truth, published)
    return attacker.narrow()
