"""Reader and normalizer of declared datasets, for tests of international publishers."""

import datetime as dt

import pytest

from data_contracts.load import contract
from sources.load_datasets import load_datasets
from sources.readers.protocol import read_cells
from sources.registers import load_register
from tests.sources.datasets.by_declaration import Read
from transforms.normalize.facts import FileFacts, Normalized
from transforms.normalize.normalizer import Normalizer


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
