"""The files of one dataset together: equal observations count once, contradicting ones are both refused.

Example: the first half-year is in two files. Where both print 120, the row of the file that was received first stays;
where one prints 120 and the other 210, both rows go to quarantine. Values are equal when they agree to 15 significant
digits (12.3 and 12.300000000000002 are one number written by two programs).

Several rows for one key *inside* a file are judged by ``transforms.normalize``; several datasets for one cell by
``transforms.derive.best_observations``.
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from data_contracts import checks
from transforms.normalize.facts import FileFacts
from transforms.normalize.keys import SAME_NUMBER
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row


def merge(
    shared: Normalizer, dataset_id: str, good: pa.Table, paths: Mapping[str, str]
) -> tuple[pa.Table, pa.Table]:
    """Good rows without repetitions, and the quarantine rows of contradictions; ``paths``: file of each checksum."""
    value = f"coalesce({SAME_NUMBER.format('obs_value')}, '')"
    with duckdb.connect() as con:
        con.register("good", good)
        con.execute(
            f"""CREATE TABLE twice AS
            SELECT obs_key, count(DISTINCT {value} || obs_status) AS versions,
              arg_min(raw_sha256, (retrieved_at, raw_sha256)) AS first_file
            FROM good GROUP BY obs_key HAVING count(*) > 1"""
        )
        names = ", ".join(good.schema.names)
        kept = con.sql(
            f"""SELECT {names} FROM good g WHERE NOT EXISTS (
              SELECT 1 FROM twice t WHERE t.obs_key = g.obs_key AND (versions > 1 OR g.raw_sha256 <> first_file))"""
        ).to_arrow_table()
        both = con.execute(
            "SELECT raw_sha256, raw_locator, published_value, retrieved_at FROM good JOIN twice USING (obs_key) "
            "WHERE versions > 1 ORDER BY ALL"
        ).fetchall()
    sentence = checks.sentence(shared.contract, "duplicate_key")
    rows = [
        refused_row(
            dataset_id,
            "duplicate_key",
            sentence.en,
            sentence.ru,
            FileFacts(sha, when, paths[sha]),
            locator=locator,
            value=value,
        )
        for sha, locator, value, when in both
    ]
    return kept.cast(good.schema), shared.quarantine(rows)
