"""A sorted table with some rows replaced is what sorting all of its rows would give; so are the bytes of its file."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts import arrow, row_groups
from data_contracts import replace_rows as module
from data_contracts.arrow import scan_table, write_table
from data_contracts.replace_rows import replaced, write_replaced

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
    found = replaced(rows, ["area", "year"], list(removed), table(added)).reader().read_all()
    kept = [row for number, row in enumerate(ROWS) if number not in removed]
    assert found.equals(table(sorted([*kept, *added])))


GROUPS = [
    # Removed rows, added rows, and the numbers of the row groups (of three rows) that are copied as they are.
    ([], [], [0, 1, 2]),
    ([4], [("KZ", 2022, 2.0)], [0, 2]),
    ([0], [("TJ", 2023, 2.0)], []),
    ([1], [("KZ", 2019, 2.0)], [2]),
    ([8], [("UZ", 2020, 2.0)], [0, 1]),
    ([], [("UZ", 2020, 2.0), ("UZ", 2021, 2.0)], [0, 1, 2]),
    ([3, 4, 5], [("UZ", year, 2.0) for year in range(2020, 2024)], [0]),
    ([6, 7, 8], [], [0, 1]),
    (range(9), [], []),
]


@pytest.mark.parametrize(("removed", "added", "kept"), GROUPS)
@pytest.mark.parametrize("last_one", [9, 8])
def test_the_file_has_the_bytes_of_all_rows_written_anew(
    removed: list[int],
    added: list[tuple[str, int, float]],
    kept: list[int],
    last_one: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for place in (arrow, module):
        monkeypatch.setattr(place, "ROW_GROUP", 3)
    before, path = table(ROWS[:last_one]), tmp_path / "before.parquet"
    write_table(before, path)
    gone = [number for number in removed if number < last_one]
    rows = replaced(scan_table(path), ["area", "year"], gone, table(added))
    made = list[int]()
    monkeypatch.setattr(module, "write_table", lambda *given: made.append(write_table(*given)) or made[-1])
    with BytesIO() as sink, BytesIO() as whole:
        count = write_replaced(rows, sink, SCHEMA)
        assert count == write_table(rows.reader(), whole, SCHEMA)
        assert sink.getvalue() == whole.getvalue()
        assert pq.read_table(BytesIO(sink.getvalue())).equals(rows.reader().read_all())
        path.with_name("now.parquet").write_bytes(sink.getvalue())
    with path.open("rb") as one, path.with_name("now.parquet").open("rb") as other:
        apart = [[number for some in found for number in some] for found in row_groups.rows_apart(one, other)]
    rows_before, rows_now = before.to_pylist(), rows.reader().read_all().to_pylist()
    shared = set(range(min(last_one, count))) - {*apart[0], *apart[1]}
    assert all(rows_before[number] == rows_now[number] for number in shared)
    assert shared >= {number for number in range(last_one) if number // 3 in kept and last_one == 9}
    if last_one == 9:
        assert made[0] == count - 3 * len(kept), "only the other row groups are made"


@pytest.mark.parametrize(
    "way",
    [{"write_page_index": True}, {"store_schema": False}, {"row_group_size": 4}],
)
def test_of_a_file_of_another_kind_all_is_written_anew(
    way: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (arrow, module):
        monkeypatch.setattr(place, "ROW_GROUP", 3)
    pq.write_table(
        table(ROWS), tmp_path / "before.parquet", **{"row_group_size": 3, "compression": "zstd", **way}
    )
    rows = replaced(scan_table(tmp_path / "before.parquet"), ["area", "year"], [], table([("TJ", 2026, 2.0)]))
    with BytesIO() as sink, BytesIO() as whole:
        write_replaced(rows, sink, SCHEMA)
        write_table(rows.reader(), whole, SCHEMA)
        assert sink.getvalue() == whole.getvalue()


def test_a_footer_that_is_read_and_written_is_the_same() -> None:
    schema = pa.schema([(f"column {number}", kind) for number, kind in enumerate(arrow.ARROW.values())])
    rows = schema.empty_table().to_pylist() + [dict.fromkeys(schema.names)] * 20
    with BytesIO() as sink, BytesIO() as copy:
        write_table(pa.Table.from_pylist(rows, schema=schema.with_metadata({"a": "b" * 300})), sink)
        file = row_groups.read_footer(sink)
        row_groups.write_groups(copy, [file], [(0, 0)])
        assert copy.getvalue() == sink.getvalue()
