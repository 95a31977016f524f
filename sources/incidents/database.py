"""The rows of a register's files as numbers: memory is bounded, what does not fit is on the disk.

::

    with Incidents(Roles("Номер", "Псевдоним", ("Область", "Дата"), ("Дата",)), folder) as incidents:
        incidents.add(path, options, needed, known, look)  # once a file, in the order of receipt
        incidents.group()                                  # when all are there
        incidents.show(look)
        incidents.connection.sql("SELECT sum(n) FROM groups")

``numbers`` has a row for each row of the files (``number_files``):

``id1, id2``           two hashes of 64 bits of the incident's id; together they tell ids apart
``person1, person2``   the same of the person's pseudonym; only where persons are counted
``moment``             a hash of the moments of the row, 0 where it has days only
``c0, c1 …``           for each column that is read the number of its text in ``Texts``

The table ``groups`` of DuckDB has the numbers of texts that occur together, by file: ``_file`` (from 0), ``c0, c1 …``,
``n`` (rows). Few of its rows stand for many of the register; the same texts may be there more than once.

No text of an id or a person is kept. What is on the disk lies in a folder of its own that only this user can enter,
and is gone when the block ends.

Not here: the formats of files (``rows``), which columns a file may have (``columns``), counting
(``transforms.incidents``), what is personal (``transforms.privacy.personal_data_search``, called as ``look``).
"""

import contextlib
import math
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data_contracts.connection import open_duckdb
from sources.cells import DiscreetError, Options
from sources.incidents.hashes import EMPTY, hashes_of
from sources.incidents.number_files import NumberFiles, Numbers
from sources.incidents.rows import read_rows
from sources.incidents.texts import Texts, days_of

#: what DuckDB may take of the memory; the rest of a count goes to the disk
MEMORY = "512MB"
#: more different texts than this, and a column is no dimension; their numbers have 16 bits
MOST_TEXTS = 50_000
# Combinations of texts that are counted in an array, 8 bytes each: more are grouped by DuckDB.
_COUNTED = 1 << 22
# A factor that is odd: what it multiplies stays different.
_ODD = np.uint64(0x9E3779B97F4A7C15)

#: is shown every text of every column, with its rows: column, different texts, how many rows have each (None: one)
Look = Callable[[str, pa.Array, pa.Array | None], None]


class Roles(NamedTuple):
    """What the columns of a register are for; further ones are shown to ``look`` and not kept."""

    #: column of the incident's id
    incident: str
    #: column of the person's pseudonym; None: persons are not counted
    person: str | None
    #: columns whose texts are kept as numbers
    read: tuple[str, ...]
    #: those of ``read`` that hold days or moments; a moment is read as its day
    days: tuple[str, ...]


class Combination(NamedTuple):
    """Texts that occur together in some columns."""

    #: one text of each column
    texts: tuple[str, ...]
    #: their numbers in ``groups``
    numbers: tuple[int, ...]
    #: how many rows have all of them
    rows: int


class Incidents:
    """The rows of all files of one register, for the time of one count."""

    def __init__(
        self,
        roles: Roles,
        folder: Path | None = None,
        *,
        memory: str = MEMORY,
        threads: int | None = None,
    ) -> None:
        """``folder``: where the scratch folder is made; default: the system's place for temporary files."""
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._scratch = Path(tempfile.mkdtemp(prefix="register-", dir=folder))
        self.roles = roles
        #: the columns that are read and that some file has
        self.columns: list[str] = []
        #: rows without an id and without a person, by the name of that column
        self.empty: Counter[str] = Counter()
        self._texts = {name: Texts() for name in roles.read}
        #: names in ``numbers`` and ``groups`` of the columns that are read
        self.places = tuple(f"c{at}" for at in range(len(roles.read)))
        hashes = ("id1", "id2", *(("person1", "person2") if roles.person else ()), "moment")
        types = dict.fromkeys(hashes, np.uint64) | dict.fromkeys(self.places, np.uint16)
        self.numbers = NumberFiles(self._scratch / "numbers", types)
        # The first row of each file, and the number of all rows.
        self._starts = [0]
        self.connection = open_duckdb()
        threads = threads or os.cpu_count() or 1
        for setting, value in (
            ("memory_limit", f"'{memory}'"),
            ("threads", f"{threads}"),
            ("temp_directory", f"'{self._scratch / 'spill'}'".replace("\\", "/")),
            ("preserve_insertion_order", "false"),
        ):
            self.connection.execute(f"SET {setting} = {value}")
        self.connection.execute(
            f"CREATE TABLE groups (_file USMALLINT, {', '.join(f'{at} USMALLINT' for at in self.places)}, n BIGINT)"
        )

    def __enter__(self) -> "Incidents":
        """Nothing to do: the connection was opened with the object."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection and delete what is on the disk."""
        self.connection.close()
        self.numbers.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def place(self, column: str) -> str:
        """Name in ``numbers`` and ``groups`` of a column that is read."""
        return self.places[self.roles.read.index(column)]

    def add(
        self,
        path: Path,
        options: Options,
        needed: Sequence[Sequence[str]],
        known: Collection[str],
        look: Look,
    ) -> int:
        """Add the rows of one file; gives how many. ``needed``, ``known``: see ``columns.check_columns``."""
        rows = read_rows(path, options, needed, known)
        self.columns += [name for name in self.roles.read if name in {*rows.names} - {*self.columns}]
        with contextlib.closing(rows.batches):
            for batch in rows.batches:
                given = dict(zip(rows.names, batch.columns, strict=True))
                self.numbers.append(batch.num_rows, self._numbers_of(given, look))
        self._starts.append(self.numbers.rows)
        return self._starts[-1] - self._starts[-2]

    def pieces(self, names: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
        """All rows, piece by piece: the number of the file, and these columns of ``numbers`` with the row (``r``)."""
        for file, (start, last) in enumerate(pairwise(self._starts)):
            for first, piece in self.numbers.pieces(names, start, last):
                rows = np.arange(first, first + len(piece[names[0]]))
                yield file, pa.table({"r": rows, **piece})

    def group(self) -> None:
        """Make the table ``groups`` of all rows that were added."""
        sizes = [len(self._texts[name].values) for name in self.roles.read]
        columns = ", ".join(self.places)
        for file, (first, last) in enumerate(pairwise(self._starts)):
            pieces = (piece for _, piece in self.numbers.pieces(self.places, first, last))
            if math.prod(sizes) <= _COUNTED:
                self._insert(
                    [_counted(pieces, self.places, sizes)], f"SELECT {file}, {columns}, n FROM piece"
                )
            else:
                self._insert(pieces, f"SELECT {file}, {columns}, count(*) FROM piece GROUP BY ALL")

    def _insert(self, pieces: Iterable[Mapping[str, Numbers]], query: str) -> None:
        """Insert into ``groups`` what a query finds in each ``piece``."""
        for piece in pieces:
            self.connection.register("piece", pa.table(piece))
            self.connection.execute(f"INSERT INTO groups {query}")
            self.connection.unregister("piece")

    def show(self, look: Look) -> None:
        """Show the texts of the columns that are read, each once; the other columns were shown by ``add``."""
        for name in self.columns:
            look(name, self._texts[name].values, pa.array(self._rows_of_texts(name)))

    def combinations(self, names: Sequence[str]) -> list[Combination]:
        """Every combination of texts in these columns, in the order of the texts."""
        listed = ", ".join(self.place(name) for name in names)
        texts = [self._texts[name].values.to_pylist() for name in names]
        query = f"SELECT {listed}, sum(n)::BIGINT FROM groups GROUP BY ALL LIMIT {MOST_TEXTS + 1}"
        found = self.connection.execute(query).fetchall()
        _check_few(names, len(found))
        made = [
            Combination(
                tuple(known[number] for known, number in zip(texts, numbers, strict=True)), numbers, rows
            )
            for *numbers_, rows in found
            for numbers in [tuple(numbers_)]
        ]
        return sorted(made)

    def _rows_of_texts(self, name: str) -> npt.NDArray[np.int64]:
        """How many rows have each text of a column."""
        query = f"SELECT {self.place(name)} AS number, sum(n)::BIGINT AS n FROM groups GROUP BY ALL"
        found = self.connection.execute(query).fetchnumpy()
        rows = np.zeros(len(self._texts[name].values), np.int64)
        rows[found["number"]] = found["n"]
        return rows

    def _numbers_of(self, given: Mapping[str, pa.Array], look: Look) -> dict[str, Numbers]:
        """What is kept of a batch of a file."""
        kept: dict[str, Numbers] = {}
        for kind, name in (("id", self.roles.incident), ("person", self.roles.person)):
            if name:
                kept[f"{kind}1"], kept[f"{kind}2"] = hashes_of(_texts_of(given[name]))
                self.empty[name] += int((kept[f"{kind}1"] == EMPTY).sum())
        for place, name in zip(self.places, self.roles.read, strict=True):
            if name not in given:
                continue
            column = _coded(given[name])
            if name in self.roles.days:
                days, moments = days_of(column)
                if moments is not None:
                    _show(look, name, column)
                    kept["moment"] = kept.get("moment", 0) * _ODD + _hashes_of_moments(moments)
                column = days
            kept[place] = self._texts[name].number(column)
            _check_few([name], len(self._texts[name].values))
        for name in {*given} - {*self.roles.read}:
            _show(look, name, given[name])
        return kept


def _counted(
    pieces: Iterable[Mapping[str, Numbers]], places: Sequence[str], sizes: Sequence[int]
) -> dict[str, Numbers]:
    """The numbers that occur together and how many rows have them (``n``); ``sizes``: how many each column has."""
    rows = np.zeros(math.prod(sizes), np.int64)
    for piece in pieces:
        # Less than _COUNTED, which 32 bits hold: half of the bytes.
        key = piece[places[0]].astype(np.int32)
        for place, size in zip(places[1:], sizes[1:], strict=True):
            key *= size
            key += piece[place]
        rows += np.bincount(key, minlength=len(rows))
    found = np.flatnonzero(rows)
    return dict(zip(places, np.unravel_index(found, sizes), strict=True)) | {"n": rows[found]}


def _hashes_of_moments(moments: pa.DictionaryArray) -> npt.NDArray[np.uint64]:
    """A hash of each moment, 0 of an empty text."""
    hashes = hashes_of(moments.dictionary)[0]
    hashes[hashes == EMPTY] = 0
    found: npt.NDArray[np.uint64] = hashes[moments.indices.to_numpy()]
    return found


def _coded(column: pa.Array) -> pa.DictionaryArray:
    return column.dictionary_encode() if isinstance(column, pa.StringArray) else column


def _texts_of(column: pa.Array) -> pa.StringArray:
    return column if isinstance(column, pa.StringArray) else column.cast(pa.string())


def _show(look: Look, name: str, column: pa.Array) -> None:
    if isinstance(column, pa.DictionaryArray):
        rows = np.bincount(column.indices.to_numpy(), minlength=len(column.dictionary))
        look(name, column.dictionary, pa.array(rows))
    else:
        look(name, column, None)


def _check_few(names: Sequence[str], found: int) -> None:
    if found > MOST_TEXTS:
        raise DiscreetError(
            f"column {' / '.join(names)} holds more than {MOST_TEXTS} different texts, so it is no dimension",
            remedy="Correct the declaration",
        )
