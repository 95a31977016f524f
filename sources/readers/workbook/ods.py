"""Workbooks of OpenDocument (.ods, and .fods in one XML file), read by lxml.

::

    <table:table-cell office:value-type="percentage" office:value="0.338">      33.8%
    <table:table-cell office:value-type="date" office:date-value="2022-01-01"   2022 where its style shows a year
    <text:p>125<text:span text:style-name="T1">1</text:span></text:p>           125¹ where T1 is raised
    <table:table-cell table:number-rows-spanned="2">                            a merged cell
    <table:table-row table:visibility="collapse">                               hidden (or "filter")

Refused: workbooks with a password, damaged ones, cells too far away.

Not here: number formats (``number_formats``), layouts and labels (``excel``). Called by ``excel``, and by
``sources.programmes.read_return`` for filled forms.
"""

import datetime as dt
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from sources.currencies import names_currency
from sources.readers.grid.table import DATE
from sources.readers.workbook.colour_legends import comment_on_colours
from sources.readers.workbook.font_marks import STRUCK, UNSEEN, WHITE, colour, raise_text
from sources.readers.workbook.number_formats import HIDDEN, contradicts, date_shown, number_text, telling
from sources.readers.workbook.package import local, number, parsed, parts_of
from sources.readers.workbook.printed import add_printed
from sources.readers.workbook.sheet import (
    MAX_CELLS,
    MAX_MERGES,
    Content,
    Sheet,
    damaged,
    locked,
    refuse_large,
    unresolved,
)

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ENCRYPTED = b"encryption-data"
# What a cell's text has beside it: remarks, readings above characters, what was deleted.
_BESIDE = ("annotation", "note", "ruby-text", "change", "change-start", "change-end", "script")
# What a program fills into the header of a page.
_FIELDS = (
    "page-number",
    "page-count",
    "date",
    "time",
    "file-name",
    "sheet-name",
    "title",
    "subject",
    "creator",
)
_DATE_PARTS = {"year": "y", "month": "m", "day": "d", "hours": "t", "minutes": "t", "seconds": "t"}
_TROUBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, KeyError)
_SHOWN_IN = {1_000: "thousand", 1_000_000: "million", 1_000_000_000: "billion"}
_YEAR = re.compile("(19|20)[0-9]{2}")
_MONTH = re.compile(
    rf"[^\W\d_]{{3,}}\.? {_YEAR.pattern}(?: г\.)?|[0-9]{{2}}[./]{_YEAR.pattern}|{_YEAR.pattern}-[0-9]{{2}}"
)
_FIGURE = re.compile(r"[-−]?[0-9][0-9\s.,]*")
# Old programs store 0 beside the error that they show.
_ERROR = re.compile(r"\s*(?:#[A-ZА-Я]|Err:)")
_BOUND = re.compile("[<>≤≥]")
# A row or column that takes no place.
_NO_SIZE = re.compile(r"0+(?:\.0*)?(?:cm|mm|in|pt|px)?")
# Repeated cells of one colour that may hold figures; more are empty ones down to the end of the sheet.
_FEW = 100
_FARTHEST_ROW, _FARTHEST_COLUMN = 1_048_576, 16_384


@dataclass
class _Styles:
    """What the document's styles say: raised texts, formats by cell style, hidden sheets, colours of text and cell.

    ``flat``: styles of rows and columns that take no place.

    ``pages``: the page on which a style of tables is printed. ``printed``: headers and footers of a page.

    By name of a format: the parts that a date shows, the factor by which a number is shown smaller.
    """

    raised: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    factors: dict[str, int] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    flat: set[str] = field(default_factory=set)
    colours: dict[str, tuple[str, str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    printed: dict[str, list[list[str]]] = field(default_factory=dict)

    def factor(self, style: str) -> int:
        """By how much a cell of this style shows a number smaller than it is."""
        return self.factors.get(self.formats.get(style, ""), 1)


def sheets(content: bytes) -> list[Sheet]:
    """The tables of the document, in its order; ReadError."""
    roots = [parsed(content, huge=True)] if content.lstrip().startswith(b"<") else _unpacked(content)
    styles = _Styles()
    for root in roots:
        _read_styles(root, styles)
    found: list[Sheet] = []
    for table in roots[-1].iterfind(f".//{_OFFICE}spreadsheet/{_TABLE}table"):
        name = table.get(f"{_TABLE}name") or f"Sheet {len(found) + 1}"
        hidden = (table.get(f"{_TABLE}style-name") or "") in styles.hidden
        found.append(Sheet(name, hidden, partial(_content, table, styles, name)))
    if not found:
        raise damaged("it has no sheet with cells")
    return found


def _unpacked(content: bytes) -> list[Any]:
    """The roots of styles.xml and content.xml, the latter last."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            refuse_large(archive)
            names = parts_of(archive)
            # Old programs declare a document type there, of which nothing is read.
            if "meta-inf/manifest.xml" in names and _ENCRYPTED in archive.read(
                names["meta-inf/manifest.xml"]
            ):
                raise locked()
            if "content.xml" not in names:
                raise damaged("content.xml is not in the archive")
            wanted = [names[name] for name in ("styles.xml", "content.xml") if name in names]
            return [parsed(archive.read(name), huge=True) for name in wanted]
    except _TROUBLE as trouble:
        raise damaged(trouble) from None


# -- styles ---------------------------------------------------------------------------------------------------


def _read_styles(root: Any, styles: _Styles) -> None:
    """Add what the styles of one part say."""
    for node in root.iter(f"{_NUMBER}date-style"):
        parts = (_DATE_PARTS.get(local(child), "") for child in node)
        styles.dates[node.get(f"{_STYLE}name") or ""] = "".join(parts)
    for node in root.iter(f"{_NUMBER}number"):
        factor = node.get(f"{_NUMBER}display-factor") or "1"
        if factor.isascii() and factor.isdigit() and int(factor) in _SHOWN_IN:
            styles.factors[node.getparent().get(f"{_STYLE}name") or ""] = int(factor)
    for node in root.iter(f"{_STYLE}style"):
        name, parent = node.get(f"{_STYLE}name") or "", node.get(f"{_STYLE}parent-style-name") or ""
        inherited = styles.formats.get(parent, "")
        styles.formats[name] = node.get(f"{_STYLE}data-style-name") or inherited
        styles.pages[name] = node.get(f"{_STYLE}master-page-name") or styles.pages.get(parent, "")
        styles.raised[name] = _kind_of(node, name, styles, styles.raised.get(parent, ""))
        for properties in node:
            if properties.get(f"{_TABLE}display") == "false":
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
        found.append([_without_fields(line) for part in shown for line in part.iter(f"{_TEXT}p")])
    return found


def _without_fields(node: Any) -> str:
    """The text of a line, without what a program fills in for each page."""
    inner = (("" if local(part) in _FIELDS else _without_fields(part)) + (part.tail or "") for part in node)
    return (node.text or "") + "".join(inner)


def _kind_of(node: Any, name: str, styles: _Styles, inherited: str) -> str:
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
        if properties.get(f"{_TEXT}display") == "none" or opacity == "0%":
            kind = UNSEEN
    return kind


def _is_unseen(node: Any, name: str, styles: _Styles) -> bool:
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


# -- one sheet ------------------------------------------------------------------------------------------------


def _content(table: Any, styles: _Styles, name: str) -> Content:
    """The cells of one table."""
    content = Content()
    boxes = table.iter("{*}frame", "{*}custom-shape")
    content.head("".join(part.itertext()) for box in boxes for part in box.iter(f"{_TEXT}p"))
    page = styles.pages.get(table.get(f"{_TABLE}style-name") or "", "") or "Default"
    add_printed(content, *styles.printed.get(page, ([], [])), codes=False)
    defaults = _columns(table, content, styles)
    row = size = 0
    for node, hidden in _rows(table, False, styles):
        times = _count(node, "number-rows-repeated")
        cells = _cells(node, styles, defaults)
        size += len(cells) * times
        if size > MAX_CELLS or (cells and row + times > _FARTHEST_ROW):
            raise damaged(f"more than {MAX_CELLS} cells", f"sheet {name}")
        for copy in range(times if cells else 0):
            for column, text, word, (down, right), comment in cells:
                content.put(row + copy, column, text, word)
                content.comment(row + copy, column, *comment)
                if down > 1 or right > 1:
                    content.merges.append((row + copy, column, row + copy + down - 1, column + right - 1))
        if len(content.merges) > MAX_MERGES:
            raise damaged(f"more than {MAX_MERGES} merged cells", f"sheet {name}")
        if hidden:
            content.hidden_rows.update(range(row, min(row + times, _FARTHEST_ROW)))
        row += times
    comment_on_colours(content, partial(_fills, table, styles, defaults))
    return content


def _fills(table: Any, styles: _Styles, defaults: list[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a table that have a colour, and which; one that is repeated to the end of the sheet once."""
    row = 0
    for node, _ in _rows(table, False, styles):
        down, column = _count(node, "number-rows-repeated"), 0
        for cell in node:
            times = _count(cell, "number-columns-repeated")
            own = cell.get(f"{_TABLE}style-name") or (defaults[column] if column < len(defaults) else "")
            behind = styles.colours.get(own, ("", WHITE))[1]
            if behind != WHITE:
                places = itertools.product(range(min(down, _FEW)), range(min(times, _FEW)))
                yield from (((row + below, column + right), behind) for below, right in places)
            column += times
        row += down


def _count(node: Any, name: str, prefix: str = _TABLE) -> int:
    """How often an element counts; once where it does not say."""
    text = node.get(f"{prefix}{name}") or "1"
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise damaged(f"{name} is {text[:20]!r}")
    return max(int(text), 1)


def _hides(node: Any, styles: _Styles) -> bool:
    seen = (node.get(f"{_TABLE}visibility") or "visible") == "visible"
    return (
        not seen
        or node.get(f"{_TABLE}display") == "false"
        or (node.get(f"{_TABLE}style-name") or "") in styles.flat
    )


def _columns(table: Any, content: Content, styles: _Styles) -> list[str]:
    """The style of each column's cells; hidden columns are noted."""
    defaults: list[str] = []

    def walk(parent: Any, hidden: bool) -> None:
        for node in parent:
            if node.tag == f"{_TABLE}table-column":
                times = min(_count(node, "number-columns-repeated"), _FARTHEST_COLUMN - len(defaults))
                if hidden or _hides(node, styles):
                    content.hide(content.hidden_columns, range(len(defaults), len(defaults) + times))
                defaults.extend([node.get(f"{_TABLE}default-cell-style-name") or ""] * times)
            elif "column" in str(node.tag):
                walk(node, hidden or _hides(node, styles))

    walk(table, False)
    return defaults


def _rows(parent: Any, hidden: bool, styles: _Styles) -> Iterator[tuple[Any, bool]]:
    """Rows of the table and of its groups, and whether they are hidden."""
    for node in parent:
        if node.tag == f"{_TABLE}table-row":
            yield node, hidden or _hides(node, styles)
        elif local(node) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(node, hidden or _hides(node, styles), styles)


_Cell = tuple[int, str, str, tuple[int, int], tuple[str, str]]


def _cells(row: Any, styles: _Styles, defaults: list[str]) -> list[_Cell]:
    """Column, text, word for its thousands, span and comment of a row's filled cells; a covered cell is not seen."""
    found: list[_Cell] = []
    column = 0
    for node in row:
        kind = local(node)
        if kind not in ("table-cell", "covered-table-cell"):
            continue
        times = _count(node, "number-columns-repeated")
        own = node.get(f"{_TABLE}style-name") or (defaults[column] if column < len(defaults) else "")
        text = _cell_text(node, styles, own) if kind == "table-cell" else ""
        if text:
            if column + times > _FARTHEST_COLUMN:
                raise damaged(f"there is no column {column + times}")
            span = (_count(node, "number-rows-spanned"), _count(node, "number-columns-spanned"))
            word = _shown_in(node, styles.factor(own), text)
            comment = _comment(node)
            found += [(column + copy, text, word, span, comment) for copy in range(times)]
        column += times
    return found


def _comment(cell: Any) -> tuple[str, str]:
    """Text and author of the comment on a cell."""
    node = cell.find(f"{_OFFICE}annotation")
    if node is None:
        return "", ""
    author = next((part.text or "" for part in node if local(part) == "creator"), "")
    return "\n".join("".join(part.itertext()) for part in node.iterfind(f"{_TEXT}p")), author


def _shown_in(node: Any, factor: int, text: str) -> str:
    """The word for the thousands in which a number is shown without saying so; ``DATE`` of dates and times."""
    kind = node.get(f"{_OFFICE}value-type")
    if kind in ("date", "time"):
        return DATE
    return (
        _SHOWN_IN.get(factor, "")
        if kind in ("float", "currency") and not telling(_FIGURE.sub("", text))
        else ""
    )


def _parts_written(date: str) -> str:
    """Which parts of a date its text shows, where no format says it: a year, a month of one, or the day."""
    if _YEAR.fullmatch(date):
        return "y"
    return "ym" if _MONTH.fullmatch(date) else "ymd"


def _cell_text(node: Any, styles: _Styles, style: str) -> str:
    """What a person sees in a cell."""
    kind = node.get(f"{_OFFICE}value-type")
    formula = node.get(f"{_TABLE}formula")
    behind = styles.colours.get(style, ("", WHITE))[1]
    paragraphs = [_written(part, styles, behind) for part in node if str(part.tag).startswith(_TEXT)]
    written = "\n".join(paragraphs)
    if kind is None:
        return unresolved(formula) if formula and not written else written
    if kind == "string" or node.get(f"{_CALC}value-type") == "error":
        return raise_text(written or node.get(f"{_OFFICE}string-value") or "", styles.raised.get(style, ""))
    parts = styles.dates.get(styles.formats.get(style, ""), _parts_written(written))
    stored = _value(node, kind, parts, styles.factor(style))
    whole = node.get(f"{_OFFICE}value") or ""
    text = _as_written(stored, written, kind, whole) or written
    if kind in ("float", "currency") and stored not in ("", "0") and paragraphs and not written.strip():
        text = f"{stored} {HIDDEN}"
    if kind == "currency" and not names_currency(text):
        text = f"{text} {node.get(f'{_OFFICE}currency') or '¤'}"
    return raise_text(text, styles.raised.get(style, ""))


def _as_written(stored: str, written: str, kind: str, whole: str) -> str:
    """A stored number with what the cell shows around it, where that changes its meaning: ``<5``, ``120 тыс.``.

    Where it shows another figure than the stored one (``whole``: without a factor), both are said, and it is no number.
    """
    if kind not in ("float", "currency") or not written.strip():
        return stored
    if _ERROR.match(written):
        return written
    figure = _FIGURE.search(written)
    if figure is None:
        # A zero may be shown as a dash and is one.
        return stored if stored == "0" and not written.strip("-–— ") else written
    own = figure[0].strip()
    before, after = written[: figure.start()], written[figure.start() + len(own) :]
    if contradicts(own, stored) and (own != written.strip() or contradicts(own, whole)):
        return written if _BOUND.search(before) else f"{written} (stored as {whole})"
    value = float(stored)
    before, after = before if telling(before, value) else "", after.rstrip() if telling(after, value) else ""
    return f"{before}{stored}{after}"


def _value(node: Any, kind: str, parts: str, factor: int) -> str:
    """Text of a stored number, share, date or truth."""
    if kind == "boolean":
        return str(node.get(f"{_OFFICE}boolean-value") or "").upper()
    if kind == "date":
        try:
            moment = dt.datetime.fromisoformat(str(node.get(f"{_OFFICE}date-value")).strip())
        except ValueError:
            return ""
        return date_shown(moment, parts or "ymd")
    if kind not in ("float", "percentage", "currency"):
        return ""
    try:
        text = number_text(number(node.get(f"{_OFFICE}value") or ""))
        if kind == "percentage":
            return format((Decimal(text) * 100).normalize() + 0, "f") + "%"
        return text if factor == 1 else format((Decimal(text) / factor).normalize() + 0, "f")
    except (ValueError, InvalidOperation) as trouble:
        raise damaged(trouble) from None


def _written(node: Any, styles: _Styles, behind: str, raised: str = "") -> str:
    """The text of a paragraph with its links, fields and formatted parts; ``_BESIDE`` is no part of the cell.

    ``behind``: the colour of the cell, in which a part is not to be seen.
    """
    parts = [raise_text(node.text or "", raised)]
    for child in node:
        kind = local(child)
        if kind == "s":
            parts.append(" " * min(_count(child, "c", _TEXT), 1000))
        elif kind in ("tab", "line-break"):
            parts.append("\t" if kind == "tab" else "\n")
        elif kind not in _BESIDE:
            style = child.get(f"{_TEXT}style-name") or ""
            letters, own = styles.colours.get(style, ("", WHITE))
            inner = styles.raised.get(style, "") or raised
            unseen = letters == (behind if own == WHITE else own)
            parts.append(_written(child, styles, behind, UNSEEN if unseen else inner))
        parts.append(raise_text(child.tail or "", raised))
    return "".join(parts)
