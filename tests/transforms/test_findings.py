"""Findings of a dataset: each with its sentence in both languages, and said once to a person."""

import pytest

from pipelines.declarations import Declarations
from transforms.findings import COVERAGE_LOST, Findings, said_once


@pytest.mark.parametrize(
    ("findings", "kept"),
    [
        ([], []),
        ([("values_zeroed", "A: 3")], [0]),
        ([(COVERAGE_LOST, "A: 3")], [0]),
        # The general one says nothing more than another one.
        ([(COVERAGE_LOST, "A: 3"), ("values_zeroed", "A: 3")], [1]),
        ([("values_zeroed", "A: 3"), (COVERAGE_LOST, "A: 3")], [0]),
        # It says something of its own.
        ([(COVERAGE_LOST, "0 of 9 rows are left"), ("values_zeroed", "A: 3")], [0, 1]),
        ([("values_zeroed", "A: 3"), ("values_alike", "A: 3")], [0, 1]),
    ],
)
def test_what_another_finding_says_is_said_once(findings: list[tuple[str, str]], kept: list[int]) -> None:
    # Words as they are read from a table, which are other objects than those of the program.
    rows = [{"finding": "".join([*finding]), "detail": detail} for finding, detail in findings]
    assert said_once(rows) == [rows[number] for number in kept]


def test_a_finding_has_a_sentence_in_both_languages(declared: Declarations) -> None:
    found = Findings(declared.contract, "kg_x")
    found.add("new_column", "warning", "Zone")
    found.add("values_zeroed", "critical")
    assert [(row["dataset_id"], row["detail"]) for row in found.rows] == [("kg_x", "Zone"), ("kg_x", None)]
    assert all(row["reason_en"] and row["reason_ru"] for row in found.rows)
    assert found.critical == found.rows[1:]
