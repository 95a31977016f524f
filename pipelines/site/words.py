"""Numbers, periods and dimensions as people read them, in English and Russian.

>>> number(15821.0, "NUMBER", "en"), number(6.8, "PERCENT", "ru")
('15,821', '6,8\\xa0%')
>>> span(dt.date(2025, 1, 1), dt.date(2025, 11, 30), "2025-01-01/P11M", "en")
'January–November 2025'

Not here: labels of codes (the release has them) and sentences (``messages``, ``site_words.yaml``). Called by ``html``,
``charts``, ``messages`` and ``scorecard_pages``.
"""

import datetime as dt
import re
from collections.abc import Iterable

from data_contracts.model import Lang
from data_contracts.vocabulary import DIMENSIONS, TOTAL
from pipelines.published.numbers_and_periods_in_words import MONTHS, MONTHS_OF_DAYS, NO_BREAK_SPACE
from pipelines.site.load_release import PART_OF_YEAR, Figure, Release

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_HALF = re.compile(r"(\d{4})-S([12])")
_SENTENCE_END = re.compile(r"(?<=[^\s.]{3})\.\s+(?=[A-ZА-ЯЁ«“\"])")
_ORDINAL = ("first", "second", "third", "fourth")
_ROMAN = ("I", "II", "III", "IV")
_SUFFIX = {"PERCENT": f"{NO_BREAK_SPACE}%", "PERCENT_CHANGE": f"{NO_BREAK_SPACE}%"}
_BOUND = {
    "more than": {"en": "more than ", "ru": "более "},
    "less than": {"en": "less than ", "ru": "менее "},
}


def number(value: float, unit: str, lang: Lang) -> str:
    """A value with its groups of three, at most two decimals and, for shares, the sign of per cent."""
    text = f"{round(value, 2):,.2f}".rstrip("0").rstrip(".")
    if unit == "PERCENT_CHANGE" and value > 0:
        text = f"+{text}"
    if lang == "ru":
        text = text.replace(",", NO_BREAK_SPACE).replace(".", ",")
    return text + _SUFFIX.get(unit, "")


def bound(bounds: str | None, lang: Lang) -> str:
    """Word before a value that is only a bound."""
    return _BOUND.get(bounds or "", {}).get(lang, "")


def span(start: dt.date, end: dt.date, code: str, lang: Lang) -> str:
    """A period in words; ``code`` is its SDMX time, which tells a half-year from six months."""
    if match := _QUARTER.fullmatch(code):
        year, part = match[1], int(match[2]) - 1
        return (
            f"{_ORDINAL[part]} quarter of {year}" if lang == "en" else f"{_ROMAN[part]} квартал {year} года"
        )
    if match := _HALF.fullmatch(code):
        year, part = match[1], int(match[2]) - 1
        return f"{_ORDINAL[part]} half of {year}" if lang == "en" else f"{_ROMAN[part]} полугодие {year} года"
    if start == end:
        return day(start, lang)
    if start.day == 1 and (end + dt.timedelta(days=1)).day == 1:
        return _months(start, end, lang)
    return f"{day(start, lang)} – {day(end, lang)}"


def _months(start: dt.date, end: dt.date, lang: Lang) -> str:
    names = MONTHS[lang]
    if (start.month, end.month) == (1, 12):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    year = "" if lang == "en" else " года"
    if (start.year, start.month) == (end.year, end.month):
        return f"{names[start.month - 1]} {start.year}{year}"
    if start.year == end.year:
        return f"{names[start.month - 1]}–{names[end.month - 1]} {end.year}{year}"
    return f"{names[start.month - 1]} {start.year} – {names[end.month - 1]} {end.year}{year}"


def day(moment: dt.date, lang: Lang) -> str:
    """A day in words."""
    year = "" if lang == "en" else " года"
    return f"{moment.day} {MONTHS_OF_DAYS[lang][moment.month - 1]} {moment.year}{year}"


def stated_day(text: str, lang: Lang) -> str:
    """A date as a law states it: ``2024-06-16``, ``2019-12`` or ``2016``."""
    year, _, rest = text.partition("-")
    month, _, of_month = rest.partition("-")
    if of_month:
        return day(dt.date(int(year), int(month), int(of_month)), lang)
    if month:
        first = dt.date(int(year), int(month), 1)
        return _months(first, first, lang)
    return year


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence; one after an abbreviation (``г. Алматы``) does not."""
    return _SENTENCE_END.split(text, maxsplit=1)[0].rstrip(".")


def year_spans(years: Iterable[int]) -> str:
    """Years as spans: ``2016–2019, 2021``."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and runs[-1][1] == year - 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def period(figure: Figure, lang: Lang) -> str:
    """The period of a figure, with a word where it is only part of the year."""
    text = span(figure.period_start, figure.period_end, figure.time_period, lang)
    if PART_OF_YEAR in figure.breakdown:
        text += ", part of the year" if lang == "en" else ", часть года"
    return text


def dimensions(release: Release, figure: Figure, lang: Lang) -> str:
    """What narrows a figure, in words: ``female, 15-49 years``; empty for a total."""
    found = []
    for name, value in zip(DIMENSIONS, figure.dimensions, strict=True):
        for part in value.split(";") if name == "breakdown" else [value]:
            if part not in (TOTAL, PART_OF_YEAR):
                label = release.label(name, part, lang)
                # Labels of breakdowns can begin with a name.
                small = label if name == "breakdown" else label[:1].lower() + label[1:]
                found.append(sex(release, part, lang) if name == "sex" else small)
    return ", ".join(found)


def sex(release: Release, code: str, lang: Lang) -> str:
    """A sex inside a sentence: ``female``, ``женский пол``; ``total``."""
    label = release.label("sex", code, lang).lower()
    return f"{label} пол" if lang == "ru" and code in ("F", "M") else label


def listed(parts: list[str], lang: Lang) -> str:
    """Several things as one phrase: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {'and' if lang == 'en' else 'и'} {parts[-1]}"
