"""The manifest of a release: its name, the checksums of its files, the hash of its content.

Not here: writing a release (``publish``), and finding the folder of one that a person names
(``pipelines.published.releases``). Called by ``publish``, by the exports (which cite the hash), by ``dvstats verify``
and by all that lists releases.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from data_contracts.arrow import read_table, table_bytes
from data_contracts.database_statements import declared_version
from data_contracts.errors import NothingThereError
from data_contracts.model import Contract
from data_contracts.stored_json import load_json
from pipelines.progress import Step, unseen

# A folder of any other name is no release.
RELEASE_NAME = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_NAME_FORMAT = "%Y%m%dT%H%M%SZ"
# Tables that log what was done; they alone never cause a release.
LOGS = ("releases", "fetches", "revisions", "quarantine", "findings")
# Columns of the same kind in other tables, but for a dataset that is held: what is published of it is not what its
# publisher says now, which a release has to say, and again when it is so no more.
LOG_COLUMNS = {"datasets": ("last_success", "state", "refused_rows", "data_version")}


class ManifestError(NothingThereError):
    """The manifest of a release cannot be read."""


def release_name(at: dt.datetime) -> str:
    """Name of a release: its UTC time, ``20261125T031500Z``."""
    return at.strftime(_NAME_FORMAT)


def release_moment(release: str) -> dt.datetime:
    """The time that is the name of a release, UTC without zone; ValueError for any other text."""
    return dt.datetime.strptime(release, _NAME_FORMAT)


def release_names(root: Path) -> list[str]:
    """Names of the releases in a data directory, oldest first; anything else that lies there is passed over."""
    folder = root / "releases"
    if not folder.is_dir():
        return []
    return sorted(
        path.name for path in folder.iterdir() if RELEASE_NAME.fullmatch(path.name) and path.is_dir()
    )


def make_manifest(
    contract: Contract,
    at: dt.datetime,
    content: str,
    made_by: str,
    derived_by: str,
    tables: Sequence[Mapping[str, Any]],
    files: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What ``manifest.json`` of a release holds.

    ``at``: when it was published, UTC without zone; ``content``: see :func:`content_hash`; ``made_by``: version of code
    and registers; ``derived_by``: that of what its tables were derived by; ``tables``, ``files``: entries as of
    :func:`file_entry`, those of tables with name, rows, data version and certificate.
    """
    return {
        "release": release_name(at),
        "published_at": f"{at.isoformat()}Z",
        "contract_version": contract.version,
        "content_sha256": content,
        "made_by": made_by,
        "derived_by": derived_by,
        "tables": list(tables),
        "files": list(files),
    }


def content_hash(contract: Contract, tables: Mapping[str, Path]) -> str:
    """Hash of what a release says, its logs apart: equal hashes mean nothing new.

    Cautions are made by views: so what is declared of the database (``declared_version``) is said by a release, too.

    ``tables``: the Parquet file of each table. Equal tables have equal files, since all are written by
    ``data_contracts.arrow.write_table``; so the files' bytes are what is hashed.
    """
    digest = hashlib.sha256(f"{contract.version} {declared_version()}".encode())
    for name in sorted(tables):
        if name in LOGS:
            continue
        digest.update(name.encode())
        if name in LOG_COLUMNS:
            table = read_table(tables[name])
            if "state" in table.column_names:
                held = table.filter(pc.equal(table["state"], "held"))["dataset_id"].to_pylist()
                digest.update(" ".join(sorted(held)).encode())
            table = table.drop_columns(list(LOG_COLUMNS[name]))
            digest.update(hashlib.sha256(table_bytes(table)).digest())
        else:
            digest.update(bytes.fromhex(checksum(tables[name])))
    return digest.hexdigest()


def checksum(path: Path) -> str:
    """SHA-256 of a file that this run wrote; a file that was not written since is read once."""
    now = path.stat()
    return _checksum(path, (now.st_ino, now.st_size, now.st_mtime_ns))


@lru_cache(maxsize=256)
def _checksum(path: Path, state: tuple[int, ...]) -> str:
    """The same of a file in a ``state``."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def file_entry(path: Path, relative: str) -> dict[str, Any]:
    """Path, size in bytes and SHA-256 of a file, as the manifest lists it."""
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return {"path": relative, "bytes": path.stat().st_size, "sha256": digest}


def table_entry(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a manifest says of a table; empty where it has none of that name, or is empty itself."""
    found: Mapping[str, Any] = next((e for e in manifest.get("tables", ()) if e["name"] == name), {})
    return found


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of a release; ManifestError where it cannot be read."""
    path = folder / "manifest.json"
    try:
        loaded: dict[str, Any] = load_json(path.read_text(encoding="utf-8"))
        entries = [*loaded["tables"], *loaded["files"]]
        complete = all(isinstance(entry, dict) and {"path", "sha256"} <= set(entry) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else error if isinstance(error, ValueError) else ""
        why = why or "it holds something else than a manifest does"
        raise ManifestError(f"{path} is damaged: {why}. Restore the release from a copy.") from error
    if not complete:
        raise ManifestError(f"{path} is damaged: a file has no checksum. Restore the release from a copy.")
    return loaded


def verify(folder: Path, step: Step = unseen) -> list[str]:
    """Every file of a release against its manifest; a sentence for each thing that is wrong.

    ``step`` is called after each file.

    A path that leads out of the folder of the release is a problem, and what it leads to is not read.
    """
    manifest = read_manifest(folder)
    listed = {str(entry["path"]): entry for entry in (*manifest["tables"], *manifest["files"])}
    problems = []
    if manifest.get("release", folder.name) != folder.name:
        problems.append(
            f"it is release {manifest['release']} under another name: give the folder its name back."
        )
    for done, (relative, entry) in enumerate(listed.items(), start=1):
        if problem := _problem(folder, relative, entry):
            problems.append(problem)
        step(done, len(listed))
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    # The manifest cannot name itself, nor its signature.
    present -= {"manifest.json", "manifest.json.minisig"}
    problems += [f"{extra} is not named in the manifest." for extra in sorted(present - set(listed))]
    return problems


def _problem(folder: Path, relative: str, entry: Mapping[str, Any]) -> str:
    path = folder / relative
    if not path.resolve().is_relative_to(folder.resolve()):
        return f"{relative} leads out of the release: the manifest was changed; restore it from a copy."
    if not path.is_file():
        return f"{relative} is missing: restore the release from a copy, or refresh to publish a new one."
    if file_entry(path, relative)["sha256"] != entry["sha256"]:
        return (
            f"{relative} does not match its checksum: it was changed or damaged after publication; "
            "restore it from a copy."
        )
    return ""
