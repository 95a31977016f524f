"""Questions of policy officers of each country, each by the first natural query on a topic view.

The answer holds the figure with its caution beside it, so that a reader who looks at nothing else is not misled: a part
of a year, a part of the total, another definition, a model, what others say, or that nothing is published. The
questions are in ``tests/fixtures/policy_questions.csv``: what is asked, of which view, under which condition, the
figure that answers (empty: none is published), and words that have to go with it.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts.sql import literal

FILE = Path(__file__).resolve().parents[1] / "fixtures" / "policy_questions.csv"
with FILE.open(encoding="utf-8", newline="") as handle:
    QUESTIONS = list(csv.DictReader(handle))


def answers(con: duckdb.DuckDBPyConnection, question: dict[str, str]) -> list[dict[str, Any]]:
    """Rows of the query that give the figure which answers, with whose sex it is, nature and caution."""
    query = f"""SELECT obs_value, concat_ws(' ', sex_of, nature, caution_en) AS words, caution_ru
        FROM {question["view"]} WHERE {question["where"]}"""
    figure = float(question["figure"]) if question["figure"] else None
    return [row for row in con.sql(query).to_arrow_table().to_pylist() if row["obs_value"] == figure]


@pytest.fixture(scope="module")
def views(release_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The rows of each view that is asked, computed once, under its name."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH {literal(str(release_dir / 'dvstats.duckdb'))} AS published (READ_ONLY)")
        con.execute("USE published")
        for view in sorted({question["view"] for question in QUESTIONS}):
            con.execute(f"CREATE TABLE memory.{view} AS FROM {view}")
        con.execute("USE memory")
        yield con


@pytest.mark.parametrize("question", QUESTIONS, ids=[question["asked"] for question in QUESTIONS])
def test_the_first_query_does_not_mislead(views: duckdb.DuckDBPyConnection, question: dict[str, str]) -> None:
    found = answers(views, question)
    words = question["words"].split(" | ")
    assert found, "the figure is not in the answer"
    assert any(all(word in row["words"] for word in words) for row in found), found
    assert all(row["caution_ru"] for row in found), "the caution is in Russian too"


def test_the_first_row_is_the_whole(views: duckdb.DuckDBPyConnection) -> None:
    """The total of a cell comes before its parts, and a year before what else begins with it."""
    cells: dict[tuple[str, ...], list[bool]] = {}
    periods: dict[str, list[str]] = {}
    for view in sorted({question["view"] for question in QUESTIONS} - {"figures"}):
        rows = views.sql(f"""SELECT (ref_area, indicator, unit_measure, nature, year) AS series, time_period,
            (sex, age, violence_form, relationship, breakdown) = ('_T', '_T', '_T', '_T', '_T') AS is_total
            FROM {view} WHERE obs_key IS NOT NULL""").fetchall()
        for series, time_period, is_total in rows:
            cells.setdefault((view, str(series), time_period), []).append(is_total)
            periods.setdefault(f"{view} {series}", []).append(time_period)
    divided = {cell: totals for cell, totals in cells.items() if len(totals) > 1 and any(totals)}
    assert len(divided) > 100 and [cell for cell, totals in divided.items() if not totals[0]] == []
    late = []
    for series, begun in periods.items():
        others = [place for place, time_period in enumerate(begun) if "-01-01/P" in time_period]
        years = [place for place, time_period in enumerate(begun) if time_period.isdigit()]
        if years and others and max(years) > min(others):
            late.append(series)
    assert late == []


def test_four_countries_ask() -> None:
    assert len(QUESTIONS) >= 20 and {question["asked"][:2] for question in QUESTIONS} == {
        "KZ",
        "KG",
        "TJ",
        "UZ",
    }
