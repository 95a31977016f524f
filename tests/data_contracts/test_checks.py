"""Checks follow from the declaration of a table: each column's and each rule's, with a predicate and an expectation."""

import dataclasses

import pytest

from data_contracts import checks, load
from data_contracts.model import Column, Contract, Text


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load.contract()


def column(**given: object) -> Column:
    base = Column(
        name="it's",
        type="VARCHAR",
        nullable=True,
        codes=None,
        pattern=None,
        min=None,
        max=None,
        label=Text("It", "Оно"),
        meaning=Text("m", "м"),
        example="x",
    )
    return dataclasses.replace(base, **given)


@pytest.mark.parametrize(
    ("declared", "check", "violated", "expectation"),
    [
        ({"nullable": False}, "it's_missing", '"it\'s" IS NULL', "ExpectColumnValuesToNotBeNull"),
        (
            {"pattern": "a'b"},
            "it's_malformed",
            "NOT regexp_full_match(\"it's\", 'a''b')",
            "ExpectColumnValuesToMatchRegex",
        ),
        ({"min": 0.0}, "it's_out_of_bounds", '("it\'s" < 0.0)', "ExpectColumnValuesToBeBetween"),
        (
            {"min": 0.0, "max": 9.0},
            "it's_out_of_bounds",
            '("it\'s" < 0.0 OR "it\'s" > 9.0)',
            "ExpectColumnValuesToBeBetween",
        ),
    ],
)
def test_a_column_gets_the_check_it_declares(
    contract: Contract, declared: dict[str, object], check: str, violated: str, expectation: str
) -> None:
    (made,) = checks._column_checks(contract, column(**declared))
    assert (made.id, made.violated, made.expectation) == (check, violated, expectation)
    assert made.sentence.en.startswith("It (it's)") and "Оно (it's)" in made.sentence.ru.replace(
        "«Оно»", "Оно"
    )
    assert made.columns == ("it's",) and made.severity == "critical"


def test_a_code_list_is_quoted_code_by_code(contract: Contract) -> None:
    (made,) = checks._column_checks(contract, column(codes="sex"))
    assert made.violated == "\"it's\" NOT IN ('_T', 'F', 'M', '_U')"
    assert made.arguments["value_set"] == ["_T", "F", "M", "_U"]


def test_every_rule_of_a_table_is_a_check_with_its_condition(contract: Contract) -> None:
    derived = {check.id: check for check in checks.derive(contract, contract.tables["observations"])}
    for rule in contract.rules_of("observations"):
        if rule.violated_when:
            made = derived[rule.id]
            assert made.condition == rule.violated_when and made.violated
            assert made.arguments == {"column": "is_row"}


def test_row_checks_are_of_one_severity(contract: Contract) -> None:
    table = contract.tables["observations"]
    critical = checks.row_checks(contract, table)
    warning = checks.row_checks(contract, table, "warning")
    assert {check.severity for check in critical} == {"critical"} and "value_outside_bounds" in [
        check.id for check in warning
    ]
    assert all(check.violated for check in (*critical, *warning))


def test_a_table_with_rules_needs_the_derived_column_of_rows(contract: Contract) -> None:
    bare = dataclasses.replace(contract.tables["observations"], derived={})
    with pytest.raises(ValueError, match="needs the derived column is_row"):
        checks.derive(contract, bare)
