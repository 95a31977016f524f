"""What the tests of readers share: the publishers' own files, where they are at hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

UPSTREAM = Path(__file__).resolve().parents[4] / "shared" / "upstream"


@pytest.fixture
def upstream() -> Callable[[str], bytes]:
    """Bytes of a publisher's file; the test is skipped where the collection is absent."""

    def load(name: str) -> bytes:
        if not UPSTREAM.is_dir():
            pytest.skip(f"the publishers' files are not at {UPSTREAM}")
        return (UPSTREAM / name).read_bytes()

    return load


@pytest.fixture
def rows() -> Callable[..., list[dict[str, Any]]]:
    """Rows of a table whose columns have the given texts."""

    def select(table: pa.Table, **where: str | None) -> list[dict[str, Any]]:
        return [row for row in table.to_pylist() if all(row[name] == text for name, text in where.items())]

    return select
