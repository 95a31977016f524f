"""Rows with figures below the line at which ``stop_at`` or ``last_data_row`` ends a table: not read, and a finding.

::

    stop_at: ^Женщины
    Абай      12
    Женщины                  -> the table ends here
    Абай       5             -> [["line 4", "Абай | 5"]] in the table's metadata (``LEFT_OUT``)
    Source: ministry         no figure: nothing is said; a header of years has none either

Not here: where a table ends (``grid.cell_references``, ``delimited_records``), and the finding
(``transforms.files_to_observations``). Called by the readers that have the option.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from sources.cells import LEFT_OUT, LOCATOR

_FIGURE = re.compile(r"(?!(?:19|20)[0-9]{2}$)[-<>≈~]?[0-9][0-9.,\s]*[%*]?")

Left = tuple[str, str]


def rows_with_figures(
    rows: Iterable[tuple[int, Sequence[str]]], locate: Callable[[int, int], str]
) -> list[Left]:
    """Of rows (number, cells) those that have a text and a figure behind it: its place, and the words of the row."""
    found = []
    for row, cells in rows:
        texts = [(column, " ".join(cell.split())) for column, cell in enumerate(cells) if cell.strip()]
        figure = next((column for column, text in texts[1:] if _FIGURE.fullmatch(text)), None)
        if figure is not None:
            found.append((locate(row, figure), " | ".join(text for _, text in texts)[:80]))
    return found


def with_left_out(table: pa.Table, rows: Sequence[Left]) -> pa.Table:
    """The table with the rows that were left out of it, less those that another part of the file has read."""
    if not rows:
        return table
    read = {locator.partition(",")[0] for locator in table[LOCATOR].to_pylist()}
    left = [row for row in rows if row[0] not in read]
    said = json.dumps(left, ensure_ascii=False).encode()
    return table.replace_schema_metadata({**(table.schema.metadata or {}), LEFT_OUT: said}) if left else table


def left_out_of(table: pa.Table) -> list[Left]:
    """The rows that were left out of a table."""
    return [(place, words) for place, words in json.loads((table.schema.metadata or {}).get(LEFT_OUT, b"[]"))]
