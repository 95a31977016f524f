"""Reading a filled return: the texts of its input cells, each with its place, and what should not be there.

A workbook explains itself: ``A1`` of each sheet names the form, its version, the part and the language
(``dvstats-return/1/flow/ru``), the hidden second row the columns, the hidden first column the rows::

    dvstats-return/1/flow/ru
    #columns      referral_source  sex  referred  accepted …
    court|M       Суд              муж  24        18

So rows may be hidden, sheets renamed or reordered, and the file saved as .ods. Choices come back as codes, everything
else as text. Texts outside the input cells that the form itself does not hold are ``foreign``; those in no cell are
``beside`` (``beside_cells``). Places name a sheet as the form does, whatever its sender called it, and a sheet of the
sender's own by its number (``№12!B2``).

Not here: the CSV form (``csv_form``), what was read as values (``given_return``), whether an answer is right
(``transforms.programmes.judge_return``). Called by ``pipelines.programme_returns``: for a file from outside in another
process (``sources.isolated``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sources.cells import ReadError
from sources.programmes.beside_cells import NOTE, Beside, beside_cells, is_own, is_sentence
from sources.programmes.csv_form import read_csv
from sources.programmes.form import TOTAL_ROW, Part, form, words
from sources.programmes.form_texts import OTHER_SHEETS, code_of, own_texts, sheet_names
from sources.programmes.given_return import (
    NO_RETURN,
    REMEDY,
    FormError,
    Given,
    GivenReturn,
    check_version,
    checked_language,
)
from sources.readers.workbook import ods, xlsx
from sources.readers.workbook.package import is_open_document
from sources.readers.workbook.sheet import Content, Sheet

MARK, COLUMNS = "dvstats-return", "#columns"
MOST_BYTES = 5_000_000
_A_CODE = re.compile(r"[A-Za-z_=|]\w{0,40}(?:\|\w{1,3})?", re.ASCII)
#: what the form adds up: a number, or its own formula that nobody has calculated yet
_ADDED_UP = re.compile(r"-?\d+(?:[.,]\d+)?|=IF\(.*")


def read_return(content: bytes, file_name: str) -> GivenReturn:
    """What a workbook (.xlsx, .ods) or CSV form holds; FormError or ReadError where it is no such form."""
    if len(content) > MOST_BYTES:
        raise ReadError("the file is too large for a return", file=file_name, remedy=REMEDY)
    if not content.startswith(b"PK"):
        return read_csv(content, file_name)
    try:
        sheets = ods.sheets(content) if is_open_document(content) else xlsx.sheets(content)
        return _read_sheets(sheets, beside_cells(content), file_name)
    except FormError:
        raise
    except ReadError as error:
        raise ReadError(error.problem, file=file_name, place=error.place, remedy=REMEDY) from error


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
            check_version(mark[1], checked_language(mark[3], file_name))
            languages[mark[2]] = mark[3]
            titles[sheet.name] = words(mark[3]).text(f"part.{mark[2]}")
            found[mark[2]] = (replace(sheet, name=titles[sheet.name]), content)
        else:
            titles[sheet.name] = f"№{number}"
            unmarked.append((replace(sheet, name=titles[sheet.name]), content))
    if not found:
        raise ReadError(NO_RETURN, file=file_name, remedy=REMEDY)
    language = next(iter(languages.values()))
    missing = [name for name in form().parts if name not in found]
    if missing:
        raise FormError("sheet_missing", language, sheet=words(language).text(f"part.{missing[0]}"))
    given = GivenReturn(languages["about"], "workbook")
    own = own_texts(given.language)
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
                given.put(part.name, code, name, code_of(given.language, code, name, text), place)
    inputs = {(row, column) for row in rows for column in columns}
    codes_of_columns = {COLUMNS, "=check", *columns.values(), *(f"={name}" for name in part.printed)}
    for (row, column), text in sorted(content.texts.items()):
        checked = heads.get(column) == "=check" and _ADDED_UP.fullmatch(text.strip())
        its_own = text in codes_of_columns if row == 1 else text.strip() in own or checked
        if (row, column) not in inputs and (column or row == 1) and not its_own:
            given.foreign.append(Given(text, _address(sheet, row, column)))


def _address(sheet: Sheet, row: int, column: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{sheet.name}!{get_column_letter(column + 1)}{row + 1}"
