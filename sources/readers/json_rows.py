"""Rows of a JSON document by the options ``rows``, ``explode`` and ``embedded``, and what dotted paths lead to in them.

::

    {"data": [{"title": "KG", "values": [{"key": 2024, "value": 7}, {"key": 2025, "value": 8}]}]}
      rows: /data   explode: values     two rows; values.key, or key alone, is 2024 in the first
      its pointer of values.value       /data/0/values/0/value

Not here: which of it is a value, a label or a note (``json_table``, the caller), JSON itself (``json_text``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from data_contracts.strict_files import did_you_mean
from sources.cells import Options, ReadError
from sources.readers.json_envelope import refuse_error
from sources.readers.json_text import MISSING, expect_list, kind, parse_inner, pointer, resolve, step
from sources.readers.text import text_option

#: what to do where a path leads nowhere
DECLARATION = "The publisher renamed it, or the declaration is wrong"
_ERRORS = ("/message", "/0/message", "/error", "/fault")

Path = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A row as paths see it: ``node`` has the element in place of the exploded list."""

    place: Path
    node: Any
    exploded: Path = ()
    position: str = ""

    def pointer(self, path: Path) -> str:
        """Where in the document the path leads."""
        depth = len(self.exploded)
        if depth and path[:depth] == self.exploded:
            path = (*self.exploded, self.position, *path[depth:])
        return pointer((*self.place, *path))


FullPath = Callable[[str], str]


def rows_of(document: Any, options: Options) -> Iterator[Row]:
    """The rows that the options name; ReadError where there is no list of them."""
    where = text_option(options, "rows")
    found = resolve(document, where)
    if not isinstance(found, list) and found is not None:
        for place in _ERRORS:
            refuse_error(document, place)
        raise ReadError(
            f"a list of rows is expected, the file has {kind(found)}", place=where or "/", remedy=DECLARATION
        )
    explode, embedded = text_option(options, "explode"), text_option(options, "embedded")
    whole = (Row((*where.split("/")[1:], str(number)), node) for number, node in enumerate(found or []))
    rows = (_unpacked(row, embedded) for row in whole) if embedded else whole
    if not explode:
        yield from rows
        return
    lists = [(row, *find(row.node, explode)) for row in rows]
    refuse_misspelt(lists)
    filled = [each for each in lists if each[2] is not MISSING and each[2] is not None]
    for row, path, elements in filled:
        for position, element in enumerate(expect_list(elements, row.pointer(path))):
            yield Row(row.place, _replaced(row.node, path, element), path, str(position))
    if lists and not filled:
        raise ReadError(f"no row has a list {explode!r}", place=where or "/", remedy=DECLARATION)


def refuse_misspelt(found: Sequence[tuple[Row, Path, Any]]) -> None:
    """Raise where a row lacks a key that others have, and has instead one that is spelt nearly so."""
    steps = next((path for _, path, node in found if path and node is not MISSING), None)
    lacking = [row for row, _, node in found if node is MISSING]
    if steps is None or not lacking:
        return

    def holder(row: Row) -> Any:
        """What should have the key."""
        node = row.node
        for key in steps[:-1]:
            node = step(node, key)
        return node if isinstance(node, dict) else {}

    known = {key for row, _, node in found if node is not MISSING for key in holder(row)}
    for row in lacking:
        if meant := did_you_mean(steps[-1], holder(row).keys() - known):
            raise ReadError(
                f"the row has no {steps[-1]!r} as others have{meant}",
                place=row.pointer(steps[:-1]),
                remedy="The file is damaged, or the publisher renamed a key in some rows",
            )


def _unpacked(row: Row, embedded: str) -> Row:
    """The row with a string of JSON replaced by what it says."""
    path, text = find(row.node, embedded)
    if not isinstance(text, str):
        raise ReadError(f"{embedded!r} is not a string of JSON", place=row.pointer(path), remedy=DECLARATION)
    return Row(row.place, _replaced(row.node, path, parse_inner(text, row.pointer(path))))


def _replaced(node: Any, path: Path, new: Any) -> Any:
    """A copy of the node with another thing at the path."""
    if not path:
        return new
    copy = node.copy()
    key: Any = int(path[0]) if isinstance(node, list) else path[0]
    copy[key] = _replaced(node[key], path[1:], new)
    return copy


def find(node: Any, path: str) -> tuple[Path, Any]:
    """What a dotted path leads to, with its steps; keys that hold dots are tried whole first."""
    if not path:
        return (), node
    pieces = path.split(".")
    for length in range(len(pieces), 0, -1):
        key = ".".join(pieces[:length])
        child = step(node, key)
        if child is not MISSING:
            below, found = find(child, ".".join(pieces[length:]))
            if found is not MISSING:
                return (key, *below), found
    return tuple(pieces), MISSING


def full_paths(rows: Sequence[Row], explode: str) -> FullPath:
    """From a declared path to the whole one: a key of the exploded elements may be written alone."""
    inner: set[str] = set()
    for row in rows:
        _, element = find(row.node, explode)
        if explode and isinstance(element, dict):
            inner |= element.keys()
    return lambda path: f"{explode}.{path}" if path in inner or path.split(".")[0] in inner else path
