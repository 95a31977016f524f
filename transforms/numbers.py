"""Numbers as offices print them: the one place that reads them.

:func:`parse` reads one text. :func:`sql` is the same reading of the plain forms for whole columns in DuckDB; what
it leaves is read by :func:`parse`, once per distinct text. A property test holds the two together. What cannot be
read without guessing is a problem, never a number.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# A sign that stands for "no number here", with the SDMX status that says why. Legends differ between offices:
# a declaration overrides them, and a dash is a zero only where it says so.
SYMBOLS: Mapping[str, str] = {
    "": "O", "-": "M", "x": "M", "…": "O", "...": "O", "..": "O", ".": "O", ":": "O",
    "n/a": "M", "na": "O", "n.a.": "O", "nan": "O", "null": "O", "none": "O", "н/д": "O", "нет данных": "O",
}  # fmt: skip
SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\n"
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾†‡"
_DASHES = "‐‑‒–—―−"

_SCALES = {
    1e3: "thousand k тыс тысяч тысяча тысячи тысячами тысячам мың мыңға миң ming минг ҳазор ҳазору хазор",
    1e6: "million mln млн миллион миллиона миллионов",
}
_SCALE = {word: scale for scale, words in _SCALES.items() for word in words.split()}
_LOWER_WORDS = set(
    "more than over least above exceeding свыше более больше превышает менее-не ашуун астам ortiq ziyod ziyodroq "
    "зиёд зиёда зиёдтар ортиқ дан dan дөн ден kop көп дон тен тан".split()
)
_UPPER_WORDS = set("less under below up to до менее меньше fewer кем кам kam".split())
_ABOUT_WORDS = set(
    "about around almost nearly some approximately circa roughly near около почти порядка примерно приблизительно "
    "жуық жакын якын yaqin qariyb деярлик қариб тақрибан болжол".split()
)
_AT_LEAST = re.compile(r"\b(at least|no fewer than|no less than|не менее|не меньше|кем эмес|кем емес)\b")
_GROUPED = re.compile(r"\d{1,3}([ ,.])\d{3}(?:\1\d{3})*")
_INTERVAL = re.compile(r"^(?P<value>.+?)\s*[\[(]\s*(?P<low>[\d.,]+)\s*(?:-|to|;|–)\s*(?P<high>[\d.,]+)\s*[\])]$")


@dataclass(frozen=True)
class Number:
    """A read number: value, bounds and status, or the fact that it cannot be read (``problem``)."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    status: str = ""
    problem: bool = False


_PROBLEM = Number(problem=True)


def clean(text: str) -> str:
    """One kind of space, plain digits, dashes and look-alikes, no superscript footnote marks."""
    without = text.translate({ord(c): None for c in _SUPERSCRIPTS})
    plain = unicodedata.normalize("NFKC", without.replace("…", "\u0001")).replace("\u0001", "…")
    plain = plain.translate({ord(c): "-" for c in _DASHES})
    return " ".join(plain.split())


def parse(text: str | None, *, decimal: str | None = None, symbols: Mapping[str, str] | None = None) -> Number:
    """Read one printed number.

    ``decimal``: the office's decimal mark (``.`` or ``,``) where declared; undeclared, a comma followed by
    exactly three digits is ambiguous and stays unread. ``symbols``: signs of the office's legend, each with an SDMX
    status, or a number as text (``{"-": "0"}``).
    """
    if text is None:
        return Number(status=(symbols or {}).get("", "O"))
    plain = clean(text)
    found = _symbol(plain, symbols or {})
    if found is not None:
        return found
    plain = _strip_marks(plain)
    interval = _INTERVAL.match(plain)
    if interval:
        parts = [_plain(interval[name], decimal or ".") for name in ("value", "low", "high")]
        if None in parts:
            return _PROBLEM
        return Number(parts[0], parts[1], parts[2])
    if plain.startswith("(") and plain.endswith(")"):
        inner = _plain(plain[1:-1], decimal)
        return Number(inner, status="U") if inner is not None else _PROBLEM
    direct = _plain(plain, decimal)
    if direct is not None:
        return Number(direct)
    return _qualified(plain.casefold(), decimal)


def _symbol(plain: str, symbols: Mapping[str, str]) -> Number | None:
    # A lone Cyrillic letter ha is the sign x typed on the other keyboard.
    key = plain.casefold().replace("х", "x") if len(plain) == 1 else plain.casefold()
    meaning = symbols.get(plain, symbols.get(key, SYMBOLS.get(key)))
    if meaning is None:
        return None
    return Number(float(meaning)) if re.fullmatch(r"-?[0-9.]+", meaning) else Number(status=meaning)


def _strip_marks(plain: str) -> str:
    plain = re.sub(r"(?<=\d)\*+$", "", plain)
    plain = re.sub(r"(?<=[\d%]) +(\*+|\d{1,2}\)|[a-z]\)|\[\d{1,2}\])$", "", plain)
    return re.sub(r"\s*(%|per ?cent|процента?(?:ов)?|foizi?|фоизи?|фоиз)$", "", plain, flags=re.I)


def _plain(text: str, decimal: str | None) -> float | None:
    """A number without words: grouping by spaces, or by the mark that is not the decimal mark."""
    body = re.sub(r"^- (?=\d)", "-", text.strip())
    sign = -1.0 if body.startswith("-") else 1.0
    body = body.lstrip("+-") if re.match(r"[+-]\d", body) else body
    if re.fullmatch(r"\d+(\.\d+)?", body, re.ASCII):
        return _point(body, decimal, sign)
    if re.fullmatch(r"\d{1,3}( \d{3})+([.,]\d+)?", body, re.ASCII):
        return sign * float(body.replace(" ", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(,\d{3}){2,}(\.\d+)?|\d{1,3},\d{3}\.\d+", body, re.ASCII):
        return sign * float(body.replace(",", ""))
    if re.fullmatch(r"\d+,\d+", body, re.ASCII):
        return _comma(body, decimal, sign)
    return None


def _point(body: str, decimal: str | None, sign: float) -> float | None:
    if decimal == "," and "." in body:
        # "1.234" in an office that writes decimals with a comma is a grouped number, "1.5" is a slip.
        return sign * float(body.replace(".", "")) if _GROUPED.fullmatch(body) else None
    return sign * float(body)


def _comma(body: str, decimal: str | None, sign: float) -> float | None:
    whole, _, rest = body.partition(",")
    grouped = len(rest) == 3 and len(whole) <= 3 and whole != "0" * len(whole)
    if decimal == "." or (decimal == "grouped" and grouped):
        return sign * float(whole + rest) if len(rest) == 3 and len(whole) <= 3 else None
    if decimal is None and grouped:
        return None
    return sign * float(f"{whole}.{rest}")


def _qualified(text: str, decimal: str | None) -> Number:
    bound = ""
    if match := re.match(r"^(<=|>=|[<>≤≥~≈+])\s*", text):
        bound = {"<": "<", "<=": "<", "≤": "<", ">": ">", ">=": ">", "≥": ">"}.get(match[1], "~")
        text = text[match.end() :]
    if re.search(r"\d\s*\+$", text):
        bound, text = ">", text.rstrip("+ ")
    if _AT_LEAST.search(text):
        bound, text = ">", _AT_LEAST.sub(" ", text)
    value, words = _spelled(text, decimal)
    if value is None:
        return _PROBLEM
    for word in words:
        kind = _word_kind(word)
        if kind is None:
            return _PROBLEM
        bound = kind if kind in "<>" or not bound else bound
    if bound == "<":
        return Number(None, upper=value, status="O") if not words else Number(value, upper=value, status="U")
    if bound == ">":
        return Number(value, lower=value, status="U")
    return Number(value, status="U") if bound else Number(value)


def _word_kind(word: str) -> str | None:
    if word in _LOWER_WORDS:
        return ">"
    if word in _UPPER_WORDS:
        return "<"
    return "~" if word in _ABOUT_WORDS else None


def _spelled(text: str, decimal: str | None) -> tuple[float | None, list[str]]:
    """``14 минг 774`` is 14 774; ``77 тысяч`` is 77 000. Words that are no scale come back beside the value."""
    total, pending, words, scaled = 0.0, None, [], False
    for token in re.findall(r"[\d][\d.,]*(?: \d{3}(?!\d)[\d.,]*)*|[^\W\d]+", text):
        if token[0].isdigit():
            number = _plain(token.rstrip(".,"), decimal)
            if number is None or pending is not None:
                return None, words
            pending = number
        elif (scale := _scale_of(token)) is not None:
            total += (1.0 if pending is None else pending) * scale
            pending, scaled = None, True
        else:
            words.append(token)
    if pending is not None and scaled and pending >= 1000:
        return None, words
    if pending is None and not scaled:
        return None, words
    return total + (pending or 0.0), words


_CASE_ENDINGS = ("", "dan", "дан", "дөн", "ден", "дон", "ға", "ге", "га", "у", "та", "ta")


def _scale_of(token: str) -> float | None:
    """Scale of a word, with the case endings of the Turkic languages and Tajik (``mingdan``, ``ҳазору``)."""
    for ending in _CASE_ENDINGS:
        if token.endswith(ending) and (scale := _SCALE.get(token.removesuffix(ending))) is not None:
            return scale
    return None


def sql(text: str, *, decimal: str | None, symbols: Mapping[str, str]) -> tuple[str, str, str]:
    """DuckDB expressions over a text column expression: (cleaned text, value, status) of the plain forms.

    Value is NULL and status NULL where :func:`parse` has to look. Runs on whole columns; no Python a row.
    """
    to = " " * len(SPACES)
    cleaned = f"trim(translate({text}, '{SPACES}', '{to}'))"
    spaced = "replace(replace(cleaned, ' ', ''), ',', '.')"
    comma = {
        ".": "FALSE",
        ",": "regexp_full_match(cleaned, '-?[0-9]+,[0-9]+')",
        None: "regexp_full_match(cleaned, '-?[0-9]+,([0-9]{1,2}|[0-9]{4,})')",
        "grouped": "regexp_full_match(cleaned, '-?[0-9]+,([0-9]{1,2}|[0-9]{4,})')",
    }[decimal]
    point = "'-?[0-9]+'" if decimal == "," else "'-?[0-9]+([.][0-9]+)?'"
    value = f"""CASE
      WHEN regexp_full_match(cleaned, {point}) THEN CAST(cleaned AS DOUBLE)
      WHEN {comma} THEN CAST(replace(cleaned, ',', '.') AS DOUBLE)
      WHEN regexp_full_match(cleaned, '-?[0-9]{{1,3}}( [0-9]{{3}})+([.,][0-9]+)?') THEN CAST({spaced} AS DOUBLE)
      END"""
    merged = {**SYMBOLS, **symbols}
    whens = " ".join(
        f"WHEN '{sign}' THEN '{status}'" for sign, status in merged.items() if not status.lstrip("-")[:1].isdigit()
    )
    missing = merged[""] if not merged[""].lstrip("-")[:1].isdigit() else None
    null = f"WHEN {text} IS NULL THEN '{missing}' " if missing else ""
    status = f"CASE {null}ELSE CASE cleaned {whens} END END"
    return cleaned, value, status
