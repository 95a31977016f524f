"""No text of a CSV file is a formula, in Python as in DuckDB, and every number stays a number."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.spreadsheets import GUARD, guarded, runs_as_formula

FORMULAS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "-",
    "+",
    "- see note",
    "=",
    "--5",
    "-5;=1",
]
BEHIND_A_SEMICOLON = [
    ("x;=1+1", "x;'=1+1"),
    ("a;+b;-5;c", "a;'+b;'-5;c"),
    ("=1;@x", "'=1;'@x"),
    (";＝1", ";'＝1"),
]
PLAIN = [
    "",
    "see; - 5",
    "a;b=c",
    "a;'=1",
    "-22,7",
    "+5",
    "-1 234.5",
    "-7%",
    "-1 234",
    "3-4",
    "a=b",
    "'=1",
    "2024",
    "-1.5e-3",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_run_is_guarded(text: str) -> None:
    assert runs_as_formula(text) and guarded(text).startswith("'") and not runs_as_formula(guarded(text))


@pytest.mark.parametrize(("text", "shown"), BEHIND_A_SEMICOLON)
def test_a_cell_that_a_semicolon_begins_is_guarded(text: str, shown: str) -> None:
    assert runs_as_formula(text) and guarded(text) == shown and not runs_as_formula(shown)


@pytest.mark.parametrize("text", PLAIN)
def test_numbers_and_words_stay(text: str) -> None:
    assert guarded(text) == text


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(GUARD)
        yield con


@settings(deadline=None, max_examples=50)
@given(texts=st.lists(st.text(alphabet="=+-@＝;\t\r\n 1,.%eЖ'"), min_size=20))
def test_duckdb_says_the_same(con: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    rows = con.execute("SELECT guard(t) FROM (SELECT unnest($1::VARCHAR[]) AS t)", [texts]).fetchall()
    assert [row[0] for row in rows] == [guarded(text) for text in texts]
