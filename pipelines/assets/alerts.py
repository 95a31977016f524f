"""Sensors that alert after runs of Dagster, as ``dvstats refresh`` does after its own.

They do nothing where no ``operations.yaml`` declares receivers, so they are on. Not here: what is alerted
(``pipelines.alerts``). Called by ``pipelines.definitions``.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.alerts.notify import Finished, after_run
from pipelines.data_directory import DataDirectory, current_moment
from pipelines.dataset_states import dataset_states
from pipelines.declarations import declarations
from pipelines.operations.declared import load_operations
from pipelines.outcome import Outcome, read_events


def alert(data_dir: Path, job: str, events: Iterable[Any], *, failed: bool) -> list[str]:
    """Alert after one run; gives sentences on channels that did not work."""
    if load_operations(data_dir) is None:
        return []
    outcome = Outcome()
    read_events(events, outcome)
    now = current_moment()
    if failed:
        problem = outcome.stopped_by if outcome.failed_checks or outcome.problem else "see the run in Dagster"
        blocked = bool(outcome.failed_checks)
        finished = Finished(job, problem, problem_ru=outcome.stopped_by_ru, blocked=blocked)
        return after_run(data_dir, finished, now)
    if not outcome.release:
        # A run that ended well and made no release (the site) says nothing of the datasets.
        return after_run(data_dir, Finished(job), now)
    declared, folder = declarations(), DataDirectory(data_dir)
    states = dataset_states(declared, folder, folder.last_release(declared.contract), now)
    return after_run(data_dir, Finished(job, states=states, contract=declared.contract), now)


def _after(context: dg.RunStatusSensorContext, *, failed: bool) -> dg.SkipReason:
    run = context.dagster_run
    entries = context.instance.all_logs(run.run_id)
    events = [entry.dagster_event for entry in entries if entry.dagster_event]
    data_dir = Path(os.environ["DVSTATS_DATA_DIR"])
    sentences = alert(data_dir, run.job_name, events, failed=failed)
    for sentence in sentences:
        context.log.warning(sentence)
    return dg.SkipReason(" ".join(sentences) or "Nobody is left to be alerted.")


@dg.run_failure_sensor(
    name="alert_after_failure",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Alerts of a run that failed or whose release was blocked (operations.yaml).",
)
def alert_after_failure(context: dg.RunFailureSensorContext) -> dg.SkipReason:
    """A run that failed, unless its job has succeeded since: nobody was notified yet, and nothing is left to do."""
    if _succeeded_since(context):
        return dg.SkipReason("A later run of this job succeeded.")
    return _after(context, failed=True)


def _succeeded_since(context: dg.RunFailureSensorContext) -> bool:
    run = context.dagster_run
    record = context.instance.get_run_record_by_id(run.run_id)
    later = dg.RunsFilter(
        job_name=run.job_name,
        statuses=[dg.DagsterRunStatus.SUCCESS],
        created_after=record.create_timestamp if record else None,
    )
    return bool(context.instance.get_runs_count(later))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="alert_after_run",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Alerts of what is held, stale or revised after a run, and of what is over (operations.yaml).",
)
def alert_after_run(context: dg.RunStatusSensorContext) -> dg.SkipReason:
    """A run that ended well."""
    return _after(context, failed=False)


SENSORS: tuple[dg.SensorDefinition, ...] = (alert_after_failure, alert_after_run)
