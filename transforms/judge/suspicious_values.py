"""Values that are wrong as a group although each could be right: what only their neighbours of other cells show.

A file in which women and men changed places reads well, and so does one that repeats last year's figures under the new
year. Each question here compares new rows with the last release and names a group of values that a publisher hardly
means::

    last release   KG 2024 F 1065, M 267         new file   KG 2024 F 267, M 1065
    -> values_exchanged: DV_VICTIMS: sex F and M, 1 pair of values

:func:`suspicious` gives the findings, also those that hold nothing. Nothing here reads files or knows the clock.

Not here: holding the dataset, and how a declaration answers (``against_last_release``, the only caller); series that
moved by one factor, and values that were rounded (``changed_values``).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import duckdb

from transforms.judge.compared_cells import BESIDES, CELLS, FOLLOWED, PLACES, TELLING, equal
from transforms.judge.suspicious_labels import (
    exchanged,
    label_as_before,
    label_level,
    label_written_over,
    labels_alike,
    labels_repeated,
    mirrored,
    near_mirrored,
    sexes_turned,
)


class Suspicion(NamedTuple):
    """A finding with what exactly; ``holds``: whether what was published stays, or it is only to be looked at."""

    finding: str
    detail: str
    holds: bool = True


def suspicious(con: duckdb.DuckDBPyConnection, factor: float) -> Iterator[Suspicion]:
    """What is odd about the rows that ``con`` knows as ``last`` and ``new``.

    ``factor``: what a value may change by between releases, ``expects.plausible_factor``.
    """
    con.execute(CELLS)
    several = ", ".join(f"min({place}) <> max({place})" for place in PLACES)
    changed, came, *varying = con.execute(
        f"SELECT bool_or(changed), bool_or(came), {several} FROM cells"
    ).fetchall()[0]
    if not (changed or came):
        return
    con.execute(FOLLOWED)
    places = [place for place, varies in zip(PLACES, varying, strict=True) if varies]
    for finding, query, words in _questions(places, changed, came):
        for row in con.execute(query, [factor] if "$1" in query else None).fetchall():
            yield Suspicion(finding, words.format(*row))
    for finding, query, words in _noted(places):
        for row in con.execute(query).fetchall():
            yield Suspicion(finding, words.format(*row), holds=False)


# A year of which most new or changed values, three of them different, are those of the year before; nothing is said
# where figures stayed from year to year before.
_YEAR_REPEATED = f"""
    WITH usual AS (
      SELECT f.indicator, avg(CASE WHEN {equal("f.old", "p.old")} THEN 1 ELSE 0 END) AS still
      FROM followed f JOIN cells p ON p.time_period = f.prior_period
        AND {" AND ".join(f"f.{n} = p.{n}" for n in (*PLACES, *BESIDES) if n != "time_period")}
      WHERE f.old IS NOT NULL AND p.old IS NOT NULL GROUP BY f.indicator)
    SELECT f.indicator, f.time_period, f.prior_period, count(*) FILTER ({equal("new", "prior")}) AS same
    FROM followed f LEFT JOIN usual USING (indicator) WHERE came OR changed GROUP BY ALL
    HAVING same > 0.8 * count(*) AND any_value(coalesce(still, 0)) < 0.3
      AND count(DISTINCT new) FILTER (abs(new) >= 20 AND {equal("new", "prior")}) >= 3
    ORDER BY ALL LIMIT 5"""


# The same of any other year, of which four different values are there: a new year, or one that was written over.
_YEAR_OF_ANOTHER = f"""
    WITH usual AS (
      SELECT indicator, avg(CASE WHEN {equal("new", "prior")} THEN 1 ELSE 0 END) AS still
      FROM followed WHERE NOT (came OR changed) GROUP BY ALL),
    fresh AS (
      SELECT *, count(*) OVER (PARTITION BY indicator, time_period) AS values FROM cells WHERE came OR changed)
    SELECT f.indicator, f.time_period, p.time_period, count(*) AS same
    FROM fresh f JOIN cells p ON {equal("f.new", "p.old")}
      AND {" AND ".join(f"f.{n} = p.{n}" for n in (*PLACES, *BESIDES) if n != "time_period")}
      AND abs(f.days - p.days) < 5 AND f.period_start <> p.period_start
      AND (f.changed OR f.period_start > p.period_start)
    LEFT JOIN followed o ON o.prior_period = p.time_period
      AND {" AND ".join(f"o.{n} = f.{n}" for n in (*PLACES, *BESIDES))}
    LEFT JOIN usual ON usual.indicator = f.indicator
    WHERE o.indicator IS NULL GROUP BY ALL
    HAVING same > 0.8 * any_value(values) AND any_value(coalesce(still, 0)) < 0.3
      AND count(DISTINCT f.new) FILTER (abs(f.new) >= 20) >= 4
    ORDER BY ALL LIMIT 5"""


# Figures that were far from zero and are zero now: not known, rather than none.
_ZEROED = """
    SELECT indicator, count(*) AS zeros FROM cells WHERE changed AND new = 0 AND abs(old) >= 10
    GROUP BY indicator HAVING zeros >= 3 ORDER BY ALL"""


# One value that stands for "not known" in cells that had different ones, or in all of a new year.
_ALIKE = f"""
    SELECT indicator, new, count(*) AS times FROM cells
    WHERE changed AND new <> 0 AND abs(new) >= {TELLING}
      AND indicator IN (SELECT indicator FROM cells GROUP BY indicator HAVING count(DISTINCT old) >= 5)
    GROUP BY indicator, new
    HAVING times >= 5 AND count(DISTINCT old) >= 5
      AND times * 5 > (SELECT count(*) FROM cells c WHERE c.changed AND c.indicator = cells.indicator)
    ORDER BY ALL LIMIT 5"""


# A new period whose figures are far from those of the period before, all together: in thousands, or of one month.
_LEVEL = """
    SELECT indicator, time_period, count(*) AS values, median(new / prior) AS ratio
    FROM followed WHERE came AND prior <> 0 AND new / prior > 0 AND greatest(abs(new), abs(prior)) >= 20
    GROUP BY indicator, time_period
    HAVING (ratio > $1 OR ratio < 1 / $1) AND (values >= 3 OR ratio > 4 * $1 OR ratio < 1 / (4 * $1))
    ORDER BY ALL LIMIT 5"""


# A new period in which nearly every figure is the same multiple of its prior one, within a hundredth: people and areas
# do not grow so evenly. Or all of them are at least half as large again, or fell as much, and twice in the middle,
# where no period before moved half as far.
_EVEN_GROWTH = """
    WITH grown AS (
      SELECT indicator, time_period, prior, new, came, ln(new / prior) AS growth,
        CASE WHEN new = round(new) THEN 0.51 WHEN abs(new * 10 - round(new * 10)) < 1e-6 THEN 0.06 ELSE 0.006 END
          AS rounding
      FROM followed
      WHERE prior > 0 AND new > 0 AND (least(prior, new) >= 20 OR new <> round(new))),
    usual AS (
      SELECT indicator, max(abs(growth)) AS usual FROM (
        SELECT indicator, median(growth) AS growth FROM grown WHERE NOT came GROUP BY indicator, time_period)
      GROUP BY indicator),
    middles AS (SELECT indicator, time_period, median(growth) AS middle FROM grown WHERE came GROUP BY ALL)
    SELECT indicator, time_period, count(*) AS values, exp(any_value(middle)) AS ratio
    FROM grown JOIN middles USING (indicator, time_period) LEFT JOIN usual USING (indicator)
    WHERE came GROUP BY indicator, time_period
    HAVING (count(DISTINCT prior) >= 3 AND abs(any_value(middle)) > ln(1.6)
        AND count(*) FILTER (abs(new - prior * exp(middle)) <= rounding + 0.01 * new) > 0.9 * count(*))
      OR (count(DISTINCT prior) >= 5 AND abs(any_value(middle)) > ln(1.3)
        AND count(*) FILTER (abs(new - prior * exp(middle)) <= rounding + 0.005 * new) > 0.9 * count(*))
      OR (count(DISTINCT prior) >= 6 AND abs(any_value(middle)) > greatest(ln(2), 2 * any_value(coalesce(usual, 0)))
        AND count(*) FILTER (abs(growth) > ln(1.5) AND growth * middle > 0) > 0.9 * count(*))
    ORDER BY ALL LIMIT 5"""


# One new count of a country that is at least twice that of the period before, or at most half of it.
_SINGLE = """
    SELECT DISTINCT indicator, ref_area, time_period, new / prior AS times, prior FROM followed
    WHERE came AND unit_measure = 'NUMBER' AND NOT contains(ref_area, '-') AND prior > 0
      AND greatest(new, prior) >= 100 AND (new >= 2 * prior OR new <= prior / 2)
    ORDER BY ALL LIMIT 20"""


# Rates and shares of which nearly all moved by one factor, not so evenly that it is certain (``_CREPT``): their base
# was counted anew, or they creep.
_REBASED = """
    WITH factors AS (
      SELECT indicator, median(new / old) AS factor FROM cells
      WHERE starts_with(unit_measure, 'PER') AND old > 0 AND new > 0 GROUP BY indicator)
    SELECT indicator, count(*) AS values, any_value(factor) AS factor FROM cells JOIN factors USING (indicator)
    WHERE starts_with(unit_measure, 'PER') AND old > 0 AND new > 0 GROUP BY indicator
    HAVING count(DISTINCT old) >= 5 AND abs(any_value(factor) - 1) > 0.004
      AND count(*) FILTER (abs(new - old * factor) <= 0.051 + 0.15 * abs(factor - 1) * old) > 0.9 * count(*)
    ORDER BY ALL"""


# A year that was there and fell as a whole, as if part of it had been put in its place; more than it are late reports.
_YEAR_MOVED = """
    SELECT indicator, time_period, count(*) FILTER (changed) AS moved, median(new / old) AS ratio
    FROM cells WHERE old >= 10 AND new >= 0 GROUP BY indicator, time_period
    HAVING count(*) >= 6 AND moved > 0.8 * count(*) AND (ratio < 0.85 OR ratio > 2)
    ORDER BY ALL LIMIT 5"""


# Figures that were published moved by nearly one small factor, all of an indicator, an area or a sex: a creep that no
# revision makes. Only figures in which the factor shows behind their rounding (half of the last digit that is printed)
# say something. A rate or share has a base (people, land) that may be counted anew, in one area by one factor: only one
# and the same in several areas and years, shown by figures that are precise enough to tell it from another, is certain.
_HALF_DIGIT = "CASE {} ELSE 5e-7 END".format(
    " ".join(
        f"WHEN abs(old * 1e{n} - round(old * 1e{n})) < 1e-6 AND abs(new * 1e{n} - round(new * 1e{n})) < 1e-6 "
        f"THEN 5e-{n + 1}"
        for n in range(6)
    )
)


_CREPT = f"""
    WITH grouped AS (
      SELECT unnest([indicator, indicator || ', ' || ref_area, indicator || ', ' || sex]) AS name, old, new, ref_area,
        period_start, starts_with(unit_measure, 'PER') AS has_base, {_HALF_DIGIT} AS half
      FROM cells WHERE old > 0 AND new IS NOT NULL),
    factors AS (SELECT name, has_base, median(new / old) AS factor FROM grouped WHERE old >= 200 * half GROUP BY ALL),
    telling AS (
      SELECT *, abs(new - old * factor) <= 1.02 * half + CASE WHEN has_base THEN 0.03 ELSE 0.15 END
          * abs(factor - 1) * old AS even
      FROM grouped JOIN factors USING (name, has_base)
      WHERE abs(factor - 1) * old > CASE WHEN has_base THEN 16 ELSE 8 END * half)
    SELECT name, count(*) AS values, any_value(factor) AS factor FROM telling GROUP BY name, has_base
    HAVING count(DISTINCT old) >= 5 AND abs(any_value(factor) - 1) > 0.004
      AND count(*) FILTER (even) > 0.9 * count(*)
      AND (NOT has_base OR (count(DISTINCT ref_area) >= 2 AND count(DISTINCT period_start) >= 2))
    ORDER BY ALL LIMIT 5"""


# Most figures of an indicator are others, and not by a little: another table in the same shape.
_ALL_CHANGED = """
    SELECT indicator, count(*) FILTER (changed) AS moved FROM cells WHERE abs(old) >= 20
    GROUP BY indicator
    HAVING count(*) >= 20 AND (count(*) FILTER (changed AND abs(new - old) > 0.1 * abs(old)) > 0.8 * count(*)
      OR (moved > 0.9 * count(*) AND median(abs(new - old) / abs(old)) > 0.05))
    ORDER BY ALL"""


# Most figures of an indicator, or of an area, sex or period of it, are more or less by one and the same amount.
_SHIFTED = """
    WITH grouped AS (
      SELECT unnest([indicator, indicator || ', ' || ref_area, indicator || ', ' || sex,
          indicator || ', ' || time_period]) AS name, old, changed, round(new - old, 6) AS amount
      FROM cells WHERE old IS NOT NULL),
    usual AS (SELECT name, mode(amount) AS one FROM grouped WHERE changed GROUP BY name)
    SELECT name, count(*) FILTER (changed) AS moved, any_value(one) AS one FROM grouped JOIN usual USING (name)
    GROUP BY name
    HAVING moved * 2 > count(*) AND count(DISTINCT old) FILTER (changed) >= 6
      AND count(*) FILTER (changed AND amount = one) > 0.9 * moved
    ORDER BY ALL LIMIT 5"""


# All counts of a new period end in 0 or 5, as few did before.
_ROUND_PERIOD = """
    WITH counts AS (SELECT * FROM cells WHERE unit_measure = 'NUMBER' AND abs(new) >= 20),
    usual AS (
      SELECT indicator, avg(CASE WHEN new % 5 = 0 THEN 1 ELSE 0 END) AS share FROM counts WHERE NOT came GROUP BY ALL)
    SELECT indicator, time_period, count(*) AS values FROM counts JOIN usual USING (indicator) WHERE came
    GROUP BY indicator, time_period
    HAVING count(DISTINCT new) >= 6 AND values >= 8 AND count(*) FILTER (new % 5 <> 0) = 0 AND any_value(share) < 0.4
    ORDER BY ALL LIMIT 5"""


# Shares of a new period of which nearly all are what those of the period before leave of a hundred.
_COMPLEMENT = """
    SELECT indicator, time_period, count(*) AS values, median(new / prior) AS ratio FROM followed
    WHERE came AND unit_measure = 'PERCENT' AND prior > 0
    GROUP BY indicator, time_period
    HAVING count(DISTINCT prior) >= 3 AND median(abs(new - prior)) > 15
      AND count(*) FILTER (abs(new + prior - 100) <= 5 AND abs(new - prior) > 5) > 0.8 * count(*)
    ORDER BY ALL LIMIT 5"""


# Wholes and their parts: everybody, and women and men; a country and its regions. Only where they added up, to the half
# per cent, in nearly all cells of the last release, and all parts are there.
_ADDING_UP = f"""
    WITH wholes AS (
      SELECT 'sex' AS dimension, t.indicator, t.ref_area, t.time_period, t.old AS whole_before, t.new AS whole,
        sum(p.old) AS parts_before, sum(p.new) AS parts, count(*) AS number, count(p.old) AS number_before,
        bool_or(t.came OR t.changed OR p.came OR p.changed) AS fresh
      FROM cells t JOIN cells p
        ON {" AND ".join(f"t.{n} = p.{n}" for n in (*PLACES, *BESIDES) if n != "sex")} AND p.sex IN ('F', 'M')
      WHERE t.sex = '_T' AND t.unit_measure = 'NUMBER'
      GROUP BY {", ".join(f"t.{n}" for n in (*PLACES, *BESIDES))}, t.old, t.new
      UNION ALL
      SELECT 'ref_area', t.indicator, t.ref_area, t.time_period, t.old, t.new, sum(p.old), sum(p.new), count(*),
        count(p.old), bool_or(t.came OR t.changed OR p.came OR p.changed)
      FROM cells t JOIN cells p
        ON {" AND ".join(f"t.{n} = p.{n}" for n in (*PLACES, *BESIDES) if n != "ref_area")}
        AND starts_with(p.ref_area, t.ref_area || '-')
      WHERE NOT contains(t.ref_area, '-') AND t.unit_measure = 'NUMBER'
      GROUP BY {", ".join(f"t.{n}" for n in (*PLACES, *BESIDES))}, t.old, t.new),
    usual AS (
      SELECT dimension, indicator, mode(number_before) AS number,
        avg(CASE WHEN abs(whole_before - parts_before) <= greatest(2, 0.005 * whole_before) THEN 1 ELSE 0 END) AS exact
      FROM wholes WHERE whole_before >= 20 AND number_before = number GROUP BY ALL HAVING count(*) >= 3),
    judged AS (
      SELECT w.*, abs(whole - parts) / greatest(whole, parts) AS off FROM wholes w JOIN usual u
        ON w.dimension = u.dimension AND w.indicator = u.indicator AND w.number = u.number
      WHERE fresh AND exact > 0.95 AND greatest(whole, parts) >= 50 AND w.number > 1
        AND abs(whole - parts) > 2)
"""


_OFF = (
    _ADDING_UP
    + """SELECT indicator, time_period, dimension, count(*) AS wholes, max(off) * 100 FROM judged WHERE off > 0.005
    GROUP BY indicator, time_period, dimension HAVING {} ORDER BY ALL LIMIT 5"""
)


# Three totals by a tenth are no slip of one figure, and no persons whose sex or area nobody knew.
_SEVERAL = "count(*) FILTER (off > 0.1) >= 3"


_PARTS_OFF, _PARTS_A_LITTLE_OFF = _OFF.format(_SEVERAL), _OFF.format(f"NOT {_SEVERAL}")


# A new period in which nearly all figures fell, or grew, twice as far as those of any period before.
_FAR_PERIOD = """
    WITH grown AS (
      SELECT indicator, time_period, came, ln(new / prior) AS growth FROM followed WHERE least(new, prior) >= 20),
    periods AS (
      SELECT indicator, time_period, bool_and(came) AS came, count(*) AS values, median(growth) AS middle,
        count(*) FILTER (growth < 0) AS fell
      FROM grown GROUP BY ALL),
    usual AS (SELECT indicator, max(abs(middle)) AS usual FROM periods WHERE NOT came GROUP BY ALL HAVING count(*) >= 3)
    SELECT indicator, time_period, values, exp(middle) FROM periods JOIN usual USING (indicator)
    WHERE came AND values >= 6 AND abs(middle) > greatest(ln(1.15), 2 * usual)
      AND greatest(fell, values - fell) > 0.9 * values
    ORDER BY ALL LIMIT 5"""


# The same digits with the decimal mark at another place: two digits and a factor of a hundred, or three and of ten.
_DIGITS = """
    SELECT indicator, ref_area, time_period, old, new FROM (
      SELECT *, trim(replace(printf('%.15g', abs(old)), '.', ''), '0') AS digits,
        trim(replace(printf('%.15g', abs(new)), '.', ''), '0') AS digits_now
      FROM cells WHERE changed AND old <> 0 AND new <> 0 AND abs(old) < 1e15 AND abs(new) < 1e15
        AND abs(old) >= 1e-4 AND abs(new) >= 1e-4)
    WHERE digits = digits_now AND new * old > 0
      AND (length(digits) >= 3 OR (length(digits) >= 2 AND abs(log10(new / old)) > 1.5))
    ORDER BY ALL LIMIT 5"""


# Women and men together are more than everybody in nearly all totals, which was so in none before.
_SUMS = f"""
    WITH wholes AS (
      SELECT t.indicator, t.ref_area, t.time_period, t.old AS whole_before, t.new AS whole,
        sum(p.old) AS parts_before, sum(p.new) AS parts
      FROM cells t JOIN cells p
        ON {" AND ".join(f"t.{n} = p.{n}" for n in (*PLACES, *BESIDES) if n != "sex")} AND p.sex IN ('F', 'M')
      WHERE t.sex = '_T' AND t.unit_measure = 'NUMBER'
      GROUP BY {", ".join(f"t.{n}" for n in (*PLACES, *BESIDES))}, t.old, t.new HAVING count(*) = 2)
    SELECT indicator, count(*) FILTER (parts > whole * 1.01 + 2) AS above,
      min(ref_area || ' ' || time_period) FILTER (parts > whole * 1.01 + 2)
    FROM wholes GROUP BY indicator
    HAVING above >= 3 AND above > 0.8 * count(*)
      AND count(*) FILTER (parts_before > whole_before * 1.01 + 2) = 0 AND count(whole_before) >= 3
    ORDER BY ALL"""


def _questions(places: Sequence[str], changed: bool, came: bool) -> Iterator[tuple[str, str, str]]:
    """Finding, query, and words that a row of its answer fills.

    ``places``: those in which there are several codes. ``changed``, ``came``: whether there are such cells; what only
    looks at them is left out otherwise.
    """
    if changed and places:
        yield "values_exchanged", exchanged(places), "{0}: {1} and {2}, {3} pairs of values"
    labels = {*places} - {"indicator", "time_period"}
    if labels:
        yield "values_repeated", labels_alike(places), "{0}, {1}: {3} values are those of {2}"
        yield "parts_off_whole", _PARTS_OFF, "{0}, {1}: {3} totals by {2}, up to {4:.0f} %"
    if came and labels:
        yield (
            "values_repeated",
            label_as_before(places, certain=True),
            "{0}, {1}: {3} values are those of {2}",
        )
        yield (
            "new_year_level",
            label_level(places),
            "{0}, {1}: {2} values, times {3:.3g} of the period before",
        )
    if changed and labels:
        yield "values_repeated", labels_repeated(places), "{0}, {1}: {3} values are those of {2}"
        yield (
            "values_repeated",
            label_written_over(places, certain=True),
            "{0}, {1}: {3} values are those of {2}",
        )
    if came and {*places} - {"time_period"}:
        yield "new_year_exchanged", mirrored(places), "{0}, {1}: {2} and {3}"
    if came and {"sex", "ref_area"} <= {*places}:
        yield "new_year_exchanged", sexes_turned(), "{0}, {1}: sex F and M in {2}"
    yield "values_repeated", _YEAR_REPEATED, "{0}, {1}: {3} values are those of {2}"
    yield "values_repeated", _YEAR_OF_ANOTHER, "{0}, {1}: {3} values are those of {2}"
    if changed:
        yield "values_zeroed", _ZEROED, "{0}: {1} values are 0 now"
        yield "values_alike", _ALIKE, "{0}: {1:g} in {2} cells"
    if came:
        yield "new_year_level", _LEVEL, "{0}, {1}: {2} values, times {3:.3g} of the period before"
        yield "new_year_level", _EVEN_GROWTH, "{0}, {1}: {2} values, times {3:.3g} of the period before"
        yield "new_year_level", _COMPLEMENT, "{0}, {1}: {2} values, times {3:.3g} of the period before"
        yield "values_rounded", _ROUND_PERIOD, "{0}, {1}: {2} values"
    if changed:
        yield "series_rescaled", _CREPT, "{0}: {1} values times {2:.6g}"
        yield "year_moved", _YEAR_MOVED, "{0}, {1}: {2} values, times {3:.3g}"
        yield "values_shifted", _SHIFTED, "{0}: {1} values, {2:+.6g}"
        yield "all_changed", _ALL_CHANGED, "{0}: {1} values"
        yield "point_moved", _DIGITS, "{0}, {1}, {2}: {3:g} → {4:g}"
    yield "parts_above_whole", _SUMS, "{0}: {1} totals, such as {2}"


def _noted(places: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The same of what is published all the same."""
    if {*places} - {"indicator", "time_period"}:
        yield "parts_off_whole", _PARTS_A_LITTLE_OFF, "{0}, {1}: {3} totals by {2}, up to {4:.1f} %"
        yield "new_year_exchanged", near_mirrored(places), "{0}, {1}: {2} and {3}"
        yield (
            "values_repeated",
            label_as_before(places, certain=False),
            "{0}, {1}: {3} values are those of {2}",
        )
        yield (
            "values_repeated",
            label_written_over(places, certain=False),
            "{0}, {1}: {3} values are those of {2}",
        )
    yield from _NOTED


_NOTED = (
    ("new_year_level", _FAR_PERIOD, "{0}, {1}: {2} values, times {3:.3g} of the period before"),
    ("new_value_level", _SINGLE, "{0}, {1}, {2}: times {3:.3g} of {4:g}"),
    ("rates_moved", _REBASED, "{0}: {1} values times {2:.6g}"),
)
