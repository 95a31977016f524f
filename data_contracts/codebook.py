"""The contract as text for people and tools: DuckDB statements, data package, codebook."""

from typing import Any

from data_contracts.database import database
from data_contracts.model import Contract, Table


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
