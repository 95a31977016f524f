"""Headings between the rows of a table, carried to the rows below: lines with a label and no value.

::

    Abai        12 13        -> no heading
    Share, %                    {place: line 3, text: "Share, %"}
    Osh         70 72        -> _heading "line 3"

Column ``_heading`` holds the place of the last heading above a row; the table's metadata (``HEADINGS``) holds all of
them in the order of the file, a list for each table of it. A reader knows no meaning: which heading ends another one,
and which refuses the rows below it, is decided in ``transforms.normalize.unread_headings``.

Called by the layouts of ``grid``, by ``delimited``, and by whoever reads the headings of a table of cells.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import HEADING, HEADINGS, LOCATOR, VALUE


class Heading(NamedTuple):
    """One heading. ``first``: no row is above it; ``kept``: its line is a row of the table, too."""

    place: str
    text: str
    first: bool
    kept: bool = False


def headings_of(cells: pa.Table) -> list[list[Heading]]:
    """The headings of each table of a file, in their order."""
    stored = json.loads((cells.schema.metadata or {}).get(HEADINGS, b"[]"))
    return [[Heading(*heading) for heading in table] for table in stored]


def told(cells: pa.Table, tables: Sequence[Sequence[Heading]]) -> pa.Table:
    """The cells with the headings of their tables in the metadata."""
    stored = [list(table) for table in tables if table]
    if not stored:
        return cells
    metadata = {**(cells.schema.metadata or {}), HEADINGS: json.dumps(stored, ensure_ascii=False).encode()}
    return cells.replace_schema_metadata(metadata)


def lone_labels(cells: pa.Table, labels: Sequence[str], values: int) -> np.ndarray:
    """Numbers of the records (``values`` cells each) that hold one label and no value."""
    records = cells.num_rows // values
    blank = _blank(cells[VALUE]).reshape(records, values).all(axis=1)
    at = np.flatnonzero(blank)
    if not len(at):
        return at
    rows = pa.array(at * values)
    filled, lettered = np.zeros(len(at), np.int64), np.zeros(len(at), np.bool_)
    for name in labels:
        texts = pc.fill_null(cells[name].take(rows), "")
        filled += ~_blank(texts)
        # A year or a number alone is no heading.
        lettered |= np.asarray(pc.match_substring_regex(texts, r"\p{L}"))
    alone = np.zeros(records, np.bool_)
    alone[at[filled == 1]] = True
    # Without a row below, a line heads nothing.
    last = np.flatnonzero(~alone).max(initial=-1)
    return at[(filled == 1) & lettered & (at <= last)]


def with_headings(cells: pa.Table, labels: Sequence[str], values: int) -> pa.Table:
    """Records of a file of lines, each below the last line above it that holds one label and no value."""
    found = lone_labels(cells, labels, values) if labels else np.zeros(0, np.int64)
    if not len(found):
        return cells
    rows = cells.select([LOCATOR, *labels]).take(pa.array(found * values)).to_pylist()
    headings = [
        Heading(
            row[LOCATOR].partition(",")[0],
            next(row[name].strip() for name in labels if row[name] and row[name].strip()),
            first=number == place,
            kept=True,
        )
        for place, (number, row) in enumerate(zip(found.tolist(), rows, strict=True))
    ]
    places = pa.array([None, *(heading.place for heading in headings)], pa.string())
    records = np.arange(cells.num_rows) // values
    above = places.take(pa.array(np.searchsorted(found, records, side="left")))
    return told(cells.append_column(HEADING, above), [headings])


def _blank(texts: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.equal(pc.utf8_trim_whitespace(pc.fill_null(texts, "")), ""))
