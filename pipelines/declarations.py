"""Everything that is declared, loaded once a process: contract, datasets, registers, and the normalizer on them.

Not here: loading one of them (``data_contracts.load``, ``sources.load_datasets``, ``sources.bundled_registers``).
Called by everything in ``pipelines`` that works on datasets; importing this module loads nothing yet.
"""

from collections.abc import Mapping
from functools import lru_cache

from data_contracts.load import contract
from data_contracts.model import Contract
from sources.bundled_registers import Entry, load_register
from sources.dataset import Dataset
from sources.load_datasets import load_datasets
from transforms.normalize.normalizer import Normalizer


class Declarations:
    """What is declared; a mistake in any part is an error that names file and line."""

    def __init__(self) -> None:
        """Load everything."""
        self.contract: Contract = contract()
        self.datasets: Mapping[str, Dataset] = load_datasets()
        self.publications: tuple[Entry, ...] = load_register("publications")
        self.laws: tuple[Entry, ...] = load_register("legal_framework")
        self.services: tuple[Entry, ...] = load_register("response_services")
        self.judgements: tuple[Entry, ...] = load_register("scorecard")
        self.conflicts: tuple[Entry, ...] = load_register("discrepancies")
        self.normalizer = Normalizer(
            self.contract,
            datasets=self.datasets,
            sources=[entry["source"] for entry in self.publications],
        )


@lru_cache
def declarations() -> Declarations:
    """The declarations of this process."""
    return Declarations()
