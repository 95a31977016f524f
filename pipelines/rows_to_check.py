"""Which rows of a large table a suite has to look at: each different content once, and what a predicate refuses.
Where the same suite passed on the table of the last release: those that are not in it.

A rule about the columns ``sex`` and ``age`` says the same of two rows that agree in both. So Great Expectations is
given, for rules about columns with few different contents together, the first row of each. For the other rules (a key
is unique and well formed) DuckDB looks at every row by the predicate of the same rule, and Great Expectations is given
the first row that breaks it, where there is one.

    1,000,000 observations -> some 20,000 rows for all rules; one row after one note of them was changed

What is said of the table as a whole (its keys, its size) is looked at in all rows in either case.
Not here: running a suite, and the counts and examples of a rule that does not hold, which Great Expectations takes of
all rows (``pipelines.expectation_suites``, which calls this).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts import expressions
from data_contracts.arrow import Rows
from data_contracts.checks import Check, with_derived
from data_contracts.model import Table
from data_contracts.rows import count_rows, name_numbered, parquet, rows_apart, within
from data_contracts.sql import identifier

# Up to so many rows, choosing costs more than it saves.
LARGE = 100_000
# Contents of which there are more than one in so many rows are not worth choosing.
FEW = 10
_NUMBER = "row number of the table"
_ROW = identifier(_NUMBER)
# So large a number of combinations is counted anew before another column comes.
_MANY = 1 << 31


class Judged:
    """The rows of a table that its suite judges, with their derived columns: views of a connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        data: Rows,
        certified: "Rows | None" = None,
    ) -> None:
        """``connection``: holds the contract's look-up tables, which derived columns read.

        ``certified``: the table as it was when the same suite passed on it without a warning.
        """
        self._con, self._table, self._data, self._certified = connection, table, data, certified
        if isinstance(data, pa.Table):
            connection.register("in_memory", data.append_column(_NUMBER, pa.array(range(data.num_rows))))
            numbered = "SELECT * FROM in_memory"
        else:
            numbered = (
                f"SELECT * RENAME (file_row_number AS {_ROW}) FROM {parquet(data.files, numbered=True)}"
            )
        connection.execute(f"CREATE OR REPLACE TEMP VIEW to_check AS {numbered}")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW judged AS {self._only_in_force('to_check')}")
        described = connection.execute(f"DESCRIBE {self._with_derived('judged')}").fetchall()
        self.columns = [name for name, *_ in described if name != _NUMBER]
        self.count = count_rows(data)
        if table.in_force:
            self.count = connection.execute("SELECT count(*) FROM judged").fetchall()[0][0]

    def _only_in_force(self, relation: str) -> str:
        only = (self._table.in_force or "TRUE").replace(f"FROM {self._table.name}", f"FROM {relation}")
        return f"SELECT * FROM {relation} WHERE {only}"

    def _with_derived(self, relation: str) -> str:
        return with_derived(self._table, relation) if self._table.derived else f"SELECT * FROM {relation}"

    def rows(self, columns: Sequence[str], relation: str = "judged") -> pa.Table:
        """Rows in their order; days as timestamps, so that they compare in pandas."""
        listed = ", ".join(map(identifier, columns))
        query = f"SELECT {listed} FROM ({self._with_derived(relation)}) ORDER BY {_ROW}"
        found = self._con.sql(query).to_arrow_table()
        for index, column in enumerate(found.schema):
            if pa.types.is_date(column.type):
                days = found[column.name].cast(pa.timestamp("us"))
                found = found.set_column(index, column.name, days)
        return found

    def rows_for(self, checks: Sequence[Check]) -> pa.Table:
        """All rows, with the columns that some checks read; a table without columns would have no rows either."""
        columns = {self.columns[0]}.union(*map(_read, checks))
        return self.rows([name for name in self.columns if name in columns])

    def rows_that_show(self, checks: Sequence[Check]) -> pa.Table:
        """Rows of which these checks say what they say of all: that they hold, or that one of them does not."""
        if self.count <= LARGE:
            return self.rows(self.columns)
        numbers = pa.table({_NUMBER: pa.array(sorted(self._chosen(checks)), pa.int64())})
        self._con.register("numbers", numbers)
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE chosen AS FROM judged SEMI JOIN numbers USING ({_ROW})"
        )
        self._con.unregister("numbers")
        return self.rows(self.columns, "chosen")

    def _chosen(self, checks: Sequence[Check]) -> set[int]:
        """Numbers of the rows that are looked at."""
        found = self._new()
        if found is None or len(found) > LARGE:
            found = self._showing(checks)
        least = max(
            (check.arguments.get("min_value") or 0 for check in checks if not check.columns), default=0
        )
        query = f"SELECT {_ROW} FROM judged ORDER BY {_ROW} LIMIT {max(least, 1)}"
        found.update(number for (number,) in self._con.execute(query).fetchall())
        for check in checks:
            if check.columns and not check.violated:
                found.update(self._same(check.columns))
        return found

    def _new(self) -> set[int] | None:
        """Numbers of the rows that are not among the certified ones; None where none are certified.

        Rows are the same where the hash of all their values is.
        """
        if self._certified is None:
            return None
        name_numbered(self._con, "certified", self._certified)
        content = f"hash({', '.join(map(identifier, self._table.names))}) AS content"
        # Which rows are in force may depend on the others: then those of the same row groups need not have been judged.
        of_row = "SELECT" not in (self._table.in_force or "")
        whole = [range(count_rows(self._data))], [range(count_rows(self._certified))]
        now, before = rows_apart(self._data, self._certified) if of_row else whole
        found = self._con.execute(
            f"""SELECT {_ROW} FROM (SELECT {_ROW}, {content} FROM judged WHERE {within(_ROW, now)})
            ANTI JOIN (SELECT {content} FROM ({self._only_in_force("certified")})
              WHERE {within("file_row_number", before)}) USING (content)"""
        )
        return {number for (number,) in found.fetchall()}

    def _showing(self, checks: Sequence[Check]) -> set[int]:
        """Numbers of the rows that show each content of the columns with few, and of those that are refused."""
        contents = _Contents(self._data, self._in_force())
        # A set of columns is shown by the rows of a larger one; what has no columns is said of the table as a whole.
        of_row = [check for check in checks if check.violated]
        sets = sorted({self._own(_read(check)) for check in of_row}, key=len, reverse=True)
        shown: dict[frozenset[str], list[int]] = {}
        for columns in sets:
            if not any(columns <= larger for larger in shown):
                firsts = contents.firsts(sorted(columns))
                if firsts is not None:
                    shown[columns] = firsts
        others = [
            check for check in of_row if not any(self._own(_read(check)) <= columns for columns in shown)
        ]
        return {number for firsts in shown.values() for number in firsts}.union(self._refused(others))

    def _in_force(self) -> Any:
        """Numbers of the rows that are judged, in order; None where all are."""
        if not self._table.in_force:
            return None
        return self._con.execute(f"SELECT {_ROW} AS number FROM judged ORDER BY 1").fetchnumpy()["number"]

    def _own(self, columns: Iterable[str]) -> frozenset[str]:
        """Columns of the table that these are, or are derived of."""
        found = set[str]()
        for name in columns:
            words = re.findall(r"\w+", self._table.derived[name]) if name in self._table.derived else [name]
            found.update(set(map(str, words)) & set(self._table.names))
        return frozenset(found)

    def _refused(self, checks: Sequence[Check]) -> list[int]:
        """The first row that each of these checks refuses."""
        if not checks:
            return []
        firsts = ", ".join(f"min({_ROW}) FILTER ({check.violated})" for check in checks)
        found = self._con.execute(f"SELECT {firsts} FROM ({self._with_derived('judged')})").fetchall()[0]
        return [number for number in found if number is not None]

    def _same(self, key: Sequence[str]) -> list[int]:
        """Rows of one key that is there twice; one without any part is no key."""
        names = [identifier(name) for name in key]
        given = " OR ".join(f"{name} IS NOT NULL" for name in names)
        listed = ", ".join(names)
        twice = self._con.execute(
            f"SELECT {listed} FROM judged WHERE {given} GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"
        ).fetchall()
        same = " AND ".join(f"{name} IS NOT DISTINCT FROM ?" for name in names)
        numbers = [
            self._con.execute(f"SELECT {_ROW} FROM judged WHERE {same}", one).fetchall() for one in twice
        ]
        return [number for found in numbers for (number,) in found]


class _Contents:
    """Contents of columns as numbers, read and numbered once each."""

    def __init__(self, data: Rows, places: Any) -> None:
        """``places``: numbers of the rows that count; None: all."""
        self._data, self._places = data, places
        self._known: dict[str, tuple[Any, int]] = {}

    def firsts(self, columns: Sequence[str]) -> list[int] | None:
        """Numbers of the rows in which each content of some columns together is first; None where these are many."""
        import numpy as np

        if any(map(self._has_many, columns)):
            return None
        together, size, few = None, 1, 0
        for name in columns:
            numbers, count = self._numbers(name)
            few = len(numbers) // FEW
            if count > few:
                return None
            together = numbers if together is None else together * count + numbers
            size *= count
            if size > _MANY:
                together, size = _numbered(together)
        if together is None:
            return []
        if size > len(together):
            together, size = _numbered(together)
        # Of each number the first place is written last.
        first = np.full(size, -1)
        first[together[::-1]] = np.arange(len(together) - 1, -1, -1)
        first = first[first >= 0]
        if len(first) > few:
            return None
        return [int(number) for number in (first if self._places is None else self._places[first])]

    def _numbers(self, name: str) -> tuple[Any, int]:
        """A number for the content of each row, missing values being one of them, and how many contents there are."""
        if name not in self._known:
            import numpy as np

            encoded = pa.table({name: self._column(name)}).unify_dictionaries()[name]
            numbers = np.concatenate([chunk.indices.fill_null(-1).to_numpy() for chunk in encoded.chunks])
            contents = len(encoded.chunk(0).dictionary) + 1
            places = slice(None) if self._places is None else self._places
            self._known[name] = numbers[places].astype(np.int64) + 1, contents
        return self._known[name]

    def _has_many(self, name: str) -> bool:
        """Whether the rows that come first have many contents: then the others are not read for it."""
        if name in self._known or isinstance(self._data, pa.Table):
            return False
        some = self._column(name, first=True)
        return len(some.chunk(0).dictionary) > len(some) // FEW

    def _column(self, name: str, *, first: bool = False) -> pa.ChunkedArray:
        """A column, its different contents apart, as a Parquet file has them already; ``first``: of one row group."""
        if isinstance(self._data, pa.Table):
            return pc.dictionary_encode(self._data[name])
        (path,) = self._data.files
        text = pa.types.is_string(self._data.schema.field(name).type)
        with pq.ParquetFile(path, read_dictionary=[name] if text else []) as file:
            column = (file.read_row_group(0, [name]) if first else file.read([name]))[name]
        return column if text else pc.dictionary_encode(column)


def _numbered(values: Any) -> tuple[Any, int]:
    """Numbers in place of others, in the order in which these come, and how many there are."""
    encoded = pc.dictionary_encode(pa.array(values))
    return encoded.indices.to_numpy().astype("int64"), len(encoded.dictionary)


def is_large(data: Rows) -> bool:
    """Whether only some rows of a table may have been looked at."""
    return count_rows(data) > LARGE


def _read(check: Check) -> frozenset[str]:
    """Columns that the expectation of a check reads."""
    listed = check.arguments.get("column_list", ()) if check.columns else ()
    column = {check.arguments["column"]} if "column" in check.arguments else set()
    condition = expressions.names(check.condition) if check.condition else set()
    return frozenset({*listed, *column, *condition})
