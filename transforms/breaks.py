"""Breaks in series that come from a law or a change of practice: status B on the first observation after it."""

import datetime as dt

import duckdb
import pyarrow as pa
from dvstats.sources.registers import Entry

# A series is one dataset's, with equal dimensions and equally long periods; different sources may carry it on.
_SERIES = (
    "o.dataset_id, o.indicator, o.ref_area, o.sex, o.age, o.violence_form, o.relationship, o.breakdown, "
    "o.unit_measure, o.nature, o.freq, CASE WHEN o.freq = '_O' THEN o.period_end - o.period_start ELSE 0 END, "
    "CASE WHEN o.freq = '_O' THEN month(o.period_start) ELSE 0 END"
)


def first_day(text: str) -> dt.date | None:
    """First day of a date that is known to the day, the month or the year."""
    parts = text.split("-") if text else []
    if not parts:
        return None
    return dt.date(
        int(parts[0]), int(parts[1]) if len(parts) > 1 else 1, int(parts[2]) if len(parts) > 2 else 1
    )


def mark_breaks(observations: pa.Table, laws: tuple[Entry, ...]) -> tuple[pa.Table, dict[str, int]]:
    """Observations with B where a declared break falls, and how many series each law broke.

    A series is marked where it has a value before the act and one that covers or follows the day it came into force;
    a break outranks every other status of a value, as SDMX advises.
    """
    acts = [
        (law["law_id"], law["country"], indicator, day)
        for law in laws
        for indicator in filter(None, law["breaks"].split(";"))
        if (day := first_day(law["in_force"] or law["adopted"])) is not None
    ]
    con = duckdb.connect()
    con.register("observations", observations)
    con.execute("CREATE TABLE acts(law_id VARCHAR, country VARCHAR, indicator VARCHAR, day DATE)")
    if acts:
        con.executemany("INSERT INTO acts VALUES (?, ?, ?, ?)", acts)
    con.execute(
        f"""CREATE TABLE breaks AS
        WITH placed AS (
          SELECT o.obs_key, o.obs_value, a.law_id, o.period_end >= a.day AS after, o.period_end,
            hash({_SERIES}) AS series,
            bool_or(o.period_end < a.day AND o.obs_value IS NOT NULL) OVER w AS has_before,
            min(CASE WHEN o.period_end >= a.day AND o.obs_value IS NOT NULL THEN o.period_end END) OVER w AS first_end
          FROM observations o JOIN acts a ON a.indicator = o.indicator AND a.country = left(o.ref_area, 2)
          WINDOW w AS (PARTITION BY a.law_id, {_SERIES}))
        SELECT DISTINCT obs_key, law_id, series FROM placed
        WHERE has_before AND after AND period_end = first_end AND obs_value IS NOT NULL"""
    )
    marked = con.sql(
        """SELECT o.* REPLACE (
            CASE WHEN o.obs_key IN (SELECT obs_key FROM breaks) THEN 'B' ELSE o.obs_status END AS obs_status)
        FROM observations o"""
    ).to_arrow_table()
    counts = con.execute("SELECT law_id, count(DISTINCT series) FROM breaks GROUP BY law_id").fetchall()
    return marked.cast(observations.schema), dict(counts)
