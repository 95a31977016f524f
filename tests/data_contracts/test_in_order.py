"""Rows taken in the order of some columns come as a stable sort gives them, whatever pieces they lie in."""

from typing import Any

import pyarrow as pa
import pytest

from data_contracts.in_order import in_order

ROWS = [
    {"area": area, "year": year, "key": f"k{number * 7 % 20:02d}", "value": float(number)}
    for number, (area, year) in enumerate(
        [("KZ", 2024), ("KG", 2025), (None, 2024), ("Ош", 2024), ("KG", 2024)] * 4
    )
]


@pytest.mark.parametrize("group", [3, 7, 100])
@pytest.mark.parametrize("cuts", [(), (1, 4), (5, 5, 19)])
@pytest.mark.parametrize("order", [("area", "year", "key"), ("year", "area"), ("key",)])
def test_order_is_that_of_a_sort(
    monkeypatch: pytest.MonkeyPatch, group: int, cuts: tuple[int, ...], order: tuple[str, ...]
) -> None:
    monkeypatch.setattr("data_contracts.in_order.ROW_GROUP", group)
    whole = pa.Table.from_pylist(ROWS)
    edges = [0, *cuts, whole.num_rows]
    table = pa.concat_tables(
        [whole.slice(start, end - start) for start, end in zip(edges, edges[1:], strict=False)]
    )

    def by_order(row: dict[str, Any]) -> list[tuple[bool, Any]]:
        return [(row[name] is None, row[name] or "") for name in order]

    found = list(in_order(table, order))
    assert pa.Table.from_batches(found).to_pylist() == sorted(ROWS, key=by_order)
    # Four rows are of one area and year; equal ones stay together.
    assert max(batch.num_rows for batch in found) < group + max(group, 4)


def test_no_rows() -> None:
    empty = pa.Table.from_pylist(ROWS).slice(0, 0)
    assert in_order(empty, ("area", "key")).read_all().equals(empty)
