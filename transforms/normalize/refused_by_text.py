"""Rows that are refused for what a text says, before any number is judged.

A record that the reader could not place (``_problem`` of ``sources.cells``), words that say an undeclared scale
("тыс.", ``UNIT_MULT`` 3; see ``scale``), and a text that is no count where something is counted: ``11.357`` persons
without a declared decimal mark, ``12 %`` of cases. Called by ``one_file``.
"""

import re
from collections.abc import Callable

import pyarrow.compute as pc

from sources.cells import PROBLEM, VALUE
from transforms.normalize.encoded_columns import EncodedColumn, constant, either
from transforms.normalize.file_cells import FileCells
from transforms.normalize.numbers_and_status import counts
from transforms.normalize.scale import scale_columns
from transforms.parse import numbers


def refused_by_text(file: FileCells, unit: EncodedColumn) -> dict[str, tuple[EncodedColumn, ...]]:
    """Refusals by what they are about: ``record``, ``scale``, the value."""
    scale = scale_columns(file.present, file.dataset.numbers)
    found = {
        "scale": tuple(_texts(file, "scale_undeclared", name, says) for name, says in scale.items()),
        VALUE: _no_counts(file, unit),
    }
    if PROBLEM in file.present:
        found["record"] = (_texts(file, "unreadable_record", PROBLEM, bool),)
    return found


def _texts(file: FileCells, rule: str, column: str, wrong: Callable[[str], bool]) -> EncodedColumn:
    """Refuse the rows whose text in a column is wrong."""
    return file.texts(column).recoded(
        lambda text: file.lookups.refusal(rule, value=text, place=column) if text and wrong(text) else None
    )


def _no_counts(file: FileCells, unit: EncodedColumn) -> tuple[EncodedColumn, ...]:
    pattern = numbers.no_count_pattern(file.dataset.numbers.decimal)
    if not pc.any(pc.match_substring_regex(file.cells[VALUE], pattern)).as_py():
        return ()
    refusals = file.texts(VALUE).recoded(
        lambda text: (
            file.lookups.refusal("no_count", value=text) if text and re.search(pattern, text) else None
        )
    )
    return (either(counts(file, unit), refusals, constant(None)),)
