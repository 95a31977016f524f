"""One expression, two engines: the DuckDB predicate and the row condition choose the same rows, nulls included."""

import warnings
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import expressions
from tests.share_of_cases import examples

FRAME = pd.DataFrame(
    [
        {"row": number, "a": a, "b": b, "x": x, "y": y}
        for number, (a, b, x, y) in enumerate(
            (a, b, x, y)
            for a in ("F", "it's", None)
            for b in ("F", "", None)
            for x in (-1.0, 2.0, None)
            for y in (2.0, None)
        )
    ]
)


def by_duckdb(expression: str) -> list[int]:
    with duckdb.connect() as con:
        con.register("rows", FRAME)
        predicate = expressions.to_sql(expressions.parse(expression))
        return [
            row[0] for row in con.execute(f"SELECT row FROM rows WHERE {predicate} ORDER BY row").fetchall()
        ]


def by_suite(expression: str) -> list[int]:
    # Here and below, so that only the process that runs these tests imports it, which takes seconds.
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations import row_conditions
    from great_expectations.expectations.core import ExpectColumnValuesToBeNull

    condition = expressions.to_row_condition(expression, row_conditions)
    # The expectation checks the form of the condition (no OR below AND), the engine applies it.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checked = ExpectColumnValuesToBeNull(column="row", row_condition=condition).row_condition
    engine = PandasExecutionEngine()
    found = engine._apply_row_condition_filter(FRAME, checked, {})
    return sorted(int(row) for row in found["row"])


@pytest.mark.parametrize(
    "expression",
    [
        "a == 'F'",
        "a != 'F'",
        "'F' != a",
        "0 < x",
        "0 >= x",
        'a == "it\'s"',
        "a == 'F' and (x < 0 or x > 1)",
        "(a == 'F' or b == '') and (x < 0 or x > 1) and b != 'F'",
        "a == 'F' or (b != 'F' and x > 0)",
        "x < y",
        "a != b",
        "a != b and x > 0",
        "x < y or a == 'F'",
    ],
)
def test_both_engines_choose_the_same_rows(expression: str) -> None:
    chosen = by_duckdb(expression)
    assert chosen
    assert by_suite(expression) == chosen


COMPARISONS = st.sampled_from(["a == 'F'", "a != 'F'", "b != ''", "x > 0", "x <= 2", "0 < x", "y != 2"])
EXPRESSIONS = st.recursive(
    COMPARISONS,
    lambda parts: st.tuples(parts, st.sampled_from(["and", "or"]), parts).map(lambda t: f"({' '.join(t)})"),
    max_leaves=5,
)


@settings(max_examples=examples(25, 60), deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_both_engines_agree_on_any_expression(expression: str) -> None:
    assert by_suite(expression) == by_duckdb(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "x.mean()",
        "__import__('os')",
        "not a == 1",
        "a == b == c",
        "x + 1 > 2",
        "f'{a}'",
        "1 == 1",
        "a == None",
        "a in b",
        "a ==",
        "",
    ],
)
def test_what_is_outside_the_subset_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="expression"):
        expressions.parse(expression)


def test_names_are_the_columns() -> None:
    assert expressions.names("a == 'b' and (x > 0 or y < x)") == {"a", "x", "y"}


def test_constants_become_condition_objects_and_columns_are_passed_through() -> None:
    from great_expectations.expectations import row_conditions

    made: Any = expressions.to_row_condition("a == 'F' and (x < 0 or x > 1)", row_conditions)
    assert isinstance(made, row_conditions.OrCondition)
    assert isinstance(
        expressions.to_row_condition("x < y", row_conditions), row_conditions.PassThroughCondition
    )
