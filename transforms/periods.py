"""Periods as offices write them, in the region's languages and scripts, to SDMX time and first and last day.

Read once per distinct text. A cumulative span (``янв-нояб. 2025``) becomes ``2025-01-01/P11M``; a span that is a
calendar unit becomes that unit. ``2019/20`` covers both calendar years, since the page alone does not say more.
"""

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

_MONTHS = {
    1: "jan january янв январь января қаңтар qantar yanvar январи",
    2: "feb february фев февр февраль февраля ақпан fevral феврали",
    3: "mar march март мар марта наурыз mart марти",
    4: "apr april апр апрель апреля сәуір aprel апрели",
    5: "may май мая мамыр майи",
    6: "jun june июн июнь июня маусым iyun июни",
    7: "jul july июл июль июля шілде iyul июли",
    8: "aug august авг август августа тамыз avgust августи",
    9: "sep sept september сен сент сентябрь сентября қыркүйек sentyabr sentabr сентябри",
    10: "oct october окт октябрь октября қазан oktyabr oktabr октябри",
    11: "nov november ноя нояб ноябрь ноября қараша noyabr ноябри",
    12: "dec december дек декабрь декабря желтоқсан dekabr декабри",
}
_MONTH = {word: number for number, words in _MONTHS.items() for word in words.split()}
_MONTH_WORD = "(?:" + "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True)) + r")\.?"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_YEAR_WORD = r"(?:года|году|годы|год|гг|г|жылы|жыл|ж|йили|йил|й|yili|yil|y|соли|с)"
_QUARTER_WORD = r"(?:квартала|квартал|кварталы|кв|quarter|qtr|тоқсан|чейрек|чорак|chorak|chorагі|семоҳаи)"
_HALF_WORD = r"(?:полугодие|полугодия|half|half-year|жартыжылдық|жарым жылдык|ярим йиллик|yarim yillik|нимсолаи|нимсола)"
_MONTHS_WORD = r"(?:месяцев|месяца|месяц|мес|months?|айда|ай|ойи|ой|oyi|oyda|oy|моҳи|моҳ)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"


@dataclass(frozen=True)
class Period:
    """SDMX time period, its frequency code and its first and last day."""

    time_period: str
    freq: str
    start: dt.date
    end: dt.date


def parse(text: str) -> Period | None:
    """Read one period; None where it cannot be read without guessing."""
    plain = _plain(text)
    for read in (_sdmx, _sdmx_span, _year, _named_part, _months):
        period = read(plain)
        if period is not None:
            return period
    return None


def span(start: dt.date, years: int = 0, months: int = 0, days: int = 0) -> Period | None:
    """The period that begins on ``start`` and lasts as said, as its calendar unit where it is one."""
    total = years * 12 + months
    if total * 31 + days <= 0 or not 1900 <= start.year + years <= 2200:
        return None
    end = _add_months(start, total) + dt.timedelta(days=days - 1)
    if start.day == 1 and days == 0:
        unit = _unit(start, total)
        if unit is not None:
            return Period(*unit, start, end)
    duration = "".join(f"{n}{u}" for n, u in ((total // 12, "Y"), (total % 12, "M"), (days, "D")) if n)
    freq = "D" if (total, days) == (0, 1) else "_O"
    return Period(f"{start.isoformat()}/P{duration}", freq, start, end)


def _unit(start: dt.date, months: int) -> tuple[str, str] | None:
    if months == 12 and start.month == 1:
        return f"{start.year}", "A"
    if months == 6 and start.month in (1, 7):
        return f"{start.year}-S{1 if start.month == 1 else 2}", "S"
    if months == 3 and start.month in (1, 4, 7, 10):
        return f"{start.year}-Q{(start.month + 2) // 3}", "Q"
    return (f"{start.year}-{start.month:02d}", "M") if months == 1 else None


def _add_months(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _plain(text: str) -> str:
    # Years with superscript footnotes lose the footnote before NFKC would make it a digit.
    without = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾*†‡]+", "", text)
    folded = unicodedata.normalize("NFKC", without).casefold()
    folded = re.sub(r"[‐‑‒–—―−]", "-", folded)
    return re.sub(r"\s*-\s*", "-", " ".join(folded.split())).strip(" ,.;:")


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _sdmx(text: str) -> Period | None:
    """``2024``, ``2024-Q1``, ``2024-S1``, ``2024-03``, ``2024-M03`` (with either М), ``2017-A1``, ``2024-06-16``."""
    if match := re.fullmatch(_YEAR + r"(?:\.0|-a1)?", text):
        return span(dt.date(int(match["year"]), 1, 1), years=1)
    if match := re.fullmatch(_YEAR + r"-?(?P<kind>[qsmhмкi]|)-?(?P<number>\d{1,2})", text):
        return _part(int(match["year"]), match["kind"], match["number"])
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and (day := _date(text)):
        return span(day, days=1)
    return None


def _part(year: int, kind: str, digits: str) -> Period | None:
    number = int(digits)
    if kind in ("q", "к") and 1 <= number <= 4:
        return span(dt.date(year, number * 3 - 2, 1), months=3)
    if kind in ("s", "h") and 1 <= number <= 2:
        return span(dt.date(year, number * 6 - 5, 1), months=6)
    if kind in ("m", "м") or (kind == "" and len(digits) == 2):
        if 1 <= number <= 12:
            return span(dt.date(year, number, 1), months=1)
        if kind == "" and number == (year + 1) % 100:
            return span(dt.date(year, 1, 1), years=2)
    return None


def _sdmx_span(text: str) -> Period | None:
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)/p(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)d)?", text)
    if not match or not (start := _date(match[1])):
        return None
    return span(start, *(int(part or 0) for part in match.groups()[1:]))


def _year(text: str) -> Period | None:
    if match := re.fullmatch(rf"(?:соли )?{_YEAR}[ -]?{_YEAR_WORD}?\.?", text):
        return span(dt.date(int(match["year"]), 1, 1), years=1)
    if match := re.fullmatch(rf"{_YEAR}(?:/|-)(?P<to>(?:19|20)\d\d|\d\d)[ -]?{_YEAR_WORD}?\.?", text):
        first = int(match["year"])
        last = int(match["to"]) if len(match["to"]) == 4 else first // 100 * 100 + int(match["to"])
        if first < last and not (len(match["to"]) == 2 and last != first + 1):
            return span(dt.date(first, 1, 1), years=last - first + 1)
    return None


def _named_part(text: str) -> Period | None:
    """Quarters and halves with a word, in either order, Roman or Arabic."""
    number = r"(?P<number>iv|iii|ii|i|[1-4])(?:-?(?:й|е|ый|ое|st|nd|rd|th|чи|nchi|-?чи))?"
    for word, kind in ((_QUARTER_WORD, "q"), (_HALF_WORD, "s")):
        patterns = (
            rf"{number} ?{word}\.? ?{_YEAR}[ -]?{_YEAR_WORD}?\.?",
            rf"{_YEAR}[ -]?{_YEAR_WORD}?\.?,? ?{number} ?{word}\.?",
        )
        for pattern in patterns:
            if match := re.fullmatch(pattern, text):
                digits = str(_ROMAN.get(match["number"], match["number"]))
                return _part(int(match["year"]), kind, digits)
    if match := re.fullmatch(rf"(?P<kind>[qh])(?P<number>[1-4]) {_YEAR}", text):
        return _part(int(match["year"]), match["kind"], match["number"])
    return None


def _months(text: str) -> Period | None:
    first, last = rf"(?P<first>{_MONTH_WORD})", rf"(?P<last>{_MONTH_WORD})"
    year = rf"{_YEAR}[ -]?{_YEAR_WORD}?\.?"
    for pattern in (rf"{first}(?:-{last})? {year}", rf"{year},? {first}(?:-{last})?"):
        if match := re.fullmatch(pattern, text):
            return _from_to(int(match["year"]), match["first"], match["last"] or match["first"])
    count = rf"(?P<count>\d\d?) ?{_MONTHS_WORD}"
    for pattern in (rf"{count} {year}", rf"{year} {count}"):
        if match := re.fullmatch(pattern, text):
            return span(dt.date(int(match["year"]), 1, 1), months=int(match["count"]))
    if match := re.fullmatch(rf"(?:на )?1 (?P<first>{_MONTH_WORD}) {year}", text):
        return span(dt.date(int(match["year"]), _MONTH[match["first"].rstrip(".")], 1), days=1)
    if match := re.fullmatch(rf"(?P<month>\d\d)\.{_YEAR}", text):
        return _part(int(match["year"]), "m", match["month"])
    return None


def _from_to(year: int, first: str, last: str) -> Period | None:
    start, end = _MONTH[first.rstrip(".")], _MONTH[last.rstrip(".")]
    return span(dt.date(year, start, 1), months=end - start + 1) if end >= start else None
