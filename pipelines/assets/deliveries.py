"""The job that delivers, and the sensor that starts it after a release; off until somebody switches the sensor on.

An outbox, not an asset: nothing in the graph depends on it. The sensor also starts it where a failed delivery is due
again. What delivers loads all exports, so it is imported when it delivers, not with the graph. Not here: delivering
(``pipelines.deliveries``). Called by ``pipelines.definitions``.
"""

import os
from pathlib import Path

import dagster as dg

from pipelines.data_directory import current_moment
from pipelines.resources import DataDir

# Often enough for the shortest wait after a failure.
SECONDS = 600
UNDER_WAY = {*dg.DagsterRunStatus} - {
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
}


@dg.op(description="The latest release to its subscribers, each once (operations.yaml).")
def send_deliveries(context: dg.OpExecutionContext, data_dir: DataDir) -> None:
    """Deliver what is due; a failure of one subscriber is logged, alerted and tried again."""
    from pipelines.deliveries.deliver import deliver

    done = deliver(data_dir.directory.root, current_moment())
    for result in done.results:
        line = f"{result.planned.target.id}: {result.decision} {result.reason}".strip()
        (context.log.warning if result.decision == "failed" else context.log.info)(line)


@dg.job(name="deliver", description="Delivers the latest release to its subscribers (dvstats deliver).")
def deliver_job() -> None:
    """One step."""
    send_deliveries()


@dg.sensor(
    job_name=deliver_job.name,
    name="deliver_after_release",
    minimum_interval_seconds=SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Delivers each new release to its subscribers, and again what failed, when it is due.",
)
def deliver_after_release(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """One run for what is due, while no other one is under way.

    Without a key: a run that was killed before it began to send has to be started again, though the same is due.
    """
    from pipelines.deliveries.deliver import due

    if not due(Path(os.environ["DVSTATS_DATA_DIR"]), current_moment()):
        return dg.SkipReason("Nothing is due.")
    under_way = dg.RunsFilter(job_name=deliver_job.name, statuses=[*UNDER_WAY])
    if context.instance.get_runs_count(under_way):
        return dg.SkipReason("A delivery is under way.")
    return dg.RunRequest()
