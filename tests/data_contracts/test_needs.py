"""Needs of a requirement as predicates on one figure."""

import duckdb
import pytest

from data_contracts.needs import OFFENCES, alone, condition, distinguished, of_one_form, outside, varied
from pipelines.declarations import Declarations

BREAKDOWNS = ("SANCTION=PRISON", "SANCTION=FINE")


def met(need: str, **given: object) -> bool:
    row = {"sex": "_T", "age": "_T", "relationship": "_T", "violence_form": "_T", "breakdown": "_T", **given}
    row = {"ref_area": "TJ", "freq": "A", "by_region": False, "by_age": False, "each_quarter": False, **row}
    row = {"by_sex": False, "by_relationship": False, "by_form": False, **row}
    row = {"of_children": False, "of_family": False, **row}
    columns = ", ".join(f"{value!r} AS {name}" for name, value in row.items())
    answer = duckdb.sql(f"SELECT {condition(need, BREAKDOWNS)} FROM (SELECT {columns})").fetchall()
    return bool(answer[0][0])


def test_a_term_alone_asks_for_any_code() -> None:
    assert met("sex", by_sex=True) and not met("sex", sex="F")
    assert met("age", by_age=True) and not met("age", age="Y15T49")
    assert met("relationship", by_relationship=True) and not met("relationship", relationship="IPTN")
    assert met("violence_form", by_form=True) and not met("violence_form", violence_form="SEXUAL")
    assert met("region", by_region=True) and not met("region", ref_area="TJ-SU")
    assert met("country") and not met("country", ref_area="TJ-SU")
    assert met("SANCTION", breakdown="ARTICLE=X;SANCTION=FINE") and not met("SANCTION", breakdown="ARTICLE=X")


def test_a_code_asks_for_itself_and_plus_for_both_in_one_figure() -> None:
    assert met("sex=F", sex="F") and not met("sex=F", sex="M")
    assert met("SANCTION=PRISON", breakdown="SANCTION=PRISON")
    assert not met("SANCTION=PRISON", breakdown="SANCTION=FINE")
    assert met("sex=F+relationship=IPTN", sex="F", relationship="IPTN")
    assert not met("sex=F+relationship=IPTN", sex="F")


def test_spans_and_ages() -> None:
    assert met("within_quarter", freq="M") and not met("within_quarter", freq="S")
    assert met("each_quarter", each_quarter=True) and not met("each_quarter", freq="Q")
    assert met("child", age="Y_LT18") and met("child", age="Y1T14") and not met("child", age="Y18T35")
    assert met("child", of_children=True) and not met("child")


def test_scopes() -> None:
    assert met("domestic", relationship="IPTN_FAM") and met("domestic", of_family=True)
    assert not met("domestic") and not met("domestic", relationship="IPTN", of_family=True)
    assert met("any_relationship") and not met("any_relationship", of_family=True)
    assert not met("any_relationship", breakdown="PERPETRATOR=NON_PARTNER")
    assert not met("any_relationship", relationship="STRANGER")
    assert met("with_women") and met("with_women", sex="F") and not met("with_women", sex="M")
    assert met("every_centre") and not met("every_centre", breakdown="CENTRE=X;KIND=NGO")
    assert met("every_household")
    assert not met("every_household", breakdown="HOUSEHOLD_OF_VICTIM=WITH_AGGRESSOR")
    assert met("rape", indicator="RAPE_REGISTERED") and not met("rape", indicator="SEXUAL_VIOLENCE_VICTIMS")
    assert met("rape", indicator="SEXUAL_VIOLENCE_VICTIMS", breakdown="OFFENCE=RAPE")


def test_a_form_is_told_by_its_code_or_its_offences(declared: Declarations) -> None:
    for need, other in (("physical", "PSYCHOLOGICAL"), ("psychological", "PHYSICAL")):
        assert met(need, violence_form=need.upper())
        assert not met(need) and not met(need, violence_form="SEXUAL") and not met(need, violence_form=other)
        for code in OFFENCES[need.upper()]:
            assert f"OFFENCE={code}" in declared.contract.codelists["breakdown"]
            assert met(need, breakdown=f"OFFENCE={code}") and met(
                need, breakdown=f"ARTICLE=X;OFFENCE={code};X=Y"
            )
        assert not any(met(need, breakdown=f"OFFENCE={code}") for code in (*OFFENCES[other], "RAPE"))


def holds(predicate: str, **given: object) -> bool:
    row = {"sex": "_T", "relationship": "_T", "violence_form": "_T", "of_minors": False, **given}
    row = {"age": "_T", "ref_area": "TJ", "of_family": False, "form": "_T", **row}
    columns = ", ".join(f"{value!r} AS {name}" for name, value in row.items())
    return bool(duckdb.sql(f"SELECT {predicate} FROM (SELECT {columns})").fetchall()[0][0])


@pytest.mark.parametrize(
    ("needs", "limits", "answers", "nothing"),
    [
        # A need without a code is met by any of them, a total is a part of it.
        (["sex"], [], [{}, {"sex": "M"}, {"relationship": "FAM"}], [{"of_minors": True}]),
        (["age"], [], [{"of_minors": True}], [{"sex": "M"}]),
        (["child"], [], [{"of_minors": True}], [{"sex": "M"}]),
        (["sex=F"], ["child"], [{"of_minors": True, "sex": "F"}], [{"sex": "M"}]),
        (["with_women"], [], [{"sex": "M"}], [{"of_minors": True}]),
        # A code, all of them, and what holds it; nothing of another one.
        (
            ["sex=F+relationship=IPTN"],
            [],
            [{}, {"sex": "F"}, {"relationship": "IPTN_FAM"}, {"relationship": "IPTN", "sex": "F"}],
            [{"sex": "M"}, {"relationship": "FAM"}, {"relationship": "STRANGER"}],
        ),
        (
            ["violence_form=SEXUAL"],
            [],
            [{}, {"violence_form": "PHYSICAL_SEXUAL"}, {"violence_form": "SEXUAL"}],
            [{"violence_form": "PHYSICAL"}, {"violence_form": "PSYCHOLOGICAL"}],
        ),
        # What one of several needs asks for is no other group.
        (["sex=F", "sex=M"], [], [{"sex": "F"}, {"sex": "M"}], []),
        (["sex=F", "region"], [], [{"sex": "M"}], [{"of_minors": True}]),
        ([], [], [{}, {"relationship": "FAM"}], [{"sex": "M"}, {"of_minors": True}]),
    ],
)
def test_a_group_that_no_need_asks_for_is_outside(
    needs: list[str], limits: list[str], answers: list[dict[str, object]], nothing: list[dict[str, object]]
) -> None:
    predicate = outside(needs, limits)
    assert [holds(predicate, **row) for row in answers] == [False] * len(answers)
    assert [holds(predicate, **row) for row in nothing] == [True] * len(nothing)


@pytest.mark.parametrize(
    ("need", "met_by", "not_by"),
    [
        ("sex", [{"sex": "F"}, {"sex": "M"}], [{}]),
        ("age", [{"age": "Y_LT18"}], [{}]),
        ("region", [{"ref_area": "TJ-SU"}], [{}]),
        ("violence_form", [{"form": "SEXUAL"}], [{}]),
        # In the family sphere, partners and relatives together are everybody.
        ("relationship", [{"relationship": "IPTN_FAM"}, {"relationship": "IPTN", "of_family": True}], [{}]),
        ("relationship", [], [{"relationship": "IPTN_FAM", "of_family": True}]),
        ("sex=F", [{"sex": "F"}], [{"sex": "M"}]),
    ],
)
def test_a_figure_of_one_group_needs_no_neighbour(
    need: str, met_by: list[dict[str, object]], not_by: list[dict[str, object]]
) -> None:
    assert all(holds(alone(need, BREAKDOWNS), **row) for row in met_by)
    assert not any(holds(alone(need, BREAKDOWNS), **row) for row in not_by)


@pytest.mark.parametrize("need", ["colour", "sex=F+colour", "SANCTION=NONE", "SIZE", "own_file=YES"])
def test_an_unknown_term_is_refused(need: str) -> None:
    with pytest.raises(ValueError, match="unknown need"):
        condition(need, BREAKDOWNS)


def test_what_varies_in_a_series_is_what_the_needs_name() -> None:
    assert varied(["sex=F+relationship=IPTN", "child"]) == {"sex", "relationship", "age"}
    assert varied(["region", "SANCTION=PRISON", "every_centre", "own_file"]) == {"ref_area", "breakdown"}


def test_distinguished_forgets_the_code() -> None:
    by_sanction = "contains(';' || breakdown, ';SANCTION=')"
    assert distinguished("sex=F+SANCTION=PRISON") == ["sex IN ('F', 'M')", by_sanction]
    assert distinguished("sex=F+every_centre") == ["sex IN ('F', 'M')"]
    assert distinguished("own_file+machine_readable") == []


@pytest.mark.parametrize(
    ("needs", "limits", "of_one"),
    [
        ([], [], False),
        (["sex=F"], [], False),
        (["sex=F+relationship=IPTN", "child"], ["domestic"], False),
        (["violence_form"], [], True),
        (["sex=F+violence_form=SEXUAL"], [], True),
        (["OFFENCE=STALKING"], [], True),
        (["SANCTION=PRISON"], [], False),
        (["sex=F", "rape"], [], True),
        (["physical"], [], True),
        (["sex=F"], ["psychological"], True),
    ],
)
def test_where_a_form_is_asked(needs: list[str], limits: list[str], of_one: bool) -> None:
    assert of_one_form(needs, limits) is of_one
