"""Several datasets and sources for one cell: the one of declared precedence, and every disagreement side by side."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from sources.dataset import Dataset
from sources.registers import Entry
from transforms.derive.best_observations import CELL, RANK, connect
from transforms.parse import numbers, periods


def discrepancies(
    contract: Contract,
    observations: pa.Table,
    sources: pa.Table,
    datasets: Mapping[str, Dataset],
    declared: tuple[Entry, ...],
) -> tuple[pa.Table, list[str]]:
    """Declared conflicts and those found by comparing cells; and which declared ones have a side that is not there.

    A side can be missing because its row was refused in this run: that is told, and the others are published.
    """
    table = contract.tables["discrepancies"]
    con = connect(observations, sources, datasets)
    con.execute(
        "CREATE TABLE indicators(code VARCHAR, counting_unit VARCHAR, label_en VARCHAR, label_ru VARCHAR)"
    )
    con.executemany(
        "INSERT INTO indicators VALUES (?, ?, ?, ?)",
        [[i.code, i.counting_unit, i.label.en, i.label.ru] for i in contract.indicators.values()],
    )
    problems = _declare(con, observations, declared)
    con.execute(_FOUND)
    query = f"""
        WITH pairs AS (
          SELECT * FROM named UNION ALL BY NAME
          SELECT f.* FROM found f ANTI JOIN named n
            ON (f.a_key, f.b_key) IN ((n.a_key, n.b_key), (n.b_key, n.a_key)))
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
          p.explanation_en, p.explanation_ru
        FROM pairs p JOIN observations a ON a.obs_key = p.a_key JOIN observations b ON b.obs_key = p.b_key
        JOIN indicators ia ON ia.code = a.indicator JOIN indicators ib ON ib.code = b.indicator
        ORDER BY {", ".join(table.order)}"""
    return con.sql(query).to_arrow_table().cast(arrow_schema(contract, table)), problems


# Two figures agree where the coarser one is the rounding of the finer, or where one is only a bound that holds.
_FOUND = f"""CREATE TABLE found AS
    WITH ranked AS (
      SELECT o.*, p.precedence, p.superseded_by, {RANK.format(cell=CELL)} AS rank,
        length(regexp_extract(CAST(o.obs_value AS VARCHAR), '[.](0*[1-9]+[0-9]*)$', 1)) AS decimals
      FROM observations o JOIN precedence p USING (dataset_id) LEFT JOIN sources s USING (source_id)
      WHERE o.obs_value IS NOT NULL AND o.nature IN ('C', 'CA', 'N') AND o.unit_measure <> 'PERCENT_CHANGE'),
    judged AS (
      SELECT a.obs_key AS a_key, b.obs_key AS b_key,
        least(a.decimals, b.decimals) AS shared,
        a.superseded_by = b.dataset_id OR b.superseded_by = a.dataset_id AS superseded,
        a.obs_value AS x, b.obs_value AS y, a.obs_lower AS x_low, b.obs_lower AS y_low,
        a.obs_upper AS x_high, b.obs_upper AS y_high
      FROM ranked a JOIN ranked b USING ({CELL}) WHERE a.rank = 1 AND b.rank > 1)
    SELECT 'found-' || a_key || '-' || b_key AS discrepancy_id, a_key, b_key, FALSE AS declared,
      CASE WHEN superseded THEN 'revision' ELSE 'conflict' END AS kind,
      CAST(NULL AS VARCHAR) AS topic_en, CAST(NULL AS VARCHAR) AS topic_ru,
      CASE WHEN superseded THEN 'One is from an earlier edition of the same series.' END AS explanation_en,
      CASE WHEN superseded THEN 'Одно из чисел взято из более раннего издания того же ряда.' END AS explanation_ru
    FROM judged
    WHERE round(x, CAST(shared AS INTEGER)) <> round(y, CAST(shared AS INTEGER))
      AND NOT (coalesce(x_low = x AND x_high IS NULL AND y >= x, FALSE))
      AND NOT (coalesce(y_low = y AND y_high IS NULL AND x >= y, FALSE))"""


def _declare(
    con: duckdb.DuckDBPyConnection, observations: pa.Table, declared: tuple[Entry, ...]
) -> list[str]:
    con.execute(
        "CREATE TABLE named(discrepancy_id VARCHAR, a_key VARCHAR, b_key VARCHAR, declared BOOLEAN, kind VARCHAR, "
        "topic_en VARCHAR, topic_ru VARCHAR, explanation_en VARCHAR, explanation_ru VARCHAR)"
    )
    wanted = (
        "obs_key",
        "source_id",
        "indicator",
        "ref_area",
        "time_period",
        "sex",
        "published_value",
        "breakdown",
    )
    index: dict[tuple[str, ...], list[str | None]] = {}
    for row in observations.select(wanted).sort_by("obs_key").to_pylist():
        index.setdefault(_side_key(*(row[name] for name in wanted[1:-1])), []).append(row["obs_key"])
    rows: list[list[object]] = []
    problems: list[str] = []
    for entry in declared:
        keys = [_find(entry, side, index) for side in ("a", "b")]
        missing = [side for side, key in zip("ab", keys, strict=True) if key is None]
        if missing:
            problems.extend(str(entry.error(f"side {side} is no published observation")) for side in missing)
            continue
        texts = [entry[name] or None for name in ("topic_en", "topic_ru", "explanation_en", "explanation_ru")]
        rows.append([entry["id"], *keys, True, entry["kind"], *texts])
    if rows:
        con.executemany("INSERT INTO named VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return problems


def _side_key(
    source: str, indicator: str, area: str, period: str, sex: str, figure: str | None
) -> tuple[str, ...]:
    # A withheld value has no published text.
    return (source, indicator, area, period, sex, numbers.clean(figure or ""))


def _find(entry: Entry, side: str, index: Mapping[tuple[str, ...], list[str | None]]) -> str | None:
    period = periods.parse(entry[f"{side}_period"])
    if period is None:
        return None
    key = _side_key(
        entry[f"{side}_source"], entry[f"{side}_indicator"], entry[f"{side}_area"], period.time_period,
        entry[f"{side}_sex"] or "_T", entry[f"{side}_figure"],
    )  # fmt: skip
    return index.get(key, [None])[0]
