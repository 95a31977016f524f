"""A data directory with two releases, of which one is shown, and servers to deliver to."""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.operations.declared import FILE, VARIABLE
from tests.conftest import OnceARun
from tests.servers import PASSWORD, USER, Certificates, Mailbox, Receiver

NOW = dt.datetime(2026, 11, 26, 9)
DAY = dt.timedelta(days=1)
FOLDER = "ministry: {channel: share, language: ru, countries: [KG], topics: [orders], what: [csv]}"
MAIL = "un: {channel: mail, to: [un@example.org], countries: [KG], topics: [orders], what: [csv]}"
HOOK = "portal: {channel: hook, what: [site]}"

OLD = "20261001T000000Z"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@dataclass(frozen=True)
class OlderRelease:
    """A release before the bundled one, and the row that the bundled one revised, as it was."""

    folder: Path
    revised: dict[str, Any]


def made_older(release: Path, folder: Path) -> tuple[Path, dict[str, Any]]:
    """A copy of a release in which one figure is another, one is missing and one is more."""
    shutil.copytree(release, folder)
    path = folder / "observations" / "observations.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    (first, second, third, *_) = (
        row for row in rows if row["indicator"] == "PROTECTION_ORDERS" and row["ref_area"] == "KG"
    )
    first["obs_value"] = first["obs_value"] * 4
    rows = [row for row in rows if row["obs_key"] != second["obs_key"]]
    rows.append({**third, "obs_key": "kffffffffffffffff", "time_period": "1999"})
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["release"] = OLD
    listed = folder / "releases" / "releases.parquet"
    releases = pq.read_table(listed)
    named = [row | {"release": OLD} for row in releases.to_pylist()]
    pq.write_table(pa.Table.from_pylist(named, schema=releases.schema), listed)
    for entry in manifest["tables"]:
        if entry["name"] in ("observations", "releases"):
            path = folder / entry["path"]
            entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
            entry["bytes"] = path.stat().st_size
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder, first


@pytest.fixture(scope="session")
def older(release_dir: Path, once_a_run: OnceARun) -> OlderRelease:
    release = (release_dir / "latest").resolve()
    return OlderRelease(*once_a_run("older_release", lambda folder: made_older(release, folder)))


class Office:
    """The data directory. The older release differs in protection orders of Kyrgyzstan and crimes of Kazakhstan."""

    def __init__(self, data: Path, release_dir: Path, older: OlderRelease) -> None:
        self.data = data
        self.revised = older.revised
        (data / "releases").mkdir(parents=True)
        self.new = (release_dir / "latest").resolve().name
        self.old = OLD
        shutil.copytree(release_dir / "releases" / self.new, data / "releases" / self.new)
        shutil.copytree(older.folder, data / "releases" / OLD)
        (data / "dvstats.duckdb").symlink_to("latest/dvstats.duckdb")
        self.show(self.new)

    def show(self, release: str) -> None:
        """Make a release the latest."""
        (self.data / "latest").unlink(missing_ok=True)
        (self.data / "latest").symlink_to(f"releases/{release}")

    def declare(self, *deliveries: str, channels: str = "", site: str = "https://stat.example.org") -> None:
        """Write ``operations.yaml``."""
        lines = [f"site: {site}", "channels:", *self.channels, channels, "deliveries:"]
        (self.data / FILE).write_text("\n".join([*lines, *(f"  {d}" for d in deliveries)]), encoding="utf-8")

    channels: tuple[str, ...] = ()


@pytest.fixture
def box(certificates: Certificates) -> Iterator[Mailbox]:
    with Mailbox(certificates) as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def office(
    release_dir: Path,
    older: OlderRelease,
    tmp_path: Path,
    box: Mailbox,
    hook: Receiver,
    share: Path,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("DV_PASSWORD", PASSWORD)
    made = Office(tmp_path / "data", release_dir, older)
    made.channels = (
        f"  share: {{kind: folder, path: {share}}}",
        f"  hook: {{kind: webhook, address: '{hook.address}', seconds: 2}}",
        f"  mail: {{kind: smtp, host: localhost, port: {box.port}, sender: dv@example.org, user: {USER},",
        f"    password_from: DV_PASSWORD, seconds: 2, ca_file: {certificates.ca_file}}}",
    )
    return made
