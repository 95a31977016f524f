"""Publication: a folder of Parquet files with a manifest and one DuckDB file, shown to readers in one step."""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import describe
from data_contracts.arrow import arrow_schema
from data_contracts.contract import Contract
from pipelines import notes

# Tables that log what was done; they alone never make a release.
LOGS = ("releases", "fetches", "revisions", "quarantine", "findings")
# Columns of the same kind in other tables.
LOG_COLUMNS = {"datasets": ("last_success", "state", "refused_rows")}
DATABASE = "dvstats.duckdb"
# Opened by DuckDB 1.1 and later.
STORAGE_VERSION = "v1.0.0"


@dataclass(frozen=True)
class Published:
    """What was published, or that there was nothing new."""

    release: str
    new: bool
    folder: Path
    rows: int


def release_name(at: dt.datetime) -> str:
    """Name of a release: its UTC time."""
    return at.strftime("%Y%m%dT%H%M%SZ")


def free_moment(releases: Path, at: dt.datetime) -> dt.datetime:
    """The first second from ``at`` on that no release bears, and later than every release there is."""
    names = (
        sorted(path.name for path in releases.iterdir() if not path.name.startswith("."))
        if releases.is_dir()
        else []
    )
    if names and names[-1] >= release_name(at):
        last = dt.datetime.strptime(names[-1], "%Y%m%dT%H%M%SZ")
        return last + dt.timedelta(seconds=1)
    return at


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


def publish(
    contract: Contract, root: Path, at: dt.datetime, tables: Mapping[str, pa.Table], *, content: str
) -> Published:
    """Write a release aside, then show it by swapping one link; a reader with an open file keeps what it reads."""
    release = release_name(at)
    releases = root / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    _sweep(releases)
    aside = releases / f".{release}.{os.getpid()}.tmp"
    aside.mkdir()
    entries = [_write_table(contract, aside, name, tables[name]) for name in contract.tables]
    manifest = {
        "release": release,
        "published_at": f"{at.isoformat()}Z",
        "contract_version": contract.version,
        "content_sha256": content,
        "tables": entries,
    }
    package = describe.data_package(contract, release, at, tables["datasets"], entries)
    (aside / "datapackage.json").write_text(_json(package), encoding="utf-8")
    write_database(contract, aside / DATABASE, tables)
    documents = {
        "RELEASE_NOTES.en.md": notes.release_notes(contract, tables, release, "en"),
        "RELEASE_NOTES.ru.md": notes.release_notes(contract, tables, release, "ru"),
        "CITATION.cff": notes.citation(release, content, at.date()),
    }
    for name, text in documents.items():
        (aside / name).write_text(text, encoding="utf-8")
    manifest["files"] = [
        _file_entry(aside / name, name) for name in ("datapackage.json", DATABASE, *documents)
    ]
    (aside / "manifest.json").write_text(_json(manifest), encoding="utf-8")
    _flush(aside)
    final = releases / release
    aside.rename(final)
    _sync(releases)
    _point(root, final)
    _feed(root, tables["releases"])
    return Published(release, True, final, tables["observations"].num_rows)


def _write_table(contract: Contract, folder: Path, name: str, data: pa.Table) -> dict[str, Any]:
    schema = arrow_schema(contract, contract.tables[name])
    (folder / name).mkdir()
    path = folder / name / f"{name}.parquet"
    pq.write_table(data.cast(schema), path, compression="zstd", row_group_size=122_880, store_schema=True)
    return {**_file_entry(path, f"{name}/{name}.parquet"), "name": name, "rows": data.num_rows}


def _file_entry(path: Path, relative: str) -> dict[str, Any]:
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return {"path": relative, "bytes": path.stat().st_size, "sha256": digest}


def write_database(contract: Contract, path: Path, tables: Mapping[str, pa.Table]) -> None:
    """The release in one self-contained DuckDB file: tables, comments, views, macros.

    Objects are made under the file's own catalog with ``USE``: a macro made through an alias keeps the alias and
    fails when the file is opened under its own name.
    """
    con = duckdb.connect()
    for name, data in tables.items():
        con.register(f"arrow_{name}", data)
    con.execute(f"ATTACH '{_quoted(path)}' AS dvstats (STORAGE_VERSION '{STORAGE_VERSION}')")
    # One transaction: hundreds of comments, one write to disk.
    con.execute("BEGIN")
    for name, table in contract.tables.items():
        con.execute(describe.create_table(table, f"dvstats.{name}"))
        con.execute(f"INSERT INTO dvstats.{name} SELECT * FROM arrow_{name}")
    con.execute("USE dvstats")
    for statement in describe.database_statements(contract):
        con.execute(statement)
    con.execute("COMMIT")
    con.execute("USE memory")
    con.execute("DETACH dvstats")
    con.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _point(root: Path, final: Path) -> None:
    """``latest`` and the database both hang on one link, so one rename shows the whole release."""
    aside = root / f".latest.{os.getpid()}.tmp"
    aside.unlink(missing_ok=True)
    aside.symlink_to(Path("releases") / final.name, target_is_directory=True)
    aside.replace(root / "latest")
    database = root / DATABASE
    if not database.is_symlink():
        link = root / f".{DATABASE}.{os.getpid()}.tmp"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("latest") / DATABASE)
        link.replace(database)
    _sync(root)


def _feed(root: Path, releases: pa.Table) -> None:
    """The releases as an Atom feed; whoever serves the data directory names its address in DVSTATS_BASE_URL."""
    base = os.environ.get("DVSTATS_BASE_URL", "")
    aside = root / f".feed.{os.getpid()}.tmp"
    aside.write_text(notes.atom_feed(releases, base), encoding="utf-8")
    aside.replace(root / "feed.atom")


def _sweep(releases: Path) -> None:
    """Remove what a killed refresh left unfinished; the caller holds the refresh lock."""
    for path in releases.glob(".*.tmp"):
        shutil.rmtree(path, ignore_errors=True)


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
        elif _file_entry(path, relative)["sha256"] != entry["sha256"]:
            problems.append(
                f"{relative} does not match its checksum: it was changed or damaged after publication; "
                "restore it from a copy."
            )
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    problems += [f"{extra} is not named in the manifest." for extra in sorted(present - set(listed))]
    return problems
