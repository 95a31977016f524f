"""Times of receipts, and which failure of a file is told."""

import datetime as dt

import pytest

from sources.dataset import SourceFile
from sources.receipts import Record, failing, parsed_line, time_of


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


@pytest.mark.parametrize(
    "line",
    ["[]", '"x"', "5", "null", "{}", "[" * 99_999, *(f'{{"dataset": "x", {more}}}' for more in (
        '"address": ["a"]', '"received_at": 5', '"size": "5"', '"sha256": {}'))],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_a_line_of_another_form_is_no_record(line: str) -> None:
    assert parsed_line(line.encode()) is None
    assert parsed_line(b'{"dataset": "x", "size": 5, "later": []}') == Record("x", size=5)


OWN, OTHER = "https://stat.example/own", "https://stat.example/other"


@pytest.mark.parametrize(
    ("attempts", "told"),
    [
        ([(OWN, "failed"), (OTHER, "failed")], [OWN]),
        ([(OTHER, "failed")], [OTHER]),
        ([(OWN, "new"), (OTHER, "failed")], [OTHER]),
        ([(OTHER, "failed"), (OWN, "failed")], [OWN]),
        ([(OWN, "failed"), (OTHER, "new")], []),
        ([], []),
    ],
)
def test_the_failure_of_the_own_address_is_reported_first(
    attempts: list[tuple[str, str]], told: list[str]
) -> None:
    file = SourceFile(name="table", address=OWN, alternates=(OTHER,))
    records = [Record("example", address=address, outcome=outcome) for address, outcome in attempts]
    assert [record.address for record in failing([file], records)] == told
