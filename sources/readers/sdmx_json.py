"""SDMX-JSON data messages 1.0 and 2.0: dimensions and attributes by position.

::

    {"data": {"dataSets": [{"series": {"0:0": {"attributes": [0], "observations": {"0": [72, 0], "1": [70, null]}}}}],
              "structure": {"dimensions": {"series": [{"id": "REF_AREA", "values": [{"id": "KG", "name": "…"}]}, …],
                                           "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2022"}, …]}]},
                            "attributes": {"series": […], "observation": [{"id": "OBS_STATUS", "values": […]}]}}}}
      -> REF_AREA KG, REF_AREA_label, SEX F, TIME_PERIOD 2022, OBS_STATUS A, _value 72,
         _locator /data/dataSets/0/series/0:0/observations/0/0

Flat messages ("dimensionAtObservation=AllDimensions": ``observations`` beside no ``series``) are read alike, and so
are ``structures`` (2.0; where they are of several dataflows, ``DATAFLOW`` says of which), attributes of the dataset
and of groups of dimensions, and messages without ``data``. Names of structures, datasets and measures are the title,
their descriptions and annotations lines below the table, and an ``embargoDate`` is the metadata's ``EMBARGO``. An
attribute is a number (the place of its value) or the text itself; where none is given, it is the ``default`` of the
structure. Numbers are the literal text of the file.

Options: ``encoding``; ``value`` (the measure; default ``OBS_VALUE``, or the only one); ``note_columns`` as in
``sdmx_csv``; ``test`` as in ``sdmx_ml``. Refused: tests, messages with ``errors`` (their words are in the sentence),
datasets with action Delete, places that the structure does not have.

Read through ``protocol``.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from data_contracts.strict_files import did_you_mean
from sources.cells import EMBARGO, LOCATOR, NOTE, REMARKS, TITLES, VALUE, Options, ReadError, option
from sources.readers.json_text import (
    MISSING,
    embargoes_of,
    expect_list,
    expect_object,
    load,
    pointer,
    resolve,
    scalar,
)
from sources.readers.options import Names, Text, TextOptions
from sources.readers.sdmx_csv import DATAFLOW
from sources.readers.sdmx_groups import FOOTNOTES
from sources.readers.text import called, joined, names_option, refuse_sparse, text_table

_COMPARE = "Compare the file with SDMX-JSON 1.0 or 2.0, or request SDMX-CSV from the service"
Row = dict[str, str | None]


class DeclaredOptions(TextOptions):
    """What a declaration may say; see the head of the module."""

    test: Literal["refuse", "accept"] | None = None
    value: Text | None = None
    note_columns: Names | None = None


@dataclass(frozen=True)
class _Component:
    """A dimension or attribute: its id and label, the codes and labels of its values by place, its default code."""

    id: str
    label: str
    codes: Sequence[str | None]
    labels: Sequence[str | None]
    default: str | None = None

    def put(self, row: Row, place: Any, where: str) -> None:
        """Set the column of this component from a place among its values, or from the text itself.

        Its default says nothing against what another level says.
        """
        nodes = place if isinstance(place, list) else [place]
        texts = [text for node in nodes if (text := scalar(node, where)) is not None]
        if not texts:
            return
        row.pop(f"{self.id}_label", None)
        if not self.codes:
            row[self.id] = joined(texts)
            return
        for text in texts:
            if not text.isascii() or not text.isdigit() or int(text) >= len(self.codes):
                raise ReadError(f"{self.id} has no value number {text}", place=where, remedy=_COMPARE)
        # Several codes are none of the code list, and no label.
        row[self.id] = joined(self.codes[int(text)] for text in texts)
        if label := joined(self.labels[int(text)] for text in texts):
            row[f"{self.id}_label"] = label


@dataclass(frozen=True)
class _Structure:
    """Components by the level at which a message gives them."""

    dimensions: Mapping[str, Sequence[_Component]]
    attributes: dict[str, Sequence[_Component]]
    measures: Sequence[str]


def is_sdmx_json(document: Any) -> bool:
    """Whether a JSON document is an SDMX-JSON data message."""
    inner = document.get("data", document) if isinstance(document, dict) else None
    return isinstance(inner, dict) and "dataSets" in inner and ("structure" in inner or "structures" in inner)


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of an SDMX-JSON message; see the module for options."""
    document = expect_object(load(content, options), "")
    if errors := document.get("errors"):
        raise ReadError(
            f"the service reports an error: {str(errors)[:300]}", place="/errors", remedy="Correct the query"
        )
    accepted = option(options, "test", "refuse", allowed=("refuse", "accept")) == "accept"
    for place in () if accepted else ("/header/test", "/meta/test"):
        if str(resolve(document, place)).casefold() in ("true", "1"):
            raise ReadError(
                "the header says that the message is a test",
                place=place,
                remedy="Ask the publisher; if its real data say so, declare the reader option test: accept",
            )
    if not is_sdmx_json(document):
        raise ReadError("the file is no SDMX-JSON data message", place="/", remedy=_COMPARE)
    base = "/data" if "data" in document else ""
    inner = expect_object(document.get("data", document), base)
    structures = inner.get("structures", [inner.get("structure")])
    known = [_structure(expect_object(node, f"{base}/structure")) for node in structures]
    flows = [_dataflow(node) for node in structures]
    rows: list[tuple[str, Row]] = []
    for number, dataset in enumerate(expect_list(inner["dataSets"], f"{base}/dataSets")):
        place = f"{base}/dataSets/{number}"
        node = expect_object(dataset, place)
        if str(node.get("action", "")).lower() in ("delete", "d"):
            raise ReadError(
                "the dataset orders a deletion; it publishes no values", place=place, remedy=_COMPARE
            )
        number = _whole(node.get("structure", "0"), len(known), place)
        of_dataset = _rows(node, known[number], place, options)
        flow: Row = {DATAFLOW: flows[number]} if len(set(flows)) > 1 else {}
        rows += [(where, {**flow, **row}) for where, row in of_dataset]
    names = dict.fromkeys(name for node in (*structures, *inner["dataSets"]) for name in _names(node))
    around = (*structures, *inner["dataSets"], *(document.get(key) for key in ("header", "meta")))
    embargoes = (text for node in (inner, *around) for text in embargoes_of(node))
    remarks = dict.fromkeys(text for node in around for text in _remarks(node))
    dimensions = (part for one in known for level in one.dimensions.values() for part in level)
    labels = called({part.id: part.label for part in dimensions})
    said = {TITLES[0]: " / ".join(names).encode(), REMARKS.encode(): "\n".join(remarks).encode()}
    said[EMBARGO] = "\n".join(embargoes).encode()
    said |= {name.encode(): words.encode() for name, words in labels.items()}
    return _table(rows, options).replace_schema_metadata(
        {name: words for name, words in said.items() if words} or None
    )


def _dataflow(structure: dict[str, Any]) -> str:
    """The dataflow that a structure links to, as in SDMX-CSV: ``UNICEF:PT(1.0)``; else the structure's name."""
    links = structure.get("links") or structure.get("dataflow") or []
    urns = [str(link.get("urn", "")) for link in links if isinstance(link, dict)]
    flows = [urn for urn in urns if "Dataflow=" in urn] or [urn for urn in urns if "DataStructure=" in urn]
    name = structure.get("name")
    return flows[0].rpartition("=")[2] if flows else name if isinstance(name, str) else ""


def _names(node: dict[str, Any]) -> Iterator[str]:
    """Names of a structure or dataset, and of its measures, in all languages; they may say the unit of all values."""
    measures = (node.get("measures") or {}).get("observation") or []
    for part in (node, *measures):
        if isinstance(part, dict):
            yield from (text for key in ("name", "names", "title") for text in _texts(part.get(key)))


def _remarks(node: Any) -> Iterator[str]:
    """Descriptions and annotations of a structure, a dataset or a message."""
    for key in ("description", "descriptions") if isinstance(node, dict) else ():
        yield from _texts(node.get(key))
    for annotation in (node.get("annotations") or ()) if isinstance(node, dict) else ():
        if isinstance(annotation, dict):
            texts = (annotation.get(key) for key in ("title", "text", "texts"))
            yield from dict.fromkeys(text for given in texts for text in _texts(given))


def _texts(node: Any) -> list[str]:
    """A text, or one for each language."""
    given = node.values() if isinstance(node, dict) else [node]
    return [text for text in given if isinstance(text, str)]


def _whole(node: Any, limit: int, place: str) -> int:
    text = scalar(node, place) or ""
    if not text.isascii() or not text.isdigit() or int(text) >= limit:
        raise ReadError(f"there is no structure {text!r}", place=place, remedy=_COMPARE)
    return int(text)


# -- structure ------------------------------------------------------------------------------------------------


def _structure(node: dict[str, Any]) -> _Structure:
    dimensions, attributes = node.get("dimensions") or {}, node.get("attributes") or {}
    measures = (node.get("measures") or {}).get("observation") or []
    for level in ("series", "observation"):
        _check_order(dimensions.get(level), level)
    return _Structure(
        {level: _components(dimensions.get(level)) for level in ("dataSet", "series", "observation")},
        {
            level: _components(attributes.get(level))
            for level in ("dataSet", "dimensionGroup", "series", "observation")
        },
        [str(measure.get("id")) for measure in measures],
    )


def _check_order(nodes: Any, level: str) -> None:
    """Refuse dimensions that stand in another order than the one that they say: a key could be read either way."""
    given = [node["keyPosition"] for node in nodes or () if isinstance(node, dict) and "keyPosition" in node]
    places = [int(text) for text in map(str, given) if text.isascii() and text.isdigit()]
    if places != sorted(places):
        raise ReadError(
            "the dimensions stand in another order than their keyPosition says",
            place=f"/structure/dimensions/{level}",
            remedy=_COMPARE,
        )


def _components(nodes: Any) -> list[_Component]:
    return [_component(expect_object(node, "/structure")) for node in nodes or ()]


def _component(node: dict[str, Any]) -> _Component:
    codes: list[str | None] = []
    labels: list[str | None] = []
    for value in node.get("values") or ():
        plain = value if isinstance(value, dict) else {"value": value}
        codes.append(scalar(plain.get("id", plain.get("value")), "/structure"))
        name = plain.get("name")
        labels.append(name if isinstance(name, str) else None)
    default = scalar(node.get("default"), "/structure")
    name = node.get("name")
    label = name if isinstance(name, str) else ""
    return _Component(scalar(node.get("id", MISSING), "/structure") or "", label, codes, labels, default)


# -- observations ---------------------------------------------------------------------------------------------


def _rows(
    node: dict[str, Any], structure: _Structure, place: str, options: Options
) -> Iterator[tuple[str, Row]]:
    """Place and columns of every observation of a dataset."""
    common: Row = {}
    for component in structure.dimensions["dataSet"]:
        if len(component.codes) > 1:
            raise ReadError(
                f"{component.id} is a dimension of the whole dataset, and has {len(component.codes)} values",
                place=place,
                remedy=_COMPARE,
            )
        component.put(common, "0", place)
    # Where a dataset gives no places, each of its attributes has one value, which the structure has.
    only = ["0" if len(component.codes) == 1 else None for component in structure.attributes["dataSet"]]
    _attributes(common, structure.attributes["dataSet"], node.get("attributes") or only, place)
    groups = _groups(node, structure, place)
    if "series" not in node:
        yield from _observations(node, common, structure, place, groups, options)
    for key, series in expect_object(node.get("series", {}), f"{place}/series").items():
        where = f"{place}/series{pointer((key,))}"
        own = dict(common)
        _keyed(own, structure.dimensions["series"], key, where)
        content = expect_object(series, where)
        _attributes(own, structure.attributes["series"], content.get("attributes"), where)
        yield from _observations(content, own, structure, where, groups, options)


def _observations(
    node: dict[str, Any],
    common: Row,
    structure: _Structure,
    place: str,
    groups: Sequence[tuple[Row, Row]],
    options: Options,
) -> Iterator[tuple[str, Row]]:
    measure = _measure(structure, options)
    for key, content in expect_object(node.get("observations", {}), f"{place}/observations").items():
        where = f"{place}/observations{pointer((key,))}"
        row = dict(common)
        _keyed(row, structure.dimensions["observation"], key, where)
        cells = content if isinstance(content, list) else [content]
        _attributes(row, structure.attributes["observation"], cells[max(len(structure.measures), 1) :], where)
        for shared, given in groups:
            if all(row.get(name) == code for name, code in shared.items()):
                row = {**given, **row}
        # The default of the narrowest level first.
        for component in itertools.chain.from_iterable(reversed(structure.attributes.values())):
            if component.default is not None:
                row.setdefault(component.id, component.default)
        row[VALUE] = scalar(cells[measure] if measure < len(cells) else None, where)
        yield f"{where}/{measure}", row


def _measure(structure: _Structure, options: Options) -> int:
    """Which of the measures is the value."""
    if len(structure.measures) < 2:
        return 0
    wanted = str(options.get("value", "OBS_VALUE"))
    if wanted not in structure.measures:
        raise ReadError(
            f"there is no measure {wanted!r} (option value){did_you_mean(wanted, structure.measures)}; "
            f"the message has {', '.join(structure.measures)}",
            place="/structure/measures",
            remedy="Correct the option value",
        )
    return structure.measures.index(wanted)


def _keyed(row: Row, components: Sequence[_Component], key: str, place: str) -> None:
    """Dimensions from a key such as ``0:3``."""
    parts = key.split(":") if components else []
    if len(parts) != len(components):
        raise ReadError(
            f"the key {key!r} does not fit {len(components)} dimensions", place=place, remedy=_COMPARE
        )
    for component, part in zip(components, parts, strict=True):
        component.put(row, part, place)


def _attributes(row: Row, components: Sequence[_Component], given: Any, place: str) -> None:
    # A list behind them names annotations.
    beyond = [
        node for node in (given or ())[len(components) :] if node is not None and not isinstance(node, list)
    ]
    if beyond:
        raise ReadError(
            f"there are more attributes than the {len(components)} of the structure",
            place=place,
            remedy=_COMPARE,
        )
    for component, text in zip(
        components, itertools.chain(given or (), itertools.repeat(None)), strict=False
    ):
        component.put(row, text, place)


def _groups(node: dict[str, Any], structure: _Structure, place: str) -> list[tuple[Row, Row]]:
    """Attributes of groups: the dimensions that they name, and what they say."""
    dimensions = [*structure.dimensions["series"], *structure.dimensions["observation"]]
    found = []
    for key, given in (node.get("dimensionGroupAttributes") or {}).items():
        shared: Row = {}
        for component, part in zip(dimensions, key.split(":"), strict=False):
            if part:
                component.put(shared, part, place)
        attributes: Row = {}
        _attributes(attributes, structure.attributes["dimensionGroup"], given, place)
        found.append((shared, attributes))
    return found


def _table(rows: Sequence[tuple[str, Row]], options: Options) -> pa.Table:
    names = list(dict.fromkeys(name for _, row in rows for name in row if name != VALUE))
    refuse_sparse([row for _, row in rows], len(names))
    notes = names_option(options, "note_columns", [name for name in FOOTNOTES if name in names])
    columns: dict[str, Sequence[str | None]] = {
        VALUE: [row.get(VALUE) for _, row in rows],
        LOCATOR: [place for place, _ in rows],
        NOTE: [joined(row.get(name) for name in notes) for _, row in rows],
    }
    return text_table({**columns, **{name: [row.get(name) for _, row in rows] for name in names}})
