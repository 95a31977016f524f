"""Years of age in codes and in published texts."""

import pytest

from data_contracts.load import contract
from transforms.parse.read_ages import BEYOND, years_of_code, years_of_text


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("15-49", {(15, 50)}),
        ("15 – 49 лет", {(15, 50)}),
        ("от 15 до 49 лет", {(15, 50)}),
        ("women aged 15 to 49", {(15, 50)}),
        ("18-99", {(18, BEYOND)}),
        ("18+", {(18, BEYOND)}),
        ("60 лет и старше", {(60, BEYOND)}),
        ("18 years and over", {(18, BEYOND)}),
        ("ab 18 Jahren", {(18, BEYOND)}),
        ("старше 18 лет", {(18, BEYOND), (19, BEYOND)}),
        ("до 18 лет", {(0, 18), (0, 19)}),
        ("under 18", {(0, 18), (0, 19)}),
        ("≤ 17", {(0, 18)}),
        ("17 лет", {(17, 18)}),
        ("17", set()),
        ("49-15", set()),
        ("0-11 months", set()),
        ("15.06.2022", set()),
        ("2015-2022", set()),
        ("взрослые", set()),
    ],
)
def test_texts(text: str, years: set[tuple[int, int]]) -> None:
    assert years_of_text(text) == years


def test_labels_of_the_code_list_name_the_years_of_their_codes() -> None:
    for code, entry in contract().codelists["age"].items():
        if (years := years_of_code(code)) and code != "_T":
            assert years in years_of_text(entry.label.en) and years in years_of_text(entry.label.ru), code
    assert (years_of_code("_T"), years_of_code("_U")) == ((0, BEYOND), None)
