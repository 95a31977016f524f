"""Rows of several dataflows in one file that the declaration reads as one indicator.

::

    DATAFLOW "EX:ORDERS(1.0)" and "EX:COMPLAINTS(1.0)", indicator: const      refused: one of the two is something else
    the same with where: {DATAFLOW: ["EX:ORDERS(1.0)"]}                       fine
    DATAFLOW "EX:ORDERS(1.0)" and "EX:ORDERS(1.1)"                            fine: versions of one

Where a column says what is counted (``indicator: {column: INDICATOR}``) a dataflow may well hold a part of it. The
column is in SDMX-CSV (``STRUCTURE_ID`` in 2.x); the readers of SDMX-ML and SDMX-JSON make it where a message has
several. Called by ``one_file``.
"""

import re

from sources.readers.sdmx_csv import DATAFLOW, STRUCTURE_ID
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells

_VERSION = re.compile(r"\([^()]*\)$")


def several_dataflows(file: FileCells) -> tuple[EncodedColumn, ...]:
    """Refusals of all rows that name a dataflow, in a file of which the rows name several."""
    parts = file.dataset.concepts.get("indicator", ())
    if "indicator" not in file.facts.constants and any(part.const is None for part in parts):
        return ()
    read = {*file.dataset.columns, *file.dataset.where}
    found = []
    for name in (DATAFLOW, STRUCTURE_ID):
        if name not in file.present or name in read:
            continue
        texts = file.texts(name)
        flows = dict.fromkeys(_VERSION.sub("", text) for text in texts.dictionary if text)
        if len(flows) > 1:
            refusal = file.lookups.refusal("several_dataflows", place=name, value=", ".join(flows)[:200])
            found.append(texts.recoded({text: refusal for text in texts.dictionary if text}.get))
    return tuple(found)
