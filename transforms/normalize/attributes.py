"""Unit, note and source of each row: what SDMX calls attributes, beside the status (``numbers_and_status``).

Each is declared as any concept (``codes_from_labels``), and each has a rule of its own for what is not declared.

Not here: what a status means and the value itself. Called by ``one_file``.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.cells import NOTE
from transforms.normalize.codes_from_labels import read_concept
from transforms.normalize.encoded_columns import EncodedColumn, constant, either, first_that_says, written_out
from transforms.normalize.file_cells import FileCells
from transforms.normalize.readings import ReadColumn, Reading, read_each

_NO_TEXT = pa.nulls(1, pa.string())[0]


def read_unit(file: FileCells, indicator: EncodedColumn) -> ReadColumn:
    """The declared unit, else the one of the indicator."""
    declared = read_concept(file, "unit_measure")
    own = indicator.recoded(file.lookups.units.get)
    units = first_that_says([declared.codes, own], lambda unit: unit not in (None, ""), None)
    return ReadColumn(units, declared.refusals)


def read_source(file: FileCells) -> ReadColumn:
    """The declared source, which must be in the register; a dataset that names none is its own."""
    if "source_id" in file.facts.constants:
        return read_concept(file, "source_id")
    if "source_id" not in file.dataset.concepts:
        return ReadColumn(constant(file.dataset.id))
    sources = read_concept(file, "source_id")

    def known(source: str) -> Reading:
        if source in file.lookups.sources:
            return Reading(source)
        return Reading(None, file.lookups.refusal("unknown_source", value=source))

    checked = read_each(sources.codes, known)
    return ReadColumn(checked.codes, (*sources.refusals, *checked.refusals))


def read_note_ru(file: FileCells) -> EncodedColumn:
    """The Russian of what the file attaches to the cell, else of what is declared; null where it has none."""
    russian = file.lookups.notes_ru
    attached, declared = file.texts(NOTE), read_concept(file, "note").codes
    own = attached.recoded(lambda note: russian.get(note) if note else None)
    other = declared.recoded(lambda note: russian.get(note) if note else None)
    if not any(own.dictionary) and not any(other.dictionary):
        return constant(None)
    # A declared note alone would leave out what the file says of this very cell.
    alone = attached.where(lambda note: not note, file.count)
    return first_that_says([own, either(alone, other, constant(None))], bool, None)


def read_note(file: FileCells) -> tuple[Any, tuple[EncodedColumn, ...]]:
    """What is declared, then what the file attaches to the cell, as an Arrow column; and the refusals."""
    read = read_concept(file, "note")
    declared = read.codes.recoded(lambda note: note or None)
    attached = file.cells[NOTE]
    attached = pc.if_else(pc.equal(attached, ""), _NO_TEXT, attached)
    if not any(declared.dictionary):
        return attached, read.refusals
    said = written_out(declared, pa.string(), None, file.count)
    # Null where either is: Arrow's own way to skip nulls loses the rows where both are.
    joined = pc.binary_join_element_wise(said, attached, ". ")
    return pc.coalesce(joined, said, attached), read.refusals
