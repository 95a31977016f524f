"""The bundled release as CSV, and a copy of it with tables changed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.export.export import export
from tests.conftest import OnceARun


def rewrite(data_dir: Path, name: str, sql: str) -> None:
    """Replace a table of a copied release by an answer on it, as ``t``."""
    path = data_dir / "latest" / name / f"{name}.parquet"
    given = pq.read_table(path)
    with duckdb.connect() as con:
        con.register("t", given)
        changed = con.sql(sql).to_arrow_table().cast(given.schema)
    pq.write_table(changed, path)


@pytest.fixture
def altered(release_dir: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the release with tables changed."""

    def make(**changes: str) -> Path:
        data = tmp_path / "altered"
        release = (release_dir / "latest").resolve()
        shutil.copytree(release, data / "releases" / release.name, ignore=shutil.ignore_patterns("*.duckdb"))
        (data / "latest").symlink_to(Path("releases") / release.name)
        for name, sql in changes.items():
            rewrite(data, name, sql)
        return data

    return make


@pytest.fixture(scope="session")
def whole(release_dir: Path, once_a_run: OnceARun) -> Path:
    """Everything as CSV; do not change it."""

    def make(folder: Path) -> Path:
        written = export(release_dir, "csv", folder)
        assert folder / "observations.csv" in written
        assert all(path.is_file() for path in written)
        return folder

    found: Path = once_a_run("whole_csv", make)
    return found
