"""The answer to a refused return: the sender's own file with the faulty cells marked, and a sentence each.

Of ``return.xlsx`` a copy ``return.mistakes.xlsx`` (the word in the language of the form) is written beside it: faulty
cells red with all sentences on them as their note, and one more sheet that lists cell and sentence. Cells that may hold
data on a person are emptied in the copy, so that it can be sent around; notes, headers, text boxes and properties are
not copied. Marks of an earlier answer go: a marked copy that is sent again is marked anew under its own name. Of any
other file (.ods, CSV form) the list alone is written, ``return.mistakes.csv``.

Not here: the judgement (``transforms.programmes``). Called by ``dvstats add`` and by a refresh that takes the inbox.
"""

import csv
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any

from data_contracts.spreadsheets import guarded
from pipelines.programme_returns import Answer
from pipelines.programme_template.colours import FAULTY, INPUT, REQUIRED, SUM
from sources.programmes.beside_cells import is_of_form
from sources.programmes.form import ANSWER, LANGUAGES, TOTAL_ROW, UNCHECKED, form, words
from sources.programmes.form_texts import sheet_names
from sources.programmes.read_return import MARK


def write_answer(file: Path, answer: Answer) -> Path:
    """Write the copy beside a refused file; gives its path. Of a marked copy it is the same file, marked anew."""
    said = words(answer.given.language)
    mark = "." + said.text("answer.file")
    if answer.given.method == "workbook" and file.suffix.lower() == ".xlsx":
        target = file.with_name(f"{_unmarked(file.stem)}{mark}.xlsx")
        # Whole or not at all: the file that was sent may be the copy itself.
        written = target.with_name(f".{target.name}.new")
        try:
            _mark_workbook(file, answer, written)
            written.replace(target)
            return target
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            # A workbook that openpyxl cannot load though it was read: the list of problems is written all the same.
            written.unlink(missing_ok=True)
    target = file.with_name(f"{_unmarked(file.stem)}{mark}.csv")
    if target == file:
        target = file.with_name(f"{file.stem}{mark}.csv")
    # In an inbox it may be a link, and what that leads to is not written over.
    target.unlink(missing_ok=True)
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow((said.text("answer.cell"), said.text("answer.problem")))
        for problem in answer.problems:
            place, sentence = problem.place, problem.sentence(answer.given.language)
            writer.writerow((guarded(place), guarded(sentence)))
    return target


def _unmarked(stem: str) -> str:
    """The name of the file that was marked first, however often its copies were sent again."""
    marks = {words(language).text("answer.file") for language in LANGUAGES}
    while stem.rpartition(".")[2] in marks and "." in stem:
        stem = stem.rpartition(".")[0]
    return stem


def _mark_workbook(file: Path, answer: Answer, target: Path) -> None:
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.packaging.core import DocumentProperties
    from openpyxl.packaging.custom import CustomPropertyList
    from openpyxl.styles import PatternFill

    book: Any = openpyxl.load_workbook(file)
    language = answer.given.language
    sheets = _named(book, language)
    for sheet in sheets.values():
        _take_away(sheet, language)
    red = PatternFill("solid", fgColor=FAULTY)
    sentences: dict[str, list[str]] = {}
    for problem in answer.problems:
        for place in problem.cells:
            sentences.setdefault(place, []).append(problem.sentence(language))
            cell = _cell(sheets, place)
            if cell is not None and problem.blank:
                cell.value = None
            if problem.key == "personal_remark" and place in sheets:
                sheets[place].title = place
    for place, said in sentences.items():
        cell = _cell(sheets, place)
        if cell is not None:
            cell.fill = red
            cell.comment = Comment("\n".join(said), "", height=60 + 40 * len(said), width=300)
    if words(language).text("part.problems") in sheets:
        book.remove(sheets[words(language).text("part.problems")])
    _list_problems(book, answer)
    book.defined_names.clear()
    # Who wrote the file is nobody's business beside the sender's.
    book.properties = DocumentProperties(title=words(language).text("title"), creator="")
    book.custom_doc_props = CustomPropertyList()
    with target.open("wb") as handle:
        book.save(handle)


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
    from openpyxl.worksheet.header_footer import HeaderFooterItem

    for kind in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        setattr(sheet, kind, HeaderFooterItem())


def _fill_of_form(sheet: Any, cell: Any) -> Any:
    """The colour that a cell has in the empty form."""
    from openpyxl.styles import PatternFill

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


def _list_problems(book: Any, answer: Answer) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.properties import PageSetupProperties

    said = words(answer.given.language)
    sheet = book.create_sheet(said.text("part.problems"), 0)
    # The mark makes the sheet the form's own: a mended copy may be sent with it.
    sheet["A1"] = f"{MARK}/{form().version}/problems/{answer.given.language}"
    sheet.column_dimensions["A"].hidden = True
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 24, 90
    sheet["B1"], sheet["B1"].font = answer.message, Font(bold=True)
    if answer.given.language in UNCHECKED:
        sheet["B2"] = said.text("unchecked")
    sheet["B3"], sheet["C3"] = said.text("answer.cell"), said.text("answer.problem")
    for row, problem in enumerate(answer.problems, 4):
        place = sheet.cell(row, 2, problem.place)
        place.data_type, place.alignment = "s", Alignment(wrap_text=True, vertical="top")
        cell = sheet.cell(row, 3, problem.sentence(answer.given.language))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        # No program makes a row higher by itself where the file says nothing of its height.
        sheet.row_dimensions[row].height = 15 * ceil(max(len(str(cell.value)) / 80, len(problem.place) / 22))
    book.active = 0
