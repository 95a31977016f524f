"""The single entry point of Dagster: assets, checks, resources, jobs, schedules and sensors put together.

The same graph serves ``dvstats refresh``, ``make dev`` and the schedules. Not here: the parts (``pipelines.assets``,
``pipelines.resources``, ``pipelines.schedules``) and what of the graph a refresh runs (``pipelines.refresh``).
"""

from typing import Any

import dagster as dg

from pipelines.assets import alerts
from pipelines.assets.datasets import dataset_assets, parts_spec
from pipelines.assets.deliveries import deliver_after_release, deliver_job
from pipelines.assets.disclosure_check import disclosure_check
from pipelines.assets.overview_checks import overview_checks
from pipelines.assets.programmes import programme_assets
from pipelines.assets.release import release_assets
from pipelines.assets.site import site_after_release, site_asset, site_job
from pipelines.assets.table_checks import table_checks
from pipelines.assets.tables import table_assets
from pipelines.declarations import declarations
from pipelines.deployment import Deployment
from pipelines.inbox_sensor import inbox_sensor
from pipelines.parquet_io import ParquetTables
from pipelines.resources import Clock, DataDir, Publishers, SuiteWorkers
from pipelines.schedules import jobs_and_schedules

# So long a run from the browser or a schedule waits for another one; `dvstats refresh` does not wait.
PATIENCE_SECONDS = 3600.0


def build_defs(
    data_dir: DataDir,
    *,
    clock: Clock | None = None,
    publishers: Publishers | None = None,
    suites: SuiteWorkers | None = None,
    schedules_on: bool = False,
    executor: dg.ExecutorDefinition = dg.in_process_executor,
) -> dg.Definitions:
    """The whole graph on these resources; tests and deployments give their own."""
    declared, publishers = declarations(), publishers or Publishers()
    jobs, schedules = jobs_and_schedules(declared.datasets, publishers, on=schedules_on)
    resources: dict[str, Any] = {
        "data_dir": data_dir,
        "clock": clock or Clock(),
        "publishers": publishers,
        "suites": suites or SuiteWorkers(),
        "tables": ParquetTables(data_dir=data_dir),
    }
    return dg.Definitions(
        assets=[
            *(dataset_assets(dataset, declared.contract) for dataset in declared.datasets.values()),
            *filter(None, map(parts_spec, declared.datasets.values())),
            *table_assets(declared.contract, declared.datasets),
            *programme_assets(declared.contract),
            *release_assets(declared.contract),
            site_asset(),
        ],
        asset_checks=[
            *table_checks(declared.contract),
            disclosure_check(declared.contract),
            overview_checks(),
        ],
        jobs=[*jobs, site_job, deliver_job],
        sensors=[
            site_after_release,
            deliver_after_release,
            *alerts.SENSORS,
            inbox_sensor(data_dir, declared.datasets),
        ],
        schedules=schedules,
        resources=resources,
        executor=executor,
    )


def _celery() -> dg.ExecutorDefinition:
    """The executor of several workers, whose packages are not those of one machine."""
    from pipelines.distributed.celery_app import executor

    return executor


def deployed() -> dg.Definitions:
    """The graph as this deployment is set."""
    deployment = Deployment.of()
    return build_defs(
        DataDir(path=dg.EnvVar("DVSTATS_DATA_DIR"), patience=PATIENCE_SECONDS, apart=deployment.celery),
        clock=Clock(of_run=deployment.celery),
        executor=_celery() if deployment.celery else dg.in_process_executor,
        publishers=Publishers(live=deployment.live, mirror=deployment.mirror, contact=deployment.contact),
        schedules_on=deployment.schedules,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads, when it does: importing this module builds no graph, and a refresh builds its own."""
    return deployed()
