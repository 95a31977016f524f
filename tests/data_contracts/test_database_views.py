"""Views of the database: what a reader needs is in the row, and every column says what it is."""

import duckdb
import pytest

from data_contracts import database_statements
from pipelines.declarations import Declarations
from tests.data_contracts.view_rows import add, one, pair

TOPICS = (
    "protection_orders",
    "reports_and_cases",
    "victims",
    "prosecution_and_courts",
    "killed",
    "programmes_for_aggressors",
    "services",
    "children",
    "surveys",
)
IN_EVERY_TOPIC = {
    "counted",
    "note",
    "caution",
    "caution_en",
    "caution_ru",
    "disputed",
    "superseded",
    "year",
    "is_whole_year",
    "survey_name",
    "bounds",
    "nature",
    "sex_of",
    "obs_key",
}


def test_every_column_of_every_view_has_a_comment(empty: duckdb.DuckDBPyConnection) -> None:
    comments = empty.sql("SELECT table_name, column_name, comment FROM duckdb_columns()").fetchall()
    views = database_statements.database()["views"]
    assert [row for row in comments if row[0] in views and not row[2]] == []
    assert {row[0] for row in comments} >= set(views)
    titles = dict(empty.sql("SELECT view_name, comment FROM duckdb_views()").fetchall())
    assert [name for name in views if not titles[name]] == []


#: texts in English, and the column that says the same in Russian
IN_RUSSIAN = {
    "area": "area_ru",
    "counted": "counted_ru",
    "note": "note_ru",
    "would_be_published_by": "would_be_published_by_ru",
    "why": "why_ru",
}
# The register of programmes elsewhere has its notes in English only.
ENGLISH_ONLY = {("programme_comparators", "note")}


def test_a_view_that_speaks_english_speaks_russian_beside_it(empty: duckdb.DuckDBPyConnection) -> None:
    for view in database_statements.database()["views"]:
        columns = {row[0] for row in empty.execute(f"DESCRIBE {view}").fetchall()}
        wanted = {f"{name[:-3]}_ru" for name in columns if name.endswith("_en")}
        wanted |= {
            russian
            for name, russian in IN_RUSSIAN.items()
            if name in columns and (view, name) not in ENGLISH_ONLY
        }
        assert wanted <= columns, (view, wanted - columns)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_view_carries_what_to_know(empty: duckdb.DuckDBPyConnection, topic: str) -> None:
    columns = {row[0] for row in empty.execute(f"DESCRIBE {topic}").fetchall()}
    assert columns >= IN_EVERY_TOPIC


def test_a_topic_without_figures_says_that_nothing_is_published_and_by_whom(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute(
        """INSERT INTO response_cascade BY NAME SELECT 'TJ' AS country, FALSE AS comparator,
        unnest([2024, 2021]) AS year, 2 AS step,
        'o' AS step_en, 'o' AS step_ru, 'not_published' AS cascade_status, 'PROTECTION_ORDERS' AS indicator,
        'order' AS counting_unit, 'NUMBER' AS unit_measure, 'family' AS scope, 'Ministry' AS publisher_en,
        'Министерство' AS publisher_ru"""
    )
    row = one(
        con, "SELECT * FROM protection_orders WHERE ref_area = 'TJ' AND sex = '_T' AND breakdown = '_T'"
    )
    assert (row["indicator"], row["obs_value"], row["obs_key"]) == ("PROTECTION_ORDERS", None, None)
    assert (
        "Not published" in row["caution_en"]
        and "Ministry" in row["caution_en"]
        and "not_published" in row["caution_en"]
    )
    assert "Не опубликовано" in row["caution_ru"] and "Министерство" in row["caution_ru"]
    assert "2021 to 2024" in row["caution_en"] and "2021–2024" in row["caution_ru"] and row["year"] is None
    (years,) = con.sql("SELECT gap_from, gap_to FROM figures WHERE obs_key IS NULL").fetchall()
    assert years == (2021, 2024)


def test_counts_of_orders_stand_before_shares(declared: Declarations, con: duckdb.DuckDBPyConnection) -> None:
    """Read carelessly: the first figure of a country is the share of areas, and not a number of orders."""
    kinds = {"PROTECTION_ORDERS_AREA_SHARE": "PERCENT", "PROTECTION_ORDERS": "NUMBER"}
    cells = {"ref_area": "KG", "time_period": "2019", "obs_value": 5.0}
    add(declared, con, *({**cells, "indicator": name, "unit_measure": unit} for name, unit in kinds.items()))
    found = con.sql("SELECT indicator FROM protection_orders WHERE obs_key IS NOT NULL").fetchall()
    assert found == [("PROTECTION_ORDERS",), ("PROTECTION_ORDERS_AREA_SHARE",)]


def test_replaced_values_are_found_from_the_views(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    cases = {"indicator": "DV_CASES", "ref_area": "KG", "time_period": "2019"}
    add(declared, con, {**cases, "obs_value": 6145.0}, {**cases, "obs_value": 8159.0})
    pair(con, "revision")
    row = one(con, "SELECT disputed, superseded FROM reports_and_cases WHERE obs_value = 6145")
    assert row["disputed"] is None and row["superseded"].startswith("8159 (")
    con.execute(
        "INSERT INTO observation_history SELECT * REPLACE (99 AS obs_value, TIMESTAMP '2026-11-25' AS valid_to)"
        " FROM observation_history WHERE obs_value = 6145"
    )
    assert (
        "99 (until 2026-11-25)"
        in one(
            con,
            "SELECT superseded FROM victims UNION ALL SELECT superseded FROM "
            "reports_and_cases WHERE obs_value = 6145",
        )["superseded"]
    )
    old = con.sql("SELECT obs_value, now_value FROM superseded ORDER BY obs_value").fetchall()
    assert old == [(99, 6145), (8159, 6145)]


def test_not_published_lists_what_is_published_only_as_a_total(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """INSERT INTO coverage BY NAME SELECT r AS requirement, 'IC' AS framework, 't' AS title_en, 't' AS title_ru,
        'TJ' AS country, 2024 AS year, s AS coverage_status, n AS observations, m AS missing, o AS total_only
        FROM (VALUES ('a', 'not_published', 0, NULL, FALSE), ('b', 'partial', 1, 'relationship', TRUE),
                     ('c', 'partial', 1, 'age', FALSE), ('d', 'published', 1, NULL, FALSE)) v(r, s, n, m, o)"""
    )
    rows = con.sql("SELECT requirement, found, missing FROM not_published").fetchall()
    assert rows == [("a", "nothing", None), ("b", "only a total", "relationship")]


def test_best_rates_holds_the_preferred_ones(declared: Declarations, con: duckdb.DuckDBPyConnection) -> None:
    add(declared, con, {"indicator": "DV_CASES", "ref_area": "KG", "time_period": "2019", "obs_status": "U"})
    con.execute(
        """INSERT INTO rates BY NAME SELECT obs_key AS numerator_obs_key, ref_area, indicator, sex, age, violence_form,
        relationship, breakdown, time_period, 2019 AS year, 5.0 AS rate, 'PER_100000_POP' AS rate_unit,
        1.0 AS numerator,
        20000.0 AS denominator, '_T' AS denominator_sex, obs_key AS denominator_obs_key, 'x' AS denominator_dataset_id,
        'U' AS obs_status, p AS preferred, dataset_id, source_id
        FROM observations, (VALUES (TRUE), (FALSE)) v(p)
        QUALIFY row_number() OVER (ORDER BY p DESC) = 1"""
    )
    assert "Low reliability" in one(con, "SELECT rate, caution_en FROM best_rates")["caution_en"]
    con.execute("UPDATE rates SET preferred = FALSE")
    assert con.sql("SELECT count(*) FROM best_rates").fetchall() == [(0,)]


def test_a_suspected_woman_is_not_a_killed_one(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    """The view femicide counted women suspected of a killing; nor is grave harm a killing."""
    woman = {"sex": "F", "ref_area": "DE", "time_period": "2015"}
    codes = ("HOMICIDE_VICTIMS", "HOMICIDE_SUSPECTS", "HOMICIDE_CONVICTED", "DV_KILLED", "DV_GRIEVOUS_HARM")
    add(declared, con, *({**woman, "indicator": code} for code in codes))

    def shown(view: str) -> list[str]:
        found = con.sql(f"SELECT indicator FROM {view} WHERE obs_key IS NOT NULL").fetchall()
        return sorted(row[0] for row in found)

    assert shown("femicide") == ["DV_KILLED", "HOMICIDE_VICTIMS"]
    assert shown("killed") == ["DV_GRIEVOUS_HARM", "DV_KILLED", "HOMICIDE_VICTIMS"]
    assert shown("prosecution_and_courts") == ["HOMICIDE_CONVICTED", "HOMICIDE_SUSPECTS"]


def test_what_is_domestic_comes_first_among_courts(
    declared: Declarations, con: duckdb.DuckDBPyConnection
) -> None:
    """ "Convicted" began with forty rows of homicide of every kind."""
    place = {"ref_area": "KG", "time_period": "2015"}
    add(
        declared,
        con,
        *({**place, "indicator": i} for i in ("HOMICIDE_CONVICTED", "RAPE_CONVICTED", "DV_COURT_CASES")),
    )
    query = "SELECT indicator FROM prosecution_and_courts WHERE obs_key IS NOT NULL"
    assert con.sql(query).fetchall()[0] == ("DV_COURT_CASES",)


@pytest.mark.parametrize(
    ("indicator", "said"),
    [("CRIMES_AGAINST_MINORS", True), ("CHILD_DV_CASES", False), ("HOMICIDE_VICTIMS", True)],
)
def test_crimes_against_children_of_every_sphere_say_so(
    declared: Declarations, con: duckdb.DuckDBPyConnection, indicator: str, said: bool
) -> None:
    """2,872 minors harmed by crimes of all kinds stood as children harmed at home, without a word."""
    add(declared, con, {"ref_area": "UZ", "time_period": "2020", "indicator": indicator})
    row = one(con, "SELECT caution_en, caution_ru FROM figures WHERE obs_key IS NOT NULL")
    assert ("All spheres, not the family alone." in (row["caution_en"] or "")) is said
    assert ("Все сферы, не только семья." in (row["caution_ru"] or "")) is said


def test_columns_of_views_are_known_without_a_release(declared: Declarations) -> None:
    columns = database_statements.view_columns(declared.contract)
    assert set(columns) == set(database_statements.database()["views"]) and all(columns.values())
    comments = database_statements.view_comments(declared.contract)
    assert {view: list(said) for view, said in comments.items()} == columns
