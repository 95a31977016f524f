"""The equations of small tables: variables, relations, what is small, hidden, and what it costs to withhold it."""

from typing import Any

import numpy as np
import pytest

from tests.transforms.privacy.test_rows_as_cells import share
from tests.transforms.privacy.test_suppress_cells import row, table
from transforms.privacy.additive_equations import Model, build_model
from transforms.privacy.rows_as_cells import Rows


def model(*rows: dict[str, Any], threshold: float = 10) -> Model:
    return build_model(Rows(table(*rows), ()), threshold)


def equations(made: Model) -> list[tuple[float, list[float]]]:
    """Each relation as the value of its total and those of its parts and rest."""
    lines = [(line > 0, line < 0) for line in made.matrix.toarray()]
    return sorted((made.x[total].sum(), sorted(made.x[parts].tolist())) for total, parts in lines)


def values(made: Model, flags: np.ndarray) -> list[float]:
    return sorted(made.x[flags].tolist())


RELATIONS = {
    "parts that are all": ([(30, "KZ"), (4, "KZ-10"), (26, "KZ-11")], [(30, [4, 26])]),
    "parts that leave a rest": ([(50, "KZ"), (4, "KZ-10"), (26, "KZ-11")], [(50, [4, 20, 26])]),
    "parts that are a little more": ([(30, "KZ"), (9, "KZ-10"), (30, "KZ-11")], [(30, [9, 30])]),
    "parts that are much more say little each": (
        [(30, "KZ"), (12, "KZ-10"), (28, "KZ-11")],
        [(30, [2, 28]), (30, [12, 18])],
    ),
    "a part that is more alone says nothing": ([(30, "KZ"), (40, "KZ-10")], []),
    "no total": ([(4, "KZ-10"), (26, "KZ-11")], []),
}


@pytest.mark.parametrize("case", RELATIONS)
def test_relations(case: str) -> None:
    figures, expected = RELATIONS[case]
    assert equations(model(*(row(float(value), area) for value, area in figures))) == expected


@pytest.mark.parametrize(("men", "rest"), [(201.0, []), (199.0, []), (198.0, [3.0])])
def test_a_count_that_follows_from_a_rounded_share_leaves_no_rest_by_rounding(
    men: float, rest: list[float]
) -> None:
    """33 per cent of 300 are 98 to 101."""
    shares = share(33.0, "KZ", sex="F"), share(67.0, "KZ", sex="M")
    made = model(row(300.0, "KZ"), row(men, "KZ", sex="M"), *shares)
    assert equations(made) == [(300, sorted([99, men, *rest]))]


@pytest.mark.parametrize(
    ("other", "told"), [(27.0, True), (35.0, True), (36.0, False), (17.0, True), (16.0, False)]
)
def test_one_cell_of_two_datasets_is_one_figure(other: float, told: bool) -> None:
    made = model(row(26.0), row(other, dataset_id="kz-y", source_id="kz-y", indicator="DV_CASES"))
    assert (len(equations(made)) == 1) is told


def test_what_is_small_is_hidden_and_marked() -> None:
    made = model(
        row(30.0, "KZ"), row(9.0, "KZ-10"), row(10.0, "KZ-11"), row(11.0, "KZ-12"), row(0.0, "KZ-13")
    )
    assert values(made, made.small) == [9] and values(made, made.hidden) == [9]
    assert values(made, made.marked) == [9] and values(made, made.below) == [0, 9, 10, 11]
    assert made.row.all() and not made.known.any() and not made.fixed.any()


def test_the_country_may_be_small() -> None:
    made = model(row(3.0, "KZ"))
    assert not made.small.any() and not made.hidden.any() and not made.below.any()


def test_a_rest_is_protected_as_its_parts_are() -> None:
    made = model(row(33.0, "KZ"), row(26.0, "KZ-10"))
    assert values(made, made.small) == [7] and made.x[-1] == 7 and not made.row[-1]
    assert made.hidden.tolist()[-1] and not made.marked.any()


def test_zeros_of_a_small_total_are_hidden_with_it() -> None:
    sexes = [row(3.0), row(3.0, sex="F"), row(0.0, sex="M")]
    made = model(row(90.0, "KZ"), *sexes)
    assert values(made, made.marked) == [0, 3, 3]
    large = model(row(90.0, "KZ"), row(30.0), row(30.0, sex="F"), row(0.0, sex="M"))
    assert values(large, large.marked) == []


def test_a_total_costs_three_times_its_level_and_ties_are_broken_by_little() -> None:
    regions = [row(20.0, area) for area in ("KZ-10", "KZ-11", "KZ-12")]
    parts = [row(10.0, "KZ-10", sex="F"), row(10.0, "KZ-10", sex="M")]
    made = model(row(60.0, "KZ"), *regions, *parts)
    heights = {60.0: 2, 10.0: 0}
    more = []
    for value, cost, cell in zip(made.x, made.cost, made.cells, strict=True):
        height = heights.get(value, 1 if cell.key.ref_area == "KZ-10" else 0)
        more.append(cost / ((value + 1) * 3**height) - 1)
    assert all(-1e-12 <= part < 1e-3 for part in more), more
    assert len({round(part, 9) for part in more}) == len(more), "no two are alike"
    assert max(more) - min(more) > 5e-4


def test_the_cost_of_large_totals_has_a_limit() -> None:
    made = model(row(2e7, "KZ"), row(2e7, "KZ-10"))
    assert np.allclose(made.cost, 1e7, rtol=1e-3)
