"""What two releases say differently, observation by observation.

Not here: the history of one observation (``trace``) and the notes of a release (``pipelines.release.notes``). Called
by ``dvstats diff``.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.arrow import read_table
from data_contracts.connection import open_duckdb
from data_contracts.errors import NothingThereError, UserError
from data_contracts.load import contract
from data_contracts.sql import among
from pipelines.published import find_areas
from pipelines.published.releases import release_folder
from pipelines.release.manifest import release_names
from transforms.normalize.former_keys import renewed
from transforms.normalize.keys import renewed_keys

_QUERY = """
    SELECT
      CASE WHEN a.obs_key IS NULL THEN 'added'
           WHEN b.obs_key IS NULL THEN 'withdrawn'
           WHEN a.obs_value IS DISTINCT FROM b.obs_value THEN 'revised'
           ELSE 'reflagged' END AS change,
      coalesce(b.indicator, a.indicator) AS indicator,
      coalesce(b.ref_area, a.ref_area) AS ref_area,
      coalesce(b.time_period, a.time_period) AS time_period,
      coalesce(b.sex, a.sex) AS sex,
      coalesce(b.age, a.age) AS age,
      coalesce(b.breakdown, a.breakdown) AS breakdown,
      a.obs_value AS old_value,
      b.obs_value AS new_value,
      b.obs_value - a.obs_value AS difference,
      CASE WHEN a.obs_value <> 0 THEN (b.obs_value - a.obs_value) / a.obs_value END AS relative_difference,
      a.obs_status AS old_status,
      b.obs_status AS new_status,
      CASE WHEN a.obs_key IS NOT NULL AND b.obs_key IS NOT NULL THEN concat_ws(
        ', ',
        CASE WHEN a.obs_lower IS DISTINCT FROM b.obs_lower THEN 'obs_lower' END,
        CASE WHEN a.obs_upper IS DISTINCT FROM b.obs_upper THEN 'obs_upper' END,
        CASE WHEN a.note IS DISTINCT FROM b.note THEN 'note' END,
        CASE WHEN a.source_id IS DISTINCT FROM b.source_id THEN 'source_id' END) END AS also_changed,
      coalesce(b.dataset_id, a.dataset_id) AS dataset_id,
      obs_key
    FROM older a FULL JOIN newer b USING (obs_key)
    WHERE a.obs_key IS NULL OR b.obs_key IS NULL
      OR (a.obs_value, a.obs_status, a.obs_lower, a.obs_upper, a.note, a.source_id)
         IS DISTINCT FROM (b.obs_value, b.obs_status, b.obs_lower, b.obs_upper, b.note, b.source_id)"""


def diff(
    data_dir: Path,
    release: str,
    other: str | None,
    *,
    countries: Sequence[str] = (),
    indicators: Sequence[str] = (),
    datasets: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Rows that differ between two releases, from the older to the newer; ``other`` None means the latest.

    ``change`` is added, withdrawn, revised (another value) or reflagged (another status, interval, note or source);
    ``also_changed`` names the columns beside value and status, None where the row is in one release only.
    Filters take codes, of a country also its name; a country includes its regions. :class:`NothingThereError` where
    there is one release only.
    """
    if other is None and len(release_names(data_dir)) == 1 and release_folder(data_dir, release):
        raise NothingThereError(
            f"{release} is the only release in {data_dir}: there is nothing to compare it with. A refresh that finds "
            "something new publishes the next one."
        )
    older, newer = sorted(
        (release_folder(data_dir, release), release_folder(data_dir, other)), key=lambda folder: folder.name
    )
    chosen = [find_areas.country(given) for given in countries]
    wanted = {"left(ref_area, 2)": chosen, "indicator": indicators, "dataset_id": datasets}
    conditions = [
        among(f"lower({column})", [code.lower() for code in codes])
        for column, codes in wanted.items()
        if codes
    ]
    query = f"SELECT * FROM ({_QUERY}) WHERE {' AND '.join(conditions) or 'true'} ORDER BY ALL"
    with open_duckdb() as con:
        # A release from before keys began with a letter, or codes were renamed, is compared under the present ones.
        renamed = contract().renamed
        try:
            for name, folder in (("older", older), ("newer", newer)):
                rows_of = renewed_keys(read_table(folder / "observations" / "observations.parquet"))
                con.register(name, renewed(rows_of, renamed))
            rows: list[dict[str, Any]] = con.sql(query).to_arrow_table().to_pylist()
        except (duckdb.BinderException, KeyError) as error:
            raise UserError(
                f"{older.name} and {newer.name} cannot be compared: their tables have other columns, because another "
                "version of dvstats published one of them. Compare releases of one version, or open both in DuckDB."
            ) from error
    return rows


def summary(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How many rows of a difference there are by change, country, indicator and dataset."""
    counts = Counter(
        (row["change"], row["ref_area"].split("-")[0], row["indicator"], row["dataset_id"]) for row in rows
    )
    names = ("change", "country", "indicator", "dataset_id")
    return [{**dict(zip(names, key, strict=True)), "observations": counts[key]} for key in sorted(counts)]
