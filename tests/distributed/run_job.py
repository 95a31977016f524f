"""One run of the job ``refresh_offline`` over some bundled datasets, its steps on whoever DVSTATS_EXECUTOR says.

::

    python tests/distributed/run_job.py EPOCH DATASET…        exit status 0 where the run succeeded

Prints the id of the run first, so that a test can look what it does.
"""

import json
import os
import sys

import dagster as dg

from pipelines.assets.datasets import OBSERVATIONS, RAW
from pipelines.assets.programmes import RETURNS
from pipelines.assets.tables import STEPS


def job() -> dg.JobDefinition:
    from pipelines.definitions import deployed

    return deployed().resolve_job_def("refresh_offline")


if __name__ == "__main__":
    epoch, names = int(sys.argv[1]), sys.argv[2:]
    keys = [dg.AssetKey([stage, name]) for name in names for stage in (RAW, OBSERVATIONS)]
    keys += [dg.AssetKey(table) for tables in STEPS.values() for table in tables]
    keys += [RETURNS, dg.AssetKey("release_candidate"), dg.AssetKey("release")]
    # One machine needs no database to keep its events for others.
    shared = os.environ["DVSTATS_EXECUTOR"] == "celery"
    with dg.execute_job(
        dg.reconstructable(job),
        instance=dg.DagsterInstance.get() if shared else dg.DagsterInstance.ephemeral(),
        run_config={"resources": {"clock": {"config": {"epoch": epoch}}}},
        asset_selection=keys,
        raise_on_error=False,
    ) as result:
        starts = [event.step_key for event in result.all_events if event.event_type_value == "STEP_START"]
        failed = [
            (event.step_key, event.step_failure_data.error.cause.message if event.step_failure_data.error.cause
             else event.step_failure_data.error.message)
            for event in result.all_events
            if event.event_type_value == "STEP_FAILURE"
        ]  # fmt: skip
        print(json.dumps({"success": result.success, "starts": starts, "failed": failed}))
        sys.exit(0 if result.success else 1)
