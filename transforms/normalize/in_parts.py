"""One large file in parts: the same observations and refused rows as ``one_file`` gives, in bounded memory.

Steps that look at one row, or at one text, are done part by part. Four things are of the whole file:

- a column in which one cell says "тыс. человек" is refused in every part, and so is one that nothing reads and that
  divides the file (``dividing_columns``), and a file of several dataflows: all parts are looked through first;
- so are the periods, where a title names one year: a row of that year may be in another part;
- rows with equal keys may be in two parts: of each part's good rows a hash is kept, and parts with a hash that occurs
  twice are read again, with what was found;
- good rows lie on the disk (``sources.table_on_disk``); of a column that is the same in all rows of a part only the
  value is kept.

Not here: the steps themselves (``one_file``). Called by ``normalizer`` for more than ``ROWS`` cells.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from data_contracts.ahead import ahead
from sources.cells import VALUE
from sources.dataset import Dataset
from sources.table_on_disk import mapped
from transforms.normalize.contradictions.dividing_columns import look_through, looked_at
from transforms.normalize.contradictions.refused_by_text import scale_words, scaled_columns
from transforms.normalize.contradictions.several_dataflows import flow_columns
from transforms.normalize.contradictions.year_of_title import names_years, wrong_titles
from transforms.normalize.encoded_columns import CHUNK, EncodedColumn, Mask, arrow_table, slice_of
from transforms.normalize.file_cells import FileCells, OfAllParts, Unread, selected_rows
from transforms.normalize.inputs_and_results import FileFacts, Normalized
from transforms.normalize.keys import COMPARED, EqualKeys, Hashes, hashes_twice, judge_suspects
from transforms.normalize.lookups import LookUps
from transforms.normalize.one_file import ReadFile, Ways, divided, read_file, without_skipped

#: cells of a part
ROWS = 500_000
# A row of all parts is the number of its part and its place among the part's good rows.
_BITS = 32


class _Shared(NamedTuple):
    """Rows of a part that repeat or contradict another, by their place among its good rows; ``others``: the place in
    the file of those that are contradicted."""

    repeated: list[int]
    contradicting: list[int]
    others: list[str]


def normalize_in_parts(lookups: LookUps, cells: pa.Table, dataset: Dataset, facts: FileFacts) -> Normalized:
    """What ``normalize_file`` gives for all cells that the declaration asks for."""
    parts = _Parts(lookups, cells, dataset, facts)
    found, hashes = [], []
    for read in ahead(map(parts.read, range(parts.count))):
        one, own = parts.first(read)
        found.append(one)
        hashes.append(own)
    for number, shared in _shared_keys(lookups, found, hashes).items():
        found[number] = parts.again(number, shared)
    return Normalized(
        pa.concat_tables([one.good for one in found]),
        pa.concat_tables([one.refused for one in found]),
        rows=sum(one.rows for one in found),
        duplicates=sum(one.duplicates for one in found),
        may_divide=parts.known.unread.may_divide,
    )


class _Parts:
    """The parts of one file, each read once or twice."""

    def __init__(self, lookups: LookUps, cells: pa.Table, dataset: Dataset, facts: FileFacts) -> None:
        self.lookups, self.cells, self.dataset, self.facts = lookups, cells, dataset, facts
        self.count = max(1, -(-cells.num_rows // ROWS))
        # What is known of all parts so far, with which each of them is looked through for the next.
        self.known = OfAllParts({}, {}, Unread())
        titles = wrong_titles(self._periods()) if names_years(cells) else {}
        scaled = scaled_columns(self._kept_where_scaled())
        self.known = OfAllParts(scaled, titles, Unread())
        first = self._part(0)
        if looked_at(first) or any(flow_columns(first)):
            self.known = OfAllParts(scaled, titles, look_through(map(self._kept, range(self.count))))

    def read(self, number: int) -> ReadFile:
        """What the cells of a part say; in a thread of its own, while the part before is divided."""
        return read_file(self._part(number))

    def first(self, read: ReadFile) -> tuple[Normalized, Hashes]:
        """A part, its rows with equal keys among the good ones; and a hash of the key of each good row."""
        hashes: list[Hashes] = [np.zeros(0, np.uint64)]

        def later(_: LookUps, good: Mask, hashed: pa.Array, __: Mapping[str, Any]) -> EqualKeys:
            hashes.append(hashed.to_numpy()[good])
            none = np.zeros(len(good), np.bool_)
            return EqualKeys(none, none, pa.array([], pa.string()))

        return divided(read, Ways(later, _on_disk)), hashes[-1]

    def again(self, number: int, shared: _Shared) -> Normalized:
        """A part, with what was found of its rows with equal keys."""

        def known(_: LookUps, good: Mask, __: pa.Array, ___: Mapping[str, Any]) -> EqualKeys:
            rows = np.flatnonzero(good)
            repeated, contradicting = np.zeros((2, len(good)), np.bool_)
            repeated[rows[shared.repeated]] = True
            contradicting[rows[shared.contradicting]] = True
            return EqualKeys(repeated, contradicting, pa.array(shared.others, pa.string()))

        return divided(self.read(number), Ways(known, _on_disk))

    def _part(self, number: int) -> FileCells:
        cells = selected_rows(self.cells.slice(number * ROWS, ROWS), self.dataset)
        return FileCells(self.lookups, cells, self.dataset, self.facts, self.known)

    def _kept(self, number: int) -> FileCells:
        """A part without the rows that the declaration skips."""
        return without_skipped(self._part(number))[0]

    def _periods(self) -> Iterator[tuple[FileCells, EncodedColumn]]:
        """The parts without the rows that the declaration skips, each with its periods."""
        for file, _, period in map(without_skipped, map(self._part, range(self.count))):
            yield file, period.codes

    def _kept_where_scaled(self) -> Iterator[FileCells]:
        """The parts in which a cell says a scale, without the rows that the declaration skips."""
        if self.dataset.numbers.multiply is not None:
            return
        for number in range(self.count):
            if scale_words(self.cells[VALUE].slice(number * ROWS, ROWS)):
                yield self._kept(number)


def _on_disk(columns: Mapping[str, Any], schema: pa.Schema, wanted: Mask) -> pa.Table:
    """As ``encoded_columns.arrow_table``, but what differs from row to row is on the disk."""
    same = {name for name in schema.names if _is_same(columns[name])}
    once = arrow_table(columns, pa.schema([field for field in schema if field.name in same]), wanted)
    varied = pa.schema([field for field in schema if field.name not in same], schema.metadata)
    rest = mapped(varied, _pieces(columns, varied, wanted))
    both = [(once if name in same else rest)[name] for name in schema.names]
    return pa.Table.from_arrays(both, schema=schema)


def _pieces(columns: Mapping[str, Any], schema: pa.Schema, wanted: Mask) -> Iterator[pa.RecordBatch]:
    """The wanted rows, ``CHUNK`` of the part's rows at a time: memory is used again for the next ones."""
    for start in range(0, len(wanted), CHUNK):
        own = {name: slice_of(columns[name], start, CHUNK) for name in schema.names}
        yield from arrow_table(own, schema, wanted[start : start + CHUNK]).combine_chunks().to_batches()


def _is_same(column: Any) -> bool:
    return isinstance(column, EncodedColumn) and column.indices is None


def _shared_keys(
    lookups: LookUps, parts: Sequence[Normalized], hashes: Sequence[Hashes]
) -> dict[int, _Shared]:
    """For each part that has some, its rows whose keys occur twice in the file."""
    common = hashes_twice(hashes)
    if not len(common):
        return {}
    suspects = list[pa.Table]()
    places = dict[int, str]()
    for number, (part, own) in enumerate(zip(parts, hashes, strict=True)):
        at = np.flatnonzero(np.isin(own, common))
        taken = part.good.select([*COMPARED, "raw_locator"]).take(pa.array(at))
        rows = (number << _BITS) + at
        places.update(zip(rows.tolist(), taken["raw_locator"].to_pylist(), strict=True))
        suspects.append(taken.select(COMPARED).append_column("_row", pa.array(rows, pa.int64())))
    answer = judge_suspects(lookups, pa.concat_tables(suspects))
    found: dict[int, _Shared] = {}
    for row, versions, other in zip(
        *(answer[name].tolist() for name in ("_row", "versions", "other")), strict=True
    ):
        number, at = row >> _BITS, row & ((1 << _BITS) - 1)
        shared = found.setdefault(number, _Shared([], [], []))
        if versions > 1:
            shared.contradicting.append(at)
            shared.others.append(places[other])
        else:
            shared.repeated.append(at)
    return found
