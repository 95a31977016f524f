"""The cells of the form that a programme fills in: what may be written there, drop-downs, and the note that is shown.

Answers with a list are drop-downs on the hidden sheet of lists; those of a country offer what the programme's country
has. Not here: which cells there are and everything that is locked (``workbook``, the only caller).
"""

from collections.abc import Mapping
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from sources.programmes.form import OF_COUNTRY, Part, Words, choices
from sources.programmes.form_texts import choice_lists, shown_choice
from transforms.programmes.typed_answers import MOST_PERSONS


class OpenCells:
    """The open cells of one workbook.

    ``lists``: the range of each drop-down. ``programme``: the cell of the programme's code, once it is written; lists
    of one country depend on it.
    """

    def __init__(self, said: Words, styles: Mapping[str, Any]) -> None:
        """``said``: the words of the form's language; ``styles``: formats of the workbook, ``input`` and
        ``required`` among them."""
        self._said, self._styles = said, styles
        self.lists: dict[str, str] = {}
        self.programme = ""

    def write_lists(self, sheet: Any) -> None:
        """Every drop-down's choices, a column each; longer than the 255 characters that a cell's own list may have."""
        for column, name in enumerate(choice_lists(), 1):
            codes = choices(name)
            sheet.write_string(0, column, self._said.label(name))
            for row, code in enumerate(codes, 1):
                sheet.write_string(row, column, shown_choice(self._said.language, name, code))
            letter = xl_col_to_name(column)
            self.lists[name] = f"={self.quoted('lists')}!${letter}$2:${letter}${len(codes) + 1}"
        sheet.protect()
        sheet.hide()

    def quoted(self, part: str) -> str:
        """The name of a sheet in a formula."""
        return "'" + self._said.text(f"part.{part}").replace("'", "''") + "'"

    def _of_country(self, name: str) -> str:
        """The part of a list whose codes begin with the country of the programme's code; all of it while that is empty.

        The list is in the order of its codes, which are shown in brackets: ``Almaty (KZ-75)``.
        """
        whole = self.lists[name].removeprefix("=")
        first = whole.rpartition(":")[0]
        wanted = f'"*("&LEFT({self.programme},2)&"*"'
        return f"=OFFSET({first},MATCH({wanted},{whole},0)-1,0,COUNTIF({whole},{wanted}),1)"

    def style(self, part: Part, name: str) -> Any:
        """Darker where an answer is required."""
        return self._styles["required" if name in (*part.required, *part.chosen) else "input"]

    def write(self, sheet: Any, row: int, column: int, part: Part, name: str) -> None:
        """An open cell: what may be written, what to count when it is entered, and what was wrong when it is left."""
        sheet.write_blank(row, column, None, self.style(part, name))
        sheet.data_validation(row, column, row, column, {**self._prompt(name), **self._allowed(name)})

    def _prompt(self, name: str) -> dict[str, Any]:
        """The note that is shown in the cell itself; Excel takes 32 and 255 characters."""
        if name == "correction_reason":
            return {}
        return {"input_title": self._said.label(name)[:32], "input_message": self._said.note(name)[:255]}

    def _allowed(self, name: str) -> dict[str, Any]:
        stop = {"error_type": "stop", "error_title": self._said.text("title")[:32]}
        if name in self.lists:
            message = self._said.text("problem.not_choice")
            source = self._of_country(name) if name in OF_COUNTRY else self.lists[name]
            return {**stop, "validate": "list", "source": source, "error_message": message}
        if name in ("provider", "programme_id"):
            return {"validate": "any"}
        number = {**stop, "error_message": self._said.text("problem.not_number")}
        if name == "measure_value":
            return {**number, "validate": "decimal", "criteria": ">=", "value": 0}
        between = {"criteria": "between", "minimum": 0, "maximum": MOST_PERSONS}
        return {**number, "validate": "integer", **between}
