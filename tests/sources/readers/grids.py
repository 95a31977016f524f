"""Small grids written as text, for the tests of both layouts and of their parts."""

from typing import Any

from sources.readers.grid.table import Grid, Merge, column_letters


def grid(text: str, merges: tuple[Merge, ...] = (), **more: Any) -> Grid:
    """A table whose rows are lines and whose cells end at a bar; its places are those of a spreadsheet."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").split("\n")]
    return Grid(
        "T", rows, list(merges), lambda row, column: f"{column_letters(column)}{row + 1}", "sheet T", **more
    )
