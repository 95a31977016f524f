"""Indicators of the contract by unit: their words, codes and relationships, from a few lines each."""

import re
from pathlib import Path
from typing import Any

import pytest

from data_contracts import load_indicators
from data_contracts.model import Code, Text
from data_contracts.strict_files import DeclarationError, load_yaml


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
    (tmp_path / "x.yaml").write_text(f"{{{text}}}", encoding="utf-8")
    spec = load_yaml(tmp_path / "x.yaml")
    known = {"relationship_scope": dict.fromkeys(("partner", "family", "any"), Code("x", Text("", "")))}
    if scope == "refused":
        with pytest.raises(DeclarationError, match="relationships needs partner, family, any"):
            load_indicators._relationships(tmp_path / "x.yaml", spec, known)
        return
    found, text_of_none = load_indicators._relationships(tmp_path / "x.yaml", spec, known)
    assert (found, text_of_none and text_of_none.en) == (scope, why)


INDICATOR = """
CASES:
  family: police
  label: {en: A, ru: А}
  definition: {en: B, ru: Б}
  counting_unit: case
  subject: victim
  stage: report
  scope: domestic
  unit: NUMBER
  range: [0, 9]
  rate: people
  direction: neither
  domestic: all
  relationships: any
  countries: {KZ: {counts: {en: C, ru: В}, register: {en: D, ru: Г}, rate: women}}
  limitations: {en: E, ru: Д}
"""


@pytest.mark.parametrize(
    ("word", "other", "says"),
    [
        ("", "", ""),
        ("counting_unit: case", "counting_unit: [case]", "line 6: counting_unit ['case'] is in no code list"),
        ("range: [0, 9]", "range: 9", "line 11: range: a list of two bounds is expected"),
        (
            "countries: {KZ: {counts: {en: C, ru: В}, register: {en: D, ru: Г}, rate: women}}",
            "countries: [KZ]",
            "line 16: countries: a mapping is expected",
        ),
        ("family: police", "family: courts", "line 3: CASES belongs into courts.yaml"),
        ("counting_unit: case", "counting_unit: cow", "line 6: counting_unit 'cow' is in no code list"),
        ("subject: victim", "subject: cow", "line 7: subject 'cow' is in no code list"),
        ("stage: report", "stage: cow", "line 8: stage 'cow' is in no code list"),
        ("scope: domestic", "scope: cow", "line 9: scope 'cow' is in no code list"),
        ("unit: NUMBER", "unit: COW", "line 10: unit 'COW' is in no code list"),
        ("rate: people", "rate: cow", "line 12: rate 'cow' is in no code list"),
        ("direction: neither", "direction: cow", "line 13: direction 'cow' is in no code list"),
        ("rate: women", "rate: cow", "rate 'cow' is in no code list"),
        (
            "{counts: {en: C, ru: В}, register: {en: D, ru: Г}, rate: women}",
            "5",
            "KZ needs counts and register",
        ),
        ("register: {en: D, ru: Г}", "register: {en: D}", "'register' needs a text in en and ru"),
        ("  limitations", "  iccs: ICCS9\n  limitations", "line 17: iccs 'ICCS9' is in no code list"),
        ("  limitations", "  sdg: 5.2.1x\n  limitations", "line 17: sdg '5.2.1x' is not written like"),
    ],
)
def test_an_indicator(tmp_path: Path, word: str, other: str, says: str) -> None:
    known: Any = {
        "family": {"police"},
        "counting_unit": {"case"},
        "subject": {"victim"},
        "stage": {"report"},
        "scope": {"domestic"},
        "direction": {"neither"},
        "unit_measure": {"NUMBER"},
        "rate_base": {"people", "women", "none"},
        "iccs": {"ICCS1"},
        "relationship_scope": {"any"},
    }
    path = tmp_path / "police.yaml"
    path.write_text(INDICATOR.replace(word, other) if word else INDICATOR, encoding="utf-8")
    if says:
        with pytest.raises(DeclarationError, match=re.escape(says)):
            load_indicators.load_indicators(tmp_path, known)
        return
    made = load_indicators.load_indicators(tmp_path, known)["CASES"]
    assert (made.unit, made.range, made.rate_base("KZ"), made.rate_base("KG")) == (
        "NUMBER",
        (0, 9),
        "women",
        "people",
    )
    assert (made.iccs, made.no_iccs, made.sdg, made.formerly, made.relationship_scope) == (
        None,
        None,
        None,
        (),
        "any",
    )
    (tmp_path / "z.yaml").write_text(INDICATOR, encoding="utf-8")
    with pytest.raises(
        DeclarationError, match="z.yaml, line 3: indicator CASES is declared in another family too"
    ):
        load_indicators.load_indicators(tmp_path, known)
