"""Workbooks of Excel 97 to 2003 and 5.0 (.xls), by xlrd.

xlrd gives number formats, hidden rows, columns and sheets, and the runs of formatted text; a raised run becomes
``¹``, as in ``xlsx``. A formula of this format always has a result, which is 0 or "" where nothing calculated it
(``_uncalculated``): such a cell says so instead.

Refused: workbooks with a password, damaged ones.

Not here: the newer format (``xlsx``), how a number is shown (``number_formats``), layouts (``grid``). Called by
``excel``.
"""

import io
import struct
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import xlrd

from sources.cells import ReadError
from sources.readers.workbook.colour_legends import comment_on_colours
from sources.readers.workbook.font_marks import STRUCK, UNSEEN, colour, raise_text
from sources.readers.workbook.number_formats import number_text, scaled, shown
from sources.readers.workbook.printed import add_printed
from sources.readers.workbook.sheet import Content, Sheet, damaged, locked, unresolved

_RAISED = {1: "superscript", 2: "subscript"}
# Places of white among the colours; 65 is the window's own.
_WHITE = (1, 9)
_NO_COLOUR = (*_WHITE, 65)
# Records of a sheet: its beginning and end (also those of a chart in it), a formula, "calculate before use", and
# what is printed above and below its pages.
_BEGIN, _END, _FORMULA, _UNCALCULATED, _HEADER, _FOOTER = 0x0809, 0x000A, 0x0006, 0x005E, 0x0014, 0x0015
# Results of formulas that nobody calculated: the number 0, an empty text. From BIFF 5 on.
_NO_RESULTS = (bytes(8), b"\x03\0\0\0\0\0\xff\xff")
_FIRST_VERSION = 50
# From this version on a text has 16 bits of length, and a byte that says how wide its characters are.
_UNICODE = 80
_Records = list[tuple[int, bytes]]


def sheets(content: bytes) -> list[Sheet]:
    """The sheets with cells, in the workbook's order; ReadError."""
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, on_demand=True, logfile=io.StringIO()
        )
        loaded = book.sheets()
        records = _records_of(book)
        book.release_resources()
    except Exception as trouble:  # xlrd meets damage with errors of every kind
        raise _explained(trouble) from None
    found = [
        Sheet(sheet.name, sheet.visibility != 0, partial(_content, book, sheet, places, own))
        for sheet, places, own in zip(loaded, _uncalculated(records), records, strict=True)
    ]
    if not found:
        raise damaged("it has no sheet with cells")
    return found


def _explained(trouble: Exception) -> ReadError:
    return locked() if "encrypted" in str(trouble).lower() else damaged(trouble)


def _records_of(book: Any) -> list[_Records]:
    """Of each sheet the records that xlrd passes over; none of old versions."""
    if book.biff_version < _FIRST_VERSION:
        return [[] for _ in range(book.nsheets)]
    return [list(_records(book.mem, start)) for start in book._sh_abs_posn]


def _uncalculated(sheets: Sequence[_Records]) -> list[set[tuple[int, int]]]:
    """Cells of each sheet with formulas that nobody calculated.

    So a sheet says itself; or no formula of the workbook has another result than 0 or an empty text.
    """
    formulas = [
        {struct.unpack_from("<HH", data): data[6:14] for code, data in records if code == _FORMULA}
        for records in sheets
    ]
    none = all(result in _NO_RESULTS for results in formulas for result in results.values())
    said = [any(code == _UNCALCULATED for code, _ in records) for records in sheets]
    return [
        {place for place, result in results.items() if (none or own) and result in _NO_RESULTS}
        for results, own in zip(formulas, said, strict=True)
    ]


def _records(stream: Any, position: int) -> Iterator[tuple[int, bytes]]:
    """Formulas of one sheet, whether it asks to be calculated, and what is printed; not what a chart in it holds."""
    depth = 0
    while position + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, position)
        depth += (code == _BEGIN) - (code == _END)
        if not depth:
            return
        if depth == 1 and (code == _UNCALCULATED or (code == _FORMULA and length >= 14)):
            yield code, bytes(stream[position + 4 : position + 18])
        elif depth == 1 and code in (_HEADER, _FOOTER):
            yield code, bytes(stream[position + 4 : position + 4 + length])
        position += 4 + length


def _printed(book: Any, records: _Records, kind: int) -> list[str]:
    """What is printed above or below the pages of a sheet, with its codes."""
    texts = []
    for code, data in records:
        if code == kind and len(data) > 3 and book.biff_version >= _UNICODE:
            texts.append(data[3:].decode("utf-16-le" if data[2] & 1 else "latin-1", "replace"))
        elif code == kind and book.biff_version < _UNICODE:
            texts.append(data[1:].decode(book.encoding or "latin-1", "replace"))
    return texts


def _content(book: Any, sheet: Any, uncalculated: set[tuple[int, int]], records: _Records) -> Content:
    """The cells of one sheet."""
    content = Content(
        merges=[(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells],
        hidden_rows={row for row, info in sheet.rowinfo_map.items() if info.hidden or info.height == 0},
        hidden_columns={
            column for column, info in sheet.colinfo_map.items() if info.hidden or info.width == 0
        },
    )
    try:
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row)):
                if (row, column) in uncalculated:
                    content.put(row, column, unresolved("…"))
                    continue
                text = _cell_text(book, sheet, cell, (row, column))
                content.put(row, column, text, _scaled(book, cell))
        for (row, column), note in sheet.cell_note_map.items():
            content.comment(row, column, note.text, note.author)
        comment_on_colours(content, partial(_fills, book, sheet))
        add_printed(content, _printed(book, records, _HEADER), _printed(book, records, _FOOTER))
    except Exception as trouble:  # a style or font that the file does not have
        raise damaged(trouble, f"sheet {sheet.name}") from None
    return content


def _fills(book: Any, sheet: Any) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a sheet that have a colour, and which."""
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            style = book.xf_list[cell.xf_index]
            parts = book.colour_map.get(style.background.pattern_colour_index)
            if parts and style.background.fill_pattern == 1 and not _is_plain(book, style):
                yield (row, column), colour("{:02X}{:02X}{:02X}".format(*parts))


def _cell_text(book: Any, sheet: Any, cell: Any, place: tuple[int, int]) -> str:
    """What a person sees in a cell."""
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
    style = book.xf_list[cell.xf_index]
    raised = UNSEEN if _is_unseen(book, style) else _raised(book, style.font_index)
    if cell.ctype == xlrd.XL_CELL_TEXT:
        runs = sheet.rich_text_runlist_map.get(place)
        behind = _is_plain(book, style)
        return _rich_text(book, cell.value, runs, raised, behind) if runs or raised else str(cell.value)
    known = book.format_map.get(style.format_key)
    if known is None:
        return number_text(cell.value)
    return raise_text(shown(cell.value, known.format_str, since_1904=book.datemode == 1), raised)


def _scaled(book: Any, cell: Any) -> str:
    """The word for the thousands in which a number is shown."""
    if cell.ctype not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return ""
    known = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return scaled(cell.value, known.format_str) if known else ""


def _raised(book: Any, font: int) -> str:
    """How a font changes its text."""
    own = book.font_list[font]
    return STRUCK if own.struck_out else _RAISED.get(own.escapement, "")


def _is_unseen(book: Any, style: Any) -> bool:
    """Whether a cell's letters are white and nothing is behind them."""
    return _is_plain(book, style) and _is_white(book, style.font_index)


def _is_plain(book: Any, style: Any) -> bool:
    """Whether the cell is white."""
    back = style.background
    plain = back.fill_pattern == 0 or (back.fill_pattern == 1 and back.pattern_colour_index in _NO_COLOUR)
    return bool(plain and book.colour_map.get(9) in (None, (255, 255, 255)))


def _is_white(book: Any, font: int) -> bool:
    return bool(book.font_list[font].colour_index in _WHITE)


def _rich_text(book: Any, text: str, runs: list[tuple[int, int]] | None, raised: str, plain: bool) -> str:
    """Text with its raised runs, and those that are white on a plain cell; a run ends where the next begins."""
    starts = [
        (0, raised),
        *(
            (at, UNSEEN if plain and _is_white(book, font) else _raised(book, font))
            for at, font in runs or ()
        ),
    ]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return "".join(raise_text(text[start:end], kind) for (start, kind), end in zip(starts, ends, strict=True))
