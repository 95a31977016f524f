"""What is wrong in a return: the cells, the sentence in the language of the form, and the numbers that disagree.

>>> wrong = Problem(("Направления!L5", "Направления!E5"), "rule.flow_started_above_accepted",
...     numbers=((("Направления!L5",), 31), (("Направления!E5",), 30)))
>>> wrong.place, wrong.sentence("en")
('Направления!L5, E5', 'More persons started than were accepted: L5 = 31, E5 = 30.')

Not here: finding what is wrong (``judge_return``, ``judge_figures``, ``typed_answers``, which make these), marking it
in the sender's file (``pipelines.programme_template.answer``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sources.programmes.form import Words, words

#: where a number is written, one cell or all those that are added up, and the number
Number = tuple[tuple[str, ...], float]
_CELL = re.compile(r"(?P<sheet>.*!)(?P<column>[A-Z]+)(?P<row>\d+)")
_LINE = re.compile(r"(?P<word>\D+)(?P<row>\d+)")


@dataclass(frozen=True)
class Word:
    """A word of the form that a sentence needs: the label of a column, or of a code in it."""

    column: str
    code: str = ""

    def said(self, by: Words) -> str:
        """The word in a language."""
        return by.code(self.column, self.code) if self.code else by.label(self.column)


@dataclass(frozen=True)
class Problem:
    """What is wrong in one or more cells, the first of which is the one to look at first; never the cells' own text.

    ``key`` of the sentence, whose places ``filled`` gives. ``kind``: of data on a person
    (``transforms.privacy.personal_data_search``). ``blank``: a cell may hold data on a person, so its text goes
    nowhere.
    """

    cells: tuple[str, ...]
    key: str
    kind: str = ""
    blank: bool = False
    numbers: tuple[Number, ...] = ()
    filled: tuple[tuple[str, str | Word], ...] = ()

    @property
    def place(self) -> str:
        """All cells as a person writes them: ``Cohorts!D5, F5:N5``, ``line 12, 14-18``."""
        return together(self.cells)

    def sentence(self, language: str) -> str:
        """The sentence in a language of the form, with the numbers that disagree."""
        said = words(language)
        if self.key.startswith("rule."):
            found = said.rule(self.key.removeprefix("rule."))
        else:
            filled = {name: text if isinstance(text, str) else text.said(said) for name, text in self.filled}
            kind = {"kind": said.text(f"kind.{self.kind}")} if self.kind else {}
            found = said.text(f"problem.{self.key}", **filled, **kind)
        numbers = ", ".join(_number(said, cells, figure) for cells, figure in self.numbers)
        return f"{found.rstrip('.')}: {numbers}." if numbers else found


def _number(said: Words, cells: Sequence[str], figure: float) -> str:
    text = f"{figure:.10g}"
    if said.language != "en":
        text = text.replace(".", ",")
    if len(cells) != 1:
        return said.text("number.parts", figure=text)
    return f"{cells[0].rpartition('!')[2]} = {text}"


def together(cells: Iterable[str]) -> str:
    """Cells in one text: the sheet once, neighbours of a row, a column or of lines as a span."""
    found: dict[str, list[str]] = {}
    for span in _spans(cells):
        sheet, first, last = span[0][0], _name(span[0]), _name(span[-1])
        dash = ":" if span[0][1] else "–"
        names = [f"{first}{dash}{last}"] if len(span) > 2 else [first, last][: len(span)]
        found.setdefault(sheet, []).extend(names)
    return "; ".join(sheet + ", ".join(names) for sheet, names in found.items())


_Place = tuple[str, int, int]


def _spans(cells: Iterable[str]) -> Iterator[list[_Place]]:
    """Runs of neighbours, each in one direction."""
    span: list[_Place] = []
    for here in map(_parsed, cells):
        if span and here[0] == span[-1][0]:
            step = (here[1] - span[-1][1], here[2] - span[-1][2])
            before = (span[-1][1] - span[-2][1], span[-1][2] - span[-2][2]) if len(span) > 1 else step
            if step == before and step in ((0, 1), (1, 0)):
                span.append(here)
                continue
        if span:
            yield span
        span = [here]
    if span:
        yield span


def _parsed(cell: str) -> _Place:
    """Sheet or word, row (0 for a line), column (or number of the line); a place of neither kind is all sheet."""
    from openpyxl.utils import column_index_from_string

    if found := _CELL.fullmatch(cell):
        return found["sheet"], int(found["row"]), column_index_from_string(found["column"])
    if found := _LINE.fullmatch(cell):
        return found["word"], 0, int(found["row"])
    return cell, 0, 0


def _name(place: _Place) -> str:
    from openpyxl.utils import get_column_letter

    _, row, column = place
    return f"{get_column_letter(column)}{row}" if row else str(column or "")
