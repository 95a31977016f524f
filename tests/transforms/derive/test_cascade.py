"""The response chain: one indicator a step, whole years or flagged, nothing doubtful as published."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from transforms.derive import breaks
from transforms.derive.cascade import response_cascade

Chain = Callable[..., dict[tuple[str, int, int], dict[str, Any]]]


def months(year: int, count: int, **more: Any) -> dict[str, Any]:
    """A figure cumulated from January over so many months."""
    end = dt.date(year, count + 1, 1) - dt.timedelta(days=1)
    start = dt.date(year, 1, 1)
    period = {"time_period": f"{start}/P{count}M", "period_start": start, "period_end": end, "freq": "_O"}
    return {"year": year, **period, **more}


@pytest.fixture
def chain(declared: Declarations, observations: Callable[..., pa.Table]) -> Chain:
    """Rows of the chain by country, year and step."""

    def make(
        *rows: dict[str, Any], acts: tuple[breaks.Act, ...] = ()
    ) -> dict[tuple[str, int, int], dict[str, Any]]:
        table = observations(*rows, table="best_observations")
        made = response_cascade(declared.contract, table, acts).to_pylist()
        return {(row["country"], row["year"], row["step"]): row for row in made}

    return make


KG = {"indicator": "DV_CASES", "ref_area": "KG"}


def test_every_country_year_and_step_has_one_row_with_its_declared_indicator(chain: Chain) -> None:
    rows = chain(
        {**KG, "year": 2016, "obs_value": 7.0},
        {"indicator": "DV_VICTIMS", "ref_area": "KG", "year": 2015, "obs_value": 9.0},
    )
    assert len(rows) == 5 * 2 * 8
    for country in ("KZ", "KG", "TJ", "UZ", "DE"):
        for step in range(1, 9):
            assert rows[country, 2015, step]["indicator"] == rows[country, 2016, step]["indicator"]
    beside = rows["KG", 2015, 1]
    assert (beside["obs_value"], beside["cascade_status"], beside["indicator"]) == (
        None,
        "not_published",
        "DV_CASES",
    )
    assert [(b["indicator"], b["obs_value"], b["counting_unit"]) for b in json.loads(beside["beside"])] == [
        ("DV_VICTIMS", 9.0, "person")
    ]
    assert "beside" in beside["caution_en"] and beside["caution_ru"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, "published"),
        ({"obs_status": "V"}, "published"),
        ({"obs_status": "U"}, "partial"),
        ({"obs_status": "E"}, "partial"),
        ({"obs_status": "I"}, "partial"),
        ({"sex": "F"}, "partial"),
        ({"breakdown": "COVERAGE=PART_OF_YEAR"}, "partial"),
        (months(2020, 11), "partial"),
        ({"obs_status": "D"}, "not_published"),
        ({"time_period": "2020-01-01/P2Y", "period_end": dt.date(2021, 12, 31)}, "not_published"),
        ({"obs_status": "F"}, "not_published"),
        ({"nature": "M"}, "not_published"),
        ({"nature": "N", "obs_status": "E"}, "not_published"),
        ({"nature": "N"}, "published"),
        ({"breakdown": "ARTICLE=KG_CC_122"}, "not_published"),
        ({"ref_area": "KG-C"}, "not_published"),
    ],
)
def test_only_a_whole_year_beyond_doubt_is_published(
    chain: Chain, changed: dict[str, Any], status: str
) -> None:
    latest = {"indicator": "DV_VICTIMS", "ref_area": "DE", "year": 2021, "obs_value": 1.0}
    row = chain(latest, {**KG, "year": 2020, "obs_value": 60.0, **changed})["KG", 2020, 1]
    assert row["cascade_status"] == status
    assert row["part_of_year"] is (
        None if status == "not_published" else "breakdown" in changed or "freq" in changed
    )


@pytest.mark.parametrize(
    ("changed", "sentences"),
    [
        ({}, ()),
        ({"breakdown": "COVERAGE=PART_OF_YEAR"}, ("step_end_not_stated",)),
        (months(2020, 11), ("step_part_of_year",)),
        ({"obs_status": "U"}, ("step_doubtful",)),
        ({"obs_status": "P"}, ("step_provisional",)),
        ({"obs_status": "E"}, ("step_estimated",)),
        ({"obs_status": "I"}, ("step_estimated",)),
        ({"sex": "F"}, ("step_one_sex",)),
        ({"obs_status": "P", "sex": "F"}, ("step_provisional", "step_one_sex")),
    ],
)
def test_a_caution_says_what_each_figure_is(
    chain: Chain, declared: Declarations, changed: dict[str, Any], sentences: tuple[str, ...]
) -> None:
    row = chain({**KG, "year": 2020, "obs_value": 7.0, **changed})["KG", 2020, 1]
    said = [declared.contract.sentences[name].ru.format(period=row["time_period"]) for name in sentences]
    assert row["caution_ru"] == (" ".join(said) or None)


def test_another_definition_is_listed_beside_and_a_part_of_the_year_goes_before_it(chain: Chain) -> None:
    row = chain(
        {**KG, "year": 2020, "obs_value": 1917.0, "obs_status": "D"},
        {**KG, **months(2020, 11), "obs_value": 8337.0},
    )["KG", 2020, 1]
    assert (row["obs_value"], row["part_of_year"], row["time_period"]) == (8337, True, "2020-01-01/P11M")
    assert [other["obs_value"] for other in json.loads(row["beside"])] == [1917]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    "other",
    [
        {"relationship": "IPTN_FAM"},
        {"nature": "M"},
        {"sex": "F"},
        {"obs_status": "F"},
        {"obs_status": "E"},
        months(2020, 11),
    ],
)
def test_which_of_two_figures_fills_a_step(chain: Chain, other: dict[str, Any], order: int) -> None:
    """Whatever their keys: of all relationships, counted, of both sexes, of the whole year."""
    rows = [{**KG, "year": 2020, "obs_value": 60.0}, {**KG, "year": 2020, "obs_value": 70.0, **other}]
    assert chain(*rows[::order])["KG", 2020, 1]["obs_value"] == 60


def test_the_longer_span_goes_before_all_relationships(chain: Chain) -> None:
    longer = {**KG, **months(2020, 11), "obs_value": 70.0, "relationship": "IPTN_FAM"}
    assert chain({**KG, **months(2020, 3), "obs_value": 60.0}, longer)["KG", 2020, 1]["obs_value"] == 70


def test_a_share_is_never_among_the_counts(chain: Chain) -> None:
    row = chain(
        {
            "indicator": "PROGRAMME_COMPLETED_OR_RUNNING_SHARE",
            "ref_area": "DE",
            "year": 2023,
            "obs_value": 65.9,
            "unit_measure": "PERCENT",
        }
    )["DE", 2023, 7]
    assert row["obs_value"] is None and row["unit_measure"] == "NUMBER"
    assert json.loads(row["beside"])[0]["unit_measure"] == "PERCENT"


def test_cases_considered_by_courts_are_no_convictions(chain: Chain) -> None:
    row = chain({"indicator": "DV_COURT_CASES", "ref_area": "KG", "year": 2025, "obs_value": 1196.0})[
        "KG", 2025, 5
    ]
    assert (row["indicator"], row["obs_value"]) == ("DV_CONVICTED", None)


def test_one_figure_is_not_given_for_two_steps(chain: Chain) -> None:
    orders = {"indicator": "PROTECTION_ORDERS", "ref_area": "KG", "year": 2019, "obs_value": 6145.0}
    rows = chain({**KG, "year": 2019, "obs_value": 6145.0}, orders)
    assert (rows["KG", 2019, 1]["obs_value"], rows["KG", 2019, 2]["obs_value"]) == (None, 6145)
    assert "6,145" in rows["KG", 2019, 1]["caution_en"] and rows["KG", 2019, 2]["share_of_previous"] is None
    # The doubtful one gives way.
    rows = chain({**KG, "year": 2019, "obs_value": 6145.0}, {**orders, "obs_status": "U"})
    assert (rows["KG", 2019, 1]["obs_value"], rows["KG", 2019, 2]["obs_value"]) == (6145, None)
    # Small numbers may be equal by chance, and so may those of other spans.
    for value, first in ((49.0, 49), (50.0, None)):
        rows = chain({**KG, "year": 2019, "obs_value": value}, {**orders, "obs_value": value})
        assert (rows["KG", 2019, 1]["obs_value"], rows["KG", 2019, 2]["obs_value"]) == (first, value)
    rows = chain({**KG, **months(2019, 11), "obs_value": 6145.0}, orders)
    assert rows["KG", 2019, 1]["obs_value"] == rows["KG", 2019, 2]["obs_value"] == 6145


def test_an_open_ended_figure_reaches_beyond_the_smaller_ones_of_its_year(chain: Chain) -> None:
    mandated = {"indicator": "PROGRAMME_MANDATED", "ref_area": "KZ"}
    quarter = {**mandated, **months(2025, 3), "obs_value": 9.0}
    since = {**mandated, "year": 2025, "breakdown": "COVERAGE=PART_OF_YEAR"}
    assert chain(quarter, {**since, "obs_value": 52.0})["KZ", 2025, 6]["obs_value"] == 52
    assert chain(quarter, {**since, "obs_value": 7.0})["KZ", 2025, 6]["obs_value"] == 9


LAW = breaks.Act("kg-x", "KG", "DV_CASES", dt.date(2021, 12, 1))


@pytest.mark.parametrize(
    ("second", "acts", "same"),
    [
        ({"year": 2022}, (), True),
        ({"year": 2022, "dataset_id": "kg_sdg"}, (), False),
        ({"year": 2022, "sex": "F"}, (), False),
        ({"year": 2022, "obs_status": "U"}, (), False),
        ({"year": 2022, "obs_status": "E"}, (), False),
        ({"year": 2022, "obs_status": "B"}, (), False),
        ({"year": 2023}, (), False),
        (months(2022, 11), (), False),
        ({"year": 2022}, (breaks.Act("x", "KG", "DV_CASES", dt.date(2022, 6, 1)),), False),
        ({"year": 2022, "breakdown": "COVERAGE=PART_OF_YEAR"}, (), False),
        ({"year": 2022, "obs_status": "P"}, (), True),
        ({"year": 2022}, (LAW,), True),
        ({"year": 2022}, (breaks.Act("x", "KZ", "DV_CASES", dt.date(2022, 6, 1)),), True),
    ],
)
def test_one_series_with_the_year_before(
    chain: Chain, second: dict[str, Any], acts: tuple[breaks.Act, ...], same: bool
) -> None:
    rows = chain({**KG, "year": 2021, "obs_value": 60.0}, {**KG, "obs_value": 70.0, **second}, acts=acts)
    assert rows["KG", second["year"], 1]["same_series"] is same


def test_equal_parts_of_two_years_are_one_series(chain: Chain) -> None:
    rows = chain({**KG, **months(2021, 2), "obs_value": 60.0}, {**KG, **months(2020, 2), "obs_value": 70.0})
    assert rows["KG", 2021, 1]["same_series"] is True


def test_a_share_is_given_only_over_the_same_days_and_beyond_doubt(chain: Chain) -> None:
    orders = {"indicator": "PROTECTION_ORDERS", "ref_area": "KG", "obs_value": 30.0}
    cases = {**KG, "year": 2020, "obs_value": 60.0}
    assert chain(cases, {**orders, "year": 2020})["KG", 2020, 2]["share_of_previous"] == 0.5
    other_days = chain(cases, {**orders, **months(2020, 11)})["KG", 2020, 2]
    assert other_days["share_of_previous"] is None and "different periods" in other_days["share_note_en"]
    for status in ("U", "E"):
        doubtful = chain({**cases, "obs_status": status}, {**orders, "year": 2020})["KG", 2020, 2]
        assert doubtful["share_of_previous"] is None and "doubtful" in doubtful["share_note_en"]


def test_germany_is_a_comparator(chain: Chain) -> None:
    assert {key[0] for key, row in chain().items() if row["comparator"]} == {"DE"}


def test_figures_of_unknown_ends_are_no_series(chain: Chain, declared: Declarations) -> None:
    """Both of a year whose end is not stated: nobody knows whether they are of equal parts."""
    unknown = {**KG, "breakdown": "COVERAGE=PART_OF_YEAR"}
    row = chain({**unknown, "year": 2021, "obs_value": 60.0}, {**unknown, "year": 2022, "obs_value": 70.0})[
        "KG", 2022, 1
    ]
    assert row["same_series"] is False
    names = ("step_end_not_stated", "step_new_series")
    assert row["caution_en"] == " ".join(declared.contract.sentences[name].en for name in names)


def test_the_first_two_months_of_a_leap_year_are_as_many(chain: Chain) -> None:
    for year, same in ((2020, True), (2024, True)):
        other = {**KG, **months(year - 1, 2), "obs_value": 60.0}
        found = chain(other, {**KG, **months(year, 2), "obs_value": 70.0})["KG", year, 1]
        assert found["same_series"] is same
    found = chain({**KG, **months(2021, 3), "obs_value": 60.0}, {**KG, **months(2022, 4), "obs_value": 70.0})
    assert found["KG", 2022, 1]["same_series"] is False
