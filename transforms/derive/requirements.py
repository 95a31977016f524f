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

from data_contracts.arrow import Rows
from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.needs import condition, distinguished, outside
from data_contracts.rows import name_rows
from data_contracts.vocabulary import DIMENSIONS, TOTAL, sql_list
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
# Figures in order: of a country before a region, within the year before of several years, of a current dataset
# before an old edition, of everything before a part, of a longer part of the year before a shorter one. Among equals
# those of one series stay together, so that women and total are shown by figures of one series.
_DIGITS = 5
_SHORTER = """CASE WHEN date_diff('day', period_start, period_end) > 366 THEN 999
        ELSE 366 - date_diff('day', period_start, period_end) END"""
_RANKED = f"""lpad(CAST(50000 * CAST(length(ref_area) > 2 AS INTEGER) + 20000 * CAST(several_years AS INTEGER)
        + 10000 * CAST(superseded AS INTEGER) + 1000 * ({
    " + ".join(f"CAST({name} <> '{TOTAL}' AS INTEGER)" for name in DIMENSIONS)
}) + {_SHORTER} AS VARCHAR), {_DIGITS}, '0')"""
# One region is no country; figures of half of the regions, and one of the country, are of it.
_NATIONAL = "(length(ref_area) = 2 OR by_region)"
_ONE_YEAR = f"({_NATIONAL} AND NOT several_years)"
_SERIES = "ref_area, indicator, age, violence_form, relationship, breakdown, time_period, dataset_id"
_CELL = "ref_area, indicator, sex, age, violence_form, relationship, breakdown, time_period"
_REGIONS = _CELL.replace("ref_area", "country")
_FILES = "[./](csv|json|xml|xlsx|xls|ods|parquet)$"
# The figures as views and tables of a connection, in the order in which each needs those before it.
_VALUED = f"""CREATE TEMP VIEW valued AS
    SELECT o.*, left(ref_area, 2) AS country, coalesce(superseded_by <> '', FALSE) AS superseded,
      coalesce(nullif(superseded_by, ''), dataset_id) AS current,
      CASE WHEN superseded THEN coalesce(s.published, '') ELSE '9999' END AS edition
    FROM observations o LEFT JOIN publishing p USING (dataset_id) LEFT JOIN sources s USING (source_id)
    WHERE (obs_value IS NOT NULL OR obs_upper IS NOT NULL) AND {_MEASURED}"""
# What a later edition replaced is not published any more.
_NEWEST = f"""CREATE TEMP TABLE newest AS
    SELECT {_CELL}, current, max(edition) AS edition FROM valued
    WHERE current IN (SELECT superseded_by FROM publishing) GROUP BY ALL"""
_PUBLISHED = f"""CREATE TEMP VIEW published AS
    SELECT v.* EXCLUDE (current, edition) FROM valued v LEFT JOIN newest n USING ({_CELL}, current)
    WHERE NOT superseded OR v.edition = n.edition"""
_OF_SERIES = f"""CREATE TEMP TABLE series AS
    SELECT {_SERIES}, min(obs_key) AS series_key, bool_or(sex = 'F' AND {_RELIABLE})
      AND bool_or(sex = '{TOTAL}' AND {_RELIABLE}) AS women_and_total
    FROM published GROUP BY ALL"""
# Figures that differ in their region, value and series alone answer the same: one row with their number, and the key
# that comes first with that of its series before it. ``ref_area``: one of their regions.
_ALIKE = f"""CREATE TEMP TABLE alike AS
    SELECT country, indicator, {sql_list(DIMENSIONS)}, freq, time_period, period_start, period_end, nature, obs_status,
      dataset_id, source_id, superseded, women_and_total, length(ref_area) > 2 AS of_region,
      min(ref_area) AS ref_area, list(DISTINCT ref_area) AS areas,
      count(*) AS figures, min(series_key || ' ' || obs_key) AS first_key,
      CAST(year(period_start) AS INTEGER) AS first_year, year(period_end) > year(period_start) AS several_years,
      {_FIRST_AGE} AS first_age, {_LAST_AGE} AS last_age
    FROM published JOIN series USING ({_SERIES}) GROUP BY ALL"""
_FIGURES = f"""CREATE TEMP TABLE figures AS
    -- Neighbours of a figure, a row a group: a window over all figures would be sorted for each of these.
    WITH same AS (
      SELECT country, indicator, time_period,
        bool_or(age = '{TOTAL}') AS all_ages, min(last_age) AS least_last, max(first_age) AS most_first
      FROM alike GROUP BY ALL),
    spread AS (
      SELECT {_REGIONS}, len(list_distinct(flatten(list(areas)))) AS regions_with_figure
      FROM alike WHERE length(ref_area) > 2 GROUP BY ALL),
    parts AS (
      SELECT country, indicator, freq, first_year, count(DISTINCT period_start) AS periods FROM alike GROUP BY ALL),
    files AS (SELECT dataset_id, source_id, bool_or(obs_status = 'A') AS normal FROM alike GROUP BY ALL),
    scoped AS (
      SELECT a.*, coalesce(i.scope = 'child', FALSE) AS of_children, coalesce(i.scope = 'family', FALSE) AS of_family
      FROM alike a LEFT JOIN scopes i USING (indicator)),
    beside AS (
      SELECT o.* EXCLUDE (areas, first_key), {_RANKED} || first_key AS ranked_key,
        coalesce(p.national, FALSE) AND nature IN ('C', 'CA') AND (obs_status = 'A' OR (obs_status = 'B'
          AND normal)) AS own_file,
        length(ref_area) > 2 AND 2 * regions_with_figure >= coalesce(r.regions, 1) AS by_region,
        {condition("child", ())} AND NOT of_children AS of_minors,
        coalesce(p.readable OR regexp_matches(lower(s.address), '{_FILES}'), FALSE) AS machine_readable,
        age <> '{TOTAL}' AND coalesce(all_ages OR least_last < first_age OR most_first > last_age, FALSE) AS by_age,
        coalesce(CASE freq WHEN 'Q' THEN 4 WHEN 'M' THEN 12 END = periods, FALSE) AS each_quarter
      FROM scoped o JOIN same USING (country, indicator, time_period) LEFT JOIN spread USING ({_REGIONS})
        JOIN parts USING (country, indicator, freq, first_year) JOIN files USING (dataset_id, source_id)
        LEFT JOIN publishing p USING (dataset_id) LEFT JOIN sources s USING (source_id)
        LEFT JOIN regions r USING (country)),
    yearly AS (
      SELECT *, CAST(unnest(range(first_year, year(period_end) + 1)) AS INTEGER) AS year FROM beside),
    following AS (
      SELECT DISTINCT country, indicator, year + 1 AS year, TRUE AS regular FROM yearly WHERE NOT several_years)
    SELECT y.*, coalesce(f.regular, FALSE) AS regular
    FROM yearly y LEFT JOIN following f USING (country, indicator, year)"""


@dataclass(frozen=True)
class Fact:
    """What answers a requirement in one country and year.

    ``evidence``: key of one figure for each need that is met; where none is met or needed, of the one figure that comes
    nearest to what is needed. A figure of the whole country and of all groups comes before one of a part.
    ``several``: those of the unmet needs that only figures of a period over several years meet, which answer none of
    the years alone. ``regional``: those that only figures of single regions meet; one region is no country.
    ``national``: some figure is of the whole country, or of at least half of its regions; ``yearly``: one such, or
    where there is none any figure, lies within the year.
    """

    observations: int
    indicator: str
    reliable: bool
    total_only: bool
    met: tuple[str, ...]
    unmet: tuple[str, ...]
    several: tuple[str, ...]
    regional: tuple[str, ...]
    national: bool
    yearly: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """The figures of a release, one row a year and figures that answer the same (``_ALIKE``)."""

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
        best = [
            f"min(ranked_key) FILTER ({_RELIABLE} AND {one} AND {where})"
            for where in (_ONE_YEAR, _NATIONAL, "TRUE")
            for one in met
        ]
        near = " + ".join(f"CAST({one} AS INTEGER)" for one in sorted(self._terms(needs))) or "0"
        nearest = f"lpad(CAST(99 - ({near}) AS VARCHAR), {_DIGITS}, '0') || ranked_key"
        keys = [f"min({nearest})", f"min({nearest}) FILTER ({_RELIABLE})", *best]
        of_indicator = "".join(f", {key} AS key_{number}" for number, key in enumerate(keys))
        query = f"""WITH of_indicator AS (
              SELECT country, year, indicator, CAST(sum(figures) AS BIGINT) AS figures,
                bool_or({_RELIABLE}) AS reliable, bool_or({_NATIONAL}) AS national, bool_or({_ONE_YEAR}) AS one_year,
                bool_or(NOT several_years) AS within_year, bool_or({apart}) AS apart{of_indicator}
              FROM figures WHERE ({" OR ".join(wanted)}) AND NOT {outside(needs, limits)}
              GROUP BY country, year, indicator)
            SELECT country, year, CAST(sum(figures) AS BIGINT), first(indicator ORDER BY figures DESC, indicator),
              bool_or(reliable), bool_or(national),
              CASE WHEN bool_or(national) THEN bool_or(one_year) ELSE bool_or(within_year) END, bool_or(apart),
              {", ".join(f"min(key_{number})" for number in range(len(keys)))}
            FROM of_indicator GROUP BY country, year"""
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
    yearly: bool,
    any_apart: bool,
    any_key: str,
    best: str | None,
    *keys: str | None,
) -> Fact:
    """Of a row of the query: ``keys`` meet each need for the country and year, then for the country, then at all."""
    asked = len(needs)
    of_year, of_country, anywhere = (
        dict(zip(needs, keys[first : first + asked], strict=True)) for first in (0, asked, 2 * asked)
    )
    unmet = tuple(need for need in needs if of_year[need] is None)
    shown = [key for need in needs if (key := of_year[need] or of_country[need] or anywhere[need])]
    return Fact(
        observations=count,
        indicator=indicator,
        reliable=reliable,
        total_only=not any_apart,
        met=tuple(need for need in needs if need not in unmet),
        unmet=unmet,
        several=tuple(need for need in unmet if of_country[need]),
        regional=tuple(need for need in unmet if anywhere[need] and not of_country[need]),
        national=national,
        yearly=yearly,
        evidence=_keys(shown or [best or any_key]),
    )


def _keys(ranked: Sequence[str]) -> tuple[str, ...]:
    """Keys without the rank in front of them, each once."""
    return tuple(dict.fromkeys(key.rpartition(" ")[2] for key in ranked))


def figures(
    contract: Contract, observations: Rows, sources: Rows, datasets: Mapping[str, Dataset]
) -> Figures:
    """The figures that may answer requirements, with what the needs about files look at.

    ``own_file``: a national dataset gives it with status A (or B, where the same source has others with A), the mark of
    this project for "the publisher's own file was seen". ``machine_readable``: read from a file for programs, by the
    reader of the dataset, or by the address of what was transcribed. ``by_region``: it is of a region, and at least
    half of the country's regions have a figure of the same group and period; one region is no table by region.
    ``women_and_total``: its series (one dataset, indicator, area, period, breakdown) has women and the total.
    ``several_years``: its period ends in a later year than it begins. What a later edition replaced is left out.
    ``by_age``: women of 18-49 beside women of 18-75 are two spans of one population, no table by age.
    ``of_minors``: it is of minors alone, and its indicator is not one of children.
    ``each_quarter``: of four quarters or twelve months of one year. ``regular``: the year before has a figure too.
    """
    con = duckdb.default_connection().cursor()
    name_rows(con, "observations", observations)
    name_rows(con, "sources", sources)
    con.execute(
        "CREATE TEMP TABLE publishing(dataset_id VARCHAR, national BOOLEAN, readable BOOLEAN, superseded_by VARCHAR)"
    )
    facts = [
        [d.id, d.country != "*", d.reader not in _UNREADABLE, d.superseded_by] for d in datasets.values()
    ]
    insert_rows(con, "publishing", facts)
    con.execute("CREATE TEMP TABLE regions(country VARCHAR, regions INTEGER)")
    regions = Counter(a["country"] for a in contract.areas if a["level"] == "region" and not a["valid_to"])
    insert_rows(con, "regions", list(regions.items()))
    con.execute("CREATE TEMP TABLE scopes(indicator VARCHAR, scope VARCHAR)")
    insert_rows(con, "scopes", [[code, one.scope] for code, one in contract.indicators.items()])
    for statement in (_VALUED, _NEWEST, _PUBLISHED, _OF_SERIES, _ALIKE, _FIGURES):
        con.execute(statement)
    con.execute("DROP TABLE series; DROP TABLE alike")
    last = con.execute("SELECT coalesce(max(year), ?) FROM figures", [FIRST_YEAR]).fetchall()[0][0]
    return Figures(con, tuple(contract.codelists["breakdown"]), last)
