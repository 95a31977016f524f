"""The eight faults of answers that are whole but wrong, over every dataset whose publisher's files are at hand.

Not part of ``make test``: it takes some ten minutes. Run it by its marker::

    pytest -m faults_all tests/pipelines/test_faults_all.py

Each dataset gets a good release; then one answer a fault. No published row may differ, a dataset that the fault reaches
says so, and the next good answer is as the first. A few datasets of each format go through this in every run of the
tests (``test_wrong_answers``).
"""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations, declarations
from sources.dataset import Dataset
from tests.conftest import SHARED
from tests.helpers import NOW, process, publish, published_rows

# As many of a kind as publishers' headers need: a fault of a column that a file lacks does nothing to it.
FAULTS = (
    "gzipcut",
    "cutlines:0.6",
    "renamecol:Sex=Gender",
    "renamecol:SEX=Gender",
    "dropcol:Sex",
    "dropcol:SEX",
    "doublecol:Value=7",
    "doublecol:Year=2015",
    "droprows:2019",
    "scale:1000",
    "errorrow",
)


def stored_addresses(upstream: Path) -> set[str]:
    """Addresses of the publishers' delimited files: the faults leave other formats as they are."""
    return {
        row["address"]
        for path in upstream.glob("*/index.csv")
        for row in csv.DictReader(path.open(encoding="utf-8"))
        if row["file"].endswith(".csv")
    }


def with_stored_files(dataset: Dataset, addresses: set[str]) -> Dataset | None:
    """The dataset with those of its files that are at hand; None where there is none."""
    stored = tuple(file for file in dataset.files if file.address in addresses)
    if dataset.collection != "portal" or not stored:
        return None
    return dataset.model_copy(update={"files": stored})


def names() -> list[str]:
    upstream = SHARED / "upstream"
    if not upstream.is_dir():
        return ["absent"]
    addresses = stored_addresses(upstream)
    return [d.id for d in declarations().datasets.values() if with_stored_files(d, addresses)]


@pytest.fixture(scope="module")
def mirrors(upstream: Path) -> Iterator[dict[str, str]]:
    """Address of a mirror for each fault, and of one without ("")."""
    command = [sys.executable, str(SHARED / "tools" / "mirror.py"), "--root", str(upstream)]
    running = {
        fault: subprocess.Popen(
            [*command, *(("--fault", f"{fault}@1") if fault else ())],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for fault in ("", *FAULTS)
    }  # fmt: skip
    yield {fault: child.stdout.readline().strip() for fault, child in running.items() if child.stdout}
    for child in running.values():
        child.kill()
        child.wait()


def what_is_said(rows: pa.Table) -> list[tuple[Any, ...]]:
    """Key, value, bounds and status; a text that only writes the same number otherwise (0.0 for 0) is no other row."""
    names = ("obs_key", "obs_value", "obs_lower", "obs_upper", "obs_status")
    return sorted((tuple(row[name] for name in names) for row in rows.to_pylist()), key=str)


@pytest.mark.faults_all
@pytest.mark.parametrize("name", names())
def test_no_fault_changes_a_published_row(
    declared: Declarations, mirrors: dict[str, str], upstream: Path, tmp_path: Path, name: str
) -> None:
    dataset = with_stored_files(declared.datasets[name], stored_addresses(upstream))
    assert dataset is not None
    first = process(declared, dataset, tmp_path, mirrors[""])
    assert first.state == "fresh", first.findings
    publish(declared, tmp_path, first, NOW)
    truth = what_is_said(published_rows(declared, tmp_path, dataset))
    if not truth:
        pytest.skip("the publisher has no figure of the five countries yet")
    wrong: list[str] = []
    for fault in FAULTS:
        spoilt = process(declared, dataset, tmp_path, mirrors[fault])
        if what_is_said(spoilt.observations) != truth:
            wrong.append(f"{fault}: another row is published, {spoilt.state}")
        if spoilt.state != "fresh" and not spoilt.findings:
            wrong.append(f"{fault}: {spoilt.state} without a word")
        if spoilt.state != "fresh" or spoilt.pulled.new:
            again = process(declared, dataset, tmp_path, mirrors[""])
            if what_is_said(again.observations) != truth or again.state != "fresh":
                wrong.append(f"{fault}: the next good answer is not as the first, {again.state}")
    assert not wrong, wrong
