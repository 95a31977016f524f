"""What tests of the national portals share: stored files by their addresses, and values and refusals of a result."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sources.dataset import Dataset, SourceFile
from sources.load_datasets import load_datasets
from transforms.normalize.inputs_and_results import Normalized

UPSTREAM = Path(__file__).resolve().parents[4] / "shared" / "upstream"
COUNTRIES = ("portals", "kg", "uz", "tj")
KEY = ("indicator", "ref_area", "sex", "age", "violence_form", "breakdown", "time_period", "unit_measure")
needs_files = pytest.mark.skipif(not UPSTREAM.is_dir(), reason=f"the publishers' files are not at {UPSTREAM}")


Observe = Callable[..., Normalized]


def addressed() -> dict[str, Path]:
    """Stored file of each published address."""
    found = {}
    for country in COUNTRIES:
        index = UPSTREAM / country / "index.csv"
        for row in csv.DictReader(index.read_text(encoding="utf-8").splitlines()):
            found[row["address"]] = index.parent / row["file"]
    return found


def stored(dataset: Dataset) -> Iterator[tuple[SourceFile, str, bytes]]:
    """Every address of a dataset that is stored, alternates too."""
    files = addressed()
    for file in dataset.files:
        for address in (file.address, *file.alternates):
            if address in files:
                yield file, address, files[address].read_bytes()


def values(result: Normalized) -> dict[tuple[str, ...], float | None]:
    return {tuple(row[name] for name in KEY): row["obs_value"] for row in result.good.to_pylist()}


def reasons(result: Normalized) -> set[tuple[str, str]]:
    return {(row["rule"], row["reason_en"]) for row in result.refused.to_pylist()}


def pick(result: Normalized, **where: str) -> list[float | None]:
    """Values of the cells that the given columns single out, by time; the rest must be totals."""
    total = {"sex": "_T", "age": "_T", "violence_form": "_T", "breakdown": "_T"} | where
    rows = [r for r in result.good.to_pylist() if all(r[name] == text for name, text in total.items())]
    return [row["obs_value"] for row in sorted(rows, key=lambda row: row["time_period"])]


def first(name: str) -> bytes:
    """The stored file at a dataset's first address."""
    return addressed()[load_datasets()[name].files[0].address].read_bytes()
