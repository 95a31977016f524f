"""The export as SDMX-CSV with its structure in SDMX-ML 2.1: with two columns of ours, or as a registry takes it.

SDMX-CSV allows columns of one's own after those of the structure; .Stat Suite counts them as errors of layout, and
takes decimal points only (issues 60 and 427 of https://gitlab.com/sis-cc/.stat-suite/dotstatsuite-core-transfer).
``sdmx-registry/`` has neither.

Not here: the observations as XML (``sdmx_ml``), and reading SDMX of publishers (``sources.readers``). Called by
``export``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from data_contracts import vocabulary
from data_contracts.model import LANGS, Text
from data_contracts.sql import literal
from pipelines.export.selection import COMPILATION, Export, ExportedFile, copy_csv
from pipelines.release.citation import TITLE

AGENCY, FLOW = "DVSTATS", "DV_OBSERVATIONS"
# The identity of an observation. Unit and nature belong to it: a share and a count of the same thing, or a survey and
# a model of it, are two observations.
DIMENSIONS = (
    "freq",
    "ref_area",
    "indicator",
    *vocabulary.DIMENSIONS,
    "nature",
    "unit_measure",
    "dataset_id",
    "source_id",
)


@dataclass(frozen=True)
class Attribute:
    """An attribute: column of the row, dimension it is attached to (none: the observation), whether it may be empty."""

    name: str
    column: str
    dimension: str = ""
    optional: bool = False


ATTRIBUTES = (
    Attribute("OBS_STATUS", "obs_status"),
    Attribute("CONF_STATUS", "conf_status"),
    Attribute("OBS_LOWER", "obs_lower", optional=True),
    Attribute("OBS_UPPER", "obs_upper", optional=True),
    Attribute("COMMENT_OBS", "note", optional=True),
    Attribute("LICENCE", "licence", "DATASET_ID"),
    Attribute("SOURCE_ADDRESS", "source_address", "SOURCE_ID", optional=True),
    Attribute("COMPARATOR", "comparator", "REF_AREA"),
)
_LISTS = {"dataset_id": "CL_DATASET", "source_id": "CL_SOURCE", "ref_area": "CL_AREA"}
# Namespaces, by the prefixes that SDMX gives them.
MES = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
STR = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
COM = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"


def sdmx_code(breakdown: str) -> str:
    """``SEVERITY=GRAVE;ACT=KILLED`` as an SDMX identifier, which knows neither ``=`` nor ``;``."""
    return breakdown.replace("=", "@").replace(";", "$")


# Columns of ours, no attributes: a D row with attributes would delete only those.
_OWN = {"REVISION": ("revision", "r.change"), "TRACE_KEY": ("obs_key", "g.obs_key")}


def write_sdmx(job: Export) -> None:
    """Observations as SDMX-CSV 2.1, with their revision and key, and the structure that they follow."""
    _write(job, "observations.sdmx.csv", "structure.sdmx.xml", _OWN)


def write_registry(job: Export) -> None:
    """The same without columns of ours, for .Stat Suite and registries."""
    _write(job, "sdmx-registry/observations.csv", "sdmx-registry/structure.xml", {})


def _write(job: Export, data: str, structure: str, own: Mapping[str, tuple[str, str]]) -> None:
    first = ("indicator", "ref_area", "time_period")
    order = ("ACTION", *dict.fromkeys(name.upper() for name in (*first, *DIMENSIONS)), *own)
    path = copy_csv(job, export_query(job, own), order, job.folder / data)
    named = Text("Observations, SDMX-CSV 2.1", "Наблюдения, SDMX-CSV 2.1")
    job.wrote(ExportedFile(path, named, "text/csv", "CSV", job.licences()))
    write_structure(job, structure)


def write_structure(job: Export, name: str) -> None:
    """Data flow, data structure, concepts and code lists, as a file of the export's folder."""
    path = job.folder / name
    path.write_bytes(_structure(job))
    named = Text("Structure definition, SDMX-ML 2.1", "Описание структуры, SDMX-ML 2.1")
    job.wrote(ExportedFile(path, named, "application/xml", "XML", (COMPILATION,)))


def export_query(job: Export, own: Mapping[str, tuple[str, str]]) -> str:
    """SQL: a row an observation with the columns of SDMX-CSV; ``own``: further ones, for a row R and for a row D."""
    flow = f"{AGENCY}:{FLOW}({job.contract.version})"
    dims = ", ".join(
        f"translate(breakdown, '=;', '@$') AS {name.upper()}"
        if name == "breakdown"
        else f"{name} AS {name.upper()}"
        for name in (*DIMENSIONS, "time_period")
    )
    attributes = ", ".join(f"{a.column} AS {a.name}" for a in ATTRIBUTES)
    empty = ", ".join(f"NULL AS {name}" for name in ("OBS_VALUE", *(a.name for a in ATTRIBUTES)))
    identity = ", ".join((*DIMENSIONS, "time_period"))
    same = " AND ".join(f"o.{name} = g.{name}" for name in (*DIMENSIONS, "time_period"))
    # R, not M: merged, an emptied cell keeps its old value, and a figure that was suppressed would live on.
    # D: keys that an earlier release had and this one has not; a store that follows the releases drops them.
    # NaN is SDMX's word for a number that is missing on purpose; its status says why.
    kept, gone = ("".join(f", {column[n]} AS {name}" for name, column in own.items()) for n in (0, 1))
    return f"""
      SELECT 'dataflow' AS STRUCTURE, {literal(flow)} AS STRUCTURE_ID, 'R' AS ACTION, {dims},
        coalesce(num(obs_value), 'NaN') AS OBS_VALUE, {attributes}{kept}
      FROM export_rows
      UNION ALL
      SELECT 'dataflow', {literal(flow)}, 'D', {dims}, {empty}{gone}
      FROM (SELECT {identity}, max(obs_key) AS obs_key
            FROM observation_history h LEFT JOIN datasets d USING (dataset_id)
            WHERE {job.filters.observed("h")} GROUP BY {identity}) g
      LEFT JOIN (SELECT obs_key, change FROM revisions
                 WHERE release = {literal(job.release)} AND change = 'withdrawn') r USING (obs_key)
      WHERE NOT EXISTS (SELECT 1 FROM observations o WHERE {same})
    """


def _codes(job: Export, name: str) -> Iterator[tuple[str, Text, str]]:
    """Codes of a dimension or status: identifier, label, parent."""
    if name == "dataset_id":
        for code, en, ru in job.rows(
            "SELECT dataset_id, title_en, title_ru FROM datasets ORDER BY dataset_id"
        ):
            yield code, Text(en, ru or en), ""
    elif name == "source_id":
        for code, title in job.rows(
            "SELECT source_id, concat_ws(': ', publisher, title) FROM sources ORDER BY ALL"
        ):
            yield code, Text(title, ""), ""
    elif name == "ref_area":
        for row in job.contract.areas:
            yield row["code"], Text(row["name_en"], row["name_ru"]), row["parent"]
    elif name == "breakdown":
        yield from _breakdown_codes(job)
    else:
        for known in job.contract.codelists[_code_list(job, name)].values():
            yield known.code, known.label, ""


def _code_list(job: Export, name: str) -> str:
    return job.contract.tables["observations"].column(name).codes or name


def _breakdown_codes(job: Export) -> Iterator[tuple[str, Text, str]]:
    """The declared codes, and the combinations in use now or earlier."""
    yield vocabulary.TOTAL, Text("Total", "Всего"), ""
    former = job.codes(
        "SELECT DISTINCT breakdown FROM observation_history WHERE breakdown <> '_T' ORDER BY ALL"
    )
    labels = {code: Text(code, code) for code in former}
    labels |= {code: Text(en, ru) for code, en, ru in job.rows("SELECT * FROM breakdown_words")}
    for code, known in job.contract.codelists["breakdown"].items():
        both = (known.description, known.label)
        labels[code] = Text(": ".join(text.en for text in both), ": ".join(text.ru for text in both))
    for code in sorted(labels):
        yield sdmx_code(code), labels[code], ""


def _element(parent: Any, namespace: str, tag: str, text: str | None = None, **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{namespace}}}{tag}", attributes)
    element.text = text
    return element


def _named(parent: Any, label: Text, meaning: Text | None = None) -> Any:
    """Names, then descriptions: the order of the schema."""
    for tag, value in (("Name", label), ("Description", meaning)):
        for lang in LANGS if value else ():
            if text := getattr(value, lang):
                _element(parent, COM, tag, text).set("{http://www.w3.org/XML/1998/namespace}lang", lang)
    return parent


def _ref(parent: Any, tag: str, **attributes: str) -> None:
    # "class" is a word of Python's.
    given = {"class" if key == "kind" else key: value for key, value in attributes.items()}
    etree.SubElement(_element(parent, STR, tag), "Ref", given)


def _structure(job: Export) -> bytes:
    """SDMX-ML 2.1: data flow, code lists, concepts, data structure, all from the contract."""
    version = job.contract.version
    maintained = {"agencyID": AGENCY, "version": version, "isFinal": "true"}
    root: Any = etree.Element(f"{{{MES}}}Structure", nsmap={"mes": MES, "str": STR, "com": COM})
    header = _element(root, MES, "Header")
    _element(header, MES, "ID", f"DVSTATS_{job.release}")
    _element(header, MES, "Test", "false")
    _element(header, MES, "Prepared", job.at.isoformat())
    _element(header, MES, "Sender", id=AGENCY)
    structures = _element(root, MES, "Structures")
    flow = _named(
        _element(_element(structures, STR, "Dataflows"), STR, "Dataflow", id=FLOW, **maintained), TITLE
    )
    _ref(flow, "Structure", id=FLOW, version=version, agencyID=AGENCY, kind="DataStructure")
    lists = _element(structures, STR, "Codelists")
    for name in (*DIMENSIONS, "obs_status", "conf_status"):
        element = _element(lists, STR, "Codelist", id=_list_id(name), **maintained)
        _named(element, job.contract.tables["observations"].column(name).label)
        for code, label, parent in _codes(job, name):
            item = _named(_element(element, STR, "Code", id=code), label)
            if parent:
                _ref(item, "Parent", id=parent)
    scheme = _element(_element(structures, STR, "Concepts"), STR, "ConceptScheme", id="CS_DV", **maintained)
    _named(scheme, Text("Concepts of the published tables", "Понятия публикуемых таблиц"))
    for name in (*DIMENSIONS, "time_period", "obs_value"):
        _named(_element(scheme, STR, "Concept", id=name.upper()), *_meaning(job, name))
    for attribute in ATTRIBUTES:
        _named(_element(scheme, STR, "Concept", id=attribute.name), *_meaning(job, attribute.column))
    _definition(job, _element(structures, STR, "DataStructures"), maintained)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _list_id(name: str) -> str:
    return _LISTS.get(name, f"CL_{name.upper()}")


def _meaning(job: Export, column: str) -> tuple[Text, Text]:
    found = job.column(column)
    return found.label, found.meaning


def _definition(job: Export, parent: Any, maintained: Mapping[str, str]) -> None:
    definition = _named(_element(parent, STR, "DataStructure", id=FLOW, **maintained), TITLE)
    components = _element(definition, STR, "DataStructureComponents")
    dimensions = _element(components, STR, "DimensionList", id="DimensionDescriptor")
    for position, name in enumerate((*DIMENSIONS, "time_period"), 1):
        tag = "TimeDimension" if name == "time_period" else "Dimension"
        element = _element(dimensions, STR, tag, id=name.upper(), position=str(position))
        _component(job, element, name.upper(), name)
    attributes = _element(components, STR, "AttributeList", id="AttributeDescriptor")
    for attribute in ATTRIBUTES:
        status = "Conditional" if attribute.optional else "Mandatory"
        element = _element(attributes, STR, "Attribute", id=attribute.name, assignmentStatus=status)
        _component(job, element, attribute.name, attribute.column)
        relation = _element(element, STR, "AttributeRelationship")
        if attribute.dimension:
            _ref(relation, "Dimension", id=attribute.dimension)
        else:
            _ref(relation, "PrimaryMeasure", id="OBS_VALUE")
    measures = _element(components, STR, "MeasureList", id="MeasureDescriptor")
    _component(job, _element(measures, STR, "PrimaryMeasure", id="OBS_VALUE"), "OBS_VALUE", "obs_value")


def _component(job: Export, parent: Any, concept: str, column: str) -> None:
    """Concept and representation of a dimension, attribute or measure."""
    version = job.contract.version
    _ref(
        parent,
        "ConceptIdentity",
        id=concept,
        maintainableParentID="CS_DV",
        maintainableParentVersion=version,
        agencyID=AGENCY,
        kind="Concept",
    )
    representation = _element(parent, STR, "LocalRepresentation")
    if column in (*DIMENSIONS, "obs_status", "conf_status"):
        _ref(
            representation,
            "Enumeration",
            id=_list_id(column),
            version=version,
            agencyID=AGENCY,
            kind="Codelist",
        )
        return
    types = {
        "time_period": "ObservationalTimePeriod",
        "comparator": "Boolean",
        **dict.fromkeys(("obs_value", "obs_lower", "obs_upper"), "Double"),
    }
    _element(representation, STR, "TextFormat", textType=types.get(column, "String"))
