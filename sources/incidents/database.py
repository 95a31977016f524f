"""The rows of a register's files in one DuckDB database, as text: memory is bounded, what does not fit is on the disk.

::

    with Incidents(folder) as incidents:
        incidents.add(path, options, needed, known)        # once a file, in the order of receipt
        incidents.connection.sql("SELECT count(*) FROM incidents")

The table ``incidents`` has ``_file`` (number of the file, from 0) and one text column for each name in ``columns``, by
its place: ``c0``, ``c1`` …; an empty cell is "". What DuckDB puts on the disk lies in a folder of its own that only
this user can enter, and is gone when the block ends. No error here holds text of a file: DuckDB's own messages quote
the line.

Not here: which columns a file may have (``columns``), counting (``transforms.incidents``).
"""

import codecs
import csv
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from zipfile import BadZipFile

import duckdb

from sources.cells import DiscreetError, Options
from sources.incidents import columns
from sources.incidents.columns import Header

#: what DuckDB may take of the memory; the rest of a count goes to the disk
MEMORY = "1GB"
#: bytes that are converted to UTF-8 at once
_PIECE = 1 << 22
_LINE = re.compile(r"(?:CSV Error on )?Line: (\d+)")


class Incidents:
    """The rows of all files of one register, for the time of one count."""

    def __init__(
        self, folder: Path | None = None, *, memory: str = MEMORY, threads: int | None = None
    ) -> None:
        """``folder``: where the scratch folder is made; default: the system's place for temporary files."""
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._scratch = Path(tempfile.mkdtemp(prefix="register-", dir=folder))
        self.columns: list[str] = []
        self.files = 0
        self.connection = duckdb.connect()
        threads = threads or os.cpu_count() or 1
        for setting, value in (
            ("memory_limit", f"'{memory}'"),
            ("threads", f"{threads}"),
            ("temp_directory", f"'{self._scratch / 'spill'}'".replace("\\", "/")),
            ("preserve_insertion_order", "false"),
        ):
            self.connection.execute(f"SET {setting} = {value}")

    def __enter__(self) -> "Incidents":
        """Nothing to do: the connection was opened with the object."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection and delete what it put on the disk."""
        self.connection.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def add(
        self, path: Path, options: Options, needed: Sequence[Sequence[str]], known: Collection[str]
    ) -> int:
        """Add the rows of one file; gives how many. ``needed``, ``known``: see ``columns.check_columns``."""
        try:
            header, relation = self._relation(path, options, needed, known)
            self._make_table(header.names)
            place = {name: f"c{at}" for at, name in enumerate(self.columns)}
            targets = ", ".join(["_file", *(place[name] for name in header.names)])
            (rows,) = self.connection.execute(
                f"INSERT INTO incidents ({targets}) SELECT {self.files}, * FROM {relation}"
            ).fetchall()[0]
        except duckdb.Error as error:
            raise _unreadable(error) from None
        self.files += 1
        return int(rows)

    def texts(self, names: Sequence[str], most: int, each: str = "{0}") -> list[tuple[str, ...]]:
        """Every combination of texts in these columns; an error where there are more than ``most``.

        ``each``: SQL of what is taken of a text, with ``{0}`` for the column.
        """
        listed = ", ".join(each.format(f"c{self.columns.index(name)}") for name in names)
        found = self.connection.execute(
            f"SELECT DISTINCT {listed} FROM incidents LIMIT {most + 1}"
        ).fetchall()
        if len(found) > most:
            raise DiscreetError(
                f"column {' / '.join(names)} holds more than {most} different texts, so it is no dimension",
                remedy="Correct the declaration",
            )
        return sorted(found)

    def _make_table(self, names: Sequence[str]) -> None:
        """Make the table at the first file; a column that a later file adds is "" in the earlier rows."""
        if not self.files:
            self.connection.execute("CREATE OR REPLACE TABLE incidents (_file USMALLINT)")
            self.columns.clear()
        for name in names:
            if name not in self.columns:
                self.connection.execute(
                    f"ALTER TABLE incidents ADD COLUMN c{len(self.columns)} VARCHAR DEFAULT ''"
                )
                self.columns.append(name)

    def _relation(
        self, path: Path, options: Options, needed: Sequence[Sequence[str]], known: Collection[str]
    ) -> tuple[Header, str]:
        """The header, and SQL of the rows as text."""
        start = columns.first_bytes(path)
        if start == columns.PARQUET:
            header = self._parquet_header(path)
            columns.check_columns(header.names, needed, known)
            listed = self.connection.execute(f"DESCRIBE SELECT * FROM {_parquet(path)}").fetchall()
            texts = (f"""coalesce(CAST("{name.replace('"', '""')}" AS VARCHAR), '')""" for name, *_ in listed)
            return header, f"(SELECT {', '.join(texts)} FROM {_parquet(path)})"
        if start == columns.WORKBOOK:
            path, options = self._from_workbook(path), {}
        elif options.get("encoding"):
            path = self._in_utf8(path, str(options["encoding"]))
        header = columns.text_header(path, options, known)
        columns.check_columns(header.names, needed, known)
        return header, _csv(path, header)

    def _parquet_header(self, path: Path) -> Header:
        rows = self.connection.execute(f"DESCRIBE SELECT * FROM {_parquet(path)}").fetchall()
        return Header(columns.visible([name for name, *_ in rows]))

    def _in_utf8(self, path: Path, encoding: str) -> Path:
        """A copy in UTF-8, piece by piece."""
        target = self._scratch / f"{self.files}.txt"
        try:
            decoder = codecs.getincrementaldecoder(encoding)()
            with path.open("rb") as source, target.open("wb") as copy:
                while piece := source.read(_PIECE):
                    copy.write(decoder.decode(piece).encode())
                copy.write(decoder.decode(b"", final=True).encode())
        except (UnicodeError, LookupError):
            raise columns.not_utf8() from None
        return target

    def _from_workbook(self, path: Path) -> Path:
        """The first sheet as delimited text, row by row: a workbook has at most a million."""
        # Here, for commands that read no workbook: the import is slow.
        from openpyxl import load_workbook

        target = self._scratch / f"{self.files}.csv"
        try:
            with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as copy:
                book = load_workbook(source, read_only=True, data_only=True)
                writer = csv.writer(copy)
                for row in book.worksheets[0].iter_rows(values_only=True):
                    if any(cell is not None for cell in row):
                        writer.writerow(["" if cell is None else _cell(cell) for cell in row])
        except (BadZipFile, KeyError, ValueError, IndexError):
            raise DiscreetError("the workbook cannot be read", remedy="Ask for the file again") from None
        return target


def _cell(value: object) -> str:
    """The text of a cell; a date without the midnight that Excel adds."""
    text = str(value)
    return text.removesuffix(" 00:00:00")


def _parquet(path: Path) -> str:
    return f"read_parquet({_literal(str(path))})"


def _csv(path: Path, header: Header) -> str:
    """DuckDB's reader with nothing left to guess."""
    places = [f"c{at}" for at in range(len(header.names))]
    types = ", ".join(f"{place}: 'VARCHAR'" for place in places)
    packed = "gzip" if columns.first_bytes(path).startswith(columns.GZIP) else "none"
    return (
        f"read_csv({_literal(str(path))}, header = true, auto_detect = false, columns = {{{types}}}, "
        f"delim = {_literal(header.delimiter)}, quote = '\"', escape = '\"', compression = '{packed}', "
        f"force_not_null = [{', '.join(map(_literal, places))}])"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unreadable(error: duckdb.Error) -> DiscreetError:
    """DuckDB's message quotes the line of the file; only its number is kept."""
    found = _LINE.search(str(error))
    if "unicode" in str(error).lower():
        return columns.not_utf8()
    return DiscreetError(
        f"the file cannot be read as a table ({type(error).__name__})",
        place=f"line {found[1]}" if found else "",
        remedy="Ask the office for the file again; its rows are not shown here",
    )
