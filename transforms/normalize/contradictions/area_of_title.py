"""Titles and names of sheets that name another area than the constant of the declaration.

::

    title "Выдано ордеров в Ошской области", ref_area: const KG     refused: a region would be published as the country
    title "Uzbekistan: orders", ref_area: const TJ                  refused: one of the two is wrong
    title "Ордера по районам Чуйской области", const KG-C           fine; so is "Кыргызская Республика" above it
    title "по областям и г. Бишкек", "Баткен и Ош"                  says nothing: several areas
    title "без г. Ош", "МВД Республики Казахстан"                   says nothing: less than all, or who publishes

    title "Случаи насилия, г. Бишкек", rows of Osh and Chuy         refused: none of them is the city, or in it
    below "Данные только по г. Бишкек", rows of Osh and Chuy        the same; without "only" a line says nothing

Where a column says the areas, one row of the area that is named makes the title one of all. An area is named by a
whole part of a title, behind "in" ("в", "по", "дар", "-да"), or by its kind ("Ошской области"); a country not by its
kind alone, for whoever is a citizen of it is anywhere. Not here: columns of areas (``unread_areas``), reading areas
(``transforms.parse.read_areas``). Called by ``one_file``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from sources.cells import COLUMN, REMARKS, TITLE
from transforms.normalize.contradictions.group_words import names_body
from transforms.normalize.contradictions.left_out_areas import names_left_out
from transforms.normalize.contradictions.parts_in_text import COMPARED
from transforms.normalize.contradictions.restriction_words import says_only
from transforms.normalize.contradictions.unit_words import as_sentences
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.file_cells import FileCells, texts_beside_values
from transforms.normalize.lookups import LookUps
from transforms.normalize.readings import Refusal
from transforms.parse.fold_labels import fold
from transforms.parse.read_areas import has_kind

_CELL = re.compile(r"\n| / ")
_PIECE = re.compile(r"[;():|]|,(?![0-9]{3})|\s[-–—]\s|(?<=[^\W\d_]{4})\. ")
_NUMBERED = re.compile(
    r"^(?:(?:таблица|table|tabelle|жадвал|jadval|кесте|ҷадвал) )?(?:№ ?)?[0-9]+(?:[.-][0-9]+)*[.)]? "
)
_IN = re.compile(r"(?:в|во|по|in|for|дар|für|nur|land)")
_LOCATIVE = re.compile(r"(?P<name>[^\W\d_]{5,})(?:да|де|та|те|da|ta)")
_SEVERAL = re.compile(
    r"(?<!\w)(?:област(?:ям|ях|ей)|регион(?:ам|ах|ов|ы)|regions|oblasts|provinces|countries|стран(?:ам|ах|ы)|"
    r"облустар\w*|облыстар\w*|аймақтар\w*|аймактар\w*|вилоятлар\w*|viloyatlar\w*|ҳудудлар\w*|hududlar\w*|"
    r"вилоятҳо\w*|минтақаҳо\w*|ländern?|regionen)(?!\w)"
)
# Who publishes or gives a law, and where somebody was born: no area of the figures.
_OTHER = re.compile(
    r"(?<!\w)(?:[гу]*увд|мвд|мид|миа|гумвд|министерств|департамент|управлени|ведомств|комитет|агентств|посольств|суд(?!им)|"
    r"прокуратур|акимат|хокимият|институт|источник|составлен|приказ|постановлени|закон|кодекс|указ|конституци|"
    r"родив|рожд|уроженц|ministr|ministerium|department|agenc|committee|embass|office|court|source|prosecut|quelle|"
    r"law|act|code|decree|born|geboren|министрл|вазирлиг|vazirlig|вазорат|қонун|qonun|мыйзам|заң)"
)
_NOT_ALL = re.compile(
    r"(?<!\w)(?:включая|кроме|без|исключая|исключением|в том числе|including|except|excluding|without|outside|"
    r"ohne|au(?:ß|ss)er|einschlie(?:ß|ss)lich|из|от|from|тышкары|тыс|басқа|бошқа|tashqari|ташқари|ғайр)(?!\w)[^,]*$"
)
# Where an office is.
_ADDRESS = re.compile(
    r"(?<![0-9])[0-9]{5,6}(?![0-9])|(?<!\w)(?:ул|пр|улица|проспект|көше\w*|көчө\w*|даңғыл\w*|кӯча\w*|кўча\w*|ko.cha\w*|"
    r"street|avenue|\w*stra(?:ß|ss)e|an der)(?!\w)"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?: ?\S{1,5})?")
_CODE = re.compile(r"[A-Z0-9-]{1,6}")
_LONGEST = 5
_LEAST_LETTERS = 3


class _Named(NamedTuple):
    """An area as a title names it; of one that is either a city or a region only its country is known."""

    code: str
    inside: bool = False
    is_part: bool = False


def other_area_in_title(file: FileCells, read: EncodedColumn) -> Iterator[EncodedColumn]:
    """Refusals of the rows below a title that names one area, and not that which a constant says.

    ``read``: the areas of the rows; where a column says them, one that is none of theirs refuses them all.
    """
    constants = {part.const for part in file.dataset.concepts.get("ref_area", ())}
    area = file.facts.constants.get("ref_area") or (constants.pop() if len(constants) == 1 else None)
    if file.dataset.collection == "transcription":
        return
    if area is None:
        yield from _of_no_row(file, read)
        return
    places = {TITLE, "sheet"} - {*file.dataset.columns}
    for place, texts in texts_beside_values(file):
        if place in places:
            refusals = texts.recoded(partial(_refusal, file, place, area))
            if any(refusals.dictionary):
                yield refusals


def _of_no_row(file: FileCells, read: EncodedColumn) -> Iterator[EncodedColumn]:
    """Refusals of all rows by a title, or a line below with "only", of one area that no row of the file is of."""
    rows = sorted({code for code in read.dictionary if code})
    if file.parts is not None or not rows or not all(code.startswith(file.dataset.country) for code in rows):
        return
    areas = file.lookups.areas
    for place, texts in texts_beside_values(file):
        if place not in {TITLE, "sheet", COLUMN, REMARKS} - {*file.dataset.columns}:
            continue
        for text in filter(None, texts.dictionary):
            named = _areas_of(file.lookups, text, file.dataset.country)
            codes = {one.code for one in named if not one.is_part}
            if (
                len(codes) != 1
                or names_body(text)
                or _ADDRESS.search(text.casefold())
                or (place == REMARKS and not says_only(text))
            ):
                continue
            code = codes.pop()
            if len(code) > len(file.dataset.country) and not any(areas.contains(code, row) for row in rows):
                filled = {
                    "place": "remark" if place == REMARKS else place,
                    "value": text[:200],
                    "close": rows[0],
                }
                refusal = file.lookups.refusal("unread_dimension", sentence="unread_area", **filled)
                yield texts.recoded({text: refusal}.get)


def _refusal(file: FileCells, place: str, area: str, text: str | None) -> Refusal | None:
    areas, named = file.lookups.areas, set(_areas_of(file.lookups, text or "", area[:2]))
    # "Кыргызская Республика: ордера в Ошской области" is of the region.
    inner = {one.code for one in named if one.inside}
    named = {
        one for one in named if not any(one.code != code and areas.contains(one.code, code) for code in inner)
    }
    if len({one.code for one in named}) != 1:
        return None
    one = named.pop()
    if one.code == area[:2] != area if one.is_part else areas.contains(one.code, area):
        return None
    filled = {"place": place, "value": (text or "")[:200], "close": area}
    return file.lookups.refusal("unread_dimension", sentence="unread_area", **filled)


@lru_cache(maxsize=10_000)
def _areas_of(lookups: LookUps, title: str, country: str) -> tuple[_Named, ...]:
    """The areas of which a title says its figures are; none where it names several, compares, or leaves out."""
    folded = title.casefold()
    left_out = any(map(names_left_out, as_sentences(title)))
    if left_out or COMPARED.search(folded) or _SEVERAL.search(folded):
        return ()
    cells = [cell for cell in _CELL.split(title) if cell.strip()]
    return tuple(
        named
        for cell in cells
        if len(cells) == 1 or not _is_imprint(cell)
        for piece in _PIECE.split(cell)
        for named in _areas_in(lookups, piece.strip(), country)
    )


def _is_imprint(cell: str) -> bool:
    """Whether a cell says no more than a city and a year: where and when a book was printed."""
    place, *rest = (fold(piece) for piece in re.split(r"[,–—-]|\s(?=[0-9]{4})", cell) if piece.strip())
    city = re.fullmatch(r"(?:г\. ?|город |city of )?[^\W\d_]+", place)
    return bool(city and rest and all(_YEAR.fullmatch(piece) for piece in rest))


def _areas_in(lookups: LookUps, piece: str, country: str) -> Iterator[_Named]:
    """The areas that one part of a title names, from left to right."""
    folded = _NUMBERED.sub("", fold(piece))
    if _CODE.fullmatch(piece) or _OTHER.search(folded):
        return
    words = folded.split()
    first = 0
    while first < len(words):
        for last in range(min(len(words), first + _LONGEST), first, -1):
            text = " ".join(words[first:last])
            if named := _area(lookups, text, country, whole=last - first == len(words)):
                if not _NOT_ALL.search(" ".join(words[:first])):
                    yield named
                first = last
                break
        else:
            first += 1


def _area(lookups: LookUps, text: str, country: str, *, whole: bool) -> _Named | None:
    """The area that some words of a title name as that of its figures."""
    before, _, behind = text.partition(" ")
    inside, kind = bool(_IN.fullmatch(before) and behind), has_kind(text)
    if locative := _LOCATIVE.fullmatch(text):
        code, _ = lookups.area(locative["name"], ("*",))
        if code:
            return _Named(code, inside=True)
    letters = len(re.findall(r"[^\W\d_]", behind if inside else text))
    if not (whole or kind or inside) or (letters < _LEAST_LETTERS and not (whole or kind)):
        return None
    code, reason = lookups.area(text, (country,))
    if reason == "ambiguous_area":
        return _Named(country, inside, is_part=True)
    if reason == "unknown_area":
        code, reason = lookups.area(text, ("*",))
    if reason == "ambiguous_area":
        # One of two in another country, or in one of two countries.
        return _Named("", inside, is_part=True)
    is_country = code is not None and len(code) == len(country)
    return _Named(code, inside) if code and (whole or inside or not is_country) else None
