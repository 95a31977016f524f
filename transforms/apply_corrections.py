"""Known errors of publishers, corrected by a reviewed entry that must still match what the publisher's file says.

**The problem.** Now and then a published figure is provably wrong: a digit is moved, a line is printed twice. Changing
the archived file would destroy the evidence, and a line in a reader's code would be seen by nobody. So each error
is one row of ``sources/corrections.csv``, reviewed like code::

    id,dataset,file,row,locator,action,published,corrected,reason,reported,status
    kg-orders-q1,kg_example_orders,orders,Region=Chuy; Quarter=2025-Q1,line 2,override,12 040,1 204,The year: 4816,,open

``id``        unique; lower case, digits and hyphens
``dataset``   the dataset's id
``file``      name of the file in the declaration; empty: any file of the dataset, those of an inbox too
``row``       what the cell's row says, ``Column=text; Column=text``: all columns that place a figure (dimensions)
``locator``   the place where the error was seen, as ``dvstats trace`` prints it
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

The cell is found by what its row says, wherever the row stands now: a line more in the file must not move a correction
to its neighbour, which may hold the same text. The place decides only between lines that are printed twice, and say the
same in every column.

A mistake in a row stops the dataset that the row names, and no other: it keeps its last rows, since its figures might
be wrong without the correction. Of a row that names no dataset a refresh says so (:func:`of_no_dataset`).

A correction that matches no cell is a finding (``correction_unused``) that names it, its file and what does not match:
either the publisher has mended the error, and the entry is to be deleted, or the file has changed. So is a second
correction of one cell; the first one is applied. Nothing is corrected in silence, and nothing is left uncorrected:
where the figure that the correction calls wrong is in the file still, it is refused (``uncorrected_figures``).

Deliberately out of scope: figures that only look odd (status ``U`` in the declaration), factors for whole columns
(``numbers: multiply``), labels (``values``), cells that the file does not have, and telling the publisher.

Order: ``transforms.files_to_observations``, the only caller, corrects the cells, normalizes them, puts the published
text back, and only then withholds what is not to be published; what is withheld stays so in any order.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.strict_files import DeclarationError, did_you_mean, load_csv_rows
from sources import dataset as datasets
from sources.cells import LOCATOR, NOTE, VALUE
from sources.dataset import Dataset

FILE = datasets.HERE / "corrections.csv"
ACTIONS = ("override", "drop")
STATUSES = ("open", "reported", "acknowledged", "fixed_upstream")
# Concepts that say something of a figure, and not where it stands.
BESIDE_THE_PLACE = {"obs_status", "obs_lower", "obs_upper", "note"}
# A semicolon inside of a label is followed by no further ``Column=``.
_NEXT_LABEL = re.compile(r";(?=[^;=]+=)")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Correction:
    """One reviewed correction; the fields are the columns of the file."""

    id: str
    dataset: str
    file: str
    row: str
    locator: str
    action: str
    published: str
    corrected: str
    reason: str
    reported: str
    status: str

    @property
    def labels(self) -> dict[str, str]:
        """What the cell's row says, by column; a text without ``=`` is of a column without a name."""
        parts = [part.partition("=") for part in _NEXT_LABEL.split(self.row)]
        return {name.strip() if sign else "": text.strip() for name, sign, text in parts}


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


class Corrections(NamedTuple):
    """The file: its well-formed rows, and for each other row the dataset that it seems to name and what is wrong."""

    rows: Sequence[Correction]
    mistakes: Sequence[tuple[str, DeclarationError]] = ()


# -- the file ----------------------------------------------------------------------------------------------------


@lru_cache
def load_corrections(path: Path = FILE) -> Corrections:
    """All corrections; ``DeclarationError`` where the file as a whole cannot be read."""
    found: dict[str, Correction] = {}
    mistakes: list[tuple[str, DeclarationError]] = []
    for row in load_csv_rows(path, HEADER):
        if isinstance(row, DeclarationError):
            mistakes += [(name, row) for name in _named(row.lines)]
            continue
        correction = Correction(**row.cells)
        problem = "another correction has this id" if correction.id in found else _problem(correction)
        if problem:
            error = row.error(f"correction {correction.id or 'without id'}: {problem}")
            mistakes.append((correction.dataset.strip(), error))
        else:
            found[correction.id] = correction
    return Corrections(tuple(found.values()), tuple(mistakes))


def _named(lines: Sequence[str]) -> list[str]:
    """What stands in the second cell of each line that is no row: the datasets of all rows that were lost in it."""
    cells = (line.split(",") for line in lines if line.strip())
    return list(dict.fromkeys(cell[1].strip() if len(cell) > 1 else "" for cell in cells))


def of_no_dataset(known: Collection[str], declared: Corrections | None = None) -> list[str]:
    """Sentences on rows whose dataset is none of those that are known, so that no dataset can say it.

    Where the whole file cannot be read, every dataset says so.
    """
    try:
        found = load_corrections() if declared is None else declared
    except DeclarationError:
        return []
    said = [str(error) for name, error in found.mistakes if name not in known]
    lost = [row for row in found.rows if row.dataset not in known]
    said += [
        f"{FILE.name}: correction {row.id}: no dataset {row.dataset!r}{did_you_mean(row.dataset, known) or '.'}"
        for row in lost
    ]
    return list(dict.fromkeys(said))


def _problem(correction: Correction) -> str:
    """What is wrong with a correction; empty where nothing is."""
    if not _ID.fullmatch(correction.id):
        return "the id must be lower case letters, digits and hyphens"
    for name in ("dataset", "row", "locator", "reason"):
        if not getattr(correction, name).strip():
            return f"{name} is missing"
    if "" in correction.labels:
        return f"row {correction.row!r} is not of the form Column=text; Column=text"
    if correction.action not in ACTIONS:
        return f"action {correction.action!r} is not one of {', '.join(ACTIONS)}"
    if correction.status not in STATUSES:
        return f"status {correction.status!r} is not one of {', '.join(STATUSES)}"
    if correction.reported and not _is_day(correction.reported):
        return f"reported {correction.reported!r} is no day such as 2026-11-24"
    if correction.action == "override" and correction.corrected == correction.published:
        return "corrected is what was published"
    if correction.action == "drop" and correction.corrected:
        return "a dropped cell has no corrected text"
    return ""


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# -- before and after normalizing --------------------------------------------------------------------------------


def _of(dataset: Dataset, corrections: Sequence[Correction] | None) -> Sequence[Correction]:
    """The corrections; an error where one of the dataset's own is malformed."""
    if corrections is not None:
        return corrections
    loaded = load_corrections()
    for name, error in loaded.mistakes:
        if name == dataset.id:
            raise error
    return loaded.rows


def correct(
    cells: pa.Table, dataset: Dataset, file: str, corrections: Sequence[Correction] | None = None
) -> Corrected:
    """Apply the corrections of one file; ``file``: its name in the declaration, empty where it is not declared."""
    declared = _of(dataset, corrections)
    mine = [c for c in declared if c.dataset == dataset.id and c.file in ("", file)]
    if not mine:
        return Corrected(cells, {}, frozenset(), {})
    locators, values, notes = (cells[name].to_pylist() for name in (LOCATOR, VALUE, NOTE))
    published: dict[str, str] = {}
    unmatched: dict[str, str] = {}
    dropped = set()
    done: dict[int, str] = {}
    for correction in mine:
        row, problem = _find(correction, cells, dataset)
        if row is not None and (other := done.setdefault(row, correction.id)) != correction.id:
            row, problem = None, f"correction {other} is of the same cell; delete one of them"
        if row is None:
            unmatched[correction.id] = (
                f"correction {correction.id}, file {file or correction.file or 'without a name'}, "
                f"{correction.locator}: {problem}"
            )
        elif correction.action == "drop":
            dropped.add(row)
        else:
            remark = f"Published as {correction.published}, corrected: {correction.reason}"
            values[row], notes[row] = correction.corrected, ". ".join(filter(None, (notes[row], remark)))
            published[locators[row]] = correction.published
    for name, column in ((VALUE, values), (NOTE, notes)):
        cells = cells.set_column(cells.schema.get_field_index(name), name, pa.array(column, pa.string()))
    kept = pa.array([row not in dropped for row in range(cells.num_rows)], pa.bool_())
    matched = frozenset(correction.id for correction in mine) - unmatched.keys()
    return Corrected(cells.filter(kept), published, matched, unmatched)


def _find(correction: Correction, cells: pa.Table, dataset: Dataset) -> tuple[int | None, str]:
    """Row of the cell that is meant, or why there is none.

    No sentence quotes the cell's own text: that of a restricted dataset must not reach the table of findings.
    """
    labels = correction.labels
    unsaid = [name for name in _placing(dataset, cells) if name not in labels]
    if unsaid:
        return None, f"row must also say {', '.join(unsaid)}, by which the figure is placed"
    if absent := [name for name in labels if name not in cells.column_names]:
        return None, f"the file has no column {', '.join(absent)}"
    fits = pa.array([True] * cells.num_rows, pa.bool_())
    for name, text in labels.items():
        said = pc.fill_null(pc.utf8_trim_whitespace(cells[name].cast(pa.string())), "")
        fits = pc.and_(fits, pc.equal(said, text))
    rows = pc.indices_nonzero(fits).to_pylist()
    if not rows:
        return None, f"the file has no row that says {correction.row}"
    if len(rows) > 1:
        rows = _of_lines_printed_twice(cells, rows, correction.locator)
    if not rows:
        return None, f"several different rows say {correction.row}; row must say more"
    if cells[VALUE][rows[0]].as_py() != correction.published:
        remedy = "delete the correction if the publisher has mended the error"
        return None, f"the cell does not say {correction.published!r}; {remedy}"
    return rows[0], ""


def _placing(dataset: Dataset, cells: pa.Table) -> list[str]:
    """Columns of the file by which the declaration places a figure; a concept is read from the first that is there."""
    concepts = [parts for name, parts in dataset.concepts.items() if name not in BESIDE_THE_PLACE]
    ways = [way.columns for parts in (*concepts, *dataset.breakdown.values()) for way in parts]
    ways += [(name,) for name in (dataset.breakdown_column, *dataset.where) if name]
    present = set(cells.column_names)
    return list(dict.fromkeys(name for way in ways for name in [c for c in way if c in present][:1]))


def _of_lines_printed_twice(cells: pa.Table, rows: list[int], locator: str) -> list[int]:
    """Of rows that say the same in all columns the one at the place; nothing where they do not, or none is there."""
    named = [name for name in cells.column_names if not name.startswith("_")]
    same = cells.select([*named, VALUE]).take(rows).group_by([*named, VALUE]).aggregate([]).num_rows == 1
    return [row for row in rows if same and cells[LOCATOR][row].as_py() == locator]


def unused(files: Sequence[Corrected]) -> list[str]:
    """A sentence for each correction that matched in none of a dataset's files: one that names no file may match in
    any, and a file may have several pages."""
    return list(_unmatched(files).values())


def unfit(
    dataset: Dataset,
    read: Sequence[str],
    files: Sequence[Corrected],
    corrections: Sequence[Correction] | None = None,
) -> list[Correction]:
    """The corrections of which ``unused`` and ``misnamed`` speak: their figures may stand in the files still."""
    ids = _unmatched(files)
    alone = [c for c in _of(dataset, corrections) if c.id in ids] if ids else []
    return [*alone, *_misnamed(dataset, read, corrections)]


def _unmatched(files: Sequence[Corrected]) -> dict[str, str]:
    matched = frozenset[str]().union(*(file.matched for file in files))
    sentences = {name: text for file in files for name, text in file.unmatched.items()}
    return {name: text for name, text in sentences.items() if name not in matched}


def misnamed(
    dataset: Dataset, read: Sequence[str], corrections: Sequence[Correction] | None = None
) -> list[str]:
    """A sentence for each correction whose ``file`` is the name of none that was read, and could not have been.

    ``read``: names in the declaration of the files that were read; empty for one that is not declared, as files of an
    inbox are. Of a declared file that did not come another finding says so.
    """
    return [
        f"correction {c.id}, file {c.file}, {c.locator}: no file has this name in the declaration; leave file empty"
        for c in _misnamed(dataset, read, corrections)
    ]


def _misnamed(
    dataset: Dataset, read: Sequence[str], corrections: Sequence[Correction] | None
) -> list[Correction]:
    known = {file.name for file in dataset.files} if "" not in read else set(read)
    mine = (c for c in _of(dataset, corrections) if c.dataset == dataset.id)
    return [c for c in mine if c.file and c.file not in known]


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
