"""A run whose process is gone is called failed by Dagster's monitoring, so that the next run can start."""

import fcntl
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.launcher.base import WorkerStatus
from dagster._core.storage.dagster_run import DagsterRun
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration

from pipelines.data_directory import LOCK
from pipelines.refresh import ROOT
from pipelines.run_launcher import WatchedRunLauncher


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
    with (data / LOCK).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        (data / LOCK).write_text(run.run_id, encoding="utf-8")
        assert status(run) == WorkerStatus.RUNNING
    assert status(run) == WorkerStatus.NOT_FOUND
    (data / LOCK).write_text("another run", encoding="utf-8")
    assert status(run) == WorkerStatus.RUNNING


def test_the_monitoring_of_this_instance_ends_what_nobody_works_on(data: Path, server: socket.socket) -> None:
    with dg.DagsterInstance.from_config(str(ROOT)) as instance:
        gone, there = launched(data / "nothing"), launched(data / "s")
        for run in (gone, there):
            instance.add_run(run)

        class Workspace:
            def __init__(self) -> None:
                self.instance = instance

            def create_request_context(self) -> None:
                return None

        workspace: Any = Workspace()
        errors = list(execute_run_monitoring_iteration(workspace, logging.getLogger("test")))
        assert not any(errors)
        found = {run.run_id: run.status for run in instance.get_runs()}
    assert found == {gone.run_id: dg.DagsterRunStatus.FAILURE, there.run_id: dg.DagsterRunStatus.STARTED}
