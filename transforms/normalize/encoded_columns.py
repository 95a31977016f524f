"""Dictionary-encoded columns: the distinct values once, and for each row an index into them.

The same thing as Arrow's ``DictionaryArray`` and pandas' ``Categorical``, with two differences: the dictionary may
hold any Python object (a code, a refusal, the four parts of a period), and a column that is the same in every row
needs no indices. What the values mean is not known here; the package's opening page has a worked example.

    sex = encode(cells["Sex"])           # EncodedColumn(["Women", "Men"], [0, 1, 0, 0])
    sex.recoded({"Women": "F"}.get)      # EncodedColumn(["F", None], [0, 1, 0, 0])
    constant("KZ")                       # EncodedColumn(["KZ"], None)

Called by every step that reads a column.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

# Rows of one chunk of a table: DuckDB's row group, so that its threads share the work evenly.
CHUNK = 122_880
# Up to this many possible pairs, marking them in a table is faster than sorting the rows.
_MOST_MARKED_PAIRS = 1 << 24

Indices = npt.NDArray[np.int32]
RowNumbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class EncodedColumn(NamedTuple):
    """A column: row ``r`` holds ``dictionary[indices[r]]``; without indices every row holds ``dictionary[0]``.

    Two entries of the dictionary may be equal (two spellings of one area): never compare indices for equality of
    values.
    """

    dictionary: Sequence[Any]
    indices: Indices | None = None

    def recoded(self, read: Callable[[Any], Any]) -> "EncodedColumn":
        """Each value replaced by what ``read`` makes of it; called once per entry of the dictionary."""
        return EncodedColumn([read(value) for value in self.dictionary], self.indices)

    def used(self) -> list[int]:
        """Indices that occur in some row."""
        if self.indices is None:
            return [0]
        return np.flatnonzero(np.bincount(self.indices, minlength=len(self.dictionary))).tolist()

    def spread(self, by_entry: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
        """``by_entry`` has something for each entry of the dictionary: that of each row's entry."""
        return by_entry[self.indices] if self.indices is not None else np.repeat(by_entry[:1], rows)

    def where(self, holds: Callable[[Any], bool], rows: int) -> Mask:
        """For each row whether its value meets a condition."""
        return self.spread(np.array([holds(value) for value in self.dictionary], np.bool_), rows)

    def rows(self, chosen: RowNumbers) -> "EncodedColumn":
        """The column of some rows."""
        return self if self.indices is None else EncodedColumn(self.dictionary, self.indices[chosen])

    def to_arrow(self, kind: pa.DataType, rows: int) -> pa.DictionaryArray:
        """As DuckDB takes it, still encoded."""
        indices = np.zeros(rows, np.int32) if self.indices is None else self.indices
        return pa.DictionaryArray.from_arrays(indices, pa.array(self.dictionary, kind))


# -- making ------------------------------------------------------------------------------------------------------


def constant(value: Any) -> EncodedColumn:
    """The same value in every row."""
    return EncodedColumn([value])


def encode(column: pa.ChunkedArray) -> EncodedColumn:
    """An Arrow column of texts; null is an entry of the dictionary like any other."""
    chunks = column.dictionary_encode(null_encoding="encode").chunks
    if not chunks:
        return EncodedColumn([], np.zeros(0, np.int32))
    indices = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    return EncodedColumn(chunks[-1].dictionary.to_pylist(), indices.astype(np.int32, copy=False))


# -- combining ---------------------------------------------------------------------------------------------------


def first_that_says(
    columns: Sequence[EncodedColumn], says: Callable[[Any], bool], otherwise: Any
) -> EncodedColumn:
    """For each row the value of the first column that says something there; pandas: ``a.fillna(b).fillna(c)``."""
    values, indices = [otherwise], np.zeros((), np.int32)
    # From the last to the first, each writing over the one before where it says something.
    for column in reversed(columns):
        own = [len(values) + n if says(value) else -1 for n, value in enumerate(column.dictionary)]
        mine = np.array(own, np.int32)[0 if column.indices is None else column.indices]
        indices = np.where(mine < 0, indices, mine)
        values.extend(column.dictionary)
    return EncodedColumn(values, indices) if indices.ndim else constant(values[int(indices)])


def either(choice: Mask, yes: EncodedColumn, no: EncodedColumn) -> EncodedColumn:
    """One column's values in the chosen rows, the other's elsewhere; pandas: ``yes.where(choice, no)``."""
    if not choice.any():
        return no
    first, second = (0 if column.indices is None else column.indices for column in (yes, no))
    indices = np.where(choice, first, np.add(second, len(yes.dictionary)))
    return EncodedColumn([*yes.dictionary, *no.dictionary], indices.astype(np.int32))


def placed(rows: RowNumbers, column: EncodedColumn, around: EncodedColumn, count: int) -> EncodedColumn:
    """A column of some rows set among all ``count`` rows, with the values of ``around`` elsewhere."""
    if not any(column.dictionary):
        return around
    if len(rows) == count:
        return column
    indices = np.array(np.broadcast_to(0 if around.indices is None else around.indices, count), np.int32)
    indices[rows] = (0 if column.indices is None else column.indices) + len(around.dictionary)
    return EncodedColumn([*around.dictionary, *column.dictionary], indices)


def crossed(one: EncodedColumn, other: EncodedColumn, join: Callable[[Any, Any], Any]) -> EncodedColumn:
    """One column of two: ``join`` is called once for each pair of values that occurs together."""
    if one.indices is None:
        return other.recoded(lambda value: join(one.dictionary[0], value))
    if other.indices is None:
        return one.recoded(lambda value: join(value, other.dictionary[0]))
    wide = len(other.dictionary)
    pairs = one.indices.astype(np.int64) * wide + other.indices
    if len(one.dictionary) * wide <= _MOST_MARKED_PAIRS:
        seen = np.zeros(len(one.dictionary) * wide, np.bool_)
        seen[pairs] = True
        found, indices = np.flatnonzero(seen), (np.cumsum(seen) - 1)[pairs]
    else:
        found, indices = np.unique(pairs, return_inverse=True)
    values = [join(one.dictionary[pair // wide], other.dictionary[pair % wide]) for pair in found.tolist()]
    return EncodedColumn(values, indices.astype(np.int32))


# -- writing out -------------------------------------------------------------------------------------------------


def arrow_table(columns: Mapping[str, Any], schema: pa.Schema, wanted: Mask) -> pa.Table:
    """Table of the wanted rows by a schema; ``columns`` are encoded or Arrow columns."""
    rows = None if wanted.all() else np.flatnonzero(wanted)
    count = len(wanted) if rows is None else len(rows)
    mask = pa.array(wanted)

    def build(name: str) -> Any:
        column = columns[name]
        if isinstance(column, EncodedColumn):
            return written_out(column, schema.field(name).type, rows, count)
        return column if rows is None else column.filter(mask)

    return pa.Table.from_arrays([build(name) for name in schema.names], schema=schema)


def chosen_rows(column: Any, kind: pa.DataType, rows: RowNumbers) -> Any:
    """Some rows of an encoded or Arrow column, as Arrow."""
    if isinstance(column, EncodedColumn):
        return written_out(column, kind, rows, len(rows))
    return column.take(pa.array(rows))


def slice_of(column: Any, start: int, count: int) -> Any:
    """Rows that follow one another, of an encoded or Arrow column; nothing is copied."""
    if not isinstance(column, EncodedColumn):
        return column.slice(start, count)
    indices = None if column.indices is None else column.indices[start : start + count]
    return EncodedColumn(column.dictionary, indices)


def written_out(
    column: EncodedColumn, kind: pa.DataType, rows: RowNumbers | None, count: int
) -> pa.ChunkedArray:
    """Arrow column of some rows (all where ``rows`` is None) with the values in place of the indices."""
    values = pa.array(column.dictionary, kind)
    starts = range(0, count, CHUNK)
    if column.indices is None:
        # One chunk serves all: a checksum in five million rows takes the memory of a few.
        whole = pa.repeat(values[0], min(count, CHUNK))
        return pa.chunked_array([whole.slice(0, min(CHUNK, count - start)) for start in starts], kind)
    indices = column.indices if rows is None else column.indices[rows]
    return pa.chunked_array([values.take(pa.array(indices[start : start + CHUNK])) for start in starts], kind)
