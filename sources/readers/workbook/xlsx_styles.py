"""What the styles of an Office Open XML workbook make of a text: number format, raised or struck out, not to be seen.

::

    <xf numFmtId="9" fontId="1" fillId="0"/>        Style("0%", "superscript") where font 1 is raised
    <si><r><t>125</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></si>        125¹
    <dxf><font><color rgb="FFFFFFFF"/></font></dxf>     Change(kind=UNSEEN), for conditional formats

Not here: parts of the package and cells (``xlsx``, the only caller), how a number is shown (``number_formats``).
"""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from sources.readers.workbook.conditional_formats import Change
from sources.readers.workbook.font_marks import STRUCK, UNSEEN, WHITE, colour, raise_text
from sources.readers.workbook.package import local, number, text_of, whole

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# White, as a program writes it: by its parts, as the first colour of the theme, by its place among the old colours.
_WHITE = (("rgb", WHITE), ("theme", "0"), ("indexed", "1"), ("indexed", "9"))
# Points of a text that can be read.
_SMALLEST = 3


@dataclass(frozen=True)
class Style:
    """What matters of a cell's style."""

    #: number format
    code: str = "General"
    #: how all its text is set (``font_marks.raise_text``); empty: as the rest
    raised: str = ""
    #: whether its letters have the colour of what is behind them
    unseen: bool = False
    #: colour behind the text; empty: of a pattern, or not known
    behind: str = WHITE


def cell_styles(root: Any) -> list[Style]:
    """The style of every cell format by its number; ``root``: that of ``styles.xml``, None where there is none."""
    # Here, for commands that read no workbook: the import is slow.
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    codes = dict(BUILTIN_FORMATS)
    fonts: list[tuple[str, str]] = []
    fills: list[str] = []
    styles = []
    for group in root if root is not None else ():
        kind = local(group)
        if kind == "numFmts":
            codes |= {
                whole(node.get("numFmtId") or "0"): node.get("formatCode") or "General" for node in group
            }
        elif kind == "fonts":
            fonts = [(_raised_by(font), _colour(font, "color", "black")) for font in group]
        elif kind == "fills":
            fills = [_behind(fill) for fill in group]
        elif kind == "cellXfs":
            for node in group:
                font, fill = (whole(node.get(name) or "0") for name in ("fontId", "fillId"))
                raised, letters = fonts[font] if font < len(fonts) else ("", "")
                behind = fills[fill] if fill < len(fills) else WHITE
                code = codes.get(whole(node.get("numFmtId") or "0"), "General")
                styles.append(Style(code, raised, bool(letters) and letters == behind, behind))
    return styles or [Style()]


def differential_styles(root: Any) -> list[Change]:
    """What each style that conditional formats name by its number makes of a cell; ``root``: as above."""
    groups = [group for group in (root if root is not None else ()) if local(group) == "dxfs"]
    found = []
    for node in groups[0] if groups else ():
        parts = {local(child): child for child in node}
        code = parts["numFmt"].get("formatCode") if "numFmt" in parts else None
        font = parts.get("font", ())
        kind = _raised_by(font)
        # A pattern's own colour is that behind the text in a differential style.
        white = _colour(font, "color", "") == WHITE and "fill" not in parts
        found.append(Change(code, STRUCK if kind == STRUCK else UNSEEN if white else ""))
    return found


def has_colour(node: Any) -> bool:
    """Whether a part of a string has a colour of its own."""
    return any(local(part) == "color" for part in node.iter(etree.Element))


def _colour(parent: Any, name: str, otherwise: str) -> str:
    """The colour that a font or a fill names, in words that are equal where the colours surely are."""
    said: dict[str, Any] = next((dict(child.attrib) for child in parent if local(child) == name), {})
    kept = [(key, colour(str(text))) for key, text in said.items() if (key, text) != ("tint", "0")]
    if len(kept) == 1 and kept[0] in _WHITE:
        return WHITE
    return " ".join(f"{key} {text}" for key, text in sorted(kept)) or otherwise


def _behind(fill: Any) -> str:
    """The colour of a fill: white where it has none; "" of patterns and gradients."""
    pattern = next((child for child in fill if local(child) == "patternFill"), None)
    if pattern is None:
        return "" if len(fill) else WHITE
    kind = pattern.get("patternType") or "none"
    return WHITE if kind == "none" else _colour(pattern, "fgColor", "") if kind == "solid" else ""


def _raised_by(properties: Any) -> str:
    """``struck``, ``unseen`` (too small), ``superscript``, ``subscript`` or "" of a font or a run."""
    found = {local(child): child.get("val") for child in properties}
    if "strike" in found and is_true(found["strike"] or "1"):
        return STRUCK
    if number(found.get("sz") or "11") < _SMALLEST:
        return UNSEEN
    kind = found.get("vertAlign") or ""
    return kind if kind in ("superscript", "subscript") else ""


def rich_text(node: Any, behind: str = "") -> str:
    """Text of a string item; its phonetic hints are no part of it. ``behind``: the colour in which nothing is seen."""
    parts = []
    for child in node:
        kind = local(child)
        if kind == "t":
            parts.append(unescaped(text_of(child)))
        elif kind == "r":
            properties = next((part for part in child if local(part) == "rPr"), ())
            text = "".join(unescaped(text_of(part)) for part in child if local(part) == "t")
            unseen = behind and _colour(properties, "color", "") == behind
            parts.append(raise_text(text, UNSEEN if unseen else _raised_by(properties)))
    return "".join(parts)


def unescaped(text: str) -> str:
    """``_x000D_`` is the character that XML could not hold: a line end, here."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def is_true(text: str | None) -> bool:
    """Whether an attribute of XML Schema's type boolean is true, in the spellings that programs write."""
    return (text or "").strip().lower() in ("1", "true", "on")
