"""Dagster's own launcher of runs, which can also say that the process of a run is gone.

When the power goes, or a machine kills the daemon, a run stays *started* in Dagster's books. Since one run works on the
data directory at a time, no run would start any more. Dagster's monitoring of runs asks the launcher whether a run is
still worked on, and calls it failed where it is not; its own launcher for one machine cannot tell. This one looks
whether the code server that started the run still listens; a server that lives watches its runs itself.

That holds for code servers that the daemon starts, each of which has a socket of its own. A code server on a TCP port
(Dagster's chart for Kubernetes) cannot be distinguished from one that took its place after a crash, and counts as
there. For it Dagster offers a limit of time only: ``max_runtime_seconds`` of run monitoring, set in
``docs/deploy/distributed``.

Not here: a killed run that held the lock, which the next run puts in order (``pipelines.resources``). Called by
Dagster, which finds this class by its name in ``dagster.yaml``.
"""

import json
import os
import socket
from contextlib import closing
from typing import Any

from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._core.storage.dagster_run import DagsterRun
from dagster._core.storage.tags import GRPC_INFO_TAG

from data_contracts.errors import BusyError
from pipelines.data_directory import DataDirectory

CONNECT_SECONDS = 10.0


class WatchedRunLauncher(DefaultRunLauncher):
    """The default launcher with a look at what became of a run."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Dagster asks only launchers that say so."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether somebody still works on a run that is marked as started."""
        if run.tags.get(GRPC_INFO_TAG):
            there = _listens(json.loads(run.tags[GRPC_INFO_TAG]))
        else:
            there = not _was_killed(run.run_id)
        if there:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "the process of this run is gone")


def _listens(server: dict[str, Any]) -> bool:
    """Whether anybody answers at the address of a code server; one that is slow to answer counts as there."""
    at_path = server.get("socket")
    address = at_path or (server["host"], server["port"])
    with closing(socket.socket(socket.AF_UNIX if at_path else socket.AF_INET)) as probe:
        probe.settimeout(CONNECT_SECONDS)
        try:
            probe.connect(address)
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True


def _was_killed(run_id: str) -> bool:
    """Whether a run of the command left its name in the lock of the data directory, and nobody holds that lock."""
    directory = DataDirectory(os.environ["DVSTATS_DATA_DIR"])
    if not directory.lock.file.is_file() or directory.lock.holder != run_id:
        return False
    try:
        with directory.lock.held():
            return directory.lock.holder == run_id
    except BusyError:
        return False
