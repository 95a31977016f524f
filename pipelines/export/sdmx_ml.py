"""The export as SDMX-ML 2.1: observations as structure-specific data, and the structure that they follow.

::

    <mes:DataSet ss:action="Replace" …>
      <Series FREQ="A" REF_AREA="KG" INDICATOR="PROTECTION_ORDERS" … LICENCE="CC-BY-4.0" COMPARATOR="false">
        <Obs TIME_PERIOD="2024" OBS_VALUE="13104" OBS_STATUS="A" CONF_STATUS="F"/>

What belongs to dimensions is said once a series, what belongs to an observation with it. A second data set with the
action ``Delete`` has the keys that an earlier release had and this one has not. Rows come sorted from DuckDB, and a
series is written before the next one is read: memory does not grow with the release. Not here: the rows, the structure
and the same as CSV (``sdmx``). Called by ``export``.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
from lxml import etree

from data_contracts.model import Text
from pipelines.export.sdmx import (
    AGENCY,
    ATTRIBUTES,
    COM,
    DIMENSIONS,
    FLOW,
    MES,
    export_query,
    write_structure,
)
from pipelines.export.selection import Export, ExportedFile

_SPECIFIC = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_STRUCTURE_ID = "DV"
_SERIES = tuple(name.upper() for name in DIMENSIONS)
_OF_SERIES = (*_SERIES, *(a.name for a in ATTRIBUTES if a.dimension))
_OF_OBSERVATION = ("TIME_PERIOD", "OBS_VALUE", *(a.name for a in ATTRIBUTES if not a.dimension))
# The words of SDMX-ML for the actions of SDMX-CSV.
_ACTIONS = {"R": "Replace", "D": "Delete"}
_BATCH_ROWS = 10_000
# No XML can hold these, escaped or not.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Row = dict[str, str]


def write_sdmx_ml(job: Export) -> None:
    """Observations as an SDMX-ML 2.1 message, and the structure that they follow."""
    path = job.folder / "observations.sdmx.xml"
    _write_message(job, path)
    named = Text("Observations, SDMX-ML 2.1", "Наблюдения, SDMX-ML 2.1")
    job.wrote(ExportedFile(path, named, "application/xml", "XML", job.licences()))
    write_structure(job, "structure.sdmx.xml")


def _write_message(job: Export, path: Path) -> None:
    flow = f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={AGENCY}:{FLOW}({job.contract.version})"
    specific = f"{flow}:ObsLevelDim:TIME_PERIOD"
    spaces = {"mes": MES, "com": COM, "ss": _SPECIFIC, "dv": specific, "xsi": _XSI}
    with etree.xmlfile(str(path), encoding="UTF-8") as out:
        out.write_declaration()
        with out.element(f"{{{MES}}}StructureSpecificData", nsmap=spaces):
            out.write(_header(job, specific))
            for action, rows in groupby(_rows(job), lambda row: row["ACTION"]):
                given = {
                    f"{{{_SPECIFIC}}}structureRef": _STRUCTURE_ID,
                    f"{{{_XSI}}}type": "dv:DataSetType",
                    f"{{{_SPECIFIC}}}dataScope": "DataStructure",
                    f"{{{_SPECIFIC}}}action": _ACTIONS[action],
                }
                with out.element(f"{{{MES}}}DataSet", given):
                    for series in _series(rows):
                        out.write(series)


def _header(job: Export, specific: str) -> Any:
    header = etree.Element(f"{{{MES}}}Header", nsmap={"mes": MES, "com": COM})
    for name, text in (("ID", f"DVSTATS_{job.release}"), ("Test", "false"), ("Prepared", job.at.isoformat())):
        etree.SubElement(header, f"{{{MES}}}{name}").text = text
    etree.SubElement(header, f"{{{MES}}}Sender", id=AGENCY)
    given = {"structureID": _STRUCTURE_ID, "namespace": specific, "dimensionAtObservation": "TIME_PERIOD"}
    structure = etree.SubElement(header, f"{{{MES}}}Structure", given)
    usage = etree.SubElement(structure, f"{{{COM}}}Structure")
    named = {"agencyID": AGENCY, "id": FLOW, "version": job.contract.version, "class": "DataStructure"}
    etree.SubElement(usage, "Ref", named)
    return header


def _rows(job: Export) -> Iterator[Row]:
    """What is published, then what is withdrawn, each by series and time; empty cells are left out."""
    query = export_query(job, {})
    kinds = {name: kind for name, kind, *_ in job.rows(f"DESCRIBE {query}")}
    columns = ", ".join(
        f"{'num' if kinds[name] == 'DOUBLE' else ''}({name})::VARCHAR AS {name}"
        for name in ("ACTION", *_OF_SERIES, *_OF_OBSERVATION)
    )
    order = ", ".join(("ACTION DESC", *(f"q.{name}" for name in (*_SERIES, "TIME_PERIOD"))))
    batches: pa.RecordBatchReader = job.con.sql(
        f"SELECT {columns} FROM ({query}) q ORDER BY {order}"
    ).to_arrow_reader(_BATCH_ROWS)
    for batch in batches:
        for row in batch.to_pylist():
            yield {name: _NOT_IN_XML.sub(" ", text) for name, text in row.items() if text}


def _series(rows: Iterator[Row]) -> Iterator[Any]:
    """Each series with its observations as an element."""
    for _, mine in groupby(rows, lambda row: [row.get(name, "") for name in _OF_SERIES]):
        series = None
        for row in mine:
            if series is None:
                series = etree.Element("Series", {name: row[name] for name in _OF_SERIES if name in row})
            etree.SubElement(series, "Obs", {name: row[name] for name in _OF_OBSERVATION if name in row})
        yield series
