"""What every reader offers, and how a dataset reaches its own."""

from typing import Any

from sources.dataset import Dataset
from sources.readers.unique_places import refuse_repeated_places


def read_cells(dataset: Dataset, content: bytes) -> Any:
    """Cells of one file by the dataset's reader: an Arrow table as described in :mod:`sources.cells`."""
    from importlib import import_module

    reader = import_module(f"sources.readers.{dataset.reader}")
    cells = reader.read(content, dataset.reader_options)
    refuse_repeated_places(cells)
    return cells
