"""Which files of the archive were held when they came: one log a dataset, ``raw/<dataset>/judged.jsonl``.

::

    {"held": true, "sha256": ["3f5c…"]}

Releases say what is published, and lost releases no more say of which file it was not. The newest line that names a
file counts. A file that no line names was never held, so most datasets have no such log.

Not here: why a file is held (``transforms.judge``; the finding is in the releases). Called by ``sources.archive``; an
archive in an object store brings the lines of other machines as ``judged-<number>-….jsonl``.
"""

import json
import re
from collections.abc import Iterable, Sequence

from data_contracts.stored_json import load_json
from sources.durable import append_lines
from sources.receipt_log import RawFolders

LOG = "judged.jsonl"
_LOGS = re.compile(r"judged(-.*)?\.jsonl")


def held_files(folders: RawFolders, dataset: str) -> frozenset[str]:
    """Checksums of the files of a dataset that were held when they were last judged."""
    held: dict[str, bool] = {}
    for path in folders.files(dataset):
        if _LOGS.fullmatch(path.name):
            for line in path.read_bytes().splitlines():
                held.update(_judged(line))
    return frozenset(digest for digest, is_held in held.items() if is_held)


def append_judgement(folders: RawFolders, dataset: str, digests: Sequence[str], *, held: bool) -> None:
    """One line of the log, whole."""
    line = json.dumps({"held": held, "sha256": sorted(digests)}).encode()
    append_lines(folders.of(dataset) / LOG, line + b"\n")


def _judged(line: bytes) -> Iterable[tuple[str, bool]]:
    """What a line says of each file; a torn one says nothing."""
    try:
        found = load_json(line)
        return [(str(digest), bool(found["held"])) for digest in found["sha256"]]
    except (ValueError, TypeError, KeyError):
        return []
