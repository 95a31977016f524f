"""The single entry point of Dagster: assets, checks, resources, job and schedules put together.

The same graph serves ``dvstats refresh``, ``make dev`` and the schedules. Not here: the parts (``pipelines.assets``,
``pipelines.resources``, ``pipelines.schedules``) and what of the graph a refresh runs (``pipelines.refresh``).
"""

from typing import Any

import dagster as dg

from pipelines.assets.datasets import dataset_assets, parts_spec
from pipelines.assets.disclosure_check import disclosure_check
from pipelines.assets.programmes import programme_assets
from pipelines.assets.site import site_after_release, site_asset, site_job
from pipelines.assets.table_checks import table_checks
from pipelines.assets.tables import table_assets
from pipelines.declarations import declarations
from pipelines.parquet_io import ParquetTables
from pipelines.resources import Clock, DataDir, Publishers, SuiteWorkers
from pipelines.schedules import refresh_job, schedules


def build_defs(
    data_dir: DataDir,
    *,
    clock: Clock | None = None,
    publishers: Publishers | None = None,
    suites: SuiteWorkers | None = None,
) -> dg.Definitions:
    """The whole graph on these resources; tests and deployments give their own."""
    declared = declarations()
    resources: dict[str, Any] = {
        "data_dir": data_dir,
        "clock": clock or Clock(),
        "publishers": publishers or Publishers(),
        "suites": suites or SuiteWorkers(),
        "tables": ParquetTables(data_dir=data_dir),
    }
    return dg.Definitions(
        assets=[
            *(dataset_assets(dataset, declared.contract) for dataset in declared.datasets.values()),
            *filter(None, map(parts_spec, declared.datasets.values())),
            *table_assets(declared.contract, declared.datasets),
            *programme_assets(declared.contract),
            site_asset(),
        ],
        asset_checks=[*table_checks(declared.contract), disclosure_check(declared.contract)],
        jobs=[refresh_job, site_job],
        sensors=[site_after_release],
        schedules=schedules(declared.datasets),
        resources=resources,
        executor=dg.in_process_executor,
    )


defs = build_defs(DataDir(path=dg.EnvVar("DVSTATS_DATA_DIR")))
