"""What every reader offers, and how a dataset reaches its own."""

from typing import Any

from sources.dataset import Dataset


def read_cells(dataset: Dataset, content: bytes) -> Any:
    """Cells of one file by the dataset's reader: an Arrow table as described in :mod:`sources.cells`."""
    from importlib import import_module

    reader = import_module(f"sources.readers.{dataset.reader}")
    return reader.read(content, dataset.reader_options)
