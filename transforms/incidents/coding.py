"""Codes of a register's columns: each distinct text read once by the declaration, the rows joined to the codes.

::

    codings = read_codings(incidents, lookups, dataset, facts)
    codings[1]      # Coding("sex", codes=("F", "M"), number="k1.code", join="JOIN k1 ON i.c3 = k1.t0", …)

``roles_of`` says which columns of the files that needs. A text without a code has the number null, one that the
declaration leaves out on purpose has ``LEFT_OUT``. The reading itself is that of
``transforms.normalize.codes_from_labels``; not here: counting (``counting``).

Called by ``register`` and ``counting``.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pyarrow as pa

from sources.cells import VALUE
from sources.dataset import Concept, Dataset
from sources.incidents.database import Combination, Incidents, Roles
from sources.incidents.declared import MONTHS, Counting
from transforms.normalize.codes_from_labels import SKIP, TOTAL, read_concept, read_parts
from transforms.normalize.encoded_columns import Indices
from transforms.normalize.file_cells import FileCells
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.lookups import LookUps
from transforms.normalize.queries import registered
from transforms.normalize.readings import ReadColumn
from transforms.parse import read_periods

LEFT_OUT = -1


class Unread(NamedTuple):
    """A text without a code and how many rows hold it: for the restricted folder only."""

    column: str
    text: str
    rows: int


class Coding(NamedTuple):
    """One dimension: its codes by number, and SQL that gives the number of each row of ``incidents i``.

    The numbers of ``time_period`` are months, counted from the year 0 (2025-03 is 2025 * 12 + 2), and it has no codes.
    """

    name: str
    codes: Sequence[str]
    number: str
    join: str = ""
    columns: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()


def counting_of(dataset: Dataset) -> Counting:
    """How the rows of a register are counted; ValueError where the dataset is none."""
    if dataset.counting is None:
        raise ValueError(f"{dataset.id} is no register")
    return dataset.counting


def roles_of(dataset: Dataset) -> Roles:
    """What a register's columns are for; of a dimension that no margin has, nothing is read."""
    counting = counting_of(dataset)
    concepts, breakdown = _used(dataset)
    parts = [dataset.concepts[name] for name in concepts] + [dataset.breakdown[name] for name in breakdown]
    days = _columns_of(dataset.concepts["time_period"])
    read = dict.fromkeys([*days, *(column for each in parts for column in _columns_of(each))])
    person = counting.persons.column if counting.persons else None
    return Roles(counting.incident, person, tuple(read), days)


def read_codings(incidents: Incidents, lookups: LookUps, dataset: Dataset, facts: FileFacts) -> list[Coding]:
    """The months first, then the indicator, the area, and every other dimension that a margin has."""
    reader = _Reader(incidents, lookups, dataset, facts)
    concepts, breakdown = _used(dataset)
    found = [reader.months()]
    found += [reader.concept(name) for name in concepts]
    found += [reader.breakdown(name) for name in breakdown]
    return found


def _used(dataset: Dataset) -> tuple[list[str], list[str]]:
    """Names of the concepts beside the time, and of the breakdowns, that a margin has or every row must have."""
    used = {name for margin in counting_of(dataset).margins for name in margin}
    concepts = ["indicator", "ref_area", *(name for name in dataset.concepts if name in used)]
    named = [name for name in dict.fromkeys(concepts) if name != "time_period"]
    return named, [name for name in dataset.breakdown if name in used]


def _columns_of(parts: Sequence[Concept]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for part in parts for column in part.columns))


class _Reader:
    """Reads the texts of one register's columns."""

    def __init__(self, incidents: Incidents, lookups: LookUps, dataset: Dataset, facts: FileFacts) -> None:
        self.incidents, self.lookups, self.dataset, self.facts = incidents, lookups, dataset, facts
        self.made = 0

    def concept(self, name: str) -> Coding:
        return self._coding(name, self.dataset.concepts[name], lambda file: read_concept(file, name))

    def breakdown(self, name: str) -> Coding:
        parts = self.dataset.breakdown[name]
        return self._coding(name, parts, lambda file: read_parts(file, "breakdown", parts, TOTAL))

    def months(self) -> Coding:
        """Months instead of codes: what is no day and no month cannot be counted."""
        parts = self.dataset.concepts["time_period"]

        def read(file: FileCells) -> ReadColumn:
            return _months(read_parts(file, "time_period", parts))

        return self._coding("time_period", parts, read)

    def _coding(self, name: str, parts: Sequence[Concept], read: Callable[[FileCells], ReadColumn]) -> Coding:
        columns = tuple(column for column in _columns_of(parts) if column in self.incidents.columns)
        texts = self.incidents.combinations(columns) if columns else [Combination((), (), 0)]
        given = {
            column: pa.array([row.texts[at] for row in texts], pa.string())
            for at, column in enumerate(columns)
        }
        cells = pa.table({VALUE: pa.nulls(len(texts), pa.string()), **given})
        column = read(FileCells(self.lookups, cells, self.dataset, self.facts))
        found = [column.codes.dictionary[at] for at in _places(column.codes.indices, len(texts))]
        for refusals in column.refusals:
            at = _places(refusals.indices, len(texts))
            found = [None if refusals.dictionary[p] else code for p, code in zip(at, found, strict=True)]
        codes = sorted({code for code in found if isinstance(code, str) and code != SKIP})
        number = {code: place for place, code in enumerate(codes)} | {SKIP: LEFT_OUT}
        numbers = [number[code] if isinstance(code, str) else code for code in found]
        if not columns:
            return Coding(name, codes, "NULL" if numbers[0] is None else str(numbers[0]))
        return self._joined(name, codes, columns, texts, numbers)

    def _joined(
        self,
        name: str,
        codes: Sequence[str],
        columns: tuple[str, ...],
        texts: Sequence[Combination],
        numbers: Sequence[int | None],
    ) -> Coding:
        alias, connection = f"k{self.made}", self.incidents.connection
        self.made += 1
        own = {
            f"t{at}": pa.array([row.numbers[at] for row in texts], pa.int32()) for at in range(len(columns))
        }
        with registered(connection, read_texts=pa.table({**own, "code": pa.array(numbers, pa.int32())})):
            connection.execute(f"CREATE OR REPLACE TABLE {alias} AS SELECT * FROM read_texts")
        places = [f"i.{self.incidents.place(column)}" for column in columns]
        pairs = " AND ".join(f"{place} = {alias}.t{at}" for at, place in enumerate(places))
        unread = [
            Unread(" / ".join(columns), " / ".join(row.texts), row.rows)
            for row, number in zip(texts, numbers, strict=True)
            if number is None
        ]
        return Coding(name, codes, f"{alias}.code", f"JOIN {alias} ON {pairs}", columns, tuple(unread))


def _places(indices: Indices | None, rows: int) -> list[int]:
    return [0] * rows if indices is None else indices.tolist()


def _months(texts: ReadColumn) -> ReadColumn:
    """Numbers of months for texts that lie in one month; nothing for others."""

    def month(text: str | None) -> str | int | None:
        if text == SKIP:
            return SKIP
        period = read_periods.parse(text or "")
        if period is None or (period.start.year, period.start.month) != (period.end.year, period.end.month):
            return None
        return period.start.year * MONTHS + period.start.month - 1

    return ReadColumn(texts.codes.recoded(month), texts.refusals)
