"""The data directory as a resource: a second run waits or says so, and a killed one leaves nothing behind."""

import fcntl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.dagster_run import DagsterRun
from dagster._core.storage.tags import GRPC_INFO_TAG

from data_contracts.errors import BusyError, UserError
from pipelines import lock
from pipelines.data_directory import DataDirectory
from pipelines.lock import LOCK_FILE
from pipelines.parquet_io import ParquetTables
from pipelines.refresh import ROOT
from pipelines.resources import DataDir

POOL = "stat.example.org"


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """An instance as ``dagster.yaml`` declares it."""
    monkeypatch.setenv("DVSTATS_DAGSTER_DIR", str(tmp_path / "dagster"))
    (tmp_path / "dagster").mkdir()
    with dg.DagsterInstance.from_config(str(ROOT)) as made:
        yield made


def run(path: Path, instance: dg.DagsterInstance, patience: float = 0) -> dg.ExecuteInProcessResult:
    """A run of one asset that needs the data directory."""

    @dg.multi_asset(name="touched", specs=[dg.AssetSpec("touched")], pool=POOL)
    def touched(data_dir: DataDir) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult()

    data_dir = DataDir(path=str(path), patience=patience)
    # The IO manager has the data directory as well, as in the graph.
    resources = {"data_dir": data_dir, "io_manager": ParquetTables(data_dir=data_dir)}
    return dg.materialize([touched], instance=instance, resources=resources)


def test_a_run_does_not_take_itself_for_a_killed_one(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    result = run(tmp_path, instance)
    found = instance.get_run_by_id(result.run_id)
    assert found and found.status == dg.DagsterRunStatus.SUCCESS
    assert not [entry for entry in instance.all_logs(result.run_id) if "was killed" in (entry.message or "")]
    assert DataDirectory(tmp_path).lock.holder == ""


@pytest.mark.parametrize(("name", "target"), [("staging", "raw"), ("dagster", "releases/new"), ("raw", ".")])
def test_folders_of_a_data_directory_that_are_one_are_refused(tmp_path: Path, name: str, target: str) -> None:
    for folder in ("raw", "inbox", "releases/new", "staging"):
        (tmp_path / folder).mkdir(parents=True)
    with DataDirectory(tmp_path).locked():
        pass
    if (tmp_path / name).is_dir():
        (tmp_path / name).rmdir()
    elsewhere = tmp_path.with_name(f"{tmp_path.name}-elsewhere")
    elsewhere.mkdir(exist_ok=True)
    (tmp_path / name).symlink_to(elsewhere)
    with DataDirectory(tmp_path).locked():
        pass
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to(tmp_path / target)
    with (
        pytest.raises(UserError, match=f"{name} is a link to .* is kept too"),
        DataDirectory(tmp_path).locked(),
    ):
        pass


def test_a_run_waits_until_another_one_has_ended_and_says_so(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "POLL_SECONDS", 0.05)
    sentence = f"Another refresh is running on {tmp_path}: this run waits until it ends."

    def says_so() -> bool:
        entries = [entry for run in instance.get_runs() for entry in instance.all_logs(run.run_id)]
        return sentence in [entry.message for entry in entries]

    with (tmp_path / LOCK_FILE).open("ab") as other:
        # As another process: this lock is not counted as ours.
        fcntl.flock(other, fcntl.LOCK_EX)

        def end_when_said() -> None:
            until = time.monotonic() + 30
            while not says_so() and time.monotonic() < until:
                time.sleep(0.05)
            fcntl.flock(other, fcntl.LOCK_UN)

        thread = threading.Thread(target=end_when_said)
        thread.start()
        result = run(tmp_path, instance, patience=60)
        thread.join()
    assert result.success and says_so()


def test_a_run_waits_no_longer_than_its_patience(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    with (tmp_path / LOCK_FILE).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(dg.DagsterError) as caught:
            run(tmp_path, instance)
    assert isinstance(caught.value.__cause__, BusyError)


@pytest.mark.parametrize("noted", [True, False], ids=["killed", "no room to write its end"])
def test_a_run_that_is_gone_is_called_failed_and_its_places_are_freed(
    tmp_path: Path, instance: dg.DagsterInstance, noted: bool
) -> None:
    killed = instance.add_run(DagsterRun(job_name="refresh_live", status=dg.DagsterRunStatus.STARTED))
    of_daemon = {GRPC_INFO_TAG: "{}"}
    waiting = instance.add_run(
        DagsterRun(job_name="refresh_live", status=dg.DagsterRunStatus.STARTED, tags=of_daemon)
    )
    storage = instance.event_log_storage
    storage.initialize_concurrency_limit_to_default(POOL)
    assert storage.claim_concurrency_slot(POOL, killed.run_id, "kg_victims").is_claimed
    assert not storage.claim_concurrency_slot(POOL, waiting.run_id, "kg_victims").is_claimed
    storage.free_concurrency_slots_for_run(waiting.run_id)
    folder = DataDirectory(tmp_path)
    (tmp_path / LOCK_FILE).write_text(killed.run_id if noted else "", encoding="utf-8")
    assert run(tmp_path, instance).success, "the pool of the killed run would be full for ever"
    found = instance.get_run_by_id(killed.run_id)
    assert found and found.status == dg.DagsterRunStatus.FAILURE
    assert any("was killed" in (entry.message or "") for entry in instance.all_logs(killed.run_id))
    other = instance.get_run_by_id(waiting.run_id)
    assert other and other.status == dg.DagsterRunStatus.STARTED, "the daemon watches it"
    assert folder.lock.holder == "", "a run that ended leaves no note"
