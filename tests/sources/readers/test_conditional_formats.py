"""Conditional formats by unit: for which cells one holds, and what it makes of their text."""

import pytest

from sources.cells import ReadError
from sources.readers.workbook.conditional_formats import (
    MAY_HIDE,
    MOST_AREAS,
    Change,
    Condition,
    bounded,
    changed,
)
from sources.readers.workbook.font_marks import UNSEEN

SMALL, HIDDEN = Change(code='"few"'), Change(kind=UNSEEN)
ALL = ((0, 0, 9, 9),)


@pytest.mark.parametrize(
    ("operator", "limits", "reached"),
    [
        ("lessThan", ["5"], [4.0]),
        ("lessThanOrEqual", ["5"], [4.0, 5.0]),
        ("greaterThan", ["5"], [6.0, 7.0, 8.0]),
        ("greaterThanOrEqual", ["5"], [5.0, 6.0, 7.0, 8.0]),
        ("equal", ["5"], [5.0]),
        ("notEqual", ["5"], [4.0, 6.0, 7.0, 8.0]),
        ("between", ["5", "7"], [5.0, 6.0, 7.0]),
        ("notBetween", ["5", "7"], [4.0, 8.0]),
        ("always", [], [4.0, 5.0, 6.0, 7.0, 8.0]),
    ],
)
def test_which_numbers_a_comparison_reaches(operator: str, limits: list[str], reached: list[float]) -> None:
    rule = Condition(ALL, operator, limits, SMALL)
    numbers = [4.0, 5.0, 6.0, 7.0, 8.0]
    assert [n for n in numbers if changed([rule], (1, 1), f"{n:g}", n) == "few"] == reached


@pytest.mark.parametrize(
    ("operator", "limits"), [("", ["B2<C2"]), ("lessThan", ["$A$1"]), ("lessThan", []), ("top10", ["10"])]
)
def test_a_rule_that_only_the_program_knows_may_hide_a_figure(operator: str, limits: list[str]) -> None:
    rule = Condition(ALL, operator, limits, HIDDEN)
    assert changed([rule], (1, 1), "12", 12.0) == f"12 {MAY_HIDE}"
    assert changed([rule], (1, 1), "Abai", None) == "Abai", "a word is no figure"


@pytest.mark.parametrize(
    ("place", "inside"),
    [((2, 1), True), ((4, 3), True), ((1, 1), False), ((5, 1), False), ((2, 0), False), ((2, 4), False)],
)
def test_a_rule_reaches_its_areas_alone(place: tuple[int, int], inside: bool) -> None:
    rule = Condition([(8, 8, 8, 8), (2, 1, 4, 3)], "always", [], SMALL)
    assert changed([rule], place, "12", 12.0) == ("few" if inside else "12")


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ([("lessThan", ["5"], HIDDEN), ("greaterThan", ["5"], SMALL)], "few"),
        ([("greaterThan", ["5"], SMALL), ("greaterThan", ["6"], Change(code='"many"'))], "few"),
        ([("greaterThan", ["5"], Change()), ("greaterThan", ["6"], SMALL)], "few"),
        ([("greaterThan", ["5"], Change())], "12"),
    ],
)
def test_the_first_rule_that_changes_a_cell_counts(
    rules: list[tuple[str, list[str], Change]], text: str
) -> None:
    assert changed([Condition(ALL, *rule) for rule in rules], (1, 1), "12", 12.0) == text


def test_a_text_is_compared_with_no_number() -> None:
    assert changed([Condition(ALL, "notEqual", ["5"], HIDDEN)], (1, 1), "12*", None) == "12*"
    assert changed([Condition(ALL, "always", [], SMALL)], (1, 1), "12*", None) == "12*"


@pytest.mark.parametrize("areas", [1, MOST_AREAS, MOST_AREAS + 1])
def test_very_many_areas_are_refused(areas: int) -> None:
    rules = [Condition([(0, 0, 0, 0)] * (areas - 1), "always", [], HIDDEN), Condition(ALL, "", [], HIDDEN)]
    if areas > MOST_AREAS:
        with pytest.raises(ReadError, match="in more than 1000 areas"):
            bounded(rules, "sheet A")
    else:
        assert bounded(rules, "sheet A") is rules
