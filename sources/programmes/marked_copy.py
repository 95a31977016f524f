"""A copy of a refused workbook with its faulty cells marked, as bytes.

Faulty cells are red and have all sentences on them as their note; one more sheet lists cell and sentence. Marks of an
earlier copy, notes, headers, text boxes and properties of the sender are not in it.

Not here: which cells are faulty and what is said of them, and where the copy is written
(``pipelines.programme_template.answer``). The workbook is a file from outside: called in another process
(``sources.isolated``).
"""

import io
import zipfile
from collections.abc import Mapping
from math import ceil
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.core import DocumentProperties
from openpyxl.packaging.custom import CustomPropertyList
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from sources.cells import ReadError
from sources.programmes.beside_cells import HEADERS_AND_FOOTERS, is_of_form
from sources.programmes.colours import FAULTY, INPUT, REQUIRED, SUM
from sources.programmes.form import ANSWER, TOTAL_ROW, UNCHECKED, form, words
from sources.programmes.form_texts import sheet_names
from sources.programmes.given_return import REMEDY
from sources.programmes.marks import Marks
from sources.programmes.read_return import MARK

#: of a sheet, empty ones too; a sheet of the form has some hundred
MOST_CELLS = 1_000_000


class _InMemory(ExcelWriter):
    """openpyxl's writer without a file for each sheet: this process may write none."""

    _archive: zipfile.ZipFile

    def write_worksheet(self, ws: Any) -> None:
        """The sheet into the archive."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer: Any = WorksheetWriter(ws, io.BytesIO())
        writer.write()
        ws._rels = writer._rels
        archive: zipfile.ZipFile = vars(self)["_archive"]
        archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)


def marked_copy(content: bytes, marks: Marks) -> bytes:
    """The workbook with its marks; ReadError, or any error of openpyxl, where that cannot load it."""
    book: Any = openpyxl.load_workbook(io.BytesIO(content))
    if any(sheet.max_row * sheet.max_column > MOST_CELLS for sheet in book.worksheets):
        raise ReadError(
            "a sheet has cells far away from the form, and openpyxl makes all those between", remedy=REMEDY
        )
    language = marks.language
    sheets = _named(book, language)
    for sheet in sheets.values():
        _take_away(sheet, language)
    red = PatternFill("solid", fgColor=FAULTY)
    for cell in filter(None, (_cell(sheets, place) for place in marks.emptied)):
        cell.value = None
    for title in marks.renamed:
        if title in sheets:
            sheets[title].title = title
    for place, said in marks.sentences.items():
        cell = _cell(sheets, place)
        if cell is not None:
            cell.fill = red
            cell.comment = Comment("\n".join(said), "", height=60 + 40 * len(said), width=300)
    if words(language).text("part.problems") in sheets:
        book.remove(sheets[words(language).text("part.problems")])
    _list_problems(book, marks)
    book.defined_names.clear()
    # Who wrote the file is nobody's business beside the sender's.
    book.properties = DocumentProperties(title=words(language).text("title"), creator="")
    book.custom_doc_props = CustomPropertyList()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        _InMemory(book, archive).write_data()
    return written.getvalue()


def _named(book: Any, language: str) -> dict[str, Any]:
    """The sheets by the names that answers give them (``read_return``), whatever the sender calls them."""
    said, found = words(language), dict[str, Any]()
    for number, sheet in enumerate(book.worksheets, 1):
        mark = str(sheet["A1"].value or "").split("/")
        own = len(mark) == 4 and mark[0] == MARK and mark[2] in sheet_names()
        title = said.text(f"part.{mark[2]}") if own else ""
        found[title if own and title not in found else f"№{number}"] = sheet
    return found


def _take_away(sheet: Any, language: str) -> None:
    """Take away the marks of an earlier answer, and notes and headers; text boxes are not copied."""
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        if cell.comment is not None and not is_of_form(language, cell.comment.text):
            cell.comment = None
        if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb).endswith(FAULTY):
            cell.fill = _fill_of_form(sheet, cell)
    for kind in HEADERS_AND_FOOTERS:
        setattr(sheet, kind, HeaderFooterItem())


def _fill_of_form(sheet: Any, cell: Any) -> Any:
    """The colour that a cell has in the empty form."""
    row, name = str(sheet.cell(cell.row, 1).value or ""), str(sheet.cell(2, cell.column).value or "")
    part = form().parts.get(f"{sheet['A1'].value}///".split("/")[2])
    if part is None or not row or not name:
        return PatternFill()
    if name.startswith("=") or row == TOTAL_ROW:
        return PatternFill("solid", fgColor=f"FF{SUM}")
    question = row if name == ANSWER else name
    required = question in (*part.required, *part.chosen)
    return PatternFill("solid", fgColor=f"FF{REQUIRED if required else INPUT}")


def _cell(sheets: Mapping[str, Any], place: str) -> Any:
    """The cell of a place such as ``Flow!D7``; None where the place is no cell."""
    title, found, address = place.rpartition("!")
    return sheets[title][address] if found and title in sheets else None


def _list_problems(book: Any, marks: Marks) -> None:
    said = words(marks.language)
    sheet = book.create_sheet(said.text("part.problems"), 0)
    # The mark makes the sheet the form's own: a mended copy may be sent with it.
    sheet["A1"] = f"{MARK}/{form().version}/problems/{marks.language}"
    sheet.column_dimensions["A"].hidden = True
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 24, 90
    sheet["B1"], sheet["B1"].font = marks.message, Font(bold=True)
    if marks.language in UNCHECKED:
        sheet["B2"] = said.text("unchecked")
    sheet["B3"], sheet["C3"] = said.text("answer.cell"), said.text("answer.problem")
    for row, (place, sentence) in enumerate(marks.listed, 4):
        cells = sheet.cell(row, 2, place), sheet.cell(row, 3, sentence)
        cells[0].data_type = "s"
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        # No program makes a row higher by itself where the file says nothing of its height.
        sheet.row_dimensions[row].height = 15 * ceil(max(len(sentence) / 80, len(place) / 22))
    book.active = 0
