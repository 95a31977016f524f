"""Signs and words of money beside numbers and in headers."""

import pytest

from sources.currencies import OTHER, currency_of, names_currency, without_currency


@pytest.mark.parametrize(
    ("text", "left", "code"),
    [
        ("1 204 ₸", "1 204", "KZT"),
        ("$1,204", "1,204", "USD"),
        ("-$ 5", "-5", "USD"),
        ("<US$5", "<5", "USD"),
        ("(€5)", "(5)", "EUR"),
        ("KGS 12", "12", "KGS"),
        (" 5 млн сом. ", "5 млн", "KGS"),
        ("5 сомони", "5", OTHER),
        ("(5 тенге)", "(5)", "KZT"),
        ("12", "12", ""),
        (" 12 ", " 12 ", ""),
        ("сом", "сом", ""),
        ("Сомалиленд 5", "Сомалиленд 5", ""),
        ("12 персом", "12 персом", ""),
        ("", "", ""),
    ],
)
def test_a_number_without_its_sign_of_money(text: str, left: str, code: str) -> None:
    assert without_currency(text) == (left, code)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("сом", "KGS"), ("в тыс. сом", "KGS"), ("in thousands of tenge", "KZT"),
        ("млн. сомов", "KGS"), (" USD. ", "USD"),
        ("узбекский сом", OTHER), ("thousand Uzbek som", OTHER), ("Kyrgyz som", "KGS"), ("som", OTHER),
        ("тыс. кыргызских сомов", "KGS"),
        ("казахстанских тенге", "KZT"), ("US dollars", "USD"), ("таджикских сомони", OTHER),
        ("1 000 сом", "KGS"), ("тысяч евро", "EUR"), ("рублей", OTHER), ("сомон", ""), ("number of som", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_currency_of_a_header(words: str, code: str) -> None:
    assert currency_of(words) == code


@pytest.mark.parametrize(
    ("text", "names"),
    [("5₸", True), ("тыс. сом", True), ("сомалиец", False), ("eur", True), ("persons", False)],
)
def test_words_of_a_format_that_name_money(text: str, names: bool) -> None:
    assert names_currency(text) is names
