"""The folder ``latest/``: every table and every indicator as CSV and JSON, at addresses that stay the same.

::

    latest/tables/areas.csv, areas.json.gz             a table of the release; the large ones as observations.csv.gz
    latest/indicators/PROTECTION_ORDERS.csv, .json.gz  the best figures of one indicator, with source and licence
    latest/datapackage.json                            types and meanings (Data Package v2)
    latest/tables/csv-metadata.json                    the same as CSV on the Web; another one in indicators/

CSV is plain where people open it in a spreadsheet; JSON is for programs and always gzip, a tenth of the size. It has
columns and rows apart (``pandas.read_json(…, orient="split")``), which is half the size of one object a row; in
files of indicators what all rows have alike is said once, under ``same``. No row is written twice: the best figures are
the files of the indicators, and of the tables that repeat ``observations`` only what differs is here (``WITHOUT``).

Beside it: ``charts/*.csv``, ``sitemap.xml`` and schema.org entries for the pages. Not here: exports of a selection
(``pipelines.export``), the whole tables (``dvstats export``, the release itself). Called by ``build``.
"""

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from lxml import etree

from data_contracts import datapackage
from data_contracts.model import Column, Contract
from data_contracts.spreadsheets import guarded
from data_contracts.vocabulary import DIMENSIONS
from pipelines.published.query import connect
from pipelines.release.citation import AUTHORS, TITLE, plain_citation
from pipelines.site.release import LANGS, Figure, Lang, Release

# The large ones, by name and not by size, so that no address ever changes. What is for a spreadsheet stays plain.
COMPRESSED = frozenset(
    (
        "observations",
        "observation_history",
        "revisions",
        "coverage",
        "scorecard",
        "comparability",
        "discrepancies",
        "indicators",
        "codes",
        "sources",
    )
)
VALUE_COLUMNS = ("obs_value", "obs_lower", "obs_upper")
INDICATOR_COLUMNS = (
    "ref_area",
    "area_en",
    "time_period",
    "period_start",
    "period_end",
    "whole_year",
    *DIMENSIONS,
    *VALUE_COLUMNS,
    "unit_measure",
    "obs_status",
    "nature",
    "source",
    "source_id",
    "licence",
    "obs_key",
)
# The files of the indicators are this table, with source and licence.
AS_INDICATORS = "best_observations"
# Rows of these tables that say only what observations says as well: they are left out, and the title says so.
WITHOUT = {
    "observation_history": (
        "valid_to IS NULL",
        "values that no longer hold",
        "значения, которые больше не действуют",
    ),
    "revisions": ("change = 'added'", "revised and withdrawn values", "пересмотренные и отозванные значения"),
}
SERIES_COLUMNS = (
    "ref_area",
    "time_period",
    "sex",
    *VALUE_COLUMNS,
    "obs_status",
    "unit_measure",
    "obs_key",
)
JSON_COLUMNS = (
    "ref_area",
    "time_period",
    "whole_year",
    *DIMENSIONS,
    *VALUE_COLUMNS,
    "unit_measure",
    "obs_status",
    "nature",
    "dataset_id",
    "source_id",
    "obs_key",
)
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


@dataclass(frozen=True)
class TableFile:
    """One table as files of the site; ``csv`` and ``json`` are paths below ``latest/``."""

    name: str
    title: Mapping[str, str]
    rows: int
    csv: str
    json: str


def write_tables(data_dir: Path, contract: Contract, folder: Path) -> list[TableFile]:
    """All published tables of the release that are there, below ``folder``."""
    written = []
    with connect(data_dir) as con:
        there = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for name, table in contract.tables.items():
            if name not in there or name == AS_INDICATORS:
                continue
            order = ", ".join(f'"{column}"' for column in table.order) or "ALL"
            left_out, *only = WITHOUT.get(name, ("false", "", ""))
            rows = con.sql(f"SELECT * FROM {name} WHERE NOT ({left_out}) ORDER BY {order}").to_arrow_table()
            paths = [f"tables/{name}.csv{'.gz' if name in COMPRESSED else ''}", f"tables/{name}.json.gz"]
            for path, content in zip(paths, _both(rows.column_names, _values(rows)), strict=True):
                _write(folder / path, content)
            title: dict[str, str] = {
                lang: f"{text}: {part}" if part else text
                for lang, text, part in zip(LANGS, (table.title.en, table.title.ru), only, strict=True)
            }
            written.append(TableFile(name, title, rows.num_rows, *paths))
    return written


def write_indicators(release: Release, folder: Path) -> list[str]:
    """The best figures of each indicator; gives codes."""
    written = []
    for code, figures in release.by_indicator.items():
        best = [figure for figure in figures if figure.best]
        path = folder / "indicators" / code
        _write(path.with_suffix(".csv"), _csv(INDICATOR_COLUMNS, [_indicator_row(release, f) for f in best]))
        _write(path.with_suffix(".json.gz"), _indicator_json_file(release, code, best))
        written.append(code)
    return written


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


def write_series(figures: Iterable[Figure], path: Path) -> None:
    """The figures of one chart as CSV."""
    rows = [[getattr(figure, name) for name in SERIES_COLUMNS] for figure in figures]
    _write(path, _csv(SERIES_COLUMNS, rows))


# -- content ---------------------------------------------------------------------------------------------------


def _values(rows: pa.Table) -> list[list[Any]]:
    return [list(row.values()) for row in rows.to_pylist()]


def _both(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[bytes, bytes]:
    plain = [[_plain(value) for value in row] for row in rows]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in plain)
    text = f'{{"columns":{json.dumps(list(columns))},\n"data":[\n{lines}\n]}}\n'
    return _csv(columns, rows), text.encode()


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _text(value) if isinstance(value, dt.date | dt.datetime) else value


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def _cell(value: Any) -> Any:
    """A value in CSV, which people open in a spreadsheet; JSON has the texts as they are."""
    return guarded(value) if isinstance(value, str) else _text(value)


def _indicator_row(release: Release, figure: Figure) -> list[Any]:
    source, dataset = release.sources[figure.source_id], release.datasets[figure.dataset_id]
    own = {
        "area_en": release.area(figure.ref_area, "en"),
        "source": source["publisher"],
        "licence": dataset["licence"],
    }
    return [own[name] if name in own else getattr(figure, name) for name in INDICATOR_COLUMNS]


def _indicator_json_file(release: Release, code: str, figures: Sequence[Figure]) -> bytes:
    """The same without what repeats: areas and sources by their ids, and once what all rows have alike."""
    rows = [[_plain(getattr(figure, name)) for name in JSON_COLUMNS] for figure in figures]
    same = {
        name: rows[0][place]
        for place, name in enumerate(JSON_COLUMNS)
        if name not in VALUE_COLUMNS[:1] and all(row[place] == rows[0][place] for row in rows)
    }
    kept = [place for place, name in enumerate(JSON_COLUMNS) if name not in same]
    value = {
        "indicator": code,
        "release": release.name,
        "areas": {
            area: {lang: release.area(area, lang) for lang in LANGS}
            for area in sorted({f.ref_area for f in figures})
        },
        "sources": {
            source_id: {
                name: release.sources[source_id][name] for name in ("publisher", "stated_by", "address")
            }
            for source_id in sorted({f.source_id for f in figures})
        },
        "licences": {
            dataset_id: release.datasets[dataset_id]["licence"]
            for dataset_id in sorted({f.dataset_id for f in figures})
        },
        "same": same,
        "columns": [JSON_COLUMNS[place] for place in kept],
        "data": [[row[place] for place in kept] for row in rows],
    }
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)


def _write_json(path: Path, value: Any) -> None:
    _write(path, (json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str) + "\n").encode())


def _facts(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


# -- descriptions ----------------------------------------------------------------------------------------------


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
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def sitemap(paths: Sequence[str], base: str, day: dt.date) -> str:
    """``sitemap.xml`` of all pages in both languages, each naming the other; absolute where ``base`` is set."""
    xhtml = "http://www.w3.org/1999/xhtml"
    root: Any = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "xhtml": xhtml})  # type: ignore[dict-item]
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
