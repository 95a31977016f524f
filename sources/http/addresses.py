"""Which addresses may be requested, and which machines may answer: only declared hosts, only public machines.

A redirect is written by the other side, so its address is taken for hostile. Two programs may read one address
differently (``https://10.0.0.1\\@declared.host/`` names either host), so what is ambiguous is refused before it is
read. A host that is declared by name may still resolve to a machine inside the office; so the address of the machine
that is really connected to is checked too, before anything is sent to it::

    check_target("https://stat.kz@10.0.0.1/", ("stat.kz",))   -> Refused: ... holds a user name
    check_peer("stat.kz", "10.0.0.1")                         -> Refused: ... is no public machine

A host that a declaration writes as a number (``127.0.0.1:8000``) is that machine, wherever it is; one behind a proxy is
resolved by the proxy. A mirror is the user's own machine: only how its address is written is checked.

Not here: how many redirects are followed, and that none leads from https to http (``client``). ``sources.inbox`` calls
``plain_parts`` for what a person states; ``pipelines.refresh`` and ``pipelines.deployment`` call ``check_mirror``.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from data_contracts.errors import UserError
from sources.http.failures import Refused
from sources.http.redact import redact

_PORTS = {"http": 80, "https": 443}
# No address needs these, and programs disagree on where a host ends at them.
_AMBIGUOUS = re.compile(r"[\x00-\x1f\x7f\\]")
# An IPv4 address inside an IPv6 one, as translators of networks write it (RFC 6052).
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
# All that is given to public machines, and a part of it for examples (RFC 9637). What is elsewhere is of an office's
# own network, also where Python has no name for it: fec0::1, ::10.0.0.1, 64:ff9b:1::a00:1.
_PUBLIC, _EXAMPLES = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("3fff::/20")


def check_written(address: str) -> None:
    """Refused where two programs may read the address differently."""
    if _AMBIGUOUS.search(address):
        raise Refused("The address holds a backslash or a control character")


def check_target(target: str, hosts: Sequence[str]) -> None:
    """Refused unless it is a plain http or https address of one of the declared hosts."""
    parts = plain_parts(target)
    netloc = parts.netloc.lower()
    default = parts.port in (None, _PORTS[parts.scheme])
    declared = {host.lower() for host in hosts}
    if netloc not in declared and not (default and parts.hostname in declared):
        raise Refused(f"The address leads to {netloc}, which is not among the declared hosts")


def plain_parts(address: str) -> SplitResult:
    """The parts of a plain http or https address; Refused where it is none, or names a user."""
    check_written(address)
    parts = _split(address)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Refused(f"The address {redact(address)} is not an http or https address")
    if "@" in parts.netloc:
        raise Refused("The address holds a user name or password before its host")
    return parts


def check_mirror(mirror: str) -> None:
    """UserError unless what is requested instead of every publisher is an http or https address with a host."""
    try:
        plain_parts(mirror)
    except Refused:
        raise UserError(
            f"The mirror {redact(mirror)} is not an http or https address without a user name (--mirror, "
            "DVSTATS_MIRROR). Write where the copies of the publishers' files are served, such as http://localhost:8000."
        ) from None


def _split(target: str) -> SplitResult:
    """The parts of an address, where the library that connects reads the same host and port."""
    try:
        parts, other = urlsplit(target), parse_url(target)
        same = (other.host or "").strip("[]").lower() == (parts.hostname or "") and other.port == parts.port
    except (ValueError, LocationParseError):
        raise Refused("The address or a header is not valid") from None
    if not same:
        raise Refused("The address does not say clearly which host it means")
    return parts


def check_peer(host: str, peer: str) -> None:
    """Refused where a host that is declared by name turns out to be no public machine; ``peer`` is its IP address."""
    if host.lower() == "localhost" or _as_number(host) is not None:
        return
    number = _as_number(peer)
    if number is None or not _is_public(number):
        raise Refused(
            f"{host} is {peer}, which is no public machine: the name is answered wrongly, or the host is inside this "
            "network and needs --mirror"
        )


def _as_number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Neither private, nor of this machine or link, nor a group; also as an IPv4 address inside an IPv6 one."""
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if number in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
        if number not in _PUBLIC or number in _EXAMPLES:
            return False
    return number.is_global and not number.is_multicast


# -- the check where a connection is made ---------------------------------------------------------------------------


def _checked(connected: socket.socket, host: str) -> socket.socket:
    try:
        check_peer(host, str(connected.getpeername()[0]))
    except BaseException:
        connected.close()
        raise
    return connected


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn(), self.host)


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn(), self.host)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class PublicMachines(HTTPAdapter):
    """Connections to public machines only; through a proxy, which resolves names itself, as always."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As the library does, with connections that are checked."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
