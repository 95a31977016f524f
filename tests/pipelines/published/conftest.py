"""A small data directory of two releases: `observations` alone, and a database of a few tables."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

OLD, NEW = "20261124T000000Z", "20261125T000000Z"


def observation(key: str, **given: Any) -> dict[str, Any]:
    base = {
        "obs_key": key,
        "indicator": "DV_CRIMES",
        "ref_area": "KZ",
        "time_period": "2024",
        "sex": "_T",
        "age": "_T",
        "breakdown": "_T",
        "violence_form": "_T",
        "relationship": "_T",
        "unit_measure": "NUMBER",
        "nature": "C",
        "obs_value": 10.0,
        "obs_lower": None,
        "obs_upper": None,
        "obs_status": "A",
        "note": None,
        "source_id": "s",
        "dataset_id": "kz_sdg",
    }
    return {**base, **given}


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., Path]:
    """Writes the observations of a release, which becomes the latest."""
    schema = pa.Table.from_pylist([observation("a", obs_lower=1.0, obs_upper=1.0, note="x")]).schema

    def write(release: str, *rows: dict[str, Any]) -> Path:
        folder = tmp_path / "releases" / release
        (folder / "observations").mkdir(parents=True)
        table = pa.Table.from_pylist(list(rows), schema=schema)
        pq.write_table(table, folder / "observations" / "observations.parquet")
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
        (tmp_path / "latest").unlink(missing_ok=True)
        (tmp_path / "latest").symlink_to(Path("releases") / release)
        return folder

    return write


@pytest.fixture
def data(release_dir: Path, tmp_path: Path) -> Path:
    """A data directory that a test may change: a copy of the database of the bundled release, without its tables."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(release_dir / "dvstats.duckdb", folder / "dvstats.duckdb")
    return folder
