"""Areas that a text says are not counted, or alone are: of an area in which they lie, these figures are a part only.

::

    "без учета г. Бишкек" below the table, row of Kyrgyzstan      refused: it would be published as the whole country
    "excluding Abai region" in the title, row of Kazakhstan       refused
    "Тошкент шаҳрисиз", row of a region                           as it is: the city does not lie in it
    "без персональных данных", "including Bishkek city"           says nothing
    note "танҳо шаҳри Хуҷанд", "Khujand city only", row of Sughd  refused, though the city has no code
    COVERAGE "Police records of Bishkek city only", row of KG     refused; of the city as it is
    "Приюты работают только в г. Бишкек" below the table          says nothing: there are none elsewhere

Not a finding beside a published figure: whoever reads a total of the country compares it with others. A declaration
that reads the column of the text has said what is meant. Not here: areas in the label of a row, which are read by
``codes_from_labels``, and titles that name the area of all figures (``area_of_title``). Called by ``one_file``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from sources.cells import REMARKS, RESERVED
from transforms.normalize.contradictions.restriction_words import says_only
from transforms.normalize.contradictions.unit_words import as_sentences
from transforms.normalize.encoded_columns import EncodedColumn, crossed
from transforms.normalize.file_cells import FileCells, texts_about_figures
from transforms.normalize.lookups import LookUps
from transforms.normalize.readings import Refusal

_WITHOUT = re.compile(
    r"(?<!\w)(?:без(?: уч[её]та| данных(?: по| о)?)?|кроме|за исключением|исключая|не включая|"
    r"не (?:учтен[аоы]?|включен[аоы]?|вошл[аио]|учтён)(?: данные)?(?: по)?|"
    r"without|except(?: for)?|excluding|excl\.?|not including|(?:do|does) not (?:include|cover)|not covering|"
    r"ohne|ausser|ausgenommen|keine (?:daten|angaben) (?:für|aus|zu)|"
    r"ба истиснои|бидуни|бе(?: назардошти)?|ғайр аз) (?P<area>[^,;()]+)"
)
_BEHIND = (
    r"(?:қоспағанда|есепке (?:алмай|алмағанда)|ескермегенде|басқа|тыс|"
    r"кошпогондо|эсепке (?:албай|албастан|албаганда)|тышкары|башка|"
    r"hisobga olmagan(?:da| holda)?|tashqari|mustasno|ҳисобга олмаган(?:да| ҳолда)?|ташқари|мустасно)"
)
_AREA_FIRST = re.compile(rf"(?P<area>[^,;()]+?) {_BEHIND}(?!\w)")
_ENDING = re.compile(r"(?P<area>(?:[^\W\d_]+ ){0,3}[^\W\d_]{3,}?)(?:[ын]?сыз|[ін]?сіз|суз|сүз|siz|сиз)(?!\w)")
# Most texts have none of these: one search spares them the patterns above.
_ANY = re.compile(
    r"без|кроме|исключ|включ|учтен|учтён|вошл|without|except|excl|include|cover|ohne|au(?:ß|ss)er|ausgenommen|keine|"
    r"истисно|бидуни|бе |ғайр|сыз|сіз|суз|сүз|siz|сиз|қоспағ|есепке|ескерм|басқа|тыс|кошпо|эсепке|тышкары|башка|"
    r"hisobga|tashqari|mustasno|ҳисобга|ташқари|мустасно"
)
_NAME = r"(?P<area>[^,;()]+)"
_ONLY = re.compile(
    r"(?<!\w)(?:только|лишь|исключительно|тек|танҳо|фақат|faqat|nur|ausschlie(?:ß|ss)lich|only|solely|exclusively)"
    rf"(?: (?:по|в|во|для|из|in|for|from|of|für|aus|дар|барои|аз))? (?:the )?{_NAME}|"
    r"(?P<before>[^,;()]+?)(?: (?:бойынша|боюнча))? (?:гана|ғана|only|exclusively)(?!\w)"
)
# A city or a district, whether or not it has a code.
_SMALL = re.compile(
    r"(?<!\w)(?:(?:шаҳри|ноҳияи|г\.|городу?|города|районы?|stadt|kreis|landkreis|city of|district of) ?[^\W\d_]{2,}|"
    r"[^\W\d_]{2,} (?:city|district|town|район\w?|шаары\w{0,3}|қаласы\w{0,3}|ауданы\w{0,3}|шаҳри|шаҳар|тумани|shahri|"
    r"shahar|tumani))(?!\w)"
)
# What there is nowhere else is no part of the figures.
_ELSEWHERE_NONE = re.compile(
    r"(?<!\w)(?:работа|действу|существу|име[ею]тся|открыт|находит|располож|operat|exist|availab|located|introduc|введен|"
    r"betrieb|besteh|иште|жұмыс|ishla|ишла|фаъолият)"
)
_ANY_ONLY = re.compile(r"толь|лишь|искл|тек|танҳо|фақат|faqat|nur|only|ausschl|solely|exclus|гана|ғана")
_AND = re.compile(r" (?:и|and|und|және|жана|va|ва|ҳамда) |/")
# Endings of the Turkic languages between a name and what is said of it: "шаарын", "shahrini", "sh.dan".
_CASES = (
    "",
    "ын",
    "ін",
    "н",
    "ни",
    "ni",
    "дан",
    "dan",
    "ден",
    "тан",
    "нан",
    "сын",
    "сін",
    "ны",
    "ну",
    "нү",
    "ини",
)
_MOST_WORDS, _MOST_WORDS_OF_LINE = 4, 12
# Of whatever area the row is.
_PART = "_part"


def left_out_areas(file: FileCells, area: EncodedColumn) -> Iterator[EncodedColumn]:
    """Refusals of the rows of areas of which a text leaves out or counts a part; ``area``: the codes of the rows."""
    for place, texts in texts_about_figures(file):
        if place in file.dataset.columns or place in RESERVED[:1]:
            continue
        said = {text: out for text in texts.dictionary if text and (out := _left_out(file, text))}
        if not said:
            continue
        name = "remark" if place == REMARKS else place

        def refusal(
            code: str | None, text: str | None, said: dict[str, set[str]] = said, name: str = name
        ) -> Refusal | None:
            contains = file.lookups.areas.contains
            found = said.get(text or "", ())
            if not code or not any(one == _PART or (one != code and contains(code, one)) for one in found):
                return None
            filled = {"place": name, "value": (text or "")[:200], "close": code}
            return file.lookups.refusal("unread_dimension", sentence="area_left_out", **filled)

        yield crossed(area, texts, refusal)


def _left_out(file: FileCells, text: str) -> set[str]:
    folded, country = text.casefold(), file.dataset.country
    found = _areas_without(file.lookups, text, country) if _ANY.search(folded) else set()
    return found | (_areas_alone(file.lookups, text, country) if _ANY_ONLY.search(folded) else set())


@lru_cache(maxsize=10_000)
def _areas_without(lookups: LookUps, text: str, country: str) -> set[str]:
    """The areas that a text says are not counted; none where it says nothing of that kind."""
    named = [name for line in as_sentences(text) for name in names_left_out(line)]
    found = (_resolved(lookups, name, country) for name in named)
    return {code for code in found if code}


@lru_cache(maxsize=10_000)
def _areas_alone(lookups: LookUps, text: str, country: str) -> set[str]:
    """The areas that a text says alone are counted; ``_PART`` for a city or district that has no code."""
    found = set[str]()
    for line in as_sentences(text) if says_only(text) else ():
        if _ELSEWHERE_NONE.search(line) or len(line.split()) > _MOST_WORDS_OF_LINE:
            continue
        for match in _ONLY.finditer(line):
            name = (match["area"] or match["before"]).strip(" .")
            code = _resolved(lookups, name, country)
            if code or _SMALL.search(name):
                found.add(code or _PART)
    return found


def names_left_out(line: str) -> list[str]:
    """The names that stand where an area is left out, whether or not they are areas."""
    found = [
        match["area"] for pattern in (_WITHOUT, _AREA_FIRST, _ENDING) for match in pattern.finditer(line)
    ]
    return [name.strip(" .") for names in found for name in _AND.split(names)]


def _resolved(lookups: LookUps, name: str, country: str) -> str | None:
    """The area of a name with the words before or behind it that belong to the sentence, and its ending."""
    words = name.split()
    spans = [words[:last] for last in range(min(len(words), _MOST_WORDS), 0, -1)]
    spans += [words[first:] for first in range(max(1, len(words) - _MOST_WORDS), len(words))]
    for span in spans:
        for spelling in _spellings(" ".join(span)):
            code, _ = lookups.area(spelling, (country,))
            if code:
                return code
    return None


def _spellings(name: str) -> Iterator[str]:
    for ending in _CASES:
        if name.endswith(ending):
            bare = name[: len(name) - len(ending)].rstrip(".") if ending else name
            yield bare
            # "облысын" is of "облысы", "shahrini" of "shahri".
            yield from (f"{bare}{vowel}" for vowel in ("ы", "і", "и", "i"))
