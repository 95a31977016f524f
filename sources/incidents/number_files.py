"""Columns of numbers in files of a scratch folder: what does not fit in memory, written and read in order.

::

    numbers = NumberFiles(folder, {"id1": np.uint64, "c0": np.uint16})
    numbers.append({"id1": hashes, "c0": texts})         # the same rows of each column; one that is left out is 0
    for first, piece in numbers.pieces(("c0",)): ...     # from row `first` on

The files have no name, where the system allows that: a count that is ended from outside leaves none of them. Called by
``database`` and, for its rows, by ``transforms.incidents``.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
#: rows that are read at once
_PIECE = 1_000_000


class NumberFiles:
    """One file a column; ``rows``: how many rows they have."""

    def __init__(self, folder: Path, types: Mapping[str, type[np.unsignedinteger[Any]]]) -> None:
        """``folder`` is made, for this user alone."""
        folder.mkdir(mode=0o700)
        self._types = {name: np.dtype(kind) for name, kind in types.items()}
        self._files = {name: (folder / name).open("w+b", buffering=0) for name in types}
        self.rows = 0
        # Windows keeps the names.
        with contextlib.suppress(PermissionError):
            for name in types:
                (folder / name).unlink()

    def append(self, rows: int, columns: Mapping[str, Numbers]) -> None:
        """Add rows; a column that is left out is 0 in them."""
        for name, numbers in columns.items():
            # Where a column was left out before, the system gives zeros for what lies between.
            self._files[name].seek(self.rows * self._types[name].itemsize)
            np.ascontiguousarray(numbers, self._types[name]).tofile(self._files[name])
        self.rows += rows

    def pieces(
        self, names: Sequence[str], first: int = 0, last: int | None = None
    ) -> Iterator[tuple[int, dict[str, Numbers]]]:
        """The rows from ``first`` to ``last``, piece by piece: the number of the first one, and the columns."""
        last = self.rows if last is None else last
        for name in names:
            self._files[name].truncate(self.rows * self._types[name].itemsize)
        for at in range(first, last, _PIECE):
            yield at, {name: self._read(name, at, min(_PIECE, last - at)) for name in names}

    def _read(self, name: str, first: int, rows: int) -> Numbers:
        self._files[name].seek(first * self._types[name].itemsize)
        return np.fromfile(self._files[name], self._types[name], rows)

    def close(self) -> None:
        """Close the files, which ends them; who made the folder deletes it."""
        for file in self._files.values():
            file.close()
