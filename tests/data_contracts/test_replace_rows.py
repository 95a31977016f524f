"""A sorted table with some rows replaced is what sorting all of its rows would give."""

from pathlib import Path

import pyarrow as pa
import pytest

from data_contracts.arrow import scan_table, write_table
from data_contracts.replace_rows import replaced

SCHEMA = pa.schema([("area", pa.string()), ("year", pa.int32()), ("value", pa.float64())])
ROWS = [(area, year, 1.0) for area in ("KG", "KZ", "TJ") for year in (2020, 2022, 2024)]


def table(rows: list[tuple[str, int, float]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


@pytest.mark.parametrize(
    ("removed", "added"),
    [
        ([], []),
        ([0, 8], []),
        (range(9), [("KZ", 2022, 2.0)]),
        ([4], [("KZ", 2022, 2.0)]),
        ([3], [("AA", 2030, 3.0), ("KG", 2021, 3.0), ("KZ", 2019, 3.0), ("UZ", 2020, 3.0)]),
        ([2, 3], [("KG", 2024, 2.0), ("KG", 2026, 2.0), ("KZ", 2020, 2.0)]),
    ],
)
@pytest.mark.parametrize("in_file", [False, True])
def test_replaced_rows_stand_where_sorting_puts_them(
    removed: list[int], added: list[tuple[str, int, float]], in_file: bool, tmp_path: Path
) -> None:
    before = table(ROWS)
    if in_file:
        write_table(before, tmp_path / "before.parquet")
    rows = scan_table(tmp_path / "before.parquet") if in_file else before
    found = replaced(rows, ["area", "year"], list(removed), table(added)).read_all()
    kept = [row for number, row in enumerate(ROWS) if number not in removed]
    assert found.equals(table(sorted([*kept, *added])))
