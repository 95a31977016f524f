"""One register from its files to cells: rows in, cells of counts out, in the form that the normalizer reads.

``count_register`` refuses a file with personal data by its columns, codes and counts the rows, and gives for each file
the cells of the months and years to which it was the last to give, so that a cell's place in the archive is that file.
``codes_as_labels`` is the declaration by which those cells are read: every code stands for itself.

Counts here are not protected yet: ``transforms.files_to_observations`` withholds the small ones before anything is
kept.

Called by ``transforms.files_to_observations``. Not here: reading rows (``sources.incidents``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from data_contracts.vocabulary import TOTAL
from sources.cells import DiscreetError, cells_table
from sources.dataset import Concept, Dataset, Numbers
from sources.incidents.database import Incidents
from transforms.incidents.coding import Unread, read_codings, roles_of
from transforms.incidents.counting import Counter
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.lookups import LookUps
from transforms.privacy.discreet import refuse_found
from transforms.privacy.personal_data_search import Guard

# Fewer rows than this are not named by their number.
FEW = 5
_DIMENSIONS = ("indicator", "ref_area", "time_period", "sex", "age", "violence_form", "relationship")


@dataclass(frozen=True)
class RegisterFile:
    """A file of a register: where it lies, and what is known of it."""

    path: Path
    facts: FileFacts


@dataclass
class Counted:
    """What a register's files gave.

    ``cells``: for each file. ``refused``: rule, column and rows of what did not count. ``rows``: of all files, of which
    ``lost`` could not be read and ``repeated`` said an incident again. ``parts``, ``missing``: the declared parts
    (months or years) that are in some file, and in none.
    """

    cells: list[pa.Table]
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    rows: int = 0
    lost: int = 0
    repeated: int = 0
    parts: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def count_register(
    lookups: LookUps, dataset: Dataset, files: Sequence[RegisterFile], scratch: Path | None = None
) -> Counted:
    """Cells of every margin; DiscreetError where a file cannot be read, is another than declared or names people."""
    guard = Guard()
    with Incidents(roles_of(dataset), scratch) as incidents:
        rows = [_add(incidents, dataset, file, guard) for file in files]
        incidents.group()
        incidents.show(guard.look)
        remedy = "Ask the office for a register without names and numbers of people"
        refuse_found(lookups.contract, guard.findings(), remedy)
        codings = read_codings(incidents, lookups, dataset, files[-1].facts)
        counter = Counter(incidents, dataset, codings)
        counted = Counted(_cells(counter, len(files)), rows=sum(rows))
        counted.repeated = counter.twice.repeated
        counted.lost = counter.twice.contradicting
        _what_is_lost(counter, counted)
        counted.parts, counted.missing = _partitions(counter)
        return counted


def _add(incidents: Incidents, dataset: Dataset, file: RegisterFile, guard: Guard) -> int:
    """Rows of one file; an error names the file."""
    parts = [*dataset.concepts.values(), *dataset.breakdown.values()]
    ways = [part for concept in parts for part in concept if part.columns and part.absent is None]
    needed = [part.columns for part in ways]
    own = [
        column for column in dataset.columns if not any(column in part.columns for c in parts for part in c)
    ]
    known = {*dataset.columns, *(dataset.expects.columns or ())}
    try:
        return incidents.add(
            file.path, dataset.reader_options, [*needed, *((column,) for column in own)], known, guard.look
        )
    except DiscreetError as error:
        raise DiscreetError(
            error.problem, file=file.facts.path, place=error.place, remedy=error.remedy
        ) from None


def _cells(counter: Counter, files: int) -> list[pa.Table]:
    """The cells of all margins, divided by the file that gave last to the period of each."""
    found: list[list[pa.Table]] = [[] for _ in range(files)]
    for name, margin in counter.margins():
        given = margin["file"].to_numpy()
        cells = _as_cells(name, margin)
        for file in range(files):
            found[file].append(cells.filter(pa.array(given == file)))
    return [pa.concat_tables(parts, promote_options="default") for parts in found]


def _as_cells(name: str, margin: pa.Table) -> pa.Table:
    """The columns of ``sources.cells``; every concept's column is there, with its total where the margin has none."""
    texts = {
        column: margin[column].to_pylist() for column in margin.column_names if column not in ("n", "file")
    }
    columns = {column: texts.get(column, [TOTAL] * margin.num_rows) for column in _DIMENSIONS}
    further = [column for column in texts if column not in _DIMENSIONS]
    codes = [
        ";".join(f"{column}={texts[column][row]}" for column in sorted(further))
        for row in range(margin.num_rows)
    ]
    places = [", ".join(dict.fromkeys(row)) for row in zip(*texts.values(), strict=True)]
    return cells_table(
        {
            "_value": [str(number) for number in margin["n"].to_pylist()],
            "_locator": [f"margin {name}: {place}" for place in places],
            **columns,
            "breakdown": [code or TOTAL for code in codes],
        }
    )


def codes_as_labels(dataset: Dataset) -> Dataset:
    """The declaration of the counted cells: each column holds the codes of the concept that it is named after."""
    kept = {name: parts for name, parts in dataset.concepts.items() if name in ("nature", "source_id")}
    own = {name: (Concept.model_validate({"column": name}),) for name in _DIMENSIONS}
    return dataset.model_copy(
        update={
            "concepts": {**kept, **own},
            "breakdown": {},
            "breakdown_column": "breakdown",
            "numbers": Numbers(),
        }
    )


def _what_is_lost(counter: Counter, counted: Counted) -> None:
    """Rows that do not count, by column and without any of their texts."""
    place = counter.counting.incident
    if counter.twice.contradicting:
        counted.refused.append(("contradicting_rows", place, few(counter.twice.contradicting)))
    lost = {place: counter.incidents.empty[place]}
    for coding in counter.codings.values():
        counted.unread += coding.unread
        for unread in coding.unread:
            lost[unread.column] = lost.get(unread.column, 0) + unread.rows
    counted.lost += sum(lost.values())
    if counter.counting.persons:
        column = counter.counting.persons.column
        lost[column] = lost.get(column, 0) + counter.incidents.empty[column]
    counted.refused += [("uncounted_rows", column, few(rows)) for column, rows in lost.items() if rows]


def few(rows: int) -> str:
    """A number of rows that says nothing of a single one."""
    return f"<{FEW}" if rows < FEW else str(rows)


def _partitions(counter: Counter) -> tuple[list[str], list[str]]:
    """Declared parts that are there, and parts from the first to the last one that are not."""
    partitions = counter.counting.partitions
    if partitions is None:
        return [], []
    months = set().union(*counter.files_by_month().values())
    held = {month // partitions.months for month in months}
    wanted = range(partitions.first, max(held, default=partitions.first - 1) + 1)
    there = [partitions.name(part) for part in wanted if part in held]
    return there, [partitions.name(part) for part in wanted if part not in held]
