"""What ``dvstats.duckdb`` holds beside its rows: comments on tables and columns, macros, views.

The declarations are in ``database.yaml``. Not here: the file itself (``pipelines.release.database_file`` writes it)
and quoting (``sql``). Called by the writer of the file and by the codebook pages.
"""

from collections.abc import Iterator
from functools import lru_cache

from data_contracts.load import HERE, text
from data_contracts.model import Column, Contract, Table
from data_contracts.sql import identifier, literal
from data_contracts.strict_files import Mapped, load_yaml, take


@lru_cache
def database() -> Mapped:
    """Declared macros and views; :class:`DeclarationError` names file and line of a mistake."""
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


def database_statements(contract: Contract) -> Iterator[str]:
    """Statements that comment every table and column and create macros and views, run with that database in use."""
    for table in contract.tables.values():
        yield f"COMMENT ON TABLE {table.name} IS {literal(_table_comment(contract, table))}"
        for column in table.columns:
            place = f"{table.name}.{identifier(column.name)}"
            yield f"COMMENT ON COLUMN {place} IS {literal(_column_comment(column))}"
    declared = database()
    for name, macro in declared["macros"].items():
        yield macro["sql"].strip()
        kind = "MACRO TABLE" if " AS TABLE" in macro["sql"] else "MACRO"
        yield f"COMMENT ON {kind} {name} IS {literal(macro['meaning']['en'] + ' ' + macro['example'])}"
    for name, view in declared["views"].items():
        yield f"CREATE VIEW {name} AS {view['sql'].strip()}"
        yield f"COMMENT ON VIEW {name} IS {literal(view['title']['en'] + ' / ' + view['title']['ru'])}"


def _table_comment(contract: Contract, table: Table) -> str:
    cautions = " ".join(contract.warnings[name].en for name in table.warnings)
    return f"{table.title.en} / {table.title.ru}. {table.meaning.en} {cautions}".strip()


def _column_comment(column: Column) -> str:
    parts = [f"{column.label.en} / {column.label.ru}. {column.meaning.en}"]
    if column.codes:
        parts.append(f"Codes: {column.codes}.")
    parts.append(f"Example: {column.example}")
    return " ".join(parts)
