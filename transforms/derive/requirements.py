"""Which published figures answer a requirement: per country and year, and which of its needs are met.

Not here: the grammar of needs (``data_contracts.needs``), the verdicts made of the answer: coverage of the minimum set
(``coverage``), scorecards of frameworks (``scorecard``). Called by these two.

Example: "women killed by an intimate partner" needs ``sex=F+relationship=IPTN``: a row about women and a row about four
men killed by their partners do not meet it together, one row must meet both.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.needs import condition, distinguished, outside
from data_contracts.vocabulary import DIMENSIONS, TOTAL
from sources.dataset import Dataset
from transforms.derive.best_observations import KIND

FIRST_YEAR = 2015
# A doubtful figure and one of another definition are published, but meet no need. A model or estimate of an
# international body answers nothing: it does not show that the country publishes it.
_RELIABLE = "obs_status NOT IN ('D', 'U')"
_MEASURED = f"({KIND}) = 'measured'"
# First and last year of an age group; null where the code gives none.
_FIRST_AGE = """CASE WHEN starts_with(age, 'Y_LT') THEN 0
        ELSE try_cast(regexp_extract(age, '^Y(?:_GE)?([0-9]+)', 1) AS INTEGER) END"""
_LAST_AGE = """CASE WHEN starts_with(age, 'Y_GE') THEN 999 ELSE try_cast(regexp_extract(age, '(?:Y_LT|T)([0-9]+)$', 1)
        AS INTEGER) - CAST(starts_with(age, 'Y_LT') AS INTEGER) END"""
# Readers of files that a program reads without guessing, and addresses that end like such a file.
_UNREADABLE = ("pdf", "text", "transcription")
# Figures in order: of a country before a region, of everything before a part, of a longer part of the year before a
# shorter one, and before what is of several years.
_RANK = 5
_SHORTER = """CASE WHEN date_diff('day', period_start, period_end) > 366 THEN 999
        ELSE 366 - date_diff('day', period_start, period_end) END"""
_RANKED = f"""lpad(CAST(50000 * CAST(length(ref_area) > 2 AS INTEGER) + 1000 * ({
    " + ".join(f"CAST({name} <> '{TOTAL}' AS INTEGER)" for name in DIMENSIONS)
}) + {_SHORTER} AS VARCHAR), {_RANK}, '0')"""
# One region is no country; figures of half of the regions, and one of the country, are of it.
_NATIONAL = "(length(ref_area) = 2 OR by_region)"
_FILES = "[./](csv|json|xml|xlsx|xls|ods|parquet)$"
# Columns that no need looks at.
_UNREAD = "published_value, note, note_ru, raw_sha256, raw_locator, retrieved_at, first_release"
_FIGURES = f"""
    WITH aged AS (
      SELECT * EXCLUDE ({_UNREAD}), left(ref_area, 2) AS country, {_FIRST_AGE} AS first_age, {_LAST_AGE} AS last_age,
        CAST(year(period_start) AS INTEGER) AS first_year
      FROM observations WHERE (obs_value IS NOT NULL OR obs_upper IS NOT NULL) AND {_MEASURED}),
    -- Neighbours of a figure, a row a group: a window over all figures would be sorted for each of these.
    same AS (
      SELECT country, indicator, time_period, count(DISTINCT ref_area) FILTER (length(ref_area) > 2) AS areas,
        bool_or(age = '{TOTAL}') AS all_ages, min(last_age) AS least_last, max(first_age) AS most_first
      FROM aged GROUP BY ALL),
    parts AS (
      SELECT country, indicator, freq, first_year, count(DISTINCT period_start) AS periods FROM aged GROUP BY ALL),
    files AS (SELECT dataset_id, source_id, bool_or(obs_status = 'A') AS normal FROM aged GROUP BY ALL),
    beside AS (
      SELECT o.*, {_RANKED} || obs_key AS ranked_key,
        coalesce(p.national, FALSE) AND nature IN ('C', 'CA') AND (obs_status = 'A' OR (obs_status = 'B'
          AND normal)) AS own_file,
        length(ref_area) > 2 AND 2 * areas >= coalesce(r.regions, 1) AS by_region,
        {condition("child", ())} AND indicator NOT IN (SELECT indicator FROM of_children) AS of_minors,
        coalesce(p.readable OR regexp_matches(lower(s.address), '{_FILES}'), FALSE) AS machine_readable,
        age <> '{TOTAL}' AND coalesce(all_ages OR least_last < first_age OR most_first > last_age, FALSE) AS by_age,
        coalesce(CASE freq WHEN 'Q' THEN 4 WHEN 'M' THEN 12 END = periods, FALSE) AS each_quarter
      FROM aged o JOIN same USING (country, indicator, time_period)
        JOIN parts USING (country, indicator, freq, first_year) JOIN files USING (dataset_id, source_id)
        LEFT JOIN publishing p USING (dataset_id) LEFT JOIN sources s USING (source_id)
        LEFT JOIN regions r USING (country)),
    yearly AS (
      SELECT *, CAST(unnest(range(first_year, year(period_end) + 1)) AS INTEGER) AS year FROM beside),
    following AS (SELECT DISTINCT country, indicator, year + 1 AS year, TRUE AS regular FROM yearly)
    SELECT y.*, coalesce(f.regular, FALSE) AS regular
    FROM yearly y LEFT JOIN following f USING (country, indicator, year)"""


@dataclass(frozen=True)
class Fact:
    """What answers a requirement in one country and year.

    ``evidence``: key of one figure for each need that is met; where none is met or needed, of the one figure that comes
    nearest to what is needed. A figure of the whole country and of all groups comes before one of a part.
    ``regional``: those of the unmet needs that only figures of single regions meet; one region is no country.
    ``national``: some figure is of the whole country, or of at least half of its regions.
    """

    observations: int
    indicator: str
    reliable: bool
    total_only: bool
    met: tuple[str, ...]
    unmet: tuple[str, ...]
    regional: tuple[str, ...]
    national: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """The figures of a release, one row a figure and year that it covers."""

    con: duckdb.DuckDBPyConnection
    breakdowns: tuple[str, ...]
    last_year: int
    answered: dict[tuple[str, ...], dict[tuple[str, int], Fact]] = field(default_factory=dict)

    def facts(self, indicators: str, needs: Sequence[str]) -> dict[tuple[str, int], Fact]:
        """Per country and year where any figure answers.

        ``indicators``: codes joined by ``;``, each ``CODE``, or ``CODE/need`` where only some of its figures answer
        (``DV_VICTIMS/child``). ValueError for an unknown need. What several items need is queried once.
        """
        key = (indicators, *needs)
        if key not in self.answered:
            self.answered[key] = self._facts(indicators, needs)
        return self.answered[key]

    def _facts(self, indicators: str, needs: Sequence[str]) -> dict[tuple[str, int], Fact]:
        wanted = [self._condition(part) for part in indicators.split(";") if part]
        if not wanted:
            return {}
        limits = [only for part in indicators.split(";") if (only := part.partition("/")[2])]
        met = [condition(need, self.breakdowns) for need in needs]
        apart = " OR ".join(sorted({term for need in needs for term in distinguished(need)})) or "TRUE"
        columns = "".join(
            f", min(ranked_key) FILTER ({_RELIABLE} AND {one} AND {where})"
            for where in (_NATIONAL, "TRUE")
            for one in met
        )
        near = " + ".join(f"CAST({one} AS INTEGER)" for one in sorted(self._terms(needs))) or "0"
        nearest = f"lpad(CAST(99 - ({near}) AS VARCHAR), {_RANK}, '0') || ranked_key"
        query = f"""SELECT country, year, count(*), mode(indicator ORDER BY indicator), bool_or({_RELIABLE}),
              bool_or({_NATIONAL}), bool_or({apart}), min({nearest}), min({nearest}) FILTER ({_RELIABLE}){columns}
            FROM figures WHERE ({" OR ".join(wanted)}) AND NOT {outside([*needs, *limits])} GROUP BY country, year"""
        found = self.con.execute(query).fetchall()
        return {(country, year): _fact(needs, *said) for country, year, *said in found}

    def _terms(self, needs: Sequence[str]) -> set[str]:
        """Each term of the needs by itself, as a predicate."""
        return {condition(term, self.breakdowns) for need in needs for term in need.split("+")}

    def _condition(self, part: str) -> str:
        code, _, only = part.partition("/")
        limit = f" AND {condition(only, self.breakdowns)}" if only else ""
        return f"(indicator = '{code}'{limit})"


def _fact(
    needs: Sequence[str],
    count: int,
    indicator: str,
    reliable: bool,
    national: bool,
    any_apart: bool,
    any_key: str,
    best: str | None,
    *keys: str | None,
) -> Fact:
    """Of a row of the query: ``keys`` are those that meet each need for the country, then those that meet it at all."""
    of_country, anywhere = keys[: len(needs)], keys[len(needs) :]
    unmet = tuple(need for need, key in zip(needs, of_country, strict=True) if key is None)
    return Fact(
        observations=count,
        indicator=indicator,
        reliable=reliable,
        total_only=not any_apart,
        met=tuple(need for need in needs if need not in unmet),
        unmet=unmet,
        regional=tuple(need for need, key in zip(needs, anywhere, strict=True) if key and need in unmet),
        national=national,
        evidence=_keys([key for key in anywhere if key] or [(best or any_key)[_RANK:]]),
    )


def _keys(ranked: Sequence[str]) -> tuple[str, ...]:
    """Keys without the rank in front of them, each once."""
    return tuple(dict.fromkeys(key[_RANK:] for key in ranked))


def figures(
    contract: Contract, observations: pa.Table, sources: pa.Table, datasets: Mapping[str, Dataset]
) -> Figures:
    """The figures that may answer requirements, with what the needs about files look at.

    ``own_file``: a national dataset gives it with status A (or B, where the same source has others with A), the mark of
    this project for "the publisher's own file was seen". ``machine_readable``: read from a file for programs, by the
    reader of the dataset, or by the address of what was transcribed. ``by_region``: it is of a region, and at least
    half of the country's regions have a figure of that indicator and period; one region is no table by region.
    ``by_age``: women of 18-49 beside women of 18-75 are two spans of one population, no table by age.
    ``of_minors``: it is of minors alone, and its indicator is not one of children.
    ``each_quarter``: of four quarters or twelve months of one year. ``regular``: the year before has a figure too.
    """
    con = duckdb.default_connection().cursor()
    con.register("observations", observations)
    con.register("sources", sources)
    con.execute("CREATE TEMP TABLE publishing(dataset_id VARCHAR, national BOOLEAN, readable BOOLEAN)")
    facts = [[d.id, d.country != "*", d.reader not in _UNREADABLE] for d in datasets.values()]
    insert_rows(con, "publishing", facts)
    con.execute("CREATE TEMP TABLE regions(country VARCHAR, regions INTEGER)")
    regions = Counter(a["country"] for a in contract.areas if a["level"] == "region" and not a["valid_to"])
    insert_rows(con, "regions", list(regions.items()))
    con.execute("CREATE TEMP TABLE of_children(indicator VARCHAR)")
    of_children = [[code] for code, one in contract.indicators.items() if one.scope == "child"]
    insert_rows(con, "of_children", of_children)
    con.execute(f"CREATE TEMP TABLE figures AS {_FIGURES}")
    last = con.execute("SELECT coalesce(max(year), ?) FROM figures", [FIRST_YEAR]).fetchall()[0][0]
    return Figures(con, tuple(contract.codelists["breakdown"]), last)
