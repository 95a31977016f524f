"""What every reader offers, and how a dataset reaches its own.

A reader is a module of this folder with ``read(content, options)`` and ``DeclaredOptions``. It is imported when a
declaration names it, for some bring heavy libraries along.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from sources.readers.options import ReaderOptions

READERS = (
    "delimited",
    "excel",
    "json_stat",
    "json_table",
    "open_sdg",
    "pdf",
    "sdmx_csv",
    "sdmx_ml",
    "siat",
    "transcription",
)


class Readable(Protocol):
    """What of a dataset a reader needs."""

    @property
    def reader(self) -> str:
        """One of ``READERS``."""

    @property
    def reader_options(self) -> Mapping[str, Any]:
        """Options as declared."""


def declared_options(reader: str) -> type[ReaderOptions]:
    """What a declaration may say under ``reader_options`` for one of ``READERS``."""
    model: type[ReaderOptions] = import_module(f"sources.readers.{reader}").DeclaredOptions
    return model


def read_cells(dataset: Readable, content: bytes) -> Any:
    """Cells of one file by the dataset's reader: an Arrow table as described in :mod:`sources.cells`."""
    return import_module(f"sources.readers.{dataset.reader}").read(content, dataset.reader_options)
