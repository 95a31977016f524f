"""The marked copy of a refused workbook: what is red, noted, listed and taken away."""

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from sources.cells import ReadError
from sources.programmes import marked_copy as module
from sources.programmes.colours import FAULTY
from sources.programmes.form import form, words
from sources.programmes.marked_copy import marked_copy
from sources.programmes.marks import Marks
from sources.programmes.read_return import MARK

FLOW, PROBLEMS = words("en").text("part.flow"), words("en").text("part.problems")


def workbook() -> bytes:
    """One sheet of the form with leavings of an earlier answer, and one of the sender's own."""
    book: Any = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = f"{MARK}/{form().version}/flow/en"
    for place, pattern in (("C5", "solid"), ("C6", "gray125")):
        sheet[place] = 5
        sheet[place].fill = PatternFill(pattern, fgColor=FAULTY)
    sheet["C5"].comment = Comment("an earlier sentence", "x")
    sheet["C7"] = "written by hand"
    sheet["C7"].fill = PatternFill("solid", fgColor="00FF00")
    sheet.oddHeader.center.text = "a name"
    book.create_sheet(PROBLEMS)["A1"] = f"{MARK}/{form().version}/problems/en"
    book.create_sheet("own")
    book.properties.creator = "A Person"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def copied(**more: Any) -> Any:
    given: dict[str, Any] = {
        "language": "en", "message": "Not taken", "sentences": {}, "emptied": [], "renamed": [], "listed": [], **more,
    }  # fmt: skip
    return openpyxl.load_workbook(io.BytesIO(marked_copy(workbook(), Marks(**given))))


def test_problems_are_listed_and_marked_at_their_cells() -> None:
    listed = [[f"{FLOW}!C7", "It is no number."], ["file", "x" * 200], ["=1+1", "y"]]
    book = copied(
        sentences={f"{FLOW}!C7": ["It is no number.", "Twice."], "gone!C7": ["x"], "C7": ["x"]}, listed=listed
    )
    assert book.sheetnames == [PROBLEMS, "Sheet", "own"] and book.active.title == PROBLEMS
    sheet = book[PROBLEMS]
    assert [[sheet.cell(row, column).value for column in (1, 2, 3)] for row in (4, 5, 6)] == [
        [None, *line] for line in listed
    ]
    assert sheet["B6"].data_type == "s" and (sheet["B1"].value, sheet["B1"].font.bold) == ("Not taken", True)
    assert [sheet.row_dimensions[row].height for row in (4, 5, 6)] == [15, 45, 15]
    assert sheet.column_dimensions["A"].hidden and sheet["A1"].value == f"{MARK}/{form().version}/problems/en"
    marked = book["Sheet"]["C7"]
    assert marked.fill.fgColor.rgb.endswith(FAULTY) and marked.comment.text == "It is no number.\nTwice."
    assert marked.value == "written by hand"
    assert (book.properties.creator or "", book.properties.title) == ("", words("en").text("title"))


def test_marks_and_names_of_an_earlier_answer_are_taken_away() -> None:
    sheet = copied()["Sheet"]
    assert sheet["C5"].fill.fill_type is None and sheet["C5"].comment is None and sheet["C5"].value == 5
    assert sheet["C6"].fill.fill_type == "gray125" and sheet["C7"].fill.fgColor.rgb == "0000FF00"
    assert sheet.oddHeader.center.text is None


def test_cells_are_emptied_and_sheets_renamed() -> None:
    book = copied(emptied=[f"{FLOW}!C7", "№3!A1", "gone!A1"], renamed=[FLOW, "№3", "gone"])
    assert book.sheetnames == [PROBLEMS, FLOW, "№3"] and book[FLOW]["C7"].value is None


@pytest.mark.parametrize("most", [21, 20])
def test_a_sheet_with_a_cell_far_away_is_refused(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", most)
    if most == 21:
        assert copied().sheetnames
    else:
        with pytest.raises(ReadError, match="cells far away from the form"):
            copied()
