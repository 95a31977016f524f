"""The command, "Materialize all" in the browser and a schedule publish the same release."""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts import checks as contract_checks
from data_contracts.model import Contract
from pipelines import expectation_suites
from pipelines.assets.release import NOTE_TAG
from pipelines.declarations import declarations
from pipelines.definitions import build_defs
from pipelines.refresh import refresh
from pipelines.resources import DataDir, Publishers
from sources.load_datasets import load_datasets
from tests.fixtures.mirror import HERE, Mirror

# Few datasets of one cadence, one of them a portal; the graph is the same.
KEPT = ("kz_form_1m", "wb_population")
PORTAL = load_datasets(HERE / "datasets")["ex_open_sdg"]
MOMENT = dt.datetime(2026, 11, 25, 3, tzinfo=ZoneInfo("Asia/Almaty"))

OF_THE_ANSWER = ("retrieved_at", "last_success", "content_hash")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only some datasets are declared, all yearly; the suites, which take long, are not run."""
    declared = declarations()
    datasets = {**{name: declared.datasets[name] for name in KEPT}, PORTAL.id: PORTAL}
    assert {dataset.cadence for dataset in datasets.values()} == {"yearly"}
    monkeypatch.setattr(declared, "datasets", datasets)
    monkeypatch.setattr(expectation_suites, "suite_verdicts", passed)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(time.time())))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")


def passed(
    contract: Contract, tables: Mapping[str, pa.Table], *_: object
) -> list[expectation_suites.Verdict]:
    """Every check of these tables, passed."""
    derived = {name: contract_checks.derive(contract, contract.tables[name]) for name in tables}
    return [
        expectation_suites.Verdict(name, check.id, check.severity, check.sentence, True)
        for name, found in derived.items()
        for check in found
    ]


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


def by_command(data: Path, mirror: str) -> None:
    outcome = refresh(data, live=True, mirror=mirror)
    assert outcome.exit_status == 0, (outcome.problem, outcome.troubled)


def by_materialize_all(data: Path, mirror: str) -> None:
    publishers = Publishers(live=True, mirror=mirror)
    defs = build_defs(DataDir(path=str(data)), publishers=publishers)
    run(defs.resolve_implicit_global_asset_job_def(), {})


def by_schedule(data: Path, mirror: str) -> None:
    defs = build_defs(DataDir(path=str(data)), publishers=Publishers(mirror=mirror))
    repository = defs.get_repository_def()
    schedule = repository.get_schedule_def("every_yearly")
    context = dg.build_schedule_context(scheduled_execution_time=MOMENT)
    (request,) = schedule.evaluate_tick(context).run_requests or ()
    job = repository.get_job(schedule.job_name)
    config = dict(request.run_config) or dict(job.run_config or {})
    (release,) = run(job, config, {NOTE_TAG: "16 Days"}).asset_materializations_for_node("release")
    assert release.metadata[NOTE_TAG].value == "16 Days"
    assert release.metadata["datasets"].value == "3 of 3 datasets in order"


def run(
    job: dg.JobDefinition, config: dict[str, object], tags: dict[str, str] | None = None
) -> dg.ExecuteInProcessResult:
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        # The site is built by the browser's run too; it is no part of the release.
        keys = [key for key in job.asset_layer.executable_asset_keys if key != dg.AssetKey("site")]
        result = job.execute_in_process(
            instance=instance, run_config={**config, **quiet}, asset_selection=keys, tags=tags
        )
    assert result.success
    return result


def published(data: Path) -> dict[str, pa.Table]:
    """The tables of the release without the seconds at which the portal answered, and what is computed of them."""
    folder = data / "latest"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    tables = {}
    for name in [entry["name"] for entry in manifest["tables"] if entry["name"] != "fetches"]:
        rows = pq.read_table(folder / name / f"{name}.parquet")
        tables[name] = rows.drop_columns([column for column in OF_THE_ANSWER if column in rows.column_names])
    return tables


@pytest.mark.slow
def test_all_ways_give_the_same_tables(mirror: Mirror, tmp_path: Path) -> None:
    ways: dict[str, Callable[[Path, str], None]] = {
        "command": by_command,
        "materialize all": by_materialize_all,
        "schedule": by_schedule,
    }
    found = {}
    for name, start in ways.items():
        start(tmp_path / name, mirror.address)
        found[name] = published(tmp_path / name)
    for name in ("materialize all", "schedule"):
        assert found[name].keys() == found["command"].keys()
        for table, rows in found["command"].items():
            assert found[name][table].equals(rows), (name, table)
    assert found["command"]["observations"].num_rows > 200
    assert found["command"]["revisions"].num_rows == found["command"]["observations"].num_rows
