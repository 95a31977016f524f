"""Polite HTTP: asks a publisher for one address and says, without ever raising, what came of it.

A ``FetchPolicy`` is what a dataset's declaration says about its publisher; a ``Fetch`` is the record of one
request with its retries. A body is handed out only after ``judge`` found that it is what was expected: an
error page, a broken-off or garbled file is a failure with a plain reason, never data.
"""

import email.utils
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

from sources.cells import ReadError
from sources.http.addresses import PublicMachines, check_target, check_written
from sources.http.failures import OUTSIDE, BrokenOff, Refused, plain_reason, status_reason
from sources.http.policy import FetchPolicy
from sources.http.redact import redact
from sources.http.unpack import ENCODINGS, unpacked
from sources.isolated import judge

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
    """What came of asking one address, retries included."""

    address: str
    requested_at: datetime
    received_at: datetime
    status: int | None
    outcome: str
    reason: str
    headers: Mapping[str, str]
    sha256: str | None
    size: int | None
    body: bytes | None = field(repr=False)
    attempts: int
    trail: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Answer:
    """One attempt: a reason means that it failed, ``again`` that another try may help."""

    status: int | None = None
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    again: bool = False
    retry_after: float | None = None


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
    """One session for all publishers; ``mirror`` stands in for every host."""

    def __init__(
        self,
        *,
        mirror: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        dice: random.Random | None = None,
    ) -> None:
        """Clock, sleep and dice are parameters so that tests need no patching."""
        self._mirror = mirror.rstrip("/") if mirror else None
        self._clock, self._monotonic, self._sleep = clock, monotonic, sleep
        self._dice = dice or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._session = requests.Session()
        # A mirror is the user's own machine, on this one or in the office.
        for scheme in () if mirror else ("http://", "https://"):
            self._session.mount(scheme, PublicMachines())
        self._trusted: dict[str, str] = {}
        self._next: dict[str, float] = {}
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
        """Ask one address; never raises for anything the outside does.

        ``etag`` and ``last_modified`` of the bytes already held make the request conditional;
        with ``known_sha256`` the same bytes sent again are told as ``unchanged``.
        """
        requested_at = self._clock()
        trail: list[str] = []
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        sent = {name: value for name, value in conditions.items() if value}
        answer = self._attempt(address, policy, sent)
        while answer.again and len(trail) < policy.retries:
            trail.append(answer.reason)
            self._sleep(self._delay(policy, len(trail), answer.retry_after))
            answer = self._attempt(address, policy, sent)
        return self._fetch(address, requested_at, answer, tuple(trail), known_sha256)

    def _fetch(
        self, address: str, requested_at: datetime, answer: _Answer, trail: tuple[str, ...], known: str | None
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

    def _delay(self, policy: FetchPolicy, tries: int, retry_after: float | None) -> float:
        """Full jitter under a growing ceiling, and not before the server's own Retry-After."""
        ceiling = min(policy.backoff_cap, policy.backoff_base * 2 ** (tries - 1))
        jitter = self._dice.uniform(0, ceiling)
        return max(jitter, min(retry_after or 0.0, policy.retry_after_cap))

    def _attempt(self, address: str, policy: FetchPolicy, conditions: Mapping[str, str]) -> _Answer:
        """One try; whatever goes wrong becomes an answer with a reason."""
        try:
            return self._ask(address, policy, conditions)
        except Refused as refusal:
            return _Answer(reason=str(refusal))
        except BrokenOff as broken:
            return _Answer(reason=str(broken), again=True)
        except OUTSIDE as trouble:
            reason, again = plain_reason(trouble, policy)
            return _Answer(reason=reason, again=again)

    def _ask(self, address: str, policy: FetchPolicy, conditions: Mapping[str, str]) -> _Answer:
        """Follow redirects by hand, so that none leads outside the declared hosts."""
        deadline = self._monotonic() + policy.total_timeout
        target = address
        for _ in range(MAX_REDIRECTS + 1):
            check_target(target, policy.hosts)
            with closing(self._send(target, policy, conditions)) as response:
                place = response.headers.get("Location", "")
                if response.status_code not in REDIRECTS or not place:
                    return self._receive(response, policy, deadline, bool(conditions))
                target = self._redirected(target, place)
        raise Refused(f"The address redirects more than {MAX_REDIRECTS} times")

    def _wire(self, target: str) -> str:
        """The address that is really asked."""
        return f"{self._mirror}/{target.split('://', 1)[1]}" if self._mirror else target

    def _redirected(self, target: str, place: str) -> str:
        """The published address that a redirect means; a mirror's own links lead back into the mirror."""
        check_written(place)
        url = urljoin(self._wire(target), place)
        if self._mirror:
            inside = url.startswith(f"{self._mirror}/")
            return f"https://{url[len(self._mirror) + 1 :]}" if inside else url
        if target.startswith("https:") and not url.startswith("https:"):
            raise Refused("The address redirects from https to an unprotected address")
        return url

    def _send(self, target: str, policy: FetchPolicy, conditions: Mapping[str, str]) -> requests.Response:
        """One request on the wire, not too soon after the last one to that host."""
        self._trust(policy)
        self._wait(urlsplit(target).netloc, policy.min_interval)
        url = self._wire(target)
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

    def _wait(self, host: str, interval: float) -> None:
        """Take the host's next free moment; a mirror is the user's own machine and is not spared."""
        if self._mirror or interval <= 0:
            return
        with self._lock:
            now = self._monotonic()
            moment = max(now, self._next.get(host, now))
            self._next[host] = moment + interval
        if moment > now:
            self._sleep(moment - now)

    def _receive(
        self, response: requests.Response, policy: FetchPolicy, deadline: float, conditional: bool
    ) -> _Answer:
        """Judge the status, then the transfer, then the content."""
        status, headers = response.status_code, response.headers
        if status == 304 and conditional:
            return _Answer(status, headers=headers)
        if status != 200:
            again = status in policy.retry_statuses
            wait = self._retry_after(headers.get("Retry-After", ""))
            return _Answer(status, status_reason(status), headers, again=again, retry_after=wait)
        try:
            body = self._stream(response, policy, deadline)
        except BrokenOff as broken:
            return _Answer(status, str(broken), headers, again=True)
        except OUTSIDE as trouble:
            reason, again = plain_reason(trouble, policy)
            return _Answer(status, reason, headers, again=again)
        try:
            reason = judge(body, headers.get("Content-Type", ""), policy.expected) or ""
        except ReadError as error:
            raise Refused(f"The body cannot be judged: {error.problem}") from None
        return _Answer(status, reason, headers, body, again=bool(reason))

    def _stream(self, response: requests.Response, policy: FetchPolicy, deadline: float) -> bytes:
        """The body, bounded in size and time, complete, and unpacked."""
        declared = response.headers.get("Content-Length", "")
        limit = f"The file is larger than the limit of {policy.max_bytes} bytes"
        if declared.isdigit() and int(declared) > policy.max_bytes:
            raise Refused(limit)
        body = bytearray()
        while piece := response.raw.read1(65536, decode_content=False):
            body += piece
            if len(body) > policy.max_bytes:
                raise Refused(limit)
            if self._monotonic() > deadline:
                raise BrokenOff(f"The transfer took longer than {policy.total_timeout:g} seconds")
        received = response.raw.tell()
        if declared.isdigit() and int(declared) != received:
            raise BrokenOff(f"The transfer broke off: {received} of {declared} declared bytes came")
        return unpacked(bytes(body), response.headers.get("Content-Encoding", ""), policy.max_bytes)

    def _retry_after(self, text: str) -> float | None:
        """Seconds from a Retry-After header, which holds a number or a date."""
        if text.strip().isdigit():
            return float(text)
        try:
            moment = email.utils.parsedate_to_datetime(text)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self._clock()).total_seconds())
