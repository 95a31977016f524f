"""Comparability: the pair's own row, the rule for all, a missing side; and neighbouring indicators."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from transforms.derive.comparability import _pair, comparability


def made(declared: Declarations, table: pa.Table) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    rows = comparability(declared.contract, table).to_pylist()
    return {(row["indicator"], row["country_a"], row["country_b"], row["indicator_b"]): row for row in rows}


def published(observations: Callable[..., pa.Table], *sides: tuple[str, str]) -> pa.Table:
    return observations(
        *({"indicator": code, "ref_area": area, "year": 2020, "obs_value": 1.0} for code, area in sides)
    )


def test_a_pairs_own_row_goes_before_the_rule_for_all(
    declared: Declarations, observations: Callable[..., pa.Table]
) -> None:
    table = published(observations, *(("IPV_12M", area) for area in ("KG", "TJ", "KZ")))
    rows = made(declared, table)
    assert rows["IPV_12M", "KG", "TJ", "IPV_12M"]["verdict"] == "care"
    assert rows["IPV_12M", "KG", "KZ", "IPV_12M"]["verdict"] == "not_comparable"


def test_a_country_without_figures_is_not_comparable(
    declared: Declarations, observations: Callable[..., pa.Table]
) -> None:
    row = made(declared, published(observations, ("POPULATION", "KG")))[
        "POPULATION", "KG", "TJ", "POPULATION"
    ]
    assert row["verdict"] == "not_comparable" and "TJ" in row["reason_en"] and "TJ" in row["reason_ru"]
    nothing = {"indicator": "POPULATION", "year": 2020, "obs_value": None, "obs_status": "O"}
    table = observations(*({**nothing, "ref_area": area} for area in ("KG", "TJ")))
    row = made(declared, table)["POPULATION", "KG", "TJ", "POPULATION"]
    assert row["verdict"] == "not_comparable" and "KG, TJ" in row["reason_en"]
    both = published(observations, ("POPULATION", "KG"), ("POPULATION", "TJ"))
    assert made(declared, both)["POPULATION", "KG", "TJ", "POPULATION"]["verdict"] == "comparable"


def test_cases_in_one_country_and_crimes_in_another_are_named_apart(
    declared: Declarations, observations: Callable[..., pa.Table]
) -> None:
    table = published(observations, ("DV_CRIMINAL_CASES", "KG"), ("DV_CRIMES", "KZ"))
    rows = made(declared, table)
    row = rows["DV_CRIMINAL_CASES", "KG", "KZ", "DV_CRIMES"]
    assert row["verdict"] == "not_comparable"
    assert "KG has" in row["reason_en"] and "Offence" in row["reason_en"] and "KZ —" in row["reason_ru"]
    assert ("DV_CRIMES", "KG", "KZ", "DV_CRIMINAL_CASES") not in rows


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("DV_CASES", "KG"), ("DV_CRIMES", "KZ")),
        (("DV_COURT_CASES", "KG"), ("DV_CONVICTED", "UZ")),
        (("CHILDREN_PLACED", "KZ"), ("CRIMES_AGAINST_MINORS", "UZ")),
    ],
)
def test_neighbours_of_different_steps_are_named_apart_too(
    declared: Declarations,
    observations: Callable[..., pa.Table],
    first: tuple[str, str],
    second: tuple[str, str],
) -> None:
    """Asked of a committee: cases, court cases and children of one country beside crimes and convictions of another."""
    rows = made(declared, published(observations, first, second))
    row = rows[first[0], first[1], second[1], second[0]]
    assert row["verdict"] == "not_comparable"
    for code, country in (first, second):
        assert declared.contract.indicators[code].label.en in row["reason_en"] and country in row["reason_en"]


def test_every_indicator_and_pair_has_its_row(
    declared: Declarations, observations: Callable[..., pa.Table]
) -> None:
    rows = made(declared, observations())
    assert len(rows) == len(declared.contract.indicators) * 10
    assert all(row["reason_en"] and row["reason_ru"] for row in rows.values())


@pytest.mark.parametrize(
    ("rows", "published", "verdict", "source"),
    [
        # The rule for one country and any other goes before that for all, its own before both, whatever their order.
        ([("*", "*", "care"), ("KG", "*", "not_comparable")], "KG TJ", "not_comparable", "s"),
        ([("KG", "*", "not_comparable"), ("*", "*", "care")], "KG TJ", "not_comparable", "s"),
        ([("*", "*", "care"), ("TJ", "KG", "comparable"), ("KG", "*", "care")], "KG TJ", "comparable", "s"),
        ([("*", "*", "comparable")], "KG TJ", "comparable", "s"),
        ([("KZ", "*", "comparable"), ("KG", "KZ", "comparable")], "KG TJ", "care", None),
        ([], "KG TJ", "care", None),
        # Without figures only what was said of the very pair holds.
        ([("KG", "*", "comparable")], "KG", "not_comparable", None),
        ([("TJ", "KG", "comparable")], "", "comparable", "s"),
    ],
)
def test_which_row_speaks_of_a_pair(
    rows: list[tuple[str, str, str]], published: str, verdict: str, source: str | None
) -> None:
    names = ("country_a", "country_b", "verdict")
    declared: Any = [
        {**dict(zip(names, row, strict=True)), "reason_en": "e", "reason_ru": "о", "source": "s"}
        for row in rows
    ]
    row = _pair("X", "KG", "TJ", declared, {("X", country) for country in published.split()})
    assert (row["verdict"], row["source"]) == (verdict, source)
    assert (row["indicator"], row["indicator_b"], row["country_a"], row["country_b"]) == (
        "X",
        "X",
        "KG",
        "TJ",
    )
    if source is None:
        absent = ", ".join(country for country in ("KG", "TJ") if country not in published)
        assert (f"published for {absent}." in row["reason_en"]) is bool(absent)
        assert (f"данных: {absent}." in row["reason_ru"]) is bool(absent)
        assert row["reason_en"] and row["reason_ru"]
    else:
        assert (row["reason_en"], row["reason_ru"]) == ("e", "о")
