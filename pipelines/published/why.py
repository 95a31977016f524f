"""In what two published figures differ, in words; and what changed from figure to figure of one series.

Everything is read from the published database: the view ``figure_facts`` (unit, case, sphere, span, register, law,
source, status), the declared and found ``discrepancies``, ``series_breaks`` and ``comparability``. Not here: the
comparison of two rows and its words (``pipelines.published.figure_differences``) and how the answer looks on a terminal
(``pipelines.cli.terminal.why``). Called by ``dvstats why``.

>>> why(Path("data"), "k9da77b3b9ae221b2", "k25f4f726c46ae3bd")["reasons"][1]
'They cover different spans: 1,862 is for 2021-01-01 to 2021-12-25, 10,000 for the whole year 2021.'
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.errors import UserError
from data_contracts.sql import among
from data_contracts.strict_files import did_you_mean
from data_contracts.vocabulary import DIMENSIONS, TOTAL
from pipelines.published import find_areas
from pipelines.published.codebook import full_key
from pipelines.published.figure_differences import (
    COMPARED,
    Known,
    Row,
    change,
    changes,
    figure,
    group,
    reasons,
)
from pipelines.published.query import connect, dicts
from transforms.derive.best_observations import KIND

# ``since``: the day as exactly as the register of laws knows it, such as 2016 or 2024-06-16.
_BREAKS = """SELECT b.*, coalesce(l.in_force, l.adopted, CAST(b.break_day AS VARCHAR)) AS since
    FROM series_breaks b LEFT JOIN legal_framework l ON l.law_id = b.law_id"""


def is_key(given: str) -> bool:
    """Whether a text can be the key of an observation, or its beginning, and no indicator."""
    return re.fullmatch(r"k[0-9a-f]+", given.lower()) is not None


def why(data_dir: Path, first: str, second: str, *, language: str = "en") -> dict[str, Any]:
    """Two figures by ``obs_key`` (or its beginning): what each is, in what they differ, and why, in words.

    ``reasons``: sentences, the most telling first. ``differences`` and ``same``: what was compared, side by side.
    :class:`UserError` for an unknown or ambiguous key.
    """
    with connect(data_dir) as con:
        keys = [full_key(con, key) for key in (first, second)]
        if keys[0] == keys[1]:
            raise UserError(f"{first} and {second} are one and the same figure. Give two keys.")
        rows = {row["obs_key"]: row for row in _facts(con, keys)}
        for key in keys:
            if key not in rows:
                raise UserError(f"{key} is published no more; `dvstats trace {key}` shows what it was.")
        a, b = (rows[key] for key in keys)
        known = _known(con, [a, b], language)
    compared = [(name, made(known, a), made(known, b)) for name, made in COMPARED.items()]
    return {
        "figures": [figure(known, row) for row in (a, b)],
        "reasons": list(reasons(known, a, b)),
        "differences": [
            {"aspect": name, "name": known.say(f"name_{name}"), "a": x, "b": y}
            for name, x, y in compared
            if x != y
        ],
        "same": [
            {"aspect": name, "name": known.say(f"name_{name}"), "both": x}
            for name, x, y in compared
            if x == y and x
        ],
    }


def why_over_time(data_dir: Path, indicator: str, country: str, *, language: str = "en") -> dict[str, Any]:
    """The figures of one indicator in one country in order of time, and what changed from each to the next.

    Of the best figures of the area as a whole: of all sexes, ages, forms and relationships together, else of the widest
    group. ``change`` is the share by which a figure differs from the one before, None where the two do not cover spans
    of the same kind. ``reasons`` of a step are those of :func:`why` that explain a change.
    :class:`UserError` where there is nothing.
    """
    with connect(data_dir) as con:
        code = _indicator(con, indicator)
        area = find_areas.area(country)
        rows = _facts(con, _series_keys(con, code, area))
        if not rows:
            raise UserError(
                f"No figure of {code} is published for {area} as a whole. "
                f"`dvstats show {code}` shows where there are some."
            )
        rows.sort(key=lambda row: (row["period_end"], row["period_start"], row["obs_key"]))
        known = _known(con, rows, language)
    steps = []
    for before, row in zip([None, *rows[:-1]], rows, strict=True):
        said = [known.say("series_first")] if before is None else changes(known, before, row)
        steps.append({**figure(known, row), "change": change(before, row), "reasons": said})
    return {
        "indicator": code,
        "country": area,
        "counted": known.counted(rows[0]),
        "group": group(known, rows[0], DIMENSIONS),
        "one_case": known.word(rows[0], "one_case"),
        "register": known.word(rows[0], "register"),
        "figures": steps,
    }


# -- from the database ---------------------------------------------------------------------------------------------


def _facts(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> list[dict[str, Any]]:
    return dicts(con, f"SELECT * FROM figure_facts WHERE {among('obs_key', keys)}")


def _known(con: duckdb.DuckDBPyConnection, rows: Sequence[Row], language: str) -> Known:
    indicators = {row["indicator"] for row in rows}
    keys = [row["obs_key"] for row in rows]
    return Known(
        language,
        dicts(con, f"{_BREAKS} WHERE b.indicator IS NULL OR {among('b.indicator', sorted(indicators))}"),
        dicts(
            con,
            f"SELECT * FROM discrepancies WHERE {among('a_obs_key', keys)} AND {among('b_obs_key', keys)}",
        ),
        dicts(con, f"SELECT * FROM comparability WHERE {among('indicator', sorted(indicators))}"),
    )


def _indicator(con: duckdb.DuckDBPyConnection, given: str) -> str:
    known = {row["code"].lower(): row["code"] for row in dicts(con, "SELECT code FROM indicators")}
    if given.lower() not in known:
        close = did_you_mean(given, known.values()) or "."
        raise UserError(
            f"{given} is neither an indicator nor the key of an observation{close} `dvstats list indicators` "
            "shows indicators; the column obs_key of any table shows keys."
        )
    return str(known[given.lower()])


def _series_keys(con: duckdb.DuckDBPyConnection, indicator: str, area: str) -> list[str]:
    """Keys of the series: what is measured before a model, totals before parts, the widest age, then the longest."""
    parts = "sex, age, violence_form, relationship, kind"
    totals = " + ".join(f"CAST({name} = '{TOTAL}' AS INTEGER)" for name in DIMENSIONS if name in parts)
    ages = "coalesce(try_cast(regexp_extract(age, 'T([0-9]+)', 1) AS INT) - try_cast(substr(age, 2, 2) AS INT), 0)"
    rows = dicts(
        con,
        f"""WITH total AS (
          SELECT obs_key, sex, age, violence_form, relationship, {KIND} AS kind FROM best_observations
          WHERE indicator = $1 AND ref_area = $2 AND obs_value IS NOT NULL
            AND breakdown IN ('{TOTAL}', 'COVERAGE=PART_OF_YEAR')),
        chosen AS (
          SELECT {parts} FROM total GROUP BY {parts}
          ORDER BY kind = 'measured' DESC, {totals} DESC, {ages} DESC, count(*) DESC,
            violence_form = 'PHYSICAL_SEXUAL' DESC, {parts} LIMIT 1)
        SELECT obs_key FROM total JOIN chosen USING ({parts})""",
        [indicator, area],
    )
    return [row["obs_key"] for row in rows]
