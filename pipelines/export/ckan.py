"""The export for a CKAN portal: the dataset, its CSV, and the schema of the DataStore with its key.

::

    ckan/package.json      the dataset, as `package_create` takes it
    ckan/datastore.json    fields, key and indexes, as `datastore_create` takes them, once the resource has an id
    ckan/observations.csv  the observations

Fields: https://docs.ckan.org/en/2.11/api/index.html and https://docs.ckan.org/en/2.11/maintaining/datastore.html.
``DVSTATS_CKAN_ORG`` names the organization on the portal. Not here: sending it. Called by ``export``.
"""

import os
from typing import Any

from data_contracts.model import Text
from pipelines.export.described import (
    CAVEATS,
    DESCRIPTION,
    KEYWORDS,
    Described,
    describe,
    licence_words,
    observations_csv,
    write_described,
)
from pipelines.export.selection import COMPILATION, CSV_COLUMNS, Export, ExportedFile, file_facts
from pipelines.release.citation import AUTHORS

KEY = "obs_key"
_INDEXES = ("indicator", "ref_area", "time_period")
# Types of DuckDB in the words of the DataStore, which are those of PostgreSQL.
_TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "float8",
    "BIGINT": "int8",
    "INTEGER": "int4",
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
# The column of the CSV that no table has.
_OWN = {
    "preferred": (
        Text("Preferred", "Предпочтительное"),
        Text(
            "The figure to use where several sources give the same one; the others are kept for comparison.",
            "Число, которое следует использовать, если одно и то же дают несколько источников; остальные сохранены "
            "для сравнения.",
        ),
    )
}


def write_ckan(job: Export) -> None:
    """Dataset, schema of the DataStore, CSV."""
    about = describe(job)
    file = observations_csv(job, "ckan", about)
    package = _package(job, about, file)
    write_described(job, "ckan/package.json", package, Text("Dataset for CKAN", "Набор данных для CKAN"))
    schema = Text("Schema of the DataStore", "Схема хранилища DataStore")
    write_described(job, "ckan/datastore.json", _datastore(job), schema)


def _package(job: Export, about: Described, file: ExportedFile) -> dict[str, Any]:
    facts = file_facts(file.path)
    return {
        "name": about.name,
        "title": about.title,
        "notes": f"{DESCRIPTION.en}\n\n{CAVEATS}",
        "version": job.release,
        "author": AUTHORS,
        "owner_org": os.environ.get("DVSTATS_CKAN_ORG") or "dvstats",
        "license_id": _licence(about),
        "tags": [{"name": word} for word in KEYWORDS.en.split("; ")],
        "extras": [
            {"key": "licences", "value": licence_words(about)},
            {"key": "content_sha256", "value": job.content_hash},
            {"key": "temporal_start", "value": about.start.isoformat()},
            {"key": "temporal_end", "value": about.end.isoformat()},
            {"key": "spatial", "value": ", ".join(about.countries.values())},
        ],
        "resources": [
            {
                "name": file.path.name,
                "description": job.contract.tables["observations"].meaning.en,
                "format": "CSV",
                "mimetype": file.mediatype,
                "size": facts["bytes"],
                "hash": f"sha256:{facts['sha256']}",
            }
        ],
    }


def _licence(about: Described) -> str:
    """One of CKAN's own licences for the whole: a mixture is no more open than its strictest part."""
    if about.licences == (COMPILATION,):
        return "cc-by"
    return "other-at" if about.all_open else "other-closed"


def _datastore(job: Export) -> dict[str, Any]:
    fields = []
    for name, kind, *_ in job.rows(f"DESCRIBE SELECT {CSV_COLUMNS} FROM export_rows"):
        label, meaning = _words(job, name)
        info = {"label": label.en, "notes": meaning.en}
        fields.append({"id": name, "type": _TYPES[kind], "info": info})
    return {"fields": fields, "primary_key": [KEY], "indexes": list(_INDEXES)}


def _words(job: Export, column: str) -> tuple[Text, Text]:
    if column in _OWN:
        return _OWN[column]
    found = job.column(column)
    return found.label, found.meaning
