"""Which rows of a large table a suite has to look at: of what is judged row by row, each different content once.

A rule about the columns ``sex`` and ``age`` says the same of two rows that agree in both. So Great Expectations is
given, for all rules about columns with few different contents together, the first row of each; the other rules (a key
is unique and well formed) are given every row, with the columns that they read.

    1,000,000 observations -> some 5,000 rows for 50 rules, all rows for 5 rules

Not here: running a suite, and the counts and examples of a rule that does not hold, which are of all rows
(``pipelines.checks``, which calls this).
"""

from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa

from data_contracts import expressions
from data_contracts.checks import Check
from data_contracts.sql import identifier

# Up to so many rows, choosing costs more than it saves.
LARGE = 100_000
# Contents of which there are more than one in so many rows are not worth choosing.
FEW = 10
_ROW = "row number of the table"
_NAMES_OF_COLUMNS = "ExpectTableColumnsToMatchOrderedList"

Part = tuple[pa.Table, Sequence[Check]]


def parts(rows: pa.Table, checks: Sequence[Check]) -> Iterator[Part]:
    """Rows, and the checks that are to be run on them; each check once."""
    if rows.num_rows <= LARGE:
        yield rows, checks
        return
    chosen, of_chosen = _chosen(rows, checks)
    yield rows.take(pa.array(sorted(chosen), pa.int64())), of_chosen
    others = [check for check in checks if check not in of_chosen]
    # A table without columns would have no rows either.
    columns = {rows.schema.names[0]}.union(*map(_read, others))
    yield rows.select([name for name in rows.schema.names if name in columns]), others


def _chosen(rows: pa.Table, checks: Sequence[Check]) -> tuple[set[int], list[Check]]:
    """The rows that show each content of the columns with few, and the checks for which they are enough."""
    chosen, enough = {0}, []
    firsts: dict[frozenset[str], list[int] | None] = {}
    with duckdb.connect() as con:
        con.register("numbered", rows.append_column(_ROW, pa.array(range(rows.num_rows), pa.int64())))
        wide = _wide(con, rows)
        for check in checks:
            read = _read(check)
            # What has no predicate of a row is said of the table as a whole.
            by_row = bool(check.violated) and not read & wide
            if by_row and read not in firsts:
                firsts[read] = _firsts(con, rows.num_rows, read)
            found = firsts.get(read) if by_row else None
            if found is not None or check.expectation == _NAMES_OF_COLUMNS:
                enough.append(check)
                chosen.update(found or ())
    return chosen, enough


def _read(check: Check) -> frozenset[str]:
    """Columns that the expectation of a check reads."""
    listed = check.arguments.get("column_list", ()) if check.columns else ()
    column = {check.arguments["column"]} if "column" in check.arguments else set()
    condition = expressions.names(check.condition) if check.condition else set()
    return frozenset({*listed, *column, *condition})


def _wide(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> set[str]:
    """Columns with many different contents, roughly."""
    names = rows.schema.names
    counts = ", ".join(f"approx_count_distinct({identifier(name)})" for name in names)
    found = con.execute(f"SELECT {counts} FROM numbered").fetchall()[0]
    return {name for name, count in zip(names, found, strict=True) if count * FEW > rows.num_rows}


def _firsts(con: duckdb.DuckDBPyConnection, rows: int, columns: frozenset[str]) -> list[int] | None:
    """First row of each content of these columns; None where there are many."""
    keys = ", ".join(map(identifier, sorted(columns)))
    found = con.execute(
        f"SELECT min({identifier(_ROW)}) FROM numbered GROUP BY {keys} LIMIT {rows // FEW + 1}"
    ).fetchall()
    return [row for (row,) in found] if len(found) <= rows // FEW else None
