"""The single Dagster entry point: the same graph for ``dvstats refresh``, ``make dev`` and the schedules."""

import dagster as dg

from pipelines.assets import dataset_asset, table_assets, table_checks
from pipelines.resources import Clock, DataDir, Publishers, declarations
from pipelines.schedules import refresh_job, schedules

_declared = declarations()

defs = dg.Definitions(
    assets=[
        *(dataset_asset(dataset, _declared.contract) for dataset in _declared.datasets.values()),
        *table_assets(_declared.contract, _declared.datasets),
    ],
    asset_checks=table_checks(_declared.contract),
    jobs=[refresh_job],
    schedules=schedules(_declared.datasets),
    resources={
        "data_dir": DataDir(path=dg.EnvVar("DVSTATS_DATA_DIR")),
        "clock": Clock(),
        "publishers": Publishers(),
    },
    executor=dg.in_process_executor,
)
