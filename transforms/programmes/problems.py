"""What is wrong in a return: the cells, the sentence in the language of the form, and the numbers that disagree.

>>> wrong = Problem(("Направления!L5", "Направления!E5"), "rule.flow_started_above_accepted",
...     numbers=((("Направления!L5",), 31), (("Направления!E5",), 30)))
>>> wrong.place, wrong.sentence("en")
('Направления!L5, E5', 'More persons started than were accepted: L5 = 31, E5 = 30.')

Not here: finding what is wrong (``judge_return``, ``judge_figures``), marking it in the sender's file
(``pipelines.programme_template.answer``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from sources.programmes.form import Words, words

#: where a number stands, one cell or all those that are added up, and the number
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
    (``transforms.privacy.personal_data``). ``blank``: a cell may hold data on a person, so its text goes nowhere.
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
    if len(cells) != 1:
        return said.text("number.parts", figure=text)
    return f"{cells[0].rpartition('!')[2]} = {text}"


def together(cells: Iterable[str]) -> str:
    """Cells in one text: the sheet once, neighbours as a span."""
    found: dict[str, list[str]] = {}
    for sheet, span in _spans(cells):
        found.setdefault(sheet, []).append(span)
    return "; ".join(sheet + ", ".join(spans) for sheet, spans in found.items())


def _spans(cells: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Sheet, or word for a line, and what is named in it; neighbours in a row, or lines that follow, joined."""
    open_span: list[tuple[str, int, int]] = []
    for cell in cells:
        here = _parsed(cell)
        if open_span and here == (open_span[-1][0], open_span[-1][1], open_span[-1][2] + 1):
            open_span.append(here)
            continue
        yield from _written(open_span)
        open_span = [here]
    yield from _written(open_span)


def _parsed(cell: str) -> tuple[str, int, int]:
    """Sheet or word, row (0 for a line), column (or number of the line); a place of neither kind is all sheet."""
    if found := _CELL.fullmatch(cell):
        return found["sheet"], int(found["row"]), column_index_from_string(found["column"])
    if found := _LINE.fullmatch(cell):
        return found["word"], 0, int(found["row"])
    return cell, 0, 0


def _written(span: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, str]]:
    if not span:
        return
    sheet, row, first = span[0]
    last = span[-1][2]
    names = [f"{get_column_letter(n)}{row}" if row else str(n) if n else "" for n in (first, last)]
    if len(span) < 3:
        yield from ((sheet, name) for name in names[: len(span)])
    else:
        yield sheet, f"{names[0]}{':' if row else '–'}{names[1]}"
