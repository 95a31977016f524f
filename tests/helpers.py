"""What tests of several layers share: one dataset through all its stages, and a release of it, without Dagster."""

import datetime as dt
import gzip
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import arrow_schema, write_table
from data_contracts.model import Contract
from pipelines.data_directory import DataDirectory, current_moment
from pipelines.dataset_states import DatasetState, dataset_state
from pipelines.declarations import Declarations
from pipelines.process_dataset import observe_dataset, pull_dataset
from pipelines.release.manifest import file_entry, release_name
from pipelines.release.publish import show
from pipelines.resources import Publishers
from sources.dataset import Dataset
from sources.pull import Pulled
from sources.receipts import Record
from transforms.derive import history
from transforms.derive.codebook import datasets_table, make

NOW = dt.datetime(2026, 11, 25, 3, 15)


@dataclass
class Processed(DatasetState):
    """The state of a dataset after a refresh, with what was pulled."""

    pulled: Pulled = field(default_factory=Pulled)


def process(
    declared: Declarations, dataset: Dataset, data: Path, mirror: str = "", now: dt.datetime | None = None
) -> Processed:
    """Pull, read, normalize and judge one dataset, as a refresh does."""
    # Tests change declarations in memory, which a data version does not see.
    shutil.rmtree(data / "staging", ignore_errors=True)
    data_dir = DataDirectory(data)
    publishers = Publishers(live=bool(mirror), mirror=mirror, patience=0.02)
    pulled, broken = pull_dataset(dataset, data_dir, publishers)
    observe_dataset(declared, dataset, data_dir, broken)
    release = data_dir.last_release(declared.contract)
    state = dataset_state(declared, data_dir, release, dataset, now or current_moment())
    return Processed(**vars(state), pulled=pulled)


def unzipped(path: Path) -> bytes:
    """What a file holds, whether it is compressed or not."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def values(table: pa.Table) -> dict[str, float | None]:
    """Values by key."""
    return {row["obs_key"]: row["obs_value"] for row in table.to_pylist()}


@dataclass(frozen=True)
class Advanced:
    """The tables after one release, in memory."""

    observations: pa.Table
    history: pa.Table
    revisions: pa.Table


def advance(
    contract: Contract,
    before: pa.Table | None,
    current: pa.Table,
    release: str,
    at: dt.datetime,
    broken: pa.Table | None = None,
) -> Advanced:
    """``transforms.derive.history.advance`` of one small table."""

    def whole(name: str, rows: pa.RecordBatchReader) -> pa.Table:
        return rows.read_all().cast(arrow_schema(contract, contract.tables[name]))

    step = history.advance(contract, before, [current], release, at, broken)
    made = whole("observation_history", step.history)
    in_force = whole("observations", history.in_force(contract, made))
    return Advanced(in_force, made, whole("revisions", step.revisions))


def _fetch(record: Record) -> dict[str, object]:
    """A row of the table ``fetches``, as far as states look at it."""
    return {name: getattr(record, name) for name in ("outcome", "sha256", "via")} | {
        "dataset_id": record.dataset
    }


def publish(declared: Declarations, data: Path, state: DatasetState, at: dt.datetime) -> pa.Table:
    """A release with just this dataset, enough for the next refresh to build upon; gives its history."""
    contract, data_dir = declared.contract, DataDirectory(data)
    last, name = data_dir.last_release(contract), release_name(at)
    step = advance(contract, last.table("observation_history"), state.observations, name, at)
    row = {
        "release": name,
        "published_at": at,
        "contract_version": contract.version,
        "rows": 1,
        "added": 0,
        "revised": 0,
        "withdrawn": 0,
        "content_hash": "0" * 64,
    }
    facts = {d.id: state.facts for d in [state.dataset]}
    tables = {
        "observations": step.observations,
        "observation_history": step.history,
        "revisions": step.revisions,
        "releases": make(contract, "releases", [*last.table("releases").to_pylist(), row]),
        "datasets": datasets_table(contract, {state.dataset.id: state.dataset}, facts),
        "quarantine": state.quarantine,
        "findings": make(contract, "findings", state.findings),
        "fetches": make(contract, "fetches", [_fetch(record) for record in data_dir.archive.fetches()]),
    }
    folder = data / "releases" / name
    entries = []
    for table_name, table in tables.items():
        path = folder / table_name / f"{table_name}.parquet"
        path.parent.mkdir(parents=True)
        write_table(table.cast(arrow_schema(contract, contract.tables[table_name])), path)
        entries.append({**file_entry(path, f"{table_name}/{table_name}.parquet"), "name": table_name})
    (folder / "manifest.json").write_text(json.dumps({"tables": entries, "files": []}), encoding="utf-8")
    show(data, folder)
    return step.history


def published_rows(declared: Declarations, data: Path, dataset: Dataset) -> pa.Table:
    release = DataDirectory(data).last_release(declared.contract)
    return release.observations.filter(pc.equal(release.observations["dataset_id"], dataset.id))
