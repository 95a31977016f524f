"""The promise of every reader that a locator names one cell, checked where cells are read (``protocol``).

A locator leads from a published figure back to its cell, and by it the text as published is put back after a
correction; two cells of one name would give one of them the text of the other. The meaning of locators is in
``sources.cells``. Not here: how a place is written, which is for each reader.
"""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import LOCATOR, ReadError


def refuse_repeated_places(cells: pa.Table) -> None:
    """:class:`ReadError` that names the first place which two cells of the file share, or which is missing."""
    if pc.any(pc.equal(pc.fill_null(cells[LOCATOR], ""), "")).as_py():
        raise _error("a cell has no place", "")
    # Comparing five million numbers takes a third of a second; texts are compared only where two numbers are equal.
    with duckdb.default_connection().cursor() as connection:
        connection.register("cells", cells.select([LOCATOR]))
        answer = connection.sql(f"SELECT hash({LOCATOR}) AS hashed FROM cells").to_arrow_table()
    hashed = answer["hashed"].to_numpy()
    ordered = np.sort(hashed)
    common = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(common):
        return
    seen: set[str] = set()
    for place in cells[LOCATOR].filter(pa.array(np.isin(hashed, common))).to_pylist():
        if place in seen:
            raise _error("two cells have the same place", place)
        seen.add(place)


def _error(problem: str, place: str) -> ReadError:
    return ReadError(problem, place=place, remedy="This is a fault of the reader: report it with the file")
