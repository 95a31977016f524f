"""The assets of a dataset as Dagster shows them: who was asked, what came, what was never fetched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from data_contracts.errors import UserError
from pipelines.assets.datasets import FETCHED, REACHED, dataset_assets
from pipelines.attempts import overdue
from pipelines.declarations import Declarations
from pipelines.freshness_policies import freshness_policy
from pipelines.resources import REQUESTS_TAG, Clock, DataDir, Publishers
from sources.dataset import Dataset
from sources.load_datasets import load_datasets
from tests.fixtures.mirror import HERE, Mirror

DATASET = load_datasets(HERE / "datasets")["ex_open_sdg"]
RAW, OBSERVATIONS = dg.AssetKey(["raw", DATASET.id]), dg.AssetKey(["observations", DATASET.id])


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror() as running:
        yield running


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def run(declared: Declarations, tmp_path: Path, instance: dg.DagsterInstance) -> Any:
    """Materialize both assets of a dataset in one data directory."""

    def materialize(dataset: Dataset = DATASET, **publishers: Any) -> dg.ExecuteInProcessResult:
        return dg.materialize(
            [dataset_assets(dataset, declared.contract)],
            instance=instance,
            resources={
                "data_dir": DataDir(path=str(tmp_path)),
                "clock": Clock(),
                "publishers": Publishers(patience=0.02, **publishers),
            },
            raise_on_error=True,
        )

    return materialize


def metadata(result: dg.ExecuteInProcessResult, key: dg.AssetKey) -> dict[str, Any] | None:
    """What the materialization of an asset says; None where it was not materialized."""
    for event in result.get_asset_materialization_events():
        if event.asset_key == key:
            return {name: value.value for name, value in event.materialization.metadata.items()}
    return None


def observation(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (event,) = result.get_asset_observation_events()
    found = event.event_specific_data.asset_observation
    assert found.asset_key == RAW
    return {name: value.value for name, value in found.metadata.items()}


def check(result: dg.ExecuteInProcessResult, name: str) -> Any:
    return next(c for c in result.get_asset_check_evaluations() if c.check_name == name)


def tag(result: dg.ExecuteInProcessResult, instance: dg.DagsterInstance) -> str:
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    return run.tags[REQUESTS_TAG]


def test_an_offline_run_says_that_nobody_was_asked_and_is_not_green(
    run: Any, instance: dg.DagsterInstance
) -> None:
    result = run()
    assert metadata(result, RAW) is None, "nothing came, so nothing was materialized"
    asked = "no: this is an offline run; the job refresh_live sends requests"
    assert observation(result)["publisher requested"] == asked
    (rows,) = [metadata(result, OBSERVATIONS)]
    assert rows and rows["publisher requested"] == asked and rows["dagster/row_count"] == 0
    fetched = check(result, FETCHED)
    assert not fetched.passed and fetched.severity == dg.AssetCheckSeverity.WARN
    assert "Start the job refresh_live, or: dvstats refresh --live --only ex_open_sdg" in fetched.description
    assert tag(result, instance) == "offline"


def test_a_live_run_says_what_came_and_an_offline_run_after_it_confirms_nothing(
    run: Any, mirror: Mirror, instance: dg.DagsterInstance
) -> None:
    result = run(live=True, mirror=mirror.address)
    raw, rows = metadata(result, RAW), metadata(result, OBSERVATIONS)
    assert raw and raw["publisher requested"] == "yes, mirror" and raw["new files"] == 1
    assert rows and rows["dagster/row_count"] == 108 and rows["refused rows"] == 0
    assert 0 <= rows["age in days"] < 0.1
    assert check(result, FETCHED).passed and check(result, REACHED).passed
    assert tag(result, instance) == "mirror"
    unchanged = metadata(run(live=True, mirror=mirror.address), RAW)
    assert unchanged and unchanged["unchanged files"] == 1 and unchanged["new files"] == 0
    offline = run()
    assert metadata(offline, RAW) is None, "Dagster would call it fresh"
    assert check(offline, FETCHED).passed


def test_an_outage_is_no_confirmation(run: Any, mirror: Mirror) -> None:
    run(live=True, mirror=mirror.address)
    mirror.faults = ["status:503"]
    result = run(live=True, mirror=mirror.address)
    assert metadata(result, RAW) is None
    assert "status 503" in observation(result)["problems"][0]
    assert check(result, FETCHED).passed and not check(result, REACHED).passed
    assert result.success, "the other datasets go on"


def test_only_the_chosen_are_asked(run: Any, mirror: Mirror) -> None:
    for chosen in ({"datasets": ["kg_victims"]}, {"cadences": ["monthly"]}):
        result = run(live=True, mirror=mirror.address, **chosen)
        assert not mirror.asked
        assert observation(result)["publisher requested"] == "no: it was not chosen"
    assert metadata(run(live=True, mirror=mirror.address, cadences=[DATASET.cadence]), RAW)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"datasets": ["kg_victim"]}, "No dataset kg_victim. There are: .*kg_victims"),
        ({"cadences": ["fortnightly"]}, "No cadence fortnightly. There are: daily, half_yearly"),
    ],
)
def test_what_does_not_exist_cannot_be_chosen(run: Any, chosen: dict[str, Any], sentence: str) -> None:
    with pytest.raises(dg.DagsterError) as caught:
        run(live=True, **chosen)
    with pytest.raises(UserError, match=sentence):
        raise caught.value.__cause__ or caught.value


def test_freshness_in_dagster_ends_when_status_says_stale(declared: Declarations) -> None:
    import datetime as dt

    now = dt.datetime(2026, 11, 26)
    policies = {name: freshness_policy(dataset) for name, dataset in declared.datasets.items()}
    assert any(policies.values())
    for name, policy in policies.items():
        dataset = declared.datasets[name]
        if policy is None:
            assert not overdue(dataset, None, now) or not overdue(dataset, now - dt.timedelta(days=9999), now)
            continue
        window = policy.fail_window.to_timedelta()
        assert overdue(dataset, now - window, now), name
        assert not overdue(dataset, now - window + dt.timedelta(seconds=1), now), name


def test_a_host_is_a_pool(declared: Declarations) -> None:
    assert dataset_assets(DATASET, declared.contract).op.pool == DATASET.hosts[0]
