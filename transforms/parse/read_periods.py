"""Periods as offices write them, in the region's languages and scripts, to SDMX time and first and last day.

Read once per distinct text. A cumulative span (``янв-нояб. 2025``) becomes ``2025-01-01/P11M``; a span that
is a calendar unit becomes that unit, however it was written. ``2019/20`` covers both calendar years, since
the page alone does not say more; with words for a school or fiscal year it is neither and not read. ``2009-10`` is
October 2009, since that is how SDMX writes a month.

Not here: the words of each language (``period_words``) and the patterns made of them (``period_patterns``). Called by
``transforms.normalize.time_period``.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from transforms.parse.fold_labels import plain
from transforms.parse.period_patterns import (
    ALL_NUMBERS,
    COUNTED_MONTHS,
    COUNTED_PARTS,
    DAYS,
    DAYS_IN_DIGITS,
    EITHER_WAY,
    LONG_DASH,
    LONGEST_SPAN,
    MARKS,
    MIDNIGHT,
    NAMED_MONTHS,
    NAMED_PARTS,
    NUMBERED,
    PARTS_OF_YEAR,
    SPAN,
    TO_DAY,
    WHOLE_YEAR,
    YEAR_AT_END,
    YEAR_SPAN,
    YEAR_WITH_WORD,
    Y,
)
from transforms.parse.period_words import (
    AS_OF,
    COUNTS,
    COUNTS_OF_MONTHS,
    MONTH,
    ORDINAL,
    TOTAL_OF,
)

# What brackets behind a period say.
_IN_BRACKETS = re.compile(r"(.*[^\s(])\s*\(([^()]*[^\W_][^()]*)\)", re.DOTALL)


@dataclass(frozen=True)
class Period:
    """SDMX time period, its frequency code and its first and last day."""

    time_period: str
    freq: str
    start: dt.date
    end: dt.date


def parse(text: str) -> Period | None:
    """Read one period; None where it cannot be read without guessing."""
    # A register has thousands of different days: as they are written most, they need no preparing.
    in_digits = _first(DAYS_IN_DIGITS, text)
    if in_digits and (day := _date(in_digits)):
        return Period(f"{day.isoformat()}/P1D", "D", day, day)
    if LONG_DASH.fullmatch(text.strip()):
        return None
    in_brackets = _IN_BRACKETS.fullmatch(text.strip())
    if in_brackets and re.search("[0-9]|[iv]-[iv]", in_brackets[2].casefold()):
        return _same_in_brackets(in_brackets[1], in_brackets[2])
    if in_brackets and (in_brackets[2].strip().casefold() == "факт" or whole_year(in_brackets[2])):
        return parse(in_brackets[1])
    prepared = _prepare(text)
    if _first(EITHER_WAY, prepared) is not None:
        return None
    for read in (
        _years,
        _several_years,
        _numbered,
        _counted_parts,
        _named_part,
        _named_months,
        _counted_months,
        _day,
        _days,
        _sdmx_span,
        _from_part_to_part,
    ):
        period = read(prepared)
        if period is not None:
            return period
    return None


def no_period(text: str) -> str:
    """What is wrong with a period that a person states of a file; empty where it is one."""
    if parse(text) is not None:
        return ""
    return f"{text!r} is no period. Write 2022, 2024-Q1, 2024-03 or 2025-01-01/P11M."


def _same_in_brackets(text: str, brackets: str) -> Period | None:
    """The period of a text that brackets say again: ``январь-сентябрь 2024 (9 мес.)``."""
    period = parse(text)
    if period is None or period.start.year != period.end.year:
        return None
    named = re.search("(?:19|20)[0-9]{2}", brackets)
    again = parse(brackets if named else f"{brackets.rstrip(' .')} {period.start.year}")
    return period if again == period else None


def part_of_year(column: str) -> str:
    """Which part of a year a column is called: ``m`` a month, ``q`` a quarter, ``s`` a half; "" of any other."""
    name = column.casefold().translate(str.maketrans("іё", "iе")).strip(" .:*")
    return next((kind for kind, names in PARTS_OF_YEAR.items() if name in names.split()), "")


def no_part(part: str) -> bool:
    """Whether a cell of a column of parts of the year says nothing: it is empty, or a sign for none."""
    return not _bare_part(part)


def _bare_part(part: str) -> str:
    return plain(part).casefold().strip(" .:*-")


def whole_year(part: str, column: str = "") -> bool:
    """Whether a cell of a column of parts of the year says all of it, or nothing."""
    text = _bare_part(part)
    if not text or text in WHOLE_YEAR:
        return True
    if re.search("(?:19|20)[0-9]{2}", text):
        return False
    numbers = ALL_NUMBERS.get(part_of_year(column))
    if numbers and re.fullmatch(numbers, text.replace(" ", "").replace("і", "i")):
        return True
    # "год, всего", "всего за год", "I-IV кв.", "январь-декабрь"
    if all(piece in WHOLE_YEAR for piece in re.split(r",? (?:за )?", text)):
        return True
    period = parse(f"{part.strip()} 2023") if re.search("[-0-9]", text) else None
    return period is not None and period.freq == "A"


def within_year(year: str, part: str, column: str) -> str:
    """One text of a year and a part of it: ``2024`` and ``3`` of a column of quarters are ``2024-Q3``."""
    if whole_year(part, column):
        return year
    named = parse(year)
    if named is None or named.freq != "A":
        return f"{part}, {year}"
    number = re.fullmatch(r"0?([1-9]|1[0-2])|(iv|i{1,3})\.?", part.strip().casefold())
    kind = part_of_year(column)
    if number and kind:
        place = int(number[1] or ORDINAL[number[2]])
        found = _part(named.start.year, kind, place) if kind != "m" or number[1] else None
        return found.time_period if found else f"{part}, {year}"
    return f"{part.strip()} {named.time_period}"


def span(start: dt.date, years: int = 0, months: int = 0, days: int = 0) -> Period | None:
    """The period that begins on ``start`` and lasts as said, as its calendar unit where it is one."""
    total = years * 12 + months
    if min(years, months, days) < 0 or not 0 < total * 31 + days <= 100_000 or not 1900 <= start.year <= 2099:
        return None
    after = _add_months(start, total) + dt.timedelta(days=days)
    end = after - dt.timedelta(days=1)
    return Period(*_canonical(start, after), start, end) if end.year <= 2099 else None


def _canonical(start: dt.date, after: dt.date) -> tuple[str, str]:
    """One spelling for each pair of days: P17M and P1Y5M, P365D and the year are the same time."""
    months = (after.year - start.year) * 12 + after.month - start.month
    if _add_months(start, months) > after:
        months -= 1
    days = (after - _add_months(start, months)).days
    if start.day == 1 and days == 0 and (unit := _unit(start, months)):
        return unit
    lasts = "".join(f"{n}{u}" for n, u in ((months // 12, "Y"), (months % 12, "M"), (days, "D")) if n)
    return f"{start.isoformat()}/P{lasts}", "D" if (months, days) == (0, 1) else "_O"


def _unit(start: dt.date, months: int) -> tuple[str, str] | None:
    if months == 1:
        return f"{start.year}-{start.month:02d}", "M"
    if months not in (3, 6, 12) or (start.month - 1) % months:
        return None
    number = (start.month - 1) // months + 1
    return {
        3: (f"{start.year}-Q{number}", "Q"),
        6: (f"{start.year}-S{number}", "S"),
        12: (f"{start.year}", "A"),
    }[months]


def _add_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _prepare(text: str) -> str:
    """No case, footnote marks and words that only say "in the year"."""
    text = MARKS.sub("", plain(text)).translate(str.maketrans("ⅠⅡⅢⅣ", "1234"))
    text = text.casefold().translate(str.maketrans("іё", "iе"))
    text = re.sub(r"\s*-\s*", "-", text).rstrip(" ,.;:")
    text = re.sub("|".join(TOTAL_OF), "", text)
    text = re.sub(r"^(?:за период |за |в |in |im |for |during |дар )|^['’](?=[0-9]{4})", "", text)
    text = MIDNIGHT.sub("", re.sub(r"^(?:jahr|year|год) (?=[0-9])", "", text))
    text = re.sub(AS_OF, "", text)
    text = re.sub(r"(?<=^[0-9]{4})-(?:й|го|м)(?= год)", "", text)
    text = re.sub(rf"(?<![^\W_])сол(?:и|ҳои) (?={Y})", "", text)
    # "нӯҳмоҳаи соли 2024", "9-моҳаи 2024": the first months, in one word.
    text = re.sub(r"^([^\W\d_]+?|[0-9]{1,2})[ -]?моҳаи(?: аввали?)? (?=(?:19|20)[0-9]{2})", r"\1 моҳи ", text)
    # With a word for years the second number is no month.
    return YEAR_WITH_WORD.sub(lambda m: m[1] if m[2] is None else f"{m[1]}/{m[2]}", text).rstrip(" ,.;:")


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> dict[str, str] | None:
    """Named parts of the first pattern that matches the whole text; only those that are there."""
    for pattern in patterns:
        if match := pattern.fullmatch(text):
            return {name: part for name, part in match.groupdict().items() if part is not None}
    return None


def _years(text: str) -> Period | None:
    """``2024``, ``2024.0`` of spreadsheets, ``2017-A1``, ``2019/20``, ``2021-22``, ``2018-2023``."""
    if match := re.fullmatch(rf"{Y}(?:\.0|-?a1)?", text):
        return span(dt.date(int(match["year"]), 1, 1), years=1)
    if match := re.fullmatch(rf"{Y}(?P<mark>[/-])(?P<to>[0-9]{{4}}|[0-9]{{2}})", text):
        first, last = int(match["year"]), int(match["to"])
        if len(match["to"]) == 4 and last > first:
            return span(dt.date(first, 1, 1), years=last - first + 1)
        # Two digits behind a hyphen name the next year only, and no month: 2009-10 is October.
        years = (last - first) % 100 + 1
        hyphen = match["mark"] == "-"
        if hyphen and (years != 2 or 1 <= last <= 12):
            return None
        # "2010/12" is December or three years; "2009/10" names two that follow.
        if len(match["to"]) == 2 and years != 2 and 1 <= last <= 12:
            return None
        if len(match["to"]) == 2 and 1 < years <= LONGEST_SPAN:
            return span(dt.date(first, 1, 1), years=years)
    return None


def _several_years(text: str) -> Period | None:
    """``2018 to 2020``, ``с 2018 по 2020``, ``2012/13 to 2014/15``: from the first year to the last one named."""
    match = YEAR_SPAN.fullmatch(text)
    if not match:
        return None
    begins, ends = _years(match["first"]), _years(match["last"])
    if not begins or not ends or begins.start >= ends.start:
        return None
    return span(begins.start, years=ends.end.year - begins.start.year + 1)


def _part(year: int, kind: str, number: int, last: int | None = None) -> Period | None:
    """Quarter, half or month of a year, or several of them in a row."""
    months = {"q": 3, "s": 6, "m": 1}[kind]
    last = number if last is None else last
    if not 1 <= number <= last <= 12 // months:
        return None
    return span(dt.date(year, (number - 1) * months + 1, 1), months=(last - number + 1) * months)


_KINDS = {"q": "q", "к": "q", "s": "s", "h": "s", "m": "m", "м": "m"}


def _numbered(text: str) -> Period | None:
    """``2024-Q1``, ``2024-S1``, ``2024-03``, ``2024-M03`` (with either М), ``H1 2025``, ``03.2024``."""
    found = _first(NUMBERED, text)
    return _part(int(found["year"]), _KINDS[found.get("kind", "m")], int(found["digits"])) if found else None


def _counted_parts(text: str) -> Period | None:
    """``3 квартала 2024``, ``first three quarters of 2024``, ``үш тоқсан 2024``: the first nine months."""
    found = _first(COUNTED_PARTS, text)
    if not found:
        return None
    return _part(int(found["year"]), "q" if "quarter" in found else "s", 1, COUNTS[found["count"]])


def _named_part(text: str) -> Period | None:
    """Quarters and halves with a word, in either order, Roman, Arabic or spelled."""
    found = _first(NAMED_PARTS, text)
    if not found:
        return None
    last = ORDINAL[found["last"]] if "last" in found else None
    return _part(int(found["year"]), "q" if "quarter" in found else "s", ORDINAL[found["number"]], last)


def _named_months(text: str) -> Period | None:
    """``январь–ноябрь 2025 года``, ``Jan-Nov 2025``, ``декабрь 2024 - январь 2025``."""
    found = _first(NAMED_MONTHS, text)
    if not found:
        return None
    year, month = int(found["year"]), MONTH[found["month"]]
    last = MONTH[found.get("last", found["month"])]
    months = (int(found.get("to", year)) - year) * 12 + last - month + 1
    return span(dt.date(year, month, 1), months=months)


def _counted_months(text: str) -> Period | None:
    """``за 9 месяцев 2024 года``: the first nine."""
    found = _first(COUNTED_MONTHS, text)
    if not found:
        return None
    count = COUNTS_OF_MONTHS.get(found["count"])
    return _part(int(found["year"]), "m", 1, int(found["count"]) if count is None else count)


def _day(text: str) -> Period | None:
    """``на 1 января 2024``, ``01.01.2024``, ``2024-01-01``."""
    found = _first(DAYS, text)
    start = _date(found) if found else None
    return span(start, days=1) if start else None


def _days(text: str) -> Period | None:
    """``с 1 января по 30 июня 2024``, ``2024-01-01/2024-12-31``: both days and those between.

    Up to the first of a month may be with that day or without it: such a text is not read.
    """
    text = re.sub(r"^(?:с |со |from |vom |аз )", "", text)
    found = []
    for middle in TO_DAY.finditer(text):
        first, last = text[: middle.start()].rstrip(" ."), text[middle.end() :]
        year = YEAR_AT_END.search(last)
        begins, ends = _day(first) or (_day(first + year[0]) if year else None), _day(last)
        if begins and ends and begins.start < ends.start and ends.start.day != 1:
            found.append(span(begins.start, days=(ends.start - begins.start).days + 1))
    return found[0] if len(found) == 1 else None


def _from_part_to_part(text: str) -> Period | None:
    """``2024-01 - 2024-09``, ``Q1-Q3 2024``, ``4 кв 2023 - 1 кв 2024``: from one part of a year to another like it."""
    found = []
    behind, before = YEAR_AT_END.search(text), re.match(r"(?:19|20)[0-9]{2}(?=[ -]?[qhs][1-4]-)", text)
    for middle in re.finditer(r"-| по | to | through | bis ", text):
        first, last = text[: middle.start()], text[middle.end() :]
        if behind and re.fullmatch("[qhs][1-4]", first):
            first = f"{first}{behind[0]}"
        if before and re.fullmatch("[qhs][1-4]", last):
            last = f"{before[0]}{last}"
        begins, ends = _one_part(first), _one_part(last)
        if begins and ends and begins.freq == ends.freq and begins.start < ends.start:
            months = (ends.end.year - begins.start.year) * 12 + ends.end.month - begins.start.month + 1
            found.append(span(begins.start, months=months))
    return found[0] if len(found) == 1 else None


def _one_part(text: str) -> Period | None:
    """One month, quarter or half of a year."""
    period = _numbered(text) or _named_part(text) or _named_months(text)
    return period if period and period.freq in ("M", "Q", "S") else None


def _date(found: dict[str, str]) -> dt.date | None:
    month = MONTH[found["month"]] if "month" in found else int(found["digits"])
    try:
        return dt.date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        return None


def _sdmx_span(text: str) -> Period | None:
    """``2025-01-01/P11M``."""
    found = _first((SPAN,), text)
    start = _date(found) if found else None
    if not found or not start:
        return None
    return span(start, *(int(found.get(name, 0)) for name in ("years", "months", "days")))
