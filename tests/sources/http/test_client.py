"""The client against a server in the test. Against the mirror of stored files: ``test_client_with_mirror``."""

import gzip
import random
import shutil
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import certifi
import pytest

from sources.http.client import Client
from sources.http.failures import outage_kind
from sources.http.fetch_policy import FetchPolicy

CSV = "Year,Пол,Value\n2023,Женщины,11002\n2024,Женщины,12000\n".encode()
NOW = datetime(2026, 11, 25, 3, 15, tzinfo=UTC)


class Publisher(BaseHTTPRequestHandler):
    """Answers from a list of steps; the last one repeats."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        server.seen.append((self.path, dict(self.headers)))
        steps = server.routes.get(self.path.split("?")[0], [lambda h: h.say(404, b"no")])
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        step(self)

    def say(self, status, body=b"", cut=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if status != 304:
            self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_):
        pass


@contextmanager
def publisher(context=None, **routes):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.daemon_threads = True
    server.routes = {
        f"/{name}": steps if isinstance(steps, list) else [steps] for name, steps in routes.items()
    }
    server.seen = []
    server.handle_error = lambda *_: None
    scheme = "http"
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    server.base = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    server.netloc = server.base.split("//")[1]
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def send(body, **headers):
    return lambda h: h.say(200, body, **{"Content_Type": "text/csv", **headers})


class Slept(list):
    """A sleep that only notes."""

    def __call__(self, seconds):
        self.append(seconds)


def fetcher(slept=None, **options):
    options = {"clock": lambda: NOW, "randomness": random.Random(1), **options}
    return Client(sleep=slept if slept is not None else Slept(), **options)


def policy(server, **options):
    return FetchPolicy(**{"hosts": (server.netloc,), "expected": ("csv",), "min_interval": 0, **options})


def test_a_new_file_with_its_record():
    with publisher(data=send(CSV, ETag='"1"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")) as server:
        fetch = fetcher().get(
            f"{server.base}/data?apiKey=S3CRET&x=1", policy(server, headers={"X-Office": "7"})
        )
    assert (fetch.outcome, fetch.status, fetch.reason, fetch.attempts) == ("new", 200, "", 1)
    assert fetch.body == CSV and fetch.size == len(CSV) and fetch.sha256 == sha256(CSV).hexdigest()
    assert fetch.headers["ETag"] == '"1"' and fetch.headers["Content-Type"] == "text/csv"
    assert fetch.requested_at == fetch.received_at == NOW
    path, headers = server.seen[0]
    assert (
        "apiKey=S3CRET" in path
        and headers["X-Office"] == "7"
        and headers["User-Agent"].startswith("dvstats/")
    )
    assert "S3CRET" not in repr(fetch) and fetch.address.endswith("/data?apiKey=REDACTED&x=1")


def test_304_transfers_no_body_and_is_unchanged():
    def answer(h):
        same = h.headers.get("If-None-Match") == '"1"'
        h.say(304 if same else 200, b"" if same else CSV, ETag='"1"', Content_Type="text/csv")

    with publisher(data=answer) as server:
        one = fetcher().get(f"{server.base}/data", policy(server))
        two = fetcher().get(f"{server.base}/data", policy(server), etag=one.headers["ETag"])
    assert (one.outcome, two.outcome, two.status, two.body, two.size) == ("new", "unchanged", 304, None, None)


def test_a_304_nobody_asked_for_is_a_failure():
    with publisher(data=lambda h: h.say(304)) as server:
        fetch = fetcher().get(f"{server.base}/data", policy(server))
    assert fetch.outcome == "failed" and "not asked" in fetch.reason


def test_the_same_bytes_sent_again_are_unchanged():
    with publisher(data=send(CSV)) as server:
        fetch = fetcher().get(f"{server.base}/data", policy(server), known_sha256=sha256(CSV).hexdigest())
    assert fetch.outcome == "unchanged" and fetch.body == CSV


def test_retries_wait_with_growing_jitter_and_then_succeed():
    slept = Slept()
    steps = [lambda h: h.say(503), lambda h: h.say(502), lambda h: h.say(500), send(CSV)]
    with publisher(data=steps) as server:
        fetch = fetcher(slept).get(f"{server.base}/data", policy(server, backoff_base=2.0))
    randomness = random.Random(1)
    assert fetch.outcome == "new" and fetch.attempts == 4 and len(fetch.trail) == 3
    assert slept == [randomness.uniform(0, ceiling) for ceiling in (2, 4, 8)]


@pytest.mark.parametrize(
    "header, waited",
    [
        ("7", 7.0),
        (format_datetime(NOW + timedelta(seconds=9), usegmt=True), 9.0),
        ("9999", 30.0),
        ("soon", 0.0),
    ],
)
def test_retry_after_is_honoured_and_capped(header, waited):
    slept = Slept()
    with publisher(data=[lambda h: h.say(429, Retry_After=header), send(CSV)]) as server:
        asked = policy(server, backoff_base=0.0, retry_after_cap=30.0)
        assert fetcher(slept).get(f"{server.base}/data", asked).outcome == "new"
    assert slept == [waited]


def test_400_is_retried_only_where_declared():
    steps = [lambda h: h.say(400), send(CSV)]
    with publisher(a=list(steps), b=list(steps)) as server:
        plain = fetcher().get(f"{server.base}/a", policy(server))
        declared = fetcher().get(f"{server.base}/b", policy(server, retry_statuses=frozenset({400, 503})))
    assert (plain.outcome, plain.status, plain.attempts) == ("failed", 400, 1)
    assert (declared.outcome, declared.attempts) == ("new", 2)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 204, 206])
def test_a_final_status_is_not_asked_again(status):
    with publisher(data=lambda h: h.say(status)) as server:
        fetch = fetcher().get(f"{server.base}/data", policy(server))
    assert (
        fetch.outcome == "failed"
        and fetch.attempts == 1
        and str(status) in fetch.reason
        and fetch.body is None
    )


def test_a_broken_off_body_is_a_failure_however_it_is_sent():
    packed = gzip.compress(CSV * 200)

    def chunks(h):
        h.send_response(200)
        h.send_header("Transfer-Encoding", "chunked")
        h.end_headers()
        h.wfile.write(b"5\r\nYear,\r\n50\r\nValue")
        h.close_connection = True

    routes = {
        "plain": lambda h: h.say(200, CSV, cut=len(CSV) // 2),
        "gzip": lambda h: h.say(200, packed, cut=len(packed) // 2, Content_Encoding="gzip"),
        "chunked": chunks,
        "damaged": lambda h: h.say(200, b"\0" + packed[1:], Content_Encoding="gzip"),
    }
    with publisher(**routes) as server:
        for name in routes:
            fetch = fetcher().get(f"{server.base}/{name}", policy(server, retries=1))
            assert fetch.outcome == "failed" and fetch.body is None and fetch.attempts == 2, name
            assert "broke off" in fetch.reason or "damaged" in fetch.reason or "closed" in fetch.reason, name


def test_gzip_is_unpacked_and_judged_as_text():
    with publisher(data=send(gzip.compress(CSV), Content_Encoding="gzip")) as server:
        assert fetcher().get(f"{server.base}/data", policy(server)).body == CSV


def test_the_size_limit_holds_while_streaming_and_for_packed_bombs():
    bomb = gzip.compress(b"a,b\n" * 500_000)

    def endless(h):
        h.send_response(200)
        h.end_headers()
        h.close_connection = True
        for _ in range(1000):
            h.wfile.write(CSV * 100)

    routes = {"declared": send(CSV * 100), "endless": endless, "bomb": send(bomb, Content_Encoding="gzip")}
    with publisher(**routes) as server:
        for name in routes:
            fetch = fetcher().get(f"{server.base}/{name}", policy(server, max_bytes=5000))
            assert fetch.outcome == "failed" and "limit of 5000" in fetch.reason and fetch.attempts == 1, name


def test_a_declared_size_over_the_limit_is_not_even_read():
    with publisher(data=lambda h: h.say(200, b"x" * 6000, cut=10)) as server:
        fetch = fetcher().get(f"{server.base}/data", policy(server, max_bytes=5000))
    assert fetch.outcome == "failed" and "limit of 5000" in fetch.reason


def test_a_dripping_server_ends_at_the_total_time():
    def drip(h):
        h.send_response(200)
        h.send_header("Content-Length", "1000")
        h.end_headers()
        for _ in range(100):
            h.wfile.write(b"a,")
            time.sleep(0.02)

    with publisher(data=drip) as server:
        began = time.monotonic()
        fetch = fetcher().get(
            f"{server.base}/data", policy(server, total_timeout=0.1, read_timeout=1, retries=0)
        )
    assert fetch.outcome == "failed" and "longer than 0.1" in fetch.reason and time.monotonic() - began < 1


def test_silence_and_a_closed_port_are_failures_in_words():
    with publisher(data=lambda h: time.sleep(1)) as server:
        fetch = fetcher().get(f"{server.base}/data", policy(server, read_timeout=0.1, retries=0))
        assert fetch.outcome == "failed" and fetch.reason == "No answer within 0.1 seconds"
    fetch = fetcher().get(f"{server.base}/data?token=q1w2", policy(server, retries=1))
    assert fetch.outcome == "failed" and "refuses connections" in fetch.reason and fetch.attempts == 2
    assert "q1w2" not in repr(fetch)


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "ftp://h/x", "http://[::1", "http://h:port/", "file:///etc/passwd", "http://h\x00/"],
)
def test_a_bad_address_is_a_failure_not_an_exception(address):
    fetch = fetcher().get(address, FetchPolicy(hosts=("h",), expected=("csv",), retries=2, min_interval=0))
    assert fetch.outcome == "failed" and fetch.reason and fetch.attempts == 1


def test_redirects_stay_within_the_declared_hosts():
    with publisher(data=send(CSV)) as other:
        routes = {
            "inside": lambda h: h.say(302, Location="/data"),
            "outside": lambda h: h.say(302, Location=f"{other.base}/data"),
            "file": lambda h: h.say(302, Location="file:///etc/passwd"),
            "round": lambda h: h.say(301, Location="/round"),
            "data": send(CSV),
        }
        with publisher(**routes) as server:
            asked = policy(server)
            assert fetcher().get(f"{server.base}/inside", asked).body == CSV
            refused = fetcher().get(f"{server.base}/outside", asked)
            assert refused.outcome == "failed" and "not among the declared hosts" in refused.reason
            assert fetcher().get(f"{server.base}/file", asked).outcome == "failed"
            assert "more than 5" in fetcher().get(f"{server.base}/round", asked).reason
            both = policy(server, hosts=(server.netloc, other.netloc))
            assert fetcher().get(f"{server.base}/outside", both).body == CSV
        assert len(other.seen) == 1


def test_requests_to_one_host_keep_their_distance():
    moments = iter([0.0, 0.5, 0.5])
    ticks = [0.0]

    def monotonic():
        return ticks[0]

    slept = Slept()
    with publisher(data=send(CSV)) as server:
        polite = fetcher(slept, monotonic=monotonic)
        for moment in moments:
            ticks[0] = moment
            polite.get(f"{server.base}/data", policy(server, min_interval=2.0))
    assert slept == [1.5, 3.5]


def test_the_mirror_is_asked_and_the_published_address_recorded():
    routes = {
        "stat.kz/a/data": [lambda h: h.say(302, Location="/stat.kz/b/data"), send(CSV)],
        "stat.kz/b/data": send(CSV),
        "stat.kz/out": lambda h: h.say(302, Location="http://127.0.0.1:9/x"),
        "stat.kz/other": lambda h: h.say(302, Location="https://evil.example/x"),
    }
    with publisher(**routes) as server:
        asked = FetchPolicy(hosts=("stat.kz",), expected=("csv",), retries=0)
        mirrored = fetcher(Slept(), mirror=server.base + "/")
        fetch = mirrored.get("https://stat.kz/a/data?q=1", asked)
        assert fetch.body == CSV and fetch.address == "https://stat.kz/a/data?q=1"
        assert [path for path, _ in server.seen] == ["/stat.kz/a/data?q=1", "/stat.kz/b/data"]
        assert mirrored.get("https://stat.kz/out", asked).outcome == "failed"
        assert mirrored.get("https://stat.kz/other", asked).outcome == "failed"
        assert mirrored.get("https://elsewhere.kz/a", asked).outcome == "failed"


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch):
    with publisher(data=send(CSV)) as server:
        monkeypatch.setenv("http_proxy", server.base)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        through = fetcher().get(
            "http://stat.example/data", policy(server, hosts=("stat.example",), retries=0)
        )
        assert server.seen[0][0] == "http://stat.example/data" and through.status == 404
        for proxy, said in (
            ("http://127.0.0.1:9", "cannot be reached (https_proxy or http_proxy)"),
            ("http://", "is no address (https_proxy or http_proxy)"),
            ("socks5://127.0.0.1:9", "is one of SOCKS"),
        ):
            monkeypatch.setenv("http_proxy", proxy)
            asked = policy(server, hosts=("stat.example",), retries=0)
            assert said in fetcher().get("http://stat.example/data", asked).reason
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        assert fetcher().get(f"{server.base}/data", policy(server)).outcome == "new"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command makes the test certificate and is not installed")
    folder = tmp_path_factory.mktemp("tls")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", "key.pem", "-out", "cert.pem"]
    made = subprocess.run(command, cwd=folder, capture_output=True)
    if made.returncode:
        pytest.skip("this openssl cannot make the test certificate")
    return folder


def test_tls_is_verified_and_a_declared_bundle_is_added(certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    routes = {"data": send(CSV), "down": lambda h: h.say(302, Location="http://127.0.0.1/x")}
    with publisher(context, **routes) as server:
        plain = fetcher().get(f"{server.base}/data", policy(server))
        assert (
            plain.outcome == "failed" and "certificate is not trusted" in plain.reason and plain.attempts == 1
        )
        declared = policy(server, ca_bundle=str(certificate / "cert.pem"), retries=0)
        one = fetcher()
        assert one.get(f"{server.base}/data", declared).outcome == "new"
        assert "unprotected" in one.get(f"{server.base}/down", declared).reason
        missing = fetcher().get(f"{server.base}/data", policy(server, ca_bundle="/nowhere.pem"))
        assert missing.outcome == "failed" and "ca_bundle" in missing.reason
        for name, given in (
            ("REQUESTS_CA_BUNDLE", {"retries": 3}),
            ("SSL_CERT_FILE", {"ca_bundle": certifi.where(), "retries": 3}),
        ):
            monkeypatch.setenv(name, "/nowhere.pem")
            failed = fetcher().get(f"{server.base}/data", policy(server, **given))
            assert failed.reason == f"The file of certificates that {name} names is not there"
            assert failed.attempts == 1 and outage_kind(None, failed.reason) == "certificate"
            monkeypatch.delenv(name)
