"""Publication: a folder of Parquet files with a manifest and one DuckDB file, shown to readers in one step.

``build`` writes the folder aside, flushes it and renames it; ``show`` points ``latest`` and ``dvstats.duckdb`` at it.
A crash at any moment leaves the previous release visible. Not here: deciding whether there is anything new to publish
(``pipelines.assets.release.make_release``, which calls this) and the words of the notes (``notes``, ``templates/``).
"""

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_contracts import datapackage
from data_contracts.arrow import Rows, read_table, scan_table
from data_contracts.model import Contract
from pipelines.release import citation, feed, notes, sbom, signature
from pipelines.release.database_file import DATABASE, Differing, amend_database, write_database
from pipelines.release.manifest import checksum, file_entry, make_manifest, release_moment, release_name
from sources.durable import sync_folder, write_whole

# A disk takes several at once; the thread that waits for one does nothing else.
FLUSHED_AT_ONCE = 8


@dataclass(frozen=True)
class Published:
    """What was published, or that there was nothing new."""

    #: its name
    release: str
    #: whether it was made now
    new: bool
    #: where it is
    folder: Path
    #: observations in it
    rows: int


def free_moment(last: str, at: dt.datetime) -> dt.datetime:
    """The moment of the next release: ``at``, or a second after the release ``last`` where the clock is not past it."""
    if last and last >= release_name(at):
        return release_moment(last) + dt.timedelta(seconds=1)
    return at


def build(
    contract: Contract,
    root: Path,
    at: dt.datetime,
    staged: Mapping[str, Path],
    *,
    content: str,
    made_by: str,
    derived_by: str,
    versions: Mapping[str, Mapping[str, Any]],
    differing: Callable[[], Differing | None] = lambda: None,
    put_database: Callable[[Path], bool] = lambda path: False,
) -> Published:
    """Write a release aside and give it its name; no reader is led to it yet.

    ``differing``: what its tables have that those of the last release have not, where the rest is carried over.
    ``put_database``: puts the DuckDB file of the same tables in its place, False where none was written yet.
    ``staged``: the finished Parquet file of each table; ``versions``: what the manifest says of each table beside its
    checksum (data version, certificate); ``made_by``: version of code and registers; ``derived_by``: that of
    what its tables were derived by.
    """
    release = release_name(at)
    aside = _aside(root / "releases", release)
    # Not read into memory: whoever needs columns of a table scans its file.
    tables = {name: scan_table(staged[name]) for name in contract.tables}
    entries = [
        {
            **_copied(staged[name], aside, name),
            "name": name,
            "rows": tables[name].count_rows(),
            **versions[name],
        }
        for name in contract.tables
    ]
    package = datapackage.data_package(contract, release, at, tables["datasets"].to_table(), entries)
    (aside / "datapackage.json").write_text(_json(package), encoding="utf-8")
    documents = _documents(contract, tables, at, content, made_by)
    for name, text in documents.items():
        (aside / name).write_text(text, encoding="utf-8")
    # Last, since another process may be writing it meanwhile.
    if not put_database(aside / DATABASE):
        _database(contract, aside / DATABASE, tables, differing())
    files = [file_entry(aside / name, name) for name in ("datapackage.json", DATABASE, *documents)]
    manifest = make_manifest(contract, at, content, made_by, derived_by, entries, files)
    (aside / "manifest.json").write_text(_json(manifest), encoding="utf-8")
    signature.sign(aside, f"dvstats release {release}")
    _flush(aside)
    final = aside.rename(aside.with_name(release))
    sync_folder(final.parent)
    return Published(release, True, final, tables["observations"].count_rows())


def _database(
    contract: Contract, path: Path, tables: Mapping[str, Rows], differing: Differing | None
) -> None:
    """That of the last release with the rows that differ, if it holds the tables then; otherwise one written whole."""
    if differing is None or not amend_database(contract, path, tables, differing):
        write_database(contract, path, tables)


def _aside(releases: Path, release: str) -> Path:
    """An empty folder that no reader looks into; those of killed processes are removed."""
    releases.mkdir(parents=True, exist_ok=True)
    _sweep(releases)
    aside = releases / f".{release}.{os.getpid()}.tmp"
    aside.mkdir()
    return aside


def _copied(staged: Path, aside: Path, name: str) -> dict[str, Any]:
    """Copies the file of a table into the release; gives its entry of the manifest."""
    (aside / name).mkdir()
    target = aside / name / f"{name}.parquet"
    shutil.copyfile(staged, target)
    return {"path": f"{name}/{name}.parquet", "bytes": target.stat().st_size, "sha256": checksum(staged)}


def _documents(
    contract: Contract, tables: Mapping[str, Rows], at: dt.datetime, content: str, made_by: str
) -> dict[str, str]:
    """What a release says to people and to programs that look at its making: texts by the name of their file."""
    release = release_name(at)
    return {
        "RELEASE_NOTES.en.md": notes.release_notes(contract, tables, release, "en"),
        "RELEASE_NOTES.ru.md": notes.release_notes(contract, tables, release, "ru"),
        "CITATION.cff": citation.citation(release, content, at.date()),
        **_bill_of_materials(made_by),
    }


def _bill_of_materials(made_by: str) -> dict[str, str]:
    """The list of dependencies; a copy of the program without its lock file publishes all the same, without it."""
    if not sbom.LOCK.exists():
        return {}
    return {sbom.FILE: _json(sbom.bill_of_materials(sbom.LOCK.read_text(encoding="utf-8"), made_by))}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _flush(folder: Path) -> None:
    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:
        list(pool.map(sync_folder, [*folder.rglob("*"), folder]))


def show(root: Path, folder: Path) -> list[str]:
    """Make a release the one that readers see, as far as it is not yet; gives what was mended, in sentences.

    ``latest`` and the database both hang on one link, so one rename shows the whole release. Every refresh calls this:
    a crash between the steps of the first publication leaves no database, and the next refresh mends it.
    """
    mended = []
    if _points_elsewhere(root / "latest", Path("releases") / folder.name):
        mended += _set_aside(root / "latest", folder)
        _link(root / "latest", Path("releases") / folder.name)
        mended.append(f"latest now points to {folder.name}.")
    if _points_elsewhere(root / DATABASE, Path("latest") / DATABASE):
        mended += _set_aside(root / DATABASE, folder)
        _link(root / DATABASE, Path("latest") / DATABASE)
        mended.append(f"{DATABASE} now points to the latest release.")
    _feed(root, read_table(folder / "releases" / "releases.parquet"))
    sync_folder(root)
    return mended


def _points_elsewhere(link: Path, target: Path) -> bool:
    return not link.is_symlink() or link.readlink() != target


def _set_aside(path: Path, folder: Path) -> list[str]:
    """A file or folder where a link belongs (as a copy without links leaves it) is moved away, not deleted."""
    if path.is_symlink() or not path.exists():
        return []
    away = path.with_name(f"{path.name}.before-{folder.name}")
    path.rename(away)
    return [f"{path.name} was no link and is now {away.name}; remove it when nothing needs it."]


def _link(path: Path, target: Path) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(path)


def _feed(root: Path, releases: pa.Table) -> None:
    """The releases as an Atom feed; whoever serves the data directory names its address in DVSTATS_BASE_URL."""
    text = feed.atom_feed(releases, os.environ.get("DVSTATS_BASE_URL", "")).encode()
    path = root / feed.FEED
    if not path.is_file() or path.read_bytes() != text:
        write_whole(path, text)


def _sweep(releases: Path) -> None:
    """Remove what a killed refresh left unfinished; the caller holds the refresh lock."""
    for path in releases.glob(".*.tmp"):
        shutil.rmtree(path, ignore_errors=True)
