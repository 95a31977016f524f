"""What the words of a file say of its unit: a count, a share, or a rate.

::

    UNIT_MEASURE PT, Units Percent, "Ед. изм." %      share
    header "Доля, %", "в % к итогу"                   share
    header "На 100 000 населения"                     rate
    header "Темп роста", "раз", unit GR            change
    unit "дней", IX, "index 2015=100"              days, score
    header "Сумма, тыс. сом", unit KGS                money, in that currency
    header "Женщины (50 % и более)"                   nothing: this per cent belongs to a number

A declaration that names no unit takes the indicator's. Where the file's own words then say another kind, 7 per cent
would be published as seven persons: the row is refused. ``concepts: unit_measure`` declares what is meant, and then
nothing is looked at here. Not here: thousands and millions (``scale``) and a per cent sign within a figure's own text
(``transforms.parse.numbers``). Called by ``refused_by_text``.
"""

import re
from collections.abc import Callable, Collection

from sources.cells import COLUMN, NOTE, QUOTE, REMARKS, TITLE
from sources.currencies import currency_of

COUNT, SHARE, RATE, MONEY = "count", "share", "rate", "money "
CHANGE, SCORE, DAYS = "change", "score", "days"
# A code of a unit that is none of these: kilometres, another currency, per 1,000 births.
UNKNOWN = "unknown"
_CODE = re.compile(r"(?=.*[A-Z])[A-Z0-9_]+")
# Units that are money; their codes are those of the currencies.
_CURRENCIES = ("KGS", "KZT", "USD", "EUR")

# Columns that say the unit of their row, with the publisher's codes or words.
_UNIT_COLUMN = re.compile(
    r"unit|units|transformation|unit[ _]of[ _]measure(?:ment)?|unit[ _]measure|measure(?:ment)?[ _]unit|[^ ]+_unit|"
    r"ед\.? ?изм\.?|единиц[аы](?: измерения)?|өлшем бірлігі|ўлчов бирлиги|o.lchov birligi|воҳиди ченак"
)
# Columns that say what the figures of their row are, in words.
_SUBJECT_COLUMN = re.compile(
    r"(?:measure|measurement|indicator|series|statistic|variable|value|figure)s?(?:[ _]?(?:name|type))?|type|"
    r"(?:тип |вид )?показател[ья]|(?:тип|вид) данных|contents?code|мера|көрсеткіш|көрсөткүч|ko.rsatkich|нишондиҳанда"
)
# Columns of the texts around a table: levels of the header, labels at the side.
_AROUND = re.compile(rf"{COLUMN}|(?:col|row)_[0-9]+|section|corner")

_PER_CENT = (
    r"%|процент(?:ах|ы|ов|а)?|per ?cents?|percentages?|foiz\w*|фоиз\w*|пайыз\w*|дарсад\w*|prozent\w*|проц"
)
_SHARE_ALONE = rf"(?:(?:в|in|бо) )?(?:{_PER_CENT})(?: менен| мен)?(?: (?:к|от|of|to|von) .*)?"
_SHARE = re.compile(
    _SHARE_ALONE
    + r"|(?:доля|удельный вес|распростран[её]нность|share|proportion|percentage|prevalence|anteil)(?: .*)?"
    r"|(?:.* )?(?:үлес[іi]?|үлүшү?|ulushi|улуши|ҳиссаи?)(?: .*)?"
    r"|.*[^0-9 ] ?%"
    r"|(?:.* )?(?:в|in) (?:%|процентах|per cent)(?: .*)?"
)
_RATE = re.compile(
    r"(?:.* )?(?:per|на|ба|har|ҳар|әр|ар|je|pro|auf) (?:кажд\w+ )?"
    r"(?:1|10|100)[ ,.]?(?:000|k|тыс\w*\.?|thousand|мың|миң|минг|ming|ҳазор|tausend)(?: .*)?"
    # In the Turkic languages the case ending says so: "100 мың тұрғынға".
    r"|(?:.* )?(?:1|10|100) (?:мың|миң|минг|ming) \w+?(?:[ғгқк][аеоө]|g?ga|qa)(?: .*)?"
    r"|коэффициент(?: .*)?|(?:.* )?rate|rates? (?:of|per) .*|ratio|соотношение(?: .*)?"
)
_PER_HEAD = re.compile(
    r"(?:.* )?(?:per (?:capita|head|inhabitant)|на душу(?: населения)?|жан басына(?: шаққанда)?|жан башына|"
    r"(?:aholi )?jon boshiga|жон бошига|ба сари аҳолӣ|pro kopf)"
)
_PROMILLE = re.compile(r".*‰|(?:в )?промилле|per mille")
# A change against another time, in words that say nothing else.
_AGAINST_BEFORE = re.compile(
    r"(?:.* )?(?:в |in )?(?:%|процентах|per cent|percent) (?:к|of|to|on|against) (?:the )?(?:same |соответств\w+ )?"
    r"(?:предыдущ|предшеств|прошл|аналогичн|соответств|previous|preceding|last|prior|corresponding)\w*.*|"
    r"(?:прирост|рост|изменение|снижение|темпы? (?:роста|прироста)) (?:к|по сравнению с) .*|"
    r"(?:темпы? )(?:роста|прироста)|(?:.* )?(?:year|quarter|month)[ -](?:on|over|to)[ -](?:year|quarter|month)(?: .*)?|"
    r"(?:.* )?(?:y/y|yoy|q/q|m/m|annuali[sz]ed)(?: .*)?"
)
_BASE = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?: год)? ?= ?100(?![0-9])")
_BASE_YEAR = re.compile(rf"(?:.*[^0-9])?{_BASE.pattern}(?: ?%)?")
_CHANGE = re.compile(
    rf"{_AGAINST_BEFORE.pattern}|"
    r"(?:темпы? )?(?:роста?|прироста?)|(?:темпы? )?(?:роста|прироста) .*|изменени[ея](?: .*)?|в? ?раз(?:ах)?|"
    r"(?:.* )?growth(?: rate)?|(?:annual |yearly )?change(?: .*)?|"
    r"percentage points?|процентны[хе] пункт\w*|п\.? ?п\.?|times"
)
_SCORE = re.compile(rf"index(?: .*)?|индекс(?: .*)?|score|балл(?:ы|ов|а)?|points?|{_BASE_YEAR.pattern}")
_DAYS = re.compile(r"days?|дн(?:и|ей|я)|день|сутки|суток|күн|кун|kun|рӯз")
# Means and medians of what is counted, and what is no number of anything.
_MEAN = re.compile(
    r"(?:средн(?:ее|яя|ий) (?:число|количество|значение|возраст|продолжительность)|в среднем|average|mean)(?: .*)?|"
    r"median|медиана"
)
_MEASURES = re.compile(
    r"(?:hours?|час(?:ов|а|ы)?|years?|лет|год(?:ы|а)?|km|км|ha|га|m2|м2|кв\.? ?м|kg|кг|тонн\w*|литр\w*)"
)
# Notes of one cell are joined by "; ", each with its mark.
_NEXT_LINE = re.compile(r"\n|; (?=[*⁰¹²³⁴⁵⁶⁷⁸⁹]|[0-9]{1,2}\))")
# What such a line begins with: "* Данные за 2024 год приведены в процентах", "Note: all figures are in per cent".
_REMARK = re.compile(
    r"^(?:[*⁰¹²³⁴⁵⁶⁷⁸⁹]+|[0-9]{1,2}\)|[0-9](?= [^\W\d]))?[)⁾ ]*(?:(?:примечани[ея]|note|remark)s?[.:]? )?"
    r"(?:(?:(?:все|all|the) )*(?:данные|показатели|значения|data|figures|values)"
    r"(?: (?:за|на|for|of) (?:19|20)[0-9]{2}(?: г(?:од)?\.?)?)? )?"
    r"(?:(?:приведены|даны|указаны|представлены|являются|are|is|shown|given|[—–-]) )*"
)
_SAYS_UNIT = re.compile(
    r"%|(?:в|in|на|per|as|ба|har|ҳар|әр|annual\w*|(?:year|quarter|month)[^ ]*|прирост|темпы?)(?: [^ ]+){0,7}"
)
_SHARE_TO = re.compile(rf"(?:(?:в|in) )?(?:{_PER_CENT})")
_SHARE_CODE = re.compile(r"pt|pc|pct|pcnt")
_RATE_CODE = re.compile(r"p_hthab|p_mhab|rate(?:_.*)?|per_1[0_]*0.*|rt")
# What is a change, an index or a number of days by its code; G1 and GY are those of TRANSFORMATION.
_OTHER_CODES = {
    CHANGE: r"gr|g[0-9y]|gop|goy|pp|pch.*|rch.*|xch.*",
    SCORE: r"ix|i[0-9]{2}|index.*",
    DAYS: r"d|day",
}
_COUNT_CODE = re.compile(
    r"numbers?|counts?|n|no|nb|num|nr|pure_?numb(?:er)?|units?|ea|_[znxu]|ps|pers|persons?|people|women|cases|человек|чел\.?|лиц[оа]?|единиц[аы]?|ед\.?|случаев|дел|"
    r"адам|киши|kishi|нафар|nafar"
)


def unit_kind(unit: str | None) -> str:
    """``count``, ``share``, ``rate``, ``money KGS`` … of a code of ``unit_measure``; "" of scores and days."""
    if unit == "NUMBER":
        return COUNT
    if unit in _CURRENCIES:
        return f"{MONEY}{unit}"
    if unit in ("PERCENT", "PERCENT_CHANGE"):
        return SHARE if unit == "PERCENT" else CHANGE
    return RATE if (unit or "").startswith("PER_") else ""


def said_in_unit(text: str) -> str:
    """The kind that a cell of a unit column says."""
    folded = _folded(text)
    if _COUNT_CODE.fullmatch(folded):
        return COUNT
    if _SHARE_CODE.fullmatch(folded):
        return SHARE
    if _RATE_CODE.fullmatch(folded):
        return RATE
    if _MEASURES.fullmatch(folded):
        return UNKNOWN
    other = (kind for kind, codes in _OTHER_CODES.items() if re.fullmatch(codes, folded))
    found = next(other, said_around(text))
    return UNKNOWN if not found and _CODE.fullmatch(text.strip()) else found


def agree(unit: str, said: str) -> bool:
    """Whether words of the kind ``said`` fit a unit of the kind ``unit``; a change is written in per cent, too."""
    return unit == said or (unit == CHANGE and said == SHARE)


def said_around(text: str) -> str:
    """The kind that a header, label or title says in one of its parts; "" where its parts say several."""
    kinds = {_kind(part) for part in parts(text)} - {""}
    if kinds == {CHANGE, SHARE}:
        return CHANGE
    return kinds.pop() if len(kinds) == 1 else ""


def said_in_title(text: str) -> str:
    """As ``said_around``, but only by a part that names one unit and nothing else: a title may head several."""
    kinds = {_kind(part) for part in parts(text)} - {""}
    shares = re.compile(_SHARE_ALONE)
    alone = [
        part
        for part in parts(text)
        if not re.search(r" (?:и|and) ", part)
        and any(
            words.fullmatch(part)
            for words in (shares, _RATE, _PER_HEAD, _PROMILLE, _AGAINST_BEFORE, _BASE_YEAR)
        )
    ]
    one = len(kinds) == 1 or kinds == {CHANGE, SHARE}
    return (CHANGE if CHANGE in kinds else _kind(alone[0])) if alone and one else ""


def said_in_remark(text: str) -> str:
    """As ``said_in_title``, by a line that says the unit and nothing else: a sentence may be about another figure."""
    if _BASE.search(_folded(text)):
        return SCORE
    for said in lines_below(text):
        strict = (_SHARE_TO, _RATE, _PER_HEAD, _AGAINST_BEFORE)
        if _SAYS_UNIT.fullmatch(said) and any(words.fullmatch(said) for words in strict):
            return _kind(said)
    return ""


def unit_columns(present: Collection[str]) -> dict[str, Callable[[str], str]]:
    """Columns to look at, each with what reads the kind from its texts."""
    found: dict[str, Callable[[str], str]] = {}
    for name in sorted(present):
        if _UNIT_COLUMN.fullmatch(name.casefold().removesuffix("_label").strip(" .")):
            found[name] = said_in_unit
        elif _AROUND.fullmatch(name) or _SUBJECT_COLUMN.fullmatch(
            name.casefold().removesuffix("_label").strip(" .")
        ):
            found[name] = said_around
        elif name == TITLE:
            found[name] = said_in_title
        elif name in (REMARKS, NOTE) or not name.startswith(("_", QUOTE)):
            found[name] = said_in_remark
    return found


def lines_below(text: str) -> list[str]:
    """Lines below a table, in small letters, without their marks and without "Note: all figures are"."""
    return [_REMARK.sub("", _folded(line)) for line in _NEXT_LINE.split(text)]


def parts(text: str) -> list[str]:
    """The parts of a header, label or title, in small letters."""
    # A comma within "100,000" divides nothing.
    return [_folded(part) for part in re.split(r"[\n;()]|,(?![0-9]{3})| / |(?<!тыс)(?<!чел)[.] ", text)]


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .:*").casefold()


def _kind(part: str) -> str:
    if currency := currency_of(part):
        return f"{MONEY}{currency}"
    if any(words.fullmatch(part) for words in (_RATE, _PER_HEAD, _PROMILLE)):
        return RATE
    for kind, pattern in ((CHANGE, _CHANGE), (SCORE, _SCORE), (DAYS, _DAYS)):
        if pattern.fullmatch(part):
            return kind
    if _SHARE.fullmatch(part):
        return SHARE
    if _MEAN.fullmatch(part):
        return UNKNOWN
    return COUNT if _COUNT_CODE.fullmatch(part) else ""
