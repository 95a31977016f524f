"""The manifest of a release: name, checksums, content hash, and the check of a release against it."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from data_contracts.arrow import table_bytes
from data_contracts.errors import DvstatsError
from data_contracts.model import Contract

# Tables that log what was done; they alone never make a release.
LOGS = ("releases", "fetches", "revisions", "quarantine", "findings")
# Columns of the same kind in other tables.
LOG_COLUMNS = {"datasets": ("last_success", "state", "refused_rows", "data_version")}


class ManifestError(DvstatsError):
    """The manifest of a release cannot be read."""


def release_name(at: dt.datetime) -> str:
    """Name of a release: its UTC time."""
    return at.strftime("%Y%m%dT%H%M%SZ")


def content_hash(contract: Contract, tables: Mapping[str, Path]) -> str:
    """Hash of what a release says, its logs apart: equal hashes mean nothing new.

    ``tables``: the Parquet file of each table. Equal tables have equal files, since all are written by
    ``data_contracts.arrow.write_table``; so the files' bytes are what is hashed.
    """
    digest = hashlib.sha256(contract.version.encode())
    for name in sorted(tables):
        if name in LOGS:
            continue
        digest.update(name.encode())
        if name in LOG_COLUMNS:
            table = pq.read_table(tables[name]).drop_columns(list(LOG_COLUMNS[name]))
            digest.update(hashlib.sha256(table_bytes(table)).digest())
        else:
            digest.update(hashlib.sha256(tables[name].read_bytes()).digest())
    return digest.hexdigest()


def file_entry(path: Path, relative: str) -> dict[str, Any]:
    """Path, size and SHA-256 of a file, as the manifest lists it."""
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return {"path": relative, "bytes": path.stat().st_size, "sha256": digest}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of a release; ManifestError where it is missing, cut or names files outside the release."""
    path = folder / "manifest.json"
    try:
        loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        entries = [*loaded["tables"], *loaded["files"]]
        names = [entry["path"] for entry in entries if entry["sha256"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ManifestError(f"Release {folder.name}: manifest.json cannot be read ({error}).") from error
    outside = [name for name in names if not (folder / name).resolve().is_relative_to(folder.resolve())]
    if outside:
        raise ManifestError(f"Release {folder.name}: manifest.json names a file outside it: {outside[0]}.")
    return loaded


def verify(folder: Path) -> list[str]:
    """Every file of a release against its manifest; sentences on what is wrong."""
    problems = []
    manifest = read_manifest(folder)
    listed = {entry["path"]: entry for entry in (*manifest["tables"], *manifest["files"])}
    for relative, entry in listed.items():
        path = folder / relative
        if not path.is_file():
            problems.append(f"{relative} is missing: restore the release from a copy; do not delete it.")
        elif file_entry(path, relative)["sha256"] != entry["sha256"]:
            problems.append(
                f"{relative} does not match its checksum: it was changed or damaged after publication; "
                "restore it from a copy."
            )
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    problems += [f"{extra} is not named in the manifest." for extra in sorted(present - set(listed))]
    return problems
