"""The export as a Data Package (v2): CSV tables that refer to each other, described by the contract.

Not here: the descriptor itself (``data_contracts.datapackage``). Called by ``export``.
"""

from typing import Any

from data_contracts import datapackage
from data_contracts.model import Text
from data_contracts.sql import literal
from pipelines.export.described import write_described
from pipelines.export.selection import (
    COMPILATION,
    PACKAGED,
    Export,
    ExportedFile,
    copy_csv,
    file_facts,
    release_identifier,
)
from sources.load_datasets import load_licences

_LICENCE_FIELD = {
    "name": "licence",
    "type": "string",
    "title": "Licence",
    "constraints": {"required": True},
    "description": "Licence of the dataset the row comes from; of the compilation where the row is its own.",
    "example": COMPILATION,
}
# Rows that rest on two datasets carry two licences: column of the dataset -> column of its licence.
_LICENSED_BY = {
    **dict.fromkeys(
        ("observations", "best_observations", "population", "revisions", "response_cascade"),
        {"dataset_id": "licence"},
    ),
    "rates": {"dataset_id": "licence", "denominator_dataset_id": "denominator_licence"},
    "discrepancies": {"a_dataset_id": "licence", "b_dataset_id": "b_licence"},
}


def _packaged(name: str) -> str:
    """A table with the licence of each row."""
    if name == "datasets":
        return "SELECT * FROM kept_datasets t"
    own = literal(COMPILATION)
    columns = [
        f"coalesce((SELECT d.licence FROM datasets d WHERE d.dataset_id = t.{dataset}), {own}) AS {licence}"
        for dataset, licence in _LICENSED_BY.get(name, {}).items()
    ] or [f"{own} AS licence"]
    return f"SELECT t.*, {', '.join(columns)} FROM kept_{name} t"


def write_datapackage(job: Export) -> None:
    """Tables as CSV and ``datapackage.json``."""
    entries = []
    licences: dict[str, tuple[str, ...]] = {}
    for name in PACKAGED:
        table = job.contract.tables[name]
        if not job.rows(f"SELECT 1 FROM kept_{name} LIMIT 1"):
            continue
        path = copy_csv(job, _packaged(name), table.order, job.folder / "data" / f"{name}.csv")
        licences[name] = _licences_of(job, name)
        job.wrote(ExportedFile(path, table.title, "text/csv", "CSV", licences[name]))
        entries.append({"name": name, "path": f"data/{name}.csv", **file_facts(path)})
    # Publishers whose rows are in the package, not the whole registry.
    used = job.con.sql(
        """SELECT * FROM datasets WHERE dataset_id IN (
          SELECT dataset_id FROM export_rows UNION SELECT dataset_id FROM kept_population) ORDER BY dataset_id"""
    ).to_arrow_table()
    package = datapackage.data_package(
        job.contract, job.release, job.at, used, entries, format_name="csv", mediatype="text/csv"
    )
    package["id"] = release_identifier(job).removeprefix("urn:uuid:")
    package["sources"] = [{k: v for k, v in source.items() if v} for source in package["sources"]]
    package["licenses"] = [
        _package_licence(code) for code in sorted({COMPILATION, *sum(licences.values(), ())})
    ]
    for resource in package["resources"]:
        resource["licenses"] = [_package_licence(code) for code in licences[resource["name"]]]
        _complete(resource["schema"], resource["name"], set(licences))
    write_described(job, "datapackage.json", package, Text("Data Package (v2)", "Data Package (v2)"))


def _licences_of(job: Export, name: str) -> tuple[str, ...]:
    """Licences of the rows of a packaged table."""
    columns = _LICENSED_BY.get(name, {}).values()
    if not columns:
        return (COMPILATION,)
    parts = [f"SELECT DISTINCT {column} AS code FROM ({_packaged(name)})" for column in columns]
    return job.codes(f"{' UNION '.join(parts)} ORDER BY code")


def _package_licence(code: str) -> dict[str, str]:
    licence = load_licences().get(code)
    entry = {
        "name": code,
        "title": licence.title if licence else code,
        "path": licence.address if licence else "",
    }
    return {key: value for key, value in entry.items() if value}


def _complete(schema: dict[str, Any], name: str, there: set[str]) -> None:
    """The licence fields, and references only to what is in the package."""
    if name != "datasets":
        columns = _LICENSED_BY.get(name, {"": "licence"}).values()
        schema["fields"] += [{**_LICENCE_FIELD, "name": column} for column in columns]
    references = []
    for key in schema.pop("foreignKeys", []):
        reference = key["reference"]
        if key["fields"] == ["denominator_obs_key"]:
            # The denominators are in `population`, whichever indicators were selected.
            reference = {"resource": "population", "fields": ["obs_key"]}
        if reference["resource"] in there:
            # A table refers to itself by an empty name.
            own = "" if reference["resource"] == name else reference["resource"]
            references.append({"fields": key["fields"], "reference": {**reference, "resource": own}})
    if references:
        schema["foreignKeys"] = references
