"""SDMX-ML data messages: structure-specific and generic 2.1, compact and generic 2.0.

::

    <Series FREQ="A" REF_AREA="KG" SEX="F">                                  structure-specific, compact
      <Obs TIME_PERIOD="2019" OBS_VALUE="5989" OBS_STATUS="A"/>
    </Series>
    <generic:Series><generic:SeriesKey>                                      generic (2.0: concept= for id=)
      <generic:Value id="REF_AREA" value="KG"/></generic:SeriesKey>
      <generic:Obs><generic:ObsDimension value="2019"/><generic:ObsValue value="5989"/>
      <generic:Attributes><generic:Value id="OBS_STATUS" value="A"/></generic:Attributes>
      </generic:Obs></generic:Series>

Every key and attribute of observation, series, group and dataset becomes a column; a group's attributes
reach the series that share its key (an attribute of the series or observation itself wins). Each dataset has the
dimension at observation of its own structure. Flat messages (observations without series) are read alike. An
observation without ``OBS_VALUE`` has a null value. ``ID`` and ``Prepared`` of the header become table
metadata.

Options: ``test`` = ``refuse`` (default) or ``accept`` a message whose header says that it is a test;
``value`` (default ``OBS_VALUE``) and ``note_columns`` (list; default those present of
``COMMENT_OBS, OBS_COMMENT, OBS_FOOTNOTE``; they stay columns as well). The encoding is the XML declaration's.

Locators: ``line N, Obs TIME_PERIOD=2019``, and ``line N, character M, Obs …`` where one line holds several
observations (a message without line feeds). They are counted by Expat while it reads: exact beyond line
65535, where libxml2 (lxml's ``sourceline``) stops counting for elements. The whole table is held in memory.

Refused: document type declarations (no entities, so none that expand or fetch), other SDMX messages
(structure, error, cross-sectional, utility, message groups), the multi-valued components of SDMX 3.0,
datasets with action Delete, messages that call themselves truncated, answers whose footer reports an error, and
those with a footer instead of data: its words are in the sentence.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.parsers import expat

import pyarrow as pa

from data_contracts.strict_files import did_you_mean
from sources.cells import LOCATOR, NOTE, VALUE, Options, ReadError, option
from sources.readers.options import Names, ReaderOptions, Text
from sources.readers.packed import unpacked
from sources.readers.sdmx_csv import FOOTNOTES
from sources.readers.sdmx_groups import Attributes, Group, look_up
from sources.readers.text import (
    FETCH_AGAIN,
    joined,
    names_option,
    refuse_foreign,
    refuse_sparse,
    text_table,
    unique_names,
)

_DATA = (
    *("GenericData", "GenericTimeSeriesData", "CompactData"),
    *("StructureSpecificData", "StructureSpecificTimeSeriesData"),
)
_TIME = "TIME_PERIOD"
_VALUE = "OBS_VALUE"
# Attributes of a 2.0 compact DataSet element that belong to the message, not to the statistics.
_TECHNICAL = (
    frozenset(("keyFamilyURI", "datasetID", "dataflowAgencyID", "dataflowID", "structureRef", "setID"))
    | frozenset(("dataProviderSchemeAgencyId", "dataProviderSchemeId", "dataProviderID", "dataScope"))
    | frozenset(("reportingBeginDate", "reportingEndDate", "validFromDate", "validToDate"))
    | frozenset(("publicationYear", "publicationPeriod", "action"))
)
# Elements within a dataset that carry nothing themselves, or nothing that is read.
_PASSED = (
    frozenset(("SeriesKey", "ObsKey", "GroupKey", "Attributes", "Time", "KeyFamilyRef", "DataProvider"))
    | frozenset(("Annotations", "Annotation", "AnnotationTitle", "AnnotationType", "AnnotationURL"))
    | frozenset(("AnnotationText", "DataflowRef", "Ref", "URN", "ID"))
)
_TRUE = ("true", "1")
# Codes of footers beside data that is not all that was asked for (SDMX 2.1, section 7).
_INCOMPLETE = ("130", "413", "510")


@dataclass
class _Level:
    """An element of the data that can carry keys and attributes, and where it starts."""

    name: str
    line: int
    character: int
    found: Attributes = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)


@dataclass
class _Observation:
    line: int
    character: int
    own: Attributes
    series: Attributes
    dataset: int

    @property
    def key(self) -> Attributes:
        """What places it: its series, or in flat messages it itself."""
        return self.series or self.own


@dataclass
class _Message:
    """What has been read so far."""

    path: list[str] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    observations: list[_Observation] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    datasets: list[Attributes] = field(default_factory=list)
    header: Attributes = field(default_factory=dict)
    time: str = _TIME
    times: Attributes = field(default_factory=dict)
    footer: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    grave: bool = True


class DeclaredOptions(ReaderOptions):
    """What a declaration may say; see the head of the module."""

    value: Text | None = None
    note_columns: Names | None = None
    test: Literal["refuse", "accept"] | None = None


def read(content: bytes, options: Options) -> pa.Table:
    """Cells of an SDMX-ML data message; see the module for options."""
    message = _Message()
    parser = _parser()

    def start(tag: str, attributes: Attributes) -> None:
        _start(message, parser, tag, attributes)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: _end(message, tag)
    parser.CharacterDataHandler = message.text.append
    _parse(parser, content)
    _refuse_unfit(message, options)
    return _table(message, options)


def _refuse_unfit(message: _Message, options: Options) -> None:
    """Messages that are no whole, real answer."""
    if message.faults:
        raise ReadError(f"the service reports an error: {' '.join(message.faults)}", remedy=FETCH_AGAIN)
    if message.footer and not message.observations:
        raise ReadError(
            f"the service answers without data: {' '.join(message.footer)}",
            remedy="Ask for less at once, or again later",
        )
    if message.header.get("Truncated", "").lower() in _TRUE:
        raise ReadError(
            "the header says that the message is truncated", place="Header", remedy="Ask for less at once"
        )
    accepted = option(options, "test", "refuse", allowed=("refuse", "accept")) == "accept"
    if message.header.get("Test", "").lower() in _TRUE and not accepted:
        raise ReadError(
            "the header says that the message is a test",
            place="Header",
            remedy="Ask the publisher; if its real data say so, declare the reader option test: accept",
        )


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: Any) -> None:
        raise ReadError(
            "the XML has a document type declaration, which no SDMX message has",
            place=f"line {parser.CurrentLineNumber}",
            remedy=FETCH_AGAIN,
        )

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _parse(parser: expat.XMLParserType, content: bytes) -> None:
    content = unpacked(content)
    refuse_foreign(content)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ReadError(
            f"the file is not complete XML: {expat.ErrorString(error.code)}",
            place=f"line {error.lineno}, character {error.offset + 1}",
            remedy=FETCH_AGAIN,
        ) from None
    except (LookupError, ValueError) as error:
        raise ReadError(
            f"the XML declares an encoding that cannot be read: {error}", place="line 1", remedy=FETCH_AGAIN
        ) from None


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _plain(attributes: Attributes) -> Attributes:
    """Attributes without namespace: those of the statistics."""
    return {name: text for name, text in attributes.items() if " " not in name}


def _start(message: _Message, parser: expat.XMLParserType, tag: str, attributes: Attributes) -> None:
    name = _local(tag)
    if not message.path:
        _check_root(name, parser.CurrentLineNumber)
    message.text.clear()
    message.path.append(name)
    line, character = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
    if name == "DataSet":
        _refuse_deletion(attributes, line)
        found = {key: text for key, text in _plain(attributes).items() if key not in _TECHNICAL}
        reference = next((text for key, text in attributes.items() if _local(key) == "structureRef"), "")
        message.time = _dimension_at_observation(message, reference, line)
        message.levels.append(_Level(name, line, character, found))
        message.datasets.append(message.levels[-1].found)
    elif message.levels:
        _start_inside(message, name, _plain(attributes), line, character)
    elif name == "Structure" and "dimensionAtObservation" in attributes:
        message.times[attributes.get("structureID", "")] = attributes["dimensionAtObservation"]
    elif name == "Message" and "Footer" in message.path:
        severe = attributes.get("severity", "Error").lower() == "error"
        message.grave = severe or attributes.get("code", "") in _INCOMPLETE


def _dimension_at_observation(message: _Message, reference: str, line: int) -> str:
    """What the observations of a dataset differ by, as its structure in the header says."""
    if reference in message.times:
        return message.times[reference]
    known = set(message.times.values()) or {_TIME}
    if len(known) > 1:
        raise ReadError(
            f"the dataset does not say which of the structures {', '.join(message.times)} is its own",
            place=f"line {line}",
            remedy="Ask the service for one structure at a time",
        )
    return known.pop()


def _start_inside(message: _Message, name: str, attributes: Attributes, line: int, character: int) -> None:
    """An element below DataSet."""
    level = message.levels[-1]
    if name in ("Series", "Obs"):
        message.levels.append(_Level(name, line, character, attributes))
    elif _is_group(message, name):
        attributes.pop("type", None)
        message.levels.append(_Level(name, line, character, attributes))
    elif name in ("Value", "ObsDimension", "ObsValue"):
        default = {"ObsDimension": message.time, "ObsValue": _VALUE}.get(name)
        key = default if name == "ObsValue" else attributes.get("id", attributes.get("concept", default))
        if key is None:
            raise _misplaced(name, line, "it has no id")
        if "value" in attributes:
            _put(level, key, attributes["value"], line)
        if message.path[-2] in ("SeriesKey", "GroupKey", "ObsKey"):
            level.keys.add(key)
    elif name not in _PASSED:
        raise _misplaced(name, line, "it is not part of the versions that are read")


def _is_group(message: _Message, name: str) -> bool:
    """Compact messages name the element of a group by the group's own id."""
    within = message.levels[-1].name == "DataSet" and name not in _PASSED
    return name == "Group" or (within and message.path[0] == "CompactData")


def _misplaced(name: str, line: int, reason: str) -> ReadError:
    return ReadError(
        f"the element {name} cannot be used: {reason}",
        place=f"line {line}",
        remedy="Ask the service for SDMX-ML 2.1 structure-specific data",
    )


def _put(level: _Level, key: str, text: str, line: int) -> None:
    if level.found.setdefault(key, text) != text:
        raise ReadError(
            f"{key} is given twice, as {level.found[key]!r} and {text!r}",
            place=f"line {line}",
            remedy=FETCH_AGAIN,
        )


def _end(message: _Message, tag: str) -> None:
    name = message.path.pop()
    text = "".join(message.text).strip()
    message.text.clear()
    if not message.levels:
        _end_outside(message, name, text)
    elif name == "Time":
        _put(message.levels[-1], _TIME, text, message.levels[-1].line)
    elif name == message.levels[-1].name:
        _close(message)


def _end_outside(message: _Message, name: str, text: str) -> None:
    """Header and footer."""
    parent = message.path[-1] if message.path else ""
    if parent == "Header" and name in ("ID", "Prepared", "Test", "Truncated"):
        message.header[name] = text
    if name == "DataSetAction" and text.lower() == "delete":
        raise _deletion("Header")
    if name == "Text" and "Footer" in message.path and text:
        (message.faults if message.grave else message.footer).append(text)


def _close(message: _Message) -> None:
    level = message.levels.pop()
    if level.name not in ("DataSet", "Series", "Obs"):
        message.groups.append(Group(len(message.datasets) - 1, level.found, frozenset(level.keys)))
    elif level.name == "Obs":
        series = message.levels[-1].found if message.levels[-1].name == "Series" else {}
        message.observations.append(
            _Observation(level.line, level.character, level.found, series, len(message.datasets) - 1)
        )


def _check_root(name: str, line: int) -> None:
    if name in _DATA:
        return
    if name == "Structure":
        problem = "the file is an SDMX structure message (code lists), not data"
    elif name in ("Error", "RegistryInterface"):
        problem = "the service answered with an error message"
    else:
        problem = f"the root element {name} is no SDMX-ML data message that can be read"
    raise ReadError(problem, place=f"line {line}", remedy="Check the address and the format asked for")


def _refuse_deletion(attributes: Attributes, line: int) -> None:
    action = next((text for name, text in attributes.items() if _local(name) == "action"), "")
    if action.lower() in ("delete", "d"):
        raise _deletion(f"line {line}")


def _deletion(place: str) -> ReadError:
    return ReadError(
        "the dataset orders a deletion; it publishes no values",
        place=place,
        remedy="Ask the service for the data themselves, not for changes",
    )


def _table(message: _Message, options: Options) -> pa.Table:
    rows = list(_rows(message))
    names = list(dict.fromkeys(itertools.chain.from_iterable(rows)))
    refuse_sparse(rows, len(names))
    value = str(options.get("value", _VALUE))
    if rows and value not in names:
        raise ReadError(
            f"no observation has {value!r} (option value){did_you_mean(value, names)}; "
            f"the message has {', '.join(names)}",
            remedy="Correct the option value, or the answer holds keys only",
        )
    notes = names_option(options, "note_columns", [name for name in FOOTNOTES if name in names])
    columns: dict[str, Sequence[str | None]] = {
        VALUE: [row.get(value) for row in rows],
        LOCATOR: _locators(message.observations),
        NOTE: [joined(row.get(name) for name in notes) for row in rows],
    }
    dimensions = [name for name in names if name != value]
    for name, column in zip(dimensions, unique_names(dimensions), strict=True):
        columns[column] = [row.get(name) for row in rows]
    header = {name: text for name, text in message.header.items() if name in ("ID", "Prepared")}
    return text_table(columns, header)


def _rows(message: _Message) -> Iterator[Attributes]:
    """Per observation all that applies to it: series, observation, groups, dataset."""
    of_groups = look_up(message.groups, ((item.dataset, item.key) for item in message.observations))
    found: dict[int, Attributes] = {}
    for item in message.observations:
        for name in item.own.keys() & item.series.keys():
            if item.own[name] != item.series[name]:
                raise ReadError(
                    f"{name} differs between a series and its observation",
                    place=f"line {item.line}",
                    remedy=FETCH_AGAIN,
                )
        key = item.key
        above = found.get(id(key))
        if above is None:
            above = found[id(key)] = {**message.datasets[item.dataset], **of_groups(item.dataset, key)}
        own = {**item.series, **item.own}
        yield {**own, **{name: text for name, text in above.items() if name not in own}}


def _locators(observations: Sequence[_Observation]) -> list[str]:
    on_line = Counter(item.line for item in observations)
    places = []
    for item in observations:
        where = f"line {item.line}"
        if on_line[item.line] > 1:
            where += f", character {item.character}"
        time = item.own.get(_TIME, item.series.get(_TIME))
        places.append(f"{where}, Obs" + (f" {_TIME}={time}" if time is not None else ""))
    return places
