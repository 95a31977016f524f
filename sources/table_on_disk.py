"""A table that lies on the disk and not in the memory, for as long as somebody uses it.

::

    table = mapped(schema, batches)     # batches are written one by one; the table reads like any other

The file has no name: it is gone when the table is, whatever happens, and only this user can read it. The system reads
what is used and drops it where the memory is needed for something else. Called by ``sources.isolated`` for cells and by
``transforms.normalize.in_parts`` for observations.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa


def mapped(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """The batches as one table."""
    handle, name = tempfile.mkstemp(prefix="dvstats-")
    try:
        with os.fdopen(handle, "wb") as file, pa.ipc.new_file(file, schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return pa.ipc.open_file(pa.memory_map(name)).read_all()
    finally:
        # Mapped, it stays as long as it is used; Windows keeps its name too.
        with contextlib.suppress(PermissionError):
            Path(name).unlink()
