"""Folding of published labels, so that spelling, script variants and stray marks do not make new labels.

Also the characters that offices use for one another; numbers and periods read them by the same tables.

Called by the other grammars and by ``transforms.normalize.codes_from_labels``.
"""

import re
import unicodedata
from functools import lru_cache

# Spaces that may be inside a number, as wide as a word space or less; any other white space divides cells.
NARROW_SPACES = " \u00a0\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
WIDE_SPACES = "\t\n\r\u2002\u2003\u3000"
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
MINUS_SIGNS = "-‐‑‒–−﹣"
LONG_DASHES = "—―"
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾†‡"
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

# Every apostrophe of oʻ, gʻ and similar letters becomes the plain one: texts mix them within one file.
_APOSTROPHES = "'`´ʻʼʽʹ‘’‛ʾʿ′ꞌ"
_QUOTES = '"«»“”„‟‹›'
_TABLE = str.maketrans(
    {
        **dict.fromkeys(_APOSTROPHES, "'"),
        **dict.fromkeys(_QUOTES + INVISIBLE),
        **dict.fromkeys(MINUS_SIGNS + LONG_DASHES, "-"),
        "ё": "е",
        "і": "i",
    }
)
# An apostrophe that is no part of a word is a quotation mark.
_QUOTING = re.compile(r"(?<![^\W_])'|(?<![og])'(?![^\W_])")
# Letters that look alike, small or capital. Latin i is left: the Kazakh letter is compared as it.
_LATIN, _CYRILLIC = "aceopxykmtbh", "асеорхукмтвн"
_TO_CYRILLIC, _TO_LATIN = str.maketrans(_LATIN, _CYRILLIC), str.maketrans(_CYRILLIC, _LATIN)
_WORD = re.compile(r"[^\W\d_]+")
_POWERS = {ord(power): f"^{digit}" for digit, power in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
# A footnote mark follows a word; the powers in km², м³ and 10⁵ are no footnotes.
_SUPERSCRIPT = re.compile(
    rf"(?<=[^\W_]|[.,;:%)\]»”\"'])(?<!\b[мm])(?<!\b[kкcсdд][мm])(?<!\b10)[{SUPERSCRIPTS}]+(?=\W|$)"
)
_TRAILING_MARK = re.compile(r"(?:\*+\)?|(?<![\d-])\d{1,2}\)|\[\d{1,2}\])$")


# Several grammars look at the same text, one after the other.
@lru_cache(maxsize=10_000)
def fold(label: str) -> str:
    """A label as it is compared: no case, quotes or footnote marks; plain apostrophes, dashes and spaces."""
    text = _fold_once(label)
    # What one pass removes can bring a new mark to the end, or two characters together that make one.
    while (again := _fold_once(text)) != text:
        text = again
    return text


def _fold_once(label: str) -> str:
    text = _SUPERSCRIPT.sub("", label.casefold().translate(_TABLE)).translate(_POWERS)
    text = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    text = re.sub(r"\s*-\s*", "-", " ".join(_QUOTING.sub("", text).split()))
    mark = _TRAILING_MARK.search(text)
    # "aged (15-19)" ends with a bracket of its own.
    if mark and text[: mark.start()].count("(") <= text[: mark.start()].count(")"):
        text = text[: mark.start()]
    return text.strip(" .,:;")


def in_one_script(folded: str) -> str:
    """A folded label whose words are each of one script: ``жeнщины`` typed with a Latin e is ``женщины``.

    Only words that mix both scripts change, and only where all letters of one of them look like letters of the other.
    """
    return _WORD.sub(_word_in_one_script, folded)


def _word_in_one_script(match: re.Match[str]) -> str:
    word = match[0]
    latin = {letter for letter in word if letter.isascii()} - {"i"}
    cyrillic = {letter for letter in word if "\u0400" <= letter <= "\u052f"}
    if not latin or not cyrillic:
        return word
    if latin.issubset(_LATIN):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN) if cyrillic.issubset(_CYRILLIC) else word


def plain(text: str) -> str:
    """Text in one line with plain digits, dashes and spaces; nothing else changes."""
    text = unicodedata.normalize("NFC", text).translate(FULL_WIDTH)
    text = text.translate(dict.fromkeys(map(ord, MINUS_SIGNS + LONG_DASHES), "-"))
    return " ".join(text.split()).strip(" " + INVISIBLE)
