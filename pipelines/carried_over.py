"""What of the last release a refresh carries over instead of making it again, and when it may.

A release of a million observations differs from the one before it in few of them. Where code, declarations and
registers are those of the last release, a table of observations is that of the last release but for

- the observations of datasets that have another data version (:func:`unchanged_datasets`);
- in tables that are derived of them, the indicators and areas of which an observation was added, revised or withdrawn,
  or of which a source says something else (:func:`touched`).

The rest is copied as it is; the bytes are those that making the whole table gives
(``tests/pipelines/test_carried_over.py``). Where any of that is not so, and for small tables, whole tables are made.

Not here: making the tables (``pipelines.assets``), copying rows (``data_contracts.replace_rows``). Called by the
assets ``tables``, ``union_tables``, ``derived_tables`` and ``release``, and by ``second_process``, which makes some
tables beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows
from data_contracts.rows import count_rows, name_rows
from data_contracts.sql import among
from pipelines.dataset_states import DatasetState
from pipelines.release.database_file import DATABASE, Differing
from pipelines.release.last_release import LastRelease
from pipelines.staging import StagedTables
from pipelines.state_groups import GRAVE

# Of more observations than this share, carrying the others over saves nothing.
MOST = 0.2


def may_carry(release: LastRelease) -> bool:
    """Whether the last release is large, whole, and made by the code, declarations and registers of today."""
    return (
        release.folder is not None
        and not release.damaged
        and release.is_of_this_code
        and not any(
            isinstance(release.rows(name), pa.Table) for name in ("observations", "observation_history")
        )
    )


def unchanged_datasets(states: Sequence[DatasetState], release: LastRelease) -> frozenset[str]:
    """Datasets whose observations are those of the last release.

    None where a dataset is restricted: what is withheld of it depends on the others.
    """
    if not may_carry(release) or any(state.dataset.restricted for state in states):
        return frozenset()
    same = [state for state in states if _is_unchanged(state, release)]
    names = frozenset(state.dataset.id for state in same)
    came = sum(count_rows(state.observations) for state in states if state.dataset.id not in names)
    gone = sum(rows for name, rows in release.counts.items() if name not in names)
    return names if _is_few(max(came, gone), release) else frozenset()


def _is_unchanged(state: DatasetState, release: LastRelease) -> bool:
    published = release.datasets.get(state.dataset.id)
    if published is None or {state.state, published["state"]} & {*GRAVE}:
        return False
    rows = count_rows(state.observations)
    return bool(
        published["data_version"] == state.data_version
        and published["rows"] == rows == release.counts.get(state.dataset.id, 0)
    )


def _is_few(rows: int, release: LastRelease) -> bool:
    return rows <= MOST * count_rows(release.rows("observations"))


@dataclass(frozen=True)
class Touched:
    """What differs from the last release."""

    #: the last one
    release: LastRelease
    #: column ``obs_key`` of observations that were added, revised or withdrawn
    keys: pa.Table
    #: ids of the datasets of these
    datasets: Sequence[str]
    #: columns ``indicator`` and ``ref_area`` of which a figure or its source differs
    groups: pa.Table
    #: those of rates, which a population of the area touches too
    based: pa.Table
    #: those of all figures of a dataset or source that differs
    countries: frozenset[str]

    def last(self, name: str) -> Rows:
        """A table of the last release."""
        return self.release.rows(name)

    def of_datasets(self, observations: Rows) -> pa.Table:
        """Those of the datasets that differ."""
        with duckdb.default_connection().cursor() as con:
            name_rows(con, "observations", observations)
            return con.sql(f"FROM observations WHERE {among('dataset_id', self.datasets)}").to_arrow_table()


def touched(release: LastRelease, observations: Rows, revisions: Rows, sources: Rows) -> Touched | None:
    """What the observations of this run, with their revisions, have that those of the last release have not.

    None where it may not be carried over, or where there is too much of it.
    """
    if not may_carry(release) or isinstance(observations, pa.Table):
        return None
    with duckdb.default_connection().cursor() as con:
        for name, rows in (
            ("now", observations),
            ("before", release.rows("observations")),
            ("revisions", revisions),
            ("sources", sources),
            ("sources_before", release.rows("sources")),
        ):
            name_rows(con, name, rows)
        con.execute(f"CREATE TEMP TABLE moved AS FROM revisions WHERE release > '{release.name}'")
        datasets = [name for (name,) in con.execute("SELECT DISTINCT dataset_id FROM moved").fetchall()]
        differing = """SELECT DISTINCT source_id FROM (
            (FROM sources EXCEPT FROM sources_before) UNION ALL (FROM sources_before EXCEPT FROM sources))"""
        named = [name for (name,) in con.execute(differing).fetchall()]
        con.execute("CREATE TEMP VIEW all_rows AS FROM now UNION ALL FROM before")
        of_sources = f"SELECT DISTINCT indicator, ref_area FROM all_rows WHERE {among('source_id', named)}"
        con.execute(
            f"CREATE TEMP TABLE groups AS SELECT DISTINCT indicator, ref_area FROM moved UNION {of_sources}"
        )
        mine = "SELECT count(*) FROM {} SEMI JOIN groups USING (indicator, ref_area)"
        rows = [con.execute(mine.format(name)).fetchall()[0][0] for name in ("now", "before")]
        if not _is_few(max(rows), release):
            return None
        based = """FROM groups UNION SELECT DISTINCT indicator, ref_area FROM all_rows
            WHERE ref_area IN (SELECT ref_area FROM groups WHERE indicator = 'POPULATION')"""
        countries = f"""SELECT left(ref_area, 2) FROM groups UNION SELECT left(ref_area, 2) FROM all_rows
            WHERE {among("dataset_id", datasets)} OR {among("source_id", named)}"""
        return Touched(
            release,
            con.sql("SELECT DISTINCT obs_key FROM moved ORDER BY ALL").to_arrow_table(),
            datasets,
            con.sql("FROM groups ORDER BY ALL").to_arrow_table(),
            con.sql(f"FROM ({based}) ORDER BY ALL").to_arrow_table(),
            frozenset(country for (country,) in con.execute(countries).fetchall()),
        )


def differing(release: LastRelease, staged: StagedTables) -> Differing | None:
    """What the tables of this run have that the database of the last release has not; None where too much differs."""
    found = touched(release, *map(staged.rows, ("observations", "revisions", "sources")))
    if found is None or release.folder is None:
        return None
    before = {entry["name"]: entry["sha256"] for entry in release.manifest["tables"]}
    rows = {
        "observations": found.keys,
        "observation_history": found.keys,
        "best_observations": found.groups,
        "rates": found.based,
        "revisions": _new_releases(release, staged.rows("revisions")),
    }
    return Differing(
        release.folder / DATABASE,
        [name for name, checksum in before.items() if checksum == staged.sha256(name)],
        rows,
        {name: release.rows(name) for name in rows},
    )


def _new_releases(release: LastRelease, revisions: Rows) -> pa.Table:
    """Names of releases of which the last one has no revisions."""
    with duckdb.default_connection().cursor() as con:
        name_rows(con, "revisions", revisions)
        return con.sql(
            f"SELECT DISTINCT release FROM revisions WHERE release > '{release.name}'"
        ).to_arrow_table()
