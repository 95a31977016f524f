"""Columns as small numbers into a short list of distinct values."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

CHUNK = 122_880

Ids = npt.NDArray[np.int32]
RowNumbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


# -- columns as numbers into a short list -----------------------------------------------------------------------


class EncodedColumn(NamedTuple):
    """A column: for each row the place of its value in ``values``; without ``ids`` the first stands in every row."""

    values: Sequence[Any]
    ids: Ids | None = None

    def recoded(self, read: Callable[[Any], Any]) -> "EncodedColumn":
        """The same rows, other values."""
        return EncodedColumn([read(value) for value in self.values], self.ids)

    def used(self) -> list[int]:
        """Places of the values that occur."""
        if self.ids is None:
            return [0]
        return [int(i) for i in np.flatnonzero(np.bincount(self.ids, minlength=len(self.values)))]

    def spread(self, by_value: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
        """What belongs to each value, for each row."""
        return by_value[self.ids] if self.ids is not None else np.repeat(by_value[:1], rows)

    def dictionary(self, kind: pa.DataType, rows: int) -> pa.Array:
        """As DuckDB takes it: the values once, and their places."""
        ids = np.zeros(rows, np.int32) if self.ids is None else self.ids
        return pa.DictionaryArray.from_arrays(ids, pa.array(self.values, kind))


def constant(value: Any) -> EncodedColumn:
    """The same value in every row."""
    return EncodedColumn([value])


def encode(column: pa.ChunkedArray) -> EncodedColumn:
    """The distinct texts of a column and which of them stands where."""
    chunks = column.dictionary_encode(null_encoding="encode").chunks
    if not chunks:
        return EncodedColumn([], np.zeros(0, np.int32))
    ids = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    return EncodedColumn(chunks[-1].dictionary.to_pylist(), ids.astype(np.int32, copy=False))


def first_that_says(
    parts: Sequence[EncodedColumn], says: Callable[[Any], bool], otherwise: Any
) -> EncodedColumn:
    """For each row the value of the first part that says something."""
    values, ids = [otherwise], np.zeros((), np.int32)
    for part in reversed(parts):
        places = [len(values) + place if says(value) else -1 for place, value in enumerate(part.values)]
        mine = np.array(places, np.int32)[0 if part.ids is None else part.ids]
        ids = np.where(mine < 0, ids, mine)
        values.extend(part.values)
    return EncodedColumn(values, ids) if ids.ndim else constant(values[int(ids)])


def crossed(one: EncodedColumn, other: EncodedColumn, join: Callable[[Any, Any], Any]) -> EncodedColumn:
    """One column of two: a value for each combination that occurs."""
    if one.ids is None:
        return other.recoded(lambda value: join(one.values[0], value))
    if other.ids is None:
        return one.recoded(lambda value: join(value, other.values[0]))
    wide = len(other.values)
    codes = one.ids.astype(np.int64) * wide + other.ids
    if len(one.values) * wide <= 1 << 24:
        seen = np.zeros(len(one.values) * wide, np.bool_)
        seen[codes] = True
        found, ids = np.flatnonzero(seen), (np.cumsum(seen) - 1)[codes]
    else:
        found, ids = np.unique(codes, return_inverse=True)
    values = [join(one.values[code // wide], other.values[code % wide]) for code in found.tolist()]
    return EncodedColumn(values, ids.astype(np.int32))


def either(choice: Mask, yes: EncodedColumn, no: EncodedColumn) -> EncodedColumn:
    """One column's values in the chosen rows, the other's elsewhere."""
    if not choice.any():
        return no
    first, second = (0 if column.ids is None else column.ids for column in (yes, no))
    ids = np.where(choice, first, np.add(second, len(yes.values)))
    return EncodedColumn([*yes.values, *no.values], ids.astype(np.int32))


def arrow_table(columns: Mapping[str, Any], schema: pa.Schema, wanted: Mask) -> pa.Table:
    """Arrow table of the wanted rows by a schema."""
    rows = None if wanted.all() else np.flatnonzero(wanted)
    mask = pa.array(wanted)

    def build(name: str) -> Any:
        column = columns[name]
        if isinstance(column, EncodedColumn):
            return written_out(
                column, schema.field(name).type, rows, len(wanted) if rows is None else len(rows)
            )
        return column if rows is None else column.filter(mask)

    if len(wanted) < CHUNK:
        return pa.Table.from_arrays([build(name) for name in schema.names], schema=schema)
    # Arrow works outside Python's lock.
    with ThreadPoolExecutor() as pool:
        return pa.Table.from_arrays(list(pool.map(build, schema.names)), schema=schema)


def chosen_rows(column: Any, kind: pa.DataType, rows: RowNumbers) -> Any:
    """Some rows of a column."""
    return (
        written_out(column, kind, rows, len(rows))
        if isinstance(column, EncodedColumn)
        else column.take(pa.array(rows))
    )


def written_out(
    column: EncodedColumn, kind: pa.DataType, rows: RowNumbers | None, count: int
) -> pa.ChunkedArray:
    """Some rows (all without a choice) with their values written out."""
    values = pa.array(column.values, kind)
    starts = range(0, count, CHUNK)
    if column.ids is None:
        # One chunk serves all: a checksum in five million rows takes the memory of a few.
        whole = pa.repeat(values[0], min(count, CHUNK))
        return pa.chunked_array([whole.slice(0, min(CHUNK, count - start)) for start in starts], kind)
    ids = column.ids if rows is None else column.ids[rows]
    return pa.chunked_array([values.take(pa.array(ids[start : start + CHUNK])) for start in starts], kind)
