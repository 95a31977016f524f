"""Real servers on this machine for what is sent: SMTP with TLS (aiosmtpd), an HTTP receiver, one that never answers."""

import contextlib
import email
import functools
import hashlib
import io
import json
import re
import socket
import ssl
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from xml.sax.saxutils import escape, unescape

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "dvstats", "correct-horse"
Hook = Callable[[], None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Certificates:
    """An authority of its own, whose certificate for localhost the servers have."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(self.context)


class Mailbox:
    """An SMTP server that keeps what it accepts. ``refuse``: the answer to every recipient instead."""

    def __init__(self, certificates: Certificates | None, *, tls: bool = False, port: int = 0) -> None:
        self.port = port or free_port()
        self.mails: list[EmailMessage] = []
        self.refuse = ""
        #: called when a recipient is named, before the message comes
        self.on_recipient: Hook = lambda: None
        #: called when a message is accepted, before the client is told so
        self.on_accept: Hook = lambda: None
        context = certificates.context if certificates else None
        options: dict[str, Any] = {"authenticator": self._known, "auth_require_tls": bool(context)}
        if context and tls:
            options |= {"ssl_context": context, "auth_require_tls": False}
        elif context:
            options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
        self._controller = Controller(self, hostname="localhost", port=self.port, **options)

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop(no_assert=True)

    def _known(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=good, handled=good)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, _: Any) -> str:
        self.on_recipient()
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.on_accept()
        return "250 accepted"

    @property
    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.mails]


class Served:
    """An HTTP server on a free port of this machine, which runs within a ``with``."""

    def __init__(self, handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Receiver(Served):
    """An HTTP receiver that keeps what was posted to it."""

    def __init__(self, certificates: Certificates | None = None) -> None:
        self.posts: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.on_accept: Hook = lambda: None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((dict(self.headers), json.loads(body)))
                receiver.on_accept()
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(Handler)
        if certificates:
            self._server.socket = certificates.context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if certificates else "http"
        self.address = f"{scheme}://localhost:{self._server.server_port}/hook"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _, body in self.posts]


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        yield int(listening.getsockname()[1])


class Bucket(Served):
    """An object store that speaks as much of S3 as is used: objects by ``bucket/key``, conditional writes, listings.

    ``conditional`` off: conditions are ignored, as old stores do. ``before`` is called with method and key of each
    request, before it is carried out. ``make test-distributed`` has runs and races of
    publishers on SeaweedFS.
    """

    KEY = "AK-delivery"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.conditional = True
        self.before: Callable[[str, str], object] = lambda method, key: None
        self.guard = threading.Lock()
        super().__init__(functools.partial(_BucketHandler, self))

    def listing(self, name: str, prefix: str) -> bytes:
        entries = "".join(
            f"<Contents><Key>{escape(key.removeprefix(f'{name}/'))}</Key><ETag>{_etag(content)}</ETag>"
            f"<LastModified>2026-11-25T03:15:00.000Z</LastModified><Size>{len(content)}</Size></Contents>"
            for key, content in sorted(self.objects.items())
            if key.startswith(f"{name}/{prefix}")
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()


class _BucketHandler(BaseHTTPRequestHandler):
    def __init__(self, bucket: Bucket, *arguments: Any) -> None:
        self.bucket = bucket
        super().__init__(*arguments)

    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle_one_request()

    def answer(self, status: int, body: bytes = b"", etag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", "Wed, 25 Nov 2026 03:15:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def key(self) -> str:
        """Bucket and key; a request with another access key is answered here."""
        key = urllib.parse.unquote(self.path.partition("?")[0]).strip("/")
        self.bucket.before(self.command, key)
        known = f"Credential={self.bucket.KEY}/" in self.headers["Authorization"]
        if not known:
            self.answer(403)
        return key if known else ""

    def do_PUT(self) -> None:
        body = _body(self)
        if not (key := self.key()):
            return
        with self.bucket.guard:
            now = self.bucket.objects.get(key)
            wanted, absent = self.headers.get("If-Match"), self.headers.get("If-None-Match")
            fits = not (absent and now is not None) and (
                not wanted or (now is not None and wanted == _etag(now))
            )
            if fits or not self.bucket.conditional:
                self.bucket.objects[key] = body
                self.bucket.puts.append(key)
                fits = True
        self.answer(200 if fits else 412, etag=_etag(body) if fits else "")

    def do_GET(self) -> None:
        if not (key := self.key()):
            return
        query = urllib.parse.parse_qs(self.path.partition("?")[2])
        found = self.bucket.objects.get(key)
        if "list-type" in query:
            self.answer(200, self.bucket.listing(key, query.get("prefix", [""])[0]))
        elif found is None:
            self.answer(404)
        elif wanted := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            last = int(wanted[2] or len(found)) + 1
            self.answer(206, found[int(wanted[1]) : last], _etag(found))
        else:
            self.answer(200, found, _etag(found))

    do_HEAD = do_GET

    def do_POST(self) -> None:
        body = _body(self).decode()
        if name := self.key():
            keys = re.findall("<Key>(.*?)</Key>", body)
            for key in keys:
                self.bucket.objects.pop(f"{name}/{unescape(key)}", None)
            done = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self.answer(200, f"<DeleteResult>{done}</DeleteResult>".encode())

    def log_message(self, *_: object) -> None:
        pass


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


def _body(request: BaseHTTPRequestHandler) -> bytes:
    """The body of a request, out of the chunks of HTTP and of the store's own."""
    if "chunked" in request.headers.get("Transfer-Encoding", ""):
        body = b"".join(_chunks(request.rfile))
    else:
        body = request.rfile.read(int(request.headers["Content-Length"]))
    own = "aws-chunked" in request.headers.get("Content-Encoding", "")
    return b"".join(_chunks(io.BytesIO(body))) if own else body


def _chunks(stream: Any) -> Iterator[bytes]:
    """The parts of a body in chunks; what follows the last one (checksums) is read and left."""
    while size := int(stream.readline().partition(b";")[0], 16):
        yield stream.read(size)
        stream.readline()
    while stream.readline().strip():
        pass
