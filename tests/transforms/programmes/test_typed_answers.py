"""One answer of a form by itself: its type, and the bounds of its column."""

from dataclasses import fields
from typing import Any

import pytest

from data_contracts.model import Column
from sources.programmes.given_return import Given
from transforms.programmes.problems import Problem
from transforms.programmes.typed_answers import _beyond, typed


def column(kind: str, name: str = "x", **bounds: Any) -> Column:
    given = dict.fromkeys((field.name for field in fields(Column)), None)
    return Column(**given | {"name": name, "type": kind} | bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("defined", "value", "key"),
    [
        (column("INTEGER"), 12.0, ""),
        (column("INTEGER"), 0.0, ""),
        (column("INTEGER"), 12.5, "not_whole"),
        (column("INTEGER"), 100_000.0, ""),
        (column("INTEGER"), 100_001.0, "too_large"),
        (column("INTEGER"), -100_001.0, "too_large"),
        (column("INTEGER"), -1.0, "negative"),
        (column("DOUBLE"), 12.5, ""),
        (column("DOUBLE"), 100_001.0, ""),
        (column("DOUBLE"), -0.5, "negative"),
        (column("DOUBLE", "measure_value"), -0.5, ""),
        (column("INTEGER", min=1, max=12), 1.0, ""),
        (column("INTEGER", min=1, max=12), 12.0, ""),
        (column("INTEGER", min=1, max=12), 0.0, "out_of_bounds"),
        (column("INTEGER", min=1, max=12), 13.0, "out_of_bounds"),
        (column("DOUBLE", max=100), 0.0, ""),
        (column("DOUBLE", max=100), -1.0, "out_of_bounds"),
        (column("DOUBLE", max=100), 100.5, "out_of_bounds"),
    ],
)
def test_which_bound_a_number_breaks(defined: Column, value: float, key: str) -> None:
    assert _beyond(defined, value) == key


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("referred", "24", 24),
        ("referred", " 1 234 ", 1234),
        ("referred", "1\u00a0234", 1234),
        ("referred", "12,0", 12),
        ("referred", "1234.000", 1234),
        ("measure_value", "12.500", 12.5),
        ("measure_value", "12,5", 12.5),
        ("measure_value", "−12.5", -12.5),
        ("programme_id", "kz-pilot", "kz-pilot"),
    ],
)
def test_an_answer_has_the_type_of_its_column(name: str, text: str, value: object) -> None:
    problems: list[Problem] = []
    given = typed(name, Given(text, "B2"), problems)
    assert (given, type(given), problems) == (value, type(value), [])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("referred", "many", Problem(("B2",), "not_number", blank=True)),
        ("referred", "12 34", Problem(("B2",), "not_number", blank=False)),
        ("referred", "", Problem(("B2",), "not_number", blank=False)),
        ("referred", "12,5", Problem(("B2",), "not_whole")),
        ("referred", "1,000", Problem(("B2",), "not_whole")),
        ("referred", "12.000", Problem(("B2",), "not_whole")),
        ("referred", "-1", Problem(("B2",), "negative")),
        ("sex", "women and men", Problem(("B2",), "not_choice", blank=True)),
        ("programme_id", "de-pilot", Problem(("B2",), "bad_programme")),
        ("programme_id", "kz", Problem(("B2",), "bad_programme")),
        ("provider", "Иванова Мария Петровна", Problem(("B2",), "no_organisation", blank=True)),
    ],
)
def test_a_problem_names_its_place_and_repeats_no_name(name: str, text: str, expected: Problem) -> None:
    problems: list[Problem] = []
    assert typed(name, Given(text, "B2"), problems) is None and problems == [expected]
