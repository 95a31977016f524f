"""Layout ``records``: one record a row under one header; header names become columns.

::

    Region  Year  Cases          -> Region Abai, Year 2023, column Cases, _value 5¹, _note "¹ Preliminary"
    Abai    2023  5¹
    ¹ Preliminary                   a line with a footnote mark, or one text alone in the row, is no record

The options are those of ``excel``; several header rows are joined by " / ".

Not here: the layout of tables with headers at two sides (``cross``), and the choice between the two (``unfold``, the
only caller).
"""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from data_contracts.strict_files import did_you_mean
from sources.cells import (
    COLUMN,
    HEADING,
    NOTE,
    PROBLEM,
    REMARKS,
    RESERVED,
    TITLE,
    VALUE,
    Options,
    ReadError,
    option,
)
from sources.readers.grid.cell_references import below_end, cells_of, end_of_data, row_list, without_blanks
from sources.readers.grid.comments import with_comments
from sources.readers.grid.footnotes import FOOTNOTE, REMARK, footnotes_in, noted, remarks_of, shared_values
from sources.readers.grid.header import SEARCHED_ROWS, text_at
from sources.readers.grid.other_tables import heading_of, other_headers, slipped_rows
from sources.readers.grid.table import CHANGED, Grid, tidy
from sources.readers.headings import SECTION, Heading, with_heading_list
from sources.readers.left_out import with_left_out
from sources.readers.text import (
    column_twice,
    columns_option,
    count_option,
    joined,
    missing_column,
    pattern_option,
    text_table,
    unique_names,
    wrong_option,
)


def records(grid: Grid, options: Options) -> pa.Table:
    """Header names as column names; each value column gives a row of its own. ReadError."""
    header = _header_rows(grid, options)
    names = unique_names(_names(grid, header), (*RESERVED, "sheet", COLUMN))
    values = _positions(names, _alternatives(names, options), grid, "value_columns")
    notes = _positions(names, columns_option(options, "note_columns"), grid, "note_columns")
    others_named = {name for place, name in enumerate(names) if place not in values}
    twice = next((names[value] for value in values if f"{names[value]} (2)" in others_named), None)
    if twice:
        raise column_twice(twice)
    chosen = columns_option(options, "id_columns")
    others = [n for n in range(len(names)) if n not in values and n not in notes]
    ids = _positions(names, chosen, grid, "id_columns") if chosen else others
    first = count_option(options, "first_data_row", max(header) + 2, 1) - 1
    last = end_of_data(grid, first, options)
    remarks = [row for row in range(first, len(grid.rows)) if _is_remark(grid, row, values)]
    sections = option(options, "sections", False, allowed=(True, False))
    rows = _kept(grid, range(first, last), set(remarks), options)
    # With ``sections`` a line without a value is no record, but a heading.
    bare = [row for row in rows if sections and not any(grid.at(row, value) for value in values)]
    rows = [row for row in rows if row not in set(bare)] if bare else rows
    filled = grid.merged_texts() if option(options, "fill_merged", True, allowed=(True, False)) else {}
    out = cells_of(grid, rows, values)
    labels = {row: [text_at(grid, filled, row, position) for position in ids] for row in rows}
    problems = _problems(grid, rows, values, labels, names, (header, ids))
    if any(problems):
        out[PROBLEM] = problems
    out[NOTE] = _notes(grid, rows, values, notes, labels, names, remarks)
    if said := remarks_of(grid, sorted({*remarks, *range(last, len(grid.rows))}), out[NOTE]):
        out[REMARKS] = [said] * len(out[VALUE])
    out[NOTE] = with_comments(grid, out[NOTE], rows, values, ids, header)
    out["sheet"] = [grid.name or None] * len(out[VALUE])
    if TITLE not in names and (title := grid.title(min(header))):
        out[TITLE] = [title] * len(out[VALUE])
    named: list[str | None] = [names[value] for value in values]
    out[COLUMN] = named * len(rows)
    for number, position in enumerate(ids):
        out[names[position]] = [labels[row][number] or None for row in rows for _ in values]
    titles = grid.title(min(header)).split(" / ")
    above, headings = _headings(grid, rows, values, [*remarks, *bare], names, titles)
    if headings:
        out[HEADING] = [above[row] for row in rows for _ in values]
    if sections:
        texts = {heading.place: heading.text for heading in headings}
        out[SECTION] = [texts.get(above[row] or "") for row in rows for _ in values]
    table = with_left_out(text_table(without_blanks(out, options)), below_end(grid, last))
    return with_heading_list(table, [headings])


def _problems(
    grid: Grid,
    rows: Sequence[int],
    values: Sequence[int],
    labels: Mapping[int, Sequence[str]],
    names: Sequence[str],
    of_labels: tuple[Sequence[int], Sequence[int]],
) -> list[str | None]:
    """For each value why it cannot be placed; ``of_labels``: rows of the header, and columns of the labels."""
    header, ids = of_labels
    shared = shared_values(grid, rows, values, labels, {value: [names[value]] for value in values})
    below = other_headers(grid, rows, labels, values, header, [names[position] for position in ids])
    named = [column for column in range(grid.width) if any(grid.at(row, column) for row in header)]
    slipped = slipped_rows(grid, rows, range(grid.width), [*values[:1], *named[-1:]])
    places = [row for row in rows for _ in values]
    return [found or below.get(row) or slipped.get(row) for found, row in zip(shared, places, strict=True)]


def _notes(
    grid: Grid,
    rows: Sequence[int],
    values: Sequence[int],
    notes: Sequence[int],
    labels: Mapping[int, Sequence[str]],
    names: Sequence[str],
    remarks: Sequence[int],
) -> list[str | None]:
    """The note of each value: what its columns of notes say, and the footnotes that marks point to."""
    marked = footnotes_in(grid, remarks)

    def note(row: int, value: int) -> str | None:
        own = [grid.at(row, column) for column in notes]
        return joined(
            dict.fromkeys([*own, *noted([*labels[row], names[value], grid.at(row, value)], marked)])
        )

    return [note(row, value) for row in rows for value in values]


def _headings(
    grid: Grid,
    rows: Sequence[int],
    values: Sequence[int],
    remarks: Sequence[int],
    names: Sequence[str],
    titles: Sequence[str],
) -> tuple[dict[int, str | None], list[Heading]]:
    """The place of the last heading above each record; and all headings: lines with one text and no value.

    A title that is there again, as on the next page of a print, heads nothing.
    """
    above: dict[int, str | None] = {}
    headings: list[Heading] = []
    records, last = set(rows), max(rows, default=0)
    for row in sorted({*rows, *(row for row in remarks if row < last)}):
        if row in records:
            above[row] = headings[-1].place if headings else None
        texts = [(column, text) for column in range(grid.width) if (text := grid.at(row, column))]
        text = texts[0][1] if len(texts) == 1 and texts[0][0] not in values else ""
        if not text and row in records:
            text = heading_of((), [said for _, said in texts])
        if text and row < last and tidy(text) not in titles:
            place = grid.locate(row, texts[0][0])
            column = next(
                (names[at] for at, said in texts if at not in values and tidy(said) == tidy(text)), ""
            )
            first, kept = len(above) == (row in records), row in records
            headings.append(Heading(place, text, first, kept, column))
    return above, headings


def _is_remark(grid: Grid, row: int, values: Sequence[int]) -> bool:
    """A line below or between the records: no value, and a footnote mark, a word such as Source, or one text alone."""
    texts = [text for text in map(tidy, grid.rows[row]) if text]
    if not texts or any(grid.at(row, value) for value in values):
        return False
    alone = len(texts) == 1 and grid.width - len(values) > 1
    return alone or bool(FOOTNOTE.match(texts[0]) or REMARK.match(texts[0]))


def _kept(grid: Grid, data: range, remarks: set[int], options: Options) -> list[int]:
    """Rows with content, less remarks and those that ``skip_rows`` or ``keep_rows`` leave out."""
    keep, skip = pattern_option(options, "keep_rows"), pattern_option(options, "skip_rows")
    rows = []
    for row in data:
        texts = grid.rows[row]
        if not any(texts) or row in remarks:
            continue
        line = tidy(" / ".join(texts)) if keep or skip else ""
        if (skip and skip.search(line)) or (keep and not keep.search(line)):
            continue
        rows.append(row)
    return rows


def _header_rows(grid: Grid, options: Options) -> list[int]:
    """Declared rows, or the first row that holds a declared value column, or a full one."""
    declared = options.get("header_rows", "auto")
    if declared != "auto":
        rows = row_list(declared, "header_rows")
        if not rows or rows[-1] >= len(grid.rows):
            raise ReadError("the declared header rows lie below the table", place=grid.place, remedy=CHANGED)
        return rows
    wanted = {name for entry in columns_option(options, "value_columns") for name in entry.split("|")}
    widest = max(sum(map(bool, row)) for row in grid.rows[:SEARCHED_ROWS])
    for number, row in enumerate(grid.rows[:SEARCHED_ROWS]):
        texts = {tidy(text) for text in row}
        if texts & wanted or (not wanted and sum(map(bool, row)) * 2 > widest):
            return [number]
    texts = {tidy(text) for row in grid.rows[:SEARCHED_ROWS] for text in row if text}
    named = ", ".join(f"{name!r}{did_you_mean(name, texts)}" for name in sorted(wanted))
    problem = f"no header was found with (option value_columns): {named}"
    raise ReadError(problem, place=grid.place, remedy=CHANGED)


def _names(grid: Grid, header: Sequence[int]) -> list[str]:
    """One name a column; several header rows are joined."""
    names = []
    for column in range(grid.width):
        parts = dict.fromkeys(grid.at(row, column).strip() for row in header)
        names.append(" / ".join(part for part in parts if part))
    return names


def _alternatives(names: Sequence[str], options: Options) -> list[str]:
    """``VALUE|txtVALUE`` is the first of the two that the file has."""
    entries = columns_option(options, "value_columns")
    if not entries:
        raise wrong_option("value_columns", None, "the names of the columns with values")
    return [next((n for n in entry.split("|") if n in names), entry) for entry in entries]


def _positions(names: Sequence[str], wanted: Iterable[str], grid: Grid, what: str) -> list[int]:
    """Places of the wanted columns; ``what``: the option that names them."""
    missing = [name for name in wanted if name not in names]
    if missing:
        raise missing_column(missing[0], names, f" (option {what})", grid.place)
    return [names.index(name) for name in wanted]
