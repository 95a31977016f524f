"""What an answer does not show: gaps that a condition hid, and where an empty answer's figures are.

A row of a topic view that says "not published" has no year and no sex, so ``year = 2023`` drops it without a word. SQL
itself knows better: with such columns null, a condition is unknown for that row, not false. So the statement's own
condition is evaluated again with those columns null::

    ref_area = 'TJ' AND year = 2023 AND sex = 'F'      the gap of TJ: TRUE and unknown and unknown, it is named
    ref_area = 'KZ' AND year = 2023                    the gap of TJ: false, it is not

For an empty answer the same shows which condition left nothing: that on the period, on the area or another. For an
answer with rows, each year and each region of the one country asked for is put into the figures in turn: what the
condition would take, and no figure is of, is missing without a word. A code that was renamed after a statement was
saved leaves nothing either, and a count of nothing is 0: its present name is said.
Two countries that do not stand side by side publish figures all the same: the reason is in ``comparability``.

Not here: the statement's own answer (``query``) and gaps by requirement (view ``not_published``). Called by
``pipelines.cli.reading_commands`` for ``dvstats query``.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.load import contract
from data_contracts.sql import identifier
from data_contracts.strict_files import nearest
from data_contracts.vocabulary import DIMENSIONS
from pipelines.published.query import connect, dicts, topic_views

_PERIOD = ("year", "time_period", "is_whole_year", "period_start", "period_end")
_PLACE = ("ref_area", "area", "area_ru")
_THING = ("indicator", "counted", "counted_ru", "counting_unit", "scope", "family", "domestic")
_YEARS = range(1990, 2037)
_SHOWN = 12
_SAID_IN_FULL = 3
_CONDITION = "the condition of the statement"
_PAIRS = "side_by_side"
_GAP = {"obs_key", "caution_en", "indicator"}
# What the relationship of a figure would be that has none of its own, where the indicator is of one: macro scope_of.
_OF_SCOPE = """CASE relationship_scope WHEN 'partner' THEN 'IPTN' WHEN 'family' THEN 'IPTN_FAM'
    WHEN 'other_family' THEN 'FAM' END"""

Node = dict[str, Any]


@dataclass(frozen=True)
class _Topic:
    """A topic view in a statement, the name it goes by, its columns, and the condition on it."""

    view: str
    alias: str
    columns: tuple[str, ...]
    condition: Node

    @property
    def named(self) -> set[str]:
        """Columns of the view that the condition names."""
        refs = (node["column_names"][-1] for node in _nodes(self.condition) if "column_names" in node)
        return {str(name).lower() for name in refs} & set(self.columns)


def notes(data_dir: Path, sql: str, rows: int) -> list[str]:
    """Sentences on what the answer of ``rows`` rows leaves out; none for a statement that names no topic view."""
    with connect(data_dir) as con:
        try:
            topics = list(_topics(con, sql))
            found = [sentence for topic in topics for sentence in _said(con, topic, rows)]
        except duckdb.BinderException:
            # The condition looks at more than the view (a join): what it means for a gap is not known.
            return []
    return list(dict.fromkeys(found))


def empty_answer(view: str) -> str:
    """What an answer without rows means, and where the reason is."""
    if view == _PAIRS:
        return (
            f"no row of {view} is like that: it holds only what may be compared, and country_a is the first of the two "
            "by the alphabet. The table comparability says of every indicator and pair whether it may, and why not."
        )
    return (
        f"no row of {view} is like that. An empty answer is no zero: the view not_published says what no source "
        "publishes, and who would."
    )


def former_codes(sql: str) -> list[str]:
    """Sentences on codes of a saved statement that were renamed since: no row has them any more."""
    quoted = dict.fromkeys(re.findall(r"'([A-Z][A-Z0-9_=-]{3,})'", sql))
    if not quoted:
        return []
    present = {old: new for codes in contract().renamed.values() for old, new in codes.items()}
    return [
        f"{code} is called {present[code]} now: no row says {code}." for code in quoted if code in present
    ]


def unknown_codes(sql: str) -> list[str]:
    """Sentences on what is written as a code in a statement and is none, where a code is spelt nearly so."""
    known = contract()
    codes = {code for codes in known.codelists.values() for code in codes} | known.indicators.keys()
    codes |= {row["code"] for row in known.areas}
    of_three = {row["alpha3"]: row["code"] for row in known.areas if row["alpha3"]}
    former = {old for renamed in known.renamed.values() for old in renamed}
    compared = re.findall(r"(?:=|<>|!=|\bIN\s*\(|,)\s*'([A-Z][A-Z0-9_]{2,})'", sql, re.IGNORECASE)
    found = []
    for code in dict.fromkeys(code for code in compared if code.isupper() and code not in codes | former):
        meant = of_three.get(code) or nearest(code, codes, likeness=0.8)
        if meant:
            found.append(f"{code} is in no code list; did you mean {meant}?")
    return found


def _topics(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[_Topic]:
    views = topic_views()
    for select in _nodes(_parsed(con, sql)):
        condition = select.get("where_clause")
        if not condition:
            continue
        for table in _nodes(select.get("from_table")):
            view = str(table.get("table_name", "")).lower()
            if table.get("type") == "BASE_TABLE" and view in views:
                yield _Topic(view, table.get("alias") or view, _columns(con, view), condition)


def _columns(con: duckdb.DuckDBPyConnection, view: str) -> tuple[str, ...]:
    names = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = $1 ORDER BY column_index", [view]
    ).fetchall()
    return tuple(str(name) for (name,) in names)


def _said(con: duckdb.DuckDBPyConnection, topic: _Topic, rows: int) -> Iterator[str]:
    """All that is said of one topic view in a statement whose answer has so many rows."""
    if rows:
        yield from _hidden_gaps(con, topic)
        yield from _years_without(con, topic)
        yield from _regions_without(con, topic)
    else:
        gaps = list(_gaps_of_nothing(con, topic))
        yield from gaps
        yield from _where(con, topic, unpublished=bool(gaps))


def _hidden_gaps(con: duckdb.DuckDBPyConnection, topic: _Topic) -> Iterator[str]:
    """Rows "not published" for which the condition is unknown, not false, and that the answer does not show."""
    if not set(topic.columns) >= _GAP:
        return
    columns = "ref_area, comparator, indicator, area, counted, caution_en"
    # What a row that says "not published" does not know.
    blank = ", ".join(f"NULL AS {name}" for name in DIMENSIONS if name in topic.columns)
    gaps = f"SELECT {columns} FROM (SELECT * REPLACE ({blank}) FROM {topic.view} WHERE obs_key IS NULL) AS {{alias}}"
    shown = f"SELECT {columns} FROM (SELECT * FROM {topic.view} WHERE obs_key IS NULL) AS {{alias}}"
    hidden = _rows(
        con, topic, f"{gaps} WHERE ({{condition}}) IS NULL EXCEPT {shown} WHERE {{condition}} ORDER BY ALL"
    )
    yield from _gaps_in_words(hidden)


def _gaps_of_nothing(con: duckdb.DuckDBPyConnection, topic: _Topic) -> Iterator[str]:
    """Rows "not published" that an empty answer was to hold, also one of values alone; of a thing, in all topics."""
    sought = [topic]
    if topic.named & {"indicator", "counted", "counted_ru"} and (everywhere := _everywhere(con, topic)):
        sought.append(everywhere)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for place in sought:
        if not set(place.columns) >= _GAP:
            continue
        unknown = ", ".join(f"NULL AS {name}" for name in DIMENSIONS if name in place.columns)
        for value in ("NULL", "1.0"):
            blank = ", ".join(
                filter(None, [unknown, f"{value} AS obs_value" if "obs_value" in place.columns else ""])
            )
            gaps = (
                f"SELECT ref_area, comparator, indicator, area, counted, caution_en FROM (SELECT * REPLACE ({blank}) "
                f"FROM {place.view} WHERE obs_key IS NULL) AS {{alias}} WHERE ({{condition}}) IS NOT FALSE ORDER BY ALL"
            )
            found |= {(row["ref_area"], row["indicator"]): row for row in _rows(con, place, gaps)}
    yield from _gaps_in_words(list(found.values()))


def _gaps_in_words(hidden: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Rows "not published", of comparators only where there is nothing else: in full, or many in one sentence."""
    own = [row for row in hidden if not row["comparator"] or len(hidden) == 1]
    if len(own) <= _SAID_IN_FULL:
        yield from (f"{row['area']}, {_in_a_sentence(row['counted'])}: {row['caution_en']}" for row in own)
        return
    by_area: dict[str, list[str]] = {}
    for row in own:
        by_area.setdefault(row["area"], []).append(_in_a_sentence(row["counted"]))
    listed = "; ".join(f"{area}: {', '.join(counted)}" for area, counted in by_area.items())
    yield f"not published for any period, so not in this answer: {listed}. The view not_published says who would."


def _years_without(con: duckdb.DuckDBPyConnection, topic: _Topic) -> Iterator[str]:
    """Years asked for of which a country has no figure in the answer, with the parts of them that a condition hides."""
    if not {"obs_key", "ref_area", "counted", "year", "time_period"} <= set(topic.columns):
        return
    if not topic.named & {"year", "time_period"}:
        return
    own = f"SELECT * FROM {topic.view} WHERE obs_key IS NOT NULL AND NOT contains(ref_area, '-')"
    compared = "comparator" if "comparator" in topic.columns else "false AS comparator"
    asked = _rows(
        con,
        topic,
        f"SELECT DISTINCT ref_area, {compared}, area, counted, year FROM (SELECT * REPLACE (y AS year, "
        f"CAST(y AS VARCHAR) AS time_period) FROM ({own}), unnest({[*_YEARS]}) years(y)) AS {{alias}} "
        "WHERE {condition} ORDER BY ALL",
    )
    # Of "since 2014" and "until 2019" no list of years is meant.
    if {row["year"] for row in asked} & {_YEARS[0], _YEARS[-1]}:
        return
    shown = (
        f"SELECT DISTINCT ref_area, counted, year, time_period FROM ({own}) AS {{alias}} WHERE {{condition}}"
    )
    there = {
        (row["ref_area"], row["counted"], year)
        for row in _rows(con, topic, shown)
        for year in range(row["year"], row["year"] + 1 + _further_years(row["time_period"]))
    }
    listed = _missing_years(
        [row for row in asked if not row["comparator"]], there, _hidden_parts(con, topic, own)
    )
    if listed:
        said = "; ".join(f"{name}: {', '.join(years)}" for name, years in [*listed.items()][:_SHOWN])
        more = f" … ({len(listed)} in all)" if len(listed) > _SHOWN else ""
        yield f"years asked for of which this answer has no figure, which is no zero: {said}{more}."


def _further_years(period: str) -> int:
    """How many years after its first a period reaches into: 2023-10-16/P4M into one."""
    span = re.fullmatch(r"\d{4}-(\d{2})-(\d{2})/P(?:(\d+)Y)?(?:(\d+)M)?(\d+D)?", period)
    if not span:
        return 0
    month, day, years, months, days = span.groups(default="")
    spill = 0 if day == "01" and not days else 1
    return (int(month) - 2 + 12 * int(years or 0) + int(months or 0) + spill) // 12


def _hidden_parts(con: duckdb.DuckDBPyConnection, topic: _Topic, own: str) -> dict[tuple[str, str, int], str]:
    """Parts of years that only the condition on whole years leaves out, by country, thing and year."""
    if "is_whole_year" not in topic.named:
        return {}
    rows = _rows(
        con,
        topic,
        "SELECT ref_area, counted, year, string_agg(DISTINCT time_period, ', ' ORDER BY time_period) AS parts FROM "
        f"(SELECT * REPLACE (NULL AS is_whole_year) FROM ({own} AND NOT is_whole_year)) AS {{alias}} "
        "WHERE ({condition}) IS NOT FALSE GROUP BY ALL",
    )
    return {(row["ref_area"], row["counted"], row["year"]): row["parts"] for row in rows}


def _missing_years(
    asked: Sequence[dict[str, Any]],
    there: set[tuple[str, str, int]],
    parts: dict[tuple[str, str, int], str],
) -> dict[str, list[str]]:
    """Years that are not there, by country and thing; of many things, those of which another year is there."""
    things: dict[str, list[str]] = {}
    countries: dict[str, list[str]] = {}
    shown_things = {(place, thing) for place, thing, _ in there}
    shown_years = {(place, year) for place, _, year in there}
    compared = set()
    for row in asked:
        place, thing, year = key = (row["ref_area"], row["counted"], row["year"])
        if key not in there:
            name = f"{row['area']}, {_in_a_sentence(thing)}"
            compared |= {name} if (place, thing) in shown_things else set()
            words = f"{year} (parts of it: {parts[key]})" if key in parts else str(year)
            things.setdefault(name, []).append(words)
        if (place, year) not in shown_years and str(year) not in countries.setdefault(row["area"], []):
            countries[row["area"]].append(str(year))
    if len(things) <= _SAID_IN_FULL:
        return things
    some = {name: years for name, years in things.items() if name in compared}
    return {area: years for area, years in countries.items() if years} | some


def _regions_without(con: duckdb.DuckDBPyConnection, topic: _Topic) -> Iterator[str]:
    """How many regions of the one country asked for have a figure in the answer: the first of one row is no first."""
    places = [name for name in _PLACE if name in topic.columns]
    if "obs_key" not in topic.columns or not topic.named & set(places):
        return
    own = f"SELECT * FROM {topic.view} WHERE obs_key IS NOT NULL"
    named = ", ".join(
        f"r.{of} AS {name}"
        for name, of in zip(_PLACE, ("code", "name_en", "name_ru"), strict=True)
        if name in places
    )
    regions = "SELECT * FROM areas WHERE level = 'region' AND valid_to_date IS NULL"
    tried = f"SELECT f.* REPLACE ({named}), r.country AS of_country FROM ({own}) f, ({regions}) r"
    asked = _rows(
        con,
        topic,
        "SELECT c.name_en AS country, a.regions, count(DISTINCT ref_area) AS asked FROM "
        f"(SELECT DISTINCT of_country, ref_area FROM ({tried}) AS {{alias}} WHERE {{condition}}) "
        f"JOIN (SELECT country, count(*) AS regions FROM ({regions}) GROUP BY country) a ON a.country = of_country "
        "JOIN areas c ON c.code = of_country GROUP BY ALL",
    )
    if len(asked) != 1 or asked[0]["asked"] < asked[0]["regions"]:
        return
    found = (
        f"SELECT DISTINCT ref_area FROM ({own} AND ref_area IN (SELECT code FROM ({regions}))) AS {{alias}}"
    )
    shown = len(_rows(con, topic, f"{found} WHERE {{condition}}"))
    regions_in_all, country = asked[0]["regions"], asked[0]["country"]
    if not shown:
        yield f"no region of {country} has a figure in this answer: what it has is of the whole country."
    elif shown < regions_in_all:
        yield f"of {regions_in_all} regions of {country} this answer has {shown}: no ranking; the others are no zeros."


def _everywhere(con: duckdb.DuckDBPyConnection, topic: _Topic) -> _Topic | None:
    """The same condition on the view of all topics, which has fewer columns than some topics."""
    columns = _columns(con, "figures")
    if topic.view == "figures" or not columns or not topic.named <= {name.lower() for name in columns}:
        return None
    return replace(topic, view="figures", columns=columns)


def _in_all_figures(con: duckdb.DuckDBPyConnection, topic: _Topic) -> list[str]:
    """That the view of all topics has what the statement looks for in one: child marriage is asked of ``surveys``."""
    everywhere = _everywhere(con, topic)
    # Of a country and a year alone every topic has something.
    if not everywhere or not topic.named.difference(_PERIOD, _PLACE, ("obs_value",)):
        return []
    rows = _rows(
        con,
        everywhere,
        "SELECT counted, count(*) AS found FROM (SELECT * FROM figures WHERE obs_key IS NOT NULL "
        "AND indicator <> 'POPULATION') AS {alias} WHERE {condition} GROUP BY counted ORDER BY found DESC, counted",
    )
    if not rows:
        return []
    things = ", ".join(f"{row['counted']} ({row['found']})" for row in rows[:_SAID_IN_FULL])
    more = f" … ({len(rows)} things in all)" if len(rows) > _SAID_IN_FULL else ""
    return [f"{topic.view} has no such figure; the view figures, of all topics, has: {things}{more}."]


def _where(con: duckdb.DuckDBPyConnection, topic: _Topic, *, unpublished: bool) -> list[str]:
    """Where the figures are that an empty answer was to hold: other things are none where this one is not published."""
    everywhere = _in_all_figures(con, topic)
    # Figures of other topics are no answer where the topic itself has some of another period.
    elsewhere = _elsewhere(con, topic, only_period=bool(everywhere), unpublished=unpublished)
    return [*_not_comparable(con, topic), *elsewhere, *_by_scope(con, topic), *everywhere]


def _not_comparable(con: duckdb.DuckDBPyConnection, topic: _Topic) -> list[str]:
    """Why two countries do not stand side by side, in whichever order the statement names them."""
    known = _columns(con, "comparability")
    if topic.view != _PAIRS or not known:
        return []
    blank = "".join(f", NULL AS {identifier(name)}" for name in topic.columns if name not in known)
    pairs = f"SELECT *{blank} FROM comparability WHERE verdict = 'not_comparable'"
    turned = f"SELECT * REPLACE (country_b AS country_a, country_a AS country_b) FROM ({pairs})"
    # First of one indicator in both countries, and what a person wrote with its source.
    rows = _rows(
        con,
        topic,
        "SELECT DISTINCT indicator <> indicator_b AS neighbours, source IS NULL AS derived, indicator, "
        "least(country_a, country_b) AS one, greatest(country_a, country_b) AS other, reason_en "
        f"FROM ({pairs} UNION ALL {turned}) AS {{alias}} WHERE ({{condition}}) IS NOT FALSE ORDER BY ALL",
    )
    said = [
        f"{row['indicator']}, {row['one']} and {row['other']}, not comparable: {row['reason_en']}"
        for row in rows[:_SAID_IN_FULL]
    ]
    if len(rows) > _SAID_IN_FULL:
        said.append(f"comparability has {len(rows)} such reasons in all.")
    return said


def _by_scope(con: duckdb.DuckDBPyConnection, topic: _Topic) -> Iterator[str]:
    """Figures of the relationship asked for that have it from their indicator: surveys of partner violence."""
    if "relationship" not in topic.named or not {"relationship_scope", "obs_key"} <= set(topic.columns):
        return
    scoped = (
        f"SELECT * REPLACE ({_OF_SCOPE} AS relationship) FROM {topic.view} "
        "WHERE relationship = '_T' AND obs_key IS NOT NULL"
    )
    for row in _rows(
        con,
        topic,
        f"SELECT relationship_scope, count(*) AS found FROM ({scoped}) AS {{alias}} WHERE {{condition}} "
        "GROUP BY ALL ORDER BY ALL",
    ):
        yield (
            "relationship is _T where the indicator itself is of one relationship: "
            f"relationship_scope = '{row['relationship_scope']}' finds {row['found']} in {topic.view}."
        )


def _elsewhere(
    con: duckdb.DuckDBPyConnection, topic: _Topic, *, only_period: bool, unpublished: bool
) -> Iterator[str]:
    """Which condition left nothing: the fewest columns that have to be left open for figures to be found.

    The period and other conditions first: another thing, and what another country has, are the last that help.
    """
    named = topic.named
    period, place = [name for name in _PERIOD if name in named], [name for name in _PLACE if name in named]
    thing = [name for name in _THING if name in named]
    others = sorted(named.difference(_PERIOD, _PLACE, _THING, ("obs_value",)))
    if "is_whole_year" in named and "time_period" in topic.columns:
        parts = _found(con, topic, ["is_whole_year"], shown=["time_period"])
        if parts:
            yield f"{topic.view} has no such figure of a whole year; of parts of years it has: {parts}."
            return
    steps = [[period]] if only_period else [[period, others], [[*period, *others]]]
    if not only_period and not unpublished:
        steps += [[thing], [place]]
    for step in steps:
        found = {", ".join(names): _found(con, topic, names) for names in step if names}
        for names, values in found.items():
            if values:
                yield f"{topic.view} has no such figure; with another {names} it has: {values}."
        if any(found.values()):
            return


def _found(
    con: duckdb.DuckDBPyConnection, topic: _Topic, open_columns: Sequence[str], shown: Sequence[str] = ()
) -> str:
    """Values of some columns in the rows for which the condition is not false once these columns are open."""
    # The year says less than the period that it is the year of, and a name as much as its code.
    named = shown or [name for name in open_columns if name != "is_whole_year"] or list(open_columns)
    # A row whose condition is unknown for another reason is none that the statement looks for.
    kept = ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS kept_{name}" for name in named)
    blank = ", ".join(f"NULL AS {identifier(name)}" for name in open_columns)
    published = "WHERE obs_key IS NOT NULL" if "obs_key" in topic.columns else ""
    failing = (
        f"SELECT *, {kept}, ({{condition}}) IS FALSE AS fails FROM {topic.view} AS {{alias}} {published}"
    )
    opened = f"SELECT * REPLACE ({blank}) FROM ({failing}) AS {{alias}} WHERE fails"
    words = ", ".join(f"kept_{name}" for name in named)
    values = _rows(
        con,
        topic,
        f"SELECT DISTINCT concat_ws(' ', {words}) AS found FROM ({opened}) AS {{alias}} "
        "WHERE ({condition}) IS NOT FALSE ORDER BY found",
    )
    texts = [row["found"] for row in values]
    more = f" … ({len(texts)} in all)" if len(texts) > _SHOWN else ""
    return ", ".join(texts[-_SHOWN:]) + more


def _rows(con: duckdb.DuckDBPyConnection, topic: _Topic, template: str) -> list[dict[str, Any]]:
    """Answer of a query with ``{alias}``, and with the statement's own condition at each ``{condition}``."""
    # A text that stands for the condition is replaced in the parsed query: SQL is never pasted into SQL.
    text = template.replace("{alias}", identifier(topic.alias)).replace(
        "{condition}", f"('{_CONDITION}' = '')"
    )
    tree = _spliced(_parsed(con, text), topic.condition)
    sql = _answered(con, "SELECT json_deserialize_sql(CAST($1 AS JSON))", json.dumps(tree))
    return dicts(con, sql)


def _answered(con: duckdb.DuckDBPyConnection, sql: str, value: str) -> str:
    """The one cell that a query with one parameter gives."""
    ((cell,),) = con.execute(sql, [value]).fetchall()
    return str(cell)


def _spliced(node: Any, condition: Node) -> Any:
    if isinstance(node, list):
        return [_spliced(item, condition) for item in node]
    if not isinstance(node, dict):
        return node
    left = node.get("left")
    if isinstance(left, dict) and left.get("class") == "CONSTANT" and _CONDITION in json.dumps(left):
        return condition
    return {name: _spliced(item, condition) for name, item in node.items()}


def _in_a_sentence(label: str) -> str:
    return label[:1].lower() + label[1:]


def _parsed(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """DuckDB's own parse tree; empty where the statement is none that selects."""
    return json.loads(_answered(con, "SELECT json_serialize_sql($1)", sql))


def _nodes(tree: Any) -> Iterator[Node]:
    """Every mapping in a parse tree, from the outside."""
    if isinstance(tree, dict):
        yield tree
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(item)
