"""The rows of a table in the order of some columns, a row group at a time, without a sorted copy of the table.

::

    write_table(in_order(observations, ("indicator", "ref_area")), path)

Only the places of the rows are sorted: 8 bytes each. The rows of a row group are then taken from wherever they lie, in
memory or in a mapped file. A sorting query would carry every column through the sort, and write to the disk what does
not fit in memory. In pandas::

    places = df.sort_values(order).index
    for first in range(0, len(places), ROW_GROUP):
        yield df.loc[places[first : first + ROW_GROUP]]

Not here: rows that have an order already (``replace_rows``), writing (``arrow``). Called where a dataset's observations
are staged.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import ROW_GROUP

Places = npt.NDArray[np.int64]


def in_order(table: pa.Table, order: Sequence[str]) -> pa.RecordBatchReader:
    """The rows by ``order``, texts by their bytes and missing values last; equal ones as they came."""
    return pa.RecordBatchReader.from_batches(table.schema, _groups(table, order))


def _groups(table: pa.Table, order: Sequence[str]) -> Iterator[pa.RecordBatch]:
    places = pc.sort_indices(table.select(order), sort_keys=[(name, "ascending") for name in order])
    pieces = table.to_batches()
    for first in range(0, table.num_rows, ROW_GROUP):
        yield _taken(pieces, places.slice(first, ROW_GROUP).to_numpy().astype(np.int64))


def _taken(pieces: Sequence[pa.RecordBatch], places: Places) -> pa.RecordBatch:
    """The rows at some places of a table that lies in several pieces.

    ``take`` of the whole table would copy all of it each time: so each piece gives its rows in the order in which they
    lie there, and these are then put in the order of ``places``.
    """
    lying = np.argsort(places)
    starts = np.cumsum([0, *(piece.num_rows for piece in pieces)])
    edges = np.searchsorted(places[lying], starts)
    own = [
        places[lying[first:end]] - start for first, end, start in zip(edges, edges[1:], starts, strict=False)
    ]
    found = [piece.take(pa.array(rows)) for piece, rows in zip(pieces, own, strict=True) if len(rows)]
    back = np.empty_like(lying)
    back[lying] = np.arange(len(lying))
    (taken,) = pa.Table.from_batches(found).combine_chunks().take(pa.array(back)).to_batches()
    return taken
