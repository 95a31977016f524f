"""Texts of a workbook that are in no cell: notes, text boxes, headers, names, properties.

A person may write into them what no cell takes, such as a telephone in a note, and nobody sees it. Read from the parts
of the package by lxml, whatever wrote the file::

    xl/comments1.xml          note       Flow!D7   notes of cells, old and threaded
    xl/drawings/drawing1.xml  shape      Flow      text boxes, shapes, charts
    sheet names, headers      remark     Flow      may be the program's own; looked through for data on persons
    docProps/core.xml         property             title, subject, …; never the author, whom Excel writes itself

Not here: cells, hidden ones too (``read_return``, which calls this), and whether a text may stay
(``transforms.programmes.judge_return``).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from sources.programmes.form import words
from sources.readers.workbook.package import local, parsed, parts_of, relations_part, target_of
from sources.readers.workbook.printed import FOOTERS, HEADER_CODE, HEADERS
from sources.readers.workbook.sheet import damaged

NOTE, SHAPE, REMARK, PROPERTY = "note", "shape", "remark", "property"
_NUMBERS = ("least", "most", "ages", "flow", "version", "present")
_AUTHORS = ("creator", "lastModifiedBy", "initial-creator", "editor", "generator", "printed-by")
HEADERS_AND_FOOTERS = (*HEADERS, *FOOTERS)
#: properties that programs write: dates, counts, names of programs; the file's own list of its sheets
_TECHNICAL = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+Z?|\d{0,6}(?:\.\d+)?|(?:Microsoft|LibreOffice|WPS).*|true|false|none",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Beside:
    """A text of a workbook that is in no cell."""

    #: what it is of: ``NOTE``, ``SHAPE``, ``REMARK`` or ``PROPERTY``
    kind: str
    #: its text
    text: str
    #: name of the sheet; empty: of the whole file
    sheet: str = ""
    #: the cell, such as D7; empty: it has none
    cell: str = ""


def beside_cells(content: bytes) -> list[Beside]:
    """All such texts of an .xlsx or .ods; ReadError where a part is damaged that the cells did not need."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = parts_of(archive)

            def part(name: str) -> Any:
                found = parts.get(name.lower())
                return None if found is None else parsed(archive.read(found), name)

            read = _of_ods(part) if "content.xml" in parts else _of_xlsx(part, parts)
            return [beside for beside in read if beside.text.strip()]
    except (zipfile.BadZipFile, zlib.error, ValueError) as trouble:
        raise damaged(trouble) from None


def is_own(language: str, note: str) -> bool:
    """Whether a note is one that the form has, or one of the sentences that a marked copy has."""
    lines = [line for line in note.splitlines() if line.strip()]
    return is_of_form(language, note) or all(is_sentence(language, line) for line in lines)


def is_of_form(language: str, note: str) -> bool:
    """Whether a note is one of the empty form, however its lines are broken."""
    return _plain(note) in _own_notes(language)


def is_sentence(language: str, line: str) -> bool:
    """Whether a line is a sentence on a mistake, with whatever cells and numbers belong to it."""
    return _sentences(language).fullmatch(" ".join(line.split())) is not None


@lru_cache
def _own_notes(language: str) -> frozenset[str]:
    return frozenset(_plain(note) for note in words(language).notes())


@lru_cache
def _sentences(language: str) -> re.Pattern[str]:
    shapes = []
    for sentence in words(language).sentences():
        pieces = re.split(r"\{(\w+)\}", sentence.rstrip("."))
        shape = re.escape(pieces[0])
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
            # What is filled in is a number, or words of the form.
            shape += (r"[\d.,]{1,12}" if name in _NUMBERS else r"[^.]{1,60}") + re.escape(text)
        shapes.append(shape)
    return re.compile(rf"(?:{'|'.join(shapes)})(?:: [^:]*\d[^:]*)?\.?")


def _plain(text: str) -> str:
    return "".join(text.split())


def _all(root: Any, *names: str) -> Iterator[Any]:
    return (node for node in (() if root is None else root.iter(etree.Element)) if local(node) in names)


def _text(node: Any, *names: str) -> str:
    """The texts of all elements of these names, a paragraph a line."""
    return "\n".join("".join(found.itertext()) for found in _all(node, *names))


# -- .xlsx ---------------------------------------------------------------------------------------------------------

_Part = Callable[[str], Any]


def _of_xlsx(part: _Part, parts: Mapping[str, str]) -> Iterator[Beside]:
    book = part("xl/workbook.xml")
    targets = _related(part, "xl/workbook.xml")
    seen = set()
    for sheet in _all(book, "sheet"):
        name = sheet.get("name") or ""
        yield Beside(REMARK, name, name)
        relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        path = targets.get(relation, "")
        for node in _all(part(path), *HEADERS_AND_FOOTERS):
            yield Beside(REMARK, HEADER_CODE.sub(" ", node.text or ""), name)
        for related in _related(part, path).values():
            seen.add(related.lower())
            yield from _of_sheet_part(part, related, name, seen)
    names = {node.get("name") or "": node.get("comment") or "" for node in _all(book, "definedName")}
    for name, comment in names.items():
        if not name.startswith("_xlnm."):
            yield Beside(REMARK, f"{name.replace('_', ' ')} {comment}")
    yield from _of_no_sheet(part, parts, seen)


def _of_no_sheet(part: _Part, parts: Iterable[str], seen: Collection[str]) -> Iterator[Beside]:
    """Parts that no sheet leads to, and properties."""
    for name in parts:
        if name.endswith(".xml") and name not in seen:
            if name.startswith(("xl/comments", "xl/threadedcomments/")):
                yield from (Beside(NOTE, text, "", cell) for cell, text in _notes(part(name)))
            elif name.startswith(("xl/drawings/", "xl/charts/", "xl/diagrams/")):
                yield Beside(SHAPE, _text(part(name), "t"))
            elif name.startswith("docprops/"):
                yield from _properties(part(name))


def _of_sheet_part(part: _Part, path: str, sheet: str, seen: set[str]) -> Iterator[Beside]:
    """Notes and drawings of a sheet."""
    kind = path.lower()
    if not kind.endswith(".xml"):
        return
    if "comment" in kind:
        yield from (Beside(NOTE, text, sheet, cell) for cell, text in _notes(part(path)))
    elif "drawing" in kind:
        yield Beside(SHAPE, _text(part(path), "t"), sheet)
        for related in _related(part, path).values():
            if related.lower().endswith(".xml"):
                seen.add(related.lower())
                yield Beside(SHAPE, _text(part(related), "t"), sheet)


def _related(part: _Part, path: str) -> dict[str, str]:
    """Paths of the parts that a part refers to, by the id of the relation."""
    return {
        node.get("Id") or "": target_of(node, path)
        for node in _all(part(relations_part(path)), "Relationship")
        if node.get("TargetMode") != "External"
    }


def _notes(root: Any) -> Iterator[tuple[str, str]]:
    for node in _all(root, "comment", "threadedComment"):
        # Old notes hold runs of text, threaded ones a text.
        runs = "".join("".join(found.itertext()) for found in _all(node, "t"))
        yield (node.get("ref") or "").upper(), runs or _text(node, "text")


def _properties(root: Any) -> Iterator[Beside]:
    for node in _all(root, *_AUTHORS, "TitlesOfParts", "HeadingPairs"):
        node.clear()
    for node in root.iter(etree.Element) if root is not None else ():
        text = " ".join(filter(None, (node.get("name"), node.text)))
        if not _TECHNICAL.fullmatch(node.text or "") or node.get("name"):
            yield Beside(PROPERTY, text)


# -- .ods ----------------------------------------------------------------------------------------------------------


def _of_ods(part: _Part) -> Iterator[Beside]:
    content = part("content.xml")
    for table in _all(content, "table"):
        name = _attribute(table, "name")
        yield Beside(REMARK, name, name)
        for node in _all(table, "annotation"):
            yield Beside(NOTE, _text(node, "p"), name)
        for node in _all(table, "frame", "custom-shape", "rect"):
            yield Beside(SHAPE, _text(node, "p"), name)
    for node in _all(content, "named-range", "named-expression"):
        yield Beside(REMARK, _attribute(node, "name").replace("_", " "))
    for node in _all(part("styles.xml"), "header", "footer"):
        yield Beside(REMARK, _text(node, "p"))
    for node in _all(part("meta.xml"), "title", "subject", "description", "keyword", "user-defined"):
        yield Beside(PROPERTY, f"{_attribute(node, 'name')} {node.text or ''}")


def _attribute(node: Any, name: str) -> str:
    return next((str(value) for key, value in node.attrib.items() if key.rpartition("}")[2] == name), "")
