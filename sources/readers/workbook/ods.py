"""Workbooks of OpenDocument (.ods, and .fods in one XML file), read by lxml.

::

    <table:table-cell office:value-type="percentage" office:value="0.338">      33.8%
    <table:table-cell office:value-type="date" office:date-value="2022-01-01"   2022 where its style shows a year
    <text:p>125<text:span text:style-name="T1">1</text:span></text:p>           125¹ where T1 is raised
    <table:table-cell table:number-rows-spanned="2">                            a merged cell
    <table:table-row table:visibility="collapse">                               hidden (or "filter")

Refused: workbooks with a password, damaged ones, cells too far away.

Not here: styles (``ods_styles``), number formats (``number_formats``), layouts and labels (``excel``). Called by
``excel``, and by ``sources.programmes.read_return`` for filled forms.
"""

import datetime as dt
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, NamedTuple

from sources.currencies import names_currency
from sources.readers.grid.table import DATE
from sources.readers.workbook.colour_legends import comment_on_colours
from sources.readers.workbook.font_marks import UNSEEN, WHITE, raise_text
from sources.readers.workbook.number_formats import HIDDEN, contradicts, date_shown, number_text, telling
from sources.readers.workbook.ods_styles import SHOWN_IN, TABLE, TEXT, Styles, read_styles
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
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ENCRYPTED = b"encryption-data"
# What a cell's text has beside it: remarks, readings above characters, what was deleted.
_BESIDE = ("annotation", "note", "ruby-text", "change", "change-start", "change-end", "script")
_TROUBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, KeyError)
_YEAR = re.compile("(19|20)[0-9]{2}")
_MONTH = re.compile(
    rf"[^\W\d_]{{3,}}\.? {_YEAR.pattern}(?: г\.)?|[0-9]{{2}}[./]{_YEAR.pattern}|{_YEAR.pattern}-[0-9]{{2}}"
)
_FIGURE = re.compile(r"[-−]?[0-9][0-9\s.,]*")
# Old programs store 0 beside the error that they show.
_ERROR = re.compile(r"\s*(?:#[A-ZА-Я]|Err:)")
_BOUND = re.compile("[<>≤≥]")
# Repeated cells of one colour that may hold figures; more are empty ones down to the end of the sheet.
_FEW = 100
_FARTHEST_ROW, _FARTHEST_COLUMN = 1_048_576, 16_384


class _Cell(NamedTuple):
    """A filled cell of a row: what it shows, the word for its thousands, rows and columns that it covers."""

    column: int
    text: str
    word: str
    down: int
    right: int
    #: its comment, and who wrote that
    comment: tuple[str, str]


def sheets(content: bytes) -> list[Sheet]:
    """The tables of the document, in its order; ReadError."""
    roots = [parsed(content, huge=True)] if content.lstrip().startswith(b"<") else _unpacked(content)
    styles = Styles()
    for root in roots:
        read_styles(root, styles)
    found: list[Sheet] = []
    for table in roots[-1].iterfind(f".//{_OFFICE}spreadsheet/{TABLE}table"):
        name = table.get(f"{TABLE}name") or f"Sheet {len(found) + 1}"
        hidden = (table.get(f"{TABLE}style-name") or "") in styles.hidden
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


def _content(table: Any, styles: Styles, name: str) -> Content:
    """The cells of one table."""
    content = Content()
    boxes = table.iter("{*}frame", "{*}custom-shape")
    content.head("".join(part.itertext()) for box in boxes for part in box.iter(f"{TEXT}p"))
    page = styles.pages.get(table.get(f"{TABLE}style-name") or "", "") or "Default"
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
            for cell in cells:
                top, left = row + copy, cell.column
                content.put(top, left, cell.text, cell.word)
                content.comment(top, left, *cell.comment)
                if cell.down > 1 or cell.right > 1:
                    content.merges.append((top, left, top + cell.down - 1, left + cell.right - 1))
        if len(content.merges) > MAX_MERGES:
            raise damaged(f"more than {MAX_MERGES} merged cells", f"sheet {name}")
        if hidden:
            content.hidden_rows.update(range(row, min(row + times, _FARTHEST_ROW)))
        row += times
    comment_on_colours(content, partial(_fills, table, styles, defaults))
    return content


def _fills(table: Any, styles: Styles, defaults: list[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a table that have a colour, and which; one that is repeated to the end of the sheet some times."""
    row = 0
    for node, _ in _rows(table, False, styles):
        down, column = _count(node, "number-rows-repeated"), 0
        for cell in node:
            times = _count(cell, "number-columns-repeated")
            own = cell.get(f"{TABLE}style-name") or (defaults[column] if column < len(defaults) else "")
            behind = styles.colours.get(own, ("", WHITE))[1]
            if behind != WHITE:
                places = itertools.product(range(min(down, _FEW)), range(min(times, _FEW)))
                yield from (((row + below, column + right), behind) for below, right in places)
            column += times
        row += down


def _count(node: Any, name: str, prefix: str = TABLE) -> int:
    """How often an element counts; once where it does not say."""
    text = node.get(f"{prefix}{name}") or "1"
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise damaged(f"{name} is {text[:20]!r}")
    return max(int(text), 1)


def _hides(node: Any, styles: Styles) -> bool:
    seen = (node.get(f"{TABLE}visibility") or "visible") == "visible"
    return (
        not seen
        or node.get(f"{TABLE}display") == "false"
        or (node.get(f"{TABLE}style-name") or "") in styles.flat
    )


def _columns(table: Any, content: Content, styles: Styles) -> list[str]:
    """The style of each column's cells; hidden columns are noted."""
    defaults: list[str] = []

    def walk(parent: Any, hidden: bool) -> None:
        for node in parent:
            if node.tag == f"{TABLE}table-column":
                times = min(_count(node, "number-columns-repeated"), _FARTHEST_COLUMN - len(defaults))
                if hidden or _hides(node, styles):
                    content.hide(content.hidden_columns, range(len(defaults), len(defaults) + times))
                defaults.extend([node.get(f"{TABLE}default-cell-style-name") or ""] * times)
            elif "column" in str(node.tag):
                walk(node, hidden or _hides(node, styles))

    walk(table, False)
    return defaults


def _rows(parent: Any, hidden: bool, styles: Styles) -> Iterator[tuple[Any, bool]]:
    """Rows of the table and of its groups, and whether they are hidden."""
    for node in parent:
        if node.tag == f"{TABLE}table-row":
            yield node, hidden or _hides(node, styles)
        elif local(node) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(node, hidden or _hides(node, styles), styles)


def _cells(row: Any, styles: Styles, defaults: list[str]) -> list[_Cell]:
    """The filled cells of a row; a covered one is not seen."""
    found: list[_Cell] = []
    column = 0
    for node in row:
        kind = local(node)
        if kind not in ("table-cell", "covered-table-cell"):
            continue
        times = _count(node, "number-columns-repeated")
        own = node.get(f"{TABLE}style-name") or (defaults[column] if column < len(defaults) else "")
        text = _cell_text(node, styles, own) if kind == "table-cell" else ""
        if text:
            if column + times > _FARTHEST_COLUMN:
                raise damaged(f"there is no column {column + times}")
            down, right = _count(node, "number-rows-spanned"), _count(node, "number-columns-spanned")
            cell = _Cell(column, text, _shown_in(node, styles.factor(own), text), down, right, _comment(node))
            found += [cell._replace(column=column + copy) for copy in range(times)]
        column += times
    return found


def _comment(cell: Any) -> tuple[str, str]:
    """Text and author of the comment on a cell."""
    node = cell.find(f"{_OFFICE}annotation")
    if node is None:
        return "", ""
    author = next((part.text or "" for part in node if local(part) == "creator"), "")
    return "\n".join("".join(part.itertext()) for part in node.iterfind(f"{TEXT}p")), author


def _shown_in(node: Any, factor: int, text: str) -> str:
    """The word for the thousands in which a number is shown without saying so; ``DATE`` of dates and times."""
    kind = node.get(f"{_OFFICE}value-type")
    if kind in ("date", "time"):
        return DATE
    return (
        SHOWN_IN.get(factor, "")
        if kind in ("float", "currency") and not telling(_FIGURE.sub("", text))
        else ""
    )


def _parts_written(date: str) -> str:
    """Which parts of a date its text shows, where no format says it: a year, a month of one, or the day."""
    if _YEAR.fullmatch(date):
        return "y"
    return "ym" if _MONTH.fullmatch(date) else "ymd"


def _cell_text(node: Any, styles: Styles, style: str) -> str:
    """What a person sees in a cell."""
    kind = node.get(f"{_OFFICE}value-type")
    formula = node.get(f"{TABLE}formula")
    behind = styles.colours.get(style, ("", WHITE))[1]
    paragraphs = [_written(part, styles, behind) for part in node if str(part.tag).startswith(TEXT)]
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


def _written(node: Any, styles: Styles, behind: str, raised: str = "") -> str:
    """The text of a paragraph with its links, fields and formatted parts; ``_BESIDE`` is no part of the cell.

    ``behind``: the colour of the cell, in which a part is not to be seen.
    """
    parts = [raise_text(node.text or "", raised)]
    for child in node:
        kind = local(child)
        if kind == "s":
            parts.append(" " * min(_count(child, "c", TEXT), 1000))
        elif kind in ("tab", "line-break"):
            parts.append("\t" if kind == "tab" else "\n")
        elif kind not in _BESIDE:
            style = child.get(f"{TEXT}style-name") or ""
            letters, own = styles.colours.get(style, ("", WHITE))
            inner = styles.raised.get(style, "") or raised
            unseen = letters == (behind if own == WHITE else own)
            parts.append(_written(child, styles, behind, UNSEEN if unseen else inner))
        parts.append(raise_text(child.tail or "", raised))
    return "".join(parts)
