"""What a person sees of the characters of a PDF: struck out, white on white, covered, over one another, far apart.

Such a character gets a mark (``char[MARK]``), which is put behind the text of its cell: ``12 (struck out)`` is no
number, so that the cell is refused with its place and neither published nor taken for a blank. Not here: raised
digits, turned text, and tables (``pdf``, the only caller).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from pdfminer.layout import LTContainer
from pdfplumber.page import Page

from sources.cells import ReadError
from sources.readers.workbook.hidden_html import NOT_SEEN

#: key of a character for what a person sees of it
MARK = "seen"
STRUCK_OUT = "(struck out)"
OVERPRINTED = "(printed over one another)"
# Of a character's size: two digits of one number are not so far apart, nor is a group of thousands.
_APART = 1.2
# A line strikes out what it crosses between these parts of the height, where characters fill most of its length.
_MIDDLE = (0.3, 0.75)
_FILLED = 0.7
# As white as paper, or as black as what is blacked out.
_NEARLY = 0.05
# Two digits of one place, and how many neighbours of a digit may be there.
_OVERLAP, _NEIGHBOURS = 0.5, 4
# Characters under later drawings: comparisons of both that take some seconds.
MOST_COVERED = 200_000_000
# In other colour spaces, such as Separation, 1 may be all of the ink.
_OF_LIGHT = (None, "DeviceGray", "DeviceRGB", "DeviceCMYK", "CalGray", "CalRGB", "ICCBased")

_Drawn = dict[str, Any]


def mark_unseen(page: Page) -> None:
    """Mark the white characters that nothing lies behind."""
    white = [char for char in page.chars if _is_white(char) and not char["text"].isspace()]
    if not white:
        return
    behind = [drawn for drawn in (*page.rects, *page.curves) if drawn["fill"] and not _is_white(drawn)]
    behind += page.images
    for char in white:
        if not any(_covers(drawn, char) for drawn in behind):
            char[MARK] = NOT_SEEN


def mark_undrawn(page: Page, undrawn: Sequence[bool]) -> None:
    """Mark the characters that are written without being drawn; ``undrawn``: one for each in the order of the file."""
    if any(undrawn) and len(undrawn) == len(page.chars):
        for char, hidden in zip(page.chars, undrawn, strict=True):
            if hidden:
                char[MARK] = NOT_SEEN


def mark_covered(page: Page) -> None:
    """Mark the characters over which a white or black area was drawn later."""
    order = {"char": list[int](), "rect": list[int]()}
    for number, kind in enumerate(_kinds(page.layout)):
        if kind in order:
            order[kind].append(number)
    if len(order["char"]) != len(page.chars) or len(order["rect"]) != len(page.rects) or not page.chars:
        return
    chars = page.chars
    across, down = (
        np.array([(char[a] + char[b]) / 2 for char in chars]) for a, b in (("x0", "x1"), ("top", "bottom"))
    )
    written = np.array(order["char"])
    areas = [
        (number, rect)
        for number, rect in zip(order["rect"], page.rects, strict=True)
        if rect["fill"] and number > written[0] and rect["height"] > 2 and _is_plain(rect)
    ]
    if len(areas) * len(chars) > MOST_COVERED:
        raise ReadError(
            "its pages hold more areas than any table has", remedy="Look at the file: is it a report?"
        )
    for number, rect in areas:
        inside = (
            (rect["x0"] <= across) & (across <= rect["x1"]) & (rect["top"] <= down) & (down <= rect["bottom"])
        )
        for place in np.flatnonzero(inside & (written < number)).tolist():
            if not chars[place]["text"].isspace():
                chars[place][MARK] = NOT_SEEN


def _kinds(container: Any) -> Iterator[str]:
    """The kinds of what is drawn, in its order; those that pdfplumber lists."""
    for drawn in container:
        if isinstance(drawn, LTContainer):
            yield from _kinds(drawn)
        else:
            yield type(drawn).__name__.removeprefix("LT").lower()


def mark_overprinted(page: Page) -> None:
    """Mark the digits that are printed over other ones: nobody can say which of the two figures is meant."""
    digits = [char for char in page.chars if char["text"].isdigit()]
    by_line: dict[int, list[_Drawn]] = {}
    for char in digits:
        by_line.setdefault(int((char["top"] + char["bottom"]) // 2), []).append(char)
    for point, line in by_line.items():
        near = sorted([*line, *by_line.get(point + 1, ())], key=lambda char: char["x0"])
        for place, char in enumerate(near):
            for other in near[place + 1 : place + 1 + _NEIGHBOURS]:
                shared = min(char["x1"], other["x1"]) - other["x0"]
                if shared > _OVERLAP * min(char["width"], other["width"]) and _level(char, other):
                    char[MARK] = other[MARK] = OVERPRINTED


def _level(char: _Drawn, other: _Drawn) -> bool:
    """Whether two characters share most of their height."""
    shared = min(char["bottom"], other["bottom"]) - max(char["top"], other["top"])
    return bool(shared > _OVERLAP * min(char["height"], other["height"]))


def mark_struck(page: Page) -> None:
    """Mark the characters that a line of their own crosses in the middle; a rule of a table is longer."""
    rules = [rule for rule in page.edges if rule["orientation"] == "h" and rule["x1"] > rule["x0"]]
    by_height: dict[int, list[_Drawn]] = {}
    for char in page.chars if rules else ():
        for point in range(int(char["top"]), int(char["bottom"]) + 1):
            by_height.setdefault(point, []).append(char)
    for rule in rules:
        near = by_height.get(int(rule["top"]), ())
        crossed = [char for char in near if not char["text"].isspace() and _crosses(rule, char)]
        length = sum(min(char["x1"], rule["x1"]) - max(char["x0"], rule["x0"]) for char in crossed)
        if length > _FILLED * (rule["x1"] - rule["x0"]):
            for char in crossed:
                char[MARK] = STRUCK_OUT


def divided(chars: Iterable[_Drawn]) -> list[list[_Drawn]]:
    """The characters of a cell in one line, divided where two digits are far apart; of more lines as they are."""
    chars = list(chars)
    printed = sorted((char for char in chars if not char["text"].isspace()), key=lambda char: char["x0"])
    if not printed or _lines_apart(printed):
        return [chars]
    pairs = zip(printed, printed[1:], strict=False)
    starts = [after["x0"] for before, after in pairs if far_apart(before, after)]
    pieces: list[list[_Drawn]] = [[] for _ in range(len(starts) + 1)]
    for char in chars:
        pieces[bisect_right(starts, char["x0"])].append(char)
    return pieces


def far_apart(before: _Drawn, after: _Drawn) -> bool:
    """Whether two digits that follow each other belong to two figures."""
    digits = before["text"].isdigit() and after["text"].isdigit()
    return bool(digits and after["x0"] - before["x1"] > _APART * min(before["size"], after["size"]))


def _lines_apart(printed: Sequence[_Drawn]) -> bool:
    bottoms = [char["bottom"] for char in printed]
    return bool(max(bottoms) - min(bottoms) > 0.7 * max(char["size"] for char in printed))


def _crosses(rule: _Drawn, char: _Drawn) -> bool:
    height = char["bottom"] - char["top"]
    top, bottom = (char["top"] + part * height for part in _MIDDLE)
    across = (char["x0"] + char["x1"]) / 2
    return bool(top < rule["top"] < bottom and rule["x0"] <= across <= rule["x1"])


def _color(drawn: _Drawn) -> tuple[float, ...]:
    color = drawn.get("non_stroking_color") if drawn.get("ncs") in _OF_LIGHT else None
    return tuple(color) if isinstance(color, list | tuple) else () if color is None else (color,)


def _is_white(drawn: _Drawn) -> bool:
    color = _color(drawn)
    if len(color) == 4:
        return all(part <= _NEARLY for part in color)
    return bool(color) and all(part >= 1 - _NEARLY for part in color)


def _is_plain(drawn: _Drawn) -> bool:
    """White or black; what has another colour may be a mark through which a text is seen."""
    color = _color(drawn)
    black = (len(color) == 4 and color[3] >= 1 - _NEARLY) or (len(color) in (1, 3) and max(color) <= _NEARLY)
    return black or _is_white(drawn)


def _covers(drawn: _Drawn, char: _Drawn) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(drawn["x0"] <= across <= drawn["x1"] and drawn["top"] <= down <= drawn["bottom"])
