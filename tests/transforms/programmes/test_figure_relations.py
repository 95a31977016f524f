"""What of the counts of returns adds up to what, read from the matrix of relations."""

from typing import Any

import pytest

from transforms.programmes.figure_relations import Relations, add_return, columns, count

FLOW: dict[str, Any] = {"return_period": "2026-Q3", "referral_source": "_T", "sex": "_T", "age": "_T"}
COHORT: dict[str, Any] = {"start_period": "2026-Q1", "sex": "_T", "as_of": "2026-12-31"}
REPEAT: dict[str, Any] = {
    "start_period": "2026-Q1",
    "reoffence_source": "POLICE",
    "window_months": 6,
    "reoffence_base": "started",
    "clock_from": "START",
}


def related(**rows: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Each relation: the whole and its parts by table, row, column; ``rest``, or ``untold`` where it counts nobody."""
    relations = Relations()
    found = add_return(relations, rows, {})
    names = {variable: f"{table}[{at}].{name}" for (table, at, name), variable in found.items()}
    matrix = relations.matrix().toarray()
    assert not (matrix @ relations.x).any(), "every relation holds for the true values"
    out = []
    for line in matrix:
        (whole,) = (names[at] for at, sign in enumerate(line) if sign == 1)
        parts = [
            names.get(at, "rest" if relations.counted[at] else "untold")
            for at, sign in enumerate(line)
            if sign == -1
        ]
        out.append((whole, parts))
    return out


def flow(**figures: Any) -> dict[str, Any]:
    return FLOW | figures


ADDED = [
    # whole, parts, exact, the values of the rest that is added: None where no relation is
    (10, [4, 3], False, [3]),
    (10, [4, 6], False, []),
    (10, [4, 6], True, []),
    (10, [10], False, [0]),
    (10, [10], True, []),
    (10, [4], True, [6]),
    (10, [4], False, [6]),
    (10, [11], False, None),
    (10, [6, 5], True, None),
    (10, [], False, None),
    (0, [0], False, [0]),
]


@pytest.mark.parametrize(("whole", "parts", "exact", "rest"), ADDED)
@pytest.mark.parametrize("counted", [True, False])
def test_a_whole_is_its_parts_and_a_rest(
    whole: int, parts: list[int], exact: bool, rest: list[int] | None, counted: bool
) -> None:
    relations = Relations()
    at, *others = (relations.variable(value) for value in (whole, *parts))
    relations.add(at, others, exact=exact, counted=counted)
    assert relations.values == [whole, *parts, *(rest or [])]
    assert relations.counted == [True] * (1 + len(parts)) + [counted] * len(rest or [])
    signs = [] if rest is None else [[1.0, *[-1.0] * (len(parts) + len(rest))]]
    assert relations.matrix().toarray().tolist() == signs


def test_small_is_above_zero_and_below_the_threshold() -> None:
    relations = Relations()
    for value, counted in ((0, True), (1, True), (9, True), (10, True), (5, False)):
        relations.variable(value, counted=counted)
    assert relations.small(10).tolist() == [False, True, True, False, False]


IN_A_ROW = {
    "a part and its rest": (
        {"programme_flow": [flow(accepted=30, started=26)]},
        [("accepted", ["started", "rest"])],
    ),
    "a part as large as the whole keeps a rest": (
        {"programme_flow": [flow(accepted=30, started=30)]},
        [("accepted", ["started", "rest"])],
    ),
    "parts that are all": (
        {"programme_flow": [flow(referred=40, accepted=30, refused=6, waiting=4)]},
        [("referred", ["accepted", "refused", "waiting"])],
    ),
    "reasons add up however many are said": (
        {"programme_flow": [flow(refused=6, refused_other=6)]},
        [("refused", ["refused_other"])],
    ),
    "no whole": ({"programme_flow": [flow(started=26, attended_once=None)]}, []),
    "whom the service did not try to reach is nobody": (
        {"partner_contacts": [{"return_period": "2026-Q3", "contact_point": "START", "partners_known": 9,
                               "partners_attempted": 7}]},
        [("partners_known", ["partners_attempted", "untold"])],
    ),
    "who did not answer is nobody, those of another answer are": (
        {"programme_measures": [{"eligible": 30, "respondents": 20, "measure_value": 40.0, "measure_unit": "PERCENT"}]},
        [("eligible", ["respondents", "untold"]), ("respondents", ["measure_value", "rest"])],
    ),
    "a score is no count": (
        {"programme_measures": [{"respondents": 20, "measure_value": 4.0, "measure_unit": "SCORE"}]},
        [],
    ),
    "those who completed started": (
        {"programme_cohorts": [COHORT | {"started_stage": 20, "completed": 12}]},
        [("started_stage", ["completed", "rest"])],
    ),
    "further children are nobody": (
        {"programme_children": [{"return_period": "2026-Q3", "children_affected": 8, "cases_with_children": 5}]},
        [("children_affected", ["cases_with_children", "untold"])],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_A_ROW)
def test_counts_of_a_row(case: str) -> None:
    rows, expected = IN_A_ROW[case]
    short = [
        (whole.rpartition(".")[2], [part.rpartition(".")[2] for part in parts])
        for whole, parts in related(**rows)
    ]
    assert short == expected


def test_both_sexes_of_a_cohort_are_its_total_exactly() -> None:
    both = [
        COHORT | {"completed": 9},
        COHORT | {"sex": "M", "completed": 9},
        COHORT | {"sex": "F", "completed": 0},
    ]
    whole = "programme_cohorts[0].completed"
    parts = ["programme_cohorts[1].completed", "programme_cohorts[2].completed"]
    assert related(programme_cohorts=both) == [(whole, parts)]
    assert related(programme_cohorts=both[:2]) == [(whole, [parts[0], "rest"])]
    other_day = [both[0], both[1] | {"as_of": "2027-12-31"}]
    assert related(programme_cohorts=other_day) == []


def test_sources_of_a_flow_are_its_total() -> None:
    rows = [
        flow(referred=12),
        flow(referral_source="COURT", referred=5),
        flow(referral_source="POLICE", referred=7),
    ]
    parts = ["programme_flow[1].referred", "programme_flow[2].referred"]
    assert related(programme_flow=rows) == [("programme_flow[0].referred", parts)]
    assert related(programme_flow=[rows[0], rows[1] | {"sex": "M"}, rows[2] | {"sex": "M"}]) == []


def test_one_source_that_is_all_leaves_nothing() -> None:
    rows = [flow(referred=12), flow(referral_source="COURT", referred=12)]
    assert related(programme_flow=rows) == [("programme_flow[0].referred", ["programme_flow[1].referred"])]


def test_bases_of_repeat_offences_are_not_all_who_started() -> None:
    """Those whose outcome is open are in neither."""
    rows = [
        REPEAT | {"reoffence_base": base, "not_traceable": n}
        for base, n in (("started", 9), ("completed", 9))
    ]
    rows.append(rows[1] | {"reoffence_base": "not_completed", "not_traceable": 0})
    assert related(reoffences=rows[:2]) == [
        ("reoffences[0].not_traceable", ["reoffences[1].not_traceable", "rest"])
    ]
    assert len(related(reoffences=rows)[0][1]) == 2


def test_a_longer_window_contains_the_next_shorter_one() -> None:
    rows = [REPEAT | {"window_months": n, "persons_reoffended": k} for n, k in ((24, 8), (6, 3), (12, 3))]
    assert related(reoffences=rows) == [
        ("reoffences[2].persons_reoffended", ["reoffences[1].persons_reoffended", "rest"]),
        ("reoffences[0].persons_reoffended", ["reoffences[2].persons_reoffended", "rest"]),
    ]
    other_persons = [rows[0] | {"persons_followed": 20}, rows[1] | {"persons_followed": 30}]
    windows = [whole for whole, parts in related(reoffences=other_persons) if "persons_reoffended" in whole]
    assert windows == []


@pytest.mark.parametrize(("followed", "gone", "rest"), [(6, 3, ["untold"]), (6, 4, [])])
def test_the_followed_and_the_untraceable_are_of_the_cohort(
    followed: int, gone: int, rest: list[str]
) -> None:
    cohorts = [COHORT | {"sex": "M", "completed": 7}, COHORT | {"completed": 10}]
    repeat = [REPEAT | {"reoffence_base": "completed", "persons_followed": followed, "not_traceable": gone}]
    found = related(programme_cohorts=cohorts, reoffences=repeat)[-1]
    parts = ["reoffences[0].persons_followed", "reoffences[0].not_traceable"]
    assert found == ("programme_cohorts[1].completed", [*parts, *rest])


def test_some_of_a_cohort_may_have_time_to_come() -> None:
    """All followed and nobody said to be gone: more may still be followed, and they are no persons of their own."""
    cohort = [COHORT | {"completed": 10}]
    repeat = [REPEAT | {"reoffence_base": "completed", "persons_followed": 10}]
    found = related(programme_cohorts=cohort, reoffences=repeat)
    assert found == [("programme_cohorts[0].completed", ["reoffences[0].persons_followed", "untold"])]


@pytest.mark.parametrize("changed", [{"reoffence_base": "started"}, {"start_period": "2025-Q1"}])
def test_others_than_those_of_the_outcome_are_not_of_it(changed: dict[str, str]) -> None:
    repeat = [REPEAT | {"reoffence_base": "completed", "persons_followed": 6} | changed]
    assert related(programme_cohorts=[COHORT | {"completed": 10, "started": 10}], reoffences=repeat) == []


def test_what_two_returns_count_alike_is_one_count() -> None:
    relations, known = Relations(), {}
    first = add_return(relations, {"programme_flow": [flow(referred=12, accepted=3)]}, known)
    again = add_return(relations, {"programme_flow": [flow(referred=12, accepted=4)]}, known)
    same = ("programme_flow", 0, "referred")
    other = ("programme_flow", 0, "accepted")
    assert first[same] == again[same] and first[other] != again[other]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"measure_value": 40.0, "measure_unit": "PERCENT", "respondents": 20}, 8),
        ({"measure_value": 33.3, "measure_unit": "PERCENT", "respondents": 20}, 7),
        ({"measure_value": 40.0, "measure_unit": "PERCENT", "respondents": None}, None),
        ({"measure_value": 40.0, "measure_unit": "SCORE", "respondents": 20}, None),
        ({"measure_value": None, "measure_unit": "PERCENT", "respondents": 20}, None),
        ({}, None),
    ],
)
def test_a_result_in_per_cent_counts_its_persons(row: dict[str, Any], expected: int | None) -> None:
    assert count(row, "measure_value") == expected


def test_columns_stand_behind_what_contains_them() -> None:
    assert columns("reoffences") == ("persons_followed", "persons_reoffended", "not_traceable")
    assert columns("programme_children") == ("children_affected", "children_referred", "cases_with_children")
    assert "not_traceable" not in columns("programme_flow")
    flow_columns = columns("programme_flow")
    assert flow_columns.index("referred") < flow_columns.index("accepted") < flow_columns.index("started")
