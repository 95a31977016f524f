"""Verdicts of tables by the contract's predicates in DuckDB, for tests that refresh: Great Expectations takes most of
the time of a small refresh, and says the same of a table that is right.

Used instead of ``pipelines.expectation_suites.suite_verdicts`` in this process (``tests/conftest.py``) and in the
processes of ``tests/faults/small_refresh.py``. A table of which a predicate refuses a row is judged by Great
Expectations itself, for its own counts and examples. That both agree: ``tests/test_predicate_verdicts.py``, and for
generated rows ``tests/data_contracts/test_load.py``. Not here: the command ``dvstats refresh`` of the bundled release,
whose tables Great Expectations judges.
"""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from data_contracts import checks as contract_checks
from data_contracts.arrow import Rows
from data_contracts.checks import Check
from data_contracts.model import Contract
from data_contracts.sql import identifier
from pipelines import expectation_suites, rows_to_check
from pipelines.expectation_suites import Verdict

judged_by_great_expectations = expectation_suites.suite_verdicts


def suite_verdicts(
    contract: Contract,
    tables: Mapping[str, Rows],
    connection: duckdb.DuckDBPyConnection,
    certified: object = None,
) -> list[Verdict]:
    """Verdicts of each suite check of the given tables, as in ``pipelines.expectation_suites``."""
    verdicts: list[Verdict] = []
    for name, data in tables.items():
        table = contract.tables[name]
        derived = contract_checks.derive(contract, table)
        judged = rows_to_check.Judged(connection, table, data)
        if refused(judged.rows(judged.columns), derived):
            verdicts += judged_by_great_expectations(contract, {name: data}, connection)
        else:
            verdicts += [Verdict(name, c.id, c.severity, c.sentence, passed=True) for c in derived]
    return verdicts


def refused(rows: pa.Table, derived: Sequence[Check]) -> list[str]:
    """The checks that a table does not pass, in their order."""
    with duckdb.connect() as con:
        con.register("judged", rows)
        of_rows = [check for check in derived if check.violated]
        counted = [f"count(*) FILTER (WHERE {check.violated})" for check in of_rows]
        _, *counts = con.execute(f"SELECT {', '.join(['count(*)', *counted])} FROM judged").fetchall()[0]
        broken = {check.id for check, count in zip(of_rows, counts, strict=True) if count}
        broken |= {check.id for check in derived if not (check.violated or _holds(con, rows, check))}
    return [check.id for check in derived if check.id in broken]


def _holds(con: duckdb.DuckDBPyConnection, rows: pa.Table, check: Check) -> bool:
    """Whether what a check says of the table as a whole is so."""
    if "TableColumns" in check.expectation:
        return bool(rows.schema.names == check.arguments["column_list"])
    if "RowCount" in check.expectation:
        return bool(rows.num_rows >= check.arguments["min_value"])
    assert check.expectation in ("ExpectColumnValuesToBeUnique", "ExpectCompoundColumnsToBeUnique")
    names = [identifier(name) for name in check.columns]
    # A row without any part of its key is no key that is there twice.
    given = " OR ".join(f"{name} IS NOT NULL" for name in names)
    return not con.execute(
        f"SELECT 1 FROM judged WHERE {given} GROUP BY {', '.join(names)} HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
