r"""A stored number and its number format to the text that a person sees in the cell.

::

    0.338    0.0%            33.8%        the percentage, not the fraction
    44562    yyyy            2022         a date shown as a year is that year; mmm yyyy gives 2022-01
    44562    dd.mm.yyyy      2022-01-01   dates in ISO form
    2023     yyyy            1905 (the number 2023 in a cell formatted as a date)   a year that was typed in: no date
    120345   #,##0,          120.345      a comma at the end divides by a thousand (``scaled``: "thousand")
    1204     #,##0\ [$₸-43F] 1204 ₸       an amount of money, and no count
    3        [<5]"<5";0      <5           what the format writes instead of the number
    12.3456  0.0             12.3456      decimals are not rounded: the stored figure is the more exact one
    7        ;;;             7 (hidden by its number format)     no number: it is refused, as in [White]0
    2        0" млрд"        2 млрд       words and signs around it belong to it; "persons" adds nothing
    12       0"000"          12000 (written by its number format)

Numbers come in their shortest form with at most 15 digits. A zero stays ``0`` where the format shows a dash or
nothing for it. Where a file holds both what is shown and what is stored, ``contradicts`` compares them.

Not here: which format a cell has (``xlsx``, ``xls``, ``ods``, ``html_tables``, ``spreadsheet_xml``, which call this),
what a text means (``transforms.parse``).
"""

import calendar
import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from sources.currencies import names_currency
from sources.readers.grid.table import DATE

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(.)', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)
_SCALED = re.compile(r"[0#?](,+)(?![0#?,])")
_CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?")
# Signs of money that a format may hold without quotes.
_PLAIN_SIGNS = "$€₸₽£¥₺⃀"
# What may be written around a number without a change of its meaning: those who are counted, brackets, stars.
_COUNTED = re.compile(
    r"(?<![^\W_])(?:чел|человека?|лиц[оа]?|случа(?:й|я|ев)|дел[оа]?|единиц[аы]?|ед|шт|адам|киш[иі]|кісі|нафар|kishi|nafar|"
    r"persons?|people|cases?|orders?|victims?|units?|numbers?|no?)(?![^\W_])",
    re.IGNORECASE,
)
_YEAR_WORD = re.compile(
    r"\s*(?:гг?|год[аы]?|years?|жыл\w{0,3}|ж|йил\w{0,3}|й|yil\w{0,3}|сол\w?)\.?\s*", re.IGNORECASE
)
_PLAIN_MARKS = re.compile(r"[\s()\[\]*.,:;'\"«»¹²³/|№-]*")
# Colours of a format that are white.
_WHITE = ("white", "color2")
# Day 0 of a workbook, unless it counts from 1904.
_EPOCH = dt.datetime(1899, 12, 30)
HIDDEN = "(hidden by its number format)"


class _Section(NamedTuple):
    """One part of a number format (formats have parts for positive, negative, zero, text)."""

    condition: tuple[str, float] | None
    codes: str
    before: str
    after: str
    elapsed: bool
    unseen: bool


def number_text(value: float) -> str:
    """Shortest form with at most 15 digits, as a spreadsheet program shows it: 5, 0.3."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def date_text(value: dt.datetime | dt.date) -> str:
    """ISO form; without a time of day where that is midnight."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return value.isoformat()


def duration_text(value: dt.timedelta) -> str:
    """Hours, minutes, seconds, as a spreadsheet shows [h]:mm:ss."""
    sign, seconds = ("-", -value) if value < dt.timedelta() else ("", value)
    whole = int(seconds.total_seconds())
    return f"{sign}{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"


def telling(literal: str, value: float | None = None) -> bool:
    """Whether words beside a number change what it means: a sign, per cent, thousands, money, days, "more than".

    Those who are counted do not, nor the word for a year beside one.
    """
    if value is not None and 1900 <= value < 2100 and _YEAR_WORD.fullmatch(literal):
        return False
    dash = literal.strip()[-1:] in ("-", "–", "−", "—")
    return names_currency(literal) or dash or not _PLAIN_MARKS.fullmatch(_COUNTED.sub("", literal))


def contradicts(written: str, stored: str) -> bool:
    """Whether a cell shows other digits than those of the number stored with it, however its marks are read.

    ``12,3`` and ``1 204`` may be 12.34 and 1204.4; a text with words, or without a stored number, contradicts nothing.
    """
    plain = re.sub(r"[\s\u00a0\u202f\u2009'’]", "", written).replace("−", "-")
    if not re.fullmatch(r"-?[0-9][0-9.,]*", plain):
        return False
    try:
        number = float(stored)
    except ValueError:
        return False
    readings = [
        plain.replace(group, "").replace(point, ".") for group, point in (",.", ".,", ("", ","), ("", "."))
    ]
    return not any(_rounds_to(number, text) for text in readings if text.count(".") < 2 and "," not in text)


def _rounds_to(number: float, text: str) -> bool:
    decimals = len(text.partition(".")[2])
    return abs(number - float(text)) <= 0.500001 * 10.0**-decimals


# The same numbers are in thousands of cells of a workbook, most of them zeros.
@lru_cache(maxsize=20_000)
def scaled(value: float, code: str) -> str:
    """``thousand`` or ``million`` where the format shows so many fewer without a word, ``DATE`` of dates; else ""."""
    section = _section(value, _sections(code))
    if section is not None and (section.elapsed or date_parts(section.codes)):
        return DATE
    if section is None or telling(section.before + section.after):
        return ""
    return {0: "", 1: "thousand", 2: "million"}.get(_thousands(section), "billion")


def _thousands(section: _Section) -> int:
    return (
        0
        if "general" in section.codes.lower()
        else sum(map(len, _SCALED.findall(section.codes.split("E")[0])))
    )


@lru_cache(maxsize=20_000)
def shown(value: float, code: str, *, since_1904: bool = False) -> str:
    """The text of a number under a number format such as ``0.0%``."""
    section = _section(value, _sections(code))
    if section is None:
        return number_text(value)
    kinds = date_parts(section.codes)
    if section.elapsed or kinds:
        return _moment(value, kinds, section.elapsed, since_1904)
    return _number(value, section)


def date_parts(codes: str) -> str:
    """Which of ``y``, ``m``, ``d``, ``t`` (time of day) a date format shows; "" where it is none."""
    lower = codes.lower()
    if "general" in lower or not re.search(r"[ymdhs]", lower) or re.search(r"[0#?]", lower.split(".")[0]):
        return ""
    found = "".join(part for part in "yd" if part in lower)
    time = bool(re.search(r"[hs]", lower))
    month = "m" in re.sub(r"am/pm|a/p", "", lower) and (not time or bool(found))
    return found + ("m" if month else "") + ("t" if time else "")


def date_shown(moment: dt.datetime, kinds: str, *, epoch: dt.datetime = _EPOCH) -> str:
    """A date as far as its format shows it: year, month, day or more.

    With the stored number, where that is like a year: days of 1905 are no dates of statistics (1909 of those counted
    from 1904). ``epoch``: day 0.
    """
    days = (moment - epoch).days
    typed = 1900 <= days < 2100 and moment.time() == dt.time()
    return _date_shown(moment, kinds) + (
        f" (the number {days} in a cell formatted as a date)" if typed else ""
    )


def _date_shown(moment: dt.datetime, kinds: str) -> str:
    if "d" in kinds or "t" in kinds:
        return date_text(moment)
    if "y" in kinds:
        return f"{moment.year}-{moment.month:02d}" if "m" in kinds else str(moment.year)
    return calendar.month_name[moment.month]


@lru_cache(maxsize=10_000)
def _sections(code: str) -> tuple[_Section, ...]:
    """The parts of a format, each taken apart into codes and literal texts."""
    parts: list[_Section] = []
    condition, codes, before, after, elapsed, unseen = None, "", "", "", False, False
    for match in _TOKEN.finditer(code + ";"):
        quoted, escaped, bracket, plain = match.groups()
        if bracket is not None and (money := _CURRENCY.fullmatch(bracket)):
            bracket, quoted = None, money[1]
        if plain is not None and plain in _PLAIN_SIGNS:
            plain, quoted = None, plain
        if plain == ";":
            parts.append(_Section(condition, codes, before, after, elapsed, unseen))
            condition, codes, before, after, elapsed, unseen = None, "", "", "", False, False
        elif bracket is not None:
            if found := _CONDITION.fullmatch(bracket):
                condition = (found[1], float(found[2]))
            elapsed = elapsed or bool(_ELAPSED.fullmatch(bracket))
            unseen = unseen or bracket.strip().casefold() in _WHITE
        elif plain is not None:
            codes += plain
        # A bracket that is only a locale, an empty quote, a space as wide as a sign: nothing is written.
        elif literal := quoted or escaped or "":
            before, after = (before, after + literal) if codes.strip() else (before + literal, after)
    return tuple(parts)


def _section(value: float, sections: tuple[_Section, ...]) -> _Section | None:
    """The part that applies to a value; None where the format leaves the choice to the program."""
    numeric = [section for section in sections[:3] if "@" not in section.codes]
    if any(section.condition for section in numeric):
        return next((s for s in numeric if s.condition is None or _fits(value, *s.condition)), None)
    if not numeric:
        return None
    if value < 0 and len(numeric) > 1:
        return numeric[1]
    return numeric[2] if value == 0 and len(numeric) > 2 else numeric[0]


def _fits(value: float, sign: str, limit: float) -> bool:
    return {
        "<": value < limit,
        ">": value > limit,
        "<=": value <= limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[sign]


def _moment(value: float, kinds: str, elapsed: bool, since_1904: bool) -> str:
    """A date, a time of day or a duration."""
    # Its import takes longer than most commands of dvstats, which read no workbook.
    from openpyxl.utils.datetime import from_excel

    epoch = dt.datetime(1904, 1, 1) if since_1904 else _EPOCH
    try:
        if elapsed:
            return duration_text(dt.timedelta(days=value))
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return number_text(value)
    return (
        date_shown(moment, kinds, epoch=epoch) if isinstance(moment, dt.datetime) else str(moment.isoformat())
    )


def _number(value: float, section: _Section) -> str:
    """A number, with what its format makes of it."""
    literal = (section.before + section.after).strip()
    general = "general" in section.codes.lower()
    if not general and not re.search(r"[0#?]", section.codes):
        # The format writes a text of its own; for a zero that is mostly a dash or nothing.
        if value == 0 and not literal.strip("-–— "):
            return "0"
        if value == 0 and names_currency(literal) and not re.search("[0-9]", literal):
            return f"0 {literal.replace('-', '').strip()}"
        if not literal and "%" not in section.codes:
            return f"{number_text(value)} {HIDDEN}"
        return literal + "%" * section.codes.count("%")
    percents = 0 if general else section.codes.count("%")
    thousands = _thousands(section)
    text = number_text(value)
    if percents or thousands:
        exact = Decimal(text) * 100**percents / 1000**thousands
        text = format(exact.normalize() + 0, "f")
    if section.unseen:
        return f"{text} {HIDDEN}"
    # A section for negative numbers writes their sign itself.
    written = section.before.lstrip().lstrip("-–−") if value <= 0 else section.before.lstrip()
    before = written if telling(written, value) else ""
    after = section.after.rstrip() if telling(section.after, value) else ""
    glued = before[-1:].isdigit() or after.lstrip()[:1].isdigit()
    return f"{before}{text}{'%' * percents}{after}{' (written by its number format)' if glued else ''}"
