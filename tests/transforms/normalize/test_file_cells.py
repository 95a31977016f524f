"""Which rows and columns of a file are read."""

from data_contracts import checks
from data_contracts.model import Contract
from sources.cells import LOCATOR, NOTE, PROBLEM, VALUE, cells_table
from tests.transforms.sample import (
    Declare,
    Observe,
    Row,
    column,
    refusals,
)
from transforms.normalize.file_cells import missing_in_words, selected_rows


def test_blank_cells_can_be_skipped(observe: Observe) -> None:
    result = observe([("", {}), (" \u00a0", {}), (None, {}), ("3", {})], numbers={"blank": "skip"})
    assert (column(result, "raw_locator"), result.rows, result.refused.num_rows) == (["line 5"], 4, 0)


def test_where_keeps_the_rows_asked_for(observe: Observe) -> None:
    rows = [
        ("1", {"Kind": "a"}),
        ("x y z", {"Kind": "b"}),
        ("3", {"Kind": "c", "Year": "2020"}),
        ("4", {"Kind": None}),
    ]
    result = observe(rows, where={"Kind": ["a", "c"]})
    assert (column(result, "obs_value"), result.refused.num_rows, result.rows) == ([1.0, 3.0], 0, 4)


def test_a_row_that_says_nearly_what_is_asked_for_is_not_left_out_in_silence(observe: Observe) -> None:
    rows: list[tuple[str | None, Row]] = [
        ("1", {"Kind": "Persons"}),
        ("2", {"Kind": "persons "}),
        ("3", {"Kind": "Persons¹"}),
        ("4", {"Kind": "Cases"}),
    ]
    result = observe(rows, where={"Kind": ["Persons"]})
    assert column(result, "obs_value") == [1.0]
    assert refusals(result) == [("line 3", "unreadable_record"), ("line 4", "unreadable_record")]
    words = "nearly, and not exactly, what is asked for (where): 'Persons'"
    assert words in result.refused["reason_en"][0].as_py()
    # A declaration that knows both asks for both.
    both = observe(rows[:2], where={"Kind": ["Persons", "persons "]})
    assert (both.rows, refusals(both)) == (2, [("line 2", "duplicate_key"), ("line 3", "duplicate_key")])


def test_a_problem_of_the_reader_stays_beside_that_of_the_text(declare: Declare) -> None:
    kinds = {"Kind": ["a", "A", "A", "b"], PROBLEM: [None, "short", None, "short"]}
    cells = cells_table({VALUE: ["1"] * 4, LOCATOR: [f"line {n}" for n in range(4)], **kinds})
    found = selected_rows(cells, declare(where={"Kind": ["a"]}))[PROBLEM].to_pylist()
    near = "column Kind says nearly, and not exactly, what is asked for (where): 'a'"
    assert found == [None, "short", near, "short"]


def test_a_file_without_any_column_is_not_said_to_have_some() -> None:
    assert missing_in_words([("Oblast",)], [VALUE, LOCATOR, NOTE], [])[0] == "no_columns"
    assert missing_in_words([("Oblast",)], [VALUE, "Year"], [])[0] == "missing_column"


def test_a_missing_column_refuses_every_row(observe: Observe, contract: Contract) -> None:
    result = observe([("1", {}), (None, {})], concepts={"ref_area": {"column": ["Oblast", "Область"]}})
    text = checks.sentence(
        contract, "missing_column", place="Oblast / Область", value="What, Region, Year, Sex"
    )
    rows = [
        (row["rule"], row["reason_en"], row["reason_ru"], row["published_value"], row["row"])
        for row in result.refused.to_pylist()
    ]
    assert rows == [("missing_column", text.en, text.ru, value, None) for value in ("1", None)]
    assert (result.good.num_rows, result.rows) == (0, 2)
    assert refusals(observe([("1", {})], where={"Kind": ["a"]})) == [("line 2", "missing_column")]
    assert refusals(observe([("1", {})], breakdown_column="B")) == [("line 2", "missing_column")]
