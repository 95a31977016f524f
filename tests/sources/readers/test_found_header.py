"""Which rows of a table are its header, by the layout alone, and what the header says of each column."""

from collections.abc import Sequence
from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers.grid.header import _is_figure, _is_number_row, _is_year_row, found_header, header_texts
from tests.sources.readers.grids import grid

# A table; its header rows, row of column numbers, and first data row, from 0.
HEADERS = {
    "years are a header": ("Region|2023|2024\nAbai|1|2", ([0], None, 1)),
    "years beside a word": ("Region|2023|Total\nAbai|1|2", ([0], None, 1)),
    "words alone": ("Region|women|men\nAbai|1|2", ([0], None, 1)),
    "years over words": ("Region|2023|2023\n|women|men\nAbai|1|2", ([0, 1], None, 2)),
    "words over years": ("Region|women|men\n|2023|2024\nAbai|1|2", ([0, 1], None, 2)),
    "years twice: the second are figures": ("Region|2023|2024\nAbai|2001|2002", ([0], None, 1)),
    "a title is none": ("Table 1. Victims\nRegion|women|men\nAbai|1|2", ([1], None, 2)),
    "a gap ends it": ("A|B|C\n||\nRegion|women|men\nAbai|1|2", ([2], None, 3)),
    "a gap below it is none": ("Region|women|men\n||\n||\nAbai|1|2", ([0], None, 3)),
    "a row of column numbers": ("Region|women|men|all\nA|1|2|3\nAbai|5|6|7", ([0], 1, 2)),
    "numbers that go on from the labels": ("Region|women|men|all\n1|2|3|4\nAbai|5|6|7", ([0], 1, 2)),
    "a letter of a sex has figures": ("Sex|2021|2022|2023\nж|1|2|3\nм|8|9|9", ([0], None, 1)),
    "numbers from five": ("Region|a|b|c\nA|5|6|7\nAbai|8|9|9", ([0], 1, 2)),
    "numbers from six are figures": ("Region|a|b|c\nA|6|7|8\nAbai|8|9|9", ([0], None, 1)),
    "two numbers are figures": ("Region|a|b\nA|1|2\nAbai|8|9", ([0], None, 1)),
    "numbers beside one word": ("Region|a|b|c|d\nA|1|2|3|x\nAbai|8|9|9|9", ([0], 1, 2)),
    "a longer label has figures": ("Region|a|b|c\nAbai|1|2|3\nOsh|8|9|9", ([0], None, 1)),
    "a label of three letters has figures": ("Region|a|b|c\nЧуй|1|2|3\nOsh|8|9|9", ([0], None, 1)),
    "data of words first": ("Region|a|b\nAbai|5 тыс.|7 тыс.\nOsh|8|9", ([0], None, 1)),
    "half figures are data": ("Region|a|b\nAbai|5|none known\nOsh|8|9", ([0], None, 1)),
    "one word twice is a level": ("Region|2023|2024\n|persons|persons\nAbai|1|2", ([0, 1], None, 2)),
    "a sign of change beside years": ("Region|2023|2024|+/-\nAbai|1|2|1", ([0], None, 1)),
    "the only year above no label": ("|2023\nAbai|1\nOsh|2", ([0], None, 1)),
    "a year above one of several columns is none": (
        "Orders\n||2021\n\nRegion|women|men\nAbai|1|2",
        ([3], None, 4),
    ),
    "an error is data": ("Region|a\nAbai|#N/A\nOsh|2", ([0], None, 1)),
    "below years the same label is a level": (
        "Region|2023|2024\nRegion|women|men\nOsh|1|2",
        ([0, 1], None, 2),
    ),
    "a title with a unit at its right": (
        "Orders|||persons\nRegion|women|men|all\nAbai|1|2|3",
        ([0, 1], None, 2),
    ),
    "a heading below it": ("Region|women|men\n2023\nAbai|1|2", ([0], None, 1)),
    "signs for no figure are data": ("Region|a|b\nAbai|…|-\nOsh|8|9", ([0], None, 1)),
    "one sign for no figure is data": ("Region|a\nAbai|…", ([0], None, 1)),
    "a figure with a mark is data": ("Region|a\nAbai|5*", ([0], None, 1)),
    "persons behind a figure": ("Region|2022|2023\nAbai|5 чел.|x\nOsh|7|8", ([0], None, 1)),
    "a year as the only figure": ("Region|2022\nAbai|1999\nOsh|3", ([0], None, 1)),
    "a title above years": ("Table 1\nRegion|2022|2023\nAbai|5|6", ([1], None, 2)),
    "a title and words over years": ("Table 1\nRegion|a|b\n|2022|2023\nAbai|5|6", ([1, 2], None, 3)),
    "gaps above and below it": ("Table 1|\n\nRegion|a\n\nAbai|5", ([2], None, 4)),
}


@pytest.mark.parametrize("case", HEADERS)
def test_header_numbers_and_first_row(case: str) -> None:
    text, expected = HEADERS[case]
    assert found_header(grid(text), [0]) == expected


def test_hidden_rows_are_no_header() -> None:
    hidden = grid("Region|a|b\nDraft|old|new\nAbai|1|2", hidden_rows=frozenset({1}))
    assert found_header(hidden, [0]) == ([0], None, 2)


def test_without_a_column_of_labels() -> None:
    assert found_header(grid("women|men\n1|2"), []) == ([0], None, 1)


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ("Region|women\nAbai|many", "no row of numbers", "sheet T"),
        ("Abai|1|2", "no header was found above the numbers", "sheet T, row 1"),
        (
            "Region|2023|2024\nAbai|closed|closed\nOsh|1|2",
            "'Abai' may be a part of the header",
            "sheet T, row 2",
        ),
        ("Region|a\nAbai|2022\nOsh|2", "'Abai' may be a part", "sheet T, row 2"),
        ("||2021\nAbai|1|2", "no header was found above the numbers", "sheet T, row 2"),
        ("Table 1\nAbai|1|2", "no header was found above the numbers", "sheet T, row 2"),
        ("\n".join(["Region|many"] * 60 + ["Abai|1"]), "no row of numbers", "sheet T"),
    ],
)
def test_what_has_no_header_says_so(text: str, said: str, place: str) -> None:
    with pytest.raises(ReadError, match=said) as refused:
        found_header(grid(text), [0])
    assert refused.value.place == place and refused.value.remedy == "Declare header_rows"


def test_a_row_of_numbers_is_looked_for_in_sixty_rows() -> None:
    rows = ["Region|many"] * 59 + ["Abai|1"]
    assert found_header(grid("\n".join(rows)), [0])[2] == 59


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("5", True), ("1 204", True), ("-5,3%", True), ("(5)", True), ("5*", True), ("5¹", True), ("5 1)", True),
        ("5 ₸", True), ("…", True), ("н/д", True), ("x", True), ("5 чел.", True), ("a", False), ("", False),
    ],
)  # fmt: skip
def test_what_holds_the_place_of_a_figure(text: str, figure: bool) -> None:
    assert _is_figure(text) is figure


@pytest.mark.parametrize(
    ("line", "numbers", "years"),
    [
        ("А|1|2|3", True, False), ("|2|3|4", True, False), ("A|5|6|7", True, False), ("A|6|7|8", False, False),
        ("A|1|2", False, False), ("A|1|3|4", False, False), ("Abai|1|2|3", False, False), ("A|1|2|3|x", True, False),
        ("A|1|2|3|x|y", False, False), ("r|2022|2023", False, True), ("r|2022|Total", False, True),
        ("r|2022|5", False, False), ("r|20225|2023", False, False), ("r|2022 г.|2023", False, True),
    ],
)  # fmt: skip
def test_rows_of_column_numbers_and_of_years(line: str, numbers: bool, years: bool) -> None:
    assert (_is_number_row(grid(line), 0, [0]), _is_year_row(grid(line), 0, [0])) == (numbers, years)


@pytest.mark.parametrize(
    ("text", "merges", "levels"),
    [
        ("r|U||R\n|f|m|f", (), [["U", "f"], ["U", "m"], ["R", "f"]]),
        ("r|U||R\n|f||f", (), [["U", "f"], ["", ""], ["R", "f"]]),
        ("r|U||R\n|f|m|f", ((0, 1, 0, 1),), [["U", "f"], ["", "m"], ["R", "f"]]),
        ("r|U|R|\n|a||\n|f|m|x", (), [["U", "a", "f"], ["R", "R", "m"], ["R", "R", "x"]]),
        ("r|U\n|", (), [["U", "U"]]),
        # A column without a text beside others below the same one is nobody's: no year beside its quarters.
        ("r|U||R|\n|f|m|f|", ((0, 1, 0, 2), (0, 3, 0, 4)), [["U", "f"], ["U", "m"], ["R", "f"], ["R", ""]]),
        ("r|U||\n||f|m", ((0, 1, 0, 3),), [["U", ""], ["U", "f"], ["U", "m"]]),
        ("r|U|U|R\n|f||", (), [["U", "f"], ["U", ""], ["R", "R"]]),
        ("r|U|U\n||", (), [["U", "U"], ["U", "U"]]),
    ],
)
def test_levels_of_a_header(text: str, merges: Any, levels: Sequence[Sequence[str]]) -> None:
    table = grid(text, merges)
    columns = range(1, table.width)
    found = header_texts(table, range(len(table.rows)), columns, table.merged_texts())
    assert [found[column] for column in columns] == [list(level) for level in levels]
