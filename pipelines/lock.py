"""The lock of a data directory: one refresh at a time works on it, and which run held it when it was killed is known.

The lock is that of the operating system on ``.refresh.lock``, which frees it when a process ends, however it ends. The
file itself stays; its text is the id of the Dagster run that holds the lock, empty once a run has ended. A text that
is there when the lock is free tells of a run that was killed.

Not here: exchange with a store, which goes with the lock (``pipelines.data_directory``, the caller), and putting a
killed run in order (``pipelines.resources``). ``pipelines.run_launcher`` asks whether a run still holds it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data_contracts.errors import BusyError
from sources.durable import locked

LOCK_FILE = ".refresh.lock"
# How often a run that waits for the lock tries again.
POLL_SECONDS = 1.0


class RefreshLock:
    """The lock of one data directory."""

    def __init__(self, root: Path) -> None:
        """``root``: the data directory, which need not exist yet."""
        self._root = root
        self.file = root / LOCK_FILE

    @contextmanager
    def held(
        self, patience: float = 0, say: Callable[[str], object] = lambda sentence: None
    ) -> Iterator[None]:
        """Hold the lock, for which ``patience`` seconds are waited; the same process may enter again.

        ``say`` gets a sentence when the wait begins. :class:`BusyError` where another process keeps the lock longer.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        deadline, waits = time.monotonic() + patience, False
        while True:
            with locked(self.file, wait=False, again=True) as mine:
                if mine:
                    yield
                    return
            if time.monotonic() >= deadline:
                raise BusyError(
                    f"Another refresh is running on {self._root}. Wait until it ends, or choose another --data-dir."
                )
            if not waits:
                say(f"Another refresh is running on {self._root}: this run waits until it ends.")
            waits = True
            time.sleep(POLL_SECONDS)

    @property
    def holder(self) -> str:
        """Id of the Dagster run that held the lock and did not give it back: it was killed. Read under the lock."""
        return self.file.read_text(encoding="utf-8").strip()

    @holder.setter
    def holder(self, run_id: str) -> None:
        self.file.write_text(run_id, encoding="utf-8")
