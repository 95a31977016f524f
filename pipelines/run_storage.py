"""Dagster's SQLite event log, with one connection a file and one transaction for all that belongs together.

Opening an engine, looking for its tables and committing several times for each of the hundreds of events of a refresh
costs more than the work that they record. More than half of them only say that a step gave something, which the event
of its asset or check says next: these wait for that one, and are stored before it. The files are those of Dagster's own
class, which can read them as well. Not here: where they are (``dagster.yaml``). Called by Dagster, which finds this
class by its name in ``dagster.yaml``.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import sqlalchemy as sa
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy.event import listen
from sqlalchemy.pool import StaticPool

BUSY_TIMEOUT_SECONDS = 30
# Events that another one follows at once, of the same step or the next: they are in the file of their run only.
FOLLOWED = ("STEP_INPUT", "LOADED_INPUT", "STEP_OUTPUT", "HANDLED_OUTPUT", "STEP_SUCCESS")


class PooledSqliteEventLogStorage(SqliteEventLogStorage):
    """The same storage; engines, and what was found of their schema, are kept while the instance lives."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """As Dagster's own class."""
        self._engines: dict[str, sa.Engine] = {}
        # Tables, columns of assets and indexes that are there: none goes away while the instance lives.
        self._tables: set[str] = set()
        self._columns: set[str] = set()
        self._indexes: set[str] = set()
        # While events are stored together: the thread that stores them, and its open connections by file.
        self._storing = 0
        self._open: dict[str, sa.Connection] = {}
        # Rows of events that wait for the next one, by file.
        self._waiting: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._transactions = ExitStack()
        super().__init__(*arguments, **named)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "PooledSqliteEventLogStorage":
        """Dagster's own method makes its own class whatever the subclass."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def has_secondary_index(self, name: str) -> bool:
        """Whether an index is complete."""
        if name not in self._indexes and super().has_secondary_index(name):
            self._indexes.add(name)
        return name in self._indexes

    def _has_asset_key_col_on_connection(self, conn: sa.Connection, column_name: str) -> bool:
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event: in the file of its run and, where it is about an asset or a check, in the index.

        One that another follows at once is stored with that one, or when something is read of its run before.
        """
        if event.is_dagster_event and event.get_dagster_event().event_type_value in FOLLOWED:
            with self._db_lock:
                self._waiting[event.run_id].append(self._event_to_row(event))
            return
        with self._together():
            super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events that Dagster gives together, all or none."""
        with self._together():
            for event in events:
                super().store_event(event)

    @contextmanager
    def _together(self) -> Iterator[None]:
        """One transaction a file for all that this thread stores meanwhile."""
        with self._db_lock, ExitStack() as self._transactions:
            self._storing = threading.get_ident()
            try:
                yield
            finally:
                self._storing = 0
                self._open.clear()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        if self._storing == threading.get_ident():
            if shard not in self._open:
                self._open[shard] = self._transactions.enter_context(self._transaction(shard))
            yield self._open[shard]
            return
        with self._db_lock, self._transaction(shard) as connection:
            yield connection

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[sa.Connection]:
        engine = self._engines.get(shard)
        if engine is None:
            engine = self._engines[shard] = sa.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            # With write-ahead logging (Dagster sets it) this stays whole after a crash of the program.
            listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=NORMAL"))
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        with engine.connect() as connection, connection.begin():
            if shard in self._waiting:
                connection.execute(SqlEventLogStorageTable.insert(), self._waiting[shard])
            yield connection
        self._waiting.pop(shard, None)

    def dispose(self) -> None:
        """Store what waits, and close the kept connections."""
        for run in tuple(self._waiting):
            with self._connect(run):
                pass
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
