"""Every mistake in a declaration is an error that names file, line and what is known; those of the project load."""

import typing
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_contracts.load import contract
from data_contracts.strict_files import DeclarationError, load_yaml
from sources.dataset import BOUNDS, CONCEPTS, Dataset, Fetch
from sources.declared_references import unknown_code
from sources.http.policy import FetchPolicy
from sources.load_datasets import (
    check_among_known,
    line_of,
    load_dataset,
    load_datasets,
    load_licences,
)
from sources.readers import protocol
from sources.readers.excel import SheetOptions
from sources.strict_model import StrictModel

SAMPLE = """\
country: KG
title:
  en: Protection orders
  ru: Охранные ордера
publisher:
  en: Ministry of Internal Affairs
  ru: Министерство внутренних дел
address: https://stat.example.org/open/
licence: NOT-STATED
citation: Ministry of Internal Affairs, open data
cadence: quarterly
collection: portal
precedence: 1
hosts:
- stat.example.org
- files.example.org
fetch:
  expected: [csv]
reader: delimited
reader_options:
  value_columns: [Выдано]
files:
- name: orders
  address: https://stat.example.org/open/orders.csv
  alternates:
  - https://files.example.org/orders.csv
  set:
    nature: C
where:
  Вид: [ордера]
numbers:
  decimal: ','
  multiply: {column: Единица, values: {тыс. человек: 1000}}
expects:
  min_rows: 8
withdrawn:
- ref_area: KG-N
not_comparable_with:
  en: Anything else
  ru: Что-либо иное
concepts:
  indicator:
    const: PROTECTION_ORDERS
  ref_area:
    column: Область
  time_period:
    column: Квартал
  sex:
    column: Пол
    values:
      женщины: F
      мужчины: M
breakdown:
  URBANISATION:
    column: Место
    values:
      город: U
"""
#: the same as a register, whose rows are counted
REGISTER = """\
kind: register
country: KG
title: {en: Incidents, ru: Случаи}
publisher: {en: Ministry, ru: Министерство}
address: https://example.org/
licence: CC-BY-4.0
citation: Ministry
cadence: monthly
precedence: 1
files: [{name: register}]
concepts:
  indicator: {const: DV_REPORTS}
  ref_area: {column: Region}
  time_period: {column: Day}
counting:
  incident: Number
  margins: [[year], [month, ref_area]]
  persons:
    column: Person
    indicator: DV_VICTIMS
  partitions:
    by: month
    since: 2025-01
expects: {columns: []}
"""
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


def declare(folder: Path, text: str = SAMPLE, name: str = "kg_sample.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def edited(old: str, new: str) -> str:
    assert SAMPLE.count(old) == 1, old
    return SAMPLE.replace(old, new)


def line_with(text: str, part: str) -> int:
    (line,) = [number for number, line in enumerate(text.splitlines(), 1) if part in line]
    return line


def refusal(path: Path, load: Callable[[Path], object] = load_dataset) -> str:
    with pytest.raises(DeclarationError) as caught:
        load(path)
    return str(caught.value)


def misspelt(key: str) -> str:
    return f"{key[:-1]}q{key[-1]}"


# -- keys ------------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("  ref_area:\n", "  ref_aria:\n", "unknown concept 'ref_aria', did you mean 'ref_area'?"),
        ("hosts:\n", "host:\n", "unknown key 'host', did you mean 'hosts'?"),
        ("  address: https://stat.example.org/open/orders.csv\n", "  adress: https://x.org/\n", "'adress'"),
        ("precedence: 1\n", "precedence: 1\nsource_in_key: true\n", "unknown concept 'sourc_id'"),
    ],
)
def test_what_is_misspelt_is_named_before_what_is_missing_for_it(
    tmp_path: Path, old: str, new: str, part: str
) -> None:
    """`ref_area is missing` says nothing of the `ref_aria` beside it."""
    text = edited(old, new)
    if "source_in_key" in new:
        text = text.replace("  sex:\n", "  sourc_id: {const: kg_victims}\n  sex:\n")
    sentence = refusal(declare(tmp_path, text))
    assert part in sentence
    assert "missing" not in sentence


@pytest.mark.parametrize(
    ("old", "new", "found_by", "part"),
    [
        ("  min_rows: 8\n", "  lost_share: 0\nmin_rows: 8\n", "min_rows", "'min_rows' is a key of expects"),
        ("withdrawn:\n", "censored: O\nwithdrawn:\n", "censored", "'censored' is a key of numbers"),
        (
            "  expected: [csv]\n",
            "  retries: 1\nexpected: [csv]\n",
            "expected",
            "'expected' is a key of fetch",
        ),
        ("precedence: 1\n", "precedence: 1\nsex: {column: Пол}\n", "sex: {", "'sex' is a key of concepts"),
        ("precedence: 1\n", "precedence: 1\nheader_row: 2\n", "header_row", "is a key of reader_options"),
        ("precedence: 1\n", "precedence: 1\nset: {sex: F}\n", "set: {", "'set' is a key of each of files"),
        ("  sex:\n", "  URBANISATION: {column: x}\n  sex:\n", "N: {column", "is a key of breakdown"),
        ("  URBANISATION:\n", "  age:\n", "  age:", "'age' is a key of concepts"),
        ("    nature: C\n", "    values: C\n", "values: C", "'values' is a key of a concept"),
    ],
)
def test_a_key_in_the_wrong_part_is_told_where_it_belongs(
    tmp_path: Path, old: str, new: str, found_by: str, part: str
) -> None:
    text = edited(old, new)
    sentence = refusal(declare(tmp_path, text))
    assert part in sentence
    assert sentence.startswith(f"kg_sample.yaml, line {line_with(text, found_by)}: ")


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


# -- values ----------------------------------------------------------------------------------------------------------

SCALE = "  multiply: {column: Единица, values: {тыс. человек: 1000}}"
VALUES = [
    # (text of the sample, what is there instead, the line it is found by, part of the sentence)
    ("country: KG", "country: KX", "country", "country: 'KX' is not known"),
    ("cadence: quarterly", "cadence: quaterly", "cadence", "did you mean 'quarterly'? (known: daily, weekly"),
    ("collection: portal", "collection: portals", "collection:", "did you mean 'portal'?"),
    (
        "reader: delimited",
        "reader: delimted",
        "reader:",
        "did you mean 'delimited'? (known: delimited, excel",
    ),
    ("licence: NOT-STATED", "licence: CC-BY-4", "licence", "did you mean 'CC-BY-4.0'?"),
    (
        "precedence: 1",
        "precedence: first",
        "precedence",
        "precedence: a whole number is expected, not 'first'",
    ),
    ("precedence: 1", "precedence: true", "precedence", "a whole number is expected"),
    ("precedence: 1", "precedence: 0", "precedence", "greater than or equal to 1"),
    ("  ru: Охранные ордера\n", "", "title", "title: key 'ru' is missing"),
    ("  ru: Министерство внутренних дел\n", "", "publisher", "publisher: key 'ru' is missing"),
    ("  ru: Охранные ордера", "  ru: ''", "  ru: ''", "title.ru: it is empty"),
    (
        "address: https://stat.example.org/open/\n",
        "address: stat.example.org\n",
        "address: stat",
        "no web address",
    ),
    (
        "- files.example.org",
        "- https://files.example.org",
        "- https://files.example.org",
        "no name of a host",
    ),
    (
        "- files.example.org\n",
        "",
        "- https://files",
        "host files.example.org is not among hosts: stat.example.org",
    ),
    ("hosts:\n- stat.example.org\n- files.example.org\n", "", "country", "key 'hosts' is missing"),
    (
        "  expected: [csv]",
        "  expected: [cvs]",
        "expected",
        "fetch.expected: 'cvs' is no kind of content (known: csv",
    ),
    ("  expected: [csv]", "  expected: []", "expected", "fetch.expected: it is empty"),
    ("  expected: [csv]", "  expected: csv", "expected", "a list is expected"),
    ("  expected: [csv]", "  retries: many", "retries", "fetch.retries: a whole number is expected"),
    ("  value_columns: [Выдано]", "  header_row: 0", "header_row", "a whole number from 1 is expected"),
    (
        "  value_columns: [Выдано]",
        "  final_newline: yes",
        "final_newline",
        "is not one of 'required' or 'optional'",
    ),
    ("    nature: C", "    nature: X", "nature", "nature: 'X' is no code"),
    ("    nature: C", "    obs_lower: '1'", "obs_lower", "set: 'obs_lower' is no concept"),
    ("  decimal: ','", "  decimal: ;", "decimal", "numbers.decimal: ';' is not one of"),
    (SCALE, "  multiply: 1 000", "multiply", "numbers.multiply: a number is expected, not '1 000'"),
    (SCALE, "  multiply: -1", "multiply", "numbers.multiply: -1 should be greater than 0"),
    (SCALE, "  multiply: true", "multiply", "numbers.multiply: a number is expected"),
    (SCALE, "  multiply: {}", "multiply", "numbers.multiply: key 'column' is missing"),
    ("{тыс. человек: 1000}", "{тыс. человек: 1 000}", "тыс.", "multiply.values.тыс. человек: a number is"),
    (
        "{тыс. человек: 1000}",
        "{тыс. человек: 0}",
        "тыс.",
        "multiply.values.тыс. человек: 0 should be greater",
    ),
    ("  decimal: ','", "  fractions: Z", "fractions", "obs_status: 'Z' is no code"),
    (
        "  decimal: ','",
        "  fractions: M",
        "fractions",
        "numbers.fractions: 'M' is no status of a fraction of a count (known: E, I)",
    ),
    ("  decimal: ','", "  fractions: A", "fractions", "'A' is no status of a fraction of a count"),
    ("  decimal: ','", "  censored: A", "censored", "numbers.censored: 'A' is no status of a missing value"),
    ("  decimal: ','", "  censored: U", "censored", "(known: H, K, L, M, O, Q)"),
    (
        "  decimal: ','",
        "  symbols: {x: A}",
        "symbols",
        "numbers.symbols.x: 'A' is no status of a missing value",
    ),
    ("  decimal: ','", "  blank: drop", "blank", "numbers.blank: 'drop' is not one of 'skip'"),
    ("  decimal: ','", "  censored: Z", "censored", "obs_status: 'Z' is no code"),
    ("  decimal: ','", "  symbols: {'-': zero}", "symbols", "obs_status: 'zero' is no code"),
    ("  min_rows: 8", "  min_rows: -1", "min_rows", "greater than or equal to 0"),
    ("  min_rows: 8", "  plausible_factor: 1", "plausible", "greater than 1"),
    (
        "  min_rows: 8",
        "  lost_share: 5",
        "lost_share",
        "expects.lost_share: 5 should be less than or equal to 1",
    ),
    ("  min_rows: 8", "  rescaled: 'yes'", "rescaled", "expects.rescaled: true or false is expected"),
    ("- ref_area: KG-N", "- ref_area: KG-X", "KG-X", "ref_area: 'KG-X' is no code"),
    ("- ref_area: KG-N", "- sex: W", "sex: W", "sex: 'W' is no code"),
    ("- ref_area: KG-N", "- age: old", "age: old", "age: 'old' is no code"),
    ("- ref_area: KG-N", "- violence_form: ANY", "ANY", "violence_form: 'ANY' is no code"),
    ("- ref_area: KG-N", "- relationship: ANY", "ANY", "relationship: 'ANY' is no code"),
    ("- ref_area: KG-N", "- unit_measure: PERSONS", "PERSONS", "unit_measure: 'PERSONS' is no code"),
    ("- ref_area: KG-N", "- nature: X", "nature: X", "nature: 'X' is no code"),
    ("- ref_area: KG-N", "- breakdown: URBANISATION=U;ACT=ANY", "ACT", "breakdown: 'ACT=ANY' is no code"),
    (
        "- ref_area: KG-N",
        "- indicator: PROTECTION_ORDER",
        "PROTECTION_ORDER\n",
        "did you mean 'PROTECTION_ORDERS'?",
    ),
    ("- ref_area: KG-N", "- year: 24", "year: 24", "withdrawn.year: it is not written as it must be"),
    ("- ref_area: KG-N", "- {ref_area: KG-N, year: 2024}", "year: 2024", "one key an entry"),
    (
        "const: PROTECTION_ORDERS",
        "const: PROTECTION_ORDER",
        "const: ",
        "indicator: 'PROTECTION_ORDER' is no code",
    ),
    (
        "const: PROTECTION_ORDERS",
        "const: false",
        "const: ",
        "a text is expected, not False; write it in quotes",
    ),
    ("    const: PROTECTION_ORDERS", "    empty: X", "  indicator:", "const or column is needed"),
    (
        "    const: PROTECTION_ORDERS",
        "    {const: DV_REPORTS, column: Вид}",
        "  indicator:",
        "const says it all: column",
    ),
    ("      женщины: F", "      женщины: W", "женщины", "sex: 'W' is no code (known: "),
    ("    column: Пол", "    column: []", "column: []", "column: it is empty"),
    ("    column: Пол", "    column: Пол\n    absent: T", "absent", "sex: 'T' is no code"),
    ("    column: Пол", "    column: Пол\n    empty: T", "empty", "sex: 'T' is no code"),
    ("    column: Пол", "    column: Пол\n    extract: '(ж'", "extract", "'(ж' is no regular expression"),
    ("    column: Пол", "    column: Пол\n    template: F", "sex:", "template needs extract"),
    (
        "    column: Пол",
        "    column: Пол\n    extract: ж\n    template: W",
        "template",
        "sex: 'W' is no code",
    ),
    (
        "  sex:\n    column: Пол\n",
        "  age:\n    column: Пол\n",
        "женщины",
        "age: 'F' is no code of SDMX CL_AGE",
    ),
    ("      город: U", "      город: X", "город", "URBANISATION: 'X' is no code (known: R, U)"),
    ("  URBANISATION:", "  URBANIZATION:", "URBANIZATION", "did you mean 'URBANISATION'?"),
    ("  Вид: [ордера]", "  Вид: ордера", "Вид", "where.Вид: a list is expected"),
    ("  Вид: [ордера]", "  Вид: []", "Вид", "where.Вид: it is empty"),
    ("concepts:\n", "refuse_above: 5\nconcepts:\n", "refuse_above", "less than or equal to 1"),
    ("concepts:\n", "verified: 'no'\nconcepts:\n", "verified", "true or false is expected, not 'no'"),
    ("concepts:\n", "default_status: Z\nconcepts:\n", "default_status", "obs_status: 'Z' is no code"),
    (
        "concepts:\n",
        "default_status: M\nconcepts:\n",
        "default_status",
        "is no status of a value that is there",
    ),
    ("concepts:\n", "seen: 24.11.2026\nconcepts:\n", "seen", "is no date; write it as 2026-11-24"),
    ("concepts:\n", "source_in_key: true\nconcepts:\n", "- name: orders", "source_in_key needs a source_id"),
    ("concepts:\n", "breakdown_column: Разрез\nconcepts:\n", "breakdown_column", "exclude each other"),
    (
        "- name: orders",
        "- name: orders\n  address: https://stat.example.org/\n- name: orders",
        "",
        "'orders'",
    ),
    ("  address: https://stat.example.org/open/orders.csv\n", "", "- name: orders", "needs address"),
    (
        f"numbers:\n  decimal: ','\n{SCALE}\n",
        "numbers: ','\n",
        "numbers",
        "numbers: a mapping is expected, not ','",
    ),
    ("  ref_area:\n    column: Область\n", "", "concepts:", "concepts: ref_area is missing"),
]


@pytest.mark.parametrize(
    ("old", "new", "found_by", "part"), VALUES, ids=[f"{n}: {v[3][:40]}" for n, v in enumerate(VALUES)]
)
def test_a_wrong_value_is_refused(tmp_path: Path, old: str, new: str, found_by: str, part: str) -> None:
    text = edited(old, new)
    sentence = refusal(declare(tmp_path, text))
    assert part in sentence, sentence
    if found_by:
        lines = [n for n, line in enumerate(text.splitlines(), 1) if found_by.strip("\n") in line]
        assert any(sentence.startswith(f"kg_sample.yaml, line {line}: ") for line in lines), sentence


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_bound_is_a_number_of_the_file(tmp_path: Path, bound: str) -> None:
    for key in ("const: '1'", "column: Низ, values: {a: b}", "column: Низ, extract: '[0-9]+'"):
        text = edited("  sex:\n", f"  {bound}: {{{key}}}\n  sex:\n")
        sentence = refusal(declare(tmp_path, text))
        assert sentence.startswith(
            f"kg_sample.yaml, line {line_with(text, bound)}: {bound} is a number of the file"
        )


@pytest.mark.parametrize("concept", ["time_period", "source_id"])
def test_a_second_way_that_nobody_would_look_at_is_refused(tmp_path: Path, concept: str) -> None:
    """A list of two where the normalizer reads one."""
    declared = yaml.safe_load(SAMPLE)
    declared["concepts"][concept] = [{"column": "Год"}, {"column": "Квартал"}]
    sentence = refusal(declare(tmp_path, yaml.safe_dump(declared, allow_unicode=True)))
    assert f"concepts: {concept} takes one entry" in sentence


def test_a_text_means_what_it_shows(tmp_path: Path) -> None:
    """No truth values, octal numbers or times of day are made of labels."""
    text = edited("  Вид: [ордера]", "  Вид: [no, 010, 12:30, 1_000, 2025, 2024-01-02]")
    assert load_dataset(declare(tmp_path, text)).where["Вид"] == (
        "no",
        "010",
        "12:30",
        "1_000",
        "2025",
        "2024-01-02",
    )


def test_what_is_not_wanted_and_what_leaves_the_word_to_the_next_way(tmp_path: Path) -> None:
    """``__skip__`` is a code everywhere; "total" one where several ways are declared."""
    declared = yaml.safe_load(SAMPLE)
    ways = [{"column": "Вид", "values": {"x": "__skip__"}, "absent": "_T"}, {"const": "PROTECTION_ORDERS"}]
    declared["concepts"]["indicator"] = ways
    load_dataset(declare(tmp_path, yaml.safe_dump(declared, allow_unicode=True)))
    declared["concepts"]["indicator"] = ways[0]
    assert "'_T' is no code" in refusal(declare(tmp_path, yaml.safe_dump(declared, allow_unicode=True)))


def test_every_coded_concept_is_checked() -> None:
    """Each column of the observations that has a code list refuses a code that is not in it."""
    free = {"time_period", "source_id", "note", *BOUNDS}
    assert {name for name in CONCEPTS if unknown_code(name, "no such code") is None} == free
    for name in {*contract().tables["observations"].names} & {*CONCEPTS} - free - {"age"}:
        codes = contract().codelists[name if name != "ref_area" else "area"]
        assert unknown_code(name, next(iter(codes))) is None


def test_fetch_speaks_of_what_the_policy_knows() -> None:
    assert {*Fetch.model_fields} - {"retry_400"} <= {*FetchPolicy.__dataclass_fields__}


# -- references to others ----------------------------------------------------------------------------------------------


def test_superseded_by_and_sources_must_exist(tmp_path: Path) -> None:
    text = edited("precedence: 1\n", "precedence: 1\nsuperseded_by: kg_victim\n")
    sentence = refusal(declare(tmp_path, text), check_among_known)
    line = line_with(text, "superseded_by")
    assert sentence.startswith(
        f"kg_sample.yaml, line {line}: superseded_by: no other dataset 'kg_victim', did you mean"
    )
    text = edited("    nature: C", "    source_id: kg-s9999")
    sentence = refusal(declare(tmp_path, text), check_among_known)
    assert sentence.startswith(
        f"kg_sample.yaml, line {line_with(text, 'source_id')}: source 'kg-s9999' is neither"
    )
    check_among_known(declare(tmp_path, edited("    nature: C", "    source_id: kg_victims")))


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
    declare(tmp_path, missing)
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
            "sex is not read from column 'Пола' but, in kg_sample.yaml, line 49, from column Пол, did you mean 'Пол'?",
        ),
        (f"{LABELS}Место,село,sex,F\n", 2, "in kg_sample.yaml, line 49, from column Пол; write in both"),
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


@pytest.mark.parametrize("place", REGISTER_PLACES, ids=REGISTER_PLACES.values())
def test_a_misspelt_key_of_a_register(tmp_path: Path, place: tuple[str, ...]) -> None:
    for key in keys_of(MODELS[REGISTER_PLACES[place]]):
        if f" {key}:" in REGISTER:
            before, _, after = REGISTER.rpartition(f" {key}:")
            text = f"{before} {misspelt(key)}:{after}"
            assert f"unknown key {misspelt(key)!r}" in refusal(declare(tmp_path, text))


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
