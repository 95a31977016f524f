"""Folding of labels: what is equal, what stays apart."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.share_of_cases import examples
from transforms.parse.fold_labels import fold, in_one_script


@pytest.mark.parametrize(
    "labels",
    [
        "Qoʻqon|Qo‘qon|Qo’qon|Qo'qon|Qo`qon|Qo´qon|Qoʼqon|Qo′qon|QOʻQON|Qo＇qon",
        "Fargʻona togʻ|Farg‘ona tog‘|FARG'ONA TOG'",
        "Women 15-49|women 15–49|Women  15 — 49|WOMEN\u00a015−49|Women 15-49*|Women 15-49¹|Women 15-49 1)|"
        "Women 15-49 **|Women 15-49 [2]|Women 15-49*)|Women 15-49:|\ufeffWomen 15\u00ad-49|Women 15-49†",
        "Женщины|женщины|ЖЕНЩИНЫ|Женщины¹|Женщины1)|Женщины *|«Женщины»|\"Женщины\"|'Женщины'|“Женщины”, ",
        "Ребёнок|ребенок|РЕБЁНОК",
        "Бішкек|Бiшкек",
        "и\u0306од|йод|ЙОД",
        "ﬁrst|First",
        "Насилие¹ в семье²|насилие в семье",
    ],
)
def test_equal(labels: str) -> None:
    assert len({fold(label) for label in labels.split("|")}) == 1


@pytest.mark.parametrize(
    "labels",
    [
        "Qoʻqon|Qoqon|Qaqon", "возраст (15-19)|возраст (15-24)|возраст (15-|возраст (15-9)", "(19)|(24)",
        "aged 15 (to 19)|aged 15 (to 24)", "м²|м³|м", "km²|km³|km", "на 10⁵|на 10⁶|на 105|на 10",
        "15-49|15-4|15-9|1549|15 49", "статья 138|статья 139|статья 13", "18+|18", "<18|18|>18", "a b|"
        "ab", "CO₂|CO",
        "Женщины|Женщина", "қ|к", "ү|у", "ё|ё1", "11|1 1|1-1", "90 %|90", "п. 1|п. 2|п. 12",
    ],
)  # fmt: skip
def test_apart(labels: str) -> None:
    parts = labels.split("|")
    assert len({fold(label) for label in parts}) == len(parts)


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("жeнщины", "женщины"),  # a Latin e
        ("femаle", "female"),  # a Cyrillic а
        ("жетiсу", "жетiсу"),
        ("covid-жұмыс", "covid-жұмыс"),
        ("qж", "qж"),  # neither looks like a letter of the other
        ("co2", "co2"),
        ("сор", "сор"),
    ],
)
def test_a_word_that_was_typed_on_two_keyboards(label: str, word: str) -> None:
    assert in_one_script(label) == word


TEXTS = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="aoOgG ʻ'`´’-–—.,:;*()[]1)2¹²⁽⁾†«»\"\u00a0\u00ad\u0306иИёі\u0301ß", max_size=14),
)


@settings(max_examples=examples(400, 1500), deadline=None)
@given(TEXTS)
@example("o´ 1) 2)*¹")
@example("и'\u0306")
def test_idempotent(label: str) -> None:
    assert fold(fold(label)) == fold(label)


def letters(label: str) -> str:
    """Letters and digits of a label, with the two spelling variants that fold accepts."""
    plain = unicodedata.normalize("NFC", label).casefold().replace("ё", "е").replace("і", "i")
    return "".join(c for c in plain if c.isalnum())


@settings(max_examples=examples(400, 1500), deadline=None)
@given(st.text(alphabet="abgoQ АБёіқўҳ 0123456789-–—.,:;(«»\"'%/+<>\u00a0", max_size=16))
def test_no_letter_or_digit_is_lost(label: str) -> None:
    assert letters(fold(label)) == letters(label)


@settings(max_examples=examples(150, 500), deadline=None)
@given(
    st.text(alphabet="abgoжқ ", min_size=1, max_size=8),
    st.text(alphabet="abgoжқ 019", min_size=1, max_size=8),
    st.sampled_from("abжқ059"),
    st.sampled_from("abжқ059"),
)
def test_another_letter_is_another_label(before: str, after: str, one: str, other: str) -> None:
    assert (fold(f"{before}{one}{after}") == fold(f"{before}{other}{after}")) == (one == other)
