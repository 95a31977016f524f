"""Judging a return: two good ones, broken ones each with cell and sentence, the identities on any numbers."""

from dataclasses import replace

import pytest
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st

from data_contracts.load import contract
from sources.programmes.form import LANGUAGES, choices, form
from sources.programmes.given_return import Given
from tests.programme_samples import TODAY, Answers, about, almaty, bishkek, given, line
from tests.share_of_cases import examples
from tests.text_table import text_table
from transforms.programmes.judge_figures import column_totals, is_share
from transforms.programmes.judge_return import JudgedReturn, correction_problems, judge_return, last_day
from transforms.programmes.organisations import is_organisation
from transforms.programmes.problems import together

YOUNG, OPEN = "cohort_too_young", "window_open"


def cell(written: str) -> tuple[str, str, str]:
    """``part/row/column`` of an input."""
    part, row, column = written.split("/")
    return part, row, column


def judged(answers: Answers, language: str = "ru") -> JudgedReturn:
    return judge_return(contract(), given(answers, language), TODAY)


def test_the_two_fictional_returns_are_accepted() -> None:
    for answers, language in ((almaty(), "ru"), (bishkek(), "ky")):
        assert judged(answers, language).problems == []


def test_a_row_holds_what_was_written_and_what_the_form_adds_up() -> None:
    row = judged(almaty()).rows["programme_flow"][0]
    assert (row["referral_source"], row["sex"], row["age"]) == ("court", "M", "_T")
    assert (row["referred"], row["refused"], row["attended_once"]) == (40, 10, 24)


def test_empty_is_not_zero() -> None:
    answers = {**bishkek(), ("flow", "police|M", "attended_once"): ""}
    rows = {row["code"]: row for row in judged(answers).rows["programme_flow"]}
    assert rows["police|M"]["attended_once"] is None
    assert rows["self|M"]["refused_no_place"] == 0


# What a provider gets wrong: the input that differs from the fictional return of Almaty, its text, the sentence by its
# key; at the end the cell that is named where it is another one.
BROKEN = {
    case: broken
    for case, *broken in text_table("""
a number in words | flow/court|M/referred | сорок | not_number
fewer than five | flow/court|M/referred | <5 | not_number
a dash for nothing | flow/court|M/referred | - | not_number
half a person | flow/court|M/started | 2,5 | not_whole
below zero | flow/court|M/started | -1 | negative
a number far too large | flow/court|M/referred | 4000000 | too_large
weeks beyond reason | about/weeks_planned/answer | 900 | out_of_bounds
a name as a figure | flow/court|M/referred | Иванов Иван Иванович | personal
a name as the provider | about/provider/answer | Ахметов Серик Болатұлы | personal
an identification number | children/all/cases_with_children | 850101300015 | personal
a telephone | about/provider/answer | Центр, +7 701 123 45 67 | personal
a date of birth | cohorts/1/moved | 12.03.1985 | personal
an address | about/provider/answer | ул. Абая, д. 10 | personal
an answer of no list | about/attendance/answer | по-разному | not_choice
no answer on the programme | about/victim_service/answer | | missing
a code in capitals | about/programme_id/answer | KZ-ALMATY | bad_programme
a country of no programme | about/programme_id/answer | de-berlin | bad_programme
an area of another country | about/ref_area/answer | KG-GB | other_country
a quarter that has not ended | about/return_period/answer | 2026-Q4 | future_quarter
more started than accepted | flow/court|M/started | 31 | rule.flow_started_above_accepted
more attended than started | flow/court|M/attended_once | 27 | rule.flow_attended_above_started
more decided than referred | flow/court|M/referred | 35 | rule.flow_decided_above_referred
ages that do not add up | ages/Y25T34|M/referred | 31 | ages_differ
a cohort that does not add up | cohorts/1/completed | 29 | rule.cohort_outcomes_differ | cohorts/1/potential_completers
a law of another country | about/law_id/answer | kg-law-62-2003 | other_country_law
a name of two words as the provider | about/provider/answer | Серик Ахметов | no_organisation
partners without a service for them | about/victim_service/answer | no | partners_without_service
more completed than began the stage | cohorts/1/started_stage | 20 | rule.cohort_completed_above_stage
a cohort without its sex | cohorts/1/sex | | missing
a cohort of the future | cohorts/1/start_period | 2026-Q4 | cohort_too_late
a cohort younger than the programme | cohorts/1/start_period | 2026-Q3 | cohort_too_young
a window that is still open | reoffences/1/window_months | 36 | window_open
a share as a fraction | measures/2/measure_value | 0,69 | no_share
more partners reached than tried | partners/end/partners_reached | 20 | rule.partners_results_above_attempted
more answers than persons | measures/2/respondents | 27 | rule.respondents_above_eligible
a share above a hundred | measures/2/measure_value | 160 | rule.measure_out_of_range
clients without partners | measures/2/respondent | professional | client_alone | measures/1/respondent
a repeat offence without its window | reoffences/1/window_months | | missing
a repeat offence without its base | reoffences/1/reoffence_base | | missing
a repeat offence without its clock | reoffences/1/clock_from | | missing
a repeat offence without its source | reoffences/1/reoffence_source | | missing
more offended than were followed | reoffences/1/persons_reoffended | 51 | rule.reoffended_above_followed
fewer children than cases | children/all/children_affected | 15 | rule.children_without_cases
a correction without a reason of the list | corrections/flow/correction_reason | просто так | not_choice
""")
}


@pytest.mark.parametrize(
    ("percent", "persons", "possible"),
    [(69, 13, True), (69.2, 13, True), (53, 13, True), (0, 13, True), (100, 13, True), (0.69, 13, False),
     (0.5, 13, False), (1, 13, False), (50, 13, False), (12.5, 400, True)],
)  # fmt: skip
def test_a_share_is_that_of_whole_persons(percent: float, persons: int, possible: bool) -> None:
    assert is_share(percent, persons) is possible


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_return_is_refused_with_cell_and_sentence(case: str) -> None:
    changed, text, key, *named = BROKEN[case]
    form_given = given({**almaty(), cell(changed): text})
    found = judge_return(contract(), form_given, TODAY).problems
    place = form_given.places[cell(named[0] if named else changed)]
    assert [problem for problem in found if place in problem.cells and problem.key == key]
    for problem in found:
        for language in LANGUAGES:
            assert problem.sentence(language).endswith("."), (language, problem.key)


def problems_of(answers: Answers, language: str = "en") -> list[tuple[str, str]]:
    """Place and sentence of each problem."""
    return [(p.place, p.sentence(language)) for p in judged(answers, language).problems]


def test_a_mistake_is_reported_once_with_the_numbers_that_disagree() -> None:
    wrong = {**almaty(), ("cohorts", "1", "potential_completers"): 70}
    ((place, sentence),) = problems_of(wrong)
    whole = given(wrong, "en").places["cohorts", "1", "potential_completers"]
    assert place.startswith(f"{whole}, ")
    assert sentence.endswith(f"running and unknown: {whole} = 70, the sum of its parts is 60.")
    more = {**almaty(), ("reoffences", "1", "persons_reoffended"): 51}
    ((_, sentence),) = problems_of(more, "ru")
    places = given(more).places
    again, followed = (places["reoffences", "1", f"persons_{name}"] for name in ("reoffended", "followed"))
    assert again.startswith("строка ")
    assert sentence == f"Совершивших повторно больше, чем прослеженных: {again} = 51, {followed} = 50."


def test_a_person_referred_of_whom_nothing_is_said() -> None:
    court = ("flow", "court|M")
    decided = {**almaty(), (*court, "refused_other"): 1}
    assert problems_of(decided) == []  # nobody said how many wait
    ((_, sentence),) = problems_of({**decided, (*court, "waiting"): 0})
    assert sentence.startswith("Fewer persons are accepted, not accepted and waiting than were referred")
    assert problems_of({**decided, (*court, "waiting"): 1}) == []


def test_numbers_are_written_as_in_the_language_of_the_form() -> None:
    fraction = {**almaty(), ("measures", "2", "measure_value"): "0,6"}
    for language, number in (("en", " = 0.6."), ("ky", " = 0,6.")):
        ((_, sentence),) = problems_of(fraction, language)
        assert sentence.endswith(number), sentence


def test_cells_are_written_as_a_person_writes_them() -> None:
    assert together(["Flow!D5", "Flow!F5", "Flow!G5", "Flow!H5", "About!C9"]) == "Flow!D5, F5:H5; About!C9"
    assert together(["Flow!D5", "Flow!D7", "Flow!D8", "Flow!D9", "Flow!E9"]) == "Flow!D5, D7:D9, E9"
    assert together(["line 12", "line 14", "line 15", "line 16", "line 18"]) == "line 12, 14–16, 18"
    assert together(["about/provider/answer"]) == "about/provider/answer"


def test_ages_that_differ_name_every_cell_of_the_sum_and_both_sums() -> None:
    ((place, sentence),) = problems_of({**almaty(), ("ages", "Y35T49|M", "referred"): 31})
    places = given(almaty(), "en").places
    cells = [
        places["ages", line.code, "referred"]
        for line in form().parts["ages"].lines
        if line.keys["sex"] == "M"
    ]
    assert place == together(cells)
    assert sentence.startswith(
        "Male, “Referred”: the sum over ages is 61, that on the sheet of referrals is 62."
    )


@pytest.mark.parametrize(
    ("code", "column", "text", "numbers"),
    [
        ("=total", "referred", "68", None),
        ("=total", "referred", "68,0", None),
        ("=total", "referred", "69", (69, 68)),
        ("=total", "refused", "17", (17, 18)),
        ("court|M", "refused", "10", None),
        ("court|M", "refused", "11", (11, 10)),
        # A formula that was never calculated, and a column that the form does not add up.
        ("=total", "referred", "", None),
        ("=total", "referred", "=SUM(C3:C9)", None),
        ("=total", "something", "5", None),
    ],
)
def test_a_total_that_was_overwritten(
    code: str, column: str, text: str, numbers: tuple[float, float] | None
) -> None:
    filled = replace(given(almaty(), "ru"), totals={("flow", code, column): Given(text, "Направления!C40")})
    found = judge_return(contract(), filled, TODAY).problems
    expected = [] if numbers is None else [((("Направления!C40",), numbers[0]), ((), numbers[1]))]
    assert [problem.numbers for problem in found if problem.key == "total_changed"] == expected
    assert len(found) == len(expected)


def test_a_total_beside_a_cell_that_cannot_be_read_says_nothing() -> None:
    answers: Answers = {**almaty(), ("flow", "court|M", "referred"): "сорок"}
    filled = replace(
        given(answers, "ru"), totals={("flow", "=total", "referred"): Given("5", "Направления!C40")}
    )
    assert [problem.key for problem in judge_return(contract(), filled, TODAY).problems] == ["not_number"]


def test_all_complaints_come_at_once() -> None:
    """What is wrong in one cell hides nothing that is wrong elsewhere, not even on the same row."""
    wrong = {
        **almaty(),
        ("about", "attendance", "answer"): "",
        ("flow", "court|M", "referred"): "сорок",
        ("flow", "court|M", "attended_once"): 27,
        ("flow", "police|M", "started"): 15,
        ("cohorts", "1", "completed"): 29,
        ("measures", "2", "respondents"): "пять",
        ("reoffences", "1", "window_months"): 36,
    }
    keys = [problem.key for problem in judged(wrong).problems]
    assert keys == [
        "missing",
        "not_number",
        "rule.flow_attended_above_started",
        "rule.flow_started_above_accepted",
        "rule.cohort_outcomes_differ",
        "not_number",
        "window_open",
    ]


@pytest.mark.parametrize(
    ("answers", "key", "wrong"),
    [
        # Four quarters are twelve months, and 53 weeks at most.
        (
            {("cohorts", "1", "start_period"): "2025-Q4", ("about", "weeks_planned", "answer"): "53"},
            YOUNG,
            False,
        ),
        (
            {("cohorts", "1", "start_period"): "2025-Q4", ("about", "weeks_planned", "answer"): "54"},
            YOUNG,
            True,
        ),
        (
            {("reoffences", "1", "start_period"): "2025-Q4", ("reoffences", "1", "window_months"): 12},
            OPEN,
            False,
        ),
        (
            {("reoffences", "1", "start_period"): "2026-Q1", ("reoffences", "1", "window_months"): 12},
            OPEN,
            True,
        ),
    ],
)
def test_the_months_of_a_cohort_are_counted_with_its_last_quarter(
    answers: Answers, key: str, wrong: bool
) -> None:
    assert (key in [problem.key for problem in judged({**almaty(), **answers}).problems]) is wrong


def test_a_cell_that_cannot_be_read_breaks_no_identity() -> None:
    keys = [p.key for p in judged({**almaty(), ("cohorts", "1", "breach"): "шесть"}).problems]
    assert keys == ["not_number"]


def test_partners_that_nobody_asked_contradict_nothing() -> None:
    zero = {
        **bishkek(),
        ("about", "victim_service", "answer"): "no",
        **line("partners", "end", partners_known=0),
    }
    assert judged(zero).problems == []
    told = {key: value for key, value in almaty().items() if key[0] == "reoffences"}
    asked = {**zero, **told, ("reoffences", "1", "reoffence_source"): "partner"}
    assert [p.key for p in judged(asked).problems] == ["partners_without_service"]


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("Кризисный центр «Умут»", True),
        ("Қорғау қоғамдық қоры", True),
        ("Маркази бӯҳронии занон", True),
        ("Oila va mahalla markazi", True),
        ("ОФ «Сезим»", True),
        ("Pfälzischer Verein für Soziale Rechtspflege", True),
        ("Ахметов", False),
        ("Серик Ахметов", False),
        ("Советбек Асанов", False),
        ("Gulnora Karimova", False),
        ("Центр Ахметова Серика Болатұлы", False),
        ("Фонд Асанов Уулу", False),
    ],
)
def test_a_provider_is_an_organisation(name: str, good: bool) -> None:
    assert is_organisation(name) is good


def test_every_law_and_area_begins_with_its_country() -> None:
    countries = {"KZ", "KG", "TJ", "UZ"}
    assert {code[:2].upper() for code in (*choices("law_id"), *choices("ref_area"))} == countries


def test_no_problem_quotes_a_cell_that_holds_a_name() -> None:
    found = judged({**almaty(), ("flow", "court|M", "referred"): "Иванов Иван Иванович"}).problems
    assert found[0].blank
    assert not [problem for problem in found if "Иванов" in f"{problem}{problem.sentence('ru')}"]


def test_a_line_given_twice_is_refused() -> None:
    again = {
        ("cohorts", "2", name): value for (part, row, name), value in almaty().items() if part == "cohorts"
    }
    assert "row_twice" in [problem.key for problem in judged({**almaty(), **again}).problems]


def test_a_return_that_says_nothing_is_refused() -> None:
    found = judged(about("kz-almaty-example", "KZ-75", "Вымышленный центр"))
    assert [problem.key for problem in found.problems] == ["nothing_filled"]


def test_a_withdrawal_needs_no_figures() -> None:
    answers = {
        ("about", "programme_id", "answer"): "kz-almaty-example",
        ("about", "return_period", "answer"): "2026-Q3",
        ("about", "programme_state", "answer"): "withdrawn",
    }
    assert judged(answers).problems == []


def test_figures_of_a_withdrawn_programme_are_not_looked_at() -> None:
    assert not judged({**almaty(), ("about", "programme_state", "answer"): "withdrawn"}).rows


def test_a_correction_needs_its_reason() -> None:
    without = given(almaty())
    found = correction_problems(without, judge_return(contract(), without, TODAY))
    assert [problem.key for problem in found] == ["correction_missing"]
    reasoned = given({**almaty(), **line("corrections", "flow", correction_reason="late_information")})
    answer = judge_return(contract(), reasoned, TODAY)
    assert answer.corrections == "flow=late_information"
    assert correction_problems(reasoned, answer) == []


def test_the_last_day_of_a_quarter() -> None:
    days = [last_day(f"2026-Q{n}").isoformat() for n in (1, 2, 3, 4)]
    assert days == ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"]


def test_where_the_whole_is_zero_its_parts_are() -> None:
    row = judged({**bishkek(), ("flow", "court|M", "referred"): 0}).rows["programme_flow"][0]
    assert (row["code"], row["accepted"], row["refused"], row["attended_once"]) == ("court|M", 0, 0, 0)
    partly = judged({**bishkek(), **line("flow", "court|M", referred=5)}).rows["programme_flow"][0]
    assert partly["accepted"] is None and partly["refused"] is None


def test_a_total_over_an_empty_cell_is_none() -> None:
    assert column_totals([{"referred": 3}, None], ["referred"]) == {"referred": None}
    assert column_totals([{"referred": 3}, {"referred": None}], ["referred"]) == {"referred": None}
    assert column_totals([{"referred": 3}, {"referred": 0}], ["referred"]) == {"referred": 3}


count = st.integers(0, 60)


@settings(max_examples=examples(8, 20), deadline=None)
@generated(parts=st.lists(count, min_size=9, max_size=9), slip=st.integers(-3, 3))
def test_potential_completers_are_the_sum_of_their_outcomes(parts: list[int], slip: int) -> None:
    """For any numbers: accepted where the identity holds, refused where it is missed by any slip."""
    completed, dropped, breach, expelled, moved, died, other, running, unknown = parts
    whole = sum(parts)
    answers = {
        **bishkek(),
        **line("cohorts", "1", start_period="2025-Q1", sex="M", potential_completers=max(whole + slip, 0),
               completed=completed, dropped_out=dropped, breach=breach, expelled=expelled, moved=moved, died=died,
               ended_other=other, running=running, outcome_unknown=unknown),
    }  # fmt: skip
    keys = {problem.key for problem in judged(answers).problems}
    assert ("rule.cohort_outcomes_differ" in keys) is (max(whole + slip, 0) != whole)


@settings(max_examples=examples(8, 20), deadline=None)
@generated(numbers=st.tuples(count, count, count, count, count, count))
def test_the_chain_from_referral_to_attendance_never_grows(numbers: tuple[int, ...]) -> None:
    referred, accepted, unsuitable, declined, started, attended = numbers
    row = line("flow", "court|M", referred=referred, accepted=accepted, refused_unsuitable=unsuitable,
               refused_by_person=declined, started=started, attended_once=attended)  # fmt: skip
    answers = {**about("kz-almaty-example", "KZ-75", "Вымышленный центр"), **row}
    good = accepted + unsuitable + declined <= referred and started <= accepted and attended <= started
    assert bool(judged(answers).problems) is not good
