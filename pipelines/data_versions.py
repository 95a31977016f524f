"""Data versions: hashes of what a result was made of, so that only what changed is done again.

A dataset's data version is ``FILES.READING``:

- ``FILES``: hash of its current files in the archive (``sources.current_files.files_version``);
- ``READING``: hash of everything that decides what is made of them: the declaration and its labels, the contract, the
  code of the readers and transforms, the registers of laws (they mark breaks) and of sources (rows name them).

A table's data version is the hash of its inputs: the tables that it is derived from, the registers, the same code. The
release records both, so a data directory that was copied without its staging area knows what it was made of.

Not here: comparing versions to plan a run (``pipelines.refresh``) and keeping results by version
(``pipelines.staging``). Called by those two, ``pipelines.dataset_states`` and the assets.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import duckdb

from sources.archive import Archive
from sources.cells import SourceError
from sources.current_files import current_files, files_version
from sources.dataset import Dataset

ROOT = Path(__file__).resolve().parent.parent
# Code and declarations that decide what is made of a file; each dataset's own declaration comes beside them.
READING = (
    "data_contracts/**/*.*",
    "sources/*.*",
    "sources/incidents/*.py",
    "sources/readers/**/*.py",
    "transforms/**/*.py",
)
# Declarations too: each dataset is a source, and its precedence decides what is best.
REGISTERS = ("sources/bundled/**/*.csv", "sources/datasets/*.*", "sources/programmes/*.*")
# Code outside of transforms that decides what the tables hold.
TABLES = (
    "pipelines/assets/*.py",
    "pipelines/carried_over.py",
    "pipelines/protect_release.py",
    "pipelines/requirement_tables.py",
)
# What decides, beside the observations and their sources, what is derived of them.
DERIVING = (
    *READING,
    "pipelines/**/*.py",
    "sources/datasets/*.yaml",
    *(
        f"sources/bundled/{name}/*.csv"
        for name in ("discrepancies", "legal_framework", "response_services", "scorecard")
    ),
)


def dataset_version(dataset: Dataset, archive: Archive) -> str:
    """Data version of a dataset as its files are now."""
    try:
        files = files_version(current_files(dataset, archive))
    except SourceError as error:
        # A page that is missing or a damaged file: another state than any in which all were there.
        files = _hash([str(error).encode()])
    return f"{files}.{reading_version(dataset.id)}"


def files_part(version: str | None) -> str:
    """The part of a data version that names the files."""
    return (version or "").partition(".")[0]


def reading_version(dataset_id: str) -> str:
    """Hash of what decides what is made of a dataset's files."""
    folder = ROOT / "sources" / "datasets"
    own = [folder / f"{dataset_id}{suffix}" for suffix in (".labels.csv", ".yaml")]
    contents = [path.read_bytes() for path in own if path.exists()]
    return _hash([code_version().encode(), _of_all_datasets().encode(), *contents])


def table_version(*inputs: str) -> str:
    """Data version of a table that is made of ``inputs``: data versions or checksums."""
    return _hash([code_version().encode(), *(text.encode() for text in inputs)])


@lru_cache
def code_version() -> str:
    """Hash of the contract, the readers and the transforms of this process."""
    return _of_files(READING)


@lru_cache
def registers_version() -> str:
    """Hash of the registers, all declarations, the form of programmes' returns, and of the tables' own code."""
    return _of_files((*REGISTERS, *TABLES))


@lru_cache
def derivation_version() -> str:
    """Hash of all by which tables are derived of observations and sources, the edition of DuckDB included."""
    return _hash([_of_files(DERIVING).encode(), duckdb.__version__.encode()])


def made_by() -> str:
    """Version of all that a release is made of beside the datasets."""
    return f"{code_version()}.{registers_version()}"


@lru_cache
def _of_all_datasets() -> str:
    folder = "sources/bundled"
    return _of_files(
        (f"{folder}/legal_framework/*.csv", f"{folder}/publications/*.csv", f"{folder}/notes_ru.csv")
    )


def _of_files(patterns: Iterable[str]) -> str:
    paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()})
    kept = [path for path in paths if "__pycache__" not in path.parts and path.suffix != ".pyc"]
    return _hash(part for path in kept for part in (str(path.relative_to(ROOT)).encode(), path.read_bytes()))


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]
