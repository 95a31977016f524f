"""Polite HTTP: requests one address of a publisher and returns, without ever raising, what came of it.

A ``FetchPolicy`` is what a dataset's declaration says about its publisher; a ``Fetch`` is the record of one
request with its retries. A body is handed out only after it was found to be what was expected: an
error page, a broken-off or garbled file is a failure with a plain reason, never data.

Not here: how long is waited before another try and between two requests (``waits``), judging one answer
(``answer``), which addresses may be requested (``addresses``), storing what came (``sources.pull``, which sends the
requests; ``pipelines.resources`` makes one client a run).
"""

import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from sources.http.addresses import PublicMachines, check_target, check_written
from sources.http.answer import Answer, Deadline, receive
from sources.http.failures import OUTSIDE, BrokenOff, Refused, plain_reason
from sources.http.fetch_policy import FetchPolicy
from sources.http.redact import redact
from sources.http.unpack import ENCODINGS
from sources.http.waits import Waits

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
KEPT_HEADERS = (
    "ETag",
    "Last-Modified",
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Content-Disposition",
    "Date",
    "Retry-After",
)


@dataclass(frozen=True)
class Fetch:
    """What came of requesting one address, retries included."""

    #: the requested address, without keys and passwords
    address: str
    #: when the first try began (UTC)
    requested_at: datetime
    #: when the last try ended (UTC)
    received_at: datetime
    #: HTTP status of the last try; None: no answer came
    status: int | None
    #: ``new``, ``unchanged`` (the bytes are those already held) or ``failed``
    outcome: str
    #: why it failed, in a sentence without addresses; empty where it did not
    reason: str
    #: those of ``KEPT_HEADERS`` that the answer has
    headers: Mapping[str, str]
    #: checksum of the body, 64 hexadecimal digits; None where there is none
    sha256: str | None
    #: bytes of the body
    size: int | None
    #: the unpacked bytes; None after a failure, and where the server answers that nothing changed
    body: bytes | None = field(repr=False)
    #: tries, the first one included
    attempts: int
    #: reasons of the tries before the last
    trail: tuple[str, ...] = ()


class _ExtraTrust(PublicMachines):
    """The default certificate store plus one declared bundle, with and without a proxy."""

    def __init__(self, bundle: str) -> None:
        self._context = ssl.create_default_context()
        self._context.load_verify_locations(cafile=bundle)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(*args, **kwargs, ssl_context=self._context)


class Client:
    """One session for all publishers; ``mirror`` is requested instead of every host."""

    def __init__(
        self,
        *,
        mirror: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        randomness: random.Random | None = None,
    ) -> None:
        """Clock, sleep and randomness are parameters so that tests need no patching."""
        self._mirror = mirror.rstrip("/") if mirror else None
        self._clock, self._monotonic = clock, monotonic
        self._waits = Waits(monotonic, sleep, randomness or random.SystemRandom())
        self._session = requests.Session()
        # A mirror is the user's own machine, on this one or in the office.
        for scheme in () if mirror else ("http://", "https://"):
            self._session.mount(scheme, PublicMachines())
        self._trusted: dict[str, str] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close idle connections."""
        self._session.close()

    def get(
        self,
        address: str,
        policy: FetchPolicy,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        known_sha256: str | None = None,
    ) -> Fetch:
        """Request one address; never raises for anything the outside does.

        ``etag`` and ``last_modified`` of the bytes already held make the request conditional;
        with ``known_sha256`` the same bytes sent again have the outcome ``unchanged``.
        """
        requested_at = self._clock()
        trail: list[str] = []
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        sent = {name: value for name, value in conditions.items() if value}
        answer = self._attempt(address, policy, sent)
        while answer.again and len(trail) < policy.retries:
            trail.append(answer.reason)
            self._waits.before_retry(policy, len(trail), answer.retry_after)
            answer = self._attempt(address, policy, sent)
        return self._fetch(address, requested_at, answer, tuple(trail), known_sha256)

    def _fetch(
        self, address: str, requested_at: datetime, answer: Answer, trail: tuple[str, ...], known: str | None
    ) -> Fetch:
        """The record of the last attempt; a body leaves here only if nothing is wrong with it."""
        body = None if answer.reason else answer.body
        digest = sha256(body).hexdigest() if body is not None else None
        fresh = body is not None and digest != known
        outcome = "failed" if answer.reason else "new" if fresh else "unchanged"
        return Fetch(
            address=redact(address),
            requested_at=requested_at,
            received_at=self._clock(),
            status=answer.status,
            outcome=outcome,
            reason=answer.reason,
            headers={name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers},
            sha256=digest,
            size=None if body is None else len(body),
            body=body,
            attempts=len(trail) + 1,
            trail=trail,
        )

    def _attempt(self, address: str, policy: FetchPolicy, conditions: Mapping[str, str]) -> Answer:
        """One try; whatever goes wrong becomes an answer with a reason."""
        try:
            return self._followed(address, policy, conditions)
        except Refused as refusal:
            return Answer(reason=str(refusal))
        except BrokenOff as broken:
            return Answer(reason=str(broken), again=True)
        except OUTSIDE as trouble:
            reason, again = plain_reason(trouble, policy)
            return Answer(reason=reason, again=again)

    def _followed(self, address: str, policy: FetchPolicy, conditions: Mapping[str, str]) -> Answer:
        """Follow redirects by hand, so that none leads outside the declared hosts."""
        deadline = Deadline(self._monotonic() + policy.total_timeout, self._monotonic)
        target = address
        for _ in range(MAX_REDIRECTS + 1):
            check_target(target, policy.hosts)
            with closing(self._send(target, policy, conditions)) as response:
                place = response.headers.get("Location", "")
                if response.status_code not in REDIRECTS or not place:
                    return receive(response, policy, bool(conditions), deadline, self._clock())
                target = self._redirected(target, place)
        raise Refused(f"The address redirects more than {MAX_REDIRECTS} times")

    def _requested_address(self, target: str) -> str:
        """The address that is really requested: that of the mirror, where there is one."""
        return f"{self._mirror}/{target.split('://', 1)[1]}" if self._mirror else target

    def _redirected(self, target: str, place: str) -> str:
        """The published address that a redirect means; a mirror's own links lead back into the mirror."""
        check_written(place)
        url = urljoin(self._requested_address(target), place)
        if self._mirror:
            inside = url.startswith(f"{self._mirror}/")
            return f"https://{url[len(self._mirror) + 1 :]}" if inside else url
        if target.startswith("https:") and not url.startswith("https:"):
            raise Refused("The address redirects from https to an unprotected address")
        return url

    def _send(self, target: str, policy: FetchPolicy, conditions: Mapping[str, str]) -> requests.Response:
        """One request on the wire, not too soon after the last one to that host."""
        self._trust(policy)
        if not self._mirror:
            # A mirror is the user's own machine and is not spared.
            self._waits.between_requests(urlsplit(target).netloc, policy.min_interval)
        url = self._requested_address(target)
        local = urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
        return self._session.get(
            url,
            headers={
                "User-Agent": policy.user_agent,
                "Accept-Encoding": ENCODINGS,
                **policy.headers,
                **conditions,
            },
            timeout=(policy.connect_timeout, policy.read_timeout),
            allow_redirects=False,
            stream=True,
            verify=True,
            proxies={"no_proxy": "*"} if local else None,
        )

    def _trust(self, policy: FetchPolicy) -> None:
        """Add the declared certificates for the declared hosts only."""
        for host in policy.hosts if policy.ca_bundle and not self._mirror else ():
            with self._lock:
                if self._trusted.get(host) != policy.ca_bundle:
                    self._session.mount(f"https://{host}/", _ExtraTrust(str(policy.ca_bundle)))
                    self._trusted[host] = str(policy.ca_bundle)
