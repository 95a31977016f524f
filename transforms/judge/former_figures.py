"""Figures that went back: a file whose changed figures are all those of an earlier release.

::

    releases   KG 2024 100, then 104        new file   KG 2024 100, in another order of lines or packed
    -> figures_went_back: DV_CASES: 60 values

A copy of an older edition need not have its bytes: a portal restored from a backup writes its lines in another order,
ends them otherwise, packs them anew. What it says is the same, and the history knows it.

Not here: older editions that are recognized by their bytes, and holding the dataset (``against_last_release``, the only
caller).
"""

from collections.abc import Collection, Iterator

import duckdb
import pyarrow as pa

from transforms.normalize.keys import SAME_NUMBER

# So many figures do not go back by chance, and a publisher that undoes a slip mends fewer.
SEVERAL = 3

# Of each file with changed values: how many there are, how many are those of a version that is no more in force, and
# how many of its rows were never published.
_WENT_BACK = f"""
    WITH former AS (
      SELECT DISTINCT obs_key, {SAME_NUMBER.format("obs_value")} AS value FROM history WHERE valid_to IS NOT NULL),
    compared AS (
      SELECT n.raw_sha256, n.indicator, n.obs_key, {SAME_NUMBER.format("n.obs_value")} AS value,
        l.obs_key IS NULL AS came,
        n.obs_value IS NOT NULL AND l.obs_value IS NOT NULL
          AND {SAME_NUMBER.format("n.obs_value")} <> {SAME_NUMBER.format("l.obs_value")} AS changed
      FROM new n LEFT JOIN last l USING (obs_key) WHERE n.raw_sha256 NOT IN (SELECT unnest($1)))
    SELECT string_agg(DISTINCT c.indicator, ', ' ORDER BY c.indicator) FILTER (c.changed),
      count(*) FILTER (c.changed) AS moved, count(*) FILTER (c.came AND f.obs_key IS NULL) AS never
    FROM compared c LEFT JOIN former f ON f.obs_key = c.obs_key AND f.value = c.value
    GROUP BY c.raw_sha256
    HAVING moved > 0 AND moved = count(*) FILTER (c.changed AND f.obs_key IS NOT NULL)
    ORDER BY c.raw_sha256"""


def went_back(
    con: duckdb.DuckDBPyConnection, history: pa.Table, passed_over: Collection[str]
) -> Iterator[tuple[str, bool]]:
    """Of each file whose changed figures all went back how many did, and whether it can only be an older edition.

    ``con`` knows the tables ``last`` and ``new``. ``history``: every version that was published of the dataset.
    ``passed_over``: checksums of files of which nothing is asked.
    """
    con.register("history", history)
    for indicators, moved, never in con.execute(_WENT_BACK, [list(passed_over)]).fetchall():
        yield f"{indicators}: {moved} values", moved >= SEVERAL and not never
