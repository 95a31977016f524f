"""Folding of published labels, so that spelling, script variants and stray marks do not make new labels."""

import re
import unicodedata

# Every apostrophe that stands in oʻ, gʻ and their kin; dropped, since texts mix them within one file.
_APOSTROPHES = "'`´ʻʼʽʹ‘’‛ʾʿ′ꞌ"
_QUOTES = "\"«»“”„‟‹›"
_DASHES = "‐‑‒–—―−"
_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾†‡]+")
_TRAILING_MARK = re.compile(r"\s*(\*+|(?<!\d)\d{1,2}\))$")
_TABLE = str.maketrans(
    {**{c: None for c in _APOSTROPHES + _QUOTES}, **{c: "-" for c in _DASHES}, "ё": "е", "і": "i", "\u00ad": None}
)


def fold(label: str) -> str:
    """A label as it is compared: no case, no apostrophes and quotes, plain dashes and spaces, no footnote marks."""
    text = _SUPERSCRIPT.sub("", label)
    text = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    text = " ".join(text.split())
    return _TRAILING_MARK.sub("", text).strip(" .,:;")
