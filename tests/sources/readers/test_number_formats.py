"""A stored number and its number format to the text of the cell, format by format."""

import datetime as dt

import pytest

from sources.readers.grid.table import DATE
from sources.readers.workbook.number_formats import (
    date_parts,
    date_shown,
    date_text,
    duration_text,
    number_text,
    scaled,
    shown,
    telling,
)

HIDDEN = " (hidden by its number format)"
SHOWN = [
    (-0.5, '0.0;"fewer";"none"', "fewer"),
    (0, '0.0;"fewer";"none"', "none"),
    (0.5, '0.0;"fewer";"none"', "0.5"),
    (0, '0.0;"fewer"', "0"),
    (12.3456, "0.0", "12.3456"),
    (1e15, "0", "1000000000000000"),
    (0.338, "0.0%", "33.8%"),
    (0.00338, "0%%", "33.8%%"),
    (0.338, "General%", "0.338"),
    (120345, "#,##0,", "120.345"),
    (120345678, "0,,", "120.345678"),
    (120345, "#,##0", "120345"),
    (1e6, "0,", "1000"),
    (0.5, "0,%", "0.05%"),
    (44562, "yyyy", "2022"),
    (44562, "mmm yyyy", "2022-01"),
    (44562, "dd.mm.yyyy", "2022-01-01"),
    (44562, "mmmm", "January"),
    (2023, "yyyy", "1905 (the number 2023 in a cell formatted as a date)"),
    (2023, "dd.mm.yyyy", "1905-07-15 (the number 2023 in a cell formatted as a date)"),
    (2023.5, "yyyy", "1905"),
    (1899, "yyyy", "1905"),
    (2100, "yyyy", "1905"),
    (44562.5, "yyyy-mm-dd hh:mm", "2022-01-01T12:00:00"),
    (44562.0, "yyyy-mm-dd hh:mm", "2022-01-01"),
    (0.25, "h:mm", "06:00:00"),
    (0, "h:mm", "00:00:00"),
    (0.25, "yyyy-mm-dd", "06:00:00"),
    (0.25, "yyyy", "06:00:00"),
    (1, "h:mm", "1900-01-01"),
    (0.25, "[h]:mm", "6:00:00"),
    (1.5, "[hh]:mm:ss", "36:00:00"),
    (-1, "yyyy", "1899"),
    (1e9, "yyyy", "1000000000"),
    (1204, r"#,##0\ [$₸-43F]", "1204 ₸"),
    (1204, "[$₸-43F] #,##0", "₸1204"),
    (1204, "$0", "$1204"),
    (1204, '0" persons"', "1204"),
    (1204, '"N" 0', "1204"),
    (12, '0" тыс."', "12 тыс."),
    (12, '"≈"0', "≈12"),
    (3, '[<5]"<5";0', "<5"),
    (5, '[<5]"<5";0', "5"),
    (5, '[<=5]"few";0', "few"),
    (5, '[>5]"many";0', "5"),
    (6, '[>5]"many";0', "many"),
    (5, '[>=5]"many";0', "many"),
    (5, '[=5]"five";0', "five"),
    (4, '[=5]"five";0', "4"),
    (4, '[<>5]"other";0', "other"),
    (5, '[<>5]"other";0', "5"),
    (7, '[<5]"<5"', "7"),
    (-7, '0;"below"', "below"),
    (7, '0;"below"', "7"),
    (0, '0;"below";"none"', "none"),
    (0, '0;"below"', "0"),
    (0, '0;-0;"-"', "0"),
    (0, "0;-0;", "0"),
    (0, '0;-0;"-"₸', "0 ₸"),
    (7, ";;;", f"7{HIDDEN}"),
    (7, '"%"', "%"),
    (7, "%", "%"),
    (7, "@", "7"),
    (7, "General", "7"),
    (7, '0;0;0;"text"', "7"),
    (7, "0_)", "7"),
    (7, "*-0", "7"),
    (7, "[Red]0", "7"),
    (120345, "0.0E+00,", "120345"),
    (2, '0" млрд"', "2 млрд"),
    (2, '0" дней"', "2 дней"),
    (2, '0" persons"', "2"),
    (2022, '0" г."', "2022"),
    (22, '0" г."', "22 г."),
    (12, '"более "0', "более 12"),
    (12, '"–"0', "–12"),
    (-12, '0;"–"0', "-12"),
    (12, '0"+"', "12+"),
    (12, '0"000"', "12000 (written by its number format)"),
    (12, '0"-15"', "12-15"),
    (7, "[White]0", f"7{HIDDEN}"),
    (7, "[>9]0;[Color2]0", f"7{HIDDEN}"),
]


@pytest.mark.parametrize(("value", "code", "seen"), SHOWN)
def test_what_a_format_shows(value: float, code: str, seen: str) -> None:
    assert shown(value, code) == seen


def test_days_count_from_1904_where_the_file_says_so() -> None:
    assert shown(44562, "yyyy-mm-dd", since_1904=True) == "2026-01-02"
    assert shown(2023, "yyyy", since_1904=True) == "1909 (the number 2023 in a cell formatted as a date)"


@pytest.mark.parametrize(
    ("value", "code", "word"),
    [
        (1204, "#,##0", ""),
        (1204, "#,##0,", "thousand"),
        (1204, "0,,", "million"),
        (1204, "0,,,", "billion"),
        (1204, '0," тыс."', ""),
        (1204, '0," persons"', "thousand"),
        (1204, "General", ""),
        (1204, "@", ""),
        (1204, "yyyy", DATE),
        (1204, "[h]:mm", DATE),
        (-5, "0;0,", "thousand"),
        (5, "0;0,", ""),
    ],
)
def test_thousands_without_a_word(value: float, code: str, word: str) -> None:
    assert scaled(value, code) == word


@pytest.mark.parametrize(
    ("codes", "parts"),
    [
        ("yyyy", "y"),
        ("yyyy-mm", "ym"),
        ("dd.mm.yyyy", "ydm"),
        ("mmm", "m"),
        ("d mmm", "dm"),
        ("h:mm", "t"),
        ("h:mm AM/PM", "t"),
        ("yyyy h:mm", "ymt"),
        ("h:mm:ss.00", "t"),
        ("General", ""),
        ("0.00", ""),
        ("#,##0 d", ""),
        ("", ""),
    ],
)
def test_parts_of_a_date_format(codes: str, parts: str) -> None:
    assert date_parts(codes) == parts


@pytest.mark.parametrize(
    ("kinds", "seen"),
    [
        ("y", "2022"),
        ("ym", "2022-03"),
        ("ydm", "2022-03-01"),
        ("m", "March"),
        ("t", "2022-03-01"),
        ("d", "2022-03-01"),
    ],
)
def test_a_date_as_far_as_it_is_shown(kinds: str, seen: str) -> None:
    assert date_shown(dt.datetime(2022, 3, 1), kinds) == seen


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (0.3, "0.3"),
        (0.1 + 0.2, "0.3"),
        (-5.0, "-5"),
        (1e14, "100000000000000"),
        (1e15, "1000000000000000"),
        (1.5e16, "15000000000000000"),
        (1e-7, "0.0000001"),
    ],
)
def test_the_shortest_form_of_a_number(value: float, text: str) -> None:
    assert number_text(value) == text


def test_dates_and_durations() -> None:
    assert date_text(dt.datetime(2022, 1, 1)) == date_text(dt.date(2022, 1, 1)) == "2022-01-01"
    assert date_text(dt.datetime(2022, 1, 1, 6)) == "2022-01-01T06:00:00"
    assert duration_text(dt.timedelta(days=1, hours=12, minutes=5, seconds=9)) == "36:05:09"
    assert duration_text(-dt.timedelta(minutes=61)) == "-1:01:00"


@pytest.mark.parametrize(
    ("word", "tells"),
    [
        ("persons", False),
        ("<", True),
        ("%", True),
        ("тыс.", True),
        ("Million", True),
        ("сом", True),
        ("", False),
    ],
)
def test_words_that_change_what_a_number_means(word: str, tells: bool) -> None:
    assert telling(word) is tells
