"""Words for a part of the people in texts that nothing reads as such: levels of the header, labels, and what a pattern
leaves out; also the name of a sheet.

::

    header "2023" over "женщины", sex not declared                      refused: five women are no five people
    header "2023" over "18-29", "сельское население", "инвалиды"        refused, until age or breakdown is declared
    sheet "женщины"                                                     the same
    header "2023" over "из них повторно"                                refused; "из них" over regions says nothing
    label "Преступления против женщин", extract: Преступления           refused, until sex is declared

A declared constant says what is meant. Not here: columns that are called sex, age or residence (``unread_dimensions``),
headings between the rows (``unread_headings``), units and periods (``unit_words``, ``frequency``). Called by
``one_file``.
"""

import re

from transforms.normalize.codes_from_labels import TOTAL
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells, left_out
from transforms.normalize.group_words import AGE, BREAKDOWN, PART, SEX, groups_of, sex_of
from transforms.normalize.readings import Refusal

# Columns of a table's labels, of the levels of its header, and of the name of its sheet.
_LEVEL = re.compile(r"(?:col|row)_[0-9]+|sheet")
# A longer text of a level may be the name of an indicator on women or children.
_MOST_WORDS = {SEX: 3, AGE: 4, BREAKDOWN: 4}


def unread_levels(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refusals of rows of one sex, age or place of residence by a text that the declaration does not read so."""
    declared = _declared(file)
    read = {*file.dataset.columns, *file.dataset.where}
    levels = [name for name in sorted(file.present - read) if _LEVEL.fullmatch(name)]
    found = [_refusals(file, name, declared) for name in levels]
    for name, patterns in sorted(left_out(file.dataset).items()):
        if name in file.present:
            found.append(_refusals(file, name, declared, patterns))
    return tuple(found)


def _declared(file: FileCells) -> set[str]:
    declared = {*file.dataset.concepts, *file.facts.constants}
    if file.dataset.breakdown or file.dataset.breakdown_column:
        declared.add(BREAKDOWN)
    return declared


def _refusals(
    file: FileCells, name: str, declared: set[str], patterns: list[re.Pattern[str]] | None = None
) -> EncodedColumn:
    def refusal(text: str | None) -> Refusal | None:
        said = text or ""
        for pattern in patterns or ():
            said = pattern.sub(" ", said)
        if name == "sheet" and len(said.strip()) == 1:
            # A sheet "F" may be the sixth one.
            return None
        kinds = groups_of(said) - declared
        if sex_of(said) == TOTAL:
            kinds.discard(SEX)
        words = len(said.split())
        kinds = {kind for kind in kinds if patterns or words <= _MOST_WORDS.get(kind, words)}
        if not kinds:
            return None
        kind = next(kind for kind in (SEX, AGE, BREAKDOWN, PART) if kind in kinds)
        close = "breakdown" if kind == PART else kind
        return file.lookups.refusal("unread_dimension", value=(text or "")[:200], place=name, close=close)

    return file.texts(name).recoded(refusal)
