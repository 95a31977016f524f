"""A publication without a refresh: staged tables, all empty but the list of releases, published in a second."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data_contracts.arrow import arrow_schema, write_table
from pipelines.declarations import Declarations
from pipelines.release import publish
from pipelines.release.manifest import release_name, verify
from transforms.derive.codebook import make

FIRST = dt.datetime(2026, 11, 25, 3, 15)
Publish = Callable[[Path, dt.datetime], str]


@pytest.fixture(scope="session")
def empty_tables(declared: Declarations, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("staged")
    files = {name: folder / f"{name}.parquet" for name in declared.contract.tables}
    for name, table in declared.contract.tables.items():
        write_table(arrow_schema(declared.contract, table).empty_table(), files[name])
    return files


@pytest.fixture(scope="session")
def publish_release(
    declared: Declarations, empty_tables: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Publish:
    """Publish a release of a moment in a data directory; its table ``releases`` names it, and nothing else is in it."""
    staged = tmp_path_factory.mktemp("releases")

    def release(root: Path, at: dt.datetime) -> str:
        name = release_name(at)
        file = staged / f"{name}.parquet"
        if not file.exists():
            row = {
                "release": name, "published_at": at, "contract_version": "1", "rows": 0, "added": 0, "revised": 0,
                "withdrawn": 0, "content_hash": "0" * 64,
            }  # fmt: skip
            write_table(make(declared.contract, "releases", [row]), file)
        made = publish.build(
            declared.contract,
            root,
            at,
            {**empty_tables, "releases": file},
            content="0" * 64,
            made_by="test",
            versions={table: {} for table in empty_tables},
        )
        publish.show(root, made.folder)
        return name

    return release


@pytest.fixture(scope="session")
def first_release(publish_release: Publish, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one release; copy it."""
    root = tmp_path_factory.mktemp("first") / "data"
    publish_release(root, FIRST)
    return root


@pytest.fixture
def data(first_release: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may damage."""
    shutil.copytree(first_release, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def shown(data: Path) -> str:
    """The release that readers see; it is whole, and its database opens."""
    folder = (data / "latest").resolve()
    assert verify(folder) == []
    with duckdb.connect(str((data / publish.DATABASE).resolve()), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM releases").fetchall() == [(1,)]
    return folder.name
