"""Files into a bucket and by SFTP: once, whole, with the key of the server checked. Folders: ``test_deliver``.

The SFTP server is asyncssh's; the object store is a small one of these tests (``tests.servers.Bucket``).
"""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from pipelines.deliveries.targets import MARKER, put
from pipelines.operations.declared import Folder, ObjectStore, Sftp, Webhook
from pipelines.operations.message import ChannelError, Message
from tests.servers import Bucket, free_port

RELEASE = "20261125T031500Z"
MESSAGE = Message("id-1", "Kazakhstan: release", "Three sentences.\n")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    path = tmp_path / "orders.csv"
    path.write_text("a,b\n", encoding="utf-8")
    return [path]


@pytest.mark.parametrize("marker", ["", "[]", "5", "{}", "[" * 99_999], ids=lambda text: text[:9])
def test_a_marker_of_another_form_is_that_of_no_delivery(
    files: list[Path], tmp_path: Path, marker: str
) -> None:
    """Somebody wrote into the share, where nothing is replaced."""
    channel = Folder.model_validate({"kind": "folder", "path": str(tmp_path)})
    put(channel, "ministry", RELEASE, MESSAGE, files)
    (tmp_path / "ministry" / RELEASE / MARKER).write_text(marker)
    with pytest.raises(ChannelError) as raised:
        put(channel, "ministry", RELEASE, MESSAGE, files)
    assert str(tmp_path / "ministry" / RELEASE) in str(raised.value)


# -- an object store ---------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setenv("DV_KEY", Bucket.KEY)
    monkeypatch.setenv("DV_SECRET", "secret-of-the-bucket")
    with Bucket() as running:
        yield running


def store(bucket: Bucket, **given: Any) -> ObjectStore:
    base = {"kind": "s3", "bucket": "b", "prefix": "dv", "endpoint": bucket.address, "region": "us-east-1"}
    keys = {"key_from": "DV_KEY", "secret_from": "DV_SECRET", "seconds": 3}
    return ObjectStore.model_validate({**base, **keys, **given})


def test_a_bucket_has_the_delivery_once_and_its_marker_last(bucket: Bucket, files: list[Path]) -> None:
    for _ in range(2):
        put(store(bucket), "ministry", RELEASE, MESSAGE, files)
    folder = f"b/dv/ministry/{RELEASE}"
    assert bucket.puts == [f"{folder}/orders.csv", f"{folder}/README.txt", f"{folder}/{MARKER}"]
    assert bucket.objects[f"{folder}/orders.csv"] == b"a,b\n"
    assert json.loads(bucket.objects[f"{folder}/{MARKER}"])["id"] == "id-1"
    with pytest.raises(ChannelError, match="is there already"):
        put(store(bucket), "ministry", RELEASE, Message("id-2", "x", "y"), files)


def test_a_bucket_that_refuses_is_said_without_keys(
    bucket: Bucket, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DV_KEY", "another")
    with pytest.raises(ChannelError, match="bucket b: ") as caught:
        put(store(bucket), "ministry", RELEASE, MESSAGE, files)
    assert "secret-of-the-bucket" not in str(caught.value) and not bucket.objects
    monkeypatch.delenv("DV_SECRET")
    with pytest.raises(ChannelError, match="DV_SECRET is not set"):
        put(store(bucket), "ministry", RELEASE, MESSAGE, files)


# -- SFTP ----------------------------------------------------------------------------------------------------------


class SftpServer:
    """An SFTP server on a folder, in a thread with a loop of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.port = root, free_port()
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.known_hosts = root.parent / "known_hosts"
        public = self.key.export_public_key().decode().strip()
        self.known_hosts.write_text(f"[localhost]:{self.port} {public}\n", encoding="utf-8")
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()

    def __enter__(self) -> "SftpServer":
        threading.Thread(target=self._run, daemon=True).start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self) -> None:
        class Users(asyncssh.SSHServer):
            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("dv", "pass-word")

        async def listen() -> None:
            await asyncssh.listen(
                "localhost",
                self.port,
                server_factory=Users,
                server_host_keys=[self.key],
                sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(self.root).encode()),
            )
            self._ready.set()

        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(listen())
        self._loop.run_forever()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SftpServer]:
    monkeypatch.setenv("DV_SFTP", "pass-word")
    (tmp_path / "served").mkdir()
    with SftpServer(tmp_path / "served") as running:
        yield running


def sftp(server: SftpServer, **given: Any) -> Sftp:
    base = {
        "kind": "sftp",
        "host": "localhost",
        "port": server.port,
        "user": "dv",
        "path": "/in",
        "seconds": 10,
    }
    login = {"password_from": "DV_SFTP", "known_hosts": str(server.known_hosts)}
    return Sftp.model_validate({**base, **login, **given})


def test_a_server_has_the_delivery_once_and_never_a_half_one(server: SftpServer, files: list[Path]) -> None:
    folder = server.root / "in" / "ministry"
    half = folder / f".{RELEASE}.tmp"
    half.mkdir(parents=True)
    (half / "left_by_a_crash.csv").write_text("x", encoding="utf-8")
    for _ in range(2):
        put(sftp(server), "ministry", RELEASE, MESSAGE, files)
    assert [path.name for path in folder.iterdir()] == [RELEASE]
    names = {path.name for path in (folder / RELEASE).iterdir()}
    assert names == {"orders.csv", "README.txt", MARKER}
    assert (folder / RELEASE / "orders.csv").read_bytes() == b"a,b\n"
    with pytest.raises(ChannelError, match="is there already"):
        put(sftp(server), "ministry", RELEASE, Message("id-2", "x", "y"), files)


def test_a_server_with_another_key_gets_nothing(server: SftpServer, files: list[Path]) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    server.known_hosts.write_text(f"[localhost]:{server.port} {other}", encoding="utf-8")
    with pytest.raises(ChannelError, match="the key of localhost is not the one in"):
        put(sftp(server), "ministry", RELEASE, MESSAGE, files)


def test_a_wrong_password_and_a_server_that_is_down_are_said(
    server: SftpServer, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DV_SFTP", "not-it")
    with pytest.raises(ChannelError) as caught:
        put(sftp(server), "ministry", RELEASE, MESSAGE, files)
    assert str(caught.value) == "localhost refuses the user, the password or the key"
    with pytest.raises(ChannelError, match="localhost: "):
        put(sftp(server, port=free_port()), "ministry", RELEASE, MESSAGE, files)


def test_without_its_package_sftp_says_what_to_install(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    channel = Sftp(kind="sftp", host="h", user="u", path="/in", known_hosts=str(tmp_path), key_file="k")
    with pytest.raises(ChannelError, match=r"install dvstats\[deliver\]"):
        put(channel, "ministry", RELEASE, MESSAGE, files)


def test_a_webhook_takes_no_files(files: list[Path]) -> None:
    with pytest.raises(ChannelError, match="takes no files"):
        put(Webhook(kind="webhook", address="https://example.org/"), "m", RELEASE, MESSAGE, files)
