"""Texts of a sheet of Office Open XML that are in no cell: comments, text boxes, the header of its printed pages.

::

    xl/comments1.xml           comments on cells, each with its author
    xl/drawings/drawing1.xml   text boxes and shapes: "Предварительные данные" drawn above a table
    <oddHeader>&CТыс. человек  what is printed above every page

Text boxes and headers head the table (``Content.head``) where they are as short as a title. Not here: what a comment
is about (``grid.comments``); charts, footers and properties, which say nothing of a table. Called by ``xlsx``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lxml import etree

from sources.readers.workbook.package import local, whole

#: codes of a printed header: font, size, colour, left, page number …
HEADER_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-F]{6}|[A-Z&])')
#: elements of a sheet that hold them
HEADERS = ("oddHeader", "firstHeader")

_Parse = Callable[[str], Any]
_Targets = Iterable[tuple[str, str]]


def comments_of(parse: _Parse, targets: _Targets) -> Iterator[tuple[str, str, str]]:
    """Cell, text and author of each comment, in the part of the older kind that programs write for all of them."""
    for root in _parts(parse, targets, "comments"):
        authors = [node.text or "" for node in root.iter(etree.Element) if local(node) == "author"]
        for node in (node for node in root.iter(etree.Element) if local(node) == "comment"):
            number = whole(node.get("authorId") or "0")
            yield node.get("ref") or "", _text(node), authors[number] if number < len(authors) else ""


def heading_of(parse: _Parse, targets: _Targets, headers: Iterable[str]) -> Iterator[str]:
    """What text boxes and the printed header say; ``headers``: texts of ``HEADERS``."""
    boxes = (box for root in _parts(parse, targets, "drawing") for box in root.iter(etree.Element))
    yield from (_text(part) for box in boxes if local(box) == "txBody" for part in box if local(part) == "p")
    yield from (HEADER_CODE.sub("\n", text) for text in headers)


def _parts(parse: _Parse, targets: _Targets, kind: str) -> Iterator[Any]:
    return (root for found, path in targets if found == kind if (root := parse(path)) is not None)


def _text(node: Any) -> str:
    return "".join(part.text or "" for part in node.iter(etree.Element) if local(part) == "t")
