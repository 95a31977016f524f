"""Cases of a test as a table of text, where each is a few short texts. Called by the modules of such tests.

Not here: tables as they are in files (``tests.workbooks``, ``tests.sources.readers.grids``).
"""

import re


def text_table(text: str) -> list[tuple[str, ...]]:
    r"""A row a line, its cells between `` | ``, without the spaces around them; ``\n`` is a line break of the cell."""
    rows = [re.split(r" \|(?= |$)", line) for line in text.strip().splitlines()]
    return [tuple(cell.strip().replace("\\n", "\n") for cell in row) for row in rows]
