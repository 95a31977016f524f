"""Every disagreement of two published figures, side by side: declared by a reviewer, or found by comparing cells.

A found one has a kind by rule and a sentence that says in what the two differ (publisher, date, rounding, edition,
population base).

Not here: which figure of a cell is the best (``best_observations``). Called by ``pipelines.assets.derived_tables``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.insert import insert_rows
from data_contracts.model import Contract
from data_contracts.sql import among
from data_contracts.vocabulary import DIMENSIONS, TOTAL
from sources.bundled_registers import Entry
from transforms.derive.best_observations import CELL
from transforms.parse import read_numbers, read_periods

# Counts of what is there on a day: a part of the year may well exceed the figure of the year.
_STOCKS = ("service", "place", "family", "money", "index", "survey_answer")
# Rates of one thing by two publishers differ by their population figures; beyond this they differ by more.
_BASE_EFFECT = 0.25


def discrepancies(
    contract: Contract,
    con: duckdb.DuckDBPyConnection,
    declared: tuple[Entry, ...],
    last: pa.Table | None = None,
) -> tuple[pa.Table, list[str]]:
    """Declared conflicts and those found by comparing cells; and which declared ones have a side that is not there.

    ``con``: knows the ranked candidates of every cell (``best_observations.connect``). ``last``: the table of the last
    release, which those found among others than the ``groups`` of ``con`` are taken from. A side can be missing because
    its row was refused in this run: a sentence says so, and the others are published.
    """
    table = contract.tables["discrepancies"]
    con.execute(
        "CREATE TEMP TABLE indicators(code VARCHAR, counting_unit VARCHAR, label_en VARCHAR, label_ru VARCHAR)"
    )
    insert_rows(
        con,
        "indicators",
        [[i.code, i.counting_unit, i.label.en, i.label.ru] for i in contract.indicators.values()],
    )
    problems = _declare(con, declared)
    for macro in _MACROS:
        con.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")
    con.execute(_FOUND)
    con.execute(_PARTS)
    rows = con.sql(f"{_SIDE_BY_SIDE} ORDER BY {', '.join(table.order)}").to_arrow_table().to_pylist()
    for row in rows:
        _explain(contract, row)
    made = pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))
    if last is None:
        return made, problems
    con.register("last_discrepancies", last)
    kept = con.sql(
        """SELECT * FROM last_discrepancies l WHERE NOT declared AND NOT EXISTS (
          SELECT 1 FROM groups g WHERE g.indicator = l.a_indicator AND g.ref_area = l.ref_area)"""
    ).to_arrow_table()
    together = pa.concat_tables([made, kept.cast(made.schema)])
    return together.sort_by([(name, "ascending") for name in table.order]), problems


_SIDE_BY_SIDE = """
    WITH pairs AS (
      SELECT * FROM named UNION ALL BY NAME
      SELECT f.* FROM found f ANTI JOIN named n
        ON (f.a_key, f.b_key) IN ((n.a_key, n.b_key), (n.b_key, n.a_key))),
    -- Few of all observations; a join with all of them would carry each through it, twice.
    sides AS MATERIALIZED (FROM observations WHERE obs_key IN (SELECT unnest([a_key, b_key]) FROM pairs))
    SELECT p.discrepancy_id, left(a.ref_area, 2) AS country, p.kind AS discrepancy_kind, p.declared,
      coalesce(p.topic_en, ia.label_en || ', ' || a.ref_area || ', ' || a.time_period) AS topic_en,
      coalesce(p.topic_ru, ia.label_ru || ', ' || a.ref_area || ', ' || a.time_period) AS topic_ru,
      a.ref_area, a.sex,
      a.obs_key AS a_obs_key, a.indicator AS a_indicator, a.time_period AS a_time_period, a.obs_value AS a_value,
      a.unit_measure AS a_unit, ia.counting_unit AS a_counting_unit, a.dataset_id AS a_dataset_id,
      a.source_id AS a_source_id,
      b.obs_key AS b_obs_key, b.indicator AS b_indicator, b.time_period AS b_time_period, b.obs_value AS b_value,
      b.unit_measure AS b_unit, ib.counting_unit AS b_counting_unit, b.dataset_id AS b_dataset_id,
      b.source_id AS b_source_id,
      b.obs_value - a.obs_value AS difference,
      CASE WHEN a.obs_value <> 0 THEN (b.obs_value - a.obs_value) / a.obs_value END AS relative_difference,
      p.explanation_en, p.explanation_ru, p.finding,
      sa.publisher AS a_publisher, sa.published AS a_published, sa.seen AS a_seen, a.published_value AS a_text,
      sb.publisher AS b_publisher, sb.published AS b_published, sb.seen AS b_seen, b.published_value AS b_text
    FROM pairs p JOIN sides a ON a.obs_key = p.a_key JOIN sides b ON b.obs_key = p.b_key
    JOIN indicators ia ON ia.code = a.indicator JOIN indicators ib ON ib.code = b.indicator
    LEFT JOIN sources sa ON sa.source_id = a.source_id LEFT JOIN sources sb ON sb.source_id = b.source_id"""


def _explain(contract: Contract, row: dict[str, Any]) -> None:
    """Fill the explanation of a found discrepancy: what each side says, then in what they differ."""
    if row["declared"]:
        return
    sides, why = contract.sentences["found_sides"], contract.sentences[f"found_{row['finding']}"]
    for language, template, reason in (("en", sides.en, why.en), ("ru", sides.ru, why.ru)):
        words = {side: _side(contract, row, side, language) for side in "ab"}
        row[f"explanation_{language}"] = f"{template.format(**words)} {reason}"


def _side(contract: Contract, row: Mapping[str, Any], side: str, language: str) -> str:
    known = "published" if row[f"{side}_published"] else "seen"
    dated = getattr(contract.sentences[f"found_{known}"], language).format(date=row[f"{side}_{known}"])
    period = "" if row["a_time_period"] == row["b_time_period"] else f" ({row[f'{side}_time_period']})"
    return f"{row[f'{side}_publisher'] or row[f'{side}_source_id']} ({dated}): {row[f'{side}_text']}{period}"


_COLUMNS = """'found-' || a_key || '-' || b_key AS discrepancy_id, a_key, b_key, FALSE AS declared,
      CAST(NULL AS VARCHAR) AS topic_en, CAST(NULL AS VARCHAR) AS topic_ru,
      CAST(NULL AS VARCHAR) AS explanation_en, CAST(NULL AS VARCHAR) AS explanation_ru"""
# A figure that is only a bound: "more than 400", "up to 500".
_MACROS = (
    "from_below(figure, low, high) AS coalesce(low = figure AND high IS NULL, FALSE)",
    "from_above(figure, low, high) AS coalesce(high = figure AND low IS NULL, FALSE)",
)
# Two figures of a cell agree where one has only more digits after the point than the other, or where one is only a
# bound that holds. ``finding`` names the sentence that explains the pair.
_FOUND = f"""CREATE TEMP TABLE found AS
    WITH judged AS (
      SELECT a.obs_key AS a_key, b.obs_key AS b_key, a.unit_measure,
        a.superseded_by = b.dataset_id OR b.superseded_by = a.dataset_id AS superseded,
        a.obs_status = 'D' OR b.obs_status = 'D' AS other_definition,
        rounds(a.obs_value, b.obs_value) OR rounds(b.obs_value, a.obs_value) AS rounded,
        greatest(digits(a.obs_value), digits(b.obs_value)) > 0 AS fraction,
        least(digits(a.obs_value), digits(b.obs_value)) AS shared,
        -- "<5" has no value: it says as much as "up to 5".
        coalesce(a.obs_value, a.obs_upper) AS x, coalesce(b.obs_value, b.obs_upper) AS y,
        a.obs_lower AS x_low, b.obs_lower AS y_low, a.obs_upper AS x_high, b.obs_upper AS y_high
      FROM rivals a JOIN rivals b USING ({CELL})
      WHERE a.rank = 1 AND b.rank > 1 AND a.kind = 'measured' AND b.kind = 'measured'
        AND a.unit_measure <> 'PERCENT_CHANGE'),
    differing AS (
      SELECT *, CASE WHEN other_definition THEN 'different_scope' WHEN superseded THEN 'revision'
          WHEN rounded THEN 'rounding'
          WHEN starts_with(unit_measure, 'PER_') AND abs(y - x) <= {_BASE_EFFECT} * abs(x) THEN 'different_base'
          ELSE 'conflict' END AS kind
      FROM judged
      WHERE x <> y AND NOT (rounded AND fraction AND shared >= 0)
        AND NOT (x < y AND (from_below(x, x_low, x_high) OR from_above(y, y_low, y_high)))
        AND NOT (x > y AND (from_above(x, x_low, x_high) OR from_below(y, y_low, y_high))))
    SELECT {_COLUMNS}, kind, kind AS finding FROM differing"""
# A part of a period that exceeds the whole of it, both the best of their cells.
_PARTS = f"""INSERT INTO found BY NAME
    WITH spans AS (SELECT *, coalesce(obs_value, obs_upper) AS figure FROM ranked WHERE rank = 1 AND kind = 'measured'),
    pairs AS (
      SELECT a.obs_key AS a_key, b.obs_key AS b_key, a.obs_status = 'D' OR b.obs_status = 'D' AS other_definition
      FROM spans a JOIN spans b
        ON {" AND ".join(f"a.{name} = b.{name}" for name in CELL.split(", ") if name != "time_period")}
      JOIN indicators i ON i.code = a.indicator
      WHERE a.unit_measure = 'NUMBER' AND i.counting_unit NOT IN {_STOCKS} AND a.indicator <> 'POPULATION'
        AND a.time_period <> b.time_period
        AND a.period_start >= b.period_start AND a.period_end <= b.period_end AND a.figure > b.figure
        AND NOT from_below(b.figure, b.obs_lower, b.obs_upper) AND NOT from_above(a.figure, a.obs_lower, a.obs_upper))
    SELECT {_COLUMNS}, CASE WHEN other_definition THEN 'different_scope' ELSE 'parts_do_not_add_up' END AS kind,
      'part_above_whole' AS finding FROM pairs"""


def _declare(con: duckdb.DuckDBPyConnection, declared: Sequence[Entry]) -> list[str]:
    con.execute(
        "CREATE TEMP TABLE named(discrepancy_id VARCHAR, a_key VARCHAR, b_key VARCHAR, declared BOOLEAN, kind VARCHAR, "
        "topic_en VARCHAR, topic_ru VARCHAR, explanation_en VARCHAR, explanation_ru VARCHAR, finding VARCHAR)"
    )
    side = ("source_id", "indicator", "ref_area", "time_period", "sex", "published_value")
    groups = [name for name in DIMENSIONS if name not in side]
    index: dict[tuple[str, ...], list[str | None]] = {}
    sources = sorted({entry[f"{letter}_source"] for entry in declared for letter in "ab"})
    columns = ", ".join(("obs_key", *side, *groups))
    named = con.sql(f"SELECT {columns} FROM observations WHERE {among('source_id', sources)}")
    # A source may print the same number for all and for a group: the entry names no group, so all come first.
    whole_first = sorted(
        named.to_arrow_table().to_pylist(),
        key=lambda row: (sum(row[name] != TOTAL for name in groups), row["obs_key"]),
    )
    for row in whole_first:
        index.setdefault(_side_key(*(row[name] for name in side)), []).append(row["obs_key"])
    rows: list[list[object]] = []
    problems: list[str] = []
    for entry in declared:
        keys = [_find(entry, letter, index) for letter in ("a", "b")]
        missing = [letter for letter, key in zip("ab", keys, strict=True) if key is None]
        if missing:
            problems.extend(
                str(entry.error(f"side {letter} is no published observation")) for letter in missing
            )
            continue
        texts = [entry[name] or None for name in ("topic_en", "topic_ru", "explanation_en", "explanation_ru")]
        rows.append([entry["id"], *keys, True, entry["kind"], *texts, None])
    insert_rows(con, "named", rows)
    return problems


def _side_key(
    source: str, indicator: str, area: str, period: str, sex: str, figure: str | None
) -> tuple[str, ...]:
    # A withheld value has no published text.
    return (source, indicator, area, period, sex, read_numbers.clean(figure or ""))


def _find(entry: Entry, side: str, index: Mapping[tuple[str, ...], list[str | None]]) -> str | None:
    period = read_periods.parse(entry[f"{side}_period"])
    if period is None:
        return None
    key = _side_key(
        entry[f"{side}_source"],
        entry[f"{side}_indicator"],
        entry[f"{side}_area"],
        period.time_period,
        entry[f"{side}_sex"] or "_T",
        entry[f"{side}_figure"],
    )
    return index.get(key, [None])[0]
