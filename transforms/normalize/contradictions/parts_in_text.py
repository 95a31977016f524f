"""Parts of a year that stand anywhere in a text, with whatever endings its sentence gives them.

::

    "Выдано в январе-ноябре 2024 года ордеров"                 "январе-ноябре 2024"
    "2024-жылдын 11 айы ичинде берилген ордерлер"              "2024-жылдын 11 айы"
    "Im zweiten Halbjahr 2024 erlassene Anordnungen"           "zweiten halbjahr 2024"
    "За 9 месяцев выдано ордеров, по областям"                 "за 9 месяцев"
    "За 12 месяцев 2024 года", "I, II, III и IV кварталы"      the whole year: nothing
    "Сроком до 6 месяцев, 2024", "Закон от 27 апреля 2017 г."  nothing

Beside its year a part may stand anywhere; without one, only where a title or a part of it begins; without a number, in
the header of the figures alone (``unnumbered_part``). Not here: what a text ends with (``frequency``, the only caller),
and reading periods (``transforms.parse.read_periods``).
"""

import re
from functools import lru_cache

from transforms.parse import read_periods
from transforms.parse.period_words import MONTH


def _any(*words: str) -> str:
    """A pattern of any of the words, the longest first."""
    return "|".join(sorted(" ".join(words).split(), key=len, reverse=True))


_FEW = "два двух two zwei эки екi икки ikki ду три трех three drei үч үш уч uch се"
_COUNT = "он бир|он бiр|ўн бир|o'n bir|" + _any(
    "1 один одного one einem бир бiр bir як",
    f"2 3 {_FEW}",
    "4 четыре четырех four vier төрт тўрт to'rt чор",
    "5 пять пяти five fünf беш бес besh панҷ",
    "6 шесть шести six sechs алты олти olti шаш",
    "7 семь семи seven sieben жети жетi етти yetti ҳафт",
    "8 восемь восьми eight acht сегиз саккиз sakkiz ҳашт",
    "9 девять девяти nine neun тогуз тоғыз тўққиз to'qqiz нуҳ нӯҳ",
    "10 десять десяти ten zehn он ўн o'n даҳ",
    "11 одиннадцать одиннадцати eleven elf ездаҳ",
)
_ORDINALS = (
    r"i|1|перв\w+|first|1st|erste[nrs]?|биринчи|бiрiншi|birinchi|якум\w?|аввал\w?",
    r"ii|2|втор\w+|second|2nd|zweite[nrs]?|экинчи|екiншi|иккинчи|ikkinchi|дуюм\w?",
    r"iii|3|трет\w+|third|3rd|dritte[nrs]?|үчүнчү|үшiншi|учинчи|uchinchi|сеюм\w?",
    r"iv|4|четверт\w+|fourth|4th|vierte[nrs]?|төртүнчү|төртiншi|тўртинчи|to'rtinchi|чорум\w?",
)
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)})(?:-?(?:го|ом|м|й|е|чи|чу|шi|chi)(?!\w)|\.)?"
_QUARTER = (
    r"(?:квартал\w{0,6}|кв(?:\.(?! ?м)|(?!\w))|quarters?|quartal\w{0,2}|тоқсан\w{0,6}|чейре[кг]\w{0,6}|"
    r"чора[кг]\w{0,6}|chora[kg]\w{0,6}|семоҳа\w{0,2})"
)
_HALF = (
    r"(?:полугоди\w{1,3}|пол(?:уг)?\.|п/г|hal(?:f|ves)(?:[- ]?years?)?|halbjahr\w{0,2}|жарты ?жылды[қғ]\w{0,6}|"
    r"(?:жарым|ярим) (?:жылды[кг]|йилли[кг])\w{0,6}|yarim yilli[kg]\w{0,6}|нимсола\w{0,2})"
)
# "Ойга", "ай мерзiмге": the term for which an order is given.
_MONTHS = (
    r"(?:месяц\w{0,3}|мес(?:\.|(?!\w))|months?|monate?n?|моҳ\w{0,3}|"
    r"(?:ай|ой|oy)(?!г|ғ|g|дан|тан|dan)\w{0,5}(?! (?:мерзiм|мөөнөт|муддат|muddat|бою|дейiн|чейин)))"
)
_NAMES = _any(*(name for name in MONTH if len(name) > 2))
_DAY = r"(?:[0-3]?[0-9](?:-?[ге]о?|st|th|\.)? )?"
_YEAR = r"(?:19|20)[0-9]{2}"
_SPAN = (
    rf"{_DAY}(?P<first>{_NAMES})\w{{0,4}}\.?(?: (?P<begun>{_YEAR}))?"
    r"(?:\s?[-–—]\s?| (?:по|to|through|bis|то|айынан|ойидан|oyidan) |(?<=дан|тан|dan) )"
    rf"{_DAY}(?P<last>{_NAMES})\w{{0,4}}\.?"
)
_COUNTED = rf"(?P<counted>(?:{_COUNT})[ -]?{_MONTHS}|(?:{_any(_FEW)}) {_QUARTER})(?!\w)"
_AND = r"(?:\s?[-–—]\s?|, ?| (?:и|по|to|and|through|und|bis|жана|және|ва|va|то) )"
_ORDERED = (
    rf"(?P<ordinals>{_ORDINAL}(?:{_AND}{_ORDINAL})*)[- ]?(?:(?P<quarter>{_QUARTER})|{_HALF})|"
    rf"(?:(?P<third>семоҳа)|нимсола)и? (?P<behind>{_ORDINAL})|(?P<letter>[qh])(?P<number>[1-4])|"
    r"(?P<before>[1-4])(?P<after>[qh])"
)
_FIRST = r"(?:(?:the )?(?:ersten|first|первые|первых) )?"
_OF_YEAR = r"(?:[- ]?(?:жыл|йил|yil|г|year)[^\W\d_]*\.?,?)?"
_BEFORE_YEAR = r"(?: (?:of (?:the year )?|des jahres |соли |in )?|[/-])?"
_GENITIVE = r"[- ]?(?:жылдын|жылдың|жылғы|йилнинг|йилги|йил|yilning|yilgi|yil)"
_FOR = r"(?:за|in|for|during|im|дар|в течение) (?:the |den |der |период )?"
# In these languages an ending says "in".
_WITHIN = r"(?:(?<=да|де|та|те|da|ta)| (?:ичинде|iшiнде|ичида|давомида|ichida|davomida))"


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Patterns of whole words."""
    return tuple(re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])") for pattern in patterns)


_BESIDE_YEAR = _compiled(
    rf"(?:{_COUNTED}|{_SPAN}|{_ORDERED}){_BEFORE_YEAR}{_YEAR}",
    rf"{_YEAR}{_OF_YEAR}[ -]?(?:{_SPAN}|{_ORDERED})",
    # Elsewhere months behind a year are a term in it: "В 2024 году 3 месяца обучения".
    rf"{_YEAR}{_GENITIVE} {_COUNTED}",
    rf"(?:полугодие|half[- ]year|halbjahr) {_YEAR}",
    rf"(?:year|(?:12|twelve) months) (?:to|ending|ended)(?: in| {_DAY[:-1]})? (?!dec)(?:{_NAMES}),? {_YEAR}",
)
_AT_BEGINNING = _compiled(
    rf"{_FOR}{_FIRST}{_COUNTED}",
    rf"(?:{_FOR}|во? )(?:{_SPAN}|{_ORDERED})",
    rf"(?:{_COUNTED}|{_ORDERED}){_WITHIN}",
    rf"(?:{_FOR}|в )(?P<month>{_NAMES})(?: {_YEAR})?",
)
_BEGINNING = re.compile(r"(?:^|[;:(),./] ?)(?:таблица [0-9.]+ |table [0-9.]+ )?$")
_ALL_PARTS = re.compile(rf"(?<![^\W_])(?:{_SPAN}|{_ORDERED})(?![^\W_])")
# Most texts have none of these words: one search spares them the patterns above.
_ANY = re.compile(
    rf"квартал|полуг|мес|month|quart|(?:[0-9]|{_COUNT})[ -]?(?:monat|ай|ой|oy|моҳ)|(?<![^\W_])(?:кв|{_NAMES})|тоқсан|"
    r"einem tag|einzigen tag|(?:single|one) day|один день|бiр күнде|бир күн|бир кун|bir kun|як рӯз|"
    r"половин|jahreshälf|hälfte|ярм|yarm|жарым|жартыс|чейре|чора[кг]|chora|семоҳа|пол\.|п/г|hal[fvb]|жылды|йилли|yilli|нимсола|[qh][1-4]|[1-4][qh]"
)
# Before a number of months these say a limit, an age or a term.
_LIMIT = re.compile(
    r"(?:^|\W)(?:(?:до|от|старше|младше|моложе|более|менее|свыше|через|кажды\w+|возраст\w*|сроком?(?: на)?|under|"
    r"over|than|within|every|aged?|after|until|least|bis(?: zu)?|seit|unter|über|to) |[0-9][.,])$"
)
# Behind one without a year they say the same.
_TERM = re.compile(
    r"\W*(?:(?:до|после|со дня|с момента|тому|назад|подряд|спустя|или|и (?:более|старше|дольше)|"
    r"(?:and|or) (?:more|longer|over)|before|prior|after|ago|old|of (?!the year)\w+|(?:vor|nach) der|"
    r"und (?:mehr|länger))(?!\w)|жизни|беремен|обучени|лечени|проживани)"
)
# When a table was published, or its survey made, is no part of the year that it is about.
_OTHER_TIME = re.compile(
    r"(?<![^\W_])(?P<what>(?:опубликован|обновл|опрос|обследовани|полевы[ех] работ|publish|updated|fieldwork|"
    r"interview|survey|befrag|veröffentlicht)[^\W\d_]*(?:,? [^\W\d_]+){0,3}[,:(]{0,2} )"
    rf"(?:{_SPAN}|{_ORDERED})(?:{_BEFORE_YEAR}{_YEAR})?(?![^\W_])"
)
# In a text on a survey, months are those of its interviews.
_SURVEY = re.compile(
    r"(?<![^\W_])(?:опрос|обследовани|полевы[ех] работ|fieldwork|survey|interview|befrag|mics\b|dhs\b)"
)
# At the end of these a year ends, too: a stock on that day is the year's.
_SUFFIX = r"(?:-?(?:го|ом|м|й|е))?[- ]?"
_LAST_PARTS = rf"(?:(?:{_ORDINALS[3]}){_SUFFIX}{_QUARTER}|(?:{_ORDINALS[1]}){_SUFFIX}{_HALF})(?!\w)"
_END_OF_YEAR = re.compile(
    r"(?<![^\W_])(?P<what>(?:на |к )?кон(?:ец|цу) |(?:at )?(?:the )?end of (?:the )?|(?:zum )?ende des )"
    rf"{_LAST_PARTS}"
)
# What a law did in that time, it is none of the figures.
_CHANGED = re.compile(
    rf"\W*(?:{_YEAR} )?(?:г\w*\.? |жыл\w* |йил\w* )?(?:reform|опубликован|обновл|вступил|измен[её]н|"
    r"принят \w*(?:закон|кодекс)|published|adopted|amended|(?:came|entered) into)"
)
# In the header of the figures: one quarter, half or month, whichever it is. A term of a year and a half is none.
_REPORTED = r"(?:отчетн\w+ |текущ\w+ |данн\w+ |истекш\w+ |прошедш\w+ |reporting |current )?"
_ONE_PART = _compiled(
    rf"за {_REPORTED}(?:квартал|полугодие|полгода|месяц)(?! (?:до|после|перед))",
    rf"(?:for|in|during) (?:the |a |one )?{_REPORTED}(?:quarter|half|month)"
    r"(?! (?:of|before|prior|preceding|after|since)(?!\w))",
    r"полугодие|half[- ]year(?:ly)?|halbjahr|(?:quartals?|halbjahr(?:es|s)?|monats)(?:wert|summe|zahl|ergebnis)\w{0,3}",
    r"quarter(?:ly)? (?:total|value|figure|number|count|sum)s?|(?:im|für (?:das|den)) (?:berichts)?(?:quartal|monat)",
    r"(?<!бир )(?<!бiр )(?<!bir )(?<![0-9] )"
    r"(?:жарым жыл(?:дык)?|жарты ?жыл(?:дық)?|ярим йил(?:лик)?|yarim yil(?:lik)?)",
    r"(?:чейрек|тоқсан|чорак|chorak|ай|ой|oy) (?:үчүн|ичинде|үшiн|iшiнде|учун|uchun|ичида|ichida|давомида|davomida)",
    r"нимсола|дар (?:як )?(?:семоҳа|моҳ)",
)
# The same at the end of a title or of a line: "Выдано ордеров за квартал". Of months a mean may be told so.
_AT_END = re.compile(
    rf"(?:за|ба|дар|in|for|during|per|im|je) (?:(?:the|a|one|один|як) )?{_REPORTED}(?:{_QUARTER}|полугодие|полгода|"
    r"half[- ]year|halbjahr|нимсола\w*)$|"
    r"(?:тоқсан|чейрек|чорак|chorak|жарты ?жыл(?:дық)?|жарым жыл(?:дык)?|ярим йил(?:лик)?|yarim yil(?:lik)?) "
    r"(?:бойынша|боюнча|бўйича|bo'yicha|үшiн|үчүн|учун|uchun|ичинде|iшiнде|ичида|ichida)$|"
    rf"{_FOR}(?:{_ORDERED})(?: (?:сол|года|of the year|des jahres))?$|"
    rf"{_FOR}{_COUNTED} (?:(?:аввали|охири|якуми) )?(?:сол|года|of the year|des jahres)$|"
    rf"(?:{'|'.join(_ORDINALS[:2])})[- ](?:ярм|yarm|жарым|жартыс)\w*$|"
    r"половин\w+ (?:отчетного )?года$|in der (?:ersten|zweiten) (?:jahreshälfte|hälfte des jahres)$|"
    # One day is a part, too.
    r"an einem (?:einzigen )?tag$|(?:on|in) (?:a single|one|one single) day$|(?:за|в) один день$|бiр күнде$|"
    r"бир (?:күндө|күн ичинде|кунда|кун ичида)$|bir (?:kunda|kun ichida)$|дар як рӯз$"
)
# No months: alone they are a unit.
_ONE_PART_ALONE = re.compile(
    r"полгода|квартал|quarter|quartal|тоқсан|чейрек|чорак|chorak|семоҳа|half|[qh][1-4]|[1-4][qh]"
)
#: words that compare a time with another one
COMPARED = re.compile(
    r"сравн|против|соответств|аналогич|compar|versus|нисбат|nisbat|салышт|салыст|қиёс|vergl"
)
_LETTERS = str.maketrans({"і": "i", "ё": "е", "‘": "'", "ʻ": "'", "’": "'", "`": "'", "ʼ": "'"})


def may_name_part(text: str) -> bool:
    """Whether a text has a word without which it names no part of a year."""
    return _ANY.search(_folded(text)) is not None


@lru_cache(maxsize=10_000)
def named_part(text: str) -> str:
    """What a text, in any case of letters, calls a part of a year that is read as a year; "" where it calls none."""
    folded = _folded(text)
    if is_whole(text) or _SURVEY.search(folded):
        return ""
    beside = (match for pattern in _BESIDE_YEAR for match in pattern.finditer(folded))
    first = (match for pattern in _AT_BEGINNING for match in pattern.finditer(folded))
    found = (*beside, *(match for match in first if _BEGINNING.search(folded[: match.start()])))
    return next((match[0] for match in found if _is_of_figures(match)), "")


@lru_cache(maxsize=10_000)
def unnumbered_part(text: str) -> str:
    """What a header of figures calls a part of a year without saying which: "Значение за квартал"; "" of any other."""
    folded = _folded(text)
    if is_whole(text):
        return ""
    found = next((match[0] for pattern in _ONE_PART if (match := pattern.search(folded))), "")
    pieces = (piece.strip(" .:*") for piece in re.split(r"[;,:()/\[\]]", folded))
    return found or next(filter(_ONE_PART_ALONE.fullmatch, pieces), "")


@lru_cache(maxsize=10_000)
def part_at_end(text: str) -> str:
    """What a part of a title, or a line, calls at its end a part of any year, or one day: "за квартал", "H1"."""
    folded = _folded(text).strip(" .:*")
    found = _AT_END.search(folded) or re.fullmatch(r"[qh][1-4]|[1-4][qh]", folded)
    return found[0] if found and not (is_whole(text) or _is_year(found[0])) else ""


@lru_cache(maxsize=10_000)
def is_whole(text: str) -> bool:
    """Whether the spans, quarters and halves of a text are all of a year: "I и II полугодия", "Q1, Q2, Q3 and Q4"."""
    folded = _folded(text)
    found = [_months(match.groupdict()) for match in _ALL_PARTS.finditer(folded)]
    one_year = len({*re.findall(_YEAR, folded)}) < 2 and not COMPARED.search(folded)
    together = [frozenset[int]().union(*found)] if one_year else found
    return bool(found) and all(len(months) == 12 for months in together)


def years_in(text: str) -> frozenset[int]:
    """The years that a text names, with those between the first and the last of "2020–2023"."""
    years = set(map(int, re.findall(_YEAR, text)))
    for first, last in re.findall(rf"({_YEAR})\s*[-–—]\s*({_YEAR})", text):
        years.update(range(int(first), int(last)))
    return frozenset(years)


def without_other_times(text: str) -> str:
    """A text without the part of a year in which its table was published or its survey made, or its year ends."""
    folded = _folded(text)
    other = _END_OF_YEAR.sub(r"\g<what>", _OTHER_TIME.sub(r"\g<what>", folded))
    return text if other == folded else other


def _folded(text: str) -> str:
    return " ".join(text.casefold().translate(_LETTERS).replace("\n", " / ").split())


def _is_of_figures(match: re.Match[str]) -> bool:
    """Whether a part is that of the figures, and no limit or time of something else."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    named = match.groupdict()
    if named.get("counted") and _LIMIT.search(before):
        return False
    if not re.search(_YEAR, match[0]) and _TERM.match(after):
        return False
    if named.get("begun") and not match[0].endswith(named["begun"]):
        return False
    if len(_months(named)) == 12 or _is_year(match[0]):
        return False
    return not _CHANGED.match(after)


def _is_year(part: str) -> bool:
    """Whether a part is read as a whole year: "4 квартала" are all four."""
    bare = re.sub(rf"^(?:{_FOR}|во? )", "", part)
    period = read_periods.parse(bare if re.search(_YEAR, bare) else f"{bare} 2023")
    return period is not None and period.freq == "A"


def _months(named: dict[str, str | None]) -> frozenset[int]:
    """The months of a span, quarters or halves; of a span beyond December none, for they are of two years."""
    first, last = (MONTH[named.get(key) or "december"] for key in ("first", "last"))
    if named.get("first"):
        return frozenset(range(first, last + 1))
    if not any(named.get(key) for key in ("ordinals", "behind", "number", "before")):
        return frozenset()
    is_quarter = bool(named["quarter"] or named["third"] or "q" in (named["letter"], named["after"]))
    length = 3 if is_quarter else 6
    texts = named["ordinals"] or named["behind"] or named["number"] or named["before"] or ""
    numbers = [_number(text) for text in re.findall(r"\w+", texts) if _number(text)]
    is_range = re.fullmatch(rf"{_ORDINAL}(?:\s?[-–—]\s?| (?:по|to|through|bis|то) ){_ORDINAL}", texts)
    parts = range(numbers[0], numbers[-1] + 1) if is_range else numbers
    return frozenset(
        month for part in parts for month in range((part - 1) * length + 1, min(part * length, 12) + 1)
    )


def _number(text: str) -> int:
    found = (number for number, words in enumerate(_ORDINALS, 1) if re.fullmatch(words, text))
    return next(found, 0)
