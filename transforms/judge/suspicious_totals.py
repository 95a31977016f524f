"""Questions about totals and their parts: everybody, and women and men; a country and its regions.

Each is SQL over the tables of ``compared_cells``. Called by ``suspicious_values``, which says what each answer means.
"""

from transforms.judge.compared_cells import BESIDES, PLACES, placed_alike

# Only where they added up, to the half per cent, in nearly all cells of the last release, and all parts are there.
_ADDING_UP = f"""
    WITH wholes AS (
      SELECT 'sex' AS dimension, t.indicator, t.ref_area, t.time_period, t.old AS whole_before, t.new AS whole,
        sum(p.old) AS parts_before, sum(p.new) AS parts, count(*) AS number, count(p.old) AS number_before,
        bool_or(t.came OR t.changed OR p.came OR p.changed) AS fresh
      FROM cells t JOIN cells p
        ON {placed_alike("t", "p", but="sex")} AND p.sex IN ('F', 'M')
      WHERE t.sex = '_T' AND t.unit_measure = 'NUMBER'
      GROUP BY {", ".join(f"t.{n}" for n in (*PLACES, *BESIDES))}, t.old, t.new
      UNION ALL
      SELECT 'ref_area', t.indicator, t.ref_area, t.time_period, t.old, t.new, sum(p.old), sum(p.new), count(*),
        count(p.old), bool_or(t.came OR t.changed OR p.came OR p.changed)
      FROM cells t JOIN cells p
        ON {placed_alike("t", "p", but="ref_area")}
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


PARTS_OFF, PARTS_A_LITTLE_OFF = _OFF.format(_SEVERAL), _OFF.format(f"NOT {_SEVERAL}")


# Women and men together are more than everybody in nearly all totals, which was so in none before.
PARTS_ABOVE = f"""
    WITH wholes AS (
      SELECT t.indicator, t.ref_area, t.time_period, t.old AS whole_before, t.new AS whole,
        sum(p.old) AS parts_before, sum(p.new) AS parts
      FROM cells t JOIN cells p
        ON {placed_alike("t", "p", but="sex")} AND p.sex IN ('F', 'M')
      WHERE t.sex = '_T' AND t.unit_measure = 'NUMBER'
      GROUP BY {", ".join(f"t.{n}" for n in (*PLACES, *BESIDES))}, t.old, t.new HAVING count(*) = 2)
    SELECT indicator, count(*) FILTER (parts > whole * 1.01 + 2) AS above,
      min(ref_area || ' ' || time_period) FILTER (parts > whole * 1.01 + 2)
    FROM wholes GROUP BY indicator
    HAVING above >= 3 AND above > 0.8 * count(*)
      AND count(*) FILTER (parts_before > whole_before * 1.01 + 2) = 0 AND count(whole_before) >= 3
    ORDER BY ALL"""


# A figure of women, men or a region that is far above the total that it is a part of, which none was before.
PART_ABOVE_WHOLE = f"""
    WITH parts AS (
      SELECT 'sex' AS dimension, t.indicator, t.ref_area, t.time_period, t.old AS whole_before, t.new AS whole,
        p.old AS part_before, p.new AS part, t.came OR t.changed OR p.came OR p.changed AS fresh
      FROM cells t JOIN cells p ON {placed_alike("t", "p", but="sex")} AND p.sex IN ('F', 'M')
      WHERE t.sex = '_T' AND t.unit_measure = 'NUMBER'
      UNION ALL
      SELECT 'ref_area', t.indicator, p.ref_area, t.time_period, t.old, t.new, p.old, p.new,
        t.came OR t.changed OR p.came OR p.changed
      FROM cells t JOIN cells p
        ON {placed_alike("t", "p", but="ref_area")}
        AND starts_with(p.ref_area, t.ref_area || '-')
      WHERE NOT contains(t.ref_area, '-') AND t.unit_measure = 'NUMBER')
    SELECT indicator, count(*) FILTER (above), min(ref_area || ' ' || time_period) FILTER (above)
    FROM (SELECT *, fresh AND part > 1.5 * whole AND part > whole + 50 AS above FROM parts)
    GROUP BY dimension, indicator
    HAVING count(*) FILTER (above) > 0 AND count(*) FILTER (part_before > whole_before) = 0 AND count(whole_before) >= 3
    ORDER BY ALL"""
