"""A mistake in ``scorecard.yaml`` names file, line and what is wrong."""

from pathlib import Path

import pytest

from data_contracts.load import contract
from data_contracts.load_scorecard import load_scorecard
from data_contracts.model import ScoreFramework
from data_contracts.strict_files import DeclarationError


def loaded(tmp_path: Path, item: str, framework: str = "EIGE") -> tuple[ScoreFramework, ...]:
    path = tmp_path / "scorecard.yaml"
    path.write_text(
        f"{framework}:\n  address: https://example.org\n  items:\n    X-1: {item}\n", encoding="utf-8"
    )
    known = contract()
    return load_scorecard(path, known.coverage, known.indicators, known.codelists)


def test_an_item_takes_title_and_body_from_its_requirement(tmp_path: Path) -> None:
    item = loaded(tmp_path, "{parts: [EIGE-9]}")[0].items[0]
    assert item.title.en == "Women killed by an intimate partner (femicide)" and item.body == "EIGE-9"
    own = loaded(tmp_path, "{title: {en: a, ru: б}, parts: [EIGE-9], body: EIGE-10}")[0].items[0]
    assert (own.title.ru, own.body) == ("б", "EIGE-10")


def test_bodies_may_be_named_by_country(tmp_path: Path) -> None:
    given = "{title: {en: a, ru: б}, rule: {en: x, ru: х}, body: {DE: {en: b, ru: в}}}"
    item = loaded(tmp_path, given)[0].items[0]
    assert item.body == "" and {code: body.ru for code, body in item.bodies.items()} == {"DE": "в"}


def test_what_a_reader_judges_has_the_rule_to_judge_it_by(tmp_path: Path) -> None:
    """Two readers gave one survey ten years of "part" and another one year."""
    item = loaded(tmp_path, "{title: {en: a, ru: б}, rule: {en: Yes., ru: Да.}, body: EIGE-9}")[0].items[0]
    assert item.parts == () and item.rule is not None and (item.rule.en, item.rule.ru) == ("Yes.", "Да.")
    assert loaded(tmp_path, "{parts: [EIGE-9]}")[0].items[0].rule is None


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ("{parts: [EIGE-99]}", "'EIGE-99' is no requirement"),
        ("{parts: [EIGE-9], why: x}", "unknown key 'why'"),
        ("{title: {en: a, ru: б}}", "body '' is no requirement"),
        ("{title: {en: a, ru: б}, body: EIGE-9}", "has no parts and needs a rule"),
        ("{title: {en: a, ru: б}, rule: {en: a}, body: EIGE-9}", "needs a text in en and ru"),
        ("{title: {en: a, ru: б}, body: NONE}", "body 'NONE' is no requirement"),
        ("{parts: [EIGE-9], body: {FR: {en: a, ru: б}}}", "unknown country 'FR'"),
        ("{parts: [EIGE-9], body: {DE: {en: a}}}", "'DE' needs a text in en and ru"),
        ("{parts: [{indicators: DV_CASES}], body: EIGE-9}", "needs a title"),
        ("{title: {en: a}, parts: [EIGE-9]}", "needs a text in en and ru"),
        ("{parts: [EIGE-9, {indicators: NO_SUCH}]}", "unknown indicator 'NO_SUCH'"),
        ("{parts: [EIGE-9, {indicators: DV_CASES, partly: NO_SUCH}]}", "unknown indicator 'NO_SUCH'"),
        ("{parts: [EIGE-9, {indicators: ''}]}", "a part without indicators can never be met"),
        ("{parts: [EIGE-9, {indicators: DV_CASES, needs: colour}]}", "unknown need 'colour'"),
        ("{parts: [EIGE-9, {indicators: DV_CASES, tells_apart: sex=F+SIZE}]}", "unknown need 'SIZE'"),
        ("{parts: [EIGE-9, {indicator: DV_CASES}]}", "unknown key 'indicator'"),
        ("{parts: [EIGE-9, {services: tea_room, says: operator}]}", "services needs a kind"),
        ("{parts: [EIGE-9, {services: shelter, says: colour}]}", "services needs a kind"),
    ],
)
def test_a_mistake_names_the_line(tmp_path: Path, item: str, says: str) -> None:
    with pytest.raises(DeclarationError, match=rf"scorecard\.yaml, line \d+.*{says}"):
        loaded(tmp_path, item)


def test_a_framework_needs_a_code(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="framework 'NEW' is in no code list"):
        loaded(tmp_path, "{parts: [EIGE-9]}", "NEW")


def test_items_have_one_framework_and_every_framework_is_used() -> None:
    known = contract()
    assert {framework.code for framework in known.scorecard} == set(known.codelists["framework"])
    codes = [item.code for framework in known.scorecard for item in framework.items]
    assert len(codes) == len(set(codes))
