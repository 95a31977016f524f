"""What two releases say differently."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from pipelines.published.releases import release_folder


def diff(data_dir: Path, release: str, other: str | None) -> list[dict[str, Any]]:
    """Rows that differ between two releases, by the history of the later one."""
    first, second = release_folder(data_dir, release), release_folder(data_dir, other)
    if first.name > second.name:
        first, second = second, first
    tables = [pq.read_table(folder / "observations" / "observations.parquet") for folder in (first, second)]
    con = duckdb.connect()
    con.register("a", tables[0])
    con.register("b", tables[1])
    query_text = """
        SELECT CASE WHEN a.obs_key IS NULL THEN 'added' WHEN b.obs_key IS NULL THEN 'withdrawn'
                    WHEN a.obs_value IS DISTINCT FROM b.obs_value THEN 'revised' ELSE 'reflagged' END AS change,
          coalesce(b.indicator, a.indicator) AS indicator, coalesce(b.ref_area, a.ref_area) AS ref_area,
          coalesce(b.time_period, a.time_period) AS time_period, coalesce(b.sex, a.sex) AS sex,
          coalesce(b.age, a.age) AS age, coalesce(b.breakdown, a.breakdown) AS breakdown,
          a.obs_value AS old_value, b.obs_value AS new_value, b.obs_value - a.obs_value AS difference,
          CASE WHEN a.obs_value <> 0 THEN (b.obs_value - a.obs_value) / a.obs_value END AS relative_difference,
          a.obs_status AS old_status, b.obs_status AS new_status,
          coalesce(b.dataset_id, a.dataset_id) AS dataset_id, obs_key
        FROM a FULL JOIN b USING (obs_key)
        WHERE a.obs_key IS NULL OR b.obs_key IS NULL
          OR (a.obs_value, a.obs_status, a.obs_lower, a.obs_upper, a.note, a.source_id)
             IS DISTINCT FROM (b.obs_value, b.obs_status, b.obs_lower, b.obs_upper, b.note, b.source_id)
        ORDER BY ALL"""
    rows: list[dict[str, Any]] = con.sql(query_text).to_arrow_table().to_pylist()
    return rows
