"""Coverage: a requirement is met by figures that meet its needs, not by anything that is near."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.strict_files import Row
from pipelines.declarations import Declarations
from transforms.derive.coverage import coverage
from transforms.derive.requirement_figures import LIMITS
from transforms.derive.requirements import ONE_SERIES, figures

Covered = Callable[..., dict[str, Any]]


def requirement(indicators: str, needs: str) -> Row:
    bodies = {f"body_{country}": "Ministry | Министерство" for country in ("kz", "kg", "tj", "uz", "de")}
    cells = {
        "requirement": "X-1",
        "framework": "X",
        "title_en": "t",
        "title_ru": "т",
        "indicators": indicators,
        "needs": needs,
        **bodies,
    }
    return Row(Path("coverage.csv"), 7, cells)


@pytest.fixture
def covered(declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table) -> Covered:
    """The row of TJ 2020 for one requirement and some observations."""

    def make(indicators: str, needs: str, *rows: dict[str, Any]) -> dict[str, Any]:
        contract = replace(declared.contract, coverage=(requirement(indicators, needs),))
        latest = {"indicator": "POPULATION", "ref_area": "KZ", "year": 2021, "obs_value": 1.0}
        given = ({"ref_area": "TJ", "year": 2020, "obs_value": 1.0, **row} for row in rows)
        asked = figures(contract, observations(latest, *given), sources, declared.datasets)
        made = coverage(contract, asked)
        return next(row for row in made.to_pylist() if (row["country"], row["year"]) == ("TJ", 2020))

    return make


def verdict(row: dict[str, Any]) -> tuple[str, str | None, bool]:
    return row["coverage_status"], row["missing"], row["total_only"]


KILLED = {"indicator": "HOMICIDE_VICTIMS"}
WOMEN_BY_PARTNERS = "sex=F+relationship=IPTN"


def test_men_killed_by_partners_do_not_answer_for_women(covered: Covered) -> None:
    women, men = {**KILLED, "sex": "F"}, {**KILLED, "sex": "M", "relationship": "IPTN"}
    assert verdict(covered("HOMICIDE_VICTIMS", WOMEN_BY_PARTNERS, women, men)) == (
        "partial",
        WOMEN_BY_PARTNERS,
        False,
    )
    both = {**KILLED, "sex": "F", "relationship": "IPTN"}
    assert verdict(covered("HOMICIDE_VICTIMS", WOMEN_BY_PARTNERS, women, both)) == ("published", None, False)


def test_only_a_total_is_said_to_be_one(covered: Covered) -> None:
    cases = {"indicator": "DV_CASES"}
    assert verdict(covered("DV_CASES", "violence_form", cases)) == ("partial", "violence_form", True)
    assert verdict(covered("DV_CASES", "sex;age", cases, {**cases, "sex": "F"})) == ("partial", "age", False)
    regions = [{**cases, "ref_area": code} for code in ("TJ-SU", "TJ-KT", "TJ-GB")]
    assert verdict(covered("DV_CASES", "region", *regions)) == ("published", None, False)
    assert verdict(covered("DV_CASES", "region", regions[0])) == ("partial", "region;country", False)


def test_the_codebook_explains_each_word_of_missing(declared: Declarations) -> None:
    for table in ("coverage", "scorecard"):
        meaning = declared.contract.tables[table].column("missing").meaning
        for word in (*LIMITS, ONE_SERIES, "reliable"):
            assert f"; {word}: " in meaning.en and f"; {word} — " in meaning.ru, word


def test_a_figure_of_one_region_is_none_of_the_country(covered: Covered) -> None:
    """One region was "published" for its country."""
    cases, part = {"indicator": "DV_CASES"}, {"indicator": "DV_CASES", "ref_area": "TJ-SU"}
    assert verdict(covered("DV_CASES", "", part)) == ("partial", "country", False)
    assert verdict(covered("DV_CASES", "", part, cases)) == ("published", None, False)
    # The country has a total, only the region tells the sexes apart.
    assert verdict(covered("DV_CASES", "sex", {**part, "sex": "F"}, cases)) == (
        "partial",
        "sex;country",
        False,
    )
    regions = [
        {**cases, "ref_area": code, "sex": sex} for code in ("TJ-SU", "TJ-KT", "TJ-GB") for sex in "FM"
    ]
    assert verdict(covered("DV_CASES", "sex", *regions)) == ("published", None, False)


def test_an_estimate_of_a_body_of_the_country_is_a_part(covered: Covered) -> None:
    """What an association in Germany projected from its members was left out as a model made abroad."""
    estimate = {
        "indicator": "SHELTER_CLIENTS",
        "nature": "N",
        "obs_status": "E",
        "dataset_id": "de_frauenhaus",
    }
    assert verdict(covered("SHELTER_CLIENTS", "", estimate)) == ("partial", "measured", False)
    counted = {"indicator": "SHELTER_CLIENTS"}
    some = {**counted, "breakdown": "BASIS=REPORTING_SHELTERS"}
    assert covered("SHELTER_CLIENTS", "", estimate, some)["missing"] == "every_provider"
    assert verdict(covered("SHELTER_CLIENTS", "", estimate, some, counted)) == ("published", None, False)


@pytest.mark.parametrize(
    ("indicator", "period", "missing"),
    [
        ("DV_CASES", {"freq": "_O", "time_period": "2020-01-01/P10M"}, "whole_year"),
        ("DV_CASES", {"freq": "S", "time_period": "2020-S1"}, "whole_year"),
        ("DV_CASES", {"breakdown": "COVERAGE=PART_OF_YEAR"}, "whole_year"),
        ("DV_CASES", {}, None),
        ("SHELTERS", {"freq": "D", "time_period": "2020-06-01"}, None),
    ],
)
def test_some_months_are_a_part_of_the_year(
    covered: Covered, indicator: str, period: dict[str, Any], missing: str | None
) -> None:
    """Cases of eleven months by region were "published" for the year."""
    assert covered(indicator, "", {"indicator": indicator, **period})["missing"] == missing


def test_both_half_years_are_the_year(covered: Covered) -> None:
    halves = [
        {
            "indicator": "DV_CASES",
            "freq": "S",
            "time_period": f"2020-S{half}",
            "period_start": dt.date(2020, 6 * half - 5, 1),
            "period_end": dt.date(2020, 6 * half, 30),
        }
        for half in (1, 2)
    ]
    assert covered("DV_CASES", "", *halves)["missing"] is None


def test_the_longest_part_of_a_year_is_what_shows_it(covered: Covered) -> None:
    year, months = {"period_end": dt.date(2020, 12, 31)}, {"period_end": dt.date(2020, 4, 30)}
    begin = {"indicator": "DV_CASES", "period_start": dt.date(2020, 1, 1)}
    for first, second in ((year, months), (months, year)):
        row = covered("DV_CASES", "", {**begin, **first}, {**begin, **second})
        assert row["evidence"] == f"{2 if first is year else 3:016x}"


def test_a_doubtful_figure_that_shows_it_comes_before_a_total_that_does_not(covered: Covered) -> None:
    half = {"freq": "S", "time_period": "2020-S1"}
    women = {"indicator": "DV_CASES", "sex": "F", "obs_status": "U"}
    row = covered("DV_CASES", "sex", {"indicator": "DV_CASES", **half}, women)
    assert (row["missing"], row["evidence"]) == ("sex;reliable", f"{3:016x}")
    forms = [{**women, "sex": "_T", "violence_form": form} for form in ("PHYSICAL", "SEXUAL")]
    assert covered("DV_CASES", "violence_form", *forms)["missing"] == "violence_form;reliable"


@pytest.mark.parametrize("status", ["U", "D"])
def test_a_doubtful_figure_meets_no_need(covered: Covered, status: str) -> None:
    row = covered("DV_CASES", "sex", {"indicator": "DV_CASES", "sex": "F", "obs_status": status})
    assert verdict(row) == ("partial", "sex;reliable", False)


def test_part_of_an_indicator_can_be_what_answers(covered: Covered) -> None:
    shares = {"indicator": "DV_VICTIMS_SEX_SHARE"}
    assert (
        covered("DV_VICTIMS_SEX_SHARE/child", "", {**shares, "age": "Y18T35"})["coverage_status"]
        == "not_published"
    )
    assert (
        covered("DV_VICTIMS_SEX_SHARE/child", "", {**shares, "age": "Y_LT18"})["coverage_status"]
        == "published"
    )
    line = {"indicator": "CHILD_HELPLINE_CONTACTS", "breakdown": "LINE=111;SUBJECT=DOMESTIC_VIOLENCE"}
    row = covered("HOTLINE_CONTACTS_DV;CHILD_HELPLINE_CONTACTS/SUBJECT=DOMESTIC_VIOLENCE", "", line)
    assert (row["coverage_status"], row["indicator"]) == ("published", "CHILD_HELPLINE_CONTACTS")
    assert row["answered_by"] == "HOTLINE_CONTACTS_DV;CHILD_HELPLINE_CONTACTS"


def test_nothing_published_names_the_body(covered: Covered) -> None:
    row = covered("DV_CASES", "sex")
    assert verdict(row) == ("not_published", None, False)
    assert (row["observations"], row["publisher_en"], row["publisher_ru"]) == (0, "Ministry", "Министерство")


@pytest.mark.parametrize(
    "model",
    [{"nature": "E"}, {"nature": "M"}, {"nature": "N", "obs_status": "E", "dataset_id": "who_estimates"}],
)
def test_a_model_and_a_third_partys_copy_of_one_answer_nothing(
    covered: Covered, model: dict[str, str]
) -> None:
    row = covered("IPV_12M", "age", {"indicator": "IPV_12M", "age": "Y15T49", **model})
    assert verdict(row) == ("not_published", None, False)


def test_rows_of_other_countries_are_carried_on(
    declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table
) -> None:
    """Only the countries that are asked are judged anew; the others stand as they were."""
    contract = replace(declared.contract, coverage=(requirement("DV_CASES", ""),))
    cases = [
        {"indicator": "DV_CASES", "ref_area": area, "year": 2020, "obs_value": 1.0} for area in ("TJ", "KZ")
    ]

    def made(*rows: dict[str, Any], **more: Any) -> pa.Table:
        return coverage(contract, figures(contract, observations(*rows), sources, declared.datasets), **more)

    none = {"indicator": "POPULATION", "ref_area": "DE", "year": 2020, "obs_value": 1.0}
    last = made(none)
    found = made(*cases, countries=["TJ"], last=last).to_pylist()
    published = {row["country"] for row in found if row["coverage_status"] == "published"}
    assert published == {"TJ"} and len(found) == last.num_rows
    assert [(row["country"], row["year"]) for row in found] == [
        (row["country"], row["year"]) for row in made(*cases).to_pylist()
    ]
