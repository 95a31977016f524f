"""The contract as DuckDB statements: tables, comments, views, macros."""

from collections.abc import Iterator
from functools import lru_cache

from data_contracts.load import HERE, text
from data_contracts.model import Column, Contract, Table
from data_contracts.strict_files import Mapped, load_yaml, take


@lru_cache
def database() -> Mapped:
    """Declared macros and views of the DuckDB file."""
    path = HERE / "database.yaml"
    declared = load_yaml(path)
    take(path, declared, ("macros", "views"))
    for name, macro in declared["macros"].items():
        take(path, macro, ("meaning", "example", "sql"))
        text(path, declared["macros"][name], "meaning")
    for name, view in declared["views"].items():
        take(path, view, ("title", "sql"))
        text(path, declared["views"][name], "title")
    return declared


def create_table(table: Table, name: str) -> str:
    """``CREATE TABLE`` with types, nullability and key."""
    columns = [f'"{c.name}" {c.type}{"" if c.nullable else " NOT NULL"}' for c in table.columns]
    return f"CREATE TABLE {name} ({', '.join(columns)})"


def database_statements(contract: Contract) -> Iterator[str]:
    """Comments on every table and column, macros, views; to run with the database in use."""
    for table in contract.tables.values():
        yield f"COMMENT ON TABLE {table.name} IS {_quoted(_table_comment(contract, table))}"
        for column in table.columns:
            yield f'COMMENT ON COLUMN {table.name}."{column.name}" IS {_quoted(_column_comment(column))}'
    declared = database()
    for name, macro in declared["macros"].items():
        yield macro["sql"].strip()
        kind = "MACRO TABLE" if " AS TABLE" in macro["sql"] else "MACRO"
        yield f"COMMENT ON {kind} {name} IS {_quoted(macro['meaning']['en'] + ' ' + macro['example'])}"
    for name, view in declared["views"].items():
        yield f"CREATE VIEW {name} AS {view['sql'].strip()}"
        yield f"COMMENT ON VIEW {name} IS {_quoted(view['title']['en'] + ' / ' + view['title']['ru'])}"


def _table_comment(contract: Contract, table: Table) -> str:
    cautions = " ".join(contract.warnings[name].en for name in table.warnings)
    return f"{table.title.en} / {table.title.ru}. {table.meaning.en} {cautions}".strip()


def _column_comment(column: Column) -> str:
    parts = [f"{column.label.en} / {column.label.ru}. {column.meaning.en}"]
    if column.codes:
        parts.append(f"Codes: {column.codes}.")
    parts.append(f"Example: {column.example}")
    return " ".join(parts)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
