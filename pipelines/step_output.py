"""What steps print, kept by Dagster in files; Ctrl+C ends the programs that copy it to the terminal without a word.

Dagster starts them beside each step. Ctrl+C reaches every program of a terminal, and each of them would print how it
was interrupted. They begin with that signal held back, and Dagster ends them with the step, by SIGTERM. Where a script
started this program in the background, Dagster ignores that signal; they would too, and their step would fail after a
wait of 30 s: they begin without that. Not here: where the files are (``dagster.yaml``). Called by Dagster, which finds
this class by its name in ``dagster.yaml``.
"""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager


class QuietlyEndedLogManager(LocalComputeLogManager):
    """The same files."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "QuietlyEndedLogManager":
        """Dagster's own method makes its own class whatever the subclass."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Iterator[Any]:
        """As Dagster's own; this process gets what was held back as soon as they run."""
        with ExitStack() as stack:
            with _held_back(), _not_ignored():
                captured = stack.enter_context(super().capture_logs(log_key))
            yield captured


@contextmanager
def _held_back() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _not_ignored() -> Iterator[None]:
    ignored = signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    if not ignored or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
