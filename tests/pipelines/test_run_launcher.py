"""A run whose process is gone is called failed by Dagster's monitoring, so that the next run can start."""

import fcntl
import json
import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.launcher.base import WorkerStatus
from dagster._core.storage.dagster_run import DagsterRun
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._daemon.monitoring import run_monitoring

from pipelines.lock import LOCK_FILE
from pipelines.refresh import ROOT
from pipelines.run_launcher import WatchedRunLauncher

DISTRIBUTED = ROOT / "docs" / "deploy" / "distributed"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DVSTATS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DVSTATS_DAGSTER_DIR", str(tmp_path / "dagster"))
    (tmp_path / "dagster").mkdir()
    return tmp_path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[socket.socket]:
    """A code server, as far as it listens."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        yield listening


def launched(path: Path) -> DagsterRun:
    return DagsterRun(
        job_name="deliver",
        status=dg.DagsterRunStatus.STARTED,
        tags={GRPC_INFO_TAG: json.dumps({"host": "localhost", "socket": str(path)})},
    )


def status(run: DagsterRun) -> WorkerStatus:
    return WatchedRunLauncher().check_run_worker_health(run).status


def test_a_run_goes_on_as_long_as_its_code_server_listens(data: Path, server: socket.socket) -> None:
    run = launched(data / "s")
    assert status(run) == WorkerStatus.RUNNING
    server.close()
    assert status(run) == WorkerStatus.NOT_FOUND, "the socket is still there, and nobody behind it"
    assert status(launched(data / "nothing")) == WorkerStatus.NOT_FOUND


def test_a_run_of_the_command_goes_on_as_long_as_it_holds_the_lock(data: Path) -> None:
    run = DagsterRun(job_name="refresh_live", status=dg.DagsterRunStatus.STARTED)
    assert status(run) == WorkerStatus.RUNNING, "nothing says otherwise"
    with (data / LOCK_FILE).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        (data / LOCK_FILE).write_text(run.run_id, encoding="utf-8")
        assert status(run) == WorkerStatus.RUNNING
    assert status(run) == WorkerStatus.NOT_FOUND
    (data / LOCK_FILE).write_text("another run", encoding="utf-8")
    assert status(run) == WorkerStatus.RUNNING


def test_on_a_tcp_port_the_limit_of_time_ends_a_run(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another code server took the place of the one that started it: nothing but time says that the run is gone."""
    distributed = yaml.safe_load((DISTRIBUTED / "dagster.yaml").read_text(encoding="utf-8"))
    mine = yaml.safe_load((ROOT / "dagster.yaml").read_text(encoding="utf-8"))
    kept = {name: distributed[name] for name in ("run_launcher", "run_monitoring", "concurrency")}
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(yaml.safe_dump({**mine, **kept}), encoding="utf-8")
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        dg.DagsterInstance.from_config(str(home)) as instance,
    ):
        address = {"host": "127.0.0.1", "port": other.getsockname()[1]}
        run = DagsterRun(
            job_name="refresh_live",
            status=dg.DagsterRunStatus.STARTED,
            tags={GRPC_INFO_TAG: json.dumps(address)},
        )
        instance.add_run(run)
        instance.report_dagster_event(dg.DagsterEvent("PIPELINE_START", run.job_name), run.run_id)
        assert status(run) == WorkerStatus.RUNNING
        found = []
        limit = distributed["run_monitoring"]["max_runtime_seconds"]
        for later in (limit - 60, limit + 60):
            monkeypatch.setattr(
                run_monitoring, "get_current_timestamp", lambda later=later: time.time() + later
            )
            # The server that took its place knows nothing of the run.
            monkeypatch.setattr(instance.run_launcher, "terminate", lambda run_id: False)
            monitor(instance)
            found.append(instance.get_runs()[0].status)
    assert found == [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE]


def monitor(instance: dg.DagsterInstance) -> None:
    """One look of the daemon at its runs."""

    class Workspace:
        def __init__(self) -> None:
            self.instance = instance

        def create_request_context(self) -> None:
            return None

    workspace: Any = Workspace()
    assert not any(run_monitoring.execute_run_monitoring_iteration(workspace, logging.getLogger("test")))


def test_the_monitoring_of_this_instance_ends_what_nobody_works_on(data: Path, server: socket.socket) -> None:
    with dg.DagsterInstance.from_config(str(ROOT)) as instance:
        gone, there = launched(data / "nothing"), launched(data / "s")
        for run in (gone, there):
            instance.add_run(run)
        monitor(instance)
        found = {run.run_id: run.status for run in instance.get_runs()}
    assert found == {gone.run_id: dg.DagsterRunStatus.FAILURE, there.run_id: dg.DagsterRunStatus.STARTED}
