"""The contract as a Data Package (v2) descriptor with a Table Schema for each table.

Not here: the files of an exported package (``pipelines.export.datapackage``). Called by ``publish`` for the Parquet
files of a release and by the export for its CSV files.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from data_contracts.model import Column, Contract, Table

_FIELD_TYPES = {
    "VARCHAR": "string",
    "DOUBLE": "number",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
# The same everywhere: data packages, portals.
NAME = "domestic-violence-statistics-central-asia"
COMPILATION_LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}


def field(contract: Contract, column: Column) -> dict[str, Any]:
    """Table Schema field of a column."""
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    members = contract.members(column)
    if members is not None and len(members) <= 100:
        constraints["enum"] = list(members)
    if column.pattern:
        constraints["pattern"] = column.pattern
    for name, bound in (("minimum", column.min), ("maximum", column.max)):
        if bound is not None:
            constraints[name] = bound
    described: dict[str, Any] = {
        "name": column.name,
        "type": _FIELD_TYPES[column.type],
        "title": column.label.en,
        "description": column.meaning.en,
        "example": column.example,
    }
    if constraints:
        described["constraints"] = constraints
    return described


def table_schema(contract: Contract, table: Table) -> dict[str, Any]:
    """Table Schema of a table, references included."""
    schema: dict[str, Any] = {"fields": [field(contract, column) for column in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    references = []
    for column in table.columns:
        target, _, name = (column.codes or "").partition(".")
        if name and (target, name) != (table.name, column.name):
            references.append({"fields": [column.name], "reference": {"resource": target, "fields": [name]}})
    if references:
        schema["foreignKeys"] = references
    return schema


def data_package(
    contract: Contract,
    release: str,
    at: dt.datetime,
    datasets: pa.Table,
    entries: Sequence[Mapping[str, Any]],
    *,
    format_name: str = "parquet",
    mediatype: str = "application/vnd.apache.parquet",
) -> dict[str, Any]:
    """Data Package (v2) descriptor of a release; each publisher is a source, named with its licence."""
    sources = [
        {
            "title": row["citation"],
            "path": row["address"],
            "licence": row["licence"],
            "dataset_id": row["dataset_id"],
        }
        for row in datasets.to_pylist()
    ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": NAME,
        "title": "Domestic violence statistics in Central Asia",
        "description": "Published official figures on domestic violence and the response to it in Kazakhstan, "
        "Kyrgyzstan, Tajikistan and Uzbekistan, each with its source down to the cell. The compilation is CC BY 4.0; "
        "rows of some publishers carry stricter terms, named per dataset.",
        "version": release,
        "created": f"{at.isoformat()}Z",
        "licenses": [COMPILATION_LICENCE],
        "contributors": [{"title": "dvstats contributors", "roles": ["creator"]}],
        "sources": sources,
        "resources": [_resource(contract, entry, format_name, mediatype) for entry in entries],
    }


def _resource(
    contract: Contract, entry: Mapping[str, Any], format_name: str, mediatype: str
) -> dict[str, Any]:
    table = contract.tables[entry["name"]]
    return {
        "name": table.name,
        "type": "table",
        "path": entry["path"],
        "format": format_name,
        "mediatype": mediatype,
        "encoding": "utf-8",
        "bytes": entry["bytes"],
        "hash": f"sha256:{entry['sha256']}",
        "title": table.title.en,
        "description": table.meaning.en,
        "schema": table_schema(contract, table),
    }
