"""Archive, inbox and restricted counts, between a store and its working copy.

========================================  ==============================================================
in the store                              written
========================================  ==============================================================
``raw/<dataset>/<sha256>.<ext>``          once: the name is the content
``raw/<dataset>/fetches-<number>-….jsonl``  once: the receipts that one refresh added; never rewritten
``raw/<dataset>/judged-<number>-….jsonl``   once: the same of files that were held
``inbox/<dataset>/…``                     once; a return of a programme is removed when it was accepted
``restricted/<dataset>/….parquet``        once: the name is the data version
========================================  ==============================================================

So nothing here is read, changed and written back, and two machines lose nothing of each other. On this machine the
archive appends to its logs as ever; ``push`` makes each of them the next numbered object. Files
``….provenance.json`` beside the archived files repeat the log and are not sent.

Not here: releases (``working_copy``, ``publication``) and the archive (``sources.archive``). Called by
``pipelines.data_directory`` and ``pipelines.store.transfer``.
"""

import json
import os
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from pipelines.store.client import IN_PARTS, Listed, Store, StoreError, together
from pipelines.store.working_copy import inside
from sources.archive import STORED, Archive, checksum
from sources.durable import locked, write_whole
from sources.judgements import LOG as JUDGED
from sources.receipt_log import LOG

# Of each dataset's counts before suppression so many versions are kept: of the release and of files that came since.
KEPT = 5
FOLDERS = ("raw", "inbox", "restricted")
_NUMBERED = re.compile(r"(fetches|judged)-(\d+)-[0-9a-f]{32}\.jsonl")
_RETURNS = "inbox/programme_returns/"


def pull(store: Store, root: Path, folders: Sequence[str] = FOLDERS) -> frozenset[str]:
    """Fetch what is not here yet; gives the keys that are there, for ``push``."""
    there = {folder: list(store.list(folder)) for folder in folders}
    if "restricted" in there:
        there["restricted"] = list(_newest(there["restricted"]))
    entries = [entry for found in there.values() for entry in found]
    missing = [entry for entry in entries if not _is_here(inside(root, entry.key), entry)]
    for home in {inside(root, entry.key).parent for entry in missing}:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    together(lambda entry: _fetch(store, root, entry), missing)
    return frozenset(entry.key for entry in entries)


def push(store: Store, root: Path, pulled: frozenset[str] = frozenset()) -> None:
    """Send what the store does not have: files before the receipts that name them, a note before its file.

    ``pulled``: keys that were there when the work began. A return of a programme that is no longer here was accepted
    since and is removed there too.
    """
    for folder in sorted((root / "raw").glob("*/")):
        _number_logs(root, folder)
    there = {entry.key for folder in FOLDERS for entry in store.list(folder)}
    for keys in (_content(root), _logs(root), _inbox_notes(root), _inbox_files(root)):
        new = [key for key in keys if key not in there]
        together(lambda key: _send(store, root, key), new)
    taken = [key for key in pulled if key.startswith(_RETURNS) and not inside(root, key).exists()]
    store.delete(sorted(taken))


# --- to this machine ---


def _newest(entries: Iterable[Listed]) -> Iterator[Listed]:
    """Of each dataset's restricted counts as many as are kept, the newest."""
    by_folder = defaultdict(list)
    for entry in entries:
        by_folder[entry.key.rpartition("/")[0]].append(entry)
    for found in by_folder.values():
        yield from sorted(found, key=lambda entry: (entry.at, entry.key))[-KEPT:]


def _is_here(path: Path, entry: Listed) -> bool:
    return path.is_file() and path.stat().st_size == entry.size


def _fetch(store: Store, root: Path, entry: Listed) -> None:
    path = inside(root, entry.key)
    aside = path.with_name(f".{path.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}.tmp")
    try:
        store.download(entry.key, aside)
        named = STORED.fullmatch(path.name) if entry.key.startswith("raw/") else None
        if named and checksum(aside)[0] != named[1]:
            raise StoreError(
                f"{store.address}/{entry.key} does not match its checksum: it was damaged or changed after receipt. "
                "Restore it from a version or a copy of the bucket."
            )
        # The newest counts are recognized by their time.
        os.utime(aside, (entry.at.timestamp(), entry.at.timestamp()))
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


# --- to the store ---


def _number_logs(root: Path, folder: Path) -> None:
    """Make each log of a dataset the next numbered file; a crash in between leaves its lines in both: that is harmless.

    Receipts that only a file's own provenance holds, as older archives may have them, go in front.
    """
    with locked(folder / ".lock"):
        alone = Archive(root).unlogged(folder.name)
        lines = b"".join(json.dumps(asdict(record), ensure_ascii=False).encode() + b"\n" for record in alone)
        _number_log(folder / LOG, lines)
        _number_log(folder / JUDGED)


def _number_log(log: Path, in_front: bytes = b"") -> None:
    lines = in_front + (log.read_bytes() if log.is_file() else b"")
    if not lines.strip():
        return
    found = (_NUMBERED.fullmatch(path.name) for path in log.parent.iterdir())
    number = max((int(name[2]) for name in found if name and name[1] == log.stem), default=0) + 1
    write_whole(log.with_name(f"{log.stem}-{number:08d}-{uuid.uuid4().hex}.jsonl"), lines)
    log.unlink(missing_ok=True)


def _keys(root: Path, folder: str) -> list[str]:
    found = (path for path in (root / folder).rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(key for path in found if "/." not in f"/{(key := path.relative_to(root).as_posix())}")


def _content(root: Path) -> list[str]:
    raw = [key for key in _keys(root, "raw") if STORED.fullmatch(key.rpartition("/")[2])]
    return raw + [key for key in _keys(root, "restricted") if key.endswith(".parquet")]


def _logs(root: Path) -> list[str]:
    return [key for key in _keys(root, "raw") if _NUMBERED.fullmatch(key.rpartition("/")[2])]


def _inbox_notes(root: Path) -> list[str]:
    return [key for key in _keys(root, "inbox") if key.endswith(".provenance.json")]


def _inbox_files(root: Path) -> list[str]:
    return [key for key in _keys(root, "inbox") if not key.endswith(".provenance.json")]


def _send(store: Store, root: Path, key: str) -> None:
    path = inside(root, key)
    if path.stat().st_size > IN_PARTS:
        store.put(key, path)
    else:
        # Where another machine was faster it sent the same.
        store.create(key, path)
