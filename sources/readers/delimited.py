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
                   levels joined by " / "
``value_columns``  list of headers, or a regular expression for them; default: all not in ``id_columns``
``id_columns``     list of headers kept beside each value; default: every column that is no value column
``note_columns``   list of headers whose cells become ``_note`` (joined with "; "), neither id nor value
``skip_footer``    number of records at the end that are not data (sources, remarks)
``final_newline``  ``required``: a file whose last line does not end is refused as cut off
                   (default ``optional``)

Each value column gives a row with its header in ``column``. Headers that occur twice become ``Name``,
``Name (2)``; a column without header is ``column N``; a header equal to one of our own columns gets a
number; invisible characters around a header are no part of it. A first line ``sep=;`` names the delimiter. The line
of a locator is the physical line (as an editor counts) where the record starts. Blank lines are skipped, and so are
empty cells beyond the header (a delimiter at the end of each record).

Packed files (gzip, ZIP of one file) are unpacked. A record with too few or too many cells is refused alone
(``_problem``). Refused as a whole: malformed quotation marks, a last record that breaks off, a declared column that
the file has twice.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from sources.cells import COLUMN, LOCATOR, NOTE, PROBLEM, RESERVED, TITLES, VALUE, Options, ReadError, option
from sources.readers.options import Count, LineOptions, Names, Number
from sources.readers.text import (
    FETCH_AGAIN,
    count_option,
    decode,
    joined,
    names_option,
    pattern_option,
    unique_names,
    visible_name,
    wrong_option,
)

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
CHUNK = 100_000
FAST_FROM = 1_000_000  # characters

Record = tuple[int, list[str]]
_DELIMITER_LINE = re.compile(r"\"?sep=([,;|\t])\"?(?=\r?\n)", re.IGNORECASE)
_CUT_OFF = "the last record breaks off: it has {} cells, the header has {}"


@dataclass(frozen=True)
class Layout:
    """What each column of a file is for; positions count from 0. ``levels``: the header's texts by column."""

    names: Sequence[str]
    values: Sequence[int]
    ids: Sequence[int]
    notes: Sequence[int]
    levels: Sequence[Sequence[str]] = ()


class DeclaredOptions(LineOptions):
    """What a declaration may say; see the head of the module."""

    header_row: Count | None = None
    header_rows: list[Count] | None = None
    value_columns: Names | None = None
    id_columns: Names | None = None
    note_columns: Names | None = None
    skip_footer: Number | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a delimited text file; see the module for options."""
    text, delimiter = open_text(content, options)
    stream = records(text, delimiter, options)
    header = next(stream)[1]
    levels: list[list[str]] = []
    if options.get("header_rows") is not None:
        levels = _levels(
            [header, *(row for _, row in itertools.islice(stream, len(_header_lines(options)) - 1))]
        )
        header = [" / ".join(dict.fromkeys(filter(None, texts))) for texts in levels]
    reserved = (*RESERVED, PROBLEM, COLUMN, *(f"col_{n + 1}" for n in range(len(levels[0]) if levels else 0)))
    layout = _layout(header, unique_names(header, reserved), levels, options)
    table = None
    if not levels and _is_simple(text, layout, options):
        table = _fast(text, delimiter, count_option(options, "header_row", 1, 1), layout)
    if table is None:
        table = _tables(stream, layout)
    title = _title(text, options)
    return table.replace_schema_metadata({TITLES[0]: title.encode()}) if title else table


def _title(text: str, options: Options) -> str:
    """The lines above the header, such as "Table 1. Victims" and "thousand persons"."""
    lines = itertools.islice(io.StringIO(text), _first_header_line(options) - 1)
    return " / ".join(dict.fromkeys(filter(None, (line.strip(' \t\r\n,;|"') for line in lines))))


def _header_lines(options: Options) -> list[int]:
    """Lines of the header, from 1, one after the other."""
    declared = options.get("header_rows")
    lines = declared if isinstance(declared, list | tuple) else [declared]
    first = lines[0] if lines and isinstance(lines[0], int) and not isinstance(lines[0], bool) else 0
    if first < 1 or list(lines) != list(range(first, first + len(lines))):
        raise wrong_option("header_rows", declared, "a list of lines that follow one another, such as [1, 2]")
    return list(lines)


def _first_header_line(options: Options) -> int:
    if options.get("header_rows") is not None:
        return _header_lines(options)[0]
    return count_option(options, "header_row", 1, 1)


def _levels(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The header's texts of each column; a blank above a text of its own takes what is to its left."""
    levels: list[list[str]] = []
    for column in range(max(map(len, rows))):
        own = [visible_name(row[column]).strip() if column < len(row) else "" for row in rows]
        for level in range(len(rows) - 1):
            same_parent = bool(levels) and own[:level] == levels[-1][:level]
            if not own[level] and same_parent and any(own[level + 1 :]):
                own[level] = levels[-1][level]
        levels.append(own)
    return levels


def open_text(content: bytes, options: Options) -> tuple[str, str]:
    """Text and delimiter of a file."""
    text = decode(content, options)
    ending = option(options, "final_newline", "optional", allowed=("optional", "required"))
    if ending == "required" and not text.endswith(("\n", "\r")):
        place = f"line {len(text.splitlines())}"
        raise ReadError("the last line does not end: the file looks cut off", place=place, remedy=FETCH_AGAIN)
    delimiter = options.get("delimiter")
    if named := _DELIMITER_LINE.match(text):
        # Excel's own first line; blank, it is passed over and counted.
        text = text[named.end() :]
        delimiter = delimiter or named[1]
    if delimiter is None:
        return text, _sniff(text, options)
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '\r\n"':
        raise wrong_option("delimiter", delimiter, "one character")
    return text, delimiter


def records(text: str, delimiter: str, options: Options) -> Iterator[Record]:
    """Header and records with the line where each starts; blank lines left out.

    A record of another width than the header comes as it is (:func:`misfit` says so), save empty cells at its end.
    A last record that breaks off in a file whose last line does not end is an error.
    """
    found = _parsed(text, delimiter, _first_header_line(options))
    header = next(found, None)
    if header is None:
        raise ReadError("the file has no header line", remedy="Check the option header_row")
    width = len(header[1])
    while width > 1 and not visible_name(header[1][width - 1]).strip():
        width -= 1
    trailing = len(header[1]) - width
    yield header
    ended = text.endswith(("\n", "\r"))
    line, row = header
    for line, row in _without_last(found, count_option(options, "skip_footer", 0)):
        # Programs end records, headers or both with one delimiter more.
        if len(row) > width + trailing and not any(map(str.strip, row[width + trailing :])):
            row = row[: width + trailing]
        elif width <= len(row) < width + trailing:
            row = [*row, *[""] * (width + trailing - len(row))]
        yield line, row
    if len(row) < width and not ended and line != header[0]:
        raise ReadError(_CUT_OFF.format(len(row), width + trailing), place=f"line {line}", remedy=FETCH_AGAIN)


def misfit(row: Sequence[str | None], width: int) -> str:
    """Why a record cannot be placed under the header, or ""."""
    return "" if len(row) == width else f"the record has {len(row)} cells, the header has {width}"


def fitted(row: Sequence[str | None], width: int) -> list[str | None]:
    """A record with exactly as many cells as the header; only for records that are refused anyway."""
    return [*row, *[None] * (width - len(row))][:width]


def with_problems(table: pa.Table, problems: Sequence[str]) -> pa.Table:
    """The table with a column of reasons, where there are any: those rows are refused one by one."""
    if not any(problems):
        return table
    return table.append_column(PROBLEM, pa.array([problem or None for problem in problems], pa.string()))


def _parsed(text: str, delimiter: str, header_row: int) -> Iterator[Record]:
    lines = io.TextIOWrapper(io.BytesIO(_utf8(text)), "utf-8", newline="")
    for _ in itertools.islice(lines, header_row - 1):
        pass
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = header_row
    try:
        for row in reader:
            if row:
                yield start, row
            start = header_row + reader.line_num
    except csv.Error as error:
        raise ReadError(
            f"the record is not well-formed: {error}",
            place=f"line {start}",
            remedy="Check the quotation marks and the end of the file",
        ) from None


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ReadError(
            "the text holds half a surrogate pair", place=f"character {error.start + 1}", remedy=FETCH_AGAIN
        ) from None


def _without_last(found: Iterator[Record], count: int) -> Iterator[Record]:
    held = list(itertools.islice(found, count))
    for record in found:
        held.append(record)
        yield held.pop(0)


def _sniff(text: str, options: Options) -> str:
    header_row = _first_header_line(options)
    widths = {mark: _widths(text, mark, header_row) for mark in DELIMITERS}
    several = {mark: found for mark, found in widths.items() if found and found[0] > 1}
    even = [mark for mark, found in several.items() if len(set(found)) == 1]
    if len(even) == 1:
        return even[0]
    most = max((found[0] for found in several.values()), default=0)
    best = [mark for mark, found in several.items() if found[0] == most]
    if even or len(best) != 1:
        names = ", ".join(DELIMITERS[mark] for mark in (even or several)) or "none of them occurs"
        raise ReadError(
            f"the header line does not tell the delimiter (candidates: {names})",
            place=f"line {header_row}",
            remedy="Declare the option delimiter",
        )
    return best[0]


def _widths(text: str, delimiter: str, header_row: int) -> list[int]:
    """Cells in the header and in the records after it, until one is not well-formed."""
    widths: list[int] = []
    try:
        for _, row in itertools.islice(_parsed(text[:200_000], delimiter, header_row), 50):
            widths.append(len(row))
    except ReadError:
        pass
    return widths[:-1] if len(text) > 200_000 and len(widths) > 1 and len(widths) < 50 else widths


def _layout(
    header: Sequence[str], names: list[str], levels: Sequence[Sequence[str]], options: Options
) -> Layout:
    notes = _positions(names, names_option(options, "note_columns"), "note_columns")
    ids = _positions(names, names_option(options, "id_columns"), "id_columns")
    declared = options.get("value_columns")
    others = [position for position in range(len(names)) if position not in notes]
    if declared is None:
        values = [position for position in others if position not in ids]
    elif isinstance(declared, str):
        pattern = pattern_option(options, "value_columns")
        values = [position for position in others if pattern and pattern.search(names[position])]
    else:
        values = _positions(names, names_option(options, "value_columns"), "value_columns")
    if not values:
        raise missing_column(declared or "any value column", names)
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


def column_twice(name: str) -> ReadError:
    """The error for a column that a file has twice and the declaration reads."""
    return ReadError(
        f"the file has the column {name!r} twice",
        remedy="Look which of the two is meant; if both are, name both in the declaration",
    )


def _positions(names: Sequence[str], wanted: Iterable[str], what: str) -> list[int]:
    places = {name: position for position, name in reversed(list(enumerate(names)))}
    wanted = list(wanted)
    for name in wanted:
        if name not in places:
            raise missing_column(name, names, f" (option {what})")
    return [places[name] for name in wanted]


def missing_column(name: object, names: Iterable[str], where: str = "") -> ReadError:
    """The error for a column that a file does not have."""
    return ReadError(
        f"the header has no column {name!r}{where}; it has {', '.join(names)}",
        remedy="The publisher renamed it, or the declaration is wrong",
    )


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


def _is_simple(text: str, layout: Layout, options: Options) -> bool:
    """Large, one value column, no quotation marks, no blank lines: Arrow's reader gives the same, faster."""
    return (
        len(text) >= FAST_FROM
        and not text.startswith(("\n", "\r"))
        and len(layout.values) == 1
        and len(layout.names) > 1
        and not layout.notes
        and '"' not in text
        and count_option(options, "skip_footer", 0) == 0
        and text.count("\r") == text.count("\r\n")
        and "\n\n" not in text
        and "\n\r\n" not in text
    )


def _fast(text: str, delimiter: str, header_row: int, layout: Layout) -> pa.Table | None:
    """The same cells by Arrow; nothing where it does not read the file, so that the slow way explains."""
    everything = [str(position) for position in range(len(layout.names))]
    try:
        raw = arrow_csv.read_csv(
            io.BytesIO(_utf8(text)),
            read_options=arrow_csv.ReadOptions(skip_rows=header_row, column_names=everything),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char=False, ignore_empty_lines=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in everything}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    (value,) = layout.values
    first = header_row + 1
    lines = pa.array(range(first, first + raw.num_rows), pa.int64())
    header = pa.repeat(layout.names[value], raw.num_rows)
    columns = {
        VALUE: raw.column(value),
        LOCATOR: _locators(lines, header),
        NOTE: pa.nulls(raw.num_rows, pa.string()),
        COLUMN: header,
    }
    return pa.table(columns | {layout.names[position]: raw.column(position) for position in layout.ids})
