"""What tests of refreshes judge by predicates is what Great Expectations says; of a table that is refused it is asked.

Here the checks of a table as a whole; those of rows are compared in ``data_contracts/test_load.py``.
"""

from typing import Any

import pyarrow as pa
import pytest

from data_contracts.arrow import arrow_schema
from data_contracts.checks import derive
from pipelines import expectation_suites
from pipelines.declarations import Declarations
from pipelines.expectation_suites import suite_verdicts
from tests import predicate_verdicts

FIRST = {"release": "20260101T000000Z", "obs_key": "k0123456789abcdef"}
SECOND = {"release": "20260101T000000Z", "obs_key": "k0123456789abcdee"}


def table(declared: Declarations, name: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = arrow_schema(declared.contract, declared.contract.tables[name])
    loose = pa.schema([pa.field(field.name, field.type) for field in schema])
    return pa.Table.from_pylist(rows, schema=loose)


@pytest.mark.parametrize(
    ("name", "rows", "broken"),
    [
        ("revisions", [FIRST, SECOND], []),
        ("revisions", [FIRST, SECOND, FIRST], ["key_not_unique"]),
        # Half of a key twice, and no key twice.
        ("revisions", [FIRST, *2 * [{"obs_key": FIRST["obs_key"]}]], ["key_not_unique"]),
        ("revisions", [FIRST, {}, {}], []),
        ("areas", [], ["too_few_rows"]),
        ("areas", [{"code": "KG"}, {"code": "KG"}], ["key_not_unique"]),
        ("areas", [{}, {}], []),
    ],
)
def test_both_say_the_same_of_a_table_as_a_whole(
    declared: Declarations, name: str, rows: list[dict[str, Any]], broken: list[str]
) -> None:
    contract = declared.contract
    of_the_table = [check for check in derive(contract, contract.tables[name]) if not check.violated]
    made = table(declared, name, rows)
    for judged, found in (
        (made, broken),
        (made.select(made.column_names[::-1]), ["columns_differ", *broken]),
    ):
        assert predicate_verdicts.refused(judged, of_the_table) == found
        said = expectation_suites._run_suite(name, judged, of_the_table)
        assert [verdict.check for verdict in said if not verdict.passed] == found


def test_a_refused_row_is_counted_and_shown_by_great_expectations(declared: Declarations) -> None:
    tables = {"revisions": table(declared, "revisions", [{**FIRST, "change": "added", "sex": "X"}])}
    con = declared.normalizer.connection
    said = predicate_verdicts.suite_verdicts(declared.contract, tables, con)
    assert said == suite_verdicts(declared.contract, tables, con)
    assert [verdict.examples for verdict in said if verdict.check == "sex_not_in_code_list"] == [["X"]]
