"""Discrepancies: what is found has a kind by rule and a sentence that says in what the two differ."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from pipelines.declarations import Declarations
from sources.bundled_registers import HEADERS, Entry
from sources.dataset import BUNDLED
from transforms.derive.best_observations import connect
from transforms.derive.discrepancies import discrepancies

Found = Callable[..., tuple[list[dict[str, Any]], list[str]]]
CELL = {"indicator": "DV_CASES", "ref_area": "KG", "year": 2022}
NEW, OLD = {"dataset_id": "un_sdg_2024"}, {"dataset_id": "un_sdg_2020"}
BELOW_28 = {"obs_value": None, "obs_upper": 28.0, "obs_status": "O", "published_value": "<28"}
RATE = {"unit_measure": "PER_100000_POP"}


@pytest.fixture
def found(declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table) -> Found:
    """Discrepancies of some rows of one cell."""

    def make(*rows: dict[str, Any], named: tuple[Entry, ...] = ()) -> tuple[list[dict[str, Any]], list[str]]:
        table = observations(*({**CELL, "published_value": str(row["obs_value"]), **row} for row in rows))
        made, problems = discrepancies(declared.contract, connect(table, sources, declared.datasets), named)
        return made.to_pylist(), problems

    return make


def test_two_sources_of_one_cell_conflict_and_are_named(found: Found) -> None:
    ((row,), _) = found(
        {"obs_value": 9880.0, "source_id": "kg-s60"}, {"obs_value": 8620.0, "source_id": "kg-s11"}
    )
    assert (row["discrepancy_kind"], row["declared"]) == ("conflict", False)
    assert {row["a_value"], row["b_value"]} == {9880, 8620} and abs(row["difference"]) == 1260
    for language in ("en", "ru"):
        assert "9880" in row[f"explanation_{language}"] and "8620" in row[f"explanation_{language}"]
    assert "published" in row["explanation_en"] and "опубликовано" in row["explanation_ru"]


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ({"obs_value": 17316.0}, {"obs_value": 17000.0}, "rounding"),
        ({"obs_value": 120.0}, {"obs_value": 123.0}, "conflict"),
        ({"obs_value": 1917.0, "obs_status": "D"}, {"obs_value": 8337.0}, "different_scope"),
        ({"obs_value": 6490.0, **NEW}, {"obs_value": 6145.0, **OLD}, "revision"),
        ({"obs_value": 0.94, **RATE}, {"obs_value": 0.97, **RATE}, "different_base"),
        ({"obs_value": 0.94, **RATE}, {"obs_value": 1.17, **RATE}, "different_base"),
        ({"obs_value": 0.94, **RATE}, {"obs_value": 1.18, **RATE}, "conflict"),
        ({"obs_value": 3600.0}, {"obs_value": 3587.4}, "rounding"),
    ],
)
def test_kinds_follow_rules(found: Found, first: dict[str, Any], second: dict[str, Any], kind: str) -> None:
    ((row,), _) = found(first, second)
    assert row["discrepancy_kind"] == kind and row["explanation_en"] and row["explanation_ru"]


@pytest.mark.parametrize(
    ("value", "second"),
    [
        pytest.param(96.5, {"obs_value": 96.5}, id="equal"),
        pytest.param(97.0, {"obs_value": 96.5}, id="one has more digits after the point"),
        pytest.param(97.0, {"obs_value": 90.0, "obs_lower": 90.0}, id="more than 90"),
        pytest.param(97.0, {"obs_value": 103.0, "obs_upper": 103.0}, id="up to 103"),
        pytest.param(27.0, BELOW_28, id="<28"),
        pytest.param(97.0, {"obs_value": None, "obs_status": "O"}, id="no figure"),
        pytest.param(97.0, {"obs_value": 120.0, "nature": "M"}, id="a model"),
        pytest.param(97.0, {"obs_value": 120.0, "sex": "F"}, id="another cell"),
    ],
)
def test_what_agrees_is_no_discrepancy(found: Found, value: float, second: dict[str, Any]) -> None:
    assert found({"obs_value": value}, second)[0] == []


def test_two_changes_may_be_against_two_times(found: Found) -> None:
    change = {"unit_measure": "PERCENT_CHANGE"}
    assert found({**change, "obs_value": 5.0}, {**change, "obs_value": 9.0})[0] == []


@pytest.mark.parametrize(
    ("value", "second"),
    [
        pytest.param(97.0, {"obs_value": 103.0, "obs_lower": 103.0}, id="more than 103"),
        pytest.param(97.0, {"obs_value": 91.0, "obs_upper": 91.0}, id="up to 91"),
        pytest.param(97.0, BELOW_28, id="<28"),
        pytest.param(97.0, {"obs_value": 103.0, "obs_lower": 91.0, "obs_upper": 103.0}, id="an interval"),
    ],
)
def test_a_bound_that_does_not_hold_is_a_conflict(found: Found, value: float, second: dict[str, Any]) -> None:
    for rows in (({"obs_value": value}, second), (second, {"obs_value": value})):
        ((row,), _) = found(*rows)
        assert row["discrepancy_kind"] == "conflict"


def test_a_part_of_the_year_above_the_year_is_found(found: Found) -> None:
    half = {
        "freq": "S",
        "time_period": "2022-S1",
        "period_start": dt.date(2022, 1, 1),
        "period_end": dt.date(2022, 6, 30),
    }
    ((row,), _) = found({"obs_value": 28.0}, {"obs_value": 71.0, **half})
    assert (row["discrepancy_kind"], row["a_value"], row["b_value"]) == ("parts_do_not_add_up", 71, 28)
    assert ": 71.0 (2022-S1); " in row["explanation_en"] and ": 28.0 (2022). " in row["explanation_en"]
    ((row,), _) = found({"obs_value": 28.0, "obs_status": "D"}, {"obs_value": 71.0, **half})
    assert row["discrepancy_kind"] == "different_scope"
    assert found({"obs_value": 80.0}, {"obs_value": 71.0, **half})[0] == []
    assert len(found({**BELOW_28}, {"obs_value": 71.0, **half})[0]) == 1
    # "More than 28" is no contradiction, nor is "up to 71" or "<71"; a stock may be larger in a month than in the year.
    assert found({"obs_value": 28.0}, {**BELOW_28, "obs_upper": 71.0, **half})[0] == []
    assert found({"obs_value": 28.0, "obs_lower": 28.0}, {"obs_value": 71.0, **half})[0] == []
    assert found({"obs_value": 28.0}, {"obs_value": 71.0, "obs_upper": 71.0, **half})[0] == []
    for stock in ("SHELTERS", "POPULATION"):
        of_half = {"indicator": stock, "obs_value": 71.0, **half}
        assert found({"indicator": stock, "obs_value": 28.0}, of_half)[0] == []


def test_each_side_is_named_dated_and_quoted(
    declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table
) -> None:
    """By its publisher, else by its source; by its day of publication, else by that on which it was seen."""
    rows = [
        {**CELL, "obs_value": 9880.0, "source_id": "kg-s60", "published_value": "9 880"},
        {**CELL, "obs_value": 8620.0, "source_id": "kg-s11", "published_value": "8 620"},
    ]
    unnamed = [
        {**source, "publisher": None, "published": None} if source["source_id"] == "kg-s11" else source
        for source in sources.to_pylist()
    ]
    con = connect(
        observations(*rows), pa.Table.from_pylist(unnamed, schema=sources.schema), declared.datasets
    )
    (row,) = discrepancies(declared.contract, con, ())[0].to_pylist()
    assert row["explanation_en"].startswith(
        "Azattyk (published 2024-05): 9 880; kg-s11 (date not stated, seen 2026-11-24): 8 620. Different sources"
    )
    assert row["explanation_ru"].startswith(
        "Azattyk (опубликовано 2024-05): 9 880; kg-s11 (дата не указана, просмотрено 2026-11-24): 8 620. Разные"
    )
    assert (row["difference"], row["relative_difference"]) == (-1260, -1260 / 9880)


def declared_pair(**changed: str) -> Entry:
    side = {
        "source": "kg-s60",
        "indicator": "DV_CASES",
        "area": "KG",
        "period": "2022",
        "sex": "",
        "figure": "9880",
    }
    cells = {f"a_{name}": value for name, value in side.items()} | {
        f"b_{name}": value for name, value in side.items()
    }
    cells |= {
        "b_source": "kg-s11",
        "b_figure": "8620",
        "id": "kg-x",
        "kind": "different_unit",
        "country": "KG",
    }
    cells |= {"topic_en": "t", "topic_ru": "т", "explanation_en": "e", "explanation_ru": "о", **changed}
    return Entry(
        BUNDLED / "discrepancies" / "kg.csv", 2, {name: cells[name] for name in HEADERS["discrepancies"]}
    )


def test_a_declared_one_keeps_its_words_and_is_not_found_again(found: Found) -> None:
    rows = (
        {"obs_value": 9880.0, "source_id": "kg-s60", "published_value": "9880"},
        {"obs_value": 8620.0, "source_id": "kg-s11", "published_value": "8620"},
    )
    ((row,), problems) = found(*rows, named=(declared_pair(),))
    assert (row["discrepancy_kind"], row["declared"], row["explanation_en"]) == ("different_unit", True, "e")
    assert problems == []
    made, problems = found(*rows, named=(declared_pair(b_figure="1"),))
    assert [row["declared"] for row in made] == [False]
    assert len(problems) == 1 and "discrepancies/kg.csv, line 2" in problems[0] and "side b" in problems[0]


def test_a_number_printed_for_all_and_for_a_group_is_that_of_all(found: Found) -> None:
    """KazStat prints 4.9 for all ages and for 60 and over: the declared pair was that of the old."""
    rows = (
        {"obs_value": 9880.0, "source_id": "kg-s60", "published_value": "9880", "age": "Y_GE60"},
        {"obs_value": 9880.0, "source_id": "kg-s60", "published_value": "9880"},
        {"obs_value": 8620.0, "source_id": "kg-s11", "published_value": "8620"},
    )
    ((row,), problems) = found(*rows, named=(declared_pair(),))
    assert row["declared"] and problems == []


def test_those_of_other_groups_are_carried_on(
    declared: Declarations, observations: Callable[..., pa.Table], sources: pa.Table
) -> None:
    """What was found of the groups that changed is found anew, or is gone; declared ones are always looked up."""

    def made(rows: list[dict[str, Any]], groups: pa.Table | None, **more: Any) -> pa.Table:
        con = connect(observations(*rows), sources, declared.datasets, groups)
        return discrepancies(declared.contract, con, (), **more)[0]

    before = [
        {**CELL, "ref_area": area, "obs_value": value, "source_id": source, "published_value": str(value)}
        for area in ("KG", "KZ", "TJ")
        for source, value in (("kg-s60", 9880.0), ("kg-s11", 8620.0))
    ]
    now = [{**row, "obs_value": 5.0} if row["ref_area"] == "KZ" else row for row in before]
    now[-1] = {**now[-1], "obs_value": 8621.0}
    last = made(before, None)
    assert last["ref_area"].to_pylist() == ["KG", "KZ", "TJ"]
    groups = pa.table({"indicator": ["DV_CASES"] * 2, "ref_area": ["KZ", "TJ"]})
    found = made(now, groups, last=last)
    assert found.equals(made(now, None))
    assert [(row["ref_area"], row["b_value"]) for row in found.to_pylist()] == [("KG", 8620), ("TJ", 8621)]
