"""A publication without a refresh: staged tables, all empty but the list of releases, published in a second.

Called by the fixtures of ``conftest.py``, by the server of ``small_refresh.py``, which has it killed, and by the
tests of ``pipelines.release.publish``.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from data_contracts.arrow import arrow_schema, write_table
from data_contracts.model import Contract
from pipelines.release import publish
from pipelines.release.manifest import release_name
from transforms.derive.codebook import make


def stage_empty_tables(contract: Contract, folder: Path) -> None:
    """Write the tables of a release that holds nothing."""
    for name, table in contract.tables.items():
        write_table(arrow_schema(contract, table).empty_table(), folder / f"{name}.parquet")


def list_of_releases(contract: Contract, name: str, at: dt.datetime) -> pa.Table:
    """The table ``releases`` with one release of this name, in which nothing is."""
    row = {
        "release": name, "published_at": at, "contract_version": "1", "rows": 0, "added": 0, "revised": 0,
        "withdrawn": 0, "content_hash": "0" * 64,
    }  # fmt: skip
    return make(contract, "releases", [row])


def publish_staged(
    contract: Contract, root: Path, at: dt.datetime, staged: Mapping[str, Path]
) -> publish.Published:
    """Publish and show a release of these files, one of each table."""
    made = publish.build(
        contract,
        root,
        at,
        staged,
        content="0" * 64,
        made_by="test",
        derived_by="test",
        versions={name: {} for name in staged},
    )
    publish.show(root, made.folder)
    return made


def publish_release(contract: Contract, staged: Path, root: Path, at: dt.datetime) -> str:
    """Publish a release of a moment in a data directory; its table ``releases`` names it, and nothing else is in it."""
    name = release_name(at)
    file = staged / "releases" / f"{name}.parquet"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        write_table(list_of_releases(contract, name, at), file)
    tables = {name: staged / f"{name}.parquet" for name in contract.tables}
    publish_staged(contract, root, at, {**tables, "releases": file})
    return name
