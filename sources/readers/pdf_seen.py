"""What a person sees of the characters of a PDF: struck out, white on white, far apart in one cell.

Such a character gets a mark (``char[MARK]``), which is put behind the text of its cell: ``12 (struck out)`` is no
number, so that the cell is refused with its place and neither published nor taken for a blank. Not here: raised
digits, turned text, and tables (``pdf``, the only caller).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from pdfplumber.page import Page

from sources.readers.workbook.hidden_html import NOT_SEEN

#: key of a character for what a person sees of it
MARK = "seen"
STRUCK_OUT = "(struck out)"
# Of a character's size: two digits of one number are not so far apart, nor is a group of thousands.
_APART = 1.2
# A line strikes out what it crosses between these parts of the height, where characters fill most of its length.
_MIDDLE = (0.3, 0.75)
_FILLED = 0.7
_WHITE = ((1,), (1, 1, 1), (0, 0, 0, 0))
# In other colour spaces, such as Separation, 1 may be all of the ink.
_OF_LIGHT = (None, "DeviceGray", "DeviceRGB", "DeviceCMYK", "CalGray", "CalRGB", "ICCBased")

_Drawn = dict[str, Any]


def mark_unseen(page: Page) -> None:
    """Mark the white characters that nothing lies behind."""
    white = [char for char in page.chars if _color(char) in _WHITE and not char["text"].isspace()]
    if not white:
        return
    behind = [drawn for drawn in (*page.rects, *page.curves) if drawn["fill"] and _color(drawn) not in _WHITE]
    behind += page.images
    for char in white:
        if not any(_covers(drawn, char) for drawn in behind):
            char[MARK] = NOT_SEEN


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
    starts = [
        after["x0"]
        for before, after in zip(printed, printed[1:], strict=False)
        if before["text"].isdigit()
        and after["text"].isdigit()
        and after["x0"] - before["x1"] > _APART * min(before["size"], after["size"])
    ]
    pieces: list[list[_Drawn]] = [[] for _ in range(len(starts) + 1)]
    for char in chars:
        pieces[bisect_right(starts, char["x0"])].append(char)
    return pieces


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


def _covers(drawn: _Drawn, char: _Drawn) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(drawn["x0"] <= across <= drawn["x1"] and drawn["top"] <= down <= drawn["bottom"])
