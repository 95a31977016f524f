"""The parts of the contract by unit: columns, tables, rules, renamed codes, from a few lines each."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from data_contracts import load
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
    with pytest.raises(DeclarationError, match=r"rules.yaml, line 1: .*stands where a mapping is expected"):
        rules(tmp_path, f"a: [{{{text}}}]")


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


NAMED: Any = {
    "indicator": {"CASES": None, "SHARE": None},
    "verdict": {"care": None},
    "area": {"KZ": None, "KG": None},
}
COMPARABILITY = "indicator,country_a,country_b,verdict,reason_en,reason_ru,source\n"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("CASES,KZ,*,care,a,б,", ""),
        ("CASES,*,KG,care,a,б,kz-s1", ""),
        ("CRIMES,KZ,KG,care,a,б,", "line 2: unknown indicator 'CRIMES'"),
        ("CASES,KZ,KG,fine,a,б,", "line 2: unknown verdict 'fine'"),
        ("CASES,KZ,FR,care,a,б,", "line 2: unknown country 'FR'"),
        ("CASES,FR,KZ,care,a,б,", "line 2: unknown country 'FR'"),
    ],
)
def test_verdicts_of_comparability(tmp_path: Path, row: str, says: str) -> None:
    path = tmp_path / "comparability.csv"
    path.write_text(f"{COMPARABILITY}{row}\n", encoding="utf-8")
    if not says:
        (read,) = load._load_comparability(path, NAMED)
        assert ",".join(read[name] for name in COMPARABILITY.strip().split(",")) == row
        return
    with pytest.raises(DeclarationError, match=says):
        load._load_comparability(path, NAMED)


CHAIN = """
steps:
- {{step: 1, label: {{en: A, ru: А}}, indicator: {{KZ: {first}}}, beside: [{beside}]}}
- {{step: 2, label: {{en: B, ru: Б}}, indicator: {{KZ: CASES}}, beside: []}}
shares: {{{share}: {{en: S, ru: Д}}}}
neighbours: [[CASES, {neighbour}]]
publishers: {{KZ: {{1: {{en: P, ru: И}}, {published}: {{en: P, ru: И}}}}}}
"""
RIGHT = {
    "first": "CASES",
    "beside": "SHARE",
    "share": "CASES>CASES",
    "neighbour": "CASES",
    "published": "2",
}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, ""),
        ({"first": "SHARE"}, "line 3: step 1: SHARE is no count, it may only be listed under beside"),
        ({"first": "NONE"}, "unknown indicator 'NONE'"),
        ({"beside": "NONE"}, "unknown indicator 'NONE'"),
        ({"share": "CASES>NONE"}, "unknown indicator 'NONE'"),
        ({"neighbour": "NONE"}, "unknown indicator 'NONE'"),
        ({"beside": "[CASES]"}, r"unknown indicator \['CASES'\]"),
        ({"published": "3"}, "KZ: step 2 has no publisher"),
    ],
)
def test_steps_of_the_chain(tmp_path: Path, changed: dict[str, str], says: str) -> None:
    known: Any = {"CASES": SimpleNamespace(unit="NUMBER"), "SHARE": SimpleNamespace(unit="PERCENT")}
    path = tmp_path / "cascade.yaml"
    path.write_text(CHAIN.format(**{**RIGHT, **changed}), encoding="utf-8")
    if not says:
        assert [step["step"] for step in load._load_cascade(path, known)["steps"]] == [1, 2]
        return
    with pytest.raises(DeclarationError, match=says):
        load._load_cascade(path, known)
    path.write_text(re.sub("shares: .*", "shares: [CASES]", CHAIN.format(**RIGHT)), encoding="utf-8")
    with pytest.raises(DeclarationError, match="line 5: shares: a mapping is expected"):
        load._load_cascade(path, known)


BODIES = ",".join(f"body_{country}" for country in ("kz", "kg", "tj", "uz", "de"))


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("CASES,sex,A | А,,,,", ""),
        ("CRIMES,sex,,,,,", "line 2: .*CRIMES"),
        (",sex,,,,,", "line 2: X names no indicator that would count it"),
        ("CASES,colour,,,,,", "line 2: .*colour"),
        ("CASES,sex,,A; B,,,", "line 2: body_kg names several bodies"),
        ("CASES,sex,,,,,A; B", "line 2: body_de names several bodies"),
    ],
)
def test_requirements(tmp_path: Path, cells: str, says: str) -> None:
    path = tmp_path / "coverage.csv"
    path.write_text(
        f"requirement,framework,title_en,title_ru,indicators,needs,{BODIES}\nX,F,a,б,{cells}\n",
        encoding="utf-8",
    )
    known: Any = {"CASES": None}
    if not says:
        (row,) = load._load_coverage(path, known, ())
        assert (row["needs"], row["body_kz"], row["body_kg"]) == ("sex", "A | А", "")
        return
    with pytest.raises(DeclarationError, match=says):
        load._load_coverage(path, known, ())


CODES = "code,label_en,label_ru,description_en,description_ru"


@pytest.mark.parametrize(
    ("name", "lines", "says"),
    [
        ("sex", [CODES, "F,Women,Женщины,,"], ""),
        ("sex", [CODES, "F,Women,Женщины,,", "F,Women,Женщины,,"], "line 3: code 'F' is given twice"),
        ("sex", [CODES, "F,,Женщины,,"], "line 2: code 'F' needs a label in English and Russian"),
        ("sex", [CODES, "F,Women,,,"], "line 2: code 'F' needs a label in English and Russian"),
        ("sex", [CODES], "line 1: the code list is empty"),
        ("obs_status", [f"{CODES},value_null", "A,Normal,Обычное,,,no", "O,Missing,Нет,,,yes"], ""),
        # Has a file and columns of its own.
        ("area", ["x"], ""),
    ],
)
def test_code_lists(tmp_path: Path, name: str, lines: list[str], says: str) -> None:
    (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if says:
        with pytest.raises(DeclarationError, match=says):
            load._load_codelists(tmp_path)
        return
    lists, without_value = load._load_codelists(tmp_path)
    assert {key: list(codes) for key, codes in lists.items()} == (
        {} if name == "area" else {name: [line[0] for line in lines[1:]]}
    )
    assert without_value == ({"O"} if name == "obs_status" else set())
