"""Checks of a table, derived from the contract: each has one DuckDB predicate and one expectation.

DuckDB splits (a row that violates a critical check goes to quarantine), Great Expectations certifies (the suite
runs on what is to be published). Both read the same :class:`Check`, so they cannot drift apart.
"""

from dataclasses import dataclass
from typing import Any

from data_contracts import expressions
from data_contracts.model import Column, Contract, Rule, Table, Text


@dataclass(frozen=True)
class Check:
    """One check: ``violated`` is a DuckDB predicate true of bad rows (empty for whole-table checks)."""

    id: str
    severity: str
    columns: tuple[str, ...]
    sentence: Text
    violated: str
    expectation: str
    arguments: dict[str, Any]


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


def _columns_check(contract: Contract, table: Table) -> Check:
    arguments = {"column_list": list(table.names) + list(table.derived)}
    return Check(
        "columns_differ", "critical", (), contract.sentences["columns_differ"], "",
        "ExpectTableColumnsToMatchOrderedList", arguments,
    )  # fmt: skip


def _rows_check(contract: Contract, table: Table) -> Check | None:
    if not table.min_rows:
        return None
    return Check(
        "too_few_rows", "critical", (), contract.sentences["too_few_rows"], "",
        "ExpectTableRowCountToBeBetween", {"min_value": table.min_rows},
    )  # fmt: skip


def _column_checks(contract: Contract, column: Column) -> list[Check]:
    name, checks = column.name, []
    if not column.nullable:
        checks.append(
            Check(
                f"{name}_missing", "critical", (name,), _about(contract, "missing", column),
                f'"{name}" IS NULL', "ExpectColumnValuesToNotBeNull", {"column": name},
            )
        )  # fmt: skip
    members = contract.members(column)
    if members is not None:
        listed = ", ".join("'" + code.replace("'", "''") + "'" for code in members)
        checks.append(
            Check(
                f"{name}_not_in_code_list", "critical", (name,), _about(contract, "not_in_code_list", column),
                f'"{name}" NOT IN ({listed})', "ExpectColumnValuesToBeInSet",
                {"column": name, "value_set": list(members)},
            )
        )  # fmt: skip
    if column.pattern:
        pattern = column.pattern.replace("'", "''")
        checks.append(
            Check(
                f"{name}_malformed", "critical", (name,), _about(contract, "malformed", column),
                f"NOT regexp_full_match(\"{name}\", '{pattern}')", "ExpectColumnValuesToMatchRegex",
                {"column": name, "regex": f"^(?:{column.pattern})\\Z"},
            )
        )  # fmt: skip
    if column.min is not None or column.max is not None:
        bounds = [f'"{name}" < {column.min}'] if column.min is not None else []
        bounds += [f'"{name}" > {column.max}'] if column.max is not None else []
        checks.append(
            Check(
                f"{name}_out_of_bounds", "critical", (name,), _about(contract, "out_of_bounds", column),
                "(" + " OR ".join(bounds) + ")", "ExpectColumnValuesToBeBetween",
                {"column": name, "min_value": column.min, "max_value": column.max},
            )
        )  # fmt: skip
    return checks


def _key_check(contract: Contract, table: Table) -> Check:
    columns = list(table.key)
    single = len(columns) == 1
    return Check(
        "key_not_unique", "critical", table.key, contract.sentences["key_not_unique"], "",
        "ExpectColumnValuesToBeUnique" if single else "ExpectCompoundColumnsToBeUnique",
        {"column": columns[0]} if single else {"column_list": columns},
    )  # fmt: skip


def _rule_check(table: Table, rule: Rule) -> Check:
    if "is_row" not in table.derived:
        raise ValueError(f"table {table.name} has rules across columns and needs the derived column is_row")
    return Check(
        rule.id, rule.severity, rule.columns, rule.sentence,
        expressions.to_sql(expressions.parse(rule.violated_when)), "ExpectColumnValuesToBeNull",
        # A row that meets the condition violates the rule, and is_row is never null: so it is unexpected.
        {"column": "is_row", "row_condition": expressions.to_suite(rule.violated_when), "condition_parser": "pandas"},
    )  # fmt: skip
