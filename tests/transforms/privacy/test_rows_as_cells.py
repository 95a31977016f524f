"""The figures of additive tables: which rows state a cell, and which cells follow from others."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tests.transforms.privacy.test_suppress_cells import row, table
from transforms.privacy.rows_as_cells import Rows, cells_of


def cells(*rows: dict[str, Any], exempt: tuple[str, ...] = ()) -> dict[tuple[str, ...], tuple[float, int]]:
    """Value and number of rows of each cell, by what it is not the total of."""
    found = {}
    for cell in cells_of(Rows(table(*rows), exempt)):
        key = cell.key
        codes = (
            key.ref_area,
            *(code for code in key[2:6] if code != "_T"),
            *(f"{n}={c}" for n, c in key.breakdown),
        )
        found[codes] = (cell.value, len(cell.rows))
    return found


def share(value: float, area: str = "KZ-10", **more: Any) -> dict[str, Any]:
    return row(value, area, unit="PERCENT", **more)


def test_rows_of_a_cell() -> None:
    assert cells(row(12.0), row(4.0, sex="F")) == {("KZ-10",): (12, 1), ("KZ-10", "F"): (4, 1)}
    assert cells(row(12.0), exempt=("DV_CASES",)) == {}
    assert cells(row(None)) == {} and cells() == {}


def test_a_withheld_cell_follows_from_its_margins() -> None:
    hidden = row(None, sex="F", obs_status="Q")
    assert cells(row(12.0), row(9.0, sex="M"), hidden)[("KZ-10", "F")] == (3, 1)
    assert cells(row(None, obs_status="Q"), row(9.0, sex="M"), row(3.0, sex="F"))[("KZ-10",)] == (12, 1)
    bounded = row(None, sex="F", obs_upper=4.0)
    assert cells(row(12.0), row(9.0, sex="M"), bounded)[("KZ-10", "F")] == (3, 1)
    assert cells(row(9.0), row(9.0, sex="M"), hidden)[("KZ-10", "F")] == (0, 1)
    # Blank and said to be nothing, two unknown ones, and parts above their total: nothing follows.
    assert ("KZ-10", "F") not in cells(row(12.0), row(9.0, sex="M"), row(None, sex="F"))
    two = (row(None, sex="M", obs_status="Q"), hidden)
    assert set(cells(row(12.0), *two)) == {("KZ-10",)}
    assert set(cells(row(8.0), row(9.0, sex="M"), hidden)) == {("KZ-10",), ("KZ-10", "M")}


@pytest.mark.parametrize(("other", "count"), [(70.0, 3), (68.0, 3), (71.0, 2), (67.0, 2)])
def test_a_share_is_one_of_the_whole_over_which_shares_sum_to_a_hundred(other: float, count: int) -> None:
    """Rounded shares miss it by up to one; of two possible wholes otherwise the smaller one counts."""
    of_ten, of_five = row(10.0, age="Y_GE18"), row(5.0, sex="F")
    shares = share(31.0, sex="F", age="Y_GE18"), share(other, sex="M", age="Y_GE18")
    assert cells(of_ten, of_five, *shares)[("KZ-10", "F", "Y_GE18")] == (count, 1)


def test_what_the_office_withheld_is_marked() -> None:
    found = cells_of(Rows(table(row(12.0), row(9.0, sex="M"), row(None, sex="F", obs_status="Q")), ()))
    assert {cell.key.sex: cell.withheld for cell in found} == {"_T": False, "M": False, "F": True}


def test_two_rows_of_a_cell_are_one_and_the_larger_counts() -> None:
    rows = [row(12.0), row(13.0, nature="E")]
    assert sorted(value for value, _ in cells(*rows).values()) in ([12, 13], [13])
    alike = cells(row(12.0), row(12.0, source_id="other"))
    assert alike == {("KZ-10",): (12, 2)}


def test_sources_that_disagree_are_two_tables() -> None:
    found = cells_of(Rows(table(row(12.0), row(13.0, source_id="other"), row(5.0, sex="F")), ()))
    assert sorted((cell.key.table[2:], cell.value) for cell in found) == [
        (("C", "kz-x"), 5),
        (("C", "kz-x"), 12),
        (("C", "other"), 13),
    ]


@pytest.mark.parametrize(
    ("percent", "count", "blur"),
    [(25.0, 10, 0.5 + 0.5 * 40 / 100), (12.5, 5, 0.5 + 0.05 * 40 / 100), (12.55, 5, 0.5 + 0.005 * 40 / 100)],
)
def test_a_share_states_a_count(percent: float, count: int, blur: float) -> None:
    (cell,) = (c for c in cells_of(Rows(table(row(40.0), share(percent, sex="F")), ())) if c.key.sex == "F")
    assert cell.value == count and cell.blur == pytest.approx(blur) and len(cell.rows) == 1


def test_a_share_is_that_of_the_total_that_its_neighbours_fill() -> None:
    """Of regions 100 per cent in all: each is a share of the country, and not of both sexes of its region."""
    regions = [share(60.0, "KZ-10", sex="F"), share(40.0, "KZ-11", sex="F")]
    found = cells(row(200.0, "KZ", sex="F"), row(50.0, "KZ-10"), *regions)
    assert found[("KZ-10", "F")] == (120, 1) and found[("KZ-11", "F")] == (80, 1)
    alone = cells(row(200.0, "KZ", sex="F"), row(50.0, "KZ-10"), regions[0])
    assert alone[("KZ-10", "F")] == (30, 1), "of the smaller total where none is filled"


def test_shares_that_state_no_count() -> None:
    assert set(cells(row(0.0), share(25.0, sex="F"))) == {("KZ-10",)}
    assert cells(share(25.0, sex="F")) == {}
    assert cells(row(40.0), row(9.0, sex="F"), share(25.0, sex="F"))[("KZ-10", "F")] == (9, 1)
    assert set(cells(row(40.0), row(25.0, sex="F", unit="PER_100000"))) == {("KZ-10",)}


def test_a_total_that_no_row_states_links_two_sets_of_parts() -> None:
    sexes = [row(4.0, sex="F"), row(5.0, sex="M")]
    ages = [row(6.0, age="Y_LT18"), row(4.0, age="Y_GE18")]
    assert cells(*sexes, *ages)[("KZ-10",)] == (10, 0), "the larger sum"
    assert ("KZ-10",) not in cells(*sexes)


def test_keys_of_rows() -> None:
    spans = (dt.date(2024, 1, 1), dt.date(2024, 3, 31))
    rows = Rows(table(row(1.0, span=spans, breakdown="B=2;A=1;C=_T")), (), ["kz-x"])
    (key,) = rows.keys
    assert key.breakdown == (("A", "1"), ("B", "2")) and key.table == ("DV_CASES", "kz-x")
    assert key.span[1] - key.span[0] == 31 + 29 + 31
    assert rows.protected(key._replace(ref_area="KZ")), "a register is protected in the whole country"
    assert not Rows(table(row(1.0, "KZ")), ()).protected(key._replace(ref_area="KZ"))
    assert np.isfinite(cells_of(rows)[0].value)
