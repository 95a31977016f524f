"""Which published figures answer a requirement: per country and year, and which of its needs are met.

Not here: the grammar of needs (``data_contracts.needs``), the verdicts made of the answer: coverage of the minimum set
(``coverage``), scorecards of frameworks (``scorecard``). Called by these two.

Example: "women killed by an intimate partner" needs ``sex=F+relationship=IPTN``: a row about women and a row about four
men killed by their partners do not meet it together, one row must meet both.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from data_contracts.arrow import Rows
from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.needs import FORM, alone, condition, distinguished, of_one_form, outside, varied
from data_contracts.rows import name_rows
from data_contracts.sql import among
from data_contracts.vocabulary import DIMENSIONS, TOTAL, sql_list
from sources.dataset import Dataset
from transforms.derive.best_observations import KIND

FIRST_YEAR = 2015
# A doubtful figure and one of another definition are published, but meet no need. A model or estimate of an
# international body answers nothing: it does not show that the country publishes it. One of a body of the country does.
_RELIABLE = "obs_status NOT IN ('D', 'U')"
_DOUBT = "CAST(NOT reliable AS INTEGER)"
_OF_THE_COUNTRY = f"(({KIND}) = 'measured' OR nature = 'N' AND p.national)"
# Counted on one day, or asked of an earlier time: the days of the figure are no part of a year.
_STATES = ("service", "place", "survey_answer")
# First and last year of an age group; null where the code gives none.
_FIRST_AGE = f"""CASE WHEN age = '{TOTAL}' THEN NULL WHEN starts_with(age, 'Y_LT') THEN 0
        ELSE try_cast(regexp_extract(age, '^Y(?:_GE)?([0-9]+)', 1) AS INTEGER) END"""
_LAST_AGE = f"""CASE WHEN age = '{TOTAL}' THEN NULL WHEN starts_with(age, 'Y_GE') THEN 999
        ELSE try_cast(regexp_extract(age, '(?:Y_LT|T)([0-9]+)$', 1) AS INTEGER)
          - CAST(starts_with(age, 'Y_LT') AS INTEGER) END"""
# Readers of files that a program reads without guessing, and addresses that end like such a file.
_UNREADABLE = ("pdf", "text", "transcription")
# What keeps a figure from answering for the country and the year, the gravest first. One region is no country (figures
# of half of the regions are of it), and one centre, or only the providers that reported, are not all of them. Neither
# is one kind of offence or one form of violence, unless forms are what is asked. A count of some comes before an
# estimate of all.
EVERY_OFFENCE = "every_offence"
_NATIONAL = "(length(ref_area) = 2 OR by_region)"
LIMITS = {
    "country": f"NOT {_NATIONAL}",
    "measured": "obs_status = 'E'",
    "every_provider": "of_some_providers",
    EVERY_OFFENCE: "of_some_offences",
    "one_year": "several_years",
    "whole_year": "part_of_year",
}
_LIMITED = " || ".join(f"CAST(CAST({limit} AS INTEGER) AS VARCHAR)" for limit in LIMITS.values())
_UNLIMITED = "0" * len(LIMITS)
_BEFORE = list(LIMITS).index(EVERY_OFFENCE)
_OF_ONE_FORM = ", ".join(
    f"{name}[:{_BEFORE}] || '0' || {name}[{_BEFORE + 2}:] AS {name}"
    for name in ("limited", "ranked", "ranked_key")
)
# Not one figure, but no single series meets all needs.
ONE_SERIES = "one_series"
# Figures in order: with fewer limits, of a country before its regions, of a current dataset before an old edition, of
# everything before a part, of a longer part of the year before a shorter one. Where the end of the part is not stated,
# that is no group, and its length is between a quarter's and three quarters'.
_DIGITS = 5
_PART_OF_YEAR = "COVERAGE=PART_OF_YEAR"
_SHORTER = f"""CASE WHEN contains(breakdown, '{_PART_OF_YEAR}') THEN 183
        WHEN date_diff('day', period_start, period_end) > 366 THEN 999
        ELSE 366 - date_diff('day', period_start, period_end) END"""
# Of a count of the family sphere, all relationships in it are everything.
_WHOLE = f"'{TOTAL}', '{_PART_OF_YEAR}', CASE WHEN of_family THEN 'IPTN_FAM' ELSE '{TOTAL}' END"
_RANKED = f"""lpad(CAST(50000 * CAST(length(ref_area) > 2 AS INTEGER) + 10000 * CAST(superseded AS INTEGER) + 1000 * ({
    " + ".join(f"CAST({name} NOT IN ({_WHOLE}) AS INTEGER)" for name in DIMENSIONS)
}) + {_SHORTER} AS VARCHAR), {_DIGITS}, '0')"""
# A series: one dataset, indicator and period; in its dimensions figures of it differ only where a need names them.
_SERIES = ("dataset_id", "indicator", "time_period")
_PLACED = ("ref_area", *DIMENSIONS)
_OF_SEXES, _OF_AGES, _OF_RELATIONSHIPS, _OF_FORMS = (
    ", ".join([*_SERIES, *(name for name in _PLACED if name != varying)])
    for varying in ("sex", "age", "relationship", "violence_form")
)
# What the aggressor is to the victim, or the victim to the aggressor, tells relationships apart too: husband, child.
_RELATION = "RELATION(_OF_VICTIM)?=[^;]*"
_OF_RELATIONSHIPS = _OF_RELATIONSHIPS.replace("breakdown", "unrelated")
_TOLD = f"relationship || regexp_extract(breakdown, '{_RELATION}')"
# A kind of offence tells forms apart: assaults, threats.
_OFFENCE = "OFFENCE=[^;]*"
_OF_FORMS = _OF_FORMS.replace("breakdown", "any_offence")
_CELL = "ref_area, indicator, sex, age, violence_form, relationship, breakdown, time_period"
_REGIONS = _CELL.replace("ref_area", "country")
_QUARTERED = _REGIONS.replace("time_period", "freq, first_year, of_region, reliable")
_FILES = "[./](csv|json|xml|xlsx|xls|ods|parquet)$"
# The figures as views and tables of a connection, in the order in which each needs those before it.
_VALUED = f"""CREATE TEMP VIEW valued AS
    SELECT o.*, left(ref_area, 2) AS country, {_FIRST_AGE} AS first_age, {_LAST_AGE} AS last_age,
      CAST(year(period_start) AS INTEGER) AS first_year, year(period_end) > year(period_start) AS several_years,
      coalesce(i.scope = 'child', FALSE) AS of_children, coalesce(i.scope = 'family', FALSE) AS of_family,
      coalesce(superseded_by <> '', FALSE) AS superseded, coalesce(nullif(superseded_by, ''), dataset_id) AS current,
      {_RELIABLE} AS reliable,
      NOT of_state AND (freq <> 'A' OR contains(breakdown, '{_PART_OF_YEAR}')) AS short,
      coalesce(p.reporting_only, FALSE) OR regexp_matches(breakdown, '(CENTRE|BASIS)=') AS of_some_providers,
      regexp_matches(breakdown, '(OFFENCE|ARTICLE|SEVERITY)=')
        OR violence_form <> '{TOTAL}' AND NOT of_state AS of_some_offences,
      CASE WHEN superseded THEN coalesce(s.published, '') ELSE '9999' END AS edition,
      coalesce(nullif(trim(regexp_replace(breakdown, ';?{_RELATION}', ''), ';'), ''), '{TOTAL}') AS unrelated,
      coalesce(nullif(trim(regexp_replace(breakdown, ';?{_OFFENCE}', ''), ';'), ''), '{TOTAL}') AS any_offence,
      {FORM} AS form
    FROM observations o LEFT JOIN scopes i USING (indicator) LEFT JOIN publishing p USING (dataset_id)
      LEFT JOIN sources s USING (source_id)
    WHERE (obs_value IS NOT NULL OR obs_upper IS NOT NULL) AND {_OF_THE_COUNTRY}"""
# What a later edition replaced is not published any more.
_NEWEST = f"""CREATE TEMP TABLE newest AS
    SELECT {_CELL}, current, max(edition) AS edition FROM valued
    WHERE current IN (SELECT superseded_by FROM publishing) GROUP BY ALL"""
_PUBLISHED = f"""CREATE TEMP VIEW published_by_all AS
    SELECT v.* EXCLUDE (current, edition) FROM valued v LEFT JOIN newest n USING ({_CELL}, current)
    WHERE NOT superseded OR v.edition = n.edition"""
# A source may have figures of several countries.
_FILES_WITH_NORMAL = """CREATE TEMP TABLE files AS
    SELECT dataset_id, source_id, bool_or(obs_status = 'A') AS normal FROM published_by_all GROUP BY ALL"""
# Figures that differ in their region and value alone answer the same: one row with their number, the key that comes
# first, and the key of each region. ``ref_area``: one of their regions.
_ALIKE = f"""CREATE TEMP TABLE alike AS
    -- Neighbours of a figure, a row a group: a window over all figures would be sorted for each of these. Most figures
    -- are of all ages and of any relationship, and are not asked whether they tell these apart.
    WITH neighbours AS (SELECT * FROM published WHERE reliable),
    sexes AS (SELECT {_OF_SEXES}, TRUE AS sexes_told FROM neighbours GROUP BY ALL HAVING min(sex) <> max(sex)),
    ages AS (
      SELECT {_OF_AGES}, bool_or(age = '{TOTAL}') AS all_ages, min(last_age) AS least_last, max(first_age) AS most_first
      FROM neighbours SEMI JOIN (FROM published WHERE age <> '{TOTAL}') USING ({", ".join(_SERIES)}) GROUP BY ALL),
    relationships AS (
      SELECT {_OF_RELATIONSHIPS}, TRUE AS relationships_told
      FROM neighbours SEMI JOIN (FROM published WHERE relationship <> '{TOTAL}') USING ({", ".join(_SERIES)})
      GROUP BY ALL HAVING min({_TOLD}) <> max({_TOLD})),
    forms AS (
      SELECT {_OF_FORMS}, list(DISTINCT form) AS known FROM neighbours WHERE form <> '{TOTAL}'
      GROUP BY ALL HAVING count(DISTINCT form) > 1)
    SELECT country, indicator, {sql_list(DIMENSIONS)}, freq, time_period, period_start, period_end, nature, obs_status,
      dataset_id, source_id, first_year, several_years, of_children, of_family, superseded, reliable, short,
      of_some_providers, of_some_offences,
      -- A share of one sex among both says that of the other.
      sex <> '{TOTAL}' AND (coalesce(sexes_told, FALSE) OR ends_with(indicator, '_SEX_SHARE')) AS by_sex,
      age <> '{TOTAL}' AND coalesce(all_ages OR least_last < first_age OR most_first > last_age, FALSE) AS by_age,
      relationship <> '{TOTAL}' AND coalesce(relationships_told, FALSE) AS by_relationship,
      form, form <> '{TOTAL}' AND coalesce(len(known) - CAST(list_contains(known, 'PHYSICAL_SEXUAL')
        AND list_has_any(known, ['PHYSICAL', 'SEXUAL']) AS INTEGER) > 1, FALSE) AS by_form,
      length(ref_area) > 2 AS of_region, min(ref_area) AS ref_area, count(*) AS figures, min(obs_key) AS obs_key,
      list({{'ref_area': ref_area, 'obs_key': obs_key}}) AS each_area
    FROM published LEFT JOIN sexes USING ({_OF_SEXES}) LEFT JOIN ages USING ({_OF_AGES})
      LEFT JOIN relationships USING ({_OF_RELATIONSHIPS}) LEFT JOIN forms USING ({_OF_FORMS})
    GROUP BY ALL"""
_FIGURES = f"""CREATE TEMP TABLE figures AS
    WITH spread AS (
      SELECT {_REGIONS}, dataset_id, reliable, count(DISTINCT area.ref_area) AS areas
      FROM alike, unnest(each_area) AS one(area) WHERE of_region GROUP BY ALL),
    -- Four quarters are of one group: one of all and three of women are no year of either.
    parts AS (SELECT {_QUARTERED}, count(DISTINCT period_start) AS periods FROM alike GROUP BY ALL),
    beside AS (
      SELECT o.*,
        coalesce(p.national, FALSE) AND nature IN ('C', 'CA') AND (obs_status = 'A' OR (obs_status = 'B'
          AND normal)) AS own_file,
        of_region AND 2 * areas >= coalesce(r.regions, 1) AS by_region,
        {condition("child", ())} AND NOT of_children AS of_minors,
        coalesce(p.readable OR regexp_matches(lower(s.address), '{_FILES}'), FALSE) AS machine_readable,
        coalesce(CASE freq WHEN 'Q' THEN 4 WHEN 'M' THEN 12 END = periods, FALSE) AS each_quarter,
        short AND NOT several_years AND NOT coalesce(each_quarter OR freq = 'S' AND periods = 2, FALSE) AS part_of_year
      FROM alike o LEFT JOIN spread USING ({_REGIONS}, dataset_id, reliable)
        JOIN parts USING ({_QUARTERED}) JOIN files USING (dataset_id, source_id)
        LEFT JOIN publishing p USING (dataset_id) LEFT JOIN sources s USING (source_id)
        LEFT JOIN regions r USING (country)),
    yearly AS (
      SELECT *, {_LIMITED} AS limited, limited || {_RANKED} || ' ' AS ranked, ranked || obs_key AS ranked_key,
        CAST(unnest(range(first_year, year(period_end) + 1)) AS INTEGER) AS year FROM beside),
    following AS (
      SELECT country, indicator, year + 1 AS year, bool_or({_NATIONAL}) AS of_country FROM yearly
      WHERE reliable AND NOT several_years GROUP BY ALL)
    SELECT y.*, coalesce(of_country OR NOT {_NATIONAL}, FALSE) AS regular
    FROM yearly y LEFT JOIN following f USING (country, indicator, year)"""
# Those without a limit, again one row a figure.
_OF_EACH_AREA = f"""(SELECT a.* REPLACE (area.ref_area AS ref_area, ranked || area.obs_key AS ranked_key)
    FROM answering a, unnest(each_area) AS one(area) WHERE limited = '{_UNLIMITED}')"""


@dataclass(frozen=True)
class Fact:
    """What answers a requirement in one country and year.

    ``evidence``: key of one figure for each need that is met; where none is met or needed, of the one figure that comes
    nearest to what is needed. A figure of the whole country and of all groups comes before one of a part.
    ``limited``: those of the unmet needs that only figures with a limit meet. ``limits``: what keeps those figures, or
    where no need is met the figure of ``evidence``, from answering for the country and year alone: ``country`` (it is
    of a single region), ``measured`` (an estimate of a body of the country), ``every_provider`` (of one centre, or of
    those that reported), ``every_offence`` (of one kind of offence or one form of violence, where forms are not
    asked), ``one_year`` (of several years), ``whole_year`` (of a part of it);
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
    """The figures of a release, one row a year and figures that answer the same (``_ALIKE``)."""

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

    def _facts(self, indicators: str, needs: Sequence[str]) -> dict[tuple[str, int], Fact]:
        wanted = [self._condition(part) for part in indicators.split(";") if part]
        if not wanted:
            return {}
        limits = [only for part in indicators.split(";") if (only := part.partition("/")[2])]
        met = [condition(need, self.breakdowns) for need in needs]
        apart = " OR ".join(sorted({term for need in needs for term in distinguished(need)})) or "TRUE"
        keys = [f"min(ranked_key) FILTER (reliable AND {one})" for one in met]
        near = " + ".join(f"CAST({one} AS INTEGER)" for one in sorted(self._terms(needs))) or "0"
        nearest = f"lpad(CAST(99 - ({near}) AS VARCHAR), {_DIGITS}, '0') || ranked_key"
        # Where forms are asked, one of them is no part of a whole.
        columns = f"* REPLACE ({_OF_ONE_FORM})" if of_one_form(needs, limits) else "*"
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
        own = [*_SERIES, *(name for name in _PLACED if name not in varied(needs))]
        given = _OF_EACH_AREA if "ref_area" in own else "answering"
        query = f"""WITH series AS (SELECT country, year, [{", ".join(keys)}] AS keys FROM {given}
              GROUP BY country, year, {", ".join(own)})
            SELECT country, year, min(keys) FROM series
            WHERE len(list_filter(keys, lambda key: starts_with(key, '{_UNLIMITED}'))) = {len(needs)}
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
    shows = limits.values() or [_names(key[1:]) for key in partial] or [_names(nearest[_DIGITS:])]
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
    """The figures that may answer requirements, with what the needs about files look at.

    ``countries``, ``indicators``: only theirs; ``last_year`` is that of all.
    ``own_file``: a national dataset gives it with status A (or B, where the same source has others with A), the mark of
    this project for "the publisher's own file was seen". ``machine_readable``: read from a file for programs, by the
    reader of the dataset, or by the address of what was transcribed. ``by_region``: it is of a region, and at least
    half of the country's regions have a figure of the same series, above doubt or none of them; one region is no table
    by region.
    ``by_sex``, ``by_relationship``, ``by_form``: its series has another sex, relationship (or ``RELATION``), or form,
    too; physical or sexual violence is one of its parts beside either.
    ``of_some_providers``: of one named centre, or of those providers alone that reported (``BASIS``, or all figures of
    a dataset that is ``reporting_only``).
    ``several_years``: its period ends in a later year than it begins. ``part_of_year``: of some months of one, where
    the others have no figure; a state of a day (``_STATES``) is none. What a later edition replaced is left out.
    ``by_age``: women of 18-49 beside women of 18-75 are two spans of one population, no table by age.
    ``of_minors``: it is of minors alone, and its indicator is not one of children.
    ``each_quarter``: four quarters or twelve months of one year have figures of the same group, all above doubt or none
    of them. ``regular``: the year before has a figure above doubt, too; of the country, where this one is.
    """
    con = duckdb.default_connection().cursor()
    name_rows(con, "observations", observations)
    name_rows(con, "sources", sources)
    con.execute(
        "CREATE TEMP TABLE publishing(dataset_id VARCHAR, national BOOLEAN, readable BOOLEAN, superseded_by VARCHAR,"
        " reporting_only BOOLEAN)"
    )
    facts = [
        [d.id, d.country != "*", d.reader not in _UNREADABLE, d.superseded_by, d.reporting_only]
        for d in datasets.values()
    ]
    insert_rows(con, "publishing", facts)
    con.execute("CREATE TEMP TABLE regions(country VARCHAR, regions INTEGER)")
    regions = Counter(a["country"] for a in contract.areas if a["level"] == "region" and not a["valid_to"])
    insert_rows(con, "regions", list(regions.items()))
    con.execute("CREATE TEMP TABLE scopes(indicator VARCHAR, scope VARCHAR, of_state BOOLEAN)")
    scopes = [[code, one.scope, one.counting_unit in _STATES] for code, one in contract.indicators.items()]
    insert_rows(con, "scopes", scopes)
    for statement in (_VALUED, _NEWEST, _PUBLISHED, _FILES_WITH_NORMAL):
        con.execute(statement)
    chosen = {"country": countries, "indicator": indicators}
    only = [among(name, sorted(codes)) for name, codes in chosen.items() if codes is not None]
    con.execute(f"CREATE TEMP VIEW published AS FROM published_by_all WHERE {' AND '.join(only) or 'TRUE'}")
    for statement in (_ALIKE, _FIGURES):
        con.execute(statement)
    con.execute("DROP TABLE alike")
    years = "SELECT coalesce(max(year(period_end)), ?) FROM published_by_all"
    last = con.execute(years, [FIRST_YEAR]).fetchall()[0][0]
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
