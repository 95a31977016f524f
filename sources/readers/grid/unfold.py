"""One table of texts to long cells: the choice of layout; and several tables as one.

Not here: the layouts (``cross``, ``records``). Called by ``excel`` and ``pdf``, whose opening pages list the options.
"""

from collections.abc import Sequence

import pyarrow as pa

from sources.cells import Options, ReadError, option
from sources.readers.grid.cross import cross
from sources.readers.grid.records import records
from sources.readers.grid.table import CHANGED, CORRECT, Grid
from sources.readers.headings import headings_of, with_heading_list
from sources.readers.left_out import left_out_of, with_left_out


def unfold(grid: Grid, options: Options) -> pa.Table:
    """Long cells of one table; ReadError where it is none of the declared layout."""
    layout = option(options, "layout", "cross", allowed=("cross", "records"))
    if not any(text.strip() for row in grid.rows for text in row):
        raise ReadError("there is no cell with content", place=grid.place, remedy=CHANGED)
    return records(grid, options) if layout == "records" else cross(grid, options)


def concat(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables of several sheets or pages as one; a column that one lacks is null there. ReadError of none."""
    if not tables:
        raise ReadError("no table was read", remedy=CORRECT)
    whole = pa.concat_tables(tables, promote_options="default").combine_chunks()
    whole = with_left_out(
        whole.replace_schema_metadata(None), [row for table in tables for row in left_out_of(table)]
    )
    return with_heading_list(whole, [own for table in tables for own in headings_of(table)])
