"""A declared dataset and rows of its file, for tests of what is done to cells; fixtures are in ``conftest``."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa

from sources.cells import cells_table
from sources.dataset import Dataset
from sources.load_datasets import load_licences
from transforms.normalize.codes_from_labels import SKIP
from transforms.normalize.inputs_and_results import FileFacts, Normalized

SHA256 = "ab" * 32
FACTS = FileFacts(SHA256, dt.datetime(2026, 11, 24, 3, 15), "raw/sample/file.csv")
SPEC: dict[str, Any] = {
    "country": "KZ",
    "title": {"en": "Sample", "ru": "Sample"},
    "publisher": {"en": "Sample", "ru": "Sample"},
    "address": "https://example.org/",
    "licence": load_licences()["CC-BY-4.0"],
    "citation": "Sample",
    "cadence": "yearly",
    "collection": "portal",
    "precedence": 1,
    "reader": "delimited",
    "files": [{"name": "sample"}],
    "id": "sample",
}
CONCEPTS: dict[str, Any] = {
    "indicator": {
        "column": "What",
        "values": {
            "reports": "DV_REPORTS",
            "share": "DV_REPORTS_CLOSED_SHARE",
            "other": SKIP,
            "wrong": "NO_SUCH",
        },
    },
    "ref_area": {"column": "Region"},
    "time_period": {"column": "Year"},
    "sex": {"column": "Sex", "values": {"Women": "F", "Men": "M", "All": "_T"}},
}
# What a row says in the columns that a test does not name.
ROW = {"What": "reports", "Region": "Astana", "Year": "2024", "Sex": "Women"}

Row = dict[str, str | None]
Declare = Callable[..., Dataset]
Observe = Callable[..., Normalized]


def sheet(rows: Iterable[tuple[str | None, Row]]) -> pa.Table:
    """Cells of rows (value, other cells); columns that a row does not name have the text of ``ROW``."""
    full = [(value, {**ROW, **cells}) for value, cells in rows]
    names = dict.fromkeys(name for _, cells in full for name in cells)
    columns: dict[str, list[str | None]] = {"_note": [cells.get("_note") for _, cells in full]}
    columns |= {name: [cells.get(name) for _, cells in full] for name in names if not name.startswith("_")}
    columns["_value"] = [value for value, _ in full]
    columns["_locator"] = [
        str(cells.get("_locator", f"line {line}")) for line, (_, cells) in enumerate(full, 2)
    ]
    return cells_table(columns)


def column(result: Normalized, name: str) -> list[Any]:
    """A column of the good rows."""
    return list(result.good[name].to_pylist())


def refusals(result: Normalized) -> list[tuple[str, str]]:
    """Place and rule of the refused rows."""
    refused = result.refused
    return list(zip(refused["raw_locator"].to_pylist(), refused["rule"].to_pylist(), strict=True))


def found(
    concept: str, observe: Observe, rows: list[tuple[str | None, Row]], declared: Any
) -> tuple[list[Any], list[str]]:
    """What a concept that is declared so gives: its column of the good rows, the rules of the refused ones."""
    result = observe(rows, concepts={concept: declared})
    return column(result, concept), [rule for _, rule in refusals(result)]
