"""An object store of its own for each test: the small one of ``tests.servers``; the address is below a prefix."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_contracts.arrow import write_table
from pipelines.declarations import Declarations
from pipelines.release.manifest import file_entry
from pipelines.store.client import Store
from tests.servers import Bucket
from transforms.derive.codebook import make

ADDRESS = "s3://bucket/office"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bucket]:
    with Bucket() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", Bucket.KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("DVSTATS_WORKING_COPIES", str(tmp_path / "copies"))
        yield server


@pytest.fixture
def store(bucket: Bucket) -> Store:
    return Store(ADDRESS)


MakeRelease = Callable[..., Path]


@pytest.fixture
def make_release(declared: Declarations, tmp_path: Path) -> MakeRelease:
    """A small whole release in a folder of its own: ``make_release(name, says)``."""

    def made(name: str, says: str = "", *, database: bytes = b"duckdb") -> Path:
        folder = tmp_path / uuid.uuid4().hex / "releases" / name
        row = {
            "release": name,
            "published_at": dt.datetime(2026, 11, 25, 3, 15),
            "contract_version": "1",
            "rows": 0,
            "added": 0,
            "revised": 0,
            "withdrawn": 0,
            "content_hash": hashlib.sha256(says.encode()).hexdigest(),
        }
        (folder / "releases").mkdir(parents=True)
        write_table(make(declared.contract, "releases", [row]), folder / "releases" / "releases.parquet")
        (folder / "dvstats.duckdb").write_bytes(database)
        manifest = {
            "release": name,
            "tables": [file_entry(folder / "releases/releases.parquet", "releases/releases.parquet")],
            "files": [file_entry(folder / "dvstats.duckdb", "dvstats.duckdb")],
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return folder

    return made
