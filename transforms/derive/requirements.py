"""Which published figures answer a requirement: per country and year, and which of its needs are met.

Not here: the figures with what needs look at (``requirement_figures``), the grammar of needs
(``data_contracts.needs``), the verdicts made of the answer: coverage of the minimum set (``coverage``), scorecards of
frameworks (``scorecard``). Called by these two.

Example: "women killed by an intimate partner" needs ``sex=F+relationship=IPTN``: a row about women and a row about four
men killed by their partners do not meet it together, one row must meet both.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from data_contracts.arrow import Rows
from data_contracts.model import Contract
from data_contracts.needs import alone, condition, distinguished, of_one_form, outside, varied
from data_contracts.sql import among
from sources.dataset import Dataset
from transforms.derive.requirement_figures import (
    LIMITS,
    OF_ONE_FORM,
    PLACED,
    RANK_DIGITS,
    SERIES,
    UNLIMITED,
    connect,
)

# Not one figure, but no single series meets all needs.
ONE_SERIES = "one_series"
_DOUBT = "CAST(NOT reliable AS INTEGER)"
# Those without a limit, again one row a figure.
_OF_EACH_AREA = f"""(SELECT a.* REPLACE (area.ref_area AS ref_area, ranked || area.obs_key AS ranked_key)
    FROM answering a, unnest(each_area) AS one(area) WHERE limited = '{UNLIMITED}')"""


@dataclass(frozen=True)
class Fact:
    """What answers a requirement in one country and year.

    ``evidence``: key of one figure for each need that is met; where none is met or needed, of the one figure that comes
    nearest to what is needed. A figure of the whole country and of all groups comes before one of a part.
    ``limited``: those of the unmet needs that only figures with a limit meet. ``limits``: what keeps those figures, or
    where no need is met the figure of ``evidence``, from answering for the country and year alone: ``country`` (it is
    of a single region), ``measured`` (a body of the country estimated, expected or filled it in), ``every_provider``
    (of one centre, or of those that reported), ``every_offence`` (of one kind of offence or one form of violence, where
    forms are not asked), ``one_year`` (of several years), ``whole_year`` (of a part of it);
    ``one_series``: all needs are met, by figures of several series, which together show no one group.
    ``partial``: no need is met, but a figure of one group alone, or a doubtful one, tells apart what one asks.
    ``reliable``: a figure above doubt answers; where ``partial``, one that tells it apart.
    """

    observations: int
    indicator: str
    reliable: bool
    total_only: bool
    met: tuple[str, ...]
    unmet: tuple[str, ...]
    limited: tuple[str, ...]
    limits: tuple[str, ...]
    evidence: tuple[str, ...]
    partial: bool


@dataclass(frozen=True)
class Figures:
    """The figures of a release, one row a year and figures that answer the same (``requirement_figures``)."""

    con: duckdb.DuckDBPyConnection
    breakdowns: tuple[str, ...]
    last_year: int
    # Those of which the figures are; None: of all.
    indicators: Collection[str] | None
    answered: dict[tuple[str, ...], dict[tuple[str, int], Fact]] = field(default_factory=dict)

    def facts(self, indicators: str, needs: Sequence[str]) -> dict[tuple[str, int], Fact]:
        """Per country and year where any figure answers.

        ``indicators``: codes joined by ``;``, each ``CODE``, or ``CODE/need`` where only some of its figures answer
        (``DV_VICTIMS/child``). ValueError for an unknown need, and for an indicator of which there are no figures
        here. What several items need is queried once.
        """
        key = (indicators, *needs)
        if key not in self.answered:
            others = _codes(indicators) - set(self.indicators or ())
            if others and self.indicators is not None:
                raise ValueError(f"no figures were chosen of {', '.join(sorted(others))}")
            self.answered[key] = self._facts(indicators, needs)
        return self.answered[key]

    @cached_property
    def _present(self) -> frozenset[str]:
        """The indicators that have a figure; a query of no figure takes as long as one of some."""
        return frozenset(
            code for (code,) in self.con.execute("SELECT DISTINCT indicator FROM figures").fetchall()
        )

    def _facts(self, indicators: str, needs: Sequence[str]) -> dict[tuple[str, int], Fact]:
        wanted = [self._condition(part) for part in indicators.split(";") if part]
        if not wanted:
            return {}
        limits = [only for part in indicators.split(";") if (only := part.partition("/")[2])]
        met = [condition(need, self.breakdowns) for need in needs]
        if self._present.isdisjoint(_codes(indicators)):
            return {}
        apart = " OR ".join(sorted({term for need in needs for term in distinguished(need)})) or "TRUE"
        keys = [f"min(ranked_key) FILTER (reliable AND {one})" for one in met]
        near = " + ".join(f"CAST({one} AS INTEGER)" for one in sorted(self._terms(needs))) or "0"
        nearest = f"lpad(CAST(99 - ({near}) AS VARCHAR), {RANK_DIGITS}, '0') || ranked_key"
        # Where forms are asked, one of them is no part of a whole.
        columns = f"* REPLACE ({OF_ONE_FORM})" if of_one_form(needs, limits) else "*"
        self.con.execute(
            f"""CREATE OR REPLACE TEMP VIEW answering AS
            SELECT {columns} FROM figures WHERE ({" OR ".join(wanted)}) AND NOT {outside(needs, limits)}"""
        )
        partial = [f"min({_DOUBT} || ranked_key) FILTER ({self._one_group(need)})" for need in needs]
        best = [f"min({nearest})", f"min({nearest}) FILTER (reliable)", *keys, *partial]
        named = "".join(f", {key} AS key_{number}" for number, key in enumerate(best))
        of_all = [f"min(key_{number})" for number in range(len(best))]
        query = f"""WITH of_indicator AS (
              SELECT country, year, indicator, sum(figures) AS figures, bool_or(reliable) AS above_doubt,
                bool_or({apart}) AS apart{named}
              FROM answering GROUP BY country, year, indicator)
            SELECT country, year, CAST(sum(figures) AS BIGINT), first(indicator ORDER BY figures DESC, indicator),
              bool_or(above_doubt), bool_or(apart), {of_all[0]}, {of_all[1]},
              [{", ".join(of_all[2 : 2 + len(keys)])}], [{", ".join(of_all[2 + len(keys) :])}]
            FROM of_indicator GROUP BY country, year"""
        together = self._together(needs, keys)
        found = self.con.execute(query).fetchall()
        return {
            (country, year): _fact(needs, together.get((country, year)), *said)
            for country, year, *said in found
        }

    def _together(self, needs: Sequence[str], keys: Sequence[str]) -> dict[tuple[str, int], list[str]]:
        """Per country and year the figures of the one series that meets all of several needs without a limit."""
        if len(needs) < 2:
            return {}
        own = [*SERIES, *(name for name in PLACED if name not in varied(needs))]
        given = _OF_EACH_AREA if "ref_area" in own else "answering"
        query = f"""WITH series AS (SELECT country, year, [{", ".join(keys)}] AS keys FROM {given}
              GROUP BY country, year, {", ".join(own)})
            SELECT country, year, min(keys) FROM series
            WHERE len(list_filter(keys, lambda key: starts_with(key, '{UNLIMITED}'))) = {len(needs)}
            GROUP BY country, year"""
        return {(country, year): shown for country, year, shown in self.con.execute(query).fetchall()}

    def _terms(self, needs: Sequence[str]) -> set[str]:
        """Each term of the needs by itself, as a predicate."""
        return {condition(term, self.breakdowns) for need in needs for term in need.split("+")}

    def _one_group(self, need: str) -> str:
        """Figures of one group that a need tells apart, though no other group is beside it."""
        return " AND ".join(alone(term, self.breakdowns) for term in need.split("+"))

    def _condition(self, part: str) -> str:
        code, _, only = part.partition("/")
        limit = f" AND {alone(only, self.breakdowns)}" if only else ""
        return f"(indicator = '{code}'{limit})"


def _fact(
    needs: Sequence[str],
    together: list[str] | None,
    count: int,
    indicator: str,
    reliable: bool,
    any_apart: bool,
    any_key: str,
    best: str | None,
    keys: Sequence[str | None],
    one_group: Sequence[str | None],
) -> Fact:
    """Of a row of the query; ``keys``: the figure that meets each need. ``together``: those of one series.

    ``one_group``: the figure of one group for each need, or a doubtful one.
    """
    shown = dict(zip(needs, together or keys, strict=True))
    limits = {need: _names(key) for need, key in shown.items() if key}
    unmet = tuple(need for need in needs if limits.get(need) != [])
    split = len(needs) > 1 and not unmet and not together
    # Nothing meets a need: then one group alone, or what is doubtful, shows more than a total.
    partial = [] if limits else [key for key in one_group if key]
    nearest = best or any_key
    shows = limits.values() or [_names(key[1:]) for key in partial] or [_names(nearest[RANK_DIGITS:])]
    found = {name for names in shows for name in names}
    return Fact(
        observations=count,
        indicator=indicator,
        reliable=reliable and not (partial and min(partial) >= "1"),
        total_only=not any_apart,
        met=tuple(need for need in needs if need not in unmet),
        unmet=unmet,
        limited=tuple(need for need in unmet if need in limits),
        limits=(*(name for name in LIMITS if name in found), *([ONE_SERIES] if split else [])),
        evidence=_keys([key for key in shown.values() if key] or partial or [nearest]),
        partial=bool(partial),
    )


def _names(limited: str) -> list[str]:
    """The limits of a figure, of its key or of the digits in front of it."""
    return [name for name, digit in zip(LIMITS, limited, strict=False) if digit == "1"]


def _keys(ranked: Sequence[str]) -> tuple[str, ...]:
    """Keys without the rank in front of them, each once."""
    return tuple(dict.fromkeys(key.rpartition(" ")[2] for key in ranked))


def figures(
    contract: Contract,
    observations: Rows,
    sources: Rows,
    datasets: Mapping[str, Dataset],
    countries: Collection[str] | None = None,
    indicators: Collection[str] | None = None,
) -> Figures:
    """The figures of a release that may answer requirements (``requirement_figures``).

    ``countries``, ``indicators``: only theirs; ``last_year`` is that of all.
    """
    chosen = {"country": countries, "indicator": indicators}
    only = [among(name, sorted(codes)) for name, codes in chosen.items() if codes is not None]
    con, last = connect(contract, observations, sources, datasets, only)
    return Figures(con, tuple(contract.codelists["breakdown"]), last, indicators)


def asked_indicators(contract: Contract) -> set[str]:
    """Those of which a requirement of the minimum set or an item of a framework asks for figures."""
    parts = [part for framework in contract.scorecard for item in framework.items for part in item.parts]
    asked = [row["indicators"] for row in contract.coverage]
    return set().union(
        *map(_codes, [*asked, *(text for part in parts for text in (part.indicators, part.partly))])
    )


def _codes(indicators: str) -> set[str]:
    """The codes of indicators as :meth:`Figures.facts` takes them."""
    return {part.partition("/")[0] for part in indicators.split(";") if part}
