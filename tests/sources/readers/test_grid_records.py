"""Both layouts of a grid on small tables: which rows, columns, headings and remarks each keeps."""

from typing import Any

import pytest

from sources.cells import HEADING, NOTE, PROBLEM, REMARKS, TITLE, ReadError
from sources.readers.grid.cell_references import below_end, cells_of, end_of_data, row_list, without_blanks
from sources.readers.grid.cross import cross
from sources.readers.grid.records import _is_remark, records
from sources.readers.grid.table import column_letters, column_number, one_line
from sources.readers.headings import SECTION, Heading, headings_of
from tests.sources.readers.grids import grid


def of_cross(text: str, *names: str, merges: Any = (), **options: Any) -> list[tuple[Any, ...]]:
    rows = cross(grid(text, merges), {"header_rows": [1], **options}).to_pylist()
    return [tuple(row.get(name) for name in names) for row in rows]


def of_records(text: str, *names: str, merges: Any = (), **options: Any) -> list[tuple[Any, ...]]:
    rows = records(grid(text, merges), {"value_columns": ["n"], **options}).to_pylist()
    return [tuple(row.get(name) for name in names) for row in rows]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, [("A", "1"), ("B", "2"), ("C", "3")]),
        ({"keep_rows": "^[AC]"}, [("A", "1"), ("C", "3")]),
        ({"skip_rows": "^[AC]"}, [("B", "2")]),
        ({"skip_rows": "A", "keep_rows": "[AB]"}, [("B", "2")]),
        ({"keep_columns": "2023"}, [("A", None), ("B", None), ("C", "9")]),
        ({"keep_columns": "2023", "blank_cells": "skip"}, [("C", "9")]),
        ({"keep_columns": "2020"}, "no column header fits '2020'"),
        ({"keep_rows": "D"}, "no row label fits 'D'"),
        ({"value_columns": "B"}, [("A", "1"), ("B", "2"), ("C", "3")]),
        ({"label_columns": 3}, "no column with values"),
        ({"first_data_row": 5}, "no row below the header"),
    ],
)
def test_rows_and_columns_of_a_cross_table(options: dict[str, Any], found: Any) -> None:
    text = "r|2022|2023\nA|1|\nB|2|\nC|3|9"
    if isinstance(found, str):
        with pytest.raises(ReadError, match=found):
            of_cross(text, **options)
    else:
        seen = of_cross(text, "row_1", "_value", "col_1", **options)
        year = "2023" if "keep_columns" in options else "2022"
        assert [(label, value) for label, value, column in seen if column == year] == found


def test_labels_that_are_written_once_go_down_until_the_next() -> None:
    text = "r|s|2022\nA|f|1\n|m|2\nB||3\n|m|4\n||5"
    assert of_cross(text, "row_1", "row_2", label_columns=2) == [
        ("A", "f"), (None, "m"), ("B", None), (None, "m"), (None, None)
    ]  # fmt: skip
    assert of_cross(text, "row_1", "row_2", label_columns=2, fill_labels=True) == [
        ("A", "f"), ("A", "m"), ("B", None), ("B", "m"), (None, None)
    ]  # fmt: skip


def test_headings_between_rows_are_those_of_the_rows_below() -> None:
    text = "Title|\nr|2022\nTitle|\nCities|\nA|1\n(thousand)|-\nB|2\nVillages|\nC|3\nSource|"
    found = of_cross(text, "row_1", HEADING, SECTION, header_rows=[2], sections=True)
    assert found == [
        ("A", "A4", "Cities"),
        ("(thousand)", "A4", "Cities"),
        ("B", "B6", "(thousand)"),
        ("C", "A8", "Villages"),
    ]
    assert of_cross("r|2022\nA|1\nB|2", HEADING, SECTION) == [(None, None)] * 2


def test_what_stands_below_the_last_value_is_a_note_or_a_remark() -> None:
    text = "r|2022|2023\nA*|1|2\nB|3|4\n* Preliminary|\nSource: office|"
    assert (
        of_cross(text, NOTE, REMARKS)
        == [("* Preliminary", "Source: office")] * 2 + [(None, "Source: office")] * 2
    )
    # The last row with values is none of them, whether it is kept or not.
    kept = of_cross("r|2022\nA|1\n* B|3\nSource|", NOTE, REMARKS, keep_rows="A")
    assert kept == [(None, "Source")]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, [("A", "1"), ("B", None), ("C", "3")]),
        ({"blank_cells": "skip"}, [("A", "1"), ("C", "3")]),
        ({"keep_rows": "^A"}, [("A", "1")]),
        ({"skip_rows": "^A"}, [("B", None), ("C", "3")]),
        ({"stop_at": "^C"}, [("A", "1"), ("B", None)]),
        ({"last_data_row": 3}, [("A", "1"), ("B", None)]),
        ({"first_data_row": 3}, [("B", None), ("C", "3")]),
        ({"header_rows": [9]}, "the declared header rows lie below the table"),
        ({"header_rows": []}, "the declared header rows lie below the table"),
        ({"value_columns": ["m"]}, "no header was found with .option value_columns.: 'm'"),
        ({"value_columns": ["m"], "header_rows": [1]}, r"option value_columns"),
        ({"value_columns": ["m|n"]}, [("A", "1"), ("B", None), ("C", "3")]),
        ({"value_columns": ["\nn "], "id_columns": ["r\n"]}, [("A", "1"), ("B", None), ("C", "3")]),
        ({"note_columns": ["m"]}, "option note_columns"),
        ({"id_columns": ["m"]}, "option id_columns"),
        ({"value_columns": []}, "value_columns"),
    ],
)
def test_records_of_a_grid(options: dict[str, Any], found: Any) -> None:
    text = "r|n|w\nA|1|x\nB||y\n\nC|3|"
    if isinstance(found, str):
        with pytest.raises(ReadError, match=found):
            of_records(text, **options)
    else:
        assert of_records(text, "r", "_value", **options) == found


def test_notes_headings_and_remarks_of_records() -> None:
    text = (
        "Table 1||\nr|n|why\nCities||\nA*|1|late\nB|2|\nVillages||\nC|3|\n* Preliminary||\nSource: office||"
    )
    found = of_records(text, "r", NOTE, HEADING, SECTION, TITLE, note_columns=["why"], sections=True)
    assert found == [
        ("A*", "late; * Preliminary", "A3", "Cities", "Table 1"),
        ("B", None, "A3", "Cities", "Table 1"),
        ("C", None, "A6", "Villages", "Table 1"),
    ]
    assert set(of_records(text, REMARKS)) == {("Cities\nVillages\nSource: office",)}
    assert of_records("r|n\nA|1", REMARKS, TITLE, HEADING, SECTION) == [(None,) * 4]


def test_headings_of_records_with_the_column_in_which_they_stand() -> None:
    text = "Title||\nr|w|n\nCities||\nA||1\n||Share, %\nB||2\nTowns||Towns\nC||3\nTitle||\nD||4\nEnd||"
    table = records(grid(text), {"value_columns": ["n"], "header_rows": [2]})
    assert headings_of(table) == [
        [
            Heading("A3", "Cities", first=True, kept=False, column="r"),
            Heading("C5", "Share, %", first=False, kept=True, column=""),
            Heading("A7", "Towns", first=False, kept=True, column="r"),
        ]
    ]
    assert table[HEADING].to_pylist() == ["A3", "A3", "C5", "C5", "A7", "A7"]


def test_columns_of_records_that_are_there_twice_or_chosen() -> None:
    assert of_records("r|r|n|x\nA|B|1|y", "r", "r (2)", "x", "column") == [("A", "B", "y", "n")]
    assert of_records("r|r|n|x\nA|B|1|y", "r", "r (2)", "x", id_columns=["x"]) == [(None, None, "y")]
    with pytest.raises(ReadError, match="column 'n' twice"):
        of_records("r|n|n\nA|1|2")
    found = of_records(
        "a|b\nr|n|m\nA|1|2", "_value", "column", header_rows=[1, 2], value_columns=["b / n", "m"]
    )
    assert found == [("1", "b / n"), ("2", "m")]


def test_a_label_merged_over_two_records_and_a_value_that_is() -> None:
    text = "r|s|t|n\nA|f|x|1\n|m|x|2\nB|f|x|3\n|m|x|"
    assert of_records(text, "r", merges=[(1, 0, 2, 0)]) == [("A",), ("A",), ("B",), (None,)]
    assert of_records(text, "r", merges=[(1, 0, 2, 0)], fill_merged=False) == [
        ("A",),
        (None,),
        ("B",),
        (None,),
    ]
    assert [bool(problem) for (problem,) in of_records(text, PROBLEM, merges=[(3, 3, 4, 3)])] == [
        False, False, True, True
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "values", "remark"),
    [
        ("Source: x||", [2], True),
        ("text||", [2], True),
        ("text||5", [2], False),
        ("text|more|", [2], False),
        ("1) text|more|", [2], True),
        ("||", [2], False),
        ("text|", [1], False),
        ("* text|", [1], True),
    ],
)
def test_a_line_between_records_that_is_none(line: str, values: list[int], remark: bool) -> None:
    assert _is_remark(grid(line), 0, values) is remark


@pytest.mark.parametrize(
    ("declared", "rows"), [([3, 1], [0, 2]), (2, [1]), ((1,), [0]), ([0], None), (["1"], None)]
)
def test_rows_as_they_are_declared(declared: Any, rows: list[int] | None) -> None:
    if rows is None:
        with pytest.raises(ReadError, match="header_rows=.* is not a list of row numbers from 1"):
            row_list(declared, "header_rows")
    else:
        assert row_list(declared, "header_rows") == rows


def test_where_data_end_and_what_is_left_out_below() -> None:
    table = grid("r|n\nA|1\nAll|2\nB|3\nword|")
    assert [
        end_of_data(table, 1, options) for options in ({}, {"last_data_row": 3}, {"stop_at": "^All"})
    ] == [5, 3, 2]
    assert end_of_data(table, 1, {"last_data_row": 99}) == 5 and end_of_data(table, 1, {"stop_at": "x"}) == 5
    assert end_of_data(table, 1, {"stop_at": "^B", "last_data_row": 3}) == 3
    assert len(below_end(table, 2)) == 2
    assert below_end(table, 5) == []


def test_words_for_thousands_and_dates_of_cells() -> None:
    table = grid("1|2022|x", scaled={(0, 0): "thousand", (0, 1): "date", (0, 2): "date"})
    assert cells_of(table, [0], [0, 1, 2]) == {
        "_value": ["1", "2022 (a date)", "x"], "_locator": ["A1", "B1", "C1"], "shown_in": ["thousand", None, None]
    }  # fmt: skip
    assert "shown_in" not in cells_of(table, [0], [1, 2]) and "shown_in" not in cells_of(grid("1"), [0], [0])
    out = {"_value": ["1", None], "x": ["a", "b"]}
    assert without_blanks(out, {}) == out and without_blanks(out, {"blank_cells": "skip"}) == {
        "_value": ["1"],
        "x": ["a"],
    }


@pytest.mark.parametrize(
    ("number", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (31, "AF"), (701, "ZZ"), (702, "AAA")]
)
def test_letters_of_a_column(number: int, letters: str) -> None:
    assert column_letters(number) == letters and column_number(letters) == number


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\n b", "a b"), ("1\n2", "1\t2"), ("1\n\na", "1 a"), ("-1,5%\n+2", "-1,5%\t+2"), ("1", "1"), ("", "")],
)
def test_lines_of_a_cell_in_one(text: str, line: str) -> None:
    assert one_line(text) == line


def test_merged_cells_reach_no_further_than_the_table() -> None:
    table = grid("a|b\nc|d", ((0, 0, 9, 0), (1, 1, 1, 9), (2, 0, 3, 0), (0, 2, 0, 3)))
    assert table.inner_merges() == [(0, 0, 1, 0), (1, 1, 1, 1)]
    assert table.merged_texts() == {(0, 0): "a", (1, 0): "a", (1, 1): "d"}
    with pytest.raises(ReadError, match="merged cells lie over one another"):
        grid("a|b\nc|d", ((0, 0, 1, 1), (1, 1, 1, 1))).merged_texts()
    assert (table.at(5, 0), table.at(0, 5), table.first_text(1), table.title(2)) == (
        "",
        "",
        "c",
        "a / b / c / d",
    )
