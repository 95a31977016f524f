"""The files of one dataset together: equal observations count once, contradicting ones are both refused.

Example: the first half-year is in two files. Where both print 120, the row of the file that was received first stays;
where one prints 120 and the other 210, or "<5" and "<10", both rows go to quarantine. What counts as one number, and as
a contradiction, is in ``transforms.normalize.keys``.

Not here: several rows for one key *inside* a file (``transforms.normalize``), and several datasets for one cell
(``transforms.derive.best_observations``).

Called by ``transforms.files_to_observations``.
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from data_contracts import checks
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.keys import SAID, VERSIONS
from transforms.normalize.normalizer import Normalizer
from transforms.normalize.quarantine import refused_row


def merge(
    shared: Normalizer, dataset_id: str, good: pa.Table, paths: Mapping[str, str]
) -> tuple[pa.Table, pa.Table]:
    """Good rows without repetitions, and the quarantine rows of contradictions; ``paths``: file of each checksum."""
    with duckdb.default_connection().cursor() as con:
        con.register("good", good)
        con.execute(
            f"""CREATE TEMP TABLE twice AS
            SELECT obs_key, {VERSIONS} AS versions,
              arg_min(raw_sha256, (retrieved_at, raw_sha256)) AS first_file
            FROM good GROUP BY obs_key HAVING count(*) > 1"""
        )
        if not con.execute("SELECT EXISTS (FROM twice)").fetchall()[0][0]:
            return good, shared.quarantine([])
        names = ", ".join(good.schema.names)
        kept = con.sql(
            f"""SELECT {names} FROM good g WHERE NOT EXISTS (
              SELECT 1 FROM twice t WHERE t.obs_key = g.obs_key AND (versions > 1 OR g.raw_sha256 <> first_file))"""
        ).to_arrow_table()
        both = con.execute(
            f"""WITH contradicting AS (
              SELECT obs_key, raw_sha256, raw_locator, published_value, retrieved_at, {SAID} AS said
              FROM good JOIN twice USING (obs_key) WHERE versions > 1)
            SELECT c.raw_sha256, c.raw_locator, c.published_value, c.retrieved_at,
              arg_min([o.raw_sha256, o.raw_locator], (o.retrieved_at, o.raw_sha256)) AS other
            FROM contradicting c JOIN contradicting o ON o.obs_key = c.obs_key AND o.said <> c.said
            GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
    rows = []
    for sha, locator, text, when, (other_sha, other_locator) in both:
        other = f"{paths[other_sha]}, {other_locator}"
        sentence = checks.sentence(shared.contract, "duplicate_key", place=other)
        file = FileFacts(sha, when, paths[sha])
        rows.append(
            refused_row(
                dataset_id, "duplicate_key", sentence.en, sentence.ru, file, locator=locator, value=text
            )
        )
    return kept.cast(good.schema), shared.quarantine(rows)
