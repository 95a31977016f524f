"""A process that is killed leaves none of its own behind: whatever it started ends soon after it.

What is killed is one process alone, as by a system that is short of memory; ``test_kills`` kills whole groups. Linux:
what it started is found in /proc.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc"),
]
SECONDS = 30
# Each starts processes, says so, and waits to be killed.
SUITES = """
from pipelines import expectation_suites as checks
checks.prepare_suite_workers = lambda: None
with checks.suite_workers() as workers:
    list(workers.map(abs, range(100)))
    print("ready", flush=True)
    input()
"""
READER = """
from sources import isolated
isolated.start()
print("ready", flush=True)
input()
"""
REFRESHES = """
from pathlib import Path
from tests.faults.small_refresh import Refreshes
with Refreshes(Path({folder!r})) as refreshes:
    running = refreshes.start(Path({folder!r}) / "data", 0)
    print("ready", flush=True)
    input()
"""
COMMAND = """
from pathlib import Path
from tests.warm_command import WarmCommand
with WarmCommand(Path({folder!r})):
    print("ready", flush=True)
    input()
"""


def descendants(pid: int) -> set[int]:
    """What a process started, and what that started."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        # Some end while this looks at them.
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def running(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


@pytest.mark.parametrize(
    "program",
    [SUITES, READER, REFRESHES, COMMAND],
    ids=["suite workers", "reader of files", "refreshes", "command"],
)
def test_nothing_outlives_what_started_it(program: str, tmp_path: Path) -> None:
    program = program.replace("{folder!r}", repr(str(tmp_path)))
    started = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout and started.stdout.readline() == "ready\n"
    children = descendants(started.pid)
    try:
        assert children
        started.kill()
        started.wait()
        until = time.monotonic() + SECONDS
        while running(children) and time.monotonic() < until:
            time.sleep(0.1)
        assert not running(children)
    finally:
        for pid in running(children):
            os.kill(pid, signal.SIGKILL)
