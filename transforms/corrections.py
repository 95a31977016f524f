"""Known errors of publishers, corrected by a reviewed row that must still match what the publisher's file says.

**The problem.** Now and then a published figure is provably wrong: a digit is moved, a line is printed twice. Changing
the archived file would destroy the evidence, and a line in a reader's code would be seen by nobody. So each error
is one row of ``sources/corrections.csv``, reviewed like code::

    id,dataset,file,locator,action,published,corrected,reason,reported,status
    kg-orders-q1,kg_example_orders,orders,line 2,override,12 040,1 204,The quarters add up to 4816,2026-11-24,reported

``id``        unique; lower case, digits and hyphens
``dataset``   the dataset's id
``file``      name of the file in the declaration; empty: any file of the dataset
``locator``   the place, as ``dvstats trace`` prints it
``action``    what to do (below)
``published`` the cell's text as published; where the cell says something else the correction does nothing
``corrected`` the text to read instead (``override`` only)
``reason``    what proves the error, for people
``reported``  the day on which the publisher was informed, or empty
``status``    ``open``, ``reported``, ``acknowledged`` or ``fixed_upstream``

Actions:

- ``override`` — read ``corrected`` instead of the cell's text. The observation's note says what was published, and its
  ``published_value`` stays the publisher's own text.
- ``drop`` — do not read the cell at all.

A correction that matches no cell is a finding (``correction_unused``) that names it and its file: either the publisher
has mended the error, and the row is to be deleted, or the file has changed. Nothing is corrected in silence, and
nothing is left uncorrected in silence.

Deliberately out of scope: figures that only look odd (status ``U`` in the declaration), factors for whole columns
(``numbers: multiply``), labels (``values``), cells that the file does not have, and telling the publisher.

Order: ``transforms.observe``, the only caller, corrects the cells, normalizes them, puts the published text back, and
only then withholds what is not to be published; what is withheld stays so in any order.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.strict_files import load_csv
from sources import dataset as datasets
from sources.cells import LOCATOR, NOTE, VALUE

FILE = datasets.HERE / "corrections.csv"
ACTIONS = ("override", "drop")
STATUSES = ("open", "reported", "acknowledged", "fixed_upstream")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Correction:
    """One reviewed correction; the fields are the columns of the file."""

    id: str
    dataset: str
    file: str
    locator: str
    action: str
    published: str
    corrected: str
    reason: str
    reported: str
    status: str


HEADER = tuple(Correction.__dataclass_fields__)


class Corrected(NamedTuple):
    """Cells of one file after its corrections.

    ``published``: the publisher's text by locator, of each cell that now has another. ``matched``: ids of corrections
    that were applied. ``unmatched``: for each of the other ids why not, in a sentence.
    """

    cells: pa.Table
    published: Mapping[str, str]
    matched: frozenset[str]
    unmatched: Mapping[str, str]


# -- the file ----------------------------------------------------------------------------------------------------


@lru_cache
def load_corrections(path: Path = FILE) -> tuple[Correction, ...]:
    """All corrections; ``DeclarationError`` with file and line where one is malformed."""
    found: dict[str, Correction] = {}
    for row in load_csv(path, HEADER):
        correction = Correction(**row.cells)
        problem = "another correction has this id" if correction.id in found else _problem(correction)
        if problem:
            raise row.error(f"correction {correction.id or 'without id'}: {problem}")
        found[correction.id] = correction
    return tuple(found.values())


def _problem(correction: Correction) -> str:
    """What is wrong with a correction; empty where nothing is."""
    if not _ID.fullmatch(correction.id):
        return "the id must be lower case letters, digits and hyphens"
    for name in ("dataset", "locator", "reason"):
        if not getattr(correction, name).strip():
            return f"{name} is missing"
    if correction.action not in ACTIONS:
        return f"action {correction.action!r} is not one of {', '.join(ACTIONS)}"
    if correction.status not in STATUSES:
        return f"status {correction.status!r} is not one of {', '.join(STATUSES)}"
    if correction.action == "override" and correction.corrected == correction.published:
        return "corrected is what was published"
    if correction.action == "drop" and correction.corrected:
        return "a dropped cell has no corrected text"
    return ""


# -- before and after normalizing --------------------------------------------------------------------------------


def correct(
    cells: pa.Table, dataset: str, file: str, corrections: Sequence[Correction] | None = None
) -> Corrected:
    """Apply the corrections of one file; ``file``: its name in the declaration, empty where it is not declared."""
    declared = load_corrections() if corrections is None else corrections
    mine = [c for c in declared if c.dataset == dataset and c.file in ("", file)]
    if not mine:
        return Corrected(cells, {}, frozenset(), {})
    # Locators are unique within a file (``sources.readers.protocol``).
    places = {locator: row for row, locator in enumerate(cells[LOCATOR].to_pylist())}
    values, notes = cells[VALUE].to_pylist(), cells[NOTE].to_pylist()
    published: dict[str, str] = {}
    unmatched: dict[str, str] = {}
    dropped = set()
    for correction in mine:
        row = places.get(correction.locator)
        if row is None or values[row] != correction.published:
            unmatched[correction.id] = _unmatched(correction, file, there=row is not None)
        elif correction.action == "drop":
            dropped.add(row)
        else:
            remark = f"Published as {correction.published}, corrected: {correction.reason}"
            values[row], notes[row] = correction.corrected, ". ".join(filter(None, (notes[row], remark)))
            published.setdefault(correction.locator, correction.published)
    for name, column in ((VALUE, values), (NOTE, notes)):
        cells = cells.set_column(cells.schema.get_field_index(name), name, pa.array(column, pa.string()))
    kept = pa.array([row not in dropped for row in range(cells.num_rows)], pa.bool_())
    matched = frozenset(correction.id for correction in mine) - unmatched.keys()
    return Corrected(cells.filter(kept), published, matched, unmatched)


def _unmatched(correction: Correction, file: str, *, there: bool) -> str:
    # The cell's own text is not quoted: that of a restricted dataset must not reach the table of findings.
    found = "the cell does not say" if there else "the file has no cell there that says"
    return (
        f"correction {correction.id}, file {file or correction.file or 'without a name'}, {correction.locator}: "
        f"{found} {correction.published!r}; delete the correction if the publisher has mended the error"
    )


def unused(files: Sequence[Corrected]) -> list[str]:
    """A sentence for each correction that matched in none of a dataset's files: one that names no file may match in
    any, and a file may have several pages."""
    matched = frozenset[str]().union(*(file.matched for file in files))
    sentences = {name: text for file in files for name, text in file.unmatched.items()}
    return [text for name, text in sentences.items() if name not in matched]


def as_published(table: pa.Table, published: Mapping[tuple[str, str], str]) -> pa.Table:
    """Observations, or refused rows, with the publisher's own text in ``published_value`` again.

    ``published``: that text by file and place (``raw_sha256``, ``raw_locator``), of corrected cells only. A null stays
    null: a withheld row has no published text, and must not get one back.
    """
    place = table.schema.get_field_index("published_value")
    values = table.column(place)
    for (sha256, locator), text in published.items():
        here = pc.and_(pc.equal(table["raw_sha256"], sha256), pc.equal(table["raw_locator"], locator))
        replaced = pc.and_(here, pc.is_valid(values))
        values = pc.if_else(pc.fill_null(replaced, fill_value=False), text, values)
    return table.set_column(place, table.schema.field(place), values) if published else table
