"""Status B where a law or a change of territory breaks a series, and nowhere else."""

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_contracts.arrow import arrow_schema
from data_contracts.load import contract
from data_contracts.strict_files import DeclarationError, Row
from pipelines.declarations import Declarations
from sources.bundled_registers import Entry
from sources.dataset import BUNDLED
from tests.helpers import advance
from transforms.derive.breaks import acts, find_breaks, first_day, territorial_breaks

ROW: dict[str, Any] = {
    "sex": "_T", "age": "_T", "violence_form": "_T", "relationship": "_T", "breakdown": "_T", "freq": "A",
    "obs_lower": None, "obs_upper": None, "nature": "C", "unit_measure": "NUMBER", "obs_status": "A",
    "conf_status": "F", "dataset_id": "kz_form_1m", "source_id": "x", "published_value": "1", "note": None,
    "raw_sha256": "a" * 64, "raw_locator": "x", "retrieved_at": dt.datetime(2026, 11, 24),
}  # fmt: skip


def table(declared: Declarations, cells: list[tuple[str, str, int, float | None]]) -> pa.Table:
    schema = arrow_schema(declared.contract, declared.contract.tables["observations"])
    schema = pa.schema([schema.field(name) for name in schema.names if name != "first_release"])
    rows = [
        {
            **ROW,
            "obs_key": f"{n:016x}",
            "indicator": indicator,
            "ref_area": area,
            "time_period": str(year),
            "period_start": dt.date(year, 1, 1),
            "period_end": dt.date(year, 12, 31),
            "obs_value": value,
        }
        for n, (indicator, area, year, value) in enumerate(cells)
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def law(**changed: str) -> Entry:
    cells = {
        "law_id": "kz-x",
        "country": "KZ",
        "in_force": "2024-06-16",
        "adopted": "2024-04-15",
        "breaks": "DV_CRIMES",
        "breaks_regions": "",
    }
    return Entry("legal_framework/kz.csv", 2, {**cells, **changed})


def mark_breaks(
    cells: pa.Table, laws: tuple[Entry, ...], areas: Sequence[Row] = ()
) -> tuple[pa.Table, dict[str, int]]:
    """The observations that a release would have, and how many series each law broke."""
    found = find_breaks([cells], laws, areas)
    moment = dt.datetime(2026, 11, 24)
    return advance(
        contract(), None, cells, "20261124T000000Z", moment, found.marked
    ).observations, found.series


def statuses(marked: pa.Table) -> list[str]:
    return [row["obs_status"] for row in marked.sort_by("obs_key").to_pylist()]


def test_the_first_value_after_the_law_is_marked_in_every_series_that_goes_on(declared: Declarations) -> None:
    cells = [("DV_CRIMES", "KZ", year, 1.0) for year in (2022, 2023, 2024, 2025)]
    cells += [("DV_CRIMES", "KZ-75", year, 1.0) for year in (2024, 2025)]
    cells += [("DV_CRIMES", "KG", year, 1.0) for year in (2023, 2024)]
    cells += [("DV_KILLED", "KZ", year, 1.0) for year in (2023, 2024)]
    marked, counts = mark_breaks(table(declared, cells), (law(),))
    assert statuses(marked) == ["A", "A", "B", "A", "A", "A", "A", "A", "A", "A"]
    assert counts == {"kz-x": 1}


@pytest.mark.parametrize(
    ("in_force", "adopted", "days"),
    [
        ("2024-06-16", "2024-04-15", [dt.date(2024, 6, 16)]),
        ("", "2024-04-15", [dt.date(2024, 4, 15)]),
        ("2024-06-16", "", [dt.date(2024, 6, 16)]),
        ("", "", []),
    ],
)
def test_an_act_breaks_when_it_comes_into_force_else_when_it_is_adopted(
    in_force: str, adopted: str, days: list[dt.date]
) -> None:
    assert [act.day for act in acts((law(in_force=in_force, adopted=adopted),))] == days


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("DV_ADMIN_LIABLE", ["DV_ADMIN_ARRESTS", "DV_ADMIN_FINES", "DV_ADMIN_WARNINGS"]),
        ("DV_CONVICTED", ["DV_CRIMES"]),
    ],
)
def test_a_law_that_changes_who_is_liable_breaks_penalties_and_crimes_of_the_same_article(
    declared: Declarations, whole: str, parts: list[str]
) -> None:
    """3,200 fines of half of 2025 stood beside 9,210 without a word that children are protected since October 2024."""
    broken = {(act.area, act.indicator, act.day) for act in acts(declared.laws)}
    last: dict[tuple[str, str], str] = {}
    for path in (BUNDLED / "figures").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if {"area", "indicator", "period"} <= row.keys():
                    key = (row["area"][:2], row["indicator"])
                    last[key] = max(last.get(key, ""), row["period"][:4])
    for country, day in {(area, day) for area, indicator, day in broken if indicator == whole}:
        for part in parts:
            if last.get((country, part), "") > str(day.year):
                assert (country, part, day) in broken, (country, part, day)


def test_a_region_that_counts_by_rules_of_its_own_is_not_broken_by_the_country(
    declared: Declarations,
) -> None:
    cells: list[tuple[str, str, int, float | None]] = [
        ("DV_CRIMES", area, year, 1.0) for area in ("KZ", "KZ-75") for year in (2023, 2024)
    ]
    own = law(breaks_regions="no")
    assert statuses(mark_breaks(table(declared, cells), (law(),))[0]) == ["A", "B", "A", "B"]
    assert statuses(mark_breaks(table(declared, cells), (own,))[0]) == ["A", "B", "A", "A"]
    ends = {"period_end": dt.date(2023, 12, 31)}, {"period_end": dt.date(2024, 12, 31)}
    for area, of_law, of_own in (("KZ", True, True), ("KZ-75", True, False)):
        before, after = ({"ref_area": area, "indicator": "DV_CRIMES", **end} for end in ends)
        assert acts((law(),))[0].falls_between(before, after) == of_law
        assert acts((own,))[0].falls_between(before, after) == of_own
    with pytest.raises(DeclarationError, match=r"kz\.csv, line 2: breaks_regions is 'nein'"):
        acts((law(breaks_regions="nein"),))


@pytest.mark.parametrize(
    ("in_force", "marked"), [("2024-12-31", 2024), ("2025-01-01", 2025), ("2024-01-01", 2024)]
)
def test_the_year_that_has_the_day_of_the_law_is_after_it(
    declared: Declarations, in_force: str, marked: int
) -> None:
    cells: list[tuple[str, str, int, float | None]] = [
        ("DV_CRIMES", "KZ", year, 1.0) for year in (2023, 2024, 2025)
    ]
    found = statuses(mark_breaks(table(declared, cells), (law(in_force=in_force),))[0])
    assert found.index("B") + 2023 == marked and found.count("B") == 1
    (act,) = acts((law(in_force=in_force),))
    ends = [
        {"ref_area": "KZ", "indicator": "DV_CRIMES", "period_end": dt.date(y, 12, 31)}
        for y in (2023, 2024, 2025)
    ]
    assert [act.falls_between(*pair) for pair in zip(ends, ends[1:], strict=False)] == [
        marked == 2024,
        marked == 2025,
    ]


def test_the_last_loss_of_territory_breaks_a_region() -> None:
    cells = {"comparable_group": "x", "valid_from": "", "valid_to": ""}
    codes = {"KZ-1": "", "KZ-2": "2018-06-19", "KZ-3": "2022-06-08"}
    rows = [
        Row(Path("area.csv"), 2, {**cells, "code": code, "valid_from": day}) for code, day in codes.items()
    ]
    assert territorial_breaks(rows) == {"KZ-1": dt.date(2022, 6, 8)}


def test_a_countrys_law_does_not_break_an_international_estimate(declared: Declarations) -> None:
    cells: list[tuple[str, str, int, float | None]] = [
        ("DV_CRIMES", "KZ", year, 1.0) for year in (2023, 2024)
    ]
    plain = table(declared, cells)
    for nature, status, expected in (("C", "A", "B"), ("N", "V", "B"), ("M", "A", "A"), ("N", "E", "E")):
        changed = plain
        for name, code in (("nature", nature), ("obs_status", status)):
            place = plain.schema.get_field_index(name)
            changed = changed.set_column(place, plain.schema.field(place), pa.array([code] * 2, pa.string()))
        assert statuses(mark_breaks(changed, (law(),))[0])[1] == expected, (nature, status)


@pytest.mark.parametrize("status", ["D", "U", "P", "E"])
def test_a_break_does_not_hide_what_says_more_of_the_value(declared: Declarations, status: str) -> None:
    """A figure of another definition, marked as a break instead, would be the best of its cell."""
    plain = table(declared, [("DV_CRIMES", "KZ", year, 1.0) for year in (2023, 2024)])
    place = plain.schema.get_field_index("obs_status")
    marks = pa.array(["A", status], pa.string())
    marked, counts = mark_breaks(plain.set_column(place, plain.schema.field(place), marks), (law(),))
    assert statuses(marked) == ["A", status]
    assert counts == {"kz-x": 1}


def test_a_missing_value_does_not_take_the_mark(declared: Declarations) -> None:
    cells = [("DV_CRIMES", "KZ", 2023, 1.0), ("DV_CRIMES", "KZ", 2024, None), ("DV_CRIMES", "KZ", 2025, 2.0)]
    marked, _ = mark_breaks(table(declared, cells), (law(),))
    assert statuses(marked) == ["A", "A", "B"]


def test_a_region_that_lost_territory_breaks_and_its_neighbour_does_not(declared: Declarations) -> None:
    found = territorial_breaks(declared.contract.areas)
    assert found == {code: dt.date(2022, 6, 8) for code in ("KZ-19", "KZ-35", "KZ-63")}
    cells = [("DV_KILLED", area, year, 1.0) for area in ("KZ-63", "KZ-55") for year in (2021, 2022, 2023)]
    marked, counts = mark_breaks(table(declared, cells), (), declared.contract.areas)
    assert statuses(marked) == ["A", "B", "A", "A", "A", "A"]
    assert counts == {}


def test_dates_of_any_precision() -> None:
    assert first_day("2024") == dt.date(2024, 1, 1) and first_day("2024-06") == dt.date(2024, 6, 1)
    assert first_day("2024-06-16") == dt.date(2024, 6, 16) and first_day("") is None
