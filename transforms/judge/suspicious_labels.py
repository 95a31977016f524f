"""Questions about labels of one dimension: their values exchanged, repeated, alike, or those of a year before.

Each is SQL over the tables of ``compared_cells``; ``places`` are the dimensions in which there are several codes.
Called by ``suspicious_values``, which says what each answer means.
"""

from collections.abc import Sequence

from transforms.judge.compared_cells import BESIDES, PLACES, TELLING, equal, placed_alike


def _labelled(cells: str, places: Sequence[str]) -> str:
    """SQL: each of these cells once for each of its labels, with a number for all that it is besides.

    Two rows of one ``place`` with the same number ``others`` are cells that differ in their ``code`` only::

        KG 2024 F 267  ->  place sex, code F, others 8812…     place time_period, code 2024, others 4071…
    """
    besides = (", ".join(name for name in (*PLACES, *BESIDES) if name != place) for place in places)
    return f"""SELECT unnest([{", ".join(f"'{place}'" for place in places)}]) AS place,
      unnest([{", ".join(places)}]) AS code, unnest([{", ".join(f"hash({names})" for names in besides)}]) AS others, *
      FROM {cells}"""


_ONE_LABEL_APART = "a.place = b.place AND a.others = b.others"


def exchanged(places: Sequence[str]) -> str:
    """Two labels of one dimension whose cells have each other's values now: one telling pair, or three others."""
    return f"""
    WITH moved AS ({_labelled("cells WHERE changed", places)}),
    pairs AS (
      SELECT a.indicator, a.place || ' ' || a.code AS one, b.code AS other, a.old, b.old AS old_other
      FROM moved a JOIN moved b ON {_ONE_LABEL_APART} AND a.code < b.code
        AND {equal("a.new", "b.old")} AND {equal("b.new", "a.old")})
    SELECT indicator, one, other, count(*) AS pairs FROM pairs GROUP BY ALL
    HAVING max(least(abs(old), abs(old_other))) >= {TELLING}
      OR (count(DISTINCT old) >= 3 AND max(least(abs(old), abs(old_other))) >= 5)
    ORDER BY ALL LIMIT 5"""


def labels_repeated(places: Sequence[str]) -> str:
    """Labels of which most changed values, three of them different, are those that one other label had."""
    labels = [place for place in places if place not in ("indicator", "time_period")]
    return f"""
    WITH was AS ({_labelled("cells", labels)}),
    moved AS (SELECT *, place || ' ' || code AS name FROM was WHERE changed),
    taken AS (
      SELECT a.indicator, a.name, b.place || ' ' || b.code AS source, a.new
      FROM moved a JOIN was b ON {_ONE_LABEL_APART} AND a.code <> b.code AND {equal("a.new", "b.old")})
    SELECT indicator, name, source, count(*) AS same
    FROM taken JOIN (SELECT indicator, name, count(*) AS moved FROM moved GROUP BY ALL) USING (indicator, name)
    GROUP BY ALL HAVING count(DISTINCT new) FILTER (abs(new) >= 20) >= 3 AND same > 0.8 * any_value(moved)
    ORDER BY ALL LIMIT 5"""


def mirrored(places: Sequence[str]) -> str:
    """A new period in which two labels have about each other's figures of the period before.

    Only labels of which one was at least twice the other; one pair of large figures, or three of others.
    """
    labels = [place for place in places if place != "time_period"]
    return f"""
    WITH new_year AS ({_labelled("followed WHERE came AND least(new, prior) >= 5", labels)}),
    pairs AS (
      SELECT a.indicator, a.time_period, a.place || ' ' || a.code AS one, b.code AS other,
        abs(ln(a.new / b.prior)) < 0.25 AND abs(ln(b.new / a.prior)) < 0.25 AS mirrored,
        least(a.new, b.new, a.prior, b.prior) AS least_value
      FROM new_year a JOIN new_year b ON {_ONE_LABEL_APART} AND a.code < b.code AND a.prior_period = b.prior_period
      WHERE abs(ln(a.prior / b.prior)) > ln(2))
    SELECT indicator, time_period, one, other FROM pairs GROUP BY ALL
    HAVING count(*) FILTER (mirrored) * 2 > count(*)
      AND (count(*) FILTER (mirrored) >= 3 OR max(least_value) FILTER (mirrored) >= 2 * {TELLING})
    ORDER BY ALL LIMIT 5"""


def labels_alike(places: Sequence[str]) -> str:
    """Two labels that have the same values in a new or changed period: the total is that of a part, say."""
    labels = [place for place in places if place not in ("indicator", "time_period")]
    return f"""
    WITH was AS ({_labelled("cells WHERE abs(new) >= 20", labels)}),
    fresh AS (SELECT indicator, place, code, time_period, count(*) AS values FROM was GROUP BY ALL
      HAVING bool_or(came OR changed)),
    before AS (
      SELECT a.indicator, a.place, a.code AS one, b.code AS other, count(*) AS alike
      FROM was a JOIN was b ON {_ONE_LABEL_APART} AND a.code < b.code AND a.old = b.old GROUP BY ALL),
    now AS (
      SELECT a.indicator, a.place, a.time_period, a.code AS one, b.code AS other, count(*) AS alike
      FROM was a JOIN was b ON {_ONE_LABEL_APART} AND a.code < b.code AND a.new = b.new
      WHERE a.came OR a.changed OR b.came OR b.changed
      GROUP BY ALL HAVING count(DISTINCT a.new) >= 3)
    SELECT n.indicator, n.time_period || ', ' || n.place || ' ' || n.one, n.place || ' ' || n.other, n.alike
    FROM now n JOIN fresh f
      ON (f.indicator, f.place, f.code, f.time_period) = (n.indicator, n.place, n.one, n.time_period)
    LEFT JOIN before w ON (w.indicator, w.place, w.one, w.other) = (n.indicator, n.place, n.one, n.other)
    WHERE n.alike > 0.8 * f.values AND coalesce(w.alike, 0) * 3 < n.alike
    ORDER BY ALL LIMIT 5"""


# Logarithm of the odds against chance from which on it is none: one in ninety.
_NO_CHANCE = 4.5


def label_as_before(places: Sequence[str], *, certain: bool) -> str:
    """A label whose new values are all those of the period before, three of them different, as never before."""
    chances = "count(*) OVER (PARTITION BY indicator, time_period, place)"
    return _label_of_another_period(places, "SELECT * FROM followed WHERE came", chances, certain)


def label_written_over(places: Sequence[str], *, certain: bool) -> str:
    """A label whose changed values of a period are all those that another period of its own had, likewise."""
    of_series = f"""cells c JOIN cells p ON {placed_alike("c", "p", but="time_period")}
        AND c.period_start <> p.period_start AND abs(c.days - p.days) < 5"""
    # Of a large table few pairs of periods have three values in common.
    alike = f"""SELECT c.indicator, c.time_period, p.time_period FROM {of_series} AND {equal("c.new", "p.old")}
        WHERE c.changed AND abs(c.new) >= 20 GROUP BY ALL HAVING count(*) >= 3"""
    compared = f"""SELECT c.*, p.old AS prior, p.time_period AS prior_period FROM {of_series}
        WHERE c.changed AND p.old IS NOT NULL AND (c.indicator, c.time_period, p.time_period) IN ({alike})"""
    chances = """(SELECT count(DISTINCT time_period) FROM cells)
          * count(*) OVER (PARTITION BY indicator, time_period, place, prior_period)"""
    return _label_of_another_period(places, compared, chances, certain)


def _label_of_another_period(places: Sequence[str], compared: str, chances: str, certain: bool) -> str:
    """A label of which all values that are ``compared`` are those of another period, three of them different.

    ``chances``: how many labels and periods are compared with one another.
    ``certain``: those that no chance explains; else the others. Where values usually move by 3 % from year to year, 204
    is 204 again in one of 16 years, and 51 in one of 5: women and men of one area, together, in one of 80, and those
    of one of fourteen areas in one of six years. What everybody is adds nothing where women and men are known, nor a
    country beside its regions. Each label, and each period that it is compared with, is another chance. A value that
    was revised may be as far from what it was as the revision moved it.
    """
    labels = [place for place in places if place not in ("indicator", "time_period")]
    groups = [
        f"{'' if total else 'NOT '}(sex = '_T') AND {'' if region else 'NOT '}contains(ref_area, '-')"
        for total in (True, False)
        for region in (True, False)
    ]
    surprise = ", ".join(
        f"coalesce(sum(ln(1 + 2.5 * greatest(coalesce(move, 0.1), revised) * abs(new))) FILTER ({group}), 0)"
        for group in groups
    )
    same = equal("new", "prior")
    return f"""
    WITH moved AS (SELECT *, {same} AS same FROM followed WHERE abs(new) >= 20),
    compared AS (
      SELECT *, {same} AS same, CASE WHEN old * new > 0 THEN abs(ln(new / old)) END AS revised
      FROM ({compared}) WHERE abs(new) >= 20),
    labelled AS ({_labelled("compared", labels)}),
    usual AS (SELECT indicator, avg(CASE WHEN same THEN 1 ELSE 0 END) AS still FROM moved
      WHERE NOT (came OR changed) GROUP BY ALL),
    moves AS (
      SELECT indicator, greatest(0.01, median(abs(ln(new / prior)))) AS move FROM moved
      WHERE NOT same AND new / prior > 0 GROUP BY ALL)
    SELECT indicator, time_period || ', ' || place || ' ' || code, prior_period, count(*) AS values
    FROM (FROM labelled LEFT JOIN usual USING (indicator) LEFT JOIN moves USING (indicator))
    GROUP BY indicator, time_period, place, code, prior_period
    QUALIFY bool_and(same) AND count(DISTINCT new) >= 3 AND any_value(coalesce(still, 0)) < 0.1
      AND {certain} =
        (greatest({surprise}) - ln({chances}) >= {_NO_CHANCE})
    ORDER BY ALL LIMIT 5"""


def label_level(places: Sequence[str]) -> str:
    """A label whose new values are far from those of the period before, where the others' are not: one area's, say."""
    labels = [place for place in places if place not in ("indicator", "time_period")]
    return f"""
    WITH labelled AS ({_labelled("followed WHERE came AND least(new, prior) >= 20", labels)})
    SELECT indicator, time_period || ', ' || place || ' ' || code, count(*) AS values, median(new / prior) AS ratio
    FROM labelled GROUP BY indicator, time_period, place, code
    HAVING values >= 3 AND count(DISTINCT prior) >= 3 AND (ratio > $1 OR ratio < 1 / $1)
    ORDER BY ALL LIMIT 5"""


def near_mirrored(places: Sequence[str]) -> str:
    """As ``mirrored``, of labels whose figures are nearer to one another, where they never moved so far before."""
    labels = [place for place in places if place not in ("indicator", "time_period")]
    return f"""
    WITH labelled AS ({_labelled("followed WHERE least(new, prior) >= 20", labels)}),
    usual AS (
      SELECT indicator, place, code, 2.5 * median(abs(ln(new / prior))) AS usual
      FROM labelled WHERE NOT came GROUP BY ALL),
    fresh AS (SELECT * FROM labelled JOIN usual USING (indicator, place, code) WHERE came),
    pairs AS (
      SELECT a.indicator, a.time_period, a.place || ' ' || a.code AS one, b.code AS other,
        greatest(abs(ln(a.new / b.prior)), abs(ln(b.new / a.prior))) < abs(ln(a.prior / b.prior)) / 2 AS mirrored
      FROM fresh a JOIN fresh b ON {_ONE_LABEL_APART} AND a.code < b.code AND a.prior_period = b.prior_period
      WHERE abs(ln(a.prior / b.prior)) BETWEEN ln(1.15) AND ln(2)
        AND least(abs(ln(a.new / a.prior)), abs(ln(b.new / b.prior))) > greatest(a.usual, b.usual))
    SELECT indicator, time_period, one, other FROM pairs GROUP BY ALL
    HAVING count(*) FILTER (mirrored) * 2 > count(*) AND count(*) FILTER (mirrored) >= 2
    ORDER BY ALL LIMIT 5"""


def sexes_turned() -> str:
    """Women and men have changed places in a new period in one area, where no period before and few other areas did.

    Told from chance by a difference of at least three times what a toss-up makes of as many; the two together are about
    what they were. Three other areas or more kept theirs, and at most a quarter of all changed.
    """
    apart = ("sex", "ref_area", "time_period")
    series = ", ".join(f"a.{name}" for name in (*PLACES, *BESIDES) if name not in apart)
    return f"""
    WITH pairs AS (
      SELECT a.indicator, a.ref_area, a.time_period, a.period_start, hash({series}) AS series, a.came,
        a.new + b.new AS together, (a.new - b.new) / sqrt(a.new + b.new) AS lean
      FROM cells a JOIN cells b
        ON {placed_alike("a", "b", but="sex")} AND a.sex = 'F' AND b.sex = 'M' AND a.came = b.came
      WHERE a.unit_measure = 'NUMBER' AND least(a.new, b.new) >= 0 AND a.new + b.new > 0),
    usual AS (
      SELECT series, ref_area, min(lean) AS least, max(lean) AS most, arg_max(together, period_start) AS together
      FROM pairs WHERE NOT came GROUP BY ALL HAVING count(*) >= 2 AND least * most > 0),
    fresh AS (
      SELECT p.*, p.lean * least > 0 AS kept,
        p.lean * least < 0 AND least(abs(least), abs(most), abs(lean)) >= 3
          AND abs(ln(p.together / u.together)) < ln(1.5) AS turned
      FROM pairs p JOIN usual u USING (series, ref_area) WHERE came)
    SELECT indicator, time_period, string_agg(ref_area, ', ' ORDER BY ref_area) FILTER (turned)
    FROM fresh GROUP BY series, indicator, time_period
    HAVING count(*) FILTER (turned) BETWEEN 1 AND count(*) / 4 AND count(*) FILTER (kept) >= 3
    ORDER BY ALL LIMIT 5"""
