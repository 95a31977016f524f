"""Hidden rows and columns of a sheet: its texts at their places without them, and what was passed over.

::

    row 6 hidden: Osh 5            -> the grid has an empty row 6; passed over: "sheet R1 row 6"
    hidden cells of an HTML table  -> their rows are without them; passed over: "sheet Table 1 hidden cells: 3"
    A5:A7 merged, row 5 hidden     -> its text stands in A6, where a person sees it
    a comment on A1, row 1 hidden  -> nobody sees it, and it is no title

Rows keep their numbers, so that a place names the cell of the file. Not here: which rows a file hides (``xlsx``,
``xls``, ``ods``), hidden parts of an HTML page (``hidden_html``), and the option ``hidden`` (``excel``, the caller).
"""

from functools import partial

from sources.readers.grid.table import Grid, Merge, column_letters
from sources.readers.workbook.sheet import Content, check_extent


def visible_grid(name: str, content: Content, include: bool) -> tuple[Grid, list[str]]:
    """One sheet as texts at their places; hidden rows and columns are blank. And what was passed over."""
    hidden_rows = set() if include else content.hidden_rows
    hidden_columns = set() if include else content.hidden_columns
    count, _ = check_extent(content.texts, name)
    rows: list[list[str]] = [[] for _ in range(count)]
    passed_rows, passed_columns = set(), set()
    merges = [_visible(merge, hidden_rows, hidden_columns) for merge in content.merges]
    moved = {old[:2]: new[:2] for old, new in zip(content.merges, merges, strict=True) if new}
    for place, text in sorted(content.texts.items()):
        row, column = moved.get(place, place)
        if row in hidden_rows or column in hidden_columns:
            passed_rows |= {row} & hidden_rows
            passed_columns |= {column} & hidden_columns
            continue
        texts = rows[row]
        texts.extend([""] * (column - len(texts) + 1))
        texts[column] = text
    hidden = [f"sheet {name} row {row + 1}" for row in sorted(passed_rows)]
    hidden += [f"sheet {name} column {column_letters(column)}" for column in sorted(passed_columns)]
    hidden += [f"sheet {name} hidden cells: {content.hidden_cells}"] if content.hidden_cells else []
    comments = [(moved.get(place, place), text) for place, text in content.comments.items()]
    grid = Grid(
        name,
        rows,
        [merge for merge in merges if merge],
        partial(_locate, name),
        f"sheet {name}",
        frozenset(hidden_rows),
        frozenset(hidden_columns),
        content.heading,
        content.foot,
        {moved.get(place, place): word for place, word in content.scaled.items()},
        {
            (row, column): text
            for (row, column), text in comments
            if not (row in hidden_rows or column in hidden_columns)
        },
    )
    return grid, hidden


def _visible(merge: Merge, hidden_rows: set[int], hidden_columns: set[int]) -> Merge | None:
    """A merged cell begins at its first visible place: there its text is seen."""
    top, left, bottom, right = merge
    while top <= bottom and top in hidden_rows:
        top += 1
    while left <= right and left in hidden_columns:
        left += 1
    return (top, left, bottom, right) if top <= bottom and left <= right else None


def _locate(sheet: str, row: int, column: int) -> str:
    return f"{sheet}!{column_letters(column)}{row + 1}"
