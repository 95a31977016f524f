"""Fixtures of faults: a small publication in this process, small refreshes in processes that may be killed."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.declarations import Declarations
from pipelines.release import publish
from pipelines.release.manifest import verify
from tests.faults import small_publication
from tests.faults.small_publication import stage_empty_tables
from tests.faults.small_refresh import Refreshes

FIRST = dt.datetime(2026, 11, 25, 3, 15)
Publish = Callable[[Path, dt.datetime], str]


@pytest.fixture(scope="session")
def staged(declared: Declarations, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a release that holds nothing."""
    folder = tmp_path_factory.mktemp("staged")
    stage_empty_tables(declared.contract, folder)
    return folder


@pytest.fixture(scope="session")
def publish_release(declared: Declarations, staged: Path) -> Publish:
    """Publish a release of a moment in a data directory."""
    return lambda root, at: small_publication.publish_release(declared.contract, staged, root, at)


@pytest.fixture(scope="session")
def refreshes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refreshes]:
    """Refreshes and publications as processes that may be killed."""
    with Refreshes(tmp_path_factory.mktemp("refreshes")) as running:
        yield running


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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The readers of ten minutes begin first: they wait most of the time, and other tests run beside them."""
    items.sort(key=lambda item: not item.name.startswith("test_fifty_readers"))
