"""Dagster resources: where data lives, what time it is, and how publishers are asked. Tests give their own."""

import datetime as dt
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.arrow import arrow_schema
from data_contracts.load import contract
from data_contracts.model import Contract
from sources.archive import Archive
from sources.dataset import Dataset
from sources.http.client import Fetcher
from sources.load_datasets import load_datasets
from sources.registers import Entry, load_register
from transforms.normalize.normalizer import Normalizer


class DataDir(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The data directory: raw archive, inbox, staging, releases."""

    path: str

    @property
    def root(self) -> Path:
        """Its absolute path."""
        return Path(self.path).resolve()

    @property
    def archive(self) -> Archive:
        """The raw archive."""
        return Archive(self.root)

    @property
    def inbox(self) -> Path:
        """Folder of files that people add."""
        return self.root / "inbox"

    @property
    def releases(self) -> Path:
        """Folder of releases."""
        return self.root / "releases"

    @property
    def latest(self) -> Path | None:
        """Folder of the latest release, or None where there is none yet."""
        link = self.root / "latest"
        return link.resolve() if link.exists() else None

    def staged(self, *parts: str) -> Path:
        """Path in the staging area, which a refresh may rewrite at any time."""
        return self.root.joinpath("staging", *parts)

    def last_table(self, contract: Contract, name: str) -> pa.Table:
        """A table of the latest release, as the present contract has it; empty where there is none."""
        schema = arrow_schema(contract, contract.tables[name])
        file = self.latest / name / f"{name}.parquet" if self.latest else None
        if file is None or not file.exists():
            return schema.empty_table()
        loaded = _read_release_table(file)
        if set(loaded.schema.names) < set(schema.names):
            missing = [n for n in schema.names if n not in loaded.schema.names]
            for column in missing:
                loaded = loaded.append_column(column, pa.nulls(loaded.num_rows, schema.field(column).type))
        return loaded.select(schema.names).cast(schema)


@lru_cache(maxsize=2)
def _read_release_table(file: Path) -> pa.Table:
    """A file of a release never changes, and every dataset asks for the same one."""
    return pq.read_table(file)


class Clock(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The time; ``SOURCE_DATE_EPOCH``, where set, stops it, as in reproducible builds."""

    epoch: int | None = None

    def now(self) -> dt.datetime:
        """UTC without zone, to the second."""
        moment = self.epoch if self.epoch is not None else os.environ.get("SOURCE_DATE_EPOCH")
        if moment is not None and str(moment).strip():
            return dt.datetime.fromtimestamp(int(moment), dt.UTC).replace(tzinfo=None)
        return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


class Publishers(dg.ConfigurableResource):  # type: ignore[type-arg]
    """How publishers are asked: not at all, at their own addresses, or through a mirror."""

    live: bool = False
    mirror: str = ""
    contact: str = ""
    patience: float = 1.0

    def fetcher(self) -> Fetcher:
        """One polite session."""
        return Fetcher(mirror=self.mirror or None)

    @property
    def via(self) -> str:
        """Word for the archive's records."""
        return "mirror" if self.mirror else "live"


class Declarations:
    """What is declared, loaded once a process."""

    def __init__(self) -> None:
        """Load contract, datasets and registers; a mistake in one is an error that names file and line."""
        self.contract: Contract = contract()
        self.datasets: Mapping[str, Dataset] = load_datasets()
        self.publications: tuple[Entry, ...] = load_register("publications")
        self.laws: tuple[Entry, ...] = load_register("legal_framework")
        self.services: tuple[Entry, ...] = load_register("response_services")
        self.conflicts: tuple[Entry, ...] = load_register("discrepancies")
        self.normalizer = Normalizer(
            self.contract,
            datasets=self.datasets,
            sources=[entry["source"] for entry in self.publications],
        )


@lru_cache
def declarations() -> Declarations:
    """The declarations of this process."""
    return Declarations()


def resources(data_dir: Path, **publishers: Any) -> dict[str, Any]:
    """The resources of one run."""
    return {"data_dir": DataDir(path=str(data_dir)), "clock": Clock(), "publishers": Publishers(**publishers)}
