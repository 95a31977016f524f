"""Signatures in the form of minisign: a changed manifest, another key and a missing signature are said."""

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_contracts.errors import UserError
from pipelines.release.signature import PUBLIC, SECRET, check_keys, is_signed, problem, sign


def key(folder: Path, number: bytes = b"dvstats1", password: bool = False) -> tuple[Path, Path]:
    """Files of a secret and a public key, as ``minisign -G -W`` writes them."""
    made = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(number).digest())
    public = made.public_key().public_bytes_raw()
    body = number + made.private_bytes_raw() + public
    raw = b"Ed" + (b"Sc" if password else b"\0\0") + b"B2" + bytes(32 + 8 + 8) + body + bytes(32)
    files = folder / f"{number.decode()}.key", folder / f"{number.decode()}.pub"
    files[0].write_text(f"untrusted comment: secret\n{base64.b64encode(raw).decode()}\n")
    files[0].chmod(0o600)
    files[1].write_text(f"untrusted comment: public\n{base64.b64encode(b'Ed' + number + public).decode()}\n")
    return files


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signed release."""
    release = tmp_path / "data" / "releases" / "20261125T031500Z"
    release.mkdir(parents=True)
    (release / "manifest.json").write_text('{"release": "20261125T031500Z"}')
    secret, public = key(tmp_path)
    monkeypatch.setenv(SECRET, str(secret))
    monkeypatch.setenv(PUBLIC, str(public))
    sign(release, "dvstats release 20261125T031500Z")
    assert is_signed(release)
    return release


def test_a_signed_release_is_good_by_file_and_by_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problem(folder) == ""
    text = Path(folder.parents[2] / "dvstats1.pub").read_text().splitlines()[1]
    monkeypatch.setenv(PUBLIC, text)
    assert problem(folder) == ""


@pytest.mark.skipif(shutil.which("minisign") is None, reason="the program minisign is not here")
def test_minisign_itself_accepts_it(folder: Path) -> None:
    command = [
        "minisign",
        "-V",
        "-p",
        str(folder.parents[2] / "dvstats1.pub"),
        "-m",
        str(folder / "manifest.json"),
    ]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_what_was_changed_is_said(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "manifest.json.minisig"
    good = file.read_text()
    file.write_text(good.replace("dvstats release 2026", "dvstats release 2027"))
    assert "does not fit" in problem(folder)
    for bad in ("", "text", good.replace("RUR", "AAA", 1), good[: len(good) // 2], good + "more\n"):
        file.write_text(bad)
        assert "is no signature of minisign" in problem(folder), bad
    file.write_text(good)
    (folder / "manifest.json").write_text('{"release": "20261126T031500Z"}')
    assert "the manifest was changed after it was signed" in problem(folder)
    monkeypatch.setenv(PUBLIC, str(key(tmp_path, b"another1")[1]))
    assert "by another key" in problem(folder)
    file.unlink()
    assert "is not signed" in problem(folder) and problem(folder, demanded=False) == ""
    monkeypatch.delenv(PUBLIC)
    assert problem(folder) == ""


def test_a_key_that_cannot_be_used_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, str(key(tmp_path, b"another1", password=True)[0]))
    with pytest.raises(UserError, match="has a password. Make one without"):
        sign(folder, "")
    damaged = key(tmp_path, b"another2")[0]
    raw = bytearray(base64.b64decode(damaged.read_text().splitlines()[1]))
    raw[70] ^= 1
    damaged.write_text(base64.b64encode(raw).decode())
    monkeypatch.setenv(SECRET, str(damaged))
    with pytest.raises(UserError, match="its two halves do not fit"):
        sign(folder, "")
    # The text of a key in place of its file is not repeated to anybody.
    monkeypatch.setenv(SECRET, key(tmp_path)[0].read_text().splitlines()[1])
    with pytest.raises(UserError, match=f"^{SECRET} names no file that can be read \\([^)]*\\). Make one"):
        sign(folder, "")
    monkeypatch.setenv(SECRET, str(key(tmp_path)[1]))
    with pytest.raises(UserError, match=f"{SECRET} names a file that is no key of minisign"):
        sign(folder, "")
    monkeypatch.setenv(PUBLIC, "nowhere")
    with pytest.raises(UserError, match=f"{PUBLIC}=nowhere is neither a key of minisign nor a file"):
        problem(folder)
    monkeypatch.delenv(SECRET)
    before = (folder / "manifest.json.minisig").read_bytes()
    sign(folder, "")
    assert (folder / "manifest.json.minisig").read_bytes() == before, "without a key nothing is signed"


def test_a_key_that_others_can_use_or_that_no_reader_accepts_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "data"
    check_keys(root)
    (tmp_path / "dvstats1.key").chmod(0o604)
    with pytest.raises(UserError, match="Every user of this machine may read the key"):
        sign(folder, "")
    monkeypatch.setenv(SECRET, str(key(tmp_path, b"another1")[0]))
    with pytest.raises(UserError, match=f"{SECRET} and {PUBLIC} are no pair"):
        check_keys(root)
    (root / "here.key").symlink_to(tmp_path / "another1.key")
    monkeypatch.setenv(SECRET, str(root / "here.key"))
    sign(folder, "a link in the data directory is no copy of the key")
    assert "is no copy of the key" in (folder / "manifest.json.minisig").read_text()
    monkeypatch.setenv(SECRET, str(key(root)[0]))
    with pytest.raises(UserError, match="is in the data directory"):
        sign(folder, "")
