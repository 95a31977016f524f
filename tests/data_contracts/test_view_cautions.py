"""Cautions of the views: doubtful figures, parts of a total and counts that double say so in both languages.

Not here: breaks (``test_view_breaks``) and what other sources give (``test_view_disputes``).
"""

import datetime as dt
from typing import Any

import duckdb
import pytest

from pipelines.declarations import Declarations
from tests.data_contracts.view_rows import add, one, pair


def test_marriages_of_children_are_found_where_children_are(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    """ "How many girls are married before 18?" had no row, although 56 were published."""
    married = {"indicator": "CHILD_MARRIAGE_18", "ref_area": "KG", "age": "Y20T24", "time_period": "2023"}
    add(declared, con, married)
    row = one(con, "SELECT obs_value, caution_en FROM children WHERE obs_key IS NOT NULL")
    assert row["obs_value"] == 1 and "spheres" not in row["caution_en"]


@pytest.mark.parametrize(
    ("changed", "all_spheres"),
    [
        ({}, True),
        ({"sex": "F", "relationship": "IPTN"}, False),
        ({"relationship": "IPTN_FAM"}, False),
        ({"indicator": "HOMICIDE_OFFENCES", "breakdown": "GROUND=DOMESTIC"}, False),
        ({"indicator": "HOMICIDE_OFFENCES", "breakdown": "ATTEMPTS=INCLUDED"}, True),
        ({"indicator": "HOMICIDE_DV_SHARE"}, False),
    ],
)
def test_what_is_of_the_family_is_not_called_of_all_spheres(
    declared: Declarations, con: duckdb.DuckDBPyConnection, changed: dict[str, Any], all_spheres: bool
) -> None:
    """Women killed by their partners, and murders because of family conflicts, said "not the family alone"."""
    add(declared, con, {"indicator": "HOMICIDE_VICTIMS", "ref_area": "TJ", "time_period": "2020", **changed})
    row = one(con, "SELECT caution_en, caution_ru FROM figures WHERE obs_key IS NOT NULL")
    assert ("All spheres" in (row["caution_en"] or "")) is all_spheres
    assert ("Все сферы" in (row["caution_ru"] or "")) is all_spheres


@pytest.mark.parametrize(
    ("before", "now", "more", "said"),
    [
        (400.0, 1000.0, {}, "It is 2.5 times the 400 of the year before; not confirmed by a second source."),
        (
            800.0,
            200.0,
            {},
            "It is 0.25 times the 800 of the year before; not confirmed by a second source.",
        ),
        (400.0, 700.0, {}, ""),
        (20.0, 60.0, {}, ""),
        (400.0, 1000.0, {"ref_area": "TJ-RA"}, ""),
        (400.0, 1000.0, {"obs_status": "B"}, ""),
        (400.0, 1000.0, {"nature": "M"}, ""),
    ],
)
def test_a_count_that_doubles_without_a_second_source_says_so(
    declared: Declarations,
    con: duckdb.DuckDBPyConnection,
    before: float,
    now: float,
    more: dict[str, Any],
    said: str,
) -> None:
    of = {"indicator": "DV_VICTIMS", "ref_area": "TJ", "freq": "A", **more}
    add(
        declared,
        con,
        {**of, "time_period": "2022", "obs_value": before},
        {**of, "time_period": "2023", "obs_value": now},
    )
    query = (
        "SELECT coalesce(caution_en, '') AS en, coalesce(caution_ru, '') AS ru FROM figures WHERE year = 2023"
    )
    row = one(con, query)
    assert (said in row["en"]) if said else "year before" not in row["en"]
    assert ("прошлогоднему" in row["ru"]) == bool(said)


def test_a_second_source_confirms_a_count_that_doubles(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    of = {"indicator": "DV_VICTIMS", "ref_area": "TJ", "freq": "A"}
    add(
        declared,
        con,
        {**of, "time_period": "2022", "obs_value": 400.0},
        {**of, "time_period": "2023", "obs_value": 1000.0},
    )
    con.execute(
        "INSERT INTO observations SELECT * REPLACE ('kother' AS obs_key, 'another' AS source_id, 1050 AS obs_value) "
        "FROM observations WHERE time_period = '2023'"
    )
    assert "year before" not in (
        one(con, "SELECT caution_en FROM figures WHERE year = 2023")["caution_en"] or ""
    )


@pytest.mark.parametrize("indicator", ["POPULATION", "CRISIS_CENTRES"])
def test_a_figure_of_one_day_is_no_part_of_a_year(
    declared: Declarations, con: duckdb.DuckDBPyConnection, indicator: str
) -> None:
    """The population on 1 January said "Part of the year", centres of a day "State in 2021-01-01/P1D"."""
    day = {"time_period": "2021-01-01/P1D", "freq": "_O", "period_end": dt.date(2021, 1, 1)}
    add(declared, con, {"indicator": indicator, "ref_area": "TJ", **day})
    row = one(con, "SELECT caution_en, caution_ru FROM figures WHERE obs_key IS NOT NULL")
    assert "On 2021-01-01." in row["caution_en"] and "Part of the year" not in row["caution_en"]
    assert "На 2021-01-01." in row["caution_ru"]


@pytest.mark.parametrize(
    ("changed", "english", "russian"),
    [
        ({"obs_status": "U"}, "Low reliability", "Низкая надёжность"),
        ({"obs_status": "D"}, "Definition differs", "Определение отличается"),
        ({"obs_status": "P"}, "Provisional", "Предварительное"),
        ({"nature": "N"}, "Non-official", "Неофициальные"),
        ({"obs_lower": 1.0}, "Only a lower bound", "Лишь нижняя граница"),
        ({"breakdown": "COVERAGE=PART_OF_YEAR"}, "Part of the year", "часть года"),
        (
            {"published_value": "почти 3 000", "obs_status": "P"},
            'Printed as "почти 3 000". Prov',
            "Напечатано: «почти 3 000». ",
        ),
        ({"indicator": "VAW_PROTECTION_ORDERS"}, "All spheres", "Все сферы"),
        (
            {"unit_measure": "PERCENT_CHANGE"},
            "A change in per cent against a year that the source does not state, no level.",
            "Изменение в процентах к году, который источник не указывает, а не уровень.",
        ),
        (
            {"freq": "S", "time_period": "2024-S1", "period_end": dt.date(2024, 6, 30)},
            "2024-06-30",
            "2024-06-30",
        ),
    ],
)
def test_status_span_bounds_and_scope_are_said_in_both_languages(
    declared: Declarations,
    con: duckdb.DuckDBPyConnection,
    changed: dict[str, Any],
    english: str,
    russian: str,
) -> None:
    add(declared, con, {"indicator": "PROTECTION_ORDERS", "ref_area": "UZ", "time_period": "2015", **changed})
    row = one(con, "SELECT caution, caution_en, caution_ru FROM protection_orders WHERE obs_key IS NOT NULL")
    assert english in row["caution_en"] and russian in row["caution_ru"]
    assert row["caution"] == f"{row['caution_en']} / {row['caution_ru']}"


@pytest.mark.parametrize(
    ("changed", "english", "russian"),
    [
        ({"obs_status": "D"}, "Definition differs: A stock. ", "Определение отличается: Запас. "),
        (
            {"obs_status": "D", "note": "A stock of long ago. " * 20},
            "A stock of long ago. A stock of long ago; see note. Non-official.",
            "Определение отличается: Запас. ",
        ),
        ({"obs_status": "D", "note": None}, "counts otherwise than the indicator; the note", "Запас"),
        ({"obs_status": "U"}, "Low reliability. Note: A stock. ", "Низкая надёжность. Примечание: Запас. "),
        (
            {"obs_status": "U", "note": "A stock of long ago. " * 20},
            "A stock of long ago. A stock of long ago; see note. Non-official.",
            "Примечание: Запас. ",
        ),
        # No bracket is cut open, and the point of an abbreviation ends no sentence.
        (
            {"obs_status": "D", "note": "Orders (all; art. 5) of the year: " + "rounded (art. 120) " * 20},
            "Definition differs: Orders (all; art. 5) of the year; see note. Non-official.",
            "Определение отличается: Запас. ",
        ),
        (
            {"obs_status": "U", "note": "words " * 60, "note_ru": "слова " * 60},
            "Low reliability. See note. Non-official.",
            "Низкая надёжность. См. примечание. Неофициальные данные.",
        ),
        # At last its own last sentences are left out.
        (
            {"published_value": "about " + "some " * 44 + "15821", "breakdown": "COVERAGE=PART_OF_YEAR"},
            'some 15821". See note and column disputed.',
            "some 15821». См. примечание и столбец disputed.",
        ),
        # What an article forbids is in the code list.
        (
            {"obs_status": "D", "note": "A stock; " + "of old " * 30, "breakdown": "ARTICLE=UZ_CC_129"},
            "Only for: Criminal Code of Uzbekistan, art. 129. ",
            "ст. 129: развратные",
        ),
        ({"obs_status": "U", "note": None}, "Low reliability: Few cases", "Примечание: Запас. "),
        # Where the note fits, what a nature means is left out first.
        (
            {"obs_status": "U", "note": "A stock of long ago. " * 11},
            "Low reliability. Note: A stock of long ago. A",
            "Примечание: Запас. ",
        ),
        (
            {"obs_status": "V", "indicator": "SURVIVOR_SURVEY_SHARE"},
            "Unvalidated value. Note: A stock. ",
            "Непроверенное значение. Примечание: Запас. ",
        ),
        ({"obs_status": "V"}, "Unvalidated value. Non-official", "Непроверенное значение. Неофициальные"),
    ],
)
def test_a_caution_says_how_a_figure_counts_otherwise_or_why_it_is_doubtful(
    declared: Declarations,
    con: duckdb.DuckDBPyConnection,
    changed: dict[str, Any],
    english: str,
    russian: str,
) -> None:
    """Read carelessly: 218 orders in a month; they are the orders in force at the end of it."""
    row = {"indicator": "PROTECTION_ORDERS", "ref_area": "UZ", "time_period": "2015", "nature": "N"}
    add(declared, con, {**row, "note": "A stock.", "note_ru": "Запас.", **changed})
    found = one(con, "SELECT caution_en, caution_ru FROM figures WHERE obs_key IS NOT NULL")
    assert english in found["caution_en"] and russian in found["caution_ru"]
    assert max(map(len, found.values())) <= 300


def test_a_plain_yearly_figure_needs_no_caution(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    orders = {"indicator": "PROTECTION_ORDERS", "ref_area": "UZ", "time_period": "2015", "sex": "F"}
    add(declared, con, {**orders, "published_value": "15 тысяч 821"})
    row = one(
        con,
        "SELECT caution, year, is_whole_year, bounds, sex_of FROM protection_orders WHERE obs_key IS NOT NULL",
    )
    assert row == {"caution": None, "year": 2015, "is_whole_year": True, "bounds": None, "sex_of": "victim"}


def test_a_part_of_the_total_says_so_whatever_columns_are_asked(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    """Read carelessly: 414 orders beside 15,821, both "_T"; they are those for minors."""
    orders = {"indicator": "PROTECTION_ORDERS", "ref_area": "KG", "time_period": "2015"}
    add(
        declared,
        con,
        {**orders, "obs_value": 1.0},
        {**orders, "obs_value": 2.0, "age": "Y_LT18"},
        {**orders, "obs_value": 3.0, "breakdown": "COVERAGE=PART_OF_YEAR;RELATION=SPOUSE"},
    )
    rows = con.sql(
        "SELECT obs_value, caution_en, caution_ru FROM protection_orders WHERE obs_key IS NOT NULL"
    )
    found = {value: (english or "", russian or "") for value, english, russian in rows.fetchall()}
    assert "Only for" not in found[1][0]
    assert (
        "Only for: Age: Under 18 years." in found[2][0] and "Только для: Возраст: До 18 лет." in found[2][1]
    )
    assert "Only for: Relation of the aggressor: Spouse." in found[3][0] and "COVERAGE" not in found[3][0]


@pytest.mark.parametrize(
    ("total", "part", "english", "russian"),
    [
        ({}, {"sex": "F"}, "Only for: Sex: Female.", "Только для: Пол: Женский."),
        ({}, {"relationship": "IPTN"}, "Relationship: Intimate partner.", "Отношение: Интимный партнёр."),
        ({}, {"violence_form": "SEXUAL"}, "Form of violence: Sexual", "Вид насилия: Сексуальное"),
        ({}, {"sex": "F", "age": "Y_LT18"}, "Sex: Female; Age: Under 18", "Пол: Женский; Возраст: До 18"),
        (
            {"sex": "F"},
            {"sex": "F", "relationship": "IPTN"},
            "Only for: Relationship: ",
            "Только для: Отношение: ",
        ),
        (
            {},
            {"sex": "F", "breakdown": "COVERAGE=PART_OF_YEAR"},
            "Only for: Sex: Female.",
            "Только для: Пол: ",
        ),
        ({"time_period": "2014"}, {"sex": "F"}, "Only for: Sex: Female.", "Только для: Пол: Женский."),
        # Of women alone everywhere, or a total of another area, unit or age: it is no part of that.
        ({"sex": "F"}, {"sex": "F", "breakdown": "COVERAGE=PART_OF_YEAR"}, "", ""),
        ({"ref_area": "KG-GB"}, {"sex": "F"}, "", ""),
        ({"unit_measure": "PERCENT"}, {"sex": "F"}, "", ""),
        ({"age": "Y_LT18"}, {"sex": "F"}, "", ""),
    ],
)
def test_a_sex_a_form_and_a_relationship_are_parts_where_their_total_stands_beside_them(
    declared: Declarations,
    con: duckdb.DuckDBPyConnection,
    total: dict[str, Any],
    part: dict[str, Any],
    english: str,
    russian: str,
) -> None:
    """A query of year and value alone showed 5,752 orders beside 6,145: those for women, beside all."""
    orders = {"indicator": "PROTECTION_ORDERS", "ref_area": "KG", "time_period": "2015"}
    add(declared, con, {**orders, **total, "obs_value": 6145.0}, {**orders, **part, "obs_value": 5752.0})
    row = one(con, "SELECT caution_en, caution_ru FROM figures WHERE obs_value = 5752")
    for caution, words, none in (
        (row["caution_en"] or "", english, "Only for"),
        (row["caution_ru"] or "", russian, "Только для"),
    ):
        assert words in caution if words else none not in caution
    whole = one(con, "SELECT caution_en FROM figures WHERE obs_value = 6145")["caution_en"] or ""
    assert ("Only for" in whole) is ("age" in total)


def test_a_corrected_mark_replaces_no_value(declared: Declarations, con: duckdb.DuckDBPyConnection) -> None:
    add(declared, con, {"indicator": "DV_CASES", "ref_area": "KG", "time_period": "2019", "obs_value": 5.0})
    con.execute(
        "INSERT INTO observation_history SELECT * REPLACE ('C' AS nature, TIMESTAMP '2026-11-25' AS valid_to)"
        " FROM observation_history"
    )
    assert con.sql("SELECT count(*) FROM superseded").fetchall() == [(0,)]
    assert one(con, "SELECT superseded FROM reports_and_cases WHERE obs_value = 5")["superseded"] is None


def test_a_copied_model_is_called_a_model(declared: Declarations, con: duckdb.DuckDBPyConnection) -> None:
    survey = {"indicator": "IPV_12M", "ref_area": "KG", "time_period": "2018", "unit_measure": "PERCENT"}
    add(
        declared,
        con,
        {**survey, "obs_value": 1.0, "nature": "N", "obs_status": "E"},
        {**survey, "obs_value": 2.0, "nature": "N", "obs_status": "V"},
        {**survey, "obs_value": 3.0, "nature": "M"},
    )
    kinds = dict(con.sql("SELECT obs_value, kind FROM surveys WHERE obs_key IS NOT NULL").fetchall())
    assert kinds == {1: "model, not a survey", 2: "survey", 3: "model, not a survey"}


def test_a_note_is_given_in_russian_too(declared: Declarations, con: duckdb.DuckDBPyConnection) -> None:
    noted = {
        "indicator": "DV_CASES",
        "ref_area": "KG",
        "time_period": "2019",
        "note": "Rounded",
        "note_ru": "Округлено",
    }
    add(declared, con, noted)
    assert (
        one(con, "SELECT note_ru FROM reports_and_cases WHERE obs_key IS NOT NULL")["note_ru"] == "Округлено"
    )


def test_who_applied_is_not_who_was_harmed(declared: Declarations, con: duckdb.DuckDBPyConnection) -> None:
    filed = {"indicator": "DV_APPEALS_COMMITTEE", "ref_area": "TJ", "time_period": "2024", "sex": "F"}
    add(declared, con, {**filed, "breakdown": "SEX_OF=COMPLAINANT"}, filed)
    rows = con.sql("SELECT breakdown, sex_of FROM reports_and_cases WHERE obs_key IS NOT NULL").fetchall()
    assert dict(rows) == {"SEX_OF=COMPLAINANT": "caller", "_T": "victim"}


def test_what_is_particular_to_a_row_goes_before_what_is_general(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    cases = {"indicator": "DV_CASES", "ref_area": "KG", "obs_status": "U", "nature": "N"}
    half = {"time_period": "2019-S1", "freq": "S", "period_end": dt.date(2019, 6, 30)}
    other = {**cases, "time_period": "2019", "obs_value": 8159.0}
    add(
        declared,
        con,
        {**cases, **half, "obs_value": 6145.0, "obs_lower": 6145.0, "age": "Y_LT18"},
        {**other, "age": "Y_LT18"},
    )
    pair(con, "conflict")
    row = one(con, "SELECT caution_en, caution_ru FROM reports_and_cases WHERE obs_value = 6145")
    for language, words in (
        ("en", "Another source|Only a lower bound|Part of the year|Only for|Low reliability|Non-official"),
        ("ru", "Другой источник|Лишь нижняя|Часть года|Только для|Низкая|Неофициальные"),
    ):
        text = row[f"caution_{language}"]
        places = [text.find(word) for word in words.split("|")]
        assert places[0] == 0 and places == sorted(places), text
