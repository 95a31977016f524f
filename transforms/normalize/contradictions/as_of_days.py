"""Days to which a text says that its figures go, where they end a year before it is over.

::

    "на 20.12.2024", "до 20 декабря", "as of December 20"   20 December: of that year, or of any
    "20-декабрга карата", "20 желтоқсанға дейiн"            the same; "2024 йил 20 декабрь ҳолатига"
    "на 1 января 2025 года", "на 31 декабря"                the year is whole
    "от 20 декабря", "обновлено 20.12.2024", "до 20 лет"    say nothing of it
    "отчёт представляется до 20 января"                     nor does a deadline, nor the day of a law's wording
    20.12.2024 in a column "Дата среза", "Data as of"       the same as "на 20.12.2024"; in "Дата" it says nothing

Not here: which texts are looked at (``frequency``, the only caller); periods (``transforms.parse.read_periods``).
"""

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from transforms.parse.period_words import MONTH


class AsOfDay(NamedTuple):
    """A day of a month; ``year`` is None where the text names none."""

    year: int | None
    month: int
    day: int


_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_YEAR_OF = (
    r"(?:[- ]?(?:жылдын|жылғы|жылдың|жылы|жыл|йилнинг|йилги|йили|йил|yilning|yilgi|yili|yil|ж|й)\b\.?)?"
)
# "Up to 18 may …" is no day, nor is "20 март-апрель".
_NAMES = "|".join(sorted(MONTH, key=len, reverse=True))
_MONTH = rf"(?P<name>(?!may [a-z])(?:{_NAMES}))(?!\s?[-–—]\s?[^\W\d_])"
_DAY = r"(?P<day>[0-3]?[0-9])"
# A digit, and beside it a month: most texts have none.
_ANY_DAY = re.compile(rf"[0-9][^0-9]{{0,6}}(?:[01][0-9]|{_NAMES})|(?:{_NAMES})[^0-9]{{1,3}}[0-9]")
_BEFORE = (
    r"(?<![^\W_])(?:на|до|по|as (?:of|at)|by|until|till|up to|through|to|ба ҳолати|то|stand|zum|bis(?: zum)?|"
    r"stichtag):?[\s(]+(?:the |am |vom )?"
)
# "20.12" alone may be a number, but at the end of what it says.
_DIGITS = (
    r"(?P<day>[0-3]?[0-9])\.(?P<month>[01][0-9])(?:\.(?P<year>(?:19|20)?[0-9]{2})(?![0-9])|\.?(?=\s*(?:г\.?|года)?\s*(?:[),;\n]|$)))",
    r"(?P<year>(?:19|20)[0-9]{2})-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])(?![0-9])",
)
_IN_WORDS = (
    rf"{_DAY}(?:-?(?:го|е|ое)|st|nd|rd|th|\.)?[- ]+(?:of )?{_MONTH}(?![^\W_])(?:[.,]? (?:соли )?{_YEAR}(?![0-9]))?",
    rf"{_MONTH}\.? {_DAY}(?:st|nd|rd|th)?(?![^\W_])(?:,? {_YEAR}(?![0-9]))?",
)
# The day comes first, and the word or ending behind it.
_DATIVE = r"(?:ға|ге|га|ға|ga|на|не|ына)"
_BEHIND = (
    rf"(?:{_YEAR}{_YEAR_OF},? )?(?<![0-9]){_DAY}(?:-| |-?(?:чи|шi|шы|чу|chi) ){_MONTH}"
    rf"(?:{_DATIVE}(?![^\W_])|(?:гача|gacha)(?![^\W_])|(?:{_DATIVE}|ы|и|i|нинг|ning|ындагы|дағы|дагы|даги|dagi)? "
    r"(?:карата|қарай|чейин|дейiн|қадар|қадар|ҳолатига|холатига|ҳолати|holatiga|holati|жағдай|абал)(?![^\W_]))"
)
_DAYS = tuple(
    re.compile(pattern) for pattern in (*(rf"{_BEFORE}{form}" for form in (*_DIGITS, *_IN_WORDS)), _BEHIND)
)
# What else is done until a day, or is as of it.
_OTHER = re.compile(
    r"представл|предостав|сда[чюёе]|сдат|срок|действ|при[её]м|изменени|дополнени|редакци|закон|кодекс|указ|прогноз|"
    r"deadline|due|submit|valid|amended|law|act\b|frist|gültig|тапсыр|өзгөр|өзгерiс|ўзгартириш|o.zgartirish"
)
_OF_NEXT_YEAR = re.compile(
    r"\W*(?:(?:года|года,|г\.?,?) )?(?:следующ|будущ|of the (?:next|following)|келеси|келесi|кейинги)"
)
# Columns of such days, which need no word before them.
_COLUMN = re.compile(
    r"дата (?:среза|актуальности|состояния)|(?:отчетн\w+ дата|дата отчета)|"
    r"(?:по )?состояни[юе] на(?: дату)?|(?:данные|сведения) на(?: дату)?|"
    r"(?:data |figures )?as (?:of|at)(?: date)?|snapshot(?: date| day)?|cut-?off(?: date| day)?|"
    r"stand|(?:daten)?stand (?:vom|am)|datenstand|stichtag|[хҳ]олат санаси|[хҳ]олатига|holat(?:i)? sanasi|holatiga|"
    r"ба ҳолати|санаи ҳолат|абалы боюнча|жағдай бойынша"
)
_PART_OF_TEXT = re.compile(r"[\n;()]|,(?![0-9])|(?<=[^\W\d_]{3})[.] ")


@lru_cache(maxsize=10_000)
def as_of_days(text: str) -> tuple[AsOfDay, ...]:
    """The days to which a text says that its figures go: "по состоянию на 01.10.2024", "до 20 декабря"."""
    # The Kazakh letter і is that of other words' i, as in ``MONTH``.
    folded = re.sub(r"[\s_]+", " ", text).casefold().replace("і", "i")
    if not _ANY_DAY.search(folded):
        return ()
    found = (_day_of(match) for pattern in _DAYS for match in pattern.finditer(folded))
    return tuple(dict.fromkeys(day for day in found if day))


def as_of_days_in(text: str, column: str) -> tuple[AsOfDay, ...]:
    """As ``as_of_days``, of a cell of a column, whose name alone may say that its days are such."""
    name = re.sub(r"[\s_]+", " ", column).casefold().replace("ё", "е").strip(" .:")
    if not _COLUMN.fullmatch(name):
        return as_of_days(text)
    day = re.sub(r"(?<=[0-9])/(?=[0-9])", ".", text.strip())
    return as_of_days(text) or as_of_days(f"на {day}")


def ends_within(days: tuple[AsOfDay, ...], start: dt.date, end: dt.date) -> bool:
    """Whether one of the days lies in a year, and is not its first or last: a stock of these may be the year's."""
    return any(
        start < dt.date(year, day.month, day.day) < end
        for day in days
        for year in ([day.year] if day.year else range(start.year, end.year + 1))
    )


def _day_of(match: re.Match[str]) -> AsOfDay | None:
    named = match.groupdict()
    before = _PART_OF_TEXT.split(match.string[: match.start()])[-1]
    if _OTHER.search(before) or _OF_NEXT_YEAR.match(match.string[match.end() :]):
        return None
    month = MONTH[named["name"]] if named.get("name") else int(named["month"])
    year = int(f"20{named['year']}"[-4:]) if named["year"] else None
    try:
        dt.date(year or 2023, month, int(named["day"]))
    except ValueError:
        return None
    return AsOfDay(year, month, int(named["day"]))
