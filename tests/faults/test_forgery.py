"""A release that somebody without the key changed, with its checksums, is not verified and no base."""

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from data_contracts.errors import DvstatsError
from pipelines.cli.main import main
from pipelines.declarations import Declarations
from pipelines.release.last_release import last_release
from pipelines.release.signature import PUBLIC, SECRET
from tests.faults.conftest import FIRST, Publish
from tests.pipelines.release.test_signature import key

TABLE = "areas/areas.parquet"


@pytest.fixture(scope="module")
def two_signed(
    first_release: Path, publish_release: Publish, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data directory with two signed releases after one from before there was a key; the keys lie beside it."""
    folder = tmp_path_factory.mktemp("signed")
    shutil.copytree(first_release, folder / "data", symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, path in zip((SECRET, PUBLIC), key(folder), strict=True):
            patch.setenv(name, str(path))
        for day in (1, 2):
            publish_release(folder / "data", FIRST + dt.timedelta(days=day))
    return folder / "data"


@pytest.fixture
def signed(two_signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the second of them in a copy, where its public key is known."""
    monkeypatch.setenv(PUBLIC, str(key(tmp_path)[1]))
    shutil.copytree(two_signed, tmp_path / "data", symlinks=True)
    return (tmp_path / "data" / "latest").resolve()


def forge(folder: Path) -> None:
    """Change a table, and its checksum in the manifest alike."""
    table, manifest = folder / TABLE, folder / "manifest.json"
    for path in (table, manifest):
        path.chmod(0o644)
    before = hashlib.sha256(table.read_bytes()).hexdigest()
    table.write_bytes(table.read_bytes().replace(b"ARROW", b"arrow", 1))
    after = hashlib.sha256(table.read_bytes()).hexdigest()
    text = manifest.read_text(encoding="utf-8")
    assert before != after and before in text
    manifest.write_text(text.replace(before, after), encoding="utf-8")


def verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    status = main(["verify", folder.name, "--json", "--data-dir", str(folder.parent.parent)])
    return status, json.loads(capsys.readouterr().out)["problems"]


def test_a_signed_release_is_verified_and_a_base(
    declared: Declarations, signed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(signed, capsys) == (0, [])
    assert last_release(signed.parent.parent, declared.contract).folder == signed


@pytest.mark.parametrize("signature", ["kept", "removed"])
def test_a_forged_release_is_neither(
    declared: Declarations, signed: Path, signature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    forge(signed)
    if signature == "removed":
        (signed / "manifest.json.minisig").unlink()
    says = {"kept": "the manifest was changed after it was signed", "removed": "the release is not signed"}[
        signature
    ]
    status, problems = verified(signed, capsys)
    assert status == 1 and says in " ".join(problems)
    with pytest.raises(DvstatsError, match=f"{says}.*Restore it from a copy"):
        last_release(signed.parent.parent, declared.contract)


def test_an_older_release_with_its_signature_is_not_the_newest(
    declared: Declarations, signed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = sorted(signed.parent.iterdir())[-2]
    shutil.rmtree(signed)
    shutil.copytree(older, signed)
    status, problems = verified(signed, capsys)
    assert status == 1 and f"it is release {older.name} under another name" in problems[0]
    with pytest.raises(DvstatsError, match="under another name. Give it its name back"):
        last_release(signed.parent.parent, declared.contract)


def test_releases_from_before_the_key_stay_a_base(
    declared: Declarations, first_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PUBLIC, str(key(tmp_path)[1]))
    assert last_release(first_release, declared.contract).folder is not None
