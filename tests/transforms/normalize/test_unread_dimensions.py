"""Columns of sex, age and place of residence that a declaration does not read."""

from typing import Any

import pytest

from tests.sources.readers.test_more_cases import read, rules, said

ONLY: dict[str, Any] = {"ref_area": {"const": "KG"}, "time_period": {"column": "Year"}}


@pytest.mark.parametrize(
    ("column", "text", "fine"),
    [
        ("Sex", "Female", False),
        ("GENDER", "M", False),
        ("Пол", "женщины", False),
        ("Age group", "15-49", False),
        ("Возраст", "18+", False),
        *(
            (name, "женщины", False)
            for name in ("Пол пострадавшего", "Гендер", "Жынысы боюнча", "Ҷинсият", "sex_label")
        ),
        *(
            (name, "18-29", False)
            for name in ("Жас тобы", "Жаш курагы", "Ёш гуруҳи", "Yosh guruhi", "Синну соли")
        ),
        *((name, "18-29", False) for name in ("Altersgruppe", "Возраст (лет)", "Age of victim")),
        *(
            (name, "rural", False)
            for name in ("Местность", "Город/село", "Residence", "Urban/rural", "Ҷои зист")
        ),
        ("Residence", "Total", True),
        ("Местность", "Все население", True),
        ("Местность, тел.", "село", True),
        ("Sex", "", True),
        ("SEX", "_T", True),
        ("Sex", "Both sexes", True),
        ("Пол", "Оба пола", True),
        ("Возраст", "Все возрасты", True),
        ("AGE", "Total (all ages)", True),
        ("Agency", "Ministry", True),
        ("Sex offences", "12", True),
    ],
)
def test_a_column_that_nobody_reads(column: str, text: str, fine: bool) -> None:
    """Read carelessly: the figure of women, or of an age, as that of everybody."""
    content = f'Year,"{column}",Value\n2022,"{text}",72\n'.encode()
    everybody = {("KG", "2022", "_T", 72.0)}
    result = read(content, "open_sdg", ONLY)
    assert (said(result), rules(result)) == ((everybody, set()) if fine else (set(), {"unread_dimension"}))


@pytest.mark.parametrize(
    ("concepts", "more", "sex"),
    [
        ({"sex": {"const": "F"}}, {}, "F"),
        ({"sex": {"column": "Sex", "values": {"Female": "F"}}}, {}, "F"),
        ({}, {"where": {"Sex": ["Female"]}}, "_T"),
    ],
)
def test_a_declaration_that_speaks_of_it_is_meant(
    concepts: dict[str, Any], more: dict[str, Any], sex: str
) -> None:
    result = read(b"Year,Sex,Value\n2022,Female,72\n", "open_sdg", {**ONLY, **concepts}, **more)
    assert said(result) == {("KG", "2022", sex, 72.0)}
