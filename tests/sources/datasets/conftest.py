"""Reader and normalizer of declared datasets: ``read`` for international publishers, ``observe`` for national ones."""

import csv
import datetime as dt
import functools
import hashlib

import pyarrow as pa
import pytest

from data_contracts.load import contract
from sources.bundled_registers import load_register
from sources.dataset import BUNDLED
from sources.load_datasets import load_datasets
from sources.readers.protocol import read_cells
from tests.conftest import OnceARun
from tests.sources.datasets.by_declaration import Read
from tests.sources.datasets.national import Observe
from tests.sources.datasets.transcribed_rows import Rows, every_row
from transforms.normalize.inputs_and_results import FileFacts, Normalized
from transforms.normalize.normalizer import Normalizer


@pytest.fixture(scope="session")
def transcribed(once_a_run: OnceARun) -> Rows:
    """Every row of every transcription."""
    found: Rows = once_a_run("transcribed_rows", lambda _: every_row())
    return found


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    sources = [entry["source"] for entry in load_register("publications")]
    return Normalizer(contract(), datasets=load_datasets(), sources=sources)


@pytest.fixture(scope="module")
def read(normalizer: Normalizer) -> Read:
    """Reader and normalizer of a dataset over some bytes, with the constants of one of its files."""

    def run(dataset_id: str, content: bytes, file: str = "") -> Normalized:
        dataset = load_datasets()[dataset_id]
        constants = next(f.constants for f in dataset.files if not file or f.name == file)
        facts = FileFacts("0" * 64, dt.datetime(2026, 1, 1), "file", constants)
        return normalizer.normalize(read_cells(dataset, content), dataset, facts)

    return run


@pytest.fixture(scope="module")
def observe() -> Observe:
    """Read and normalize content as a declared dataset's file."""
    datasets = load_datasets()
    registers = (BUNDLED / "publications").glob("*.csv")
    sources = [row["source"] for path in registers for row in csv.DictReader(path.open(encoding="utf-8"))]
    normalizer = Normalizer(contract(), datasets=datasets, sources=sources)

    @functools.cache
    def cells_of(name: str, content: bytes) -> pa.Table:
        return read_cells(datasets[name], content)

    def run(name: str, content: bytes, file: str = "", **stated: str) -> Normalized:
        dataset = datasets[name]
        cells = cells_of(name, content)
        for column, text in stated.items():
            cells = cells.append_column(column, pa.array([text] * cells.num_rows, pa.string()))
        declared = next((entry for entry in dataset.files if entry.name == file), dataset.files[0])
        facts = FileFacts(
            hashlib.sha256(content).hexdigest(), dt.datetime(2026, 11, 24), file, declared.constants
        )
        return normalizer.normalize(cells, dataset, facts)

    return run
