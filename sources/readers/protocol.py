"""What every reader offers, and how a dataset reaches its own.

A reader is a module of this package with ``read(content, options)``, which turns the bytes of one file into the table
of text cells that :mod:`sources.cells` describes. A format that comes in pages also has ``next_page(content,
options)``: the address or number of the page after this one, or None.
"""

from importlib import import_module
from typing import Any

from sources.dataset import Dataset
from sources.readers.unique_places import refuse_repeated_places


def read_cells(dataset: Dataset, content: bytes) -> Any:
    """Cells of one file by the dataset's reader: an Arrow table as described in :mod:`sources.cells`."""
    cells = _reader(dataset).read(content, dataset.reader_options)
    refuse_repeated_places(cells)
    return cells


def next_page(dataset: Dataset, content: bytes) -> str | None:
    """Address or number of the page that follows this one; None where the format has no pages or this is the last."""
    following = getattr(_reader(dataset), "next_page", None)
    return following(content, dataset.reader_options) if following else None


def _reader(dataset: Dataset) -> Any:
    return import_module(f"sources.readers.{dataset.reader}")
