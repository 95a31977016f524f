"""Read-only SQL on the latest release, within limits on memory, time and disk.

Not here: the file that is read (``pipelines.release.database_file`` writes it) and how an answer is shown
(``pipelines.cli.terminal.tables``). Called by ``dvstats query`` and by the other modules of this folder.

>>> query(Path("data"), "SELECT name_en FROM areas WHERE code = 'KZ'").to_pylist()
[{'name_en': 'Kazakhstan'}]
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.connection import open_duckdb
from data_contracts.database_statements import database
from data_contracts.errors import DvstatsError, UserError
from data_contracts.sql import literal
from pipelines.published.releases import none_there
from pipelines.release.database_file import DATABASE

# A mistyped join must not take the machine of a small office with it.
MEMORY_LIMIT = "2GiB"
SECONDS = 60.0
# DuckDB's limit does not count the rows that were handed out.
ANSWER_BYTES = 1 << 30
#: of a process that answers one statement: both, and as much as the answer again while it is handed out
PROCESS_BYTES = 4 << 30
_BATCH_ROWS = 100_000
_READING = ("SELECT", "EXPLAIN", "MULTI", "CALL", "PRAGMA")
_LIMITED = f"Queries may use {MEMORY_LIMIT} of memory and {SECONDS:g} seconds"


@contextmanager
def connect(data_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the latest release: read-only, without files or network, with limits that SQL cannot lift.

    Each connection has a DuckDB instance of its own, so that several threads may ask at once, and other programs may
    have the same file open with other settings. ``NothingThereError`` where there is no release, and
    :class:`DvstatsError` where its file is damaged, which DuckDB sees by a checksum of each block.
    """
    path = data_dir / DATABASE
    if not path.exists():
        raise none_there(data_dir)
    # The link to the latest release is resolved once: the answer is of one release.
    file = path.resolve()
    try:
        with open_duckdb() as con:
            # An empty temporary directory: what does not fit into memory is not written to disk either.
            con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'; SET temp_directory = ''")
            con.execute(f"ATTACH {literal(str(file))} AS dvstats (READ_ONLY); USE dvstats")
            con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
            con.execute("SET enable_external_access = false; SET lock_configuration = true")
            yield con
    except duckdb.Error as error:
        if not _is_damage(error):
            raise
        raise DvstatsError(
            f"{file} cannot be read: {_one_line(error)}. Where it is damaged, `dvstats refresh` publishes a whole one."
        ) from error


def query(data_dir: Path, sql: str, *, seconds: float = SECONDS) -> pa.Table:
    """Answer of one statement that reads; :class:`UserError` names what is wrong with it.

    ``seconds``: after this time the statement is interrupted.
    """
    with connect(data_dir) as con:
        watch = threading.Timer(seconds, con.interrupt)
        watch.start()
        try:
            _check_reading(con, sql)
            relation = con.sql(sql)
            if relation is None:
                raise UserError("That statement gives no rows. Write SELECT, DESCRIBE, SUMMARIZE or SHOW.")
            return _answer(relation)
        except duckdb.InterruptException as error:
            raise UserError(
                f"The query was stopped after {seconds:g} seconds. Narrow it, or open {DATABASE} yourself."
            ) from error
        except duckdb.Error as error:
            if _is_damage(error):
                raise
            raise UserError(_sentence(error)) from error
        finally:
            watch.cancel()


def topic_views() -> list[str]:
    """``figures`` and the views that select from it (``killed`` …)."""
    views = database()["views"]
    return [name for name, view in views.items() if re.search(r"\bfigures\b", view["sql"])] + ["figures"]


def topic_view_in(sql: str) -> str:
    """The first view of figures (``killed`` …) or table of returns that a statement names; empty where none."""
    # Read only for an empty answer: a query is to be quick.
    from transforms.programmes.tables import FIGURE_TABLES, RETURN_TABLES

    found = re.search(
        rf"\b({'|'.join([*topic_views(), *RETURN_TABLES, *FIGURE_TABLES])})\b", sql, re.IGNORECASE
    )
    return found[1].lower() if found else ""


def _answer(relation: duckdb.DuckDBPyRelation) -> pa.Table:
    """All rows, as far as they are not too many to be held."""
    try:
        batches, size = relation.to_arrow_reader(_BATCH_ROWS), 0
        kept = []
        for batch in batches:
            size += batch.nbytes
            if size > ANSWER_BYTES:
                raise _too_large()
            kept.append(batch)
    except (OSError, pa.ArrowException, MemoryError) as error:
        # What DuckDB raises while rows are handed out comes from Arrow.
        if "INTERRUPT" in str(error).upper():
            raise duckdb.InterruptException(str(error)) from error
        raise _too_large() from error
    return pa.Table.from_batches(kept, schema=batches.schema)


def _too_large() -> UserError:
    return UserError(f"The answer is larger than {ANSWER_BYTES >> 20} MiB. Narrow it, or count in SQL.")


def dicts(con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Rows of an answer as mappings, for SQL of our own; ``values`` are its parameters."""
    rows: list[dict[str, Any]] = con.sql(sql, params=list(values)).to_arrow_table().to_pylist()
    return rows


def _check_reading(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise UserError(f"One statement is expected, but there are {len(statements)}. Ask one at a time.")
    try:
        kind = statements[0].type.name
    except ValueError:
        # A kind that DuckDB knows and its Python package has no name for yet, as UPDATE EXTENSIONS.
        kind = "That statement"
    if kind not in _READING:
        raise UserError(
            f"{kind} is not possible: the published database is read-only. Write SELECT, DESCRIBE, SUMMARIZE or SHOW; "
            "to write the answer to a file use --output."
        )


def _is_damage(error: duckdb.Error) -> bool:
    return isinstance(error, duckdb.IOException) or "Corrupt database file" in str(error)


def _one_line(error: duckdb.Error) -> str:
    return " ".join(str(error).split("\n\n")[0].split())


def _sentence(error: duckdb.Error) -> str:
    """DuckDB's message on its own line, and below it what to do."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"{_LIMITED}, and this one needs more. Narrow it, or open {DATABASE} yourself."
    message = _one_line(error)
    if "disabled by configuration" in message or "configuration has been locked" in message:
        return f"{message}\nOnly the published tables can be read here; to write a file use --output."
    return f'{message}\n`dvstats query "SHOW TABLES"` lists tables and views; `DESCRIBE <table>` its columns.'
