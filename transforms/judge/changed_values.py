"""Values that changed beside the last release: one beyond belief, or a series by one factor, to other labels, to zeros.

::

    last release   KG 2022 10213, KG 2023 11002, KG 2024 12000     new file   10.213, 11.002, 12
    -> series_rescaled: DV_VICTIMS, KG: 3 values times 0.001

Each question is SQL over the tables ``last`` and ``new`` of a connection, observations without ``first_release``.

Not here: values that are wrong beside their neighbours (``suspicious_values``), holding the dataset
(``against_last_release``, the only caller).
"""

from collections.abc import Iterator

import duckdb

from transforms.normalize.keys import SAME_NUMBER


def any_change(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether an observation came, went, or has another value."""
    return bool(con.execute(_ANY_CHANGE).fetchall())


def pair(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``pairs``, which the questions below ask: each value beside that of the last release."""
    con.execute(_PAIRS)


def implausible_changes(con: duckdb.DuckDBPyConnection, factor: float) -> Iterator[str]:
    """Single values that changed by more than ``factor``, at most twenty, each as "what: old → new"."""
    jumps = con.execute(
        """SELECT indicator, ref_area, time_period, old, new FROM pairs
        WHERE greatest(abs(new), abs(old)) > ? * greatest(least(abs(new), abs(old)), 1)
        ORDER BY ALL LIMIT 20""",
        [factor],
    ).fetchall()
    for indicator, area, period, old, new in jumps:
        yield f"{indicator}, {area}, {period}: {old:g} → {new:g}"


def moved_series(con: duckdb.DuckDBPyConnection, factor: float) -> Iterator[tuple[str, str]]:
    """Findings of series that moved, each with what exactly. ``factor``: what a single value may change by."""
    for series, cells, ratio in con.execute(_RESCALED, [factor]).fetchall():
        yield "series_rescaled", f"{series}: {cells} values times {ratio:.6g}"
    for finding, query in (("values_displaced", _DISPLACED), ("values_rounded", _ROUNDED)):
        for indicator, cells in con.execute(query).fetchall():
            yield finding, f"{indicator}: {cells} values"
    for indicator, year, cells in con.execute(_ONLY_ZEROS).fetchall():
        yield "only_zeros", f"{indicator}, {year}: {cells} values"


_ANY_CHANGE = f"""SELECT 1 FROM new n FULL JOIN last l USING (obs_key)
    WHERE n.obs_key IS NULL OR l.obs_key IS NULL
      OR {SAME_NUMBER.format("n.obs_value")} IS DISTINCT FROM {SAME_NUMBER.format("l.obs_value")} LIMIT 1"""

# The same observation before and now, where both have a value.
_PAIRS = f"""CREATE TEMP TABLE pairs AS
    SELECT n.indicator, n.ref_area, n.sex, n.time_period, n.unit_measure, hash(n.indicator, n.ref_area, n.sex, n.age,
      n.violence_form, n.relationship, n.breakdown, n.unit_measure, n.nature, n.source_id) AS series,
      l.obs_value AS old, n.obs_value AS new,
      {SAME_NUMBER.format("l.obs_value")} <> {SAME_NUMBER.format("n.obs_value")} AS changed,
      CASE WHEN l.obs_value <> 0 AND n.obs_value / l.obs_value > 0 THEN log10(n.obs_value / l.obs_value) END AS power
    FROM new n JOIN last l USING (obs_key)
    WHERE n.obs_value IS NOT NULL AND l.obs_value IS NOT NULL"""

# A series, or an indicator as a whole, of which most changed values moved by one factor: a power of ten (even a single
# large value: a digit was lost, unless it comes nearer to the others of its series), any one factor shared by at least
# three values, or each beyond what is plausible.
# Values whose change is not much more than their rounding say nothing of a factor (3 → 4, 5 → 6 is a revision). A rate
# may move by up to a quarter as a whole: its base, such as the population, was counted anew; a count has no base.
_RESCALED = """
    WITH grouped AS (
      SELECT 'indicator ' || indicator AS name, indicator || '' AS id, * FROM pairs
      UNION ALL
      SELECT indicator || ', ' || ref_area AS name, CAST(series AS VARCHAR) AS id, * FROM pairs),
    measured AS (
      SELECT name, id, count(*) FILTER (old <> 0 OR new <> 0) AS cells, count(*) FILTER (changed) AS moved,
        median(power) FILTER (changed) AS middle, median(old) FILTER (NOT changed AND old > 0) AS level
      FROM grouped GROUP BY name, id),
    judged AS (
      SELECT name, id, any_value(m.cells) AS cells, any_value(m.moved) AS moved, any_value(m.middle) AS middle,
        count(*) FILTER (changed AND abs(power - round(m.middle)) < 0.02 AND round(m.middle) <> 0) AS by_ten,
        max(greatest(abs(new), abs(old))) FILTER (changed AND NOT coalesce(nearer, FALSE)) AS largest,
        count(*) FILTER (same_factor) AS by_one,
        count(DISTINCT old) FILTER (same_factor) AS by_one_values,
        count(*) FILTER (changed AND greatest(abs(new), abs(old)) > $1 * greatest(least(abs(new), abs(old)), 1))
          AS beyond
      FROM (SELECT *, changed
              AND abs(m.middle) > CASE WHEN starts_with(unit_measure, 'PER') THEN log10(1.25) ELSE 0.02 END
              AND abs(new - old * 10 ** m.middle) <= rounding
              AND abs(new - old) > 4 * rounding AS same_factor,
              new > 0 AND old > 0
                AND abs(log10(greatest(new, 1e-9) / m.level)) < abs(log10(greatest(old, 1e-9) / m.level)) AS nearer
            FROM (SELECT *, abs(new) * 0.001 + CASE WHEN new = round(new) THEN 0.51 ELSE 0 END AS rounding
                  FROM measured JOIN grouped USING (name, id) WHERE moved > 0) m) m
      GROUP BY name, id)
    SELECT name, moved, 10 ** coalesce(middle, 0) FROM judged
    WHERE (by_ten * 2 > moved AND by_ten * 2 > cells)
       OR (by_ten * 2 > moved AND (by_ten >= 2 OR largest >= 100))
       OR (by_one >= 3 AND by_one_values >= 3 AND by_one * 2 > moved)
       OR (beyond >= 3 AND beyond * 2 > cells)
    ORDER BY starts_with(name, 'indicator ') DESC, name LIMIT 5"""

# Values that are those of other cells now: two columns exchanged, labels one row or one year off. Most values of the
# indicator must have changed, and before it few of them may have stood in two cells: among many short numbers every one
# is somewhere by chance.
_DISPLACED = """
    WITH telling AS (SELECT * FROM pairs WHERE abs(new) >= 50 OR new <> round(new)),
    cells AS (SELECT indicator, old AS value, count(*) AS times FROM telling GROUP BY ALL)
    SELECT t.indicator, count(*) FILTER (t.changed) AS moved
    FROM telling t LEFT JOIN cells n ON n.indicator = t.indicator AND n.value = t.new
    LEFT JOIN cells o ON o.indicator = t.indicator AND o.value = t.old
    GROUP BY t.indicator
    HAVING moved * 2 > count(*) AND count(DISTINCT t.new) FILTER (t.changed) >= 6
      AND count(n.value) FILTER (t.changed) > 0.8 * moved
      AND count(*) FILTER (t.changed AND o.times > 1) < 0.3 * moved
    ORDER BY t.indicator"""

# Most values of an indicator, or of one sex or period of it, are those from before, rounded: to fives, tens and more,
# or to whole numbers. A revision ends in a zero once in ten times.
_STEP = "greatest(CASE WHEN new % 5 = 0 THEN 5 ELSE 1 END, {})".format(
    ", ".join(f"CASE WHEN new % 1e{n} = 0 THEN 1e{n} ELSE 1 END" for n in range(1, 7))
)
_ROUNDED = f"""
    SELECT name, count(*) FILTER (changed) AS moved
    FROM (SELECT *, changed AND new = round(new) AND abs(new - old) <= {_STEP} / 2
            AND ({_STEP} > 1 OR old <> round(old)) AS rounded,
            unnest([indicator, indicator || ', ' || sex, indicator || ', ' || time_period]) AS name FROM pairs)
    GROUP BY name
    HAVING moved * 2 > count(*) AND count(DISTINCT old) FILTER (rounded) >= 6
      AND count(*) FILTER (rounded) > 0.9 * moved
    ORDER BY name LIMIT 5"""

# A year that was not there and holds nothing but zeros, where the figures were far from zero: not yet known, not none.
_ONLY_ZEROS = """
    SELECT indicator, year(period_start) AS y, count(*) FROM new n
    WHERE obs_value IS NOT NULL AND year(period_start) NOT IN (SELECT year(l.period_start) FROM last l)
    GROUP BY indicator, y HAVING max(abs(obs_value)) = 0
      AND (SELECT median(l.obs_value) FROM last l WHERE l.indicator = n.indicator) >= 10
    ORDER BY ALL"""
