"""One answer of a publisher: its status, its transfer and its content are judged before anybody sees the body.

An error page, a broken-off or garbled file becomes an ``Answer`` with a reason and no body that counts. Not here:
sending the request, redirects and retries (``client``, the only caller), the words for failures (``failures``), what a
kind of file looks like (``expected_content``).
"""

import email.utils
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests

from sources.cells import ReadError
from sources.http.failures import OUTSIDE, BrokenOff, Refused, plain_reason, status_reason
from sources.http.fetch_policy import FetchPolicy
from sources.http.unpack import unpacked
from sources.isolated import judge


@dataclass(frozen=True)
class Answer:
    """What came of one try."""

    #: HTTP status; None: no answer came
    status: int | None = None
    #: why it counts as failed, in a sentence without addresses; empty: it does not
    reason: str = ""
    #: headers of the answer
    headers: Mapping[str, str] = field(default_factory=dict)
    #: the unpacked bytes, also those of an error page; None where none came
    body: bytes | None = field(default=None, repr=False)
    #: whether another try may help
    again: bool = False
    #: seconds that the server asks to wait before it; None: it does not say
    retry_after: float | None = None


@dataclass(frozen=True)
class Deadline:
    """When a transfer must be complete."""

    #: moment on the clock below, in seconds
    at: float
    #: a clock that is never set back
    monotonic: Callable[[], float]

    def is_over(self) -> bool:
        """Whether it has passed."""
        return self.monotonic() > self.at


def receive(
    response: requests.Response, policy: FetchPolicy, conditional: bool, deadline: Deadline, now: datetime
) -> Answer:
    """Judge the status, then the transfer, then the content; ``conditional``: 304 is an answer.

    Refused where no other try can help, such as a body that is larger than the limit.
    """
    status, headers = response.status_code, response.headers
    if status == 304 and conditional:
        return Answer(status, headers=headers)
    if status != 200:
        again = status in policy.retry_statuses
        wait = _retry_after(headers.get("Retry-After", ""), now)
        return Answer(status, status_reason(status), headers, again=again, retry_after=wait)
    try:
        body = _stream(response, policy, deadline)
    except BrokenOff as broken:
        return Answer(status, str(broken), headers, again=True)
    except OUTSIDE as trouble:
        reason, again = plain_reason(trouble, policy)
        return Answer(status, reason, headers, again=again)
    try:
        reason = judge(body, headers.get("Content-Type", ""), policy.expected) or ""
    except ReadError as error:
        raise Refused(f"The body cannot be judged: {error.problem}") from None
    return Answer(status, reason, headers, body, again=bool(reason))


def _stream(response: requests.Response, policy: FetchPolicy, deadline: Deadline) -> bytes:
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
        if deadline.is_over():
            raise BrokenOff(f"The transfer took longer than {policy.total_timeout:g} seconds")
    received = response.raw.tell()
    if declared.isdigit() and int(declared) != received:
        raise BrokenOff(f"The transfer broke off: {received} of {declared} declared bytes came")
    return unpacked(bytes(body), response.headers.get("Content-Encoding", ""), policy.max_bytes)


def _retry_after(text: str, now: datetime) -> float | None:
    """Seconds from a Retry-After header, which holds a number or a date."""
    if text.strip().isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
