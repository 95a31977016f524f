"""Values that are wrong as a group although each could be right: what only their neighbours of other cells show.

A file in which women and men changed places reads well, and so does one that repeats last year's figures under the new
year. Each question here compares new rows with the last release and names a group of values that a publisher hardly
means::

    last release   KG 2024 F 1065, M 267         new file   KG 2024 F 267, M 1065
    -> values_exchanged: DV_VICTIMS: sex F and M, 1 pair of values

:func:`suspicious` gives the findings, also those that hold nothing. Nothing here reads files or knows the clock.

Questions about labels, about whole periods and about totals have modules of their own (``suspicious_labels``,
``suspicious_periods``, ``suspicious_totals``); here are those about values that changed, and what each answer means.

Not here: holding the dataset, and how a declaration answers (``against_last_release``, the only caller); series that
moved by one factor, and values that were rounded (``changed_values``).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import duckdb

from transforms.judge.compared_cells import CELLS, FOLLOWED, PLACES, TELLING
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
from transforms.judge.suspicious_periods import (
    COMPLEMENT,
    EVEN_GROWTH,
    FAR_PERIOD,
    LEVEL,
    ROUND_PERIOD,
    SCATTERED,
    SINGLE_COUNT,
    YEAR_MOVED,
    YEAR_OF_ANOTHER,
    YEAR_REPEATED,
    YEAR_REVISED,
)
from transforms.judge.suspicious_totals import PART_ABOVE_WHOLE, PARTS_A_LITTLE_OFF, PARTS_ABOVE, PARTS_OFF


class Suspicion(NamedTuple):
    """A finding with what exactly; ``holds``: whether what was published stays, or it is only to be looked at."""

    finding: str
    detail: str
    holds: bool = True


def suspicious(con: duckdb.DuckDBPyConnection, factor: float, *, reviewed: bool) -> Iterator[Suspicion]:
    """What is odd about the rows that ``con`` knows as ``last`` and ``new``.

    ``factor``: what a value may change by between releases, ``expects.plausible_factor``. ``reviewed``: the rows are a
    transcription, read by a person who knows of groups of them; a digit that was typed twice is noted all the same.
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
    for finding, query, words in () if reviewed else _questions(places, changed, came):
        for row in con.execute(query, [factor] if "$1" in query else None).fetchall():
            yield Suspicion(finding, words.format(*row))
    for finding, query, words in [_FAR_COUNT] if reviewed else _noted(places):
        for row in con.execute(query).fetchall():
            yield Suspicion(finding, words.format(*row), holds=False)


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


# SQL: half of the last digit that is printed of a value and of what it was.
_HALF_DIGIT = "CASE {} ELSE 5e-7 END".format(
    " ".join(
        f"WHEN abs(old * 1e{n} - round(old * 1e{n})) < 1e-6 AND abs(new * 1e{n} - round(new * 1e{n})) < 1e-6 "
        f"THEN 5e-{n + 1}"
        for n in range(6)
    )
)


# Figures that were published moved by nearly one small factor, all of an indicator, an area or a sex: a creep that no
# revision makes. Only figures in which the factor shows behind their rounding (half of the last digit that is printed)
# say something. A rate or share has a base (people, land) that may be counted anew, in one area by one factor: only one
# and the same in several areas and years, shown by figures that are precise enough to tell it from another, is certain.
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


# What a row of an answer fills: one wording where several questions ask the same.
_REPEATED_WORDS = "{0}, {1}: {3} values are those of {2}"
_SCATTERED_WORDS = "{0}, {1}: {2} values, by {3:.3g} in the middle, before by {4:.3g} at most"
_LEVEL_WORDS = "{0}, {1}: {2} values, times {3:.3g} of the period before"


def _questions(places: Sequence[str], changed: bool, came: bool) -> Iterator[tuple[str, str, str]]:
    """Finding, query, and words that a row of its answer fills.

    ``places``: those in which there are several codes. ``changed``, ``came``: whether there are such cells; what only
    looks at them is left out otherwise.
    """
    if changed and places:
        yield "values_exchanged", exchanged(places), "{0}: {1} and {2}, {3} pairs of values"
    labels = {*places} - {"indicator", "time_period"}
    if labels:
        yield "values_repeated", labels_alike(places), _REPEATED_WORDS
        yield "parts_off_whole", PARTS_OFF, "{0}, {1}: {3} totals by {2}, up to {4:.0f} %"
    if came and labels:
        yield "values_repeated", label_as_before(places, certain=True), _REPEATED_WORDS
        yield "new_year_level", label_level(places), _LEVEL_WORDS
    if changed and labels:
        yield "values_repeated", labels_repeated(places), _REPEATED_WORDS
        yield "values_repeated", label_written_over(places, certain=True), _REPEATED_WORDS
    if came and {*places} - {"time_period"}:
        yield "new_year_exchanged", mirrored(places), "{0}, {1}: {2} and {3}"
    if came and {"sex", "ref_area"} <= {*places}:
        yield "new_year_exchanged", sexes_turned(), "{0}, {1}: sex F and M in {2}"
    yield "values_repeated", YEAR_REPEATED, _REPEATED_WORDS
    yield "values_repeated", YEAR_OF_ANOTHER, _REPEATED_WORDS
    if changed:
        yield "values_zeroed", _ZEROED, "{0}: {1} values are 0 now"
        yield "values_alike", _ALIKE, "{0}: {1:g} in {2} cells"
    if came:
        yield "new_year_level", LEVEL, _LEVEL_WORDS
        yield "new_year_level", EVEN_GROWTH, _LEVEL_WORDS
        yield "new_year_level", COMPLEMENT, _LEVEL_WORDS
        yield (
            "new_year_scattered",
            SCATTERED,
            _SCATTERED_WORDS,
        )
        yield "values_rounded", ROUND_PERIOD, "{0}, {1}: {2} values"
    if changed:
        yield "series_rescaled", _CREPT, "{0}: {1} values times {2:.6g}"
        yield "year_moved", YEAR_MOVED, "{0}, {1}: {2} values, times {3:.3g}"
        yield "values_shifted", _SHIFTED, "{0}: {1} values, {2:+.6g}"
        yield "all_changed", _ALL_CHANGED, "{0}: {1} values"
        yield "point_moved", _DIGITS, "{0}, {1}, {2}: {3:g} → {4:g}"
    yield "parts_above_whole", PARTS_ABOVE, "{0}: {1} totals, such as {2}"
    yield "part_above_whole", PART_ABOVE_WHOLE, "{0}: {1} parts, such as {2}"


def _noted(places: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The same, of groups that are published and only to be looked at."""
    if {*places} - {"indicator", "time_period"}:
        yield "parts_off_whole", PARTS_A_LITTLE_OFF, "{0}, {1}: {3} totals by {2}, up to {4:.1f} %"
        yield "new_year_exchanged", near_mirrored(places), "{0}, {1}: {2} and {3}"
        yield "values_repeated", label_as_before(places, certain=False), _REPEATED_WORDS
        yield "values_repeated", label_written_over(places, certain=False), _REPEATED_WORDS
    yield from _NOTED


_FAR_COUNT = ("new_value_level", SINGLE_COUNT, "{0}, {1}, {2}: times {3:.3g} of {4:g}")
_NOTED = (
    ("new_year_level", FAR_PERIOD, _LEVEL_WORDS),
    _FAR_COUNT,
    ("year_revised", YEAR_REVISED, "{0}, {1}: {2} values, times {3:.3g}"),
    ("rates_moved", _REBASED, "{0}: {1} values times {2:.6g}"),
)
