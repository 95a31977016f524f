"""Declarations refer to what exists, their labels fit, and those of the project load."""

from copy import deepcopy
from pathlib import Path

import pytest

from data_contracts.strict_files import DeclarationError, load_yaml
from sources.dataset import CONCEPTS
from sources.load_datasets import (
    line_naming,
    line_of,
    load_dataset,
    load_datasets,
    load_licences,
)
from tests.sources.declaration_sample import REGISTER, SAMPLE, declare, edited, line_with, refusal


def test_superseded_by_and_sources_must_exist(tmp_path: Path) -> None:
    text = edited("precedence: 1\n", "precedence: 1\nsuperseded_by: kg_victim\n")
    sentence = refusal(declare(tmp_path, text))
    line = line_with(text, "superseded_by")
    assert sentence.startswith(
        f"kg_sample.yaml, line {line}: superseded_by: no other dataset 'kg_victim', did you mean"
    )
    text = edited("    nature: C", "    source_id: kg-s9999")
    sentence = refusal(declare(tmp_path, text))
    assert sentence.startswith(
        f"kg_sample.yaml, line {line_with(text, 'source_id')}: source 'kg-s9999' is neither"
    )
    load_dataset(declare(tmp_path, edited("    nature: C", "    source_id: kg_victims")))


def test_a_folder_is_checked_as_a_whole(tmp_path: Path) -> None:
    text = edited("precedence: 1\n", "precedence: 1\nsuperseded_by: kg_other\n")
    declare(tmp_path, text)
    assert "no other dataset 'kg_other'" in refusal(tmp_path, lambda path: load_datasets.__wrapped__(path))
    declare(tmp_path, name="kg_other.yaml")
    assert [*load_datasets.__wrapped__(tmp_path)] == ["kg_other", "kg_sample"]
    missing = edited("collection: portal", "collection: transcription").replace(
        "  address: https://stat.example.org/open/orders.csv\n", "  bundled: figures/none.csv\n"
    )
    missing = missing.replace("reader: delimited\nreader_options:\n  value_columns: [Выдано]\n", "").replace(
        "    nature: C", "    source_id: kg_other"
    )
    missing = missing[: missing.index("concepts:")]
    assert "key 'seen' is missing" in refusal(declare(tmp_path, missing))
    declare(tmp_path, f"{missing}seen: 2026-11-24\n")
    assert "no file sources/bundled/figures/none.csv" in refusal(
        tmp_path, lambda p: load_datasets.__wrapped__(p)
    )


# -- labels ----------------------------------------------------------------------------------------------------------

LABELS = "column,label,concept,code\n"


def labelled(folder: Path, rows: str, text: str = SAMPLE) -> Path:
    (folder / "kg_sample.labels.csv").write_text(rows, encoding="utf-8")
    return declare(folder, text)


def test_labels_join_the_declared_ones(tmp_path: Path) -> None:
    dataset = load_dataset(labelled(tmp_path, f"{LABELS}Пол,все,sex,_T\nМесто,село,URBANISATION,R\n"))
    assert dataset.concepts["sex"][0].values == {"женщины": "F", "мужчины": "M", "все": "_T"}
    assert dataset.breakdown["URBANISATION"][0].values == {"город": "U", "село": "R"}


def test_a_name_of_a_column_is_read_as_headers_are(tmp_path: Path) -> None:
    """On one line, without soft hyphens and zero-width spaces that were copied with it."""
    text = SAMPLE.replace("column: Пол\n", 'column: "Жыны\\u00adсы\\nбоюнча\\u200b"\n').replace(
        "  Вид:", '  "Иш\\n түрү":'
    )
    text = text.replace("column: Единица", 'column: "Ченөө\\nбирдиги"')
    dataset = load_dataset(labelled(tmp_path, f'{LABELS}"Жынысы\n\u2060боюнча",все,sex,_T\n', text))
    assert dataset.concepts["sex"][0].columns == ("Жынысы боюнча",)
    assert (dataset.concepts["sex"][0].values or {})["все"] == "_T"
    assert {"Иш түрү", "Ченөө бирдиги"} <= {*dataset.columns}


@pytest.mark.parametrize(
    ("rows", "line", "part"),
    [
        ("column;label;concept;code\n", 1, "the header must be column,label,concept,code"),
        (LABELS, 1, "there are no labels"),
        (f"{LABELS}Пол,все,sex\n", 2, "3 cells where 4 are expected"),
        (f"{LABELS}Пол,все,sex,_T\nПол,все,sex,F\n", 3, "label 'все' is already in line 2"),
        (f"{LABELS}Пол,женщины,sex,F\n", 2, "label 'женщины' is in the declaration too"),
        (f"{LABELS}Пол,все,sex,_T\nПол,,sex,F\n", 3, "label is empty"),
        (f"{LABELS}Пол,все,sex,\n", 2, "code is empty"),
        (f"{LABELS}Пол,все,sex,T\n", 2, "sex: 'T' is no code"),
        (f"{LABELS}Место,село,URBANISATION,V\n", 2, "URBANISATION: 'V' is no code (known: R, U)"),
        (f"{LABELS}Пол,все,gender,_T\n", 2, "concept 'gender' is not declared in kg_sample.yaml"),
        (
            f"{LABELS}Пол,все,sexx,_T\n",
            2,
            "concept 'sexx' is not declared in kg_sample.yaml, did you mean 'sex'?",
        ),
        (
            f"{LABELS}Пола,все,sex,_T\n",
            2,
            "in kg_sample.yaml, line 49, from column Пол, did you mean 'Пол'? Write in both what the file has.",
        ),
        (f"{LABELS}Место,село,sex,F\n", 2, "in kg_sample.yaml, line 49, from column Пол. Write in both"),
        (f"{LABELS}Вид,все,indicator,DV_REPORTS\n", 2, "in kg_sample.yaml, line 42, from a constant; remove"),
    ],
)
def test_a_wrong_label_is_refused(tmp_path: Path, rows: str, line: int, part: str) -> None:
    sentence = refusal(labelled(tmp_path, rows))
    assert sentence.startswith(f"kg_sample.labels.csv, line {line}: "), sentence
    assert part in sentence


def test_a_misspelt_concept_is_named_although_labels_name_it_well(tmp_path: Path) -> None:
    """The declaration is checked before the labels that refer to it: the misspelling is no remedy."""
    labels = f"{LABELS}Пол,все,sex,_T\nМесто,село,URBANISATION,R\n"
    sentence = refusal(labelled(tmp_path, labels, edited("  sex:\n", "  sexx:\n")))
    assert sentence.startswith(
        "kg_sample.yaml, line 48: concepts: unknown concept 'sexx', did you mean 'sex'?"
    )
    sentence = refusal(labelled(tmp_path, labels, edited("  URBANISATION:", "  URBANIZATION:")))
    assert sentence.startswith(
        "kg_sample.yaml, line 54: breakdown: 'URBANIZATION' has no codes, did you mean"
    )


def test_a_label_of_a_bound_is_refused(tmp_path: Path) -> None:
    text = edited("  sex:\n", "  obs_lower: {column: Низ}\n  sex:\n")
    sentence = refusal(labelled(tmp_path, f"{LABELS}Низ,нет,obs_lower,0\n", text))
    assert sentence.startswith("kg_sample.labels.csv, line 2: obs_lower is a number of the file")


def test_a_file_that_is_not_utf8_is_refused_by_line(tmp_path: Path) -> None:
    path = declare(tmp_path)
    path.write_bytes(SAMPLE.encode("cp1251"))
    assert refusal(path).startswith("kg_sample.yaml, line 4: the file is not UTF-8")
    labels = tmp_path / "kg_sample.labels.csv"
    labels.write_bytes(f"{LABELS}Пол,все,sex,_T\n".encode("cp1251"))
    assert refusal(declare(tmp_path)).startswith("kg_sample.labels.csv, line 2: the file is not UTF-8")


# -- licences, and the declarations of the project ------------------------------------------------------------------


def test_licences_are_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "licences.yaml"
    path.write_text("X:\n  title: X\n  adress: https://x.example.org/\n  open: true\n", encoding="utf-8")
    with pytest.raises(
        DeclarationError, match=r"licences.yaml, line 3: unknown key 'adress', did you mean 'address'"
    ):
        load_licences(path)
    path.write_text("X:\n  title: X\n  address: ''\n  open: 'yes'\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"licences.yaml, line 4: open: true or false is expected"):
        load_licences(path)


def test_the_declarations_of_the_project_load() -> None:
    datasets = load_datasets()
    assert len(datasets) >= 104
    for dataset in datasets.values():
        assert dataset.title.en, dataset.id
        assert set(dataset.concepts) <= set(CONCEPTS)


def test_a_dataset_cannot_be_changed() -> None:
    dataset = deepcopy(load_datasets()["kg_victims"])
    with pytest.raises(ValueError, match="frozen"):
        dataset.precedence = 2


# -- registers -------------------------------------------------------------------------------------------------------


def test_a_register_is_restricted_and_brought(tmp_path: Path) -> None:
    dataset = load_dataset(declare(tmp_path, REGISTER))
    assert (dataset.restricted, dataset.collection) == (True, "inbox")
    assert dataset.columns == ("Region", "Day", "Number", "Person")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "kind: register\n",
            "collection: inbox\nreader: delimited\n",
            "kind: register and counting go together",
        ),
        ("kind: register\n", "kind: register\nrestricted: false\n", "restricted: true"),
        ("country: KG", "country: '*'", "a register is of one country"),
        ("expects: {columns: []}\n", "", "expects.columns is missing"),
        ("cadence: monthly\n", "cadence: monthly\nwhere: {Region: [x]}\n", "where would do nothing"),
        ("  time_period:", "  note: {column: N}\n  time_period:", "note would do nothing"),
        ("[[year], ", "[[year, sex], ", "'sex' is no dimension of this register"),
        ("[[year], ", "[[ref_area], ", "needs one of year, quarter, month"),
        ("DV_VICTIMS", "DV_VICTIM", "did you mean 'DV_VICTIMS'"),
        ("since: 2025-01", "since: '2025'", "is no month"),
    ],
)
def test_a_register_that_would_not_work(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert sentence in refusal(declare(tmp_path, REGISTER.replace(old, new)))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("files", 1, "name"), 4),
        (("files", 5, "name"), 2),
        (("files", "name"), 2),
        (("files", 0, "name", "more"), 3),
        (("gone",), 1),
    ],
)
def test_the_line_of_a_place_that_is_there_in_part(
    tmp_path: Path, place: tuple[str | int, ...], line: int
) -> None:
    path = tmp_path / "declared.yaml"
    path.write_text("id: example\nfiles:\n- name: first\n- name: second\n", encoding="utf-8")
    assert line_of(load_yaml(path), place) == line


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("title", 1),
        ("Год", 3),
        ("en", 1),
        ("b", 6),
        ("a", 4),
        (2024, 7),
        ("gone", None),
        ("Пол", 4),
        ("", None),
    ],
)
def test_the_first_line_that_names_something(tmp_path: Path, name: str, line: int | None) -> None:
    lines = ("title: {en: x}", "concepts:", "  time: {column: Год}", "  sex: {column: Пол, values: {a: F}}")
    path = tmp_path / "a.yaml"
    path.write_text("\n".join([*lines, "files: [a,", "  b]", "year: 2024\n"]), encoding="utf-8")
    assert line_naming(load_yaml(path), name) == line
