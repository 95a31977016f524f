"""What ``dvstats.duckdb`` holds beside its rows: comments on tables and columns, macros, views.

The declarations are in ``database_views.yaml``. Not here: the file itself (``pipelines.release.database_file`` writes
it) and quoting (``sql``). Called by the writer of the file and by the codebook pages.
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache

import duckdb

from data_contracts.connection import open_duckdb
from data_contracts.load import HERE
from data_contracts.model import Column, Contract, Table, text
from data_contracts.sql import create_table, identifier, literal
from data_contracts.strict_files import DeclarationError, Mapped, load_yaml, take


@lru_cache
def declared_version() -> str:
    """Hash of all that is declared of tables, columns, macros and views: another one means another database."""
    digest = hashlib.sha256()
    for name in ("columns.yaml", "database_views.yaml", "tables.yaml"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


@lru_cache
def database() -> Mapped:
    """Declared macros and views; :class:`DeclarationError` names file and line of a mistake."""
    path = HERE / "database_views.yaml"
    declared = load_yaml(path)
    take(path, declared, ("macros", "views", "view_columns"))
    for macro in declared["macros"].values():
        take(path, macro, ("meaning", "example", "sql"))
        text(path, macro, "meaning")
    for view in declared["views"].values():
        take(path, view, ("title", "sql"))
        text(path, view, "title")
    for name in declared["view_columns"]:
        text(path, declared["view_columns"], name)
    return declared


def database_statements(contract: Contract, con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Statements that comment every table and column and create macros and views.

    ``con`` runs each before the next is asked for, with that database in use: it knows the columns of the views then.
    """
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
    for name, comments in view_comments(contract, _columns_of_views(con)).items():
        for column_name, comment in comments.items():
            yield f"COMMENT ON COLUMN {name}.{identifier(column_name)} IS {literal(comment)}"


def view_comments(
    contract: Contract, columns_of_views: Mapping[str, list[str]] | None = None
) -> dict[str, dict[str, str]]:
    """What each column of each view says: declared in ``view_columns``, else that of the table column of its name.

    Comments by view and column, English and Russian. ``columns_of_views``: what :func:`view_columns` gives, where it is
    known already. DeclarationError where a column has neither, or ``view_columns`` declares one that no view has.
    """
    path = HERE / "database_views.yaml"
    inherited: dict[str, str] = {}
    for table in contract.tables.values():
        for table_column in table.columns:
            inherited.setdefault(table_column.name, _column_comment(table_column))
    own = {name: f"{said['en']} / {said['ru']}" for name, said in database()["view_columns"].items()}
    comments: dict[str, dict[str, str]] = {}
    for view, columns in (columns_of_views or view_columns(contract)).items():
        for name in columns:
            if name not in own and name not in inherited:
                line = database()["views"].lines[view]
                raise DeclarationError(
                    path, line, f"column {name!r} of view {view} is in no table: view_columns"
                )
        comments[view] = {name: own.get(name, inherited.get(name, "")) for name in columns}
    unused = set(own) - {name for columns in comments.values() for name in columns}
    if unused:
        raise DeclarationError(path, None, f"view_columns: no view has {sorted(unused)}")
    return comments


def view_columns(contract: Contract) -> Mapping[str, list[str]]:
    """Columns of each view, in order, as DuckDB finds them on empty tables of the contract."""
    with open_duckdb() as con:
        for table in contract.tables.values():
            con.execute(create_table(table, table.name))
        create_views(con)
        return _columns_of_views(con)


def create_views(con: duckdb.DuckDBPyConnection) -> None:
    """All declared macros and views, without comments, on tables of the contract that are there already."""
    for macro in database()["macros"].values():
        con.execute(macro["sql"])
    for name, view in database()["views"].items():
        con.execute(f"CREATE VIEW {name} AS {view['sql']}")


def _columns_of_views(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Columns of each declared view of the database in use."""
    found: dict[str, list[str]] = {name: [] for name in database()["views"]}
    listed = con.execute(
        """SELECT table_name, column_name FROM duckdb_columns()
        WHERE database_name = current_database() AND table_name IN (SELECT unnest($1))
        ORDER BY table_name, column_index""",
        [list(found)],
    )
    for view, column in listed.fetchall():
        found[view].append(column)
    return found


def _table_comment(contract: Contract, table: Table) -> str:
    cautions = " ".join(contract.warnings[name].en for name in table.warnings)
    return f"{table.title.en} / {table.title.ru}. {table.meaning.en} {cautions}".strip()


def _column_comment(column: Column) -> str:
    parts = [f"{column.label.en} / {column.label.ru}. {column.meaning.en}"]
    if column.codes:
        parts.append(f"Codes: {column.codes}.")
    parts.append(f"Example: {column.example}")
    return " ".join(parts)
