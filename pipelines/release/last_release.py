"""The last release, verified: what the next one is built upon.

What is published depends on the releases and the raw archive only, so the last release is more than a result: its
history, its list of releases and the rows of every dataset that is not processed now are carried from it. Hence:

- the newest complete folder in ``releases/`` counts, whether or not ``latest`` points to it (a crash between the two
  leaves it unlisted; ``publish.show`` mends the link);
- a release whose history is damaged or missing is refused as a base with the remedy, never silently begun anew;
- a release of a newer data contract is refused as a base: an edition of the code that does not know its codes and
  columns would withdraw them;
- other damage is repaired: everything is processed again and a whole release is published.

Not here: comparing new rows with it (``transforms.judge``), reading a release for people (``pipelines.published``),
checksums of files (``manifest``). Called by ``pipelines.data_directory``, which keeps the answer for one run.
"""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import Rows, arrow_schema, read_table
from data_contracts.errors import DvstatsError
from data_contracts.model import Contract
from data_contracts.rows import load_rows, name_rows, read_rows
from pipelines.data_versions import derivation_version
from pipelines.release import signature
from pipelines.release.manifest import ManifestError, read_manifest, release_names, verify
from transforms.normalize import former_keys
from transforms.normalize.inputs_and_results import good_schema
from transforms.normalize.keys import renewed_keys

# Without these a release cannot be built upon: they hold what no source gives again.
HISTORY = ("observation_history", "revisions", "releases")


@dataclass
class LastRelease:
    """The newest release; ``folder`` is None before the first one."""

    contract: Contract
    folder: Path | None = None
    manifest: dict[str, Any] = field(default_factory=dict)
    # What its files lack, in sentences; such a release is carried on but not left as it is.
    damaged: list[str] = field(default_factory=list)
    # Large tables that were found to be as they would be written now.
    _present: dict[str, Rows] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name; empty where there is none."""
        return self.folder.name if self.folder else ""

    @property
    def is_of_this_code(self) -> bool:
        """Whether the code, declarations and registers of today made it."""
        return self.manifest.get("derived_by") == derivation_version()

    def table(self, name: str) -> pa.Table:
        """A table of it, with the columns of the present contract; empty where there is none."""
        return read_rows(self.rows(name))

    def rows(self, name: str) -> Rows:
        """The same; a large one that is as it would be written now is not read."""
        if name in self._present:
            return self._present[name]
        schema = arrow_schema(self.contract, self.contract.tables[name])
        file = self.folder / name / f"{name}.parquet" if self.folder else None
        if file is None or not file.exists() or any(name in problem for problem in self.damaged):
            return schema.empty_table()
        rows = load_rows(file)
        present = not isinstance(rows, pa.Table) and rows.schema.equals(schema, check_metadata=True)
        if present and (self.is_of_this_code or former_keys.is_present(rows, self.contract.renamed)):
            self._present[name] = rows
            return rows
        # Keys and codes of older releases continue under the present ones: nothing is withdrawn and added by it.
        loaded = former_keys.with_keys(renewed_keys(read_table(file)), self._moved)
        loaded = former_keys.with_present_codes(loaded, self.contract.renamed)
        for column in schema.names:
            if column not in loaded.schema.names:
                loaded = loaded.append_column(column, pa.nulls(loaded.num_rows, schema.field(column).type))
        return loaded.select(schema.names).cast(schema)

    @cached_property
    def _moved(self) -> dict[str, str]:
        """Present key by former key, of observations that have a code which was renamed since."""
        if not self.contract.renamed or self.folder is None:
            return {}
        file = self.folder / "observation_history" / "observation_history.parquet"
        if former_keys.is_present(load_rows(file), self.contract.renamed):
            return {}
        return former_keys.moved_by_renames(renewed_keys(read_table(file)), self.contract.renamed)

    @cached_property
    def observations(self) -> Rows:
        """Its observations: the rows of the history that are in force, which no other damage can take away."""
        rows = self.rows("observations")
        if not isinstance(rows, pa.Table):
            return rows
        history = self.table("observation_history")
        mine = history.filter(pc.is_null(history["valid_to"]))
        schema = arrow_schema(self.contract, self.contract.tables["observations"])
        return mine.select(schema.names).cast(schema)

    def observations_of(self, dataset_id: str) -> pa.Table:
        """A dataset's rows of it, as the normalizer gives rows."""
        schema = good_schema(self.contract)
        if dataset_id not in self.counts:
            return schema.empty_table()
        if isinstance(rows := self.observations, pa.Table):
            mine = self._divided_observations.of(dataset_id)
        else:
            with duckdb.default_connection().cursor() as con:
                name_rows(con, "observations", rows)
                query = "FROM observations WHERE dataset_id = ?"
                mine = con.sql(query, params=[dataset_id]).to_arrow_table()
        return mine.select(schema.names).cast(schema)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many of its observations each dataset has."""
        with duckdb.default_connection().cursor() as con:
            name_rows(con, "observations", self.observations)
            return dict(con.execute("SELECT dataset_id, count(*) FROM observations GROUP BY ALL").fetchall())

    def rows_of(self, log: str, dataset_id: str) -> pa.Table:
        """A dataset's rows of ``quarantine``, ``findings`` or ``fetches``."""
        return self._divided_logs[log].of(dataset_id)

    @cached_property
    def _divided_observations(self) -> "_Divided":
        return _Divided(read_rows(self.observations))

    @cached_property
    def _divided_logs(self) -> dict[str, "_Divided"]:
        return {name: _Divided(self.table(name)) for name in ("quarantine", "findings", "fetches")}

    @cached_property
    def datasets(self) -> dict[str, dict[str, Any]]:
        """Its row of the table ``datasets`` for each dataset."""
        return {row["dataset_id"]: row for row in self.table("datasets").to_pylist()}


class _Divided:
    """A table in the order of its datasets, so that the rows of one are a slice: each of them is wanted."""

    def __init__(self, table: pa.Table) -> None:
        self._rows = table.sort_by("dataset_id")
        counts = self._rows["dataset_id"].value_counts().to_pylist()
        ends = accumulate(count["counts"] for count in counts)
        self._places = {
            c["values"]: (end - c["counts"], c["counts"]) for c, end in zip(counts, ends, strict=True)
        }

    def of(self, dataset_id: str) -> pa.Table:
        first, rows = self._places.get(dataset_id, (0, 0))
        return self._rows.slice(first, rows)


def last_release(root: Path, contract: Contract, name: str | None = None) -> LastRelease:
    """The release of this name, the newest where none is given, to build upon; empty: there is none yet.

    DvstatsError where its history is damaged.
    """
    if name is None:
        name = (release_names(root) or [""])[-1]
    if not name:
        return LastRelease(contract)
    folder = root / "releases" / name
    or_else = f"move {folder} away to build upon the release before, without its history."
    remedy = f"Restore it from a copy; or {or_else}"
    if folder.is_symlink():
        raise DvstatsError(
            f"{folder} is a link: a release is built upon the files that lie in releases/. {remedy}"
        )
    try:
        manifest = read_manifest(folder)
        damaged = verify(folder)
        forged = signature.problem_among(folder)
    except ManifestError as error:
        raise DvstatsError(f"{error} Or {or_else}") from error
    if manifest.get("release", name) != name:
        raise DvstatsError(
            f"{folder} is release {manifest['release']} under another name. Give it its name back, or move it away."
        )
    if forged:
        raise DvstatsError(f"Release {folder.name}: {forged} {remedy}")
    if _parts(manifest.get("contract_version", "")) > _parts(contract.version):
        raise DvstatsError(
            f"Release {folder.name} was published by a newer edition of dvstats (data contract "
            f"{manifest['contract_version']}, this one has {contract.version}), which may know codes and columns that "
            "would be lost. Update this copy; `dvstats query` reads the release as it is."
        )
    listed = {entry["name"] for entry in manifest["tables"]}
    lost = [name for name in HISTORY if name not in listed or any(f"{name}.parquet" in d for d in damaged)]
    if lost:
        raise DvstatsError(f"Release {folder.name}: {', '.join(lost)} is missing or damaged. {remedy}")
    return LastRelease(contract, folder, manifest, damaged)


def _parts(version: str) -> list[int]:
    """Numbers of a version, so that 1.10.0 is after 1.9.0."""
    return [int(part) for part in version.split(".") if part.isdecimal()]
