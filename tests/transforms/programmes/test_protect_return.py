"""Disclosure control of returns: the attack on five small programmes fails, and answers keep their own three rules."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.load import contract
from tests import programme_samples as samples
from transforms.privacy.disclosure import THRESHOLD
from transforms.programmes import protect_return as module
from transforms.programmes import tables
from transforms.programmes.judge_figures import Row
from transforms.programmes.judge_return import judge_return
from transforms.programmes.protect_return import exposures, protect_return, without
from transforms.programmes.tables import AcceptedReturn


def small_programme(seed: int) -> samples.Answers:
    """A fictional programme with so few clients that most of its counts are below the threshold."""
    chance = random.Random(seed)
    # Some record every source, so that there are totals by which what is withheld could be found.
    answers = samples.nobody("flow") if seed % 2 else {}
    answers |= samples.about(f"kz-small-{seed}", "KZ-75", "Вымышленный малый центр")
    for source in chance.sample(["court", "police", "probation", "self", "ngo"], 3):
        for sex in ("M", "F") if chance.random() < 0.4 else ("M",):
            referred = chance.randint(1, 14)
            accepted = chance.randint(0, referred)
            started = chance.randint(0, accepted)
            answers |= samples.line(
                "flow", f"{source}|{sex}", referred=referred, accepted=accepted, started=started,
                refused_unsuitable=0, refused_no_place=0, refused_by_person=referred - accepted, refused_other=0,
                attended_once=chance.randint(0, started),
            )  # fmt: skip
    outcomes = [chance.randint(0, 9) for _ in range(5)]
    answers |= samples.line(
        "cohorts", "1", start_period="2025-Q1", sex="M", potential_completers=sum(outcomes), completed=outcomes[0],
        dropped_out=outcomes[1], breach=outcomes[2], running=outcomes[3], outcome_unknown=outcomes[4],
    )  # fmt: skip
    for number, months in enumerate((6, 12, 24), 1):
        followed = chance.randint(8, 20)
        answers |= samples.line(
            "reoffences", str(number), start_period="2024-Q1", reoffence_source="police", window_months=months,
            reoffence_base="started", clock_from="start", persons_followed=followed,
            persons_reoffended=chance.randint(0, min(followed, 3 + months // 4)), not_traceable=chance.randint(0, 6),
        )  # fmt: skip
    known = chance.randint(3, 15)
    answers |= samples.line(
        "partners", "enrolment", partners_known=known, partners_attempted=known,
        partners_reached=known // 2, partners_declined=1 if known > 4 else 0, partners_not_found=1,
    )  # fmt: skip
    return answers


def figures(answers: samples.Answers) -> dict[str, list[Row]]:
    given = samples.given(answers)
    judged = judge_return(contract(), given, samples.TODAY)
    assert judged.problems == []
    return tables.figures(AcceptedReturn("kz-x/2026-Q3/1", samples.TODAY, "ru", "csv", judged))


def shown(rows: dict[str, list[Row]]) -> list[Any]:
    return [
        row[name]
        for table, given in rows.items()
        for row in given
        for name in module._PLACES[table]
        if name in row
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_attack_on_a_small_programme_fails(seed: int) -> None:
    rows = figures(small_programme(seed))
    protected = protect_return(rows)
    for table in rows:
        assert exposures({table: rows[table]}, {table: protected[table]}) == [], table
    assert not [value for value in shown(protected) if value is not None and 0 < value < THRESHOLD]
    assert [value for value in shown(protected) if value is not None], (
        "something can be shown of most programmes"
    )


def test_the_attack_finds_a_small_count_that_is_only_blanked() -> None:
    """What is proven is proven by an attack that succeeds where nothing but the small count itself is withheld."""
    rows = {"programme_cohorts": figures(samples.almaty())["programme_cohorts"]}
    rows["programme_cohorts"][0] |= {"breach": 3, "dropped_out": 15}
    blanked = {"programme_cohorts": [without(row, "breach") for row in rows["programme_cohorts"]]}
    assert exposures(rows, blanked)
    protected = protect_return(rows)
    assert exposures(rows, protected) == []
    assert protected["programme_cohorts"][0]["potential_completers"] == 60


def test_totals_are_worth_more_than_their_detail() -> None:
    flow = protect_return({"programme_flow": figures(samples.almaty())["programme_flow"]})["programme_flow"]
    total = next(
        row for row in flow if (row["referral_source"], row["sex"], row["age"]) == ("_T", "_T", "_T")
    )
    assert (total["referred"], total["accepted"], total["refused"], total["started"]) == (68, 50, 18, 42)
    court = next(row for row in flow if (row["referral_source"], row["sex"]) == ("court", "_T"))
    assert court["referred"] == 40
    assert "refused_other" in total["withheld"].split(";")


def test_longer_windows_do_not_give_shorter_ones_away() -> None:
    """12 months: 9 of 40; 6 months: 7 of 40. The difference is two persons, so one of the two is withheld."""
    base = {
        "start_period": "2025-Q1", "as_of": samples.TODAY, "reoffence_source": "police", "reoffence_base": "started",
        "clock_from": "start", "persons_followed": 40, "not_traceable": 0,
    }  # fmt: skip
    rows = [{**base, "window_months": months, "persons_reoffended": n} for months, n in ((6, 7), (12, 9))]
    protected = protect_return({"reoffences": rows})["reoffences"]
    assert None in [row["persons_reoffended"] for row in protected]


def measures(**partner: Any) -> list[Row]:
    base = {
        "start_period": "2025-Q1", "as_of": samples.TODAY, "contact_point": "end", "outcome_domain": "safety",
        "outcome_instrument": "impact_toolkit", "measure_unit": "SCORE", "eligible": 30, "respondents": 20,
    }  # fmt: skip
    return [
        {**base, "respondent": "client", "measure_value": 4.0},
        {**base, "respondent": "partner", "measure_value": 3.0, **partner},
    ]


def test_results_of_ten_partners_stand_beside_those_of_clients() -> None:
    rows = protect_return({"programme_measures": measures(respondents=10)})["programme_measures"]
    assert [row["measure_value"] for row in rows] == [4.0, 3.0]


def test_results_of_nine_partners_are_withheld_and_the_clients_with_them() -> None:
    rows = protect_return({"programme_measures": measures(respondents=9)})["programme_measures"]
    assert [row["measure_value"] for row in rows] == [None, None]
    assert [row["withheld"] for row in rows] == ["measure_value", "measure_value"]


def test_a_withheld_figure_is_named_and_a_missing_one_is_not() -> None:
    rows = [{"cases_with_children": 3, "children_affected": 30, "children_referred": None}]
    (row,) = protect_return({"programme_children": rows})["programme_children"]
    assert row["withheld"] == "cases_with_children"
    assert row["children_referred"] is None


def test_what_was_withheld_before_can_be_withheld_again() -> None:
    row = {"completed": 4, "running": 9, "withheld": None}
    assert without(row, "completed") == {"completed": None, "running": 9, "withheld": "completed"}
    assert without(row, None) == row


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=5, max_size=5))
def test_no_cohort_gives_a_small_count_away(outcomes: list[int]) -> None:
    completed, dropped, breach, running, unknown = outcomes
    row: Row = {
        "start_period": "2025-Q1", "as_of": samples.TODAY, "sex": "_T", "potential_completers": sum(outcomes),
        "completed": completed, "not_completed": dropped + breach, "dropped_out": dropped, "breach": breach,
        "running": running, "outcome_unknown": unknown,
    }  # fmt: skip
    rows = {"programme_cohorts": [row]}
    assert exposures(rows, protect_return(rows)) == []
