"""The codebook as tables: who is a comparator, what a law breaks, what an indicator may be divided by."""

import json
from dataclasses import replace
from typing import Any

import pytest

from data_contracts.model import Text
from data_contracts.strict_files import DeclarationError
from pipelines.declarations import Declarations
from sources.bundled_registers import HEADERS, Entry
from transforms.derive import codebook


def service(**changed: str) -> Entry:
    cells = dict.fromkeys(HEADERS["response_services"], "")
    cells |= {
        "service_id": "x-1",
        "country": "KG",
        "area": "KG",
        "kind": "hotline",
        "name_en": "Line",
        "name_ru": "Линия",
        "state": "operating",
        "source": "kg-s2",
        **changed,
    }
    return Entry("response_services/x.csv", 2, cells)


def law(**changed: str) -> Entry:
    cells = dict.fromkeys(HEADERS["legal_framework"], "")
    cells |= {
        "law_id": "kg-x",
        "country": "KG",
        "kind": "law",
        "title_en": "Law",
        "title_ru": "Закон",
        **changed,
    }
    return Entry("legal_framework/x.csv", 5, cells)


def test_germany_is_a_comparator_among_services_and_areas(declared: Declarations) -> None:
    entries = (
        service(),
        service(service_id="x-2", country="DE", area="DE"),
        service(service_id="x-3", country="UZ"),
    )
    rows = codebook.response_services(declared.contract, entries).to_pylist()
    assert {row["country"]: row["comparator"] for row in rows} == {"KG": False, "DE": True, "UZ": False}
    areas = codebook.areas(declared.contract).to_pylist()
    assert {row["code"][:2] for row in areas if row["comparator"]} == {"DE"}


def test_a_hotline_has_number_hours_languages_and_the_day_of_the_check(declared: Declarations) -> None:
    entry = service(phone="1313", hours="24/7", languages="tg;ru", checked_on="2026-11-24")
    (row,) = codebook.response_services(declared.contract, (entry,)).to_pylist()
    assert (row["phone"], row["hours"], row["languages"], row["checked_on"]) == (
        "1313",
        "24/7",
        "tg;ru",
        "2026-11-24",
    )
    (row,) = codebook.response_services(declared.contract, (service(),)).to_pylist()
    assert row["phone"] is None and row["hours"] is None


def test_the_registered_hotlines_state_a_number_that_their_name_states(declared: Declarations) -> None:
    lines = [entry for entry in declared.services if entry["phone"]]
    assert len(lines) >= 8
    for entry in lines:
        assert entry["phone"] in entry["name_en"] and entry["checked_on"], entry.error(
            "the number is not in the name"
        )


def test_a_law_counts_the_series_it_broke_and_breaks_only_known_indicators(declared: Declarations) -> None:
    rows = codebook.legal_framework(declared.contract, (law(breaks="DV_CASES"),), {"kg-x": 3}).to_pylist()
    assert (rows[0]["series_with_break"], rows[0]["breaks"], rows[0]["breaks_regions"]) == (
        3,
        "DV_CASES",
        True,
    )
    (row,) = codebook.legal_framework(declared.contract, (law(breaks_regions="no"),), {}).to_pylist()
    assert row["breaks_regions"] is False
    with pytest.raises(DeclarationError, match=r"x\.csv, line 5: .*'DV_CASE'"):
        codebook.legal_framework(declared.contract, (law(breaks="DV_CASES;DV_CASE"),), {})


def test_an_indicator_says_what_it_may_be_divided_by(declared: Declarations) -> None:
    rows: dict[str, dict[str, Any]] = {
        row["code"]: row for row in codebook.indicators(declared.contract).to_pylist()
    }
    assert rows["PROGRAMME_CONTACTS"]["rate_base"] == rows["CHILDREN_PLACED"]["rate_base"] == "none"
    assert rows["SHELTERS"]["rate_base"] == "women" and rows["DV_CRIMES"]["rate_base"] == "population"
    assert json.loads(rows["DV_CRIMES"]["countries"])["UZ"]["rate"] == "none"


def test_no_indicator_whose_limitation_forbids_a_rate_has_one(declared: Declarations) -> None:
    forbidding = [i for i in declared.contract.indicators.values() if "o rate" in i.limitations.en]
    assert len(forbidding) >= 4
    for indicator in forbidding:
        bases = {indicator.rate_base(country) for country in ("KZ", "KG", "TJ", "UZ", "DE")}
        assert "none" in bases, indicator.code


def test_every_breakdown_code_says_in_words_what_it_is(declared: Declarations) -> None:
    for code in declared.contract.codelists["breakdown"].values():
        if code.code.startswith("ARTICLE=") and code.label.en.rstrip("0123456789-").endswith("art. "):
            pytest.fail(f"{code.code} says only {code.label.en!r}")


def test_countries_of_an_indicator_are_written_in_order(declared: Declarations) -> None:
    """The text is compared between releases."""
    contract = declared.contract
    code, indicator = next(iter(contract.indicators.items()))
    mixed = {"UZ": {"en": "ÿ"}, "KG": {"ru": "б", "en": "a"}}
    changed = replace(contract, indicators={code: replace(indicator, countries=mixed)})
    (text,) = codebook.indicators(changed)["countries"].to_pylist()
    assert text == '{"KG": {"en": "a", "ru": "б"}, "UZ": {"en": "ÿ"}}'


def test_sources_are_publications_and_datasets_that_are_one_publication_each(declared: Declarations) -> None:
    """A dataset whose rows name their own sources is none, and an empty cell of the register is null."""
    cells = dict.fromkeys(HEADERS["publications"], "")
    page = Entry("publications/kg.csv", 2, cells | {"source": "kg-s1", "publisher": "MVD", "quote": "1 204"})
    own, named = (
        next(d for d in declared.datasets.values() if d.source_in_key is in_key) for in_key in (False, True)
    )
    table = codebook.sources(declared.contract, [page], {own.id: own, named.id: named})
    rows = {row.pop("source_id"): row for row in table.to_pylist()}
    assert set(rows) == {"kg-s1", own.id}
    assert {name: text for name, text in rows["kg-s1"].items() if text is not None} == {
        "publisher": "MVD",
        "quote": "1 204",
    }
    assert rows[own.id]["publisher"] == own.publisher.en
    for seen in ("2026-11-24", ""):
        made = codebook.sources(declared.contract, [], {own.id: own.model_copy(update={"seen": seen})})
        assert made["seen"].to_pylist() == [seen or None]


@pytest.mark.parametrize(("original", "title"), [(None, "Orders"), ("Ордера", "Ордера")])
def test_a_dataset_is_cited_by_the_title_of_its_publisher(
    declared: Declarations, original: str | None, title: str
) -> None:
    """In English where the publisher's own is not another."""
    dataset = next(d for d in declared.datasets.values() if not d.source_in_key)
    titles = dataset.title.model_copy(update={"en": "Orders", "original": original})
    named = dataset.model_copy(update={"title": titles})
    assert codebook.sources(declared.contract, [], {named.id: named})["title"].to_pylist() == [title]


def test_codes_have_every_list_but_those_with_tables_of_their_own(declared: Declarations) -> None:
    """In their order, and what is not described is null."""
    contract = declared.contract
    rows = codebook.codes(contract).to_pylist()
    lists = {name: codes for name, codes in contract.codelists.items() if name not in ("area", "indicator")}
    assert {row["codelist"] for row in rows} == set(lists)
    places = [(row["codelist"], row["code"]) for row in rows]
    assert places == sorted(places) and len(places) == sum(map(len, lists.values()))
    for row in rows:
        code = lists[row["codelist"]][row["code"]]
        assert (row["label_en"], row["label_ru"]) == (code.label.en, code.label.ru)
        assert (row["description_en"] or "", row["description_ru"] or "") == (
            code.description.en,
            code.description.ru,
        )
        assert "" not in row.values()


def test_areas_say_since_when_and_until_when_they_are(declared: Declarations) -> None:
    entries = {area["code"]: area for area in declared.contract.areas}
    rows = codebook.areas(declared.contract).to_pylist()
    assert [row["code"] for row in rows] == sorted(entries)
    for row in rows:
        for name, day in (("valid_from", row["valid_from_date"]), ("valid_to", row["valid_to_date"])):
            assert str(day or "") == entries[row["code"]][name]
        assert "" not in row.values()
    assert any(row["valid_to_date"] for row in rows) and any(row["valid_from_date"] for row in rows)


@pytest.mark.parametrize(("address", "words"), [("https://example.org/l", "A caution"), ("", None)])
def test_a_dataset_says_how_it_may_be_used(declared: Declarations, address: str, words: str | None) -> None:
    """Without an address of its licence or a caution that cell is null; what a run found is beside it."""
    dataset = next(d for d in declared.datasets.values() if d.not_comparable_with)
    update: dict[str, Any] = {"licence": dataset.licence.model_copy(update={"address": address})}
    update |= {} if words else {"not_comparable_with": None}
    named = dataset.model_copy(update=update)
    facts = {"state": "current", "rows": 5, "refused_rows": 2, "last_success": None}
    (row,) = codebook.datasets_table(declared.contract, {named.id: named}, {named.id: facts}).to_pylist()
    assert (row["dataset_id"], row["country"], row["licence"]) == (named.id, named.country, named.licence.id)
    assert row["licence_address"] == (address or None)
    assert (row["not_comparable_with"] is None) is (words is None)
    assert (row["rows"], row["refused_rows"], row["precedence"]) == (5, 2, named.precedence)


def test_an_indicator_has_every_word_of_its_declaration(declared: Declarations) -> None:
    """What it has no class or scope of is said in both languages, or it has one and nothing is said."""
    plain = next(iter(declared.contract.indicators.values()))
    full = replace(
        plain,
        code="FULL",
        label=Text("l", "л"),
        definition=Text("d", "д"),
        limitations=Text("x", "х"),
        no_scope=Text("s", "с"),
        no_iccs=Text("i", "и"),
        iccs="ICCS1",
        sdg="5.2.1",
        range=(0.0, 100.0),
        countries={"KZ": {"counts": {"en": "c", "ru": "ц"}}},
    )
    bare = replace(full, code="BARE", no_scope=None, no_iccs=None, iccs=None, sdg=None)
    contract = replace(declared.contract, indicators={"FULL": full, "BARE": bare})
    second, first = codebook.indicators(contract).to_pylist()
    assert first == {
        "code": "FULL",
        "family": plain.family,
        "label_en": "l",
        "label_ru": "л",
        "definition_en": "d",
        "definition_ru": "д",
        "counting_unit": plain.counting_unit,
        "subject": plain.subject,
        "stage": plain.stage,
        "scope": plain.scope,
        "relationship_scope": plain.relationship_scope,
        "no_scope_en": "s",
        "no_scope_ru": "с",
        "unit_measure": plain.unit,
        "direction": plain.direction,
        "iccs": "ICCS1",
        "no_iccs_en": "i",
        "no_iccs_ru": "и",
        "sdg": "5.2.1",
        "domestic": plain.domestic,
        "range_min": 0,
        "range_max": 100,
        "rate_base": plain.rate,
        "countries": '{"KZ": {"counts": {"en": "c", "ru": "ц"}}}',
        "limitations_en": "x",
        "limitations_ru": "х",
    }
    nothing = ("no_scope_en", "no_scope_ru", "no_iccs_en", "no_iccs_ru", "iccs", "sdg")
    assert second == {**first, "code": "BARE", **dict.fromkeys(nothing)}
