"""The period of each row."""

import datetime as dt
from functools import partial

from tests.transforms.sample import (
    Observe,
    Row,
    found,
    refusals,
)
from transforms.normalize.concepts import SKIP


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
    assert periods(observe, [("1", {})], concept) == (["2019"], [])
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
    ]
    result = observe(rows)
    assert refusals(result) == [("line 2", "unreadable_period")]
    assert result.good["time_period"].to_pylist() == ["2099", "2026"]
    assert observe(rows[:1], concepts={"nature": {"const": "M"}}).good.num_rows == 1
