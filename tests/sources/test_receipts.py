"""Times of receipts."""

import datetime as dt

import pytest

from sources.receipts import time_of


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-24T03:15:00.000Z", dt.datetime(2026, 11, 24, 3, 15)),
        ("2026-11-24T08:15:00+05:00", dt.datetime(2026, 11, 24, 3, 15)),
        ("2026-11-24T03:15:00", dt.datetime(2026, 11, 24, 3, 15)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_time_is_in_utc_without_a_zone(text: str | None, time: dt.datetime | None) -> None:
    assert time_of(text) == time
