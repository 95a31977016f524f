"""A sorted table in which some rows are replaced by others: the rest is copied as it lies there, and nothing is sorted.

::

    replaced(scan_table(path), order, [17], rows)      without row 17, with ``rows`` at their places in the order

Not here: which rows are replaced (``transforms.derive``). Called where a table of the last release is carried on.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.arrow import ROW_GROUP, Rows


def replaced(
    table: Rows, order: Sequence[str], removed: Sequence[int], added: pa.Table
) -> pa.RecordBatchReader:
    """The rows of a table but those of the numbers ``removed``, with the rows ``added``, in the order of some columns.

    ``table`` has that order, which is total, and ``added`` has it too; no column of it has a missing value.
    """
    schema = table.schema
    added = added.select(schema.names).cast(schema)
    places = _places(_columns(table, order), added.select(order))
    # Where the rows are cut: before which row how many of the added ones stand, and which rows are left out.
    cuts = sorted([(place, 1) for place in places] + [(number, 0) for number in removed])
    parts = _merged(table, cuts, added)
    batches = (batch for part in parts for batch in pa.concat_tables(part).combine_chunks().to_batches())
    return pa.RecordBatchReader.from_batches(schema, batches)


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


def _merged(table: Rows, cuts: Sequence[tuple[int, int]], added: pa.Table) -> Iterator[list[pa.Table]]:
    """The new table a row group of the old one at a time, in pieces.

    ``cuts``: before a row stands one of ``added`` (1), or the row is left out (0). Both may be of one row.
    """
    first, taken, waiting = 0, 0, list(reversed(cuts))
    for part in _parts(table):
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


def _parts(table: Rows) -> Iterator[pa.Table]:
    """The rows a row group at a time."""
    if isinstance(table, pa.Table):
        yield from (table.slice(begin, ROW_GROUP) for begin in range(0, table.num_rows, ROW_GROUP))
        return
    for path in table.files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(ROW_GROUP):
                yield pa.Table.from_batches([batch])
