"""How a process that a refresh starts ends with it, also where the refresh is killed and tells nobody to end.

Not here: what these processes do (``pipelines.run_checks``, ``pipelines.second_process``, which call this).
"""

import multiprocessing
import os
import threading
from typing import Any


def end_with_parent() -> None:
    """In a process of ``multiprocessing``: end when the one that started it has ended, however that was."""
    threading.Thread(target=_end_after, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_after(parent: Any) -> None:
    parent.join()
    os._exit(1)
