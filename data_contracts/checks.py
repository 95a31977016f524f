"""Checks of a table, derived from the contract: each has one DuckDB predicate and one expectation.

DuckDB splits: a row that violates a critical check goes to quarantine. Great Expectations certifies: the suite runs
on what is to be published. Both are compiled from the same :class:`Check`, so they cannot drift apart.

Not here: the grammar of rule expressions (``expressions``), running a suite (``pipelines.expectation_suites``), and
rules that look at a whole release (their query is in ``rules.yaml``, run by ``pipelines.expectation_suites``). Called
by the normalizer and by ``pipelines.expectation_suites``.
"""

from dataclasses import dataclass
from typing import Any

from data_contracts import expressions
from data_contracts.model import Column, Contract, Rule, Table, Text
from data_contracts.sql import identifier, literal, literals


@dataclass(frozen=True)
class Check:
    """One check of one table, for both engines."""

    #: its name in reports and in quarantine, such as ``obs_value_missing``
    id: str
    #: one of ``SEVERITIES`` of the model
    severity: str
    #: columns that a person should look at; empty for a check of the whole table
    columns: tuple[str, ...]
    #: what is wrong, for people
    sentence: Text
    #: DuckDB predicate that is true of bad rows; empty for a check of the whole table
    violated: str
    #: class name in Great Expectations
    expectation: str
    #: arguments of that class
    arguments: dict[str, Any]
    #: rule expression (``expressions``) of the rows that the expectation is restricted to; empty: all
    condition: str = ""


def derive(contract: Contract, table: Table) -> tuple[Check, ...]:
    """All checks that the suite of a table holds, in a fixed order."""
    checks = [_columns_check(contract, table), _rows_check(contract, table)]
    for column in table.columns:
        checks.extend(_column_checks(contract, column))
    if table.key:
        checks.append(_key_check(contract, table))
    checks.extend(_rule_check(table, rule) for rule in contract.rules_of(table.name) if rule.violated_when)
    return tuple(check for check in checks if check is not None)


def row_checks(contract: Contract, table: Table, severity: str = "critical") -> tuple[Check, ...]:
    """The checks that DuckDB can judge row by row."""
    return tuple(c for c in derive(contract, table) if c.violated and c.severity == severity)


def violations(contract: Contract, table: Table, relation: str) -> str:
    """Query over a relation: key of each row that violates a critical check, and the id of the first such check."""
    found = row_checks(contract, table)
    cases = " ".join(f"WHEN {check.violated} THEN '{check.id}'" for check in found)
    judged = f"SELECT {table.key[0]}, CASE {cases} END AS violated FROM ({with_derived(table, relation)})"
    return f"SELECT {table.key[0]}, violated FROM ({judged}) WHERE violated IS NOT NULL"


def with_derived(table: Table, relation: str) -> str:
    """SELECT that adds the table's derived columns to a relation (whose alias is ``t``)."""
    extra = "".join(f",\n  ({sql.strip()}) AS {name}" for name, sql in table.derived.items())
    return f"SELECT t.*{extra}\nFROM {relation} AS t"


def sentence(contract: Contract, key: str, **filled: str) -> Text:
    """A shared sentence with its places filled in."""
    template = contract.sentences[key]
    return Text(_fill(template.en, filled), _fill(template.ru, filled))


def _fill(template: str, filled: dict[str, str]) -> str:
    for name, value in filled.items():
        template = template.replace("{" + name + "}", value)
    return template


def _about(contract: Contract, key: str, column: Column) -> Text:
    template = contract.sentences[key]
    return Text(
        _fill(template.en, {"column": column.label.en, "name": column.name}),
        _fill(template.ru, {"column": column.label.ru, "name": column.name}),
    )


def _table_check(contract: Contract, check_id: str, expectation: str, arguments: dict[str, Any]) -> Check:
    """A critical check of a table as a whole, whose sentence has the same name."""
    return Check(
        id=check_id,
        severity="critical",
        columns=(),
        sentence=contract.sentences[check_id],
        violated="",
        expectation=expectation,
        arguments=arguments,
    )


def _columns_check(contract: Contract, table: Table) -> Check:
    columns = [*table.names, *table.derived]
    return _table_check(
        contract, "columns_differ", "ExpectTableColumnsToMatchOrderedList", {"column_list": columns}
    )


def _rows_check(contract: Contract, table: Table) -> Check | None:
    if not table.min_rows:
        return None
    return _table_check(
        contract, "too_few_rows", "ExpectTableRowCountToBeBetween", {"min_value": table.min_rows}
    )


def _column_checks(contract: Contract, column: Column) -> list[Check]:
    """Checks of single values, as the column declares them: present, in the code list, well formed, in bounds."""
    name, quoted = column.name, identifier(column.name)

    def check(key: str, violated: str, expectation: str, **arguments: Any) -> Check:
        return Check(
            id=f"{name}_{key}",
            severity="critical",
            columns=(name,),
            sentence=_about(contract, key, column),
            violated=violated,
            expectation=expectation,
            arguments={"column": name, **arguments},
        )

    checks = []
    if not column.nullable:
        checks.append(check("missing", f"{quoted} IS NULL", "ExpectColumnValuesToNotBeNull"))
    members = contract.members(column)
    if members is not None:
        violated = f"{quoted} NOT IN ({literals(members)})"
        checks.append(
            check("not_in_code_list", violated, "ExpectColumnValuesToBeInSet", value_set=list(members))
        )
    if column.pattern:
        violated = f"NOT regexp_full_match({quoted}, {literal(column.pattern)})"
        regex = f"^(?:{column.pattern})\\Z"
        checks.append(check("malformed", violated, "ExpectColumnValuesToMatchRegex", regex=regex))
    if column.min is not None or column.max is not None:
        bounds = [f"{quoted} < {column.min}"] if column.min is not None else []
        bounds += [f"{quoted} > {column.max}"] if column.max is not None else []
        violated = f"({' OR '.join(bounds)})"
        limits = {"min_value": column.min, "max_value": column.max}
        checks.append(check("out_of_bounds", violated, "ExpectColumnValuesToBeBetween", **limits))
    return checks


def _key_check(contract: Contract, table: Table) -> Check:
    columns = list(table.key)
    single = len(columns) == 1
    return Check(
        id="key_not_unique",
        severity="critical",
        columns=table.key,
        sentence=contract.sentences["key_not_unique"],
        violated="",
        expectation="ExpectColumnValuesToBeUnique" if single else "ExpectCompoundColumnsToBeUnique",
        arguments={"column": columns[0]} if single else {"column_list": columns},
    )


def _rule_check(table: Table, rule: Rule) -> Check:
    if "is_row" not in table.derived:
        raise ValueError(f"table {table.name} has rules across columns and needs the derived column is_row")
    return Check(
        id=rule.id,
        severity=rule.severity,
        columns=rule.columns,
        sentence=rule.sentence,
        violated=expressions.to_sql(expressions.parse(rule.violated_when)),
        # The suite looks only at rows that meet the condition; is_row is never null, so each of them is unexpected.
        expectation="ExpectColumnValuesToBeNull",
        arguments={"column": "is_row"},
        condition=rule.violated_when,
    )
