"""Values, bounds and status from the text of a cell and from columns of their own."""

from typing import Any

import pytest

from tests.transforms.sample import (
    Observe,
    Row,
    column,
    refusals,
)


@pytest.mark.parametrize(
    ("numbers", "text", "value", "lower", "upper", "status"),
    [
        ({}, "-", None, None, None, "M"),
        ({}, "…", None, None, None, "O"),
        ({}, None, None, None, None, "O"),
        ({}, "(7)", 7.0, None, None, "U"),
        ({}, "4 (3-6)", 4.0, 3.0, 6.0, "A"),
        ({}, "more than 5", 5.0, 5.0, None, "U"),
        ({}, "<5", None, None, 5.0, "O"),
        ({"censored": "Q"}, "<5", None, None, 5.0, "Q"),
        ({"symbols": {"-": "0"}}, "-", 0.0, None, None, "A"),
        ({"symbols": {"99": "Q"}}, "99", None, None, None, "Q"),
        ({"symbols": {"": "0"}}, None, 0.0, None, None, "A"),
        ({"multiply": 1000}, "2053.2", 2053200.0, None, None, "A"),
        ({"multiply": 1000}, "4.5 (3-6)", 4500.0, 3000.0, 6000.0, "A"),
        ({"decimal": "."}, "1,234", 1234.0, None, None, "A"),
    ],
)
def test_numbers_and_their_status(
    observe: Observe,
    numbers: dict[str, Any],
    text: str,
    value: float,
    lower: float,
    upper: float,
    status: str,
) -> None:
    result = observe([(text, {})], numbers=numbers)
    found = [column(result, name)[0] for name in ("obs_value", "obs_lower", "obs_upper", "obs_status")]
    assert found == [value, lower, upper, status]


@pytest.mark.parametrize(
    ("numbers", "text", "value", "lower", "upper"),
    [
        ({}, "4.5 (3-6)", 4.5, 3.0, 6.0),
        ({}, "4.5 (3.5-6.25)", 4.5, 3.5, 6.25),
        ({"decimal": ","}, "1,234", 1.234, None, None),
        ({"decimal": "."}, "1.234", 1.234, None, None),
    ],
)
def test_a_share_may_have_a_fraction_and_a_count_may_not(
    observe: Observe, numbers: dict[str, Any], text: str, value: float, lower: float, upper: float
) -> None:
    result = observe([(text, {"What": "share"}), (text, {})], numbers=numbers)
    found = [column(result, name) for name in ("obs_value", "obs_lower", "obs_upper", "obs_status")]
    assert found == [[value], [lower], [upper], ["A"]]
    assert refusals(result) == [("line 3", "fraction_of_count")]


def test_declared_status_bounds_and_unit(observe: Observe) -> None:
    concepts = {
        "obs_status": {"column": "Mark", "values": {"p": "P", "": ""}},
        "obs_lower": {"column": "Low"},
        "obs_upper": {"column": "High"},
        "unit_measure": {"column": "Unit", "empty": ""},
    }
    marked = {"Mark": "p", "High": "6"}
    rows: list[tuple[str | None, Row]] = [
        ("5", {**marked, "Low": "4,5", "Unit": "GLASSES"}),
        ("5", {**marked, "Low": "4.5", "Unit": ""}),
        ("…", {"Mark": "p", "Year": "2023"}),
        ("(5)", {"Year": "2022"}),
    ]
    result = observe(rows, concepts=concepts, default_status="E")
    found = [
        (row["obs_status"], row["obs_lower"], row["obs_upper"], row["unit_measure"])
        for row in result.good.to_pylist()
    ]
    assert found == [("P", 4.5, 6.0, "NUMBER"), ("O", None, None, "NUMBER"), ("U", None, None, "NUMBER")]
    assert refusals(result) == [("line 2", "unit_measure_not_in_code_list")]


def test_default_status_is_the_datasets(observe: Observe) -> None:
    assert column(observe([("1", {})], default_status="E"), "obs_status") == ["E"]


def test_a_status_without_a_reason_does_not_excuse_a_missing_value(observe: Observe) -> None:
    result = observe([("?", {})], numbers={"symbols": {"?": "A"}})
    assert refusals(result) == [("line 2", "value_missing_without_status")]


@pytest.mark.parametrize(
    ("concept", "lower"),
    [
        ({"column": ["Gone", "Low"]}, 3.0),
        ({"column": "Gone", "absent": ""}, None),
        ({"column": "Gone", "absent": "2"}, 2.0),
        ([{"column": "Empty"}, {"column": "Low"}], 3.0),
        ({"column": "Low", "values": {"3": "4"}}, 4.0),
    ],
)
def test_bounds_are_declared_as_any_concept(observe: Observe, concept: Any, lower: float | None) -> None:
    result = observe([("5", {"Low": "3", "Empty": ""})], concepts={"obs_lower": concept})
    assert column(result, "obs_lower") == [lower]


def test_the_bounds_of_the_text_go_before_those_of_a_column(observe: Observe) -> None:
    rows: list[tuple[str | None, Row]] = [("4 (3-6)", {"Low": "1"}), ("4", {"Low": "1", "Year": "2020"})]
    result = observe(rows, concepts={"obs_lower": {"column": "Low"}})
    assert column(result, "obs_lower") == [3.0, 1.0]
