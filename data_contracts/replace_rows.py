"""A sorted table in which some rows are replaced by others: the rest is copied as it lies there, and nothing is sorted.

::

    replaced(scan_table(path), order, [17], rows)      without row 17, with ``rows`` at their places in the order
    write_replaced(…, sink, schema)                    the file, of whose row groups only those with other rows are made

Not here: which rows are replaced (``transforms.derive``), copying row groups (``row_groups``). Called where a table of
the last release is carried on, and where it is written.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import row_groups
from data_contracts.arrow import ROW_GROUP, Rows, Stream, write_table
from data_contracts.rows import count_rows


@dataclass(frozen=True)
class Replaced:
    """The rows of a table but for some, and with others at their places in its order."""

    #: the rows as they were, sorted
    table: Rows
    #: in order: before which row one of ``added`` stands (1), or which row is left out (0); both may be of one row
    cuts: Sequence[tuple[int, int]]
    #: the new rows, in the order of the table and with its schema
    added: pa.Table

    @property
    def schema(self) -> pa.Schema:
        """That of both."""
        return self.table.schema

    def reader(self, without: Collection[int] = ()) -> pa.RecordBatchReader:
        """The rows; ``without`` row groups of the table, by their numbers, in which nothing is cut."""
        parts = _merged(self.table, self.cuts, self.added, without)
        batches = (batch for part in parts for batch in pa.concat_tables(part).combine_chunks().to_batches())
        return pa.RecordBatchReader.from_batches(self.schema, batches)

    def kept(self, sizes: Sequence[int]) -> list[int]:
        """Numbers of the row groups, of these sizes, that are row groups of the new table too, at the same number."""
        found, shift, first = list[int](), 0, 0
        waiting = list(reversed(self.cuts))
        for number, size in enumerate(sizes):
            end = first + size
            # What is added after the last row makes a row group that is not full a larger one.
            reach = end if size == ROW_GROUP else end + 1
            mine = []
            while waiting and waiting[-1][0] < reach:
                mine.append(waiting.pop())
            if not mine and not shift:
                found.append(number)
            shift += sum(1 if comes else -1 for _, comes in mine)
            first = end
        return found


# What a table is written of.
Made: TypeAlias = "Stream | Replaced"


def replaced(table: Rows, order: Sequence[str], removed: Sequence[int], added: pa.Table) -> Replaced:
    """The rows of a table but those of the numbers ``removed``, with the rows ``added``, in the order of some columns.

    ``table`` has that order, which is total, and ``added`` has it too; no column of it has a missing value.
    """
    added = added.select(table.schema.names).cast(table.schema)
    places = _places(_columns(table, order), added.select(order))
    # Where the rows are cut: before which row how many of the added ones stand, and which rows are left out.
    cuts = sorted([(place, 1) for place in places] + [(number, 0) for number in removed])
    return Replaced(table, cuts, added)


def appended(table: Rows, added: pa.Table) -> Replaced:
    """The rows of a table, then others."""
    return Replaced(table, [(count_rows(table), 1)] * added.num_rows, added.cast(table.schema))


def write_replaced(rows: Replaced, sink: BinaryIO, schema: pa.Schema) -> int:
    """As ``write_table`` writes them, byte for byte; gives how many rows these are.

    Row groups of the table's file that stay where they are, with all their rows, are copied as they lie there.
    """
    alike = not isinstance(rows.table, pa.Table) and rows.schema.equals(schema, check_metadata=True)
    if alike and len(rows.table.files) == 1:
        with Path(rows.table.files[0]).open("rb") as file, suppress(row_groups.UnknownFooterError):
            return _carried(rows, row_groups.read_footer(file), sink, schema)
    return write_table(rows.reader(), sink, schema)


def _carried(rows: Replaced, before: row_groups.File, sink: BinaryIO, schema: pa.Schema) -> int:
    """The same where row groups can be carried; otherwise UnknownFooterError, and nothing is written."""
    if any(size != ROW_GROUP for size in before.rows[:-1]):
        raise row_groups.UnknownFooterError("the row groups have other sizes")
    kept = rows.kept(before.rows)
    with BytesIO() as others:
        count = write_table(rows.reader(without=kept), others, schema)
        made = row_groups.read_footer(others)
        total = len(kept) + (len(made.groups) if count else 0)
        if not total:
            raise row_groups.UnknownFooterError("no rows are left")
        fresh = iter(range(len(made.groups)))
        groups = [(0, number) if number in kept else (1, next(fresh)) for number in range(total)]
        row_groups.write_groups(sink, [before, made], groups)
    return count + sum(before.rows[number] for number in kept)


def _columns(table: Rows, names: Sequence[str]) -> pa.Table:
    """Some columns of all rows."""
    if isinstance(table, pa.Table):
        return table.select(names)
    return pa.concat_tables([_read(path, names) for path in table.files])


def _read(path: str, names: Sequence[str]) -> pa.Table:
    with pq.ParquetFile(Path(path)) as file:
        return file.read(list(names)).select(names)


def _places(columns: pa.Table, added: pa.Table) -> list[int]:
    """For each added row, how many rows of the table are before it."""
    rows = _Keys(columns.combine_chunks())
    return [bisect_left(rows, key) for key in zip(*(c.to_pylist() for c in added.columns), strict=True)]


class _Keys(Sequence[Any]):
    """The rows of a table as tuples, made where one is asked for."""

    def __init__(self, table: pa.Table) -> None:
        self._columns = [column.chunk(0) if column.num_chunks else [] for column in table.columns]
        self._count = int(table.num_rows)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: Any) -> Any:
        return tuple(column[number].as_py() for column in self._columns)


def _merged(
    table: Rows, cuts: Sequence[tuple[int, int]], added: pa.Table, without: Collection[int]
) -> Iterator[list[pa.Table]]:
    """The new table a row group of the old one at a time, in pieces; for ``cuts`` see :class:`Replaced`."""
    first, taken, waiting = 0, 0, list(reversed(cuts))
    for part in _parts(table, without):
        if isinstance(part, int):
            first += part
            continue
        pieces, begun, end = list[pa.Table](), first, first + part.num_rows
        while waiting and waiting[-1][0] < end:
            number, comes = waiting.pop()
            if number > begun:
                pieces.append(part.slice(begun - first, number - begun))
                begun = number
            if comes:
                pieces.append(added.slice(taken, 1))
                taken += 1
            else:
                begun = number + 1
        yield [*pieces, part.slice(begun - first)]
        first = end
    yield [added.slice(taken)]


def _parts(table: Rows, without: Collection[int]) -> Iterator[pa.Table | int]:
    """The rows a row group at a time; of those that are left out, how many rows they have."""
    if isinstance(table, pa.Table):
        yield from (table.slice(begin, ROW_GROUP) for begin in range(0, table.num_rows, ROW_GROUP))
        return
    for path in table.files:
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                left_out = number in without
                yield file.metadata.row_group(number).num_rows if left_out else file.read_row_group(number)
