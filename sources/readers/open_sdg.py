"""Open SDG builds: the data and headline files of an indicator, CSV or JSON, in any language edition.

::

    Year,Sex,COMMENT_OBS_0,Value          {"data": {"Year": [2023], "Sex": [null], "Value": [11357]},
    2018,Female,r,3331.0                   "edges": []}                 comb/ID.json
    2023,,,11357                          {"Year": [2023], ...}         data/ID.json
                                          [{"Year": 2023, "Value": 1}]  headline/ID.json

``Value`` is the value; flag and footnote columns become ``_note``; every other column is a dimension, its
header and labels as published (they differ between editions and builds). An empty dimension cell, empty in
CSV and null in JSON, is "" (total, or not applicable). A file with a header and no rows is an empty table.
The dummy rows that the Open SDG starter repository ships are refused: they are nobody's statistics.

What stands beside ``data`` and ``edges`` in a JSON file is title and lines below the table.

Options: ``encoding``, and for CSV ``delimiter`` (default a comma), ``final_newline`` and ``stop_at`` as in
``delimited`` (builds end every line, so ``required`` catches a file cut off); ``value`` (default ``Value``);
``note_columns`` (list; default: the headers ``COMMENT_OBS…``, ``Observation-level footnotes`` and its Russian form).
Locators: ``line N, column Value``, or the JSON pointer of the value.

Not here: other CSV (``delimited``) and other JSON (``json_table``). Read through ``protocol``.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from sources.cells import LOCATOR, NOTE, VALUE, Options, ReadError
from sources.column_names import visible_name
from sources.readers.delimited_records import below_stop, fitted, misfit, open_text, records
from sources.readers.json_said import said_beside
from sources.readers.json_text import expect_list, expect_object, load, pointer, scalar
from sources.readers.left_out import Left, with_left_out
from sources.readers.options import LineOptions, Names, Text
from sources.readers.text import (
    column_twice,
    columns_option,
    decode,
    joined,
    missing_column,
    refuse_sparse,
    text_table,
    unique_names,
    with_problems,
)

_NOTES = re.compile(
    r"^(COMMENT_OBS(_\d+)?|Observation-level footnotes|Сноски на уровне наблюдени[яй])$", re.IGNORECASE
)
_YEAR = "Year"

# (place of the value, cells of the record); an absent cell is null
_Row = tuple[str, Sequence[str | None]]


class DeclaredOptions(LineOptions):
    """What a declaration may say; see the head of the module."""

    value: Text | None = None
    note_columns: Names | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of an Open SDG data or headline file."""
    value = str(options.get("value", "Value"))
    left: list[Left] = []
    said: dict[str, str] = {}
    if decode(content, options).lstrip().startswith(("{", "[")):
        document = load(content, options)
        names, rows = _json_rows(document, value)
        said = _said_beside(document)
    else:
        text, delimiter = open_text(content, {"delimiter": ",", **options})
        names, rows = _csv_rows(text, delimiter, options, value)
        left = below_stop(text, delimiter, options)
    if not names:
        return text_table({VALUE: [], LOCATOR: []})
    for required, where in ((_YEAR, ""), (value, " (option value)")):
        if required not in names:
            raise missing_column(required, names, where)
    table = with_left_out(_table(names, list(rows), value, _note_positions(names, options)), left)
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **said} or None)


def _said_beside(document: Any) -> dict[str, str]:
    """Title and other texts beside the columns; not the edges, which say which columns belong together."""
    if not isinstance(document, dict) or not isinstance(document.get("data"), dict):
        return {}
    return said_beside({key: node for key, node in document.items() if key != "edges"}, "/data")


def _csv_rows(text: str, delimiter: str, options: Options, value: str) -> tuple[list[str], Iterator[_Row]]:
    stream = records(text, delimiter, options)
    header = next(stream)[1]
    names = unique_names(header)
    if [visible_name(text) for text in header].count(value) > 1:
        raise column_twice(value)
    return names, ((f"line {line}, column {value}", row) for line, row in stream)


def _json_rows(document: Any, value: str) -> tuple[list[str], Iterator[_Row]]:
    if isinstance(document, list):
        return _from_records(document, value)
    columns, base = expect_object(document, ""), ""
    if isinstance(columns.get("data"), dict):
        columns, base = columns["data"], "/data"
    if not columns:
        raise ReadError("the JSON names no column", place=base or "/", remedy="Check the address")
    return _from_columns(columns, base, value)


def _from_records(document: list[Any], value: str) -> tuple[list[str], Iterator[_Row]]:
    rows = [expect_object(row, f"/{position}") for position, row in enumerate(document)]
    names = list(dict.fromkeys(itertools.chain.from_iterable(rows)))
    refuse_sparse(rows, len(names))

    def cells() -> Iterator[_Row]:
        for position, row in enumerate(rows):
            yield (
                pointer((position, value)),
                [_cell(row[name], (position, name)) if name in row else None for name in names],
            )

    return names, cells()


def _from_columns(columns: dict[str, Any], base: str, value: str) -> tuple[list[str], Iterator[_Row]]:
    lists = {name: expect_list(column, base + pointer((name,))) for name, column in columns.items()}
    lengths = {len(column) for column in lists.values()}
    if len(lengths) > 1:
        described = ", ".join(f"{name} {len(column)}" for name, column in lists.items())
        raise ReadError(
            f"the columns differ in length: {described}", place=base or "/", remedy="Fetch the file again"
        )

    def cells() -> Iterator[_Row]:
        for position in range(max(lengths, default=0)):
            yield (
                base + pointer((value, position)),
                [_cell(column[position], (name, position)) for name, column in lists.items()],
            )

    return list(lists), cells()


def _cell(node: Any, path: tuple[str | int, ...]) -> str:
    """Text of a JSON cell; null is the empty cell, as it is in the CSV of the same build."""
    text = scalar(node, pointer(path))
    return "" if text is None else text


def _note_positions(names: Sequence[str], options: Options) -> list[int]:
    if "note_columns" not in options:
        return [position for position, name in enumerate(names) if _NOTES.match(name)]
    declared = columns_option(options, "note_columns")
    missing = [name for name in declared if name not in names]
    if missing:
        raise missing_column(missing[0], names, " (option note_columns)")
    return [names.index(name) for name in declared]


def _table(names: Sequence[str], rows: Sequence[_Row], value: str, notes: Sequence[int]) -> pa.Table:
    no_dimensions = {names.index(value), *notes}
    dimensions = {name: position for position, name in enumerate(names) if position not in no_dimensions}
    problems = [misfit(row, len(names)) for _, row in rows]
    cells = [
        fitted(row, len(names)) if problem else row for (_, row), problem in zip(rows, problems, strict=True)
    ]
    columns: dict[str, list[str | None]] = {
        VALUE: _column(cells, names.index(value)),
        LOCATOR: [place for place, _ in rows],
        NOTE: [joined(row[position] for position in notes) for row in cells],
    }
    for name, position in dimensions.items():
        columns[name] = _column(cells, position)
    _refuse_placeholders(columns, list(dimensions))
    return with_problems(text_table(columns), problems)


def _column(cells: Iterable[Sequence[str | None]], position: int) -> list[str | None]:
    return [row[position] for row in cells]


def _refuse_placeholders(columns: dict[str, list[str | None]], dimensions: Sequence[str]) -> None:
    """The starter's rows: one dimension, A and B and a total, with 1, 3 and 2 in the same year."""
    if len(dimensions) != 2:
        return
    (group,) = (name for name in dimensions if name != _YEAR)
    if not {"A", "B"} <= set(columns[group]) <= {"A", "B", "", None}:
        return
    years: dict[str | None, set[tuple[str, str]]] = {}
    for year, label, text in zip(columns[_YEAR], columns[group], columns[VALUE], strict=True):
        years.setdefault(year, set()).add((label or "", (text or "").removesuffix(".0")))
    if any({("A", "1"), ("B", "3"), ("", "2")} <= found for found in years.values()):
        raise ReadError(
            "the file holds the placeholder rows of the Open SDG starter (groups A and B), not data",
            place=columns[LOCATOR][0] or "",
            remedy="Do not load it; the publisher has not started this indicator",
        )
