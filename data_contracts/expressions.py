"""Rule expressions: a small subset of Python, one text for the DuckDB predicate and for the suite's row condition.

Allowed: column names, text and number constants, ``==  !=  <  <=  >  >=``, ``and``, ``or``, parentheses. A
comparison with a missing value is never true in either engine, so there is no ``not`` to turn that round.
"""

import ast

_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def parse(expression: str) -> ast.expr:
    """Syntax tree of a rule expression; ValueError where it leaves the subset."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"not an expression: {expression!r}") from error
    to_sql(tree)
    return tree


def names(expression: str) -> set[str]:
    """Columns that an expression refers to."""
    return {node.id for node in ast.walk(parse(expression)) if isinstance(node, ast.Name)}


def to_sql(node: ast.expr) -> str:
    """DuckDB predicate of a syntax tree."""
    if isinstance(node, ast.BoolOp):
        word = " AND " if isinstance(node.op, ast.And) else " OR "
        return "(" + word.join(to_sql(value) for value in node.values) + ")"
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OPERATORS:
        right = node.comparators[0]
        return f"({to_sql(node.left)} {_OPERATORS[type(node.ops[0])]} {to_sql(right)})"
    if isinstance(node, ast.Name):
        return f'"{node.id}"'
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "'" + node.value.replace("'", "''") + "'"
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return repr(node.value)
    raise ValueError(f"a rule expression may not contain {ast.dump(node)}")


def to_suite(expression: str) -> str:
    """The same expression as a pandas query: ``!=`` must not be true of a missing value there either."""
    tree = parse(expression)
    unequal = {
        ast.unparse(node.left)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotEq)
    }
    present = [f"{name} == {name}" for name in sorted(unequal)]
    return " and ".join([*present, f"({ast.unparse(tree)})"])
