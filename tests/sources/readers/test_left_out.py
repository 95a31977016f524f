"""Rows with figures below the end of a table: which are told."""

import json

import pyarrow as pa
import pytest

from sources.cells import LEFT_OUT
from sources.readers.left_out import left_out_of, rows_with_figures, with_left_out


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["Osh", "5"], ("B1", "Osh | 5")),
        (["Osh", "", "5"], ("C1", "Osh | 5")),
        (["", "Osh", "x", "-5,3%"], ("D1", "Osh | x | -5,3%")),
        (["Osh", "1 204*"], ("B1", "Osh | 1 204*")),
        (["Osh", "<5"], ("B1", "Osh | <5")),
        (["5", "Osh"], None),
        (["5"], None),
        (["Region", "2022", "1999"], None),
        (["Region", "2022", "20221"], ("C1", "Region | 2022 | 20221")),
        (["Osh", "5 persons"], None),
        (["a" * 90, "5"], ("B1", "a" * 80)),
        ([], None),
    ],
)
def test_a_row_with_a_text_and_a_figure_behind_it(cells: list[str], found: tuple[str, str] | None) -> None:
    rows = rows_with_figures([(0, cells)], lambda row, column: f"{'ABCD'[column]}{row + 1}")
    assert rows == ([found] if found else [])


def test_what_another_part_of_the_file_has_read_is_not_left_out() -> None:
    table = pa.table({"_locator": ["line 2, column n"]}).replace_schema_metadata({"a": "b"})
    assert with_left_out(table, []) is table and left_out_of(table) == []
    assert with_left_out(table, [("line 2", "x | 1")]) is table
    told = with_left_out(table, [("line 2", "x | 1"), ("line 3", "ж | 2")])
    assert left_out_of(told) == [("line 3", "ж | 2")] and told.schema.metadata[b"a"] == b"b"
    assert json.loads(told.schema.metadata[LEFT_OUT]) == [["line 3", "ж | 2"]]
