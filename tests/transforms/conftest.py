"""A normalizer of one declared dataset."""

from collections.abc import Iterable
from typing import Any

import pytest

from data_contracts import load
from data_contracts.model import Contract
from sources.dataset import Dataset
from tests.transforms.sample import CONCEPTS, FACTS, SPEC, Declare, Observe, Row, sheet
from transforms.normalize.inputs_and_results import FileFacts, Normalized
from transforms.normalize.normalizer import Normalizer


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load.contract()


@pytest.fixture(scope="session")
def declare() -> Declare:
    """A dataset with some keys of its own; ``concepts`` are added to the usual ones. Codes may be wrong here."""

    def make(concepts: dict[str, Any] | None = None, **keys: Any) -> Dataset:
        return Dataset.model_validate({**SPEC, "concepts": {**CONCEPTS, **(concepts or {})}, **keys})

    return make


@pytest.fixture(scope="session")
def normalizer(contract: Contract, declare: Declare) -> Normalizer:
    return Normalizer(contract, datasets={"sample": declare()}, sources=["s1", "s2"])


@pytest.fixture(scope="session")
def observe(normalizer: Normalizer, declare: Declare) -> Observe:
    """Normalize rows of (value, other cells) as a declared dataset's file."""

    def run(
        rows: Iterable[tuple[str | None, Row]], constants: dict[str, str] | None = None, **keys: Any
    ) -> Normalized:
        facts = FileFacts(FACTS.sha256, FACTS.retrieved_at, FACTS.path, constants or {})
        return normalizer.normalize(sheet(rows), declare(**keys), facts)

    return run
