"""Small tables of observations for the derived tables: say what matters, the rest is filled."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.arrow import arrow_schema
from pipelines.declarations import Declarations
from tests.observation_row import ROW

Make = Callable[..., pa.Table]


def completed(number: int, given: dict[str, Any]) -> dict[str, Any]:
    """One row of observations from what a test says: ``year`` gives period and dates of a whole year."""
    row = {**ROW, "obs_key": f"{number:016x}", **given}
    if "year" in row:
        year = row.pop("year")
        row = {
            "time_period": str(year),
            "period_start": dt.date(year, 1, 1),
            "period_end": dt.date(year, 12, 31),
            **row,
        }
    return row


@pytest.fixture
def observations(declared: Declarations) -> Make:
    """A table of observations, one row a dictionary; keys count up from 1."""

    def make(*rows: dict[str, Any], table: str = "observations") -> pa.Table:
        schema = arrow_schema(declared.contract, declared.contract.tables[table])
        filled = [
            {"precedence": 1, "candidates": 1, **completed(n, given)} for n, given in enumerate(rows, 1)
        ]
        return pa.Table.from_pylist(filled, schema=schema)

    return make


@pytest.fixture
def sources(declared: Declarations) -> pa.Table:
    """The register of sources as the release has it."""
    from transforms.derive import codebook

    return codebook.sources(declared.contract, declared.publications, declared.datasets)
