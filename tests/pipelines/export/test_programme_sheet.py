"""The sheet of returns: every published figure once, withheld ones as such, in the words of its language."""

from collections.abc import Iterator

import duckdb
import pytest

from data_contracts.load import contract
from pipelines.export.programme_sheet import programme_sheet
from tests.data_contracts.test_programme_views import tables_of
from tests.programme_samples import almaty
from transforms.derive import codebook
from transforms.programmes.tables import FIGURE_TABLES


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables as an export prepares them, one figure withheld."""
    made = tables_of(("kz-almaty-example/2026-Q3/1", almaty()))
    made |= {"codes": codebook.codes(contract()), "areas": codebook.areas(contract())}
    with duckdb.connect() as connection:
        for name, data in made.items():
            connection.register(f"given_{name}", data)
            connection.execute(f"CREATE TABLE {name} AS FROM given_{name}")
        connection.execute("UPDATE reoffences SET persons_reoffended = NULL, withheld = 'persons_reoffended'")
        for name in FIGURE_TABLES:
            connection.execute(f"CREATE VIEW kept_{name} AS FROM {name}")
        connection.execute("CREATE MACRO yes() AS 'да'")
        connection.execute(
            "CREATE MACRO words(listed, wanted) AS coalesce((SELECT c.label_ru FROM codes c "
            "WHERE c.codelist = listed AND c.code = wanted), wanted)"
        )
        yield connection


def rows(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    sheet = programme_sheet(contract())
    columns = ", ".join(field.sql.replace("{lang}", "ru") for field in sheet.fields)
    return con.execute(f"SELECT {columns} {sheet.source}").fetchall()


def test_every_figure_stands_once(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con)
    there = 0
    for name in FIGURE_TABLES:
        figures = [
            c.name for c in contract().tables[name].columns if c.type in ("INTEGER", "DOUBLE") and c.nullable
        ]
        counted = " + ".join(f"count({figure})" for figure in figures)
        there += con.execute(f"SELECT {counted} FROM {name}").fetchall()[0][0]
    assert len([row for row in found if row[7] is not None]) == there
    assert len({(*row[2:6], row[10]) for row in found}) == len(found)


def test_a_row_is_in_the_words_of_its_language(con: duckdb.DuckDBPyConnection) -> None:
    found = {(row[4], row[10]): row for row in rows(con)}
    row = found["Суд, Мужской", "referred"]
    assert row[:9] == (
        "Казахстан",
        "Вымышленный кризисный центр",
        "Направления и начало",
        "2026-Q3",
        "Суд, Мужской",
        None,
        "Направлено",
        40,
        None,
    )
    withheld = found["Полиция, Начали, Начало программы", "persons_reoffended"]
    assert (withheld[3], withheld[5], withheld[7], withheld[8]) == ("2025-Q1", 12, None, "да")
