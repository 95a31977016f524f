"""Parts of a named year that stand anywhere in a text, with whatever endings its sentence gives them.

::

    "Выдано в январе-ноябре 2024 года ордеров"                 "январе-ноябре 2024"
    "2024-жылдын 11 айы ичинде берилген ордерлер"              "2024-жылдын 11 айы"
    "Schutzanordnungen in den ersten neun Monaten 2024"        "ersten neun monaten 2024"
    "За 12 месяцев 2024 года", "январь-декабрь 2024 года"      the whole year: nothing
    "Сроком до 6 месяцев, 2024", "Закон от 27 апреля 2017 г."  no year beside several months: nothing

Only counted months and spans of months are looked for. Not here: what a text ends with (``frequency``, the only
caller), and reading periods (``transforms.parse.read_periods``).
"""

import re
from functools import lru_cache

from transforms.parse.period_words import MONTH

_COUNTS = (
    "[1-9]|1[01]|один|одного|дв(?:а|ух)|тр(?:и|ех)|четыре|четырех|пят[ьи]|шест[ьи]|сем[ьи]|вос(?:емь|ьми)|"
    "девят[ьи]|десят[ьи]|одиннадцат[ьи]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    "einem|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|бир|бiр|bir|як|"
    "эки|үч|төрт|беш|алты|жети|сегиз|тогуз|он(?: бир)?|екi|үш|бес|жетi|тоғыз|он бiр|"
    "икки|уч|тўрт|олти|етти|саккиз|тўққиз|ўн(?: бир)?|ikki|uch|to'rt|besh|olti|yetti|sakkiz|to'qqiz|o'n(?: bir)?|"
    "ду|се|чор|панҷ|шаш|ҳафт|ҳашт|н[уӯ]ҳ|даҳ|ездаҳ"
)
_MONTHS = (
    r"(?:месяц\w{0,3}|мес\.?|months?|monate?n?|ай(?:ы|да|ын|дын|дың)?\w{0,3}|ой(?:и|да)?\w{0,3}|"
    r"oy(?:i|da)?\w{0,3}|[- ]?моҳ\w{0,3})"
)
_YEAR = r"(?:19|20)[0-9]{2}"
_OF_YEAR = r"(?:[- ]?(?:жыл|йил|yil|г|year)[^\W\d_]*\.?)?"
_BEFORE_YEAR = r" (?:of (?:the year )?|des jahres |соли )?"
_NAME = (
    rf"(?:{'|'.join(sorted((name for name in MONTH if len(name) > 2), key=len, reverse=True))})\w{{0,4}}\.?"
)
_COUNTED = rf"(?:ersten |first )?(?:{_COUNTS})[ -]?{_MONTHS}(?!\w)"
_SPAN = rf"(?P<first>{_NAME})(?:\s?[-–—]\s?| по | to | through | bis | то )(?P<last>{_NAME})"
# Before a number of months these say a limit or an age; behind a comma it may be a term: "2024, 6 months and longer".
_NO_LIMIT = "".join(f"(?<!{word} )" for word in ("до", "to", "than", "under", "over", "bis"))
_PARTS = tuple(
    re.compile(rf"(?<![^\W_]){_NO_LIMIT}(?:{pattern})(?![^\W_])")
    for said in (_COUNTED, _SPAN)
    for pattern in (rf"{said}{_BEFORE_YEAR}{_YEAR}", rf"{_YEAR}{_OF_YEAR} {said}")
)
_JANUARY, _DECEMBER = (
    tuple(name for name, month in MONTH.items() if month == number and len(name) > 2) for number in (1, 12)
)
_LETTERS = str.maketrans({"і": "i", "ё": "е", "‘": "'", "ʻ": "'", "’": "'", "`": "'", "ʼ": "'"})


@lru_cache(maxsize=10_000)
def named_part(text: str) -> str:
    """What a text, in any case of letters, calls several months of a named year; "" where it calls none."""
    if not re.search(_YEAR, text):
        return ""
    folded = " ".join(text.casefold().translate(_LETTERS).split())
    found = (match for pattern in _PARTS for match in pattern.finditer(folded))
    return next((match[0] for match in found if not _is_whole(match)), "")


def _is_whole(match: re.Match[str]) -> bool:
    months = match.groupdict()
    return bool(months and months["first"].startswith(_JANUARY) and months["last"].startswith(_DECEMBER))
