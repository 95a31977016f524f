"""Columns of a PDF's table that has no rules, where words are found for rules: what such columns cut off.

::

                          2022         2023
    Чуйская область       1 204        1 140        "222" would lie beside the last column, which ends
    Кыргызстан       1 412 045    1 311 222         where most of its words do: refused

A column of few words is none to pdfplumber, and one begins and ends where most of its words do. So the beginning or the
end of a long figure would be lost, or be a part of another one.

Not here: finding the tables (``pdf_objects``) and reading their cells (``pdf``, the only caller).
"""

import itertools
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from pdfplumber.page import Page

from sources.cells import ReadError
from sources.readers.pdf_pages import between, by_height, lies_in

# Of a character's size: a narrower gap lies between the groups of one figure, a wider one between two.
_BETWEEN_GROUPS = 0.6
_REMEDY = "Declare where its columns are (table_settings: explicit_vertical_lines, min_words_vertical), or layout: text"


def refuse_cut_off(page: Page, tables: Sequence[Any]) -> None:
    """ReadError where a row of a table has text in no column, or a figure in two."""
    heights = by_height(page.chars)
    for table in tables:
        others = [other.bbox for other in tables if other is not table]
        for row in table.rows:
            band = (0.0, row.bbox[1], float(page.width), row.bbox[3])
            near = [char for char in between(heights, band[1], band[3]) if char["text"].strip()]
            chars = sorted((char for char in near if lies_in(char, band)), key=itemgetter("x0"))
            problem = _problem(chars, [box[0] for box in row.cells if box], table.bbox, others)
            if problem:
                said = "".join(char["text"] for char in chars)[:100]
                raise ReadError(f"row '{said}': {problem}", place=f"page {page.page_number}", remedy=_REMEDY)


def _problem(
    chars: Sequence[dict[str, Any]],
    edges: Sequence[float],
    table: tuple[float, float, float, float],
    others: Sequence[tuple[float, float, float, float]],
) -> str:
    """What of a row's characters, from left to right, the columns cut off; "" if nothing."""
    for char in chars:
        if not table[0] <= _middle(char) <= table[2] and not any(lies_in(char, other) for other in others):
            return "there is text beside all columns of its table"
    for one, other in itertools.pairwise(chars):
        together = other["x0"] - one["x1"] < _BETWEEN_GROUPS * one["size"]
        digits = one["text"].isdigit() and other["text"].isdigit()
        if together and digits and any(_middle(one) < edge <= _middle(other) for edge in edges):
            return "a figure lies in two columns of its table"
    return ""


def _middle(char: dict[str, Any]) -> float:
    return float(char["x0"] + char["x1"]) / 2
