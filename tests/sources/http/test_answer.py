"""What one response becomes, by its status and body, without a server; reasons and kinds of failures; waits."""

import gzip
import io
import random
import ssl
import zlib
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from sources.http import answer
from sources.http.answer import Deadline, _retry_after, receive
from sources.http.failures import Refused, outage_kind, plain_reason, status_reason
from sources.http.fetch_policy import FetchPolicy
from sources.http.waits import Waits

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
POLICY = FetchPolicy(hosts=("stat.example.org",), expected=("csv",), max_bytes=1000)
CSV = b"a,b\n1,2\n"
PACKED = gzip.compress(CSV, mtime=0)


class Body(io.BytesIO):
    """The raw side of a response."""

    def read1(self, size: int | None = -1, /, *, decode_content: bool = False) -> bytes:
        assert not decode_content
        return super().read1(size)


def received(
    content: bytes, status: int = 200, conditional: bool = False, over: bool = False, **headers: str
) -> answer.Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    response: Any = SimpleNamespace(status_code=status, headers=named, raw=Body(content))
    return receive(response, POLICY, conditional, Deadline(5, lambda: 6 if over else 5), NOW)


@pytest.fixture(autouse=True)
def _accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every body is of its kind, but "bad"."""
    monkeypatch.setattr(answer, "judge", lambda body, *_: "no table" if body == b"bad" else None)


@pytest.mark.parametrize(
    ("content", "headers", "reason", "again"),
    [
        (CSV, {}, "", False),
        (CSV, {"Content_Length": "8"}, "", False),
        (CSV, {"Content_Length": "x"}, "", False),
        (CSV, {"Content_Length": "9"}, "The transfer broke off: 8 of 9 declared bytes came", True),
        (CSV, {"Content_Length": "7"}, "The transfer broke off: 8 of 7 declared bytes came", True),
        (PACKED, {"Content_Encoding": "gzip"}, "", False),
        (
            PACKED[:-9],
            {"Content_Encoding": "gzip"},
            "The transfer broke off: the compressed",
            True,
        ),
        (
            b"\0" + PACKED[1:],
            {"Content_Encoding": "gzip"},
            "The compressed body is damaged",
            True,
        ),
        (b"bad", {}, "no table", True),
        (b"a" * 1000, {"Content_Length": "1000"}, "", False),
    ],
)
def test_the_body_of_a_good_answer(content: bytes, headers: dict[str, str], reason: str, again: bool) -> None:
    found = received(content, **headers)
    assert found.reason.startswith(reason) and bool(found.reason) == bool(reason) and found.again is again
    if not reason:
        assert found.body == (CSV if "Content_Encoding" in headers else content)


@pytest.mark.parametrize(
    ("content", "headers"),
    [(b"a" * 1001, {}), (b"", {"Content_Length": "1001"}), (b"a", {"Content_Encoding": "br"})],
)
def test_a_body_that_is_refused_for_good(content: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(Refused, match=r"larger than the limit of 1000 bytes|compressed as br"):
        received(content, **headers)


def test_a_transfer_has_an_end() -> None:
    assert received(CSV, over=True).reason.startswith("The transfer took longer than")
    assert Deadline(5, lambda: 5).is_over() is False


@pytest.mark.parametrize(
    ("status", "conditional", "again", "words"),
    [
        (304, True, False, ""),
        (304, False, False, "nothing changed, although"),
        (503, False, True, "has a fault of its own (status 503)"),
        (500, False, True, "has a fault of its own (status 500)"),
        (418, False, False, "does not hand out the file (status 418)"),
        (404, False, False, "nothing at this address"),
    ],
)
def test_other_statuses(status: int, conditional: bool, again: bool, words: str) -> None:
    found = received(CSV, status, conditional, Retry_After="7")
    assert (found.status, found.body, found.again) == (status, None, again) and words in found.reason
    assert found.retry_after == (None if conditional else 7.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0), (" 0 ", 0.0), ("", None), ("soon", None), ("-5", None),
        ("Sat, 28 Nov 2026 03:00:30 GMT", 30.0), ("Sat, 28 Nov 2026 03:00:30 -0000", 30.0),
        ("Sat, 28 Nov 2026 02:00:00 GMT", 0.0), ("Sat, 28 Nov 2026 08:00:10 +0500", 10.0),
    ],
)  # fmt: skip
def test_when_a_server_wants_to_be_asked_again(text: str, seconds: float | None) -> None:
    assert _retry_after(text, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (None, "", "not_reached"),
        (None, "No answer within 5 seconds", "not_reached"),
        (None, "The server's TLS certificate is not trusted", "certificate"),
        (None, "The protected connection (TLS) could not be set up", "certificate"),
        (None, "The address or a header is not valid", "address"),
        (200, "The transfer broke off", "broken_off"),
        (200, "The compressed body is damaged", "broken_off"),
        (200, "The file is larger than", "too_large"),
        (200, "Not taken: one of its pages failed", "incomplete"),
        (200, "An HTML page came", "other_content"),
        (401, "", "no_access"), (403, "", "no_access"), (404, "", "nothing_there"), (410, "", "nothing_there"),
        (500, "", "server_fault"), (599, "", "server_fault"), (499, "", "not_handed_out"), (304, "", "not_handed_out"),
    ],
)  # fmt: skip
def test_the_kind_of_a_failed_request(status: int | None, reason: str, kind: str) -> None:
    assert outage_kind(status, reason) == kind


@pytest.mark.parametrize(
    ("trouble", "reason", "again"),
    [
        (requests.ConnectTimeout(), "No connection within 10 seconds", True),
        (requests.ReadTimeout(), "No answer within 60 seconds", True),
        (ssl.SSLError("CERTIFICATE_VERIFY_FAILED"), "The server's TLS certificate is not trusted", False),
        (ssl.SSLError("handshake"), "The protected connection (TLS)", True),
        (zlib.error("x"), "The request failed (error)", True),
        (OSError("getaddrinfo"), "The host's name cannot be resolved", True),
        (ConnectionRefusedError("refused"), "The server refuses connections", True),
        (ConnectionResetError("reset by peer"), "The server closed the connection", True),
        (requests.exceptions.InvalidURL("x"), "The address or a header is not valid", False),
        (OSError("url: https://host/closed?key=1"), "The request failed (OSError)", True),
        (ValueError("x"), "The request failed (ValueError)", False),
        (requests.exceptions.InvalidJSONError("x"), "The request failed (InvalidJSONError)", True),
    ],
)
def test_a_failure_in_plain_words(trouble: BaseException, reason: str, again: bool) -> None:
    policy = FetchPolicy(hosts=("stat.example.org",), expected=("csv",), connect_timeout=10, read_timeout=60)
    said, may_help = plain_reason(trouble, policy)
    assert said.startswith(reason) and may_help is again
    assert status_reason(499) != status_reason(500)


def test_waits_between_requests_and_before_another_try() -> None:
    now, slept = [100.0], list[float]()
    waits = Waits(lambda: now[0], slept.append, random.Random(1))
    for host, interval in (("a", 0.0), ("a", 2.0), ("b", 2.0), ("a", 2.0), ("a", 3.0), ("a", 0.0)):
        waits.between_requests(host, interval)
    assert slept == [2.0, 4.0]
    now[0] += 7.5
    waits.between_requests("a", 2.0)
    assert slept == [2.0, 4.0], "the moment of the host is over"
    slept.clear()
    policy = FetchPolicy(
        hosts=("stat.example.org",),
        expected=("csv",),
        backoff_base=1.0,
        backoff_cap=8.0,
        retry_after_cap=30.0,
    )
    randomness: Any = SimpleNamespace(uniform=lambda low, high: low + high)
    waits = Waits(lambda: 0.0, slept.append, randomness)
    for tries, after in (
        (1, None),
        (2, None),
        (3, None),
        (4, None),
        (5, None),
        (1, 20.0),
        (1, 60.0),
        (3, 1.0),
    ):
        waits.before_retry(policy, tries, after)
    assert slept == [1.0, 2.0, 4.0, 8.0, 8.0, 20.0, 30.0, 4.0]
