"""Workbooks (.xlsx, .xlsm, .xls, .ods) as offices lay them out: titles, merged headers, footnotes.

``layout: cross`` (default) reads a table with labels at the side and dimensions in the header::

    A4 Region   B4 2023        D4 2024          -> row_1 Abai, col_1 2024, col_2 women, _value 5,
    A5          B5 men C5 women D5 men E5 women    _locator "R1!E6", sheet R1
    A6 Abai     B6 3 ...

``layout: records`` reads a sheet with one record a row: header names become columns, as in ``delimited``.

Options (all optional unless said)

``sheets``          name, list of names and numbers (from 1), or one regular expression; default: all
``tables``          list of option groups laid over the common ones: one workbook, several layouts
``header_rows``     row numbers from 1, or ``auto`` (default). Merged headers are filled over what they cover,
                    unmerged ones over the blanks to their right; the last level is the column's own text
``number_row``      row of column numbers (1, 2, 3 …) below the header: no data, kept as ``col_number``
``label_columns``   a number of columns (default 1) or letters: ``A:C``, ``[A, C]``
``value_columns``   cross: letters (``E:`` is from E on), default every further column with content.
                    records (required): names; ``VALUE|txtVALUE`` is the first one that the file has
``first_data_row``, ``last_data_row``   row numbers from 1
``stop_at``         pattern of the first text of the row where the table ends (footnotes, sources)
``skip_rows``, ``keep_rows``, ``keep_columns``   patterns over labels or header, levels joined by " / ",
                    blanks collapsed; a ``keep`` that fits nothing is an error
``fill_merged``     ``true`` (default): merged labels and headers count for all that they cover
``fill_labels``     ``true``: a blank label takes the one above (unmerged nested labels)
``sections``        ``true``: label rows without values become ``section`` of the rows below
``blank_cells``     ``keep`` (default: a null ``_value``) or ``skip``
``id_columns``, ``note_columns``   records: names

Numbers come in their shortest form with at most 15 digits, as the program shows them (5, 0.3), dates in ISO
form, errors such as ``#REF!`` as text. Superscripts of formatted text become ``¹``: a footnote number must
not run into the figure. A row without any value is a heading or a remark and gives no cells. Footnotes
below the table (``1) …``, ``* …``, ``¹ …``) become ``_note`` of the cells whose text, label or header ends
with that mark. The declared size of a sheet (its dimension tag) is never trusted.
"""

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Literal

import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

from sources.cells import Options, ReadError
from sources.readers.grid import (
    CORRECT,
    SUPERSCRIPTS,
    Grid,
    column_letters,
    column_number,
    concat,
    unfold,
)
from sources.readers.options import Places, TableOptions
from sources.readers.text import FETCH_AGAIN, refuse_foreign, wrong_option

MAX_UNPACKED = 1_000_000_000
MAX_CELLS = 40_000_000
_SHEET = re.compile(r"xl/(worksheets/.*|sharedStrings)\.xml", re.IGNORECASE)
_FAR = re.compile(rb"r=[\"'](?:[A-Z]{3}\d+|[A-Z]{1,2}\d{5,})[\"']")  # begins with fixed letters: fast
_REFERENCE = re.compile(rb"r=[\"']([A-Z]{1,3})(\d+)[\"']")
_ERROR_CELL = re.compile(rb'(<(?:\w+:)?c [^>]*?\bt=)"e"')
_RAISED = re.compile(
    rb'(<(?:\w+:)?vertAlign val="superscript"\s*/>.*?<(?:\w+:)?t(?:\s[^>]*)?>)([^<]*)', re.DOTALL
)


class SheetOptions(TableOptions):
    """One layout of a workbook; see the head of the module."""

    layout: Literal["cross", "records"] | None = None
    sheets: Places | None = None


class DeclaredOptions(SheetOptions):
    """What a declaration may say; several layouts share what stands beside ``tables``."""

    tables: list[SheetOptions] | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a workbook; see the module for options."""
    workbook = _open(content)
    common = {name: value for name, value in options.items() if name != "tables"}
    groups = options.get("tables", [{}])
    if not isinstance(groups, list) or not groups or not all(isinstance(group, dict) for group in groups):
        raise wrong_option("tables", groups, "a list of option groups")
    grids: dict[str, Grid] = {}
    tables = []
    for group in groups:
        merged = {**common, **group}
        for name in _chosen(workbook, merged.get("sheets")):
            if name not in grids:
                grids[name] = _grid(workbook, name)
            if grids[name].rows or merged.get("sheets") is not None:
                tables.append(unfold(grids[name], merged))
    return concat(tables)


def sheet_names(content: bytes) -> list[str]:
    """Names of the sheets that hold cells, in the workbook's order."""
    return _worksheets(_open(content))


def _open(content: bytes) -> CalamineWorkbook:
    """The workbook, after the checks that keep a damaged or hostile file from hurting."""
    if not content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        refuse_foreign(content)
        raise ReadError("the file is not a workbook", remedy=FETCH_AGAIN)
    if content.startswith(b"PK"):
        content = _prepared(content)
    workbook: CalamineWorkbook = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)), "")
    return workbook


def _guarded(action: Callable[[], Any], place: str) -> Any:
    """Call into calamine; what it raises (a panic of its Rust code included) is a ReadError."""
    try:
        return action()
    except BaseException as trouble:
        kind = type(trouble)
        if kind.__module__.startswith("python_calamine") or kind.__name__ == "PanicException":
            locked = "password" in f"{kind.__name__} {trouble}".lower()
            problem = "the workbook is protected by a password" if locked else "the workbook is damaged"
            remedy = "Ask the publisher for an open file" if locked else FETCH_AGAIN
            raise ReadError(problem + _detail(trouble), place=place, remedy=remedy) from None
        if isinstance(trouble, (OSError, ValueError, zipfile.BadZipFile)):
            raise ReadError("the workbook is damaged", place=place, remedy=FETCH_AGAIN) from None
        raise


def _prepared(content: bytes) -> bytes:
    """The workbook with error cells and superscripts turned into text; itself where there are none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise ReadError(f"the workbook unpacks to more than {MAX_UNPACKED} bytes", remedy=FETCH_AGAIN)
            changed = {}
            for name in archive.namelist():
                if _SHEET.fullmatch(name):
                    before = archive.read(name)
                    _check_extent(before, name)
                    after = _readable(before)
                    if after is not before:
                        changed[name] = after
            return _repacked(archive, changed) if changed else content
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as trouble:
        raise ReadError("the workbook is damaged" + _detail(trouble), remedy=FETCH_AGAIN) from None


def _detail(trouble: BaseException) -> str:
    text = " ".join(str(trouble).split())[:120]
    return f" ({text})" if text else ""


def _check_extent(xml: bytes, name: str) -> None:
    """One cell far away makes a reader set aside memory for all between: refuse instead of crashing."""
    if not _FAR.search(xml):
        return
    rows, seen = 0, set()
    for place in _REFERENCE.finditer(xml):
        rows = max(rows, int(place[2]))
        seen.add(place[1])
    columns = max(column_number(letters.decode()) for letters in seen) + 1
    if rows * columns > MAX_CELLS:
        raise ReadError(
            f"the sheet spans {rows} rows and {columns} columns, more than {MAX_CELLS} cells",
            place=name,
            remedy="Delete the stray far cells in a spreadsheet program, note it, and add the file by hand",
        )


def _readable(xml: bytes) -> bytes:
    """Error cells as text, superscript digits as superscript characters."""
    if b't="e"' in xml:
        xml = _ERROR_CELL.sub(rb'\1"str"', xml)
    if b'"superscript"' in xml:
        xml = _RAISED.sub(_raised, xml)
    return xml


def _raised(match: re.Match[bytes]) -> bytes:
    return match[1] + match[2].decode("utf-8", "replace").translate(SUPERSCRIPTS).encode()


def _repacked(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    """The same archive with some members replaced, uncompressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for name in dict.fromkeys(archive.namelist()):
            copy.writestr(name, changed[name] if name in changed else archive.read(name))
    return out.getvalue()


def _worksheets(workbook: CalamineWorkbook) -> list[str]:
    """Sheets with cells: charts and macro sheets hold none."""
    return [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]


def _chosen(workbook: CalamineWorkbook, declared: object) -> list[str]:
    """The names of the declared sheets; one that is missing is an error."""
    names = _worksheets(workbook)
    if declared is None:
        return names
    if isinstance(declared, str) and declared not in names:
        return _matching(names, declared)
    entries = declared if isinstance(declared, list | tuple) else [declared]
    return [_one_sheet(names, entry) for entry in entries]


def _matching(names: list[str], pattern: str) -> list[str]:
    try:
        found = [name for name in names if re.fullmatch(pattern, name)]
    except re.error:
        raise wrong_option("sheets", pattern, "a sheet name or a regular expression") from None
    return found or [_one_sheet(names, pattern)]


def _one_sheet(names: list[str], entry: object) -> str:
    if isinstance(entry, str) and entry in names:
        return entry
    if isinstance(entry, int) and not isinstance(entry, bool) and 0 < entry <= len(names):
        return names[entry - 1]
    raise ReadError(
        f"there is no sheet {entry!r} among {', '.join(names)}",
        remedy=f"{CORRECT}, or look whether the publisher renamed it",
    )


def _grid(workbook: CalamineWorkbook, name: str) -> Grid:
    """One sheet as texts."""
    place = f"sheet {name}"
    sheet: CalamineSheet = _guarded(lambda: workbook.get_sheet_by_name(name), place)
    values = _guarded(lambda: sheet.to_python(skip_empty_area=False), place)
    merges = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
    rows = [[value if type(value) is str else cell_text(value) for value in row] for row in values]
    return Grid(name, rows, merges, partial(_locate, name), place)


def _locate(sheet: str, row: int, column: int) -> str:
    return f"{sheet}!{column_letters(column)}{row + 1}"


def cell_text(value: object) -> str:
    """A cell as a person reads it: shortest number, ISO date, TRUE or FALSE."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return _duration_text(value)
    return str(value)


def _number_text(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def _duration_text(value: datetime.timedelta) -> str:
    """Hours, minutes, seconds, as a spreadsheet shows [h]:mm:ss."""
    sign, seconds = ("-", -value) if value < datetime.timedelta() else ("", value)
    whole = int(seconds.total_seconds())
    return f"{sign}{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
