"""Numbers and periods as people read them."""

import datetime as dt

import pytest

from pipelines.site import words
from pipelines.site.load_release import Release


@pytest.mark.parametrize(
    ("value", "unit", "english", "russian"),
    [
        (15821.0, "NUMBER", "15,821", "15\u00a0821"),
        (0.0, "NUMBER", "0", "0"),
        (6.8, "PERCENT", "6.8\u00a0%", "6,8\u00a0%"),
        (100.0, "PERCENT", "100\u00a0%", "100\u00a0%"),
        (12.5, "PERCENT_CHANGE", "+12.5\u00a0%", "+12,5\u00a0%"),
        (1.2345, "PER_100000_POP", "1.23", "1,23"),
        (1200300.0, "NUMBER", "1,200,300", "1\u00a0200\u00a0300"),
    ],
)
def test_numbers(value: float, unit: str, english: str, russian: str) -> None:
    assert (words.number(value, unit, "en"), words.number(value, unit, "ru")) == (english, russian)


@pytest.mark.parametrize(
    ("start", "end", "code", "english", "russian"),
    [
        ("2024-01-01", "2024-12-31", "2024", "2024", "2024"),
        ("2025-01-01", "2025-11-30", "2025-01-01/P11M", "January–November 2025", "январь–ноябрь 2025 года"),
        ("2025-03-01", "2025-03-31", "2025-03", "March 2025", "март 2025 года"),
        ("2026-01-01", "2026-06-30", "2026-S1", "first half of 2026", "I полугодие 2026 года"),
        ("2025-10-01", "2025-12-31", "2025-Q4", "fourth quarter of 2025", "IV квартал 2025 года"),
        ("2026-01-01", "2026-01-01", "2026-01-01/P1D", "1 January 2026", "1 января 2026 года"),
        ("2018-01-01", "2023-12-31", "2018-01-01/P6Y", "2018–2023", "2018–2023"),
        (
            "2024-01-01",
            "2024-12-20",
            "2024-01-01/P11M20D",
            "1 January 2024 – 20 December 2024",
            "1 января 2024 года – 20 декабря 2024 года",
        ),
        (
            "2023-04-01",
            "2024-03-31",
            "2023-04-01/P1Y",
            "April 2023 – March 2024",
            "апрель 2023 – март 2024 года",
        ),
    ],
)
def test_periods(start: str, end: str, code: str, english: str, russian: str) -> None:
    days = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    assert (words.span(*days, code, "en"), words.span(*days, code, "ru")) == (english, russian)


def test_lists() -> None:
    assert words.listed([], "en") == ""
    assert words.listed(["a"], "en") == "a"
    assert words.listed(["a", "b", "c"], "en") == "a, b and c"
    assert words.listed(["a", "b"], "ru") == "a и b"


def test_every_period_of_the_release_has_words(release: Release) -> None:
    for figure in release.figures:
        for lang in ("en", "ru"):
            assert str(figure.period_end.year) in words.period(figure, lang), figure.time_period


def test_a_figure_of_part_of_a_year_says_so(release: Release) -> None:
    part = next(f for f in release.figures if "PART_OF_YEAR" in f.breakdown)
    assert words.period(part, "en").endswith("part of the year")
    assert "PART_OF_YEAR" not in words.dimensions(release, part, "en")
