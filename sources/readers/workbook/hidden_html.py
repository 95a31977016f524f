"""What of an HTML table nobody sees: by attributes, by styles, by the style sheet of the page.

::

    <td style="display:none">34     takes no place in its row         <tr hidden>       a hidden row
    <td style="visibility:hidden">  takes its place, shows nothing    <del>34</del>     struck out
    <details>34</details>           opens with a click; others draw their text, turn it round, let it be typed
    <td style="color:white">34      there, and not to be read; also   <style>.x{display:none}</style> … class="x"

Texts that a style sheet writes before or behind an element (``.x::after{content:"%"}``) belong to its text. A rule that
hides cells by what is not followed here (``td:nth-child(2)``) refuses the page. What is hidden is no figure: a cell
that takes its place says ``(hidden on the page)`` behind its text, so that it is refused with its place and not taken
for a blank. White text is hidden where nothing has a background. Rules are matched by element, class, id and descent;
rules for print and for states (``:hover``) are left out.

Not here: reading tables (``html_tables``, the caller; ``spreadsheet_xml`` asks what a style hides) and hidden rows and
sheets of workbooks (``sheet``).
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from lxml import etree

from sources.readers.grid.footnotes import SUPERSCRIPTS
from sources.readers.workbook.sheet import damaged

#: behind the text of a cell that has a place and is not seen
NOT_SEEN = "(hidden on the page)"
#: an office's export has some hundred
MOST_RULES = 5000
#: of a text that a rule writes beside elements; a mark or a unit is shorter
LONGEST_WRITTEN = 100
#: elements that all its rules may name, one as often as it is named
MOST_NAMED = 1_000_000
# A comment that is not closed goes on to the end.
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_BRACE = re.compile("([{}])")
_COMPOUND = re.compile(r"(\w+|\*)?((?:[.#][\w-]+)*)")
_NO_PLACE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)", re.IGNORECASE)
_VEILED = re.compile(
    r"(?<![\w-])(?:opacity\s*:\s*0?\.?0+(?![.\d])|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{3}|"
    r"color\s*:\s*transparent|unicode-bidi\s*:\s*(?:bidi|isolate)-override)",
    re.IGNORECASE,
)
_WHITE = re.compile(r"white|#fff|#ffffff|rgba?\(255,255,255(?:,1)?\)", re.IGNORECASE)
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background", re.IGNORECASE)
_LINE_THROUGH = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
# 1, 12), [3], ** as a footnote's mark: raised, or in brackets; a plain number is a figure.
_MARK = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]{1,4}|[\[(]\d{1,2}[\])]|\d{1,2}\)|\*{1,3}|[†‡]")
_ICON = re.compile(r"(?:^|[ _-])(?:icons?|glyphicon|fa|bi|arrow)(?:$|[ _-])", re.IGNORECASE)
# Elements whose text a browser shows elsewhere, otherwise, only after a click, or not at all.
_SHOWN_OTHERWISE = (
    frozenset(("audio", "canvas", "embed", "math", "meter", "object", "picture", "progress", "svg", "video"))
    | frozenset(("datalist", "details", "dialog", "optgroup", "option", "select", "textarea", "title"))
    | frozenset(("bdo", "frame", "noembed", "noframes", "noscript", "rp", "rt"))
)
# What writes a text of its own beside an element, and what chooses elements by their place or attributes.
_BESIDE = re.compile(r"::?(before|after)\s*$", re.IGNORECASE)
_WRITES = re.compile(r"(?<![\w-])content\s*:\s*([^;]+)", re.IGNORECASE)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
_CHOOSES = re.compile(r":(?:nth-|first-|last-|only-|not\(|is\(|where\(|empty)|[+~\[]", re.IGNORECASE)
_OF_TABLES = re.compile(r"(?:^|[\s>+~*(])(?:t[dhr]|col(?:group)?|tbody|table)\b", re.IGNORECASE)
_MATTERS = (_UNSEEN, _VEILED, _COLOUR, _BACKGROUND, _LINE_THROUGH, _WRITES)


def apply_rules(root: Any) -> None:
    """Write what the page's own style sheet says of an element into the element, before its own style; ReadError."""
    rules = _rules(_COMMENT.sub(" ", " ".join(style.text or "" for style in root.iter("style"))))
    if len(rules) > MOST_RULES:
        raise damaged(f"its style sheet has {len(rules)} rules, more than {MOST_RULES}")
    named = _by_name(root) if rules else {}
    own: dict[tuple[Any, str], list[str]] = {}
    looked_at = 0
    for selectors, said in rules:
        if not any(pattern.search(said) for pattern in _MATTERS):
            continue
        for selector in selectors.split(","):
            beside = _BESIDE.search(selector)
            nodes, known = _named_by(selector[: beside.start()] if beside else selector, named, said)
            looked_at += len(nodes)
            if looked_at > MOST_NAMED:
                raise damaged(f"the rules of its style sheet name more than {MOST_NAMED} elements")
            side = beside[1].lower() if beside else ""
            for node in nodes:
                if _reaches(node, known):
                    own.setdefault((node, side), []).append(said)
    for (node, side), styles in own.items():
        if side:
            _write_beside(node, side, ";".join(styles))
        else:
            node.set("style", ";".join([*styles, node.get("style") or ""]))


def _named_by(
    selector: str, named: dict[str, list[Any]], said: str
) -> tuple[Sequence[Any], list[re.Match[str]]]:
    """The elements that the last part of a selector may name, and its parts; nothing of one that is not followed."""
    parts = [_COMPOUND.fullmatch(part) for part in selector.replace(">", " ").split()]
    known = [part for part in parts if part]
    if not known or len(known) < len(parts):
        _refuse_unfollowed(selector, said)
        return (), []
    names = re.findall(r"[.#][\w-]+", known[-1][2])
    return named.get(names[0] if names else known[-1][1] or "*", ()), known


def _refuse_unfollowed(selector: str, said: str) -> None:
    """A rule that hides cells by their place or attributes, which are not looked at."""
    if _UNSEEN.search(said) and _CHOOSES.search(selector) and _OF_TABLES.search(selector):
        raise damaged(f"its style sheet hides what {selector.strip()[:60]!r} names, which is not followed")


def _write_beside(node: Any, side: str, said: str) -> None:
    """Add the text that a style sheet writes before or behind the text of an element."""
    written = _WRITES.findall(said)
    if not written or _UNSEEN.search(said):
        return
    text = "".join(first or second for first, second in _QUOTED.findall(written[-1]))[:LONGEST_WRITTEN]
    if not text and re.search(r"\(", written[-1]):
        text = f" {NOT_SEEN}"
    if side == "before":
        node.text = text + (node.text or "")
    elif len(node):
        node[-1].tail = (node[-1].tail or "") + text
    else:
        node.text = (node.text or "") + text


def hides(style: str) -> bool:
    """Whether a style writes white on nothing, or shows nothing."""
    colours = [re.sub(r"\s", "", colour) for colour in _COLOUR.findall(style)]
    white = bool(colours) and bool(_WHITE.fullmatch(colours[-1])) and not _BACKGROUND.search(style)
    return white or bool(_UNSEEN.search(style))


def _rules(text: str) -> list[tuple[str, str]]:
    """Selectors and what is said of them, also inside of blocks (``@media``) but for those for print."""
    found: list[tuple[str, str]] = []
    open_blocks: list[str] = []
    last = ""
    for piece in _BRACE.split(text):
        if piece == "{":
            # Before it a rule of one line may stand, as @import has it.
            open_blocks.append(last.rpartition(";")[2].strip())
        elif piece == "}" and open_blocks:
            head = open_blocks.pop()
            if head and not head.startswith("@") and not any("print" in block for block in open_blocks):
                found.append((head, last))
        last = "" if piece in ("{", "}") else piece
    return found


def _by_name(root: Any) -> dict[str, list[Any]]:
    """Elements by ``.class``, ``#id``, tag and ``*``: a page has many rules and many cells."""
    found: dict[str, list[Any]] = {}
    for node in root.iter(etree.Element):
        for name in {"*", node.tag, *_names(node)}:
            found.setdefault(name, []).append(node)
    return found


def _names(node: Any) -> set[str]:
    return {f".{name}" for name in (node.get("class") or "").split()} | {f"#{node.get('id')}"}


def _reaches(node: Any, compounds: list[re.Match[str]]) -> bool:
    """Whether the last part of a selector is the element, and those before it are above it in order."""
    if not _is(node, compounds[-1]):
        return False
    above = iter(node.iterancestors())
    return all(any(_is(other, compound) for other in above) for compound in reversed(compounds[:-1]))


def _is(node: Any, compound: re.Match[str]) -> bool:
    if compound[1] not in (None, "*", node.tag):
        return False
    return _names(node).issuperset(re.findall(r"[.#][\w-]+", compound[2]))


def takes_no_place(cell: Any) -> bool:
    """Whether a cell is not there at all."""
    return bool(_NO_PLACE.search(cell.get("style") or "")) or cell.get("hidden") is not None


def unseen(node: Any) -> bool:
    """Whether a browser shows nothing of an element."""
    return node.get("hidden") is not None or bool(_UNSEEN.search(node.get("style") or ""))


def veiled(node: Any) -> bool:
    """Whether an element is there, and kept from readers: white on white, of no size, or said to be no content.

    Also whether its kind is one whose text is not simply shown in its place.
    """
    style = node.get("style") or ""
    if node.tag in _SHOWN_OTHERWISE:
        return True
    if (node.get("aria-hidden") or "").lower() == "true" or _VEILED.search(style):
        return True
    colours = _COLOUR.findall(style)
    colour = colours[-1] if colours else (node.get("color") or "")
    return bool(_WHITE.fullmatch(re.sub(r"\s", "", colour))) and not _on_background(node)


def _on_background(node: Any) -> bool:
    return any(
        other.get("bgcolor") or _BACKGROUND.search(other.get("style") or "")
        for other in (node, *node.iterancestors())
    )


def decoration(node: Any, text: str) -> str | None:
    """What is left of a part of a cell that screen readers pass over (``aria-hidden``) and everybody else sees.

    Nothing of an icon, a raised mark of a footnote; None where it is neither, such as a figure. ``text``: its text, in
    which raised digits are raised already.
    """
    if (node.get("aria-hidden") or "").lower() != "true" or _VEILED.search(node.get("style") or ""):
        return None
    said = text.strip()
    if _MARK.fullmatch(said):
        return said.strip("[]").translate(SUPERSCRIPTS)
    drawn = node.tag in ("i", "svg", "img") or _ICON.search(node.get("class") or "")
    if (drawn and not any(map(str.isdigit, said))) or all(map(_is_icon, said)):
        return ""
    return None


def _is_icon(character: str) -> bool:
    """Pictures, arrows, and the private characters of icon fonts; signs of arithmetic and of money are text."""
    return unicodedata.category(character) in ("So", "Co", "Mn") or "←" <= character <= "⇿"


def struck(node: Any) -> bool:
    """Whether the style of an element strikes its text out."""
    return bool(_LINE_THROUGH.search(node.get("style") or ""))
