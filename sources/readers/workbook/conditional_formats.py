"""Conditional formats that hide what a cell holds, or write another text instead of it.

::

    B2:C9, less than 5: number format "<5"        3 is shown as <5, 33 as 33
    B2:C9, less than 5: white, struck out         3 (hidden on the page)
    B2:C9, a formula: white                       3 (a conditional format may hide it): nobody knows, so it is no number

Formats that only colour a cell are none of these. Not here: reading the rules of a workbook (``xlsx``,
``spreadsheet_xml``, which call this).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sources.readers.grid.table import Merge
from sources.readers.workbook.font_marks import raise_text
from sources.readers.workbook.number_formats import shown
from sources.readers.workbook.sheet import damaged

MAY_HIDE = "(a conditional format may hide it)"
#: areas of a sheet in which cells are hidden; each is compared with every cell
MOST_AREAS = 1_000
_COMPARED: dict[str, Callable[[float, list[float]], bool]] = {
    "lessThan": lambda value, limits: value < limits[0],
    "lessThanOrEqual": lambda value, limits: value <= limits[0],
    "greaterThan": lambda value, limits: value > limits[0],
    "greaterThanOrEqual": lambda value, limits: value >= limits[0],
    "equal": lambda value, limits: value == limits[0],
    "notEqual": lambda value, limits: value != limits[0],
    "between": lambda value, limits: limits[0] <= value <= limits[-1],
    "notBetween": lambda value, limits: not limits[0] <= value <= limits[-1],
    "always": lambda value, limits: True,
}


class Change(NamedTuple):
    """What is made of a cell."""

    #: another number format; None: the cell keeps its own
    code: str | None = None
    #: ``STRUCK`` or ``UNSEEN`` of ``font_marks``; empty: neither
    kind: str = ""


class Condition(NamedTuple):
    """Where, and for which values, a change is made."""

    #: first row, first column, last row, last column of each, from 0
    areas: Sequence[Merge]
    #: a key of ``_COMPARED``; empty: a formula, which is not calculated here
    operator: str
    #: what the value is compared with, as written
    limits: Sequence[str]
    #: what is made of a cell for which it holds
    change: Change


def bounded(conditions: list[Condition], place: str) -> list[Condition]:
    """The conditions of a sheet; ReadError where they are more than any office writes."""
    if sum(len(condition.areas) for condition in conditions) > MOST_AREAS:
        raise damaged(f"conditional formats hide cells in more than {MOST_AREAS} areas", place)
    return conditions


def changed(conditions: Sequence[Condition], place: tuple[int, int], text: str, value: float | None) -> str:
    """The text of a cell after the first condition that holds for it; ``value``: the number that it holds."""
    row, column = place
    for areas, operator, limits, change in conditions:
        if not any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in areas):
            continue
        holds = _holds(operator, limits, value)
        if holds is None and any(character.isdigit() for character in text):
            return f"{text} {MAY_HIDE}"
        if holds and change.kind:
            return raise_text(text, change.kind)
        if holds and change.code is not None and value is not None:
            return shown(value, change.code)
    return text


def _holds(operator: str, limits: Sequence[str], value: float | None) -> bool | None:
    """Whether a comparison holds; None where only the program that made the file knows."""
    try:
        numbers = [float(limit) for limit in limits]
    except ValueError:
        return None
    if operator == "always":
        return True
    if operator not in _COMPARED or not numbers:
        return None
    return value is not None and _COMPARED[operator](value, numbers)
