"""What the styles of an OpenDocument workbook say: formats of numbers and dates, what is raised or not to be seen.

::

    <style:style style:name="T1"><style:text-properties style:text-position="super 58%"/>    raised: 125¹
    <number:number number:display-factor="1000"/>                                            in thousands
    <number:date-style style:name="N1"><number:year/></number:date-style>                    a date as its year
    <style:master-page><style:header><text:p>in Tausend</text:p>                             printed above each page

Not here: cells (``ods``, which calls this), formats of numbers themselves (``number_formats``).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from sources.readers.workbook.font_marks import STRUCK, UNSEEN, WHITE, colour
from sources.readers.workbook.package import local

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
#: words for the factors by which a format shows a number smaller than it is
SHOWN_IN = {1_000: "thousand", 1_000_000: "million", 1_000_000_000: "billion"}
_DATE_PARTS = {"year": "y", "month": "m", "day": "d", "hours": "t", "minutes": "t", "seconds": "t"}
# What a program fills into the header of a page.
_FIELDS = frozenset(
    ("page-number", "page-count", "date", "time", "file-name", "sheet-name", "title", "subject", "creator")
)
# A row or column that takes no place.
_NO_SIZE = re.compile(r"0+(?:\.0*)?(?:cm|mm|in|pt|px)?")


@dataclass
class Styles:
    """What the document's styles say, by their names."""

    #: how a style sets its text: ``superscript``, ``subscript``, struck out, not to be seen
    raised: dict[str, str] = field(default_factory=dict)
    #: the format of numbers or dates that a style of cells has
    formats: dict[str, str] = field(default_factory=dict)
    #: by format: the parts that a date shows
    dates: dict[str, str] = field(default_factory=dict)
    #: by format: by how much a number is shown smaller
    factors: dict[str, int] = field(default_factory=dict)
    #: styles of sheets that are hidden
    hidden: set[str] = field(default_factory=set)
    #: styles of rows and columns that take no place
    flat: set[str] = field(default_factory=set)
    #: colours of the letters and of what is behind them
    colours: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: the page on which a style of tables is printed
    pages: dict[str, str] = field(default_factory=dict)
    #: headers and footers of a page
    printed: dict[str, list[list[str]]] = field(default_factory=dict)

    def factor(self, style: str) -> int:
        """By how much a cell of this style shows a number smaller than it is."""
        return self.factors.get(self.formats.get(style, ""), 1)


def read_styles(root: Any, styles: Styles) -> None:
    """Add what the styles of one part say."""
    for node in root.iter(f"{_NUMBER}date-style"):
        parts = (_DATE_PARTS.get(local(child), "") for child in node)
        styles.dates[node.get(f"{_STYLE}name") or ""] = "".join(parts)
    for node in root.iter(f"{_NUMBER}number"):
        factor = node.get(f"{_NUMBER}display-factor") or "1"
        if factor.isascii() and factor.isdigit() and int(factor) in SHOWN_IN:
            styles.factors[node.getparent().get(f"{_STYLE}name") or ""] = int(factor)
    for node in root.iter(f"{_STYLE}style"):
        name, parent = node.get(f"{_STYLE}name") or "", node.get(f"{_STYLE}parent-style-name") or ""
        inherited = styles.formats.get(parent, "")
        styles.formats[name] = node.get(f"{_STYLE}data-style-name") or inherited
        styles.pages[name] = node.get(f"{_STYLE}master-page-name") or styles.pages.get(parent, "")
        styles.raised[name] = _kind_of(node, name, styles, styles.raised.get(parent, ""))
        for properties in node:
            if properties.get(f"{TABLE}display") == "false":
                styles.hidden.add(name)
            sizes = (properties.get(f"{_STYLE}{key}") for key in ("row-height", "column-width"))
            if any(size and _NO_SIZE.fullmatch(size) for size in sizes):
                styles.flat.add(name)
    for node in root.iter(f"{_STYLE}master-page"):
        styles.printed[node.get(f"{_STYLE}name") or ""] = _printed(node)


def _printed(page: Any) -> list[list[str]]:
    """Headers and footers of a page that are printed, without numbers of pages, days and names of files."""
    found = []
    for name in ("header", "footer"):
        parts = (part for part in page if local(part) in (name, f"{name}-first", f"{name}-left"))
        shown = [part for part in parts if part.get(f"{_STYLE}display") != "false"]
        found.append([_without_fields(line) for part in shown for line in part.iter(f"{TEXT}p")])
    return found


def _without_fields(node: Any) -> str:
    """The text of a line, without what a program fills in for each page."""
    inner = (("" if local(part) in _FIELDS else _without_fields(part)) + (part.tail or "") for part in node)
    return (node.text or "") + "".join(inner)


def _kind_of(node: Any, name: str, styles: Styles, inherited: str) -> str:
    """Whether a style raises its text, strikes it out or keeps it from being seen; else what its parent does."""
    kind = UNSEEN if _is_unseen(node, name, styles) else inherited
    for properties in node:
        position = properties.get(f"{_STYLE}text-position")
        if position is not None and kind in ("", "superscript", "subscript"):
            kind = _raised(position)
        lines = [properties.get(f"{_STYLE}text-line-through-{key}") for key in ("style", "type")]
        if any(line not in (None, "none") for line in lines):
            kind = STRUCK
        elif kind == STRUCK and any(lines):
            kind = ""
        opacity = next((text for key, text in properties.attrib.items() if key.endswith("}opacity")), "")
        if properties.get(f"{TEXT}display") == "none" or opacity == "0%":
            kind = UNSEEN
    return kind


def _is_unseen(node: Any, name: str, styles: Styles) -> bool:
    """Whether letters of a style have the colour of what is behind them; a style with conditions may have another."""
    letters, behind = styles.colours.get(node.get(f"{_STYLE}parent-style-name") or "", ("", WHITE))
    for properties in node:
        letters = colour(properties.get(f"{_FO}color") or letters)
        behind = colour(properties.get(f"{_FO}background-color") or behind)
    behind = WHITE if behind == "transparent" else behind
    styles.colours[name] = letters, behind
    conditions = node.find(f"{_STYLE}map") is not None
    return bool(node.get(f"{_STYLE}family") == "table-cell" and letters == behind and not conditions)


def _raised(position: str) -> str:
    """``super 58%`` or ``33% 58%`` is raised, ``sub`` or a negative share lowered."""
    word = position.split(" ")[0]
    if word == "super" or (word.endswith("%") and word[:1].isdigit() and word.strip("0%.")):
        return "superscript"
    return "subscript" if word == "sub" or word.startswith("-") else ""
