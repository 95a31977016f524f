"""Tables that differ only in moments and names of releases share a verdict; whatever a rule sees keeps them apart."""

import datetime as dt

import pyarrow as pa
import pytest

from data_contracts.checks import Check
from data_contracts.model import Text
from tests.conftest import _alike

FIRST, SECOND = "20261127T073350Z", "20261128T073350Z"


def table(*moments: tuple[str | None, dt.datetime | None], rows: int = 1) -> pa.Table:
    releases, published = [list(column) for column in zip(*moments, strict=True)]
    return pa.table(
        {
            "release": pa.array(releases, pa.string()),
            "published_at": pa.array(published, pa.timestamp("us")),
            "rows": [rows] * len(moments),
        }
    )


def at(day: int) -> dt.datetime:
    return dt.datetime(2026, 11, day)


TWO = table((FIRST, at(1)), (SECOND, at(2)))
LATER = table(("20270101T000000Z", at(8)), ("20270102T000000Z", at(9)))


def test_other_moments_are_alike() -> None:
    assert _alike(LATER, ()) == _alike(TWO, ())


@pytest.mark.parametrize(
    "other",
    [
        table((FIRST, at(1)), (FIRST, at(2))),
        table((FIRST, at(1)), (SECOND, at(1))),
        table((FIRST, at(1)), (None, at(2))),
        table((FIRST, at(1)), (SECOND, None)),
        table((FIRST, at(1)), ("tomorrow", at(2))),
        table((FIRST, at(1)), (SECOND, at(2)), rows=2),
        TWO.drop_columns(["rows"]),
    ],
    ids=["release twice", "moment twice", "no release", "no moment", "malformed", "other figures", "columns"],
)
def test_what_a_rule_sees_is_not_alike(other: pa.Table) -> None:
    assert _alike(other, ()) != _alike(TWO, ())


def test_moments_that_a_rule_compares_are_themselves() -> None:
    columns = ("published_at",)
    rule = Check("late", "critical", columns, Text("", ""), "", "ExpectColumnValuesToBeBetween", {})
    assert _alike(LATER, [rule]) != _alike(TWO, [rule])
