"""Numbers and periods as people write them."""

import datetime as dt
from typing import Any

import pytest

from pipelines.published.numbers_and_periods_in_words import day, number, period, written_date


@pytest.mark.parametrize(
    ("value", "en", "ru"),
    [
        (0.0, "0", "0"),
        (999.0, "999", "999"),
        (15821.0, "15,821", "15 821"),
        (38236704.0, "38,236,704", "38 236 704"),
        (62.21, "62.21", "62,21"),
        (0.54596, "0.54596", "0,54596"),
        (-53.2, "−53.2", "−53,2"),
        (12.3, "12.3", "12,3"),
        (1234567890123.0, "1,234,567,890,123", "1 234 567 890 123"),
    ],
)
def test_numbers_keep_all_their_digits(value: float, en: str, ru: str) -> None:
    assert number(value, "en") == en
    assert number(value, "ru").replace("\u00a0", " ") == ru


@pytest.mark.parametrize(
    ("start", "end", "en", "ru"),
    [
        ("2024-01-01", "2024-12-31", "2024", "2024"),
        ("2021-01-01", "2022-12-31", "2021–2022", "2021–2022"),
        ("2025-01-01", "2025-11-30", "January–November 2025", "январь–ноябрь 2025"),
        ("2024-02-01", "2024-02-29", "February 2024", "февраль 2024"),
        ("2023-01-01", "2024-05-31", "January 2023 – May 2024", "январь 2023 – май 2024"),
        ("2021-01-01", "2021-04-15", "1 January 2021 – 15 April 2021", "1 января 2021 – 15 апреля 2021"),
        (
            "2023-02-01",
            "2023-02-27",
            "1 February 2023 – 27 February 2023",
            "1 февраля 2023 – 27 февраля 2023",
        ),
    ],
)
def test_periods_say_where_they_begin_and_end(start: str, end: str, en: str, ru: str) -> None:
    first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    assert period(first, last, "en").replace("\u00a0", " ") == en
    assert period(first, last, "ru").replace("\u00a0", " ") == ru


@pytest.mark.parametrize(
    ("written", "lang", "words"),
    [("2024", "en", "2024"), ("2023-07", "ru", "июль 2023"), ("2024-06-16", "en", "16 June 2024")],
)
def test_dates_of_registers(written: str, lang: Any, words: str) -> None:
    assert written_date(written, lang).replace("\u00a0", " ") == words


def test_a_day_is_not_torn_from_its_month() -> None:
    assert day(dt.date(2024, 6, 16), "ru") == "16\u00a0июня 2024"
