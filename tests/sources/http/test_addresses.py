"""Neither a redirect nor a name server leads a request to another machine than a public one of a declared host."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sources.http.addresses import check_peer, check_target
from sources.http.client import Client
from sources.http.failures import Refused
from sources.http.fetch_policy import FetchPolicy
from tests.sources.http.test_client import CSV, publisher, send

HOSTS = ("declared.host",)


@pytest.mark.parametrize(
    "address",
    [
        "https://169.254.169.254\\@declared.host/",
        "https://declared.host\\@169.254.169.254/",
        "https://declared.host/\\x",
        "https://declared.host@10.0.0.1/",
        "https://user@declared.host/",
        "https://user:word@declared.host/",
        "https://declared.host\t/",
        "https://declared.host/a\r\nHost: other",
        "https://declared.host/\x00",
        "https://declared.host%2f@10.0.0.1/",
        "https://declared.host#@10.0.0.1/",
        "https://declared.host?@10.0.0.1/",
        "https://declared.host%00.other/",
        "https://10.0.0.1#@declared.host/",
        "https://ｄeclared.host/",
        "https://declared.host./",
        "https://declared.host:99999/",
        "https://declared.host:8443/",
        "https://[::1]/",
        "//declared.host/",
        "file://declared.host/etc/passwd",
        "ftp://declared.host/",
    ],
)
def test_no_address_is_read_in_two_ways(address: str) -> None:
    if address.startswith(("https://declared.host#", "https://declared.host?")):
        check_target(address, HOSTS)  # The host ends there for every program.
        return
    with pytest.raises(Refused):
        check_target(address, HOSTS)


@pytest.mark.parametrize(
    "address", ["https://declared.host/a?b=c#d", "HTTPS://Declared.Host:443/", "http://declared.host:80/ы a"]
)
def test_plain_addresses_of_declared_hosts_are_requested(address: str) -> None:
    check_target(address, HOSTS)


@pytest.mark.parametrize(
    "peer",
    [
        "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "", "::10.0.0.1", "64:ff9b:1::a00:1",
        "fec0::1", "::ffff:0:10.0.0.1", "3fff::1", "5f00::1", "2001::a00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_a_name_that_means_a_machine_inside_is_refused(peer: str) -> None:
    with pytest.raises(Refused, match="no public machine"):
        check_peer("declared.host", peer)


@pytest.mark.parametrize("peer", ["91.212.89.1", "2a03:90c0::1", "64:ff9b::5bd4:5901"])
def test_a_public_machine_and_a_declared_number_are_connected_to(peer: str) -> None:
    check_peer("declared.host", peer)
    check_peer("10.0.0.5", "10.0.0.5")
    check_peer("localhost", "127.0.0.1")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A name server of the test: names that mean another host."""
    meant: dict[str, str] = {}
    real: Callable[..., Any] = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **named: real(meant.get(host, host), *rest, **named)
    )
    yield meant


def client() -> Client:
    return Client(sleep=lambda _: None)


def test_nothing_is_sent_to_a_machine_inside_that_a_declared_name_means(names: dict[str, str]) -> None:
    names["stat.example.org"] = "127.0.0.1"
    with publisher(data=send(CSV)) as server:
        host = f"stat.example.org:{server.server_address[1]}"
        policy = FetchPolicy(hosts=(host,), expected=("csv",), min_interval=0)
        fetch = client().get(f"http://{host}/data", policy)
        assert (
            fetch.outcome == "failed"
            and "stat.example.org is 127.0.0.1" in fetch.reason
            and "--mirror" in fetch.reason
        )
        assert fetch.attempts == 1 and not server.seen


@pytest.mark.parametrize(
    "place",
    [
        "http://{inside}\\@{declared}/data",
        "http://x@{declared}/data",
        "http://{declared}/da\tta",
        "http://inside.example.org:{port}/data",
    ],
)
def test_no_redirect_leads_inside(names: dict[str, str], place: str) -> None:
    names["inside.example.org"] = "127.0.0.1"
    with publisher(data=send(CSV)) as inside, publisher() as server:
        target = place.format(inside=inside.netloc, declared=server.netloc, port=inside.server_address[1])
        server.routes["/start"] = [lambda handler: handler.say(302, Location=target)]
        server.routes["/data"] = [send(CSV)]
        hosts = (server.netloc, f"inside.example.org:{inside.server_address[1]}")
        fetch = client().get(
            f"{server.base}/start", FetchPolicy(hosts=hosts, expected=("csv",), min_interval=0)
        )
        assert fetch.outcome == "failed" and fetch.reason and not inside.seen
        assert [path for path, _ in server.seen] == ["/start"]


def test_a_mirror_inside_the_office_is_used(names: dict[str, str]) -> None:
    names["mirror.office"] = "127.0.0.1"
    with publisher(**{"stat.kz/data": send(CSV)}) as server:
        mirrored = Client(mirror=f"http://mirror.office:{server.server_address[1]}", sleep=lambda _: None)
        policy = FetchPolicy(hosts=("stat.kz",), expected=("csv",), min_interval=0)
        assert mirrored.get("https://stat.kz/data", policy).body == CSV
