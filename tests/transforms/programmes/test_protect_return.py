"""Disclosure control of returns: an attack written apart from it fails on small programmes, versions, any numbers."""

import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import database_statements
from data_contracts.load import contract
from tests import programme_samples as samples
from tests.share_of_cases import examples
from tests.transforms.programmes.attacker import given_away
from transforms.privacy.suppress_cells import THRESHOLD
from transforms.programmes import tables
from transforms.programmes.figure_relations import WITHIN, columns
from transforms.programmes.judge_figures import Row
from transforms.programmes.judge_return import judge_return
from transforms.programmes.protect_return import (
    Published,
    protect_return,
    withheld_figures,
    without,
)
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


def figures(answers: samples.Answers, return_id: str = "kz-x/2026-Q3/1") -> dict[str, list[Row]]:
    judged = judge_return(contract(), samples.given(answers), samples.TODAY)
    assert judged.problems == []
    return tables.figures(AcceptedReturn(return_id, samples.TODAY, "ru", "csv", judged))


def row_of(rows: list[Row], **wanted: object) -> Row:
    (found,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return found


@pytest.mark.parametrize("seed", range(examples(3, 5)))
def test_the_attack_on_a_small_programme_fails(seed: int) -> None:
    """Nothing that is withheld, small or not, is bounded within less than five, nor a small difference."""
    rows = figures(small_programme(seed))
    protected = protect_return(rows)
    assert given_away((rows, protected)) == {}
    shown = [
        row[name]
        for table, listed in protected.items()
        for row in listed
        for name in columns(table)
        if name != "measure_value"
    ]
    assert not [value for value in shown if value is not None and 0 < value < THRESHOLD]
    assert [value for value in shown if value], "something can be shown of most programmes"
    for table, listed in protected.items():
        for row in listed:
            for whole, parts in WITHIN[table].items():
                lone = [part for part in parts if row.get(part) is not None and row.get(whole) is None]
                names = (row["withheld"] or "").split(";")
                assert not lone or whole not in names, (whole, lone)


def test_the_attack_finds_a_small_count_that_is_only_blanked() -> None:
    """What is proven is proven by an attack that succeeds where nothing but the small count itself is withheld."""
    rows = {"programme_cohorts": figures(samples.almaty())["programme_cohorts"]}
    rows["programme_cohorts"][0] |= {"breach": 3, "dropped_out": 15}
    blanked = without(rows, {"programme_cohorts": [["breach"]]})
    (span,) = given_away((rows, blanked)).values()
    assert span == (3, 3, 3)
    protected = protect_return(rows)
    assert given_away((rows, protected)) == {}
    assert protected["programme_cohorts"][0]["potential_completers"] == 60


def test_a_count_is_not_closed_in_by_what_contains_it_and_what_it_contains() -> None:
    """Of 30 accepted 29 started and 28 came: 28 to 30 started, if both neighbours were shown."""
    row: Row = {"return_period": "2026-Q3", "referral_source": "court", "sex": "M", "age": "_T"}
    row |= {"referred": 40, "accepted": 30, "refused": 10, "started": 29, "attended_once": 28}
    rows = {"programme_flow": [row]}
    assert given_away((rows, without(rows, {"programme_flow": [["started"]]})))
    (shown,) = protect_return(rows)["programme_flow"]
    assert (shown["referred"], shown["accepted"], shown["started"], shown["attended_once"]) == (
        40,
        30,
        None,
        None,
    )
    assert withheld_figures(rows)["programme_flow"] == [{"started": "gives_away", "attended_once": "whole"}]


def test_nothing_is_named_as_withheld_that_the_totals_give() -> None:
    """The only women came by themselves: what is shown of the total is shown of them."""
    flow = protect_return(figures(samples.almaty()))["programme_flow"]
    total = row_of(flow, referral_source="_T", sex="_T", age="_T")
    men, women = (row_of(flow, referral_source="_T", sex=sex, age="_T") for sex in ("M", "F"))
    for name in ("referred", "accepted", "refused", "started"):
        assert total[name] == men[name] + women[name]
    assert total["attended_once"] is None and men["attended_once"] is None


def test_totals_are_worth_more_than_their_detail() -> None:
    flow = protect_return({"programme_flow": figures(samples.almaty())["programme_flow"]})["programme_flow"]
    total = row_of(flow, referral_source="_T", sex="_T", age="_T")
    assert (total["referred"], total["accepted"], total["refused"], total["started"]) == (68, 50, 18, 42)
    court = row_of(flow, referral_source="court", sex="_T")
    assert court["referred"] == 40
    assert "refused_other" in court["withheld"].split(";")


@pytest.mark.parametrize("counts", [(3, 20, 9), (9, 3, 20), (20, 9, 3)])
def test_of_the_counts_of_one_kind_the_large_ones_are_shown(counts: tuple[int, ...]) -> None:
    """With a small one its total gives away as little where the least of the others is withheld."""
    base: Row = {"return_period": "2026-Q3", "sex": "_T", "age": "_T"}
    sources = zip(("court", "police", "self"), counts, strict=True)
    rows = [{**base, "referral_source": code, "referred": count} for code, count in sources]
    rows.append({**base, "referral_source": "_T", "referred": sum(counts)})
    shown = protect_return({"programme_flow": rows})["programme_flow"]
    assert [row["referred"] for row in shown] == [*(20 if count == 20 else None for count in counts), 32]


# -- other returns -------------------------------------------------------------------------------------------------


def men_and_women(**men: int) -> dict[str, list[Row]]:
    """Referrals of a quarter by sex."""
    base: Row = {"return_period": "2026-Q3", "referral_source": "_T", "age": "_T"}
    total = {name: value + 20 for name, value in men.items()}
    return {
        "programme_flow": [
            {**base, "sex": "M", **men},
            {**base, "sex": "F", **dict.fromkeys(men, 20)},
            {**base, "sex": "_T", **total},
        ]
    }


def test_a_corrected_version_gives_nothing_of_the_first_one_away() -> None:
    """First 3 men: women are withheld beside the total. Now 9 men, and 20 women as before: 23 less 20 would be 3."""
    first, second = men_and_women(referred=3), men_and_women(referred=9)
    shown_first = protect_return(first)
    assert [row["referred"] for row in shown_first["programme_flow"]] == [None, None, 23]
    alone = protect_return(second)
    assert [row["referred"] for row in alone["programme_flow"]] == [9, 20, 29]
    assert given_away((first, shown_first), (second, alone)), "23 less 20"
    protected = protect_return(second, [Published(first, shown_first)])
    assert given_away((first, shown_first), (second, protected)) == {}
    assert [row["referred"] for row in protected["programme_flow"]] == [None, None, 29]


def cohort(quarter: int, **figures: int) -> dict[str, list[Row]]:
    whole = sum(figures.values())
    day = samples.TODAY.replace(month=quarter * 3, day=28)
    row: Row = {"start_period": "2025-Q1", "sex": "M", "as_of": day, "potential_completers": whole, **figures}
    return {"programme_cohorts": [row]}


def test_a_cohort_reported_again_gives_nothing_of_the_quarter_before_away() -> None:
    first = cohort(2, completed=20, not_completed=9, running=3, outcome_unknown=8)
    second = cohort(3, completed=20, not_completed=12, running=0, outcome_unknown=8)
    shown_first = protect_return(first)
    protected = protect_return(second, [Published(first, shown_first)])
    assert given_away((first, shown_first), (second, protected)) == {}


def test_every_version_is_protected_against_those_before_it() -> None:
    """The tables take earlier versions and earlier quarters of the same cohort into account, of one programme alone."""
    seen = []

    def noted(rows: Any, earlier: Any) -> Any:
        kept = [
            {table: len(given) for table, given in published.rows.items() if given} for published in earlier
        ]
        seen.append(kept)
        return without(rows, {table: [[] for _ in given] for table, given in rows.items()})

    almaty, bishkek = samples.almaty(), samples.bishkek()
    later = {**almaty, ("about", "return_period", "answer"): "2026-Q2"}
    answers = [
        ("a/2026-Q3/1", almaty),
        ("b/2026-Q3/1", bishkek),
        ("a/2026-Q3/2", almaty),
        ("a/2026-Q2/1", later),
    ]
    returns = [
        AcceptedReturn(
            name, samples.TODAY, "ru", "csv", judge_return(contract(), samples.given(given), samples.TODAY)
        )
        for name, given in answers
    ]
    assert [name for name, _, _ in tables.published_figures(returns, noted)] == [name for name, _ in answers]
    assert [len(kept) for kept in seen] == [0, 0, 1, 2]
    assert "programme_flow" in seen[2][0] and "programme_flow" not in seen[3][0]
    assert seen[3][0]["programme_cohorts"] == 1


def test_no_view_adds_programmes_up() -> None:
    """A sum over programmes would be one more relation, which nobody protects."""
    counted = "|".join({name for table in WITHIN for name in columns(table)})
    for name, view in database_statements.database()["views"].items():
        assert not re.search(rf"\b(?:sum|avg|median)\s*\(\s*(?:\w+\.)?(?:{counted})\b", view["sql"]), name


# -- answers and repeat offences -----------------------------------------------------------------------------------


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


def values(rows: list[Row]) -> list[Any]:
    return [
        row["measure_value"] for row in protect_return({"programme_measures": rows})["programme_measures"]
    ]


def test_results_of_ten_partners_stand_beside_those_of_clients() -> None:
    assert values(measures(respondents=10)) == [4.0, 3.0]


def test_results_of_nine_partners_are_withheld_and_the_clients_with_them() -> None:
    rows = {"programme_measures": measures(respondents=9)}
    protected = protect_return(rows)["programme_measures"]
    assert [row["measure_value"] for row in protected] == [None, None]
    assert [row["withheld"] for row in protected] == ["measure_value", "measure_value"]
    reasons = [row["measure_value"] for row in withheld_figures(rows)["programme_measures"]]
    assert reasons == ["beside_partners", "few_partners"]


def test_a_share_that_tells_of_few_partners_takes_the_clients_along() -> None:
    """20 of 30 partners answered; for 18 it is better and for two it is not."""
    percent = {"measure_unit": "PERCENT", "measure_value": 90.0}
    client, partner = measures(**percent)
    assert values([client, partner]) == [None, None]
    assert values([client, {**partner, "measure_value": 60.0}]) == [4.0, 60.0]


@pytest.mark.parametrize(("source", "shown"), [("police", 6), ("partner", None)])
def test_repeat_offences_that_fewer_than_ten_partners_report_are_withheld(
    source: str, shown: int | None
) -> None:
    row = {
        "start_period": "2025-Q1", "as_of": samples.TODAY, "reoffence_source": source, "reoffence_base": "started",
        "clock_from": "start", "window_months": 6, "persons_followed": 9, "persons_reoffended": 9, "not_traceable": 0,
    }  # fmt: skip
    row["persons_reoffended"] = 0 if source == "partner" else 9
    (protected,) = protect_return({"reoffences": [row]})["reoffences"]
    assert protected["persons_followed"] == 9
    assert (protected["persons_reoffended"] is None) is (source == "partner")


def test_a_withheld_figure_is_named_and_a_missing_one_is_not() -> None:
    rows = [{"cases_with_children": 3, "children_affected": 30, "children_referred": None}]
    (row,) = protect_return({"programme_children": rows})["programme_children"]
    assert row["withheld"] == "cases_with_children"
    assert row["children_referred"] is None


# -- any numbers ---------------------------------------------------------------------------------------------------

few = st.integers(0, 7)


@st.composite
def small_flow(draw: st.DrawFn) -> samples.Answers:
    """Referrals by two sources and both sexes, of few persons; the other sources had nobody."""
    answers = {**samples.nobody("flow"), **samples.about("kz-x", "KZ-75", "Вымышленный центр")}
    for row in ("court|M", "court|F", "police|M"):
        came, gone, accepted_only, refused, place = (draw(few) for _ in range(5))
        started, accepted = came + gone, came + gone + accepted_only
        answers |= samples.line(
            "flow", row, referred=accepted + refused + place, accepted=accepted, refused_unsuitable=refused,
            refused_no_place=place, refused_by_person=0, refused_other=0, waiting=0, started=started,
            attended_once=came,
        )  # fmt: skip
    return answers


@settings(max_examples=examples(4, 8), deadline=None)
@given(small_flow())
def test_no_flow_gives_a_small_count_away(answers: samples.Answers) -> None:
    rows = {"programme_flow": figures(answers)["programme_flow"]}
    assert given_away((rows, protect_return(rows))) == {}


@settings(max_examples=examples(8, 25), deadline=None)
@given(st.lists(st.integers(0, 12), min_size=10, max_size=10))
def test_no_cohort_gives_a_small_count_away_in_two_quarters(outcomes: list[int]) -> None:
    """The second quarter changes some of the outcomes; whoever kept the first release compares."""
    names = ("completed", "not_completed", "running", "outcome_unknown")
    first = cohort(2, **dict(zip(names, outcomes, strict=False)))
    again = [
        before if after > 5 else after for before, after in zip(outcomes[:4], outcomes[5:], strict=False)
    ]
    second = cohort(3, **dict(zip(names, again, strict=True)))
    shown_first = protect_return(first)
    assert given_away((first, shown_first)) == {}
    protected = protect_return(second, [Published(first, shown_first)])
    assert given_away((first, shown_first), (second, protected)) == {}
