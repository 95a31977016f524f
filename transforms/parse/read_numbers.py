"""Numbers as offices print them: the one place that reads them.

:func:`parse` reads one text. :func:`sql` is the same reading of the plain forms for whole columns in DuckDB;
what it leaves is read by :func:`parse`, once per distinct text. Both read by one table of forms, and a
property test holds them together. What cannot be read without guessing is a problem, never a number.

Digits are ASCII or full-width; every other digit (Arabic, circled, superscript) is no digit here.

Not here: the words of each language (``number_words``). Called by
``transforms.normalize.numbers_and_status`` and ``refused_by_text``.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from data_contracts.sql import literal
from sources.counted_words import without_counted_word
from sources.currencies import without_currency
from transforms.parse.fold_labels import (
    FULL_WIDTH,
    INVISIBLE,
    LONG_DASHES,
    MINUS_SIGNS,
    NARROW_SPACES,
    SUPERSCRIPTS,
    WIDE_SPACES,
)
from transforms.parse.number_words import ENDINGS, MORE, SCALE, WORDS

# A sign that stands for "no number here", with the SDMX status that says why. Legends differ between offices:
# a declaration overrides them, and a dash is a zero only where it says so.
SYMBOLS: Mapping[str, str] = {
    **dict.fromkeys(("-", "x"), "M"),
    **dict.fromkeys(("", "…", "...", "..", ".", ":"), "O"),
    **dict.fromkeys(("n/a", "na", "n.a.", "nan", "null", "none", "н/д", "нет данных"), "O"),
    **dict.fromkeys(
        ("no data", "not available", "нет св.", "нет сведений", "данных нет", "keine angabe"), "O"
    ),
    **dict.fromkeys(("маалымат жок", "мәлімет жоқ", "деректер жоқ", "маълумот нест", "маълумот йўқ"), "O"),
    **dict.fromkeys((f"ma{one}lumot yo{two}q" for one in "'’ʼ" for two in "'‘’ʻ"), "O"),
}


@dataclass(frozen=True)
class Number:
    """A read number: value, bounds and status, or the fact that it cannot be read (``problem``)."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    status: str = ""
    problem: bool = False


_PROBLEM = Number(problem=True)


# -- plain forms, shared by parse and sql --------------------------------------------


class _Form(NamedTuple):
    """A regular expression that Python and RE2 read alike, the mark that groups and the one for decimals."""

    pattern: str
    group: str = ""
    point: str = "."


def _groups(mark: str, least: int = 1) -> str:
    # No leading zero: "0 123" has lost its first digit or its decimal mark.
    return f"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}}){{{least},4}}"


# More digits than a double can hold exactly, or than any office prints, are not read.
_WHOLE, _PART = "[0-9]{1,15}", "[0-9]{1,25}"
_POINT = f"(?:[.]{_PART})?"
_PLAIN = _Form(_WHOLE + _POINT)
# As R and pandas write large and small numbers: 3e+05, 8.1e-05; always with one digit before the point.
_EXPONENT = "[eE][+-]?[0-9]{1,2}"
_SCIENTIFIC = _Form(f"[0-9]{_POINT}{_EXPONENT}")
# Undeclared, a comma before exactly three digits may group them; it is a decimal mark after a zero alone.
_NO_GROUP = "(?:[0-9]{1,2}|[0-9]{4,25})"
_COMMA = _Form(f"{_WHOLE},{_NO_GROUP}|0,[0-9]{{3}}", point=",")
_SPACED = _Form(_groups(" ") + _POINT, " ")
_SPACED_COMMA = _Form(f"{_groups(' ')},{_NO_GROUP}", " ", ",")
# A number has one decimal mark: two dots or more group.
_DOTTED = _Form(f"{_groups('[.]', 2)}(?:,{_PART})?", ".", ",")
_FORMS: Mapping[str | None, tuple[_Form, ...]] = {
    ".": (_PLAIN, _SPACED, _Form(_groups(",") + _POINT, ","), _SCIENTIFIC),
    ",": (
        _Form(_WHOLE),
        _Form(f"{_WHOLE},{_PART}", point=","),
        _Form(f"{_groups(' ')}(?:,{_PART})?", " ", ","),
        _Form(f"{_groups('[.]')}(?:,{_PART})?", ".", ","),
        _Form(f"[0-9](?:,{_PART})?{_EXPONENT}", point=","),
    ),
    None: (
        _PLAIN,
        _COMMA,
        _SPACED,
        _SPACED_COMMA,
        _Form(f"{_groups(',', 2)}{_POINT}|{_groups(',')}[.]{_PART}", ","),
        _DOTTED,
        _SCIENTIFIC,
    ),
    "grouped": (_PLAIN, _COMMA, _SPACED, _SPACED_COMMA, _Form(_groups(",") + _POINT, ","), _SCIENTIFIC),
}
_COMPILED = {
    decimal: tuple((re.compile(f"-?(?:{form.pattern})"), form) for form in forms)
    for decimal, forms in _FORMS.items()
}


def _literal(text: str, decimal: str | None) -> str | None:
    """The number as Python writes it, or None."""
    for pattern, form in _COMPILED[decimal]:
        if pattern.fullmatch(text):
            return (text.replace(form.group, "") if form.group else text).replace(form.point, ".")
    return None


# -- one text -------------------------------------------------------------------------

_TABLE = str.maketrans(
    dict.fromkeys(NARROW_SPACES, " ") | dict.fromkeys(MINUS_SIGNS, "-") | dict.fromkeys(LONG_DASHES, "—")
)
# Longer than any number with its words: what goes on beyond is no number.
_LONGEST = 200
# Ten to a power is no ten with a footnote.
_POWER = re.compile(r"(?<![0-9.,])10[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_MARKS = re.compile(
    rf"(?:(?:(?<=[{SUPERSCRIPTS}])[,;])?\s?(?:[*{SUPERSCRIPTS}]\)?|\[[0-9]{{1,2}}\])|"
    r"\s[0-9]{1,2}\)|\s[a-zа-я]\))+$"
)
_PERCENT = re.compile(
    r"\s?(?:%|per ?cent|процент(?:а|ов)?|prozent|foizi?|фоизи?|пайызы?|дарсад)$", re.IGNORECASE
)
# 1'204 groups as the Swiss do; '61 is a spreadsheet's mark for "this is text", left over by an export.
_APOSTROPHE = "['’]"
_APOSTROPHES = re.compile(
    rf"-?{_groups(_APOSTROPHE)}(?:[.,]{_PART})?|{_APOSTROPHE}[0-9][0-9 ]*(?:[.,]{_PART})?"
)
_INTERVAL = re.compile(
    r"(?P<value>[0-9., ]+?)\s?(?P<open>[\[(])\s?(?P<low>[0-9., ]+?)\s?(?:-|—|;|to)\s?(?P<high>[0-9., ]+?)\s?"
    r"(?P<close>[\])])"
)


def parse(
    text: str | None, *, decimal: str | None = None, symbols: Mapping[str, str] | None = None
) -> Number:
    """Read one printed number.

    ``decimal``: the office's decimal mark (``.`` or ``,``) where declared; undeclared, a comma followed by
    exactly three digits is ambiguous and stays unread; in transcriptions (``grouped``) such a comma groups.
    ``symbols``: signs of the office's legend, each with an SDMX status, or a number as text (``{"-": "0"}``).
    """
    table = _symbols(symbols or {})
    body = clean(text or "")
    found = _symbol(body, table)
    if found is not None:
        return found
    if len(body) > _LONGEST or _POWER.search(body):
        return _PROBLEM
    body = _without_marks(body)
    found = _symbol(body, table) if body else None
    if found is not None:
        return found
    body, _ = without_currency(_without_marks(_PERCENT.sub("", body)))
    body = _without_marks(without_counted_word(body))
    number = (
        _interval(body, decimal) or _single(body, decimal) or _phrase(body.casefold(), decimal) or _PROBLEM
    )
    if number.value is None or number.lower is not None or number.upper is not None:
        return number
    return _numbers_as_signs(symbols or {}, decimal).get(number.value, number)


# A text that is a number, but none of a count: a share, or three digits behind a dot that may group them.
_SHARE_OF = "[%％]|per ?cent|процент|foiz|фоиз|пайыз|дарсад"
_DOT_BEFORE_THREE = r"^[^0-9]*[0-9]{1,3}[.][0-9]{3}(?:[^0-9.,eE]|[eE](?:[^0-9+-]|$)|$)"


def no_count_pattern(decimal: str | None) -> str:
    """Regular expression (Python and RE2) of texts that are read as numbers, but cannot be a count.

    A per cent sign belongs to a share; ``11.357`` without a declared decimal mark may be eleven thousand.
    """
    undeclared = decimal not in (".", ",")
    return f"(?i:{_SHARE_OF})" + (f"|{_DOT_BEFORE_THREE}" if undeclared else "")


def counted(text: str) -> bool:
    """Whether a text ends with a word for persons or pieces: ``12 чел.`` is no per cent and no amount of money."""
    body = _without_marks(clean(text))
    return without_counted_word(body) != body


def currency(text: str) -> str:
    """Currency of an amount: a code of ``unit_measure``, ``currencies.OTHER``, or "" where the text names no money."""
    return without_currency(_without_marks(clean(text)))[1]


def clean(text: str) -> str:
    """One kind of space, plain digits and dashes; a wide or double space is a tab: it divides numbers."""
    plain = unicodedata.normalize("NFC", text).translate(FULL_WIDTH).translate(_TABLE)
    return re.sub(r"\s{2,}|[^\S ]", "\t", plain.strip().strip(INVISIBLE).strip())


def _symbols(declared: Mapping[str, str]) -> dict[str, str]:
    """Meaning of each sign; a declared spelling in the very case goes before the same letters in another."""
    folded = {_fold(clean(sign)): meaning for sign, meaning in declared.items()}
    exact = {clean(sign): meaning for sign, meaning in declared.items()}
    return {**SYMBOLS, **folded, **exact}


def _fold(sign: str) -> str:
    # A lone Cyrillic letter ha is the sign x typed on the other keyboard.
    folded = sign.casefold().replace("—", "-").replace("\t", " ")
    return "x" if folded == "х" else folded


def _symbol(sign: str, table: Mapping[str, str]) -> Number | None:
    meaning = table.get(sign, table.get(_fold(sign)))
    if meaning is None:
        return None
    return Number(float(meaning)) if _literal(meaning, ".") else Number(status=meaning)


def _numbers_as_signs(declared: Mapping[str, str], decimal: str | None) -> dict[float, Number]:
    """Numbers that a declaration says are none, with what they mean: 999 for "not known" is also written 999.0."""
    found = {}
    for sign, meaning in declared.items():
        text = _literal(clean(sign), decimal) if any(map(str.isdecimal, sign)) else None
        if text is not None:
            found[float(text)] = Number(float(meaning)) if _literal(meaning, ".") else Number(status=meaning)
    return found


def _without_marks(body: str) -> str:
    mark = _MARKS.search(body)
    if mark is None:
        return body
    rest = body[: mark.start()]
    return rest if rest.count("(") == rest.count(")") else body


def _interval(body: str, decimal: str | None) -> Number | None:
    match = _INTERVAL.fullmatch(body)
    if match is None or match["open"] + match["close"] not in ("[]", "()"):
        return None
    texts = [_literal(match[name], decimal) for name in ("low", "value", "high")]
    parts = [float(text) for text in texts if text is not None]
    if len(parts) < 3 or parts != sorted(parts):
        return _PROBLEM
    return Number(parts[1], parts[0], parts[2])


def _single(body: str, decimal: str | None) -> Number | None:
    if _APOSTROPHES.fullmatch(body):
        body = re.sub(_APOSTROPHE, "", body)
    if match := re.fullmatch(r"\(\s?(.*?)\s?\)", body):
        text = _literal(_PERCENT.sub("", match[1]), decimal)
        return None if text is None else Number(float(text), status="U")
    text = _literal(re.sub(r"^\+(?=[0-9])", "", body), decimal)
    return None if text is None else Number(float(text))


# -- numbers with words ---------------------------------------------------------------

_PHRASE = re.compile(r"(?P<sign><=|>=|[<>≤≥~≈])?\s?(?P<head>[^0-9]*)(?P<rest>[0-9].*)", re.DOTALL)
_AMOUNT = re.compile(r"(?P<number>[0-9]+(?:[., ][0-9]+)*)(?:\s?(?P<word>[^\W\d_]+)\.?)?\s?")
# "3,444 млн" without a declared mark is three million or three thousand million.
_GROUPED_OR_DECIMAL = re.compile(r"[0-9]{1,3},[0-9]{3}")
_TAIL = re.compile(rf"\s?-?(?P<ending>{'|'.join(ENDINGS)}) (?P<word>.+)")


def _phrase(text: str, decimal: str | None) -> Number | None:
    """``more than 5,000``, ``14 минг 774``, ``<5``, ``9,100+``; every character has to have its meaning."""
    text = re.sub(r"(?<=[^\W\d_])['‘’ʻʼ`](?=[^\W\d_])", "", text)
    match = _PHRASE.fullmatch(re.sub(r"(?<![0-9])\t|\t(?![0-9])", " ", text))
    if match is None:
        return None
    value, tail = _amount(match["rest"], decimal)
    kinds = [kind for kind in (_sign(match["sign"]), _head(match["head"]), _tail(tail)) if kind != ""]
    if value is None or len(kinds) > 1 or None in kinds:
        return None
    kind = kinds[0] if kinds else ""
    if kind == "<" and match["sign"]:
        return Number(None, upper=value, status="O")
    return Number(value, value if kind == ">" else None, value if kind == "<" else None, "U" if kind else "")


def _sign(sign: str | None) -> str:
    return {"": "", "<": "<", "≤": "<", ">": ">", "≥": ">"}.get((sign or "")[:1], "~")


def _head(head: str) -> str | None:
    words = head.strip()
    return WORDS["before"].get(words.removesuffix(".")) if words else ""


def _tail(tail: str) -> str | None:
    if not tail or tail in MORE:
        return ">" if tail else ""
    match = _TAIL.fullmatch(tail)
    return WORDS["after"].get(match["word"]) if match else None


def _amount(text: str, decimal: str | None) -> tuple[float | None, str]:
    """The number at the beginning, with its scales, and what follows it."""
    total, above, tail = Decimal(0), 0, text
    while part := _AMOUNT.match(tail):
        literal = _literal(part["number"], decimal)
        scale, ending = _scale(part["word"] or "")
        if scale > 1 and decimal == "grouped" and _GROUPED_OR_DECIMAL.fullmatch(part["number"]):
            return None, tail
        if literal is None or (above and not _continues(Decimal(literal) * scale, scale, above, total)):
            return None, tail
        total += Decimal(literal) * scale
        tail = tail[part.end() :] if scale > 1 else tail[part.end("number") :].strip()
        if ending or scale == 1:
            return float(total), f"{ending} {tail}" if ending else tail
        above = scale
    return float(total), tail


def _continues(value: Decimal, scale: int, above: int, total: Decimal) -> bool:
    """``77 тысяч 20`` and ``9 млн. 661,6 тыс.`` go on; ``1,5 тысяч 20``, ``3 млн 200`` and ``3 тысячи 20,5`` do not."""
    return value < above == scale * 1000 and (scale > 1 or value % 1 == 0) and total % above == 0


def _scale(word: str) -> tuple[int, str]:
    """Scale of a word and its case ending in the Turkic languages (``mingdan``); 1 for any other word."""
    if word in SCALE:
        return SCALE[word], ""
    for ending in ENDINGS:
        if word.endswith(ending) and word.removesuffix(ending) in SCALE:
            return SCALE[word.removesuffix(ending)], ending
    return 1, ""


# -- whole columns --------------------------------------------------------------------


_NARROWED = f"translate(cleaned, '{NARROW_SPACES}', '{' ' * len(NARROW_SPACES)}')"
_TRIMMED = f"trim({_NARROWED}, ' {WIDE_SPACES}')"


def sql(text: str, *, decimal: str | None, symbols: Mapping[str, str]) -> tuple[str, str, str]:
    """DuckDB expressions over a text column expression: (``cleaned``, value, status) of the plain forms.

    Value and status are over a column named ``cleaned`` that holds the first one. Both are NULL where
    :func:`parse` has to look. Nothing is rewritten before it is known to be a number: cheap tests first.
    """
    signs = _signs(symbols)
    digits = {sign: number for sign, number in signs.items() if re.search("[0-9]", sign)}
    first, *others = _FORMS[decimal]
    plain = re.sub(r"\{1,\d+\}", "+", first.pattern)
    cases = [
        # Signs of the legend that look like numbers go first: 99 for "not asked" is not the number 99.
        *(f"WHEN {_TRIMMED} = {literal(sign)} THEN {_double(n.value)}" for sign, n in digits.items()),
        # Shorter than any limit on digits, hence the simple pattern.
        f"WHEN strlen(cleaned) <= 15 AND {_matches(f'-?{plain}')} THEN CAST(cleaned AS DOUBLE)",
        *(_form_case(form) for form in others if not form.group),
        *(_form_case(form, padded=True) for form in (*others, first)),
        *_sign_cases({sign: _double(n.value) for sign, n in signs.items() if n.value is not None}),
    ]
    # Most texts begin with a digit and few signs do.
    quick = "" if digits else "WHEN cleaned >= '0' AND cleaned < ':' THEN NULL "
    value = f"CASE {' '.join(cases)} END"
    if coded := ", ".join(repr(number) for number in _numbers_as_signs(symbols, decimal)):
        # Another spelling of such a number is left to parse.
        value = f"CASE WHEN ({value}) IN ({coded}) THEN NULL ELSE {value} END"
    whens = _sign_cases({sign: literal(n.status) for sign, n in signs.items() if n.status})
    return text, value, f"CASE {quick}{' '.join(whens)} END"


def _signs(symbols: Mapping[str, str]) -> dict[str, Number]:
    """Every spelling of a sign that SQL compares, with its reading."""
    table = _symbols(symbols)
    spellings = {*table, *(sign.upper() for sign in table), *MINUS_SIGNS, *LONG_DASHES, "х", "Х"}
    read = {sign: _symbol(clean(sign), table) for sign in sorted(spellings)}
    return {sign: number for sign, number in read.items() if number is not None}


def _sign_cases(meanings: Mapping[str, str]) -> list[str]:
    """One branch for each meaning; an absent text is an empty one."""
    cases = [f"WHEN cleaned IS NULL THEN {meanings['']}"] if "" in meanings else []
    for meaning in sorted(set(meanings.values())):
        signs = ", ".join(literal(sign) for sign, own in meanings.items() if own == meaning)
        cases.append(f"WHEN cleaned IN ({signs}) THEN {meaning}")
    return cases


def _form_case(form: _Form, *, padded: bool = False) -> str:
    around = f"[{NARROW_SPACES}{WIDE_SPACES}]*" if padded else ""
    pattern = form.pattern.replace(" ", f"[{NARROW_SPACES}]")
    number = f"regexp_replace(cleaned, '[{NARROW_SPACES}{WIDE_SPACES}]+', '', 'g')" if padded else "cleaned"
    if form.group.strip():
        number = f"replace({number}, '{form.group}', '')"
    if form.point != ".":
        number = f"replace({number}, '{form.point}', '.')"
    return f"WHEN {_matches(f'{around}-?(?:{pattern}){around}')} THEN CAST({number} AS DOUBLE)"


def _matches(pattern: str) -> str:
    return f"regexp_full_match(cleaned, '{pattern}')"


def _double(value: float | None) -> str:
    return "CAST(NULL AS DOUBLE)" if value is None else f"CAST({value!r} AS DOUBLE)"
