"""Rows taken in the order of some columns are those that a sorting query gives, whatever pieces they lie in."""

import duckdb
import pyarrow as pa
import pytest

from data_contracts.in_order import in_order

ROWS = [
    {"area": area, "year": year, "key": f"k{number:02d}", "value": float(number)}
    for number, (area, year) in enumerate(
        [("KZ", 2024), ("KG", 2025), (None, 2024), ("Ош", 2024), ("KG", 2024)] * 4
    )
]


@pytest.mark.parametrize("group", [3, 7, 100])
@pytest.mark.parametrize("cuts", [(), (1, 4), (5, 5, 19)])
def test_order_is_that_of_a_query(monkeypatch: pytest.MonkeyPatch, group: int, cuts: tuple[int, ...]) -> None:
    monkeypatch.setattr("data_contracts.in_order.ROW_GROUP", group)
    whole = pa.Table.from_pylist(ROWS)
    edges = [0, *cuts, whole.num_rows]
    table = pa.concat_tables(
        [whole.slice(start, end - start) for start, end in zip(edges, edges[1:], strict=False)]
    )
    order = ("area", "year", "key")
    with duckdb.connect() as con:
        con.register("whole", whole)
        wanted = con.sql(f"FROM whole ORDER BY {', '.join(order)}").to_arrow_table()
    found = list(in_order(table, order))
    assert pa.Table.from_batches(found).to_pylist() == wanted.to_pylist()
    assert max(batch.num_rows for batch in found) == min(group, len(ROWS))


def test_no_rows() -> None:
    empty = pa.Table.from_pylist(ROWS).slice(0, 0)
    assert in_order(empty, ("area", "key")).read_all().equals(empty)
