"""Which rows of a table are its header, by the layout alone."""

import pytest

from sources.cells import ReadError
from sources.readers.grid.header import found_header
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
