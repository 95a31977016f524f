"""Ctrl+C during a refresh: the programs beside it end without a word, and the run counts as stopped by a person."""

import importlib
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines import expectation_suites
from pipelines.outcome import Outcome, read_events
from pipelines.step_output import QuietlyEndedLogManager

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def held_back(process: str) -> bool:
    [blocked] = [
        line.split()[1]
        for line in Path(f"/proc/{process}/status").read_text().splitlines()
        if "SigBlk" in line
    ]
    return bool(int(blocked, 16) >> (signal.SIGINT - 1) & 1)


def test_what_copies_the_output_is_not_reached_by_ctrl_c_and_the_step_is(tmp_path: Path) -> None:
    manager = QuietlyEndedLogManager.from_config_value(None, {"base_dir": str(tmp_path)})
    before = set(children())
    with manager.capture_logs(["run", "compute_logs", "step"]):
        begun = set(children()) - before
        assert begun and all(map(held_back, begun)) and not held_back("self")
    assert manager.is_capture_complete(["run", "compute_logs", "step"])


def test_what_copies_the_output_ends_with_the_step_where_this_program_ignores_to_be_ended(
    tmp_path: Path,
) -> None:
    """As Dagster does where a script started it in the background."""
    manager = QuietlyEndedLogManager.from_config_value(None, {"base_dir": str(tmp_path)})
    mine = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with manager.capture_logs(["run", "compute_logs", "step"]):
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, mine)
    assert manager.is_capture_complete(["run", "compute_logs", "step"])


def children() -> list[str]:
    return [
        pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()
    ]


def test_the_server_of_the_workers_ends_without_a_word_until_it_is_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(
        expectation_suites, "load_for_workers", lambda: seen.append(signal.getsignal(signal.SIGINT))
    )
    mine = signal.getsignal(signal.SIGINT)
    try:
        monkeypatch.delitem(sys.modules, "pipelines.suite_server", raising=False)
        importlib.import_module("pipelines.suite_server")
        assert [*seen, signal.getsignal(signal.SIGINT)] == [signal.SIG_DFL, signal.SIG_IGN]
    finally:
        signal.signal(signal.SIGINT, mine)


@pytest.mark.parametrize(
    ("kind", "cause", "stopped"),
    [
        ("STEP_FAILURE", "DagsterExecutionInterruptedError", True),
        ("PIPELINE_FAILURE", "KeyboardInterrupt", True),
        ("STEP_FAILURE", "ReadError", False),
    ],
)
def test_a_run_that_a_person_stopped_is_no_failure(kind: str, cause: str, stopped: bool) -> None:
    error = SimpleNamespace(cls_name=cause, message="why\n", cause=None)
    data = SimpleNamespace(error=error)
    outcome = Outcome()
    event = SimpleNamespace(
        event_type_value=kind, step_key="union", step_failure_data=data, job_failure_data=data
    )
    read_events([event], outcome)
    assert outcome.interrupted is stopped
