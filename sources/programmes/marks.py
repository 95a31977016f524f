"""What is marked in the copy of a refused return.

Not here: finding it (``pipelines.programme_template.answer``), and marking it in another process, to which it goes as
JSON (``marked_copy``). Imported by these.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Marks:
    """What to mark in one workbook, in types that JSON has."""

    #: language of the form, in which everything is said
    language: str
    #: the first line of the list of problems
    message: str
    #: sentences on each faulty cell, by its place (``Flow!D7``)
    sentences: Mapping[str, list[str]]
    #: places of cells whose text is taken out
    emptied: list[str]
    #: sheets that get the form's own name again
    renamed: list[str]
    #: place and sentence of each problem, in order
    listed: list[list[str]]
