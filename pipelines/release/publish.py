"""Publication: a folder of Parquet files with a manifest and one DuckDB file, shown to readers in one step."""

import datetime as dt
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import datapackage
from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from pipelines.release import citation, feed, notes
from pipelines.release.database_file import DATABASE, write_database
from pipelines.release.manifest import file_entry, release_name


@dataclass(frozen=True)
class Published:
    """What was published, or that there was nothing new."""

    release: str
    new: bool
    folder: Path
    rows: int


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
    package = datapackage.data_package(contract, release, at, tables["datasets"], entries)
    (aside / "datapackage.json").write_text(_json(package), encoding="utf-8")
    write_database(contract, aside / DATABASE, tables)
    documents = {
        "RELEASE_NOTES.en.md": notes.release_notes(contract, tables, release, "en"),
        "RELEASE_NOTES.ru.md": notes.release_notes(contract, tables, release, "ru"),
        "CITATION.cff": citation.citation(release, content, at.date()),
    }
    for name, text in documents.items():
        (aside / name).write_text(text, encoding="utf-8")
    manifest["files"] = [
        file_entry(aside / name, name) for name in ("datapackage.json", DATABASE, *documents)
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
    return {**file_entry(path, f"{name}/{name}.parquet"), "name": name, "rows": data.num_rows}


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
    aside.write_text(feed.atom_feed(releases, base), encoding="utf-8")
    aside.replace(root / "feed.atom")


def _sweep(releases: Path) -> None:
    """Remove what a killed refresh left unfinished; the caller holds the refresh lock."""
    for path in releases.glob(".*.tmp"):
        shutil.rmtree(path, ignore_errors=True)
