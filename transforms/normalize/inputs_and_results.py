"""What goes into the normalizer beside the cells, and what comes out of it.

No reading is done here; how a refused row is written is in ``quarantine``. Used by every caller of the normalizer.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract


@dataclass(frozen=True)
class FileFacts:
    """What is known of the file that the cells came from.

    ``sha256``: checksum of its bytes, 64 hex digits. ``retrieved_at``: UTC without zone. ``path``: where it lies, for
    people. ``constants``: concepts that the declaration states for this file (``set``), code by concept.
    """

    sha256: str
    retrieved_at: dt.datetime
    path: str
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Normalized:
    """What one file gave.

    ``good``: observations without ``first_release``. ``refused``: rows of ``quarantine``. ``rows``: cells that went in,
    those that the declaration leaves out included. ``duplicates``: cells that repeated an earlier one.
    ``may_divide``: by column that nothing reads and that may divide the file, some of its texts.
    """

    good: pa.Table
    refused: pa.Table
    rows: int
    duplicates: int
    may_divide: Mapping[str, str] = field(default_factory=dict)


def good_schema(contract: Contract) -> pa.Schema:
    """Schema of good rows: the observations without the release that first carried them."""
    schema = arrow_schema(contract, contract.tables["observations"])
    return pa.schema([column for column in schema if column.name != "first_release"])


def quarantine_schema(contract: Contract) -> pa.Schema:
    """Schema of refused rows."""
    return arrow_schema(contract, contract.tables["quarantine"])
