"""What an answer does not show: gaps that a condition hid, and where an empty answer's figures are.

A row of a topic view that says "not published" has no year and no sex, so ``year = 2023`` drops it without a word. SQL
itself knows better: with such columns null, a condition is unknown for that row, not false. So the statement's own
condition is evaluated again with those columns null::

    ref_area = 'TJ' AND year = 2023 AND sex = 'F'      the gap of TJ: TRUE and unknown and unknown, it is named
    ref_area = 'KZ' AND year = 2023                    the gap of TJ: false, it is not

For an empty answer the same shows which condition left nothing: that on the period, on the area or another. A code that
was renamed after a statement was saved leaves nothing either, and a count of nothing is 0: its present name is said.
Two countries that do not stand side by side publish figures all the same: the reason is in ``comparability``.

Not here: the statement's own answer (``query``), years and regions that an answer lacks (``query_missing``), conditions
of statements (``query_topics``), and gaps by requirement (view ``not_published``). Called by
``pipelines.cli.reading_commands`` for ``dvstats query``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.load import contract
from data_contracts.sql import identifier
from data_contracts.strict_files import nearest
from data_contracts.vocabulary import DIMENSIONS
from pipelines.published.query import connect
from pipelines.published.query_missing import (
    PLACE,
    SAID_IN_FULL,
    SHOWN,
    in_a_sentence,
    regions_without,
    years_without,
)
from pipelines.published.query_topics import Topic, columns_of, rows_of, topics_of

_PERIOD = ("year", "time_period", "is_whole_year", "period_start", "period_end")
_THING = ("indicator", "counted", "counted_ru", "counting_unit", "scope", "family", "domestic")
_PAIRS = "side_by_side"
_GAP = {"obs_key", "caution_en", "indicator"}
# What the relationship of a figure would be that has none of its own, where the indicator is of one: macro scope_of.
_OF_SCOPE = """CASE relationship_scope WHEN 'partner' THEN 'IPTN' WHEN 'family' THEN 'IPTN_FAM'
    WHEN 'other_family' THEN 'FAM' END"""


def notes(data_dir: Path, sql: str, rows: int) -> list[str]:
    """Sentences on what the answer of ``rows`` rows leaves out; none for a statement that names no topic view."""
    with connect(data_dir) as con:
        try:
            topics = list(topics_of(con, sql))
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


def _said(con: duckdb.DuckDBPyConnection, topic: Topic, rows: int) -> Iterator[str]:
    """All that is said of one topic view in a statement whose answer has so many rows."""
    if rows:
        yield from _hidden_gaps(con, topic)
        yield from years_without(con, topic)
        yield from regions_without(con, topic)
    else:
        gaps = list(_gaps_of_nothing(con, topic))
        yield from gaps
        yield from _where(con, topic, unpublished=bool(gaps))


def _hidden_gaps(con: duckdb.DuckDBPyConnection, topic: Topic) -> Iterator[str]:
    """Rows "not published" for which the condition is unknown, not false, and that the answer does not show."""
    if not set(topic.columns) >= _GAP:
        return
    columns = "ref_area, comparator, indicator, area, counted, caution_en"
    # What a row that says "not published" does not know.
    blank = ", ".join(f"NULL AS {name}" for name in DIMENSIONS if name in topic.columns)
    gaps = f"SELECT {columns} FROM (SELECT * REPLACE ({blank}) FROM {topic.view} WHERE obs_key IS NULL) AS {{alias}}"
    shown = f"SELECT {columns} FROM (SELECT * FROM {topic.view} WHERE obs_key IS NULL) AS {{alias}}"
    hidden = rows_of(
        con, topic, f"{gaps} WHERE ({{condition}}) IS NULL EXCEPT {shown} WHERE {{condition}} ORDER BY ALL"
    )
    yield from _gaps_in_words(hidden)


def _gaps_of_nothing(con: duckdb.DuckDBPyConnection, topic: Topic) -> Iterator[str]:
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
            found |= {(row["ref_area"], row["indicator"]): row for row in rows_of(con, place, gaps)}
    yield from _gaps_in_words(list(found.values()))


def _gaps_in_words(hidden: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Rows "not published", of comparators only where there is nothing else: in full, or many in one sentence."""
    own = [row for row in hidden if not row["comparator"] or len(hidden) == 1]
    if len(own) <= SAID_IN_FULL:
        yield from (f"{row['area']}, {in_a_sentence(row['counted'])}: {row['caution_en']}" for row in own)
        return
    by_area: dict[str, list[str]] = {}
    for row in own:
        by_area.setdefault(row["area"], []).append(in_a_sentence(row["counted"]))
    listed = "; ".join(f"{area}: {', '.join(counted)}" for area, counted in by_area.items())
    yield f"not published for any period, so not in this answer: {listed}. The view not_published says who would."


def _everywhere(con: duckdb.DuckDBPyConnection, topic: Topic) -> Topic | None:
    """The same condition on the view of all topics, which has fewer columns than some topics."""
    columns = columns_of(con, "figures")
    if topic.view == "figures" or not columns or not topic.named <= {name.lower() for name in columns}:
        return None
    return replace(topic, view="figures", columns=columns)


def _in_all_figures(con: duckdb.DuckDBPyConnection, topic: Topic) -> list[str]:
    """That the view of all topics has what the statement looks for in one: child marriage is asked of ``surveys``."""
    everywhere = _everywhere(con, topic)
    # Of a country and a year alone every topic has something.
    if not everywhere or not topic.named.difference(_PERIOD, PLACE, ("obs_value",)):
        return []
    rows = rows_of(
        con,
        everywhere,
        "SELECT counted, count(*) AS found FROM (SELECT * FROM figures WHERE obs_key IS NOT NULL "
        "AND indicator <> 'POPULATION') AS {alias} WHERE {condition} GROUP BY counted ORDER BY found DESC, counted",
    )
    if not rows:
        return []
    things = ", ".join(f"{row['counted']} ({row['found']})" for row in rows[:SAID_IN_FULL])
    more = f" … ({len(rows)} things in all)" if len(rows) > SAID_IN_FULL else ""
    return [f"{topic.view} has no such figure; the view figures, of all topics, has: {things}{more}."]


def _where(con: duckdb.DuckDBPyConnection, topic: Topic, *, unpublished: bool) -> list[str]:
    """Where the figures are that an empty answer was to hold: other things are none where this one is not published."""
    everywhere = _in_all_figures(con, topic)
    # Figures of other topics are no answer where the topic itself has some of another period.
    elsewhere = _elsewhere(con, topic, only_period=bool(everywhere), unpublished=unpublished)
    return [*_not_comparable(con, topic), *elsewhere, *_by_scope(con, topic), *everywhere]


def _not_comparable(con: duckdb.DuckDBPyConnection, topic: Topic) -> list[str]:
    """Why two countries do not stand side by side, in whichever order the statement names them."""
    known = columns_of(con, "comparability")
    if topic.view != _PAIRS or not known:
        return []
    blank = "".join(f", NULL AS {identifier(name)}" for name in topic.columns if name not in known)
    pairs = f"SELECT *{blank} FROM comparability WHERE verdict = 'not_comparable'"
    turned = f"SELECT * REPLACE (country_b AS country_a, country_a AS country_b) FROM ({pairs})"
    # First of one indicator in both countries, and what a person wrote with its source.
    rows = rows_of(
        con,
        topic,
        "SELECT DISTINCT indicator <> indicator_b AS neighbours, source IS NULL AS derived, indicator, "
        "least(country_a, country_b) AS one, greatest(country_a, country_b) AS other, reason_en "
        f"FROM ({pairs} UNION ALL {turned}) AS {{alias}} WHERE ({{condition}}) IS NOT FALSE ORDER BY ALL",
    )
    said = [
        f"{row['indicator']}, {row['one']} and {row['other']}, not comparable: {row['reason_en']}"
        for row in rows[:SAID_IN_FULL]
    ]
    if len(rows) > SAID_IN_FULL:
        said.append(f"comparability has {len(rows)} such reasons in all.")
    return said


def _by_scope(con: duckdb.DuckDBPyConnection, topic: Topic) -> Iterator[str]:
    """Figures of the relationship asked for that have it from their indicator: surveys of partner violence."""
    if "relationship" not in topic.named or not {"relationship_scope", "obs_key"} <= set(topic.columns):
        return
    scoped = (
        f"SELECT * REPLACE ({_OF_SCOPE} AS relationship) FROM {topic.view} "
        "WHERE relationship = '_T' AND obs_key IS NOT NULL"
    )
    for row in rows_of(
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
    con: duckdb.DuckDBPyConnection, topic: Topic, *, only_period: bool, unpublished: bool
) -> Iterator[str]:
    """Which condition left nothing: the fewest columns that have to be left open for figures to be found.

    The period and other conditions first: another thing, and what another country has, are the last that help.
    """
    named = topic.named
    period, place = [name for name in _PERIOD if name in named], [name for name in PLACE if name in named]
    thing = [name for name in _THING if name in named]
    others = sorted(named.difference(_PERIOD, PLACE, _THING, ("obs_value",)))
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
    con: duckdb.DuckDBPyConnection, topic: Topic, open_columns: Sequence[str], shown: Sequence[str] = ()
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
    values = rows_of(
        con,
        topic,
        f"SELECT DISTINCT concat_ws(' ', {words}) AS found FROM ({opened}) AS {{alias}} "
        "WHERE ({condition}) IS NOT FALSE ORDER BY found",
    )
    texts = [row["found"] for row in values]
    more = f" … ({len(texts)} in all)" if len(texts) > SHOWN else ""
    return ", ".join(texts[-SHOWN:]) + more
