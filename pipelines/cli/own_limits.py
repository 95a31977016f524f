"""Limits on this process while it answers a statement that somebody wrote.

DuckDB counts neither the texts and lists that functions make (``repeat``, ``range``) into its limit of memory, nor does
it look at the clock while one function works on one row. So the system refuses the memory, and a process that does not
come to an end ends itself. Only for a command, which has the process to itself: the limit is one of the whole process.

Not here: DuckDB's own limits (``pipelines.published.query``). Called for ``dvstats query``.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data_contracts.errors import WRONG_USAGE

if sys.platform != "win32":
    import resource


@contextmanager
def limited(memory: int, seconds: float) -> Iterator[None]:
    """At most so many bytes beyond what the process has now; after so many seconds it ends with a sentence."""
    watch = threading.Timer(seconds, _end, (seconds,))
    watch.daemon = True
    watch.start()
    try:
        with _memory(memory):
            yield
    finally:
        watch.cancel()


def _end(seconds: float) -> None:
    sys.stdout.flush()
    print(
        f"dvstats: The query was still at work after {seconds:g} seconds and could not be stopped. Narrow it.",
        file=sys.stderr,
        flush=True,
    )
    os._exit(WRONG_USAGE)


@contextmanager
def _memory(most: int) -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [_written() + most, *(value for value in (soft, hard) if value != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _written() -> int:
    """Bytes of memory that this process may write to, which is what the limit counts."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (size,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmData:"))
    return int(size) * 1024
