"""What a person did wrong in a YAML file, and the remedy, instead of the words of the YAML parser.

The parser says "mapping values are not allowed in this context" where a colon was forgotten one line above. Here its
complaint is read together with the text::

    country KG            ->  line 1: a colon and a space are missing after the key 'country'
    title: x

Not here: reading the file (``data_contracts.strict_files``, the only caller), and keys that are well-formed but unknown
(``sources.strict_model``).
"""

from typing import Any, NamedTuple

import yaml

_INDENTED = "the line is not indented like the lines it belongs with; write as many spaces as they have"
_TAB = "the line is indented with a tab; write spaces"
_QUOTE = "put the whole text in quotes"


class Mistake(NamedTuple):
    """What is wrong in a YAML file, and where."""

    #: from 1; None: not known
    line: int | None
    #: what is wrong and the remedy, without full stop
    sentence: str


def mistake(error: yaml.YAMLError, text: str) -> Mistake:
    """What is wrong in ``text``, for which the parser raised ``error``."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        position = getattr(error, "position", None)
        line = None if position is None else text.count("\n", 0, position) + 1
        return Mistake(line, "the file holds a character that no text has; delete it")
    return _Complaint(error, mark, text).mistake()


class _Complaint:
    """One complaint of the parser beside the lines that it is about."""

    def __init__(self, error: Any, mark: Any, text: str) -> None:
        self.lines = text.splitlines() or [""]
        self.problem = str(error.problem)
        self.mark = mark
        self.begun = error.context_mark or mark
        self.line = self._text(mark.line)

    def mistake(self) -> Mistake:
        """The remedy that fits, from the surest sign to the vaguest."""
        here = self.mark.line + 1
        if "\t" in self.line[: len(self.line) - len(self.line.lstrip())]:
            return Mistake(here, _TAB)
        if "mapping values are not allowed" in self.problem:
            return self._colon()
        if "could not find expected ':'" in self.problem:
            return self._no_colon(self.begun.line)
        if "',' or '" in self.problem:
            return self._bracket()
        if "end of stream" in self.problem:
            return Mistake(self.begun.line + 1, "a quotation mark is opened here and not closed")
        if "escape character" in self.problem:
            return Mistake(here, "a backslash in double quotes begins a special character; use single quotes")
        if "another document" in self.problem:
            return Mistake(here, "a line of three dashes begins a second document; one file holds one")
        if "expected key" in self.problem or "<block end>" in self.problem:
            return Mistake(here, _INDENTED if self._is_first_of_line() else self._goes_on())
        return self._first_character()

    def _text(self, line: int) -> str:
        return self.lines[min(line, len(self.lines) - 1)]

    def _is_first_of_line(self) -> bool:
        return not self.line[: self.mark.column].strip()

    def _colon(self) -> Mistake:
        """A colon where none may be: a second one in the line, a forgotten one above, or a wrong indent."""
        if ": " in self.line[: self.mark.column]:
            return Mistake(self.mark.line + 1, f"the text holds a colon; {_QUOTE}")
        above = [n for n in range(self.mark.line) if self.lines[n].strip(" -")]
        before = self.lines[above[-1]].strip() if above else ""
        if before.startswith("-") and not before.startswith("- "):
            return Mistake(above[-1] + 1, "a space is missing after the dash")
        if above and ":" not in before:
            return self._no_colon(above[-1])
        return Mistake(self.mark.line + 1, _INDENTED)

    def _no_colon(self, line: int) -> Mistake:
        words = self._text(line).strip(" -").replace(":", " ").replace("=", " ").split()
        key = f" {words[0]!r}" if words else ""
        return Mistake(line + 1, f"a colon and a space are missing after the key{key}")

    def _bracket(self) -> Mistake:
        if self.begun.line != self.mark.line:
            bracket = self._text(self.begun.line)[self.begun.column]
            return Mistake(self.begun.line + 1, f"the bracket {bracket!r} is opened here and not closed")
        if self.line[self.mark.column : self.mark.column + 1] == ":":
            return Mistake(self.mark.line + 1, f"a text between brackets holds a colon; {_QUOTE}")
        return Mistake(self.mark.line + 1, self._goes_on())

    def _goes_on(self) -> str:
        return (
            f"something follows a closed quotation mark or bracket; {_QUOTE}, and write an apostrophe twice"
        )

    def _first_character(self) -> Mistake:
        line = self._text(self.begun.line)
        first = line[self.begun.column : self.begun.column + 1]
        if not first.strip():
            return Mistake(self.mark.line + 1, f"this is not YAML: {self.problem}")
        return Mistake(self.begun.line + 1, f"a text that begins with {first!r} needs quotes; {_QUOTE}")
