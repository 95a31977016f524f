"""Tables laid out for the eye, whatever file they came from: a grid of texts to long cells.

``unfold(grid, options)`` is shared by ``excel`` and ``pdf``; see ``excel`` for the options.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from sources.cells import LOCATOR, NOTE, RESERVED, VALUE, Options, ReadError, option
from sources.readers.text import (
    count_option,
    joined,
    names_option,
    pattern_option,
    text_table,
    unique_names,
    wrong_option,
)

COLUMN = "column"
SECTION = "section"
NUMBER = "col_number"
CORRECT = "Correct the dataset's declaration"
CHANGED = "Look at the file: if its layout changed, declare the new one"
SUPERSCRIPTS = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "0123456789()")
_END_MARK = re.compile(r"(?<=\S)[\s,;]*(\*{1,4}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}[)⁾]?|(?<!\d)\d{1,2}\))\s*$")
FOOTNOTE = re.compile(r"\s*(\*{1,4}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}[)⁾]?|\d{1,2}\))\s*(?=[^\s*])")
_NUMBER = re.compile(r"[-+−<>≤≥]?\s?\d[\d\s\u00a0\u202f.,]*%?")
_LETTERS = re.compile(r"([A-Z]{1,3})(?:(:)([A-Z]{1,3})?)?")

Merge = tuple[int, int, int, int]
Labels = dict[tuple[int, int], str]


@dataclass(frozen=True)
class Grid:
    """One table of texts ("" where there is no cell); places and merges count from 0."""

    name: str
    rows: Sequence[Sequence[str]]
    merges: Sequence[Merge]
    locate: Callable[[int, int], str]
    place: str

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True)
class Layout:
    """Where the parts of one table are, all counted from 0."""

    header: list[int]
    number: int | None
    labels: list[int]
    values: list[int]
    data: range


def unfold(grid: Grid, options: Options) -> pa.Table:
    """Long cells of one table."""
    layout = option(options, "layout", "cross", allowed=("cross", "records"))
    if not any(text.strip() for row in grid.rows for text in row):
        raise ReadError("there is no cell with content", place=grid.place, remedy=CHANGED)
    return _records(grid, options) if layout == "records" else _cross(grid, options)


def concat(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables of several sheets or pages as one; a column that one lacks is null there."""
    if not tables:
        raise ReadError("no table was read", remedy=CORRECT)
    return pa.concat_tables(tables, promote_options="default").combine_chunks()


def tidy(text: str) -> str:
    """Text with its blanks collapsed: what patterns are matched against."""
    return " ".join(text.split())


# --- layout: cross (labels at the side, dimensions in the header) ------------------------------------------


def _cross(grid: Grid, options: Options) -> pa.Table:
    """Side labels × header levels."""
    layout = _layout(grid, options)
    filled = _merged_texts(grid) if option(options, "fill_merged", True, allowed=(True, False)) else {}
    header = _header(grid, layout, filled)
    columns = _kept_columns(grid, layout, header, options)
    rows, labels, sections = _kept_rows(grid, layout, filled, columns, options)
    notes = _footnotes(grid, layout, rows)
    out = _cells(grid, rows, columns)
    out[NOTE] = _notes(grid, notes, rows, columns, labels, header)
    out["sheet"] = [grid.name or None] * len(out[VALUE])
    for level in range(len(layout.labels)):
        out[f"row_{level + 1}"] = [labels[row][level] or None for row in rows for _ in columns]
    for level in range(len(layout.header)):
        out[f"col_{level + 1}"] = [header[column][level] or None for column in columns] * len(rows)
    if layout.number is not None:
        numbers = [_at(grid, layout.number, column) or None for column in columns]
        out[NUMBER] = numbers * len(rows)
    if sections is not None:
        out[SECTION] = [sections[row] for row in rows for _ in columns]
    return text_table(_without_blanks(out, options))


def _cells(grid: Grid, rows: Sequence[int], columns: Sequence[int]) -> dict[str, list[str | None]]:
    """Value and place of every kept cell."""
    return {
        VALUE: [_at(grid, row, column) or None for row in rows for column in columns],
        LOCATOR: [grid.locate(row, column) for row in rows for column in columns],
    }


def _without_blanks(out: Mapping[str, list[str | None]], options: Options) -> Mapping[str, list[str | None]]:
    """Drop the places where the file holds no cell, if so declared."""
    if option(options, "blank_cells", "keep", allowed=("keep", "skip")) == "keep":
        return out
    kept = [value is not None for value in out[VALUE]]
    return {name: list(itertools.compress(column, kept)) for name, column in out.items()}


def _layout(grid: Grid, options: Options) -> Layout:
    """Declared places, found ones where the declaration leaves them open."""
    labels = _label_columns(grid, options)
    declared = options.get("header_rows", "auto")
    if declared == "auto":
        header, number, first = _found_header(grid, labels)
    else:
        header, number = _row_list(declared, "header_rows"), None
        first = max(header, default=-1) + 1
    if options.get("number_row") is not None:
        number = count_option(options, "number_row", 1, 1) - 1
        first = max(first, number + 1)
    if options.get("first_data_row") is not None:
        first = count_option(options, "first_data_row", 1, 1) - 1
    data = range(first, _end(grid, first, options))
    if not data:
        raise ReadError("there is no row below the header", place=grid.place, remedy=CHANGED)
    values = _value_columns(grid, labels, header, data, options)
    return Layout(header, number, labels, values, data)


def _end(grid: Grid, first: int, options: Options) -> int:
    """The row after the last data row."""
    last = count_option(options, "last_data_row", len(grid.rows), 1)
    stop = pattern_option(options, "stop_at")
    for row in range(first, min(last, len(grid.rows))):
        if stop is not None and stop.search(_first_text(grid, row)):
            return row
    return min(last, len(grid.rows))


def _label_columns(grid: Grid, options: Options) -> list[int]:
    """Columns whose texts name the row: a number of columns, or letters."""
    declared = options.get("label_columns", 1)
    if isinstance(declared, int) and not isinstance(declared, bool) and declared >= 0:
        return list(range(declared))
    return _letter_list(declared, "label_columns", grid)


def _value_columns(
    grid: Grid, labels: Sequence[int], header: Sequence[int], data: range, options: Options
) -> list[int]:
    """Declared letters, or every further column that holds anything."""
    declared = options.get("value_columns")
    if declared is not None:
        return _letter_list(declared, "value_columns", grid)
    used = [*header, *data]
    found = [
        column
        for column in range(max(labels, default=-1) + 1, grid.width)
        if any(_at(grid, row, column) for row in used)
    ]
    if not found:
        raise ReadError("there is no column with values", place=grid.place, remedy=CHANGED)
    return found


def _row_list(declared: object, name: str) -> list[int]:
    """Row numbers as declared, from 1, to places from 0."""
    rows = [declared] if isinstance(declared, int) else declared
    whole = isinstance(rows, list | tuple) and all(isinstance(n, int) and n > 0 for n in rows)
    if not whole:
        raise wrong_option(name, declared, "a list of row numbers from 1")
    return sorted(int(number) - 1 for number in rows)  # type: ignore[attr-defined]


def _letter_list(declared: object, name: str, grid: Grid) -> list[int]:
    """``A``, ``A:C``, ``E:`` (to the last column), or a list of these."""
    parts = [declared] if isinstance(declared, str) else declared
    if not isinstance(parts, list | tuple):
        raise wrong_option(name, declared, "letters of columns such as A, A:C or E:")
    columns: list[int] = []
    for part in parts:
        match = _LETTERS.fullmatch(str(part))
        if match is None:
            raise wrong_option(name, declared, "letters of columns such as A, A:C or E:")
        first = column_number(match[1])
        open_end = grid.width - 1 if match[2] else first
        columns += range(first, (column_number(match[3]) if match[3] else open_end) + 1)
    if not columns or min(columns) >= grid.width:
        raise ReadError(
            f"the declared {name} {declared!r} lie outside the table", place=grid.place, remedy=CHANGED
        )
    return [column for column in columns if column < grid.width]


def column_number(letters: str) -> int:
    """``A`` is 0, ``AF`` is 31."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


@functools.cache
def column_letters(number: int) -> str:
    """31 is ``AF``."""
    letters, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- header -------------------------------------------------------------------------------------------------


def _found_header(grid: Grid, labels: Sequence[int]) -> tuple[list[int], int | None, int]:
    """Header rows, row of column numbers and first data row, told from the looks of the table."""
    filled = _merged_texts(grid)
    seen_years = False
    for row in range(min(len(grid.rows), 60)):
        if not _is_numeric(grid, row, labels):
            continue
        if _is_number_row(grid, row, labels):
            return _block_above(grid, row, filled), row, row + 1
        if not seen_years and _is_year_row(grid, row, labels):
            seen_years = True
            continue
        return _block_above(grid, row, filled), None, row
    raise ReadError(
        "no row of numbers was found below a header", place=grid.place, remedy="Declare header_rows"
    )


def _block_above(grid: Grid, row: int, filled: Labels) -> list[int]:
    """The rows above that hold more than one text: a title holds one, a gap none."""
    block: list[int] = []
    for above in range(row - 1, -1, -1):
        texts = {_text(grid, filled, above, column) for column in range(grid.width)} - {""}
        if len(texts) < 2:
            break
        block.insert(0, above)
    if not block:
        raise ReadError(
            "no header was found above the numbers",
            place=f"{grid.place}, row {row + 1}",
            remedy="Declare header_rows",
        )
    return block


def _value_texts(grid: Grid, row: int, labels: Sequence[int]) -> list[str]:
    """The row's texts beside the labels."""
    first = max(labels, default=-1) + 1
    return [text for text in (_at(grid, row, column) for column in range(first, grid.width)) if text]


def _is_numeric(grid: Grid, row: int, labels: Sequence[int]) -> bool:
    texts = _value_texts(grid, row, labels)
    return bool(texts) and sum(bool(_NUMBER.fullmatch(text.strip())) for text in texts) * 2 >= len(texts)


def _is_number_row(grid: Grid, row: int, labels: Sequence[int]) -> bool:
    """1, 2, 3 … beside labels such as А, Б or nothing."""
    texts = [text.strip() for text in _value_texts(grid, row, labels)]
    numbers = [int(text) for text in texts if text.isdecimal()]
    rising = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    short = all(len(_at(grid, row, column).strip()) <= 3 for column in labels)
    return rising and short and numbers[0] <= 5 and len(texts) - len(numbers) <= 1


def _is_year_row(grid: Grid, row: int, labels: Sequence[int]) -> bool:
    """Years, perhaps beside words such as Total; nothing else."""
    texts = [text.strip() for text in _value_texts(grid, row, labels)]
    return all(re.match(r"(19|20)\d\d(?!\d)|\D*[^\W\d_]{3}\D*$", text) for text in texts)


def _merged_texts(grid: Grid) -> Labels:
    """The text of every place that a merged cell covers."""
    texts: Labels = {}
    for top, left, bottom, right in grid.merges:
        text = _at(grid, top, left)
        if text:
            for row in range(top, min(bottom, len(grid.rows) - 1) + 1):
                for column in range(left, min(right, grid.width - 1) + 1):
                    texts[row, column] = text
    return texts


def _header(grid: Grid, layout: Layout, filled: Labels) -> dict[int, list[str]]:
    """The header levels of every value column; the last level is the column's own text.

    A merged text covers what it covers; an unmerged one also heads the blanks to its right
    that have a text of their own further down.
    """
    levels: dict[int, list[str]] = {}
    for column in layout.values:
        own = [_text(grid, filled, row, column) for row in layout.header]
        left = levels.get(column - 1)
        for level, row in enumerate(layout.header[:-1]):
            same_parent = left is not None and own[:level] == left[:level]
            free = (row, column - 1) not in filled
            if not own[level] and left is not None and same_parent and free and any(own[level + 1 :]):
                own[level] = left[level]
        levels[column] = own
    return {column: _down(own) for column, own in levels.items()}


def _down(texts: Sequence[str]) -> list[str]:
    """Blanks take the text above."""
    result: list[str] = []
    for text in texts:
        result.append(text or (result[-1] if result else ""))
    return result


def _kept_columns(grid: Grid, layout: Layout, header: Mapping[int, list[str]], options: Options) -> list[int]:
    """Value columns whose header fits ``keep_columns``."""
    pattern = pattern_option(options, "keep_columns")
    if pattern is None:
        return layout.values
    kept = [c for c in layout.values if pattern.search(tidy(" / ".join(header[c])))]
    if not kept:
        raise ReadError(f"no column header fits {pattern.pattern!r}", place=grid.place, remedy=CHANGED)
    return kept


# --- rows and footnotes -------------------------------------------------------------------------------------


def _kept_rows(
    grid: Grid, layout: Layout, filled: Labels, columns: Sequence[int], options: Options
) -> tuple[list[int], dict[int, list[str]], dict[int, str | None] | None]:
    """Rows with values, their labels, and the section heading above each where asked for."""
    keep, skip = pattern_option(options, "keep_rows"), pattern_option(options, "skip_rows")
    down = option(options, "fill_labels", False, allowed=(True, False))
    sectioned = option(options, "sections", False, allowed=(True, False))
    valued = _valued_rows(grid, layout)
    rows: list[int] = []
    labels: dict[int, list[str]] = {}
    sections: dict[int, str | None] = {}
    previous, section = [""] * len(layout.labels), None
    for row in layout.data:
        own = [_text(grid, filled, row, column) for column in layout.labels]
        if row == layout.number or (skip and skip.search(tidy(" / ".join(own)))):
            continue
        if row not in valued:
            section = next(filter(None, own), section)
            continue
        if down:
            own = previous = _carried(own, previous)
        if keep is None or keep.search(tidy(" / ".join(own))):
            rows.append(row)
            labels[row], sections[row] = own, section
    if not rows:
        problem = f"no row label fits {keep.pattern!r}" if keep else "no row holds values"
        raise ReadError(problem, place=grid.place, remedy=CHANGED)
    return rows, labels, sections if sectioned else None


def _carried(own: Sequence[str], previous: Sequence[str]) -> list[str]:
    """Blank labels before the first label of the row take the text of the row above."""
    first = next((level for level, text in enumerate(own) if text), 0)
    return [text or (previous[level] if level < first else "") for level, text in enumerate(own)]


def _footnotes(grid: Grid, layout: Layout, rows: Sequence[int]) -> dict[str, str]:
    """Mark to text, from the rows below the last one with values."""
    notes: dict[str, str] = {}
    below = max(_valued_rows(grid, layout), default=rows[-1])
    for row in range(below + 1, len(grid.rows)):
        line = tidy(" ".join(text for text in grid.rows[row] if text))
        match = FOOTNOTE.match(line)
        if match:
            notes.setdefault(_mark(match[1]), line)
    return notes


def _valued_rows(grid: Grid, layout: Layout) -> set[int]:
    """Data rows with a value of their own or a share in a merged one."""
    valued = {row for row in layout.data if any(_at(grid, row, column) for column in layout.values)}
    columns = set(layout.values)
    for top, left, bottom, _ in grid.merges:
        if top in valued and left in columns and _at(grid, top, left):
            valued |= set(range(top, bottom + 1)) & set(layout.data)
    return valued


def _mark(text: str) -> str:
    """``¹``, ``1)`` and ``¹⁾`` are one mark."""
    return text.translate(_PLAIN).rstrip(")")


def _marks(text: str) -> list[str]:
    """Footnote marks at the end of a text; the bracket of ``(art. 99)`` is none."""
    marks: list[str] = []
    while match := _END_MARK.search(text):
        if match[1].endswith(")") and text.count("(") >= text.count(")"):
            break
        marks.insert(0, _mark(match[1]))
        text = text[: match.start()]
    return marks


def _notes(
    grid: Grid,
    notes: Mapping[str, str],
    rows: Sequence[int],
    columns: Sequence[int],
    labels: Mapping[int, list[str]],
    header: Mapping[int, list[str]],
) -> list[str | None]:
    """Footnotes of every kept cell: by the marks of its labels, its header and its own text."""
    covered = _covered(grid, set(rows), set(columns))
    if not notes and not covered:
        return [None] * (len(rows) * len(columns))
    by_row = {row: _noted(labels[row], notes) for row in rows} if notes else {}
    by_column = {column: _noted(header[column], notes) for column in columns} if notes else {}
    result: list[str | None] = []
    for row, column in itertools.product(rows, columns):
        parts = covered.get((row, column), [])
        if notes:
            own = _noted([_at(grid, row, column)], notes)
            parts = [*by_row[row], *by_column[column], *own, *parts]
        result.append(joined(dict.fromkeys(parts)))
    return result


def _noted(texts: Iterable[str], notes: Mapping[str, str]) -> list[str]:
    return [notes[mark] for text in texts for mark in _marks(text) if mark in notes]


def _covered(grid: Grid, rows: set[int], columns: set[int]) -> dict[tuple[int, int], list[str]]:
    """A remark for places inside a merged cell that is not theirs."""
    remarks: dict[tuple[int, int], list[str]] = {}
    for top, left, bottom, right in grid.merges:
        places = itertools.product(
            rows.intersection(range(top, bottom + 1)), columns.intersection(range(left, right + 1))
        )
        for place in places if _at(grid, top, left) else ():
            if place != (top, left):
                remarks[place] = [f"part of the merged cell {grid.locate(top, left)}"]
    return remarks


# --- layout: records (one record a row) ---------------------------------------------------------------------


def _records(grid: Grid, options: Options) -> pa.Table:
    """Header names as column names; each value column gives a row of its own."""
    header = _record_header(grid, options)
    names = unique_names(_record_names(grid, header), (*RESERVED, "sheet", COLUMN))
    values = _positions(names, _alternatives(names, options, grid), grid)
    notes = _positions(names, names_option(options, "note_columns"), grid)
    chosen = names_option(options, "id_columns")
    others = [n for n in range(len(names)) if n not in values and n not in notes]
    ids = _positions(names, chosen, grid) if chosen else others
    first = count_option(options, "first_data_row", max(header) + 2, 1) - 1
    rows = _record_rows(grid, range(first, _end(grid, first, options)), names, options)
    out = _cells(grid, rows, values)
    out[NOTE] = [joined(_at(grid, row, note) for note in notes) for row in rows for _ in values]
    out["sheet"] = [grid.name or None] * len(out[VALUE])
    named: list[str | None] = [names[value] for value in values]
    out[COLUMN] = named * len(rows)
    for position in ids:
        out[names[position]] = [_at(grid, row, position) or None for row in rows for _ in values]
    return text_table(_without_blanks(out, options))


def _record_rows(grid: Grid, data: range, names: Sequence[str], options: Options) -> list[int]:
    """Rows with content, less those that ``skip_rows`` or ``keep_rows`` leave out."""
    keep, skip = pattern_option(options, "keep_rows"), pattern_option(options, "skip_rows")
    rows = []
    for row in data:
        texts = grid.rows[row]
        if not any(texts):
            continue
        line = tidy(" / ".join(texts)) if keep or skip else ""
        if (skip and skip.search(line)) or (keep and not keep.search(line)):
            continue
        rows.append(row)
    return rows


def _record_header(grid: Grid, options: Options) -> list[int]:
    """Declared rows, or the first row that holds a declared value column, or a full one."""
    declared = options.get("header_rows", "auto")
    if declared != "auto":
        rows = _row_list(declared, "header_rows")
        if not rows or rows[-1] >= len(grid.rows):
            raise ReadError("the declared header rows lie below the table", place=grid.place, remedy=CHANGED)
        return rows
    wanted = {name for entry in names_option(options, "value_columns") for name in entry.split("|")}
    widest = max(sum(map(bool, row)) for row in grid.rows[:60])
    for number, row in enumerate(grid.rows[:60]):
        texts = {tidy(text) for text in row}
        if texts & wanted or (not wanted and sum(map(bool, row)) * 2 > widest):
            return [number]
    raise ReadError(f"no header with {', '.join(sorted(wanted))} was found", place=grid.place, remedy=CHANGED)


def _record_names(grid: Grid, header: Sequence[int]) -> list[str]:
    """One name a column; several header rows are joined."""
    names = []
    for column in range(grid.width):
        parts = dict.fromkeys(_at(grid, row, column).strip() for row in header)
        names.append(" / ".join(part for part in parts if part))
    return names


def _alternatives(names: Sequence[str], options: Options, grid: Grid) -> list[str]:
    """``VALUE|txtVALUE`` is the first of the two that the file has."""
    entries = names_option(options, "value_columns")
    if not entries:
        raise wrong_option("value_columns", None, "the names of the columns with values")
    return [next((n for n in entry.split("|") if n in names), entry) for entry in entries]


def _positions(names: Sequence[str], wanted: Iterable[str], grid: Grid) -> list[int]:
    missing = [name for name in wanted if name not in names]
    if missing:
        raise ReadError(
            f"there is no column {', '.join(missing)} among {', '.join(names)}",
            place=grid.place,
            remedy=CHANGED,
        )
    return [names.index(name) for name in wanted]


# --- texts --------------------------------------------------------------------------------------------------


def _at(grid: Grid, row: int, column: int) -> str:
    """The cell's own text; blanks alone are no content."""
    texts = grid.rows[row] if row < len(grid.rows) else ()
    text = texts[column] if column < len(texts) else ""
    return "" if text.isspace() else text


def _text(grid: Grid, filled: Labels, row: int, column: int) -> str:
    """The text that the reader of the table sees at this place."""
    return filled.get((row, column)) or _at(grid, row, column)


def _first_text(grid: Grid, row: int) -> str:
    return next((tidy(text) for text in grid.rows[row] if text.strip()), "")
