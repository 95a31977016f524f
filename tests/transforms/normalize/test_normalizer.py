"""A file that is not as declared gives refused rows, never an exception."""

import itertools
from typing import Any

import pyarrow as pa
import pytest

from data_contracts import checks
from data_contracts.connection import open_duckdb
from data_contracts.model import Contract
from sources.dataset import CONCEPTS
from tests.transforms.sample import FACTS, Declare, Observe, column, refusals, sheet
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.normalizer import Normalizer

# How a concept may be declared whose column (or first column) the file does not have.
SHAPES: dict[str, Any] = {
    "one column": {"column": "Gone"},
    "several columns": {"column": ["Gone", "Lost"]},
    "values": {"column": "Gone", "values": {"x": "y"}},
    "empty": {"column": "Gone", "empty": "x"},
    "extract": {"column": "Gone", "extract": "(x)"},
    "first of two parts": [{"column": "Gone"}, {"column": "Sex"}],
    "second of two parts": [{"const": "_T"}, {"column": "Gone"}],
}


@pytest.mark.parametrize(("concept", "shape"), list(itertools.product(CONCEPTS, SHAPES)))
def test_a_mapping_whose_column_is_missing_refuses_every_row(
    observe: Observe, contract: Contract, concept: str, shape: str
) -> None:
    result = observe([("1", {}), (None, {})], concepts={concept: SHAPES[shape]})
    assert refusals(result) == [("line 2", "missing_column"), ("line 3", "missing_column")]
    place = "Gone / Lost" if shape == "several columns" else "Gone"
    text = checks.sentence(contract, "missing_column", place=place, value="What, Region, Year, Sex")
    assert set(result.refused["reason_en"].to_pylist()) == {text.en}
    assert set(result.refused["reason_ru"].to_pylist()) == {text.ru}


@pytest.mark.parametrize("shape", SHAPES)
def test_so_does_a_breakdown(observe: Observe, shape: str) -> None:
    result = observe([("1", {})], breakdown={"WEALTH": SHAPES[shape]})
    assert refusals(result) == [("line 2", "missing_column")]


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_second_of_two_columns_is_read_where_the_first_is_missing(observe: Observe, concept: str) -> None:
    """Columns [Gone, B] where the file has only B."""
    result = observe([("1", {"B": "s1"})], concepts={concept: {"column": ["Gone", "B"]}})
    assert "missing_column" not in {rule for _, rule in refusals(result)}
    assert result.good.num_rows + result.refused.num_rows == 1


@pytest.mark.parametrize(
    ("concept", "absent"), list(itertools.product(CONCEPTS, ["", "_T", "2024", "nonsense"]))
)
def test_absent_columns_never_raise(observe: Observe, concept: str, absent: str) -> None:
    result = observe([("1", {})], concepts={concept: {"column": "Gone", "absent": absent}})
    assert "missing_column" not in {rule for _, rule in refusals(result)}
    assert result.good.num_rows + result.refused.num_rows == 1


def test_several_missing_columns_are_all_named_once(observe: Observe, contract: Contract) -> None:
    concepts = {"sex": {"column": "Gone"}, "age": {"column": "Gone"}, "note": {"column": ["Lost", "Stray"]}}
    result = observe([("1", {})], concepts=concepts, where={"Kind": ["a"]})
    place, has = "Kind, Gone, Lost / Stray", "What, Region, Year, Sex"
    text = checks.sentence(contract, "missing_column", place=place, value=has)
    assert result.refused["reason_en"].to_pylist() == [text.en]


def test_a_column_that_is_spelt_nearly_so_is_named(observe: Observe, contract: Contract) -> None:
    has = "What, Region, Year, Sex"
    for name, close in (("Regoin", "Region"), ("Yaer", "Year")):
        result = observe([("1", {})], concepts={"ref_area": {"column": [name, "Gone"]}})
        place = f"{name} / Gone"
        text = checks.sentence(contract, "misspelt_column", place=place, value=has, close=close)
        assert result.refused["reason_en"].to_pylist() == [text.en]
        assert result.refused["reason_ru"].to_pylist() == [text.ru]
        assert refusals(result) == [("line 2", "missing_column")]


def test_a_line_feed_in_a_header_is_shown_as_it_is_declared(observe: Observe) -> None:
    rows = [("1", {"Report\nperiod": "2024"})]
    result = observe(rows, concepts={"time_period": {"column": "Report period"}})
    (reason,) = result.refused["reason_en"].to_pylist()
    assert r"did you mean Report\nperiod?" in reason


def test_what_the_declaration_states_for_this_file_needs_no_column(observe: Observe) -> None:
    concepts = {"time_period": {"column": "Gone"}, "sex": {"column": "Lost"}}
    row = ("1", {"Year": "2019", "Sex": "male"})
    result = observe([row], {"time_period": "2019", "sex": "M"}, concepts=concepts)
    assert (column(result, "time_period"), column(result, "sex")) == (["2019"], ["M"])


def test_cells_without_rows_or_columns_of_the_file(normalizer: Normalizer, declare: Declare) -> None:
    bare = sheet([("1", {})]).select(["_value", "_locator", "_note"])
    whole = normalizer.normalize(bare, declare(), FACTS)
    assert (whole.good.num_rows, whole.refused.num_rows) == (0, 1)
    none = normalizer.normalize(bare.slice(0, 0), declare(), FileFacts("x", FACTS.retrieved_at, ""))
    assert (none.good.num_rows, none.refused.num_rows, none.rows) == (0, 0, 0)
    assert none.refused.schema == whole.refused.schema and isinstance(none.good, pa.Table)


def test_the_look_up_tables_are_kept_where_it_is_said(contract: Contract, declare: Declare) -> None:
    """Without a connection, in one of its own, which stays the same."""
    with open_duckdb() as con:
        given = Normalizer(contract, datasets={"sample": declare()}, sources=[], connection=con)
        assert given.connection is con
        assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchall()[0][0]
    own = Normalizer(contract, datasets={"sample": declare()}, sources=[])
    assert own.connection is own.connection and own.connection is not given.connection
