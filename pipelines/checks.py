"""Great Expectations suites, compiled from the contract and run on what is to be published; DuckDB for whole releases.

Only this module imports Great Expectations, and only where it runs: the import takes seconds.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from dvstats.data_contracts import checks
from dvstats.data_contracts.checks import Check
from dvstats.data_contracts.contract import Contract, Table, Text

# How many unexpected values a check shows; quarantine holds them all.
SHOWN = 20


@dataclass(frozen=True)
class Verdict:
    """Outcome of one check on one table."""

    table: str
    check: str
    severity: str
    sentence: Text
    passed: bool
    unexpected: int = 0
    examples: Sequence[str] = field(default_factory=tuple)
    error: str = ""


def suite_verdicts(
    contract: Contract, tables: Mapping[str, pa.Table], connection: duckdb.DuckDBPyConnection
) -> list[Verdict]:
    """Verdict of every suite check of the given tables.

    ``connection`` holds the contract's look-up tables, which derived columns read.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import logging

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    verdicts = []
    for name, data in tables.items():
        table = contract.tables[name]
        derived = checks.derive(contract, table)
        verdicts += _run_suite(gx, context, name, _frame(table, data, connection), derived)
    return verdicts


def _frame(table: Table, data: pa.Table, connection: duckdb.DuckDBPyConnection) -> Any:
    """The table with its derived columns as pandas sees it; days as timestamps, so that they compare."""
    connection.register("to_check", data)
    query = checks.with_derived(table, "to_check") if table.derived else "SELECT * FROM to_check"
    arrow = connection.sql(query).to_arrow_table()
    connection.unregister("to_check")
    for index, column in enumerate(arrow.schema):
        if pa.types.is_date(column.type):
            arrow = arrow.set_column(index, column.name, arrow[column.name].cast(pa.timestamp("us")))
    return arrow.to_pandas()


def _run_suite(gx: Any, context: Any, name: str, frame: Any, derived: Sequence[Check]) -> list[Verdict]:
    expectations = [
        getattr(gx.expectations, check.expectation)(
            **check.arguments, severity=check.severity, meta={"check": check.id, "place": place}
        )
        for place, check in enumerate(derived)
    ]
    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations))
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe(name)
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    outcome = definition.run(batch_parameters={"dataframe": frame}, result_format="SUMMARY")
    by_place = {result.expectation_config.meta["place"]: result for result in outcome.results}
    return [_verdict(name, check, by_place[place]) for place, check in enumerate(derived)]


def _verdict(table: str, check: Check, outcome: Any) -> Verdict:
    result = outcome.result or {}
    raised = _exception(outcome.exception_info)
    examples = [str(value) for value in result.get("partial_unexpected_list", [])[:SHOWN]]
    if not examples and not outcome.success and "observed_value" in result:
        examples = [str(result["observed_value"])]
    return Verdict(
        table, check.id, check.severity, check.sentence, bool(outcome.success) and not raised,
        int(result.get("unexpected_count", 0) or 0), examples, raised,
    )  # fmt: skip


def _exception(info: Any) -> str:
    """An exception is "could not be checked", never "passed"; it comes flat or keyed by metric."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [e for e in entries if isinstance(e, Mapping) and e.get("raised_exception")]
    return str(raised[0].get("exception_message", "could not be checked")) if raised else ""


def release_verdicts(contract: Contract, tables: Mapping[str, pa.Table]) -> list[Verdict]:
    """Whole-release invariants in DuckDB: keys, references between tables, rules with a query of their own."""
    con = duckdb.connect()
    for name, data in tables.items():
        con.register(name, data)
    verdicts = []
    for name in tables:
        table = contract.tables[name]
        if table.key:
            key = ", ".join(table.key)
            query = f"SELECT {key} FROM {name} GROUP BY {key} HAVING count(*) > 1 ORDER BY ALL"  # noqa: S608
            sentence = contract.sentences["key_not_unique"]
            verdicts.append(_query_verdict(con, name, "release_key_not_unique", "critical", sentence, query))
        verdicts += _references(contract, con, table, tables)
    for rule in contract.rules:
        if rule.query and all(table in tables for table in rule.tables):
            verdicts.append(_query_verdict(con, rule.tables[0], rule.id, rule.severity, rule.sentence, rule.query))
    return verdicts


def _references(
    contract: Contract, con: duckdb.DuckDBPyConnection, table: Table, tables: Mapping[str, pa.Table]
) -> list[Verdict]:
    verdicts = []
    for column in table.columns:
        target, _, target_column = (column.codes or "").partition(".")
        if not target_column or target not in tables or (target, target_column) == (table.name, column.name):
            continue
        sentence = checks.sentence(
            contract, "reference_broken", column=column.label.en, name=column.name, table=target
        )
        query = f"""SELECT DISTINCT "{column.name}" FROM {table.name} WHERE "{column.name}" IS NOT NULL
            AND "{column.name}" NOT IN (SELECT "{target_column}" FROM {target}) ORDER BY ALL"""  # noqa: S608
        check = f"{column.name}_reference_broken"
        verdicts.append(_query_verdict(con, table.name, check, "critical", sentence, query))
    return verdicts


def release_check_ids(contract: Contract, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """(table, check, severity) of every release-level check, as the Dagster definitions need them beforehand."""
    empty = {name: pa.schema([]).empty_table() for name in names}
    ids = []
    for name in names:
        table = contract.tables[name]
        if table.key:
            ids.append((name, "release_key_not_unique", "critical"))
        for column in table.columns:
            target, _, target_column = (column.codes or "").partition(".")
            if target_column and target in empty and (target, target_column) != (name, column.name):
                ids.append((name, f"{column.name}_reference_broken", "critical"))
    ids += [
        (rule.tables[0], rule.id, rule.severity)
        for rule in contract.rules
        if rule.query and all(table in empty for table in rule.tables)
    ]
    return ids


def _query_verdict(
    con: duckdb.DuckDBPyConnection, table: str, check: str, severity: str, sentence: Text, query: str
) -> Verdict:
    found = con.execute(query).fetchall()
    examples = [", ".join(map(str, row)) for row in found[:SHOWN]]
    return Verdict(table, check, severity, sentence, not found, len(found), examples)
