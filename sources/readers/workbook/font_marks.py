"""What a person sees of a text that is set otherwise than the rest: raised, lowered, struck out, not to be seen.

::

    raise_text("1", "superscript")     ¹               raise_text("110", STRUCK)     110 (struck out)
    raise_text("2", "subscript")       ₂               raise_text("5", UNSEEN)       5 (hidden on the page)
    colour("FFFEFEFE")                 white           colour("#ff0000")             FF0000

Not here: how each format says so (``xlsx``, ``xls``, ``ods``, ``html_tables``, ``spreadsheet_xml``, which call
this).
"""

import re

from sources.readers.grid.footnotes import SUPERSCRIPTS
from sources.readers.workbook.hidden_html import NOT_SEEN

STRUCK, UNSEEN = "struck", "unseen"
WHITE = "white"
# How the text of an element is set, by its name in HTML, which XML Spreadsheet 2003 writes in its cells too.
KINDS_OF_ELEMENTS = {"sup": "superscript", "sub": "subscript", "s": STRUCK, "strike": STRUCK, "del": STRUCK}
# What no eye tells from white paper.
_LIGHTEST = 0xF2
_SUBSCRIPTS = str.maketrans("0123456789()", "₀₁₂₃₄₅₆₇₈₉₍₎")


def raise_text(text: str, kind: str) -> str:
    """Digits and brackets of a raised (or lowered) text as characters of their own; struck text is marked.

    A figure struck out is none any more: the mark makes it no number, and ``110`` struck before ``120`` is not 110120.
    So is one that is written white on white.
    """
    if not kind or not text.strip():
        return text
    if kind == STRUCK:
        return f"{text.strip()} (struck out) "
    if kind == UNSEEN:
        return f"{text.strip()} {NOT_SEEN}"
    return text.translate(SUPERSCRIPTS if kind == "superscript" else _SUBSCRIPTS)


def colour(text: str) -> str:
    """A colour in six hexadecimal digits, so that equal ones are equal; ``WHITE`` of what looks so; else its word."""
    digits = re.fullmatch("#?(?:[0-9A-F]{2})?([0-9A-F]{6})", text.strip().upper())
    if digits is None:
        return text.strip().casefold()
    lightest = min(int(digits[1][place : place + 2], 16) for place in (0, 2, 4))
    return WHITE if lightest >= _LIGHTEST else digits[1]
