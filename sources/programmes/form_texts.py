"""The texts that the form itself prints, and which code a chosen text has.

A text of a filled form that is not among them is the sender's own (``foreign`` in ``given_return``). Not here: the
parts of the form and their words in each language (``form``), texts in no cell (``beside_cells``). Called by
``read_return``, ``csv_form`` and ``pipelines.programme_template``, which writes the empty form.

>>> shown_choice("en", "sex", "M")
'Male'
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from sources.programmes.form import ANSWER, Part, choices, form, words

#: sheets of the workbook that hold no part
OTHER_SHEETS = ("guidance", "lists", "problems")


def sheet_names() -> tuple[str, ...]:
    """All sheets that the form and its answer may have."""
    return (*form().parts, *OTHER_SHEETS)


def choice_lists() -> tuple[str, ...]:
    """The columns and questions whose answers are chosen from a list, each once."""
    found: dict[str, None] = {}
    for part in form().parts.values():
        names = [line.code for line in part.lines] if part.inputs == (ANSWER,) else part.inputs
        found |= {name: None for name in names if choices(name)}
    return tuple(found)


def shown_choice(language: str, name: str, code: str) -> str:
    """A choice as the form shows it: its label, with the code where labels alone would not do (areas, acts)."""
    label = words(language).code(name, code)
    return f"{label} ({code})" if name in ("ref_area", "law_id") else label


def marked_label(language: str, part: Part, name: str) -> str:
    """The label of a question or column, with an asterisk where it must be filled in."""
    required = name in (*part.required, *part.chosen)
    return words(language).label(name) + (" *" if required else "")


def printed_texts(language: str) -> Iterator[str]:
    """The texts of the form: titles, labels, helps, choices. The writer prints no other."""
    said = words(language)
    for key in ("title", "unchecked", "row.total", "check", "column.answer", "answer.cell", "answer.problem"):
        yield said.text(key)
    yield from (said.text(f"guide.{n}") for n in range(1, 8))
    yield from (said.text(f"part.{name}") for name in (*form().parts, *OTHER_SHEETS))
    for part in form().parts.values():
        yield said.text(f"help.{part.name}")
        for name in (*part.printed, *part.inputs, *part.sums):
            if name != ANSWER:
                yield marked_label(language, part, name)
        for line in part.lines:
            yield from (said.code(name, code) for name, code in line.keys.items())
            if part.inputs == (ANSWER,):
                yield marked_label(language, part, line.code)
    for name in choice_lists():
        yield said.label(name)
        yield from (shown_choice(language, name, code) for code in choices(name))


@lru_cache
def own_texts(language: str) -> frozenset[str]:
    """Every text that the form itself prints."""
    return frozenset(printed_texts(language))


def code_of(language: str, row: str, column: str, text: str) -> str:
    """The code of a chosen label; any other text as it is."""
    return _codes(language, row if column == ANSWER else column).get(text, text) if text else ""


@lru_cache
def _codes(language: str, name: str) -> Mapping[str, str]:
    """Code by label, and by itself, of what may be chosen."""
    listed = choices(name)
    return {shown_choice(language, name, code): code for code in listed} | {code: code for code in listed}
