"""What every reader offers, and how a dataset reaches its own.

A reader is a module of this folder, named in ``READERS``. It is imported when a declaration names it, for some bring
heavy libraries along. What it offers:

================================  ======  ==========================================  ================================
Name                              Needed  When it is called                           What it gives
================================  ======  ==========================================  ================================
``DeclaredOptions``               yes     a declaration loads                         what ``reader_options`` may say
                                          (``declared_references``)
``read(content, options)``        yes     a file is turned into observations, traced  its table of text cells
                                          or tried                                    (:mod:`sources.cells`)
``next_page(content, options)``   no      a page was received (``current_files``)     address or number of the page
                                                                                      after it; None after the last
``read_large(path, options)`` of  no      before ``read``, of a large file            the same cells as ``read``, in
the module ``<reader>_large``                                                         batches
================================  ======  ==========================================  ================================

Whatever is wrong with a file, or with an option beside that file, is a ``ReadError`` with place and remedy. Of these,
all but ``DeclaredOptions`` run in a process of their own. An example is ``delimited`` with
``delimited_large``; with pages ``json_table``.

Not here: the formats, and limits on memory and time (``sources.isolated``, which calls this in a process of its own).
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from sources.readers.options import ReaderOptions
from sources.readers.unique_places import refuse_repeated_places

READERS = (
    "delimited",
    "excel",
    "json_stat",
    "json_table",
    "open_sdg",
    "pdf",
    "sdmx_csv",
    "sdmx_json",
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
    cells = _reader(dataset).read(content, dataset.reader_options)
    refuse_repeated_places(cells)
    return cells


def reads_large(dataset: Readable) -> bool:
    """Whether the format can come in batches at all."""
    return find_spec(f"sources.readers.{dataset.reader}_large") is not None


def read_large(dataset: Readable, path: Path) -> Iterator[Any]:
    """The same cells in tables, one after the other; ``NotPlainError`` where the file must be read as a whole.

    Each is of lines of its own, so that no two cells have one place.
    """
    found: Iterator[Any] = import_module(f"sources.readers.{dataset.reader}_large").read_large(
        path, dataset.reader_options
    )
    return found


def has_pages(dataset: Readable) -> bool:
    """Whether the format can come in pages at all."""
    return hasattr(_reader(dataset), "next_page")


def next_page(dataset: Readable, content: bytes) -> str | None:
    """Address or number of the page that follows this one; None where the format has no pages or this is the last."""
    if not has_pages(dataset):
        return None
    following: str | None = _reader(dataset).next_page(content, dataset.reader_options)
    return following


def _reader(dataset: Readable) -> Any:
    return import_module(f"sources.readers.{dataset.reader}")
