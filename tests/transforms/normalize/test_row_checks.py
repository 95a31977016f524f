"""Refused rows: every kind of reason with its sentence, from reading and from the contract's checks."""

import json
from typing import Any

import pytest

from data_contracts import checks
from data_contracts.model import Contract
from tests.transforms.sample import (
    FACTS,
    ROW,
    SHA256,
    Declare,
    Observe,
    Row,
    column,
    refusals,
    sheet,
)
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.normalizer import Normalizer

EXTRA: dict[str, Any] = {
    "age": {"column": "Age", "empty": "_T"},
    "obs_status": {"column": "Mark", "empty": ""},
    "obs_lower": {"column": "Low"},
    "obs_upper": {"column": "High"},
    "source_id": {"column": "Source"},
}


USUAL = {"Age": "", "Mark": "", "Low": "", "High": "", "Source": "s1"}


@pytest.mark.parametrize(
    ("rule", "value", "cells", "told"),
    [
        ("unreadable_number", "12 or so", {}, "12 or so"),
        ("unreadable_number", "5", {"Low": "some"}, "some"),
        ("unreadable_period", "1", {"Year": "in spring"}, "in spring"),
        ("unreadable_period", "1", {"Year": None}, ""),
        ("unreadable_period", "1", {"Year": " "}, ""),
        ("unknown_area", "1", {"Region": "Atlantis"}, "Atlantis"),
        ("ambiguous_area", "1", {"Region": "Almaty"}, "Almaty"),
        ("unmapped_label", "1", {"Sex": "Persons"}, "Persons"),
        ("unmapped_label", "1", {"What": "cats"}, "cats"),
        ("unknown_source", "1", {"Source": "s9"}, "s9"),
        ("source_id_missing", "1", {"Source": None}, None),
        ("indicator_missing", "1", {"What": None}, None),
        ("indicator_not_in_code_list", "1", {"What": "wrong"}, None),
        ("ref_area_missing", "1", {"Region": ""}, None),
        ("age_malformed", "1", {"Age": "adult"}, None),
        ("obs_status_not_in_code_list", "1", {"Mark": "ZZ"}, None),
        ("value_beside_missing_status", "1", {"Mark": "O"}, None),
        ("value_above_range", "140", {"What": "share"}, None),
        ("value_below_range", "-5", {}, None),
        ("bounds_reversed", "5", {"Low": "9", "High": "1"}, None),
    ],
)
def test_refusals(
    observe: Observe, contract: Contract, rule: str, value: str, cells: Row, told: str | None
) -> None:
    result = observe([(value, {**USUAL, **cells}), ("8", {**USUAL, "Year": "2001"})], concepts=EXTRA)
    assert column(result, "obs_value") == [8.0]
    (row,) = result.refused.to_pylist()
    shown = {**ROW, **USUAL, **cells}
    assert json.loads(row.pop("row")) == shown
    en, ru = row.pop("reason_en"), row.pop("reason_ru")
    assert row == {
        "dataset_id": "sample",
        "rule": rule,
        "severity": "critical",
        "raw_sha256": SHA256,
        "file": FACTS.path,
        "raw_locator": "line 2",
        "published_value": value,
        "retrieved_at": FACTS.retrieved_at,
    }
    if told is None:
        (text,) = [
            c.sentence for c in checks.row_checks(contract, contract.tables["observations"]) if c.id == rule
        ]
    else:
        place = next((name for name, cell in cells.items() if cell == told), "")
        text = checks.sentence(contract, rule, value=told, place=place)
    if rule.endswith(("_not_in_code_list", "age_malformed")):
        en, ru = en.split(" It holds ")[0], ru.split(" В нём ")[0]
    assert (en, ru) == (text.en, text.ru)


@pytest.mark.parametrize(
    ("concepts", "cells", "rule", "named"),
    [
        (
            {"obs_status": {"column": "Mark"}},
            {"Mark": "ZZ"},
            "obs_status_not_in_code_list",
            'It holds "ZZ"; if that is a label of the file, declare its code.',
        ),
        (
            {},
            {"Age": "adult"},
            "age_malformed",
            'It holds "adult", which is no code of SDMX CL_AGE, such as Y15T49',
        ),
        (
            {"indicator": {"column": "What"}},
            {"What": "DV_CASSES"},
            "indicator_not_in_code_list",
            'It holds "DV_CASSES"; did you mean "DV_CASES"?',
        ),
        (
            {"sex": {"column": "Sex", "values": {"Women": "F", "Men": "M"}}},
            {"Sex": "Womem"},
            "unmapped_label",
            'The label "Womem" in column Sex has no code; did you mean "Women"?',
        ),
        ({}, {"Region": "Акмолинскя область"}, "unknown_area", 'did you mean "Акмолинская область"?'),
        (
            {},
            {"Region": "Atlantis"},
            "unknown_area",
            'The area "Atlantis" in column Region is unknown; declare',
        ),
    ],
)
def test_a_word_that_is_not_known_is_named_with_the_nearest_one(
    observe: Observe, concepts: dict[str, Any], cells: Row, rule: str, named: str
) -> None:
    declared = {**EXTRA, **concepts}
    result = observe([("5", {**USUAL, **cells})], concepts=declared)
    (row,) = result.refused.to_pylist()
    assert row["rule"] == rule and named in row["reason_en"]


def test_areas_of_another_country(observe: Observe) -> None:
    concepts = {"ref_area": {"column": "Region", "values": {"there": "KG"}}}
    assert refusals(observe([("1", {"Region": "there"})], concepts=concepts)) == [
        ("line 2", "area_of_other_country")
    ]


def test_a_file_whose_checksum_is_none(normalizer: Normalizer, declare: Declare) -> None:
    facts = FileFacts("unknown", FACTS.retrieved_at, FACTS.path)
    result = normalizer.normalize(sheet([("1", {})]), declare(), facts)
    assert refusals(result) == [("line 2", "raw_sha256_malformed")]
