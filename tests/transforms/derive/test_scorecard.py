"""Scorecards: verdicts of items from figures, services and readers, each with what shows it."""

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.model import ScoreFramework, ScoreItem, ScorePart, Text
from data_contracts.strict_files import DeclarationError, Row
from pipelines.declarations import Declarations
from sources.dataset import BUNDLED
from transforms.derive.requirements import figures
from transforms.derive.scorecard import scorecard

Score = Callable[..., dict[str, Any]]
Given = dict[str, str]
JUDGED = Path("scorecard/tj.csv")
# Breakdowns that an item asks for and no country publishes of its indicators yet.
NEVER_USED = {("NC-5", "REASON")}


def judgement(line: int = 2, **given: str) -> Row:
    cells = {
        "id": "x",
        "item": "X-1",
        "country": "TJ",
        "since": "2019",
        "until": "2021",
        "verdict": "part",
        "reason_en": "One survey.",
        "reason_ru": "Одно обследование.",
        "source": "tj-a1",
        "quote": "",
    }
    return Row(JUDGED, line, {**cells, **given})


def service(**given: str) -> Row:
    cells = {"country": "TJ", "kind": "correctional_programme", "area": "TJ", "operator": "Centre"}
    rest = {
        "since": "2019",
        "until": "",
        "law_id": "",
        "state": "operating",
        "source": "tj-a21",
        "quote": "Centre works",
    }
    return Row(Path("tj.csv"), 2, {**cells, **rest, **given})


@pytest.fixture
def score(declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table) -> Score:
    """The row of TJ 2020 (or of another place) for one item of these parts."""

    def make(
        *parts: ScorePart,
        rows: tuple[dict[str, Any], ...] = (),
        services: tuple[Row, ...] = (),
        judged: tuple[Row, ...] = (),
        place: tuple[str, int] = ("TJ", 2020),
        item: ScoreItem | None = None,
    ) -> dict[str, Any]:
        item = item or ScoreItem("X-1", Text("t", "т"), parts, "IC-7")
        contract = replace(
            declared.contract, scorecard=(ScoreFramework("EIGE", "https://example.org", (item,)),)
        )
        latest = {"indicator": "POPULATION", "ref_area": "KZ", "year": 2021, "obs_value": 1.0}
        given = ({"ref_area": "TJ", "year": 2020, "obs_value": 1.0, **row} for row in rows)
        asked = figures(contract, observations(latest, *given), sources, declared.datasets)
        made = scorecard(contract, asked, sources, services, judged).to_pylist()
        return next(row for row in made if (row["country"], row["year"]) == place)

    return make


CASES = {"indicator": "DV_CASES"}
WOMEN = ScorePart(indicators="DV_CASES", needs=("sex=F",))


def test_a_figure_that_meets_all_needs_is_yes_and_is_the_evidence(score: Score) -> None:
    row = score(WOMEN, rows=(CASES, {**CASES, "sex": "F"}))
    assert (row["verdict"], row["verdict_basis"], row["missing"]) == ("yes", "derived", None)
    assert row["evidence"] == f"{3:016x}"
    assert row["publisher_en"] == "Supreme Court" and row["publisher_ru"] == "Верховный суд"


def test_years_are_judged_from_2015_to_that_of_the_newest_figure(score: Score) -> None:
    women = {**CASES, "sex": "F"}
    rows = tuple({**women, "year": year} for year in (2014, 2015, 2021))
    found = {year: score(WOMEN, rows=rows, place=("TJ", year))["verdict"] for year in (2015, 2016, 2021)}
    assert found == {2015: "yes", 2016: "no", 2021: "yes"}
    for year in (2014, 2022):
        with pytest.raises(StopIteration):
            score(WOMEN, rows=rows, place=("TJ", year))


def test_a_figure_without_what_is_needed_is_a_part_and_none_is_no(score: Score) -> None:
    row = score(WOMEN, rows=(CASES,))
    assert (row["verdict"], row["missing"], row["evidence"]) == ("part", "sex=F", f"{2:016x}")
    assert row["total_only"] is True
    row = score(WOMEN)
    assert (row["verdict"], row["evidence"], row["source_id"], row["total_only"]) == ("no", None, None, False)


def test_one_group_alone_is_a_part_of_a_breakdown_as_well(score: Score) -> None:
    """Victims of one age were a part of "victims by age", and nothing of the item that asks for the ages alone."""
    group = {**CASES, "age": "Y_LT18"}
    for part in (
        ScorePart(indicators="DV_CASES", needs=("age",)),
        ScorePart(indicators="DV_CASES", tells_apart=("age",)),
    ):
        row = score(part, rows=({**CASES, "sex": "F"}, group))
        assert (row["verdict"], row["missing"], row["evidence"]) == ("part", "age", f"{3:016x}")


def test_what_is_missing_beside_a_published_part_is_named(score: Score) -> None:
    """Only the region was named as missing where sex, form and relationship had no figure at all."""
    victims = ScorePart(indicators="DV_VICTIMS", needs=("sex", "age"))
    assert score(WOMEN, victims, rows=(CASES,))["missing"] == "DV_CASES:sex=F;DV_VICTIMS:sex;DV_VICTIMS:age"
    applied = ScorePart(requirement="EIGE-10A")
    assert score(WOMEN, applied, rows=(CASES,))["missing"] == "DV_CASES:sex=F;EIGE-10A:sex=F"
    assert score(WOMEN, victims)["missing"] is None
    assert score(WOMEN, victims, rows=(CASES,))["total_only"] is True
    for women in ({**CASES, "sex": "F"}, {"indicator": "DV_VICTIMS", "sex": "F"}):
        assert score(WOMEN, victims, rows=(CASES, women))["total_only"] is False


def test_a_part_that_any_figure_would_meet_names_its_indicator(score: Score) -> None:
    """Of orders applied for and granted, only the granted ones are published: nothing was named as missing."""
    applied = ScorePart(indicators="PROTECTION_ORDER_APPLICATIONS;PROTECTION_ORDERS_AREA_SHARE")
    assert (
        score(WOMEN, applied, rows=({**CASES, "sex": "F"},))["missing"]
        == "indicator=PROTECTION_ORDER_APPLICATIONS"
    )
    assert score(applied)["missing"] is None


@pytest.mark.parametrize("doubt", [{"obs_status": "U"}, {"obs_status": "D"}])
def test_a_doubtful_figure_is_never_yes(score: Score, doubt: dict[str, str]) -> None:
    assert score(WOMEN, rows=({**CASES, "sex": "F", **doubt},))["verdict"] == "part"
    """It was a part of "cases of women", and nothing where the breakdown is the item."""
    apart = ScorePart(indicators="DV_CASES", tells_apart=("sex=F",))
    for rows in (({**CASES, "sex": "F", **doubt},), (CASES, {**CASES, "sex": "F", **doubt})):
        row = score(apart, rows=rows)
        assert (row["verdict"], row["missing"], row["evidence"]) == (
            "part",
            "sex=F;reliable",
            f"{len(rows) + 1:016x}",
        )
    assert score(apart, rows=({**CASES, **doubt},))["verdict"] == "no"


def test_where_the_breakdown_is_the_item_a_total_is_nothing(score: Score) -> None:
    part = ScorePart(indicators="DV_CASES", tells_apart=("sex=F", "region"))
    assert score(part, rows=(CASES,))["verdict"] == "no"
    assert score(part, rows=({**CASES, "sex": "F"},))["verdict"] == "part"
    regions = [{**CASES, "ref_area": code} for code in ("TJ-SU", "TJ-KT", "TJ-GB")]
    assert score(part, rows=({**CASES, "sex": "F"}, regions[0]))["verdict"] == "part"
    row = score(part, rows=({**CASES, "sex": "F"}, *regions))
    assert row["verdict"] == "yes" and row["evidence"].startswith(f"{2:016x};")


def test_the_evidence_of_a_part_is_the_figure_nearest_to_what_is_needed(score: Score) -> None:
    killed = {"indicator": "HOMICIDE_VICTIMS"}
    part = ScorePart(indicators="HOMICIDE_VICTIMS", needs=("sex=F+relationship=IPTN",))
    row = score(part, rows=(killed, {**killed, "sex": "M"}, {**killed, "sex": "F"}))
    assert (row["verdict"], row["evidence"]) == ("part", f"{4:016x}")
    region = {**killed, "sex": "F", "ref_area": "TJ-SU"}
    assert score(part, rows=(region, {**killed, "sex": "F"}))["evidence"] == f"{3:016x}"
    assert score(part, rows=(region, killed))["evidence"] == f"{2:016x}"


def test_what_answers_only_in_part_is_never_the_whole(score: Score) -> None:
    """The change of reports in percent was no data at all, and appeals to the committee were not either."""
    change = {"indicator": "DV_REPORT_CHANGE_INDEX", "sex": "F"}
    for needs in ({"needs": ("sex=F",)}, {"tells_apart": ("sex=F",)}):
        part = ScorePart(indicators="DV_CASES", partly="DV_REPORT_CHANGE_INDEX", **needs)
        row = score(part, rows=(change,))
        assert (row["verdict"], row["missing"], row["evidence"]) == (
            "part",
            "indicator=DV_CASES",
            f"{2:016x}",
        )
        row = score(part, rows=(change, {**CASES, "sex": "F"}))
        assert (row["verdict"], row["evidence"]) == ("yes", f"{3:016x}")
        total = score(part, rows=({**change, "sex": "_T"},))
        assert total["verdict"] == ("no" if "tells_apart" in needs else "part")
        assert score(part)["verdict"] == "no"


def test_parts_together(score: Score) -> None:
    orders = ScorePart(indicators="PROTECTION_ORDERS")
    row = score(WOMEN, orders, rows=({**CASES, "sex": "F"},))
    assert row["verdict"] == "part"
    assert (
        score(WOMEN, orders, rows=({**CASES, "sex": "F"}, {"indicator": "PROTECTION_ORDERS"}))["verdict"]
        == "yes"
    )
    assert score(WOMEN, orders)["verdict"] == "no"


def test_a_requirement_of_the_minimum_set_gives_the_same_answer(score: Score) -> None:
    killed = {"indicator": "HOMICIDE_VICTIMS", "sex": "F"}
    part = ScorePart(requirement="EIGE-9")
    assert score(part, rows=({**killed, "relationship": "IPTN_FAM"},))["verdict"] == "part"
    assert score(part, rows=({**killed, "relationship": "IPTN"},))["verdict"] == "yes"


def test_services_answer_from_the_year_in_which_they_run(score: Score) -> None:
    part = ScorePart(services="correctional_programme", says="operator")
    row = score(part, services=(service(),))
    assert (row["verdict"], row["source_id"], row["evidence"]) == ("yes", "tj-a21", None)
    assert row["quote"] == "Centre works"
    unproven = score(part, services=(service(quote=""),))
    assert (unproven["verdict"], unproven["missing"], unproven["quote"]) == ("no", "operator", None)
    assert score(part, services=(service(),), place=("TJ", 2018))["verdict"] == "no"
    assert score(part, services=(service(), service(operator="")))["verdict"] == "part"
    assert score(part, services=(service(operator=""),))["missing"] == "operator"
    assert score(part, services=(service(until="2019-12"),))["verdict"] == "no"
    newer = service(since="2020", source="tj-a28")
    assert score(part, services=(service(), newer))["source_id"] == "tj-a28"


def test_a_service_is_not_known_after_its_page(score: Score) -> None:
    """A page of 2023 said "yes" of 2026, and a pilot stood for a service of the country whose page had ended."""
    part = ScorePart(services="correctional_programme", says="operator")
    old = service(source="kg-s58")
    assert score(part, services=(old,), place=("TJ", 2019))["verdict"] == "yes"
    row = score(part, services=(old,))
    assert (row["verdict"], row["source_id"], row["quote"], row["missing"]) == ("unknown", None, None, None)
    assert score(part, services=(old, service(area="TJ-SU"), service(state="pilot")))["verdict"] == "unknown"
    assert score(part, services=(old, service()))["verdict"] == "yes"
    assert score(part, services=(service(source="kg-s58", until="2019"),))["verdict"] == "no"


def test_a_service_without_a_beginning_counts_from_the_year_of_its_source(score: Score) -> None:
    part = ScorePart(services="correctional_programme", says="operator")
    undated = service(since="", source="kg-s10")
    assert score(part, services=(undated,))["verdict"] == "no"
    assert score(part, services=(undated,), place=("TJ", 2021))["verdict"] == "yes"


def test_a_service_of_one_region_and_a_pilot_are_none_of_the_country(score: Score) -> None:
    """One room in Khujand answered for Tajikistan, a pilot in five regions for Kazakhstan."""
    part = ScorePart(services="correctional_programme", says="operator")
    room = service(area="TJ-SU", source="tj-a28", since="2020")
    row = score(part, services=(room,))
    assert (row["verdict"], row["missing"], row["source_id"]) == ("part", "country", "tj-a28")
    row = score(part, services=(room, service()))
    assert (row["verdict"], row["missing"], row["source_id"]) == ("yes", None, "tj-a21")
    row = score(part, services=(room, service(area="TJ-GB", operator="")))
    assert (row["verdict"], row["missing"]) == ("part", "operator;country")
    assert score(part, services=(room, service(operator="")))["verdict"] == "no"
    row = score(part, services=(service(state="pilot"),))
    assert (row["verdict"], row["missing"]) == ("part", "country")
    assert score(part, services=(service(state="pilot", operator=""), service()))["verdict"] == "yes"


def declared_item(declared: Declarations, code: str) -> ScoreItem:
    return next(
        item for framework in declared.contract.scorecard for item in framework.items if item.code == code
    )


def declared_parts(declared: Declarations, item: str) -> tuple[ScorePart, ...]:
    return declared_item(declared, item).parts


def test_each_scope_is_shown_by_a_figure_of_that_scope(score: Score, declared: Declarations) -> None:
    """The figure of partners proved the domestic scope, and men hurt by strangers "any relationship"."""
    parts = declared_parts(declared, "EIGE24-1")
    partner = {"indicator": "DV_VICTIMS", "relationship": "IPTN"}
    domestic = {"indicator": "DV_VICTIMS", "relationship": "IPTN_FAM"}
    sexual = {"indicator": "SEXUAL_VIOLENCE_VICTIMS"}
    slices = [
        {**sexual, "breakdown": "PERPETRATOR=NON_PARTNER"},
        {**sexual, "relationship": "STRANGER"},
        {**sexual, "sex": "M"},
    ]
    row = score(*parts, rows=(partner, *slices))
    assert (row["verdict"], row["missing"], row["evidence"]) == (
        "part",
        "DV_VICTIMS:domestic+with_women;SEXUAL_VIOLENCE_VICTIMS:any_relationship+with_women",
        f"{2:016x}",
    )
    for wider in (domestic, {"indicator": "DV_CASES"}):
        row = score(*parts, rows=(partner, wider, *slices))
        assert row["missing"] == "SEXUAL_VIOLENCE_VICTIMS:any_relationship+with_women"
        assert row["evidence"] == f"{2:016x};{3:016x}"
        assert score(*parts, rows=(partner, wider, {**sexual, "sex": "F"}))["verdict"] == "yes"
    men = {**domestic, "sex": "M"}
    assert "domestic" in score(*parts, rows=(partner, men, {**sexual, "sex": "F"}))["missing"]


@pytest.mark.parametrize(
    ("item", "code", "one", "other"),
    [
        ("GDB-2.5", "DV_CRIMES", {"ref_area": "TJ-SU"}, ({"ref_area": "TJ-KT"}, {"ref_area": "TJ-GB"})),
        (
            "IC16-2",
            "PROGRAMME_FACILITIES",
            {"ref_area": "TJ-SU"},
            ({"ref_area": "TJ-KT"}, {"ref_area": "TJ-GB"}),
        ),
        ("EIGE24-3", "DV_VICTIMS", {"violence_form": "SEXUAL"}, ({"violence_form": "PHYSICAL"},)),
        ("IC-2", "DV_VICTIMS", {"violence_form": "SEXUAL"}, ({"violence_form": "PHYSICAL"},)),
        ("IC-4", "DV_CRIMES", {"ref_area": "TJ-SU"}, ({"ref_area": "TJ-KT"}, {"ref_area": "TJ-GB"})),
    ],
)
def test_one_group_of_a_breakdown_is_a_part_of_it_and_the_total_nothing(
    score: Score, declared: Declarations, item: str, code: str, one: Given, other: tuple[Given, ...]
) -> None:
    """Figures of ten Länder were no geography at all, and sexual violence alone was "by form"."""
    parts = declared_parts(declared, item)
    found = [
        score(*parts, rows=tuple({"indicator": code, **row} for row in rows))["verdict"]
        for rows in (({},), ({}, one), ({}, one, *other))
    ]
    assert found == ["no", "part", "yes"]
    doubted = score(
        *parts, rows=tuple({"indicator": code, "obs_status": "U", **row} for row in (one, *other))
    )
    assert doubted["verdict"] == "part"


def test_women_and_total_are_of_one_series(score: Score, declared: Declarations) -> None:
    """Women of one offence, by partner or relative, stood beside all victims of relatives."""
    parts = declared_parts(declared, "EIGE24-2")
    total = {"indicator": "DV_VICTIMS", "relationship": "IPTN"}
    women = {**total, "sex": "F"}
    for other in (
        {"relationship": "FAM"},
        {"breakdown": "OFFENCE=THREAT"},
        {"violence_form": "PHYSICAL"},
        {"dataset_id": "tj_statements"},
        {"time_period": "2020-S1"},
        {"ref_area": "TJ-SU"},
    ):
        assert score(*parts, rows=(total, {**women, **other}))["verdict"] == "part", other
    row = score(*parts, rows=(total,))
    assert (row["missing"], row["total_only"]) == ("sex=F", True)
    assert score(*parts, rows=(total, {**women, "relationship": "FAM"}))["missing"] == "one_series"
    assault = [{**row, "breakdown": "OFFENCE=SIMPLE_ASSAULT"} for row in (total, women)]
    sexual = [{**row, "violence_form": "SEXUAL"} for row in (total, women)]
    for some in (assault, sexual):
        assert score(*parts, rows=tuple(some))["verdict"] == "part"
    family = [{**row, "relationship": "FAM"} for row in (total, women)]
    pairs = ([total, *family, women], [family[1], total, women, family[0]])
    for rows, shown in zip(pairs, ({3, 4}, {2, 5}), strict=True):
        evidence = score(*parts, rows=tuple(rows))["evidence"].split(";")
        assert {int(key, 16) for key in evidence} == shown
    assert score(*parts, rows=(total, women))["verdict"] == "yes"


def test_one_offence_is_not_all_of_them(score: Score, declared: Declarations) -> None:
    """Women threatened by partners met "women victims of partners", and one kind of offence "by region"."""
    women = {"indicator": "DV_VICTIMS", "sex": "F", "relationship": "IPTN"}
    for some in (
        {"breakdown": "OFFENCE=THREAT"},
        {"breakdown": "ARTICLE=KZ_CC_106"},
        {"violence_form": "SEXUAL"},
    ):
        row = score(
            *declared_parts(declared, "EIGE-1"), rows=({**women, **some}, {**women, **some, "age": "Y_LT18"})
        )
        assert (row["verdict"], row["missing"].split(";")[-1]) == ("part", "every_offence")
    # Forms are what these ask, and a survey asks of physical or sexual violence.
    physical = {
        "indicator": "DV_CASES_FORM_SHARE",
        "sex": "F",
        "relationship": "IPTN",
        "violence_form": "PHYSICAL",
    }
    assert score(*declared_parts(declared, "EIGE-4"), rows=(physical,))["verdict"] == "yes"
    raped = {
        "indicator": "SEXUAL_VIOLENCE_VICTIMS",
        "sex": "F",
        "relationship": "IPTN",
        "breakdown": "OFFENCE=RAPE",
    }
    assert score(*declared_parts(declared, "EIGE-8"), rows=(raped,))["verdict"] == "yes"
    survey = {"indicator": "IPV_12M", "violence_form": "PHYSICAL_SEXUAL"}
    regions = [{**survey, "ref_area": code} for code in ("TJ-SU", "TJ-KT", "TJ-GB")]
    assert score(*declared_parts(declared, "UN-9"), rows=tuple(regions))["verdict"] == "yes"


def test_kinds_of_offence_tell_forms_apart(score: Score, declared: Declarations) -> None:
    """Germany 2021: assaults and threats of partners were not "by type of violence", and its forms were no forms."""
    assault, harm, threat = (
        {"indicator": "DV_CASES_FORM_SHARE", "relationship": "IPTN", "breakdown": f"OFFENCE={code}"}
        for code in ("SIMPLE_ASSAULT", "GRAVE_HARM", "THREAT")
    )
    sexual = {**assault, "breakdown": "_T", "violence_form": "SEXUAL"}
    cases = (((assault, harm), "part", "part"), ((assault, threat), "yes", "part"))
    for rows, by_form, each_form in (*cases, ((assault, threat, sexual), "yes", "yes")):
        for item, verdict in (("IC-2", by_form), ("EIGE24-3", by_form), ("GDB-2.0", each_form)):
            assert score(*declared_parts(declared, item), rows=rows)["verdict"] == verdict, item


def test_the_whole_family_sphere_tells_no_relationship_apart(score: Score, declared: Declarations) -> None:
    """Coded as partners and relatives together, a total of Germany was a part where one of Kazakhstan was none."""
    for whole in ({"relationship": "IPTN_FAM"}, {}):
        assert score(*declared_parts(declared, "IC-3"), rows=({**CASES, **whole},))["verdict"] == "no"
    assert (
        score(*declared_parts(declared, "IC-3"), rows=({**CASES, "relationship": "FAM"},))["verdict"]
        == "part"
    )


def test_a_killing_counts_only_where_the_relationship_is_told_apart(
    score: Score, declared: Declarations
) -> None:
    """All women killed were a part of the women killed by a partner in EIGE-9, and nothing of them in FEM-1."""
    women = {"indicator": "HOMICIDE_VICTIMS", "sex": "F"}
    for item in ("EIGE-9", "FEM-1"):
        parts = declared_parts(declared, item)
        assert score(*parts, rows=(women, {"indicator": "DV_KILLED"}))["verdict"] == "no"
        men = {**women, "sex": "M", "relationship": "IPTN"}
        family = {**women, "relationship": "FAM"}
        assert score(*parts, rows=(women, men, family))["verdict"] == "no"
        both = {**women, "sex": "_T", "relationship": "IPTN"}
        assert score(*parts, rows=(women, both))["verdict"] == "part"
        assert score(*parts, rows=({**women, "relationship": "IPTN"},))["verdict"] == "yes"
    raped = {"indicator": "SEXUAL_VIOLENCE_VICTIMS", "sex": "F"}
    assert score(*declared_parts(declared, "EIGE-8"), rows=(raped,))["verdict"] == "no"


@pytest.mark.parametrize(
    ("item", "answer", "nothing"),
    [
        ("EIGE-4", {"breakdown": "OFFENCE=SIMPLE_ASSAULT"}, {"breakdown": "OFFENCE=STALKING"}),
        ("EIGE-4", {"violence_form": "PHYSICAL"}, {"violence_form": "SEXUAL"}),
        ("EIGE-5", {"breakdown": "OFFENCE=STALKING"}, {"breakdown": "OFFENCE=SIMPLE_ASSAULT"}),
    ],
)
def test_an_offence_of_another_form_is_no_part_of_a_form(
    score: Score, declared: Declarations, item: str, answer: Given, nothing: Given
) -> None:
    """Shares of threats and of sexual violence by partners were shown for physical violence by partners."""
    parts = declared_parts(declared, item)
    share = {"indicator": "DV_CASES_FORM_SHARE", "relationship": "IPTN"}
    assert score(*parts, rows=({**share, **nothing},))["verdict"] == "no"
    row = score(*parts, rows=({**share, **nothing}, {**share, **answer}))
    assert (row["verdict"], row["evidence"]) == ("part", f"{3:016x}")


def test_a_share_of_women_among_victims_tells_the_sexes_apart(score: Score, declared: Declarations) -> None:
    """It counted of perpetrators alone. The share of a kind of household among women tells no sexes apart."""
    women = {"indicator": "DV_VICTIMS_SEX_SHARE", "sex": "F", "relationship": "IPTN"}
    household = {**women, "breakdown": "HOUSEHOLD_OF_VICTIM=WITH_AGGRESSOR"}
    row = score(*declared_parts(declared, "GDB-2.2"), rows=(women,))
    assert (row["verdict"], row["missing"]) == ("part", "age;relationship")
    assert score(*declared_parts(declared, "IC-1"), rows=(women,))["missing"] == "age"
    relations = [
        {"indicator": "DV_CASES_RELATION_SHARE", "relationship": "IPTN", "breakdown": f"RELATION={code}"}
        for code in ("SPOUSE", "EX_PARTNER")
    ]
    for item in ("GDB-2.2", "IC-3"):
        row = score(*declared_parts(declared, item), rows=tuple(relations))
        assert "relationship" not in (row["missing"] or "") and row["verdict"] != "no"
    for item in ("GDB-2.2", "EIGE-1", "IC-1"):
        assert score(*declared_parts(declared, item), rows=(household,))["verdict"] == "no"


def test_groups_that_exclude_each_other_are_no_sexes(score: Score, declared: Declarations) -> None:
    """Women who are no girls and not old, 77.9 % of victims, stood as the share of the female sex."""
    groups = [
        {"indicator": "DV_VICTIMS_SEX_SHARE", "breakdown": f"VICTIM_GROUP={code}"}
        for code in ("WOMEN", "MEN", "ELDERLY")
    ]
    for item in ("EIGE-1", "IC-1", "GDB-2.2"):
        assert score(*declared_parts(declared, item), rows=tuple(groups))["verdict"] == "no"
    path = BUNDLED / "figures" / "kz_statements.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        transcribed = [row for row in csv.DictReader(handle) if row["source"] == "kz-safetylit-forensic"]
    assert len(transcribed) == 4 and not any(row["sex"] for row in transcribed)


def test_the_programmes_of_members_run_since_their_association(score: Score, declared: Declarations) -> None:
    row = score(*declared_parts(declared, "IC16-3"), services=declared.services, place=("DE", 2015))
    assert (row["verdict"], row["source_id"]) == ("yes", "de-bag-2025")


def test_money_of_one_centre_answers_nothing_and_a_change_index_in_part(
    score: Score, declared: Declarations
) -> None:
    money = {"indicator": "SERVICE_FUNDING"}
    parts = declared_parts(declared, "SVC-6")
    assert score(*parts, rows=({**money, "breakdown": "CENTRE=KOSTANAY_NGO;KIND=NGO"},))["verdict"] == "no"
    assert score(*parts, rows=({**money, "breakdown": "KIND=NGO"},))["verdict"] == "yes"
    index = {"indicator": "DV_REPORT_CHANGE_INDEX", "dataset_id": "kz_sdg"}
    for item in ("IC11-4", "GDB-A0", "GDB-1.0"):
        row = score(*declared_parts(declared, item), rows=(index,))
        assert (row["verdict"], row["missing"]) == ("part", "indicator=DV_REPORTS")
    # No breakdown is asked for: a total in the press is not a total alone.
    for item in ("IC11-4", "GDB-A0"):
        row = score(*declared_parts(declared, item), rows=({**CASES, "obs_status": "V"},))
        assert (row["verdict"], row["missing"], row["total_only"]) == ("part", "own_file", False)


def test_a_figure_of_several_years_is_no_answer_for_one(score: Score) -> None:
    span = {
        **CASES,
        "sex": "F",
        "time_period": "2020-01-01/P2Y",
        "period_start": dt.date(2020, 1, 1),
        "period_end": dt.date(2021, 12, 31),
    }
    apart = ScorePart(indicators="DV_CASES", tells_apart=("sex=F",))
    for part in (WOMEN, apart):
        for year in (2020, 2021):
            row = score(part, rows=(span,), place=("TJ", year))
            assert (row["verdict"], row["missing"]) == ("part", "sex=F;one_year")
        assert score(part, rows=(span,), place=("TJ", 2019))["verdict"] == "no"


def test_a_readers_verdict_holds_for_its_years_only(score: Score) -> None:
    row = score(judged=(judgement(),))
    assert (row["verdict"], row["verdict_basis"], row["source_id"]) == ("part", "judged", "tj-a1")
    assert row["quote"] is None and row["total_only"] is False
    assert score(judged=(judgement(quote="Words."),))["quote"] == "Words."
    assert row["reason_en"] == "One survey." and row["reason_ru"] == "Одно обследование."
    other = score(judged=(judgement(),), place=("TJ", 2018))
    assert (other["verdict"], other["verdict_basis"], other["source_id"]) == ("unknown", "none", None)


def test_who_would_answer_may_be_named_by_country(score: Score, declared: Declarations) -> None:
    """The police of states that are no parties would have reported to the experts of the Convention."""
    item = declared_item(declared, "IC11-3")
    germany = score(item=item, place=("DE", 2020))
    assert germany["publisher_en"].startswith("Federal Government")
    assert germany["publisher_ru"].startswith("Федеральное правительство")
    other = score(item=item)
    assert (other["publisher_en"], other["publisher_ru"]) == (None, None)


def test_every_bundled_verdict_of_a_reader_has_the_words_that_show_it(declared: Declarations) -> None:
    """45 of 53 cells named a page alone. A quote has at most 25 words."""
    assert len(declared.judgements) > 10
    for entry in declared.judgements:
        words = len(entry["quote"].split())
        assert entry["verdict"] == "unknown" or 0 < words <= 25, f"{entry['id']}: {words} words"


def test_every_rule_for_a_reader_says_what_makes_yes_and_no(declared: Declarations) -> None:
    """Twelve items were unknown everywhere, and no rule said what would make them a no."""
    judged = [item for f in declared.contract.scorecard for item in f.items if not item.parts]
    assert len(judged) > 10
    for item in judged:
        assert item.rule is not None
        assert "Yes: " in item.rule.en and "No: " in item.rule.en, item.code
        assert "Да: " in item.rule.ru and "Нет: " in item.rule.ru, item.code


def test_a_wrong_verdict_of_a_reader_names_file_and_line(score: Score) -> None:
    for given, words in (
        ({"item": "X-2"}, "is no item"),
        ({"verdict": "maybe"}, "unknown verdict 'maybe'"),
        ({"country": "FR"}, "unknown country 'FR'"),
        ({"source": "tj-a28", "until": "2100"}, "'tj-a28' is of 20.. and shows nothing of 2100"),
    ):
        with pytest.raises(DeclarationError, match=rf"tj\.csv, line 2.*{words}"):
            score(judged=(judgement(**given),))
    with pytest.raises(DeclarationError, match=r"tj\.csv, line 3.*judged in line 2 too"):
        score(judged=(judgement(), judgement(3, id="y", since="2021", until="2022")))
    with pytest.raises(DeclarationError, match="is no item"):
        score(WOMEN, judged=(judgement(),))


def test_the_comparator_is_marked(score: Score) -> None:
    assert score(WOMEN, place=("DE", 2020))["comparator"] is True
    assert score(WOMEN)["comparator"] is False


def test_every_verdict_of_the_bundled_release_can_be_shown(declared: Declarations, release_dir: Path) -> None:
    from pipelines.published.query import query

    rows = query(release_dir, "SELECT * FROM scorecard").to_pylist()
    items = [item for framework in declared.contract.scorecard for item in framework.items]
    assert {row["item"] for row in rows} == {item.code for item in items}
    years = {row["year"] for row in rows}
    assert len(rows) == len(items) * 5 * len(years)
    keys = set(query(release_dir, "SELECT obs_key FROM observations")["obs_key"].to_pylist())
    for row in rows:
        shown = (row["evidence"] or "").split(";") if row["evidence"] else []
        assert set(shown) <= keys
        if row["verdict"] in ("yes", "part"):
            assert shown or row["source_id"], row
    scores = query(release_dir, "SELECT * FROM scores WHERE country = 'DE'").to_pylist()
    assert scores and all(row["comparator"] for row in scores)
    for row in scores:
        counts = [row[f"items_{verdict}"] for verdict in ("yes", "part", "no", "unknown")]
        assert sum(counts) == row["items"]


def test_scorecard_and_coverage_agree_where_they_ask_the_same(release_dir: Path) -> None:
    from pipelines.published.query import query

    differing = query(
        release_dir,
        """SELECT s.item, s.country, s.year, s.verdict, c.coverage_status FROM scorecard s
        JOIN coverage c ON c.requirement = s.item AND c.country = s.country AND c.year = s.year
        WHERE s.item NOT IN ('EIGE-10', 'IC-8', 'IC-9', 'PRG-8') AND s.verdict
          <> CASE c.coverage_status WHEN 'published' THEN 'yes' WHEN 'partial' THEN 'part' ELSE 'no' END""",
    )
    assert differing.num_rows == 0


def test_every_breakdown_asked_for_is_one_that_its_indicators_have(
    declared: Declarations, release_dir: Path
) -> None:
    """Services asked for SERVICE, which only figures of health services have: whatever was published, it was "no"."""
    from pipelines.published.query import query

    contract = declared.contract
    rows = query(release_dir, "SELECT DISTINCT indicator, breakdown FROM observations").to_pylist()
    used = {
        (row["indicator"], part.partition("=")[0]) for row in rows for part in row["breakdown"].split(";")
    }
    names = {code.partition("=")[0] for code in contract.codelists["breakdown"]}
    asked = [(row["requirement"], row["indicators"], row["needs"].split(";")) for row in contract.coverage]
    for item in (item for framework in contract.scorecard for item in framework.items):
        asked += [(item.code, part.indicators, [*part.needs, *part.tells_apart]) for part in item.parts]
    never = {
        (code, name)
        for code, indicators, needs in asked
        for name in {term.partition("=")[0] for need in needs for term in need.split("+")} & names
        if not any((one.partition("/")[0], name) in used for one in indicators.split(";"))
    }
    assert len(asked) > 100
    assert never == NEVER_USED


def test_what_figures_show_of_other_countries_is_carried_on(
    declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table
) -> None:
    """What services and readers say is judged anew for all."""
    items = tuple(
        ScoreItem(code, Text("t", "т"), parts, "IC-7")
        for code, parts in (
            ("X-1", ()),
            ("X-2", (WOMEN,)),
            ("X-3", (ScorePart(services="correctional_programme", says="operator"),)),
        )
    )
    contract = replace(declared.contract, scorecard=(ScoreFramework("EIGE", "https://example.org", items),))
    women = [{**CASES, "ref_area": area, "year": 2020, "obs_value": 1.0, "sex": "F"} for area in ("TJ", "KZ")]

    def made(rows: list[dict[str, Any]], services: list[Row], judged: list[Row], **more: Any) -> pa.Table:
        asked = figures(contract, observations(*rows), sources, declared.datasets)
        return scorecard(contract, asked, sources, services, judged, **more)

    last = made([{**women[0], "indicator": "POPULATION"}], [], [])
    running = [service(), service(country="KZ", area="KZ")]
    reader = [judgement(), judgement(3, id="y", country="KZ")]
    table = made(women, running, reader, countries=["TJ"], last=last)
    found = {
        (row["country"], row["item"]): row["verdict"] for row in table.to_pylist() if row["year"] == 2020
    }
    assert {item: found["TJ", item] for item in ("X-1", "X-2", "X-3")} == {
        "X-1": "part",
        "X-2": "yes",
        "X-3": "yes",
    }
    assert {item: found["KZ", item] for item in ("X-1", "X-2", "X-3")} == {
        "X-1": "part",
        "X-2": "no",
        "X-3": "yes",
    }
    assert table.num_rows == last.num_rows
