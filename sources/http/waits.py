"""How long is waited: before an address is tried again, and between two requests to one host.

::

    third try, backoff_base 1 s          a random time up to 4 s, and not before the server's own Retry-After
    min_interval 1 s, last request 0.3 s ago    0.7 s

The numbers are those of the ``FetchPolicy`` (``fetch_policy``); which answers are worth another try is judged in
``answer`` and ``failures``. Called by ``client``.
"""

import random
import threading
from collections.abc import Callable

from sources.http.fetch_policy import FetchPolicy


class Waits:
    """The waiting of one client, which has one such for all publishers and threads."""

    def __init__(
        self, monotonic: Callable[[], float], sleep: Callable[[float], None], randomness: random.Random
    ) -> None:
        """Clock, sleep and randomness are those of the client."""
        self._monotonic, self._sleep, self._randomness = monotonic, sleep, randomness
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def before_retry(self, policy: FetchPolicy, tries: int, retry_after: float | None) -> None:
        """Wait with full jitter under a growing ceiling, and not less than the server's own Retry-After."""
        ceiling = min(policy.backoff_cap, policy.backoff_base * 2 ** (tries - 1))
        jitter = self._randomness.uniform(0, ceiling)
        self._sleep(max(jitter, min(retry_after or 0.0, policy.retry_after_cap)))

    def between_requests(self, host: str, interval: float) -> None:
        """Take the host's next free moment, ``interval`` seconds after the one before, and wait for it."""
        if interval <= 0:
            return
        with self._lock:
            now = self._monotonic()
            moment = max(now, self._next.get(host, now))
            self._next[host] = moment + interval
        if moment > now:
            self._sleep(moment - now)
