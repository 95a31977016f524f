"""Files named .xls that are XML Spreadsheet 2003: one text, with the styles and formats of a workbook.

::

    <?mso-application progid="Excel.Sheet"?><Workbook …><Worksheet ss:Name="A"><Table><Row><Cell><Data …>

Rows and cells that say no place follow the ones before. ``is_spreadsheet_xml`` is also called where files are fetched.

Not here: Office Open XML (``xlsx``), how a number is shown (``number_formats``) and layouts (``grid``). Called by
``excel``.
"""

import datetime as dt
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from sources.readers.grid.table import Merge
from sources.readers.workbook.colour_legends import comment_on_colours
from sources.readers.workbook.conditional_formats import Change, Condition, bounded, changed
from sources.readers.workbook.font_marks import KINDS_OF_ELEMENTS, STRUCK, UNSEEN, WHITE, colour, raise_text
from sources.readers.workbook.hidden_html import (
    hides,
)
from sources.readers.workbook.number_formats import date_parts, date_shown, scaled, shown
from sources.readers.workbook.package import local, number, parsed
from sources.readers.workbook.printed import add_printed
from sources.readers.workbook.sheet import MAX_SPAN, Content, Sheet, damaged, unresolved

_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_AREA = re.compile(r"R(\d{1,7})C(\d{1,5})(?::R(\d{1,7})C(\d{1,5}))?")
_QUALIFIERS = {
    "Less": "lessThan",
    "LessOrEqual": "lessThanOrEqual",
    "Greater": "greaterThan",
    "GreaterOrEqual": "greaterThanOrEqual",
    "Equal": "equal",
    "NotEqual": "notEqual",
    "Between": "between",
    "NotBetween": "notBetween",
}
# Formats that XML Spreadsheet 2003 names instead of writing them.
_NAMED_FORMATS = {
    "Percent": "0.00%",
    "General Number": "General",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Scientific": "0.00E+00",
    "Currency": '"$"#,##0.00',
    "Euro Currency": '"€"#,##0.00',
    "Short Date": "dd.mm.yyyy",
    "Medium Date": "dd-mmm-yy",
    "Long Date": "d mmmm yyyy",
    "General Date": "dd.mm.yyyy hh:mm",
}


def is_spreadsheet_xml(content: bytes) -> bool:
    """Whether the file is XML Spreadsheet 2003."""
    head = content[:4096].replace(b"\x00", b"")
    return _SPREADSHEET in head and b"<" in head[:16] and not re.search(rb"<html[\s>]", head, re.IGNORECASE)


class _Styles(NamedTuple):
    """The styles of a workbook, those of the columns of one sheet, and its conditional formats."""

    looks: dict[str, "_Look"]
    of_columns: dict[int, str]
    conditions: list[Condition]


def sheets(content: bytes) -> list[Sheet]:
    """The sheets of an XML Spreadsheet 2003; ReadError."""
    root = parsed(content, huge=True)
    looks = _looks(root)
    found: list[Sheet] = []
    for node in root.iterfind(f"{_SS}Worksheet"):
        name = node.get(f"{_SS}Name") or f"Sheet {len(found) + 1}"
        visible = next((part.text or "" for part in node.iter() if local(part) == "Visible"), "")
        found.append(Sheet(name, visible.startswith("Sheet"), partial(_content, node, looks, name)))
    if not found:
        raise damaged("it has no sheet with cells")
    return found


class _Look(NamedTuple):
    """What a style of XML Spreadsheet 2003 makes of a cell; ``behind``: the colour of its background."""

    code: str = "General"
    raised: str = ""
    letters: str = ""
    behind: str = WHITE

    @property
    def kind(self) -> str:
        """How the text of a cell is marked (``font_marks.raise_text``)."""
        return UNSEEN if self.letters == self.behind else self.raised


def _looks(root: Any) -> dict[str, _Look]:
    """What every style makes of a cell, by its name; what it does not say is as in its parent."""
    found: dict[str, _Look] = {"Default": _Look()}
    for style in root.iterfind(f"{_SS}Styles/{_SS}Style"):
        look = found.get(style.get(f"{_SS}Parent") or "Default", _Look())
        form, font, fill = (style.find(f"{_SS}{name}") for name in ("NumberFormat", "Font", "Interior"))
        if form is not None:
            code = form.get(f"{_SS}Format") or "General"
            look = look._replace(code=_NAMED_FORMATS.get(code, code))
        if font is not None:
            shifted = (font.get(f"{_SS}VerticalAlign") or "").lower()
            raised = STRUCK if font.get(f"{_SS}StrikeThrough") == "1" else shifted
            look = look._replace(raised=raised, letters=colour(font.get(f"{_SS}Color") or ""))
        if fill is not None and (fill.get(f"{_SS}Pattern") or "None") != "None":
            look = look._replace(behind=colour(fill.get(f"{_SS}Color") or ""))
        found[style.get(f"{_SS}ID") or "Default"] = look
    return found


def _conditions(sheet: Any, name: str) -> list[Condition]:
    """The conditional formats of a sheet that hide what a cell holds."""
    found = []
    for node in sheet.iter():
        if local(node) != "ConditionalFormatting":
            continue
        ranges = [part.text or "" for part in node.iter() if local(part) == "Range"]
        areas = [area for text in ranges for area in _areas(text, name)]
        for rule in (part for part in node if local(part) == "Condition"):
            texts = {local(part): part.text or "" for part in rule.iter()}
            style = next((part.get("Style") or "" for part in rule if local(part) == "Format"), "")
            limits = [texts[key] for key in ("Value1", "Value2") if key in texts]
            change = UNSEEN if hides(style) else STRUCK if "line-through" in style.casefold() else ""
            if change:
                operator = _QUALIFIERS.get(texts.get("Qualifier", ""), "")
                found.append(Condition(areas, operator, limits, Change(kind=change)))
    return bounded(found, f"sheet {name}")


def _areas(text: str, name: str) -> list[Merge]:
    """``R2C2:R4C3,R6C2`` as first row, first column, last row, last column."""
    found = []
    for part in filter(None, text.split(",")):
        match = _AREA.fullmatch(part.strip())
        if match is None:
            raise damaged(f"there is no area {part[:20]!r}", f"sheet {name}")
        top, left = int(match[1]) - 1, int(match[2]) - 1
        found.append((top, left, int(match[3] or match[1]) - 1, int(match[4] or match[2]) - 1))
    return found


def _content(sheet: Any, looks: dict[str, _Look], name: str) -> Content:
    """The cells of one sheet; places that are not written follow from the ones before."""
    content = Content()
    table = _only(sheet, "Table", name)
    styles = _Styles(looks, {}, _conditions(sheet, name))
    row = column = 0
    for node in table if table is not None else ():
        if node.tag == f"{_SS}Column":
            column = _place(node, "Index", column + 1, name)
            span = _place(node, "Span", 0, name)
            if node.get(f"{_SS}Hidden") == "1" or node.get(f"{_SS}Width") == "0":
                content.hide(content.hidden_columns, range(column - 1, column + span))
            if style := node.get(f"{_SS}StyleID"):
                styles.of_columns.update(
                    dict.fromkeys(range(column - 1, column + min(span, MAX_SPAN)), style)
                )
            column += span
        elif node.tag == f"{_SS}Row":
            row = _place(node, "Index", row + 1, name)
            span = _place(node, "Span", 0, name)
            if node.get(f"{_SS}Hidden") == "1" or node.get(f"{_SS}Height") == "0":
                content.hide(content.hidden_rows, range(row - 1, row + span))
            _row(node, row - 1, content, styles, name)
            row += span
    comment_on_colours(content, partial(_fills, table, styles, name))
    add_printed(
        content,
        *(
            [text for text in map(_printed, sheet.iter(f"{_X}{name}")) if text]
            for name in ("Header", "Footer")
        ),
    )
    return content


def _fills(table: Any, styles: _Styles, name: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a sheet that have a colour, and which."""
    row = 0
    for node in table.iterfind(f"{_SS}Row"):
        row = _place(node, "Index", row + 1, name)
        column = 0
        for cell in node.iterfind(f"{_SS}Cell"):
            column = _place(cell, "Index", column + 1, name)
            behind = _look(cell, node, column - 1, styles).behind
            if behind not in ("", WHITE):
                yield (row - 1, column - 1), behind
            column += _place(cell, "MergeAcross", 0, name)
        row += _place(node, "Span", 0, name)


def _look(cell: Any, row: Any, column: int, styles: _Styles) -> _Look:
    """What the style of a cell, its row or its column makes of it."""
    style = cell.get(f"{_SS}StyleID") or row.get(f"{_SS}StyleID") or styles.of_columns.get(column)
    return styles.looks.get(style or "Default", _Look())


def _printed(node: Any) -> str:
    """What a header or footer of printed pages says, with its codes."""
    return node.get(f"{_X}Data") or ""


def _only(node: Any, kind: str, name: str) -> Any:
    """The child of this kind, or None; of two nobody knows which is meant."""
    found = node.findall(f"{_SS}{kind}")
    if len(found) > 1:
        raise damaged(f"{local(node)} has more than one {kind}", f"sheet {name}")
    return found[0] if found else None


def _row(node: Any, row: int, content: Content, styles: _Styles, name: str) -> None:
    column = 0
    for cell in node.iterfind(f"{_SS}Cell"):
        column = _place(cell, "Index", column + 1, name)
        right, down = _place(cell, "MergeAcross", 0, name), _place(cell, "MergeDown", 0, name)
        if right or down:
            content.merges.append((row, column - 1, row + down, column - 1 + right))
        look = _look(cell, node, column - 1, styles)
        data = _only(cell, "Data", name)
        text = raise_text(_text(cell, data, look), look.kind)
        if text and styles.conditions:
            text = changed(styles.conditions, (row, column - 1), text, _number(data))
        content.put(row, column - 1, text, _scaled(data, look.code))
        for comment in cell.iterfind(f"{_SS}Comment"):
            said = "".join(comment.itertext())
            content.comment(row, column - 1, said, comment.get(f"{_SS}Author") or "")
        column += right


def _place(node: Any, attribute: str, default: int, name: str) -> int:
    text = (node.get(f"{_SS}{attribute}") or str(default)).strip()
    if not (text.isascii() and text.isdigit()) or int(text) > 1_048_576:
        raise damaged(f"{attribute} is {text[:20]!r}", f"sheet {name}")
    return int(text)


def _text(cell: Any, data: Any, look: _Look) -> str:
    """What a person sees in a cell."""
    formula, code = cell.get(f"{_SS}Formula"), look.code
    if data is None or not (text := _written(data, look.behind)):
        return unresolved(formula) if formula and data is None else ""
    kind = data.get(f"{_SS}Type") or "String"
    try:
        if kind == "Number":
            return shown(number(text), code)
        if kind == "DateTime":
            return date_shown(dt.datetime.fromisoformat(text.strip()), date_parts(code) or "ymd")
    except ValueError as trouble:
        raise damaged(trouble) from None
    return {"0": "FALSE", "1": "TRUE"}.get(text, text) if kind == "Boolean" else text


def _number(data: Any) -> float | None:
    """The number of a cell whose text was read before."""
    text = data is not None and data.get(f"{_SS}Type") == "Number" and _written(data, "")
    return number(text) if text else None


def _scaled(data: Any, code: str) -> str:
    """The word for the thousands in which a number is shown."""
    stored = _number(data)
    return "" if stored is None else scaled(stored, code)


def _written(node: Any, behind: str, raised: str = "") -> str:
    kind = KINDS_OF_ELEMENTS.get(local(node).lower(), raised)
    letters = next((text for key, text in node.attrib.items() if key.rpartition("}")[2] == "Color"), "")
    if behind and colour(letters) == behind:
        kind = UNSEEN
    parts = [raise_text(node.text or "", kind)]
    for child in node:
        parts += [_written(child, behind, kind), raise_text(child.tail or "", kind)]
    return "".join(parts)
