"""JSON tables of any service, by declaration: where the rows are, where the value is, what to keep.

::

    {"data": [{"title_ru": "Чуйская область", "values": [{"key": 2025, "value": 7281.8}]}], "title": "..."}
      rows: /data   explode: values   value: value   columns: {title: title_ru, year: key, table: /title}
    [{"page": 1, "pages": 1, "lastupdated": "2026-07-13"}, [{"country": {"id": "KZ"}, "value": 6.0}]]
      rows: /1   value: value   error_if: /0/message   columns: {area: country.id, vintage: /0/lastupdated}

Options

``rows``           JSON pointer of the list of rows; default "", the document itself; null there means no rows
``value``          path of the value below a row: keys joined by dots, list positions as numbers
                   (``geo.0.v``). A key that itself holds dots is found too
``value_pattern``  instead of ``value``: a regular expression for the paths of a row's values; each gives a
                   cell with its path in the column ``column``
``explode``        path of a list below a row: each of its elements gives a row. Paths then name the element
                   by ``values.key``, or, where the elements are objects with such a key, by ``key`` alone
``embedded``       path of a string below a row that holds JSON itself; it is read in its place
``columns``        mapping of name to path, or list of paths; a path that begins with ``/`` is a pointer from
                   the document's root (facts of the envelope). Default: every scalar of the row, by path
``note``           list of paths whose texts become ``_note``; a list or an object gives all its texts
``error_if``       pointer, or list of them: what is there, if it is not null or empty, is the service's
                   error message. ``/message``, ``/0/message``, ``/error`` and ``/fault`` are looked at
                   without a declaration where the rows are missing
``next``           for ``next_page``: pointer of the address of the next page
``encoding``       see ``text``

An answer that says that there are more rows than it has (``totalCount``, ``total``, ``hasMore``) and names no page
after it is refused, unless ``total`` alone is a sum of the rows' figures or read as a column; and so is one that
calls itself failed (``success``, ``error``). What it says of the unit or a factor is kept, declared or not: a column
of the rows, or the unit of the whole table; so are keys of rows that are called as a sex, an age, a plan or a part of
what is counted, and every other key of a row that holds a text, as a column of a CSV file that the declaration does
not read: in objects and short lists of the row, too, where ``{"id": "SEX", "value": "F"}`` of a list and ``{"SEX":
{"name": "F"}}`` are the column ``SEX``. What ``{"query": {"sex": "women"}}`` beside the rows says of all of them is a
column as well. So are the title and all other texts around the rows, up to the root, and what a list of fields beside
them says of the value's key (``column_label``). The last key of the value's path is ``column`` where it says more
than "value". A value that a row lacks is null, as is a JSON null, unless the row has a key instead that no row with
the value has and that is spelt nearly so; likewise a row without the list of ``explode`` gives none. A path that no
row has is an error, for it means that the publisher renamed a field. Numbers are the literal text of the file.
Locators are JSON pointers to the value: ``/data/0/values/3/value``.

Not here: the rows and their paths (``json_rows``), what is beside them (``json_envelope``, ``json_said``), numbers and
places in JSON (``json_text``); formats with a reader of their own (``json_stat``, ``sdmx_json``, ``siat``,
``open_sdg``). Read through ``protocol``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import pyarrow as pa

from data_contracts.strict_files import did_you_mean
from sources.cells import (
    COLUMN,
    EMBARGO,
    LOCATOR,
    NEXT_PAGE,
    NOTE,
    RESERVED,
    UNREAD,
    VALUE,
    Options,
    ReadError,
)
from sources.column_names import visible_name
from sources.readers import json_envelope, json_said
from sources.readers.json_rows import (
    DECLARATION,
    FullPath,
    Path,
    Row,
    find,
    full_paths,
    refuse_misspelt,
    rows_of,
)
from sources.readers.json_text import (
    MISSING,
    leaves,
    load,
    pointer,
    resolve,
    scalar,
)
from sources.readers.options import Names, Pattern, Text, TextOptions
from sources.readers.sdmx_json import is_sdmx_json
from sources.readers.text import (
    joined,
    names_option,
    pattern_option,
    refuse_sparse,
    text_option,
    text_table,
    unique_names,
    wrong_option,
)

# Below so many keys, and in an object or a list of so many members, stands what is about one row.
_DEEPEST, _MOST_INSIDE = 4, 12
_WORD_OR_CODE = re.compile(r"[^\W\d_]|^[0-9]{1,2}$|^(?:19|20)[0-9]{2}$")
# The keys of an object that names a dimension and what the row is of it.
_PAIR_NAMES = ("dimension", "concept", "variable", "id", "key", "name")
_PAIR_TEXTS = ("value", "category", "text", "label")
_LARGEST_PAIR = 4

_Cell = tuple[Row, Path, Any]  # row, path of the value, the value


class DeclaredOptions(TextOptions):
    """What a declaration may say; see the head of the module."""

    rows: Text | None = None
    value: Text | None = None
    value_pattern: Pattern | None = None
    explode: Text | None = None
    embedded: Text | None = None
    columns: Mapping[str, Text] | list[Text] | None = None
    note: Names | None = None
    error_if: Names | None = None
    next: Text | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a JSON answer; see the module for options."""
    document = load(content, options)
    if is_sdmx_json(document):
        raise ReadError(
            "the file is an SDMX-JSON message, whose dimensions are places and no names",
            place="/",
            remedy="Declare reader: sdmx_json, or request SDMX-CSV from the service",
        )
    for where in names_option(options, "error_if"):
        json_envelope.refuse_error(document, where)
    following = _following(document, options)
    rows = list(rows_of(document, options))
    json_envelope.refuse_failure(document)
    if following is None:
        json_envelope.refuse_part(document, text_option(options, "rows"), _declared_paths(options))
    full = full_paths(rows, text_option(options, "explode"))
    cells = _cells(rows, options, full)
    notes = [full(path) for path in names_option(options, "note")]
    columns: dict[str, Sequence[str | None]] = {
        VALUE: [scalar(None if node is MISSING else node, row.pointer(path)) for row, path, node in cells],
        LOCATOR: [row.pointer(path) for row, path, _ in cells],
        NOTE: [joined(_texts(row.node, notes)) for row, *_ in cells],
    }
    if "value_pattern" in options:
        columns[COLUMN] = [".".join(path) for _, path, _ in cells]
    elif cells and not json_said.is_plain_value(name := (cells[0][1] or ("",))[-1]):
        # What the publisher calls the value: "target" or "percent" is no count.
        columns[COLUMN] = [name] * len(cells)
    columns |= _columns(document, cells, options, full)
    where = text_option(options, "rows")
    beside = json_said.telling_beside(document, where) if cells else {}
    columns |= {name: [text] * len(cells) for name, text in beside.items() if name not in columns}
    named = json_said.names_of_keys(document, where)
    if any(labels := [named.get((path or ("",))[-1]) for _, path, _ in cells]):
        columns[unique_names(["column_label"], list(columns))[0]] = labels
    said = json_said.said_beside(document, where) | {
        NEXT_PAGE.decode(): following,
        EMBARGO.decode(): json_envelope.embargoes(document, where),
        "unit": json_said.said_of_unit(document),
        UNREAD.decode(): "\n".join(_unread(rows, options)),
    }
    metadata = {name: words for name, words in said.items() if words}
    return text_table(_by_labels(columns, json_said.labels_of_keys(document, where), options), metadata)


def _by_labels(
    columns: Mapping[str, Sequence[str | None]], labels: Mapping[str, str], options: Options
) -> dict[str, Sequence[str | None]]:
    """Columns that no option names, by what a list of fields beside the rows calls them, as a header would."""
    declared = options.get("columns")
    named = {*RESERVED, COLUMN, *(columns if declared is None else declared)}
    new = {name: label for name, label in labels.items() if name not in named and label not in columns}
    new = {
        name: label for name, label in new.items() if [*new.values()].count(label) == 1 and label not in named
    }
    return {new.get(name, name): texts for name, texts in columns.items()}


def _cells(rows: Sequence[Row], options: Options, full: FullPath) -> list[_Cell]:
    pattern = pattern_option(options, "value_pattern")
    value = text_option(options, "value")
    if (pattern is None) == (not value):
        raise wrong_option(
            "value", value or None, "given (either value or value_pattern is needed, not both)"
        )
    if pattern is None:
        found = [(row, *find(row.node, full(value))) for row in rows]
        refuse_misspelt(found)
    else:
        found = [
            (row, path, text)
            for row in rows
            for path, text in leaves(row.node)
            if pattern.search(".".join(path))
        ]
    if rows and all(node is MISSING for *_, node in found):
        wanted = value or options["value_pattern"]
        raise _no_row_has(f"a value {wanted!r}", "value" if value else "value_pattern", wanted, rows[0])
    return found


def _columns(
    document: Any, cells: Sequence[_Cell], options: Options, full: FullPath
) -> dict[str, Sequence[str | None]]:
    declared = options.get("columns")
    if declared is None:
        return _all_columns(cells)
    paths = (
        declared
        if isinstance(declared, Mapping)
        else {path: path for path in names_option(options, "columns")}
    )
    columns: dict[str, Sequence[str | None]] = {}
    for name, path in paths.items():
        if name in (*RESERVED, COLUMN) or not isinstance(path, str):
            raise wrong_option("columns", declared, "a mapping of free names to paths")
        if path.startswith("/"):
            columns[visible_name(name)] = [scalar(_present(resolve(document, path), path), path)] * len(cells)
            continue
        found = [(row, *find(row.node, full(path))) for row, *_ in cells]
        if cells and all(node is MISSING for *_, node in found):
            raise _no_row_has(f"{path!r} (column {name})", "columns", path, cells[0][0])
        refuse_misspelt(found)
        columns[visible_name(name)] = [
            scalar(None if node is MISSING else node, row.pointer(steps)) for row, steps, node in found
        ]
    read = {full(path) for path in (*paths.values(), *names_option(options, "note"))}
    return columns | _telling_columns(cells, columns.keys() | read, text_option(options, "explode"))


def _telling_columns(
    cells: Sequence[_Cell], known: Set[str], explode: str
) -> dict[str, Sequence[str | None]]:
    """What rows say of their value, declared or not: by what the key is called, or in a text of the row itself."""
    values = {".".join(path) for _, path, _ in cells}
    said = []
    for row, *_ in cells:
        own = {
            name: text
            for path, text in leaves(row.node)
            if path
            and (json_said.is_telling(path) or json_said.is_answer(path, text))
            and not (path[-1] in _PAIR_TEXTS and path[-2:-1] and path[-2].isdecimal())
            and (name := ".".join(path)) not in values
        }
        own.update((name, text) for name, text in _inner_texts(row.node, known) if name not in values)
        said.append(own | {name: text for name, text in _own_texts(row, explode) if name not in values})
    found = {name for row in said for name, text in row.items() if text} - known
    called_so = _own_names(found, known)
    return {called_so.get(name, name): [row.get(name) for row in said] for name in sorted(found)}


def _own_names(paths: Set[str], taken: Set[str]) -> dict[str, str]:
    """What is in an object by the key that names it, as a column would be called, where no other text is called so."""
    by_key: dict[str, list[str]] = {}
    # Of a list with several places each is a column of its own.
    listed = {path.rpartition(".")[0] for path in paths | taken if path.rpartition(".")[2].isdecimal()}
    several = {above for above in listed if any(path.startswith(f"{above}.") for path in taken)}
    for path in sorted(path for path in paths if "." in path and path.rpartition(".")[0] not in several):
        by_key.setdefault(json_said.own_key(path.split(".")), []).append(path)
    found = {}
    for name, of_name in by_key.items():
        words = [path for path in of_name if path.rpartition(".")[2] not in ("id", "code")] or of_name
        if len(words) == 1 and name not in taken | paths:
            found[words[0]] = name
    return found


def _own_texts(row: Row, explode: str) -> Iterator[tuple[str, str]]:
    """Keys of the row, and of the element of its exploded list, that hold a text or answer; or the places of a list."""
    for above, part in (("", row.node), (f"{explode}.", find(row.node, explode)[1] if explode else None)):
        inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
        for key, node in inside:
            if isinstance(node, str | bool):
                yield f"{above}{key}", node if isinstance(node, str) else str(node).casefold()


def _inner_texts(node: Any, known: Set[str], path: Path = ()) -> Iterator[tuple[str, str]]:
    """What objects and short lists of a row hold: words, years, short codes, and pairs of name and text by the name."""
    if ".".join(path) in known:
        return
    if path and isinstance(node, str):
        if len(path) > 1 and _WORD_OR_CODE.search(node):
            yield ".".join(path), node
    elif isinstance(node, dict) and path and path[-1].isdecimal() and (pair := _pair(node)):
        name, text = pair
        yield (".".join((*path, name)) if name in known else name), text
    elif isinstance(node, dict | list) and len(path) < _DEEPEST and len(node) <= _MOST_INSIDE:
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _inner_texts(child, known, (*path, str(key)))


def _pair(node: Mapping[str, Any]) -> tuple[str, str] | None:
    """Name and text of an object of a list that stands for one dimension: {"id": "SEX", "value": "F"}."""
    name = next((node[key] for key in _PAIR_NAMES if isinstance(node.get(key), str)), "")
    text = next((node[key] for key in _PAIR_TEXTS if isinstance(node.get(key), str)), "")
    is_pair = len(node) <= _LARGEST_PAIR and not name.isdecimal()
    return (name, text) if is_pair and name and text else None


def _unread(rows: Sequence[Row], options: Options) -> list[str]:
    """Keys that every row fills with a single value and that no option names: a dimension may be among them."""
    declared = options.get("columns")
    if declared is None or not rows:
        return []
    explode = text_option(options, "explode")
    paths = [*_declared_paths(options), *names_option(options, "note")]
    named = {step for path in (*paths, text_option(options, "value"), explode) for step in path.split(".")}
    filled = (
        {
            key
            for part in (row.node, find(row.node, explode)[1] if explode else None)
            if isinstance(part, dict)
            for key, node in part.items()
            if isinstance(node, str | bool) and node != ""
        }
        for row in rows
    )
    return sorted(set.intersection(*filled) - named)


def _declared_paths(options: Options) -> list[str]:
    """Paths and pointers of the columns that the declaration names."""
    declared = options.get("columns")
    return list(declared.values()) if isinstance(declared, Mapping) else names_option(options, "columns")


def _no_row_has(what: str, option_name: str, path: str, row: Row) -> ReadError:
    """The error for a path that is nowhere, with the path of the first row that is spelt nearly so."""
    meant = did_you_mean(path, (".".join(steps) for steps, _ in leaves(row.node)))
    problem = f"no row has {what} (option {option_name}){meant}"
    return ReadError(problem, place=pointer(row.place), remedy=DECLARATION)


def _present(node: Any, where: str) -> Any:
    if node is MISSING:
        raise ReadError("the document has nothing there", place=where, remedy=DECLARATION)
    return node


def _all_columns(cells: Sequence[_Cell]) -> dict[str, Sequence[str | None]]:
    """Every scalar of the rows, but the values themselves."""
    values = {path for _, path, _ in cells}
    flat = [{path: text for path, text in leaves(row.node) if path not in values} for row, *_ in cells]
    names = dict.fromkeys(path for row in flat for path in row)
    refuse_sparse(flat, len(names))
    labels = unique_names((".".join(path) for path in names), (*RESERVED, COLUMN))
    return {label: [row.get(path) for row in flat] for path, label in zip(names, labels, strict=True)}


def _texts(node: Any, paths: Sequence[str]) -> Iterator[str | None]:
    for path in paths:
        _, found = find(node, path)
        if found is not MISSING:
            yield from (text for _, text in leaves(found))


def next_page(content: bytes, options: Options) -> str | None:
    """The address or number of the next page, or nothing after the last.

    Known without the option ``next``: an address under ``@odata.nextLink`` or ``next``; a page and a number
    of pages under ``page``/``pages``, ``page``/``totalPages``, ``current_page``/``last_page`` and their like, in
    the document's root object, the first object of its root list, or ``meta``, ``links``, ``pagination`` in it.
    """
    return _following(load(content, options), options)


def _following(document: Any, options: Options) -> str | None:
    if "next" in options:
        node = resolve(document, text_option(options, "next"))
        return None if node is MISSING else scalar(node, options["next"]) or None
    return json_envelope.following(document)
