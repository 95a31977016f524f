"""What the normalizer is told of a file and what it gives back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class FileFacts:
    """What is known of the file that the cells came from."""

    sha256: str
    retrieved_at: dt.datetime
    path: str
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Normalized:
    """Good rows (observations without ``first_release``), refused rows (quarantine) and counts."""

    good: pa.Table
    refused: pa.Table
    rows: int
    duplicates: int


def refused_row(
    dataset_id: str, rule: str, reason_en: str, reason_ru: str, file: FileFacts | None, *,
    locator: str = "", value: str | None = None, row: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One row of the quarantine."""
    return {
        "dataset_id": dataset_id, "rule": rule, "severity": "critical", "reason_en": reason_en,
        "reason_ru": reason_ru, "raw_sha256": file.sha256 if file else None, "file": file.path if file else None,
        "raw_locator": locator, "published_value": value, "row": row,
        "retrieved_at": file.retrieved_at if file else None,
    }  # fmt: skip
