"""JSON-stat 2.0 datasets and collections, JSON-stat 1.x bundles, and PxWeb's ``json-stat`` and ``json-stat2`` answers.

::

    {"version": "2.0", "class": "dataset", "id": ["geo", "time"], "size": [2, 2],
     "dimension": {"geo": {"category": {"index": {"DE": 0, "KZ": 1}, "label": {"DE": "Germany"}}},
                   "time": {"category": {"index": ["2022", "2023"]}}},
     "value": [1.5, null, 2, 3]   or sparse   {"0": 1.5, "3": 3},
     "status": {"1": ":"}         or one text for all, or a list}
    collection: {"class": "collection", "link": {"item": [{"class": "dataset", ...}]}}
    1.x: {"dataset": {"dimension": {"id": [...], "size": [...], "geo": {...}}, "value": ...}}

Each dimension gives two columns, ``geo`` (the category's code) and ``geo_label``; ``status`` becomes ``_note`` (read as
``obs_status: {column: _note, values: …}``). A dense value list gives every cell of the cube, null where the file says
null; a sparse one the cells that it or ``status`` names, no others. Where categories have a unit, its words are
``geo_unit`` and its ``multiplier`` (a power of ten) is ``UNIT_MULT``, as in SDMX, and its ``decimals`` are
``_decimals``; nothing is multiplied or rounded here. Numbers are the literal text. ``label`` (and ``title``),
``source``, ``updated``, the unit of all values (``extension.px.units`` of PxWeb, a short ``note``) and labels of
dimensions become table metadata, and notes at every level lines below a table.
Locators: ``/value/17``, ``/dataset/value/17``, ``/link/item/0/value/17``.

Options: ``encoding``; ``dataset`` (the name in a 1.x bundle of several, the label in a collection of several).

Not here: JSON whose shape is declared (``json_table``), numbers and places in JSON (``json_text``). Read through
``protocol``.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from data_contracts.strict_files import did_you_mean
from sources.cells import DECIMALS, EMBARGO, LOCATOR, NOTE, REMARKS, RESERVED, VALUE, Options, ReadError
from sources.readers.json_text import MISSING, embargoes_of, expect_list, expect_object, load, pointer, scalar
from sources.readers.options import Text, TextOptions
from sources.readers.text import called, joined, text_table, unique_names

UNIT_MULT = "UNIT_MULT"
SHORT_NOTE = 60
# What a dataset is called, by JSON-stat and by PxWeb; and other members whose texts say something of the values.
_NAMES = ("title", "label", "subtitle", "heading")
_SAYING = (*_NAMES, "note", "extension", "source", "description", "survey")
_COMPARE = "Compare the file with the JSON-stat format"


class DeclaredOptions(TextOptions):
    """What a declaration may say; see the head of the module."""

    dataset: Text | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of a JSON-stat dataset."""
    document = expect_object(load(content, options), "")
    dataset, base = _dataset(document, options)
    dimensions = expect_object(dataset.get("dimension", MISSING), f"{base}/dimension")
    holder = dataset if "id" in dataset else dimensions
    names = [
        scalar(name, f"{base}/id") or "" for name in expect_list(holder.get("id", MISSING), f"{base}/id")
    ]
    sizes = [
        _whole(size, f"{base}/size") for size in expect_list(holder.get("size", MISSING), f"{base}/size")
    ]
    if len(names) != len(sizes):
        raise _broken(f"{len(names)} dimensions but {len(sizes)} sizes", f"{base}/size")
    total = math.prod(sizes)
    values = _numbered(dataset.get("value", MISSING), total, f"{base}/value")
    notes = _notes(dataset.get("status"), values, total, f"{base}/status")
    positions = sorted(values.keys() | notes.keys())
    columns: dict[str, Sequence[str | None]] = {
        VALUE: [values.get(position) for position in positions],
        LOCATOR: [f"{base}/value/{position}" for position in positions],
        NOTE: [notes.get(position) for position in positions],
    }
    headers = unique_names(header for name in names for header in (name, f"{name}_label"))
    stride = total
    for number, (name, size) in enumerate(zip(names, sizes, strict=True)):
        codes, labels = _categories(
            dimensions.get(name, MISSING), size, f"{base}/dimension{pointer((name,))}"
        )
        stride = stride // size if size else 0
        places = [position // stride % size for position in positions]
        columns[headers[2 * number]] = [codes[place] for place in places]
        columns[headers[2 * number + 1]] = [labels[place] for place in places]
        columns |= _units(dimensions.get(name), name, [codes[place] for place in places], columns)
        if said := _notes_of_categories(dimensions.get(name)):
            (column,) = unique_names([f"{name}_note"], (*RESERVED, *columns))
            columns[column] = [said.get(codes[place]) for place in places]
    if other := next(
        (name for name in dimensions if name not in names and _has_category(dimensions[name])), ""
    ):
        raise _broken(f"{other!r} is a dimension that id does not name", f"{base}/id")
    if words := _words_of_statuses(dataset):
        (column,) = unique_names(["status_label"], list(columns))
        columns[column] = [
            words.get(note) if (note := notes.get(position)) else None for position in positions
        ]
    outer = {} if dataset is document else document
    remarks = "\n".join(dict.fromkeys([*_remarks(dataset), *_remarks({**outer, "link": None})]))
    said = _metadata(dataset, outer) | called(_labels(dimensions, names))
    return text_table(columns, said | ({REMARKS: remarks} if remarks else {}))


def _labels(dimensions: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    labels = {name: dimensions[name].get("label") for name in names if isinstance(dimensions.get(name), dict)}
    return {name: label for name, label in labels.items() if isinstance(label, str)}


def _has_category(node: Any) -> bool:
    return isinstance(node, dict) and "category" in node


def _units(
    node: Any, name: str, codes: Sequence[str], known: Mapping[str, Any]
) -> dict[str, Sequence[str | None]]:
    """Words, power of ten and decimals of the units of a dimension's categories, where it has any."""
    place = f"/dimension{pointer((name,))}/category/unit"
    units = node.get("category", {}).get("unit") if isinstance(node, dict) else None
    if not units:
        return {}
    entries = {code: expect_object(unit, place) for code, unit in expect_object(units, place).items()}
    words = {
        code: joined(scalar(unit.get(key), place) for key in ("label", "base", "symbol"))
        for code, unit in entries.items()
    }
    powers = {code: scalar(unit.get("multiplier", unit.get("mult")), place) for code, unit in entries.items()}
    found: dict[str, Sequence[str | None]] = {}
    if any(words.values()):
        (column,) = unique_names([f"{name}_unit"], (*RESERVED, *known))
        found[column] = [words.get(code) for code in codes]
    decimals = {code: scalar(unit.get("decimals"), place) for code, unit in entries.items()}
    for column, what, said in ((UNIT_MULT, "a multiplier", powers), (DECIMALS, "decimals", decimals)):
        if any(said.values()):
            if column in known:
                raise _broken(f"two dimensions state {what}", place)
            found[column] = [said.get(code) for code in codes]
    return found


def _notes_of_categories(node: Any) -> dict[str, str]:
    """What a dimension says of single categories: their notes by code."""
    category = node.get("category") if isinstance(node, dict) else None
    notes = category.get("note") if isinstance(category, dict) else None
    said = (
        {code: "; ".join(_texts_in(note)) for code, note in notes.items()} if isinstance(notes, dict) else {}
    )
    return {code: text for code, text in said.items() if text}


def _dataset(document: dict[str, Any], options: Options) -> tuple[dict[str, Any], str]:
    """The dataset object and the pointer to it."""
    for key in ("error", "warning"):
        if key in document:
            raise ReadError(
                f"the service answers with {key}: {str(document[key])[:200]}",
                place=f"/{key}",
                remedy="Correct the query, or try again later",
            )
    if "dimension" in document and "value" in document:
        return document, ""
    if document.get("class") == "collection":
        return _of_collection(document, options)
    if document.get("class", "dataset") != "dataset":
        raise ReadError(
            f"the file is a JSON-stat {document['class']}, not a dataset",
            place="/class",
            remedy="Fetch the dataset itself",
        )
    bundle = [name for name, node in document.items() if isinstance(node, dict) and "dimension" in node]
    name = options.get("dataset", bundle[0] if len(bundle) == 1 else None)
    if name not in bundle:
        raise ReadError(
            f"the file has these datasets: {', '.join(bundle) or 'none'}{_meant(options, bundle)}",
            place="/",
            remedy="Name one in the option dataset, or check the address",
        )
    return document[name], pointer((name,))


def _of_collection(document: dict[str, Any], options: Options) -> tuple[dict[str, Any], str]:
    """The dataset that a collection holds itself, or the declared one of several; links are not followed."""
    items = expect_list(
        expect_object(document.get("link", MISSING), "/link").get("item", MISSING), "/link/item"
    )
    held = {
        position: item
        for position, item in enumerate(items)
        if isinstance(item, dict) and "dimension" in item
    }
    labels = {position: scalar(item.get("label"), "/link/item") for position, item in held.items()}
    wanted = options.get("dataset")
    chosen = [position for position in held if wanted is None or labels[position] == wanted]
    if len(chosen) == 1:
        return held[chosen[0]], f"/link/item/{chosen[0]}"
    links = [str(item.get("href")) for item in items if isinstance(item, dict) and "href" in item]
    named = ", ".join(str(label) for label in labels.values()) or "none"
    raise ReadError(
        f"the collection holds these datasets: {named}{_meant(options, filter(None, labels.values()))}"
        + (f"; it links to {', '.join(links[:5])}" if links else ""),
        place="/link/item",
        remedy="Name one in the option dataset, or fetch the address of the dataset itself",
    )


def _meant(options: Options, known: Iterable[str]) -> str:
    """What the option ``dataset`` probably means, where it is misspelt."""
    wanted, known = options.get("dataset"), list(known)
    hint = did_you_mean(wanted, known) if wanted and wanted not in known else ""
    return f"; not {wanted!r} (option dataset){hint.rstrip('?')}" if hint else ""


def _numbered(node: Any, total: int, place: str) -> dict[int, str | None]:
    """Values by their position in the cube."""
    if isinstance(node, dict):
        found = {_whole(key, f"{place}/{key}"): scalar(text, f"{place}/{key}") for key, text in node.items()}
        if len(found) < len(node):
            raise _broken("a position is given twice", place)
        outside = [position for position in found if position >= total]
        if outside:
            raise _broken(f"position {outside[0]} lies outside a cube of {total} cells", place)
        return found
    cells = expect_list(node, place)
    if len(cells) != total:
        raise _broken(f"{len(cells)} cells, but the sizes make {total}", place)
    return {position: scalar(text, f"{place}/{position}") for position, text in enumerate(cells)}


def _notes(node: Any, values: Iterable[int], total: int, place: str) -> dict[int, str]:
    if node is None:
        return {}
    if isinstance(node, str):
        return dict.fromkeys(values, node)
    if isinstance(node, list) and len(node) == 1 < total:
        return dict.fromkeys(values, scalar(node[0], place) or "")
    return {position: text for position, text in _numbered(node, total, place).items() if text}


def _words_of_statuses(dataset: Mapping[str, Any]) -> dict[str, str]:
    """What the legend in ``extension`` calls the codes of ``status``: they are of single values."""
    extension = dataset.get("extension")
    legend = extension.get("status") if isinstance(extension, dict) else None
    words = legend.get("label") if isinstance(legend, dict) else None
    return (
        {code: text for code, text in words.items() if isinstance(text, str)}
        if isinstance(words, dict)
        else {}
    )


def _categories(node: Any, size: int, place: str) -> tuple[list[str], list[str | None]]:
    """Codes in their order, and their labels; without ``index`` one category alone has an order."""
    category = expect_object(expect_object(node, place).get("category", MISSING), f"{place}/category")
    labels = expect_object(category.get("label", {}), f"{place}/category/label")
    if "index" not in category and len(labels) > 1:
        raise _broken("the categories have no index, so their order is not known", f"{place}/category")
    index = category.get("index", list(labels))
    if isinstance(index, dict):
        ordered = {_whole(order, f"{place}/category/index"): code for code, order in index.items()}
        codes = [ordered.get(position) for position in range(len(index))]
    else:
        codes = [
            scalar(code, f"{place}/category/index") for code in expect_list(index, f"{place}/category/index")
        ]
    known = [code for code in codes if code is not None]
    if not len(known) == len(codes) == len(set(known)) == size:
        raise _broken(f"the size is {size}, but the categories do not number so many", f"{place}/category")
    return known, [scalar(labels.get(code), f"{place}/category/label") for code in known]


def _whole(node: Any, place: str) -> int:
    text = scalar(node, place)
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise _broken(f"{text!r} is no position or size", place)
    return int(text)


def _broken(problem: str, place: str) -> ReadError:
    return ReadError(problem, place=place, remedy=_COMPARE)


def _metadata(dataset: dict[str, Any], outer: dict[str, Any]) -> dict[str, str]:
    """Texts about all values; the label of a collection is about those of its dataset, too."""
    found = {key: dataset.get(key) for key in ("label", "source", "updated")}
    texts = {key: text for key, text in found.items() if isinstance(text, str)}
    px = dataset.get("extension", {}).get("px") if isinstance(dataset.get("extension"), dict) else None
    nodes = [node for node in (outer, dataset, px) if isinstance(node, dict)]
    names = [text for node in nodes for key in _NAMES if isinstance(text := node.get(key), str)]
    # What PxWeb calls the contents may be of other people than the label of the table says.
    contents = px.get("contents") if isinstance(px, dict) else None
    labels = dict.fromkeys([*names, contents] if isinstance(contents, str) else names)
    texts |= {"label": "; ".join(labels)} if labels else {}
    unit = "; ".join(dict.fromkeys(_said_of_all(dataset)))
    embargoes = "\n".join(text for node in (*nodes, dataset.get("extension")) for text in embargoes_of(node))
    said = {"unit": unit, EMBARGO.decode(): embargoes}
    return texts | {name: words for name, words in said.items() if words}


def _said_of_all(node: Any) -> Iterator[str]:
    """Words of unit and content of all values, which PxWeb has in ``extension.px``, others beside the values."""
    for key, inner in node.items() if isinstance(node, dict) else ():
        if key in ("extension", "px"):
            yield from _said_of_all(inner)
        elif key.casefold() in ("unit", "units", "contents"):
            yield from _texts_in(inner)
        elif key == "note":
            # "Figures are in thousands"; a longer note tells of other figures, too.
            yield from (text for text in _texts_in(inner) if len(text) <= SHORT_NOTE)
        elif key.casefold() in ("multiplier", "mult", "unit_mult") and str(inner) not in ("0", ""):
            yield f"×10^{inner}"


def _remarks(node: Any) -> Iterator[str]:
    """Texts that say something of the values: notes and names at every level, and what a provider has in ``extension``.

    Not the labels of categories, which are columns, nor links.
    """
    for key, inner in node.items() if isinstance(node, dict) else ():
        if key == "extension" and isinstance(inner, dict):
            yield from _texts_in({name: said for name, said in inner.items() if name != "status"})
        elif key == "category" and isinstance(inner, dict):
            # Notes by code are those of single categories.
            named = isinstance(inner.get("note"), dict)
            yield from _remarks(
                {name: said for name, said in inner.items() if not (named and name == "note")}
            )
        elif key in _SAYING:
            yield from _texts_in(inner) if key in ("note", "extension") or isinstance(inner, str) else ()
        elif key in ("dimension", "category") or _has_category(inner):
            yield from _remarks(inner)


def _texts_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        words = {key: inner for key, inner in node.items() if key not in ("multiplier", "mult", "decimals")}
        yield from _said_of_all({key: node[key] for key in node.keys() - words.keys()})
        node = list(words.values())
    if isinstance(node, list):
        for inner in node:
            yield from _texts_in(inner)
    elif isinstance(node, str):
        yield node
