"""The contract's critical checks, judged once per distinct value where a check looks at one column."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract, Table
from transforms.normalize.encoded_columns import CHUNK

# The same for all rows of a file; parts of one period; different from row to row.
OF_FILE = frozenset(("dataset_id", "conf_status", "raw_sha256", "retrieved_at", "first_release"))
OF_PERIOD = ("time_period", "freq", "period_start", "period_end")
OF_ROW = frozenset(
    ("obs_key", "obs_value", "obs_lower", "obs_upper", "published_value", "note", "raw_locator")
)
# More than any number of a check.
FINE = 32_767


class Refusal(NamedTuple):
    """Why a row is refused: the rule and its sentence."""

    rule: str
    en: str
    ru: str


# -- the contract's checks ---------------------------------------------------------------------------------------


class Axis(NamedTuple):
    """Checks that look at the values of ``main`` (a column, the parts of a period, the file) and the same facts."""

    main: str
    columns: tuple[str, ...]
    checks: tuple[int, ...]
    lent: tuple[str, ...]


class Verdicts:
    """The critical checks of a table, taken apart by what they look at.

    Each reads the contract's own SQL. What a check says about a value is remembered, since the next file has the
    same areas and indicators; ``lent`` are derived columns that checks of whole rows need of such a value.
    """

    def __init__(self, contract: Contract, table: Table, connection: duckdb.DuckDBPyConnection) -> None:
        """Find out what each check and each derived column looks at."""
        self.table = table
        self.connection = connection
        self.checks = [c for c in checks.row_checks(contract, table) if c.columns != ("obs_key",)]
        self.schema = arrow_schema(contract, table)
        self.refusals = [Refusal(check.id, check.sentence.en, check.sentence.ru) for check in self.checks]
        places = [self._place(check.violated) for check in self.checks]
        of_rows = [number for number, place in enumerate(places) if place is None]
        named = self._named(of_rows)
        lenders = {
            name: place for name in sorted(named) if name in table.derived and (place := self._place(name))
        }
        self.axes = [
            self._axis(
                place,
                [number for number, own in enumerate(places) if own == place],
                [name for name, own in lenders.items() if own == place],
            )
            for place in dict.fromkeys([*filter(None, places), *lenders.values()])
        ]
        self.types = self._types(sorted(lenders))
        self.row_columns = sorted(set().union(*map(self._reads, named - set(lenders))))
        self._row_verdict = self._first_violated(of_rows)
        self._judged_rows = self._derived(named - set(lenders), "judged_rows")
        self._known: dict[Axis, dict[tuple[Any, ...], tuple[Any, ...]]] = {axis: {} for axis in self.axes}

    def _words(self, sql: str) -> set[str]:
        """Columns that an expression names; a word too many costs time, never a verdict."""
        words = re.findall(r"[A-Za-z_]\w*", re.sub(r"'(?:[^']|'')*'", "", sql))
        return set(words) & {*self.table.names, *self.table.derived}

    def _named(self, numbers_: Sequence[int]) -> set[str]:
        return set[str]().union(*(self._words(self.checks[number].violated) for number in numbers_))

    def _reads(self, sql: str) -> set[str]:
        """Columns of the table that an expression looks at, through derived ones too."""
        found, queue = set[str](), self._words(sql)
        while queue:
            name = queue.pop()
            found.add(name)
            queue |= self._words(self.table.derived.get(name, "")) - found
        return found - set(self.table.derived)

    def _place(self, sql: str) -> tuple[str, frozenset[str]] | None:
        """The one column that matters with the facts of the file beside it; None where it takes whole rows."""
        reads = self._reads(sql)
        mains = {"time_period" if name in OF_PERIOD else name for name in reads - OF_FILE}
        if reads & OF_ROW or len(mains) > 1:
            return None
        return (mains.pop(), frozenset(reads & OF_FILE)) if mains else ("file", frozenset())

    def _axis(self, place: tuple[str, frozenset[str]], numbers_: Sequence[int], lent: Sequence[str]) -> Axis:
        sqls = [*(self.checks[number].violated for number in numbers_), *lent]
        columns = sorted(set[str]().union(*map(self._reads, sqls)))
        return Axis(place[0], tuple(columns), tuple(numbers_), tuple(lent))

    def _types(self, lent: Sequence[str]) -> dict[str, pa.DataType]:
        if not lent:
            return {}
        with registered(self.connection, nothing=self.schema.empty_table()):
            query = f"SELECT {', '.join(lent)} FROM ({self._derived(set(lent), 'nothing')})"
            schema = self.connection.sql(query).to_arrow_table().schema
        return {name: schema.field(name).type for name in lent}

    def _first_violated(self, numbers_: Sequence[int]) -> str:
        cases = " ".join(f"WHEN {self.checks[number].violated} THEN {number}" for number in numbers_)
        return f"CAST({f'CASE {cases} END' if cases else 'NULL'} AS SMALLINT)"

    def _derived(self, names: set[str], relation: str) -> str:
        derived = {name: sql for name, sql in self.table.derived.items() if name in names}
        return checks.with_derived(replace(self.table, derived=derived), relation)

    def of_values(self, axis: Axis, values: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """For each combination of the axis's columns: number of the first violated check, and what it lends."""
        known = self._known[axis]
        new = [value for value in dict.fromkeys(values) if value not in known]
        if new:
            known.update(zip(new, self._ask(axis, new), strict=True))
        return [known[value] for value in values]

    def _ask(self, axis: Axis, values: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        columns = {
            name: pa.array([value[place] for value in values], self.schema.field(name).type)
            for place, name in enumerate(axis.columns)
        }
        asked = pa.table({**columns, "_n": pa.array(range(len(values)))})
        derived = self._derived(self._named(axis.checks) | set(axis.lent), "axis_values")
        answers = ", ".join([self._first_violated(axis.checks), *axis.lent])
        with registered(self.connection, axis_values=asked):
            query = f"SELECT {answers} FROM ({derived}) ORDER BY _n"
            return self.connection.execute(query).fetchall()

    def of_rows(self, key: str) -> str:
        """Query over the relation ``judged_rows``: key, its hash, and the first violated check of the whole row."""
        judged = f"SELECT {key} AS obs_key, {self._row_verdict} AS verdict FROM ({self._judged_rows})"
        return f"SELECT *, hash(obs_key) AS hashed FROM ({judged})"


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Arrow tables under names that queries can use, for a while."""
    for name, table in tables.items():
        # DuckDB's threads share the work by chunks, and most readers give one.
        connection.register(name, pa.Table.from_batches(table.to_batches(max_chunksize=CHUNK), table.schema))
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)
