"""Whether a JSON answer failed, whether there is more of it, and which page comes next.

::

    {"success": false, "message": "timeout", "data": [...]}             refused with these words
    {"data": [...], "totalCount": 500}   {"exceededTransferLimit": true, "features": [...]}
                                                                        a part of the answer: refused
    {"data": [...], "total": 1204}                                      the same, unless 1204 is a sum of their figures
    {"meta": {"current_page": 1, "last_page": 4}, "data": [...]}        page 2 comes after it

Not here: the rows and their columns (``json_rows``, ``json_table``), what the answer says of its figures
(``json_said``). Called by all three.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sources.cells import ReadError
from sources.readers.json_text import MISSING, embargoes_of, leaves, pointer, resolve

_TRY_AGAIN = "Correct the request, or try again later"
_REQUEST_ALL = "Request all of them (a limit, a page in the address), or declare the option next"
_OR_READ = "; where {place} is a figure and no number of rows, read it as a column (option columns)"
_NEXT = ("@odata.nextlink", "next")
# What an answer calls the number of all rows.
_TOTALS = re.compile(
    r"(?:total_?(?:count|records|rows|results|elements|items|hits)|records?_?total|record_?count|num_?found|"
    r"i?total_?(?:display_?)?records|total_?features|number_?matched|num(?:ber)?_?of_?(?:records|rows|results|features|items)|"
    r"всего_?(?:записей|строк)|(?:жами|жалпы|jami)_?(?:ёзувлар|жазбалар|жазуулар|yozuvlar))"
)
# The same where it may be a figure, so that it is compared with those of the rows unless a limit stands beside it.
_TOTALS_OR_FIGURES = re.compile(
    r"total|count|hits|found|matches|length|(?:num_?)?rows|rows?_?count|всего|итого|количество|кол-во|анықталды|барлығы|"
    r"бардыгы|жами|jami|ҳамагӣ|gesamt|insgesamt|anzahl"
)
# What numbers of the rows are no figures: "id": 1, 2, 3 makes 6.
_FIGURE = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_NO_FIGURES = re.compile(r".*id|.*code|.*key|.*year|.*month|.*date|nr|no|rank|index|№|номер|.*код|.*год")
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
#: objects beside the rows that speak of the answer, not of a row
ABOUT = ("meta", "metadata", "pagination", "paging", "pageinfo", "page", "links", "header")
_FAULTS = ("error", "errors", "fault", "exception")
_NO_FAULT = ("0", "false", "no", "none", "null", "ok", "success")
_SUCCESS = ("success", "ok", "succeeded")
_FAILED = re.compile(r"errors?|fail(?:ed|ure)?|[45][0-9]{2}")


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
        if _fails(plain_key(key), [word.casefold() for word in words_of(node)]):
            said = [key, *(word for name in (key, "message", "detail") for word in words_of(facts.get(name)))]
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


def refuse_part(document: Any, where: str, read: Collection[str] = ()) -> None:
    """Raise where the answer says that there are more rows than it has.

    ``where``: pointer of the rows; ``read``: those of the facts beside them that the declaration reads as figures.
    """
    found = resolve(document, where)
    rows = len(found) if isinstance(found, list) else 0
    said = (
        (place + pointer((name,)), number, may_be_figure, of_answer)
        for place, facts, of_answer in (_facts_around(document, where) if isinstance(found, list) else ())
        for name, number, may_be_figure in _rows_said(facts)
    )
    for place, number, may_be_figure, of_answer in said:
        if number <= rows or (
            may_be_figure and (not of_answer or place in read or number in _figures_of(found))
        ):
            continue
        raise ReadError(
            f"the answer says that there are {number} rows and has {rows} of them",
            place=where or "/",
            remedy=_REQUEST_ALL + (_OR_READ.format(place=place) if may_be_figure else ""),
        )
    for facts in envelopes(document):
        more = next((key for key, node in facts.items() if node is True and plain_key(key) in _MORE), None)
        if more:
            raise ReadError(
                f"the answer says that there are more rows than it has ({more}: true)",
                place=where or "/",
                remedy=_REQUEST_ALL,
            )


def embargoes(document: Any, where: str) -> str:
    """Until when the objects around the rows (``where``: their pointer) say that these may not be published."""
    return "\n".join(text for _, facts, _ in _facts_around(document, where) for text in embargoes_of(facts))


def following(document: Any) -> str | None:
    """Address or number of the next page, where the answer says one; nothing after the last."""
    for envelope in envelopes(document):
        facts = {plain_key(key): text for key, node in envelope.items() if (text := _link(node))}
        for key in _NEXT:
            if plain_key(key) in facts:
                return facts[plain_key(key)]
        for page, pages in _PAGES:
            number, last = facts.get(page, ""), facts.get(pages, "")
            if number.isdecimal() and last.isdecimal() and int(number) < int(last):
                return str(int(number) + 1)
    return None


def envelopes(document: Any) -> Iterator[Mapping[str, Any]]:
    """The root object, or the first one of a root list that has the rows behind it; and what it holds of that kind."""
    parts = isinstance(document, list) and any(isinstance(part, list) for part in document[1:])
    envelope = document[0] if parts else document
    if not isinstance(envelope, dict):
        return
    yield envelope
    for key, node in envelope.items():
        if plain_key(key) in ABOUT and isinstance(node, dict):
            yield node
            inner = (part for name, part in node.items() if plain_key(name) in ABOUT)
            yield from (part for part in inner if isinstance(part, dict))


def plain_key(key: str) -> str:
    """A key in lower case and one word, however it is spelt: "totalPages" and "total_pages"."""
    return re.sub(r"[\s_.-]", "", key.casefold().lstrip("@$_"))


def _link(node: Any) -> str:
    """A text, or the ``href`` of an object."""
    text = node.get("href") if isinstance(node, dict) else node
    return text if isinstance(text, str) else ""


def words_of(node: Any) -> Iterator[str]:
    """Every text in a part of the answer that says something."""
    return (text.strip() for _, text in leaves(node) if text and text.strip())


def _facts_around(document: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Objects around the rows and what these hold, each with its pointer, and whether it speaks of the answer."""
    above = where.split("/")[1:]
    for depth in range(len(above)):
        place = pointer(above[:depth])
        node = resolve(document, place)
        inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        parts = [
            (place + pointer((key,)), part, plain_key(str(key)) in (*ABOUT, "0")) for key, part in inside
        ]
        yield from (facts for facts in [(place, node, True), *parts] if isinstance(facts[1], dict))


def _rows_said(facts: Mapping[str, Any]) -> Iterator[tuple[str, int, bool]]:
    """What an envelope calls the number of its rows, that number, and whether it may be a figure as well.

    Nothing where it goes on to another page of its own.
    """
    paged = {*map(plain_key, _NEXT), *(key for pair in _PAGES for key in pair)}
    if paged.intersection(map(plain_key, facts)):
        return
    names = {key: key.casefold().lstrip("@$_") for key, node in facts.items() if isinstance(node, str)}
    part = any(map(_PART.fullmatch, names.values()))
    for key, name in names.items():
        sure, unsure = _TOTALS.fullmatch(name), _TOTALS_OR_FIGURES.fullmatch(name)
        text = facts[key]
        if (sure or unsure) and text.isascii() and text.isdigit() and len(text) < 12:
            yield key, int(text), not (sure or part)


def _figures_of(rows: Sequence[Any]) -> set[float]:
    """What a total beside the rows may be of their figures: the sum of one key, its largest figure, how many it has."""
    figures: dict[tuple[str, ...], list[float]] = {}
    for path, text in leaves(rows):
        keys = tuple(step for step in path if not step.isdecimal()) or path[1:] or ("",)
        if text and _FIGURE.fullmatch(text):
            figures.setdefault(keys, []).append(float(text))
    counted = {float(len(numbers)) for numbers in figures.values()}
    summed = [numbers for keys, numbers in figures.items() if not _NO_FIGURES.fullmatch(plain_key(keys[-1]))]
    return counted | {round(total, 6) for numbers in summed for total in (sum(numbers), max(numbers))}
