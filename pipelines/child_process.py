"""How a process that a refresh starts ends with it, also where the refresh is killed and tells nobody to end; and
how long it is waited for.

Not here: what these processes do (``pipelines.expectation_suites``, ``pipelines.second_process``, which call this).
"""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

# For so many spans in a row such a process may use no processor time, as when it was stopped by a signal, before nobody
# waits for it any more. Longer than a file is waited for by ``sources.isolated``.
IDLE_SPANS = 150
SPAN_SECONDS = 1.0


def end_with_parent() -> None:
    """In a process of ``multiprocessing``: end when the one that started it has ended, however that was."""
    threading.Thread(target=_end_after, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_after(parent: Any) -> None:
    parent.join()
    os._exit(1)


def answers(within: Callable[[float], bool], processes: Callable[[], Iterable[int]]) -> bool:
    """Wait for an answer; False where the processes that work on it did nothing for ``IDLE_SPANS`` spans.

    ``within``: waits at most so many seconds, and says whether there is an answer. ``processes``: their ids as they are
    now.
    """
    spans, worked = 0, -1.0
    # Spans are counted, not seconds: where all processes were stopped and go on, that is one span.
    while not within(SPAN_SECONDS):
        before, worked = worked, sum(map(processor_seconds, processes()))
        spans = spans + 1 if worked == before else 0
        if spans >= IDLE_SPANS:
            return False
    return True


def processor_seconds(pid: int) -> float:
    """What a process used until now, with those that it started and that still run (the one that reads files)."""
    used = 0.0
    with suppress(OSError):
        # The clock of another process, as Linux numbers it (CPUCLOCK_SCHED): Python has no name for it.
        used = time.clock_gettime((~pid << 3) | 2)
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            used += sum(processor_seconds(int(child)) for child in children.read_text().split())
    return used
