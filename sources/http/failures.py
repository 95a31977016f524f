"""Plain sentences for what can go wrong between us and a publisher, and whether another try may help.

::

    plain_reason(requests.ConnectTimeout(), policy)  -> ("No connection within 10 seconds", True)
    status_reason(404)                               -> "The server has nothing at this address (status 404) ..."
    outage_kind(404, "The server has nothing …")     -> "nothing_there"

The sentences hold no address, since an address may hold a key. ``Refused`` and ``BrokenOff`` are raised inside
``sources.http``, whose client hands no exception on.

Not here: what is wrong with a body that did arrive (``expected_content``). Called by the modules of ``sources.http``,
by ``pipelines.operations.webhook`` and ``pipelines.export.send``, which send something themselves, and by
``pipelines.alerts``, which translates the kind of a failure.
"""

import os
import re
import zlib
from http.client import HTTPException
from pathlib import Path
from typing import Literal

import requests
import urllib3.exceptions

from sources.http.fetch_policy import FetchPolicy

OUTSIDE = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    HTTPException,
    OSError,
    ValueError,
    zlib.error,
)


class Refused(Exception):  # noqa: N818 - an outcome that is reported
    """Something that another try would not change."""


class BrokenOff(Exception):  # noqa: N818 - an outcome that is reported
    """A transfer that another try may complete."""


_STATUS_REASONS = {
    304: "The server answers that nothing changed, although it was not asked whether something changed",
    401: "The server asks for a login or key (status 401)",
    403: "The server refuses access (status 403)",
    404: "The server has nothing at this address (status 404): it may have moved",
    410: "The server says that the file was withdrawn (status 410)",
    429: "The server asks for slower requests (status 429)",
}


def status_reason(status: int) -> str:
    """A plain sentence for a status other than 200."""
    side = "has a fault of its own" if status >= 500 else "does not hand out the file"
    return _STATUS_REASONS.get(status, f"The server {side} (status {status})")


def plain_reason(trouble: BaseException, policy: FetchPolicy) -> tuple[str, bool]:
    """A sentence without addresses (they may hold keys), and whether another try may help."""
    text = re.sub(r"url: \S+|host='[^']*'", "", f"{type(trouble).__name__} {trouble}")
    if re.search(f"{_UNTRUSTED}|CA certificate bundle", text) and (name := _missing_certificates(policy)):
        return f"The file of certificates that {name} names is not there", False
    for pattern, reason, again in _TROUBLES:
        if re.search(pattern, text):
            return reason.format(connect=policy.connect_timeout, read=policy.read_timeout), again
    again = not isinstance(trouble, ValueError) or isinstance(trouble, requests.RequestException)
    return f"The request failed ({type(trouble).__name__})", again


def _missing_certificates(policy: FetchPolicy) -> str:
    """The variable of the environment that names certificates which are not there; empty where none does."""
    # To a declared bundle Python adds its own certificates.
    read = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", *(["SSL_CERT_FILE"] if policy.ca_bundle else []))
    named = {name: os.environ.get(name, "") for name in read}
    return next((name for name, path in named.items() if path and not Path(path).exists()), "")


#: kinds of failed requests; ``outage_<kind>`` is the sentence of each for people (``data_contracts/sentences``)
OutageKind = Literal[
    "not_reached",
    "server_fault",
    "nothing_there",
    "no_access",
    "not_handed_out",
    "other_content",
    "certificate",
    "address",
    "broken_off",
    "incomplete",
    "too_large",
]
# Those without a status, or with an answer that was no file, by how their sentences begin.
_KINDS: tuple[tuple[str, OutageKind], ...] = (
    (
        "The server's TLS certificate|The protected connection|The declared ca_bundle|The file of",
        "certificate",
    ),
    ("The address ", "address"),
    ("The transfer|The compressed body", "broken_off"),
    ("Not taken", "incomplete"),
    ("The file is larger", "too_large"),
)
_BY_STATUS: dict[int, OutageKind] = {
    401: "no_access",
    403: "no_access",
    404: "nothing_there",
    410: "nothing_there",
}


def outage_kind(status: int | None, reason: str) -> OutageKind:
    """The kind of a failed request from its status and the sentence that was recorded of it."""
    if status is not None and status != 200:
        return _BY_STATUS.get(status, "server_fault" if status >= 500 else "not_handed_out")
    known = next((kind for beginning, kind in _KINDS if re.match(beginning, reason)), None)
    return known or ("other_content" if status == 200 else "not_reached")


_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED|CertificateError|hostname mismatch"
# As requests and curl read them.
_PROXY = "(https_proxy or http_proxy)"
_TROUBLES = (
    (
        _UNTRUSTED,
        "The server's TLS certificate is not trusted: declare its issuer in ca_bundle, or name it by "
        "REQUESTS_CA_BUNDLE where a proxy of the office signs for the server",
        False,
    ),
    ("InvalidProxyURL", f"The proxy of this network is no address {_PROXY}", False),
    ("SOCKS", f"The proxy of this network is one of SOCKS, which is not supported {_PROXY}", False),
    ("connect to proxy", f"The proxy of this network cannot be reached {_PROXY}", True),
    ("Proxy", f"The proxy of this network does not let the request through {_PROXY}", True),
    ("SSL|TLS", "The protected connection (TLS) could not be set up", True),
    ("ConnectTimeout", "No connection within {connect:g} seconds", True),
    ("Timeout|timed out", "No answer within {read:g} seconds", True),
    ("IncompleteRead|InvalidChunkLength", "The transfer broke off: fewer bytes than declared came", True),
    ("DecodeError|ContentDecodingError|zlib", "The compressed body is damaged", True),
    ("NameResolution|getaddrinfo|Name or service", "The host's name cannot be resolved", True),
    ("refused", "The server refuses connections", True),
    (
        "reset|aborted|without response|Disconnected|closed",
        "The server closed the connection before it had answered",
        True,
    ),
    (
        "InvalidURL|MissingSchema|InvalidSchema|InvalidHeader|Unicode",
        "The address or a header is not valid",
        False,
    ),
    (
        "FileNotFoundError|No such file",
        "The declared ca_bundle is not a readable file of certificates",
        False,
    ),
)
