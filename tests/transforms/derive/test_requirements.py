"""A requirement asked of figures: what answers, which needs are met, and what shows it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.vocabulary import COUNTRIES
from pipelines.declarations import Declarations
from transforms.derive.requirements import Fact, asked_indicators, figures

Ask = Callable[..., Fact | None]
CASES = {"indicator": "DV_CASES"}


@pytest.fixture
def ask(declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table) -> Ask:
    """The answer for TJ 2020 to needs (joined by ``;``) of one indicator, of some observations."""

    def make(needs: str, *rows: dict[str, Any], indicators: str = "DV_CASES") -> Fact | None:
        given = ({"ref_area": "TJ", "year": 2020, "obs_value": 1.0, **row} for row in rows)
        asked = figures(declared.contract, observations(*given), sources, declared.datasets)
        return asked.facts(indicators, [need for need in needs.split(";") if need]).get(("TJ", 2020))

    return make


def met(fact: Fact | None) -> bool:
    return fact is not None and not fact.unmet and not fact.limits


def test_nothing_asked_or_nothing_published_is_no_answer(ask: Ask) -> None:
    assert ask("sex=F", CASES, indicators="") is None
    assert ask("sex=F") is None
    assert ask("sex=F", {**CASES, "obs_value": None}) is None


def test_the_needs_that_are_met_are_shown_one_figure_each(ask: Ask) -> None:
    fact = ask("sex=F;age", CASES, {**CASES, "sex": "F"}, {**CASES, "age": "Y_LT18"})
    assert fact is not None and fact.observations == 3 and fact.indicator == "DV_CASES"
    assert fact.met == ("sex=F", "age") and fact.evidence == (f"{2:016x}", f"{3:016x}")


def test_a_group_that_nobody_asked_for_is_no_part_of_the_answer(ask: Ask) -> None:
    """Tajikistan: four men killed by a partner were a part of the women; raped minors of the women raped by one."""
    asked = "sex=F+relationship=IPTN"
    men = {**CASES, "sex": "M", "relationship": "IPTN"}
    family = {**CASES, "sex": "F", "relationship": "FAM"}
    minors = {**CASES, "age": "Y_LT18"}
    assert ask(asked, men, family, minors) is None
    for wider in (CASES, {**CASES, "relationship": "IPTN_FAM"}, {**CASES, "sex": "F"}):
        fact = ask(asked, men, wider)
        assert fact is not None and not met(fact) and fact.evidence == (f"{2:016x}",)
    assert ask("age", minors) is not None and ask("sex", minors) is None
    # Germany 2019: forms of violence against men alone, those of women being doubtful.
    assert ask("sex", {**CASES, "sex": "M"}) is not None and ask("age", {**CASES, "sex": "M"}) is None
    assert ask("", minors, indicators="DV_CASES/child") is not None
    assert ask("", {**minors, "indicator": "CHILD_DV_CASES"}, indicators="CHILD_DV_CASES") is not None


def test_one_region_is_no_table_by_region(ask: Ask) -> None:
    """A report of 45 cases in one region within ten days answered "cases by geographic location"."""
    regions = [{**CASES, "ref_area": code} for code in ("TJ-SU", "TJ-KT", "TJ-GB")]
    assert not met(ask("region", CASES, *regions[:2]))
    assert met(ask("region", CASES, *regions))
    other = [{**regions[0], "time_period": "2020-01"}, {**regions[1], "time_period": "2020-02"}]
    assert not met(ask("region", *other, regions[2]))
    for apart in ({"dataset_id": "kz_sdg"}, {"obs_status": "U"}):
        assert not met(ask("region", CASES, *({**row, **apart} for row in regions[:2]), regions[2]))


@pytest.mark.parametrize("country", COUNTRIES)
def test_half_of_the_regions_are_a_table_by_region(
    declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table, country: str
) -> None:
    """Of those that there are today; the country itself is none of them, nor are its districts."""
    areas = declared.contract.areas
    regions = [
        a["code"] for a in areas if (a["country"], a["level"], a["valid_to"]) == (country, "region", "")
    ]
    half = (len(regions) + 1) // 2
    for count in (half - 1, half):
        rows = ({**CASES, "ref_area": code, "year": 2020, "obs_value": 1.0} for code in regions[:count])
        asked = figures(declared.contract, observations(*rows), sources, declared.datasets)
        fact = asked.facts("DV_CASES", ["region"])[country, 2020]
        assert (fact.met, fact.limits) == ((("region",), ()) if count == half else ((), ("country",)))


def test_a_group_of_one_region_is_none_of_the_country(ask: Ask) -> None:
    """Women of Saxony alone answered, because the other Länder had totals."""
    totals = [{**CASES, "ref_area": code} for code in ("TJ-SU", "TJ-KT", "TJ-GB")]
    women = {**totals[0], "sex": "F"}
    fact = ask("sex=F", CASES, *totals, women)
    assert fact is not None and (fact.limited, fact.limits) == (("sex=F",), ("country",)) and not met(fact)
    assert met(ask("sex=F", CASES, *({**row, "sex": "F"} for row in totals)))


def test_an_indicator_of_children_needs_no_age(ask: Ask) -> None:
    assert met(ask("child", {"indicator": "CHILDREN_PLACED"}, indicators="CHILDREN_PLACED"))
    assert not met(ask("child", CASES))


@pytest.mark.parametrize(
    ("age", "of_children"),
    [
        ("Y_LT18", True),
        ("Y_LT14", True),
        ("Y15T17", True),
        ("Y15T18", False),
        ("Y_LT20", False),
        ("Y_GE18", False),
    ],
)
def test_children_are_under_eighteen(ask: Ask, age: str, of_children: bool) -> None:
    assert met(ask("child", {**CASES, "age": age})) is of_children


def test_what_a_later_edition_replaced_is_no_evidence(ask: Ask) -> None:
    old = {**CASES, "dataset_id": "kg_sdg_first_portal", "source_id": "kg-sdg-build-2020-12-03-5-2-1-1b"}
    later = {**old, "source_id": "kg-sdg-build-2021-10-21-5-2-1-1b"}
    new = {**old, "dataset_id": "kg_sdg", "source_id": "kg-sdg-5-2-1-3"}
    for rows, shown in (((old, new), 2), ((new, old), 1), ((old, later), 2), ((later, old), 1)):
        fact = ask("", *rows)
        assert fact is not None and fact.observations == 1 and fact.evidence == (f"{shown:016x}",)
    # Nothing replaced the old one; a current one of fewer groups comes first all the same.
    fact = ask("", old, {**new, "sex": "F"})
    assert fact is not None and fact.observations == 2 and fact.evidence == (f"{2:016x}",)


def test_overlapping_ages_are_no_table_by_age(ask: Ask) -> None:
    """Kazakhstan 2015: women of 18-49 and of 18-75 answered "partner violence by age"."""
    wide, young = {**CASES, "age": "Y18T75"}, {**CASES, "age": "Y18T49"}
    assert not met(ask("age", wide)) and not met(ask("age", wide, young))
    assert met(ask("age", young, {**CASES, "age": "Y_GE50"}))
    assert met(ask("age", CASES, {**CASES, "age": "Y_LT18"}))
    other = {**CASES, "age": "Y_GE60", "time_period": "2020-Q1", "freq": "Q"}
    assert not met(ask("age", young, other))


@pytest.mark.parametrize(
    ("need", "alone", "beside"),
    [
        ("sex", {"sex": "F"}, {"sex": "M"}),
        ("sex", {"sex": "F"}, {}),
        ("age", {"age": "Y_LT18"}, {}),
        ("relationship", {"relationship": "IPTN"}, {"relationship": "FAM"}),
        ("relationship", {"relationship": "IPTN"}, {}),
        (
            "relationship",
            {"relationship": "IPTN", "breakdown": "RELATION=SPOUSE"},
            {"relationship": "IPTN", "breakdown": "RELATION=EX_PARTNER"},
        ),
        ("violence_form", {"violence_form": "SEXUAL"}, {"violence_form": "PHYSICAL"}),
    ],
)
def test_one_group_alone_is_no_table_by_it(
    ask: Ask, need: str, alone: dict[str, str], beside: dict[str, str]
) -> None:
    """Germany 2015: victims of sexual violence by partners alone answered "by form" and "by relationship"."""
    one, other = {**CASES, **alone}, {**CASES, **beside}
    assert not met(ask(need, one)) and met(ask(need, one, other))
    other_group = {"age": "Y_GE18"} if need == "sex" else {"sex": "F"}
    elsewhere = {"breakdown": "SERVICE=LEGAL"}, {"dataset_id": "kz_sdg"}, other_group, {"obs_status": "U"}
    for apart in elsewhere:
        assert not met(ask(need, one, {**other, **apart})), apart


@pytest.mark.parametrize(
    ("rows", "partial", "reliable", "evidence"),
    [
        ([{"sex": "F"}], True, True, 1),
        ([{"sex": "F", "obs_status": "U"}], True, False, 1),
        ([{}], False, True, 1),
        ([{"sex": "F"}, {"sex": "M"}], False, True, 1),
        # The need is met in a region alone: that figure is shown, with what limits it.
        ([{"sex": "F", "ref_area": "TJ-DU"}, {"sex": "M", "ref_area": "TJ-DU"}, {}], False, True, 1),
    ],
)
def test_one_group_alone_is_a_part_of_the_answer_where_nothing_meets_the_need(
    ask: Ask, rows: list[dict[str, Any]], partial: bool, reliable: bool, evidence: int
) -> None:
    fact = ask("sex", *({**CASES, **row} for row in rows))
    assert fact is not None and (fact.partial, fact.reliable) == (partial, reliable)
    assert fact.evidence == (f"{evidence:016x}",)


def test_a_share_of_one_sex_says_that_of_the_other(ask: Ask) -> None:
    share = {"indicator": "DV_VICTIMS_SEX_SHARE", "sex": "F", "unit_measure": "PERCENT"}
    assert met(ask("sex", share, indicators="DV_VICTIMS_SEX_SHARE"))


def test_a_form_and_the_total_are_not_two_forms(ask: Ask) -> None:
    """Tajikistan 2017: physical or sexual violence as one group answered "by form"."""
    forms = {
        form: {**CASES, "violence_form": form} for form in ("PHYSICAL", "PHYSICAL_SEXUAL", "PSYCHOLOGICAL")
    }
    assert not met(ask("violence_form", CASES, forms["PHYSICAL"]))
    assert not met(ask("violence_form", forms["PHYSICAL_SEXUAL"], forms["PHYSICAL"]))
    assert met(ask("violence_form", forms["PHYSICAL_SEXUAL"], forms["PSYCHOLOGICAL"]))


def test_several_needs_are_met_by_one_series(ask: Ask) -> None:
    """Kyrgyzstan 2020: women who turned to one kind of service and minors who turned to another."""
    men = {**CASES, "sex": "M"}
    women, ages = {**CASES, "sex": "F"}, [{**CASES, "age": "Y_LT18"}, {**CASES, "age": "Y_GE18"}]
    assert met(ask("sex;age", women, men, *ages))
    for other in ({"breakdown": "SERVICE=LEGAL"}, {"dataset_id": "kz_sdg"}, {"time_period": "2020-S1"}):
        fact = ask("sex;age", women, men, *({**row, **other} for row in ages))
        assert fact is not None and (fact.met, fact.limits) == (("sex", "age"), ("one_series",)), other
    # The figures of the one series are shown, though one of another series has fewer groups.
    by_service = [{**row, "breakdown": "SERVICE=LEGAL"} for row in (women, men, *ages)]
    fact = ask("sex;age", women, men, *by_service)
    assert met(fact) and fact is not None and fact.evidence == (f"{3:016x}", f"{5:016x}")


def test_each_region_is_a_series_of_its_own(ask: Ask) -> None:
    """Women in three of five regions, victims of partners in three: both in one of them alone."""
    areas = ["TJ-SU", "TJ-KT", "TJ-GB", "TJ-RA", "TJ-DU"]
    women, partners, sexual = (
        [{**CASES, **group, "ref_area": areas[place]} for place in places]
        for group, places in (
            ({"sex": "F"}, (0, 1, 2)),
            ({"relationship": "IPTN"}, (3, 4, 2)),
            ({"violence_form": "SEXUAL"}, (0, 1, 3)),
        )
    )
    fact = ask("sex=F;relationship=IPTN", *women, *partners)
    assert met(fact) and fact is not None and fact.evidence == (f"{3:016x}", f"{6:016x}")
    assert fact.observations == 6
    fact = ask("sex=F;relationship=IPTN;violence_form=SEXUAL", *women, *partners, *sexual)
    assert fact is not None and not fact.unmet and fact.limits == ("one_series",)


@pytest.mark.parametrize(
    "some",
    [
        {"breakdown": "BASIS=REPORTING_SHELTERS"},
        {"breakdown": "CENTRE=URALSK;KIND=NGO"},
        {"dataset_id": "de_taeterarbeit"},
    ],
)
def test_some_providers_are_not_all(ask: Ask, some: dict[str, str]) -> None:
    """Children in the shelters that reported, and programmes of the members that did, answered for Germany."""
    of_some, of_all = {**CASES, "sex": "F", **some}, {**CASES, "sex": "F"}
    for need, limited in (("sex=F", ("sex=F",)), ("", ())):
        fact = ask(need, of_some)
        assert fact is not None and (fact.limited, fact.limits) == (limited, ("every_provider",))
        fact = ask(need, of_some, of_all)
        assert met(fact) and fact is not None and fact.evidence == (f"{2:016x}",)


def test_a_doubtful_figure_lends_no_freedom_from_limits(ask: Ask) -> None:
    """Kyrgyzstan 2024: cases of half a year, and a doubtful figure of the year: nothing said that half was missing."""
    half, doubtful = {**CASES, **quarters(1)[0]}, {**CASES, "obs_status": "U"}
    for needs in ("sex=F", ""):
        for rows in ((half, doubtful), (doubtful, half)):
            fact = ask(needs, *rows)
            assert fact is not None and fact.reliable and fact.limits == ("whole_year",)
        fact = ask(needs, doubtful)
        assert fact is not None and not fact.reliable and not fact.limits
    # Neither does one of another indicator.
    other = {**doubtful, "indicator": "DV_REPORTS"}
    fact = ask("sex=F", half, other, indicators="DV_CASES;DV_REPORTS")
    assert fact is not None and fact.limits == ("whole_year",)


def test_what_limits_a_figure_is_said_of_the_figure_that_is_shown(ask: Ask) -> None:
    """Kazakhstan 2020: a share of four years was shown, and what was missing was that of a count of nine months."""
    span = {"time_period": "2020-01-01/P2Y", "period_end": dt.date(2021, 12, 31)}
    women = {**CASES, "sex": "F", "obs_status": "D", "period_start": dt.date(2020, 1, 1), **span}
    half = {**CASES, "obs_status": "D", **quarters(1)[0]}
    for rows, shown in (((half, women), 2), ((women, half), 1)):
        fact = ask("sex=F+relationship=IPTN", *rows)
        assert fact is not None and (fact.limits, fact.evidence) == (("one_year",), (f"{shown:016x}",))


def test_a_part_of_the_year_without_its_end_is_no_group(ask: Ask) -> None:
    """Kazakhstan 2025: nine persons in the first quarter were shown instead of 52 since January."""
    since = {**CASES, "breakdown": "COVERAGE=PART_OF_YEAR"}
    quarter, women = quarters(1)[0], {**since, "sex": "F"}
    months = {**quarter, "freq": "_O", "period_end": dt.date(2020, 9, 30)}
    for rows, shown in (((quarter, since), 2), ((since, quarter, women), 1), ((since, months), 2)):
        fact = ask("", *rows)
        assert fact is not None and fact.limits == ("whole_year",) and fact.evidence == (f"{shown:016x}",)


def test_all_relationships_of_the_family_sphere_come_before_partners(ask: Ask) -> None:
    """Germany 2023: 167,865 victims of partners were shown instead of 256,276 of domestic violence."""
    partners, all_of_it = {**CASES, "relationship": "IPTN"}, {**CASES, "relationship": "IPTN_FAM"}
    for rows, shown in (((partners, all_of_it), 2), ((all_of_it, partners), 1)):
        fact = ask("", *rows)
        assert fact is not None and fact.evidence == (f"{shown:016x}",)


def quarters(*months: int) -> list[dict[str, Any]]:
    return [
        {
            **CASES,
            "freq": "Q",
            "time_period": f"2020-{month:02}",
            "period_start": dt.date(2020, month, 1),
            "period_end": dt.date(2020, month + 2, 28),
        }
        for month in months
    ]


def test_one_month_is_no_quarterly_report(ask: Ask) -> None:
    assert met(ask("each_quarter", *quarters(1, 4, 7, 10)))
    assert not met(ask("each_quarter", *quarters(1, 4, 7)))
    assert not met(ask("each_quarter", *({**row, "freq": "M"} for row in quarters(1, 4, 7, 10))))


def test_all_parts_of_a_year_make_it(ask: Ask) -> None:
    """Twelve months or two halves; with one fewer a part of the year is what there is."""
    for freq, starts, lasts in (("M", range(1, 13), 0), ("S", (1, 7), 5)):
        rows = [
            {
                **CASES,
                "freq": freq,
                "time_period": f"2020-{freq}{month}",
                "period_start": dt.date(2020, month, 1),
            }
            | {"period_end": dt.date(2020, month + lasts, 28)}
            for month in starts
        ]
        assert met(ask("", *rows))
        fact = ask("", *rows[1:])
        assert fact is not None and fact.limits == ("whole_year",)


@pytest.mark.parametrize(
    "other", [{"sex": "F"}, {"ref_area": "TJ-SU"}, {"obs_status": "U"}, {"breakdown": "SERVICE=LEGAL"}]
)
def test_four_quarters_are_of_one_group(ask: Ask, other: dict[str, str]) -> None:
    """One quarter of everybody and three of women are no year of everybody, and no report of each quarter."""
    first, *others = quarters(1, 4, 7, 10)
    rows = first, *({**row, **other} for row in others)
    assert not met(ask("each_quarter", *rows))
    fact = ask("", *rows)
    assert fact is not None and fact.limits == ("whole_year",)
    # Those of another dataset carry them on.
    assert met(ask("each_quarter", first, *({**row, "dataset_id": "kz_sdg"} for row in others)))


def test_a_figure_of_one_year_is_not_regular(ask: Ask) -> None:
    assert not met(ask("regular", CASES, {**CASES, "year": 2018}))
    before = {**CASES, "year": 2019}
    assert met(ask("regular", CASES, before))
    assert not met(ask("regular", CASES, {**before, "obs_status": "U"}))
    region = {**before, "ref_area": "TJ-SU"}
    assert not met(ask("regular", CASES, region))
    fact = ask("regular", {**CASES, "ref_area": "TJ-SU"}, region)
    assert fact is not None and (fact.limited, fact.limits) == (("regular",), ("country",))


@pytest.mark.parametrize("status", ["E", "F", "I"])
def test_what_nobody_counted_meets_a_need_in_part(ask: Ask, status: str) -> None:
    """An estimate, a forecast and what was filled in, of a body of the country."""
    fact = ask("sex=F", {**CASES, "sex": "F", "obs_status": status})
    assert fact is not None and (fact.limited, fact.limits) == (("sex=F",), ("measured",))


def test_a_breakdown_is_known_by_its_whole_name(ask: Ask) -> None:
    """The mother's disability is not the child's."""
    for code, other in (("DISABILITY=YES", False), ("MOTHER_DISABILITY=YES", True)):
        for breakdown in (code, f"ACT=SLAP;{code}"):
            fact = ask("DISABILITY", {**CASES, "breakdown": breakdown})
            assert met(fact) is not other and fact is not None and fact.total_only is other


def test_a_model_answers_nothing(ask: Ask) -> None:
    """Tajikistan 2018 had "partner violence in a survey" of a model made at WHO."""
    assert ask("", {**CASES, "nature": "M"}) is None


def test_the_whole_country_and_all_groups_come_first(ask: Ask) -> None:
    parts = {**CASES, "sex": "F", "age": "Y_LT18"}, {**CASES, "sex": "F", "ref_area": "TJ-SU"}
    fact = ask("sex=F", *parts, {**CASES, "sex": "F"})
    assert fact is not None and fact.evidence == (f"{3:016x}",)


def test_a_figure_of_several_years_answers_for_each(
    declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table
) -> None:
    span = {"time_period": "2018-01-01/P3Y", "freq": "_O"}
    days = {"period_start": dt.date(2018, 1, 1), "period_end": dt.date(2020, 12, 31)}
    table = observations({**CASES, "ref_area": "TJ", "obs_value": 1.0, **span, **days})
    asked = figures(declared.contract, table, sources, declared.datasets)
    assert sorted(asked.facts("DV_CASES", [])) == [("TJ", 2018), ("TJ", 2019), ("TJ", 2020)]
    assert asked.last_year == 2020


def test_figures_of_some_indicators_answer_as_those_of_all_and_of_others_not(
    declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table
) -> None:
    asked = asked_indicators(declared.contract)
    given = declared.contract, sources, declared.datasets
    other = next(code for code in declared.contract.indicators if code not in asked)
    rows = [
        {"indicator": code, "ref_area": "TJ", "year": 2020, "obs_value": 1.0} for code in ("DV_CASES", other)
    ]
    table = observations(rows[0], {**rows[0], "sex": "F"}, {**rows[1], "year": 2024})
    every, some = figures(given[0], table, *given[1:]), figures(given[0], table, *given[1:], indicators=asked)
    assert some.facts("DV_CASES", ["sex=F"]) == every.facts("DV_CASES", ["sex=F"]) != {}
    assert some.last_year == every.last_year == 2024
    assert every.facts(other, []) and {"DV_CASES", "PHYSICAL_VIOLENCE_12M"} <= asked
    with pytest.raises(ValueError, match=other):
        some.facts(f"DV_CASES;{other}", [])
    some.con.close()
    assert some.facts("PHYSICAL_VIOLENCE_12M", ["sex=F"]) == {}, "nothing is queried where there is no figure"
    with pytest.raises(ValueError, match="nonsense"):
        some.facts("PHYSICAL_VIOLENCE_12M", ["nonsense"])


def test_own_file_is_a_national_publishers_and_no_statement(ask: Ask) -> None:
    file = {**CASES, "dataset_id": "kg_sdg", "source_id": "kg-sdg-5-2-1-3"}
    assert met(ask("own_file", file))
    assert not met(ask("own_file", {**file, "obs_status": "V"}))
    assert not met(ask("own_file", {**file, "nature": "N"}))
    assert not met(ask("own_file", {**file, "dataset_id": "unodc_cts"}))


def test_a_break_is_of_an_own_file_where_its_source_has_normal_values_too(ask: Ask) -> None:
    file = {**CASES, "dataset_id": "kg_sdg", "source_id": "kg-sdg-5-2-1-3"}
    assert not met(ask("own_file", {**file, "obs_status": "B"}))
    assert met(ask("own_file", {**file, "obs_status": "B"}, {**file, "year": 2019}))


def test_a_file_for_programs_is_known_by_its_address_or_reader(ask: Ask) -> None:
    file = {**CASES, "dataset_id": "kg_sdg"}
    assert met(ask("machine_readable", {**file, "source_id": "kg-sdg-5-2-1-3"}))
    assert not met(ask("machine_readable", {**file, "source_id": "kg-s2"}))
    assert met(ask("machine_readable", {**CASES, "dataset_id": "kg_victims", "source_id": "kg-s2"}))
