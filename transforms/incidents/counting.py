"""The rows of a register, each incident once, to exact counts by margin.

::

    margin [year, ref_area]     2025  KG-GB  411
                                2025  KG-C     3
                                2025  KG-Y     0      <- no incident: a zero may have to be withheld too

**One incident once.** The same id twice with the same texts is one incident; with others, nobody knows which is right
and none of its rows is counted. Ids are compared over all files by a hash of 64 bits first, in bounded memory; the few
rows whose hash occurs twice are then compared by another 64 bits and by the hash of what is read of them.

**What is not counted.** A row with a text that has no code in any dimension, without an id, or that the declaration
leaves out. How many is said by column; nothing of the rows is.

**Whole spans only.** A year of which three months have come is no year: it is counted when its last month is there.

Persons are counted distinct within each cell, so their months do not add up to years. The codings are those of
``coding``; not here: what becomes of the counts (``register``, the only caller).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from data_contracts.vocabulary import TOTAL
from sources.dataset import Dataset
from sources.incidents.database import Incidents
from sources.incidents.declared import MONTHS, SPANS, month_of
from transforms.incidents.coding import LEFT_OUT, Coding
from transforms.normalize.queries import registered

# Hashes that are sorted at once: 64 MB.
_SORTED = 8_000_000
_HASHES = 1 << 64
_LENGTH = {"year": MONTHS, "quarter": 3, "month": 1}


class Twice(NamedTuple):
    """Rows that repeat an incident, and rows that contradict another one of the same incident."""

    repeated: int
    contradicting: int


class Counter:
    """Counts of one register; the rows are those of ``incidents``."""

    def __init__(self, incidents: Incidents, dataset: Dataset, codings: Sequence[Coding]) -> None:
        """Find the incidents that occur twice, and count by month and every dimension."""
        if dataset.counting is None:
            raise ValueError(f"{dataset.id} is no register")
        self.incidents, self.dataset, self.counting = incidents, dataset, dataset.counting
        self.connection = incidents.connection
        self.codings = {coding.name: coding for coding in codings}
        self.twice = self._find_twice()
        self._count()

    # -- each incident once ------------------------------------------------------------------------------------------

    def _find_twice(self) -> Twice:
        """Table ``rejected``: the rows that do not count because their incident counts already, or contradicts."""
        with registered(self.connection, found=pa.table({"h": self._hashes_twice()})):
            self.connection.execute(
                """CREATE OR REPLACE TABLE rejected AS
                WITH suspects AS (SELECT rowid AS r, id1, id2, content FROM incidents
                  WHERE id1 IN (SELECT h FROM found)),
                shared AS (SELECT id1, id2, count(DISTINCT content) AS versions, min(r) AS first
                  FROM suspects GROUP BY id1, id2 HAVING count(*) > 1)
                SELECT r, versions > 1 AS contradicting FROM suspects JOIN shared USING (id1, id2)
                WHERE versions > 1 OR r <> first"""
            )
        found = dict(
            self.connection.execute("SELECT contradicting, count(*) FROM rejected GROUP BY 1").fetchall()
        )
        return Twice(found.get(False, 0), found.get(True, 0))

    def _hashes_twice(self) -> pa.Array:
        """Hashes of ids that occur more than once: sorted part by part, since sorting takes a tenth of grouping."""
        (rows,) = self.connection.execute("SELECT count(*) FROM incidents").fetchall()[0]
        parts = 1 << (rows // _SORTED).bit_length()
        length, found = _HASHES // parts, []
        for part in range(parts):
            first, last = (f"{hashed}::UBIGINT" for hashed in (part * length, (part + 1) * length - 1))
            query = f"SELECT id1 FROM incidents WHERE id1 BETWEEN {first} AND {last}"
            hashes = np.asarray(self.connection.execute(query).fetchnumpy()["id1"])
            hashes.sort()
            found.append(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
        return pa.array(np.concatenate(found), pa.uint64())

    # -- counting ----------------------------------------------------------------------------------------------------

    def _count(self) -> None:
        """Table ``base``: counts by file, month and every dimension; for persons the table ``counted``, a row a row.

        Rows are grouped by their texts first, so that few texts have to be decoded.
        """
        read = [self.incidents.place(name) for name in self.incidents.roles.read]
        is_counted = ["id1 IS NOT NULL"]
        if self.twice != (0, 0):
            is_counted.append("i.rowid NOT IN (SELECT r FROM rejected)")
        rows = f"FROM incidents i WHERE {' AND '.join(is_counted)}"
        grouped = f"(SELECT {', '.join(['_file', *read])}, count(*) AS n {rows} GROUP BY ALL)"
        numbers = [f"{coding.number} AS {_named(coding.name)}" for coding in self.codings.values()]
        coded = " ".join(coding.join for coding in self.codings.values())
        coded += " WHERE " + " AND ".join(
            f"{coding.number} IS NOT NULL AND {coding.number} <> {LEFT_OUT}"
            for coding in self.codings.values()
        )
        if self.counting.persons:
            self.connection.execute(
                f"""CREATE OR REPLACE TABLE counted AS SELECT i._file AS file, {", ".join(numbers)}, person
                FROM (SELECT i.* {rows}) i {coded}"""
            )
        self.connection.execute(
            f"""CREATE OR REPLACE TABLE base AS SELECT {", ".join(numbers)}, sum(n) AS n, max(i._file) AS file
            FROM {grouped} i {coded} GROUP BY ALL"""
        )
        first, last = self.connection.execute(
            "SELECT coalesce(min(time_period), 0), coalesce(max(time_period), -1) FROM base"
        ).fetchall()[0]
        since = self.counting.partitions and month_of(self.counting.partitions.since)
        self.first, self.last = since or first, last

    def without(self, what: str) -> int:
        """Rows without an id (``id1``) or without a person (``person``)."""
        query = f"SELECT count(*) FROM incidents WHERE {what} IS NULL"
        return int(self.connection.execute(query).fetchall()[0][0])

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
        that gave to it. Incidents first, then persons."""
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
            WITH found AS (SELECT {", ".join(keys)}, {counts} AS n, max(file) AS file FROM {table}
              WHERE {kept} GROUP BY ALL),
            spans AS (SELECT time_period // {length} AS span, max(file) AS file FROM {table} GROUP BY ALL
              HAVING span * {length} >= {self.first} AND span * {length} + {length - 1} <= {self.last})
            SELECT {", ".join(["span", *names])}, coalesce(n, 0) AS n, coalesce(f.file, s.file) AS file
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
