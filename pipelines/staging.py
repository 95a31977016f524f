"""What steps of a run hand to one another, as Parquet below ``staging/``: a cache, written atomically.

::

    staging/tables/<table>.parquet                       a table of the contract, ready to be published
    staging/tables/<table>.certificate.json              which suite passed on exactly these bytes, and when
    staging/datasets/<dataset>/<data version>/…          observations in the order of a release, quarantine, findings,
                                                         facts of one dataset

The folder may be deleted at any time: where a stage is missing or torn, the dataset's rows are those of the last
release. The stage of a restricted dataset is missing too where its counts before suppression are.

Not here: the IO manager of the tables (``pipelines.parquet_io``) and data versions (``pipelines.data_versions``).
Called by the assets, ``pipelines.refresh`` and ``pipelines.dataset_states``.
"""

import datetime as dt
import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_contracts.arrow import Rows, Stream, arrow_schema, read_table, scan_table, write_table
from data_contracts.in_order import in_order
from data_contracts.replace_rows import Made, Replaced, write_replaced
from data_contracts.rows import load_rows, read_rows
from data_contracts.stored_json import load_json
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import code_version, made_by
from pipelines.declarations import declarations
from pipelines.release.feed import FEED
from pipelines.release.manifest import checksum, table_entry
from pipelines.unprotected_counts import RestrictedCounts
from sources.durable import whole_file, write_whole
from transforms.ingest import Ingested

# What can be wrong with a cached file, from a torn write to another version's columns.
UNREADABLE = (OSError, ValueError, KeyError, TypeError, pa.ArrowException)


class StagedTables:
    """Tables of the contract between steps, one Parquet file each, and the certificates of Great Expectations."""

    def __init__(self, data_dir: DataDirectory) -> None:
        """The tables of the run that works on this data directory."""
        self.data_dir = data_dir

    def path(self, name: str) -> Path:
        """File of a table."""
        return self.data_dir.staging / "tables" / f"{name}.parquet"

    @property
    def _made_by(self) -> Path:
        return self.data_dir.staging / "tables" / "made_by.json"

    def save(self, name: str, rows: Made) -> int:
        """Write a table whole or not at all, as its rows come; gives how many these are."""
        contract = declarations().contract
        path, schema = self.path(name), arrow_schema(contract, contract.tables[name])
        _make(self.data_dir, path.parent)
        with whole_file(path, cache=True) as handle:
            if isinstance(rows, Replaced):
                return write_replaced(rows, handle, schema)
            return write_table(rows, handle, schema)

    def load(self, name: str) -> pa.Table:
        """Read a table."""
        return read_table(self.path(name))

    def rows(self, name: str) -> Rows:
        """A table; a large one is not read."""
        return load_rows(self.path(name))

    def scan(self, name: str) -> Rows:
        """A table to be read by columns, or by DuckDB, without all of it in memory."""
        return scan_table(self.path(name))

    def changes(self, release: str) -> dict[str, int]:
        """How many revisions of each kind a release has."""
        mine = self.scan("revisions").to_table(["change"], filter=pc.field("release") == release)
        return {row["values"]: row["counts"] for row in mine["change"].value_counts().to_pylist()}

    def sha256(self, name: str) -> str:
        """Checksum of a table's file, which is a checksum of the table."""
        return checksum(self.path(name))

    def note_made_by(self, release: str) -> None:
        """Note that the tables as they are now, made by the present code and registers, say what a release says."""
        self._made_by.parent.mkdir(parents=True, exist_ok=True)
        datasets = self.load("datasets")
        versions = zip(*(datasets[name].to_pylist() for name in ("dataset_id", "data_version")), strict=True)
        note = {"release": release, "made_by": made_by(), "datasets": dict(versions)}
        write_whole(self._made_by, json.dumps(note).encode(), cache=True)

    def are_made(self, release: str, dataset: str = "", version: str = "") -> bool:
        """Whether that was noted for this release and the present code and registers, and of this state of a dataset.

        A dataset's outcome that is staged and not noted was never published: the run ended before its release.
        """
        try:
            note = load_json(self._made_by.read_text(encoding="utf-8"))
            same = bool(note["release"] == release and note["made_by"] == made_by())
            return same and (not dataset or note["datasets"][dataset] == version)
        except UNREADABLE:
            return False

    @property
    def history_is_lost(self) -> bool:
        """Whether a release was published in this data directory and none is left to build upon.

        What readers are led by tells of it, or the staged list of releases, of which the last may not be published yet.
        """
        if self.data_dir.base:
            return False
        root = self.data_dir.root
        if (root / "latest").is_symlink() or (root / FEED).is_file():
            return True
        try:
            return bool(pq.read_metadata(self.path("releases")).num_rows > 1)
        except UNREADABLE:
            return False

    def certify(self, name: str, at: dt.datetime, checks: int, warnings: int) -> None:
        """Note that the suite of the present contract passed on the table as it is now, with so many warnings."""
        self.carry(
            name,
            {
                "suite": code_version(),
                "sha256": self.sha256(name),
                "certified_at": f"{at.isoformat()}Z",
                "checks": checks,
                "warnings": warnings,
            },
        )

    def certified_before(self, manifest: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
        """The certificate that the last release has of a table as it is now, by the present suite."""
        found = passed(manifest, name)
        return found if found and found["sha256"] == self.sha256(name) else None

    def carry(self, name: str, certificate: Mapping[str, Any]) -> None:
        """Take over a certificate that was given before."""
        path = self.path(name).with_suffix(".certificate.json")
        write_whole(path, json.dumps(certificate).encode(), cache=True)

    def certificate(self, name: str) -> dict[str, Any] | None:
        """The certificate of a table as it is now; None where none was given to these bytes by this suite."""
        try:
            path = self.path(name).with_suffix(".certificate.json")
            found: dict[str, Any] = load_json(path.read_text(encoding="utf-8"))
            fits = found["sha256"] == self.sha256(name) and found["suite"] == code_version()
            return found if fits else None
        except UNREADABLE:
            return None


def passed(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The certificate that a release has of its table by the present suite.

    None where it was given with warnings: they are shown again by running the suite again.
    """
    entry = table_entry(manifest, name)
    found = entry.get("certificate") or {}
    same = found.get("suite") == code_version() and found.get("sha256") == entry.get("sha256")
    return found if same and not found["warnings"] else None


def _make(data_dir: DataDirectory, folder: Path) -> None:
    """A folder of the staging area, which only this user enters where a dataset is restricted.

    What is withheld of it beside the other datasets, or only after the audit stopped a release, is there in full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(dataset.restricted for dataset in declarations().datasets.values()):
        data_dir.staging.chmod(0o700)


class DatasetStages:
    """Outcomes of datasets by data version."""

    def __init__(self, data_dir: DataDirectory) -> None:
        """The outcomes below this data directory."""
        self.data_dir = data_dir

    def keep(self, result: Ingested) -> None:
        """Keep an outcome for the steps of this run only."""
        self.data_dir.unwritten[result.dataset_id] = result

    def forget(self, dataset_id: str) -> None:
        """An outcome was written since."""
        self.data_dir.unwritten.pop(dataset_id, None)

    def save(self, result: Ingested) -> None:
        """Keep an outcome, in the place of the dataset's earlier ones."""
        home = self._home(result.dataset_id)
        _make(self.data_dir, home)
        aside = home / f".{uuid.uuid4().hex[:8]}.tmp"
        aside.mkdir()
        contract = declarations().contract
        findings = arrow_schema(contract, contract.tables["findings"])
        # In the order of a release, whose sort finds most of its work done.
        observations = in_order(read_rows(result.observations), contract.tables["observations"].order)
        tables: dict[str, Stream] = {
            "observations": observations,
            "quarantine": result.quarantine,
            "findings": pa.Table.from_pylist(result.findings, schema=findings),
        }
        for name, rows in tables.items():
            write_table(rows, aside / f"{name}.parquet")
        facts = {
            "failures": result.failures,
            "files": result.files,
            "cells": result.cells,
            "held": result.held,
            "stopped": result.stopped,
            "parts": list(result.parts),
            "restricted": result.restricted is not None,
        }
        (aside / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        for earlier in home.iterdir():
            if earlier != aside:
                shutil.rmtree(earlier, ignore_errors=True)
        aside.rename(home / result.data_version)

    def stopped(self, dataset_id: str, data_version: str) -> bool | None:
        """Whether the outcome of a dataset at a data version is that it was stopped; None as in :meth:`load`.

        Of its tables only the ends are read, which a torn file lacks.
        """
        if dataset_id in self.data_dir.unwritten:
            return self.data_dir.unwritten[dataset_id].stopped
        folder = self._home(dataset_id) / data_version
        try:
            facts = self._facts(dataset_id, data_version)
            for name in ("observations", "quarantine", "findings"):
                pq.read_metadata(folder / f"{name}.parquet")
            return None if facts is None else bool(facts["stopped"])
        except UNREADABLE:
            return None

    def load(self, dataset_id: str, data_version: str) -> Ingested | None:
        """The outcome of a dataset at a data version; None where it is not there whole."""
        if dataset_id in self.data_dir.unwritten:
            return self.data_dir.unwritten[dataset_id]
        folder = self._home(dataset_id) / data_version
        normalizer = declarations().normalizer
        try:
            facts = self._facts(dataset_id, data_version)
            if facts is None:
                return None
            return Ingested(
                dataset_id,
                self._observations(folder),
                read_table(folder / "quarantine.parquet").cast(normalizer.quarantine_schema()),
                read_table(folder / "findings.parquet").to_pylist(),
                [str(failure) for failure in facts["failures"]],
                int(facts["files"]),
                int(facts["cells"]),
                bool(facts["held"]),
                data_version,
                bool(facts["stopped"]),
                parts=[str(part) for part in facts["parts"]],
            )
        except UNREADABLE:
            return None

    def _observations(self, folder: Path) -> Rows:
        """The rows of an outcome; those of another version's columns are a ValueError."""
        rows, schema = load_rows(folder / "observations.parquet"), declarations().normalizer.good_schema()
        if isinstance(rows, pa.Table):
            return rows.cast(schema)
        if rows.schema != schema:
            raise ValueError(f"{folder}: columns of another version")
        return rows

    def _facts(self, dataset_id: str, data_version: str) -> dict[str, Any] | None:
        """What was noted of an outcome; None where the counts that it was suppressed from are missing."""
        path = self._home(dataset_id) / data_version / "facts.json"
        facts: dict[str, Any] = load_json(path.read_text(encoding="utf-8"))
        restricted = facts["restricted"]
        complete = not restricted or RestrictedCounts(self.data_dir).has(dataset_id, data_version)
        return facts if complete else None

    def _home(self, dataset_id: str) -> Path:
        return self.data_dir.staging / "datasets" / dataset_id
