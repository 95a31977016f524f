"""How much is drawn on the pages of a PDF, counted before anything is laid out.

Laying out keeps every character and line as an object and compares them with each other; a small file can ask for
millions of them, by compressed pages or by forms that draw forms. Counting keeps nothing, so it takes a tenth of the
time, and it ends at the limit. Not here: reading the pages (``pdf``, the only caller).
"""

from collections.abc import Iterable
from typing import Any

from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfplumber.page import Page

from sources.cells import ReadError

#: some eighty dense pages; laying out so many characters takes half a minute
MOST_OBJECTS = 250_000
# A form has fonts and contents of its own, which takes as long as so many characters.
FORM = 25


class _Counter(PDFDevice):
    """A device of pdfminer that draws nothing; ReadError where there is more to draw than ``MOST_OBJECTS``."""

    drawn = 0

    def _add(self, count: int) -> None:
        self.drawn += count
        if self.drawn > MOST_OBJECTS:
            raise ReadError(
                f"its pages hold more than {MOST_OBJECTS} characters and lines",
                remedy="Look at the file: is it a report? If so, declare the pages of the table",
            )

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        """A text: pieces of bytes, a byte or two a character, with distances between them."""
        self._add(sum(len(piece) for piece in seq if isinstance(piece, bytes)))

    def paint_path(self, graphicstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:
        """A drawing: its lines and curves."""
        self._add(len(path))

    def render_image(self, name: str, stream: Any) -> None:
        """An image is one object."""
        self._add(1)

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        """A form, which may draw nothing but other forms."""
        self._add(FORM)


def refuse_too_many(pages: Iterable[Page]) -> None:
    """ReadError where the pages hold more objects together than can be laid out in time."""
    counter: _Counter | None = None
    for page in pages:
        counter = counter or _Counter(page.pdf.rsrcmgr)
        PDFPageInterpreter(page.pdf.rsrcmgr, counter).process_page(page.page_obj)
