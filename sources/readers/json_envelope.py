"""What a JSON answer says of itself beside its rows: an error, that there is more of it, what its figures are in.

::

    {"success": false, "message": "timeout", "data": [...]}             refused with these words
    {"data": [...], "totalCount": 500}   {"exceededTransferLimit": true, "features": [...]}
                                                                        a part of the answer: refused
    {"meta": {"current_page": 1, "last_page": 4}, "data": [...]}        page 2 comes after it
    {"data": [...], "unit": "thousand persons"}                         the words of the unit
    {"data": [...], "title": "Orders, January-September", "meta": {...}}
                                                                        title, and lines about the rows
    {"fields": [{"id": "v", "info": {"label": "Share, %"}}], "records": [{"v": 4}]}
                                                                        what a key of the rows is called

Not here: the rows and their columns (``json_table``, ``open_sdg``, which call this).
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sources.cells import ReadError
from sources.readers.json_text import MISSING, leaves, pointer, resolve, step

# Below so many keys stands what is about more than the row.
_DEEPEST = 3
# Texts of one member beside the rows; more are data themselves.
MOST_REMARKS = 50
# Members that name the whole table, or the unit of its values; ``name`` alone may also be that of an office.
_OF_ALL = ("title", "label", "unit", "units", "unit_of_measure")
_NAMES_OF_ALL = re.compile(
    r"(?:(?:sub|long|short|full|table|dataset|indicator|series|report)?(?:title|name|label|caption|heading)|indicator)"
    r"(?:en|ru|kk|kz|ky|kg|uz|tg|tj|de)?|наименование|название|заголовок|показатель|тақырып|атауы|аталышы|nomi|номи"
)
# How a list beside the rows calls the key that one of its objects describes.
_KEYS = ("id", "key", "field", "name", "code", "dataindex", "accessor")
_TRY_AGAIN = "Correct the request, or try again later"
_REQUEST_ALL = "Request all of them (a limit, a page in the address), or declare the option next"
_NEXT = ("@odata.nextlink", "next")
# What an answer calls the number of all rows; "total" alone may be a figure, so that it counts beside a limit only.
_TOTALS = re.compile(
    r"(?:total_?(?:count|records|rows|results|elements|items|hits)|records?_?total|record_?count|num_?found|"
    r"i?total_?(?:display_?)?records|total_?features|number_?matched|num(?:ber)?_?of_?(?:records|rows|results|features|items)|"
    r"всего_?(?:записей|строк)|(?:жами|жалпы|jami)_?(?:ёзувлар|жазбалар|жазуулар|yozuvlar))"
)
_TOTALS_OF_PART = re.compile(r"total|count")
_PART = re.compile(r"(?:limit|offset|skip|top|start|per_?page|page_?size|size)")
_PAGES = (
    *(("page", "pages"), ("page", "totalpages"), ("pagenumber", "totalpages")),
    *(
        ("currentpage", "lastpage"),
        ("currentpage", "totalpages"),
        ("page", "lastpage"),
        ("page", "pagecount"),
    ),
)
_MORE = ("hasmore", "hasnext", "hasnextpage", "istruncated", "truncated", "exceededtransferlimit", "partial")
# Objects beside the rows that speak of the answer, not of a row.
_ABOUT = ("meta", "metadata", "pagination", "paging", "pageinfo", "page", "links", "header")
_FAULTS = ("error", "errors", "fault", "exception")
_NO_FAULT = ("0", "false", "no", "none", "null", "ok", "success")
_SUCCESS = ("success", "ok", "succeeded")
_FAILED = re.compile(r"errors?|fail(?:ed|ure)?|[45][0-9]{2}")
_UNITS = re.compile(r"units?(?:ofmeasure(?:ment)?)?|measureunit|единицаизмерения|едизм")
_FACTORS = re.compile(r"(?:unit)?mult(?:iplier)?|scale|factor|power(?:code)?|множитель|коэффициент")
_VALUES = re.compile(r"(?:obs|data|num(?:eric)?)?(?:values?|val|v)|[0-9]*|знач(?:ение)?")
# What else a row may say of its value: whose it is, that nobody has counted it, and how good it is.
_OTHERS = re.compile(
    r"(?:is)?(?:forecast|projection|projected|planned|plan|target|план|прогноз)|sex|gender|пол|"
    r"age(?:group)?|возраст|возрастнаягруппа|adjust(?:ment|ed)|"
    r"(?:obs(?:ervation)?|value|data)?flags?|(?:obs(?:ervation)?|value|data)status|(?:foot)?notes?|"
    r"флаги?|примечани[ея]|сноск[аи]"
)
# Words in keys of a part of persons, cases or offences, which may hold a number, or an object: "wealth_quintile": 1.
_DIVIDES = re.compile(
    r"violence|насили|relationship|perpetrator|aggressor|агрессор|родств|educat|образован|marital|семейноеположение|ethnic|"
    r"nationality|национальност|гражданств|citizenship|disab|инвалид|wealth|quintile|квинтил|occupation|employment|занятост|"
    r"categor|категори|(?:crime|offen[cs]e|victim|case)(?:type|kind|group)|(?:вид|тип|статья)(?:преступлени|правонарушени|ук)"
)


def refuse_error(document: Any, where: str) -> None:
    """Raise with the words that a place of the document has."""
    node = resolve(document, where)
    if node is not MISSING and node:
        message = " ".join(text for _, text in leaves(node) if text)[:300]
        raise ReadError(f"the service reports: {message}", place=where, remedy=_TRY_AGAIN)


def refuse_failure(document: Any) -> None:
    """Raise where an answer says that it failed although it has rows: ``success`` false, a filled ``error``."""
    facts = document if isinstance(document, dict) else {}
    for key, node in facts.items():
        if _fails(_plain(key), [word.casefold() for word in _words(node)]):
            said = [key, *(word for name in (key, "message", "detail") for word in _words(facts.get(name)))]
            raise ReadError(
                f"the service reports a failure beside the rows: {', '.join(dict.fromkeys(said))[:300]}",
                place=pointer((key,)),
                remedy=_TRY_AGAIN,
            )


def _fails(name: str, words: list[str]) -> bool:
    if name in _FAULTS:
        return any(word not in _NO_FAULT for word in words)
    if name in _SUCCESS:
        return words in (["false"], ["0"], ["no"])
    return name in ("status", "statuscode") and len(words) == 1 and _FAILED.fullmatch(words[0]) is not None


def refuse_part(document: Any, where: str) -> None:
    """Raise where the answer says that there are more rows than it has; ``where``: pointer of the rows."""
    found = resolve(document, where)
    above = where.split("/")[1:]
    nodes = [resolve(document, pointer(above[:depth])) for depth in range(len(above))]
    for node in nodes:
        for facts in (node, *(node.values() if isinstance(node, dict) else ())):
            said = _rows_said(facts)
            if said is not None and isinstance(found, list) and said > len(found):
                raise ReadError(
                    f"the answer says that there are {said} rows and has {len(found)} of them",
                    place=where or "/",
                    remedy=_REQUEST_ALL,
                )
    for facts in _envelopes(document):
        more = next((key for key, node in facts.items() if node is True and _plain(key) in _MORE), None)
        if more:
            raise ReadError(
                f"the answer says that there are more rows than it has ({more}: true)",
                place=where or "/",
                remedy=_REQUEST_ALL,
            )


def following(document: Any) -> str | None:
    """Address or number of the next page, where the answer says one; nothing after the last."""
    for envelope in _envelopes(document):
        facts = {_plain(key): text for key, node in envelope.items() if (text := _link(node))}
        for key in _NEXT:
            if _plain(key) in facts:
                return facts[_plain(key)]
        for page, pages in _PAGES:
            number, last = facts.get(page, ""), facts.get(pages, "")
            if number.isdecimal() and last.isdecimal() and int(number) < int(last):
                return str(int(number) + 1)
    return None


def said_of_unit(document: Any) -> str:
    """The words of the unit of all figures, from beside the rows."""
    words = list[str]()
    for facts in _envelopes(document):
        for key, node in facts.items():
            if is_unit(key):
                words += _words(node)
            elif _FACTORS.fullmatch(_plain(key)):
                words += (f"x{word}" if re.fullmatch("10+", word) else word for word in _words(node))
    return "; ".join(dict.fromkeys(words))


def said_beside(document: Any, where: str) -> tuple[list[str], list[str]]:
    """Titles, and other texts, that stand beside the rows at a pointer: in the objects around them, all the way up."""
    titles, others = dict[str, None](), dict[str, None]()
    row = _first_row(document, where)
    for name, text, is_name in _beside(document, where.split("/")[1:], row):
        (titles if is_name or name.casefold() in _OF_ALL else others)[text] = None
    return list(titles), list(others)


def names_of_keys(document: Any, where: str) -> dict[str, str]:
    """What a list beside the rows says of each of their keys: label, unit, notes; of rows that are lists, by place."""
    row, found = _first_row(document, where), dict[str, str]()
    above, _, name = where.rpartition("/")
    for _, node in _others(resolve(document, above), name, last=False):
        for place, part in enumerate(node if _describes_keys(node, row) else ()):
            key = str(place) if isinstance(row, list) else _key_of(part)
            said = (text for _, text in leaves(part) if text and text != _key_of(part))
            found[key] = "; ".join(dict.fromkeys(said))
    return found


def _first_row(document: Any, where: str) -> Any:
    rows = resolve(document, where)
    return rows[0] if isinstance(rows, list) and rows else None


def _beside(document: Any, steps: Sequence[str], row: Any) -> Iterator[tuple[str, str, bool]]:
    """Key and text of each scalar around the rows; and whether it is called as what names the table."""
    above = document
    for depth, name in enumerate(steps):
        last = depth == len(steps) - 1
        for key, node in _others(above, name, last=last):
            if _describes_keys(node, row) or (depth and not last and _has_rows(node)):
                continue
            for path, text in itertools.islice(leaves(node), MOST_REMARKS):
                if text and not text.isdecimal():
                    own = [key, *(part for part in path if not part.isdecimal())][-1]
                    is_near = len(path) < 1 + (_plain(key) in _ABOUT)
                    yield own, text, is_near and _NAMES_OF_ALL.fullmatch(_plain(own)) is not None
        above = step(above, name)


def _others(above: Any, name: str, *, last: bool) -> Iterator[tuple[str, Any]]:
    """What an object, or a list that has the rows themselves in it, holds beside a member."""
    if isinstance(above, dict):
        yield from ((key, node) for key, node in above.items() if key != name)
    elif isinstance(above, list) and last:
        others = (node for place, node in enumerate(above) if str(place) != name)
        yield from (("meta", node) for node in others if isinstance(node, dict))


def _has_rows(node: Any) -> bool:
    """Whether an object holds a list of objects, as another table does."""
    held = node.values() if isinstance(node, dict) else ()
    return any(isinstance(part, list) and any(isinstance(row, dict) for row in part) for part in held)


def _describes_keys(node: Any, row: Any) -> bool:
    """Whether a list has an object for each key of the rows, or for each place in rows that are lists."""
    if not isinstance(node, list) or not node or not all(isinstance(part, dict) for part in node):
        return False
    known = {_key_of(part) for part in node}
    return (
        len(node) == len(row) if isinstance(row, list) else isinstance(row, dict) and bool(known & row.keys())
    )


def _key_of(part: Mapping[str, Any]) -> str:
    named = {_plain(key): text for key, text in part.items() if isinstance(text, str)}
    return next((named[key] for key in _KEYS if named.get(key)), "")


def is_unit(key: str) -> bool:
    """Whether a key is called as the unit of the figures."""
    return _UNITS.fullmatch(_plain(key)) is not None


def is_plain_value(key: str) -> bool:
    """Whether a key says no more than that a value is there; a place in a list says nothing either."""
    return _VALUES.fullmatch(_plain(key)) is not None


def is_telling(path: Sequence[str]) -> bool:
    """Whether a key of a row, or one in an object of it, is called as what tells of the value beside it: unit, factor,
    sex, age, plan, or a part of what is counted.
    """
    plain = _plain(path[-1])
    divides = len(path) <= _DEEPEST and _DIVIDES.search("".join(map(_plain, path)))
    return bool(divides) or any(words.fullmatch(plain) for words in (_UNITS, _FACTORS, _OTHERS))


def _envelopes(document: Any) -> Iterator[Mapping[str, Any]]:
    """The root object, or the first one of a root list that has the rows behind it; and what it holds of that kind."""
    parts = isinstance(document, list) and any(isinstance(part, list) for part in document[1:])
    envelope = document[0] if parts else document
    if not isinstance(envelope, dict):
        return
    yield envelope
    for key, node in envelope.items():
        if _plain(key) in _ABOUT and isinstance(node, dict):
            yield node
            inner = (part for name, part in node.items() if _plain(name) in _ABOUT)
            yield from (part for part in inner if isinstance(part, dict))


def _plain(key: str) -> str:
    return re.sub(r"[\s_.-]", "", key.casefold().lstrip("@$_"))


def _link(node: Any) -> str:
    """A text, or the ``href`` of an object."""
    text = node.get("href") if isinstance(node, dict) else node
    return text if isinstance(text, str) else ""


def _words(node: Any) -> Iterator[str]:
    return (text.strip() for _, text in leaves(node) if text and text.strip())


def _rows_said(facts: Any) -> int | None:
    """How many rows an envelope says there are, unless it goes on to another page of its own."""
    if not isinstance(facts, dict):
        return None
    paged = {*map(_plain, _NEXT), *(key for pair in _PAGES for key in pair)}
    if paged.intersection(map(_plain, facts)):
        return None
    names = {key.casefold().lstrip("@$_"): node for key, node in facts.items() if isinstance(node, str)}
    part = any(_PART.fullmatch(name) for name in names)
    for name, text in names.items():
        total = _TOTALS.fullmatch(name) or (part and _TOTALS_OF_PART.fullmatch(name))
        if total and text.isascii() and text.isdigit() and len(text) < 12:
            return int(text)
    return None
