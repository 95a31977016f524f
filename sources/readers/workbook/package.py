"""What the formats of workbooks share that are XML: parts of an archive by name, elements, numbers.

Nothing here may be read in two ways, since a figure would be another one for the next program:

- two parts of one name (in other case, with backslashes, under another folder and back) are damage;
- so is a document type declaration: its entities stand for text that is elsewhere;
- comments and processing instructions are gone before a text is read, ``1<!-- -->23`` is 123;
- a number is written in ASCII digits as XML Schema has it, which ``float`` is wider than: ``1_23``, ``nan``.

Not here: what the parts say (``xlsx``, ``ods``, ``spreadsheet_xml``, which call this, as
``sources.programmes.beside_cells`` does). ``is_open_document`` is called by ``excel`` and ``read_return``.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from sources.readers.workbook.sheet import damaged

_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}
_WHOLE = re.compile(r"\s*[0-9]{1,10}\s*")
_NUMBER = re.compile(r"\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*")


def parts_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names in the archive by plain lower-case name; damaged where one is there twice."""
    found: dict[str, str] = {}
    for name in archive.namelist():
        plain = posixpath.normpath(name.replace("\\", "/").lstrip("/")).lower()
        if plain in found:
            raise damaged(f"{plain} is in the archive twice")
        found[plain] = name
    return found


def is_open_document(content: bytes) -> bool:
    """Whether a ZIP archive holds an OpenDocument file: by its parts, wherever they stand in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return not parts_of(archive).keys().isdisjoint(("mimetype", "content.xml"))
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return False


def relations_part(path: str) -> str:
    """Name of the part that lists what a part of Office Open XML refers to; "" is the package itself."""
    folder, name = posixpath.split(path)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def target_of(relation: Any, path: str) -> str:
    """Path in the archive of what a ``Relationship`` of the part at ``path`` refers to."""
    target = (relation.get("Target") or "").replace("\\", "/")
    full = target.lstrip("/") if target.startswith("/") else posixpath.join(posixpath.dirname(path), target)
    return posixpath.normpath(full)


def parsed(xml: bytes, place: str = "", *, huge: bool = False) -> Any:
    """The root element; ReadError. ``huge`` where a document of hundreds of megabytes is one part."""
    try:
        root = etree.fromstring(xml, etree.XMLParser(huge_tree=huge, **_SAFE))
    except (etree.XMLSyntaxError, ValueError) as trouble:
        raise damaged(trouble, place) from None
    _refuse_type(root, place)
    return root


def elements(xml: bytes, *names: str, place: str = "") -> Iterator[Any]:
    """Elements of some names one after the other, each forgotten once it was looked at; ReadError."""
    tags = [f"{{*}}{name}" for name in names]
    first = True
    try:
        for _, node in etree.iterparse(io.BytesIO(xml), tag=tags, **_SAFE):
            if first:
                _refuse_type(node, place)
            first = False
            yield node
            node.clear()
            parent = node.getparent()
            while parent is not None and node.getprevious() is not None:
                del parent[0]
    except (etree.XMLSyntaxError, ValueError) as trouble:
        raise damaged(trouble, place) from None


def _refuse_type(node: Any, place: str) -> None:
    if node.getroottree().docinfo.internalDTD is not None:
        raise damaged("its XML has a document type declaration", place)


def text_of(node: Any) -> str:
    """The text of an element; ValueError where it holds another element."""
    if len(node):
        raise ValueError(f"{local(node)} holds an element {local(node[0])}")
    return node.text or ""


def local(node: Any) -> str:
    """Name of an element without its namespace: strict and transitional files differ in nothing else."""
    return str(node.tag).rpartition("}")[2]


def number(text: str) -> float:
    """A stored number; ValueError where it is none."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no number")
    return float(text)


def whole(text: str) -> int:
    """A stored place or count; ValueError where it is none."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no whole number")
    return int(text)
