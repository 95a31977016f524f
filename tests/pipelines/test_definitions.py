"""The Dagster graph as a golden file, and its schedules shown to fire."""

import datetime as dt
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

GOLDEN = Path(__file__).with_name("definitions.golden.txt")


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    os.environ.setdefault("DVSTATS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    from pipelines.definitions import defs

    return defs


def listing(defs: dg.Definitions) -> str:
    graph = defs.resolve_asset_graph()
    repository = defs.get_repository_def()
    lines = [
        f"asset {key.to_user_string()} ({graph.get(key).group_name})" for key in graph.get_all_asset_keys()
    ]
    lines += [f"check {key.asset_key.to_user_string()}: {key.name}" for key in graph.asset_check_keys]
    lines += [f"job {job.name}" for job in repository.get_all_jobs()]
    lines += [
        f"schedule {s.name}: {s.cron_schedule} {s.execution_timezone} {s.default_status.value}"
        for s in repository.schedule_defs
    ]
    return "\n".join(sorted(lines)) + "\n"


def test_assets_checks_jobs_and_schedules_are_those_of_the_golden_file(defs: dg.Definitions) -> None:
    found = listing(defs)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8"), (
        "if this is meant: UPDATE_GOLDEN=1 pytest tests/pipelines/test_definitions.py"
    )


def test_every_asset_says_what_it_is(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description and node.owners and node.group_name, key


def test_blocking_checks_are_the_critical_ones(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    specs = (
        {spec.key: spec for spec in graph.asset_check_specs} if hasattr(graph, "asset_check_specs") else {}
    )
    named = {key.name: spec.blocking for key, spec in specs.items() if key.asset_key.path == ["observations"]}
    if named:
        assert named["share_out_of_range"] and not named["value_outside_bounds"]


@pytest.mark.parametrize(
    ("name", "before"),
    [("sixteen_days", dt.datetime(2026, 11, 24, 12)), ("every_monthly", dt.datetime(2026, 11, 2))],
)
def test_schedules_fire_live_in_the_regions_time_zone(
    defs: dg.Definitions, name: str, before: dt.datetime
) -> None:
    schedules = {s.name: s for s in defs.get_repository_def().schedule_defs}
    if name not in schedules:
        pytest.skip(f"no dataset has the cadence of {name}")
    schedule = schedules[name]
    ticks = schedule.get_execution_time_iterator if hasattr(schedule, "get_execution_time_iterator") else None
    moment = before.replace(tzinfo=ZoneInfo("Asia/Almaty"))
    context = dg.build_schedule_context(scheduled_execution_time=moment)
    data = schedule.evaluate_tick(context)
    assert ticks is None or ticks
    assert len(data.run_requests) == 1
    assert data.run_requests[0].run_config["resources"]["publishers"]["config"]["live"] is True


def test_the_sixteen_days_fall_on_25_november(defs: dg.Definitions) -> None:
    from dagster._utils.schedules import cron_string_iterator

    schedule = next(s for s in defs.get_repository_def().schedule_defs if s.name == "sixteen_days")
    start = dt.datetime(2026, 11, 1, tzinfo=ZoneInfo("Asia/Almaty")).timestamp()
    first = next(cron_string_iterator(start, str(schedule.cron_schedule), "Asia/Almaty"))
    assert (first.year, first.month, first.day, first.hour) == (2026, 11, 25, 3)


def test_every_cadence_has_a_schedule_that_is_on(defs: dg.Definitions) -> None:
    from pipelines.declarations import declarations

    schedules = {s.name: s for s in defs.get_repository_def().schedule_defs}
    for cadence in {d.cadence for d in declarations().datasets.values()}:
        assert schedules[f"every_{cadence}"].default_status == dg.DefaultScheduleStatus.RUNNING
