"""Breaks in the cautions of the views: which rows a change of law or territory marks, and what it does not hide."""

import datetime as dt
import re
from typing import Any

import duckdb
import pytest

from pipelines.declarations import Declarations
from tests.data_contracts.view_rows import add, one


def test_a_break_by_law_marks_every_row_after_it_regions_and_parts_of_years_too(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    crimes = {"indicator": "DV_CRIMES"}
    add(
        declared,
        con,
        {**crimes, "ref_area": "KZ", "time_period": "2023"},
        {**crimes, "ref_area": "KZ", "time_period": "2025"},
        {
            **crimes,
            "ref_area": "KZ-75",
            "time_period": "2024-01-01/P8M",
            "freq": "_O",
            "period_end": dt.date(2024, 8, 31),
        },
        {**crimes, "ref_area": "KG", "time_period": "2025"},
    )
    rows = con.sql(
        "SELECT ref_area, year, caution_en, caution_ru FROM prosecution_and_courts WHERE obs_key IS NOT NULL"
    )
    marked = {
        (row[0], row[1]): "2024-06-16" in (row[2] or "") and "2024-06-16" in (row[3] or "")
        for row in rows.fetchall()
    }
    assert marked == {("KZ", 2023): False, ("KZ", 2025): True, ("KZ-75", 2024): True, ("KG", 2025): False}


def test_a_total_is_no_earlier_member_of_the_series_of_its_parts(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    """One total of 2010 would put each break since then into the caution of every article of one year."""
    crimes = {"indicator": "DV_CRIMES", "ref_area": "KZ"}
    article = {**crimes, "breakdown": "ARTICLE=KZ_CC_107", "time_period": "2025"}
    part = {**crimes, "breakdown": "COVERAGE=PART_OF_YEAR", "time_period": "2026"}
    add(declared, con, {**crimes, "time_period": "2010"}, article, part)
    found = con.sql("SELECT year, caution_en FROM prosecution_and_courts WHERE year > 2010").fetchall()
    assert {year: "Not comparable" in caution for year, caution in found} == {2025: False, 2026: True}


def test_the_rows_own_status_is_said_before_the_break_and_not_instead_of_it(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    crimes = {"indicator": "DV_CRIMES", "ref_area": "KZ", "nature": "N"}
    doubtful = {**crimes, "time_period": "2025", "obs_status": "U"}
    add(declared, con, {**crimes, "time_period": "2010"}, doubtful)
    row = one(con, "SELECT caution_en, caution_ru FROM prosecution_and_courts WHERE year = 2025")
    for text, words in (
        (
            row["caution_en"],
            "Low reliability|Non-official|Not comparable with figures before 2024-06-16",
        ),
        (row["caution_ru"], "Низкая|Неофициальные|Несопоставимо с данными до 2024-06-16"),
    ):
        places = [text.find(word) for word in words.split("|")]
        assert -1 not in places and places == sorted(places), text
        # What the code list says of estimates is no matter of this row.
        assert "status E" not in text and "статус E" not in text


def test_a_law_is_no_caution_where_nothing_was_published_before_it(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    add(declared, con, {"indicator": "DV_CRIMES", "ref_area": "KZ", "time_period": "2025"})
    assert one(con, "SELECT caution FROM prosecution_and_courts WHERE obs_key IS NOT NULL")["caution"] is None


@pytest.mark.parametrize(("before", "unvalidated"), [("V", True), ("U", True), ("A", False)])
def test_a_break_does_not_hide_that_a_source_is_unvalidated(
    declared: Declarations, con: duckdb.DuckDBPyConnection, before: str, unvalidated: bool
) -> None:
    """3,382 crimes in Kazakhstan in 2024 are an institute's words in the press; their mark is the break of the law."""
    crimes = {"indicator": "DV_CRIMES", "ref_area": "KZ"}
    add(
        declared,
        con,
        {**crimes, "time_period": "2023", "obs_status": before},
        {**crimes, "time_period": "2024", "obs_status": "B"},
    )
    row = one(con, "SELECT caution_en FROM prosecution_and_courts WHERE year = 2024")
    assert "2024-06-16" in row["caution_en"]
    assert ("Unvalidated" in row["caution_en"]) is unvalidated


def test_the_last_break_is_a_sentence_and_the_common_cautions_are_short(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    orders = {"indicator": "VAW_PROTECTION_ORDERS", "ref_area": "UZ", "nature": "N", "obs_status": "V"}
    add(declared, con, {**orders, "time_period": "2018"}, {**orders, "time_period": "2026"})
    rows = con.sql("SELECT year, caution_en, caution_ru FROM protection_orders WHERE obs_key IS NOT NULL")
    cautions = {year: (english, russian) for year, english, russian in rows.fetchall()}
    assert max(map(len, cautions[2018])) <= 200 and "Unvalidated value. Non-official: " in cautions[2018][0]
    for words, last, earlier in zip(
        cautions[2026],
        ("Not comparable", "Несопоставимо"),
        ("Earlier breaks: ", "Более ранние разрывы: "),
        strict=True,
    ):
        assert words.count(last) == 1 and words.index(last) < words.index(earlier)
        assert "(uz-" in words[: words.index(earlier)] and "(uz-" in words[words.index(earlier) :]
        # Longer than 300 characters it is not read: what a nature means and titles of laws are in other tables.
        assert (
            len(words) <= 300
            and f"{last} " in words
            and re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2} \(uz-", words)
        )
    assert "Unvalidated value. Non-official. Not comparable" in cautions[2026][0]


def test_a_region_that_lost_territory_says_so(declared: Declarations, con: duckdb.DuckDBPyConnection) -> None:
    killed = {"indicator": "DV_KILLED", "ref_area": "KZ-19"}
    add(declared, con, {**killed, "time_period": "2021"}, {**killed, "time_period": "2023"})
    row = one(con, "SELECT caution_en FROM killed WHERE year = 2023")
    assert "2022-06-08" in row["caution_en"] and "territory" in row["caution_en"]


@pytest.mark.parametrize(
    ("span", "inside"),
    [
        ({"time_period": "2024-01-01/P10M", "freq": "_O", "period_end": dt.date(2024, 10, 31)}, True),
        ({"time_period": "2024"}, True),
        ({"time_period": "2023"}, False),
        ({"time_period": "2025"}, False),
        # From the very day of the law on, the period is on one side of it.
        (
            {
                "time_period": "2024-06-16/P6M",
                "freq": "_O",
                "period_start": dt.date(2024, 6, 16),
                "period_end": dt.date(2024, 12, 15),
            },
            False,
        ),
    ],
)
@pytest.mark.parametrize("nature", ["C", "N"])
def test_a_period_that_holds_a_break_is_not_after_it(
    declared: Declarations, con: duckdb.DuckDBPyConnection, span: dict[str, Any], inside: bool, nature: str
) -> None:
    """January to October 2024 said "not comparable with figures before 21 October 2024", as if it lay after that day.

    Of nature N the caution is longer than 300 characters, and its short form is shown.
    """
    crimes = {"indicator": "DV_CRIMES", "ref_area": "KZ", "obs_status": "V", "nature": nature}
    add(declared, con, {**crimes, "time_period": "2010"}, {**crimes, **span, "obs_value": 2.0})
    row = one(con, "SELECT caution_en, caution_ru FROM figures WHERE obs_value = 2")
    for words, holds, before in (
        (
            row["caution_en"],
            "The period holds the change of 2024-06-16",
            "Not comparable with figures before 2024",
        ),
        (row["caution_ru"], "В период попадает изменение 2024-06-16", "Несопоставимо с данными до 2024"),
    ):
        assert (holds in words) is inside
        assert (before in words) is (not inside and span["time_period"] != "2023")
        assert words.count("2017-07-03") == 1
