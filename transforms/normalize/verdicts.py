"""The contract's critical checks, sorted by what they look at, so that most are asked once per distinct value.

A check is a predicate of DuckDB, true of bad rows (``data_contracts.checks``)::

    ref_area_not_in_code_list   "ref_area" NOT IN ('KZ', …)                looks at ref_area
    area_of_other_country       area_country <> dataset_country …          at ref_area and the dataset
    period_start_wrong          period_start <> span_start                 at parts of one period
    value_above_range           obs_value > range_max                      at the whole row

The first three are asked of the few areas and periods of a file, and the answers kept for the next file; only the last
is asked of every row. ``range_max`` is a derived column of the contract, looked up by ``indicator``: it too is asked
once per indicator and handed to the query over all rows, which then joins nothing.

How the answers come together in one verdict a row is in ``row_checks``. The checks themselves are the contract's, word
for word: Great Expectations certifies the published tables by the same. Called by ``row_checks``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from data_contracts import checks
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract, Table
from transforms.normalize.queries import registered
from transforms.normalize.readings import Refusal

# The same for all rows of a file.
OF_FILE = frozenset(("dataset_id", "conf_status", "raw_sha256", "retrieved_at", "first_release"))
# Read together from one text, so encoded alike.
OF_PERIOD = frozenset(("time_period", "freq", "period_start", "period_end"))
# Different from row to row, so not worth encoding.
OF_ROW = frozenset(
    ("obs_key", "obs_value", "obs_lower", "obs_upper", "published_value", "note", "note_ru", "raw_locator")
)
# More than the number of any check: no check is violated.
FINE = 32_767

Answer = tuple[Any, ...]


class _Place(NamedTuple):
    """What an expression looks at, where that is one encoded column: the column, and facts of the file beside it."""

    column: str
    facts: frozenset[str]


class Listed(NamedTuple):
    """What a check of a code list looks at: the column, and the codes that it may hold."""

    column: str
    members: tuple[str, ...]


class CheckGroup(NamedTuple):
    """Checks that look at the same encoded column.

    ``column``: the column whose entries are judged (``time_period`` stands for the whole period, ``file`` for facts of
    the file alone). ``inputs``: every column that the checks read, in the order of the values asked about. ``checks``:
    their numbers. ``derived``: derived columns that depend on the same inputs and that checks of whole rows need.
    """

    column: str
    inputs: tuple[str, ...]
    checks: tuple[int, ...]
    derived: tuple[str, ...]


class Verdicts:
    """The critical checks of a table in groups, and one query for those of whole rows.

    The number of a check is its place in the contract: of several violated ones the first names the reason.
    """

    def __init__(self, contract: Contract, table: Table, connection: duckdb.DuckDBPyConnection) -> None:
        """Find out what each check and each derived column looks at."""
        self.connection = connection
        self.schema = arrow_schema(contract, table)
        # The key is made here (``keys``), so its form need not be judged.
        self._checks = [c for c in checks.row_checks(contract, table) if c.columns != ("obs_key",)]
        self.refusals = [Refusal(check.id, check.sentence.en, check.sentence.ru) for check in self._checks]
        self._expressions = _Expressions(table)
        self.groups, rest = self._grouped()
        self._known: dict[CheckGroup, dict[Answer, Answer]] = {group: {} for group in self.groups}
        handed = {name for group in self.groups for name in group.derived}
        own = self._named(rest) - handed
        self.derived_types = self._types_of(sorted(handed))
        self.row_columns = sorted(set[str]().union(*map(self._expressions.reads, own)))
        self._row_verdict = self._first_violated(rest)
        self._judged_rows = self._expressions.with_derived(own, "judged_rows")

    def of_entries(self, group: CheckGroup, entries: Sequence[Answer]) -> list[Answer]:
        """For each combination of the group's inputs: number of the first violated check (or None), and its derived
        columns."""
        known = self._known[group]
        new = [entry for entry in dict.fromkeys(entries) if entry not in known]
        if new:
            if not known:
                # A question costs the same for one code as for all of a list, which the next files have.
                new = list(dict.fromkeys([*new, *self._codes(group)]))
            known.update(zip(new, self._ask(group, new), strict=True))
        return [known[entry] for entry in entries]

    def of_rows(self, key: str) -> str:
        """Query over the relation ``judged_rows`` (``row_columns`` and all derived columns of the groups): for each
        row its key, the first violated check of whole rows, and a number for the key."""
        judged = f"SELECT {key} AS obs_key, {self._row_verdict} AS verdict FROM ({self._judged_rows})"
        return f"SELECT *, hash(obs_key) AS hashed FROM ({judged})"

    def listed(self, number: int) -> Listed | None:
        """The code list that a check compares with; None where it is a check of another kind."""
        check = self._checks[number]
        members = check.arguments.get("value_set")
        return Listed(check.columns[0], tuple(members)) if members else None

    def _codes(self, group: CheckGroup) -> list[Answer]:
        """The codes of the one column that a group looks at, where it has a code list."""
        listed = filter(None, map(self.listed, group.checks))
        return [(code,) for one in listed if group.inputs == (one.column,) for code in one.members]

    def _grouped(self) -> tuple[list[CheckGroup], list[int]]:
        """Groups, and numbers of the checks that look at whole rows."""
        places = [self._expressions.place(check.violated) for check in self._checks]
        rest = [number for number, place in enumerate(places) if place is None]
        derived = self._expressions.derived_of_one_place(self._named(rest))
        groups = []
        for place in dict.fromkeys(place for place in (*places, *derived.values()) if place):
            numbers = tuple(number for number, own in enumerate(places) if own == place)
            names = tuple(name for name, own in derived.items() if own == place)
            sqls = [*(self._checks[number].violated for number in numbers), *names]
            inputs = tuple(sorted(set[str]().union(*map(self._expressions.reads, sqls))))
            groups.append(CheckGroup(place.column, inputs, numbers, names))
        return groups, rest

    def _named(self, numbers: Sequence[int]) -> set[str]:
        """Columns that some checks name."""
        return set[str]().union(
            *(self._expressions.words(self._checks[number].violated) for number in numbers)
        )

    def _first_violated(self, numbers: Sequence[int]) -> str:
        cases = " ".join(f"WHEN {self._checks[number].violated} THEN {number}" for number in numbers)
        return f"CAST({f'CASE {cases} END' if cases else 'NULL'} AS SMALLINT)"

    def _types_of(self, derived: Sequence[str]) -> Mapping[str, pa.DataType]:
        if not derived:
            return {}
        with registered(self.connection, nothing=self.schema.empty_table()):
            relation = self._expressions.with_derived(set(derived), "nothing")
            schema = (
                self.connection.sql(f"SELECT {', '.join(derived)} FROM ({relation})").to_arrow_table().schema
            )
        return {name: schema.field(name).type for name in derived}

    def _ask(self, group: CheckGroup, entries: Sequence[Answer]) -> list[Answer]:
        columns = {
            name: pa.array([entry[place] for entry in entries], self.schema.field(name).type)
            for place, name in enumerate(group.inputs)
        }
        table = pa.table({**columns, "_n": pa.array(range(len(entries)))})
        relation = self._expressions.with_derived(
            self._named(group.checks) | set(group.derived), "group_entries"
        )
        answers = ", ".join([self._first_violated(group.checks), *group.derived])
        with registered(self.connection, group_entries=table):
            query = f"SELECT {answers} FROM ({relation}) ORDER BY _n"
            return self.connection.execute(query).fetchall()


class _Expressions:
    """What the SQL expressions of a table look at; derived columns are seen through."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = {*table.names, *table.derived}

    def words(self, sql: str) -> set[str]:
        """Columns that an expression names; a word too many costs time, never a verdict."""
        return set(re.findall(r"[A-Za-z_]\w*", re.sub(r"'(?:[^']|'')*'", "", sql))) & self._columns

    def reads(self, sql: str) -> set[str]:
        """Columns of the table that an expression depends on, through derived ones too."""
        found, queue = set[str](), self.words(sql)
        while queue:
            name = queue.pop()
            found.add(name)
            queue |= self.words(self._table.derived.get(name, "")) - found
        return found - set(self._table.derived)

    def derived_of_one_place(self, names: set[str]) -> dict[str, _Place]:
        """Those of the names that are derived columns which look at one encoded column, with their place."""
        places = {name: self.place(name) for name in sorted(names & set(self._table.derived))}
        return {name: place for name, place in places.items() if place}

    def place(self, sql: str) -> _Place | None:
        """The one encoded column that an expression looks at; None where it takes the whole row."""
        reads = self.reads(sql)
        columns = {"time_period" if name in OF_PERIOD else name for name in reads - OF_FILE}
        if reads & OF_ROW or len(columns) > 1:
            return None
        return _Place(columns.pop(), frozenset(reads & OF_FILE)) if columns else _Place("file", frozenset())

    def with_derived(self, names: set[str], relation: str) -> str:
        """A relation with some of the derived columns."""
        derived = {name: sql for name, sql in self._table.derived.items() if name in names}
        return checks.with_derived(replace(self._table, derived=derived), relation)
