"""The form of a return as an Excel workbook, written by XlsxWriter.

A sheet a part; the first column and the second row are hidden and hold the codes by which the form is read again
(``sources.programmes.read_return``), so that labels may be in any language. Input cells are yellow and open, required
ones darker and marked by an asterisk, all else is locked without a password: protection against slips, not against
people. Totals are formulas; each heading carries a note on what to count.

Not here: what may be written in an input cell (``open_cells``), the words (``sources.programmes.form``). Called by
``dvstats template``.
"""

import io
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from pipelines.programme_template.open_cells import OpenCells
from sources.durable import write_named
from sources.programmes.colours import FAULTY, FAULTY_TEXT, INPUT, REQUIRED, SUM
from sources.programmes.form import (
    ANSWER,
    TOTAL_ROW,
    UNCHECKED,
    Part,
    Words,
    choices,
    form,
    words,
)
from sources.programmes.form import column as defined
from sources.programmes.form_texts import marked_label, shown_choice
from sources.programmes.read_return import COLUMNS, MARK

GUIDES = 7
#: characters that a line of guidance holds at least
_A_LINE = 95
#: rows of a part's sheet, from 0: the mark and the title, the codes of the columns, the help, the headings
_TITLE, _CODES, _HELP, _HEAD, _FIRST = 0, 1, 2, 3, 4
_WIDTHS = {
    ANSWER: 60,
    "part": 24,
    "correction_reason": 30,
    "referral_source": 36,
    "age": 20,
    "contact_point": 20,
    "outcome_domain": 26,
    "outcome_instrument": 30,
    "clock_from": 24,
}


def write_template(language: str, path: Path, known: Mapping[str, str]) -> None:
    """Write the workbook; ``known``: answers on the programme that are filled in already, as codes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        _Template(book, words(language)).write(known)
    write_named(path, content.getvalue())


class _Template:
    """One workbook in one language."""

    def __init__(self, book: Any, said: Words) -> None:
        self.book, self.said = book, said
        plain = {"text_wrap": True, "valign": "top"}
        edge = {"border": 1, "border_color": "#BFBFBF"}
        self.styles = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "help": book.add_format({**plain, "italic": True}),
            "text": book.add_format(plain),
            "warning": book.add_format({**plain, "bold": True, "font_color": f"#{FAULTY_TEXT}"}),
            "head": book.add_format({**plain, **edge, "bold": True, "bg_color": "#DDE6F0"}),
            "label": book.add_format({**plain, **edge}),
            "input": book.add_format({**edge, "bg_color": f"#{INPUT}", "locked": False, "valign": "top"}),
            "required": book.add_format(
                {**edge, "bg_color": f"#{REQUIRED}", "locked": False, "valign": "top"}
            ),
            "sum": book.add_format({**edge, "bg_color": f"#{SUM}", "valign": "top"}),
            "differs": book.add_format({"bg_color": f"#{FAULTY}", "font_color": f"#{FAULTY_TEXT}"}),
        }
        self.cells = OpenCells(said, self.styles)

    def write(self, known: Mapping[str, str]) -> None:
        """All sheets: guidance, the parts, the lists."""
        guidance = self._sheet("guidance")
        parts = {name: self._sheet(name) for name in form().parts}
        self.cells.write_lists(self._sheet("lists"))
        self._guidance(guidance)
        for name, part in form().parts.items():
            if part.inputs == (ANSWER,):
                self._questions(parts[name], part, known)
            else:
                self._table(parts[name], part)
        parts["about"].activate()
        self.book.set_properties({"title": self.said.text("title"), "author": "", "comments": ""})

    def _sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(self.said.text(f"part.{name}"))
        sheet.write_string(_TITLE, 0, f"{MARK}/{form().version}/{name}/{self.said.language}")
        sheet.set_column(0, 0, 4, None, {"hidden": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _guidance(self, sheet: Any) -> None:
        sheet.set_column(1, 1, 100)
        sheet.write_string(0, 1, self.said.text("title"), self.styles["title"])
        row = 1
        if self.said.language in UNCHECKED:
            sheet.write_string(row, 1, self.said.text("unchecked"), self.styles["warning"])
            row += 1
        for number in range(1, GUIDES + 1):
            text = self.said.text(f"guide.{number}")
            sheet.write_string(row, 1, text, self.styles["text"])
            sheet.set_row(row, 16 * (1 + ceil(len(text) / _A_LINE)))
            row += 1
        sheet.protect()

    def _begin(self, sheet: Any, part: Part, last: int) -> None:
        sheet.write_string(_TITLE, 1, self.said.text(f"part.{part.name}"), self.styles["title"])
        sheet.merge_range(_HELP, 1, _HELP, last, self.said.text(f"help.{part.name}"), self.styles["help"])
        sheet.set_row(_HELP, 32)
        sheet.write_string(_CODES, 0, COLUMNS)
        sheet.set_row(_CODES, None, None, {"hidden": True})
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.ignore_errors({"number_stored_as_text": "A1:Z200"})

    def _note(self, sheet: Any, row: int, column: int, name: str) -> None:
        if name not in ("part", "correction_reason", ANSWER):
            sheet.write_comment(
                row, column, self.said.note(name), {"x_scale": 2.2, "y_scale": 1.1, "author": ""}
            )

    def _questions(self, sheet: Any, part: Part, known: Mapping[str, str]) -> None:
        self._begin(sheet, part, 2)
        sheet.set_column(1, 1, 44)
        sheet.set_column(2, 2, _WIDTHS[ANSWER])
        sheet.write_string(_CODES, 2, ANSWER)
        sheet.write_string(_HEAD, 2, self.said.label(ANSWER), self.styles["head"])
        for row, line in enumerate(part.lines, _FIRST):
            name = line.code
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, marked_label(self.said.language, part, name), self.styles["label"])
            self._note(sheet, row, 1, name)
            if name == "programme_id":
                self.cells.programme = (
                    f"{self.cells.quoted(part.name)}!{xl_rowcol_to_cell(row, 2, True, True)}"
                )
            self.cells.write(sheet, row, 2, part, name)
            if name in known:
                self._answer(sheet, row, part, name, known[name])

    def _answer(self, sheet: Any, row: int, part: Part, name: str, answer: str) -> None:
        """An answer that is known already: a choice by its words, a number as a number."""
        style = self.cells.style(part, name)
        if answer in choices(name):
            sheet.write_string(row, 2, shown_choice(self.said.language, name, answer), style)
        elif defined(name).type == "INTEGER":
            sheet.write_number(row, 2, int(answer), style)
        else:
            sheet.write_string(row, 2, answer, style)

    def _table(self, sheet: Any, part: Part) -> None:
        heads = self._heads(part)
        self._begin(sheet, part, max(len(heads), 2))
        for column, (code, name) in enumerate(heads, 1):
            sheet.write_string(_CODES, column, code)
            marked = marked_label(self.said.language, part, name) if name != "check" else ""
            label = marked or self.said.text("check")
            sheet.write_string(_HEAD, column, label, self.styles["head"])
            if name != "check":
                self._note(sheet, _HEAD, column, name)
            sheet.set_column(column, column, _WIDTHS.get(name, 13))
        sheet.set_row(_HEAD, 62)
        sheet.freeze_panes(_FIRST, 1 + len(part.printed))
        for row, line in enumerate(part.lines, _FIRST):
            sheet.write_string(row, 0, line.code)
            for column, (code, name) in enumerate(heads, 1):
                if code.startswith("="):
                    self._formula(sheet, row, column, part, name, heads)
                elif name in line.keys:
                    sheet.write_string(
                        row, column, self.said.code(name, line.keys[name]), self.styles["label"]
                    )
                else:
                    self.cells.write(sheet, row, column, part, name)
        if part.has_total:
            self._total_row(sheet, part, heads)

    def _heads(self, part: Part) -> list[tuple[str, str]]:
        """Code and name of each column: printed keys, inputs, and each sum behind its parts."""
        heads = [(f"={name}", name) for name in part.printed] if part.printed else []
        for name in part.inputs:
            heads.append((name, name))
            heads += [(f"={total}", total) for total, parts in part.sums.items() if parts[-1] == name]
        return [*heads, ("=check", "check")] if part.name == "cohorts" else heads

    def _formula(
        self, sheet: Any, row: int, column: int, part: Part, name: str, heads: list[tuple[str, str]]
    ) -> None:
        """A sum that the form adds up, or a printed key."""
        if name in part.printed:
            code = part.lines[row - _FIRST].keys[name]
            sheet.write_string(row, column, self.said.code(name, code), self.styles["label"])
            return
        parts = (
            ("completed", "not_completed", "running", "outcome_unknown")
            if name == "check"
            else part.sums[name]
        )
        places = {head: place for place, (_, head) in enumerate(heads, 1)}
        cells = ",".join(xl_rowcol_to_cell(row, places[part_name]) for part_name in parts)
        sheet.write_formula(row, column, f'=IF(COUNT({cells})=0,"",SUM({cells}))', self.styles["sum"], "")
        if name == "check":
            whole = xl_rowcol_to_cell(row, places["potential_completers"])
            mine = xl_rowcol_to_cell(row, column)
            criteria = f'=AND({whole}<>"",{mine}<>"",{whole}<>{mine})'
            sheet.conditional_format(
                row,
                column,
                row,
                column,
                {"type": "formula", "criteria": criteria, "format": self.styles["differs"]},
            )

    def _total_row(self, sheet: Any, part: Part, heads: list[tuple[str, str]]) -> None:
        row = _FIRST + len(part.lines)
        sheet.write_string(row, 0, TOTAL_ROW)
        sheet.write_string(row, 1, self.said.text("row.total"), self.styles["sum"])
        for column, (_, name) in enumerate(heads, 1):
            if name not in part.printed:
                span = f"{xl_rowcol_to_cell(_FIRST, column)}:{xl_rowcol_to_cell(row - 1, column)}"
                sheet.write_formula(
                    row, column, f'=IF(COUNT({span})=0,"",SUM({span}))', self.styles["sum"], ""
                )
            elif column > 1:
                sheet.write_blank(row, column, None, self.styles["sum"])
