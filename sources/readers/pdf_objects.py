"""How much is drawn on the pages of a PDF, counted before anything is laid out or compared.

Laying out keeps every character and line as an object and compares them with each other; a small file can make
millions of them, by compressed pages or by forms that draw forms. Counting keeps nothing, so it takes a tenth of the
time, and it ends at the limit. Finding tables compares each place where two rules cross with every other one of its
page, and where words stand for rules each place at which words are aligned: a thousand can take a day. On the way it is
noted which characters are written so that nothing is drawn (render mode 3, as below a scan; no opacity), since pdfminer
forgets it. Not here: reading the pages (``pdf``, the only caller).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import literal_name
from pdfplumber.page import Page
from pdfplumber.table import Table, TableFinder
from pdfplumber.utils import dedupe_chars

from sources.cells import ReadError

#: some eighty dense pages; laying out so many characters takes half a minute
MOST_OBJECTS = 250_000
#: of crossings with each other, on all pages together: some hundred pages of 60 rows and 30 columns
MOST_COMPARISONS = 400_000_000
# Of a rule with another one, to see whether they cross, beside the comparison of two crossings.
OF_RULES = 8
# The same of two places at which words are aligned; a page of a report has some hundred of them.
OF_PLACES = 20
# Points between two words that pdfplumber takes to be aligned.
SAME_PLACE = 1
# Render modes of a text: neither filled nor stroked, the second one added to what bounds the drawing.
_NOT_DRAWN = (3, 7)
# A form has fonts and contents of its own, which takes as long as so many characters.
FORM = 25


class _Counter(PDFDevice):
    """A device of pdfminer that draws nothing; ReadError where there is more to draw than ``MOST_OBJECTS``.

    ``undrawn``: for each character of the present page whether it is written without being drawn.
    """

    drawn = 0
    opacity = 1.0

    def __init__(self, rsrcmgr: Any) -> None:
        super().__init__(rsrcmgr)
        self.undrawn: list[bool] = []

    def _add(self, count: int) -> None:
        self.drawn += count
        if self.drawn > MOST_OBJECTS:
            raise ReadError(
                f"its pages hold more than {MOST_OBJECTS} characters and lines",
                remedy="Look at the file: is it a report? If so, declare the pages of the table",
            )

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        """A text: pieces of bytes, a byte or two a character, with distances between them."""
        pieces = [piece for piece in seq if isinstance(piece, bytes)]
        self._add(sum(map(len, pieces)))
        if textstate.font is not None:
            count = sum(len(list(textstate.font.decode(piece))) for piece in pieces)
            self.undrawn += [textstate.render in _NOT_DRAWN or self.opacity <= 0] * count

    def paint_path(self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:
        """A drawing: its lines and curves."""
        self._add(len(path))

    def render_image(self, name: str, stream: Any) -> None:
        """An image is one object."""
        self._add(1)

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        """A form, which may draw nothing but other forms."""
        self._add(FORM)


class _Interpreter(PDFPageInterpreter):
    """pdfminer's interpreter, which also tells its device how opaque what follows is."""

    device: _Counter

    def init_state(self, ctm: Any) -> None:
        """Begin a page or form, with its own stack of opacities."""
        super().init_state(ctm)
        self._opacities: list[float] = []

    def do_gs(self, name: Any) -> None:
        """Parameters of the graphics state by their name; of them the opacity of what is filled."""
        states = resolve1((self.resources or {}).get("ExtGState")) or {}
        state = resolve1(states.get(literal_name(name))) or {}
        opacity = resolve1(state.get("ca"))
        if isinstance(opacity, int | float):
            self.device.opacity = float(opacity)

    def do_q(self) -> None:
        """Save the graphics state."""
        super().do_q()
        self._opacities.append(self.device.opacity)

    def do_Q(self) -> None:  # noqa: N802 - the operator's name
        """Restore the graphics state."""
        super().do_Q()
        if self._opacities:
            self.device.opacity = self._opacities.pop()


def refuse_too_many(pages: Iterable[Page]) -> dict[int, list[bool]]:
    """ReadError where the pages hold more objects together than can be laid out in time.

    For each page by its number, which of its characters are written without being drawn.
    """
    counter: _Counter | None = None
    found = {}
    for page in pages:
        counter = counter or _Counter(page.pdf.rsrcmgr)
        counter.undrawn, counter.opacity = [], 1.0
        _Interpreter(page.pdf.rsrcmgr, counter).process_page(page.page_obj)
        found[page.page_number] = counter.undrawn
    return found


class _InOrder(list[dict[str, Any]]):
    """Characters that are found by what they are: a list compares each with all before it."""

    def __init__(self, chars: Iterable[dict[str, Any]]) -> None:
        super().__init__(chars)
        self._places = {id(char): place for place, char in enumerate(self)}

    def index(self, char: dict[str, Any], *_: Any) -> int:
        """The place of this very character."""
        return self._places[id(char)]


def without_copies(page: Page, tolerance: float) -> Page:
    """The page with each character once that is drawn again within so many points; as ``Page.dedupe_chars``."""
    kept = {id(char) for char in dedupe_chars(_InOrder(page.chars), tolerance)}
    return page.filter(lambda drawn: drawn["object_type"] != "char" or id(drawn) in kept)


class TableWork:
    """The work of finding the tables of one file, page by page; ReadError before it is more than fits into the time.

    Attribute ``compared``: how many crossings and rules were compared until now.
    """

    compared = 0

    def find_tables(self, page: Page, settings: dict[str, Any]) -> list[Table]:
        """The tables of a page, as ``Page.find_tables`` of pdfplumber; TypeError, ValueError for wrong settings."""
        tables: list[Table] = _BoundedFinder(page, settings, self).tables
        return tables

    def add(self, count: int) -> None:
        """So many comparisons more."""
        self.compared += count
        if self.compared > MOST_COMPARISONS:
            raise ReadError(
                "its pages hold more crossing rules, or more columns of words, than any table has",
                remedy="Look at the file: is it a report? If so, declare the pages of the table, or layout: text",
            )


class _BoundedFinder(TableFinder):  # type: ignore[misc]  # pdfplumber has no types
    """pdfplumber's finder, which first counts what it is about to compare."""

    def __init__(self, page: Page, settings: dict[str, Any], work: TableWork) -> None:
        self._work = work
        super().__init__(page, settings)

    def get_edges(self) -> list[dict[str, Any]]:
        """The rules of the page, joined where they continue each other."""
        if self.settings.vertical_strategy == "text":
            self._work.add(OF_PLACES * self._aligned() ** 2)
        edges: list[dict[str, Any]] = super().get_edges()
        rules = [[edge for edge in edges if edge["orientation"] == way] for way in ("v", "h")]
        self._work.add(OF_RULES * len(rules[0]) * len(rules[1]))
        self._work.add(self._crossings(*rules) ** 2)
        return edges

    def _aligned(self) -> int:
        """At how many places words are aligned: by their left sides, their right sides, or their middles."""
        words = self.page.extract_words(**(self.settings.text_settings or {}))
        left, right = (np.array([word[side] for word in words]) for side in ("x0", "x1"))
        count = 0
        for places in map(np.sort, (left, right, (left + right) / 2)):
            starts = np.flatnonzero(np.diff(places, prepend=-np.inf, append=np.inf) > SAME_PLACE)
            count += int(np.count_nonzero(np.diff(starts) >= self.settings.min_words_vertical))
        return count

    def _crossings(self, vertical: list[dict[str, Any]], horizontal: list[dict[str, Any]]) -> int:
        """How many pairs of a vertical and a horizontal rule cross or touch."""
        beside, above = self.settings.intersection_x_tolerance, self.settings.intersection_y_tolerance
        left, right, top = (np.array([rule[side] for rule in horizontal]) for side in ("x0", "x1", "top"))
        return sum(
            int(
                np.count_nonzero(
                    (rule["top"] - above <= top)
                    & (top <= rule["bottom"] + above)
                    & (left - beside <= rule["x0"])
                    & (rule["x0"] <= right + beside)
                )
            )
            for rule in vertical
        )
