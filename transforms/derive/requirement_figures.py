"""The figures that may answer requirements, as a table of a connection: which group, year and area each is of.

Example: a table by sex of one quarter gives two rows, ``by_sex`` and ``part_of_year``; figures of nine regions that
differ in region and value alone give one, ``of_region``, with the key of each.

Not here: which of them meet a need (``requirements``, which calls this) and the grammar of needs
(``data_contracts.needs``).
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import duckdb

from data_contracts.arrow import Rows
from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.needs import FORM, condition
from data_contracts.rows import name_rows
from data_contracts.vocabulary import DIMENSIONS, TOTAL, sql_list
from sources.dataset import Dataset
from transforms.derive.best_observations import KIND

FIRST_YEAR = 2015
# A doubtful figure and one of another definition are published, but meet no need. A model or estimate of an
# international body answers nothing: it does not show that the country publishes it. One of a body of the country does.
_RELIABLE = "obs_status NOT IN ('D', 'U')"
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
    "measured": "obs_status IN ('E', 'F', 'I')",
    "every_provider": "of_some_providers",
    EVERY_OFFENCE: "of_some_offences",
    "one_year": "several_years",
    "whole_year": "part_of_year",
}
_LIMITED = " || ".join(f"CAST(CAST({limit} AS INTEGER) AS VARCHAR)" for limit in LIMITS.values())
UNLIMITED = "0" * len(LIMITS)
_BEFORE = list(LIMITS).index(EVERY_OFFENCE)
OF_ONE_FORM = ", ".join(
    f"{name}[:{_BEFORE}] || '0' || {name}[{_BEFORE + 2}:] AS {name}"
    for name in ("limited", "ranked", "ranked_key")
)
# Figures in order: with fewer limits, of a country before its regions, of a current dataset before an old edition, of
# everything before a part, of a longer part of the year before a shorter one. Where the end of the part is not stated,
# that is no group, and its length is between a quarter's and three quarters'.
RANK_DIGITS = 5
_PART_OF_YEAR = "COVERAGE=PART_OF_YEAR"
_SHORTER = f"""CASE WHEN contains(breakdown, '{_PART_OF_YEAR}') THEN 183
        WHEN date_diff('day', period_start, period_end) > 366 THEN 999
        ELSE 366 - date_diff('day', period_start, period_end) END"""
# Of a count of the family sphere, all relationships in it are everything.
_WHOLE = f"'{TOTAL}', '{_PART_OF_YEAR}', CASE WHEN of_family THEN 'IPTN_FAM' ELSE '{TOTAL}' END"
_RANKED = f"""lpad(CAST(50000 * CAST(length(ref_area) > 2 AS INTEGER) + 10000 * CAST(superseded AS INTEGER) + 1000 * ({
    " + ".join(f"CAST({name} NOT IN ({_WHOLE}) AS INTEGER)" for name in DIMENSIONS)
}) + {_SHORTER} AS VARCHAR), {RANK_DIGITS}, '0')"""
# A series: one dataset, indicator and period; in its dimensions figures of it differ only where a need names them.
SERIES = ("dataset_id", "indicator", "time_period")
PLACED = ("ref_area", *DIMENSIONS)
_OF_SEXES, _OF_AGES, _OF_RELATIONSHIPS, _OF_FORMS = (
    ", ".join([*SERIES, *(name for name in PLACED if name != varying)])
    for varying in ("sex", "age", "relationship", "violence_form")
)
# What the aggressor is to the victim, or the victim to the aggressor, tells relationships apart too: husband, child.
_RELATION = "RELATION(_OF_VICTIM)?=[^;]*"
_OF_RELATIONSHIPS = _OF_RELATIONSHIPS.replace("breakdown", "unrelated")
_RELATIONSHIP = f"relationship || regexp_extract(breakdown, '{_RELATION}')"
# A kind of offence tells forms apart: assaults, threats.
_OFFENCE = "OFFENCE=[^;]*"
_OF_FORMS = _OF_FORMS.replace("breakdown", "any_offence")
_CELL = "ref_area, indicator, sex, age, violence_form, relationship, breakdown, time_period"
_REGIONS = _CELL.replace("ref_area", "country")
_QUARTERED = _REGIONS.replace("time_period", "freq, first_year, of_region, reliable")
_FILES = "[./](csv|json|xml|xlsx|xls|ods|parquet)$"
# The figures as views and tables of a connection, in the order in which each needs those before it.
_VALUED = f"""CREATE TEMP TABLE valued AS
    SELECT obs_key, {_CELL}, freq, period_start, period_end, nature, obs_status, dataset_id, source_id,
      left(ref_area, 2) AS country, {_FIRST_AGE} AS first_age, {_LAST_AGE} AS last_age,
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
    sexes AS (SELECT {_OF_SEXES}, TRUE AS several_sexes FROM neighbours GROUP BY ALL HAVING min(sex) <> max(sex)),
    ages AS (
      SELECT {_OF_AGES}, bool_or(age = '{TOTAL}') AS all_ages, min(last_age) AS least_last, max(first_age) AS most_first
      FROM neighbours SEMI JOIN (FROM published WHERE age <> '{TOTAL}') USING ({", ".join(SERIES)}) GROUP BY ALL),
    relationships AS (
      SELECT {_OF_RELATIONSHIPS}, TRUE AS several_relationships
      FROM neighbours SEMI JOIN (FROM published WHERE relationship <> '{TOTAL}') USING ({", ".join(SERIES)})
      GROUP BY ALL HAVING min({_RELATIONSHIP}) <> max({_RELATIONSHIP})),
    forms AS (
      SELECT {_OF_FORMS}, list(DISTINCT form) AS known FROM neighbours WHERE form <> '{TOTAL}'
      GROUP BY ALL HAVING count(DISTINCT form) > 1)
    SELECT country, indicator, {sql_list(DIMENSIONS)}, freq, time_period, period_start, period_end, nature, obs_status,
      dataset_id, source_id, first_year, several_years, of_children, of_family, superseded, reliable, short,
      of_some_providers, of_some_offences,
      -- A share of one sex among both says that of the other.
      sex <> '{TOTAL}' AND (coalesce(several_sexes, FALSE) OR ends_with(indicator, '_SEX_SHARE')) AS by_sex,
      age <> '{TOTAL}' AND coalesce(all_ages OR least_last < first_age OR most_first > last_age, FALSE) AS by_age,
      relationship <> '{TOTAL}' AND coalesce(several_relationships, FALSE) AS by_relationship,
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


def connect(
    contract: Contract,
    observations: Rows,
    sources: Rows,
    datasets: Mapping[str, Dataset],
    only: Sequence[str],
) -> tuple[duckdb.DuckDBPyConnection, int]:
    """A connection that knows the table ``figures``, and the last year of all figures.

    ``observations``, ``sources``: the tables of a release. ``only``: predicates that all figures meet. A row is
    a year and the figures that answer the same (``_ALIKE``), with the columns that needs look at:

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
    con.execute(f"CREATE TEMP VIEW published AS FROM published_by_all WHERE {' AND '.join(only) or 'TRUE'}")
    for statement in (_ALIKE, _FIGURES):
        con.execute(statement)
    years = "SELECT coalesce(max(year(period_end)), ?) FROM published_by_all"
    last = con.execute(years, [FIRST_YEAR]).fetchall()[0][0]
    con.execute("DROP TABLE alike; DROP VIEW published; DROP VIEW published_by_all; DROP TABLE valued")
    return con, last
