"""Breaks in series that come from a law or a change of practice: status B on the first observation after it.

Also the acts themselves, from which ``cascade`` sees whether two observations are one series. Not here: the view
``series_breaks`` (``data_contracts/database_views.yaml``), which lists the same breaks from the published tables.

Called by ``pipelines.assets.union_tables`` and ``pipelines.assets.derived_tables``, and by ``cascade``.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows
from data_contracts.insert import insert_rows
from data_contracts.rows import name_rows
from data_contracts.strict_files import Row
from data_contracts.vocabulary import DIMENSIONS, sql_list
from sources.bundled_registers import Entry
from transforms.derive.best_observations import KIND

# A series is one dataset's, with equal dimensions and equally long periods; different sources may carry it on.
_SERIES = (
    f"o.dataset_id, o.indicator, o.ref_area, {sql_list(DIMENSIONS, 'o')}, "
    "o.unit_measure, o.nature, o.freq, CASE WHEN o.freq = '_O' THEN o.period_end - o.period_start ELSE 0 END, "
    "CASE WHEN o.freq = '_O' THEN month(o.period_start) ELSE 0 END"
)


_TERRITORY = "territory of "


def first_day(text: str) -> dt.date | None:
    """First day of a date that is known to the day, the month or the year."""
    parts = text.split("-") if text else []
    if not parts:
        return None
    return dt.date(
        int(parts[0]), int(parts[1]) if len(parts) > 1 else 1, int(parts[2]) if len(parts) > 2 else 1
    )


def territorial_breaks(areas: Sequence[Row]) -> dict[str, dt.date]:
    """Day on which a region that keeps its code lost territory: a series of it is not one across that day."""
    breaks: dict[str, dt.date] = {}
    for area in areas:
        if not area["comparable_group"] or area["valid_from"] or area["valid_to"]:
            continue
        days = [
            first_day(other["valid_from"])
            for other in areas
            if other["comparable_group"] == area["comparable_group"] and other["valid_from"]
        ]
        found = [day for day in days if day is not None]
        if found:
            breaks[area["code"]] = max(found)
    return breaks


@dataclass(frozen=True)
class Act:
    """What breaks series: a law (of one indicator in a country), or a change of territory (all series of a region).

    ``of_regions``: whether it also breaks the series of the regions of its area.
    """

    act_id: str
    area: str
    indicator: str | None
    day: dt.date
    of_regions: bool = True

    def falls_between(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Whether it divides two observations of one series; the later one may cover its day."""
        return (
            after["ref_area"].startswith(self.area)
            and (self.of_regions or after["ref_area"] == self.area)
            and self.indicator in (None, after["indicator"])
            and before["period_end"] < self.day <= after["period_end"]
        )


def breaks_regions(law: Entry) -> bool:
    """Whether an act breaks the series of regions as well; an unknown answer is a ``DeclarationError``."""
    if law["breaks_regions"] not in ("", "no"):
        raise law.error(f"breaks_regions is {law['breaks_regions']!r}: leave it empty, or write no")
    return law["breaks_regions"] != "no"


def acts(laws: Sequence[Entry], areas: Sequence[Row] = ()) -> list[Act]:
    """Every act with a known day that breaks a series."""
    made = [
        Act(law["law_id"], law["country"], indicator, day, breaks_regions(law))
        for law in laws
        for indicator in filter(None, law["breaks"].split(";"))
        if (day := first_day(law["in_force"] or law["adopted"])) is not None
    ]
    # A change of territory breaks every series of that one region, and is no law's doing in the register.
    made += [Act(f"{_TERRITORY}{code}", code, None, day) for code, day in territorial_breaks(areas).items()]
    return made


@dataclass(frozen=True)
class Breaks:
    """Observations after a break (column ``obs_key``), and how many series each law broke."""

    marked: pa.Table
    series: dict[str, int]


def find_breaks(observations: Sequence[Rows], laws: tuple[Entry, ...], areas: Sequence[Row] = ()) -> Breaks:
    """Where a declared break falls, in observations that come in parts.

    A series is marked where it has a value before the act and one that covers or follows the day it came into force;
    a break outranks a normal and an unvalidated value. What says more of the value itself (doubt, another definition,
    an estimate) stays: such a row would pass for the best of its cell, and its caution names the break all the same.
    """
    con = duckdb.default_connection().cursor()
    name_rows(con, "observations", *observations)
    con.execute(
        "CREATE TEMP TABLE acts(law_id VARCHAR, area VARCHAR, indicator VARCHAR, day DATE, of_regions BOOLEAN)"
    )
    known = [[act.act_id, act.area, act.indicator, act.day, act.of_regions] for act in acts(laws, areas)]
    insert_rows(con, "acts", known)
    con.execute(
        f"""CREATE TEMP TABLE breaks AS
        WITH concerned AS (
          SELECT o.indicator, o.ref_area, a.law_id, a.day
          FROM (SELECT DISTINCT indicator, ref_area FROM observations) o JOIN acts a
            ON coalesce(a.indicator, o.indicator) = o.indicator AND starts_with(o.ref_area, a.area)
              AND (a.of_regions OR o.ref_area = a.area)),
        placed AS (
          SELECT o.obs_key, o.obs_status, a.law_id, o.period_end, o.period_end >= a.day AS after,
            hash({_SERIES}) AS series
          FROM observations o JOIN concerned a USING (indicator, ref_area)
          -- An international estimate counts by no country's law.
          WHERE {KIND} = 'measured' AND o.obs_value IS NOT NULL),
        broken AS (
          SELECT law_id, series, min(period_end) FILTER (after) AS period_end FROM placed
          GROUP BY law_id, series HAVING bool_or(NOT after))
        SELECT DISTINCT obs_key, obs_status, law_id, series
        FROM placed JOIN broken USING (law_id, series, period_end) WHERE after"""
    )
    marked = con.sql("SELECT DISTINCT obs_key FROM breaks WHERE obs_status IN ('A', 'V')").to_arrow_table()
    counts = con.execute("SELECT law_id, count(DISTINCT series) FROM breaks GROUP BY law_id").fetchall()
    con.close()
    return Breaks(marked, {law: count for law, count in counts if not law.startswith(_TERRITORY)})
