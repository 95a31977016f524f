"""The sensors after runs: they read a run's events and hand them to the same function as the command."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.assets import alerts as sensors
from pipelines.operations.declared import FILE, VARIABLE


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the function is called with."""
    calls: list[Any] = []
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("DVSTATS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(sensors, "after_run", lambda _, finished, now: calls.append(finished) or [])
    (tmp_path / FILE).write_text("channels: {}\nalerts: {receivers: {}}\n", encoding="utf-8")
    return calls


@dg.asset(check_specs=[dg.AssetCheckSpec("no_negative", asset="table", blocking=True)])
def table():
    metadata = {"rule": "no_negative", "sentence": "A count is not negative."}
    check = dg.AssetCheckResult(passed=False, check_name="no_negative", metadata=metadata)
    return dg.MaterializeResult(check_results=[check])


@dg.asset
def broken() -> None:
    raise OSError(28, "No space left on device")


@dg.asset
def release() -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(metadata={"release": "20261125T031500Z", "new": True, "dagster/row_count": 1})


def run(instance: dg.DagsterInstance, asset: dg.AssetsDefinition, name: str, event: str) -> Any:
    """What the sensor is given after a run of a job with that asset."""
    job = dg.define_asset_job(name, selection=[asset])
    defs = dg.Definitions(assets=[asset], jobs=[job], executor=dg.in_process_executor)
    result = defs.resolve_job_def(name).execute_in_process(instance=instance, raise_on_error=False)
    return dg.build_run_status_sensor_context(
        "alert",
        dagster_event=dg.DagsterEvent(event, job_name=name),
        dagster_instance=instance,
        dagster_run=result.dagster_run,
    )


@pytest.mark.parametrize(
    ("asset", "blocked", "problem"),
    [
        (table, True, "table table, rule no_negative: A count is not negative."),
        (broken, False, "step broken: OSError: [Errno 28] No space left on device"),
    ],
)
def test_a_failed_run_is_reported_with_its_reason(
    told: list[Any], asset: dg.AssetsDefinition, blocked: bool, problem: str
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        context = run(instance, asset, "refresh_daily", "PIPELINE_FAILURE")
        sensors.alert_after_failure(context.for_run_failure())
    (finished,) = told
    assert (finished.job, finished.blocked, finished.states) == ("refresh_daily", blocked, None)
    assert finished.problem.startswith(problem)


def test_a_failure_is_not_reported_where_a_later_run_of_the_job_succeeded(told: list[Any]) -> None:
    """The sensor may look at both runs at once: the end was told as soon as it came, before the beginning."""
    with dg.DagsterInstance.ephemeral() as instance:
        earlier = run(instance, release, "refresh_daily", "PIPELINE_SUCCESS")
        failed = run(instance, broken, "refresh_daily", "PIPELINE_FAILURE")
        run(instance, release, "refresh_weekly", "PIPELINE_SUCCESS")
        sensors.alert_after_failure(failed.for_run_failure())
        assert earlier and len(told) == 1, "neither an earlier run nor another job mends it"
        run(instance, release, "refresh_daily", "PIPELINE_SUCCESS")
        skipped = sensors.alert_after_failure(failed.for_run_failure())
        assert len(told) == 1 and isinstance(skipped, dg.SkipReason)
        assert skipped.skip_message == "A later run of this job succeeded."


def test_a_run_that_ended_well_is_reported_with_the_states(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensors, "dataset_states", lambda *_: ["states"])
    with dg.DagsterInstance.ephemeral() as instance:
        for asset, name in ((release, "refresh"), (dg.asset(name="site")(lambda: None), "build_site")):
            sensors.alert_after_run(run(instance, asset, name, "PIPELINE_SUCCESS"))
    refreshed, built = told
    assert refreshed.job == "refresh" and refreshed.states == ["states"] and refreshed.contract
    assert built.job == "build_site" and built.states is None and not built.problem


def test_both_are_on_and_do_nothing_where_nothing_is_declared(tmp_path: Path) -> None:
    assert all(s.default_status == dg.DefaultSensorStatus.RUNNING for s in sensors.SENSORS)
    assert sensors.alert(tmp_path, "refresh", [], failed=True) == []
