"""The raw archive: every file as it was received, stored once under its checksum, never changed.

::

    raw/<dataset>/<sha256>.<ext>              the bytes
    raw/<dataset>/<sha256>.provenance.json    every receipt that gave these bytes
    raw/<dataset>/fetches.jsonl               every attempt in order, successful or not
    raw/<dataset>/judged.jsonl                which files were held, where one was

Files appear in one step (write aside, fsync, rename), and the log is appended under a lock in one write, so that two
processes, or one that is killed, leave no half record behind: at worst a torn last line, which is passed over and
listed in ``problems``.

Not here: reading and writing receipts (``receipt_log``) and judgements (``judgements``), and an archive in an object
store (``pipelines.store.exchange``), which brings the logs of other machines as ``fetches-<number>-….jsonl`` into a
working copy. Called by ``sources.pull``, ``transforms.ingest`` and, through ``pipelines.data_directory``, by whatever
reads the archive.
"""

import contextlib
import os
import re
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import NoReturn

from sources.cells import SourceError
from sources.durable import locked, write_whole
from sources.http.redact import redact
from sources.judgements import append_judgement, held_files
from sources.receipt_log import RawFolders, ReceiptLog
from sources.receipts import Record, StoredFile, check_words, moment_of

# Seconds: no write takes so long.
_UNFINISHED_AFTER = 3600
STORED = re.compile(r"([0-9a-f]{64})\.([a-z0-9]{1,8})")


class Archive:
    """Content-addressed, write-once store of received files below ``root``/raw."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        """``root``: the data directory."""
        self._raw = Path(root).resolve() / "raw"
        self._folders = RawFolders(self._raw)
        self._receipts = ReceiptLog(self._folders)
        # Where stored files were when they were last looked for, by dataset and checksum.
        self._seen: dict[str, dict[str, Path]] = {}

    @property
    def problems(self) -> list[str]:
        """What of the receipts could not be read, a sentence each."""
        return self._receipts.problems

    # --- writing ---

    def put(
        self, dataset: str, content: bytes | Path, provenance: Record, *, private: bool = False
    ) -> StoredFile:
        """Store the bytes (once), add the receipt to their provenance, and log it; see ``put_all``."""
        (digest,) = self.put_all(dataset, [(content, provenance)], private=private)
        return next(file for file in self.files(dataset) if file.sha256 == digest)

    def put_all(
        self, dataset: str, answers: Sequence[tuple[bytes | Path, Record]], *, private: bool = False
    ) -> list[str]:
        """Store answers that belong together, and give their checksums: all of them are received, or none. SourceError
        where the disk fails.

        An answer is its bytes, or a file that is copied piece by piece. ``private``: only this user may enter the
        dataset's folder and read its files.

        The bytes are written first; the receipts of all follow in one line-whole write to the log, and without a
        receipt a file does not count. A file that is there already is left as it is; one that was damaged since is
        replaced by these good bytes.
        """
        records = []
        with _in_words("store", f"raw/{dataset}"):
            self._folders.of(dataset).mkdir(parents=True, exist_ok=True)
            if private:
                self.close_to_others(dataset)
            there = self._stored_paths(dataset)
            for content, provenance in answers:
                digest, size = checksum(content)
                record = replace(provenance, dataset=dataset, sha256=digest, size=size)
                check_words(record)
                self._store(there, digest, content, record, private)
                records.append(record)
            with self._lock(dataset):
                self._receipts.append(dataset, records)
                for digest, mine in _by_digest(records).items():
                    known = self._receipts.provenance(dataset, digest)
                    complete = list(dict.fromkeys([*known, *mine]))
                    if complete != known:
                        self._receipts.write_provenance(dataset, digest, complete)
                _remove_unfinished(self._folders.of(dataset))
        return [str(record.sha256) for record in records]

    def close_to_others(self, dataset: str) -> None:
        """Let only this user enter the folder of a dataset, if it has one."""
        folder = self._folders.of(dataset)
        if folder.is_dir():
            folder.chmod(0o700)

    def _store(
        self, there: dict[str, Path], digest: str, content: bytes | Path, record: Record, private: bool
    ) -> None:
        path = there.get(digest)
        if path is None:
            there[digest] = path = self._folders.of(record.dataset) / f"{digest}.{_extension(record)}"
        elif checksum(path)[0] == digest:
            return
        write_whole(path, content, final=True, private=private)

    def record(self, dataset: str, *attempts: Record) -> None:
        """Log attempts that brought no new bytes; ``put`` logs those that did."""
        records = [replace(attempt, dataset=dataset) for attempt in attempts]
        for record in records:
            check_words(record)
        with _in_words("log", f"raw/{dataset}"):
            self._folders.of(dataset).mkdir(parents=True, exist_ok=True)
            with self._lock(dataset):
                self._receipts.append(dataset, records)

    def note_judgement(self, dataset: str, digests: Collection[str], *, held: bool) -> None:
        """Note that files were held, or that they were not where they had been before."""
        known = self.held(dataset)
        if said := [digest for digest in digests if (digest in known) is not held]:
            with _in_words("log", f"raw/{dataset}"), self._lock(dataset):
                append_judgement(self._folders, dataset, said, held=held)

    # --- reading ---

    def held(self, dataset: str) -> frozenset[str]:
        """Checksums of the files that were held when they were last judged."""
        return held_files(self._folders, dataset)

    def files(self, dataset: str) -> list[StoredFile]:
        """All stored files in order of first receipt; their records in order of receipt.

        The log decides the order, not the clocks: a file that was received while a clock was ahead does not hide
        what came later.
        """
        receipts = self._receipts.receipts(dataset)
        stored = {}
        for digest, path in self._stored_paths(dataset).items():
            if digest in receipts:
                stored[digest] = _stored_file(dataset, path, receipts[digest])
            else:
                self._receipts.report(
                    f"raw/{dataset}/{path.name} has no provenance and is passed over: add it again"
                )
        return [stored[digest] for digest in receipts if digest in stored]

    def without_receipt(self, dataset: str) -> list[str]:
        """Stored files that do not count, since nothing says where they are from: the archive was copied in part, or
        a process was killed before it wrote the receipt."""
        receipts = self._receipts.receipts(dataset)
        paths = self._stored_paths(dataset).items()
        return [f"raw/{dataset}/{path.name}" for digest, path in paths if digest not in receipts]

    def lost(self, dataset: str) -> list[str]:
        """Files of which there is a receipt and that are not there any more, by checksum."""
        there = {file.sha256 for file in self.files(dataset)}
        return [
            f"raw/{dataset}/{digest}" for digest in self._receipts.receipts(dataset) if digest not in there
        ]

    def latest(
        self, dataset: str, address: str | None = None, *, without: Collection[str] = ()
    ) -> StoredFile | None:
        """The last good file: newest receipt, of one address where that is given; None where there is none.

        ``without``: checksums of files that are passed over.

        Its records are those of that address, so that ``.last`` holds the right etag.
        """
        wanted = redact(address) if address is not None else None
        newest: tuple[int, StoredFile] | None = None
        for file in self.files(dataset):
            if file.sha256 in without:
                continue
            mine = [
                (place, record)
                for place, record in zip(file.places, file.records, strict=True)
                if wanted is None or record.address == wanted
            ]
            if mine and (newest is None or mine[-1][0] > newest[0]):
                places, records = zip(*mine, strict=True)
                newest = (places[-1], replace(file, records=records, places=places))
        return newest[1] if newest else None

    def is_whole(self, file: StoredFile) -> bool:
        """Whether the stored bytes still match their checksum."""
        return checksum(Path(file.path))[0] == file.sha256

    def local_file(self, dataset: str, digest: str) -> Path:
        """Where a stored file lies on this disk, checked piece by piece; SourceError as of :meth:`read`."""
        path = self._present(dataset, digest)
        with _in_words("read", f"raw/{dataset}/{digest}"):
            return path if checksum(path)[0] == digest else self._refuse_damaged(path)

    def read(self, dataset: str, digest: str) -> bytes:
        """The bytes of a stored file; SourceError where it is not there, or does not match its checksum."""
        path = self._present(dataset, digest)
        with _in_words("read", f"raw/{dataset}/{digest}"):
            content = path.read_bytes()
        return content if checksum(content)[0] == digest else self._refuse_damaged(path)

    def datasets(self) -> list[str]:
        """Names of the datasets that the archive knows."""
        return sorted(path.name for path in self._raw.glob("*") if path.is_dir())

    def fetches(self) -> list[Record]:
        """Every attempt over all datasets, in order of time."""
        records = [record for dataset in self.datasets() for record in self._receipts.logged(dataset)]
        return sorted(records, key=moment_of)

    def fetches_of(self, dataset: str) -> list[Record]:
        """Every attempt for one dataset, in order of the log."""
        return self._receipts.logged(dataset)

    def unlogged(self, dataset: str) -> list[Record]:
        """Receipts that only a file's own provenance tells, by their time: those of a log that was lost."""
        return self._receipts.unlogged(dataset, set(self._receipts.logged(dataset)))

    # --- files ---

    def _stored_paths(self, dataset: str) -> dict[str, Path]:
        """Where the bytes are, by checksum, whatever the extension they came with."""
        paths: dict[str, Path] = {}
        for path in self._folders.files(dataset):
            if name := STORED.fullmatch(path.name):
                paths.setdefault(name[1], path)
        self._seen[dataset] = paths
        return paths

    def _present(self, dataset: str, digest: str) -> Path:
        """The same, where these bytes must be there."""
        path = self._seen.get(dataset, {}).get(digest)
        if path is None or not path.is_file():
            # The folder is looked through once for many files, and again for what was not there then.
            path = self._stored_paths(dataset).get(digest)
        if path is None:
            raise SourceError(
                "the archive holds no such file",
                file=f"raw/{dataset}/{digest}",
                remedy="Restore it from a copy of the archive, or fetch or add it again",
            )
        return path

    def _refuse_damaged(self, path: Path) -> NoReturn:
        raise SourceError(
            "the stored bytes do not match their checksum: the file was damaged or changed after receipt",
            file=path.relative_to(self._raw.parent).as_posix(),
            remedy="Move it out of the archive and restore it from a copy, or fetch or add it again",
        )

    def _lock(self, dataset: str) -> contextlib.AbstractContextManager[bool]:
        """One writer at a time and dataset, where the system has file locks."""
        return locked(self._folders.of(dataset) / ".lock")


def _stored_file(dataset: str, path: Path, receipts: Sequence[tuple[int, Record]]) -> StoredFile:
    places, records = zip(*receipts, strict=True)
    size = path.stat().st_size
    return StoredFile(dataset, path.stem, path.suffix[1:], size, path.as_posix(), records, places)


def _remove_unfinished(folder: Path) -> None:
    """Remove what a killed process was writing an hour ago or longer."""
    for aside in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - aside.stat().st_mtime > _UNFINISHED_AFTER:
                aside.unlink()


def _by_digest(records: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(str(record.sha256), []).append(record)
    return found


def checksum(content: bytes | Path) -> tuple[str, int]:
    """SHA-256 and size of bytes, or of a file that is read piece by piece."""
    if isinstance(content, Path):
        with content.open("rb") as handle:
            return file_digest(handle, "sha256").hexdigest(), content.stat().st_size
    return sha256(content).hexdigest(), len(content)


def _extension(record: Record) -> str:
    """From the file's name, in lower case; a JSON file must not look like a provenance file."""
    suffix = PurePosixPath(record.file_name or "").suffix[1:].lower()
    if re.fullmatch(r"[a-z0-9]{1,8}", suffix):
        return suffix
    kind = (record.content_type or "").partition(";")[0].strip().lower()
    return _KINDS.get(kind, "bin")


_KINDS = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/html": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}


@contextlib.contextmanager
def _in_words(action: str, place: str) -> Iterator[None]:
    """A full or read-only disk becomes a sentence."""
    try:
        yield
    except OSError as trouble:
        words = trouble.strerror or str(trouble)
        raise SourceError(
            f"cannot {action} it ({words})",
            file=place,
            remedy="Check free space and permissions of the data folder, then run again",
        ) from trouble
