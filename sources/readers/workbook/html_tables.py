"""Files named .xls that are an HTML table, as the export button of many sites makes them.

::

    <table><tr><th>Region<th>2022 … <td>125<sup>1</sup>          sheet "Table 1", 125¹

A row with fewer cells than most may have lost one: its texts say so, and are no figures.
Every outer table of a page is a sheet. A page with a form, a script or a frame is a web page and no export: refused,
since an error page may hold tables, too. ``is_table_page`` is also called where files are fetched.

Not here: what nobody sees of a page (``hidden_html``), pages of the web, which are no workbooks
(``sources.http.expected_content`` refuses them), and layouts (``grid``). Called by ``excel``.
"""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from lxml import etree, html

from sources.cells import ReadError
from sources.readers.grid.footnotes import FOOTNOTE, REMARK
from sources.readers.grid.table import one_line
from sources.readers.text import FETCH_AGAIN, decode_text
from sources.readers.workbook.font_marks import KINDS_OF_ELEMENTS, STRUCK, raise_text
from sources.readers.workbook.hidden_html import (
    NOT_SEEN,
    apply_rules,
    decoration,
    struck,
    takes_no_place,
    unseen,
    veiled,
)
from sources.readers.workbook.number_formats import contradicts
from sources.readers.workbook.sheet import MAX_CELLS, MAX_SPAN, Content, Sheet, damaged

_TABLE = re.compile(rb"<table[\s>]", re.IGNORECASE)
_TABLE_END = re.compile(rb"</table\s*>", re.IGNORECASE)
_PAGE = re.compile(rb"<(script|form|input|iframe|frame|frameset|nav|button)[\s>/]", re.IGNORECASE)
# Names of elements; <td446 is none.
_ELEMENT = re.compile("[a-z]+[1-6]?")
# What is left of a mark that lost its end: <td 34</td> has an attribute "34<".
_BROKEN_ATTRIBUTE = re.compile("""[0-9<"'=]|.*[<"']""", re.DOTALL)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_BLOCKS = ("p", "div", "center", "b", "strong", "span", "br", "h1", "h2", "h3", "h4", "h5", "h6")
HEADING_BLOCKS = 6
FOOT_BLOCKS = 20
# Raised or lowered: by a word, or by so much.
_RAISED = re.compile(
    r"vertical-align\s*:\s*(?:super\b|text-top|top\b|\+?\d*\.?[1-9])|(?<![\w-])top\s*:\s*-\d*\.?[1-9]",
    re.IGNORECASE,
)
_LOWERED = re.compile(
    r"vertical-align\s*:\s*(?:sub\b|text-bottom|-\d*\.?[1-9])|(?<![\w-])top\s*:\s*\+?\d*\.?[1-9]",
    re.IGNORECASE,
)
_NO_TEXT = ("template", "style", "script")
# Elements that stand apart from the text before and behind them.
_BREAKS = frozenset(
    ("br", "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "hr", "pre", "table", "caption")
) | frozenset(("tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote"))
# Attributes of a remark on an element: of HTML, and of libraries that draw it themselves.
_TIPS = ("title", "data-original-title", "data-bs-original-title")
_WORD = re.compile(r"[^\W\d_]{2}")
_CLICK = re.compile(
    r"\b(?:sort|filter|click|сортир|фильтр|наж(?:ать|м)|щ[её]лк|сұрыпта|басыңыз|иргөө|басыңыз|saralash|bosing|саралаш|босинг|"
    r"klicken)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"[-−–+]?[0-9][0-9\s.,]*%?")
_SPACES = re.compile(r"[ \t\r\n\f]+")


def is_table_page(content: bytes) -> bool:
    """Whether an HTML file is an exported table, whole, and not a page of a site."""
    plain = content.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not plain.startswith(b"<"):
        return False
    opened, closed = len(_TABLE.findall(plain)), len(_TABLE_END.findall(plain))
    return 0 < opened == closed and not _PAGE.search(plain)


def sheets(content: bytes) -> list[Sheet]:
    """The outer tables of an exported page; ReadError where it is none, or damaged."""
    if not is_table_page(content):
        raise ReadError("the file is a web page instead of a workbook", remedy=FETCH_AGAIN)
    charset = _CHARSET.search(content[:4096])
    marked = content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    text = decode_text(content, {"encoding": charset[1].decode()} if charset and not marked else {})
    parser = html.HTMLParser(no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as trouble:
        raise damaged(trouble) from None
    # The parser leaves out the rest of a page where it gives up.
    if given_up := parser.error_log.filter_from_fatals():
        raise damaged(given_up[0].message)
    apply_rules(root)
    outer = [table for table in root.iter("table") if next(table.iterancestors("table"), None) is None]
    tables = [inner for table in outer for inner in _with_cells(table)]
    return [
        Sheet(
            name := f"Table {number}",
            any(map(unseen, (table, *table.iterancestors()))),
            partial(_html_content, table, name),
            partial(_html_content, table, name, include=True),
        )
        for number, table in enumerate(tables, 1)
    ]


def _with_cells(table: Any) -> list[Any]:
    """The table itself; of one that only places other tables on the page, those."""
    inner = [
        other for other in table.iterdescendants("table") if next(other.iterancestors("table"), None) is table
    ]
    texts = (text for part in inner for text in part.itertext())
    if not inner or sum(map(_letters, table.itertext())) > sum(map(_letters, texts)):
        return [table]
    return [found for part in inner for found in _with_cells(part)]


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _html_content(table: Any, name: str, *, include: bool = False) -> Content:
    """The cells of one table; a cell that spans several takes its place in each.

    ``include``: hidden cells are read, and take their place.
    """
    captions = [*_before(table), *table.iterchildren("caption")]
    content = Content(heading=[" ".join(_html_text(node).split()) for node in captions])
    taken: set[tuple[int, int]] = set()
    row = 0
    _refuse_stray_text(table, name)
    _hide_columns(table, content)
    nodes = list(_html_rows(table))
    has_tips = any(table.find(f".//*[@{name}]") is not None for name in _TIPS)
    widths, counts = dict[int, int](), dict[int, int]()
    for node in nodes:
        levels = [node, *_groups(node, table)]
        if any(map(unseen, levels)):
            content.hidden_rows.add(row)
        row_veiled = any(map(veiled, levels))
        column, cells = 0, 0
        for cell in node:
            if cell.tag not in ("td", "th"):
                continue
            if takes_no_place(cell) and not include:
                content.hidden_cells += bool(cell.text_content().strip())
                continue
            cells += 1
            column = _free(taken, row, column)
            # "0": down to the last row.
            last = (cell.get("rowspan") or "").strip() == "0"
            down, right = len(nodes) - row if last else _span(cell, "rowspan"), _span(cell, "colspan")
            if down > 1 or right > 1:
                _take(taken, (row, column, down, right), name)
                content.merges.append((row, column, row + down - 1, column + right - 1))
            text = one_line(_cell_text(cell, row_veiled, include=include))
            content.put(row, column, text)
            if has_tips:
                content.comment(row, column, _tips(cell, text))
            column += right
        if cells > 1:
            widths[row], counts[row] = _free(taken, row, column), cells
        row += 1
    _mark_short_rows(content, widths, counts)
    for below, text in enumerate(_below(table), row):
        content.put(below, 0, text)
    return content


def _groups(row: Any, table: Any) -> Iterator[Any]:
    """The group of rows (``tbody`` …) of a table that a row is in."""
    return (part for part in row.iterancestors("thead", "tbody", "tfoot") if part.getparent() is table)


def _free(taken: Collection[tuple[int, int]], row: int, column: int) -> int:
    """The first column from here on that no cell spans."""
    while (row, column) in taken:
        column += 1
    return column


def _mark_short_rows(content: Content, widths: Mapping[int, int], counts: Mapping[int, int]) -> None:
    """Let the texts of a row that is shorter than most say so, which makes them none: it lost one of its cells.

    ``widths``: columns of each row with several cells; ``counts``: those cells. Of two one may be a source, or a unit.
    """
    counted = Counter(widths.values())
    usual = max(counted, key=lambda width: (counted[width], width), default=0)
    for (row, column), text in content.texts.items():
        width = widths.get(row, usual)
        if width < usual and column and (counts[row] > 2 or _FIGURE.fullmatch(text)):
            content.texts[row, column] = f"{text} (the row has {width} cells, others {usual})"


def _hide_columns(table: Any, content: Content) -> None:
    """Columns that ``<col style="display:none">`` or its group hides."""
    column = 0
    groups = [node for node in table if node.tag in ("col", "colgroup")]
    for group in groups:
        parts = [group, *group.iterchildren("col")][1:] or [group]
        for part in parts:
            times = min(_span(part, "span"), MAX_SPAN)
            if unseen(group) or unseen(part):
                content.hide(content.hidden_columns, range(column, column + times))
            column += times


def _below(table: Any) -> list[str]:
    """The blocks of text just behind a table, which say what its marks mean or what its figures are in.

    Before another table only those that begin as notes do: the others are its title.
    """
    blocks = list(itertools.takewhile(lambda node: node.tag in _BLOCKS, table.itersiblings()))
    last = blocks[-1].getnext() if blocks else None
    texts = (" ".join(_html_text(node).split()) for node in blocks[:FOOT_BLOCKS])
    between = last is not None and last.tag == "table"
    return [text for text in texts if text and (not between or FOOTNOTE.match(text) or REMARK.match(text))]


def _cell_text(cell: Any, row_veiled: bool, *, include: bool) -> str:
    """The text of a cell; one that nobody sees on the page says so, which makes it no figure and no blank either.

    ``include``: that of a hidden cell is wanted.
    """
    text = _html_text(cell)
    if not text.strip() and any(
        unseen(node) and _has_figure(node.text_content()) for node in cell.iterdescendants("*")
    ):
        return NOT_SEEN
    if (unseen(cell) and not include) or ((row_veiled or veiled(cell)) and _has_figure(text)):
        return f"{text.strip()} {NOT_SEEN}".strip()
    stored = cell.get("x:num") or cell.get("sdval") or ""
    if contradicts(text, stored):
        return f"{text.strip()} (stored as {stored})"
    return raise_text(text, STRUCK) if struck(cell) else text


def _tips(cell: Any, text: str) -> str:
    """What a browser shows beside a cell when one points at it; not its own text again, nor what a click does."""
    tips = (node.get(name) or "" for node in (cell, *cell.iterdescendants("*")) for name in _TIPS)
    said = (" ".join(tip.split()) for tip in tips)
    return "; ".join(
        dict.fromkeys(tip for tip in said if _WORD.search(tip) and tip != text and not _CLICK.search(tip))
    )


def _has_figure(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _before(table: Any) -> list[Any]:
    """The blocks of text just before a table: its title and unit, where they have no cell of their own."""
    blocks = list(itertools.takewhile(lambda node: node.tag in _BLOCKS, table.itersiblings(preceding=True)))
    return blocks[:HEADING_BLOCKS][::-1]


def _refuse_stray_text(table: Any, name: str) -> None:
    """A text of a table outside of its cells is what a damaged mark leaves of one, and its figure would be a blank."""
    sections = [node for node in table if node.tag in ("thead", "tbody", "tfoot")]
    rows = list(_html_rows(table))
    texts = [
        part for node in (table, *sections, *rows) for part in (node.text, *(child.tail for child in node))
    ]
    others = [
        child for row in rows for child in row if child.tag not in ("td", "th") and isinstance(child.tag, str)
    ]
    texts += [child.text_content() if _ELEMENT.fullmatch(child.tag) else child.tag for child in others]
    stray = next((" ".join(text.split()) for text in texts if text and text.strip()), "")
    if stray:
        raise damaged(f"the text {stray[:40]!r} is outside of the cells", name)
    names = (str(key) for node in table.iter(etree.Element) for key in node.attrib)
    if broken := next(filter(_BROKEN_ATTRIBUTE.match, names), ""):
        raise damaged(f"a mark of the table holds {broken[:40]!r}", name)


def _html_rows(table: Any) -> Iterator[Any]:
    """Rows of a table as a browser shows them, the foot below; not those of a table inside one of its cells."""
    for node in sorted(table, key=lambda part: (part.tag == "tfoot") - (part.tag == "thead")):
        if node.tag == "tr":
            yield node
        elif node.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in node if row.tag == "tr")


def _span(cell: Any, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _take(taken: set[tuple[int, int]], area: tuple[int, int, int, int], name: str) -> None:
    row, column, down, right = area
    if len(taken) + down * right > MAX_CELLS // 10:
        raise damaged("its merged cells are larger than any table", name)
    taken.update((row + y, column + x) for y in range(down) for x in range(right))


def _html_text(node: Any, raised: str = "") -> str:
    """The text of a cell, with the lines that a browser shows."""
    if not isinstance(node.tag, str) or node.tag in _NO_TEXT:
        return ""
    kind = KINDS_OF_ELEMENTS.get(node.tag, raised)
    if node.tag not in ("td", "th"):
        style = node.get("style") or ""
        shifts = (
            (STRUCK, struck(node)),
            ("superscript", _RAISED.search(style)),
            ("subscript", _LOWERED.search(style)),
        )
        kind = next((name for name, found in shifts if found), kind)
    parts = [raise_text(_SPACES.sub(" ", node.text or ""), kind)]
    for child in node:
        # Small digits belong to no number beside them.
        block = "\n" if child.tag in _BREAKS else "\t" if child.tag == "small" else ""
        own = "" if isinstance(child.tag, str) and unseen(child) else _html_text(child, kind)
        if isinstance(child.tag, str) and veiled(child):
            drawn = decoration(child, own)
            own = drawn if drawn is not None else f"{own.strip()} {NOT_SEEN} " if _has_figure(own) else own
        tail = raise_text(_SPACES.sub(" ", child.tail or ""), kind)
        parts += [block, own, "" if child.tag == "br" else block, tail]
    return "".join(parts)
