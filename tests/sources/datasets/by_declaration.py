"""What tests of datasets share: files by reader and normalizer of their declaration, and one value by its codes."""

import csv
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from sources.dataset import Dataset
from sources.load_datasets import load_datasets
from transforms.normalize.inputs_and_results import Normalized

UPSTREAM = Path(__file__).resolve().parents[4] / "shared" / "upstream"
Read = Callable[..., Normalized]
Row = dict[str, Any]


@lru_cache
def index() -> dict[str, Path]:
    """Stored file of every address; the test is skipped where the collection is absent."""
    if not UPSTREAM.is_dir():
        pytest.skip(f"the publishers' files are not at {UPSTREAM}")
    found = {}
    for path in sorted(UPSTREAM.glob("*/index.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            found.update({row["address"]: path.parent / row["file"] for row in csv.DictReader(handle)})
    return found


def stored(dataset: Dataset, *, alternates: bool = False) -> Iterator[tuple[str, str]]:
    """Name and address of the files of a dataset, or of their alternates that are stored."""
    for file in dataset.files:
        for address in file.alternates if alternates else (file.address,):
            if not alternates or address in index():
                yield file.name, address


def published(read: Read, dataset_id: str) -> list[Row]:
    """Good rows of all stored files of a dataset; nothing may be refused."""
    rows = []
    for name, address in stored(load_datasets()[dataset_id]):
        result = read(dataset_id, index()[address].read_bytes(), name)
        assert result.refused.num_rows == 0, result.refused.to_pylist()[:3]
        rows += result.good.to_pylist()
    return rows


def value(rows: list[Row], **where: str) -> float | None:
    """Value of the one row that has these codes; dimensions not named are totals."""
    wanted = {
        "sex": "_T",
        "age": "_T",
        "violence_form": "_T",
        "relationship": "_T",
        "breakdown": "_T",
        **where,
    }
    found = [row for row in rows if all(row[name] == code for name, code in wanted.items())]
    assert len(found) == 1, (len(found), wanted)
    number: float | None = found[0]["obs_value"]
    return number


def refusals(result: Normalized) -> set[str]:
    return set(result.refused["rule"].to_pylist())
