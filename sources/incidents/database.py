"""The rows of a register's files in one DuckDB database, as numbers: memory is bounded, what does not fit is on disk.

::

    with Incidents(Roles("Номер", "Псевдоним", ("Область", "Дата"), ("Дата",)), folder) as incidents:
        incidents.add(path, options, needed, known, look)  # once a file, in the order of receipt
        incidents.show(look)
        incidents.connection.sql("SELECT count(*) FROM incidents")

The table ``incidents`` has a row for each row of the files:

``_file``      number of the file, from 0
``id1, id2``   two hashes of 64 bits of the incident's id, null where it has none; together they tell ids apart
``content``    hash of what is read of the row beside its id
``person``     128 bits of the person's pseudonym, null where there is none; only where persons are counted
``c0, c1 …``   for each column that is read the number of its text in ``Texts``

No text of an id or a person is kept. What DuckDB puts on the disk lies in a folder of its own that only this user can
enter, and is gone when the block ends.

Not here: the formats of files (``rows``), which columns a file may have (``columns``), counting
(``transforms.incidents``), what is personal (``transforms.privacy.personal_data_search``, called as ``look``).
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from data_contracts.connection import open_duckdb
from sources.cells import DiscreetError, Options
from sources.incidents.rows import Rows, read_rows
from sources.incidents.texts import Texts, days_of

#: what DuckDB may take of the memory; the rest of a count goes to the disk
MEMORY = "512MB"
#: rows that are inserted at once
_ROWS = 500_000
#: more different texts than this, and a column is no dimension; their numbers have 16 bits
MOST_TEXTS = 50_000

#: is shown every text of every column, with its rows: column, different texts, how many rows have each (None: one)
Look = Callable[[str, pa.Array, pa.Array | None], None]


class Roles(NamedTuple):
    """What the columns of a register are for; further ones are shown to ``look`` and not kept.

    ``days``: those of ``read`` that hold days or moments; a moment is read as its day.
    """

    incident: str
    person: str | None
    read: tuple[str, ...]
    days: tuple[str, ...]


class Combination(NamedTuple):
    """Texts that occur together in some columns, their numbers in the table, and how many rows hold them."""

    texts: tuple[str, ...]
    numbers: tuple[int, ...]
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
        self.files = 0
        self._texts = {name: Texts() for name in roles.read}
        self.connection = open_duckdb()
        threads = threads or os.cpu_count() or 1
        for setting, value in (
            ("memory_limit", f"'{memory}'"),
            ("threads", f"{threads}"),
            ("temp_directory", f"'{self._scratch / 'spill'}'".replace("\\", "/")),
            ("preserve_insertion_order", "false"),
        ):
            self.connection.execute(f"SET {setting} = {value}")
        made = ["_file USMALLINT", "id1 UBIGINT", "id2 UBIGINT", "content UBIGINT"]
        made += ["person UHUGEINT"] if roles.person else []
        made += [f"{self.place(name)} USMALLINT" for name in roles.read]
        self.connection.execute(f"CREATE TABLE incidents ({', '.join(made)})")

    def __enter__(self) -> "Incidents":
        """Nothing to do: the connection was opened with the object."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection and delete what it put on the disk."""
        self.connection.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def place(self, column: str) -> str:
        """Name in the table of a column that is read."""
        return f"c{self.roles.read.index(column)}"

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
        total, waiting = 0, list[pa.Table]()
        for table in self._kept(rows, look):
            total += table.num_rows
            waiting.append(table)
            if sum(table.num_rows for table in waiting) >= _ROWS:
                self._insert(waiting)
        self._insert(waiting)
        self.files += 1
        return total

    def show(self, look: Look) -> None:
        """Show the texts of the columns that are read, each once; the other columns were shown by ``add``."""
        for name in self.columns:
            texts = self._texts[name]
            look(name, texts.values, pa.array(texts.rows))

    def combinations(self, names: Sequence[str]) -> list[Combination]:
        """Every combination of texts in these columns, in the order of the texts."""
        listed = ", ".join(self.place(name) for name in names)
        texts = [self._texts[name].values.to_pylist() for name in names]
        if len(names) == 1:
            counted = self._texts[names[0]].rows
            found = [(number, int(rows)) for number, rows in enumerate(counted) if rows]
        else:
            query = f"SELECT {listed}, count(*) FROM incidents GROUP BY ALL LIMIT {MOST_TEXTS + 1}"
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

    def _kept(self, rows: Rows, look: Look) -> Iterator[pa.Table]:
        """What is kept of each batch of a file: the texts that become hashes, and numbers."""
        for batch in rows.batches:
            given = dict(zip(rows.names, batch.columns, strict=True))
            nothing = pa.repeat("", batch.num_rows)
            kept = {"id": given[self.roles.incident].cast(pa.string())}
            if self.roles.person:
                kept["person"] = given[self.roles.person].cast(pa.string())
            for at, name in enumerate(self.roles.read):
                column = _coded(given.get(name, nothing))
                if name in self.roles.days:
                    days, kept[f"m{at}"] = days_of(column)
                    if days is not column:
                        _show(look, name, column)
                    column = days
                kept[f"c{at}"] = self._texts[name].number(column)
                _check_few([name], len(self._texts[name].values))
            for name in {*given} - {*self.roles.read}:
                _show(look, name, given[name])
            yield pa.table(kept)

    def _insert(self, waiting: list[pa.Table]) -> None:
        if not waiting:
            return
        table = pa.concat_tables(waiting)
        person = ["if(person = '', NULL, md5_number(person))"] if self.roles.person else []
        numbers = [self.place(name) for name in self.roles.read]
        # Where all are days, the hash takes a null for them all.
        moments = [
            name if table[name].null_count < table.num_rows else "NULL::VARCHAR"
            for name in table.column_names
            if name.startswith("m")
        ]
        content = f"hash({', '.join([*person, *numbers, *moments])})"
        kept = [f"{self.files}", "nullif(hash(id), hash(''))", "hash('#' || id)", content, *person, *numbers]
        self.connection.register("batch", table)
        self.connection.execute(f"INSERT INTO incidents SELECT {', '.join(kept)} FROM batch")
        self.connection.unregister("batch")
        waiting.clear()


def _coded(column: pa.Array) -> pa.DictionaryArray:
    return column.dictionary_encode() if isinstance(column, pa.StringArray) else column


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
