"""Strict reading of declarations: YAML mappings and CSV tables whose errors name file and line.

A key given twice, an unknown key, a text where a number belongs are ``DeclarationError``. Not here: what a declaration
must say (``data_contracts.load``, ``sources.load_datasets``, ``sources.bundled_registers``, which call this module).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from data_contracts.errors import DvstatsError
from data_contracts.yaml_mistakes import mistake

_PROJECT = Path(__file__).resolve().parent.parent


class DeclarationError(DvstatsError):
    """A declaration is not as it must be; the message names file, line and what to do."""

    def __init__(self, file: Path | str, line: int | None, problem: str) -> None:
        """Put the place first, as editors and people expect it; a file of the project by its path in it."""
        path = Path(file)
        #: of a row of a CSV file: the lines of the file in which it was lost
        self.lines: Sequence[str] = ()
        name = path.relative_to(_PROJECT).as_posix() if path.is_relative_to(_PROJECT) else path.name
        place = f"{name}, line {line}" if line else name
        super().__init__(f"{place}: {problem}{'' if problem.endswith('?') else '.'}")


# So many letters of a word may stand for all of it.
_SHORTENED = 4


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """Of the known words the one that is spelt nearly so, in whatever case; a number is nothing misspelt.

    ``likeness``: from 0 to 1; more where the known words are many, so that one of them is always a little alike.
    """
    if not re.search(r"[^\W\d_]", word):
        return None
    folded = {name.casefold(): name for name in known}
    begun = [name for name in folded if len(word) >= _SHORTENED and name.startswith(word.casefold())]
    if len(begun) == 1:
        return folded[begun[0]]
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=likeness)
    return folded[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``, did you mean 'numbers'?`` where something known is spelt nearly so; else nothing."""
    close = nearest(word, known)
    return _meant(close) if close else ""


def _meant(word: str) -> str:
    return f", did you mean {word!r}?"


def no_such(what: str, word: str, known: Iterable[str]) -> str:
    """``No dataset kg_victim, did you mean 'kg_victims'?``: the sentence for a word that names nothing known."""
    return f"No {what} {word}{did_you_mean(word, known) or '.'}"


def header_mistake(header: Sequence[str], expected: Sequence[str], optional: Sequence[str] = ()) -> str:
    """What is wrong with the header of a file whose columns are given; empty where nothing is.

    ``optional``: columns that may follow, in this order. The first misspelt word is named, with the right one: that is
    spelt nearly so, or else has its place and is missing.
    """
    known = [*expected, *optional]
    if list(header) == [*expected, *(name for name in optional if name in header)]:
        return ""
    absent = [name for name in expected if name not in header]
    for place, name in enumerate(header):
        if name not in known:
            there = [word for word in expected[place : place + 1] if word in absent]
            meant = did_you_mean(name, absent or known) or "".join(map(_meant, there))
            return f"the column {name!r} is not known{meant}"
    if absent:
        return f"the column {absent[0]!r} is missing"
    twice = next((name for name in header if header.count(name) > 1), None)
    return f"the column {twice!r} is there twice" if twice else "the columns are in another order"


def not_known(name: str, word: str, known: Iterable[str]) -> str:
    """The sentence for a word that is none of those that are known, with what was probably meant."""
    known = list(known)
    return f"{name}: {word!r} is not known{did_you_mean(word, known)} (known: {', '.join(known)})"


class Mapped(dict[str, Any]):
    """A YAML mapping that remembers its own line and the line of each key."""

    #: line of the file where the mapping begins, from 1
    line: int = 0
    #: line of each key
    lines: dict[str, int]


class Listed(list[Any]):
    """A YAML list that remembers the line of each item."""

    #: line of each item
    lines: list[int]


# The C loader is seven times faster; where it was not built the pure one gives the same.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# A declaration has some hundred values; an alias counts as often as it is used. Without a bound, ten lines of aliases
# of aliases are a thousand million values.
MOST_VALUES = 1_000_000
# A megabyte takes a second and a hundred of memory; the largest declaration has a tenth.
MOST_BYTES = 2_000_000


# A class of its own: what is added to it below is not added for other users of PyYAML.
_Loader: Any = type("_Loader", (_Base,), {})


def _construct_mapping(loader: Any, node: yaml.MappingNode) -> Mapped:
    loader.flatten_mapping(node)
    result = Mapped()
    result.line = node.start_mark.line + 1
    result.lines = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise DeclarationError(node.start_mark.name, line, "a key must be one word or text")
        key = loader.construct_object(key_node, deep=True)
        if key in result.lines and result.lines[key] >= result.line:
            raise DeclarationError(node.start_mark.name, line, f"{key!r} is declared twice")
        result[key] = loader.construct_object(value_node, deep=True)
        result.lines[key] = line
    return result


def _construct_list(loader: Any, node: yaml.SequenceNode) -> Listed:
    result = Listed(loader.construct_object(item, deep=True) for item in node.value)
    result.lines = [item.start_mark.line + 1 for item in node.value]
    return result


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_mapping)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_SEQUENCE_TAG, _construct_list)
# YAML 1.2's few words and numbers. All else stays text (dates, "no", 010, 12:30): a declaration means what it shows.
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _firsts in (
    ("bool", "true|false", ["t", "f"]),
    ("null", "~|null|", ["~", "n", ""]),
    ("int", "-?(0|[1-9][0-9]*)", [*"-0123456789"]),
    ("float", "-?(0|[1-9][0-9]*)[.][0-9]+", [*"-0123456789"]),
    ("merge", "<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _firsts)


def load_yaml(path: Path) -> Mapped:
    """The mapping that a YAML file holds; DeclarationError where it holds anything else, or is too large."""
    if path.stat().st_size > MOST_BYTES:
        raise DeclarationError(
            path, None, f"the file is larger than {MOST_BYTES:,} bytes; is it a declaration?"
        )
    text = _text(path)
    stream = io.StringIO(text)
    stream.name = str(path)
    try:
        loaded = yaml.load(stream, Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise DeclarationError(path, *mistake(error, text)) from error
    except RecursionError:
        raise DeclarationError(path, None, "the file is nested too deeply") from None
    except ValueError as error:
        raise DeclarationError(path, None, f"a number or a day is none ({error})") from error
    if not isinstance(loaded, Mapped):
        raise DeclarationError(path, 1, "a mapping is expected: lines of the form `key: value`")
    if _values(loaded, {}) > MOST_VALUES:
        raise DeclarationError(path, None, f"its aliases stand for more than {MOST_VALUES:,} values")
    return loaded


def _values(part: Any, known: dict[int, int]) -> int:
    """How many values there are in one, an alias as often as it is used; no alias stands for what it is in."""
    if not isinstance(part, (Mapped, Listed)):
        return 1
    if id(part) not in known:
        inside = part.values() if isinstance(part, Mapped) else part
        known[id(part)] = sum(_values(inner, known) for inner in inside)
    return known[id(part)]


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DeclarationError(path, line, "the file is not UTF-8; save it as UTF-8") from error


def take(
    path: Path, what: Mapped, required: Iterable[str], optional: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The declared keys with defaults filled in; DeclarationError where one is unknown, missing or empty."""
    if not isinstance(what, Mapped):
        raise _no_mapping(path, what)
    optional = optional or {}
    required = tuple(required)
    for key in what:
        if key not in required and key not in optional:
            known = [*required, *optional]
            problem = f"unknown key {key!r}{did_you_mean(str(key), known)} (known: {', '.join(known)})"
            raise DeclarationError(path, what.lines.get(key), problem)
    for key in required:
        if what.get(key) in (None, ""):
            raise DeclarationError(path, what.line, f"key {key!r} is missing")
    return {**optional, **what}


def _no_mapping(path: Path, what: object) -> DeclarationError:
    line = what.lines[0] if isinstance(what, Listed) and what else None
    return DeclarationError(path, line, f"{str(what)[:80]!r} stands where a mapping is expected")


def mapping(path: Path, parent: Mapped, key: str) -> Mapped:
    """The mapping at a key of a declaration; DeclarationError where it is anything else."""
    value = parent.get(key)
    if not isinstance(value, Mapped):
        raise DeclarationError(path, parent.lines.get(key, parent.line), f"{key}: a mapping is expected")
    return value


@dataclass(frozen=True)
class Row:
    """One row of a declared CSV file, with its place."""

    #: the file
    path: Path
    #: line of the file on which the row ends, from 1
    line: int
    #: text of each column by its name, as written
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Cell of a column."""
        return self.cells[name]

    def error(self, problem: str) -> DeclarationError:
        """An error at this row."""
        return DeclarationError(self.path, self.line, problem)


def load_csv(path: Path, header: Iterable[str]) -> Iterator[Row]:
    """Rows of a declared CSV file (UTF-8, comma), whose header must be exactly as given; DeclarationError.

    Blank lines are passed over.
    """
    for row in load_csv_rows(path, header):
        if isinstance(row, DeclarationError):
            raise row
        yield row


def load_csv_rows(path: Path, header: Iterable[str]) -> Iterator[Row | DeclarationError]:
    """The same, and in place of a malformed row its error, so that the other rows can be used."""
    header, text = list(header), _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines = text.splitlines()
    while True:
        before, problem = reader.line_num, ""
        try:
            cells = next(reader)
        except StopIteration:
            if not before:
                _check_header(path, [], header)
            return
        except csv.Error as error:
            cells, problem = [], f"the file is no CSV here: {error}"
        if not before:
            _check_header(path, cells, header)
        elif cells and len(cells) != len(header):
            problem = f"{len(cells)} cells where {len(header)} are expected"
            if len(cells) > len(header):
                problem += "; put a text with a comma in double quotes"
        if problem:
            mistake_here = DeclarationError(path, reader.line_num, problem)
            mistake_here.lines = lines[before : reader.line_num]
            yield mistake_here
        elif before and cells:
            yield Row(path, reader.line_num, dict(zip(header, cells, strict=True)))


def _check_header(path: Path, first: Sequence[str], header: Sequence[str]) -> None:
    if first != header:
        wanted = f"the header must be {','.join(header)}; save the file as CSV with commas, in UTF-8"
        mistake_in = header_mistake(first, header).rstrip("?") if len(first) > 1 else ""
        raise DeclarationError(path, 1, f"{mistake_in}; {wanted}" if mistake_in else wanted)
