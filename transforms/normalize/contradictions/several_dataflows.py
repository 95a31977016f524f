"""Rows of several dataflows in one file that the declaration reads as one indicator.

::

    DATAFLOW "EX:ORDERS(1.0)" and "EX:COMPLAINTS(1.0)", indicator: const      refused: one of the two is something else
    the same with where: {DATAFLOW: ["EX:ORDERS(1.0)"]}                       fine
    DATAFLOW "EX:ORDERS(1.0)" and "EX:ORDERS(1.1)"                            fine: versions of one

Where a column says what is counted (``indicator: {column: INDICATOR}``) a dataflow may well hold a part of it. The
column is in SDMX-CSV (``STRUCTURE_ID`` in 2.x); the readers of SDMX-ML and SDMX-JSON make it where a message has
several. Called by ``one_file`` and, for the dataflows of a large file, of which a part may hold one, by
``dividing_columns`` and ``in_parts``.
"""

import re
from collections.abc import Iterator

from sources.readers.sdmx_csv import DATAFLOW, STRUCTURE_ID
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells, Unread

_VERSION = re.compile(r"\([^()]*\)$")


def flow_columns(file: FileCells) -> Iterator[str]:
    """Columns of dataflows, where the declaration reads all rows as one indicator and no such column."""
    parts = file.dataset.concepts.get("indicator", ())
    if "indicator" in file.facts.constants or all(part.const is not None for part in parts):
        read = {*file.dataset.columns, *file.dataset.where}
        yield from (name for name in (DATAFLOW, STRUCTURE_ID) if name in file.present and name not in read)


def flows_in(file: FileCells, column: str) -> dict[str, None]:
    """The dataflows that a column names, in their order; versions of one are one."""
    return dict.fromkeys(_VERSION.sub("", text) for text in file.texts(column).dictionary if text)


def several_dataflows(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refusals of all rows that name a dataflow, in a file of which the rows name several."""
    found = []
    for name in flow_columns(file):
        flows = (file.unread or Unread()).flows.get(name, ())
        if len(flows) > 1:
            texts = file.texts(name)
            refusal = file.lookups.refusal("several_dataflows", place=name, value=", ".join(flows)[:200])
            found.append(texts.recoded({text: refusal for text in texts.dictionary if text}.get))
    return tuple(found)
