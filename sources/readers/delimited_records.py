"""Delimited text as records: the delimiter, the lines of the header, where the table ends, records of another width.

::

    Region;Year;Value          -> (1, [Region, Year, Value]), (2, [Chui, 2023, 12]), (4, [Osh, 2023, 7])
    Chui;2023;12

    Osh;2023;7
    Source: ministry           <- not a record where ``stop_at: ^Source`` is declared

The options are those of ``delimited``. A record comes as it is, with the physical line where it starts; what its
columns mean is decided by the readers that call this: ``delimited``, ``sdmx_csv``, ``open_sdg``.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence

from sources.cells import Options, ReadError, option
from sources.column_names import visible_name
from sources.readers.grid.footnotes import FOOTNOTE, REMARK
from sources.readers.left_out import Left, rows_with_figures
from sources.readers.text import (
    FETCH_AGAIN,
    columns_option,
    count_option,
    decode,
    pattern_option,
    wrong_option,
)

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
#: physical line where the record starts, and its cells
Record = tuple[int, list[str]]
#: what to do with a line below the table
STOP_AT = "Where it is a remark below the table, declare the option stop_at, a pattern of its first text"
_DELIMITER_LINE = re.compile(r"\"?sep=([,;|\t])\"?(?=\r?\n)", re.IGNORECASE)
# ="007": how programs keep a spreadsheet from reading a text as a number.
_AS_TEXT = re.compile(r'^="([^"]*)"$')
# Records that show whether the end of the header without names is a column.
_FIRST_RECORDS = 50
_FIGURE = re.compile(r"[-<>≈~]?[0-9][0-9.,\s]*%?")


def open_text(content: bytes, options: Options) -> tuple[str, str]:
    """Text and delimiter of a file; ReadError where it is no text, looks cut off, or its delimiter is not clear."""
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
    """Header and records with the line where each starts; blank ones left out, and what is below the table.

    The lines of a header with several levels come first, each as wide as the widest of them.
    A record of another width than the header comes as it is (:func:`misfit` says so), save empty cells at its end.
    Where header and records end with a delimiter, one with a figure for the empty last cell has a cell too many.
    ReadError where there is no header, or one of its lines is short, a record is not well-formed, or the last one
    breaks off at the end of the file.
    """
    found = _parsed(text, delimiter, first_header_line(options))
    levels = 1 if options.get("header_rows") is None else len(header_lines(options))
    headers = list(itertools.islice(found, levels))
    if not headers or len(headers) < levels:
        raise ReadError("the file has no header line", remedy="Check the option header_row")
    width, trailing = _header_width(headers)
    yield from ((line, [*row, *[""] * (width + trailing - len(row))]) for line, row in headers)
    first = list(itertools.islice(found, _FIRST_RECORDS)) if trailing else []
    found = itertools.chain(first, found)
    # A column without a name, or the delimiters at the end of each line: then what is beyond them is no cell of it.
    no_column = sum(any(map(str.strip, row[width:])) for _, row in first) * 2 <= len(first)
    ended = text.endswith(("\n", "\r"))
    line, row = headers[-1]
    above = _above_footer(found, width, count_option(options, "skip_footer", 0))
    stop = pattern_option(options, "stop_at")
    for line, row in above:
        if stop is not None and stop.search(_first_text(row)):
            return
        # Programs end records, headers or both with one delimiter more.
        beyond = width if no_column else width + trailing
        if len(row) > width + trailing and not any(map(str.strip, row[beyond:])):
            row = row[: width + trailing]
        elif width <= len(row) < width + trailing:
            row = [*row, *[""] * (width + trailing - len(row))]
        elif trailing and no_column and len(row) == width + trailing and _has_figure(row[width:]):
            # "1;204" for "1204": the end of the record, as that of the others, is behind it.
            row = [*row, ""]
        yield line, row
    if len(row) < width and not ended and line != headers[-1][0]:
        problem = f"the last record breaks off: it has {_cells(row)}, the header has {width + trailing}"
        remedy = f"{FETCH_AGAIN}. {STOP_AT}" if _is_one_text(row) or _is_marked(row) else FETCH_AGAIN
        raise ReadError(problem, place=f"line {line}", remedy=remedy)


def _header_width(lines: Sequence[Record]) -> tuple[int, int]:
    """Cells of a header up to its last text, and those beyond.

    ReadError where a line of several is blank, so that a record would be taken for it, or ends before that text.
    """
    for (line, row), (after, _) in itertools.pairwise(lines):
        if after != (expected := line + 1 + sum(map(_breaks, row))):
            raise ReadError(
                "the line is blank, and the declaration has it as one of the header (header_rows)",
                place=f"line {expected}",
                remedy="Look at the file; if its layout changed, declare the new one",
            )
    width = max(_named(row) for _, row in lines)
    for line, row in lines:
        if len(row) < width and (line == lines[-1][0] or not _ends_within_a_group(row, width)):
            raise ReadError(
                f"the line of the header has {_cells(row)}, another one has texts in {width}: which column lacks its "
                "text is not known",
                place=f"line {line}",
                remedy="Ask the publisher for a whole file, or declare the complete line alone as header_row",
            )
    return width, max(len(row) for _, row in lines) - width


def _ends_within_a_group(row: Sequence[str], width: int) -> bool:
    """Whether what a line lacks are the blanks behind its last text, which spans as many columns as the one before::

    Область;2022;;2023                      five columns
    ;женщины;мужчины;женщины;мужчины
    """
    starts = [number for number, text in enumerate(row) if visible_name(text)]
    return len(starts) > 1 and starts[-1] - starts[-2] == width - starts[-1]


def _breaks(cell: str) -> int:
    """Line breaks inside of a quoted cell."""
    return len(re.findall("\r\n|\r|\n", cell))


def _named(row: Sequence[str]) -> int:
    """Number of cells up to the last text, at least one."""
    return next((place for place in range(len(row), 1, -1) if visible_name(row[place - 1])), 1)


def below_stop(text: str, delimiter: str, options: Options) -> list[Left]:
    """Records with figures from the line on that ``stop_at`` ends the table at."""
    stop = pattern_option(options, "stop_at")
    if stop is None:
        return []
    found = itertools.islice(_parsed(text, delimiter, first_header_line(options)), 1, None)
    below = itertools.dropwhile(lambda record: not stop.search(_first_text(record[1])), found)
    return rows_with_figures(below, lambda line, _: f"line {line}")


def _above_footer(found: Iterator[Record], width: int, count: int) -> Iterator[Record]:
    """Records without the last ``count`` ones, which must not look like data."""
    held = list(itertools.islice(found, count))
    for record in found:
        held.append(record)
        yield held.pop(0)
    for line, row in held:
        texts = [cell.strip() for cell in row if cell.strip()]
        if len(texts) > 1 and (len(texts) == width or any(map(_FIGURE.fullmatch, texts))):
            raise ReadError(
                f"skip_footer: {count} leaves out a record that looks like data: {' | '.join(texts)[:100]}",
                place=f"line {line}",
                remedy="Lower skip_footer, or declare stop_at, a pattern of the first text below the table",
            )


def _first_text(row: Sequence[str]) -> str:
    return next((" ".join(cell.split()) for cell in row if cell.strip()), "")


def _is_one_text(row: Sequence[str | None]) -> bool:
    return sum(bool(cell and cell.strip()) for cell in row) == 1


def _has_figure(cells: Sequence[str]) -> bool:
    return any(_FIGURE.fullmatch(cell.strip()) for cell in cells)


def _is_marked(row: Sequence[str | None]) -> bool:
    """Whether a record begins as a remark does: "Source: office, 2024" is no short record."""
    first = next((cell for cell in row if cell and cell.strip()), "").strip()
    return bool(FOOTNOTE.match(first) or REMARK.match(first))


def _cells(row: Sequence[str | None]) -> str:
    return "1 cell" if len(row) == 1 else f"{len(row)} cells"


def misfit(row: Sequence[str | None], width: int) -> str:
    """Why a record cannot be placed under the header, or ""."""
    if len(row) == width:
        return ""
    problem = f"the record has {_cells(row)}, the header has {width}"
    return f"{problem}. {STOP_AT}" if _is_one_text(row) or _is_marked(row) else problem


def fitted(row: Sequence[str | None], width: int) -> list[str | None]:
    """A record with exactly as many cells as the header; only for records that are refused anyway."""
    return [*row, *[None] * (width - len(row))][:width]


def header_lines(options: Options) -> list[int]:
    """Physical lines of a header with several levels, from 1; ReadError unless they follow one another."""
    declared = options.get("header_rows")
    lines = declared if isinstance(declared, list | tuple) else [declared]
    first = lines[0] if lines and isinstance(lines[0], int) and not isinstance(lines[0], bool) else 0
    if first < 1 or list(lines) != list(range(first, first + len(lines))):
        raise wrong_option("header_rows", declared, "a list of lines that follow one another, such as [1, 2]")
    return list(lines)


def first_header_line(options: Options) -> int:
    """Physical line of the header's first level, from 1."""
    if options.get("header_rows") is not None:
        return header_lines(options)[0]
    return count_option(options, "header_row", 1, 1)


def _parsed(text: str, delimiter: str, header_row: int) -> Iterator[Record]:
    lines = io.TextIOWrapper(io.BytesIO(utf8(text)), "utf-8", newline="")
    for _ in itertools.islice(lines, header_row - 1):
        pass
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = header_row
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield start, [_AS_TEXT.sub(r"\1", cell) for cell in row] if '="' in "".join(row) else row
            start = header_row + reader.line_num
    except csv.Error as error:
        raise ReadError(
            f"the record is not well-formed: {error}",
            place=f"line {start}",
            remedy="Check the quotation marks and the end of the file",
        ) from None


def utf8(text: str) -> bytes:
    """The text as bytes; one that is no Unicode is refused."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ReadError(
            "the text holds half a surrogate pair", place=f"character {error.start + 1}", remedy=FETCH_AGAIN
        ) from None


def _sniff(text: str, options: Options) -> str:
    header_row = first_header_line(options)
    widths = {mark: _widths(text, mark, header_row) for mark in DELIMITERS}
    several = {mark: found for mark, found in widths.items() if found and found[0] > 1}
    # "Регион;Год;Доля, %" over "Ош;2022;4,2" has as many commas in each line as semicolons less one.
    named = [mark for mark in several if _has_declared(text, mark, header_row, options)]
    if len(named) == 1:
        return named[0]
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
            remedy="Declare the option header_row where a title is above the header, else delimiter",
        )
    return best[0]


def _has_declared(text: str, delimiter: str, header_row: int, options: Options) -> bool:
    """Whether a header divided so has the columns that the declaration names; not where it names none."""
    if options.get("header_rows") is not None:
        return False
    _, header = next(_parsed(text[:200_000], delimiter, header_row))
    present = {visible_name(cell) for cell in header}
    values = options.get("value_columns")
    pattern = pattern_option(options, "value_columns") if isinstance(values, str) else None
    lists = (
        ("id_columns", "note_columns")
        if pattern or values is None
        else ("value_columns", "id_columns", "note_columns")
    )
    names = [name for option_name in lists for name in columns_option(options, option_name)]
    if not pattern and not names:
        return False
    return present.issuperset(names) and (not pattern or any(map(pattern.search, present)))


def _widths(text: str, delimiter: str, header_row: int) -> list[int]:
    """Cells in the header and in the records after it, until one is not well-formed."""
    widths: list[int] = []
    try:
        for _, row in itertools.islice(_parsed(text[:200_000], delimiter, header_row), 50):
            widths.append(len(row))
    except ReadError:
        pass
    return widths[:-1] if len(text) > 200_000 and len(widths) > 1 and len(widths) < 50 else widths
