"""What the words of a file say of its unit: a count, a share, or a rate.

::

    UNIT_MEASURE PT, Units Percent, "Ед. изм." %      share
    header "Доля, %", "в % к итогу"                   share
    header "На 100 000 населения"                     rate
    header "Темп роста", "раз", unit GR            change
    header "10-%-Stichprobe", "unweighted"            sample: less than a count, and no matter to a share
    unit "дней", IX, "index 2015=100"              days, score
    header "Сумма, тыс. сом", unit KGS                money, in that currency
    header "Женщины (50 % и более)"                   nothing: this per cent belongs to a number

A declaration that names no unit takes the indicator's. Where the file's own words then say another kind, 7 per cent
would be published as seven persons: the row is refused. ``concepts: unit_measure`` declares what is meant, and then
nothing is looked at here. Not here: the words themselves (``unit_vocabulary``), thousands and millions (``scale``), and
a per cent sign within a figure's own text (``transforms.parse.read_numbers``). Called by ``refused_by_text``.
"""

import re
from collections.abc import Callable, Collection

from sources.cells import COLUMN, NOTE, QUOTE, REMARKS, TITLE
from sources.currencies import currency_of
from sources.scale_words import in_digits
from transforms.normalize.contradictions import unit_vocabulary as words
from transforms.normalize.contradictions.statements import ELSEWHERE, stated

COUNT, SHARE, RATE, MONEY = "count", "share", "rate", "money "
CHANGE, SCORE, DAYS, SAMPLE = "change", "score", "days", "sample"
# A code of a unit that is none of these: kilometres, another currency, per 1,000 births.
UNKNOWN = "unknown"
_CODE = re.compile(r"(?=.*[A-Z])[A-Z0-9_]+")
# Units that are money; their codes are those of the currencies.
_CURRENCIES = ("KGS", "KZT", "USD", "EUR")

# Columns that say the unit of their row, with the publisher's codes or words.
_UNIT_COLUMN = re.compile(
    r"unit|units|transformation|unit[ _]of[ _]measure(?:ment)?|unit[ _]measure|measure(?:ment)?[ _]unit|[^ ]+_unit|"
    r"ед\.? ?изм\.?|единиц[аы](?: измерения)?|өлшем бірлігі|өлчөө бирдиги|(?:mass|mess)?einheit|"
    r"ўлчов бирлиги|o.lchov birligi|воҳиди ченак"
)
# Columns that say what the figures of their row are, in words.
_SUBJECT_COLUMN = re.compile(
    r"(?:measure|measurement|indicator|series|statistic|variable|value|figure)s?(?:[ _]?(?:name|type))?|type|"
    r"(?:тип |вид )?показател[ья]|(?:тип|вид) данных|contents?code|мера|көрсеткіш|көрсөткүч|ko.rsatkich|нишондиҳанда"
)
# Columns that hold what stands above or below a table elsewhere.
_TITLE_COLUMN = re.compile(r"(?:series[ _])?title(?:_compl)?|caption|заголовок|название таблицы")
_COMMENT_COLUMN = re.compile(
    r"(?:.*[_. ])?(?:comment|note|remark|annotation)s?(?:[_. ].*)?|примечани[ея]|комментари[ий]|ескерту|ескертпе|"
    r"эскертүү|izoh(?:lar)?|изоҳ(?:лар)?|эзоҳ|hinweise?|anmerkung(?:en)?|bemerkung(?:en)?"
)
# Columns of the texts around a table: levels of the header, labels at the side.
_AROUND = re.compile(r"(?:col|row)_[0-9]+|section|corner")

_BASE, _AGAINST_BEFORE = re.compile(words.BASE), re.compile(words.AGAINST_BEFORE)
_TITLE_ALONE = (re.compile(words.SHARE_ALONE), words.RATE, _AGAINST_BEFORE, re.compile(words.BASE_YEAR))
# What a title says with the noun that it is about, and a count beside which a title says it of another column.
_HEADS = (*map(re.compile, (words.CHANGE_HEAD, words.RANK_HEAD, words.SHARE_HEAD)), words.SAMPLE)
_COUNT_AND = re.compile(
    r"(?:числ[оа]|количеств[оа]|саны|сони|soni|шумора\w*|numbers?|counts?|(?:an)?zahl) "
    r"(?:и|и их|and|und|және|жана|мен|менен|ва|va|ҳамда|hamda) "
)
_CHANGES = (_AGAINST_BEFORE, _HEADS[0])
# "Пострадавшие: прирост к предыдущему году".
_INNER = re.compile(r": | [–—-] ")
_PER_CENT = re.compile(rf"(?:(?:в|in) )?(?:{words.PER_CENT})")
_REMARK_ALONE = (_PER_CENT, words.RATE, _AGAINST_BEFORE)
# A longer line below a table is a sentence.
_FEW_WORDS = 6
# A number alone says no unit.
_LETTERED = re.compile(r"[^\W\d_]|[%‰+=≙$€₸]")
_JOINED = re.compile(r" (?:и|and) ")
_MEASURES = re.compile(words.MEASURES_OF_UNIT)
_APOSTROPHES = str.maketrans(dict.fromkeys("`´ʻʼʽʹ‘’‛ʾʿ′ꞌ", "'"))
# A full stop behind these ends no part of a label.
_PART = re.compile(
    r"[\n;()]|,(?![0-9]{3})| / |"
    + "".join(
        rf"(?<!\b{word})"
        for word in ("тыс", "чел", "уд", "ср", "долл", "у", "кв", "v", "млн", "млрд", "ggü", "пред", "ҳаз")
    )
    + "[.] "
)
# Notes of one cell are joined by "; ", each with its mark.
_NEXT_LINE = re.compile(r"\n|; (?=[*⁰¹²³⁴⁵⁶⁷⁸⁹]|[0-9]{1,2}\))")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# A line that says the unit of the table by name: "Единица измерения: тысяч человек".
_UNIT_LINE = re.compile(
    r"(?:единиц[аы] измерения|ед\.? ?изм\.?|units?(?: of measure(?:ment)?)?|өлшем бірлігі|өлчөө бирдиги|"
    r"ўлчов бирлиги|o'lchov birligi|воҳиди ченак|(?:mass|mess)?einheit) ?[:—–-] ?(?P<unit>.+)"
)
# The mark and the word that such a line begins with: "1) ", "Note: ".
_MARKS = (
    r"^(?:[*⁰¹²³⁴⁵⁶⁷⁸⁹]+|[0-9]{1,2}\)|[0-9](?= [^\W\d]))?[)⁾ ]*"
    r"(?:(?:примечани[ея]|note|remark|izoh|изоҳ|ескерту|ескертпе|эскертүү|эзоҳ|hinweis|anmerkung)(?:s|en|e)?[.:]? )?"
)
_REMARK_MARKS = re.compile(_MARKS)
# And what is its subject: "* Данные за 2024 год приведены в процентах", "Note: all figures are in per cent".
_REMARK = re.compile(
    rf"{_MARKS}"
    r"(?:(?:(?:все|all|the) )*(?:данные|показатели|значения|data|figures|values|angaben|zahlen|werte)"
    r"(?: (?:за|на|for|of) (?:19|20)[0-9]{2}(?: г(?:од)?\.?)?)? )?"
    r"(?:(?:приведены|даны|указаны|представлены|являются|are|is|shown|given|[—–-]) )*"
)
_BRACKETS = re.compile(r"[(]([^()]*)[)]")
_SENTENCE_END = re.compile(r"\n|(?<=[^\W\d_]{4})(?<!excl)[.] (?=[^\W\d_]{3})")
_SAYS_UNIT = re.compile(
    r"%|(?:в|in|на|per|as|ба|бо|har|ҳар|әр|je|pro|auf|1(?:00?)?(?:[., ]?000)+|annual\w*|(?:year|quarter|month)[^ ]*|"
    r"прирост|темпы?)(?: [^ ]+){0,7}"
)
_SHARE_CODE = re.compile(r"pt|pc|pct|pcnt")
_RATE_CODE = re.compile(r"p_hthab|p_mhab|rate(?:_.*)?|per_1[0_]*0.*|rt")
# What is a change, an index or a number of days by its code; G1 and GY are those of TRANSFORMATION.
_OTHER_CODES = {
    CHANGE: r"gr|g[0-9y]|gop|goy|pp|pch.*|rch.*|xch.*",
    SCORE: r"ix|i[0-9]{2}|index.*",
    DAYS: r"d|day",
}
_COUNT_CODE = re.compile(
    r"numbers?|counts?|n|no|nb|num|nr|pure_?numb(?:er)?|units?|ea|_[znxu]|ps|pers|persons?|people|women|cases|"
    r"человек|чел\.?|лиц[оа]?|единиц[аы]?|ед\.?|случаев|дел|"
    r"адам|киши|kishi|нафар|nafar"
)
# Codes of what is counted, in a column of units only: as labels they say nothing of the figures beside them.
_THINGS_CODE = re.compile(
    r"(?:orders|victims|survivors|applications|decisions|crimes|offen[cs]es|complaints|calls|incidents|reports)"
)

# Words for "number" and "unit", which behind a year say that persons or cases are counted.
_NUMBER_OF = re.compile(
    r"количество|кол-во|число|штук|шт\.?|бірлік|саны|бирдик|бирлик|birlik|soni|сони|шумора|адад|anzahl"
)
# The same with who or what is counted, as a whole unit or header: "number of persons", "число лиц", "адам саны".
_NUMBER_OF_THEM = re.compile(
    rf"(?:(?:total |absolute )?(?:number|count)s? of|(?:общее |абсолютное )?(?:количество|кол-во|число)|"
    rf"(?:gesamt)?(?:an)?zahl (?:der|von|an)|шумораи) (?:\w+ )?(?:{words.PERSONS}|fälle[n]?|дел|ордер\w*)|"
    rf"(?:\w+ )?(?:{words.PERSONS}) (?:саны|soni|сони)|(?:total|absolute) numbers?|"
    r"абсолютн\w+ (?:число|числа|значени[ея])"
)

# A part of a label says the first of these that it is.
_KINDS = (
    (SAMPLE, words.SAMPLE),
    (RATE, words.RATE),
    (CHANGE, words.CHANGE),
    (SCORE, words.SCORE),
    (DAYS, words.DAYS),
    (SHARE, words.SHARE),
    (UNKNOWN, words.MEAN),
    (COUNT, _COUNT_CODE),
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
    if any(form.fullmatch(folded) for form in (_COUNT_CODE, _THINGS_CODE, _NUMBER_OF, _NUMBER_OF_THEM)):
        return COUNT
    if _SHARE_CODE.fullmatch(folded):
        return SHARE
    if _RATE_CODE.fullmatch(folded):
        return RATE
    if _MEASURES.fullmatch(folded):
        return UNKNOWN
    if _alone(folded, (words.RANK,)):
        return SCORE
    other = (kind for kind, codes in _OTHER_CODES.items() if re.fullmatch(codes, folded))
    found = next(other, said_around(text))
    return UNKNOWN if not found and _CODE.fullmatch(text.strip()) else found


def without_counted(text: str) -> str:
    """The header of a year without its unit, in brackets or behind a comma: "2024 г., чел." is "2024 г."."""
    found = re.fullmatch(r"(.*[^\s,;])(?:\s*\(([^()]*)\)|[,;]\s*([^,;]*))\s*", text)
    said = _folded(found[2] or found[3] or "") if found else ""
    units = (_COUNT_CODE, _NUMBER_OF, _PER_CENT)
    return found[1] if found and any(unit.fullmatch(said) for unit in units) else text


def agree(unit: str, said: str) -> bool:
    """Whether words of the kind ``said`` fit a unit of the kind ``unit``.

    A change is written in per cent, too; a share may be one of a sample.
    """
    return unit == said or (unit == CHANGE and said == SHARE) or (unit != COUNT and said == SAMPLE)


def said_in_header(text: str) -> str:
    """As ``said_around``, of the header of a column of values.

    "Years" there heads no years and "place" is no place; what stands behind whom is counted is the unit: "Women, %".
    """
    if _alone(_folded(text), (words.SPANS,)):
        return UNKNOWN
    if _NUMBER_OF_THEM.fullmatch(_folded(text)):
        return COUNT
    found = [part for part in parts(text) if part]
    if any(_alone(part, (words.RANK,)) for part in found):
        return SCORE
    return said_around(text) or (_kind(found[-1]) if len(found) > 1 else "")


def said_around(text: str) -> str:
    """The kind that a header, label or title says in its parts; "" where one is a count and another is none."""
    if not _LETTERED.search(text):
        return ""
    return _one_kind(parts(text), UNKNOWN)


def _one_kind(found: list[str], several: str) -> str:
    """The kind that parts of a text say; ``several``, where they say two and none is a count."""
    kinds = {_kind(part) for part in found} - {""}
    if SAMPLE in kinds:
        kinds = kinds - {SAMPLE, COUNT} or {SAMPLE}
    if kinds == {CHANGE, SHARE} or (
        kinds == {CHANGE, COUNT} and any(_alone(part, _CHANGES) for part in found)
    ):
        # "Прирост к предыдущему году, человек" counts no persons.
        return CHANGE
    if len(kinds) > 1 and COUNT not in kinds:
        return several
    return kinds.pop() if len(kinds) == 1 else ""


def said_in_category(text: str) -> str:
    """As ``said_around``, beside something else in the name of a category ("2022, %"): the label KG is no kilogram."""
    return said_around(text) if re.search("[0-9]", text) or len([*filter(None, parts(text))]) > 1 else ""


def said_in_title(text: str) -> str:
    """As ``said_around``, but only by a part that names one unit and nothing else: a title may head several."""
    found = [part for part in parts(text) if part]
    pieces = [piece for part in found for piece in ([part] if _kind(part) else _INNER.split(part))]
    alone = [piece for piece in pieces if _alone(piece, _TITLE_ALONE) and not _JOINED.search(piece)]
    alone += [piece for piece in pieces if _alone(piece, _HEADS) and not _COUNT_AND.search(piece)]
    # Behind what the table counts, one word will do: "Orders, growth".
    further = found[1:]
    alone += [part for part in further if words.BARE.fullmatch(part) or _kind(part).startswith(MONEY)]
    alone += [sentence for sentence in sentences(text) if _kind(sentence)]
    if any(_alone(part, (words.RANK,)) for part in further):
        return SCORE
    return _one_kind(pieces, "") if alone else ""


def said_in_remark(text: str) -> str:
    """As ``said_in_title``, by a line that says the unit and nothing else: a sentence may be about another figure."""
    if _BASE.search(_folded(text)):
        return SCORE
    for sentence in sentences(text):
        if kind := said_around(sentence):
            return kind
    for said in lines_below(text):
        if named := _UNIT_LINE.fullmatch(said):
            return said_in_unit(named["unit"])
        if _SAYS_UNIT.fullmatch(said) and _alone(said, _REMARK_ALONE):
            return _kind(said)
        if any(words.SAMPLE.fullmatch(part) for part in parts(said)):
            return SAMPLE
    return ""


def said_below(text: str) -> str:
    """The same of a line below a table, which may also be no more than a unit: "медиана", "% менен", "EUR"."""
    found = (said_in_remark(text), *map(_unit_alone, lines_below(text)))
    return next(filter(None, found), "")


def _unit_alone(line: str) -> str:
    said = [part for part in parts(line) if part]
    if not said or len(line.split()) > _FEW_WORDS:
        return ""
    if _alone(said[-1], (words.RANK,)):
        return SCORE
    alone = (words.BARE, words.SHARE_WORDS, words.RATE_ALONE, _AGAINST_BEFORE)
    return _kind(said[-1]) if _alone(said[-1], alone) or currency_of(said[-1]) else ""


def named_unit(line: str) -> str:
    """The unit that a line below a table names as such; "" of any other line."""
    found = _UNIT_LINE.fullmatch(line)
    return found["unit"] if found else ""


def is_middle(text: str) -> bool:
    """Whether a text is a mean, unless the declaration gives it a code: of a severity, an education."""
    return re.fullmatch(words.MIDDLE, _folded(text)) is not None


def unit_columns(present: Collection[str]) -> dict[str, Callable[[str], str]]:
    """Columns to look at, each with what reads the kind from its texts."""
    found: dict[str, Callable[[str], str]] = {}
    for name in sorted(present):
        if _UNIT_COLUMN.fullmatch(name.casefold().removesuffix("_label").strip(" .")):
            found[name] = said_in_unit
        elif name == COLUMN:
            found[name] = said_in_header
        elif _AROUND.fullmatch(name) or _SUBJECT_COLUMN.fullmatch(
            name.casefold().removesuffix("_label").strip(" .")
        ):
            found[name] = said_around
        elif name.endswith("_label") and name.removesuffix("_label") in present:
            found[name] = said_in_category
        elif name in (TITLE, "sheet") or _TITLE_COLUMN.fullmatch(name.casefold()):
            found[name] = said_in_title
        elif name == NOTE or (name != REMARKS and _COMMENT_COLUMN.fullmatch(name.casefold())):
            found[name] = said_below
        elif name == REMARKS or not name.startswith(("_", QUOTE)):
            found[name] = said_in_remark
    return found


def lines_below(text: str) -> list[str]:
    """Lines below a table, in small letters, without their marks and without "Note: all figures are"."""
    lines = (_REMARK_MARKS.sub("", _folded(line)) for line in marked_lines(text))
    bare = [line[1:-1].strip(" .:*") if _IN_BRACKETS.fullmatch(line) else line for line in lines]
    return [stated(line) or _REMARK.sub("", line) for line in bare]


def marked_lines(text: str) -> list[str]:
    """Lines below a table, or the notes of one cell, each with its mark."""
    return _NEXT_LINE.split(text)


def parts(text: str) -> list[str]:
    """The parts of a header, label or title, in small letters; of a sentence about all figures, what it says."""
    # A comma within "100,000" divides nothing, nor does the full stop of "2015 г. = 100".
    whole = re.sub(r"(?<=[0-9])[ -]?(?:г|ж|й|y)\.? ?(?=[=≙] ?100)", "", text.casefold())
    found = (_folded(part) for part in _PART.split(whole))
    return [stated(part) or part for part in found]


def sentences(text: str) -> list[str]:
    """What sentences of a text say that all figures are; see ``statements``."""
    return [said for line in as_sentences(text) if (said := stated(line))]


def as_sentences(text: str) -> list[str]:
    """The lines and sentences of a text, and what is in brackets, in small letters and without their marks."""
    found = (*_SENTENCE_END.split(text), *_BRACKETS.findall(text))
    return [_REMARK_MARKS.sub("", _folded(line)) for line in found]


def _folded(text: str) -> str:
    return in_digits(re.sub(r"\s+", " ", text).strip(" .:*").casefold().translate(_APOSTROPHES))


def _alone(part: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    return any(pattern.fullmatch(part) for pattern in patterns)


def _kind(part: str) -> str:
    if currency := currency_of(part):
        return f"{MONEY}{currency}"
    if ELSEWHERE.search(part):
        return ""
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(part)), "")
