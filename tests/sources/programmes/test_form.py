"""The form: every question has words in six languages, and no two choices of a list look alike."""

import csv
import re

import pytest

from data_contracts.load import contract
from sources.programmes.form import ANSWER, HERE, LANGUAGES, choices, column, form, words
from sources.programmes.form_texts import choice_lists, marked_label, printed_texts, shown_choice


def words_csv() -> list[dict[str, str]]:
    with (HERE / "words.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_column_of_the_form_is_a_column_of_its_table() -> None:
    for part in form().parts.values():
        names = part.printed + part.inputs + tuple(part.sums) if part.table else ()
        table = contract().tables[part.table] if part.table else None
        for name in names:
            assert table is not None
            assert name in table.names, (part.name, name)
        for total, parts in part.sums.items():
            assert total not in part.inputs and set(parts) <= set(part.columns)


def test_national_languages_have_their_own_word_wherever_the_form_has_one() -> None:
    for row in words_csv():
        # Notes of cells are Russian in national languages, and the guide says so.
        for language in () if row["key"].startswith("note.") else ("kk", "ky", "tg", "uz"):
            assert row[language].strip(), (row["key"], language)


def test_english_and_russian_are_given_for_what_the_contract_does_not_have() -> None:
    for row in words_csv():
        if row["key"].split(".")[0] not in ("column", "code", "rule"):
            assert row["en"] and row["ru"], row["key"]


def test_places_in_a_sentence_are_the_same_in_all_languages() -> None:
    for row in words_csv():
        if row["ru"]:
            places = [sorted(re.findall(r"{\w+}", row[language])) for language in LANGUAGES if row[language]]
            assert all(found == places[0] for found in places), row["key"]


def test_words_of_codes_and_rules_are_those_of_the_contract() -> None:
    lists, rules = contract().codelists, {rule.id for rule in contract().rules}
    for row in words_csv():
        kind, _, rest = row["key"].partition(".")
        if kind == "rule":
            assert rest in rules, rest
        elif kind == "code" and "." in rest:
            codelist, _, code = rest.partition(".")
            assert code in lists[codelist], rest


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_choices_of_a_list_never_look_alike(language: str) -> None:
    for name in choice_lists():
        shown = [shown_choice(language, name, code) for code in choices(name)]
        assert len(set(shown)) == len(shown), (name, sorted(shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_that_can_refuse_a_return_has_a_sentence(language: str) -> None:
    for part in form().parts.values():
        for rule in contract().rules_of(part.table):
            assert words(language).rule(rule.id).strip()


def test_the_form_asks_for_no_comparator_country() -> None:
    assert not [code for code in choices("ref_area") if code.startswith("DE")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_write_is_said_in_words_and_no_codes(language: str) -> None:
    """No code of a list, no name of a column, no word of data models in a note or label that a provider reads."""
    technical = re.compile(r"SDMX|ISO |\bCL_|[A-Z]{5,}|Истина|\bTrue\b|[a-z]+_[a-z]+")
    for part in form().parts.values():
        names = [line.code for line in part.lines] if part.inputs == (ANSWER,) else part.printed + part.inputs
        for name in names:
            if name not in ("part", "correction_reason"):
                said = words(language)
                for text in (said.note(name), said.label(name)):
                    assert not technical.search(text.replace("IMPACT", "")), (name, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_written_in_the_letters_of_their_language(language: str) -> None:
    """A word of another script, or a letter that the language does not have, is a slip of the translation."""
    common = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
    own = {"kk": "әғқңөұүһі", "ky": "ңөү", "tg": "ғӣқӯҳҷ", "ru": "", "en": "", "uz": "ʻʼ"}[language]
    latin = "abcdefghijklmnopqrstuvwxyz"
    letters = (latin if language in ("en", "uz") else common) + own
    commands = r"dvstats|add programme_returns|template|list / |IMPACT|Excel|WWP EN|Caledonian"
    kept = re.compile(rf"{{\w+}}|[a-z]+(?:-[a-z]+)+|\b(?:kz|kg|tj|uz)\b|{commands}")
    for row in words_csv():
        text = kept.sub("", row[language]).casefold()
        wrong = {char for char in text if char.isalpha() and char not in letters}
        assert not wrong, (row["key"], wrong, row[language])


def test_printed_texts_hold_every_label() -> None:
    texts = set(printed_texts("ru"))
    for part in form().parts.values():
        for name in part.inputs:
            assert name == ANSWER or marked_label("ru", part, name) in texts


def test_a_column_of_the_form_is_defined_by_the_contract() -> None:
    assert column("programme_id").codes is None
    assert column("weeks_planned").max == 260


@pytest.mark.parametrize(
    "key", [row["key"] for row in words_csv() if row["key"].startswith(("guide.", "answer.", "problem."))]
)
def test_every_language_says_as_much(key: str) -> None:
    """A sentence, or a part behind a colon or semicolon, that Russian has and another language lacks."""
    (row,) = [row for row in words_csv() if row["key"] == key]
    plain = {language: re.sub(r"{\w+}|«[^»]*»", "X", row[language]) for language in LANGUAGES}
    sentences = {language: len(re.findall(r"\.(?:\s|$)", text)) for language, text in plain.items()}
    assert len(set(sentences.values())) == 1, sentences
    marks = {language: len(re.findall(r"[:;—]", text)) for language, text in plain.items()}
    assert all(marks[language] or not marks["ru"] for language in LANGUAGES), marks


def test_only_counts_of_the_same_persons_have_a_total() -> None:
    found = {name: (part.table, len(part.lines) > 1) for name, part in form().parts.items() if part.has_total}
    assert found == dict.fromkeys(("flow", "ages"), ("programme_flow", True))
