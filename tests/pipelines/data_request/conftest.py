"""One request of the bundled release, written once a test."""

from pathlib import Path

import pytest

from pipelines.data_request.request import request


@pytest.fixture
def written(release_dir: Path, tmp_path: Path) -> dict[str, Path]:
    made = request(release_dir, "TJ", "IC-7", language="ru", output=tmp_path / "out")
    return {path.suffix: path for path in made}
