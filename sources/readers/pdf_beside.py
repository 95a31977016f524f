"""What a page of a PDF says beside its lines: turned texts, marks across the page, comments that are on no figure.

::

    "тыс. человек" turned by a quarter beside a table           a text of that table
    "ЛОЙИҲА" in large letters across the page                   a text of every table of the page
    "Entwurf" alone in a line, wherever it stands                the same
    a comment stuck beside the tables, as short as a title       the same

They head the tables as the lines above them do (column ``title``). Not here: turned headers within a table and comments
on its cells (``pdf``), comments on lines of a text (``pdf_text``); what such a text means (``transforms.normalize``).
Called by ``pdf`` and ``pdf_text``.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pdfplumber.page import Page

from sources.readers.grid.comments import comment_text
from sources.readers.grid.footnotes import DRAFT
from sources.readers.pdf_pages import LEVEL, Comment, Line, is_turned
from sources.readers.pdf_visibility import MARK
from sources.readers.workbook.hidden_html import NOT_SEEN

#: left, top, right, bottom
Box = tuple[float, float, float, float]
#: from, to
Span = tuple[float, float]
# What a longer text tells is no title.
_LONGEST = 200
_WORD = re.compile(r"[^\W\d_]{2}")
# How far a turned text is from the table that it is about, in points; in a margin there are names of chapters.
_BESIDE = 50
# How much larger than the other characters of a page a mark across it is.
_LARGE = 1.8
# Of a character's height: a gap between two words, and the distance at which another text begins.
_GAP, _APART = 0.2, 2.0


@dataclass(frozen=True)
class Turned:
    """A text that does not run from left to right."""

    text: str
    box: Box
    #: in letters far larger than the others of its page, and neither upright nor turned by a quarter
    across: bool


def turned_texts(page: Page) -> list[Turned]:
    """The turned texts of a page that are to be seen, each along its line."""
    turned = [char for char in page.chars if is_turned(char) and char.get(MARK) != NOT_SEEN]
    if not turned:
        return []
    sizes = sorted(_height(char) for char in page.chars)
    usual = sizes[len(sizes) // 2] if len(turned) * 2 < len(sizes) else 0
    found = []
    for chars in _runs(turned):
        text = _text(chars)
        if _WORD.search(text) and len(text) <= _LONGEST:
            sides = zip(
                *((char["x0"], char["top"], char["x1"], char["bottom"]) for char in chars), strict=True
            )
            left, top, right, bottom = sides
            large = _height(chars[0]) > _LARGE * max(usual, 1) if usual else True
            slanted = min(map(abs, chars[0]["matrix"][:2])) > LEVEL * math.hypot(*chars[0]["matrix"][:2])
            found.append(Turned(text, (min(left), min(top), max(right), max(bottom)), slanted and large))
    return found


def beside(texts: Sequence[Turned], heights: Span, sides: Span | None = None) -> list[str]:
    """Of turned texts those that are about a table: across the page, or beside it along its height.

    ``heights``: its top and bottom. ``sides``: its left and right; None: that of lines of text, of any length.
    """
    top, bottom = heights
    found = []
    for turned in texts:
        x0, y0, x1, y1 = turned.box
        shared = min(y1, bottom) - max(y0, top)
        level = min(y1 - y0, bottom - top) <= 2 * shared
        near = sides is None or -1 <= max(x0 - sides[1], sides[0] - x1) <= _BESIDE
        if turned.across or (level and near):
            found.append(turned.text)
    return found


def said_of_page(lines: Iterable[Line], comments: Iterable[Comment]) -> list[str]:
    """What is said of all of a page: that it is a draft, and comments that are as short as a title.

    ``lines``, ``comments``: those that are no part of a table, and on none.
    """
    drafts = [line.text for line in lines if DRAFT.fullmatch(line.text)]
    said = (comment_text(comment.text) for comment in comments)
    return [*drafts, *(text for text in said if text and len(text) <= _LONGEST)]


def _height(char: dict[str, Any]) -> float:
    """The size of a character's letters, however it is turned; pdfplumber gives the height of its box."""
    across, along = char["matrix"][:2]
    scale = math.hypot(across, along) or 1
    width, height = char["x1"] - char["x0"], char["bottom"] - char["top"]
    cosine, sine = abs(across) / scale, abs(along) / scale
    advance = abs(char["adv"]) * scale
    # The box of a turned rectangle, of which the length is known.
    return float(
        max((width - advance * cosine) / sine if sine > cosine else (height - advance * sine) / cosine, 0)
    )


def _runs(chars: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Characters in the order of the file that follow each other along one line."""
    run: list[dict[str, Any]] = []
    for char in chars:
        if run and not 0 <= _gap(run[-1], char) + _APART * _height(char) <= 2 * _APART * _height(char):
            yield run
            run = []
        run.append(char)
    yield run


def _gap(before: dict[str, Any], after: dict[str, Any]) -> float:
    """The distance from the end of a character to the next one along its line; none where that is on another line."""
    a, b, _, _, x, y = before["matrix"]
    scale = math.hypot(a, b)
    across, along = after["matrix"][4] - x, after["matrix"][5] - y
    aside = abs(across * b - along * a) / scale
    same = math.isclose(math.atan2(b, a), math.atan2(after["matrix"][1], after["matrix"][0]), abs_tol=0.02)
    if not same or aside > 0.5 * max(_height(before), 1):
        return math.inf
    return float((across * a + along * b) / scale - abs(before["adv"]) * scale)


def _text(chars: Sequence[dict[str, Any]]) -> str:
    parts = [chars[0]["text"]]
    for before, after in zip(chars, chars[1:], strict=False):
        parts += [" " if _gap(before, after) > _GAP * _height(after) else "", after["text"]]
    return " ".join("".join(parts).split())
