"""Rule expressions: one text in ``rules.yaml``, compiled for DuckDB and for Great Expectations.

A rule expression is a small subset of Python that is true of a row that violates the rule::

    unit_measure == 'PERCENT' and (obs_value < 0 or obs_value > 100)

Allowed: column names, text and number constants, ``==  !=  <  <=  >  >=``, ``and``, ``or``, parentheses; one side of
a comparison must be a column. A comparison with a missing value is never true in either engine, so there is no
``not``, which would turn that round.

``to_sql`` gives the DuckDB predicate, ``to_row_condition`` the condition object of Great Expectations. That library is
not imported here (it takes seconds): its module of condition classes is handed in by ``pipelines.expectation_suites``.
Not here: the rules themselves and which checks a table has (``checks``). Called by ``load``, ``checks`` and
``pipelines.expectation_suites``.
"""

import ast
from collections.abc import Iterator
from itertools import product
from typing import Any, cast

from data_contracts.sql import identifier, literal

_SQL = {ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_PYTHON = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
# `0 < x` means `x > 0`.
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def parse(expression: str) -> ast.expr:
    """Syntax tree of a rule expression; ValueError where it leaves the subset."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"not an expression: {expression!r}") from error
    to_sql(tree)
    return tree


def names(expression: str) -> set[str]:
    """Columns that an expression refers to; ValueError as of :func:`parse`."""
    return {node.id for node in ast.walk(parse(expression)) if isinstance(node, ast.Name)}


def to_sql(node: ast.expr) -> str:
    """DuckDB predicate of a syntax tree; ValueError where it leaves the subset."""
    if isinstance(node, ast.BoolOp):
        word = " AND " if isinstance(node.op, ast.And) else " OR "
        return "(" + word.join(to_sql(value) for value in node.values) + ")"
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _SQL:
        left, right = node.left, node.comparators[0]
        if isinstance(left, ast.Name) or isinstance(right, ast.Name):
            return f"({_operand(left)} {_SQL[type(node.ops[0])]} {_operand(right)})"
    raise ValueError(f"a rule expression may not contain {ast.dump(node)}")


def _operand(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return identifier(node.id)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return literal(node.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return repr(node.value)
    raise ValueError(f"a rule expression may not contain {ast.dump(node)}")


def to_row_condition(expression: str, conditions: Any) -> Any:
    """Condition object that holds of the rows of which the expression is true.

    ``conditions`` is the module ``great_expectations.expectations.row_conditions``. Its classes compare a column with
    a constant, joined by OR of ANDs, so the expression is brought into that form. They cannot compare two columns; a
    rule that does so is passed through whole, as text of ``DataFrame.query``.
    """
    tree = parse(expression)
    if any(_compares_columns(node) for node in ast.walk(tree)):
        return conditions.PassThroughCondition(pass_through_filter=_pandas_query(tree))
    alternatives = [
        [condition for comparison in group for condition in _conditions(comparison, conditions)]
        for group in _or_of_ands(tree)
    ]
    parts = [
        group[0] if len(group) == 1 else conditions.AndCondition(conditions=group) for group in alternatives
    ]
    return parts[0] if len(parts) == 1 else conditions.OrCondition(conditions=parts)


def _compares_columns(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Name)
        and isinstance(node.comparators[0], ast.Name)
    )


def _pandas_query(tree: ast.expr) -> str:
    """Pandas holds that a missing value differs from everything: columns compared by ``!=`` must be present."""
    unequal = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotEq)
        for name in (node.left, node.comparators[0])
        if isinstance(name, ast.Name)
    }
    present = [f"{name} == {name}" for name in sorted(unequal)]
    return " and ".join([*present, f"({ast.unparse(tree)})"])


def _or_of_ands(node: ast.expr) -> Iterator[list[ast.Compare]]:
    """``a and (b or c)`` as the alternatives ``[a, b]`` and ``[a, c]``."""
    if isinstance(node, ast.Compare):
        yield [node]
    elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        for value in node.values:
            yield from _or_of_ands(value)
    elif isinstance(node, ast.BoolOp):
        for groups in product(*(list(_or_of_ands(value)) for value in node.values)):
            yield [comparison for group in groups for comparison in group]


def _conditions(node: ast.Compare, conditions: Any) -> Iterator[Any]:
    """The comparison of a column with a constant; with ``!=`` also that the column is present, as in SQL."""
    operator = _PYTHON[type(node.ops[0])]
    column, constant = node.left, node.comparators[0]
    if isinstance(column, ast.Constant):
        operator, column, constant = _MIRRORED[operator], constant, column
    # One side is a column, as ``parse`` has seen, and the other is none (``_compares_columns``).
    named = conditions.Column(cast(ast.Name, column).id)
    parameter = cast(ast.Constant, constant).value
    yield conditions.ComparisonCondition(column=named, operator=operator, parameter=parameter)
    if operator == "!=":
        yield named.is_not_null()
