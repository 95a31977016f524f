"""The rows of a register, each incident once, to exact counts by margin.

::

    margin [year, ref_area]     2025  KG-GB  411
                                2025  KG-C     3
                                2025  KG-Y     0      <- no incident: a zero may have to be withheld too

**One incident once**: rows that repeat an incident and rows that contradict one are left out (``twice``).

**What is not counted.** A row with a text that has no code in any dimension, without an id, or that the declaration
leaves out. How many is said by column; nothing of the rows is.

**Whole spans only.** A year of which three months have come is no year: it is counted when its last month is there.

Persons are counted distinct within each cell, so their months do not add up to years. The codings are those of
``coding``; not here: what becomes of the counts (``register``, the only caller).
"""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from data_contracts.vocabulary import TOTAL
from sources.dataset import Dataset
from sources.incidents.database import Incidents
from sources.incidents.declared import MONTHS, SPANS, month_of
from sources.incidents.hashes import EMPTY
from transforms.incidents.coding import LEFT_OUT, Coding, counting_of
from transforms.incidents.twice import find_twice
from transforms.normalize.queries import registered

_LENGTH = {"year": MONTHS, "quarter": 3, "month": 1}


class Counter:
    """Counts of one register; the rows are those of ``incidents``."""

    def __init__(self, incidents: Incidents, dataset: Dataset, codings: Sequence[Coding]) -> None:
        """Find the incidents that occur twice, and count by month and every dimension."""
        self.incidents, self.dataset, self.counting = incidents, dataset, counting_of(dataset)
        self.connection = incidents.connection
        self.codings = {coding.name: coding for coding in codings}
        self.twice = find_twice(incidents)
        self._count()

    # -- counting ----------------------------------------------------------------------------------------------------

    def _count(self) -> None:
        """Table ``base``: counts by file, month and every dimension; for persons the table ``counted``, a row a row."""
        codings = self.codings.values()
        numbers = ", ".join(f"{coding.number} AS {_named(coding.name)}" for coding in codings)
        coded = " ".join(coding.join for coding in codings)
        coded += " WHERE " + " AND ".join(
            f"{coding.number} IS NOT NULL AND {coding.number} <> {LEFT_OUT}" for coding in codings
        )
        if self.counting.persons:
            self._count_persons(numbers, coded)
        places = ", ".join(self.incidents.places)
        counted = f"""(SELECT _file, {places}, sum(n) AS n
          FROM (FROM groups UNION ALL SELECT _file, {places}, -1 FROM rejected) GROUP BY ALL HAVING sum(n) > 0)"""
        self.connection.execute(
            f"""CREATE OR REPLACE TABLE base AS SELECT {numbers}, sum(n)::BIGINT AS n, max(i._file) AS file
            FROM {counted} i {coded} GROUP BY ALL"""
        )
        first, last = self.connection.execute(
            "SELECT coalesce(min(time_period), 0), coalesce(max(time_period), -1) FROM base"
        ).fetchall()[0]
        since = self.counting.partitions and month_of(self.counting.partitions.since)
        self.first, self.last = since or first, last

    def _count_persons(self, numbers: str, coded: str) -> None:
        persons = ("person1", "person2")
        names = ", ".join(f"{_named(name)} INTEGER" for name in self.codings)
        self.connection.execute(f"CREATE OR REPLACE TABLE counted (file USMALLINT, {names}, person UHUGEINT)")
        person = f"if(person1 = {EMPTY}, NULL, person1::UHUGEINT * (1::UHUGEINT << 64) + person2)"
        for file, piece in self.incidents.pieces((*persons, *self.incidents.places)):
            with registered(self.connection, piece=piece):
                self.connection.execute(
                    f"""INSERT INTO counted SELECT {file}, {numbers}, {person} FROM piece i {coded}
                    AND i.r NOT IN (SELECT r FROM rejected)"""
                )

    def files_by_month(self) -> dict[int, set[int]]:
        """Months that each file holds."""
        found: dict[int, set[int]] = {}
        for file, month in self.connection.execute(
            "SELECT DISTINCT file, time_period FROM base ORDER BY ALL"
        ).fetchall():
            found.setdefault(file, set()).add(month)
        return found

    def margins(self) -> Iterator[tuple[str, pa.Table]]:
        """Name of a margin, and its cells as codes: one text column a concept, ``n``, and ``file``, the last file
        that gave to its month or year. Incidents first, then persons.

        Not the last that gave to the cell itself: of a withheld count that would say when the last was registered.
        """
        for margin in self.counting.margins:
            yield " x ".join(margin), self._cells(margin, "sum(n)", "base", "")
        persons = self.counting.persons
        for margin in self.counting.margins if persons else ():
            counts = "count(DISTINCT person)"
            yield (
                f"persons, {' x '.join(margin)}",
                self._cells(margin, counts, "counted", persons.indicator if persons else ""),
            )

    def _cells(self, margin: Sequence[str], counts: str, table: str, indicator: str) -> pa.Table:
        """One margin with its zeros; ``indicator``: instead of the incident's own."""
        span = next(name for name in margin if name in SPANS)
        length = _LENGTH[span]
        divided = [name for name in margin if name != span]
        own = [] if indicator else ["indicator"]
        names = [_named(name) for name in (*own, *divided)]
        keys = [f"time_period // {length} AS span", *names]
        kept = " AND ".join(f"{_named(name)} NOT IN {self._totals(name)}" for name in divided) or "true"
        grid = [f"(SELECT DISTINCT {key} FROM {table} WHERE {kept})" for key in keys]
        query = f"""
            WITH found AS (SELECT {", ".join(keys)}, {counts} AS n FROM {table}
              WHERE {kept} GROUP BY ALL),
            spans AS (SELECT time_period // {length} AS span, max(file) AS file FROM {table} GROUP BY ALL
              HAVING span * {length} >= {self.first} AND span * {length} + {length - 1} <= {self.last})
            SELECT {", ".join(["span", *names])}, coalesce(n, 0) AS n, file
            FROM {" CROSS JOIN ".join(grid)} g LEFT JOIN found f USING ({", ".join(["span", *names])})
            JOIN spans s USING (span) ORDER BY ALL"""
        return self._in_words(self.connection.sql(query).to_arrow_table(), span, (*own, *divided), indicator)

    def _totals(self, name: str) -> str:
        """Numbers of codes that are a total and so no part of it: a region that is not stated is the country."""
        codes = self.codings[name].codes
        found = [
            place
            for place, code in enumerate(codes)
            if code == TOTAL or (name == "ref_area" and len(code) == 2)
        ]
        return f"({', '.join(map(str, [-2, *found]))})"

    def _in_words(self, table: pa.Table, span: str, names: Sequence[str], indicator: str) -> pa.Table:
        """Codes instead of numbers."""
        columns: dict[str, Sequence[str]] = {
            "time_period": [_period(span, number) for number in table["span"].to_pylist()]
        }
        for name in names:
            codes = self.codings[name].codes
            columns[name] = [codes[number] for number in table[_named(name)].to_pylist()]
        if indicator:
            columns["indicator"] = [indicator] * table.num_rows
        if "ref_area" not in names:
            columns["ref_area"] = [self.dataset.country] * table.num_rows
        made = pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})
        return made.append_column("n", table["n"].cast(pa.int64())).append_column("file", table["file"])


def _named(name: str) -> str:
    """Name of a dimension's column: names of breakdowns are upper case and might be words of SQL."""
    return name if name == "time_period" else f"d_{name}"


def _period(span: str, number: int) -> str:
    """SDMX period: 2025, 2025-Q1, 2025-03."""
    if span == "year":
        return f"{number:04d}"
    parts = MONTHS // _LENGTH[span]
    year, part = divmod(number, parts)
    return f"{year:04d}-Q{part + 1}" if span == "quarter" else f"{year:04d}-{part + 1:02d}"
