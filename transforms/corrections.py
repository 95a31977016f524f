"""Known upstream errors, corrected only by a reviewed row that must still match.

``sources/corrections.csv``: dataset, file, locator, action (``override`` or ``drop``), the text as published, the
text to read instead, reason, date reported to the publisher, status. A row whose cell no longer says what it said is
told.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from sources import cells as cells_module
from sources.cells import LOCATOR, NOTE, VALUE

FILE = Path(cells_module.__file__).with_name("corrections.csv")
HEADER = ("dataset", "file", "locator", "action", "published", "corrected", "reason", "reported", "status")
ACTIONS = ("override", "drop")


@dataclass(frozen=True)
class Correction:
    """One reviewed correction."""

    dataset: str
    file: str
    locator: str
    action: str
    published: str
    corrected: str
    reason: str
    reported: str
    status: str


@lru_cache
def load_corrections(path: Path = FILE) -> tuple[Correction, ...]:
    """All corrections; a malformed row is an error that names its line."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != HEADER:
            raise ValueError(f"{path.name}, line 1: the header must be {','.join(HEADER)}.")
        made = []
        for row in reader:
            if row["action"] not in ACTIONS or not row["reason"] or not row["locator"]:
                raise ValueError(
                    f"{path.name}, line {reader.line_num}: action, locator and reason are needed."
                )
            made.append(Correction(**row))
    return tuple(made)


def as_published(
    observations: pa.Table, dataset: str, corrections: Sequence[Correction] | None = None
) -> pa.Table:
    """The observations with the publisher's own text in ``published_value``, also where a correction was read."""
    declared = load_corrections() if corrections is None else corrections
    texts = {c.locator: c for c in declared if c.dataset == dataset and c.action == "override"}
    if not texts:
        return observations
    values = [
        texts[locator].published if locator in texts and value == texts[locator].corrected else value
        for locator, value in zip(
            observations["raw_locator"].to_pylist(), observations["published_value"].to_pylist(), strict=True
        )
    ]
    index = observations.schema.get_field_index("published_value")
    return observations.set_column(index, observations.schema.field(index), pa.array(values, pa.string()))


def correct(
    cells: pa.Table, dataset: str, file: str, corrections: Sequence[Correction] | None = None
) -> tuple[pa.Table, list[str]]:
    """Cells with the corrections of this file applied, and a sentence for each that no longer matches."""
    declared = load_corrections() if corrections is None else corrections
    mine = [c for c in declared if c.dataset == dataset and c.file in ("", file)]
    if not mine:
        return cells, []
    places = {locator: row for row, locator in enumerate(cells[LOCATOR].to_pylist())}
    values, notes = cells[VALUE].to_pylist(), cells[NOTE].to_pylist()
    dropped, unused = set(), []
    for correction in mine:
        row = places.get(correction.locator)
        if row is None or values[row] != correction.published:
            unused.append(f"{correction.locator}: no cell with the text {correction.published!r} any more")
            continue
        if correction.action == "drop":
            dropped.add(row)
        else:
            remark = f"Published as {values[row]}, corrected: {correction.reason}"
            values[row], notes[row] = correction.corrected, ". ".join(filter(None, (notes[row], remark)))
    changed = cells.set_column(cells.schema.get_field_index(VALUE), VALUE, pa.array(values, pa.string()))
    changed = changed.set_column(changed.schema.get_field_index(NOTE), NOTE, pa.array(notes, pa.string()))
    keep = [row for row in range(cells.num_rows) if row not in dropped]
    return (changed.take(pa.array(keep)) if dropped else changed), unused
