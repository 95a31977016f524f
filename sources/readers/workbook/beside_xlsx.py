"""Texts of a sheet of Office Open XML that are in no cell: comments and text boxes.

::

    xl/comments1.xml           comments on cells, each with its author
    xl/drawings/drawing1.xml   text boxes and shapes: "Предварительные данные" drawn above a table

Text boxes head the table (``Content.head``) where they are as short as a title. Not here: what a comment is about
(``grid.comments``); what is printed above and below the pages (``printed``); charts and properties, which say nothing
of a table. Called by ``xlsx``.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lxml import etree

from sources.readers.workbook.package import local, whole

_Parse = Callable[[str], Any]
_Targets = Iterable[tuple[str, str]]


def comments_of(parse: _Parse, targets: _Targets) -> Iterator[tuple[str, str, str]]:
    """Cell, text and author of each comment, in the part of the older kind that programs write for all of them."""
    for root in _parts(parse, targets, "comments"):
        authors = [node.text or "" for node in root.iter(etree.Element) if local(node) == "author"]
        for node in (node for node in root.iter(etree.Element) if local(node) == "comment"):
            number = whole(node.get("authorId") or "0")
            yield node.get("ref") or "", _text(node), authors[number] if number < len(authors) else ""


def heading_of(parse: _Parse, targets: _Targets) -> Iterator[str]:
    """What text boxes say."""
    boxes = (box for root in _parts(parse, targets, "drawing") for box in root.iter(etree.Element))
    yield from (_text(part) for box in boxes if local(box) == "txBody" for part in box if local(part) == "p")


def _parts(parse: _Parse, targets: _Targets, kind: str) -> Iterator[Any]:
    return (root for found, path in targets if found == kind if (root := parse(path)) is not None)


def _text(node: Any) -> str:
    return "".join(part.text or "" for part in node.iter(etree.Element) if local(part) == "t")
