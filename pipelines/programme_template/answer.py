"""The answer to a refused return: the sender's own file with the faulty cells marked, and a sentence each.

Of ``return.xlsx`` a copy ``return.mistakes.xlsx`` (the word in the language of the form) is written beside it: faulty
cells red with all sentences on them as their note, and one more sheet that lists cell and sentence. Cells that may hold
data on a person are emptied in the copy, so that it can be sent around. Of any other file (.ods, CSV form) the list
alone is written, ``return.mistakes.csv``.

Not here: the judgement (``transforms.programmes``). Called by ``dvstats add`` and by a refresh that takes the inbox.
"""

import csv
from pathlib import Path
from typing import Any

from data_contracts.spreadsheets import guarded
from pipelines.programme_returns import Answer
from sources.programmes.form import form, words
from sources.programmes.read_return import MARK

_RED = "FFC7CE"


def write_answer(file: Path, answer: Answer) -> Path:
    """Write the copy beside a refused file; gives its path."""
    said = words(answer.given.language)
    mark = "." + said.text("answer.file")
    if answer.given.method == "workbook" and file.suffix.lower() == ".xlsx":
        target = _fresh(file.with_name(f"{file.stem}{mark}.xlsx"))
        try:
            _mark_workbook(file, answer, target)
            return target
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            # A workbook that openpyxl cannot load though it was read: the list of problems is written all the same.
            target.unlink(missing_ok=True)
    target = _fresh(file.with_name(f"{file.stem}{mark}.csv"))
    with target.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow((said.text("answer.cell"), said.text("answer.problem")))
        for problem in answer.problems:
            place, sentence = problem.place, problem.sentence(answer.given.language)
            writer.writerow((guarded(place), guarded(sentence)))
    return target


def _fresh(target: Path) -> Path:
    """The path without what is there: in an inbox it may be a link, and what that leads to is not written over."""
    target.unlink(missing_ok=True)
    return target


def _mark_workbook(file: Path, answer: Answer, target: Path) -> None:
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = openpyxl.load_workbook(file)
    red = PatternFill("solid", fgColor=_RED)
    language = answer.given.language
    sentences: dict[str, list[str]] = {}
    for problem in answer.problems:
        for place in problem.cells:
            sentences.setdefault(place, []).append(problem.sentence(language))
            cell = _cell(book, place)
            if cell is not None and problem.blank:
                cell.value = None
    for place, told in sentences.items():
        cell = _cell(book, place)
        if cell is not None:
            cell.fill = red
            cell.comment = Comment("\n".join(told), "", height=60 + 40 * len(told), width=300)
    _list_problems(book, answer)
    # Who wrote the file is nobody's business beside the sender's.
    book.properties.creator = book.properties.lastModifiedBy = ""
    book.save(target)


def _cell(book: Any, place: str) -> Any:
    """The cell of a place such as ``Flow!D7``; None where the place is no cell."""
    title, found, address = place.rpartition("!")
    return book[title][address] if found and title in book.sheetnames else None


def _list_problems(book: Any, answer: Answer) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.properties import PageSetupProperties

    said = words(answer.given.language)
    title = said.text("part.problems")
    if title in book.sheetnames:
        del book[title]
    sheet = book.create_sheet(title, 0)
    # The mark makes the sheet the form's own: a mended copy may be sent with it.
    sheet["A1"] = f"{MARK}/{form().version}/problems/{answer.given.language}"
    sheet.column_dimensions["A"].hidden = True
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 24, 90
    sheet["B1"], sheet["B1"].font = answer.message, Font(bold=True)
    sheet["B3"], sheet["C3"] = said.text("answer.cell"), said.text("answer.problem")
    for row, problem in enumerate(answer.problems, 4):
        sheet.cell(row, 2, problem.place).data_type = "s"
        cell = sheet.cell(row, 3, problem.sentence(answer.given.language))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    book.active = 0
