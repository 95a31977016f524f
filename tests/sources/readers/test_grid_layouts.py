"""The layouts of a grid by unit: footnote marks, and what the options of a ``cross`` table leave."""

from typing import Any

import pytest

from sources.cells import TITLE, ReadError
from sources.readers import excel
from sources.readers.grid.cell_references import letter_list
from sources.readers.grid.cross import cross
from sources.readers.grid.footnotes import (
    footnotes_in,
    marks_at_end,
    noted,
    notes_of_cells,
    remarks_of,
    shared_values,
)
from sources.readers.left_out import left_out_of
from sources.readers.text import joined
from tests.sources.readers.grids import grid
from tests.workbooks import workbook


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("125¹", ["1"]),
        ("125 ¹⁾", ["1"]),
        ("125 1)", ["1"]),
        ("125 12)", ["12"]),
        ("Abai*", ["*"]),
        ("Abai****", ["****"]),
        ("Abai ¹ ²", ["1", "2"]),
        ("Abai¹, 2)", ["1", "2"]),
        ("Abai (art. 99)", []),
        ("Abai (art. 99) 1)", ["1"]),
        ("Abai (art. 99 1)", []),
        ("Abai 123)", []),
        ("¹", []),
        ("125", []),
        ("", []),
        ("x" * 100 + "¹", ["1"]),
    ],
)
def test_marks_at_the_end_of_a_text(text: str, marks: list[str]) -> None:
    assert marks_at_end(text) == marks


def test_lines_below_that_begin_with_a_mark() -> None:
    below = grid("¹ Preliminary|\n* Without|Osh\n1) Again\nSource: office\n2)\n12 persons")
    notes = footnotes_in(below, range(6))
    # The last is no explanation, but no cell has the mark 12.
    assert notes == {"1": "¹ Preliminary", "*": "* Without Osh", "12": "12 persons"}
    assert noted(["125¹", "3*", "4²"], notes) == ["¹ Preliminary", "* Without Osh"]


@pytest.mark.parametrize(
    ("notes", "remarks"),
    [
        ([], "* Preliminary\nSource: office\nFigures in thousands"),
        ([None, "* Preliminary"], "Source: office\nFigures in thousands"),
        (["late; * Preliminary", "Source: office"], "Figures in thousands"),
        (["Figures", "Preliminary"], "* Preliminary\nSource: office\nFigures in thousands"),
    ],
)
def test_lines_below_a_table_that_are_no_note_of_a_cell_are_of_all_of_it(
    notes: list[str | None], remarks: str
) -> None:
    below = grid("* Preliminary|\n|\nSource:|office\nFigures  in thousands|\nSource:|office")
    assert remarks_of(below, range(5), notes) == remarks


def test_notes_of_a_cell_are_those_of_its_row_its_column_and_its_own() -> None:
    table = grid("|2023²|2024\nAbai¹|5*|6\nOsh|7|8")
    notes = {"1": "of a row", "2": "of a column", "*": "its own"}
    found = notes_of_cells(
        table, notes, [1, 2], [1, 2], {1: ["Abai¹"], 2: ["Osh"]}, {1: ["2023²"], 2: ["2024"]}
    )
    assert found == [joined(["of a row", "of a column", "its own"]), "of a row", "of a column", None]
    assert notes_of_cells(table, {}, [1, 2], [1, 2], {}, {}) == [None] * 4


# A merged cell without a text has no value of several labels.
@pytest.mark.parametrize("others", [(), ((0, 2, 1, 2),)])
def test_a_value_merged_over_two_labels_belongs_to_neither(
    others: tuple[tuple[int, int, int, int], ...],
) -> None:
    table = grid("|2023|\nAbai|5|6\nOsh||8", merges=(*others, (1, 1, 2, 1)))
    labels, header = {1: ["Abai"], 2: ["Osh"]}, {1: ["2023"], 2: ["2024"]}
    reason = "part of the merged cell B2, which belongs to several labels"
    assert shared_values(table, [1, 2], [1, 2], labels, header) == [reason, None, reason, None]
    alike = {1: ["Abai"], 2: ["Abai"]}
    assert shared_values(table, [1, 2], [1, 2], alike, header) == [None] * 4
    assert notes_of_cells(table, {}, [1, 2], [1, 2], labels, header) == [
        None,
        None,
        "part of the merged cell B2",
        None,
    ]


TABLE = "Title||\nRegion|2023|2024\n|1|2\nAbai|5|6\nOsh|7|8\nAll|12|14"


def values(text: str, **options: Any) -> list[tuple[str, str, str]]:
    rows = cross(grid(text), options).to_pylist()
    return [(row["row_1"], row["col_1"], row["_value"]) for row in rows]


@pytest.mark.parametrize(
    ("options", "regions"),
    [
        ({"header_rows": [2]}, ["", "Abai", "Osh", "All"]),
        ({"header_rows": [2], "number_row": 3}, ["Abai", "Osh", "All"]),
        ({"header_rows": [2], "first_data_row": 4}, ["Abai", "Osh", "All"]),
        ({"header_rows": [2], "first_data_row": 5}, ["Osh", "All"]),
        ({"header_rows": [2], "first_data_row": 5, "last_data_row": 5}, ["Osh"]),
        ({"header_rows": [2], "number_row": 3, "stop_at": "^All"}, ["Abai", "Osh"]),
        ({"header_rows": [2], "number_row": 2}, ["", "Abai", "Osh", "All"]),
    ],
)
def test_rows_of_data(options: dict[str, Any], regions: list[str]) -> None:
    assert list(dict.fromkeys(row or "" for row, _, _ in values(TABLE, **options))) == regions


@pytest.mark.parametrize("options", [{"last_data_row": 4}, {"stop_at": "^Osh"}])
def test_rows_below_a_declared_end_are_told(options: dict[str, Any]) -> None:
    """Read carelessly: a region that the publisher has added is missing in silence."""
    table = cross(grid(TABLE), {"header_rows": [2], "number_row": 3, **options})
    assert [place for place, _ in left_out_of(table)] == ["B5", "B6"]


def test_the_first_row_of_all_may_be_data() -> None:
    assert values("Abai|5\nOsh|7", header_rows=[2], first_data_row=1)[0] == ("Abai", "7", "5")


NESTED = "Region|Sex|2023\nAbai|all|9\n|men|5\n||\nOsh|all|{}\n|women|3"


@pytest.mark.parametrize(
    ("total", "options", "labels"),
    [
        ("7", {}, ["Abai all", "Abai men", "Osh all", "Osh women"]),
        # The figure of the total is missing; or its row, or the region, is not wanted.
        ("", {}, ["Abai all", "Abai men", "Osh women"]),
        ("7", {"skip_rows": "all$"}, ["Abai men", "Osh women"]),
        ("7", {"skip_rows": "^Osh"}, ["Abai all", "Abai men"]),
        ("7", {"keep_rows": "women$"}, ["Osh women"]),
    ],
)
def test_a_label_counts_below_a_row_that_is_not_read(
    total: str, options: dict[str, Any], labels: list[str]
) -> None:
    """Read carelessly: the women of Osh as those of Abai."""
    table = cross(
        grid(NESTED.format(total)), {"header_rows": [1], "label_columns": 2, "fill_labels": True, **options}
    )
    assert [f"{row['row_1']} {row['row_2']}" for row in table.to_pylist()] == labels


@pytest.mark.parametrize(
    "options",
    [
        {"first_data_row": 0},
        {"number_row": 0},
        {"last_data_row": 0},
        {"first_data_row": True},
        {"number_row": "3"},
    ],
)
def test_wrong_rows_are_refused_with_the_option(options: dict[str, Any]) -> None:
    with pytest.raises(ReadError, match=f"{next(iter(options))}=.* is not a whole number from 1"):
        values(TABLE, header_rows=[2], **options)


def test_a_table_without_data_or_values_says_so() -> None:
    with pytest.raises(ReadError, match="no row below the header"):
        values("Region|2023\nAbai|5", header_rows=[2])
    with pytest.raises(ReadError, match="no column with values"):
        values("Region\nAbai", header_rows=[1])


@pytest.mark.parametrize(
    ("letters", "columns"),
    [
        ("B", [1]),
        ("A:C", [0, 1, 2]),
        ("B:", [1, 2, 3]),
        ("D:", [3]),
        ("C:Z", [2, 3]),
        (["D", "A:B"], [3, 0, 1]),
        ("E:", None),
        ("E", None),
        ("E:F", None),
        ("C:B", None),
    ],
)
def test_letters_of_columns(letters: Any, columns: list[int] | None) -> None:
    table = grid("Region|2021|2022|2023\nAbai|5|6|7")
    if columns is None:
        with pytest.raises(ReadError, match="value_columns .* lie outside the table"):
            letter_list(letters, "value_columns", table)
    else:
        assert letter_list(letters, "value_columns", table) == columns


def test_numbers_title_and_corner() -> None:
    (first, *_) = cross(grid(TABLE), {"header_rows": [2], "number_row": 3}).to_pylist()
    assert (first["col_number"], first[TITLE], first["corner"]) == ("1", "Title", "Region")
    assert first["sheet"] == "T" and first["_locator"] == "B4"


def test_a_plain_digit_below_is_the_mark_that_stands_raised_in_a_header() -> None:
    content = workbook([["Region", "2022¹", "2023"], ["Chui", 50, 52], ["1 предварительно"]])
    found = excel.read(content, {"header_rows": [1]})
    assert found.column("_note").to_pylist() == ["1 предварительно", None]
    assert "_remarks" not in found.column_names, "it is not about all figures"
