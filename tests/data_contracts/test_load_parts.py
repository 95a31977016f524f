"""The parts of the contract by unit: columns, tables, rules, renamed codes, from a few lines each."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from data_contracts import load, load_indicators
from data_contracts.model import Code, Table, Text
from data_contracts.strict_files import DeclarationError, Mapped, load_yaml

SAID = "label: {en: A, ru: А}, meaning: {en: B, ru: Б}, example: 7"
COLUMNS = f"""
plain: {{type: VARCHAR, {SAID}}}
count: {{type: INTEGER, nullable: true, codes: sex, pattern: x+, min: 1, max: 9, {SAID}}}
odd: {{type: TEXT, {SAID}}}
"""
TITLE = "title: {en: T, ru: Т}, meaning: {en: M, ru: М}"


def declared(folder: Path, text: str) -> Mapped:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return load_yaml(path)


def table(folder: Path, text: str) -> Table:
    columns = declared(folder, COLUMNS)
    path = folder / "tables.yaml"
    path.write_text(f"t: {{{TITLE}, {text}}}", encoding="utf-8")
    return load._table(path, "t", load_yaml(path)["t"], columns, folder / "x.yaml")


def test_a_table_of_few_words(tmp_path: Path) -> None:
    made = table(tmp_path, "columns: [plain, count], order: [plain]")
    assert (made.name, made.key, made.order, made.min_rows) == ("t", (), ("plain",), 0)
    assert (made.derived, made.warnings, made.in_force) == ({}, (), "")
    plain, count = made.columns
    assert (plain.type, plain.nullable, plain.codes, plain.pattern, plain.min, plain.max) == (
        "VARCHAR",
        False,
        None,
        None,
        None,
        None,
    )
    assert (count.nullable, count.codes, count.pattern, count.min, count.max) == (True, "sex", "x+", 1, 9)
    assert (plain.label, plain.meaning, plain.example) == (Text("A", "А"), Text("B", "Б"), "7")
    assert (made.title, made.meaning) == (Text("T", "Т"), Text("M", "М"))


def test_a_table_of_many_words(tmp_path: Path) -> None:
    made = table(
        tmp_path,
        "columns: [[plain], {name: count, max: 5}], order: [count, plain], key: [count], min_rows: 3, "
        "derived: {is_row: count > 1}, nullable: [plain], required: [count], warnings: [w], in_force: count = 1",
    )
    assert [(column.name, column.nullable, column.max) for column in made.columns] == [
        ("plain", True, None),
        ("count", False, 5),
    ]
    assert (made.key, made.order, made.min_rows) == (("count",), ("count", "plain"), 3)
    assert (dict(made.derived), made.warnings, made.in_force) == (
        {"is_row": "count > 1"},
        ("w",),
        "count = 1",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("columns: [plain], order: [count]", "table t: 'count' is no column of it"),
        ("columns: [plain], order: [plain], key: [count]", "'count' is no column of it"),
        ("columns: [plain], order: [plain], nullable: [count]", "'count' is no column of it"),
        ("columns: [plain], order: [plain], required: [count]", "'count' is no column of it"),
        ("columns: [other], order: []", "column 'other' is used but not defined"),
        ("columns: [odd], order: []", "type 'TEXT' is not one of"),
        ("columns: [plain]", "order"),
    ],
)
def test_mistakes_of_a_table(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DeclarationError, match=says):
        table(tmp_path, text)


@pytest.mark.parametrize(
    ("codes", "good"),
    [
        ("sex", True),
        ("other", False),
        ("t.plain", True),
        ("t.count", True),
        ("t.other", False),
        ("u.plain", False),
    ],
)
def test_code_lists_that_columns_name(tmp_path: Path, codes: str, good: bool) -> None:
    made = table(tmp_path, f"columns: [plain, {{name: count, codes: {codes}}}], order: [plain]")
    lists = {"sex": {"F": Code("F", Text("F", "Ж"))}}
    if good:
        load._check_code_references({"t": made}, lists, tmp_path)
    else:
        with pytest.raises(DeclarationError, match=rf"t\.count: no (code list|column of a table) '{codes}'"):
            load._check_code_references({"t": made}, lists, tmp_path)


RULE = "sentence: {en: S, ru: С}, columns: [plain]"


def rules(folder: Path, text: str) -> tuple[Any, ...]:
    made = table(folder, "columns: [plain, count], order: [plain], derived: {is_row: count > 1}")
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return load._load_rules(path, {"t": made})


def test_rules(tmp_path: Path) -> None:
    text = f"""
    a: {{tables: [t], severity: critical, violated_when: count > 1 and is_row > 0, {RULE}}}
    b: {{tables: [], severity: critical, query: SELECT 1, {RULE}}}
    """
    one, other = rules(tmp_path, text)
    assert (one.id, one.tables, one.severity, one.columns) == ("a", ("t",), "critical", ("plain",))
    assert (one.violated_when, one.query, one.sentence) == ("count > 1 and is_row > 0", "", Text("S", "С"))
    assert (other.id, other.tables, other.violated_when, other.query) == ("b", (), "", "SELECT 1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tables: [t], severity: bad, query: SELECT 1", "severity must be one of"),
        ("tables: [t], severity: critical", "a needs violated_when or query, not both"),
        ("tables: [t], severity: critical, query: SELECT 1, violated_when: count > 1", "not both"),
        ("tables: [u], severity: critical, query: SELECT 1", "no table 'u'"),
        (
            "tables: [t], severity: critical, violated_when: counts > 1",
            r"unknown column 'counts' of table t, did you mean 'count'",
        ),
    ],
)
def test_mistakes_of_a_rule(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DeclarationError, match=says):
        rules(tmp_path, f"a: {{{text}, {RULE}}}")


def indicator(code: str, *formerly: str) -> Any:
    return SimpleNamespace(code=code, family="f", formerly=formerly)


def renamed(folder: Path, lines: str, *indicators: Any) -> dict[str, dict[str, str]]:
    path = folder / "renamed_codes.csv"
    path.write_text(f"codelist,formerly,code\n{lines}", encoding="utf-8")
    lists = {name: {code: Code(code, Text(code, code)) for code in codes} for name, codes in LISTS.items()}
    return load._load_renamed(path, lists, {one.code: one for one in indicators})


LISTS = {"sex": ("F", "M"), "age": ("Y_LT18",), "indicator": ("A", "B")}


def test_renamed_codes(tmp_path: Path) -> None:
    found = renamed(
        tmp_path, "sex,W,F\nsex,G,F\nage,Y0T17,Y_LT18\n", indicator("A", "X", "Y"), indicator("B")
    )
    assert found == {
        "indicator": {"X": "A", "Y": "A"},
        "sex": {"W": "F", "G": "F"},
        "age": {"Y0T17": "Y_LT18"},
    }
    assert renamed(tmp_path, "", indicator("B")) == {}


@pytest.mark.parametrize(
    ("lines", "indicators", "says"),
    [
        ("form,W,F\n", (), "'form' is no code list with renamed codes"),
        ("indicator,W,A\n", (), "'indicator' is no code list with renamed codes"),
        ("sex,W,U\n", (), "'U' is no code of sex"),
        ("sex,M,F\n", (), "'M' is still a code of sex"),
        ("sex,W,F\nsex,W,M\n", (), "is renamed twice"),
        ("", (indicator("A", "B"), indicator("B")), "formerly 'B' is the code of another indicator"),
        ("", (indicator("A", "X"), indicator("B", "X")), "formerly 'X' is the code of another"),
    ],
)
def test_mistakes_of_renamed_codes(
    tmp_path: Path, lines: str, indicators: tuple[Any, ...], says: str
) -> None:
    with pytest.raises(DeclarationError, match=says):
        renamed(tmp_path, lines, *indicators)


@pytest.mark.parametrize(
    ("text", "scope", "why"),
    [
        ("subject: victim, family: police, relationships: partner", "partner", None),
        ("subject: none, family: services, relationships: any", "any", None),
        (
            "subject: victim, family: police, relationships: {en: None is said, ru: Нет}",
            "none",
            "None is said",
        ),
        ("subject: none, family: services", None, None),
        # Of persons, orders and courts it has to be said.
        ("subject: victim, family: police", "refused", None),
        ("subject: aggressor, family: police", "refused", None),
        ("subject: none, family: orders", "refused", None),
        ("subject: none, family: courts", "refused", None),
        ("subject: none, family: services, relationships: neighbours", "refused", None),
    ],
)
def test_which_relationships_an_indicator_covers(
    tmp_path: Path, text: str, scope: str | None, why: str | None
) -> None:
    spec = declared(tmp_path, f"{{{text}}}")
    known = {"relationship_scope": dict.fromkeys(("partner", "family", "any"), Code("x", Text("", "")))}
    if scope == "refused":
        with pytest.raises(DeclarationError, match="relationships needs partner, family, any"):
            load_indicators._relationships(tmp_path / "x.yaml", spec, known)
        return
    found, text_of_none = load_indicators._relationships(tmp_path / "x.yaml", spec, known)
    assert (found, text_of_none and text_of_none.en) == (scope, why)
