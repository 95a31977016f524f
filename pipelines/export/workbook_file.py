"""A workbook of Excel while it is written: sheets for print, cells by their kind, and the limits of Excel.

Rows are written in order and leave memory at once. The same content gives the same bytes: the only time in the file is
that of the release. Not here: what the sheets hold (``workbook``, ``front_sheet``, which call this).
"""

import datetime as dt
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from data_contracts.model import Lang
from pipelines.export.sheets import Field
from pipelines.published.numbers_and_periods_in_words import number, period

EXCEL_ROWS = 1_048_576
EXCEL_LINKS = 65_530
EXCEL_CHARACTERS = 32_767
EXCEL_ADDRESS = 2_079
EXCEL_NAME = 31
EXCEL_HEIGHT = 409.0
# Letters are a little narrower than the digits by which Excel measures columns.
_LETTERS = 1.06
# Statuses that a reader must see at once: definition, break, low reliability, and every missing value.
_CARE = ("B", "D", "U", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "Q", "S", "W")
_A4 = 9
# XML cannot hold these, whatever a publisher printed.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_COLOURS = {
    "head": "#DDE6F0",
    "published": "#CDE8D0",
    "partial": "#FBECC3",
    "not_published": "#F2F2F2",
    "flag": "#FBECC3",
}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": "#1C5D8C"},
    "lead": {"font_size": 11},
    "head": {"bold": True, "font_size": 12, "font_color": "#1C5D8C", "bottom": 1, "bottom_color": "#1C5D8C"},
    "header": {"bold": True, "bg_color": _COLOURS["head"], "bottom": 1},
    "bold": {"bold": True},
    "key": {"bold": True, "font_size": 12, "align": "right"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "flag": {"bg_color": _COLOURS["flag"]},
    "data": {"align": "left"},
    "published": {"bg_color": _COLOURS["published"], "align": "center"},
    "partial": {"bg_color": _COLOURS["partial"], "align": "center"},
    "not_published": {"bg_color": _COLOURS["not_published"], "align": "center"},
}
_NUMBERS = {"whole": "#,##0_)", "broken": "#,##0.0#####_)", "share": "0.0%_)", "date": "yyyy-mm-dd"}


@dataclass(frozen=True)
class Marked:
    """A text in a style of its own."""

    #: as it is shown
    text: str
    #: a key of ``_STYLES``
    style: str


class Book:
    """The file. Sheets are added in the order in which they are shown."""

    def __init__(self, path: Path, at: dt.datetime, lang: Lang, title: str, footer: str) -> None:
        """``at``: UTC time of the release. ``footer``: its left part on every page, ``&P`` and ``&N`` excepted."""
        options = {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "default_format_properties": {"font_size": 9},
        }
        self.file = xlsxwriter.Workbook(str(path), options)
        self.file.set_properties({"title": title, "author": "dvstats", "created": at})
        self.file.set_size(2400, 1500)
        self.lang: Lang = lang
        self.footer = footer
        # "History" is taken by Excel itself.
        self.names = {"history": ""}
        self._formats: dict[tuple[str, str, bool], Any] = {}

    def name(self, wanted: str) -> str:
        """A name that Excel accepts and no other sheet has."""
        plain = _FORBIDDEN_IN_NAMES.sub(" ", wanted).strip(" '")
        name, n = plain[:EXCEL_NAME].strip(), 2
        while name.lower() in self.names:
            mark = f" {n}"
            name, n = f"{plain[: EXCEL_NAME - len(mark)].strip()}{mark}", n + 1
        self.names[name.lower()] = name
        return name

    def sheet(self, name: str) -> "SheetWriter":
        """A new sheet for A4 across, as wide as the page, with page numbers."""
        return SheetWriter(self, self.file.add_worksheet(name))

    def style(self, name: str = "", figure: str = "", *, quiet: bool = False) -> Any:
        """A format: a style by its name, the number format of a figure, and grey for what is not preferred."""
        wanted = (name, figure, quiet)
        if wanted not in self._formats:
            self._formats[wanted] = self.file.add_format(_format(*wanted))
        return self._formats[wanted]

    def close(self) -> None:
        """Write the file."""
        self.file.close()


class SheetWriter:
    """A sheet of a :class:`Book`, written from top to bottom; ``line`` is its last row."""

    def __init__(self, book: Book, sheet: Any) -> None:
        """``sheet``: a worksheet of XlsxWriter."""
        self.book, self.sheet = book, sheet
        self.fields: Sequence[Field] = ()
        self.line = 0
        self.links = 0
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_header("&L&B&A")
        sheet.set_footer(book.footer)
        sheet.hide_gridlines(1)

    def columns(self, fields: Sequence[Field], rows: int, freeze: int = 2) -> None:
        """The header row, widths, filter and print area; technical columns are grouped away behind a plus sign."""
        self.fields = fields
        printed = sum(not field.technical for field in fields)
        for position, field in enumerate(fields):
            level = {"level": 1, "hidden": True} if field.technical else {}
            self.sheet.set_column(position, position, field.width, None, level)
        if printed < len(fields):
            self.sheet.set_column(len(fields), len(fields), None, None, {"collapsed": True})
        labels = [field.en if self.book.lang == "en" else field.ru for field in fields]
        self.sheet.set_row(0, height([(label, f.width) for label, f in zip(labels, fields, strict=True)]))
        for position, label in enumerate(labels):
            self.sheet.write_string(0, position, label, self.book.style("header"))
        self.sheet.freeze_panes(1, freeze)
        self.sheet.repeat_rows(0)
        self.sheet.autofilter(0, 0, rows, len(fields) - 1)
        self.sheet.print_area(0, 0, max(rows, 1), printed - 1)

    def row(self, values: Sequence[Any], *, quiet: bool = False) -> None:
        """The next row, a value a column; as high as its texts need, since not every program fits heights itself."""
        self.line += 1
        shown = [self.shown(value, field.kind) for value, field in zip(values, self.fields, strict=True)]
        printed = [
            (text, field.width) for text, field in zip(shown, self.fields, strict=True) if not field.technical
        ]
        self.sheet.set_row(self.line, height(printed))
        for column, (value, field, text) in enumerate(zip(values, self.fields, shown, strict=True)):
            self._cell(column, value, field.kind, text, quiet)

    def shown(self, value: Any, kind: str) -> str:
        """What a cell shows; empty where there is nothing."""
        if value is None:
            return ""
        if kind == "period":
            return period(value[0], value[1], self.book.lang) if value[0] else ""
        if kind == "interval":
            return interval(value, self.book.lang)
        if kind == "link":
            return str(value[0] or value[1] or "")
        if kind == "status":
            return str(value[0])
        return value.text if isinstance(value, Marked) else str(value)

    def _cell(self, column: int, value: Any, kind: str, text: str, quiet: bool) -> None:
        style = self.book.style
        if not text:
            return
        if kind in ("number", "share"):
            self.number(self.line, column, value, "share" if kind == "share" else "", quiet=quiet)
        elif kind == "date":
            self.sheet.write_datetime(self.line, column, value, style(figure="date", quiet=quiet))
        elif kind == "link":
            self.link(self.line, column, *value, quiet=quiet)
        elif kind == "status":
            self.text(self.line, column, text, style("flag" if value[1] in _CARE else "", quiet=quiet))
        else:
            self.text(
                self.line, column, text, style(value.style if isinstance(value, Marked) else "", quiet=quiet)
            )

    def number(
        self, row: int, column: int, value: float, figure: str = "", style: str = "", *, quiet: bool = False
    ) -> None:
        """A number with all of its digits, in the reader's own separators; ``figure``: another number format."""
        figure = figure or ("whole" if float(value).is_integer() else "broken")
        self.sheet.write_number(row, column, value, self.book.style(style, figure, quiet=quiet))

    def text(self, row: int, column: int, value: str, style: Any) -> None:
        """A text, which stays one whatever it looks like; what Excel cannot hold is cut with a sign of it."""
        plain = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
        if len(plain) > EXCEL_CHARACTERS:
            plain = plain[: EXCEL_CHARACTERS - 1] + "…"
        self.sheet.write_string(row, column, plain, style)

    def link(
        self, row: int, column: int, text: str | None, address: str | None, *, quiet: bool = False
    ) -> None:
        """A text that opens an address; beyond what Excel allows on a sheet, the text alone."""
        shown = text or address
        if not shown:
            return
        opens = re.match(r"https?://\S+$", address or "") and len(address or "") <= EXCEL_ADDRESS
        if opens and self.links < EXCEL_LINKS and len(shown) < EXCEL_CHARACTERS:
            self.links += 1
            self.sheet.write_url(row, column, address, self.book.style("link"), _CONTROL.sub("", shown))
        else:
            self.text(row, column, shown, self.book.style(quiet=quiet))


def interval(bounds: Sequence[float | None], lang: Lang) -> str:
    """A published interval, or a bound alone; empty where none is published."""
    lower, upper = (None if bound is None else number(bound, lang) for bound in bounds)
    if lower is not None and upper is not None:
        return f"{lower} – {upper}"
    return f"> {lower}" if lower is not None else f"< {upper}" if upper is not None else ""


def height(texts: Sequence[tuple[str, float]], line: float = 12.0) -> float:
    """Height of a row in points for wrapped texts, each with the width of its column in characters."""
    lines = [1]
    for text, width in texts:
        room = max(4, int(width * _LETTERS))
        if len(text) > room or "\n" in text:
            lines.append(sum(len(textwrap.wrap(part, room)) or 1 for part in text.split("\n")))
    return min(EXCEL_HEIGHT, line * max(lines) + 2.5)


def _format(name: str, figure: str, quiet: bool) -> dict[str, Any]:
    """A style by its name with the number format of a figure, as XlsxWriter takes it."""
    given: dict[str, Any] = {"valign": "top", "text_wrap": True, **_STYLES.get(name, {})}
    if figure:
        given["num_format"] = _NUMBERS[figure]
    if quiet:
        given["font_color"] = "#7F7F7F"
    return given
