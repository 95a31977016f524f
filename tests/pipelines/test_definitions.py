"""The Dagster graph as a golden file, and its schedules shown to fire."""

import datetime as dt
import os
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator as schedule_iterator

from data_contracts.load import load_contract
from pipelines.assets.lineage import COMPUTED
from pipelines.assets.release import NOTE_TAG
from pipelines.assets.tables import DERIVED_TABLES
from pipelines.declarations import declarations
from pipelines.resources import REQUESTS_TAG, DataDir, Publishers

GOLDEN = Path(__file__).with_name("definitions.golden.txt")


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    os.environ.setdefault("DVSTATS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    from pipelines.definitions import defs

    return defs()


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


def blocking(defs: dg.Definitions) -> dict[str, bool]:
    """Whether each check of the graph blocks what is downstream."""
    found = {}
    for checks in defs.asset_checks or ():
        for spec in checks.check_specs:
            found[f"{spec.asset_key.to_user_string()}: {spec.name}"] = spec.blocking
    return found


def test_the_release_waits_for_the_checks_of_every_table(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    waited_for, found = [dg.AssetKey("release")], set[str]()
    while waited_for:
        found.add((key := waited_for.pop()).to_user_string())
        waited_for += graph.get(key).parent_keys
    assert set(declarations().contract.tables) <= found


def test_critical_rules_block_and_others_do_not(defs: dg.Definitions) -> None:
    found = blocking(defs)
    contract = declarations().contract
    for rule in contract.rules:
        if rule.violated_when and "observations" in rule.tables:
            assert found[f"observations: {rule.id}"] is (rule.severity == "critical"), rule.id
    for table in contract.tables:
        if table != "observations":
            assert found[f"{table}: contract"], table
    assert found["release_candidate: observations__references_hold"]


def test_every_schedule_runs_live_and_everything_down_to_the_release(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    moment = dt.datetime(2026, 11, 25, 3, tzinfo=ZoneInfo("Asia/Almaty"))
    for schedule in repository.schedule_defs:
        context = dg.build_schedule_context(scheduled_execution_time=moment)
        assert schedule.evaluate_tick(context).run_requests
        job = repository.get_job(schedule.job_name)
        assert config(job)["live"] is True, schedule.name
        assert dg.AssetKey("release") in job.asset_layer.executable_asset_keys, schedule.name
        assert dg.AssetKey("release_candidate") in job.asset_layer.executable_asset_keys, schedule.name
        # Also those that depend on no dataset: what is derived needs them.
        tables = {dg.AssetKey(name) for name in load_contract().tables} - {dg.AssetKey("releases")}
        assert not tables - job.asset_layer.executable_asset_keys, schedule.name


def config(job: dg.JobDefinition) -> dict[str, Any]:
    """What a job asks of publishers where its run says nothing else."""
    found: dict[str, Any] = dict(job.run_config or {})["resources"]["publishers"]["config"]
    return found


def test_jobs_say_whether_they_ask_publishers(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    for name, live in {"refresh_live": True, "refresh_offline": False, "refresh_yearly": True}.items():
        job = repository.get_job(name)
        assert config(job)["live"] is live and job.tags[REQUESTS_TAG] == ("live" if live else "offline")


def test_jobs_keep_the_mirror_and_the_contact_of_the_deployment(tmp_path: Path) -> None:
    from pipelines.definitions import build_defs

    publishers = Publishers(mirror="http://127.0.0.1:1", contact="statistics@example.org")
    repository = build_defs(DataDir(path=str(tmp_path)), publishers=publishers).get_repository_def()
    for job in repository.get_all_jobs():
        if job.run_config:
            assert config(job)["mirror"] == "http://127.0.0.1:1", job.name
            assert config(job)["contact"] == "statistics@example.org", job.name


def test_a_backfill_that_names_nothing_is_refused(defs: dg.Definitions) -> None:
    chosen = config(defs.get_repository_def().get_job("backfill"))["datasets"]
    assert chosen and not set(chosen) & set(declarations().datasets)


def test_no_schedule_is_on_by_itself(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    names = {schedule.name for schedule in repository.schedule_defs}
    assert {f"every_{dataset.cadence}" for dataset in declarations().datasets.values()} <= names
    for schedule in repository.schedule_defs:
        assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED, schedule.name


def test_each_asset_of_a_dataset_can_run_alone(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for name in declarations().datasets:
        keys = {dg.AssetKey(["raw", name]), dg.AssetKey(["observations", name])}
        assert keys <= graph.get_all_asset_keys()
        for key in keys:
            assert set(graph.get(key).execution_set_asset_keys) == {key}, f"{key} cannot run alone"


def lineage(defs: dg.Definitions, table: str) -> dict[str, set[tuple[str, str]]]:
    """Column -> (table, column) of which it is made."""
    found = defs.resolve_asset_graph().get(dg.AssetKey(table)).metadata["dagster/column_lineage"]
    return {
        column: {(dep.asset_key.to_user_string(), dep.column_name) for dep in deps}
        for column, deps in found.deps_by_column.items()
    }


def test_derived_tables_say_where_their_columns_come_from(defs: dg.Definitions) -> None:
    rates = lineage(defs, "rates")
    assert rates["indicator"] == {("observations", "indicator")}
    assert rates["numerator_obs_key"] == {("observations", "obs_key")}
    assert rates["rate"] == {("observations", "obs_value"), ("population", "population")}
    assert rates["denominator_dataset_id"] == {("population", "dataset_id")}
    assert lineage(defs, "discrepancies")["b_time_period"] == {("observations", "time_period")}


def test_column_lineage_names_tables_and_columns_that_exist(defs: dg.Definitions) -> None:
    tables = declarations().contract.tables
    for name, computed in COMPUTED.items():
        assert set(computed) <= set(tables[name].names), name
    for name in (*DERIVED_TABLES, "observation_history", "revisions"):
        for column, deps in lineage(defs, name).items():
            for table, source in deps:
                assert source in tables[table].names, (name, column, table, source)


def test_the_sixteen_days_are_the_mornings_from_25_november_to_10_december(defs: dg.Definitions) -> None:
    schedule = next(s for s in defs.get_repository_def().schedule_defs if s.name == "sixteen_days")
    start = dt.datetime(2026, 11, 1, tzinfo=ZoneInfo("Asia/Almaty")).timestamp()
    ticks = schedule_iterator(start, schedule.cron_schedule, "Asia/Almaty")
    found = [(tick.year, tick.month, tick.day, tick.hour) for tick in islice(ticks, 17)]
    november = [(2026, 11, day, 3) for day in range(25, 31)]
    assert found[:-1] == [*november, *((2026, 12, day, 3) for day in range(1, 11))]
    assert found[-1] == (2027, 11, 25, 3)
    assert schedule.tags[NOTE_TAG] == "16 Days of Activism against Gender-Based Violence"
