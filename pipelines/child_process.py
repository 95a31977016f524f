"""How a process that a refresh starts ends with it, also where the refresh is killed and tells nobody to end; whether
it still does something; and how those that run suites begin, in a module that takes no time to import.

Not here: what these processes do (``pipelines.run_checks``, ``pipelines.second_process``, which call this). Also called
by ``pipelines.cli.commands``.
"""

import multiprocessing
import os
import threading
import time
from contextlib import suppress
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

# For so many spans in a row such a process may use no processor time before it is ended, as when it was stopped by a
# signal. Longer than a file is waited for by ``sources.isolated``.
IDLE_SPANS = 150
SPAN_SECONDS = 1.0


def prepare_suite_workers() -> None:
    """Begin to import Great Expectations beside other work, for ``run_checks.suite_workers``; returns at once.

    The processes are forked from a server process that has only imported it (``forkserver``): a fork of this process,
    which has threads, could hang.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    multiprocessing.get_context("forkserver").set_forkserver_preload(["pipelines.suite_server"])
    forkserver.ensure_running()


def end_with_parent() -> None:
    """In a process of ``multiprocessing``: end when the one that started it has ended, however that was."""
    threading.Thread(target=_end_after, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_after(parent: Any) -> None:
    parent.join()
    os._exit(1)


def processor_seconds(pid: int) -> float:
    """What a process used until now, with those that it started and that still run (the one that reads files)."""
    used = 0.0
    with suppress(OSError):
        used = time.clock_gettime((~pid << 3) | 2)
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            used += sum(processor_seconds(int(child)) for child in children.read_text().split())
    return used
