"""Every misspelt or missing key of a declaration is an error that names file, line and what is known."""

import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.dataset import CONCEPTS, Dataset
from sources.load_datasets import (
    load_dataset,
)
from sources.readers import protocol
from sources.readers.excel import SheetOptions
from sources.strict_model import StrictModel
from tests.sources.declaration_sample import REGISTER, SAMPLE, declare, edited, line_with, misspelt, refusal

#: where each model is in the sample
PLACES: dict[tuple[str | int, ...], str] = {
    (): "Dataset",
    ("title",): "Title",
    ("publisher",): "Bilingual",
    ("not_comparable_with",): "Bilingual",
    ("files", 0): "SourceFile",
    ("concepts", "sex"): "Concept",
    ("breakdown", "URBANISATION"): "Concept",
    ("numbers",): "Numbers",
    ("numbers", "multiply"): "Scale",
    ("expects",): "Expects",
    ("fetch",): "Fetch",
    ("withdrawn", 0): "Withdrawn",
}

REGISTER_PLACES: dict[tuple[str | int, ...], str] = {
    ("counting",): "Counting",
    ("counting", "persons"): "Persons",
    ("counting", "partitions"): "Partitions",
}


def models(annotation: Any) -> Iterator[type[StrictModel]]:
    """Every model that a type names, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, StrictModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for part in typing.get_args(annotation):
        yield from models(part)


def keys_of(model: type[StrictModel]) -> tuple[str, ...]:
    return model.keys()


MODELS = {model.__name__: model for model in models(Dataset)}
KEYS = [
    pytest.param(place, key, id=".".join([*map(str, place), key]))
    for place, name in PLACES.items()
    for key in keys_of(MODELS[name])
]


def test_every_model_has_a_place_in_the_sample() -> None:
    """So that a new part of a declaration cannot escape the misspelt cases below."""
    assert {*PLACES.values(), *REGISTER_PLACES.values()} == {*MODELS} - {"Licence"}


@pytest.mark.parametrize(("place", "key"), KEYS)
def test_a_misspelt_key_is_refused(tmp_path: Path, place: tuple[str | int, ...], key: str) -> None:
    declared = yaml.safe_load(SAMPLE)
    part = declared
    for step in place:
        part = part[step]
    value = part.pop(key, "x")
    part[misspelt(key)] = value
    text = yaml.safe_dump(declared, sort_keys=False, allow_unicode=True, default_flow_style=False)
    sentence = refusal(declare(tmp_path, text))
    assert sentence.startswith(f"kg_sample.yaml, line {line_with(text, f'{misspelt(key)}:')}: "), sentence
    assert f"unknown key {misspelt(key)!r}" in sentence
    assert "known: " in sentence
    assert "did you mean" in sentence


@pytest.mark.parametrize("reader", protocol.READERS)
def test_a_misspelt_reader_option_is_refused(tmp_path: Path, reader: str) -> None:
    keys = protocol.declared_options(reader).keys()
    for key in keys or ("anything",):
        declared = {**yaml.safe_load(SAMPLE), "reader": reader, "reader_options": {misspelt(key): "x"}}
        text = yaml.safe_dump(declared, sort_keys=False, allow_unicode=True)
        sentence = refusal(declare(tmp_path, text))
        assert sentence.startswith(f"kg_sample.yaml, line {line_with(text, misspelt(key))}: reader_options: ")
        assert f"unknown key {misspelt(key)!r}" in sentence


def test_a_misspelt_option_of_one_of_several_tables_is_refused(tmp_path: Path) -> None:
    for key in keys_of(SheetOptions):
        tables = [{"sheets": "1"}, {misspelt(key): "x"}]
        declared = {**yaml.safe_load(SAMPLE), "reader": "excel", "reader_options": {"tables": tables}}
        text = yaml.safe_dump(declared, sort_keys=False, allow_unicode=True)
        sentence = refusal(declare(tmp_path, text))
        line = line_with(text, misspelt(key))
        assert sentence.startswith(f"kg_sample.yaml, line {line}: reader_options: tables: unknown key ")


@pytest.mark.parametrize(
    ("reader", "option", "part"),
    [
        ("excel", {"hidden": "both"}, "hidden: 'both' is not one of"),
        ("delimited", {"header_rows": [0]}, "header_rows: a whole number from 1 is expected"),
        ("delimited", {"header_rows": 2}, "header_rows: a list is expected"),
        ("sdmx_ml", {"test": "yes"}, "test: 'yes' is not one of 'refuse' or 'accept'"),
        ("sdmx_json", {"value": 1}, "value: a text is expected"),
    ],
)
def test_a_wrong_reader_option_is_refused(
    tmp_path: Path, reader: str, option: dict[str, Any], part: str
) -> None:
    declared = {**yaml.safe_load(SAMPLE), "reader": reader, "reader_options": option}
    text = yaml.safe_dump(declared, sort_keys=False, allow_unicode=True, default_flow_style=None)
    sentence = refusal(declare(tmp_path, text))
    place = f"kg_sample.yaml, line {line_with(text, f'{next(iter(option))}:')}: reader_options: "
    assert sentence.startswith(place + part), sentence


@pytest.mark.parametrize("concept", CONCEPTS)
def test_a_misspelt_concept_is_refused(tmp_path: Path, concept: str) -> None:
    text = edited("  sex:\n", f"  {misspelt(concept)}:\n")
    sentence = refusal(declare(tmp_path, text))
    line = line_with(text, f"  {misspelt(concept)}:")
    assert sentence.startswith(
        f"kg_sample.yaml, line {line}: concepts: unknown concept {misspelt(concept)!r}"
    )
    assert concept in sentence
    constant = edited("    nature: C", f"    {misspelt(concept)}: C")
    sentence = refusal(declare(tmp_path, constant))
    line = line_with(constant, f"    {misspelt(concept)}:")
    assert sentence.startswith(f"kg_sample.yaml, line {line}: set: {misspelt(concept)!r} is no concept")


@pytest.mark.parametrize("key", [key for key in keys_of(Dataset) if Dataset.model_fields[key].is_required()])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    declared = yaml.safe_load(SAMPLE)
    del declared[key]
    sentence = refusal(declare(tmp_path, yaml.safe_dump(declared, allow_unicode=True)))
    assert sentence == f"kg_sample.yaml, line 1: key {key!r} is missing."


def test_a_text_with_a_comma_between_brackets_and_a_dash_without_space(tmp_path: Path) -> None:
    text = edited("title:\n  en: Protection orders\n", "title:\n  {en: Orders, quarterly, ru: х}\n")
    text = text.replace("  ru: Охранные ордера\n", "")
    assert "if 'quarterly' is part of a text with a comma, put the whole text in quotes" in refusal(
        declare(tmp_path, text)
    )
    text = edited("- ref_area: KG-N\n", "-ref_area: KG-N\n")
    assert "unknown key '-ref_area'; a space is missing after the dash" in refusal(declare(tmp_path, text))


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    for old in ("precedence: 1\n", "    nature: C\n", "      женщины: F\n", "  decimal: ','\n"):
        text = edited(old, old + old)
        line = text.splitlines().index(old.rstrip("\n")) + 2
        sentence = refusal(declare(tmp_path, text))
        assert sentence == f"kg_sample.yaml, line {line}: {old.strip().split(':')[0]!r} is declared twice."


def test_the_id_is_the_name_of_the_file(tmp_path: Path) -> None:
    assert load_dataset(declare(tmp_path)).id == "kg_sample"
    assert "line 1: unknown key 'id'" in refusal(declare(tmp_path, f"id: other\n{SAMPLE}"))
    assert "lower case letters, digits and _" in refusal(declare(tmp_path, name="KG-sample.yaml"))


@pytest.mark.parametrize("place", REGISTER_PLACES, ids=REGISTER_PLACES.values())
def test_a_misspelt_key_of_a_register(tmp_path: Path, place: tuple[str, ...]) -> None:
    for key in keys_of(MODELS[REGISTER_PLACES[place]]):
        if f" {key}:" in REGISTER:
            before, _, after = REGISTER.rpartition(f" {key}:")
            text = f"{before} {misspelt(key)}:{after}"
            assert f"unknown key {misspelt(key)!r}" in refusal(declare(tmp_path, text))
