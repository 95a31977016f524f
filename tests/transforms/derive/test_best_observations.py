"""The best row of a cell: its own definition, beyond doubt, with interval, unrounded, by precedence, marks kept."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from transforms.derive.best_observations import best_observations, connect

Best = Callable[..., list[dict[str, Any]]]
CELL = {"indicator": "DV_CASES", "ref_area": "KG", "year": 2022}
# Precedence of kg_sdg is before that of kg_statements.
OFFICIAL, PRESS = {"dataset_id": "kg_sdg"}, {"dataset_id": "kg_statements"}


@pytest.fixture
def best(declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table) -> Best:
    """Best rows of candidates for one cell."""

    def make(*changed: dict[str, Any]) -> list[dict[str, Any]]:
        table = observations(*({**CELL, **row} for row in changed))
        con = connect(table, sources, declared.datasets)
        return best_observations(declared.contract, con).read_all().to_pylist()

    return make


def test_precedence_decides_between_equals(best: Best) -> None:
    (row,) = best({**PRESS, "obs_value": 70.0}, {**OFFICIAL, "obs_value": 71.0})
    assert (row["obs_value"], row["candidates"]) == (71, 2)


def test_an_upper_bound_goes_before_nothing(best: Best) -> None:
    nothing = {"obs_value": None, "obs_status": "O"}
    (row,) = best({**OFFICIAL, **nothing}, {**PRESS, **nothing, "obs_upper": 5.0})
    assert row["obs_upper"] == 5
    (row,) = best({**OFFICIAL, **nothing, "obs_upper": 5.0}, {**PRESS, "obs_value": 3.0})
    assert row["obs_upper"] == 5, "both say something: the precedence decides"


def test_of_one_dataset_the_newest_source_is_shown(best: Best) -> None:
    older, newer = (
        {"source_id": "kg-s11", "obs_value": 11.0},
        {"source_id": "kg-s60", "obs_value": 60.0},
    )
    assert [best(*rows)[0]["obs_value"] for rows in ((older, newer), (newer, older))] == [60, 60]


@pytest.mark.parametrize("status", ["D", "U"])
def test_another_definition_or_doubt_gives_way_whatever_its_precedence(best: Best, status: str) -> None:
    (row,) = best({**OFFICIAL, "obs_value": 2306.0, "obs_status": status}, {**PRESS, "obs_value": 5908.0})
    assert (row["obs_value"], row["obs_status"]) == (5908, "A")
    (alone,) = best({**OFFICIAL, "obs_value": 2306.0, "obs_status": status})
    assert (alone["obs_value"], alone["obs_status"]) == (2306, status)


def test_a_doubtful_figure_is_nearer_than_one_of_another_definition(best: Best) -> None:
    (row,) = best({"obs_value": 1.0, "obs_status": "D"}, {"obs_value": 2.0, "obs_status": "U"})
    assert row["obs_value"] == 2


def test_a_third_party_copy_makes_no_cell_of_its_own_but_a_model_does(best: Best) -> None:
    rows = best({"obs_value": 10.0}, {"obs_value": 11.0, "nature": "N"}, {"obs_value": 12.0, "nature": "M"})
    assert [(row["obs_value"], row["nature"]) for row in rows] == [(10, "C"), (12, "M")]


def test_a_copied_model_stays_with_the_models(best: Best) -> None:
    """Nature N says that a third party copied, status E what: an estimate."""
    copied = {"nature": "N", "obs_status": "E"}
    rows = best(
        {"obs_value": 10.0},
        {**copied, "obs_value": 11.0},
        {"obs_value": 12.0, "nature": "M"},
        {"obs_value": 13.0, "nature": "E"},
    )
    assert [(row["obs_value"], row["candidates"]) for row in rows if row["nature"] == "C"] == [(10, 1)]
    (modelled,) = [row for row in rows if row["nature"] != "C"]
    assert (modelled["nature"], modelled["candidates"]) == ("E", 3), (
        "the publisher's own goes before the copy"
    )


def test_the_finer_figure_goes_before_its_rounding(best: Best) -> None:
    share = {"unit_measure": "PERCENT"}
    (row,) = best({**OFFICIAL, **share, "obs_value": 97.0}, {**PRESS, **share, "obs_value": 96.5})
    assert row["obs_value"] == 96.5
    (row,) = best({**OFFICIAL, "obs_value": 17000.0}, {**PRESS, "obs_value": 17316.0})
    assert row["obs_value"] == 17316
    # What a later edition replaced is no finer figure of it.
    (row,) = best(
        {"dataset_id": "un_sdg_2024", "obs_value": 17000.0},
        {"dataset_id": "un_sdg_2020", "obs_value": 17316.0},
    )
    assert row["obs_value"] == 17000
    # Not a rounding of one another: the precedence decides.
    (row,) = best({**OFFICIAL, "obs_value": 17000.0}, {**PRESS, "obs_value": 17816.0})
    assert row["obs_value"] == 17000


@pytest.mark.parametrize("status", ["P", "E", "I"])
def test_a_provisional_or_estimated_figure_is_no_finer_one_than_the_counted(best: Best, status: str) -> None:
    first = {**PRESS, "obs_value": 3587.0, "obs_status": status}
    (row,) = best({**OFFICIAL, "obs_value": 3600.0}, first)
    assert (row["obs_value"], row["obs_status"]) == (3600, "A")
    (row,) = best({**OFFICIAL, "obs_value": 3600.0, "obs_status": status}, first)
    assert row["obs_value"] == 3587, "both are"


@pytest.mark.parametrize(("counted", "status"), [(3911.0, "A"), (3600.0, "U")])
def test_what_was_expected_gives_way_to_what_was_counted(best: Best, counted: float, status: str) -> None:
    expected = {**OFFICIAL, "obs_value": 3587.0, "obs_status": "F"}
    for rows in ((expected, PRESS), ({**expected, **PRESS}, OFFICIAL)):
        (row,) = best(rows[0], {**rows[1], "obs_value": counted, "obs_status": status})
        assert (row["obs_value"], row["obs_status"]) == (counted, status)


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        (3e20, 2.6e20, 2.6e20),
        (2e-5, 1.6e-5, 1.6e-5),
        (1.6e-5, 2e-5, 1.6e-5),
        # Not a rounding of one another.
        (2e-5, 1.4e-5, 2e-5),
    ],
)
def test_digits_of_very_large_and_very_small_figures(
    best: Best, first: float, second: float, shown: float
) -> None:
    (row,) = best({**OFFICIAL, "obs_value": first}, {**PRESS, "obs_value": second})
    assert row["obs_value"] == shown


def test_rates_of_two_bases_are_no_roundings(best: Best) -> None:
    rate = {"unit_measure": "PER_100000_POP"}
    (row,) = best({**OFFICIAL, **rate, "obs_value": 4.8}, {**PRESS, **rate, "obs_value": 4.78})
    assert row["obs_value"] == 4.8


def test_the_row_with_its_interval_goes_before_its_copy_without(best: Best) -> None:
    whole = {**PRESS, "nature": "E", "obs_value": 14.0, "obs_lower": 8.6, "obs_upper": 22.0}
    (row,) = best({**OFFICIAL, "nature": "E", "obs_value": 14.0}, whole)
    assert (row["obs_lower"], row["obs_upper"]) == (8.6, 22.0)
    # An interval around another value is no reason.
    (row,) = best({**OFFICIAL, "nature": "E", "obs_value": 14.0}, {**whole, "obs_value": 16.0})
    assert row["obs_value"] == 14 and row["obs_lower"] is None


def test_a_break_that_any_candidate_marks_stays_with_the_best(best: Best) -> None:
    (row,) = best({**OFFICIAL, "obs_value": 71.0}, {**PRESS, "obs_value": 70.0, "obs_status": "B"})
    assert (row["obs_value"], row["obs_status"]) == (71, "B")


def test_doubt_stays_only_with_the_value_that_is_doubted(best: Best) -> None:
    (row,) = best({**OFFICIAL, "obs_value": 71.0}, {**PRESS, "obs_value": 71.0, "obs_status": "U"})
    assert row["obs_status"] == "U"
    (row,) = best({**OFFICIAL, "obs_value": 71.0}, {**PRESS, "obs_value": 99.0, "obs_status": "U"})
    assert row["obs_status"] == "A"


def test_the_best_of_other_groups_are_carried_on(
    declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table
) -> None:
    """Only the cells of the groups that changed are ranked anew."""
    before = [{**CELL, "ref_area": area, "obs_value": 1.0} for area in ("KG", "KZ", "TJ")]
    now = [
        *({**row, "obs_value": 2.0} for row in before),
        {**CELL, "ref_area": "KZ", **PRESS, "obs_value": 3.0},
    ]

    def made(rows: list[dict[str, Any]], *more: Any) -> Any:
        con = connect(observations(*rows), sources, declared.datasets, *more)
        return best_observations(declared.contract, con, *([last] if more else []))

    last = made(before).read_all()
    groups = pa.table({"indicator": ["DV_CASES"], "ref_area": ["KZ"]})
    found = made(now, groups).reader().read_all()
    assert {row["ref_area"]: row["obs_value"] for row in found.to_pylist()} == {"KG": 1, "KZ": 2, "TJ": 1}
    assert {row["ref_area"]: row["candidates"] for row in found.to_pylist()} == {"KG": 1, "KZ": 2, "TJ": 1}
