"""Amounts of money: no count, and of one currency only; cells, number formats, headers."""

from typing import Any

import pytest

from sources.readers.workbook.number_formats import shown
from tests.sources.readers.test_more_cases import GRID, HEADER, ROWS, lines, read, rules, said
from tests.workbooks import workbook
from transforms.parse.read_numbers import currency, parse

SOM = '_-* #,##0\\ "сом"_-;-* #,##0\\ "сом"_-;_-* "-"\\ "сом"_-;_-@_-'
FORMATS = {
    '"$"#,##0': "USD",
    "[$₸-43F]#,##0": "KZT",
    "#,##0\\ [$₸-43F]": "KZT",
    SOM: "KGS",
    '_($* #,##0_);_($* (#,##0);_($* "-"??_);_(@_)': "USD",
    "#,##0.00 €": "EUR",
    "[$UZS] #,##0": "XXX",
}
NO_MONEY = ("#,##0[$-419]", "_-* #,##0_-;-* #,##0_-", '#,##0" чел."', "#,##0")


def shown_as(code: str, value: float = 1204) -> bytes:
    return workbook([["Область", "2022"], ["Чуйская область", value]], formats={"B2": code})


@pytest.mark.parametrize("code", FORMATS)
def test_a_format_of_money(code: str) -> None:
    """Read carelessly: 1,204 orders in a column of tenge."""
    count = read(shown_as(code), "excel", GRID)
    assert said(count) == set() and rules(count) == {"unit_contradicts"}
    for unit in ("KGS", "KZT", "USD", "EUR"):
        spent = {**GRID, "indicator": {"const": "SERVICE_FUNDING"}, "unit_measure": {"const": unit}}
        result = read(shown_as(code), "excel", spent)
        values = result.good["obs_value"].to_pylist()
        assert (values, rules(result)) == (
            ([1204.0], set()) if unit == FORMATS[code] else ([], {"unit_contradicts"})
        )


@pytest.mark.parametrize("code", NO_MONEY)
def test_a_format_that_names_no_money(code: str) -> None:
    assert said(read(shown_as(code), "excel", GRID)) == {("KG-C", "2022", "_T", 1204.0)}


def test_a_zero_that_is_shown_as_a_dash_and_money() -> None:
    assert shown(0, SOM) == "0 сом"
    assert rules(read(shown_as(SOM, 0), "excel", GRID)) == {"unit_contradicts"}


def test_an_open_document_of_money() -> None:
    def book(attributes: str, text: str) -> bytes:
        o, t = (
            "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
            "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        )
        cell = f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"
        words = [
            f'<table:table-cell office:value-type="string"><text:p>{word}</text:p></table:table-cell>'
            for word in ("Область", "2022", "Чуйская область")
        ]
        return (
            f'<office:document xmlns:office="{o}" xmlns:table="{t}" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
            'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>'
            f'<table:table table:name="A"><table:table-row>{words[0]}{words[1]}</table:table-row>'
            f"<table:table-row>{words[2]}{cell}</table:table-row></table:table>"
            "</office:spreadsheet></office:body></office:document>"
        ).encode()

    money = 'office:value-type="currency" office:value="1204"'
    for attributes, text in (
        (f'{money} office:currency="KZT"', "1 204"),
        (money, "1 204 ₸"),
        (money, "1 204"),
    ):
        assert rules(read(book(attributes, text), "excel", GRID)) == {"unit_contradicts"}, text
    assert said(read(book('office:value-type="float" office:value="1204"', "1 204"), "excel", GRID))


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("1 204 сом", 1204, "KGS"),
        ("5 млн тенге", 5e6, "KZT"),
        ("$12.50", 12.5, "USD"),
        ("-$5", -5, "USD"),
        ("€ 7", 7, "EUR"),
        ("9 сомони", 9, "XXX"),
        ("1 204 человек", 1204, ""),
        ("1 204 дел", None, ""),
        ("1 204", 1204, ""),
    ],
)
def test_an_amount(text: str, value: float | None, code: str) -> None:
    assert (parse(text).value, currency(text)) == (value, code)


@pytest.mark.parametrize("text", ["1 204 сом", "$1204", "1204 EUR"])
def test_a_text_of_money_is_no_count(text: str) -> None:
    assert rules(lines(f"{HEADER}Чуйская область;2022;женщины;{text}\n")) == {"unit_contradicts"}


def test_a_number_of_persons_is_no_share() -> None:
    share = {**GRID, "indicator": {"const": "IPV_12M"}}
    result = read(
        workbook([["Область", 2022], ["Чуйская область", "12 чел."], ["Нарынская область", 7]]),
        "excel",
        share,
    )
    assert {row[3] for row in said(result)} == {7.0} and rules(result) == {"unit_contradicts"}


def test_a_header_of_money() -> None:
    text = (HEADER + ROWS).replace("Значение", "Значение, сом")
    assert rules(lines(text, {"value_columns": ["Значение, сом"]})) == {"unit_contradicts"}


def test_a_bound_of_money(observe: Any) -> None:
    assert not observe([("more than 5 сом", {})]).good.num_rows
