"""Pages of a PDF as a person sees them: upright, each character once, raised digits told apart, lines of text.

Not here: tables and options (``pdf``), lines by a pattern (``pdf_text``), which both call this; what is not seen on a
page (``pdf_visibility``), copies of characters and limits (``pdf_objects``).
"""

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pdfplumber.page import Page
from pdfplumber.utils.text import extract_text

from sources.cells import (
    ReadError,
)
from sources.readers.grid.footnotes import SUPERSCRIPTS
from sources.readers.pdf_objects import without_copies
from sources.readers.pdf_visibility import (
    MARK,
    OUTSIDE,
    divided,
    far_apart,
    mark_covered,
    mark_outside,
    mark_overprinted,
    mark_struck,
    mark_undrawn,
    mark_unseen,
)

# A title and a unit; what is higher on the page is text of the report.
HEADING_LINES = 3
TRANSCRIBE = "Transcribe the figures by hand as bundled data"
# What a reader of the page sees and no text of it is: fields, notes written on it, marks of a correction.
_FILLED, _CHANGES = ("Widget", "FreeText"), ("StrikeOut", "Redact")
# Below a sine of this a text is level.
LEVEL = 0.05
_COMMENTS = ("Text", "Highlight", "Underline", "Squiggly", "Caret", "Square", "Circle")


class Comment(NamedTuple):
    """What somebody has stuck on a page, and where."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str

    def place_in(self, heights: Sequence[tuple[float, float]]) -> int | None:
        """Which of these rows or lines (top, bottom) it is on: by its middle, else the first that it touches."""
        middle = (self.top + self.bottom) / 2
        on_it = (number for number, (top, bottom) in enumerate(heights) if top <= middle < bottom)
        touched = (n for n, (top, bottom) in enumerate(heights) if self.top < bottom and top < self.bottom)
        return next(on_it, next(touched, None))


@dataclass(frozen=True)
class Line:
    """One line of text of a page."""

    #: number of the page, from 1
    page: int
    #: number of the line on its page, from 1
    number: int
    #: distance from the top of the page, in points
    top: float
    #: the same of its lower edge
    bottom: float
    #: its characters as a person reads them
    text: str
    #: what a person sees of some of its characters, such as ``(struck out)``
    marks: tuple[str, ...] = ()
    #: positions in ``text`` behind which the next figure is far away
    gaps: tuple[int, ...] = ()
    #: whether it is turned, and read in ``pdf_beside``, or outside of the part of the page that is shown
    aside: bool = False

    @property
    def place(self) -> str:
        """Where the line is, for a locator."""
        return f"page {self.page}, line {self.number}"


class Prepared:
    """The pages as they are read: upright, each character once, small raised digits as superscripts, marked as seen.

    ``undrawn``: see ``refuse_too_many``.
    """

    def __init__(self, undrawn: Mapping[int, Sequence[bool]]) -> None:
        """Nothing is prepared yet."""
        self._undrawn = undrawn

    def page(self, page: Page) -> Page:
        """One page; ReadError where something is written upon it that is no part of it."""
        _refuse_written_upon(page)
        page = _upright(page)
        mark_undrawn(page, self._undrawn.get(page.page_number, ()))
        mark_outside(page)
        mark_covered(page)
        sizes = sorted(char["size"] for char in page.chars)
        if sizes:
            # Bold drawn by printing a text twice: the copy lies within a part of a character's width.
            page = without_copies(page, max(1, 0.12 * sizes[len(sizes) // 2]))
        _raise_digits(page)
        mark_unseen(page)
        mark_struck(page)
        mark_overprinted(page)
        return page


def _refuse_written_upon(page: Page) -> None:
    """Fields that are filled in, texts and lines that somebody laid over the page: they are no characters of it."""
    for note in page.annots:
        kind = str(getattr(note["data"].get("Subtype"), "name", ""))
        filled = note["data"].get("V") if kind == "Widget" else note["data"].get("Contents")
        if kind in _CHANGES or (kind in _FILLED and filled):
            raise ReadError(
                f"something is written upon the page ({kind}) that is no part of it",
                place=f"page {page.page_number}",
                remedy="Print the file into a new PDF, compare both, and add that by hand",
            )


def comments_on(page: Page) -> list[Comment]:
    """The comments that somebody has stuck on a page."""
    found = []
    for note in page.annots:
        kind, text = str(getattr(note["data"].get("Subtype"), "name", "")), note.get("contents")
        if kind in _COMMENTS and text and text.strip():
            found.append(Comment(note["x0"], note["top"], note["x1"], note["bottom"], str(text)))
    return found


def _upright(page: Page) -> Page:
    """A page whose text is set sideways, turned; a page with some turned headers as it is."""
    turned = Counter(_direction(char) for char in page.chars if not char["text"].isspace())
    direction, count = turned.most_common(1)[0] if turned else ("", 0)
    if direction not in ("btt", "ttb") or count * 10 < sum(turned.values()) * 9:
        return page
    source = page.page_obj
    # pdfminer reads the angle here, pdfplumber there.
    source.rotate = (source.rotate + (90 if direction == "btt" else 270)) % 360
    source.attrs["Rotate"] = source.rotate
    return Page(page.pdf, source, page.page_number, page.initial_doctop)


def _direction(char: dict[str, Any]) -> str:
    """How a character's text runs: from left to right (""), bottom to top or top to bottom."""
    across, along = char["matrix"][0], char["matrix"][1]
    if abs(along) <= abs(across):
        return ""
    return "btt" if along > 0 else "ttb"


def is_turned(char: dict[str, Any]) -> bool:
    """Whether a character is none of a level line."""
    across, along = char["matrix"][:2]
    return bool(abs(along) > LEVEL * math.hypot(across, along))


def cell_text(chars: Sequence[dict[str, Any]], settings: dict[str, Any]) -> str:
    """The text of a cell, which may be turned by a quarter."""
    turned = Counter(_direction(char) for char in chars if not char["text"].isspace())
    direction = turned.most_common(1)[0][0] if turned else ""
    if direction:
        # Also for characters that pdfminer takes for upright since the sine of their quarter is not quite exact.
        along = {"line_dir": "ltr" if direction == "btt" else "rtl", "char_dir": direction}
        rotated = {f"{name}_rotated": value for name, value in along.items()}
        settings = {**settings, **along, **rotated, "line_dir_render": "ttb", "char_dir_render": "ltr"}
    pieces = [list(chars)] if direction else divided(chars)
    text = "\n".join(str(extract_text(piece, **settings)) for piece in pieces)
    return " ".join([text, *dict.fromkeys(char[MARK] for char in chars if MARK in char)])


def by_height(chars: Sequence[dict[str, Any]]) -> dict[int, list[tuple[int, dict[str, Any]]]]:
    """Characters with their number, by the whole points of their middle's height: a row need not look at all."""
    found: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for number, char in enumerate(chars):
        found.setdefault(int((char["top"] + char["bottom"]) // 2), []).append((number, char))
    return found


def between(
    heights: Mapping[int, Sequence[tuple[int, dict[str, Any]]]], top: float, bottom: float
) -> list[dict[str, Any]]:
    """Characters that may lie between two heights, in the order of the page."""
    near = itertools.chain(*(heights.get(point, ()) for point in range(int(top // 1), int(bottom // 1) + 1)))
    return [char for _, char in sorted(near, key=lambda entry: entry[0])]


def lies_in(char: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    """Whether the middle of a character lies in a box (left, top, right, bottom)."""
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= across < box[2] and box[1] <= down < box[3])


def _raise_digits(page: Page) -> None:
    """Small digits above the line of the character before them become superscripts; so do glyphs of raised ones."""
    base: dict[str, Any] | None = None
    last: dict[str, Any] | None = None
    narrow = _narrow_digits(page.chars)
    for char in page.chars:
        size = char["size"] / base["size"] if base else 1
        rise = (base["bottom"] - char["bottom"]) / base["size"] if base else 0
        # The less a digit is raised, the smaller it must be.
        raised = (size < 0.8 and rise > 0.15) or (size < 0.95 and rise > 0.25)
        close = base is not None and -1 < char["x0"] - base["x1"] < 3 * base["size"]
        beside = last is not None and abs(char["x0"] - last["x1"]) < 0.2 * char["size"]
        drawn_small = beside and id(char) in narrow and base is not None and id(base) not in narrow
        last = char
        if char["text"] in "0123456789" and (drawn_small or (raised and close)):
            char["text"] = char["text"].translate(SUPERSCRIPTS)
        elif not char["text"].isspace():
            base = char


def _narrow_digits(chars: Sequence[dict[str, Any]]) -> set[int]:
    """Which digits are far narrower than the same digit of their font elsewhere, or than all others: raised glyphs.

    Such a glyph has the size and the line of the figure that it follows; only its width tells it.
    """
    fonts: dict[tuple[str, float], list[dict[str, Any]]] = {}
    for char in chars:
        if char["text"] in "0123456789":
            fonts.setdefault((char["fontname"], round(char["size"], 1)), []).append(char)
    found: set[int] = set()
    for digits in fonts.values():
        widths = {id(char): char["width"] / char["size"] for char in digits}
        usual = Counter(round(width, 2) for width in widths.values()).most_common(1)[0][0]
        wide = {char["text"] for char in digits if abs(widths[id(char)] - usual) < 0.02}
        for char in digits:
            # Where a font has figures of several widths, a 1 is narrow everywhere, yet not as narrow as a raised one.
            least = 0.8 if char["text"] in wide else 0.68 if len(wide) > 2 else 0
            if widths[id(char)] < least * usual:
                found.add(id(char))
    return found


def lines_of(page: Page) -> list[Line]:
    """The page's lines from top to bottom, numbered from 1."""
    pairs = [(text, char) for text, char in page.get_textmap().tuples]
    lines = [
        list(line) for end, line in itertools.groupby(pairs, key=lambda pair: pair[0] == "\n") if not end
    ]
    found = [line for line in map(_line, lines) if line]
    found.sort(key=lambda line: (round(line.top, 1), line.number))
    return [replace(line, page=page.page_number, number=number) for number, line in enumerate(found, 1)]


def _line(pairs: list[tuple[str, dict[str, Any] | None]]) -> Line | None:
    """One line of texts with the characters that they are from; its number is its place from the left."""
    while pairs and pairs[-1][0] == " ":
        pairs.pop()
    while pairs and pairs[0][0] == " ":
        pairs.pop(0)
    placed = [(place, char) for place, (_, char) in enumerate(pairs) if char is not None]
    chars = [char for _, char in placed]
    if not chars or all(text.isspace() for text, _ in pairs):
        return None
    printed = [(place, char) for place, char in placed if not char["text"].isspace()]
    following = zip(printed, printed[1:], strict=False)
    gaps = tuple(place for (place, before), (_, after) in following if far_apart(before, after))
    marks = tuple(dict.fromkeys(char[MARK] for char in chars if MARK in char))
    top, bottom = min(char["top"] for char in chars), max(char["bottom"] for char in chars)
    text = "".join(text for text, _ in pairs)
    aside = all(is_turned(char) or OUTSIDE in char for _, char in printed)
    return Line(0, int(min(char["x0"] for char in chars)), top, bottom, text, marks, gaps, aside)
