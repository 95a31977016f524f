"""The manifest of a release: name, checksums, content hash, and the check of a release against it."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_contracts.model import Contract

# Tables that log what was done; they alone never make a release.
LOGS = ("releases", "fetches", "revisions", "quarantine", "findings")
# Columns of the same kind in other tables.
LOG_COLUMNS = {"datasets": ("last_success", "state", "refused_rows")}


def release_name(at: dt.datetime) -> str:
    """Name of a release: its UTC time."""
    return at.strftime("%Y%m%dT%H%M%SZ")


def content_hash(contract: Contract, tables: Mapping[str, pa.Table]) -> str:
    """Hash of what a release says, its logs apart: equal hashes mean nothing new."""
    digest = hashlib.sha256(contract.version.encode())
    for name in sorted(tables):
        if name in LOGS:
            continue
        table = tables[name].drop_columns(list(LOG_COLUMNS.get(name, ())))
        # Schema metadata is part of what is published; IPC writes both, the same bytes on every machine.
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
        digest.update(name.encode())
        digest.update(hashlib.sha256(sink.getvalue()).digest())
    return digest.hexdigest()


def file_entry(path: Path, relative: str) -> dict[str, Any]:
    """Path, size and SHA-256 of a file, as the manifest lists it."""
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return {"path": relative, "bytes": path.stat().st_size, "sha256": digest}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of a release."""
    loaded: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return loaded


def verify(folder: Path) -> list[str]:
    """Every file of a release against its manifest; sentences on what is wrong."""
    problems = []
    manifest = read_manifest(folder)
    listed = {entry["path"]: entry for entry in (*manifest["tables"], *manifest["files"])}
    for relative, entry in listed.items():
        path = folder / relative
        if not path.is_file():
            problems.append(
                f"{relative} is missing: restore the release from a copy, or refresh to make a new one."
            )
        elif file_entry(path, relative)["sha256"] != entry["sha256"]:
            problems.append(
                f"{relative} does not match its checksum: it was changed or damaged after publication; "
                "restore it from a copy."
            )
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    problems += [f"{extra} is not named in the manifest." for extra in sorted(present - set(listed))]
    return problems
