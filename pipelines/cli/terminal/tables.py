"""Rows as a table on the terminal, or as CSV, JSON or Parquet on standard output or in a file.

CSV has the texts as they are stored, for programs; where one would run as a formula in a spreadsheet, a note on
standard error says so. Not here: where the rows come from (``pipelines.published``) and exports for people who do not
use SQL, in which no text is a formula (``pipelines.export``). Called for ``dvstats query`` and ``dvstats list``.
"""

import csv
import io
import json
import math
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.text import Text

from data_contracts.errors import UserError
from data_contracts.spreadsheets import BEGINNING, INSIDE, runs_as_formula
from pipelines.cli.terminal.console import console, named, plain_table, safe, shown
from sources.durable import write_named

FORMATS = ("table", "csv", "json", "parquet")
# A longer word is an address or a checksum, which may be folded.
LONGEST_WORD = 40
BETWEEN_COLUMNS = 3
_SUFFIXES = {".csv": "csv", ".json": "json", ".parquet": "parquet"}


def chosen_format(wanted: str | None, output: Path | None) -> str:
    """The format that was named, else what the suffix of the file implies; :class:`UserError` without either."""
    if output is None:
        if wanted == "parquet":
            raise UserError("Parquet is binary: name a file with --output.")
        return wanted or "table"
    implied = _SUFFIXES.get(output.suffix.lower())
    if wanted or implied:
        return str(wanted or implied)
    raise UserError(
        f"{output} does not say which format to write. Name it .csv, .json or .parquet, "
        f"or add --format {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
    )


def write(data: pa.Table, kind: str, output: Path | None, *, first: int | None = None) -> None:
    """Rows in a format to standard output, or to a file, whose name, format and size are then printed.

    ``first``: a table on the terminal shows only so many rows, and says of how many they are the first.
    """
    if kind == "csv" and (formulas := _formulas(data)):
        print(
            f"dvstats: note: {formulas} texts begin as a formula does. In a spreadsheet import them as text, or use "
            "`dvstats export csv`, which guards them.",
            file=sys.stderr,
        )
    if output is None:
        _print(data, kind, first)
        return
    write_named(output, _parquet(data) if kind == "parquet" else _TEXTS[kind](data).encode())
    print(f"{output}: {data.num_rows:,} rows, {data.num_columns} columns, as {kind}")


def _parquet(data: pa.Table) -> bytes:
    content = io.BytesIO()
    pq.write_table(data, content)
    return content.getvalue()


def _print(data: pa.Table, kind: str, first: int | None) -> None:
    if kind == "table":
        target = console()
        shown_rows = data.slice(0, first)
        if sys.stdout.isatty() and _narrowest(shown_rows) > target.width:
            for number, row in enumerate(_rows(shown_rows), start=1):
                _record(target, number, shown_rows.column_names, row)
        else:
            target.print(_table(shown_rows))
        all_shown = shown_rows.num_rows == data.num_rows
        size = f"{data.num_rows} rows" if all_shown else f"the first {first} of {data.num_rows} rows"
        target.print(f"({size})", style="dim")
        return
    text = _TEXTS[kind](data)
    # A program that reads the output gets the exact text, a terminal gets nothing that could control it.
    sys.stdout.write(safe(text) if sys.stdout.isatty() else text)


def _rows(data: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Rows by position: two columns of an answer may have the same name."""
    return zip(*map(_values, data.column_names, data.columns), strict=True)


def _values(name: str, column: pa.ChunkedArray) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
        return values
    except (OverflowError, ValueError) as error:
        raise UserError(
            f"The column {safe(name)} holds a date or a time that cannot be shown ({error}). Write it as a text: "
            f"CAST({safe(name)} AS VARCHAR)."
        ) from error


def _table(data: pa.Table) -> Any:
    grid = plain_table()
    for name, kind in zip(data.column_names, data.schema.types, strict=True):
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        grid.add_column(Text(safe(name)), justify="right" if number else "left", overflow="fold")
    for row in _rows(data):
        grid.add_row(*(Text(shown(value)) for value in row))
    return grid


def _narrowest(data: pa.Table) -> int:
    """Columns that the table needs at least so that no word is cut: an identifier, a number, the name of a column."""
    widths = []
    for name, column in zip(data.column_names, data.columns, strict=True):
        words = [word for value in _values(name, column) for word in shown(value).split()]
        widths.append(max(len(word) for word in (safe(name), *words) if len(word) <= LONGEST_WORD))
    return sum(widths) + BETWEEN_COLUMNS * max(0, len(widths) - 1)


def _record(target: Console, number: int, names: Sequence[str], row: Sequence[Any]) -> None:
    """One row as lines of its own, as a narrow terminal shows it whole."""
    target.print(f"row {number}", style="dim")
    for name, value in zip(names, row, strict=True):
        target.print(named(safe(name), value), soft_wrap=True)
    target.print()


def _table_text(data: pa.Table) -> str:
    sink = io.StringIO()
    Console(file=sink, width=100_000, no_color=True).print(_table(data))
    return "".join(f"{line.rstrip()}\n" for line in sink.getvalue().splitlines())


def _json_text(data: pa.Table) -> str:
    twice = next((name for name in data.column_names if data.column_names.count(name) > 1), None)
    if twice is not None:
        raise UserError(
            f"Two columns are called {safe(twice)}, of which JSON would keep one. Name them with AS."
        )
    rows = [dict(zip(data.column_names, row, strict=True)) for row in _rows(data)]
    return json.dumps(_finite(rows), default=_json_value, ensure_ascii=False, indent=1) + "\n"


def _json_value(value: Any) -> Any:
    """What JSON has no type for: sums are decimals in DuckDB, and numbers stay numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _finite(value: Any) -> Any:
    """JSON knows neither NaN nor infinity: they become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_finite(part) for part in value]
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return value


def _csv_text(data: pa.Table) -> str:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(data.column_names)
    for row in _rows(data):
        writer.writerow(["" if value is None else value for value in row])
    return sink.getvalue()


def _formulas(data: pa.Table) -> int:
    """How many texts a spreadsheet would run."""
    texts = [column for column in data.columns if pa.types.is_string(column.type)]
    begun = [column.filter(pc.match_substring_regex(column, f"{BEGINNING}|{INSIDE}")) for column in texts]
    return sum(runs_as_formula(text) for column in begun for text in column.to_pylist())


_TEXTS = {"table": _table_text, "csv": _csv_text, "json": _json_text}
