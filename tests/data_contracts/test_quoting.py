"""Names and values survive the way into SQL and back, whatever they hold."""

import duckdb
import pytest

from data_contracts import sql

ODD = ["plain", "O'Neill", "''", 'say "no"', "a;--b", "null", "двойной ' апостроф", "\\'", ""]


@pytest.mark.parametrize("text", ODD)
def test_a_literal_is_read_back_as_it_was(text: str) -> None:
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {sql.literal(text)}").fetchall() == [(text,)]
        assert con.execute(f"SELECT {sql.among('?', ODD)}", [text]).fetchall() == [(True,)]


@pytest.mark.parametrize("name", [text for text in ODD if text])
def test_an_identifier_names_one_column(name: str) -> None:
    with duckdb.connect() as con:
        assert con.execute(f"SELECT 1 AS {sql.identifier(name)}").description[0][0] == name


def test_nothing_is_null_and_no_value_is_among_none() -> None:
    assert sql.literal(None) == "NULL"
    assert sql.among("x", ()) == "false"
