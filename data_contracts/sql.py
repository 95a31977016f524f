"""SQL text composed of names and values: the only place where identifiers and literals are quoted.

Not here: what the published DuckDB file holds beside its rows (``database_statements``), and predicates of rules
(``expressions``). Used by every module that composes SQL; a value that DuckDB accepts as a parameter should be
passed as one instead.

>>> f"SELECT {identifier('obs_value')} FROM areas WHERE name_en = {literal("People's Republic")}"
'SELECT "obs_value" FROM areas WHERE name_en = \\'People\\'\\'s Republic\\''
"""

from collections.abc import Iterable

from data_contracts.model import Table


def identifier(name: str) -> str:
    """A name of a table or column, quoted so that any name is valid."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | None) -> str:
    """A text value as an SQL literal; ``NULL`` for None."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str]) -> str:
    """Text values separated by commas, as written inside ``IN (…)``."""
    return ", ".join(literal(value) for value in values)


def among(column: str, values: Iterable[str]) -> str:
    """The predicate that an SQL expression is one of the values; ``false`` where there are none."""
    listed = literals(values)
    return f"{column} IN ({listed})" if listed else "false"


def create_table(table: Table, name: str) -> str:
    """``CREATE TABLE`` with the types and nullability of the contract; ``name`` may be qualified."""
    columns = [
        f"{identifier(column.name)} {column.type}{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    ]
    return f"CREATE TABLE {name} ({', '.join(columns)})"
