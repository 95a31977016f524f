"""What is marked in the copy of a refused return.

Not here: finding it (``pipelines.programme_template.answer``), and marking it in another process, to which it goes as
JSON (``marked_copy``). Imported by these.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Marks:
    """What to mark: ``sentences`` by cell, cells to be ``emptied``, sheets to be ``renamed``, and the whole list.

    ``listed``: place and sentence of each problem. All of it is as JSON knows it.
    """

    language: str
    message: str
    sentences: Mapping[str, list[str]]
    emptied: list[str]
    renamed: list[str]
    listed: list[list[str]]
