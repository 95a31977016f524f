"""The rows of a table in the order of some columns, a part at a time, without a sorted copy of the table.

::

    write_table(in_order(observations, ("indicator", "ref_area")), path)

Rows are first told apart by the leading columns of the order, by as many as divide them into small parts; of all rows
only the places are kept for that, 8 bytes each. Each part is then taken from wherever its rows lie, in memory or in a
mapped file, and sorted by all columns while the part before is written. A sorting query would carry every column
through the sort, and write to the disk what does not fit in memory. In pandas::

    part = df.groupby(["indicator", "ref_area"]).ngroup()      # 0, 1, 2 … in the order of the columns
    for _, rows in df.groupby(part):
        yield rows.sort_values(order)

Not here: rows that have an order already (``replace_rows``), writing (``arrow``). Called where a dataset's observations
are staged.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.ahead import ahead
from data_contracts.arrow import ROW_GROUP

Places = npt.NDArray[np.int64]


def in_order(table: pa.Table, order: Sequence[str]) -> pa.RecordBatchReader:
    """The rows by ``order``, texts by their bytes and missing values last; equal ones as they came."""
    parts = _sorted_parts(table, order)
    if table.num_rows > ROW_GROUP:
        parts = ahead(parts)
    return pa.RecordBatchReader.from_batches(table.schema, parts)


def _sorted_parts(table: pa.Table, order: Sequence[str]) -> Iterator[pa.RecordBatch]:
    keys = [(name, "ascending") for name in order]
    pieces = table.to_batches()
    for places in _parts(table, order):
        rows = _taken(pieces, places)
        yield rows.take(pc.sort_indices(rows, sort_keys=keys))


# -- which rows are in which part ----------------------------------------------------------------------------------


class _Ranks(NamedTuple):
    """A number for each row, equal for equal values and in their order; ``sizes``: how many rows have each."""

    numbers: npt.NDArray[np.int64]
    sizes: Places


def _parts(table: pa.Table, order: Sequence[str]) -> Iterator[Places]:
    """Places of the rows of each part, as they lie: fewer than two row groups, unless that many are equal."""
    if table.num_rows <= ROW_GROUP:
        if table.num_rows:
            yield np.arange(table.num_rows)
        return
    columns = iter(order)
    ranks = _ranks(table[next(columns)])
    while ranks.sizes.max() > ROW_GROUP and (name := next(columns, None)):
        more = _ranks(table[name])
        ranks = _ranks(pa.chunked_array([pa.array(ranks.numbers * len(more.sizes) + more.numbers)]))
    ends = np.cumsum(ranks.sizes)
    part = (ends - ranks.sizes) // ROW_GROUP
    # Numbers of one or two bytes are sorted by counting.
    places = np.argsort(part.astype(np.min_scalar_type(part[-1]))[ranks.numbers], kind="stable")
    yield from np.split(places, ends[:-1][np.diff(part) > 0])


def _ranks(column: pa.ChunkedArray) -> _Ranks:
    encoded = column.dictionary_encode(null_encoding="encode").chunks
    values = encoded[-1].dictionary
    ranks = np.empty(len(values), np.int64)
    ranks[pc.sort_indices(values).to_numpy()] = np.arange(len(values))
    numbers = np.concatenate([ranks[chunk.indices.to_numpy()] for chunk in encoded])
    return _Ranks(numbers, np.bincount(numbers, minlength=len(values)))


# -- taking them ---------------------------------------------------------------------------------------------------


def _taken(pieces: Sequence[pa.RecordBatch], places: Places) -> pa.RecordBatch:
    """The rows at some places, in their order, of a table that lies in several pieces.

    ``take`` of the whole table would copy all of it each time: so each piece gives its own.
    """
    starts = np.cumsum([0, *(piece.num_rows for piece in pieces)])
    edges = np.searchsorted(places, starts)
    found = [
        piece.take(pa.array(places[first:end] - start))
        for piece, start, first, end in zip(pieces, starts[:-1], edges[:-1], edges[1:], strict=True)
        if end > first
    ]
    (taken,) = pa.Table.from_batches(found).combine_chunks().to_batches()
    return taken
