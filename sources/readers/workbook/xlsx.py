"""Workbooks of Office Open XML (.xlsx, .xlsm): cells as shown, read from the parts of the package by lxml.

A cell's text comes from its value and number format (``number_formats``); raised characters of formatted text become
``¹``; errors stay texts such as ``#REF!``; a formula without a stored result says so. The declared size of a sheet is
never trusted.

Refused: damaged archives, more bytes than ``sheet.MAX_UNPACKED``, cells too far away or with what no cell has, binary
workbooks (.xlsb).

Not here: what a style makes of a text (``xlsx_styles``), how a number is shown (``number_formats``), parts by name and
safe XML (``package``), layouts (``grid``). Called by ``excel``, and by ``sources.programmes.read_return`` for filled
forms.
"""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lxml import etree

from sources.cells import ReadError
from sources.readers.grid.table import Merge, column_number
from sources.readers.workbook.beside_xlsx import comments_of, heading_of
from sources.readers.workbook.colour_legends import comment_on_colours
from sources.readers.workbook.conditional_formats import Change, Condition, bounded, changed
from sources.readers.workbook.font_marks import UNSEEN, WHITE, raise_text
from sources.readers.workbook.number_formats import date_parts, date_shown, scaled, shown
from sources.readers.workbook.package import (
    elements,
    local,
    number,
    parsed,
    parts_of,
    relations_part,
    target_of,
    text_of,
    whole,
)
from sources.readers.workbook.printed import FOOTERS, HEADERS, add_printed
from sources.readers.workbook.sheet import (
    MAX_MERGES,
    Content,
    Sheet,
    damaged,
    refuse_large,
    unresolved,
)
from sources.readers.workbook.xlsx_styles import (
    Style,
    cell_styles,
    differential_styles,
    has_colour,
    is_true,
    rich_text,
    unescaped,
)

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
# What colours cells beside their own styles; white letters may be seen upon it.
_PAINTS = (b"conditionalFormatting", b"tablePart")
# What a cell may hold: formula, value, formatted text, and what programs add for themselves.
_IN_A_CELL = ("f", "v", "is", "extLst")
_TROUBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, KeyError)


@dataclass
class _Package:
    """The archive, and what all sheets share."""

    archive: zipfile.ZipFile
    #: names in the archive by plain lower-case name
    parts: dict[str, str]
    #: shared texts by their number
    strings: list[str] = field(default_factory=list)
    #: those with parts in a colour, which may be that of the cell
    coloured: dict[int, Any] = field(default_factory=dict)
    #: styles of cells by their number
    styles: list[Style] = field(default_factory=list)
    #: whether days are counted from 1904
    since_1904: bool = False
    #: whoever opens the workbook shall calculate it first, since the program that wrote it did not
    uncalculated: bool = False
    #: what a conditional format makes of a cell, by the number of its style
    changes: list[Change] = field(default_factory=list)
    #: whether something besides its styles may colour cells of the present sheet
    painted: bool = False
    #: conditional formats of the present sheet
    conditions: list[Condition] = field(default_factory=list)

    def open(self, name: str) -> bytes | None:
        """The bytes of a part, or None."""
        found = self.parts.get(name.lower())
        try:
            return None if found is None else self.archive.read(found)
        except _TROUBLE as trouble:
            raise damaged(trouble, name) from None

    def parse(self, name: str) -> Any:
        """The root element of a part, or None where there is none."""
        content = self.open(name)
        return None if content is None else parsed(content, name)


def sheets(content: bytes) -> list[Sheet]:
    """The sheets with cells, in the workbook's order; charts and macro sheets hold none. ReadError."""
    package = _open(content)
    path = _workbook_path(package)
    root = package.parse(path)
    if root is None:
        if path.endswith(".bin") or "xl/workbook.bin" in package.parts:
            raise ReadError(
                "the file is a binary workbook (.xlsb)",
                remedy="Save it as .xlsx in a spreadsheet program and add it by hand",
            )
        raise ReadError(
            "the file is a ZIP archive without a workbook", remedy="Correct the declared format or address"
        )
    package.since_1904 = any(
        local(node) == "workbookPr" and is_true(node.get("date1904")) for node in root.iter(etree.Element)
    )
    package.uncalculated = any(
        local(node) == "calcPr" and is_true(node.get("fullCalcOnLoad")) for node in root.iter(etree.Element)
    )
    targets = _relations(package, path)
    found = []
    for node in root.iter(etree.Element):
        if local(node) != "sheet":
            continue
        relation = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
        kind, target = targets.get(relation, ("worksheet", ""))
        if kind == "worksheet" and target:
            name = node.get("name") or ""
            hidden = (node.get("state") or "visible") != "visible"
            found.append(Sheet(name, hidden, partial(_content, package, target, name)))
    if not found:
        raise damaged("it has no sheet with cells")
    return found


def _open(content: bytes) -> _Package:
    """The archive, after the checks that keep a damaged or hostile one from hurting."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        refuse_large(archive)
    except _TROUBLE as trouble:
        raise damaged(trouble) from None
    return _Package(archive, parts_of(archive))


def _workbook_path(package: _Package) -> str:
    """Where the package says its workbook is; else where it always is."""
    for kind, target in _relations(package, "").values():
        if kind == "officeDocument":
            return target
    return "xl/workbook.xml"


def _relations(package: _Package, path: str) -> dict[str, tuple[str, str]]:
    """Relation id to (kind, path) of what a part refers to."""
    root = package.parse(relations_part(path))
    return {
        node.get("Id") or "": ((node.get("Type") or "").rpartition("/")[2], target_of(node, path))
        for node in (root if root is not None else ())
    }


# -- what all sheets share ------------------------------------------------------------------------------------


def _share(package: _Package) -> None:
    """Read strings and styles once, when the first sheet is wanted."""
    if package.styles:
        return
    # Where the parts are is written in the workbook's relations, but every program writes these names.
    styles, strings = package.parse("xl/styles.xml"), package.parse("xl/sharedstrings.xml")
    try:
        items = [node for node in (() if strings is None else strings) if local(node) == "si"]
        package.strings = [rich_text(node) for node in items]
        package.coloured = {place: node for place, node in enumerate(items) if has_colour(node)}
        package.styles = cell_styles(styles)
        package.changes = differential_styles(styles)
    except ValueError as trouble:
        raise damaged(trouble) from None


# -- one sheet ------------------------------------------------------------------------------------------------


def _content(package: _Package, path: str, name: str) -> Content:
    """The cells of one sheet."""
    _share(package)
    xml = package.open(path)
    if xml is None:
        raise damaged(f"{path} is not in the archive", f"sheet {name}")
    content = Content()
    package.painted = any(word in xml for word in _PAINTS)
    row, place = -1, f"sheet {name}"
    try:
        package.conditions = _conditions(xml, package.changes, place)
        printed = dict[str, list[str]]()
        for node in elements(xml, "row", "col", "mergeCell", *HEADERS, *FOOTERS, place=place):
            kind = local(node)
            if kind == "row" and local(node.getparent()) == "sheetData":
                row = _row(package, node, row + 1, content, name)
            elif kind == "col" and (is_true(node.get("hidden")) or node.get("width") in ("0", "0.0")):
                first, last = whole(node.get("min") or "1"), whole(node.get("max") or "1")
                content.hide(content.hidden_columns, range(first - 1, min(last, 16_384)))
            elif kind == "mergeCell":
                content.merges.append(_merge(node.get("ref") or "", name))
                if len(content.merges) > MAX_MERGES:
                    raise damaged(f"more than {MAX_MERGES} merged cells", place)
            elif kind in (*HEADERS, *FOOTERS) and _is_printed(node):
                printed.setdefault(kind, []).append(node.text or "")
        targets = [*_relations(package, path).values()]
        content.head(heading_of(package.parse, targets))
        add_printed(
            content,
            *([text for kind in kinds for text in printed.get(kind, ())] for kinds in (HEADERS, FOOTERS)),
        )
        for reference, text, author in comments_of(package.parse, targets):
            content.comment(*_place(reference, name), text, author)
        comment_on_colours(content, partial(_fills, package, xml, name))
    except ValueError as trouble:
        raise damaged(trouble, place) from None
    return content


def _is_printed(node: Any) -> bool:
    """Whether a header or footer is printed; those of even and first pages only where these differ from others."""
    differs = {"evenH": "OddEven", "evenF": "OddEven", "first": "First"}.get(local(node)[:5])
    return differs is None or is_true(node.getparent().get(f"different{differs}"))


def _fills(package: _Package, xml: bytes, name: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a sheet that have a colour, and which."""
    for node in elements(xml, "c", place=f"sheet {name}"):
        behind = _style(package, node).behind
        if behind not in ("", WHITE) and (reference := node.get("r")):
            yield _place(reference, name), behind


def _row(package: _Package, node: Any, expected: int, content: Content, name: str) -> int:
    """The cells of a row; its number, which files may leave out."""
    row = whole(node.get("r") or str(expected + 1)) - 1
    if not 0 <= row < 1_048_576:
        raise damaged(f"there is no row {row + 1}", f"sheet {name}")
    if is_true(node.get("hidden")) or node.get("ht") in ("0", "0.0"):
        content.hidden_rows.add(row)
    column = -1
    for cell in node:
        if local(cell) != "c":
            if local(cell) != "extLst":
                raise ValueError(f"row {row + 1} holds an element {local(cell)}")
            continue
        reference = cell.get("r")
        own, column = _place(reference, name) if reference is not None else (row, column + 1)
        parts = _parts(cell, row)
        text = _cell_text(package, cell, parts)
        word = _scaled(package, cell, parts) if text else ""
        if text and package.conditions:
            text = changed(package.conditions, (own, column), text, _stored_number(cell, parts))
        content.put(own, column, text, word)
    return row


def _conditions(xml: bytes, changes: list[Change], place: str) -> list[Condition]:
    """The conditional formats of a sheet that hide what a cell holds, or write another text instead of it."""
    found: list[Condition] = []
    for node in elements(xml, "conditionalFormatting", place=place) if _PAINTS[0] in xml else ():
        areas = [_merge(area, place) for area in (node.get("sqref") or "").split()]
        for rule in node:
            number_of = rule.get("dxfId")
            change = changes[whole(number_of)] if number_of and whole(number_of) < len(changes) else Change()
            if any(part.get("showValue") in ("0", "false") for part in rule):
                change = Change(kind=UNSEEN)
            if change.code is not None or change.kind:
                limits = [text_of(part) for part in rule if local(part) == "formula"]
                operator = rule.get("operator") or "" if rule.get("type") == "cellIs" else ""
                always = rule.get("type") in ("dataBar", "iconSet")
                found.append(Condition(areas, "always" if always else operator, limits, change))
    return bounded(found, place)


def _parts(cell: Any, row: int) -> dict[str, Any]:
    """Formula, value and text of a cell by name; ValueError where one is there twice, or something else is."""
    found: dict[str, Any] = {}
    for child in cell:
        name = local(child)
        if name in found or name not in _IN_A_CELL:
            raise ValueError(f"cell {cell.get('r') or f'in row {row + 1}'} holds an element {name} too many")
        found[name] = child
    return found


def _place(reference: str, name: str) -> tuple[int, int]:
    """``B7`` is row 6, column 1; the limits are those of the format."""
    match = _REFERENCE.fullmatch(reference.strip().upper())
    row, column = (int(match[2]) - 1, column_number(match[1])) if match else (-1, 0)
    if not 0 <= row < 1_048_576 or column >= 16_384:
        raise damaged(f"there is no cell {reference[:20]!r}", f"sheet {name}")
    return row, column


def _merge(reference: str, name: str) -> Merge:
    first, _, last = reference.partition(":")
    return (*_place(first, name), *_place(last or first, name))


def _cell_text(package: _Package, cell: Any, parts: dict[str, Any]) -> str:
    """What a person sees in a cell."""
    kind = (cell.get("t") or "n").strip()
    style = _style(package, cell)
    raised = UNSEEN if style.unseen and not package.painted else style.raised
    if kind == "inlineStr":
        text = rich_text(parts["is"], "" if package.painted else style.behind) if "is" in parts else ""
        return raise_text(text, raised)
    stored = text_of(parts["v"]) if "v" in parts else None
    # A program that calculates nothing may write 0 for the result.
    uncalculated = package.uncalculated and kind == "n" and stored == "0"
    if "f" in parts and (stored is None or uncalculated or (stored == "" and kind != "str")):
        return unresolved(parts["f"].text or "")
    if not stored:
        return ""
    return raise_text(_stored_text(package, kind, stored, style), raised)


def _style(package: _Package, cell: Any) -> Style:
    place = whole(cell.get("s") or "0")
    return package.styles[place] if place < len(package.styles) else Style()


def _stored_number(cell: Any, parts: dict[str, Any]) -> float | None:
    stored = text_of(parts["v"]) if "v" in parts else ""
    return number(stored) if stored and (cell.get("t") or "n").strip() == "n" else None


def _scaled(package: _Package, cell: Any, parts: dict[str, Any]) -> str:
    """The word for the thousands in which a number is shown."""
    stored = _stored_number(cell, parts)
    return "" if stored is None else scaled(stored, _style(package, cell).code)


def _stored_text(package: _Package, kind: str, stored: str, style: Style) -> str:
    """Text of a stored value by its kind."""
    if kind == "s":
        place = whole(stored)
        if place >= len(package.strings):
            raise ValueError(f"there is no shared text {place}")
        if place in package.coloured and not package.painted:
            return rich_text(package.coloured[place], style.behind)
        return package.strings[place]
    if kind == "n":
        return shown(number(stored), style.code, since_1904=package.since_1904)
    if kind == "b":
        return "TRUE" if is_true(stored) else "FALSE"
    if kind == "d":
        return date_shown(dt.datetime.fromisoformat(stored.strip()), date_parts(style.code) or "ymdt")
    return unescaped(stored)
