"""The rows of one file of a register, whatever its format, read in the process that has limits of memory and time.

::

    rows = read_rows(path, options, needed, known)
    rows.names                      # the header, checked
    for batch in rows.batches: ...  # one column a name; an empty cell is ""

What ends that process, or takes its memory or its time, refuses the file. No error here holds text of a file.

Not here: the formats (``formats``, which that process calls), which columns a file may have (``columns``), keeping the
rows (``database``, the only caller).
"""

from collections.abc import Collection, Generator, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from data_contracts.ahead import ahead
from sources import isolated
from sources.cells import DiscreetError, Options, ReadError
from sources.incidents import columns


class Rows(NamedTuple):
    """One file: its header, and its rows."""

    #: the header, checked
    names: tuple[str, ...]
    #: columns ``c0, c1 …`` in the order of the header; an empty cell is ""
    batches: Generator[pa.RecordBatch, None, None]


def read_rows(path: Path, options: Options, needed: Sequence[Sequence[str]], known: Collection[str]) -> Rows:
    """Open a file. ``needed``, ``known``: see ``columns.check_columns``.

    DiscreetError where it cannot be read or has other columns, here or while the batches are taken. Who does not take
    all of them closes them.
    """
    try:
        names, batches = isolated.read_register(path, options, known)
    except ReadError as error:
        raise _discreet(error) from None
    try:
        columns.check_columns(names, needed, known)
    except DiscreetError:
        batches.close()
        raise
    return Rows(names, ahead(_refused_discreetly(batches)))


def _refused_discreetly(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except ReadError as error:
        raise _discreet(error) from None


def _discreet(error: ReadError) -> DiscreetError:
    return DiscreetError(error.problem, place=error.place, remedy=error.remedy)
