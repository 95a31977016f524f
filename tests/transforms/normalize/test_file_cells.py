"""Which rows and columns of a file are read."""

from data_contracts import checks
from data_contracts.model import Contract
from sources.cells import LOCATOR, NOTE, VALUE
from tests.transforms.sample import (
    Observe,
    column,
    refusals,
)
from transforms.normalize.file_cells import missing_in_words


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
