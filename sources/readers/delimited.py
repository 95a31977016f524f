"""Delimited text: CSV, TSV and their kin, one record a line unless a quoted field holds line feeds.

::

    Year,Sex,Value
    2023,Female,11002          -> _value 11002, _locator "line 2, column Value", column Value,
    2023,,11357                   Year 2023, Sex Female; an empty cell is "" (there is a cell, it is empty)

Options (all optional)

``encoding``       see ``text``
``delimiter``      one character; else whichever of ``, ; tab |`` divides the header line and the records
                   below it evenly; undecided is an error
``header_row``     physical line of the header, 1-based, default 1; the lines above it are the table's ``title``
``header_rows``    list of the lines of a header with several levels (years over sexes): ``[1, 2]``. A blank takes
                   the text to its left; each level is a column ``col_1``, ``col_2`` …, a header's name is its
                   levels joined by " / ". A blank of the last level stays one. Refused: a line that is blank or shorter
                   than the others; columns below one text that repeat themselves, and one behind the last group that
                   no other group has, where blanks would make them those of that text
``value_columns``  list of headers, or a regular expression for them: the columns that hold figures
``id_columns``     list of headers kept beside each value. One of the two is needed: each column that the one does not
                   name is of the other kind; without both, every column is one of figures
``note_columns``   list of headers whose cells become ``_note`` (joined with "; "), neither id nor value
``stop_at``        pattern of the first text of the record where the table ends (footnotes, sources)
``skip_footer``    number of records at the end that are not data (sources, remarks); one that looks like data is an
                   error
``sections``       ``true``: a line with one text and no value is no record, but column ``section`` of those below
``final_newline``  ``required``: a file whose last line does not end is refused as cut off
                   (default ``optional``)

Each value column gives a row with its header in ``column``. Headers that occur twice become ``Name``,
``Name (2)``; a column without header is ``column N``; a header equal to one of our own columns gets a
number; invisible characters and white space around a header are no part of it, and a line break in it is a space. A
first line ``sep=;`` names the delimiter. The line of a locator is the physical line (as an editor counts) where the
record starts. Blank records are skipped, and so are empty cells beyond the header (a delimiter at the end of each
record).

Packed files (gzip, ZIP of one file) are unpacked. A record with too few or too many cells is refused alone
(``_problem``). Refused as a whole: malformed quotation marks, a last record that breaks off, a declared column that
the file has twice.

How text becomes records is in ``delimited_records``; what their columns are for is here. Read through ``protocol``, as
every format.
"""

import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from pydantic import StrictBool

from sources.cells import COLUMN, LOCATOR, NOTE, PROBLEM, REMARKS, RESERVED, TITLES, VALUE, Options, option
from sources.column_names import visible_name
from sources.readers.delimited_records import (
    Record,
    below_stop,
    first_header_line,
    fitted,
    header_lines,
    misfit,
    open_text,
    records,
    utf8,
)
from sources.readers.grid.footnotes import FOOTNOTE, REMARK, mark_of_line, marks_at_end
from sources.readers.grid.header import refuse_doubtful_groups, refuse_inside
from sources.readers.headings import headings_of, with_headings
from sources.readers.left_out import with_left_out
from sources.readers.options import Count, LineOptions, Names, Number
from sources.readers.text import (
    column_twice,
    columns_option,
    count_option,
    joined,
    missing_column,
    pattern_option,
    unique_names,
    with_problems,
)

CHUNK = 100_000
FAST_FROM = 1_000_000  # characters
# Lines below a table are among so many last characters; what is around their texts.
_TAIL, _EDGES = 8_000, ' \t\r\n,;|"'


@dataclass(frozen=True)
class Layout:
    """What each column of a file is for; columns are given by their positions, from 0."""

    #: distinct names of all columns
    names: Sequence[str]
    #: columns that hold values
    values: Sequence[int]
    #: columns kept beside each value
    ids: Sequence[int]
    #: columns whose texts become the note
    notes: Sequence[int]
    #: texts of a header with several levels, by column; empty: it has one
    levels: Sequence[Sequence[str]] = ()


class DeclaredOptions(LineOptions):
    """What a declaration may say; see the head of the module."""

    header_row: Count | None = None
    header_rows: list[Count] | None = None
    value_columns: Names | None = None
    id_columns: Names | None = None
    note_columns: Names | None = None
    skip_footer: Number | None = None
    sections: StrictBool | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a delimited text file; see the module for options."""
    text, delimiter = open_text(content, options)
    stream, layout = layout_of(text, delimiter, options)
    table = None
    if is_flat(layout, options) and _is_plain(text):
        table = _fast(text, delimiter, count_option(options, "header_row", 1, 1), layout)
    if table is None:
        table = _tables(stream, layout)
    labels = [layout.names[position] for position in layout.ids]
    table = with_left_out(table, below_stop(text, delimiter, options))
    return titled(
        with_headings(table, labels, len(layout.values), sections=_has_sections(options)), text, options
    )


def _has_sections(options: Options) -> bool:
    return bool(option(options, "sections", False, allowed=(True, False)))


def layout_of(text: str, delimiter: str, options: Options) -> tuple[Iterator[Record], Layout]:
    """The records below the header, and what their columns are for."""
    stream = records(text, delimiter, options)
    header = next(stream)[1]
    levels: list[list[str]] = []
    if options.get("header_rows") is not None:
        levels = _levels(
            [header, *(row for _, row in itertools.islice(stream, len(header_lines(options)) - 1))]
        )
        header = [" / ".join(dict.fromkeys(filter(None, texts))) for texts in levels]
    reserved = (*RESERVED, PROBLEM, COLUMN, *(f"col_{n + 1}" for n in range(len(levels[0]) if levels else 0)))
    return stream, _layout(header, unique_names(header, reserved), levels, options)


def titled(cells: pa.Table, text: str, options: Options, end: str = "") -> pa.Table:
    """The cells with the lines above the header, such as "Table 1. Victims" and "thousand persons", and those below.

    ``text``: of a large file its first lines; ``end`` then its last ones.
    """
    lines = itertools.islice(io.StringIO(text), first_header_line(options) - 1)
    title = " / ".join(dict.fromkeys(filter(None, (line.strip(_EDGES) for line in lines))))
    # A heading between the rows is about those below it alone.
    between = {heading.text for table in headings_of(cells) for heading in table}
    lines_below = (line.strip(_EDGES) for line in (end or text)[-_TAIL:].splitlines()[1:] if _is_remark(line))
    remarks = "\n".join(line for line in lines_below if line not in between)
    cells, remarks = _with_footnotes(cells, remarks, title)
    said = {TITLES[0]: title.encode(), REMARKS.encode(): remarks.encode()}
    metadata = {name: words for name, words in said.items() if words}
    return cells.replace_schema_metadata({**(cells.schema.metadata or {}), **metadata}) if metadata else cells


def _with_footnotes(cells: pa.Table, remarks: str, title: str) -> tuple[pa.Table, str]:
    """The cells with the lines below that a mark at their text, their label or their header points to, and the other
    lines; a mark at the title is one of all."""
    lines = remarks.split("\n")
    notes = {
        mark: line
        for line in reversed(lines)
        if (mark := mark_of_line(line)) and mark not in marks_at_end(title)
    }
    if not notes or cells.num_rows > CHUNK:
        return cells, remarks
    places = [name for name in cells.column_names if name not in (LOCATOR, NOTE, PROBLEM)]
    marked = {
        text: found
        for name in places
        for text in pc.unique(cells[name]).to_pylist()
        if (found := _noted(text, notes))
    }
    if not marked:
        return cells, remarks
    rows = zip(*(cells[name].to_pylist() for name in (NOTE, *places)), strict=True)
    texts = [
        joined(
            dict.fromkeys([*filter(None, [note]), *(line for text in row for line in marked.get(text, ()))])
        )
        for note, *row in rows
    ]
    used = {line for found in marked.values() for line in found}
    noted = cells.set_column(cells.column_names.index(NOTE), NOTE, pa.array(texts, pa.string()))
    return noted, "\n".join(line for line in lines if line not in used)


def _noted(text: str | None, notes: Mapping[str, str]) -> list[str]:
    return [notes[mark] for mark in marks_at_end(text or "") if mark in notes]


def _is_remark(line: str) -> bool:
    """A line at the end of the file that holds one text, or begins with a footnote's mark or a word such as Source.

    The comma of a sentence divides nothing; a record has a number of its own in one of its cells.
    """
    texts = [text for text in (part.strip(_EDGES) for part in re.split(r"[;\t|]", line)) if text]
    if texts and (FOOTNOTE.match(texts[0]) or REMARK.match(texts[0])):
        return True
    if len(texts) != 1:
        return False
    return not any(re.fullmatch(r'[\s"]*[0-9][0-9 .]*[\s"]*', part) for part in texts[0].split(","))


def _levels(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The header's texts of each column; a blank above a text of its own takes what is to its left."""
    named = [number for number, text in enumerate(rows[-1]) if text]
    for line, texts in enumerate(rows[:-1], 1):
        refuse_inside([texts[number] for number in named], f"header line {line}")
    levels: list[list[str]] = []
    guessed = set[tuple[int, int]]()
    for column in range(len(rows[-1])):
        own = [visible_name(row[column]) for row in rows]
        for level in range(len(rows) - 1):
            same_parent = bool(levels) and own[:level] == levels[-1][:level]
            if not own[level] and same_parent and any(own[level + 1 :]):
                own[level] = levels[-1][level]
                guessed.add((column, level))
        levels.append(own)
    refuse_doubtful_groups(dict(enumerate(levels)), guessed, "header")
    return levels


def _layout(
    header: Sequence[str], names: list[str], levels: Sequence[Sequence[str]], options: Options
) -> Layout:
    notes = _positions(names, columns_option(options, "note_columns"), "note_columns")
    ids = _positions(names, columns_option(options, "id_columns"), "id_columns")
    declared = options.get("value_columns")
    others = [position for position in range(len(names)) if position not in notes]
    if declared is None:
        values = [position for position in others if position not in ids]
    elif isinstance(declared, str):
        pattern = pattern_option(options, "value_columns")
        values = [position for position in others if pattern and pattern.search(names[position])]
    else:
        values = _positions(names, columns_option(options, "value_columns"), "value_columns")
    if not values:
        raise missing_column(str(declared or "any value column"), names, " (option value_columns)")
    if declared is not None and "id_columns" not in options:
        ids = [position for position in others if position not in values]
    if declared is not None:
        _refuse_doubles(header, names, [*values, *(ids if "id_columns" in options else ()), *notes])
    return Layout(names, values, ids, notes, levels)


def _refuse_doubles(header: Sequence[str], names: Sequence[str], chosen: Sequence[int]) -> None:
    """A declared column whose header another column has as well: which of the two is meant is a guess."""
    picked = set(chosen)
    texts = [visible_name(text) for text in header]
    others = {text for position, text in enumerate(texts) if position not in picked}
    for position in chosen:
        if texts[position] in others and names[position] == texts[position]:
            raise column_twice(texts[position])


def _positions(names: Sequence[str], wanted: Iterable[str], what: str) -> list[int]:
    places = {name: position for position, name in reversed(list(enumerate(names)))}
    wanted = list(wanted)
    for name in wanted:
        if name not in places:
            raise missing_column(name, names, f" (option {what})")
    return [places[name] for name in wanted]


def _tables(stream: Iterator[Record], layout: Layout) -> pa.Table:
    chunks = []
    while chunk := list(itertools.islice(stream, CHUNK)):
        chunks.append(_table(chunk, layout))
    return pa.concat_tables(chunks, promote_options="default") if chunks else _table([], layout)


def _table(chunk: list[Record], layout: Layout) -> pa.Table:
    """One chunk of records as cells: record by record, within it column by column."""
    times = range(len(layout.values))
    width = len(layout.names)
    problems = [misfit(row, width) for _, row in chunk]
    rows = [fitted(row, width) if problem else row for (_, row), problem in zip(chunk, problems, strict=True)]
    lines = pa.array([line for line, _ in chunk for _ in times], pa.int64())
    headers = pa.array([layout.names[position] for position in layout.values] * len(chunk), pa.string())
    notes = [joined(row[position] for position in layout.notes) for row in rows] if layout.notes else None
    columns = {
        VALUE: pa.array([row[position] for row in rows for position in layout.values], pa.string()),
        LOCATOR: _locators(lines, headers),
        NOTE: pa.array([note for note in notes for _ in times], pa.string())
        if notes is not None
        else pa.nulls(len(lines), pa.string()),
        COLUMN: headers,
    }
    for position in layout.ids:
        texts: list[str | None] = [row[position] for row in rows for _ in times]
        columns[layout.names[position]] = pa.array(texts, pa.string())
    for level in range(len(layout.levels[0]) if layout.levels else 0):
        own = [layout.levels[position][level] for position in layout.values]
        columns[f"col_{level + 1}"] = pa.array(own * len(chunk), pa.string())
    return with_problems(pa.table(columns), [problem for problem in problems for _ in times])


def _locators(lines: pa.Array, headers: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise("line ", lines.cast(pa.string()), ", column ", headers, "")


def is_flat(layout: Layout, options: Options) -> bool:
    """One value column below one header, down to the end: Arrow's reader may give the same, faster."""
    return (
        not layout.levels
        and len(layout.values) == 1
        and len(layout.names) > 1
        and not layout.notes
        and options.get("stop_at") is None
        and not _has_sections(options)
        and count_option(options, "skip_footer", 0) == 0
    )


def _is_plain(text: str) -> bool:
    """Large, no quotation marks, no blank lines."""
    return (
        len(text) >= FAST_FROM
        and not text.startswith(("\n", "\r"))
        and '"' not in text
        and text.count("\r") == text.count("\r\n")
        and "\n\n" not in text
        and "\n\r\n" not in text
    )


def _has_blank_record(raw: pa.Table) -> bool:
    blank = pa.scalar(True)
    for column in raw.columns:
        blank = pc.and_(blank, pc.equal(pc.utf8_trim_whitespace(column), ""))
        if not pc.any(blank).as_py():
            return False
    return bool(raw.num_rows)


def _fast(text: str, delimiter: str, header_row: int, layout: Layout) -> pa.Table | None:
    """The same cells by Arrow; nothing where it does not read the file, so that the slow way explains."""
    read, parse, convert = arrow_options(delimiter, header_row, layout)
    try:
        raw = arrow_csv.read_csv(
            io.BytesIO(utf8(text)), read_options=read, parse_options=parse, convert_options=convert
        )
    except pa.ArrowInvalid:
        return None
    return None if _has_blank_record(raw) else cells_of(raw, header_row + 1, layout)


def arrow_options(
    delimiter: str, header_row: int, layout: Layout
) -> tuple[arrow_csv.ReadOptions, arrow_csv.ParseOptions, arrow_csv.ConvertOptions]:
    """Records as texts, with nothing left to guess."""
    everything = [str(position) for position in range(len(layout.names))]
    return (
        arrow_csv.ReadOptions(skip_rows=header_row, column_names=everything),
        arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=True),
        arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in everything}, strings_can_be_null=False
        ),
    )


def cells_of(raw: pa.Table, line: int, layout: Layout) -> pa.Table:
    """Cells of records with one value each, the first of which is in a line of the file."""
    (value,) = layout.values
    header = pa.repeat(layout.names[value], raw.num_rows)
    columns = {
        VALUE: raw.column(value),
        LOCATOR: _locators(pa.array(np.arange(line, line + raw.num_rows)), header),
        NOTE: pa.nulls(raw.num_rows, pa.string()),
        COLUMN: header,
    }
    return pa.table(columns | {layout.names[position]: raw.column(position) for position in layout.ids})
