"""The raw archive: every file as it was received, stored once under its checksum, never changed.

::

    raw/<dataset>/<sha256>.<ext>              the bytes
    raw/<dataset>/<sha256>.provenance.json    every receipt that gave these bytes
    raw/<dataset>/fetches.jsonl               every attempt in order, successful or not

The root may be a folder or the address of an object store (``s3://…``); all paths go through
``pyarrow.fs``. On local disks files appear in one step (write aside, fsync, rename), and the log is
appended under a lock in one write, so that two processes, or one that is killed, leave no half record
behind: at worst a torn last line, which is passed over and listed in ``problems``.
"""

import contextlib
import json
import logging
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import NoReturn

import pyarrow as pa
import pyarrow.fs as pafs

from sources.cells import SourceError
from sources.durable import append_lines, locked, write_whole
from sources.http.redact import redact
from sources.receipts import Record, StoredFile, check_words, moment_of, parsed_line, record_from

LOG = "fetches.jsonl"
PROVENANCE = ".provenance.json"
_DATASET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
#: bytes of a large file that are read at once
_PIECE = 1 << 20
STORED = re.compile(r"([0-9a-f]{64})\.([a-z0-9]{1,8})")
_log = logging.getLogger("sources.archive")


class Archive:
    """Content-addressed, write-once store of received files below ``root``/raw."""

    def __init__(self, root: str | os.PathLike[str], *, filesystem: pafs.FileSystem | None = None) -> None:
        """``root`` is a folder, or an address that pyarrow.fs knows."""
        text = os.fspath(root)
        if filesystem is not None:
            self._fs, base = filesystem, text.rstrip("/")
        elif "://" in text:
            self._fs, base = pafs.FileSystem.from_uri(text)
        else:
            self._fs, base = pafs.LocalFileSystem(), Path(text).resolve().as_posix()
        self._local = isinstance(self._fs, pafs.LocalFileSystem)
        self._raw = f"{base}/raw"
        self.problems: list[str] = []

    # --- writing ---

    def put(
        self, dataset: str, content: bytes | Path, provenance: Record, *, private: bool = False
    ) -> StoredFile:
        """Store the bytes (once), add the receipt to their provenance, and log it; see ``put_all``."""
        (stored,) = self.put_all(dataset, [(content, provenance)], private=private)
        return stored

    def put_all(
        self, dataset: str, answers: Sequence[tuple[bytes | Path, Record]], *, private: bool = False
    ) -> list[StoredFile]:
        """Store answers that belong together: all of them are received, or none.

        An answer is its bytes, or a file that is copied piece by piece. ``private``: on a local disk only this user
        may enter the dataset's folder and read its files.

        The bytes are written first; the receipts of all follow in one line-whole write to the log, and without a
        receipt a file does not count. A file that is there already is left as it is; one that was damaged since is
        replaced by these good bytes.
        """
        records = []
        with _in_words("store", f"raw/{dataset}"):
            self._fs.create_dir(self._folder(dataset), recursive=True)
            if private and self._local:
                Path(self._folder(dataset)).chmod(0o700)
            for content, provenance in answers:
                digest, size = checksum(content)
                record = replace(provenance, dataset=dataset, sha256=digest, size=size)
                check_words(record)
                self._store(dataset, digest, content, record, private)
                records.append(record)
            with self._locked(dataset):
                self._append(dataset, records)
                for digest, mine in self._by_digest(records).items():
                    known = self._provenance(dataset, digest)
                    complete = list(dict.fromkeys([*known, *mine]))
                    if complete != known:
                        self._write_provenance(dataset, digest, complete)
                self._sweep(dataset)
        received = {file.sha256: file for file in self.files(dataset)}
        return [received[str(record.sha256)] for record in records]

    def _store(self, dataset: str, digest: str, content: bytes | Path, record: Record, private: bool) -> None:
        path = self._stored_path(dataset, digest)
        if path is None:
            path = f"{self._folder(dataset)}/{digest}.{_extension(record)}"
        elif self._digest(path) == digest:
            return
        self._write(path, content, final=True, private=private)

    def record(self, dataset: str, *attempts: Record) -> None:
        """Log attempts that brought no new bytes; ``put`` logs those that did."""
        records = [replace(attempt, dataset=dataset) for attempt in attempts]
        for record in records:
            check_words(record)
        with _in_words("log", f"raw/{dataset}"):
            self._fs.create_dir(self._folder(dataset), recursive=True)
            with self._locked(dataset):
                self._append(dataset, records)

    # --- reading ---

    def files(self, dataset: str) -> list[StoredFile]:
        """All stored files in order of first receipt; their records in order of receipt.

        The log decides the order, not the clocks: a file that was received while a clock was ahead does not hide
        what came later.
        """
        receipts = self._receipts(dataset)
        stored = {}
        for path in self._list(dataset):
            name = STORED.fullmatch(PurePosixPath(path).name)
            if name and name[1] in receipts:
                stored[name[1]] = self._stored(dataset, path, receipts[name[1]])
            elif name:
                self._report(f"raw/{dataset}/{name[0]} has no provenance and is passed over: add it again")
        return [stored[digest] for digest in receipts if digest in stored]

    def latest(self, dataset: str, address: str | None = None) -> StoredFile | None:
        """The last good file: newest receipt, of one address where that is given.

        Its records are those of that address, so that ``.last`` holds the right etag.
        """
        wanted = redact(address) if address is not None else None
        newest: tuple[int, StoredFile] | None = None
        for file in self.files(dataset):
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
        return self._digest(file.path) == file.sha256

    def local_file(self, dataset: str, digest: str) -> Path:
        """Where a stored file lies on this disk, checked against its checksum piece by piece: for large files."""
        path = self._stored_path(dataset, digest)
        if path is None or not self._local:
            raise SourceError(
                "the archive holds no such file on this disk",
                file=f"raw/{dataset}/{digest}",
                remedy="Restore it from a copy of the archive, or add it again",
            )
        with _in_words("read", f"raw/{dataset}/{digest}"):
            return Path(path) if self._digest(path) == digest else self._refuse_damaged(path)

    def read(self, dataset: str, digest: str) -> bytes:
        """The bytes of a stored file, checked against their checksum."""
        path = self._stored_path(dataset, digest)
        if path is None:
            raise SourceError(
                "the archive holds no such file",
                file=f"raw/{dataset}/{digest}",
                remedy="Restore it from a copy of the archive, or fetch or add it again",
            )
        with _in_words("read", f"raw/{dataset}/{digest}"):
            content = self._bytes(path)
        return self._verified(path, digest, content)

    def datasets(self) -> list[str]:
        """Names of the datasets that the archive knows."""
        selector = pafs.FileSelector(self._raw, allow_not_found=True)
        infos = self._fs.get_file_info(selector)
        return sorted(info.base_name for info in infos if info.type == pafs.FileType.Directory)

    def fetches(self) -> list[Record]:
        """Every attempt over all datasets, in order of time."""
        records = [record for dataset in self.datasets() for record in self._logged(dataset)]
        return sorted(records, key=moment_of)

    def fetches_of(self, dataset: str) -> list[Record]:
        """Every attempt for one dataset, in order of the log."""
        return self._logged(dataset)

    def unlogged(self, dataset: str) -> list[Record]:
        """Receipts that only a file's own provenance tells, by their time: those of a log that was lost."""
        return self._alone(dataset, set(self._logged(dataset)))

    # --- records ---

    def _receipts(self, dataset: str) -> dict[str, list[tuple[int, Record]]]:
        """Receipts by checksum, each with its place in the order of receipt.

        First what only a file's own provenance tells, by its time; then the log, line by line.
        """
        logged = self._logged(dataset)
        receipts: dict[str, list[tuple[int, Record]]] = {}
        for place, record in enumerate([*self._alone(dataset, set(logged)), *logged]):
            if record.sha256 and record.outcome != "failed":
                receipts.setdefault(record.sha256, []).append((place, record))
        return receipts

    def _alone(self, dataset: str, known: set[Record]) -> list[Record]:
        """What the files' own provenance tells beyond the known receipts, by its time."""
        alone: list[Record] = []
        for path in self._list(dataset):
            if path.endswith(PROVENANCE):
                own = self._provenance(dataset, PurePosixPath(path).name.removesuffix(PROVENANCE))
                alone += [record for record in own if record not in known]
        return sorted(alone, key=moment_of)

    @staticmethod
    def _by_digest(records: Sequence[Record]) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for record in records:
            found.setdefault(str(record.sha256), []).append(record)
        return found

    def _logged(self, dataset: str) -> list[Record]:
        """The log of one dataset; a line that cannot be read is passed over, and ``problems`` says so."""
        records: dict[Record, None] = {}
        for path in self._log_paths(dataset):
            lines = self._bytes(path).split(b"\n")
            for number, line in enumerate(lines, 1):
                record = parsed_line(line)
                if record is not None:
                    records[record] = None
                elif line.strip():
                    self._report(f"raw/{dataset}/{LOG}, line {number}: torn record passed over")
        return list(records)

    def _log_paths(self, dataset: str) -> list[str]:
        """One log on a disk; one object a record where nothing can be appended."""
        names = re.compile(r"fetches(-.*)?\.jsonl")
        return [path for path in self._list(dataset) if names.fullmatch(PurePosixPath(path).name)]

    def _provenance(self, dataset: str, digest: str) -> list[Record]:
        """The receipts written beside a stored file."""
        path = f"{self._folder(dataset)}/{digest}{PROVENANCE}"
        if self._fs.get_file_info(path).type != pafs.FileType.File:
            return []
        try:
            return [record_from(item) for item in json.loads(self._bytes(path))]
        except (ValueError, TypeError, AttributeError):
            self._report(f"raw/{dataset}/{digest}{PROVENANCE} cannot be read; the log is used instead")
            return []

    def _write_provenance(self, dataset: str, digest: str, records: list[Record]) -> None:
        """Replace the provenance file in one step."""
        text = json.dumps([asdict(record) for record in records], ensure_ascii=False, indent=1)
        self._write(f"{self._folder(dataset)}/{digest}{PROVENANCE}", f"{text}\n".encode())

    def _append(self, dataset: str, records: Sequence[Record]) -> None:
        """The lines in one write; on an object store one object."""
        lines = b"".join(json.dumps(asdict(r), ensure_ascii=False).encode() + b"\n" for r in records)
        if self._local:
            append_lines(Path(self._folder(dataset)) / LOG, lines)
            return
        stamp = (records[0].received_at or records[0].requested_at or "").replace(":", "")
        self._write(f"{self._folder(dataset)}/fetches-{stamp}-{uuid.uuid4().hex}.jsonl", lines)

    def _report(self, problem: str) -> None:
        """Once per archive object: into ``problems`` and the program's log."""
        if problem not in self.problems:
            self.problems.append(problem)
            _log.warning(problem)

    # --- files ---

    def _folder(self, dataset: str) -> str:
        if not _DATASET.fullmatch(dataset):
            raise SourceError(f"{dataset!r} is not a dataset name", remedy="Use letters, digits, _ . -")
        return f"{self._raw}/{dataset}"

    def _list(self, dataset: str) -> list[str]:
        infos = self._fs.get_file_info(pafs.FileSelector(self._folder(dataset), allow_not_found=True))
        return sorted(info.path for info in infos if info.type == pafs.FileType.File)

    def _stored_path(self, dataset: str, digest: str) -> str | None:
        """Where these bytes are, whatever the extension they came with."""
        for path in self._list(dataset):
            name = STORED.fullmatch(PurePosixPath(path).name)
            if name and name[1] == digest:
                return path
        return None

    def _stored(self, dataset: str, path: str, receipts: list[tuple[int, Record]]) -> StoredFile:
        name = PurePosixPath(path)
        size = self._fs.get_file_info(path).size or 0
        places, records = zip(*receipts, strict=True)
        return StoredFile(dataset, name.stem, name.suffix[1:], size, path, records, places)

    def _digest(self, path: str) -> str:
        """Checksum of a stored file, read piece by piece."""
        digest = sha256()
        with self._fs.open_input_stream(path, compression=None) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest()

    def _bytes(self, path: str) -> bytes:
        with self._fs.open_input_stream(path, compression=None) as stream:
            content: bytes = stream.read()
        return content

    def _verified(self, path: str, digest: str, content: bytes) -> bytes:
        """The content, if it still is what was received."""
        return content if sha256(content).hexdigest() == digest else self._refuse_damaged(path)

    def _refuse_damaged(self, path: str) -> NoReturn:
        raise SourceError(
            "the stored bytes do not match their checksum: the file was damaged or changed after receipt",
            file=path.removeprefix(self._raw.removesuffix("raw")),
            remedy="Move it out of the archive and restore it from a copy, or fetch or add it again",
        )

    def _write(self, path: str, content: bytes | Path, *, final: bool = False, private: bool = False) -> None:
        """All of it or nothing; ``final`` takes the write permission away."""
        if self._local:
            write_whole(Path(path), content, final=final, private=private)
            return
        with self._fs.open_output_stream(path) as stream:
            if isinstance(content, Path):
                with content.open("rb") as source:
                    shutil.copyfileobj(source, stream, _PIECE)
            else:
                stream.write(content)

    def _sweep(self, dataset: str) -> None:
        """Remove what a killed process was writing an hour ago or longer."""
        for aside in Path(self._folder(dataset)).glob(".*.tmp") if self._local else ():
            with contextlib.suppress(OSError):
                if time.time() - aside.stat().st_mtime > 3600:
                    aside.unlink()

    @contextlib.contextmanager
    def _locked(self, dataset: str) -> Iterator[None]:
        """One writer at a time and dataset, where the system has file locks."""
        if not self._local:
            yield
            return
        with locked(Path(self._folder(dataset)) / ".lock"):
            yield


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
    except (OSError, pa.ArrowException) as trouble:
        words = trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else str(trouble)
        raise SourceError(
            f"cannot {action} it ({words})",
            file=place,
            remedy="Check free space and permissions of the data folder, then run again",
        ) from trouble
