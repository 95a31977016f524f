"""Questions about a whole period: its values those of another one, at another level, grown evenly, all round.

::

    last release   2023  812, 345, 77        new file   2024  812, 345, 77
    -> values_repeated: DV_VICTIMS, 2024: 3 values are those of 2023

Each is SQL over the tables of ``compared_cells``. Called by ``suspicious_values``, which says what each answer means.
"""

from transforms.judge.compared_cells import equal, placed_alike

# A year of which most new or changed values, three of them different, are those of the year before; nothing is said
# where figures stayed from year to year before.
YEAR_REPEATED = f"""
    WITH usual AS (
      SELECT f.indicator, avg(CASE WHEN {equal("f.old", "p.old")} THEN 1 ELSE 0 END) AS still
      FROM followed f JOIN cells p ON p.time_period = f.prior_period
        AND {placed_alike("f", "p", but="time_period")}
      WHERE f.old IS NOT NULL AND p.old IS NOT NULL GROUP BY f.indicator)
    SELECT f.indicator, f.time_period, f.prior_period, count(*) FILTER ({equal("new", "prior")}) AS same
    FROM followed f LEFT JOIN usual USING (indicator) WHERE came OR changed GROUP BY ALL
    HAVING same > 0.8 * count(*) AND any_value(coalesce(still, 0)) < 0.3
      AND count(DISTINCT new) FILTER (abs(new) >= 20 AND {equal("new", "prior")}) >= 3
    ORDER BY ALL LIMIT 5"""


# The same of any other year, of which four different values are there: a new year, or one that was written over.
YEAR_OF_ANOTHER = f"""
    WITH usual AS (
      SELECT indicator, avg(CASE WHEN {equal("new", "prior")} THEN 1 ELSE 0 END) AS still
      FROM followed WHERE NOT (came OR changed) GROUP BY ALL),
    fresh AS (
      SELECT *, count(*) OVER (PARTITION BY indicator, time_period) AS values FROM cells WHERE came OR changed)
    SELECT f.indicator, f.time_period, p.time_period, count(*) AS same
    FROM fresh f JOIN cells p ON {equal("f.new", "p.old")}
      AND {placed_alike("f", "p", but="time_period")}
      AND abs(f.days - p.days) < 5 AND f.period_start <> p.period_start
      AND (f.changed OR f.period_start > p.period_start)
    LEFT JOIN followed o ON o.prior_period = p.time_period
      AND {placed_alike("o", "f")}
    LEFT JOIN usual ON usual.indicator = f.indicator
    WHERE o.indicator IS NULL GROUP BY ALL
    HAVING same > 0.8 * any_value(values) AND any_value(coalesce(still, 0)) < 0.3
      AND count(DISTINCT f.new) FILTER (abs(f.new) >= 20) >= 4
    ORDER BY ALL LIMIT 5"""


# A new period whose figures are far from those of the period before, all together: in thousands, or of one month.
LEVEL = """
    SELECT indicator, time_period, count(*) AS values, median(new / prior) AS ratio
    FROM followed WHERE came AND prior <> 0 AND new / prior > 0 AND greatest(abs(new), abs(prior)) >= 20
    GROUP BY indicator, time_period
    HAVING (ratio > $1 OR ratio < 1 / $1) AND (values >= 3 OR ratio > 4 * $1 OR ratio < 1 / (4 * $1))
    ORDER BY ALL LIMIT 5"""


# A new period in which nearly every figure is the same multiple of its prior one, within a hundredth: people and areas
# do not grow so evenly. Or all of them are at least half as large again, or fell as much, and twice in the middle,
# where no period before moved half as far.
EVEN_GROWTH = """
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


# One new count that is far from that of the period before: of a country twice or half of it, of a region five times or
# a fifth, as where a digit was typed twice.
SINGLE_COUNT = """
    SELECT DISTINCT indicator, ref_area, time_period, new / prior AS times, prior
    FROM (SELECT *, CASE WHEN contains(ref_area, '-') THEN 5 ELSE 2 END AS far FROM followed)
    WHERE came AND unit_measure = 'NUMBER' AND prior > 0
      AND greatest(new, prior) >= 100 AND (new >= far * prior OR new <= prior / far)
    ORDER BY ALL LIMIT 20"""


# A new period whose figures went up here and down there, far more than in any period before: those of another table.
SCATTERED = """
    WITH grown AS (
      SELECT indicator, time_period, came, ln(new / prior) AS growth FROM followed WHERE least(new, prior) >= 20),
    middles AS (SELECT indicator, time_period, median(growth) AS middle FROM grown GROUP BY ALL),
    spreads AS (
      SELECT indicator, time_period, bool_and(came) AS came, count(*) AS values, median(abs(growth - middle)) AS spread
      FROM grown JOIN middles USING (indicator, time_period) GROUP BY ALL),
    usual AS (
      SELECT indicator, max(spread) AS usual, CASE WHEN count(*) >= 2 THEN 2 ELSE 3 END AS times
      FROM spreads WHERE NOT came AND values >= 5 GROUP BY ALL)
    SELECT indicator, time_period, values, exp(spread), exp(usual) FROM spreads JOIN usual USING (indicator)
    WHERE came AND values >= 6 AND spread > greatest(ln(1.25), times * usual)
    ORDER BY ALL LIMIT 5"""


# An earlier period of which nearly all counts changed, and of the others hardly one: a revision, or another year.
YEAR_REVISED = """
    WITH periods AS (
      SELECT indicator, time_period, min(period_start) AS start, count(*) AS values,
        count(*) FILTER (changed) AS moved, median(new / old) AS ratio
      FROM cells WHERE unit_measure = 'NUMBER' AND old >= 10 AND new >= 0 GROUP BY ALL),
    all_of AS (
      SELECT indicator, max(start) AS newest, sum(values) AS values, sum(moved) AS moved FROM periods GROUP BY ALL)
    SELECT indicator, time_period, p.moved, ratio FROM periods p JOIN all_of a USING (indicator)
    WHERE p.values >= 6 AND p.moved > 0.9 * p.values AND start < newest
      AND a.moved - p.moved <= 0.1 * (a.values - p.values)
    ORDER BY ALL LIMIT 5"""


# A year that was there and fell as a whole, as if part of it had been put in its place; more than it are late reports.
YEAR_MOVED = """
    SELECT indicator, time_period, count(*) FILTER (changed) AS moved, median(new / old) AS ratio
    FROM cells WHERE old >= 10 AND new >= 0 GROUP BY indicator, time_period
    HAVING count(*) >= 6 AND moved > 0.8 * count(*) AND (ratio < 0.85 OR ratio > 2)
    ORDER BY ALL LIMIT 5"""


# All counts of a new period end in 0 or 5, as few did before.
ROUND_PERIOD = """
    WITH counts AS (SELECT * FROM cells WHERE unit_measure = 'NUMBER' AND abs(new) >= 20),
    usual AS (
      SELECT indicator, avg(CASE WHEN new % 5 = 0 THEN 1 ELSE 0 END) AS share FROM counts WHERE NOT came GROUP BY ALL)
    SELECT indicator, time_period, count(*) AS values FROM counts JOIN usual USING (indicator) WHERE came
    GROUP BY indicator, time_period
    HAVING count(DISTINCT new) >= 6 AND values >= 8 AND count(*) FILTER (new % 5 <> 0) = 0 AND any_value(share) < 0.4
    ORDER BY ALL LIMIT 5"""


# Shares of a new period of which nearly all are what those of the period before leave of a hundred.
COMPLEMENT = """
    SELECT indicator, time_period, count(*) AS values, median(new / prior) AS ratio FROM followed
    WHERE came AND unit_measure = 'PERCENT' AND prior > 0
    GROUP BY indicator, time_period
    HAVING count(DISTINCT prior) >= 3 AND median(abs(new - prior)) > 15
      AND count(*) FILTER (abs(new + prior - 100) <= 5 AND abs(new - prior) > 5) > 0.8 * count(*)
    ORDER BY ALL LIMIT 5"""


# A new period in which nearly all figures fell, or grew, twice as far as those of any period before.
FAR_PERIOD = """
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
