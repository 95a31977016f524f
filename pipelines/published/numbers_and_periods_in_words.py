"""Numbers and periods as people write them in English and Russian, with the digits of the published value.

Not here: labels of codes (table ``codes`` of a release) and reading such texts (``transforms.parse``). Called by
``key_figures``, the briefs and the workbook; the site takes the names of months.

>>> number(15821.0, "en"), number(15821.0, "ru"), number(0.54596, "ru")
('15,821', '15\\xa0821', '0,54596')
>>> period(dt.date(2025, 1, 1), dt.date(2025, 11, 30), "en")
'January–November 2025'
"""

import calendar
import datetime as dt

from data_contracts.model import Lang

NO_BREAK_SPACE = "\u00a0"
_GROUPS: dict[Lang, str] = {"en": ",", "ru": NO_BREAK_SPACE}
_POINT: dict[Lang, str] = {"en": ".", "ru": ","}
#: names of months by language, as they are alone or before a year
MONTHS: dict[Lang, list[str]] = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "ru": [
        "январь",
        "февраль",
        "март",
        "апрель",
        "май",
        "июнь",
        "июль",
        "август",
        "сентябрь",
        "октябрь",
        "ноябрь",
        "декабрь",
    ],
}
#: the same beside the number of a day
MONTHS_OF_DAYS: dict[Lang, list[str]] = {
    "en": MONTHS["en"],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
}


def number(value: float, lang: Lang) -> str:
    """A value with all of its digits, grouped by thousands; a negative one with a minus sign."""
    whole, point, fraction = f"{abs(value):.15g}".partition(".")
    grouped = f"{int(whole):,}".replace(",", _GROUPS[lang])
    sign = "\u2212" if value < 0 else ""
    return f"{sign}{grouped}{_POINT[lang] if point else ''}{fraction}"


def period(start: dt.date, end: dt.date, lang: Lang) -> str:
    """A span of time: whole years, months, or days where it neither begins nor ends with a month."""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start.year}" if start.year == end.year else f"{start.year}–{end.year}"
    if start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]:
        return _months(start, end, lang)
    return f"{day(start, lang)} – {day(end, lang)}"


def written_date(written: str, lang: Lang) -> str:
    """A date of a register, which may be a year, a month or a day: ``2023-07`` is ``July 2023``."""
    year, *rest = (int(part) for part in written.split("-"))
    if not rest:
        return str(year)
    if len(rest) == 1:
        return f"{MONTHS[lang][rest[0] - 1]} {year}"
    return day(dt.date(year, *rest), lang)


def day(date: dt.date, lang: Lang) -> str:
    """A date: ``15 April 2021``."""
    month = MONTHS_OF_DAYS[lang][date.month - 1]
    return f"{date.day}{NO_BREAK_SPACE}{month} {date.year}"


def _months(start: dt.date, end: dt.date, lang: Lang) -> str:
    names = MONTHS[lang]
    first, last = names[start.month - 1], names[end.month - 1]
    if start.year != end.year:
        return f"{first} {start.year} – {last} {end.year}"
    return f"{last} {end.year}" if first == last else f"{first}–{last} {end.year}"
