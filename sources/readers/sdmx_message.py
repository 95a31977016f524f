"""The elements of an SDMX-ML data message as Expat meets them: header, datasets, groups, series, observations.

``message_of`` gives what is in the message, each observation with the line and character where it begins; it
refuses what is no data message, and what contradicts itself. Not here: what makes a message unfit to publish, options,
and the table of cells (``sdmx_ml``, the only caller, whose head shows the formats).
"""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from sources.cells import ReadError
from sources.readers.packed import unpacked
from sources.readers.sdmx_groups import ANNOTATION, Attributes, Group
from sources.readers.text import FETCH_AGAIN, refuse_foreign

_DATA = (
    *("GenericData", "GenericTimeSeriesData", "CompactData"),
    *("StructureSpecificData", "StructureSpecificTimeSeriesData"),
)
TIME = "TIME_PERIOD"
OBS_VALUE = "OBS_VALUE"
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
# Elements of the data that hold others and no text: one there is what a damaged mark leaves of an element.
_WITHOUT_TEXT = frozenset(
    ("DataSet", "Series", "Obs", "Group", "SeriesKey", "ObsKey", "GroupKey", "Attributes")
) | frozenset(("Value", "ObsDimension", "ObsValue"))
# Codes of footers beside data that is not all that was asked for (SDMX 2.1, section 7).
_INCOMPLETE = ("130", "413", "510")


@dataclass
class _Level:
    """An element of the data that can carry keys and attributes."""

    #: name of the element, without namespace
    name: str
    #: where it begins, from 1
    line: int
    #: the same within the line, from 1
    character: int
    #: keys and attributes by name
    found: Attributes = field(default_factory=dict)
    #: names of those that are keys, where the message says so
    keys: set[str] = field(default_factory=set)


@dataclass
class Observation:
    """One observation."""

    #: where it begins, from 1
    line: int
    #: the same within the line, from 1
    character: int
    #: its own keys and attributes
    own: Attributes
    #: those of its series, one object for all its observations; empty in flat messages
    series: Attributes
    #: number of its dataset in the message, from 0
    dataset: int

    @property
    def key(self) -> Attributes:
        """What places it: its series, or in flat messages it itself."""
        return self.series or self.own


@dataclass
class Message:
    """What has been read so far."""

    #: names of the open elements, from the root
    path: list[str] = field(default_factory=list)
    #: the open elements that carry keys or attributes
    levels: list[_Level] = field(default_factory=list)
    #: in the order of the file
    observations: list[Observation] = field(default_factory=list)
    #: in the order of the file
    groups: list[Group] = field(default_factory=list)
    #: attributes of each dataset, in the order of the file
    datasets: list[Attributes] = field(default_factory=list)
    #: the dataflow of each dataset; empty where the message does not say it
    dataflows: list[str] = field(default_factory=list)
    #: ``ID``, ``Prepared``, ``Test``, ``Truncated``, ``ReportingEnd``, ``EmbargoDate`` of the header, if it has them
    header: Attributes = field(default_factory=dict)
    #: ``Name`` of the header, in each language
    names: list[str] = field(default_factory=list)
    #: dimension at observation of the present dataset
    time: str = TIME
    #: the same by id of the structure, from the header
    times: Attributes = field(default_factory=dict)
    #: dataflows by id of the structure, from the header
    structures: Attributes = field(default_factory=dict)
    #: id of the structure of the header that is open
    structure: str = ""
    #: texts of footers that are no error
    footer: list[str] = field(default_factory=list)
    #: text of the innermost element so far
    text: list[str] = field(default_factory=list)
    #: texts of footers that report an error, or data that is not all
    faults: list[str] = field(default_factory=list)
    #: whether the present footer message is such a one
    grave: bool = True


def message_of(content: bytes) -> Message:
    """Read a whole message."""
    message = Message()
    parser = _parser()

    def start(tag: str, attributes: Attributes) -> None:
        _start(message, parser, tag, attributes)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: _end(message, parser, tag)
    parser.CharacterDataHandler = message.text.append
    _parse(parser, content)
    return message


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


def _start(message: Message, parser: expat.XMLParserType, tag: str, attributes: Attributes) -> None:
    name = _local(tag)
    if not message.path:
        _check_root(name, parser.CurrentLineNumber)
    line, character = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
    _refuse_text(message, line)
    message.text.clear()
    message.path.append(name)
    if name == "DataSet":
        _refuse_deletion(attributes, line)
        found = {key: text for key, text in _plain(attributes).items() if key not in _TECHNICAL}
        reference = next((text for key, text in attributes.items() if _local(key) == "structureRef"), "")
        message.time = _dimension_at_observation(message, reference, line)
        if end := next((text for key, text in attributes.items() if _local(key) == "reportingEndDate"), ""):
            found[ANNOTATION] = f"as of {end[:10]}"
        message.levels.append(_Level(name, line, character, found))
        message.datasets.append(message.levels[-1].found)
        message.dataflows.append(message.structures.get(reference, attributes.get("dataflowID", "")))
    elif message.levels:
        _start_inside(message, name, _plain(attributes), line, character)
    elif name == "Structure" and attributes.keys() & {"structureID", "dimensionAtObservation"}:
        message.structure = attributes.get("structureID", "")
        if "dimensionAtObservation" in attributes:
            message.times[message.structure] = attributes["dimensionAtObservation"]
    elif name == "Ref" and "Structure" in message.path:
        agency, version = attributes.get("agencyID", ""), attributes.get("version", "1.0")
        message.structures[message.structure] = f"{agency}:{attributes.get('id', '')}({version})"
    elif name == "Message" and "Footer" in message.path:
        severe = attributes.get("severity", "Error").lower() == "error"
        message.grave = severe or attributes.get("code", "") in _INCOMPLETE


def _dimension_at_observation(message: Message, reference: str, line: int) -> str:
    """What the observations of a dataset differ by, as its structure in the header says."""
    if reference in message.times:
        return message.times[reference]
    known = set(message.times.values()) or {TIME}
    if len(known) > 1:
        raise ReadError(
            f"the dataset does not say which of the structures {', '.join(message.times)} is its own",
            place=f"line {line}",
            remedy="Request one structure at a time",
        )
    return known.pop()


def _start_inside(message: Message, name: str, attributes: Attributes, line: int, character: int) -> None:
    """An element below DataSet."""
    level = message.levels[-1]
    if name in ("Series", "Obs"):
        message.levels.append(_Level(name, line, character, attributes))
    elif _is_group(message, name):
        attributes.pop("type", None)
        message.levels.append(_Level(name, line, character, attributes))
    elif name in ("Value", "ObsDimension", "ObsValue"):
        default = {"ObsDimension": message.time, "ObsValue": OBS_VALUE}.get(name)
        key = default if name == "ObsValue" else attributes.get("id", attributes.get("concept", default))
        if key is None:
            raise _misplaced(name, line, "it has no id")
        if "value" in attributes:
            _put(level, key, attributes["value"], line)
        if message.path[-2] in ("SeriesKey", "GroupKey", "ObsKey"):
            level.keys.add(key)
    elif name not in _PASSED:
        raise _misplaced(name, line, "it is not part of the versions that are read")


def _is_group(message: Message, name: str) -> bool:
    """Compact messages name the element of a group by the group's own id."""
    within = message.levels[-1].name == "DataSet" and name not in _PASSED
    return name == "Group" or (within and message.path[0] == "CompactData")


def _misplaced(name: str, line: int, reason: str) -> ReadError:
    return ReadError(
        f"the element {name} cannot be used: {reason}",
        place=f"line {line}",
        remedy="Request SDMX-ML 2.1 structure-specific data from the service",
    )


def _put(level: _Level, key: str, text: str, line: int) -> None:
    if level.found.setdefault(key, text) != text:
        raise ReadError(
            f"{key} is given twice, as {level.found[key]!r} and {text!r}",
            place=f"line {line}",
            remedy=FETCH_AGAIN,
        )


def _refuse_text(message: Message, line: int) -> None:
    """Raise for a text in the innermost element, where that may have none."""
    if message.levels and message.path[-1] in _WITHOUT_TEXT and (text := "".join(message.text).strip()):
        raise ReadError(
            f"the text {text[:40]!r} stands where elements are expected",
            place=f"line {line}",
            remedy=FETCH_AGAIN,
        )


def _end(message: Message, parser: expat.XMLParserType, tag: str) -> None:
    _refuse_text(message, parser.CurrentLineNumber)
    name = message.path.pop()
    text = "".join(message.text).strip()
    message.text.clear()
    if not message.levels:
        _end_outside(message, name, text)
    elif name == "Time":
        _put(message.levels[-1], TIME, text, message.levels[-1].line)
    elif name in ("AnnotationTitle", "AnnotationText") and text:
        said = message.levels[-1].found
        said[ANNOTATION] = "; ".join(dict.fromkeys(filter(None, (said.get(ANNOTATION), text))))
    elif name == message.levels[-1].name:
        _close(message)


def _end_outside(message: Message, name: str, text: str) -> None:
    """Header and footer."""
    parent = message.path[-1] if message.path else ""
    if parent == "Header" and name in ("ID", "Prepared", "Test", "Truncated", "ReportingEnd", "EmbargoDate"):
        message.header[name] = text
    if parent == "Header" and name == "Name" and text:
        message.names.append(text)
    if name == "DataSetAction" and text.lower() == "delete":
        raise _deletion("Header")
    if name == "URN" and "Structure" in message.path:
        message.structures[message.structure] = text.rpartition("=")[2]
    if name == "Text" and "Footer" in message.path and text:
        (message.faults if message.grave else message.footer).append(text)


def _close(message: Message) -> None:
    level = message.levels.pop()
    if level.name not in ("DataSet", "Series", "Obs"):
        message.groups.append(Group(len(message.datasets) - 1, level.found, frozenset(level.keys)))
    elif level.name == "Obs":
        series = message.levels[-1].found if message.levels[-1].name == "Series" else {}
        message.observations.append(
            Observation(level.line, level.character, level.found, series, len(message.datasets) - 1)
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
    raise ReadError(problem, place=f"line {line}", remedy="Check the address and the requested format")


def _refuse_deletion(attributes: Attributes, line: int) -> None:
    action = next((text for name, text in attributes.items() if _local(name) == "action"), "")
    if action.lower() in ("delete", "d"):
        raise _deletion(f"line {line}")


def _deletion(place: str) -> ReadError:
    return ReadError(
        "the dataset orders a deletion; it publishes no values",
        place=place,
        remedy="Request the data themselves from the service, not for changes",
    )
