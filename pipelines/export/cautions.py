"""What a reader of the workbook must know: the caution of every exported row, the key figures, the gaps.

The views of ``data_contracts/database_views.yaml`` word cautions and find gaps; here they run on the exported
selection, with every observation in the place of the best ones, so that a row that is not preferred has its caution
too. What may not be handed on (``--licence open``) is left out before, so that no caution repeats it. Not here: the
sheets (``front_sheet``, ``sheets``). Called by ``workbook``.
"""

from dataclasses import dataclass
from typing import Any

import duckdb

from data_contracts.connection import open_duckdb
from data_contracts.database_statements import create_views
from data_contracts.sql import literal
from pipelines.export.selection import Export
from pipelines.published.key_figures import Figure, national_figures

_ROWS_OF_DATASETS = ("observations", "observation_history")


@dataclass(frozen=True)
class Reading:
    """Key figures to choose from, and how many requirements of each framework a country answers how far.

    ``requirements``: country, framework, ``published``, ``only a total`` or ``nothing``, number.
    """

    figures: list[Figure]
    requirements: list[tuple[Any, ...]]


def read(job: Export) -> Reading:
    """Puts the table ``cautions`` (obs_key, caution_en, caution_ru) beside the exported rows; gives the rest."""
    picked = job.con.sql("SELECT obs_key FROM picked").to_arrow_table()
    with open_duckdb() as con:
        con.register("picked", picked)
        _views(con, job)
        con.execute("CREATE TEMP TABLE chosen AS SELECT f.* FROM figures f JOIN picked USING (obs_key)")
        cautions = con.sql(
            "SELECT obs_key, caution_en, caution_ru FROM chosen WHERE caution_en <> ''"
        ).to_arrow_table()
        con.execute(
            "CREATE TEMP VIEW shown_figures AS FROM chosen WHERE obs_key IN (SELECT obs_key FROM preferred)"
        )
        reading = Reading(
            figures=national_figures(con, "shown_figures"),
            requirements=con.execute(
                """SELECT country, framework, coalesce(n.found, 'published') AS found, count(*)
                FROM (SELECT DISTINCT country, framework, requirement FROM coverage)
                LEFT JOIN not_published n USING (country, framework, requirement) GROUP BY ALL ORDER BY ALL"""
            ).fetchall(),
        )
    job.con.register("cautions", cautions)
    return reading


def _views(con: duckdb.DuckDBPyConnection, job: Export) -> None:
    """The release as the views expect it, without what was not chosen or may not be handed on."""
    filters, release = job.filters, job.source
    for name in job.contract.tables:
        files = f"read_parquet({literal(str(release / name / f'{name}.parquet'))})"
        condition = "true"
        if name in _ROWS_OF_DATASETS:
            datasets = f"read_parquet({literal(str(release / 'datasets' / 'datasets.parquet'))})"
            condition = f"dataset_id IN (SELECT d.dataset_id FROM {datasets} d WHERE {filters.licensed('d')})"
        elif name == "coverage":
            condition = f"{filters.national('country')} AND {filters.dated('year')}"
        # What the views call the best ones are all rows here; the best themselves are kept as `preferred`.
        view = "preferred" if name == "best_observations" else name
        con.execute(f"CREATE VIEW {view} AS SELECT * FROM {files} t WHERE {condition}")
    con.execute(
        """CREATE VIEW best_observations AS
        SELECT o.*, p.precedence, p.candidates FROM observations o LEFT JOIN preferred p ON p.obs_key = o.obs_key"""
    )
    create_views(con)
