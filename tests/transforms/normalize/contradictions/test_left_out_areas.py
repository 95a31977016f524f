"""Figures of an area of which a text leaves out a part are not those of the whole area; and names of label columns."""

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
    [
        "без персональных данных",
        "including Bishkek city",
        "Включая г. Бишкек",
        "шахсий маълумотларсиз",
    ],
)
def test_what_leaves_out_no_area_refuses_nothing(text: str) -> None:
    result = read(f"Ордера ({text})\n{ROWS}".encode(), "delimited", CONCEPTS, reader_options=OPTIONS)
    assert rules(result) == set() and len(said(result)) == 2


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Область (тыс. человек)", {"scale_undeclared"}),
        ("Область, в процентах", {"unit_contradicts"}),
        ("Область (на 1000 человек)", {"unit_contradicts"}),
        ("Область (медиана)", {"unit_contradicts"}),
        ("Land (als Index (Basisjahr 2015 = 100))", {"unit_contradicts"}),
        ("Область (план)", {"not_as_counted"}),
        ("Область (для служебного пользования)", {"not_for_publication"}),
        ("Область (без г. Бишкек)", {"unread_dimension"}),
        # Of several parts, one says it.
        ("Область (все районы), %", {"unit_contradicts"}),
        ("Область, на начало дня, план", {"not_as_counted"}),
        ("Область (район)", set()),
        ("Область, город", set()),
    ],
)
def test_the_name_of_a_column_of_labels_says_it_of_the_figures(name: str, found: set[str]) -> None:
    content = f'"{name}";2023\nKG;12\n'.encode()
    concepts = {**CONCEPTS, "ref_area": {"column": name}}
    assert rules(read(content, "delimited", concepts, reader_options={"value_columns": ["2023"]})) == found


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        *(
            (text, False)
            for text in (
                "танҳо шаҳри Хуҷанд",
                "только г. Худжанд",
                "Khujand city only",
                "nur Stadt Chudschand",
            )
        ),
        *(
            (text, True)
            for text in ("приюты работают только в г. Худжанд", "только по обращениям", "шаҳри Хуҷанд")
        ),
    ],
)
@pytest.mark.parametrize("options", [{}, {"note_columns": ["Эзоҳ"]}])
def test_a_note_on_one_city_of_a_region(text: str, fine: bool, options: dict[str, list[str]]) -> None:
    content = f"Область;2023;Эзоҳ\nTJ-KT;12;\nTJ-SU;7;{text}\n"
    found = {"value_columns": ["2023"], **options}
    result = read(content.encode(), "delimited", CONCEPTS, country="TJ", reader_options=found)
    assert (("TJ-SU", "2023", "_T", 7.0) in said(result)) is fine
    assert ("TJ-KT", "2023", "_T", 12.0) in said(result)


@pytest.mark.parametrize(
    "text", ["Police records of Bishkek city only", "Данные только по г. Бишкек", "Бишкек шаары гана"]
)
def test_one_city_alone_is_no_country(text: str) -> None:
    content = f"Ордера ({text})\n{ROWS.replace('KG-C', 'KG-GB')}".encode()
    result = read(content, "delimited", CONCEPTS, reader_options=OPTIONS)
    assert (said(result), rules(result)) == ({("KG-GB", "2023", "_T", 7.0)}, {"unread_dimension"})
