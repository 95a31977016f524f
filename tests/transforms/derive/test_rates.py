"""Rates: only where the indicator declares a base, only of whole populations, one preferred a cell."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from transforms.derive.population import population
from transforms.derive.rates import above_base, rates

Make = Callable[..., pa.Table]
POPULATION = {"indicator": "POPULATION", "year": 2023, "dataset_id": "wb_population"}
PEOPLE = [
    {**POPULATION, "ref_area": area, "sex": sex, "obs_value": value}
    for area in ("KG", "UZ", "DE")
    for sex, value in (("_T", 1000.0), ("F", 510.0))
]


def made(
    declared: Declarations, observations: Make, *rows: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[str]]:
    table = observations(*PEOPLE, *rows)
    people = population(declared.contract, [table], declared.datasets)
    best = observations(
        *PEOPLE, *(row for row in rows if row.get("obs_status") != "U"), table="best_observations"
    )
    result = rates(declared.contract, table, people, best)
    above = above_base(declared.contract, [table], people)
    return result.to_pylist(), [f"{dataset}: {sentence}" for dataset, sentence in above]


CASE = {"indicator": "DV_CASES", "ref_area": "KG", "year": 2023, "obs_value": 50.0}


def test_a_whole_year_count_is_set_beside_its_own_sex(declared: Declarations, observations: Make) -> None:
    rows, problems = made(declared, observations, CASE, {**CASE, "sex": "F", "obs_value": 51.0})
    assert {(row["sex"], row["denominator"], row["rate"]) for row in rows} == {
        ("_T", 1000, 5000),
        ("F", 510, 10000),
    }
    assert problems == [] and all(row["preferred"] for row in rows)


@pytest.mark.parametrize(
    ("bases", "chosen"),
    [
        # By the middle of the year first, then by its first day, then by any other count.
        ({"mid_year": 1000.0, "january": 990.0, "other": 980.0}, 1000),
        ({"january": 990.0, "other": 980.0}, 990),
        ({"other": 980.0}, 980),
        ({}, None),
    ],
)
def test_one_denominator_a_rate(
    declared: Declarations, observations: Make, bases: dict[str, float], chosen: int | None
) -> None:
    """A group of ages is no denominator, and of two of one kind the dataset that comes first is it."""
    table = observations(CASE)
    people = population(declared.contract, [observations(*PEOPLE)], declared.datasets)
    (one,) = (row for row in people.to_pylist() if (row["ref_area"], row["sex"]) == ("KG", "_T"))
    rows = [
        {
            **one,
            "basis": basis,
            "population": count,
            "precedence": precedence,
            "obs_key": f"{basis}{9 - precedence}",
        }
        for basis, value in bases.items()
        for precedence, count in ((2, value + 5), (1, value))
    ]
    young = {**one, "age": "Y_LT18", "population": 300.0, "obs_key": "young"}
    given = pa.Table.from_pylist([young, *rows], schema=people.schema)
    made = rates(declared.contract, table, given, observations(CASE, table="best_observations"))
    expected = [] if chosen is None else [(chosen, f"{next(iter(bases))}8")]
    found = [(row["denominator"], row["denominator_obs_key"]) for row in made.to_pylist()]
    assert found == expected
    above = above_base(declared.contract, [observations({**CASE, "obs_value": 999.5})], given)
    assert len(above) == (1 if chosen in (990, 980) else 0)


def test_a_doubtful_denominator_is_the_last_and_makes_a_doubtful_rate(
    declared: Declarations, observations: Make
) -> None:
    doubtful = {**POPULATION, "ref_area": "KG", "obs_value": 990.0, "obs_status": "U"}
    day = {"freq": "D", "time_period": "2023-04-01/P1D"}
    sound = {**doubtful, **day, "obs_value": 980.0, "obs_status": "V"}
    for people, expected in (((doubtful,), (990, "U")), ((doubtful, sound), (980, "A"))):
        table = observations(*people, CASE)
        given = population(declared.contract, [table], declared.datasets)
        (row,) = rates(
            declared.contract, table, given, observations(CASE, table="best_observations")
        ).to_pylist()
        assert (row["denominator"], row["obs_status"]) == expected


@pytest.mark.parametrize("changed", [["KG"], ["KG", "UZ"], []])
def test_rates_of_other_groups_are_carried_on(
    declared: Declarations, observations: Make, changed: list[str]
) -> None:
    """Only those of the groups that changed are made anew, and the table is that of all."""
    before = [{**CASE, "ref_area": area} for area in ("KG", "UZ")]
    after = [{**case, "obs_value": 60.0} if case["ref_area"] in changed else case for case in before]
    last, now = observations(*PEOPLE, *before), observations(*PEOPLE, *after)
    people = population(declared.contract, [now], declared.datasets)
    best = observations(*PEOPLE, *after, table="best_observations")
    groups = pa.table({name: pa.array([], pa.string()) for name in ("indicator", "ref_area")})
    if changed:
        groups = pa.table({"indicator": ["DV_CASES"] * len(changed), "ref_area": changed})
    table = rates(declared.contract, last, people, best)
    found = rates(declared.contract, now, people, best, table, groups).reader().read_all()
    assert found.num_rows == 2 and found.equals(rates(declared.contract, now, people, best))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"indicator": "PROGRAMME_CONTACTS", "ref_area": "DE"}, id="contacts of some members"),
        pytest.param({"indicator": "CHILDREN_PLACED", "ref_area": "DE"}, id="children placed"),
        pytest.param({"indicator": "DV_CRIMES", "ref_area": "UZ"}, id="a country's own exception"),
        pytest.param({"breakdown": "EDUCATION=HIGHER"}, id="education"),
        pytest.param({"breakdown": "COVERAGE=PART_OF_YEAR"}, id="end not stated"),
        pytest.param({"age": "Y15T49"}, id="age group"),
        pytest.param({"freq": "S", "time_period": "2023-S1"}, id="half a year"),
        pytest.param({"unit_measure": "PERCENT"}, id="share"),
        pytest.param({"obs_status": "D"}, id="another definition"),
        pytest.param({"nature": "M"}, id="model"),
        pytest.param({"nature": "N", "obs_status": "E"}, id="copied model"),
        pytest.param({"year": 2022}, id="another year's people"),
    ],
)
def test_no_rate_without_a_base_of_its_own(
    declared: Declarations, observations: Make, changed: dict[str, Any]
) -> None:
    assert made(declared, observations, {**CASE, **changed})[0] == []


def test_services_stand_beside_women_and_may_be_stated_for_a_month(
    declared: Declarations, observations: Make
) -> None:
    stock = {
        "indicator": "SHELTERS",
        "ref_area": "KG",
        "year": 2023,
        "obs_value": 2.0,
        "freq": "M",
        "time_period": "2023-04",
        "period_start": dt.date(2023, 4, 1),
        "period_end": dt.date(2023, 4, 30),
    }
    (row,), _ = made(declared, observations, stock)
    assert (row["rate_unit"], row["denominator_sex"], row["obs_status"]) == ("PER_MILLION_WOMEN", "F", "A")
    assert row["rate"] == pytest.approx(2 / 510 * 1e6)
    # A kind of shelter is for the same women; a group of its clients would not be.
    assert len(made(declared, observations, {**stock, "breakdown": "KIND=NGO"})[0]) == 1
    assert made(declared, observations, {**stock, "freq": "_O", "time_period": "2023-01-01/P9M"})[0] == []
    for group in ("TIER=REGIONAL", "KIND=NGO;TIER=REGIONAL"):
        assert made(declared, observations, {**stock, "breakdown": group})[0] == []


def test_what_some_providers_reported_has_no_rate(declared: Declarations, observations: Make) -> None:
    table = observations(*PEOPLE, CASE, {**CASE, "dataset_id": "de_taeterarbeit", "obs_value": 40.0})
    people = population(declared.contract, [table], declared.datasets)
    some = [dataset.id for dataset in declared.datasets.values() if dataset.reporting_only]
    found = rates(declared.contract, table, people, observations(table="best_observations"), None, None, some)
    assert found.to_pylist()[0]["numerator"] == 50 and found.num_rows == 1


def test_a_count_above_its_base_has_no_rate_and_says_so(declared: Declarations, observations: Make) -> None:
    rows, problems = made(
        declared, observations, {**CASE, "obs_value": 1001.0}, {**CASE, "obs_value": 1000.0, "sex": "_T"}
    )
    assert [row["rate"] for row in rows] == [100000.0]
    assert len(problems) == 1 and "DV_CASES KG 2023: 1001 of 1000 people, by wb_population" in problems[0]


def test_few_events_are_unreliable_and_marks_of_the_best_are_kept(
    declared: Declarations, observations: Make
) -> None:
    rows, _ = made(
        declared, observations, {**CASE, "obs_value": 19.0}, {**CASE, "obs_value": 21.0, "obs_status": "B"}
    )
    assert {(row["numerator"], row["obs_status"]) for row in rows} == {(19, "U"), (21, "B")}


def test_only_the_best_of_a_cell_is_preferred(declared: Declarations, observations: Make) -> None:
    rows, _ = made(declared, observations, CASE, {**CASE, "obs_value": 70.0, "obs_status": "U"})
    assert {(row["numerator"], row["preferred"]) for row in rows} == {(50, True), (70, False)}
