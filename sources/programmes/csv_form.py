"""The CSV form of a return: reading one, writing an empty one, and the form in which the archive keeps all of them.

::

    part,row,column,label,answer
    form,version,,,2
    flow,court|M,referred,"Referrals: Court, Male, Referred",24

``canonical`` writes what was read, answers only: neither comments nor the names that a workbook keeps of its authors.
Not here: the workbook, and telling one from the other (``read_return``). Called by ``read_return``,
``pipelines.programme_returns`` and ``dvstats template``.
"""

import csv
import io
from collections.abc import Mapping
from functools import lru_cache

from sources.cells import ReadError
from sources.programmes.form import ANSWER, LANGUAGES, UNCHECKED, Part, Words, choices, form, words
from sources.programmes.form_texts import choice_lists, code_of, marked_label
from sources.programmes.given_return import (
    NO_RETURN,
    REMEDY,
    Given,
    GivenReturn,
    check_version,
    checked_language,
)
from sources.readers.text import decode_text

CSV_HEADER = ("part", "row", "column", "label", "answer")
METHODS = ("workbook", "csv")
#: versions of the form that the archive may hold and that only lack rows and columns of the present one
EARLIER_VERSIONS = ("1",)
#: lines of the CSV form that list choices, and so many choices fit behind a question
LIST, FEW = "list", 12


def read_csv(content: bytes, file_name: str) -> GivenReturn:
    """What a CSV form holds; FormError or ReadError where it is no such form."""
    try:
        text = decode_text(content, {})
    except ReadError as error:
        raise ReadError(error.problem, file=file_name, remedy=REMEDY) from error
    delimiter = ";" if text[:200].count(";") > text[:200].count(",") else ","
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not lines or tuple(cell.strip().lstrip("\ufeff") for cell in lines[0]) != CSV_HEADER:
        raise ReadError(NO_RETURN, file=file_name, remedy=REMEDY)
    said = {line[1]: line[4].strip() for line in lines if line[:1] == ["form"] and len(line) > 4}
    if not said.get("language"):
        raise ReadError("the form does not say its language", file=file_name, remedy=REMEDY)
    given = GivenReturn(checked_language(said["language"], file_name), "csv")
    if said.get("version") not in EARLIER_VERSIONS:
        check_version(said.get("version", ""), given.language)
    for number, line in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in line):
            place = words(given.language).text("place.line", number=str(number))
            _read_line(given, [cell.strip() for cell in line], place)
    # A return in the archive has the lines with an answer only, and a sender may have deleted others.
    for key in _inputs():
        given.places.setdefault(key, "/".join(key))
    return given


def _read_line(given: GivenReturn, line: list[str], place: str) -> None:
    part, row, column, _, answer, *more = [*line, *[""] * (len(CSV_HEADER) - len(line))]
    if part == LIST and not answer:
        return
    if part == "form" and row in ("version", "language", "method", "return_id"):
        _read_form_line(given, row, answer)
    elif (part, row, column) in _inputs():
        code = code_of(given.language, row, column, answer)
        given.put(part, row, column, code, place)
    else:
        given.foreign.append(Given(" ".join(filter(None, (part, row, column, answer))), place))
    given.foreign += [Given(text, place) for text in more if text]


def _read_form_line(given: GivenReturn, name: str, answer: str) -> None:
    """What the form says of itself beside version and language: a return in the archive has number and method."""
    if name == "method" and answer in METHODS:
        given.method = answer
    elif name == "return_id":
        given.return_id = answer


@lru_cache
def _inputs() -> frozenset[tuple[str, str, str]]:
    """Part, row and column of every input of the form."""
    return frozenset(
        (part.name, line.code, column)
        for part in form().parts.values()
        for line in part.lines
        for column in part.inputs
    )


def csv_form(language: str, answers: Mapping[tuple[str, str, str], str]) -> str:
    """The CSV form in a language, with the answers that are given; a provider fills in the column ``answer``."""
    said = words(language)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    writer.writerow(("form", "version", "", said.text("title"), form().version))
    writer.writerow(("form", "language", "", LANGUAGES[language], language))
    if language in UNCHECKED:
        writer.writerow((LIST, "unchecked", "", said.text("unchecked"), ""))
    for part in form().parts.values():
        for line in part.lines:
            for column in part.inputs:
                label = _csv_label(language, part, line.code, line.keys, column)
                answer = answers.get((part.name, line.code, column), "")
                writer.writerow((part.name, line.code, column, label, answer))
    country = answers.get(("about", "programme_id", ANSWER), "")[:2].upper()
    for name in choice_lists():
        if len(choices(name)) > FEW and name not in ("return_period", "start_period"):
            for code in choices(name):
                if not country or code[:2].upper() == country:
                    label = f"{said.label(name)}: {said.code(name, code)}"
                    writer.writerow((LIST, name, code, label, ""))
    return out.getvalue()


def _csv_label(language: str, part: Part, row: str, keys: Mapping[str, str], column: str) -> str:
    """The question of a line, a mark where it must be answered, and what may be written."""
    said = words(language)
    printed = [said.code(name, code) for name, code in keys.items()] or ([row] if part.chosen else [])
    name = row if column == ANSWER else column
    question = marked_label(language, part, name)
    return f"{said.text(f'part.{part.name}')}: {', '.join([*printed, question])}{_hint(said, name)}"


def _hint(said: Words, name: str) -> str:
    listed = choices(name)
    if name in ("return_period", "start_period"):
        return f" [{listed[0]} … {listed[-1]}]"
    if len(listed) > FEW:
        return f" [{said.text('csv.list', name=name)}]"
    shown = [
        code if said.code(name, code) == code else f"{code} = {said.code(name, code)}" for code in listed
    ]
    return f" [{' | '.join(shown)}]" if shown else ""


def canonical(given: GivenReturn) -> bytes:
    """What was answered as CSV form, answers only: equal returns of one version give equal bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    writer.writerow(("form", "version", "", "", form().version))
    writer.writerow(("form", "language", "", "", given.language))
    writer.writerow(("form", "method", "", "", given.method))
    writer.writerow(("form", "return_id", "", "", given.return_id))
    for part in form().parts.values():
        for line in part.lines:
            for column in part.inputs:
                answer = given.text(part.name, line.code, column)
                if answer:
                    writer.writerow((part.name, line.code, column, "", answer))
    return out.getvalue().encode()
