"""JSON as text: every number stays the literal of the file, and places are JSON pointers (RFC 6901).

``load`` gives objects, lists, strings, booleans and null; numbers arrive as strings (``107.70`` keeps its
last zero, ``1e3`` its exponent). JSON Lines (an object a line) are the list of their objects. A key given twice in
one object is an error, as is any text after the end.

Not here: what the objects mean, which is for the readers that call this: ``json_stat``, ``json_table``, ``open_sdg``,
``sdmx_json``, ``siat``.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sources.cells import Options, ReadError
from sources.column_names import is_embargo
from sources.readers.text import FETCH_AGAIN, decode

MISSING: Any = object()


def load(content: bytes, options: Options) -> Any:
    """The document, numbers as their own text; ReadError where it is no whole JSON."""
    text = decode(content, options)
    try:
        return _parse(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and (records := _lines(text)):
            return records
        place = f"line {error.lineno}, character {error.colno}"
        raise ReadError(
            f"the file is not complete JSON: {error.msg}", place=place, remedy=FETCH_AGAIN
        ) from None
    except RecursionError:
        raise ReadError("the JSON is nested too deeply to be data", remedy=FETCH_AGAIN) from None


def _lines(text: str) -> list[Any]:
    """The objects of JSON Lines, one a line, as a list; empty where the text is anything else."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
        return []
    try:
        return [_parse(line) for line in lines]
    except (json.JSONDecodeError, RecursionError):
        return []


def parse_inner(text: str, place: str) -> Any:
    """JSON held in a string of another document, of which ``place`` is the pointer; ReadError."""
    try:
        return _parse(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReadError(
            f"the text is not JSON: {error}", place=place, remedy="Correct the option embedded"
        ) from None


def _parse(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_no_repeats)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        times = Counter(key for key, _ in pairs)
        repeated = next(key for key, count in times.items() if count > 1)
        raise ReadError(f"the key {repeated!r} occurs twice in one JSON object", remedy=FETCH_AGAIN)
    return result


def pointer(parts: Sequence[str | int]) -> str:
    """JSON pointer of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def resolve(document: Any, place: str) -> Any:
    """What a JSON pointer leads to, or ``MISSING``."""
    node = document
    for part in place.split("/")[1:]:
        node = step(node, part.replace("~1", "/").replace("~0", "~"))
        if node is MISSING:
            break
    return node


def step(node: Any, part: str) -> Any:
    """One step down: a key of an object or a position of a list, or ``MISSING``."""
    if isinstance(node, dict):
        return node.get(part, MISSING)
    if isinstance(node, list) and part.isascii() and part.isdigit() and len(part) < 10:
        return node[int(part)] if int(part) < len(node) else MISSING
    return MISSING


def scalar(node: Any, place: str) -> str | None:
    """Text of a scalar: null stays null, true and false are their JSON words; anything else is a ReadError."""
    if node is None or isinstance(node, str):
        return node
    if isinstance(node, bool):
        return "true" if node else "false"
    raise ReadError(
        f"{'an' if isinstance(node, dict) else 'a'} {kind(node)} is found where a single value is expected",
        place=place or "/",
        remedy="Compare the file with the dataset's declaration",
    )


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Every scalar below a node, with its path, in the order of the file; ReadError below a hundred levels."""
    if len(path) > 100:
        raise ReadError(
            "the JSON is nested too deeply to be data", place=pointer(path)[:80], remedy=FETCH_AGAIN
        )
    if isinstance(node, dict):
        for key, child in node.items():
            yield from leaves(child, (*path, key))
    elif isinstance(node, list):
        for position, child in enumerate(node):
            yield from leaves(child, (*path, str(position)))
    else:
        yield path, scalar(node, pointer(path))


def embargoes_of(node: Any) -> Iterator[str]:
    """Until when an object says that its values may not be published."""
    for key, said in node.items() if isinstance(node, dict) else ():
        if is_embargo(key) and isinstance(said, str | bool) and (text := scalar(said, "")):
            yield text


def expect_object(node: Any, place: str) -> dict[str, Any]:
    """The node as an object; ReadError where it is none."""
    if not isinstance(node, dict):
        raise _unexpected(node, "an object", place)
    return node


def expect_list(node: Any, place: str) -> list[Any]:
    """The node as a list; ReadError where it is none."""
    if not isinstance(node, list):
        raise _unexpected(node, "a list", place)
    return node


def _unexpected(node: Any, expected: str, place: str) -> ReadError:
    return ReadError(
        f"{expected} is expected, the file has {kind(node)}",
        place=place or "/",
        remedy="Compare the file with the dataset's declaration",
    )


def kind(node: Any) -> str:
    """What a node is, in words."""
    if node is MISSING:
        return "nothing"
    return {dict: "object", list: "list", str: "single value", bool: "single value"}.get(type(node), "null")
