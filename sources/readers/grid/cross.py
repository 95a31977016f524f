"""Layout ``cross``: labels at the side, dimensions in the header.

::

    A4 Region   B4 2023        D4 2024          -> row_1 Abai, col_1 2024, col_2 women, _value 5
    A5          B5 men C5 women D5 men E5 women
    A6 Abai     B6 3 ...

The options are those of ``excel``. Finding and filling the header is in ``header``, notes are in ``footnotes``. Not
here: the choice between the two layouts (``unfold``, the only caller) and what a label means
(``transforms.normalize``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from sources.cells import CORNER, HEADING, NOTE, PROBLEM, REMARKS, TITLE, VALUE, Options, ReadError, option
from sources.readers.grid.cell_references import (
    below_end,
    cells_of,
    end_of_data,
    letter_list,
    row_list,
    without_blanks,
)
from sources.readers.grid.comments import with_comments
from sources.readers.grid.footnotes import footnotes_in, notes_of_cells, remarks_of, shared_values
from sources.readers.grid.header import found_header, header_texts, text_at
from sources.readers.grid.other_tables import (
    heading_of,
    other_headers,
    other_labels,
    slipped_rows,
    title_beside,
    words_beside,
)
from sources.readers.grid.table import CHANGED, Grid, Labels, tidy
from sources.readers.headings import SECTION, Heading, with_heading_list
from sources.readers.left_out import with_left_out
from sources.readers.text import count_option, joined, pattern_option, text_table

NUMBER = "col_number"


@dataclass(frozen=True)
class Layout:
    """Where the parts of one table are, all counted from 0."""

    #: rows of the header; empty: there is none
    header: list[int]
    #: row of the column numbers; None: there is none
    number: int | None
    #: columns of the labels
    labels: list[int]
    #: columns of the values
    values: list[int]
    #: rows below the header down to the end of the table
    data: range


def cross(grid: Grid, options: Options) -> pa.Table:
    """One cell for each row with labels and each column with a header."""
    layout = _layout(grid, options)
    filled = grid.merged_texts() if option(options, "fill_merged", True, allowed=(True, False)) else {}
    header = header_texts(grid, layout.header, layout.values, filled)
    columns = _kept_columns(grid, layout, header, options)
    rows, labels, above, headings = _kept_rows(grid, layout, filled, options)
    below = range(_last_valued(grid, layout, rows) + 1, len(grid.rows))
    notes = footnotes_in(grid, below)
    out = cells_of(grid, rows, columns)
    out[NOTE] = notes_of_cells(grid, notes, rows, columns, labels, header)
    if remarks := remarks_of(grid, below, out[NOTE]):
        out[REMARKS] = [remarks] * len(out[VALUE])
    out[NOTE] = _with_words(grid, rows, columns, out[NOTE], options)
    out[NOTE] = with_comments(grid, out[NOTE], rows, columns, layout.labels, layout.header)
    problems = _problems(grid, layout, rows, columns, labels, header)
    if any(problems):
        out[PROBLEM] = problems
    out["sheet"] = [grid.name or None] * len(out[VALUE])
    for level in range(len(layout.labels)):
        out[f"row_{level + 1}"] = [labels[row][level] or None for row in rows for _ in columns]
    for level in range(len(layout.header)):
        out[f"col_{level + 1}"] = [header[column][level] or None for column in columns] * len(rows)
    if layout.number is not None:
        numbers = [grid.at(layout.number, column) or None for column in columns]
        out[NUMBER] = numbers * len(rows)
    if title := _title(grid, layout, rows, columns):
        out[TITLE] = [title] * len(out[VALUE])
    if corner := " / ".join(dict.fromkeys(map(tidy, _corner(grid, layout)))):
        out[CORNER] = [corner] * len(out[VALUE])
    if headings:
        places = {row: heading and heading.place for row, heading in above.items()}
        out[HEADING] = [places[row] for row in rows for _ in columns]
    if option(options, "sections", False, allowed=(True, False)):
        sections = {row: heading and heading.text for row, heading in above.items()}
        out[SECTION] = [sections[row] for row in rows for _ in columns]
    left = below_end(grid, layout.data.stop)
    return with_heading_list(with_left_out(text_table(without_blanks(out, options)), left), [headings])


def _with_words(
    grid: Grid, rows: Sequence[int], columns: Sequence[int], notes: Sequence[str | None], options: Options
) -> list[str | None]:
    """The notes of the cells, each with what undeclared columns of words say beside it."""
    words = words_beside(grid, rows, columns) if options.get("value_columns") is None else {}
    if not words:
        return list(notes)
    places = [(row, column) for row in rows for column in columns]
    own = [[text for text in words[row] if text != tidy(grid.at(row, column))] for row, column in places]
    return [joined([note, *texts]) for note, texts in zip(notes, own, strict=True)]


def _title(grid: Grid, layout: Layout, rows: Sequence[int], columns: Sequence[int]) -> str:
    """What stands above the table, or beside its header and above nothing."""
    above = grid.title(min(layout.header, default=layout.data.start))
    beside = title_beside(grid, layout.header, columns, rows)
    return " / ".join(dict.fromkeys(filter(None, [above, *beside])))


def _problems(
    grid: Grid,
    layout: Layout,
    rows: Sequence[int],
    columns: Sequence[int],
    labels: Mapping[int, Sequence[str]],
    header: Mapping[int, Sequence[str]],
) -> list[str | None]:
    """For each place why its value cannot be placed: it is merged over several labels, or has others than the table."""
    corner = [
        next((text for row in reversed(layout.header) if (text := grid.at(row, column))), "")
        for column in layout.labels
    ]
    below = other_headers(grid, rows, labels, columns, layout.header, corner)
    behind = other_labels(grid, rows, layout.labels, columns, layout.header)
    shared = shared_values(grid, rows, columns, labels, header)
    headed = [column for column in columns if any(header[column])]
    slipped = slipped_rows(grid, rows, columns, headed)
    places = ((row, column) for row in rows for column in columns)
    return [
        found or below.get(row) or behind.get(column) or slipped.get(row)
        for found, (row, column) in zip(shared, places, strict=True)
    ]


def _layout(grid: Grid, options: Options) -> Layout:
    """Where header, labels and values are: as declared, else found."""
    labels = _label_columns(grid, options)
    declared = options.get("header_rows", "auto")
    if declared == "auto":
        header, number, first = found_header(grid, labels)
    else:
        header, number = row_list(declared, "header_rows"), None
        first = max(header, default=-1) + 1
    if options.get("number_row") is not None:
        number = count_option(options, "number_row", 1, 1) - 1
        first = max(first, number + 1)
    if options.get("first_data_row") is not None:
        first = count_option(options, "first_data_row", 1, 1) - 1
    data = range(first, end_of_data(grid, first, options))
    if not data:
        raise ReadError("there is no row below the header", place=grid.place, remedy=CHANGED)
    values = _value_columns(grid, labels, header, data, options)
    return Layout(header, number, labels, values, data)


def _label_columns(grid: Grid, options: Options) -> list[int]:
    """Columns whose texts name the row: a number of columns, or letters."""
    declared = options.get("label_columns", 1)
    if isinstance(declared, int) and not isinstance(declared, bool) and declared >= 0:
        visible = (column for column in range(max(grid.width, declared + len(grid.hidden_columns))))
        return [column for column in visible if column not in grid.hidden_columns][:declared]
    return letter_list(declared, "label_columns", grid)


def _value_columns(
    grid: Grid, labels: Sequence[int], header: Sequence[int], data: range, options: Options
) -> list[int]:
    """Declared letters, or every further column that holds anything."""
    declared = options.get("value_columns")
    if declared is not None:
        found = [c for c in letter_list(declared, "value_columns", grid) if c not in grid.hidden_columns]
        if not found:
            raise ReadError(
                f"the declared value_columns {declared!r} are hidden in the file",
                place=grid.place,
                remedy="Look whether they are meant to be published; if so, declare hidden: include",
            )
        return found
    used = [*header, *data]
    found = [
        column
        for column in range(max(labels, default=-1) + 1, grid.width)
        if any(grid.at(row, column) for row in used)
    ]
    if not found:
        raise ReadError("there is no column with values", place=grid.place, remedy=CHANGED)
    return found


def _kept_columns(grid: Grid, layout: Layout, header: Mapping[int, list[str]], options: Options) -> list[int]:
    """Value columns whose header fits ``keep_columns``."""
    pattern = pattern_option(options, "keep_columns")
    if pattern is None:
        return layout.values
    kept = [c for c in layout.values if pattern.search(tidy(" / ".join(header[c])))]
    if not kept:
        raise ReadError(f"no column header fits {pattern.pattern!r}", place=grid.place, remedy=CHANGED)
    return kept


def _kept_rows(
    grid: Grid, layout: Layout, filled: Labels, options: Options
) -> tuple[list[int], dict[int, list[str]], dict[int, Heading | None], list[Heading]]:
    """Rows with values, their labels, the last heading above each, and all headings that have a row below."""
    keep, skip = pattern_option(options, "keep_rows"), pattern_option(options, "skip_rows")
    down = option(options, "fill_labels", False, allowed=(True, False))
    valued = _valued_rows(grid, layout)
    rows: list[int] = []
    labels: dict[int, list[str]] = {}
    above: dict[int, Heading | None] = {}
    previous, headings, used = [""] * len(layout.labels), list[Heading](), 0
    titles = grid.title(min(layout.header, default=layout.data.start)).split(" / ")
    for row in layout.data:
        own = [text_at(grid, filled, row, column) for column in layout.labels]
        if row == layout.number:
            continue
        if down and (row in valued or any(own)):
            # A label counts for the rows below it, whether or not its own row holds values or is wanted.
            previous = _carried(own, previous)
        if row not in valued:
            text = next(filter(None, own), "")
            if text and tidy(text) not in titles:
                level = own.index(text)
                place = grid.locate(row, layout.labels[level])
                headings.append(Heading(place, text, first=not rows, column=f"row_{level + 1}"))
            continue
        own = previous if down else own
        if skip and skip.search(tidy(" / ".join(own))):
            continue
        if keep is None or keep.search(tidy(" / ".join(own))):
            rows.append(row)
            labels[row], above[row], used = own, headings[-1] if headings else None, len(headings)
            if text := heading_of(own, [grid.at(row, column) for column in layout.values]):
                column = next((f"row_{at + 1}" for at, label in enumerate(own) if tidy(label) == text), "")
                place = grid.locate(row, layout.values[0])
                headings.append(Heading(place, text, first=len(rows) == 1, kept=True, column=column))
    if not rows:
        problem = f"no row label fits {keep.pattern!r}" if keep else "no row holds values"
        raise ReadError(problem, place=grid.place, remedy=CHANGED)
    return rows, labels, above, headings[:used]


def _carried(own: Sequence[str], previous: Sequence[str]) -> list[str]:
    """Blank labels before the first label of the row take the text of the row above."""
    first = next((level for level, text in enumerate(own) if text), 0)
    return [text or (previous[level] if level < first else "") for level, text in enumerate(own)]


def _valued_rows(grid: Grid, layout: Layout) -> set[int]:
    """Data rows with a value of their own or a share in a merged one."""
    valued = {row for row in layout.data if any(grid.at(row, column) for column in layout.values)}
    columns = set(layout.values)
    for top, left, bottom, _ in grid.inner_merges():
        if top in valued and left in columns and grid.at(top, left):
            valued.update(range(top, min(bottom, layout.data.stop - 1) + 1))
    return valued


def _last_valued(grid: Grid, layout: Layout, rows: Sequence[int]) -> int:
    """The last row with values: footnotes are below it."""
    return max(_valued_rows(grid, layout), default=rows[-1])


def _corner(grid: Grid, layout: Layout) -> list[str]:
    """What the header says above the labels: "Region", "Victims (thousand persons)"."""
    places = [(row, column) for row in layout.header for column in layout.labels]
    return [text for place in places for text in (grid.at(*place), grid.comments.get(place)) if text]
