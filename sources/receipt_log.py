"""The receipts of the raw archive on disk: one log a dataset, and the provenance beside each stored file.

``fetches.jsonl`` has every attempt in order; ``<sha256>.provenance.json`` the receipts of one file, so that a lost log
loses none of them. A torn line is passed over and listed in ``problems``.

Not here: the stored bytes (``archive``, which calls this) and what a record holds (``receipts``).
"""

import json
import logging
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from itertools import accumulate
from pathlib import Path

from data_contracts.stored_json import load_json
from sources.cells import SourceError
from sources.durable import append_lines, write_whole
from sources.receipts import Record, moment_of, parsed_line, record_from

LOG = "fetches.jsonl"
PROVENANCE = ".provenance.json"
_DATASET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_log = logging.getLogger("sources.archive")


class RawFolders:
    """The folder of each dataset below ``raw/``."""

    def __init__(self, raw: Path) -> None:
        """``raw``: the folder of the archive."""
        self._raw = raw

    def of(self, dataset: str) -> Path:
        """The folder of a dataset, whether it is there or not; SourceError where that is no name of a dataset."""
        if not _DATASET.fullmatch(dataset):
            raise SourceError(f"{dataset!r} is not a dataset name", remedy="Use letters, digits, _ . -")
        return self._raw / dataset

    def files(self, dataset: str) -> list[Path]:
        """The files in it, by name."""
        return sorted(path for path in self.of(dataset).glob("*") if path.is_file())


class ReceiptLog:
    """Reads and writes the receipts; ``problems``: what could not be read."""

    def __init__(self, folders: RawFolders) -> None:
        """``folders``: where the datasets are."""
        self._folders = folders
        self.problems: list[str] = []
        self._reported: set[str] = set()

    def receipts(self, dataset: str) -> dict[str, list[tuple[int, Record]]]:
        """Receipts by checksum, each with its place in the order of receipt.

        The log, line by line. What only a file's own provenance tells, as in an archive into which another was copied,
        comes after the last line that is not later than it.
        """
        logged = self.logged(dataset)
        receipts: dict[str, list[tuple[int, Record]]] = {}
        for place, record in enumerate(_with_unlogged(logged, self.unlogged(dataset, set(logged)))):
            if record.sha256 and record.outcome != "failed":
                receipts.setdefault(record.sha256, []).append((place, record))
        return receipts

    def unlogged(self, dataset: str, known: set[Record]) -> list[Record]:
        """What the files' own provenance tells beyond the known receipts, by its time."""
        alone: list[Record] = []
        for path in self._folders.files(dataset):
            if path.name.endswith(PROVENANCE):
                own = self.provenance(dataset, path.name.removesuffix(PROVENANCE))
                alone += [record for record in own if record not in known]
        return sorted(alone, key=moment_of)

    def logged(self, dataset: str) -> list[Record]:
        """The log of one dataset; a line that cannot be read is passed over, and ``problems`` says so."""
        records: dict[Record, None] = {}
        for path in self._log_paths(dataset):
            lines = path.read_bytes().split(b"\n")
            for number, line in enumerate(lines, 1):
                record = parsed_line(line)
                if record is not None:
                    records[record] = None
                elif line.strip():
                    self.report(f"raw/{dataset}/{LOG}, line {number}: torn record passed over")
        return list(records)

    def _log_paths(self, dataset: str) -> list[Path]:
        """The receipts that came from a store, by number, then this machine's own log."""
        names = re.compile(r"fetches(-.*)?\.jsonl")
        return [path for path in self._folders.files(dataset) if names.fullmatch(path.name)]

    def provenance(self, dataset: str, digest: str) -> list[Record]:
        """The receipts written beside a stored file."""
        path = self._folders.of(dataset) / f"{digest}{PROVENANCE}"
        if not path.is_file():
            return []
        try:
            return [record_from(item) for item in load_json(path.read_bytes())]
        except (ValueError, TypeError):
            self.report(f"raw/{dataset}/{digest}{PROVENANCE} cannot be read; the log is used instead")
            return []

    def write_provenance(self, dataset: str, digest: str, records: list[Record]) -> None:
        """Replace the provenance file in one step."""
        text = json.dumps([asdict(record) for record in records], ensure_ascii=False, indent=1)
        write_whole(self._folders.of(dataset) / f"{digest}{PROVENANCE}", f"{text}\n".encode())

    def append(self, dataset: str, records: Sequence[Record]) -> None:
        """The lines in one write."""
        lines = b"".join(json.dumps(asdict(r), ensure_ascii=False).encode() + b"\n" for r in records)
        append_lines(self._folders.of(dataset) / LOG, lines)

    def report(self, problem: str) -> None:
        """Once an archive object into ``problems``, and once a process into the program's log."""
        if problem not in self._reported:
            self._reported.add(problem)
            self.problems.append(problem)
            _warn(problem)


@cache
def _warn(problem: str) -> None:
    _log.warning(problem)


def _with_unlogged(logged: Sequence[Record], unlogged: Sequence[Record]) -> list[Record]:
    """The log with the other receipts, which are in order of time, where their time belongs."""
    # The earliest moment from each line on, which grows from line to line although a clock may have been ahead.
    earliest = list(accumulate(map(moment_of, reversed(logged)), min))[::-1]
    joined = list(logged)
    for record in reversed(unlogged):
        joined.insert(bisect_right(earliest, moment_of(record)), record)
    return joined
