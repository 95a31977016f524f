"""Bitemporal history: what a release adds, revises, re-flags, withdraws or reopens.

Each version of an observation has ``valid_from`` and ``valid_to`` (UTC; null: still valid). Example: 793 is published
on 1 March and 801 on 1 June. The row of 793 gets ``valid_to`` 1 June, a row of 801 begins that day, and ``revisions``
has one row, ``revised``, difference 8.

Not here: the observations as of a moment (the macro ``observations_as_of`` of the database), and which release is the
one before (``pipelines.release``). Called by ``pipelines.assets.union_tables``.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows, arrow_schema
from data_contracts.model import Contract
from data_contracts.replace_rows import Made, Replaced, replaced
from data_contracts.rows import name_numbered, name_rows
from data_contracts.sql import among
from transforms.normalize.keys import SAME_NUMBER

# What makes a published row another one. A file that only moved the cell, or wrote 793.0 for 793, revises nothing:
# the row keeps the place where the value was first found.
_VALUE = ("obs_value",)
_BOUNDS = ("obs_lower", "obs_upper")
_FLAGS = ("obs_status", "conf_status", "note", "note_ru", "source_id", "nature")
# Changes with which the version that was in force ends.
_ENDING = "'withdrawn', 'revised', 'reflagged'"


@dataclass(frozen=True)
class Advance:
    """Tables after one release, each made when it is asked for: as a stream where it may be large."""

    contract: Contract
    release: str
    at: dt.datetime
    con: duckdb.DuckDBPyConnection
    # The history before, where most of it stays as it is.
    before: "Rows | None" = None

    @property
    def history(self) -> "Made":
        """The whole history, in the order of the contract."""
        table = self.contract.tables["observation_history"]
        names, order = ", ".join(table.names), ", ".join(table.order)
        ended = f"h.valid_to IS NULL AND x.change IN ({_ENDING})"
        if self.before is None:
            query = f"""SELECT h.* REPLACE (CASE WHEN {ended} THEN {self._when} ELSE h.valid_to END AS valid_to)
              FROM history h LEFT JOIN changes x USING (obs_key) UNION ALL BY NAME {self._begun}"""
            return self.con.sql(f"SELECT {names} FROM ({query}) ORDER BY {order}").to_arrow_reader()
        name_numbered(self.con, "numbered", self.before)
        self.con.execute(
            f"""CREATE OR REPLACE TEMP TABLE ended AS SELECT h.* REPLACE ({self._when} AS valid_to)
            FROM numbered h JOIN changes x USING (obs_key) WHERE {ended}"""
        )
        query = f"FROM ended UNION ALL BY NAME {self._begun}"
        added = self.con.sql(f"SELECT {names} FROM ({query}) ORDER BY {order}").to_arrow_table()
        removed = self.con.execute("SELECT file_row_number FROM ended").fetchall()
        return replaced(self.before, table.order, [number for (number,) in removed], added)

    def observations(self, before: Rows) -> Replaced:
        """Table ``observations`` of that of the release before, where most of it stays as it is."""
        table = self.contract.tables["observations"]
        query = f"SELECT {', '.join(table.names)} FROM ({self._begun}) ORDER BY {', '.join(table.order)}"
        added = self.con.sql(query).to_arrow_table()
        name_numbered(self.con, "numbered", before)
        removed = self.con.execute(
            f"""SELECT file_row_number FROM numbered SEMI JOIN (
              SELECT obs_key FROM changes WHERE change IN ({_ENDING})) USING (obs_key)"""
        ).fetchall()
        return replaced(before, table.order, [number for (number,) in removed], added)

    @property
    def _when(self) -> str:
        return f"TIMESTAMP '{self.at.isoformat(sep=' ')}'"

    @property
    def _begun(self) -> str:
        """Query of the versions that begin with this release."""
        names = self.contract.tables["observation_history"].names
        own = [f"c.{name}" for name in names if name not in ("first_release", "valid_from", "valid_to")]
        return f"""SELECT {", ".join(own)}, '{self.release}' AS first_release, {self._when} AS valid_from,
            CAST(NULL AS TIMESTAMP) AS valid_to
          FROM begun c"""

    @property
    def revisions(self) -> pa.RecordBatchReader:
        """What this release revises."""
        return self.con.sql(_revisions(self.contract, self.release)).to_arrow_reader()


def advance(
    contract: Contract,
    history: "Rows | None",
    current: Sequence[Rows],
    release: str,
    at: dt.datetime,
    broken: pa.Table | None = None,
    unchanged: Collection[str] = (),
) -> Advance:
    """Carry the history over one release.

    ``history``: ``observation_history`` of the release before (None: there is none). ``current``: the observations
    to be published now, in parts, without ``first_release``. ``at``: time of the release, UTC without zone. ``broken``:
    keys of the observations after a break (``breaks.find_breaks``), which get status B. ``unchanged``: datasets whose
    observations are those in force, and are not among ``current``.
    """
    schema = arrow_schema(contract, contract.tables["observation_history"])
    con = duckdb.default_connection().cursor()
    name_rows(con, "history", history if history is not None else schema.empty_table())
    name_rows(con, "unmarked", *current)
    con.register("broken", broken if broken is not None else pa.table({"obs_key": pa.array([], pa.string())}))
    con.execute(
        """CREATE TEMP VIEW current AS SELECT o.* REPLACE (
          CASE WHEN o.obs_key IN (SELECT obs_key FROM broken) THEN 'B' ELSE o.obs_status END AS obs_status)
        FROM unmarked o"""
    )
    con.execute(
        f"""CREATE TEMP TABLE changes AS
        SELECT coalesce(c.obs_key, s.obs_key) AS obs_key, CASE
            WHEN c.obs_key IS NULL THEN 'withdrawn'
            WHEN s.obs_key IS NULL AND c.obs_key IN (SELECT obs_key FROM history) THEN 'reopened'
            WHEN s.obs_key IS NULL THEN 'added'
            WHEN {_differs(_VALUE, SAME_NUMBER)} THEN 'revised'
            WHEN {_differs(_BOUNDS, SAME_NUMBER)} OR {_differs(_FLAGS)} THEN 'reflagged'
            ELSE 'stable' END AS change
        FROM current c FULL JOIN (
          SELECT * FROM history WHERE valid_to IS NULL AND NOT {among("dataset_id", unchanged)}) s USING (obs_key)"""
    )
    # Versions that begin. Where nothing was published before, all of them do.
    published = con.execute("SELECT EXISTS (FROM history)").fetchall()[0][0]
    begun = (
        "c.*, x.change FROM current c JOIN changes x USING (obs_key) WHERE x.change NOT IN ('stable', 'withdrawn')"
        if published
        else "*, 'added' AS change FROM current"
    )
    con.execute(f"CREATE TEMP VIEW begun AS SELECT {begun}")
    return Advance(contract, release, at, con, history if unchanged else None)


def in_force(contract: Contract, history: Rows) -> pa.RecordBatchReader:
    """Table ``observations``: the rows of the history that are in force, which have the order that is wanted."""
    con = duckdb.default_connection().cursor()
    name_rows(con, "history", history)
    names = ", ".join(contract.tables["observations"].names)
    return con.sql(f"SELECT {names} FROM history WHERE valid_to IS NULL").to_arrow_reader()


def _differs(columns: tuple[str, ...], compared: str = "") -> str:
    """SQL that is true where one of the columns is another now; ``compared``: how, where the two are not equal."""
    found = []
    for name in columns:
        other = f"c.{name} IS DISTINCT FROM s.{name}"
        if compared:
            now, before = compared.format(f"c.{name}"), compared.format(f"s.{name}")
            other = f"CASE WHEN {other} THEN {now} IS DISTINCT FROM {before} ELSE FALSE END"
        found.append(other)
    return f"({' OR '.join(found)})"


def _revisions(contract: Contract, release: str) -> str:
    dimensions = ("dataset_id", "indicator", "ref_area", "sex", "age", "breakdown", "time_period")
    placed = ", ".join(f"coalesce(c.{name}, l.{name}) AS {name}" for name in dimensions)
    return f"""
        WITH last AS (
          SELECT h.* FROM history h SEMI JOIN (FROM changes WHERE change <> 'stable') USING (obs_key)
          QUALIFY row_number() OVER (PARTITION BY obs_key ORDER BY valid_from DESC) = 1)
        SELECT '{release}' AS release, obs_key, coalesce(c.change, 'withdrawn') AS change, {placed},
          l.obs_value AS old_value, c.obs_value AS new_value,
          l.obs_status AS old_status, c.obs_status AS new_status,
          c.obs_value - l.obs_value AS difference,
          CASE WHEN l.obs_value <> 0 THEN (c.obs_value - l.obs_value) / l.obs_value END AS relative_difference
        FROM begun c FULL JOIN last l USING (obs_key)
        ORDER BY {", ".join(contract.tables["revisions"].order)}"""
