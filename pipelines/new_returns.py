"""Whether returns of programmes came since the tables were made of them: what ``dvstats refresh`` plans from.

The note of what the tables were made of stays in the staging area and is a cache: without it the tables are made once
more. A checksum of a return must never be published, in a manifest neither: its counts are few and small, so that
withheld ones could be found by trying.

Not here: taking and reading returns (``pipelines.programme_returns``), which loads spreadsheet readers. Called by
``pipelines.refresh`` and the assets.
"""

import hashlib
import json
from collections.abc import Collection
from pathlib import Path

from data_contracts.stored_json import load_json
from pipelines.data_directory import DataDirectory
from sources.durable import write_whole
from sources.programmes.form import LANGUAGES, words

DATASET = "programme_returns"


def are_new(data_dir: DataDirectory) -> bool:
    """Whether returns came since the last release was made, or lie in the inbox."""
    try:
        noted = load_json(_note(data_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        noted = _digest([])
    return bool(noted != _state(data_dir) or waiting(data_dir))


def waiting(data_dir: DataDirectory) -> list[Path]:
    """Files in the inbox of returns, marked copies of them apart; also links, which are refused when they are taken."""
    folder = data_dir.inbox / DATASET
    if folder.is_symlink():
        return [folder]
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    stems = {file.stem for file in files}
    return [
        file
        for file in files
        if (file.is_file() or file.is_symlink())
        and not file.name.startswith(".")
        and not _is_marked(file, stems)
    ]


def _is_marked(file: Path, stems: Collection[str]) -> bool:
    """Whether a file is the marked copy of another one that lies beside it; sent by itself it is a mended return."""
    before, _, mark = file.stem.rpartition(".")
    return before in stems and mark in {words(language).text("answer.file") for language in LANGUAGES}


def note_made(data_dir: DataDirectory) -> None:
    """Note which returns the staged tables are made of."""
    pending = _pending(data_dir)
    pending.parent.mkdir(parents=True, exist_ok=True)
    write_whole(pending, json.dumps(_state(data_dir)).encode())


def note_published(data_dir: DataDirectory) -> None:
    """Note that a release says what the staged tables say."""
    if _pending(data_dir).exists():
        _pending(data_dir).replace(_note(data_dir))


def _note(data_dir: DataDirectory) -> Path:
    return data_dir.staging / DATASET / "published.json"


def _pending(data_dir: DataDirectory) -> Path:
    return data_dir.staging / DATASET / "made_of.json"


def _state(data_dir: DataDirectory) -> str:
    return _digest([file.sha256 for file in data_dir.archive.files(DATASET)])


def _digest(names: list[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
