"""What describes the site's files and pages to programs: Data Package, CSV on the Web, schema.org, sitemap.

::

    latest/datapackage.json             types and meanings of tables and indicators (Data Package v2)
    latest/tables/csv-metadata.json     the same as CSV on the Web; another one in indicators/
    <script type="application/ld+json"> in pages: the release, or one indicator, as schema.org ``Dataset``
    sitemap.xml                         all pages in both languages

Not here: the files that are described (``data_files``). Called by ``build``.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from lxml import etree

from data_contracts import datapackage
from data_contracts.model import LANGS, Column, Contract, Lang
from pipelines.release.citation import AUTHORS, TITLE, plain_citation
from pipelines.site.data_files import INDICATOR_COLUMNS, TableFile
from pipelines.site.load_release import Release

_CSVW_TYPES = {
    "VARCHAR": "string",
    "DOUBLE": "double",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "dateTime",
}
_OWN_COLUMNS = {
    "area_en": "Name of the area in English",
    "whole_year": "True: the value covers one whole calendar year",
    "source": "Publisher of the figure; source_id leads to its address in tables/sources.csv.gz",
    "licence": "Licence of the dataset that the figure comes from",
}
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def write_descriptions(
    release: Release, contract: Contract, files: Sequence[TableFile], codes: Sequence[str], folder: Path
) -> None:
    """``datapackage.json`` and the CSV on the Web metadata of both folders."""
    entries = [{"name": file.name, "path": file.csv, **_facts(folder / file.csv)} for file in files]
    datasets = pa.Table.from_pylist(list(release.tables["datasets"]))
    package = datapackage.data_package(
        contract,
        release.name,
        release.published_at,
        datasets,
        entries,
        format_name="csv",
        mediatype="text/csv",
    )
    for resource in package["resources"]:
        if resource["path"].endswith(".gz"):
            resource["compression"] = "gz"
    package["resources"].append(_figures_resource(contract, codes))
    _write_json(folder / "datapackage.json", package)
    tables = [
        _csvw_table(
            Path(file.csv).name,
            file.title,
            contract.tables[file.name].columns,
            contract.tables[file.name].key,
        )
        for file in files
    ]
    _write_json(folder / "tables" / "csv-metadata.json", _csvw(release, tables))
    columns = [_indicator_column(contract, name) for name in INDICATOR_COLUMNS]
    described = [
        {"url": f"{code}.csv", "dc:title": release.indicator(code, "en"), "tableSchema": "schema.json"}
        for code in codes
    ]
    _write_json(folder / "indicators" / "csv-metadata.json", _csvw(release, described))
    _write_json(
        folder / "indicators" / "schema.json", {"@context": "http://www.w3.org/ns/csvw", "columns": columns}
    )


def _write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    path.write_bytes(f"{text}\n".encode())


def _facts(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _figures_resource(contract: Contract, codes: Sequence[str]) -> dict[str, Any]:
    """All files of indicators as one resource: they have the same columns, one after the other."""
    observations = contract.tables["observations"]
    fields = []
    for name in INDICATOR_COLUMNS:
        if name in observations.names:
            fields.append(datapackage.field(contract, observations.column(name)))
        else:
            kind = "boolean" if name == "whole_year" else "string"
            fields.append({"name": name, "type": kind, "description": _OWN_COLUMNS[name]})
    return {
        "name": "figures_by_indicator",
        "type": "table",
        "path": [f"indicators/{code}.csv" for code in codes],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "title": "Best figures of each indicator, with source and licence",
        "schema": {"fields": fields},
    }


def _csvw(release: Release, tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": TITLE.en,
        "dc:issued": f"{release.published_at.isoformat()}Z",
        "dc:license": {"@id": datapackage.COMPILATION_LICENCE["path"]},
        "dialect": {"header": True, "encoding": "utf-8"},
        "tables": list(tables),
    }


def _csvw_table(
    url: str, title: Mapping[str, str], columns: Sequence[Column], key: Sequence[str]
) -> dict[str, Any]:
    schema: dict[str, Any] = {"columns": [_csvw_column(column) for column in columns]}
    if key:
        schema["primaryKey"] = list(key)
    return {"url": url, "dc:title": dict(title)["en"], "tableSchema": schema}


def _csvw_column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "titles": {"en": column.name},
        "dc:description": column.meaning.en,
        "datatype": _CSVW_TYPES[column.type],
        "required": not column.nullable,
    }


def _indicator_column(contract: Contract, name: str) -> dict[str, Any]:
    observations = contract.tables["observations"]
    if name in observations.names:
        return _csvw_column(observations.column(name))
    kind = "boolean" if name == "whole_year" else "string"
    return {"name": name, "titles": {"en": name}, "dc:description": _OWN_COLUMNS[name], "datatype": kind}


def dataset_json(release: Release, base: str, content_hash: str) -> str:
    """schema.org ``Dataset`` of the whole release."""
    where = f"{base}/latest/" if base else "../latest/"
    spans = (
        [figure.period_start for figure in release.figures],
        [figure.period_end for figure in release.figures],
    )
    described = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": TITLE.en,
        "alternateName": TITLE.ru,
        "description": "Published official figures on domestic violence and the response to it, each with its source.",
        "version": release.name,
        "datePublished": f"{release.published_at.isoformat()}Z",
        "inLanguage": list(LANGS),
        "license": datapackage.COMPILATION_LICENCE["path"],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": AUTHORS},
        "creditText": plain_citation(release.name, content_hash, release.published_at.date()),
        "temporalCoverage": f"{min(spans[0])}/{max(spans[1])}",
        "spatialCoverage": [
            {"@type": "Country", "name": release.area(code, "en")} for code in release.countries
        ],
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{where}{name}", "encodingFormat": kind}
            for name, kind in (
                ("datapackage.json", "application/json"),
                ("tables/observations.csv.gz", "application/gzip"),
            )
        ],
    }
    return _inside_html(described)


def indicator_json(release: Release, base: str, code: str, lang: Lang) -> str:
    """schema.org ``Dataset`` of one indicator."""
    row = release.indicators[code]
    figures = [figure for figure in release.by_indicator[code] if figure.best]
    where = f"{base}/latest/indicators/" if base else "../../latest/indicators/"
    described = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": row[f"label_{lang}"],
        "description": row[f"definition_{lang}"],
        "identifier": code,
        "version": release.name,
        "inLanguage": lang,
        "license": datapackage.COMPILATION_LICENCE["path"],
        "creator": {"@type": "Organization", "name": AUTHORS},
        "temporalCoverage": f"{min(f.period_start for f in figures)}/{max(f.period_end for f in figures)}",
        "spatialCoverage": sorted({release.area(f.country, lang) for f in figures}),
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{where}{code}.{kind}", "encodingFormat": media}
            for kind, media in (("csv", "text/csv"), ("json.gz", "application/gzip"))
        ],
    }
    return _inside_html(described)


def _inside_html(value: Any) -> str:
    """JSON that cannot end the script element that holds it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def sitemap(paths: Sequence[str], base: str, day: dt.date) -> str:
    """``sitemap.xml`` of all pages in both languages, each naming the other; absolute where ``base`` is set."""
    xhtml = "http://www.w3.org/1999/xhtml"
    namespaces: Any = {None: SITEMAP, "xhtml": xhtml}
    root: Any = etree.Element(f"{{{SITEMAP}}}urlset", nsmap=namespaces)
    prefix = f"{base}/" if base else ""
    for path in paths:
        for lang in LANGS:
            entry = etree.SubElement(root, f"{{{SITEMAP}}}url")
            etree.SubElement(entry, f"{{{SITEMAP}}}loc").text = f"{prefix}{lang}/{path}.html"
            etree.SubElement(entry, f"{{{SITEMAP}}}lastmod").text = day.isoformat()
            for other in LANGS:
                link = {"rel": "alternate", "hreflang": other, "href": f"{prefix}{other}/{path}.html"}
                etree.SubElement(entry, f"{{{xhtml}}}link", link)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode()
