"""Cells of one file beside its declaration: what every step of one file is given.

Each step is a function of it that returns columns. Not here: reading any text (the steps), and what all files share
(``lookups``). Made by ``normalizer``.
"""

import itertools
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.strict_files import nearest
from sources.cells import (
    CALLED,
    COLUMN,
    CORNER,
    LOCATOR,
    NOTE,
    PROBLEM,
    QUOTE,
    REMARKS,
    RESERVED,
    TITLE,
    TITLES,
    VALUE,
)
from sources.dataset import Dataset
from sources.readers.grid.footnotes import mark_of_line, marks_at_end
from transforms.normalize.contradictions.unit_words import parts as divided
from transforms.normalize.encoded_columns import EncodedColumn, Mask, constant, crossed, either, encode
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.lookups import LookUps
from transforms.normalize.scale import scaled_column
from transforms.normalize.yes_or_no import said_by_answers
from transforms.parse.fold_labels import fold

# What DuckDB's trim removes, for Python's and Arrow's to remove the same.
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

# Readers of formats that have dimensions and attributes, and no columns of other figures.
_OF_DIMENSIONS = ("sdmx_csv", "sdmx_json", "sdmx_ml", "json_stat")
_ID = re.compile(r"[A-Z][A-Z0-9_]+")
# "Region (per cent)", "Область, тыс. человек".
_BESIDE_NAME = re.compile(r"[^,()]*[^\s,()]\s*(?:\((.+)\)|,\s*([^()]+))\s*")
_ROW_LABEL = re.compile(r"row_([0-9]+)")
# Dimensions that are a total where nothing is said.
TOTALLED = ("sex", "age", "violence_form", "relationship")


class Unread(NamedTuple):
    """Columns of a whole file that nothing reads: those that ``divide`` it, ``labels`` of what is counted and read, and
    those of which the rows are too few to say (``may_divide``, with some of their texts)."""

    divide: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    may_divide: Mapping[str, str] = {}
    #: those that are called an indicator, each with its texts that may name one (``unread_indicators``)
    indicators: Mapping[str, tuple[str, ...]] = {}
    #: columns of dataflows, each with those that the file names (``several_dataflows``)
    flows: Mapping[str, tuple[str, ...]] = {}


class OfAllParts(NamedTuple):
    """What steps know of a file that is read in parts, from all of them."""

    #: see ``refused_by_text.scaled_columns``
    scaled: Mapping[str, str]
    #: see ``year_of_title.wrong_titles``
    titles: Mapping[tuple[str, str], int]
    #: see ``dividing_columns``
    unread: Unread


class FileCells:
    """Cells (see ``sources.cells``) with their declaration; columns are encoded once, when first used."""

    def __init__(
        self,
        lookups: LookUps,
        cells: pa.Table,
        dataset: Dataset,
        facts: FileFacts,
        parts: OfAllParts | None = None,
    ) -> None:
        """Nothing is read yet. ``parts``: None where these are all cells."""
        self.lookups = lookups
        self.cells = cells
        self.dataset = dataset
        self.facts = facts
        self.parts = parts
        #: see ``dividing_columns``; None until these cells, all of a file, were looked through
        self.unread = parts.unread if parts else None
        self.count = cells.num_rows
        self.present = frozenset(cells.column_names)
        #: what the file calls columns whose name is a code
        self.called: dict[str, str] = json.loads((cells.schema.metadata or {}).get(CALLED, b"{}"))
        self._texts: dict[str, EncodedColumn] = {}

    def texts(self, column: str) -> EncodedColumn:
        """A column of the file, encoded."""
        if column not in self._texts:
            self._texts[column] = encode(self.cells[column])
        return self._texts[column]

    def first_present(self, columns: tuple[str, ...]) -> str | None:
        """The first of several columns that this file has: publishers rename and translate their headers."""
        return next((column for column in columns if column in self.present), None)


def explained(file: FileCells, column: str) -> EncodedColumn:
    """A column; where the file itself explains its codes, what they mean: 999 is "all ages"."""
    texts = file.texts(column)
    if (label := f"{column}_label") in file.present:
        return crossed(texts, file.texts(label), lambda code, said: said or code)
    return texts


def called(file: FileCells, column: str) -> str:
    """What a file calls a column whose name is a code; its name where that says it.

    Labels of a cross table are called what stands above them in its corner.
    """
    if (number := _ROW_LABEL.fullmatch(column)) and CORNER in file.present:
        labels = sum(_ROW_LABEL.fullmatch(other) is not None for other in file.present)
        corners = [corner.split(" / ") for corner in file.texts(CORNER).dictionary if corner]
        above = {parts[int(number[1]) - 1] for parts in corners if len(parts) == labels}
        return above.pop() if len(above) == 1 else column
    return file.called.get(column, column)


def holds_dimensions(file: FileCells, column: str) -> bool:
    """Whether a column is an id of SDMX, or of a format that has dimensions alone: a number there is no figure."""
    return file.dataset.reader in _OF_DIMENSIONS or _ID.fullmatch(column.rpartition(".")[2]) is not None


def blank(text: str | None) -> bool:
    """Whether a cell holds nothing but spaces."""
    return not text or not text.strip(SPACES)


def texts_beside_values(file: FileCells) -> Iterator[tuple[str, EncodedColumn]]:
    """Texts that may say what the figures are, each with its column: of columns, titles, and lines below a table.

    Less what the declaration has looked at: columns whose whole texts have codes, or by which rows are chosen. A line
    that begins with the mark of a header, label or figure is the note of its rows. A cell that says yes says its own
    column's name as well (``yes_or_no``).
    """
    yield from ((name, file.texts(name)) for name in _other_columns(file))
    yield from said_by_names(file)
    for name, text in sorted((file.cells.schema.metadata or {}).items()):
        if name in TITLES:
            yield TITLE, constant(text.decode())
        elif name == REMARKS.encode():
            for line in text.decode().split("\n"):
                rows = marked_rows(file, line)
                if rows.any():
                    yield NOTE, either(rows, constant(line), constant(None))
                else:
                    yield REMARKS, constant(line)


def said_by_names(file: FileCells) -> Iterator[tuple[str, EncodedColumn]]:
    """What cells that say no more than yes and no say of their column's name, or of what the file calls it."""
    known = file.dataset.expects.texts
    for name in _other_columns(file):
        names = dict.fromkeys((name, called(file, name)))
        found = (said_by_answers(said, file.texts(name), known) for said in names)
        yield from ((name, said) for said in found if said is not None)


def _other_columns(file: FileCells) -> list[str]:
    """Columns less those whose whole texts have codes in the declaration, or by which it chooses rows."""
    concepts = (part for parts in file.dataset.concepts.values() for part in parts)
    coded = {column for part in concepts if part.values for column in part.columns}
    coded -= left_out(file.dataset).keys()
    return sorted(file.present - coded - {*file.dataset.where, VALUE, LOCATOR, PROBLEM, QUOTE})


def texts_about_figures(file: FileCells) -> Iterator[tuple[str, EncodedColumn]]:
    """The same, and what the names of the columns of labels say of the figures, as a title."""
    yield from texts_beside_values(file)
    yield from ((TITLE, constant(said)) for _, said in said_by_label_names(file))


def said_by_label_names(file: FileCells) -> list[tuple[str, str]]:
    """What columns of labels are called in brackets or behind a comma: "Region (per cent)"; each with its column."""
    found = list[tuple[str, str]]()
    for name in sorted(file.present & set(file.dataset.columns) - {COLUMN, *RESERVED}):
        label = called(file, name)
        match = _BESIDE_NAME.fullmatch(label)
        # All of it, and its parts: the point of "без г. Бишкек" ends none.
        said = (match[1] or match[2] if match else "", *divided(label)[1:])
        found += [(name, text) for text in dict.fromkeys(filter(None, said))]
    return found


def marked_rows(file: FileCells, line: str, *, but: Collection[str] = ()) -> Mask:
    """The rows of which a title, header, label or figure ends with the mark of a line; ``but``: columns left out."""
    mark = mark_of_line(line)
    rows = np.zeros(file.count, np.bool_)
    if not mark:
        return rows
    titles = ((file.cells.schema.metadata or {}).get(name, b"").decode() for name in TITLES)
    if any(mark in marks_at_end(text) for text in titles):
        return ~rows
    for name in file.present - {LOCATOR, PROBLEM, QUOTE, NOTE, REMARKS, *but}:
        texts = file.texts(name)
        if any(text and mark in marks_at_end(text) for text in texts.dictionary):
            rows |= texts.where(lambda text: bool(text and mark in marks_at_end(text)), file.count)
    return rows


def left_out(dataset: Dataset) -> dict[str, list[re.Pattern[str]]]:
    """By column of which only what patterns find is read (``extract``): these patterns."""
    found: dict[str, list[re.Pattern[str]]] = {}
    specs = (*dataset.concepts.values(), *dataset.breakdown.values())
    parts = [part for spec in specs for part in spec]
    whole = {column for part in parts if not part.extract for column in part.columns}
    for part in parts:
        for column in part.columns if part.extract else ():
            if column not in whole and column not in (*RESERVED, *dataset.where):
                found.setdefault(column, []).append(re.compile(part.extract or ""))
    return found


def selected_rows(cells: pa.Table, dataset: Dataset) -> pa.Table:
    """Rows that the declaration asks for (``where``, ``blank: skip``), and those that the reader could not place.

    A text that is another one only by case, spaces or marks is neither wanted nor left out: its row cannot be placed.
    """
    wanted = pa.array(np.ones(cells.num_rows, np.bool_))
    for column, values in dataset.where.items():
        cells = _with_nearly_wanted(cells, column, values)
    for column, values in dataset.where.items():
        wanted = pc.and_(wanted, pc.is_in(cells[column], value_set=pa.array(values, pa.string())))
    if dataset.numbers.blank == "skip":
        filled = pc.not_equal(pc.utf8_trim(cells[VALUE], characters=SPACES), "")
        wanted = pc.and_(wanted, pc.fill_null(filled, False))
    if PROBLEM in cells.column_names:
        wanted = pc.or_(wanted, pc.is_valid(cells[PROBLEM]))
    # Most declarations ask for all rows, which need no copy.
    return cells if pc.all(wanted).as_py() else cells.filter(wanted)


def _with_nearly_wanted(cells: pa.Table, column: str, values: Sequence[str]) -> pa.Table:
    """The cells, with a problem of the rows whose text in a column is nearly one of those that are asked for."""
    folded = {fold(text): text for text in values if fold(text)}
    texts = pc.unique(cells[column]).drop_null().to_pylist()
    near = {text: folded[fold(text)] for text in texts if text not in values and fold(text) in folded}
    if not near:
        return cells
    reasons = encode(cells[column]).recoded(
        lambda text: (
            f"column {column} says nearly, and not exactly, what is asked for (where): {near[text]!r}"
            if text in near
            else None
        )
    )
    problems = reasons.to_arrow(pa.string(), cells.num_rows).cast(pa.string())
    if PROBLEM not in cells.column_names:
        return cells.append_column(PROBLEM, problems)
    place = cells.column_names.index(PROBLEM)
    return cells.set_column(place, PROBLEM, pc.coalesce(cells[PROBLEM], problems))


def missing_columns(
    present: Collection[str], dataset: Dataset, constants: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """Columns that the declaration reads and the file has not: each with all the names that it may have.

    ``present``: the file's columns. Not missing: what ``absent`` has a code for, and what the declaration states for
    this very file (``constants``).
    """
    known = set(present)
    named: list[tuple[str, ...]] = [(column,) for column in dataset.where]
    for name, parts in (*dataset.concepts.items(), *dataset.breakdown.items()):
        if name not in constants:
            named += [part.columns for part in parts if part.const is None and part.absent is None]
            named += [part.within for part in parts if part.within]
    scale = scaled_column(dataset.numbers)
    named += [(column,) for column in (dataset.breakdown_column, scale) if column]
    return list(dict.fromkeys(columns for columns in named if known.isdisjoint(columns)))


def meant_columns(names: Iterable[str], present: Iterable[str]) -> list[str]:
    """The file's columns that are spelt nearly as some names."""
    known = [name for name in present if name not in RESERVED]
    close = (nearest(name, known, likeness=0.7) for name in names)
    return list(dict.fromkeys(name for name in close if name))


def figure_headers(cells: pa.Table, dataset: Dataset) -> list[str]:
    """Headers of the columns that the reader took for figures; none where a format has no column of them.

    Of a restricted dataset only those that the declaration names: a file without a header has figures in that place.
    """
    if COLUMN not in cells.column_names:
        return []
    headers = pc.unique(cells[COLUMN]).drop_null().to_pylist()
    return [name for name in headers if not dataset.restricted or name in dataset.columns]


def missing_in_words(
    missing: Sequence[tuple[str, ...]], present: Sequence[str], figures: Sequence[str]
) -> tuple[str, dict[str, str]]:
    """Key of the contract's sentence about missing columns, and what its places are filled with.

    ``figures``: see :func:`figure_headers`. A missing column among them is in the file, and only the reader's options
    make it one of figures. A line feed in a header is shown as YAML has it between double quotes:
    ``Period\\nof report``.
    """
    taken = [name for names in missing for name in names if name in figures]
    close = meant_columns(itertools.chain.from_iterable(missing), present)
    has = [
        f"{name} ({', '.join(figures)})" if name == COLUMN and figures else name
        for name in present
        if name not in RESERVED
    ]
    filled = {
        "place": ", ".join(taken or (" / ".join(names) for names in missing)),
        "close": ", ".join(close),
        "value": ", ".join(has)[:500],
    }
    shown = {name: text.replace("\n", "\\n") for name, text in filled.items()}
    if taken:
        return "column_of_figures", shown
    if not has:
        return "no_columns", shown
    return ("misspelt_column" if close else "missing_column"), shown


def doubled_columns(cells: pa.Table, dataset: Dataset) -> list[str]:
    """Columns that the mapping reads and the file has twice: which of the two is meant is a guess.

    Unless the declaration knows of both.
    """
    present, known = set(cells.column_names), {*dataset.columns, *(dataset.expects.columns or ())}
    return [name for name in dataset.columns if (twin := f"{name} (2)") in present and twin not in known]


def is_blank(column: pa.ChunkedArray) -> bool:
    """Whether a column holds nothing but spaces."""
    return all(map(blank, pc.unique(column).to_pylist()))
