"""Reading a filled return: the texts of its input cells, each with its place, and what should not be there.

A workbook explains itself: ``A1`` of each sheet names the form, its version, the part and the language
(``dvstats-return/1/flow/ru``), the hidden second row the columns, the hidden first column the rows::

    dvstats-return/1/flow/ru
    #columns      referral_source  sex  referred  accepted …
    court|M       Суд              муж  24        18

So rows may be hidden, sheets renamed or reordered, and the file saved as .ods. The CSV form says the same in five
columns ``part,row,column,label,answer``. ``canonical`` writes what was read as that CSV form, which is all that is
archived of a return: neither comments nor the names that a workbook keeps of its authors.

Choices come back as codes, everything else as text. Texts outside the input cells that the form itself does not hold
are ``foreign``; those in no cell are ``beside`` (``beside_cells``). Places name a sheet as the form does, whatever its
sender called it, and a sheet of the sender's own by its number (``№12!B2``).

Not here: whether an answer is right (``transforms.programmes.judge_return``). Called by
``pipelines.programme_returns``: for a file from outside in another process (``sources.isolated``), which ``as_json`` is
for.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from openpyxl.utils import get_column_letter

from sources.cells import ReadError
from sources.programmes.beside_cells import NOTE, Beside, beside_cells, is_own, is_sentence
from sources.programmes.form import ANSWER, LANGUAGES, TOTAL_ROW, UNCHECKED, Part, Words, choices, form, words
from sources.readers.text import decode_text
from sources.readers.workbook import ods, xlsx
from sources.readers.workbook.sheet import Content, Sheet

MARK, COLUMNS = "dvstats-return", "#columns"
CSV_HEADER = ("part", "row", "column", "label", "answer")
METHODS = ("workbook", "csv")
#: versions of the form that the archive may hold and that only lack rows and columns of the present one
EARLIER_VERSIONS = ("1",)
#: lines of the CSV form that list choices, and so many choices fit behind a question
LIST, FEW = "list", 12
#: sheets of the workbook that hold no part
OTHER_SHEETS = ("guidance", "lists", "problems")
MOST_BYTES = 5_000_000
_A_CODE = re.compile(r"[A-Za-z_=|]\w{0,40}(?:\|\w{1,3})?", re.ASCII)
#: what the form adds up: a number, or its own formula that nobody has calculated yet
_ADDED_UP = re.compile(r"-?\d+(?:[.,]\d+)?|=IF\(.*")
_REMEDY = "Fill in the form that `dvstats template programme-return` writes"
# Whoever sends it may read no English, and no form says which language to answer in.
_NO_RETURN = "the file is no return: neither workbook nor CSV form (это не отчёт: ни книга, ни форма CSV)"


class FormError(ReadError):
    """A form that cannot be read as one, though it says in which language to say so."""

    def __init__(self, key: str, language: str, *, place: str = "", **filled: str) -> None:
        """``key`` and ``filled`` of the sentence, as in ``transforms.programmes.problems``."""
        self.key, self.language, self.filled = key, language, filled
        super().__init__(
            words("en").text(f"problem.{key}", **filled).rstrip("."), place=place, remedy=_REMEDY
        )


@dataclass(frozen=True)
class Given:
    """A text as it was written, and where."""

    text: str
    place: str


@dataclass
class GivenReturn:
    """What a form holds: ``answers`` by part, row and column; ``totals`` where the form adds up; ``foreign`` texts.

    ``places``: the place of every input cell, filled in or not.
    """

    language: str
    method: str
    # Programme, quarter and version, which only a return in the archive has.
    return_id: str = ""
    answers: dict[tuple[str, str, str], Given] = field(default_factory=dict)
    totals: dict[tuple[str, str, str], Given] = field(default_factory=dict)
    foreign: list[Given] = field(default_factory=list)
    places: dict[tuple[str, str, str], str] = field(default_factory=dict)
    #: texts in no cell that are not the form's own, by kind (``beside_cells``)
    beside: list[tuple[str, Given]] = field(default_factory=list)

    def text(self, part: str, row: str, column: str) -> str:
        """What was answered; empty where nothing was."""
        found = self.answers.get((part, row, column))
        return found.text if found else ""

    def filled(self, part: str, row: str) -> bool:
        """Whether anything was answered in a row."""
        return any(self.text(part, row, column) for column in form().parts[part].inputs)

    def about(self, field_name: str) -> str:
        """An answer on the programme itself."""
        return self.text("about", field_name, ANSWER)

    def put(self, part: str, row: str, column: str, text: str, place: str) -> None:
        """Keep an answer that is not empty, and the place of the cell."""
        self.places[part, row, column] = place
        if text:
            self.answers[part, row, column] = Given(text, place)


def as_json(given: GivenReturn) -> dict[str, Any]:
    """The same as JSON knows it; ``given_from`` is the way back."""

    def listed(texts: Mapping[tuple[str, str, str], Given]) -> list[list[str]]:
        return [[*key, found.text, found.place] for key, found in texts.items()]

    return {
        "form": [given.language, given.method, given.return_id],
        "answers": listed(given.answers),
        "totals": listed(given.totals),
        "foreign": [[found.text, found.place] for found in given.foreign],
        "beside": [[kind, found.text, found.place] for kind, found in given.beside],
        "places": [[*key, place] for key, place in given.places.items()],
    }


def given_from(written: Mapping[str, Any]) -> GivenReturn:
    """What ``as_json`` wrote; FormError where the form could not be read (``sources.isolated_worker``)."""
    if "refused" in written:
        key, language, place, filled = written["refused"]
        raise FormError(key, language, place=place, **filled)
    language, method, return_id = written["form"]
    return GivenReturn(
        language,
        method,
        return_id,
        answers={(part, row, column): Given(*found) for part, row, column, *found in written["answers"]},
        totals={(part, row, column): Given(*found) for part, row, column, *found in written["totals"]},
        foreign=[Given(*found) for found in written["foreign"]],
        beside=[(kind, Given(text, place)) for kind, text, place in written["beside"]],
        places={(part, row, column): place for part, row, column, place in written["places"]},
    )


def read_return(content: bytes, file_name: str) -> GivenReturn:
    """What a workbook (.xlsx, .ods) or CSV form holds; FormError or ReadError where it is no such form."""
    if len(content) > MOST_BYTES:
        raise ReadError("the file is too large for a return", file=file_name, remedy=_REMEDY)
    if not content.startswith(b"PK"):
        return _read_csv(content, file_name)
    try:
        sheets = ods.sheets(content) if b"opendocument" in content[:200] else xlsx.sheets(content)
        return _read_sheets(sheets, beside_cells(content), file_name)
    except FormError:
        raise
    except ReadError as error:
        raise ReadError(error.problem, file=file_name, place=error.place, remedy=_REMEDY) from error


# -- the workbook --------------------------------------------------------------------------------------------------


def _read_sheets(sheets: list[Sheet], beside: list[Beside], file_name: str) -> GivenReturn:
    found: dict[str, tuple[Sheet, Content]] = {}
    languages: dict[str, str] = {}
    # A copy of a sheet, and whatever is no sheet of the form, is the sender's own.
    unmarked: list[tuple[Sheet, Content]] = []
    titles: dict[str, str] = {}
    for number, sheet in enumerate(sheets, 1):
        content = sheet.load()
        mark = content.texts.get((0, 0), "").split("/")
        if len(mark) == 4 and mark[0] == MARK and mark[2] in sheet_names() and mark[2] not in found:
            _check_version(mark[1], _checked_language(mark[3], file_name))
            languages[mark[2]] = mark[3]
            titles[sheet.name] = words(mark[3]).text(f"part.{mark[2]}")
            found[mark[2]] = (replace(sheet, name=titles[sheet.name]), content)
        else:
            titles[sheet.name] = f"№{number}"
            unmarked.append((replace(sheet, name=titles[sheet.name]), content))
    if not found:
        raise ReadError(_NO_RETURN, file=file_name, remedy=_REMEDY)
    language = next(iter(languages.values()))
    missing = [name for name in form().parts if name not in found]
    if missing:
        raise FormError("sheet_missing", language, sheet=words(language).text(f"part.{missing[0]}"))
    given = GivenReturn(languages["about"], "workbook")
    own = _own_texts(given.language)
    for name, part in form().parts.items():
        _read_part(given, part, *found[name], own)
    given.foreign += [text for sheet, content in unmarked for text in _texts(sheet, content)]
    for name in OTHER_SHEETS:
        for text in _texts(*found[name]) if name in found else ():
            if text.text not in own and not (
                name == "problems" and _is_of_problems(given.language, text.text)
            ):
                given.foreign.append(text)
    given.beside = list(_beside(given.language, beside, titles))
    return given


def sheet_names() -> tuple[str, ...]:
    """All sheets that the form and its answer may have."""
    return (*form().parts, *OTHER_SHEETS)


def _texts(sheet: Sheet, content: Content) -> Iterator[Given]:
    """All texts of a sheet but its mark."""
    for place, text in sorted(content.texts.items()):
        if place != (0, 0) or not text.startswith(f"{MARK}/"):
            yield Given(text, _address(sheet, *place))


def _is_of_problems(language: str, text: str) -> bool:
    """Whether a text is one that the sheet of problems has: a heading, places of cells, a sentence on them."""
    said = words(language)
    keys = (*(f"part.{name}" for name in sheet_names()), "place.file")
    titles = "|".join(re.escape(said.text(key)) for key in keys)
    places = rf"(?:(?:{titles}|№\d+)(?:![A-Z0-9:, ]+)?(?:; )?)+"
    return (
        text == said.text("answer.refused") or is_sentence(language, text) or bool(re.fullmatch(places, text))
    )


def _beside(language: str, found: Iterable[Beside], titles: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    """Texts in no cell that are not the form's own, each with the sheet as answers name it."""
    own = (words(language).text("title"), *titles.values())
    for text in found:
        kept = is_own(language, text.text) if text.kind == NOTE else text.text.strip() in own
        if not kept:
            place = titles.get(text.sheet, "") or words(language).text("place.file")
            yield text.kind, Given(text.text, f"{place}!{text.cell}" if text.cell else place)


def _check_version(version: str, language: str) -> None:
    if version != form().version:
        raise FormError("other_version", language, version=version, present=form().version)


def _checked_language(language: str, file_name: str) -> str:
    if language not in LANGUAGES:
        raise ReadError(f"the form has no language {language!r}", file=file_name, remedy=_REMEDY)
    return language


def _read_part(given: GivenReturn, part: Part, sheet: Sheet, content: Content, own: frozenset[str]) -> None:
    heads = {
        column: content.texts.get((1, column), "") for row, column in content.texts if row == 1 and column
    }
    rows = {row: text for (row, column), text in content.texts.items() if column == 0 and row > 1}
    columns = {
        column: name for column, name in heads.items() if name.lstrip("=") in (*part.inputs, *part.sums)
    }
    codes = {line.code for line in part.lines}
    unknown = [text for text in rows.values() if text not in codes and text != TOTAL_ROW]
    lost = set(part.inputs) - set(columns.values()) or codes - set(rows.values())
    if unknown or lost:
        what = unknown[0] if unknown else sorted(lost)[0]
        # What is no code may be anything, a name as well.
        what = what if _A_CODE.fullmatch(what) else "?"
        raise FormError("taken_apart", given.language, place=sheet.name, what=what)
    for row, code in rows.items():
        for column, name in columns.items():
            place = _address(sheet, row, column)
            text = content.texts.get((row, column), "").strip()
            if name.startswith("=") or code == TOTAL_ROW:
                if text and not _ADDED_UP.fullmatch(text):
                    given.foreign.append(Given(text, place))
                elif text:
                    given.totals[part.name, code, name.lstrip("=")] = Given(text, place)
            else:
                given.put(part.name, code, name, _code_of(given.language, code, name, text), place)
    inputs = {(row, column) for row in rows for column in columns}
    codes_of_columns = {COLUMNS, "=check", *columns.values(), *(f"={name}" for name in part.printed)}
    for (row, column), text in sorted(content.texts.items()):
        checked = heads.get(column) == "=check" and _ADDED_UP.fullmatch(text.strip())
        its_own = text in codes_of_columns if row == 1 else text.strip() in own or checked
        if (row, column) not in inputs and (column or row == 1) and not its_own:
            given.foreign.append(Given(text, _address(sheet, row, column)))


def _code_of(language: str, row: str, column: str, text: str) -> str:
    """The code of a chosen label; any other text as it is."""
    return _codes(language, row if column == ANSWER else column).get(text, text) if text else ""


@lru_cache
def _codes(language: str, name: str) -> Mapping[str, str]:
    """Code by label, and by itself, of what may be chosen."""
    listed = choices(name)
    return {shown_choice(language, name, code): code for code in listed} | {code: code for code in listed}


def shown_choice(language: str, name: str, code: str) -> str:
    """A choice as the form shows it: its label, with the code where labels alone would not do (areas, acts)."""
    label = words(language).code(name, code)
    return f"{label} ({code})" if name in ("ref_area", "law_id") else label


def _address(sheet: Sheet, row: int, column: int) -> str:
    return f"{sheet.name}!{get_column_letter(column + 1)}{row + 1}"


@lru_cache
def _own_texts(language: str) -> frozenset[str]:
    """Every text that the form itself prints."""
    return frozenset(printed_texts(language))


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


def choice_lists() -> tuple[str, ...]:
    """The columns and questions whose answers are chosen from a list, each once."""
    found: dict[str, None] = {}
    for part in form().parts.values():
        names = [line.code for line in part.lines] if part.inputs == (ANSWER,) else part.inputs
        found |= {name: None for name in names if choices(name)}
    return tuple(found)


# -- the CSV form --------------------------------------------------------------------------------------------------


def _read_csv(content: bytes, file_name: str) -> GivenReturn:
    try:
        text = decode_text(content, {})
    except ReadError as error:
        raise ReadError(error.problem, file=file_name, remedy=_REMEDY) from error
    delimiter = ";" if text[:200].count(";") > text[:200].count(",") else ","
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not lines or tuple(cell.strip().lstrip("\ufeff") for cell in lines[0]) != CSV_HEADER:
        raise ReadError(_NO_RETURN, file=file_name, remedy=_REMEDY)
    said = {line[1]: line[4].strip() for line in lines if line[:1] == ["form"] and len(line) > 4}
    if not said.get("language"):
        raise ReadError("the form does not say its language", file=file_name, remedy=_REMEDY)
    given = GivenReturn(_checked_language(said["language"], file_name), "csv")
    if said.get("version") not in EARLIER_VERSIONS:
        _check_version(said.get("version", ""), given.language)
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
        code = _code_of(given.language, row, column, answer)
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
    """What a line asks, a mark where it must be answered, and what may be written."""
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


def marked_label(language: str, part: Part, name: str) -> str:
    """The label of a question or column, with an asterisk where it must be filled in."""
    required = name in (*part.required, *part.chosen)
    return words(language).label(name) + (" *" if required else "")


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
