"""Polite HTTP: asks a publisher for one address and says, without ever raising, what came of it.

A ``FetchPolicy`` is what a dataset's declaration says about its publisher; a ``Fetch`` is the record of one
request with its retries. A body is handed out only after ``judge`` found that it is what was expected: an
error page, a broken-off or garbled file is a failure with a plain reason, never data.
"""

import email.utils
import io
import json
import random
import re
import ssl
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
import urllib3.exceptions
from lxml import etree
from requests.adapters import HTTPAdapter

USER_AGENT = "dvstats/0.1 (open pipeline for domestic violence statistics in Central Asia)"
RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
MAX_UNPACKED = 1_000_000_000
KEPT_HEADERS = (
    "ETag", "Last-Modified", "Content-Type", "Content-Length", "Content-Encoding",
    "Content-Disposition", "Date", "Retry-After",
)  # fmt: skip
SECRET_NAMES = re.compile(
    r"(?i)^(x-)?((api|subscription|access|app)[-_.]?key|key|(access[-_.]?|auth[-_.]?)?token|auth|"
    r"password|passwd|pwd|secret|client[-_.]?secret|sig|signature|session(id)?)$"
)
_OUTSIDE = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    HTTPException,
    OSError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True)
class FetchPolicy:
    """How one publisher is asked, and what may come back."""

    hosts: tuple[str, ...]
    expected: tuple[str, ...]
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 600.0
    max_bytes: int = 200_000_000
    retries: int = 4
    backoff_base: float = 1.0
    backoff_cap: float = 60.0
    retry_after_cap: float = 300.0
    retry_statuses: frozenset[int] = RETRY_STATUSES
    min_interval: float = 1.0
    headers: Mapping[str, str] = field(default_factory=dict)
    ca_bundle: str | None = None
    user_agent: str = USER_AGENT

    def __post_init__(self) -> None:
        """A kind nobody can judge is a mistake in the declaration."""
        unknown = [kind for kind in self.expected if kind not in _JUDGES]
        if unknown or not self.expected:
            known = ", ".join(_JUDGES)
            raise ValueError(f"expected content {', '.join(unknown) or '(none)'} is not one of {known}")


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


class _Refused(Exception):  # noqa: N818
    """Something that another try would not change."""


class _BrokenOff(Exception):  # noqa: N818
    """A transfer that another try may complete."""


class _ExtraTrust(HTTPAdapter):
    """The default certificate store plus one declared bundle, with and without a proxy."""

    def __init__(self, bundle: str) -> None:
        self._context = ssl.create_default_context()
        self._context.load_verify_locations(cafile=bundle)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(*args, **kwargs, ssl_context=self._context)


def redact(address: str) -> str:
    """The address as it may be written down: without passwords and keys."""
    head, query_mark, query = address.partition("?")
    head = re.sub(r"(?<=://)[^/@]*@", "", head)
    query, hash_mark, fragment = query.partition("#")
    pairs = [_redact_pair(pair) for pair in query.split("&")]
    return head + query_mark + "&".join(pairs) + hash_mark + fragment


def _redact_pair(pair: str) -> str:
    """One ``name=value`` of a query."""
    name, equals, _ = pair.partition("=")
    return f"{name}=REDACTED" if equals and SECRET_NAMES.match(unquote(name)) else pair


class Fetcher:
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
        except _Refused as refusal:
            return _Answer(reason=str(refusal))
        except _BrokenOff as broken:
            return _Answer(reason=str(broken), again=True)
        except _OUTSIDE as trouble:
            reason, again = _plain(trouble, policy)
            return _Answer(reason=reason, again=again)

    def _ask(self, address: str, policy: FetchPolicy, conditions: Mapping[str, str]) -> _Answer:
        """Follow redirects by hand, so that none leads outside the declared hosts."""
        deadline = self._monotonic() + policy.total_timeout
        target = address
        for _ in range(MAX_REDIRECTS + 1):
            _check_target(target, policy)
            with closing(self._send(target, policy, conditions)) as response:
                place = response.headers.get("Location", "")
                if response.status_code not in REDIRECTS or not place:
                    return self._receive(response, policy, deadline, bool(conditions))
                target = self._redirected(target, place)
        raise _Refused(f"The address redirects more than {MAX_REDIRECTS} times")

    def _wire(self, target: str) -> str:
        """The address that is really asked."""
        return f"{self._mirror}/{target.split('://', 1)[1]}" if self._mirror else target

    def _redirected(self, target: str, place: str) -> str:
        """The published address that a redirect means; a mirror's own links lead back into the mirror."""
        url = urljoin(self._wire(target), place)
        if self._mirror:
            inside = url.startswith(f"{self._mirror}/")
            return f"https://{url[len(self._mirror) + 1 :]}" if inside else url
        if target.startswith("https:") and not url.startswith("https:"):
            raise _Refused("The address redirects from https to an unprotected address")
        return url

    def _send(self, target: str, policy: FetchPolicy, conditions: Mapping[str, str]) -> requests.Response:
        """One request on the wire, not too soon after the last one to that host."""
        self._trust(policy)
        self._wait(urlsplit(target).netloc, policy.min_interval)
        url = self._wire(target)
        local = urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
        return self._session.get(
            url,
            headers={"User-Agent": policy.user_agent, **policy.headers, **conditions},
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
            return _Answer(status, _status_reason(status), headers, again=again, retry_after=wait)
        try:
            body = self._stream(response, policy, deadline)
        except _BrokenOff as broken:
            return _Answer(status, str(broken), headers, again=True)
        except _OUTSIDE as trouble:
            reason, again = _plain(trouble, policy)
            return _Answer(status, reason, headers, again=again)
        reason = judge(body, headers.get("Content-Type", ""), policy.expected) or ""
        return _Answer(status, reason, headers, body, again=bool(reason))

    def _stream(self, response: requests.Response, policy: FetchPolicy, deadline: float) -> bytes:
        """The body, bounded in size and time, and complete."""
        declared = response.headers.get("Content-Length", "")
        limit = f"The file is larger than the limit of {policy.max_bytes} bytes"
        if declared.isdigit() and int(declared) > policy.max_bytes:
            raise _Refused(limit)
        body = bytearray()
        while piece := response.raw.read1(65536, decode_content=True):
            body += piece
            if len(body) > policy.max_bytes:
                raise _Refused(limit)
            if self._monotonic() > deadline:
                raise _BrokenOff(f"The transfer took longer than {policy.total_timeout:g} seconds")
        received = response.raw.tell()
        if declared.isdigit() and int(declared) != received:
            raise _BrokenOff(f"The transfer broke off: {received} of {declared} declared bytes came")
        return bytes(body)

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


def _check_target(target: str, policy: FetchPolicy) -> None:
    """Only http and https, only declared hosts."""
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Refused(f"The address {redact(target)} is not an http or https address")
    netloc = parts.netloc.rpartition("@")[2].lower()
    default = parts.port in (None, {"http": 80, "https": 443}[parts.scheme])
    declared = {host.lower() for host in policy.hosts}
    if netloc not in declared and not (default and parts.hostname in declared):
        raise _Refused(f"The address leads to {netloc}, which is not among the declared hosts")


_STATUS_REASONS = {
    304: "The server answers that nothing changed, although it was not asked that",
    401: "The server asks for a login or key (status 401)",
    403: "The server refuses access (status 403)",
    404: "The server has nothing at this address (status 404): it may have moved",
    410: "The server says that the file was withdrawn (status 410)",
    429: "The server asks for slower requests (status 429)",
}


def _status_reason(status: int) -> str:
    """A plain sentence for a status other than 200."""
    side = "has a fault of its own" if status >= 500 else "does not hand out the file"
    return _STATUS_REASONS.get(status, f"The server {side} (status {status})")


def _plain(trouble: BaseException, policy: FetchPolicy) -> tuple[str, bool]:
    """A sentence without addresses (they may hold keys), and whether another try may help."""
    text = re.sub(r"url: \S+|host='[^']*'", "", f"{type(trouble).__name__} {trouble}")
    for pattern, reason, again in _TROUBLES:
        if re.search(pattern, text):
            return reason.format(connect=policy.connect_timeout, read=policy.read_timeout), again
    again = not isinstance(trouble, ValueError) or isinstance(trouble, requests.RequestException)
    return f"The request failed ({type(trouble).__name__})", again


_TROUBLES = (
    ("CERTIFICATE_VERIFY_FAILED|CertificateError|hostname mismatch",
     "The server's TLS certificate is not trusted: declare its issuer in ca_bundle", False),
    ("SSL|TLS", "The protected connection (TLS) could not be set up", True),
    ("Proxy", "The proxy of this network does not let the request through", True),
    ("ConnectTimeout", "No connection within {connect:g} seconds", True),
    ("Timeout|timed out", "No answer within {read:g} seconds", True),
    ("IncompleteRead|InvalidChunkLength", "The transfer broke off: fewer bytes than declared came", True),
    ("DecodeError|ContentDecodingError|zlib", "The compressed body is damaged", True),
    ("NameResolution|getaddrinfo|Name or service", "The host's name cannot be resolved", True),
    ("refused", "The server refuses connections", True),
    ("reset|aborted|without response|Disconnected|closed",
     "The server closed the connection before it had answered", True),
    ("InvalidURL|MissingSchema|InvalidSchema|InvalidHeader|Unicode",
     "The address or a header is not valid", False),
    ("FileNotFoundError|No such file",
     "The declared ca_bundle is not a readable file of certificates", False),
)  # fmt: skip


# --- is it what was expected? -----------------------------------------------------------------------------

_HTML = re.compile(
    r"(?is)<(!doctype\s+html|html|head|body|title|script|meta|style|center|h[1-6]|div|p)[\s>/]"
)
_PROLOG = re.compile(r"(?s)\s*(<!--.*?-->|<\?.*?\?>)")
_PASSWORD = re.compile(r"(?is)<input[^>]+type\s*=\s*[\"']?password")
_TEXT_BYTES = bytes({*range(0x20, 0x7F), 0x09, 0x0A, 0x0D, *range(0x80, 0x100)})
_HIGH_PUNCTUATION = bytes(range(0x80, 0xC0))


def judge(content: bytes, content_type: str, expected: tuple[str, ...]) -> str | None:
    """None if the bytes are one of the expected kinds, otherwise the reason why they are not."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n\0"):
        return "The body is empty"
    wanted = " or ".join(expected)
    if _is_html(content):
        if _PASSWORD.search(_opening(content, len(content))):
            return f"A login page came where {wanted} was expected"
        return None if "html" in expected else f"An HTML page came where {wanted} was expected"
    reasons = [_JUDGES[kind](content, content_type) for kind in expected]
    return None if None in reasons else reasons[0]


def _opening(content: bytes, length: int = 65536) -> str:
    """The first characters, decoded well enough to recognise markup."""
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content[:length].decode("utf-16" if wide else "utf-8", errors="replace")
    return text.lstrip("\ufeff\ufffd \t\r\n")


def _is_html(content: bytes) -> bool:
    """Markup of a page at the beginning, after marks, blanks, comments and an XML declaration."""
    text = _opening(content)
    while skipped := _PROLOG.match(text):
        text = text[skipped.end() :]
    return bool(_HTML.match(text.lstrip("\ufeff \t\r\n")))


def _judge_html(content: bytes, content_type: str) -> str | None:
    return "The body is not an HTML page"


def _judge_json(content: bytes, content_type: str) -> str | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return "The body is not JSON, or it breaks off"
    return None if isinstance(value, (dict, list)) else "The JSON is a single word or number, not data"


def _judge_xml(content: bytes, content_type: str) -> str | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return "The body is not well-formed XML, or it breaks off"
    return None


def _judge_csv(content: bytes, content_type: str) -> str | None:
    text = _decoded(content)
    if text is None:
        return "The bytes are not text: the file is garbled or of another kind"
    lines = [line for line in text.splitlines()[:40] if line.strip()][:20]
    best = max(sum(mark in line for line in lines) for mark in ",;\t|")
    if not best or best * 2 < len(lines):
        return "The text has no header line with separated columns"
    if "html" in content_type.lower() and len(lines) < 2:
        return "One line of text came as a web page, not a table"
    return None


def _decoded(content: bytes) -> str | None:
    """The text of a CSV file, or None where the bytes cannot be text."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            return None
        return None if re.search(r"[\x00-\x08\x0e-\x1f]", text) else text
    if content.translate(None, _TEXT_BYTES):
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        rare = len(content) - len(content.translate(None, _HIGH_PUNCTUATION))
        return content.decode("cp1251", errors="replace") if rare * 10 < len(content) else None
    return None if re.search(r"[\x80-\x9f]", text) else text


def _judge_zip(content: bytes, member: str, name: str) -> str | None:
    """A complete archive with the one member that makes it a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                return f"The {name} workbook unpacks to more than {MAX_UNPACKED} bytes"
            if not any(re.fullmatch(member, part) for part in archive.namelist()):
                return f"The body is a zip archive without a workbook, not {name}"
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        return f"The body is not a complete {name} workbook"
    return f"The {name} workbook is damaged inside ({damaged})" if damaged else None


def _judge_xlsx(content: bytes, content_type: str) -> str | None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "The body is an old .xls workbook or protected by a password, not xlsx"
    return _judge_zip(content, r"xl/workbook\d*\.(xml|bin)", "xlsx")


def _judge_ods(content: bytes, content_type: str) -> str | None:
    return _judge_zip(content, r"content\.xml", "ods")


def _judge_xls(content: bytes, content_type: str) -> str | None:
    whole = content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and len(content) % 512 == 0
    return None if whole else "The body is not a complete .xls workbook"


def _judge_pdf(content: bytes, content_type: str) -> str | None:
    if b"%PDF-" not in content[:1024]:
        return "The body is not a PDF file"
    return None if b"%%EOF" in content[-2048:] else "The PDF file breaks off before its end"


_JUDGES: dict[str, Callable[[bytes, str], str | None]] = {
    "csv": _judge_csv,
    "json": _judge_json,
    "xml": _judge_xml,
    "xlsx": _judge_xlsx,
    "xls": _judge_xls,
    "ods": _judge_ods,
    "pdf": _judge_pdf,
    "html": _judge_html,
}
