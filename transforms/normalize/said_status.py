"""Values that the file itself calls preliminary, estimated or misprinted.

::

    title "Ордера, предварительные данные"                      status P
    column Вид "оценка", period 2024                            status E (of a time that goes on: see ``planned``)
    "Данные за 2025 год предварительные" below the table        status P in the rows of 2025
    a cell's own note "опечатка в оригинале; верно: 27"         status U: a suspected misprint, the note kept

A footnote ("* предварительные данные") is about the cells with its mark, whose note it is: of these it says no status
but that of a misprint, which would be read as the figure. Only values that would have the plain status A get one: what
a column of statuses or the value's own text says goes before. Not here: marks within a value's text
(``transforms.parse.read_numbers``). Called by ``one_file``.
"""

import re
from typing import Any

from sources.cells import COLUMN, CORNER, NOTE, REMARKS, TITLE
from sources.readers.grid.footnotes import FOOTNOTE
from transforms.normalize.encoded_columns import EncodedColumn, Mask, crossed, either, first_that_says
from transforms.normalize.file_cells import FileCells, texts_beside_values
from transforms.normalize.parts_in_text import years_in
from transforms.normalize.planned import says_planned
from transforms.normalize.unit_words import lines_below, parts

_NORMAL = "A"
_DATA = (
    r"(?:данны[ех]|итоги|сведения|значени[ея]|оценк[аи]|data|figures?|values?|estimates?|results?|деректер|мәліметтер|"
    r"маалымат(?:тар)?|маълумот(?:лар|ҳо|и)?|ma.lumotlar|daten|werte?|ergebnisse?)"
)
_PRELIMINARY = re.compile(
    r"(?:(?:за|for|in) (?:19|20)[0-9]{2}(?:\s?[-–—,]\s?(?:19|20)[0-9]{2})*(?: г\w*\.?)?,? )?"
    rf"(?:{_DATA} )?(?:(?:предварительн|оперативн)(?:ые|ый|ая|ое|о)|предв\.?|provisional|preliminary|prelim\.?|"
    rf"vorläufige?|алдын ала|дастлабки|dastlabki|пешакӣ|пешаки)(?: {_DATA})?(?: за (?:19|20)[0-9]{{2}}(?: г\w*\.?)?)?"
)
_ANY = re.compile(r"предв|оператив|provis|prelim|vorläuf|алдын ала|дастлаб|dastlab|пешак")
# A misprint that was put right is none.
_MISPRINT = re.compile(
    r"(?<!не )(?<!без )(?:опечатк|описк)(?!\w* (?:исправл|устран))|"
    r"ошибк\w* (?:(?:в|у) (?:оригинал|источник|публикаци|издани|сборник|тексте|таблиц)|издател|печати|набора)|"
    r"ошибочно (?:указан|напечатан|опубликован)|(?:следует|надо|нужно) читать|"
    r"(?:верно|правильно|должно быть|читать)(?: как)?:? ?[-–—]?[ «\"]*[0-9]|"
    r"(?<!not a )(?<!no )(?<!corrected )(?:misprint|typo\b|typographical error|printing error|erratum)"
    r"(?!s? (?:was |were |has been |have been )?(?:corrected|fixed))|"
    r"(?:error|mistake) in (?:the )?(?:original|source|publication|print)|"
    r"(?:should|must) (?:read|be)(?: as)?:? [«\"]?[0-9]|correct(?: value| figure)?(?: is|:) ?[«\"]?[0-9]|"
    r"(?<!kein )(?:verschrieben|druckfehler|tippfehler|schreibfehler)(?! (?:korrigiert|berichtigt))|"
    r"richtig(?: ist| wäre|:) ?[0-9]|"
    r"қате (?:жазыл|басыл|көрсетіл)|баспа қате|дұрысы|ката (?:жазыл|басыл|көрсөтүл)|басма ката|туурасы|"
    r"хато (?:ёзил|босил|кўрсатил)|босма хато|тўғриси|xato (?:yozil|bosil|ko.rsatil)|bosma xato|to.g.risi:|"
    r"хато(?:и|ги)и? (?:чопӣ|матбаа)|дурусташ"
)
# What stands there is about a table, or many of its cells.
_OF_TABLE = (TITLE, REMARKS, CORNER, COLUMN, "sheet", "file_name")


def with_said_status(
    file: FileCells, period: EncodedColumn, missing: Mask, status: EncodedColumn
) -> EncodedColumn:
    """``status`` of the values, with what the texts beside them say; ``period``: see ``time_period.COLUMNS``."""
    if file.dataset.collection == "transcription":
        return status
    found = []
    # A cell's own note goes before what is said of many.
    for place, texts in sorted(texts_beside_values(file), key=lambda beside: beside[0] != NOTE):
        said = {text: code for text in texts.dictionary if text and (code := said_status(text, place))}
        if said:
            found.append(crossed(period, texts, _of_row(place, said)))
    if not found:
        return status
    codes = first_that_says(found, bool, None)
    concerned = ~missing & codes.where(bool, file.count)
    return either(concerned & status.where(lambda code: code == _NORMAL, file.count), codes, status)


def said_status(text: str, place: str = "") -> str:
    """``P`` or ``E`` of a label, title, or (in the column ``_remarks``) a line below; "" of any other.

    ``U`` of what says in a cell's own note or row that the cell is misprinted.
    """
    if place not in _OF_TABLE and _MISPRINT.search(text.casefold()):
        return "U"
    if place == NOTE or (place.startswith("_") and FOOTNOTE.match(text)):
        # It is about the cells that have its mark.
        return ""
    if _ANY.search(text.casefold()):
        labels = lines_below(text) if place.startswith("_") else parts(text)
        if any(map(_PRELIMINARY.fullmatch, labels)):
            return "P"
    return "E" if says_planned(text, place) == "estimate" else ""


def without_preliminary(text: str) -> str:
    """A header or label without what it says of its figures in brackets or behind a comma: "2024 (предв.)"."""
    found = re.fullmatch(r"(.*[^\s,;])(?:\s*\(([^()]*)\)|[,;]([^,;]*))\s*", text)
    said = parts(found[2] or found[3] or "") if found else []
    if found and said and (_PRELIMINARY.fullmatch(said[0]) or says_planned(said[0]) == "estimate"):
        return found[1]
    return text


def _of_row(place: str, said: dict[str, str]) -> Any:
    def code(found: tuple[Any, ...], text: str | None) -> str | None:
        years = years_in(text or "") if place == REMARKS else ()
        other = years and found[2] is not None and found[2].year not in years
        return None if other else said.get(text or "")

    return code
