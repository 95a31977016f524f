"""Topic views in a statement: the condition that the statement puts on each, asked again of other rows.

::

    SELECT * FROM protection_orders WHERE ref_area = 'KG'     Topic("protection_orders", …, condition: ref_area = 'KG')
    rows_of(con, topic, "SELECT … WHERE ({condition}) …")     another query under that condition

The condition is taken from DuckDB's own parse tree and put into the tree of the other query, so that no SQL is pasted
into SQL. Not here: what is asked (``query_notes``, ``query_missing``, the callers).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from data_contracts.sql import identifier
from pipelines.published.query import dicts, topic_views

_CONDITION = "the condition of the statement"

Node = dict[str, Any]


@dataclass(frozen=True)
class Topic:
    """A topic view in a statement, the name it goes by, its columns, and the condition on it."""

    view: str
    alias: str
    columns: tuple[str, ...]
    condition: Node

    @property
    def named(self) -> set[str]:
        """Columns of the view that the condition names."""
        refs = (node["column_names"][-1] for node in _nodes(self.condition) if "column_names" in node)
        return {str(name).lower() for name in refs} & set(self.columns)


def topics_of(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Topic]:
    """The topic views of a statement on which it puts a condition."""
    views = topic_views()
    for select in _nodes(_parsed(con, sql)):
        condition = select.get("where_clause")
        if not condition:
            continue
        for table in _nodes(select.get("from_table")):
            view = str(table.get("table_name", "")).lower()
            if table.get("type") == "BASE_TABLE" and view in views:
                yield Topic(view, table.get("alias") or view, columns_of(con, view), condition)


def columns_of(con: duckdb.DuckDBPyConnection, view: str) -> tuple[str, ...]:
    """Columns of a view, in order."""
    names = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = $1 ORDER BY column_index", [view]
    ).fetchall()
    return tuple(str(name) for (name,) in names)


def rows_of(con: duckdb.DuckDBPyConnection, topic: Topic, template: str) -> list[dict[str, Any]]:
    """Answer of a query with ``{alias}``, and with the statement's own condition at each ``{condition}``."""
    # A text that stands for the condition is replaced in the parsed query: SQL is never pasted into SQL.
    text = template.replace("{alias}", identifier(topic.alias)).replace(
        "{condition}", f"('{_CONDITION}' = '')"
    )
    tree = _spliced(_parsed(con, text), topic.condition)
    sql = _answered(con, "SELECT json_deserialize_sql(CAST($1 AS JSON))", json.dumps(tree))
    return dicts(con, sql)


def _answered(con: duckdb.DuckDBPyConnection, sql: str, value: str) -> str:
    """The one cell that a query with one parameter gives."""
    ((cell,),) = con.execute(sql, [value]).fetchall()
    return str(cell)


def _spliced(node: Any, condition: Node) -> Any:
    if isinstance(node, list):
        return [_spliced(item, condition) for item in node]
    if not isinstance(node, dict):
        return node
    left = node.get("left")
    if isinstance(left, dict) and left.get("class") == "CONSTANT" and _CONDITION in json.dumps(left):
        return condition
    return {name: _spliced(item, condition) for name, item in node.items()}


def _parsed(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """DuckDB's own parse tree; empty where the statement is none that selects."""
    return json.loads(_answered(con, "SELECT json_serialize_sql($1)", sql))


def _nodes(tree: Any) -> Iterator[Node]:
    """Every mapping in a parse tree, from the outside."""
    if isinstance(tree, dict):
        yield tree
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(item)
