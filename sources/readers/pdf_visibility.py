"""What a person sees of the characters of a PDF: struck out, white on white, covered, over one another, far apart.

Such a character gets a mark (``char[MARK]``), which is put behind the text of its cell: ``12 (struck out)`` is no
number, so that the cell is refused with its place and neither published nor taken for a blank. Not here: raised
digits, turned text, and tables (``pdf``, the only caller).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, islice, takewhile
from typing import Any

import numpy as np
from pdfminer.layout import LTContainer
from pdfplumber.page import Page
from pdfplumber.utils import resolve_all

from sources.cells import ReadError
from sources.readers.workbook.hidden_html import NOT_SEEN

#: key of a character for what a person sees of it
MARK = "seen"
#: key of a character that lies outside of the part of its page that is shown
OUTSIDE = "outside"
STRUCK_OUT = "(struck out)"
OVERPRINTED = "(printed over one another)"
# Of a character's size: two digits of one number are not so far apart, nor is a group of thousands.
_APART = 1.2
# A line strikes out what it crosses between these parts of the height, where characters fill most of its length.
_MIDDLE = (0.3, 0.75)
_FILLED = 0.7
# One that ends within a cell may be longer, as one drawn through a whole row is; it must be nearer to the middle.
_FILLED_OF_FREE, _VERY_MIDDLE = 0.3, (0.35, 0.65)
# Where a rule of a table ends there is another one, not farther away.
_HELD = 1.0
# A line that is not quite level, and one that slants through a figure; of more of these a page is a map or a chart.
_NEARLY_LEVEL, _LONGEST_SLANT, _MOST_SLANTS = 2.0, 150, 1_000
# As white as paper, or as black as what is blacked out.
_NEARLY = 0.05
# Two digits of one place, and how many neighbours of a digit may be there.
_OVERLAP, _NEIGHBOURS = 0.5, 4
# Characters beside what is drawn: comparisons of both that take some seconds.
MOST_COMPARED = 200_000_000
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
    _refuse_many(len(behind) * len(white))
    across, down = _middles(white)
    seen = np.zeros(len(white), bool)
    for drawn in behind:
        seen |= _inside(drawn, across, down)
    for place in np.flatnonzero(~seen).tolist():
        white[place][MARK] = NOT_SEEN


def mark_undrawn(page: Page, undrawn: Sequence[bool]) -> None:
    """Mark the characters that are written without being drawn; ``undrawn``: one for each in the order of the file."""
    if any(undrawn) and len(undrawn) == len(page.chars):
        for char, hidden in zip(page.chars, undrawn, strict=True):
            if hidden:
                char[MARK] = NOT_SEEN


def mark_outside(page: Page) -> None:
    """Mark the characters outside of the page's crop box, which no program shows or prints."""
    shown = _shown_part(page)
    if shown is None or not page.chars:
        return
    inside = _inside(shown, *_middles(page.chars))
    for place in np.flatnonzero(~inside).tolist():
        page.chars[place][OUTSIDE] = True
        page.chars[place][MARK] = NOT_SEEN


def _shown_part(page: Page) -> _Drawn | None:
    """The crop box in the page's own coordinates, as it is turned; None where it leaves nothing out.

    pdfplumber has a ``cropbox``, which is mirrored on a page that is turned.
    """
    boxes = (resolve_all(page.page_obj.attrs.get(name)) for name in ("MediaBox", "CropBox"))
    media, crop = ((box if isinstance(box, list) and len(box) == 4 else None) for box in boxes)
    if media is None or crop is None or not all(isinstance(side, int | float) for side in (*media, *crop)):
        return None
    (left, right), (low, high) = (sorted(media[axis::2]) for axis in (0, 1))
    (x0, x1), (y0, y1) = (sorted(crop[axis::2]) for axis in (0, 1))
    if x0 >= x1 or y0 >= y1 or (x0 <= left + 1 and x1 >= right - 1 and y0 <= low + 1 and y1 >= high - 1):
        return None
    sides = {
        0: (x0, x1, high - low - y1, high - low - y0),
        90: (y0, y1, x0 - 2 * left, x1 - 2 * left),
        180: (left + right - x1, left + right - x0, y0 - 2 * low, y1 - 2 * low),
        270: (low + high - y1, low + high - y0, right - left - x1, right - left - x0),
    }.get(page.rotation)
    return dict(zip(("x0", "x1", "top", "bottom"), sides, strict=True)) if sides else None


def mark_covered(page: Page) -> None:
    """Mark the characters over which a white or black area was drawn later."""
    order = {"char": list[int](), "rect": list[int]()}
    for number, kind in enumerate(_kinds(page.layout)):
        if kind in order:
            order[kind].append(number)
    if len(order["char"]) != len(page.chars) or len(order["rect"]) != len(page.rects) or not page.chars:
        return
    chars = page.chars
    across, down = _middles(chars)
    written = np.array(order["char"])
    areas = [
        (number, rect)
        for number, rect in zip(order["rect"], page.rects, strict=True)
        if rect["fill"] and number > written[0] and rect["height"] > 2 and _is_plain(rect)
    ]
    _refuse_many(len(areas) * len(chars))
    covered = np.zeros(len(chars), bool)
    for number, rect in areas:
        covered |= _inside(rect, across, down) & (written < number)
    for place in np.flatnonzero(covered).tolist():
        if not chars[place]["text"].isspace():
            chars[place][MARK] = NOT_SEEN


def _middles(chars: Sequence[_Drawn]) -> tuple[Any, Any]:
    """Where the middle of each character is, across and down the page."""
    across, down = (
        np.array([(char[a] + char[b]) / 2 for char in chars]) for a, b in (("x0", "x1"), ("top", "bottom"))
    )
    return across, down


def _inside(drawn: _Drawn, across: Any, down: Any) -> Any:
    """Which of these middles lie in something that is drawn."""
    return (
        (drawn["x0"] <= across) & (across <= drawn["x1"]) & (drawn["top"] <= down) & (down <= drawn["bottom"])
    )


def _refuse_many(comparisons: int) -> None:
    if comparisons > MOST_COMPARED:
        raise ReadError(
            "its pages hold more areas and lines than any table has",
            remedy="Look at the file: is it a report?",
        )


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
    _mark_slanted(page)
    rules = {
        (rule["x0"], rule["x1"], rule["top"])
        for rule in page.edges
        if rule["orientation"] == "h" and rule["x1"] > rule["x0"]
    }
    rules |= {
        (line["x0"], line["x1"], (line["top"] + line["bottom"]) / 2)
        for line in page.lines
        if 0 < 4 * line["height"] < line["width"] and line["height"] <= _NEARLY_LEVEL
    }
    by_point: dict[int, list[tuple[float, float, float]]] = {}
    for rule in rules:
        by_point.setdefault(int(rule[2]), []).append(rule)
    points = sorted(by_point)
    chars = [char for char in page.chars if not char["text"].isspace()] if rules else []
    reached = [
        (bisect_left(points, int(char["top"])), bisect_right(points, int(char["bottom"]))) for char in chars
    ]
    before = [0, *accumulate(len(by_point[point]) for point in points)]
    _refuse_many(sum(before[stop] - before[start] for start, stop in reached))
    near: dict[int, list[_Drawn]] = {}
    for char, (start, stop) in zip(chars, reached, strict=True):
        for point in points[start:stop]:
            near.setdefault(point, []).append(char)
    upright = _Upright(page)
    for point, beside in near.items():
        for place in np.flatnonzero(_struck(beside, by_point[point], upright)).tolist():
            beside[place][MARK] = STRUCK_OUT


class _Upright:
    """The vertical rules of a page, sorted when the first of them is asked for."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def _rules(self) -> list[tuple[float, float, float]]:
        rules = (rule for rule in self._page.edges if rule["orientation"] == "v" and rule["width"] <= 1)
        return sorted((rule["x0"], rule["top"], rule["bottom"]) for rule in rules)

    def hold(self, rule: tuple[float, float, float]) -> bool:
        """Whether a level rule (left, right, height) begins and ends at one of them, as those of a table do."""
        left, right, height = rule
        return self._reach(left, height) and self._reach(right, height)

    def _reach(self, side: float, height: float) -> bool:
        start = bisect_left(self._rules, (side - _HELD,))
        near = takewhile(lambda rule: rule[0] <= side + _HELD, islice(self._rules, start, None))
        return any(top - _HELD <= height <= bottom + _HELD for _, top, bottom in near)


def _mark_slanted(page: Page) -> None:
    """Mark the digits that a slanting line crosses, as one of a cross drawn over a figure does."""
    lines = [
        line["pts"]
        for line in page.lines
        if line["height"] > _NEARLY_LEVEL and 1 < line["width"] <= _LONGEST_SLANT >= line["height"]
    ]
    digits = [char for char in page.chars if char["text"].isdigit()]
    if not lines or len(lines) > _MOST_SLANTS or not digits:
        return
    x0, x1, top, bottom = (
        np.array([char[side] for char in digits]) for side in ("x0", "x1", "top", "bottom")
    )
    across, edge = (x0 + x1) / 2, 0.15 * (bottom - top)
    for (left, start), (right, end) in (sorted((points[0], points[-1])) for points in lines):
        height = start + (end - start) * (across - left) / (right - left)
        crossed = (left <= across) & (across <= right) & (top + edge < height) & (height < bottom - edge)
        if (x1 - x0)[crossed].sum() > _FILLED_OF_FREE * (right - left):
            for place in np.flatnonzero(crossed).tolist():
                digits[place][MARK] = STRUCK_OUT


def _struck(chars: Sequence[_Drawn], rules: Sequence[tuple[float, float, float]], upright: _Upright) -> Any:
    """Which characters are crossed by a rule (left, right, height) that they fill for the most part.

    Of one that ends within a cell they fill some of it, and it crosses them in the very middle.
    """
    x0, x1, top, bottom = (np.array([char[name] for char in chars]) for name in ("x0", "x1", "top", "bottom"))
    upper, lower = (top + part * (bottom - top) for part in _MIDDLE)
    higher, deeper = (top + part * (bottom - top) for part in _VERY_MIDDLE)
    digits = np.array([char["text"].isdigit() for char in chars])
    across = (x0 + x1) / 2
    struck = np.zeros(len(chars), bool)
    for left, right, height in rules:
        crossed = (upper < height) & (height < lower) & (left <= across) & (across <= right)
        if crossed.any():
            length = (np.minimum(x1, right) - np.maximum(x0, left))[crossed].sum()
            if length > _FILLED * (right - left):
                struck |= crossed
            elif length > _FILLED_OF_FREE * (right - left):
                middle = crossed & (higher < height) & (height < deeper)
                if (middle & digits).any() and not upright.hold((left, right, height)):
                    struck |= middle
    return struck


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
