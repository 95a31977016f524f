"""Two rows of ``figure_facts``: how numbers, bounds and spans are said, and when a change is a change."""

import datetime as dt
from typing import Any

import pytest

from pipelines.published.figure_differences import Known, change


def known(language: str = "en") -> Known:
    return Known(language, (), (), ())


def row(start: str, end: str, value: float | None = 10.0, **given: Any) -> dict[str, Any]:
    days = {"period_start": dt.date.fromisoformat(start), "period_end": dt.date.fromisoformat(end)}
    bounds = {"obs_lower": None, "obs_upper": None, "breakdown": "_T", "published_value": "10"}
    return {
        **days,
        **bounds,
        "is_whole_year": start[5:] == "01-01" and end[5:] == "12-31",
        "obs_value": value,
        **given,
    }


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [(1862.0, "1,862", "1 862"), (1234.5, "1,234.5", "1 234,5"), (None, "no value", "без значения")],
)
def test_numbers_are_written_as_the_language_writes_them(
    value: float | None, english: str, russian: str
) -> None:
    assert (known().number(value), known("ru").number(value)) == (english, russian)


def test_a_bound_is_said() -> None:
    year = ("2021-01-01", "2021-12-31")
    assert known().amount(row(*year, obs_lower=10.0)) == "more than 10"
    assert known("ru").amount(row(*year, obs_upper=10.0)) == "менее 10"
    assert known().amount(row(*year, obs_lower=8.0, obs_upper=12.0)) == "10"
    assert known().bound(row(*year, obs_lower=8.0, obs_upper=12.0)) == "inside the interval 8 to 12"


def test_spans_are_said() -> None:
    assert known().span(row("2021-01-01", "2021-12-31")) == "the whole year 2021"
    assert known().span(row("2021-01-01", "2021-09-30")) == "2021-01-01 to 2021-09-30"
    part = row("2021-01-01", "2021-12-31", breakdown="COVERAGE=PART_OF_YEAR", is_whole_year=False)
    assert known().span(part) == "a part of 2021 whose end is not stated"


def test_a_change_needs_two_spans_of_one_shape() -> None:
    half, other_half = row("2020-01-01", "2020-06-30"), row("2021-01-01", "2021-06-30", 15.0)
    assert change(half, other_half) == pytest.approx(0.5)
    assert change(half, row("2021-01-01", "2021-12-31", 15.0)) is None
    assert change(half, row("2021-07-01", "2021-12-31", 15.0)) is None
    assert change(None, half) is None
    assert change(row("2020-01-01", "2020-06-30", 0.0), other_half) is None
    assert change(half, row("2021-01-01", "2021-06-30", None)) is None
