"""Values that the file itself calls preliminary, estimated or misprinted.

::

    title "Ордера, предварительные данные"                      status P
    column Вид "оценка", period 2024                            status E (of a time that goes on: see ``planned``)
    column provisional "true", final "no" (``yes_or_no``)        status P
    "Данные за 2025 год предварительные" below the table        status P in the rows of 2025
    comment on a cell "предварительные данные"                  status P, the comment kept as its note
    a cell's own note "опечатка в оригинале; верно: 27"         status U: a suspected misprint, the note kept

A line that begins with a mark ("* предварительные данные") is about the cells with that mark alone, whose note it is: a
header or label with the mark ("2025*") gives its cells the status, a figure's own mark only the note; where no text has
the mark, it says nothing. Another line that gives figures a status goes into their note, and so does
what a column says of a misprint. Only values that would have the plain status A get one: what a column of statuses or
the value's own text says goes before. Not here: marks within a value's text (``transforms.parse.read_numbers``). Called
by ``one_file``.
"""

import re
from collections.abc import Iterator
from functools import partial
from operator import eq
from typing import Any

import pyarrow as pa

from sources.cells import COLUMN, CORNER, NOTE, REMARKS, TITLE, VALUE
from sources.readers.grid.footnotes import has_mark
from transforms.normalize.contradictions.parts_in_text import years_in
from transforms.normalize.contradictions.planned import says_planned
from transforms.normalize.contradictions.unit_words import lines_below, marked_lines, parts, sentences
from transforms.normalize.encoded_columns import (
    EncodedColumn,
    Mask,
    constant,
    crossed,
    either,
    encode,
    first_that_says,
    written_out,
)
from transforms.normalize.file_cells import FileCells, marked_rows, texts_about_figures

_NORMAL = "A"
_DATA = (
    r"(?:данны[ех]|итоги|сведения|значени[ея]|оценк[аи]|data|figures?|values?|estimates?|results?|деректер|мәліметтер|"
    r"маалымат(?:тар)?|маълумот(?:лар|ҳо|и)?|ma.lumotlar|daten|angaben|zahlen|werte?|ergebnisse?)"
)
_PRELIMINARY = re.compile(
    r"(?:(?:(?:за|for|in|für) )?(?:19|20)[0-9]{2}(?:\s?[-–—,]\s?(?:19|20)[0-9]{2})*(?: г\w*\.?)?[,:]? )?"
    rf"(?:{_DATA} )?(?:(?:предварительн|оперативн)(?:ые|ый|ая|ое|о|ыми|ой|ым)|предварительност[ьи]|предв\.?|"
    r"не окончательн(?:ые|ый|ая|ое|о|ыми)|not final|nicht endgültige?|"
    r"түпкілікті емес|акыркы эмес|якуний эмас|yakuniy emas|ниҳоӣ нест|"
    rf"provisional|preliminary|prelim\.?|prov\.?|"
    rf"vorläufige?|vorl\.?|алдын ала|дастлабки|dastlabki|пешакӣ|пешаки)(?: {_DATA})?"
    r"(?: за (?:19|20)[0-9]{2}(?: г\w*\.?)?)?"
)
# "Данные являются предварительными и будут уточнены".
_PRELIMINARY_STATED = re.compile(
    r"(?:(?:предварительн|оперативн)(?:ые|ыми)|provisional|preliminary|vorläufig|алдын ала|дастлабки|dastlabki|пешакӣ)"
    r"(?:,? (?:и|and|und|және|жана|ва|va) .*)?"
)
_ANY = re.compile(
    r"предв|оператив|prov|prelim|vorl|алдын ала|дастлаб|dastlab|пешак|не оконч|not final|endgült|түпк|акыркы|"
    r"якуний|yakuniy|ниҳоӣ"
)
# A misprint that was put right is none.
_MISPRINT = re.compile(
    r"(?<!не )(?<!без )(?:опечатк|описк)(?!\w* (?:исправл|устран))|"
    r"ошибк\w* (?:(?:в|у) (?:оригинал|источник|публикаци|издани|сборник|тексте|таблиц)|издател|печати|набора)|"
    r"(?:ошибочно|неверно|неправильно) (?:указан|напечатан|опубликован|внес[её]н|введ[её]н)|"
    r"(?:внес[её]н|введ[её]н|указан)[аоы]? (?:ошибочно|неверно|неправильно)|ошибк\w* (?:при )?ввод|"
    r"(?:следует|надо|нужно) читать|"
    r"(?:верно|правильно|должно быть|читать)(?: как)?:? ?[-–—]?[ «\"]*[0-9]|"
    r"(?<!not a )(?<!no )(?<!corrected )(?:misprint|typo\b|typographical error|printing error|erratum)"
    r"(?!s? (?:was |were |has been |have been )?(?:corrected|fixed))|"
    r"(?:error|mistake) in (?:the )?(?:original|source|publication|print)|"
    r"(?:wrongly|incorrectly|mistakenly) entered|entered (?:wrongly|incorrectly|in error|by mistake)|"
    r"(?<!no )(?:data )?entry error|"
    r"(?:should|must) (?:read|be)(?: as)?:? [«\"]?[0-9]|correct(?: value| figure)?(?: is|:) ?[«\"]?[0-9]|"
    r"(?<!kein )(?:verschrieben|druckfehler|tippfehler|schreibfehler)(?! (?:korrigiert|berichtigt))|"
    r"(?:falsch|fehlerhaft|irrtümlich) (?:eingetragen|eingegeben|erfasst)|eingabefehler|"
    r"richtig(?: ist| wäre|:) ?[0-9]|"
    r"қате (?:жазыл|басыл|көрсетіл|енгізіл)|баспа қате|дұрысы|ката (?:жазыл|басыл|көрсөтүл|киргизил)|басма ката|"
    r"туурасы|"
    r"хато (?:ёзил|босил|кўрсатил|киритил)|босма хато|тўғриси|xato (?:yozil|bosil|ko.rsatil|kiritil)|bosma xato|"
    r"to.g.risi(?::| ?[0-9])|"
    r"хато(?:и|ги)и? (?:чопӣ|матбаа)|дурусташ|хато (?:навишта|ворид(?: карда)?|дохил(?: карда)?) ?шуд|"
    r"нодуруст (?:навишта|ворид)"
)
# Where somebody may stick a comment on a cell, or a colour mean one.
_WITH_COMMENTS = ("excel", "pdf")
# What stands there is about a table, or many of its cells.
_OF_TABLE = (TITLE, REMARKS, CORNER, COLUMN, "sheet", "file_name")


def with_said_status(
    file: FileCells, period: EncodedColumn, missing: Mask, status: EncodedColumn
) -> tuple[EncodedColumn, EncodedColumn]:
    """``status`` of the values, with what the texts beside them say; and those words, where they are to be kept.

    ``period``: see ``time_period.COLUMNS``.
    """
    if file.dataset.collection == "transcription":
        return status, constant(None)
    found: list[EncodedColumn] = []
    words: list[EncodedColumn] = []
    # A cell's own note goes before what is said of many.
    for place, texts in sorted(texts_about_figures(file), key=lambda beside: beside[0] != NOTE):
        comments = place == NOTE and file.dataset.reader in _WITH_COMMENTS
        said = {
            text: code
            for text in texts.dictionary
            if text and (code := said_status(text, place, comment=comments))
        }
        found += _of_marked_headers(file, texts) if place == NOTE else ()
        if said:
            found.append(crossed(period, texts, _of_row(place, said)))
            if place != NOTE and not file.dataset.restricted:
                kept = _of_all if place == REMARKS else _of_misprint
                words.append(crossed(found[-1], texts, kept))
    if not found:
        return status, constant(None)
    codes = first_that_says(found, bool, None)
    concerned = (
        ~missing & codes.where(bool, file.count) & status.where(lambda code: code == _NORMAL, file.count)
    )
    said_in = first_that_says(words, bool, None) if words else constant(None)
    return either(concerned, codes, status), either(concerned, said_in, constant(None))


def _of_all(code: str | None, text: str | None) -> str | None:
    return text if code else None


def _of_misprint(code: str | None, text: str | None) -> str | None:
    # "Estimated" in a column says no more than the status itself.
    return text if code == "U" else None


def with_words(note: Any, words: EncodedColumn, count: int) -> Any:
    """Notes (an Arrow column) with the words that gave a status, unless a note has them already."""
    if not any(words.dictionary):
        return note
    texts = crossed(encode(pa.chunked_array([note]) if isinstance(note, pa.Array) else note), words, _joined)
    return written_out(texts, pa.string(), None, count)


def _joined(note: str | None, words: str | None) -> str | None:
    if not words or words in (note or ""):
        return note
    return f"{note}. {words}" if note else words


def said_status(text: str, place: str = "", *, comment: bool = False) -> str:
    """``P`` or ``E`` of a label, title, or (in the column ``_remarks``) a line below; "" of any other.

    ``U`` of what says in a cell's own note or row that the cell is misprinted. ``comment``: the note of a cell may be a
    comment on it, which needs no mark.
    """
    if place not in _OF_TABLE and _MISPRINT.search(text.casefold()):
        return "U"
    if (place == NOTE and not comment) or (place in (NOTE, REMARKS) and has_mark(text)):
        # It is about the cells that have its mark, whose note it is.
        return ""
    return _plain_status(text, place)


def _plain_status(text: str, place: str) -> str:
    if _preliminary(text, place):
        return "P"
    return "E" if says_planned(text, place) == "estimate" else ""


def _of_marked_headers(file: FileCells, notes: EncodedColumn) -> Iterator[EncodedColumn]:
    """The status that a note gives the cells below a header, or beside a label, with its mark."""
    for text in notes.dictionary:
        for line in marked_lines(text or ""):
            if code := _plain_status(line, NOTE):
                rows = marked_rows(file, line, but=(VALUE,)) & notes.where(partial(eq, text), file.count)
                if rows.any():
                    yield either(rows, constant(code), constant(None))


def _preliminary(text: str, place: str) -> list[str]:
    """The lines or parts of a text that call its figures preliminary."""
    if not _ANY.search(text.casefold()):
        return []
    labels = lines_below(text) if place.startswith("_") else parts(text)
    if place == NOTE:
        # What follows is about the same figures: "предварительные данные, будут уточнены".
        labels += [part for line in labels for part in parts(line)]
    found = [label for label in labels if _PRELIMINARY.fullmatch(label)]
    return found + [said for said in sentences(text) if _PRELIMINARY_STATED.fullmatch(said)]


def without_preliminary(text: str) -> str:
    """A header or label without what it says of its figures in brackets or behind a comma: "2024 (предв.)"."""
    found = re.fullmatch(r"(.*[^\s,;])(?:\s*\(([^()]*)\)|[,;]([^,;]*))\s*", text)
    said = parts(found[2] or found[3] or "") if found else []
    if found and said and (_PRELIMINARY.fullmatch(said[0]) or says_planned(said[0]) == "estimate"):
        return found[1]
    return text


def _of_row(place: str, said: dict[str, str]) -> Any:
    def code(found: tuple[Any, ...], text: str | None) -> str | None:
        if (text or "") not in said:
            return None
        # A title may name other years than those that it calls preliminary.
        meant = {REMARKS: text or "", TITLE: " ".join(_preliminary(text or "", place))}.get(place, "")
        years = years_in(meant)
        other = years and found[2] is not None and found[2].year not in years
        return None if other else said[text or ""]

    return code
