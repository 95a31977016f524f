"""Views of programmes: both completion rates or none, no two windows joined, comparators marked, who reported."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from data_contracts import database_statements, sql
from data_contracts.arrow import arrow_schema
from data_contracts.load import contract
from sources.bundled_registers import load_register
from tests import programme_samples as samples
from transforms.derive import codebook
from transforms.programmes.judge_return import judge_return
from transforms.programmes.protect_return import without
from transforms.programmes.tables import AcceptedReturn, programme_tables, references


def tables_of(*returns: tuple[str, samples.Answers]) -> dict[str, pa.Table]:
    accepted = []
    for return_id, answers in returns:
        judged = judge_return(contract(), samples.given(answers), samples.TODAY)
        assert judged.problems == []
        accepted.append(AcceptedReturn(return_id, samples.TODAY, "ru", "csv", judged))

    def unprotected(rows: Any, _: Any) -> Any:
        return without(rows, {table: [() for _ in given] for table, given in rows.items()})

    def nothing(name: str) -> pa.Table:
        return arrow_schema(contract(), contract().tables[name]).empty_table()

    made = programme_tables(contract(), accepted, nothing, unprotected)
    return {**made, "programme_references": references(contract(), load_register("programme_references"))}


def two_windows() -> samples.Answers:
    return {
        **samples.almaty(),
        **samples.line(
            "reoffences",
            "2",
            start_period="2025-Q1",
            reoffence_source="partner",
            window_months=6,
            reoffence_base="started",
            clock_from="start",
            persons_followed=20,
            persons_reoffended=8,
            not_traceable=5,
        ),
    }


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two programmes of Kazakhstan, of which one sent the second quarter only, and one of Kyrgyzstan."""
    first_only = {
        **samples.bishkek(),
        **samples.about("kz-second-example", "KZ-71", "Вымышленный центр", "2026-Q2"),
    }
    made = tables_of(
        ("kz-second-example/2026-Q2/1", first_only),
        ("kz-almaty-example/2026-Q3/1", two_windows()),
        ("kg-bishkek-example/2026-Q3/1", samples.bishkek()),
    )
    with duckdb.connect() as connection:
        for table in contract().tables.values():
            connection.execute(sql.create_table(table, table.name))
        for statement in database_statements.database_statements(contract(), connection):
            connection.execute(statement)
        for name, data in made.items():
            connection.register("given", data)
            connection.execute(f"INSERT INTO {name} SELECT * FROM given")
        connection.register("given", codebook.areas(contract()))
        connection.execute("INSERT INTO areas SELECT * FROM given")
        connection.register("given", pa.Table.from_pylist([FACILITIES], schema=OBSERVATIONS))
        connection.execute("INSERT INTO best_observations SELECT * FROM given")
        yield connection


OBSERVATIONS = arrow_schema(contract(), contract().tables["best_observations"])
#: how many programmes Kyrgyzstan has, as published: the only country of the four for which somebody says it
FACILITIES = {
    **{field.name: "_T" if field.type == pa.string() else 1 for field in OBSERVATIONS if not field.nullable},
    "obs_key": "0000000000000001",
    "ref_area": "KG",
    "indicator": "PROGRAMME_FACILITIES",
    "time_period": "2023-04",
    "period_start": dt.date(2023, 4, 1),
    "period_end": dt.date(2023, 4, 30),
    "obs_value": 9,
    "retrieved_at": dt.datetime(2026, 11, 26),
}


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def test_both_completion_rates_stand_together(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "SELECT completion_of_all, completion_of_known FROM programme_attrition "
        "WHERE programme_id = 'kz-almaty-example' AND sex = 'M'",
    )
    assert found == [(46.7, 54.9)]
    con.execute("BEGIN")
    con.execute("UPDATE programme_cohorts SET not_completed = NULL")
    query = "SELECT completion_of_all, completion_of_known FROM programme_attrition WHERE NOT comparator"
    assert set(rows(con, query)) == {(None, None)}
    con.execute("ROLLBACK")


def test_the_caledonian_system_stands_beside_them_as_a_comparator(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "SELECT comparator, potential_completers, completed, not_completed, outcome_unknown, completion_of_all, "
        "completion_of_known FROM programme_attrition WHERE ref_area = 'GB-SCT' AND site = '_T'",
    )
    # The source rounds to 32 and 37 per cent.
    assert found == [(True, 583, 187, 324, 72, 32.1, 36.6)]
    assert rows(con, "SELECT count(*) FROM programme_attrition WHERE country = 'GB'") == [(6,)]


def test_no_view_joins_two_windows(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "SELECT reoffence_source, window_months, reoffence_share, traced_share FROM programme_reoffences "
        "ORDER BY window_months",
    )
    assert found == [("partner", 6, 40.0, 80.0), ("police", 12, 24.0, 83.3)]


def test_a_share_stands_beside_the_share_of_programmes_that_reported(con: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT country, return_period, programmes_expected, programmes_reported, returning_share, "
        "programmes_published, programmes_published_for, reporting_share FROM programme_reporting"
    )
    # Nobody publishes how many programmes Kazakhstan has: no share, whoever keeps reporting.
    assert rows(con, query) == [
        ("KG", "2026-Q3", 1, 1, 100.0, 9, "2023-04", 11.1),
        ("KZ", "2026-Q2", 1, 1, 100.0, None, None, None),
        ("KZ", "2026-Q3", 2, 1, 50.0, None, None, None),
    ]
    for view in (
        "programme_referrals",
        "programme_partner_reach",
        "programme_reoffences",
        "programme_attrition",
    ):
        query = (
            "SELECT DISTINCT programmes_reported, programmes_published, reporting_share "
            f"FROM {view} WHERE programme_id = 'kz-almaty-example'"
        )
        assert rows(con, query) == [(1, None, None)], view


def test_a_base_smaller_than_the_number_of_reports_gives_no_share(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("BEGIN")
    con.execute("UPDATE best_observations SET obs_value = 0 WHERE indicator = 'PROGRAMME_FACILITIES'")
    query = "SELECT programmes_published, reporting_share FROM programme_reporting WHERE country = 'KG'"
    assert rows(con, query) == [(0, None)]
    con.execute("ROLLBACK")


def test_the_views_of_programmes_have_one_vocabulary(con: duckdb.DuckDBPyConnection) -> None:
    views = rows(con, "SELECT view_name FROM duckdb_views() WHERE view_name LIKE 'programme\\_%' ESCAPE '\\'")
    assert len(views) == 7
    for (view,) in views:
        names = [row[0] for row in rows(con, f"DESCRIBE {view}")]
        assert "country" in names, view
        assert not {"place", "programme", "area"} & set(names), view
        assert "programme_id" in names or view in ("programme_reporting", "programme_comparators"), view
        of_returns = view not in ("programme_reporting", "programme_comparators")
        assert ("withheld" in names) is of_returns, view


def test_withheld_answers_are_named(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("BEGIN")
    con.execute("UPDATE programme_measures SET measure_value = NULL, withheld = 'measure_value'")
    query = "SELECT partner_value, client_value, withheld FROM programme_answers"
    assert rows(con, query) == [(None, None, "client: measure_value; partner: measure_value")]
    con.execute("ROLLBACK")


def test_clients_and_partners_are_side_by_side_with_their_response_rates(
    con: duckdb.DuckDBPyConnection,
) -> None:
    query = "SELECT partner_value, partner_response_rate, client_value, client_response_rate FROM programme_answers"
    assert rows(con, query) == [(60.0, 57.7, 80.0, 89.3)]


def test_referrals_have_their_share_of_the_total(con: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT referral_source, referred, share_of_referred, started_share FROM programme_referrals "
        "WHERE programme_id = 'kz-almaty-example' AND referral_source IN ('_T', 'court') AND sex = '_T'"
    )
    assert rows(con, query) == [("_T", 68, 100.0, 61.8), ("court", 40, 58.8, 65.0)]
    query = "SELECT sex, referred, share_of_referred FROM programme_referrals WHERE programme_id = 'kg-bishkek-example'"
    # Women and the other sources were not recorded: no total, and so no share.
    assert rows(con, query) == [("M", 11, None), ("M", 3, None)]


GUIDE = (Path(__file__).parents[2] / "docs" / "programmes.md").read_text(encoding="utf-8")


def test_the_queries_of_the_guide_answer(con: duckdb.DuckDBPyConnection) -> None:
    queries = re.findall(r'dvstats query "(.*?)"', GUIDE, re.DOTALL)
    assert len(queries) == 10
    for query in queries:
        # The guide asks for the programme that it takes as its example.
        answer = rows(con, query.replace("kz-almaty-centre", "kz-almaty-example"))
        assert answer or "programme_evidence" in query, query


def test_both_languages_of_the_guide_say_the_same(con: duckdb.DuckDBPyConnection) -> None:
    of_views = {
        name for (name,) in rows(con, "SELECT view_name FROM duckdb_views()") if name.startswith("programme_")
    }
    english, russian = GUIDE.split("# Программы для агрессоров")
    for half in (english, russian):
        for name in (
            "(completed + not completed)" if half is english else "(завершили + не завершили)",
            "programme_answers",
            "partner_response_rate",
            "withheld_because",
            "organisation_words.yaml",
            "--json",
            "--output",
            "--data-dir",
            "inbox/programme_returns/",
            "--only programme_returns",
        ):
            assert name in half, name
        views = set(re.findall(r"^\| (?:table |таблица )?`(programme_\w+)`", half, re.MULTILINE))
        assert of_views <= views, of_views - views


def test_views_of_a_release_without_returns_are_empty_but_for_comparators(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute("BEGIN")
    for name in ("programmes", "programme_returns", "programme_flow", "programme_cohorts", "reoffences"):
        con.execute(f"DELETE FROM {name}")
    assert rows(con, "SELECT DISTINCT comparator FROM programme_attrition") == [(True,)]
    assert rows(con, "SELECT count(*) FROM programme_reporting") == [(0,)]
    con.execute("ROLLBACK")
