"""The period of each row."""

import datetime as dt
from functools import partial

import pytest

from tests.transforms.sample import (
    Observe,
    Row,
    found,
    refusals,
)
from transforms.normalize.codes_from_labels import SKIP


def test_a_constant_period_that_nobody_can_read(observe: Observe) -> None:
    result = observe([("1", {}), ("2", {})], {"time_period": "lately"})
    assert refusals(result) == [("line 2", "unreadable_period"), ("line 3", "unreadable_period")]
    assert "lately" in result.refused["reason_en"][0].as_py()


periods = partial(found, "time_period")


def test_all_columns_of_a_period(observe: Observe) -> None:
    (row,) = observe([("1", {"Year": "2 квартал 2024 года"})]).good.to_pylist()
    found = [row[name] for name in ("time_period", "freq", "period_start", "period_end")]
    assert found == ["2024-Q2", "Q", dt.date(2024, 4, 1), dt.date(2024, 6, 30)]


def test_an_absent_column_has_the_declared_period(observe: Observe) -> None:
    concept = {"column": "Gone", "absent": "2019"}
    assert periods(observe, [("1", {"Year": "2019"})], concept) == (["2019"], [])
    # Of two years in a row one is wrong.
    assert periods(observe, [("1", {"Year": "2024"})], concept) == ([], ["unread_dimension"])
    assert periods(observe, [("1", {})], {**concept, "absent": "lately"}) == ([], ["unreadable_period"])
    assert periods(observe, [("1", {})], {**concept, "absent": SKIP}) == ([], [])


def test_an_empty_cell_does_not_take_the_period_of_an_absent_column(observe: Observe) -> None:
    rows: list[tuple[str | None, Row]] = [("1", {"Year": ""}), ("2", {"Year": None}), ("3", {})]
    concept = {"column": "Year", "absent": "2019"}
    assert periods(observe, rows, concept) == (["2024"], ["unreadable_period"] * 2)
    assert periods(observe, rows[:1], {**concept, "empty": "2020"}) == (["2020"], [])


def test_several_parts(observe: Observe) -> None:
    parts = [{"column": "Quarter"}, {"column": "Year"}]
    rows: list[tuple[str | None, Row]] = [
        ("1", {"Quarter": "2024-Q1"}),
        ("1", {"Quarter": ""}),
        ("1", {"Quarter": "", "Year": ""}),
    ]
    assert periods(observe, rows, parts) == (["2024-Q1", "2024"], ["unreadable_period"])


def test_the_first_of_several_columns_that_the_file_has(observe: Observe) -> None:
    assert periods(observe, [("1", {})], {"column": ["Gone", "Year"]}) == (["2024"], [])


@pytest.mark.parametrize(
    ("year", "name", "part", "period"),
    [
        ("2024", "Месяц", "3", "2024-03"),
        ("2024 г.", "Месяц", "март", "2024-03"),
        ("2024", "Month", "12", "2024-12"),
        ("2024", "Квартал", "III", "2024-Q3"),
        ("2024", "Квартал", "3 кв.", "2024-Q3"),
        ("2024", "Полугодие", "II", "2024-S2"),
        ("2024", "Отрезок", "январь-июнь", "2024-S1"),
        ("2024", "Отрезок", "9 месяцев", "2024-01-01/P9M"),
        ("2024", "Месяц", "Всего", "2024"),
        ("2024", "Месяц", "", None),
        ("2024", "Квартал", "-", None),
        ("2024", "Квартал", "5", None),
        ("2024", "Месяц", "13", None),
        ("2024", "Отрезок", "3", None),  # a month or a quarter
        ("2024-03", "Месяц", "3", None),
    ],
)
def test_a_year_and_the_part_of_it_in_another_column(
    observe: Observe, year: str, name: str, part: str, period: str | None
) -> None:
    rows: list[tuple[str | None, Row]] = [("1", {"Year": year, name: part})]
    found = periods(observe, rows, {"column": "Year", "within": name})
    assert found == ([period] if period else [], [] if period else ["unreadable_period"])


def test_an_empty_part_is_the_year_where_that_is_declared(observe: Observe) -> None:
    """Read carelessly: the figure of a quarter whose cell was lost as that of the year."""
    rows: list[tuple[str | None, Row]] = [
        ("1", {"Quarter": "I"}),
        ("2", {"Quarter": ""}),
        ("3", {"Quarter": None}),
    ]
    concept = {"column": "Year", "within": "Quarter"}
    assert periods(observe, rows, concept) == (["2024-Q1"], ["unreadable_period"] * 2)
    assert periods(observe, rows[:2], {**concept, "within_empty": "year"}) == (["2024-Q1", "2024"], [])


def test_a_file_without_the_column_of_the_parts(observe: Observe) -> None:
    """Read carelessly: the figures of months as those of years."""
    assert periods(observe, [("1", {})], {"column": "Year", "within": "Месяц"}) == ([], ["missing_column"])


@pytest.mark.parametrize("others", [["2024", "2023"], ["2024"], []])
def test_a_period_that_is_skipped_leaves_the_other_rows(observe: Observe, others: list[str]) -> None:
    rows: list[tuple[str | None, Row]] = [("1", {"Year": year}) for year in ("change", *others, "change")]
    concept = {"column": "Year", "values": {"change": SKIP, **{year: year for year in others}}}
    assert periods(observe, rows, concept) == (others, [])


def test_a_label_without_a_code_is_named_as_such(observe: Observe) -> None:
    concept = {"column": "Year", "values": {"last year": "2023"}}
    assert periods(observe, [("1", {"Year": "last year"}), ("1", {})], concept) == (
        ["2023"],
        ["unmapped_label"],
    )


def test_a_value_of_a_year_that_is_long_to_come(observe: Observe) -> None:
    """Read carelessly: 2099 for 1999, or a plan, as a figure."""
    rows: list[tuple[str | None, Row]] = [
        ("7", {"Year": "2099"}),
        ("…", {"Year": "2099"}),
        ("8", {"Year": "2026"}),
        ("9", {"Year": "2027"}),
        ("9", {"Year": "2026-12"}),
        ("8", {"Year": "2026-Q4"}),
    ]
    result = observe(rows)
    assert refusals(result) == [(f"line {line}", "unreadable_period") for line in (2, 5, 6)]
    assert result.good["time_period"].to_pylist() == ["2099", "2026", "2026-Q4"], "what goes on has figures"
    assert observe(rows[:1], concepts={"nature": {"const": "M"}}).good.num_rows == 1


@pytest.mark.parametrize(
    ("year", "value", "concept", "published"),
    [
        ("1905", "1", {"column": "Year"}, False),
        ("15.07.1905", "1", {"column": "Year"}, False),
        ("1949", "1", {"column": "Year"}, False),
        ("1950", "1", {"column": "Year"}, True),
        ("1949-1951", "1", {"column": "Year"}, True),
        # A gap is no figure of that year.
        ("1905", "", {"column": "Year"}, True),
        ("1945", "1", {"column": "Year", "values": {"1945": "1945"}}, True),
        ("1945", "1", {"const": "1945"}, True),
    ],
)
def test_a_value_before_1950_is_refused_unless_its_period_is_declared(
    observe: Observe, year: str, value: str, concept: Row, published: bool
) -> None:
    """Read carelessly: a year typed into a cell of dates, which is shown as 1905, as the figures of that year."""
    result = observe([(value, {"Year": year})], concepts={"time_period": concept})
    assert result.good.num_rows == published
    assert [row["reason_en"].partition(":")[0][-16:] for row in result.refused.to_pylist()] == (
        [] if published else ["ends before 1950"]
    )


@pytest.mark.parametrize("code", ["1945", ""])
def test_a_period_before_1950_that_is_stated_for_the_file(observe: Observe, code: str) -> None:
    result = observe([("1", {"Year": "1945"})], {"time_period": code} if code else None)
    assert result.good.num_rows == bool(code)
