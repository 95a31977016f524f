"""Years and regions that a statement asks for and of which its answer has no figure.

Each year and each region of the one country asked for is put into the figures in turn: what the condition would take,
and no figure is of, is missing without a word::

    country = 'KG' AND year >= 2019 AND year <= 2021, figures of 2019 and 2021      2020 is named

Not here: answers without rows, and gaps that are published as rows (``query_notes``, the caller).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from pipelines.published.query_topics import Topic, rows_of

#: columns of a place; how many names are listed of many, and how many are said in full
PLACE = ("ref_area", "area", "area_ru")
SHOWN = 12
SAID_IN_FULL = 3
_YEARS = range(1990, 2037)


def years_without(con: duckdb.DuckDBPyConnection, topic: Topic) -> Iterator[str]:
    """Years asked for of which a country has no figure in the answer, with the parts of them that a condition hides."""
    if not {"obs_key", "ref_area", "counted", "year", "time_period"} <= set(topic.columns):
        return
    if not topic.named & {"year", "time_period"}:
        return
    own = f"SELECT * FROM {topic.view} WHERE obs_key IS NOT NULL AND NOT contains(ref_area, '-')"
    compared = "comparator" if "comparator" in topic.columns else "false AS comparator"
    asked = rows_of(
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
        for row in rows_of(con, topic, shown)
        for year in range(row["year"], row["year"] + 1 + _further_years(row["time_period"]))
    }
    listed = _missing_years(
        [row for row in asked if not row["comparator"]], there, _hidden_parts(con, topic, own)
    )
    if listed:
        said = "; ".join(f"{name}: {', '.join(years)}" for name, years in [*listed.items()][:SHOWN])
        more = f" … ({len(listed)} in all)" if len(listed) > SHOWN else ""
        yield f"years asked for of which this answer has no figure, which is no zero: {said}{more}."


def _further_years(period: str) -> int:
    """How many years after its first a period reaches into: 2023-10-16/P4M into one."""
    span = re.fullmatch(r"\d{4}-(\d{2})-(\d{2})/P(?:(\d+)Y)?(?:(\d+)M)?(\d+D)?", period)
    if not span:
        return 0
    month, day, years, months, days = span.groups(default="")
    spill = 0 if day == "01" and not days else 1
    return (int(month) - 2 + 12 * int(years or 0) + int(months or 0) + spill) // 12


def _hidden_parts(con: duckdb.DuckDBPyConnection, topic: Topic, own: str) -> dict[tuple[str, str, int], str]:
    """Parts of years that only the condition on whole years leaves out, by country, thing and year."""
    if "is_whole_year" not in topic.named:
        return {}
    rows = rows_of(
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
            name = f"{row['area']}, {in_a_sentence(thing)}"
            compared |= {name} if (place, thing) in shown_things else set()
            words = f"{year} (parts of it: {parts[key]})" if key in parts else str(year)
            things.setdefault(name, []).append(words)
        if (place, year) not in shown_years and str(year) not in countries.setdefault(row["area"], []):
            countries[row["area"]].append(str(year))
    if len(things) <= SAID_IN_FULL:
        return things
    some = {name: years for name, years in things.items() if name in compared}
    return {area: years for area, years in countries.items() if years} | some


def regions_without(con: duckdb.DuckDBPyConnection, topic: Topic) -> Iterator[str]:
    """How many regions of the one country asked for have a figure in the answer: the first of one row is no first."""
    places = [name for name in PLACE if name in topic.columns]
    if "obs_key" not in topic.columns or not topic.named & set(places):
        return
    own = f"SELECT * FROM {topic.view} WHERE obs_key IS NOT NULL"
    named = ", ".join(
        f"r.{of} AS {name}"
        for name, of in zip(PLACE, ("code", "name_en", "name_ru"), strict=True)
        if name in places
    )
    regions = "SELECT * FROM areas WHERE level = 'region' AND valid_to_date IS NULL"
    tried = f"SELECT f.* REPLACE ({named}), r.country AS of_country FROM ({own}) f, ({regions}) r"
    asked = rows_of(
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
    shown = len(rows_of(con, topic, f"{found} WHERE {{condition}}"))
    regions_in_all, country = asked[0]["regions"], asked[0]["country"]
    if not shown:
        yield f"no region of {country} has a figure in this answer: what it has is of the whole country."
    elif shown < regions_in_all:
        yield f"of {regions_in_all} regions of {country} this answer has {shown}: no ranking; the others are no zeros."


def in_a_sentence(label: str) -> str:
    """A label as it stands inside a sentence."""
    return label[:1].lower() + label[1:]
