"""How much is drawn on the pages of a PDF, counted before anything is laid out or compared.

Laying out keeps every character and line as an object and compares them with each other; a small file can make
millions of them, by compressed pages or by forms that draw forms. Counting keeps nothing, so it takes a tenth of the
time, and it ends at the limit. Finding tables compares every rule with those that may cross it, and where words stand
for rules each place at which words are aligned with the others: a thousand can take a day. pdfplumber also compares
each place where two rules cross with every other one of its page; here only with those below and beside it, which gives
the same cells. On the way it is noted which characters are written so that nothing is drawn (render mode 3, as below a
scan; no opacity), since pdfminer forgets it. Not here: reading the pages (``pdf``, the only caller).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import literal_name
from pdfplumber.page import Page
from pdfplumber.table import Table, TableFinder, TableSettings, edges_to_intersections
from pdfplumber.utils import dedupe_chars, obj_to_bbox

from sources.cells import ReadError

#: some eighty dense pages; laying out so many characters takes half a minute
MOST_OBJECTS = 250_000
#: on all pages together: some two hundred pages of 60 rows and 30 columns
MOST_COMPARISONS = 400_000_000
# Of a rule with another one, to see whether they cross, and of a table with a line of text, to see which is above.
OF_RULES = 8
# Of a place where two rules cross: what keeping it and finding its cell takes, and of each that the cell may end at.
OF_CROSSINGS = 1_000
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


_Point = tuple[float, float]
_Box = tuple[float, float, float, float]


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

    Attribute ``compared``: how many rules, crossings and lines were compared until now, by what one takes.
    """

    compared = 0

    def find_tables(self, page: Page, settings: dict[str, Any]) -> list[Table]:
        """The tables of a page, as ``Page.find_tables`` of pdfplumber; TypeError, ValueError for wrong settings."""
        return _BoundedFinder(page, settings, self).tables

    def add(self, count: int) -> None:
        """Count so many comparisons more; ReadError where they are too many."""
        self.compared += count
        if self.compared > MOST_COMPARISONS:
            raise ReadError(
                "its pages hold more crossing rules, or more columns of words, than any table has",
                remedy="Look at the file: is it a report? If so, declare the pages of the table, or layout: text",
            )


class _BoundedFinder(TableFinder):  # type: ignore[misc]  # pdfplumber has no types
    """pdfplumber's finder, which first counts what it is about to compare, and compares no crossing with all others."""

    def __init__(self, page: Page, settings: dict[str, Any], work: TableWork) -> None:
        self.page, self.settings, self._work = page, TableSettings.resolve(settings), work
        self.edges = self.get_edges()
        self.intersections = edges_to_intersections(
            self.edges, self.settings.intersection_x_tolerance, self.settings.intersection_y_tolerance
        )
        self.cells = list(_Crossings(self.intersections, work).cells())
        self.tables: list[Table] = [Table(page, cells) for cells in _tables(self.cells)]

    def get_edges(self) -> list[dict[str, Any]]:
        """The rules of the page, joined where they continue each other."""
        if self.settings.vertical_strategy == "text":
            self._work.add(OF_PLACES * self._aligned() ** 2)
        edges: list[dict[str, Any]] = super().get_edges()
        rules = [[edge for edge in edges if edge["orientation"] == way] for way in ("v", "h")]
        self._work.add(OF_RULES * len(rules[0]) * len(rules[1]))
        self._work.add(OF_CROSSINGS * self._crossings(*rules))
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


class _Crossings:
    """The crossings of a page by column and line, to find the cells that begin at them."""

    def __init__(
        self, crossings: Mapping[_Point, Mapping[str, list[dict[str, Any]]]], work: TableWork
    ) -> None:
        self._work = work
        self._rules = {
            point: [frozenset(map(obj_to_bbox, found[way])) for way in ("v", "h")]
            for point, found in crossings.items()
        }
        self._column: dict[float, list[_Point]] = defaultdict(list)
        self._line: dict[float, list[_Point]] = defaultdict(list)
        for point in sorted(self._rules):
            self._column[point[0]].append(point)
            self._line[point[1]].append(point)

    def cells(self) -> Iterator[_Box]:
        """The smallest cell below and to the right of each, as ``intersections_to_cells`` of pdfplumber."""
        behind = {id(line[at]): at + 1 for line in self._line.values() for at in range(len(line))}
        for column in self._column.values():
            for under, point in enumerate(column, 1):
                line, right = self._line[point[1]], behind[id(point)]
                if right < len(line) and self._joined(point, line[right], 1):
                    yield from self._cell(point, (column, under), (line, right))

    def _cell(
        self, point: _Point, below: tuple[list[_Point], int], beside: tuple[list[_Point], int]
    ) -> Iterator[_Box]:
        for lower in self._led_to(point, *below, 0):
            for right in self._led_to(point, *beside, 1):
                corner = (right[0], lower[1])
                if (
                    corner in self._rules
                    and self._joined(corner, right, 0)
                    and self._joined(corner, lower, 1)
                ):
                    yield (*point, *corner)
                    return

    def _led_to(self, point: _Point, line: list[_Point], start: int, way: int) -> Iterator[_Point]:
        """Those behind a crossing to which a rule leads: one that does not reach the next reaches none behind it."""
        for at in range(start, len(line)):
            self._work.add(OF_RULES)
            if not self._joined(point, line[at], way):
                return
            yield line[at]

    def _joined(self, one: _Point, other: _Point, way: int) -> bool:
        return not self._rules[one][way].isdisjoint(self._rules[other][way])


def _tables(cells: Iterable[_Box]) -> list[list[_Box]]:
    """Cells that share a corner, from table to table, as ``cells_to_tables`` of pdfplumber; no single cells."""
    at_corner: dict[_Point, list[_Box]] = defaultdict(list)
    for cell in cells:
        for corner in _corners(cell):
            at_corner[corner].append(cell)
    tables = []
    while at_corner:
        _, waiting = at_corner.popitem()
        table = set(waiting)
        while waiting:
            for corner in _corners(waiting.pop()):
                new = [cell for cell in at_corner.pop(corner, ()) if cell not in table]
                table.update(new)
                waiting += new
        tables.append(sorted(table))
    return sorted(
        (table for table in tables if len(table) > 1),
        key=lambda table: min((cell[1], cell[0]) for cell in table),
    )


def _corners(cell: _Box) -> tuple[_Point, _Point, _Point, _Point]:
    left, top, right, bottom = cell
    return (left, top), (left, bottom), (right, top), (right, bottom)
