"""Against how many a rate or share is counted, where that is another number than the unit of the indicator says.

::

    indicator per 100,000    "на 100 тыс. населения", "100 мың адамға"    as it is
    indicator per 100,000    "на 10 тыс. человек", "per 1,000"            refused, unless ``multiply`` is 10 or 100
    indicator in per cent    "(в долях единицы)", "Proportion (0-1)"      refused, unless ``multiply`` is 100

Both are of one kind of unit, and 3 per 10,000 published as 3 per 100,000 is a tenth of what was said. Not here: which
texts are looked at (``refused_by_text``), and that a rate is no count (``unit_words``). Called by ``refused_by_text``,
and by ``group_words`` and ``unread_levels``, for which "от 0 до 1" is no age.
"""

import re
from math import isclose

from sources.scale_words import in_digits
from transforms.normalize.contradictions.unit_vocabulary import MILLIONS, PERSONS, THOUSANDS

_PERCENT = "PERCENT"
_OF_UNIT = {_PERCENT: 100, "PER_100000_POP": 100_000, "PER_MILLION_WOMEN": 1_000_000}
_WORDS = {
    **dict.fromkeys(("сто", "hundred", "hundert", "жүз", "юз", "yuz", "сад"), 100),
    **dict.fromkeys(("десять", "ten", "zehn", "он", "o'n", "ўн", "даҳ"), 10),
    **dict.fromkeys(("одну", "один", "одного", "one", "a", "eine", "einen", "бір", "бир", "bir", "як"), 1),
}
_NUMBER = (
    r"(?:(?P<digits>1(?:0{0,6}|0{0,2}[ ,.']000(?:[ ,.']000)?))(?![0-9]|[ ,.'][0-9]{3}(?![0-9]))|"
    rf"(?P<word>{'|'.join(_WORDS)})(?!\w))"
)
_GREAT = rf"(?:(?P<thousand>{THOUSANDS})|(?P<million>{MILLIONS}))"
# "per 10,000", "на 10 тыс.", "per million"; of less than a thousand only persons: "на 1 января" is a day.
_AGAINST = re.compile(
    r"(?<!\w)(?:per|for every|на(?: кажд\w+)?|бар?(?: ҳисоби)?(?: ҳар)?|har|ҳар|әр(?:бір)?|ар(?:бир)?|je|pro|auf) "
    rf"(?:(?:{_NUMBER} ?)?{_GREAT}(?!\w)|(?P<few>{_NUMBER.replace('P<', 'P<few_')})(?:(?<=000)| {PERSONS}))"
)
# In the Turkic languages the case ending says so: "100 мың адамға", "10 000 кишига", "1000 тургунга".
_DATIVE = re.compile(
    rf"(?<![0-9,.'])(?:{_NUMBER}) ?{_GREAT}? ?(?!человека)[^\W\d]*?(?:[ғгқк][аеоө]|ына|ине|g?ga|qa)(?!\w)"
)
_PER_HEAD = re.compile(
    r"(?<!\w)(?:per (?:capita|head)|на душу|pro kopf|жан басына|(?:жан|киши) башына|jon boshiga|жон бошига)(?!\w)"
)
_PER_MILLE = re.compile(r"‰|(?<!\w)(?:про(?:сантим|дец|м)[иил]+е|per mille|promille)(?!\w)")
# Codes of SDMX: per hundred thousand and per million inhabitants; RATE_100000.
_CODE = re.compile(r"p_(?P<thousand>hthab)|p_(?P<million>mhab)|(?:rate|per)_(?P<digits>10{3,6})(?:_\w+)?")

_ZERO_TO_ONE = (
    r"(?:от |from |von |between |zwischen )?0(?:[.,]0+)? ?(?:[-–—…]|\.{2,3}|до|to|bis|and|und) ?1(?:[.,]0+)?"
)
# A share beside it, and nothing behind: "Доля детей 0-1 года" is of an age.
_BETWEEN = re.compile(
    r"(?:дол[яеи]|долях|удельн\w+ вес\w*|share|proportion|fraction|anteil\w*|quote|үлес\w*|үлүш\w*|улуш\w*|ulush\w*|"
    rf"ҳисса\w*)(?!\w)(?:.*[^\w.,])?(?P<range>(?:[(,;/\[] ?|(?=(?:от|from|von|between|zwischen) )){_ZERO_TO_ONE})"
    r"(?= ?(?:$|[),;\]]))"
)
_PART_OF_ONE = re.compile(
    r"дол(?:я|и|ях) (?:от )?(?:единицы|1(?![0-9,.]))|"
    r"fractions? of (?:1(?![0-9,.])|one(?!\w)|unity)|"
    r"(?:^|[(,;] ?)(?:as (?:a )?|decimal |unit )?fractions? ?(?:$|[),;])|"
    r"(?<![0-9.,])1(?:[.,]0+)? ?(?:=|is|means|entspricht) ?100 ?(?:%|per ?cent|prozent|процент)|"
    r"100 ?(?:%|per ?cent|prozent|процент\w*) ?(?:=|is|means|entspricht) ?1(?![0-9,.]| ?\w)|"
    r"anteil\w* (?:an|von) (?:1(?![0-9,.])|eins(?!\w))|bruchteil\w* (?:von )?(?:1(?![0-9,.])|eins(?!\w))|"
    r"бірлік(?:тің)? үлес\w*|бирдик(?:тин)? үлүш\w*|бирлик(?:нинг)? улуш\w*|birlik(?:ning)? ulush\w*|ҳиссаи воҳид\w*"
)


def other_base(unit: str | None, text: str, factor: float) -> bool:
    """Whether a text says another base than that of the unit, and the declared factor does not make up for it."""
    base = _OF_UNIT.get(unit or "")
    if base is None:
        return False
    if unit == _PERCENT:
        return is_share_of_one(text) and not isclose(factor, base)
    said = said_bases(text)
    return bool(said) and base not in said and not any(isclose(factor * one, base) for one in said)


def said_bases(text: str) -> set[int]:
    """Against how many figures are counted by a header, title or unit; it may say several, or none."""
    folded = _folded(text)
    if code := _CODE.fullmatch(folded):
        return {100_000 if code["thousand"] else 1_000_000 if code["million"] else int(code["digits"])}
    found = {_number(match) for match in _AGAINST.finditer(folded)}
    # "10 жылга" is for ten years.
    found |= {number for match in _DATIVE.finditer(folded) if (number := _number(match)) >= 1000}
    found |= {1} if _PER_HEAD.search(folded) else set()
    return found | ({1000} if _PER_MILLE.search(folded) else set())


def is_share_of_one(text: str) -> bool:
    """Whether a text says that its shares lie between 0 and 1."""
    folded = _folded(text)
    return bool(_PART_OF_ONE.search(folded) or _BETWEEN.search(folded))


def without_range(text: str) -> str:
    """A text without the "от 0 до 1" of its shares."""
    found = _BETWEEN.search(_folded(text))
    return text if found is None else _folded(text).replace(found["range"], "")


def _number(match: re.Match[str]) -> int:
    groups = match.groupdict()
    digits = re.sub("[^0-9]", "", groups["digits"] or groups.get("few_digits") or "")
    number = int(digits) if digits else _WORDS.get(groups["word"] or groups.get("few_word") or "", 1)
    return number * (1000 if groups["thousand"] else 1_000_000 if groups["million"] else 1)


def _folded(text: str) -> str:
    return in_digits(re.sub(r"\s+", " ", text.casefold()).replace("’", "'").strip(" .:*"))
