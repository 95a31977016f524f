"""Codes of a concept from the labels in the file's columns, by the declaration.

A concept (``sex``, ``ref_area`` …) is declared as one or several *parts*; each is a constant or a column::

    sex: {column: [Sex, Пол], values: {Women: F, Men: M}, absent: _T, empty: _T}

    const     the code of every row
    column    the first of these that the file has
    values    code of each label; labels are compared folded (case, quotes, footnote marks, letters that look alike)
    extract   a regular expression: what it finds in the label is read instead of the label
    template  the code to make of what was extracted, at the place of {}
    absent    the code where the file has none of the columns
    empty     the code where the cell is empty; without it a row with an empty cell is refused, for women's figures
              whose label is lost would be those of all

Also the breakdown, which is several concepts in one column of codes. Not here: periods (``time_period``), units, notes
and sources (``attributes``), and whether a code is in its code list (the contract's checks, ``row_checks``). Called by
the steps of ``one_file``, and by ``transforms.incidents.coding`` for the columns of a register.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from data_contracts.strict_files import nearest
from sources.dataset import BOUNDS, Concept
from transforms.normalize.encoded_columns import EncodedColumn, constant, crossed, first_that_says
from transforms.normalize.file_cells import SPACES, TOTALLED, FileCells, blank
from transforms.normalize.readings import NOTHING, ReadColumn, Reading, read_each
from transforms.parse.fold_labels import fold, in_one_script

# A row that the declaration leaves out on purpose; neither good nor refused.
SKIP = "__skip__"
TOTAL = "_T"
# What a concept is where the declaration does not name it, or its cell is empty.
_DEFAULTS = {**dict.fromkeys(TOTALLED, TOTAL), "nature": "C"}
# What most cells have nothing of: an empty one says so.
_MAY_BE_EMPTY = ("obs_status", "note", *BOUNDS)
# An empty cell for which the declaration has no code; known in this module alone.
_UNSAID = object()
# The same words come in file after file.
_fold = lru_cache(maxsize=100_000)(fold)


def read_concept(file: FileCells, name: str) -> ReadColumn:
    """Codes of a declared concept; of one that is not declared its default."""
    if name in file.facts.constants:
        return ReadColumn(constant(file.facts.constants[name]))
    parts = file.dataset.concepts.get(name)
    default = _DEFAULTS.get(name)
    return read_parts(file, name, parts, default) if parts else ReadColumn(constant(default))


def read_parts(
    file: FileCells,
    name: str,
    parts: Sequence[Concept],
    default: str | None = None,
) -> ReadColumn:
    """The first part that says more than "total"; a label that no part may hold refuses the row all the same.

    ``default``: the code where a part declares no ``absent``. An empty cell for which no part has a code refuses its
    row too, where no other part says anything.
    """
    read = [_read_part(file, name, part, default) for part in parts]
    refusals = tuple(refusals for part in read for refusals in part.refusals)
    codes = read[0].codes if len(read) == 1 else _joined_parts([part.codes for part in read], default)
    if _UNSAID not in codes.dictionary:
        return ReadColumn(codes, refusals)
    columns = dict.fromkeys(file.first_present(part.columns) for part in parts if part.columns)
    refusal = file.lookups.refusal(
        "unmapped_label", sentence="empty_label", place=" / ".join(filter(None, columns))
    )
    unsaid = codes.recoded(lambda code: refusal if code is _UNSAID else None)
    return ReadColumn(codes.recoded(lambda code: None if code is _UNSAID else code), (*refusals, unsaid))


def _joined_parts(parts: Sequence[EncodedColumn], default: str | None) -> EncodedColumn:
    """For each row the first code that is more than "total", else "total" where a part says so, else what is unsaid."""
    of_ranks: tuple[Callable[[Any], bool], ...] = (
        lambda code: code not in (None, TOTAL, _UNSAID),
        lambda code: code == TOTAL,
        lambda code: code is _UNSAID,
    )
    ranked = [part.recoded(partial(_code_of, holds)) for holds in of_ranks for part in parts]
    return first_that_says(ranked, lambda code: code is not None, default or "")


def _code_of(holds: Callable[[Any], bool], code: Any) -> Any:
    return code if holds(code) else None


def codes_that_skip(file: FileCells, names: Sequence[str]) -> Iterator[EncodedColumn]:
    """Codes of the concepts and breakdowns in which a label stands for "not wanted"."""
    for name in names:
        if file.facts.constants.get(name) == SKIP or _skips(file.dataset.concepts.get(name, ())):
            yield read_concept(file, name).codes
    for parts in file.dataset.breakdown.values():
        if _skips(parts):
            yield read_parts(file, "breakdown", parts, TOTAL).codes


def _skips(parts: Sequence[Concept]) -> bool:
    codes = (
        code
        for part in parts
        for code in (part.const, part.absent, part.empty, part.template, *(part.values or {}).values())
    )
    return SKIP in codes


def read_breakdown(file: FileCells) -> ReadColumn:
    """Codes like ``EDUCATION=HIGHER;WEALTH=Q4`` of all declared breakdowns, or of the column that holds them."""
    if file.dataset.breakdown_column:
        texts = file.texts(file.dataset.breakdown_column)
        return ReadColumn(texts.recoded(lambda text: (text or "").strip(SPACES) or TOTAL))
    joined, refusals = constant(None), list[EncodedColumn]()
    for name in sorted(file.dataset.breakdown):
        part = read_parts(file, "breakdown", file.dataset.breakdown[name], TOTAL)
        joined = crossed(joined, part.codes, partial(_joined, name))
        refusals += part.refusals
    return ReadColumn(joined.recoded(lambda code: code or TOTAL), tuple(refusals))


def _joined(name: str, before: str | None, code: str | None) -> str | None:
    """The breakdown so far and one more of its parts."""
    if code in (None, TOTAL):
        return before
    return f"{before};{name}={code}" if before else f"{name}={code}"


def _read_part(file: FileCells, name: str, part: Concept, default: str | None) -> ReadColumn:
    if part.const is not None:
        return ReadColumn(constant(part.const))
    absent = part.absent if part.absent is not None else default
    column = file.first_present(part.columns)
    if column is None:
        return ReadColumn(constant(absent))
    texts = file.texts(column)
    read = read_each(texts, _label_reader(file, name, column, part))
    empty = _of_empty(name, part, absent)
    pairs = zip(texts.dictionary, read.codes.dictionary, strict=True)
    filled = [empty if blank(text) else code for text, code in pairs]
    return ReadColumn(EncodedColumn(filled, texts.indices), read.refusals)


def _of_empty(name: str, part: Concept, absent: str | None) -> Any:
    """What an empty cell is: the declared code (``empty``, or that of the label ""), ``_UNSAID``, or nothing."""
    declared = part.empty if part.empty is not None else (part.values or {}).get("")
    if declared is not None:
        return declared
    if name == "time_period":
        # A row without its year must not get the year that is declared for files without the column.
        return None
    if name in _MAY_BE_EMPTY or (part.extract and part.absent is not None):
        # ``absent`` is also for a label in which ``extract`` finds nothing.
        return absent
    # Where nothing would take its place, the row is refused for what it lacks; a unit would be the indicator's own.
    return None if absent is None and name != "unit_measure" else _UNSAID


def _label_reader(file: FileCells, name: str, column: str, part: Concept) -> Callable[[str], Reading]:
    """Function that reads one label of a column by a part of a concept."""
    values = part.values or {}
    folded = {_fold(label): code for label, code in values.items()}

    def read(label: str) -> Reading:
        text = label
        if blank(text):
            return NOTHING
        if part.extract:
            found = _extracted(part, label)
            if found is None:
                return Reading(part.absent) if part.absent is not None else unmapped(label)
            text = found
        code = values.get(text, _folded_code(folded, text) if values else None)
        if code is not None:
            return Reading(code)
        if name == "ref_area":
            return _area(file, text, column)
        return unmapped(label) if part.values is not None else Reading(text.strip())

    def unmapped(label: str) -> Reading:
        close = nearest(label, values)
        sentence = "misspelt_label" if close else "unmapped_label"
        filled = {"value": label, "place": column, "close": close or ""}
        return Reading(None, file.lookups.refusal("unmapped_label", sentence=sentence, **filled))

    return read


def _folded_code(folded: Mapping[str, str], text: str) -> str | None:
    """The code of a label as it is compared; one typed with letters of another script that look alike counts."""
    label = _fold(text)
    return folded.get(label, folded.get(in_one_script(label)))


def _extracted(part: Concept, label: str) -> str | None:
    match = re.search(part.extract or "", label)
    if match is None:
        return None
    found = match.group(1) if match.groups() else match.group(0)
    return part.template.replace("{}", re.sub(r"\W+", "_", found)) if part.template else found


def _area(file: FileCells, text: str, column: str) -> Reading:
    code, reason = file.lookups.area(text, (file.dataset.country,))
    if code:
        return Reading(code)
    close = None
    if reason == "unknown_area":
        close = nearest(text, file.lookups.areas.names(file.dataset.country), likeness=0.8)
    sentence = "misspelt_area" if close else reason
    filled = {"value": text, "place": column, "close": close or ""}
    return Reading(None, file.lookups.refusal(reason, sentence=sentence, **filled))
