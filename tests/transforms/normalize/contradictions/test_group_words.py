"""Words for a part of the people: what each text says of whom a figure is about, and which say nothing."""

import importlib
import pkgutil
import re

import pytest

from transforms.normalize import contradictions
from transforms.normalize.contradictions.group_words import (
    AGE,
    BREAKDOWN,
    PART,
    SEX,
    groups_of,
    introduces_areas,
    says_all,
    says_breakdown,
    says_residence,
    sex_of,
)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("", set()),
        ("Чуйская область", set()),
        ("женщины", {SEX}),
        ("Women, total", {SEX}),
        ("18-29 лет", {AGE}),
        ("дети", {AGE}),
        ("девочки", {SEX}),
        ("Женщины 18+", {SEX, AGE}),
        ("COVID-19+", set()),
        # Two numbers beside a sex or a residence are ages; alone in a longer text they are not.
        ("женщины 18-29", {SEX, AGE}),
        ("Women (15–49)", {SEX, AGE}),
        ("15-49, женщины", {SEX, AGE}),
        ("сельское население 18-29", {BREAKDOWN, AGE}),
        ("F 15-49", {SEX, AGE}),
        ("женщины 2018-19", {SEX}),
        ("женщины, ст. 12-15", {SEX}),
        ("женщины, ст. 73-1", {SEX}),
        ("глава 18-29", set()),
        ("сельское население", {BREAKDOWN}),
        ("инвалиды", {BREAKDOWN}),
        ("граждане других стран", {BREAKDOWN}),
        ("сельские женщины 18-29 лет", {SEX, AGE, BREAKDOWN}),
        ("шаардык аялдар", {SEX, BREAKDOWN}),
        ("женщины 60+ в сельской местности", {SEX, AGE, BREAKDOWN}),
        # A total is of those who stand behind it.
        ("Всего 60+", {AGE}),
        ("всего сельских", {BREAKDOWN}),
        ("Всего женщин", {SEX}),
        ("Всего население", set()),
        ("Всего", set()),
        ("Оба пола", set()),
        # The texts beside say which.
        ("по возрасту", set()),
        ("по возрасту и полу", set()),
        ("by age", set()),
        # "Of which" is of a part, unless it says which part, or that parts follow.
        ("из них повторно", {PART}),
        ("of which convicted", {PART}),
        ("из них женщины", {SEX}),
        ("из них по областям", set()),
        ("of which by region", set()),
        ("из них", set()),
    ],
)
def test_of_whom_a_figure_is(text: str, groups: set[str]) -> None:
    assert groups_of(text) == groups


@pytest.mark.parametrize(
    ("text", "everybody"),
    [
        ("Всего", True),
        ("total", True),
        ("Все население", True),
        ("Всего женщин", False),
        ("Все дети", False),
        ("Total rural", False),
        ("Всего инвалидов", False),
        ("Все возрасты", True),
        ("Total (all ages)", True),
        # Both of two that are all.
        ("город и село", True),
        ("Взрослые и дети", True),
        ("Женщины и мужчины", True),
        ("Всего, город и село", True),
        ("Всего: женщины и мужчины", True),
        # Both, and of a part of them.
        ("Девочки и мальчики", False),
        ("женщины, город и село", False),
        ("женщины: взрослые и дети", False),
        ("город и село, 18-29 лет", False),
        ("сельские взрослые и дети", True),
        ("взрослые и дети с инвалидностью", False),
        ("женщины и мужчины с инвалидностью", False),
        ("взрослые", False),
        ("село", False),
        ("", True),
    ],
)
def test_who_is_everybody(text: str, everybody: bool) -> None:
    assert says_all(text) is everybody


@pytest.mark.parametrize(
    ("text", "sex"),
    [("женщины", "F"), ("men", "M"), ("Женщины и мужчины", "_T"), ("дети", ""), ("девочки", "F"), ("", "")],
)
def test_which_sex_is_named(text: str, sex: str) -> None:
    assert sex_of(text) == sex


@pytest.mark.parametrize(
    ("text", "residence", "breakdown"),
    [
        ("сельское население:", True, True),
        ("rural", True, True),
        # An adjective alone says it only where places of residence are told apart.
        ("сельские", True, False),
        ("urban areas", True, True),
        ("инвалиды", False, True),
        ("Чуйская область", False, False),
        ("", False, False),
    ],
)
def test_where_people_live(text: str, residence: bool, breakdown: bool) -> None:
    assert (says_residence(text), says_breakdown(text)) == (residence, breakdown)


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("в том числе:", True),
        ("including", True),
        ("по областям", True),
        ("из них по областям:", True),
        ("Regions", True),
        ("из них женщины", False),
        ("женщины", False),
        ("", False),
    ],
)
def test_what_says_that_regions_follow(text: str, areas: bool) -> None:
    assert introduces_areas(text) is areas


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(contradictions.__path__)])
def test_words_are_written_as_the_texts_are_compared(name: str) -> None:
    """Without case "ß" is "ss", so that "ausschließlich" in a pattern was never found."""
    module = importlib.import_module(f"{contradictions.__name__}.{name}")
    patterns = [value.pattern for value in vars(module).values() if isinstance(value, re.Pattern)]
    both_ways = [pattern.replace("ß|ss", "") for pattern in patterns]
    assert not [pattern for pattern in both_ways if "ß" in pattern]
