"""Regular expressions of periods as offices write them, made of the words of each language.

Not here: the words (``period_words``), what a match means (``read_periods``, the only caller).
"""

import re
from collections.abc import Iterable

from transforms.parse.fold_labels import SUPERSCRIPTS
from transforms.parse.period_words import (
    ANY_ENDING,
    COUNTED,
    COUNTED_HALVES,
    COUNTED_QUARTERS,
    COUNTS,
    COUNTS_OF_MONTHS,
    HALVES,
    HALVES_OF_TWO_WORDS,
    MONTH,
    MONTHS_OF,
    ON_DAY,
    ORDINAL,
    QUARTERS,
    UNINFLECTED,
    YEAR_WORDS,
)


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


Y = r"(?P<year>(?:19|20)[0-9]{2})"
_LAST_YEAR = r"(?P<to>(?:19|20)[0-9]{2})"
_M, _LAST_M = rf"(?P<month>{_any(MONTH)})\.?", rf"(?P<last>{_any(MONTH)})\.?"
_TO = r"(?:-| по | to | through | bis | то )"
_SUFFIX = r"(?:-?(?:й|я|е|ый|ой|ое|го|м|st|nd|rd|th|чи|чы|шi|chi)|\.)?"
_N, _LAST_N = rf"(?P<number>{_any(ORDINAL)}){_SUFFIX}", rf"(?P<last>{_any(ORDINAL)}){_SUFFIX}"
_UNIT = rf"(?:(?P<quarter>{_any(QUARTERS.split())})|{_any((*HALVES.split(), *HALVES_OF_TWO_WORDS))})\.?"
# With a hyphen it is an ordinal: "6-oy" is June, "6 oy" the first six months.
_COUNT = rf"(?P<count>[0-9]{{1,2}}|{_any(COUNTS_OF_MONTHS)}) {_any(COUNTED.split())}\.?"
_OF = r",?(?: of)? "
# "1 кв.2024": without a space only behind a shortened word.
_OF_OR_DOT = rf"(?:{_OF}|(?<=\.))"


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)


NUMBERED = _patterns(
    rf"{Y}[ -]?(?P<kind>[qsmhкм])-?(?P<digits>[0-9]{{1,2}})",
    rf"{Y}/(?P<kind>[qh])(?P<digits>[1-4])",
    rf"(?P<kind>[qh])(?P<digits>[1-4])[ /-]?{Y}",
    rf"(?P<digits>[1-4])(?P<kind>[qh])[ -]?{Y}",
    rf"{Y}-(?P<digits>[0-9]{{2}})",
    rf"(?P<digits>[0-9]{{2}})[./-]{Y}",
)
NAMED_PARTS = _patterns(
    rf"{_N}(?:-{_LAST_N})?[ -]?{_UNIT}{_OF_OR_DOT}{Y}",
    rf"{Y},? {_N}(?:-{_LAST_N})?[ -]?{_UNIT}",
    rf"{_UNIT} {_N} {Y}",
)
NAMED_MONTHS = _patterns(
    rf"(?:с )?{_M}(?:{_TO}{_LAST_M})?{_OF}{Y}",
    # "янв.2024": without a space only behind a shortened name.
    rf"(?P<month>{_any(MONTH)})\.(?:-(?P<last>{_any(MONTH)})\.)?{Y}",
    rf"(?:моҳҳои |моҳи )?{_M}(?:{_TO}{_LAST_M})?{_OF}{Y}",
    rf"{Y},? {_M}(?:{_TO}{_LAST_M})?(?: {_any(MONTHS_OF.split())})?",
    rf"(?:с )?{_M} {Y}{_TO}{_LAST_M} {_LAST_YEAR}",
)
_COUNT_WORD = rf"(?P<count>{_any(COUNTS)})"
_SPELLED = rf"(?P<count>{_any(word for word in COUNTS if not word.isdigit())})"
_FIRST = r"(?:первые |первых |алғашқы |дастлабки |аввалги |first |the first )?"
COUNTED_PARTS = _patterns(
    rf"{_FIRST}{_COUNT_WORD} (?:(?P<quarter>{_any(COUNTED_QUARTERS.split())})|{COUNTED_HALVES}){_OF}{Y}",
    rf"{_FIRST}{_SPELLED} (?P<quarter>{UNINFLECTED}{ANY_ENDING}|квартал){_OF}{Y}",
    rf"{Y},? {_FIRST}{_COUNT_WORD} (?P<quarter>{_any(COUNTED_QUARTERS.split())})",
    rf"{Y},? {_FIRST}{_SPELLED} (?P<quarter>{UNINFLECTED}{ANY_ENDING}|квартал{ANY_ENDING})",
)
# What may be the third quarter or three quarters, the second half or two halves, the third month or three months.
EITHER_WAY = _patterns(
    rf"(?:[2-9]|1[0-2]) (?:месяц|month){_OF}{Y}",
    rf"{Y},? (?:[2-9]|1[0-2]) (?:месяц|month)",
    rf"[2-4] {UNINFLECTED}{_OF}{Y}",
    rf"{Y},? [2-4] {UNINFLECTED}",
    rf"[2] полугодия{_OF}{Y}",
    rf"{Y},? [2] полугодия",
)
COUNTED_MONTHS = _patterns(rf"{_FIRST}{_COUNT}{_OF}{Y}", rf"{Y},? {_FIRST}{_COUNT}")
DAYS_IN_DIGITS = _patterns(
    rf"(?P<day>[0-9]{{1,2}})\.(?P<digits>[0-9]{{2}})\.{Y}",
    rf"{Y}-(?P<digits>[0-9]{{2}})-(?P<day>[0-9]{{2}})",
)
DAYS = (
    *_patterns(rf"(?P<day>[0-9]{{1,2}})\.? {_M} {Y}", rf"{Y} (?P<day>[0-9]{{1,2}})[ -]{_M}{ON_DAY}"),
    *DAYS_IN_DIGITS,
)
# Where the first day of two ends: "с 1 января по 30 июня 2024", "01.01.2024-30.06.2024", "2024-01-01/2024-12-31".
TO_DAY = re.compile(r" по | to | through | bis | то |[/-]")
YEAR_AT_END = re.compile(r"[ .](?:19|20)[0-9]{2}$")
# What programs write behind a day that has no time: "2024-01-01T00:00:00".
MIDNIGHT = re.compile(
    r"(?<=^[0-9]{4}-[0-9]{2}-[0-9]{2})[t ]00:00(?::00(?:\.0+)?)?(?:z|[+-][0-9]{2}:?[0-9]{2})?$"
)
SPAN = re.compile(
    rf"{Y}-(?P<digits>[0-9]{{2}})-(?P<day>[0-9]{{2}})/p(?=[0-9])"
    r"(?:(?P<years>[0-9]{1,3})y)?(?:(?P<months>[0-9]{1,4})m)?(?:(?P<days>[0-9]{1,5})d)?"
)
_ONE_MARK = rf"[*{SUPERSCRIPTS}]+\)?"
MARKS = re.compile(
    rf"(?<=[^\W_]){_ONE_MARK}(?:[,;]\s?{_ONE_MARK})*(?=\s|$)|(?<=[^\s(])\s?[*{SUPERSCRIPTS}]+$|\s[0-9]{{1,2}}\)$"
)
YEAR_WITH_WORD = re.compile(
    r"(?<![^\W_])((?:19|20)[0-9]{2})(?:[/-]([0-9]{4}|[0-9]{2}))?"
    rf"[ -]?{_any(YEAR_WORDS.split())}(?![^\W_])\.?"
)
# "2013/16" is four years; more than this is rather a misprint.
LONGEST_SPAN = 20
_YEAR_OR_TWO = r"(?:19|20)[0-9]{2}(?:[/-](?:[0-9]{4}|[0-9]{2}))?"
YEAR_SPAN = re.compile(
    rf"(?:from |с |аз |соли |солҳои )*(?P<first>{_YEAR_OR_TWO})"
    rf"(?: to | through | until | bis | по | до | то |-)(?P<last>{_YEAR_OR_TWO})"
)
# A month of ISO 8601 has a hyphen alone: behind a long dash, or between spaces, "2009 – 10" may be two years.
LONG_DASH = re.compile(r"(?:19|20)[0-9]{2}(?:\s*[–—−]\s*|\s+-\s*|-\s+)(?:0[1-9]|1[0-2])")
PARTS_OF_YEAR = {
    "m": "month months month_number месяц месяцы ай айы айлар ой ойи oy oyi моҳ monat",
    "q": "quarter quarters qtr квартал кв тоқсан чейрек chorak чорак семоҳа quartal",
    "s": "half half-year halfyear semester полугодие жартыжылдық нимсола halbjahr",
}
# All parts of a year by their numbers, in a column of such parts.
ALL_NUMBERS = {"m": r"(?:1|i)-(?:12|xii)", "q": "(?:1|i)-(?:4|iv)", "s": "(?:1|i)-(?:2|ii)"}
WHOLE_YEAR = frozenset(
    (
        "total",
        "all",
        "annual",
        "year",
        "whole year",
        "всего",
        "итого",
        "год",
        "за год",
        "весь год",
        "год в целом",
    )
    + (
        "барлығы",
        "бардыгы",
        "жыл",
        "жами",
        "йил",
        "jami",
        "yil",
        "ҳамагӣ",
        "сол",
        "insgesamt",
        "jahr",
        "_t",
        "a",
    )
)
