"""Figures of an area of which a text leaves out a part are not those of the whole area."""

import pytest

from tests.sources.readers.test_more_cases import read, rules, said

OPTIONS = {"header_row": 2, "value_columns": ["2023"]}
CONCEPTS = {
    "ref_area": {"column": "Область"},
    "time_period": {"column": "column"},
    "sex": {"const": "_T"},
}
ROWS = "Область;2023\nKG;12\nKG-C;7\n"


@pytest.mark.parametrize(
    "text",
    [
        "без г. Бишкек",
        "Данные приведены без учета города Бишкек",
        "Бишкек шаарысыз",
        "Маалыматтар Бишкек шаарын эсепке албастан берилген",
        "ohne Bischkek oder Osch, außer Bishkek",
        "excluding Bishkek city",
        "Figures do not include Bishkek city",
    ],
)
def test_the_country_is_refused_and_its_regions_are_not(text: str) -> None:
    result = read(f"Ордера ({text})\n{ROWS}".encode(), "delimited", CONCEPTS, reader_options=OPTIONS)
    assert (said(result), rules(result)) == ({("KG-C", "2023", "_T", 7.0)}, {"unread_dimension"})


@pytest.mark.parametrize(
    "text",
    ["без персональных данных", "including Bishkek city", "Включая г. Бишкек", "шахсий маълумотларсиз"],
)
def test_what_leaves_out_no_area_refuses_nothing(text: str) -> None:
    result = read(f"Ордера ({text})\n{ROWS}".encode(), "delimited", CONCEPTS, reader_options=OPTIONS)
    assert rules(result) == set() and len(said(result)) == 2
