"""The contract as text for people and tools: DuckDB statements, data package, codebook."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa

from data_contracts.contract import HERE, Column, Contract, Table, text
from data_contracts.declarations import Mapped, load_yaml, take

_FIELD_TYPES = {
    "VARCHAR": "string", "DOUBLE": "number", "BIGINT": "integer", "INTEGER": "integer", "BOOLEAN": "boolean",
    "DATE": "date", "TIMESTAMP": "datetime",
}  # fmt: skip
COMPILATION_LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}


@lru_cache
def database() -> Mapped:
    """Declared macros and views of the DuckDB file."""
    path = HERE / "database.yaml"
    declared = load_yaml(path)
    take(path, declared, ("macros", "views"))
    for name, macro in declared["macros"].items():
        take(path, macro, ("meaning", "example", "sql"))
        text(path, declared["macros"][name], "meaning")
    for name, view in declared["views"].items():
        take(path, view, ("title", "sql"))
        text(path, declared["views"][name], "title")
    return declared


def create_table(table: Table, name: str) -> str:
    """``CREATE TABLE`` with types, nullability and key."""
    columns = [f'"{c.name}" {c.type}{"" if c.nullable else " NOT NULL"}' for c in table.columns]
    return f"CREATE TABLE {name} ({', '.join(columns)})"


def database_statements(contract: Contract) -> Iterator[str]:
    """Comments on every table and column, macros, views; to run with the database in use."""
    for table in contract.tables.values():
        yield f"COMMENT ON TABLE {table.name} IS {_quoted(_table_comment(contract, table))}"
        for column in table.columns:
            yield f'COMMENT ON COLUMN {table.name}."{column.name}" IS {_quoted(_column_comment(column))}'
    declared = database()
    for name, macro in declared["macros"].items():
        yield macro["sql"].strip()
        kind = "MACRO TABLE" if " AS TABLE" in macro["sql"] else "MACRO"
        yield f"COMMENT ON {kind} {name} IS {_quoted(macro['meaning']['en'] + ' ' + macro['example'])}"
    for name, view in declared["views"].items():
        yield f"CREATE VIEW {name} AS {view['sql'].strip()}"
        yield f"COMMENT ON VIEW {name} IS {_quoted(view['title']['en'] + ' / ' + view['title']['ru'])}"


def _table_comment(contract: Contract, table: Table) -> str:
    cautions = " ".join(contract.warnings[name].en for name in table.warnings)
    return f"{table.title.en} / {table.title.ru}. {table.meaning.en} {cautions}".strip()


def _column_comment(column: Column) -> str:
    parts = [f"{column.label.en} / {column.label.ru}. {column.meaning.en}"]
    if column.codes:
        parts.append(f"Codes: {column.codes}.")
    parts.append(f"Example: {column.example}")
    return " ".join(parts)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


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
        "name": column.name, "type": _FIELD_TYPES[column.type], "title": column.label.en,
        "description": column.meaning.en, "example": column.example,
    }  # fmt: skip
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
    """Data Package (v2) descriptor of a release; each publisher is a source, its licence stands beside it."""
    sources = [
        {
            "title": row["citation"],
            "path": row["address"],
            "licence": row["licence"],
            "dataset_id": row["dataset_id"],
        }
        for row in datasets.to_pylist()
    ]
    resources = []
    for entry in entries:
        table = contract.tables[entry["name"]]
        resources.append(
            {
                "name": table.name, "type": "table", "path": entry["path"], "format": format_name,
                "mediatype": mediatype, "encoding": "utf-8", "bytes": entry["bytes"],
                "hash": f"sha256:{entry['sha256']}", "title": table.title.en, "description": table.meaning.en,
                "schema": table_schema(contract, table),
            }
        )  # fmt: skip
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "domestic-violence-statistics-central-asia",
        "title": "Domestic violence statistics in Central Asia",
        "description": "Published official figures on domestic violence and the response to it in Kazakhstan, "
        "Kyrgyzstan, Tajikistan and Uzbekistan, each with its source down to the cell. The compilation is CC BY 4.0; "
        "rows of some publishers carry stricter terms, named per dataset.",
        "version": release,
        "created": f"{at.isoformat()}Z",
        "licenses": [COMPILATION_LICENCE],
        "contributors": [{"title": "dvstats contributors", "roles": ["creator"]}],
        "sources": sources,
        "resources": resources,
    }


def codebook(contract: Contract) -> dict[str, str]:
    """The codebook as Markdown pages by name: tables and rules, indicators, code lists."""
    pages = {
        "codebook": _tables_page(contract),
        "indicators": _indicators_page(contract),
        "codes": _codes_page(contract),
    }
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in pages.items()}


_GENERATED = "Contract {}. Generated from `data_contracts/`: change it there, then run `make docs`."


def _tables_page(contract: Contract) -> list[str]:
    lines = ["# Codebook", "", _GENERATED.format(contract.version), ""]
    lines += ["See also the [indicators](indicators.md) and the [code lists](codes.md).", "", "## Tables", ""]
    for table in contract.tables.values():
        lines += _table_section(contract, table)
    lines += ["## Macros and views of `dvstats.duckdb`", "", "| name | answers |", "| --- | --- |"]
    for name, macro in database()["macros"].items():
        lines.append(f"| `{name}` | {macro['meaning']['en']} `{macro['example']}` |")
    for name, view in database()["views"].items():
        lines.append(f"| `{name}` | {view['title']['en']} / {view['title']['ru']} |")
    lines += ["", "## Rules", "", "One sentence a rule, shared by check, quarantine and terminal.", ""]
    lines += ["| rule | tables | severity | sentence | предложение |", "| --- | --- | --- | --- | --- |"]
    for rule in contract.rules:
        where = ", ".join(rule.tables)
        lines.append(f"| `{rule.id}` | {where} | {rule.severity} | {rule.sentence.en} | {rule.sentence.ru} |")
    return lines


def _indicators_page(contract: Contract) -> list[str]:
    lines = ["# Indicators", "", _GENERATED.format(contract.version), ""]
    for indicator in contract.indicators.values():
        lines += _indicator_section(indicator)
    return lines


def _codes_page(contract: Contract) -> list[str]:
    lines = ["# Code lists", "", _GENERATED.format(contract.version), ""]
    for name, codes in contract.codelists.items():
        if name == "indicator":
            continue
        lines += [f"## {name}", "", "| code | English | русский |", "| --- | --- | --- |"]
        lines += [f"| `{c.code}` | {c.label.en} | {c.label.ru} |" for c in codes.values()]
        lines.append("")
    return lines


def _table_section(contract: Contract, table: Table) -> list[str]:
    lines = [
        f"### `{table.name}`: {table.title.en} / {table.title.ru}",
        "",
        table.meaning.en,
        "",
        table.meaning.ru,
        "",
    ]
    lines += [f"> {contract.warnings[name].en}" for name in table.warnings]
    if table.key:
        lines += ["", f"Key: {', '.join(f'`{name}`' for name in table.key)}."]
    lines += [
        "",
        "| column | type | meaning | значение | codes | example |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for column in table.columns:
        kind = column.type + ("" if column.nullable else ", not null")
        lines.append(
            f"| `{column.name}` | {kind} | {column.meaning.en} | {column.meaning.ru} | {column.codes or ''} "
            f"| {column.example.replace('|', '&#124;')} |"
        )
    return [*lines, ""]


def _indicator_section(indicator: Any) -> list[str]:
    lines = [
        f"## `{indicator.code}`: {indicator.label.en} / {indicator.label.ru}", "",
        indicator.definition.en, "", indicator.definition.ru, "",
        f"Counts: {indicator.counting_unit}; sex and age of: {indicator.subject}; stage: {indicator.stage}; "
        f"scope: {indicator.scope}; unit: {indicator.unit}; a rise is: {indicator.direction}"
        + (f"; {indicator.iccs}" if indicator.iccs else "") + ".", "",
    ]  # fmt: skip
    for country, entry in indicator.countries.items():
        name = "Elsewhere" if country == "_default" else country
        law = f" Law: {entry['law']}." if entry.get("law") else ""
        lines.append(f"- **{name}**: {entry['counts']['en']} Register: {entry['register']['en']}{law}")
    return [
        *lines,
        "",
        f"Limitations: {indicator.limitations.en}",
        "",
        f"Ограничения: {indicator.limitations.ru}",
        "",
    ]
