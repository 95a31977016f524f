"""Loads the contract from the files beside this module and checks it against itself.

``load_contract`` reads a folder, ``contract`` gives the project's own, loaded once a process. Every mistake is a
``DeclarationError`` with file and line: an unknown code list, an indicator without a definition for a country, a label
in one language only. Not here: the classes that it fills (``model``), indicators (``load_indicators``) and scorecards
(``load_scorecard``), strict reading of YAML and CSV (``strict_files``), the few lists that code depends on
(``vocabulary``). Called by ``pipelines.declarations`` and by whatever needs the contract alone.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_contracts import expressions
from data_contracts.load_indicators import load_indicators
from data_contracts.load_scorecard import check_asked, load_scorecard
from data_contracts.model import SEVERITIES, TYPES, Code, Column, Contract, Indicator, Rule, Table, Text, text
from data_contracts.strict_files import (
    DeclarationError,
    Mapped,
    Row,
    did_you_mean,
    load_csv,
    load_yaml,
    mapping,
    take,
)
from data_contracts.vocabulary import COUNTRIES

HERE = Path(__file__).parent
_CODE_HEADER = ("code", "label_en", "label_ru", "description_en", "description_ru")
_AREA_HEADER = [
    "code",
    "level",
    "country",
    "parent",
    "name_en",
    "name_ru",
    "name_national",
    "national_code",
    "national_code_list",
    "alpha3",
    "m49",
    "valid_from",
    "valid_to",
    "became_of",
    "comparable_group",
    "note",
]


@lru_cache
def contract() -> Contract:
    """The contract of this process, loaded once."""
    return load_contract()


def load_contract(folder: Path = HERE) -> Contract:
    """The contract, from the declarations in ``folder``; :class:`DeclarationError` names file and line."""
    codelists, null_statuses = _load_codelists(folder / "codes")
    areas = tuple(load_csv(folder / "codes" / "area.csv", _AREA_HEADER))
    codelists["area"] = {
        row["code"]: Code(row["code"], Text(row["name_en"], row["name_ru"])) for row in areas
    }
    indicators = load_indicators(folder / "indicators", codelists)
    codelists["indicator"] = {i.code: Code(i.code, i.label, i.definition) for i in indicators.values()}
    tables_path = folder / "tables.yaml"
    declared = load_yaml(tables_path)
    columns = load_yaml(folder / "columns.yaml")
    tables = {
        name: _table(tables_path, name, spec, columns, folder / "columns.yaml")
        for name, spec in declared["tables"].items()
    }
    _check_code_references(tables, codelists, folder / "columns.yaml")
    rules = _load_rules(folder / "rules.yaml", tables)
    coverage = tuple(_load_coverage(folder / "coverage.csv", indicators, codelists["breakdown"]))
    warnings = {key: text(tables_path, declared["warnings"], key) for key in declared["warnings"]}
    return Contract(
        version=str(declared["version"]),
        tables=tables,
        rules=rules,
        codelists=codelists,
        indicators=indicators,
        areas=areas,
        area_aliases=tuple(
            load_csv(folder / "codes" / "area_alias.csv", ("alias", "area", "country", "language", "kind"))
        ),
        comparability=tuple(_load_comparability(folder / "comparability.csv", codelists)),
        coverage=coverage,
        scorecard=load_scorecard(folder / "scorecard.yaml", coverage, indicators, codelists),
        warnings=warnings,
        null_statuses=null_statuses,
        sentences=_load_sentences(folder / "sentences"),
        cascade=_load_cascade(folder / "cascade.yaml", indicators),
        renamed=_load_renamed(folder / "renamed_codes.csv", codelists, indicators),
    )


def _load_sentences(folder: Path) -> dict[str, Text]:
    """One file a use: refusals, findings, discrepancies and so on; no name stands in two of them."""
    result: dict[str, Text] = {}
    for path in sorted(folder.glob("*.yaml")):
        declared = load_yaml(path)
        for key in declared:
            if key in result:
                raise DeclarationError(
                    path,
                    declared.lines[key],
                    f"sentence {key} stands in another file too; remove one of them",
                )
            result[key] = text(path, declared, key)
    return result


def _load_codelists(folder: Path) -> tuple[dict[str, dict[str, Code]], frozenset[str]]:
    lists: dict[str, dict[str, Code]] = {}
    null_statuses: set[str] = set()
    for path in sorted(folder.glob("*.csv")):
        name = path.stem
        if name in ("area", "area_alias"):
            continue
        header: tuple[str, ...] = _CODE_HEADER
        if name == "breakdown":
            header = ("name", "code", "name_label_en", "name_label_ru", "label_en", "label_ru")
        elif name == "obs_status":
            header = (*_CODE_HEADER, "value_null")
        lists[name] = {}
        for row in load_csv(path, header):
            code = _breakdown_code(row) if name == "breakdown" else _plain_code(row)
            if code.code in lists[name]:
                raise row.error(f"code {code.code!r} is given twice")
            if not code.label.en or not code.label.ru:
                raise row.error(f"code {code.code!r} needs a label in English and Russian")
            lists[name][code.code] = code
            if name == "obs_status" and row["value_null"] == "yes":
                null_statuses.add(code.code)
        if not lists[name]:
            raise DeclarationError(path, 1, "the code list is empty; give it a code or remove the file")
    return lists, frozenset(null_statuses)


def _plain_code(row: Row) -> Code:
    description = Text(row["description_en"], row["description_ru"])
    return Code(row["code"], Text(row["label_en"], row["label_ru"]), description)


def _breakdown_code(row: Row) -> Code:
    code = f"{row['name']}={row['code']}"
    return Code(
        code, Text(row["label_en"], row["label_ru"]), Text(row["name_label_en"], row["name_label_ru"])
    )


def _load_renamed(
    path: Path, codelists: Mapping[str, Mapping[str, Code]], indicators: Mapping[str, Indicator]
) -> dict[str, dict[str, str]]:
    """Present code by former code, for each code list; an indicator says its former codes itself."""
    renamed: dict[str, dict[str, str]] = {}
    for indicator in indicators.values():
        for old in indicator.formerly:
            if old in indicators or old in renamed.get("indicator", {}):
                raise DeclarationError(
                    path.parent / "indicators" / f"{indicator.family}.yaml",
                    None,
                    f"{indicator.code}: formerly {old!r} is the code of another indicator, or named twice",
                )
            renamed.setdefault("indicator", {})[old] = indicator.code
    for row in load_csv(path, ("codelist", "formerly", "code")):
        known = codelists.get(row["codelist"])
        if known is None or row["codelist"] == "indicator":
            raise row.error(
                f"{row['codelist']!r} is no code list with renamed codes; an indicator has formerly"
            )
        if row["code"] not in known:
            raise row.error(f"{row['code']!r} is no code of {row['codelist']}")
        if row["formerly"] in known or row["formerly"] in renamed.get(row["codelist"], {}):
            raise row.error(f"{row['formerly']!r} is still a code of {row['codelist']}, or is renamed twice")
        renamed.setdefault(row["codelist"], {})[row["formerly"]] = row["code"]
    return renamed


def _table(path: Path, name: str, spec: Mapped, columns: Mapped, columns_path: Path) -> Table:
    optional: dict[str, Any] = {
        "warnings": [],
        "min_rows": 0,
        "derived": {},
        "nullable": [],
        "required": [],
        "in_force": "",
    }
    values = take(path, spec, ("title", "meaning", "columns", "order"), {**optional, "key": []})
    flat: list[Any] = []
    for item in values["columns"]:
        flat.extend(item if isinstance(item, list) else [item])
    made = tuple(_column(columns_path, item, columns, values) for item in flat)
    names = {column.name for column in made}
    for key in (*values["key"], *values["order"], *values["nullable"], *values["required"]):
        if key not in names:
            problem = f"table {name}: {key!r} is no column of it{did_you_mean(key, names)}"
            raise DeclarationError(path, spec.line, problem)
    return Table(
        name=name,
        title=text(path, spec, "title"),
        meaning=text(path, spec, "meaning"),
        columns=made,
        key=tuple(values["key"]),
        order=tuple(values["order"]),
        min_rows=int(values["min_rows"]),
        derived={name: str(sql) for name, sql in values["derived"].items()},
        warnings=tuple(values["warnings"]),
        in_force=str(values["in_force"]),
    )


def _column(path: Path, item: Any, columns: Mapped, table: Mapping[str, Any]) -> Column:
    override = dict(item) if isinstance(item, Mapped) else {"name": item}
    name = override.pop("name")
    if not isinstance(name, str) or name not in columns:
        problem = f"column {name!r} is used but not defined{did_you_mean(str(name), columns)}"
        raise DeclarationError(path, None, problem)
    optional = {"nullable": False, "codes": None, "pattern": None, "min": None, "max": None}
    values = {**take(path, columns[name], ("type", "label", "meaning", "example"), optional), **override}
    if values["type"] not in TYPES:
        raise DeclarationError(path, columns[name].line, f"type {values['type']!r} is not one of {TYPES}")
    nullable = (values["nullable"] or name in table["nullable"]) and name not in table["required"]
    return Column(
        name=name,
        type=values["type"],
        nullable=bool(nullable),
        codes=values["codes"],
        pattern=values["pattern"],
        min=values["min"],
        max=values["max"],
        label=text(path, columns[name], "label"),
        meaning=text(path, columns[name], "meaning"),
        example=str(values["example"]),
    )


def _check_code_references(
    tables: Mapping[str, Table], codelists: Mapping[str, Mapping[str, Code]], path: Path
) -> None:
    for table in tables.values():
        for column in table.columns:
            if column.codes is None:
                continue
            target, _, target_column = column.codes.partition(".")
            columns = [f"{other.name}.{name}" for other in tables.values() for name in other.names]
            known = columns if target_column else codelists
            if column.codes not in known:
                what = "column of a table" if target_column else "code list"
                hint = did_you_mean(column.codes, known)
                raise DeclarationError(
                    path, None, f"{table.name}.{column.name}: no {what} {column.codes!r}{hint}"
                )


def _load_rules(path: Path, tables: Mapping[str, Table]) -> tuple[Rule, ...]:
    rules = []
    for rule_id, spec in load_yaml(path).items():
        optional = {"violated_when": "", "query": ""}
        values = take(path, spec, ("tables", "severity", "columns", "sentence"), optional)
        if values["severity"] not in SEVERITIES:
            raise DeclarationError(path, spec.lines["severity"], f"severity must be one of {SEVERITIES}")
        if bool(values["violated_when"]) == bool(values["query"]):
            raise DeclarationError(path, spec.line, f"{rule_id} needs violated_when or query, not both")
        for table in values["tables"]:
            if table not in tables:
                problem = f"no table {table!r}{did_you_mean(str(table), tables)}"
                raise DeclarationError(path, spec.lines["tables"], problem)
            known = {*tables[table].names, *tables[table].derived}
            named = expressions.names(values["violated_when"]) if values["violated_when"] else set()
            for name in sorted(named - known):
                problem = f"unknown column {name!r} of table {table}{did_you_mean(name, known)}"
                raise DeclarationError(path, spec.lines["violated_when"], problem)
        rules.append(
            Rule(
                id=rule_id,
                tables=tuple(values["tables"]),
                severity=values["severity"],
                columns=tuple(values["columns"]),
                sentence=text(path, spec, "sentence"),
                violated_when=values["violated_when"],
                query=values["query"],
            )
        )
    return tuple(rules)


def _load_comparability(path: Path, codelists: Mapping[str, Mapping[str, Code]]) -> list[Row]:
    header = ("indicator", "country_a", "country_b", "verdict", "reason_en", "reason_ru", "source")
    rows = list(load_csv(path, header))
    for row in rows:
        for name in ("indicator", "verdict"):
            if row[name] not in codelists[name]:
                raise row.error(f"unknown {name} {row[name]!r}{did_you_mean(row[name], codelists[name])}")
        for side in ("country_a", "country_b"):
            if row[side] not in ("*", *codelists["area"]):
                raise row.error(
                    f"unknown country {row[side]!r}; write * for all, or one of {', '.join(COUNTRIES)}"
                )
    return rows


def _load_coverage(path: Path, indicators: Mapping[str, Indicator], breakdowns: Collection[str]) -> list[Row]:
    bodies = tuple(f"body_{country.lower()}" for country in COUNTRIES)
    rows = list(
        load_csv(path, ("requirement", "framework", "title_en", "title_ru", "indicators", "needs", *bodies))
    )
    for row in rows:
        try:
            check_asked(row["indicators"], row["needs"], indicators, breakdowns)
            if not row["indicators"]:
                raise ValueError(f"{row['requirement']} names no indicator that would count it")
        except ValueError as error:
            raise row.error(str(error)) from None
        for name in bodies:
            if ";" in row[name]:
                problem = f"{name} names several bodies: name the one that keeps the register"
                raise row.error(problem)
    return rows


def _load_cascade(path: Path, indicators: Mapping[str, Indicator]) -> Mapped:
    declared = load_yaml(path)
    take(path, declared, ("steps", "shares", "neighbours", "publishers"))
    for step in declared["steps"]:
        take(path, step, ("step", "label", "indicator", "beside"))
        for code in mapping(path, step, "indicator").values():
            if isinstance(code, str) and code in indicators and indicators[code].unit != "NUMBER":
                problem = f"step {step['step']}: {code} is no count, it may only be listed under beside"
                raise DeclarationError(path, step.lines["indicator"], problem)
    named = [
        (step.lines["indicator"], code) for step in declared["steps"] for code in step["indicator"].values()
    ]
    named += [(step.lines["beside"], code) for step in declared["steps"] for code in step["beside"]]
    shares = mapping(path, declared, "shares")
    named += [(shares.lines[pair], code) for pair in shares for code in pair.split(">")]
    named += [(declared.lines["neighbours"], code) for group in declared["neighbours"] for code in group]
    for line, code in named:
        if not isinstance(code, str) or code not in indicators:
            problem = f"unknown indicator {code!r}{did_you_mean(str(code), indicators)}"
            raise DeclarationError(path, line, problem)
    for country, publishers in mapping(path, declared, "publishers").items():
        for step in declared["steps"]:
            if step["step"] not in publishers:
                problem = (
                    f"{country}: step {step['step']} has no publisher; name the body that would publish it"
                )
                raise DeclarationError(path, declared["publishers"].lines[country], problem)
    return declared
