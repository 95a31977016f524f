"""What a file says of thousands, and the factors that a declaration reads, text by text."""

import pytest

from sources.dataset import Numbers
from transforms.normalize.scale import (
    factor_reader,
    fixed_factor,
    says_scale,
    says_scale_below,
    scale_columns,
    scaled_column,
)


def numbers(multiply: object) -> Numbers:
    return Numbers.model_validate({"multiply": multiply})


@pytest.mark.parametrize(
    "text",
    [
        "тыс. человек",
        "in thousands",
        "Thousand",
        "Таблица 5, тыс. человек",
        "млн",
        "миллионов сомов",
        "мың адам",
        "ming kishi",
        "x1000",
        "х 1 000",
        "(000)",
        "persons, 000s",
        "'000 persons",
        "in 10³",
        "10^6",
        "1 000 persons",
        "1000 человек",
        "1,000,000 people",
        "cases; 1 000 женщин",
        "т. чел.",
        "Население (т.чел.)",
        "Tsd. Personen",
        "in Tausend",
        "thous.",
        "сотен человек",
        "Opfer häuslicher Gewalt (Angaben in Hundert)",
        "Hundert",
        "Ордера, сотни",
        "000s",
    ],
)
def test_texts_that_say_a_scale(text: str) -> None:
    assert says_scale(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "persons",
        "per thousand",
        *("Per hundred thousand inhabitants", "на сто тысяч населения", "жүз мың адамға", "yuz ming aholiga"),
        "per_thousand",
        "на тыс. населения",
        "на 100 тыс. населения",
        "more than thousand",
        "свыше тысячи",
        "5 тыс.",
        "ҳар ҳазор нафар",
        "thousandth",
        "истысяч",
        "10 persons",
        "2000",
        "11 000 persons",
        "110³",
        "10²",
        "1000",
        "code 0001",
        "т. п. человек",
        "сотни случаев насилия стали известны",
        "tens of thousandths",
    ],
)
def test_texts_that_say_none(text: str) -> None:
    assert not says_scale(text)


def test_a_line_below_a_table_says_it_alone_or_as_the_unit() -> None:
    said = (
        "Единица измерения: тысяч человек",
        "Unit: thousands",
        "* тыс. человек",
        "Izoh: ming kishi hisobida",
        "Изоҳ: минг киши",
        "Ескерту: мың адам",
        "Эскертүү: миң адам",
        "Эзоҳ: ҳазор нафар",
        "Hinweis: Angaben in Tausend",
        "Anmerkung: in Hundert",
        "Источник: МВД\nв тысячах",
    )
    assert all(map(says_scale_below, said))
    assert not any(map(says_scale_below, ("Единица измерения: человек", "В 2022 году свыше 5 тысяч человек")))


def test_declared_factors() -> None:
    assert (fixed_factor(numbers(None)), fixed_factor(numbers(1)), fixed_factor(numbers(1000))) == (
        1,
        1,
        1000,
    )
    by_column = numbers({"column": "Unit", "values": {" тыс. ": 1000, "ед.": 1}})
    assert fixed_factor(by_column) == 1 and scaled_column(by_column) == "Unit"
    assert scaled_column(numbers(1000)) is None and scaled_column(numbers(None)) is None
    assert by_column.multiply is not None and not isinstance(by_column.multiply, int | float)
    read = factor_reader(by_column.multiply)
    assert [read(text) for text in ("тыс.", " тыс. ", "ед.", "3", "", None)] == [
        1000,
        1000,
        1,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("0", 1),
        ("", None),
        (None, None),
        ("Units", 1),
        (" единиц ", 1),
        ("_Z", 1),
        ("1", 10),
        ("3", 1000),
        ("9", 1e9),
        ("-3", 0.001),
        ("-4", None),
        ("10", None),
        ("three", None),
        ("3.0", None),
    ],
)
def test_powers_of_ten_in_a_column(text: str | None, factor: float | None) -> None:
    declared = numbers({"column": "UNIT_MULT"}).multiply
    assert declared is not None and not isinstance(declared, int | float)
    assert factor_reader(declared)(text) == factor


COLUMNS = ("UNIT_MULT", "Power code", "Multiplier", "Множитель", "Region", "_value", "unit multiplier")


def test_columns_that_are_looked_at() -> None:
    tests = scale_columns(COLUMNS, numbers(None))
    assert list(tests) == sorted({*COLUMNS} - {"_value"})
    said = {
        name: [
            text for text in ("0", "0: Units", "0.0", "3", "units", "1000", "10", "тыс.", "5") if says(text)
        ]
        for name, says in tests.items()
    }
    powers = ["3", "1000", "10", "тыс.", "5"]
    factors = ["1000", "10", "тыс."]
    assert said == {
        "UNIT_MULT": powers,
        "Power code": powers,
        "unit multiplier": powers,
        "Multiplier": factors,
        "Множитель": factors,
        "Region": ["тыс."],
    }


def test_the_publishers_power_agrees_with_the_declared_factor() -> None:
    tests = scale_columns(COLUMNS, numbers(1000))
    assert list(tests) == ["Power code", "UNIT_MULT", "unit multiplier"]
    for says in tests.values():
        wrong = [text for text in ("3", "0", "Units", " 3 ", "6", "-3", "2", "", "_Z", "many") if says(text)]
        assert wrong == ["0", "Units", "6", "-3", "2"]
        assert [text for text in ("3: Thousands", "6: Millions", "0.5 x") if says(text)] == ["6: Millions"]
    assert scale_columns(COLUMNS, numbers(1)) == {}, "the words mean nothing"
    assert scale_columns(COLUMNS, numbers({"column": "UNIT_MULT"})) == {}
