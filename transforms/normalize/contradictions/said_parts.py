"""What a text says of a part of a year, and of whole years beside one.

::

    said_part("Ордера за 9 месяцев 2024 года")        "ордера за 9 месяцев 2024 года"
    said_part("Выдано ордеров, декабрь", "title")      "декабрь"
    said_part("9 мес.", "_remarks")                    "9 мес"; of a line below a table only what says nothing else
    said_part("Дети до 6 месяцев")                     "": an age
    header_part("Квартал", "col_2")                    "квартал"

Not here: the forms of a part within a longer text (``parts_in_text``), reading periods (``read_periods``), and what
becomes of a row. Called by ``frequency``, ``unread_breakdowns``, ``unread_headings``, ``dividing_columns`` and
``year_of_title``.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePath

from sources.cells import NOTE, TITLE
from transforms.normalize.contradictions.parts_in_text import (
    COMPARED,
    is_whole,
    may_name_part,
    named_part,
    part_at_end,
    unnumbered_part,
    without_other_times,
    years_in,
)
from transforms.normalize.contradictions.stated_times import stated_time
from transforms.normalize.contradictions.unit_words import lines_below, parts
from transforms.parse import read_periods
from transforms.parse.period_words import COUNTED, HALVES, HALVES_OF_TWO_WORDS, MONTH, QUARTERS

# Levels of the header and labels at the side, which nobody calls a quarter.
_AROUND = re.compile(r"(?:col|row)_[0-9]+|section")
# Texts of a whole table; elsewhere "Q1" may be a code of anything.
_AROUND_ALL = re.compile(rf"{TITLE}|corner|sheet|{_AROUND.pattern}")
# Most texts have none of these words: one search spares them the reading of periods.
_WORDS_OF_PARTS = re.compile(
    rf"(?<![^\W_])(?:{'|'.join((*MONTH, *QUARTERS.split(), *HALVES.split(), *HALVES_OF_TWO_WORDS, *COUNTED.split()))})"
    r"(?![^\W_])"
)
_FOR = ("за", "in", "for", "during", "дар", "im")
_FOR_PART = re.compile(rf"^(?:данные |показатели |сведения |data |figures )?(?:{'|'.join(_FOR)}|в) ")
# Before "9 months" these say a limit, an age or a term; before other numbers of months most words may.
_LIMITS = re.compile(
    r"до|от|старше|младше|моложе|более|менее|свыше|через|кажды\w+|последни\w+|возраст\w*|сроком?|на|under|over|than|last|"
    r"past|within|every|aged?|after|until|least|bis|seit|unter|über"
)
# When a table was or will be published is no part of the year that it is about.
PUBLISHED = re.compile(
    r"(?:обновлен|опубликован)[оаы]?[: ].*|"
    r"(?:(?:дата|срок|последн\w+|следующ\w+|очередн\w+) )+(?:обновлени|публикаци|выпуск)\w*[: ].*|"
    r"(?:last |next )?(?:updated?|published|publication date|(?:next )?release(?: date)?)[: ].*"
)
# "2022, 2023 и 9 месяцев 2024 года": years, and beside them a part of another one.
_YEAR = r"(?:19|20)[0-9]{2}"
_AND = r"(?:и|а также|and|und|жана|және|ва|va)"
_YEARS_AND_PART = re.compile(
    rf"(?P<years>{_YEAR}(?:\s*(?:г\w*\.?)?\s*(?:[-–—,]|{_AND})\s*{_YEAR})*)\s*"
    rf"(?:г\w*\.?|жж?\.?|й\w*|years?|yil\w*|жыл\w*|сол\w*)?(?:,?\s+{_AND}\s+|\s*(?:[;,]\s|\)|[;,]?\s\()\W*)"
    rf"(?:(?:за|в|in|for|дар)\s+)?(?P<part>(?!{_YEAR}).*{_YEAR}.*)"
)
# "9 месяцев 2022 и 2023 годов", "I полугодие 2023 года в сравнении с 2022": the other year is the same part.
_AND_OTHER_YEAR = re.compile(
    rf"(?<=[0-9]{{4}})(?P<word> ?(?:г\w*\.?|years?|й\w*|жыл\w*))?"
    rf"(?:,? {_AND} .*|\s*[-–—]\s*|,? (?:(?:в|по) )?(?:сравнени\w+ (?:с|к)|compared (?:with|to)|против|к|"
    rf"versus|vs\.?) .*){_YEAR}.*"
)
_YEAR_COMPARED = re.compile(rf"({_YEAR}) год(?= (?:в|по) сравнени)")
# Names of files have Russian words in Latin letters.
_TRANSLITERATED = {
    **dict.fromkeys(("mes", "mesyacev", "mesyatsev", "mesiatsev"), "месяцев"),
    **dict.fromkeys(("kv", "kvartal", "kvartala"), "квартал"),
    **dict.fromkeys(("polugodie", "polugodiya"), "полугодие"),
}
# Most words that a period is written with.
_LONGEST = 7


def said_part(text: str, place: str = "") -> str:
    """What a label, title, or (in the columns ``_remarks``, ``_note``) a line says of several months of a year.

    A level of the header may name one month; at the end of a title it may be that of a law.
    """
    if place == "file_name":
        stem = PurePath(text).stem.replace("_", " ").replace("-", " ")
        text = " ".join(_TRANSLITERATED.get(word.casefold(), word) for word in stem.split())
    if _AROUND.fullmatch(place) and not text.strip().isdecimal() and _is_part(text.strip(), "SQM"):
        return text.strip()
    # A sentence below a table may be about another figure.
    below = place.startswith("_")
    anywhere = ""
    if may_name_part(text):
        if not below and is_whole(text):
            return ""
        text = "\n".join(map(without_other_times, text.split("\n")))
        anywhere = "" if below or PUBLISHED.fullmatch(text.casefold()) else named_part(text)
        if below or _AROUND_ALL.fullmatch(place):
            ends = lines_below(text) if below else parts(text)
            anywhere = anywhere or next(filter(None, map(part_at_end, ends)), "")
    if not _WORDS_OF_PARTS.search(text.casefold()):
        return anywhere
    if place == TITLE:
        # Behind what is counted: "Выдано ордеров, декабрь".
        months = [part for part in parts(text)[1:] if part in MONTH and len(part) > 3]
        if months:
            return months[0]
    # "9 мес." is no footnote 9.
    lines = (*lines_below(text), *(line.strip(" .") for line in text.casefold().split("\n")))
    labels = lines if below else parts(text)
    if place == NOTE:
        # It is about its own cell, whatever follows: "за 9 месяцев, без города".
        said = (_FOR_PART.sub("", part) for line in lines for part in parts(line))
        labels = (*lines, *(part for part in said if _is_part(part, ("S", "Q", "_O"))))
    found = (label for label in labels if not PUBLISHED.fullmatch(label))
    return next(
        (
            label
            for label in found
            if any(map(_ends_with_part, (label, _AND_OTHER_YEAR.sub(r"\g<word>", label))))
            or _is_part(stated_time(label), ("S", "Q", "_O"))
        ),
        anywhere,
    )


def header_part(text: str, place: str) -> str:
    """The same of a header of figures, which need not say which part of the year it is."""
    at_end = next(filter(None, map(part_at_end, parts(text))), "") if may_name_part(text) else ""
    return said_part(text, place) or unnumbered_part(text) or at_end


def _ends_with_part(label: str) -> bool:
    words = label.split()
    for first in range(max(0, len(words) - _LONGEST), len(words)):
        said = " ".join(words[first:])
        if first and _LIMITS.fullmatch(words[first]) and re.match(r"[^ ]+ [0-9]+ [^\W\d]", said):
            continue
        if first and said[0].isdigit() and not _may_follow(words[first - 1], said):
            continue
        if _is_part(said, ("S", "Q", "_O")):
            return True
    return False


def _may_follow(before: str, said: str) -> bool:
    """Whether a number of months behind a word is a period: "children up to 6 months" are no half-year.

    "Orders for 6 months" may be one; so may "orders, 6 months", "orders 9 months" and "orders 6 months 2022".
    """
    if before in _FOR or before[-1] in ",:;–—-":
        return True
    return not _LIMITS.fullmatch(before) and bool(re.match("9 |.*(?:19|20)[0-9]{2}", said))


@lru_cache(maxsize=10_000)
def _is_part(text: str, frequencies: Sequence[str]) -> bool:
    """Whether a text is a period of one of these frequencies within a year, which it need not say."""
    period = read_periods.parse(text if re.search("(?:19|20)[0-9]{2}", text) else f"{text} 2023")
    return period is not None and period.freq in frequencies and period.start.year == period.end.year


@lru_cache(maxsize=1_000)
def whole_years_beside_part(text: str) -> frozenset[int]:
    """Years that a text names before a part of another one; where it compares, their figures may be of that part."""
    folded = text.casefold()
    if COMPARED.search(folded):
        # "2023 год в сравнении с 9 месяцами 2024 года": in this case of the word a year is no part's.
        return frozenset(map(int, _YEAR_COMPARED.findall(folded)))
    match = _YEARS_AND_PART.search(folded)
    if not match or not (_ends_with_part(match["part"].strip(" .")) or named_part(match["part"])):
        return frozenset()
    if any(map(_ends_with_part, parts(f"{folded[: match.start()]}{match['years'][:4]}"))):
        return frozenset()
    return years_in(match["years"]) - years_in(match["part"])
