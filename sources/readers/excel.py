"""Workbooks (.xlsx, .xlsm, .xls, .ods, .fods) as offices lay them out: titles, merged headers, footnotes.

``layout: cross`` (default) reads a table with labels at the side and dimensions in the header::

    A4 Region   B4 2023        D4 2024          -> row_1 Abai, col_1 2024, col_2 women, _value 5,
    A5          B5 men C5 women D5 men E5 women    _locator "R1!E6", sheet R1
    A6 Abai     B6 3 ...

``layout: records`` reads a sheet with one record a row: header names become columns, as in ``delimited``.

Options (all optional unless said)

``sheets``          name, list of names and numbers (from 1), or one regular expression; default: all
``tables``          list of option groups laid over the common ones: one workbook, several layouts
``header_rows``     row numbers from 1, or ``auto`` (default). Merged headers are filled over what they cover,
                    unmerged ones over the blanks to their right; the last level is the column's own text, and where
                    it has none and is alone below its header, that. Refused: columns below one text that repeat
                    themselves, and one behind the last group that no other group has, where blanks would make them
                    those of that text
``number_row``      row of column numbers (1, 2, 3 …) below the header: no data, kept as ``col_number``
``label_columns``   a number of columns (default 1) or letters: ``A:C``, ``[A, C]``
``value_columns``   cross: letters (``E:`` is from E on), default every further column with content.
                    records (required): names; ``VALUE|txtVALUE`` is the first one that the file has
``first_data_row``, ``last_data_row``   row numbers from 1
``stop_at``         pattern of the first text of the row where the table ends (footnotes, sources)
``skip_rows``, ``keep_rows``, ``keep_columns``   patterns over labels or header, levels joined by " / ",
                    blanks collapsed; a ``keep`` that fits nothing is an error
``fill_merged``     ``true`` (default): merged labels and headers count for all that they cover
``fill_labels``     ``true``: a blank label takes the one above (unmerged nested labels), also that of a row without
                    values or of one that ``skip_rows`` leaves out
``sections``        ``true``: label rows without values become ``section`` of the rows below
``blank_cells``     ``keep`` (default: a null ``_value``) or ``skip``
``id_columns``, ``note_columns``   records: names
``hidden``          ``skip`` (default): hidden sheets, rows, columns and cells are not read, unless ``sheets`` names
                    the sheet; ``include``: they are. What was passed over is in the table's metadata, ``hidden``

A cell's text is what a person sees, decimals apart: ``33.8%`` for 0.338 under a percent format, ``2022`` for a date
shown as a year, dates else in ISO form, numbers with at most 15 digits, errors such as ``#REF!`` as text. Raised
characters of formatted text become ``¹``: a footnote number must not run into the figure. The texts above the header
are column ``title``, those of the header above the labels ``corner``. Where a number format shows thousands of the
stored number (``#,##0,``), ``shown_in`` says so: declare ``numbers: multiply``. A value merged over several places with
different labels or headers belongs to none of them and is refused. Of several sheets, one that holds no more than one
text a row is a cover and is passed over, unless ``sheets`` names it. A row without any value is a heading or a remark
and gives no cells; a heading that nothing reads refuses the rows below it, or is a finding.
Footnotes below the table (``1) …``, ``* …``, ``¹ …``) become ``_note`` of the cells whose text,
label or header ends with that mark; so do comments on a cell, a label or a header of the figures that they are about
(without the name of who wrote them), while those above the header belong to the title, as short text boxes and what is
printed above every page do; what is printed below is a line below the table. A tip of an HTML cell and a colour that a
legend explains ("yellow: preliminary") are comments, too.

Packed workbooks (gzip, ZIP of one file) are unpacked. Files named .xls that are an HTML table or XML Spreadsheet 2003
are read by what they are. Refused: workbooks with a password, damaged ones, .xlsb, web pages, text; a formula without
a stored result is a text that is no number. Opening each kind is in ``workbook``, laying out in ``grid``. Read through
``protocol``, as every format.
"""

import re
from collections.abc import Iterable
from typing import Literal

import pyarrow as pa

from data_contracts.strict_files import did_you_mean
from sources.cells import HIDDEN, Options, ReadError, option
from sources.readers.grid.table import CORRECT, Grid
from sources.readers.grid.unfold import concat, unfold
from sources.readers.options import Places, TableOptions
from sources.readers.packed import unpacked_workbook
from sources.readers.text import FETCH_AGAIN, looks_like_html, refuse_foreign, wrong_option
from sources.readers.workbook import html_tables, ods, spreadsheet_xml, xls, xlsx
from sources.readers.workbook.hidden_rows import visible_grid
from sources.readers.workbook.package import is_open_document
from sources.readers.workbook.sheet import Content, Sheet, locked

_OLD_FILE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class SheetOptions(TableOptions):
    """One layout of a workbook; see the head of the module."""

    layout: Literal["cross", "records"] | None = None
    sheets: Places | None = None
    hidden: Literal["skip", "include"] | None = None


class DeclaredOptions(SheetOptions):
    """What a declaration may say; several layouts share what is declared beside ``tables``."""

    tables: list[SheetOptions] | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a workbook; see the module for options."""
    sheets = _sheets(unpacked_workbook(content))
    common = {name: value for name, value in options.items() if name != "tables"}
    groups = options.get("tables", [{}])
    if not isinstance(groups, list) or not groups or not all(isinstance(group, dict) for group in groups):
        raise wrong_option("tables", groups, "a list of option groups")
    contents: dict[tuple[str, bool], Content] = {}
    grids, passed_over = list[tuple[Grid, Options]](), list[str]()
    for group in groups:
        merged = {**common, **group}
        include = option(merged, "hidden", "skip", allowed=("skip", "include")) == "include"
        for sheet in _chosen(sheets, merged.get("sheets")):
            if sheet.hidden and not include and merged.get("sheets") is None:
                passed_over.append(f"sheet {sheet.name}")
                continue
            if (sheet.name, include) not in contents:
                load = sheet.load_hidden if include and sheet.load_hidden else sheet.load
                contents[sheet.name, include] = load()
            grid, hidden = visible_grid(sheet.name, contents[sheet.name, include], include)
            passed_over += hidden
            if grid.rows or merged.get("sheets") is not None:
                grids.append((grid, merged))
    pages = [_is_page(grid) and options.get("sheets") is None for grid, options in grids]
    # A cover has no figures; where there is nothing else, the error says so.
    chosen = grids if all(pages) else [given for given, page in zip(grids, pages, strict=True) if not page]
    tables = [_unfolded(grid, options, several=len(sheets) > 1) for grid, options in chosen]
    return _naming_hidden_parts(concat(tables), passed_over)


def _is_page(grid: Grid) -> bool:
    """A cover or an explanation: no row holds a label and a value, but one text or none."""
    return all(sum(bool(text.strip()) for text in row) < 2 for row in grid.rows)


def _unfolded(grid: Grid, options: Options, *, several: bool) -> pa.Table:
    """The cells of one sheet; where one of several is no table, the remedy may be to choose the others."""
    try:
        return unfold(grid, options)
    except ReadError as error:
        if options.get("sheets") is not None or not several:
            raise
        remedy = f"{error.remedy}, or read other sheets only: reader_options: {{sheets: [NAME, NAME]}}"
        raise ReadError(error.problem, place=error.place, remedy=remedy) from None


def _naming_hidden_parts(table: pa.Table, passed_over: Iterable[str]) -> pa.Table:
    """The table with metadata on what hidden parts were not read."""
    text = ", ".join(dict.fromkeys(passed_over))
    return (
        table.replace_schema_metadata({**(table.schema.metadata or {}), HIDDEN: text.encode()})
        if text
        else table
    )


def _sheets(content: bytes) -> list[Sheet]:
    """The sheets of a workbook of whatever kind its bytes are."""
    if content.startswith(b"PK\x03\x04"):
        return ods.sheets(content) if is_open_document(content) else xlsx.sheets(content)
    if content.startswith(_OLD_FILE):
        if _ENCRYPTED in content:
            raise locked()
        return xls.sheets(content)
    if spreadsheet_xml.is_spreadsheet_xml(content):
        return spreadsheet_xml.sheets(content)
    if looks_like_html(content) or html_tables.is_table_page(content):
        return html_tables.sheets(content)
    if b"opendocument" in content[:4096] and content.lstrip().startswith(b"<"):
        return ods.sheets(content)
    raise _no_workbook(content)


def _no_workbook(content: bytes) -> ReadError:
    """The error for a file that only its name calls a workbook."""
    refuse_foreign(content)
    if content[:200].lower().lstrip().startswith((b"mime-version:", b"content-type:")):
        return ReadError(
            "the file is a web archive (MHTML), not a workbook",
            remedy="Save it as .xlsx in a spreadsheet program and add it by hand",
        )
    lines = content[:4096].replace(b"\x00", b"").splitlines()
    if lines and any(mark in lines[0] for mark in (b"\t", b";", b",")) and min(lines[0]) > 8:
        return ReadError(
            "the file is delimited text, not a workbook", remedy="Declare reader: delimited for this file"
        )
    return ReadError("the file is not a workbook", remedy=FETCH_AGAIN)


def _chosen(sheets: list[Sheet], declared: object) -> list[Sheet]:
    """The declared sheets; one that is missing is an error."""
    if declared is None:
        return sheets
    if isinstance(declared, str) and declared not in [sheet.name for sheet in sheets]:
        return _matching(sheets, declared)
    entries = declared if isinstance(declared, list | tuple) else [declared]
    return [_one_sheet(sheets, entry) for entry in entries]


def _matching(sheets: list[Sheet], pattern: str) -> list[Sheet]:
    try:
        found = [sheet for sheet in sheets if re.fullmatch(pattern, sheet.name)]
    except re.error:
        raise wrong_option("sheets", pattern, "a sheet name or a regular expression") from None
    visible = [sheet for sheet in found if not sheet.hidden]
    return visible or found or [_one_sheet(sheets, pattern)]


def _one_sheet(sheets: list[Sheet], entry: object) -> Sheet:
    if isinstance(entry, int) and not isinstance(entry, bool) and 0 < entry <= len(sheets):
        return sheets[entry - 1]
    for sheet in sheets:
        if sheet.name == entry:
            return sheet
    names = [sheet.name for sheet in sheets]
    raise ReadError(
        f"there is no sheet {entry!r} (option sheets){did_you_mean(str(entry), names)}; "
        f"the file has {', '.join(names)}",
        remedy=f"{CORRECT}, or look whether the publisher renamed it",
    )
