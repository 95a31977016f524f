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
from data_contracts.arrow import Rows
from data_contracts.checks import Check, with_derived
from data_contracts.model import Table
from data_contracts.rows import count_rows, parquet
from data_contracts.sql import identifier

# Up to so many rows, choosing costs more than it saves.
LARGE = 100_000
# Contents of which there are more than one in so many rows are not worth choosing.
FEW = 10
_NUMBER = "row number of the table"
_ROW = identifier(_NUMBER)
_NAMES_OF_COLUMNS = "ExpectTableColumnsToMatchOrderedList"

Part = tuple[pa.Table, Sequence[Check]]


class Judged:
    """The rows of a table that its suite judges, with their derived columns: a view of a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: Table, data: Rows) -> None:
        """``connection``: holds the contract's look-up tables, which derived columns read."""
        self._con = connection
        if isinstance(data, pa.Table):
            connection.register("in_memory", data.append_column(_NUMBER, pa.array(range(data.num_rows))))
            numbered = "SELECT * FROM in_memory"
        else:
            numbered = (
                f"SELECT * RENAME (file_row_number AS {_ROW}) FROM {parquet(data.files, numbered=True)}"
            )
        connection.execute(f"CREATE OR REPLACE TEMP VIEW to_check AS {numbered}")
        query = with_derived(table, "to_check") if table.derived else "SELECT * FROM to_check"
        if table.in_force:
            only = table.in_force.replace(f"FROM {table.name}", "FROM to_check")
            query = f"SELECT * FROM ({query}) WHERE {only}"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW judged AS {query}")
        described = connection.execute("DESCRIBE judged").fetchall()
        self.columns = [name for name, *_ in described if name != _NUMBER]
        self.count = count_rows(data)
        if table.in_force:
            self.count = connection.execute("SELECT count(*) FROM judged").fetchall()[0][0]

    def rows(self, columns: Sequence[str], where: str = "TRUE") -> pa.Table:
        """Rows in their order; days as timestamps, so that they compare in pandas."""
        listed = ", ".join(map(identifier, columns))
        found = self._con.sql(f"SELECT {listed} FROM judged WHERE {where} ORDER BY {_ROW}").to_arrow_table()
        for index, column in enumerate(found.schema):
            if pa.types.is_date(column.type):
                days = found[column.name].cast(pa.timestamp("us"))
                found = found.set_column(index, column.name, days)
        return found

    def rows_for(self, checks: Sequence[Check]) -> pa.Table:
        """All rows, with the columns that some checks read; a table without columns would have no rows either."""
        columns = {self.columns[0]}.union(*map(_read, checks))
        return self.rows([name for name in self.columns if name in columns])

    def parts(self, checks: Sequence[Check]) -> Iterator[Part]:
        """Rows, and the checks that are to be run on them; each check once."""
        if self.count <= LARGE:
            yield self.rows(self.columns), checks
            return
        chosen, of_chosen = self._chosen(checks)
        yield self.rows(self.columns, f"{_ROW} IN ({', '.join(map(str, sorted(chosen)))})"), of_chosen
        # Those of one column together, so that few columns of all rows are in memory at once.
        others: dict[frozenset[str], list[Check]] = {}
        for check in checks:
            if check not in of_chosen:
                others.setdefault(_read(check), []).append(check)
        for together in others.values():
            yield self.rows_for(together), together

    def _chosen(self, checks: Sequence[Check]) -> tuple[set[int], list[Check]]:
        """The rows that show each content of the columns with few, and the checks for which they are enough."""
        wide = self._wide()
        # What has no predicate of a row is said of the table as a whole.
        by_row = {check.id: _read(check) for check in checks if check.violated and not _read(check) & wide}
        firsts = self._firsts(list(dict.fromkeys(by_row.values())))
        enough = [
            check
            for check in checks
            if by_row.get(check.id) in firsts or check.expectation == _NAMES_OF_COLUMNS
        ]
        first = self._con.execute(f"SELECT min({_ROW}) FROM judged").fetchall()[0][0]
        return {first}.union(*firsts.values()), enough

    def _wide(self) -> set[str]:
        """Columns with many different contents, roughly."""
        counts = ", ".join(f"approx_count_distinct({identifier(name)})" for name in self.columns)
        found = self._con.execute(f"SELECT {counts} FROM judged").fetchall()[0]
        return {name for name, count in zip(self.columns, found, strict=True) if count * FEW > self.count}

    def _firsts(self, sets: Sequence[frozenset[str]]) -> dict[frozenset[str], list[int]]:
        """First row of each content of these sets of columns, in one pass; without those that have many."""
        if not sets:
            return {}
        names = sorted({name for columns in sets for name in columns})
        groups = ", ".join(f"({', '.join(map(identifier, sorted(columns)))})" for columns in sets)
        numbers = {_grouping(names, columns): columns for columns in sets}
        found = self._con.execute(
            f"""WITH contents AS (
              SELECT grouping({", ".join(map(identifier, names))}) AS columns, min({_ROW}) AS first
              FROM judged GROUP BY GROUPING SETS ({groups}))
            SELECT columns, list(first) FROM contents GROUP BY columns HAVING count(*) <= {self.count // FEW}"""
        ).fetchall()
        return {numbers[number]: rows for number, rows in found}


def _grouping(names: Sequence[str], columns: frozenset[str]) -> int:
    """What ``GROUPING`` gives for a set of columns: a bit of each name that is not in it, the last one lowest."""
    return sum(1 << place for place, name in enumerate(reversed(names)) if name not in columns)


def is_large(data: Rows) -> bool:
    """Whether only some rows of a table may have been looked at."""
    return count_rows(data) > LARGE


def _read(check: Check) -> frozenset[str]:
    """Columns that the expectation of a check reads."""
    listed = check.arguments.get("column_list", ()) if check.columns else ()
    column = {check.arguments["column"]} if "column" in check.arguments else set()
    condition = expressions.names(check.condition) if check.condition else set()
    return frozenset({*listed, *column, *condition})
