"""What stands between and beside the figures of a grid, by unit: headings, further headers, further labels, words."""

from typing import Any

import pytest

from sources.readers.grid.other_tables import (
    heading_of,
    is_header,
    other_headers,
    other_labels,
    says_words,
    title_beside,
    words_beside,
)
from sources.readers.grid.unfold import unfold
from tests.sources.readers.grids import grid


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("persons", True),
        ("тыс. чел.", True),
        ("%", True),
        ("‰", True),
        ("per 100,000", False),
        ("5 %", False),
        ("a5", False),
        ("a", False),
        ("12", False),
        ("x", False),
        ("…", False),
        ("н/д", False),
        ("", False),
    ],
)
def test_what_is_neither_a_figure_nor_a_sign_for_none(text: str, words: bool) -> None:
    assert says_words(text) is words


@pytest.mark.parametrize(
    ("labels", "values", "heading"),
    [
        (["Rural"], ["", ""], "Rural"),
        (["Rural", ""], ["-", "…"], "Rural"),
        ([""], ["", "persons"], "persons"),
        (["Rural"], ["Rural", "Rural"], "Rural"),
        (["per 100,000"], ["", ""], "per 100,000"),
        (["%"], [""], "%"),
        (["Rural", "women"], [""], ""),
        (["Rural"], ["persons"], ""),
        (["Rural"], ["5"], ""),
        ([""], ["5"], ""),
        (["1"], [""], ""),
        ([""], ["", "-"], ""),
        ([], [], ""),
    ],
)
def test_a_row_with_one_text_and_no_figure_is_a_heading(
    labels: list[str], values: list[str], heading: str
) -> None:
    assert heading_of(labels, values) == heading


@pytest.mark.parametrize(
    ("labels", "values", "apart", "header"),
    [
        # The label is what stands above the labels.
        (["Region"], ["5", "6"], False, True),
        (["Region"], ["", ""], False, True),
        # Without a label: years, or several words.
        ([""], ["2023", "2024"], False, True),
        ([" "], ["2023", "2024"], False, True),
        ([""], ["women", "men"], False, True),
        ([""], ["women", "women"], False, False),
        ([""], ["2023", "2023"], False, False),
        ([""], ["2023"], False, False),
        ([""], ["women"], False, False),
        ([""], ["5", "6"], False, False),
        ([""], ["women", "6"], False, False),
        ([""], ["", "-"], False, False),
        # With another label only below a blank row.
        (["Abai"], ["2023", "2024"], False, False),
        (["Abai"], ["2023", "2024"], True, True),
        (["Abai"], ["2023", "-"], True, True),
        (["Abai"], ["2023"], True, True),
        (["Abai"], ["women", "men"], True, True),
        (["Abai"], ["women"], True, False),
        (["Abai"], ["5", "6"], True, False),
        (["Abai"], ["-", ""], True, False),
    ],
)
def test_a_row_that_is_a_header(labels: list[str], values: list[str], apart: bool, header: bool) -> None:
    assert is_header(labels, values, ["Region"], apart=apart) is header


def labelled(text: str, labels: int = 1) -> tuple[Any, list[int], dict[int, list[str]], list[int]]:
    """A grid below one row of headers: its rows, their labels, and the columns of values."""
    table = grid(text)
    rows = list(range(1, len(table.rows)))
    named = {row: [table.at(row, column) for column in range(labels)] for row in rows}
    return table, rows, named, list(range(labels, table.width))


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        (["Abai|5|6", "Region|women|men", "Osh|7|8", "All|1|2"], {3: "B3: women, men", 4: "B3: women, men"}),
        (["Abai|5|6", "|2021|2022", "Osh|7|8"], {3: "B3: 2021, 2022"}),
        # The same header again, or a row of data first.
        (["Abai|5|6", "Region|2023|2024", "Osh|7|8"], {}),
        (["|women|men", "Abai|5|6"], {}),
        (["Abai|5|6", "Region|women|men", "Osh|7|8", "Region|2023|2024", "All|1|2"], {3: "B3: women, men"}),
    ],
)
def test_rows_below_another_header(lines: list[str], refused: dict[int, str]) -> None:
    table, rows, labels, columns = labelled("\n".join(["Region|2023|2024", *lines]))
    found = other_headers(table, rows, labels, columns, [0], ["Region"])
    assert found == {row: f"the row is below another header ({place})" for row, place in refused.items()}


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Region|2023|Region|2023\nAbai|5|Osh|7", {3: "C2"}),
        ("Region|2023||2024\nAbai|5|Osh|7", {3: "C2"}),
        ("Region|2023|Region|2023|2024\nAbai|5|Osh|7|8", {3: "C2", 4: "C2"}),
        ("Region|2023|2024\nAbai|5|7", {}),
        ("Region|2023||2024\nAbai|5||7", {}),
        ("Region|2023||2024\nAbai|5|6|7", {}),
        ("Region|2023|unit|2024\nAbai|5|persons|7", {}),
    ],
)
def test_columns_behind_other_labels(text: str, refused: dict[int, str]) -> None:
    table, rows, _, columns = labelled(text)
    found = other_labels(table, rows, [0], [column for column in columns if table.at(0, column)], [0])
    found = {column: reason for column, reason in found.items() if table.at(0, column) != "Region"}
    assert found == {
        column: f"the column is behind other labels ({place})" for column, place in refused.items()
    }
    assert other_labels(table, rows, [], columns, [0]) == {}


def test_words_in_columns_without_a_figure() -> None:
    table, rows, _, columns = labelled("Region|unit|2023|note|sign\nAbai|persons|5|-|-\nOsh|%|x|late|")
    assert words_beside(table, rows, columns) == {1: ["persons", "-"], 2: ["%", "late"]}
    assert words_beside(table, rows, [2]) == {}


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("Region|2023||persons\nAbai|5||", ["persons"]),
        # Next to the values it may be a header without figures; above something it is one.
        ("Region|2023|persons\nAbai|5|", []),
        ("Region|2023||persons\nAbai|5||7", []),
        ("Region|2023||\nAbai|5||", []),
    ],
)
def test_a_text_apart_at_the_right_is_of_the_whole_table(text: str, beside: list[str]) -> None:
    table, rows, _, columns = labelled(text)
    assert title_beside(table, [0], [column for column in columns if column < 3], rows) == (
        beside if table.at(1, 3) == "" else []
    )


@pytest.mark.parametrize(
    ("rows", "slipped"),
    [
        ("Abai||12|13\nOsh|5|6|", [0]),
        ("Abai||12|13 %\nOsh||6|7", [0, 1]),
        ("Abai|-|12|13\nOsh|5|6|", []),  # nothing slipped: a sign for none
        ("Abai|11|12|13\nOsh||6|", []),
        ("Abai||12|closed\nOsh|5|6|", []),
    ],
)
@pytest.mark.parametrize("layout", ["cross", "records"])
def test_a_row_that_slipped_by_a_column(rows: str, slipped: list[int], layout: str) -> None:
    """Read carelessly: the figure of 2022 as that of 2023, and none for 2022."""
    options = {"header_rows": [1]} | (
        {"layout": layout, "value_columns": ["2022", "2023"]} if layout != "cross" else {}
    )
    found = unfold(grid(f"Region|2022|2023|\n{rows}"), options).to_pylist()
    refused = {
        row["_locator"].rpartition("!")[2] for row in found if "slipped" in (row.get("_problem") or "")
    }
    assert {int(place[1:]) - 2 for place in refused} == set(slipped)
