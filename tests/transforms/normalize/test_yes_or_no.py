"""Columns of yes and no, whose name says what the figures are: read as if each cell said the name or nothing."""

import json
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import read, rules
from transforms.normalize.encoded_columns import EncodedColumn
from transforms.normalize.yes_or_no import said_by_answers, said_by_name

CONCEPTS: dict[str, Any] = {"ref_area": {"column": "area"}, "time_period": {"column": "year"}}
PRELIMINARY, ESTIMATE = {44.0: "P"}, {44.0: "E"}
CLOSED, NOT_COUNTED, PART = "not_for_publication", "not_as_counted", "unread_dimension"


def rows(name: str, first: Any, second: Any = None, **more: Any) -> tuple[dict[float, str], set[str]]:
    """Statuses by figure and rules of refusals of two rows, 44 and 7, with one more field beside them."""
    table = [
        {"area": "Чуйская область", "year": 2022, "v": 44, name: first},
        {"area": "Ошская область", "year": 2022, "v": 7, name: second},
    ]
    options = {"reader_options": {"rows": "", "value": "v"}, **more}
    concepts = {**CONCEPTS, **options.pop("concepts", {})}
    result = read(json.dumps(table).encode(), "json_table", concepts, **options)
    return {row["obs_value"]: row["obs_status"] for row in result.good.to_pylist()}, rules(result)


@pytest.mark.parametrize(
    ("name", "yes", "no", "found"),
    [
        *((name, True, False, PRELIMINARY) for name in ("provisional", "isPreliminary", "predvaritelno")),
        ("PROVISIONAL_FLAG", "Y", "N", PRELIMINARY),
        ("Предварительные данные (да/нет)", "Да", "Нет", PRELIMINARY),
        ("Признак предварительности", 1, 0, PRELIMINARY),
        ("алдын ала деректер", "иә", "жоқ", PRELIMINARY),
        ("дастлабки", "ҳа", "йўқ", PRELIMINARY),
        ("пешакӣ", "бале", "не", PRELIMINARY),
        ("Vorläufig", "ja", "nein", PRELIMINARY),
        *(
            (name, no, yes, PRELIMINARY)
            for name, no, yes in (("final", False, True), ("Окончательные", "нет", "да"))
        ),
        ("estimated", "x", "", ESTIMATE),
        ("is_estimate", "+", "-", ESTIMATE),
        ("Баалоо", "ооба", "жок", ESTIMATE),
        ("meta.isConfidential", True, False, CLOSED),
        ("Секретно", "✓", "–", CLOSED),
        ("Подлежит публикации", "нет", "да", CLOSED),
        ("Прогноз", "да", "нет", NOT_COUNTED),
        ("target", "ha", "yoʻq", NOT_COUNTED),
        ("isDraft", True, False, NOT_COUNTED),
        ("cancelled", 1, 0, NOT_COUNTED),
        ("Отменено", "1", None, NOT_COUNTED),
        ("Утверждено", "-", "+", NOT_COUNTED),
        ("Только женщины", "да", "нет", PART),
        ("isRural", True, False, PART),
        ("Дети", "да", "нет", PART),
        ("на 100 000 населения", "да", "нет", "unit_contradicts"),
        ("in_thousands", True, False, "scale_undeclared"),
    ],
)
def test_a_yes_says_the_name_of_its_column(
    name: str, yes: Any, no: Any, found: dict[float, str] | str
) -> None:
    """Read carelessly: a preliminary, secret or planned figure as any other, for its cell holds no word of it."""
    refused = isinstance(found, str)
    assert rows(name, yes, no) == (
        {7.0: "A"} if refused else {7.0: "A", **found},
        {found} if refused else set(),
    )


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        *((name, "нет", "no") for name in ("provisional", "Прогноз", "draft", "confidential", "женщины")),
        ("final", True, "да"),
        ("Cancelled", 3, 1),
        ("Cancelled", 1, 1),
        ("Оценка", 1, 5),
        ("Дети", 1, 0),
        ("Психолог", "да", "нет"),
        ("Предварительно", "уточняется", "x"),
    ],
)
def test_a_no_or_another_count_says_nothing(name: str, first: Any, second: Any) -> None:
    assert rows(name, first, second) == ({44.0: "A", 7.0: "A"}, set())


def test_a_column_that_somebody_has_looked_at_is_no_question() -> None:
    counted = {44.0: "A", 7.0: "A"}
    assert rows("Отменено", "x", "", expects={"texts": ["Отменено"]}) == (counted, set())
    coded = {"obs_status": {"column": "provisional", "values": {"true": "A", "false": "P"}}}
    assert rows("provisional", True, False, concepts=coded) == ({44.0: "A", 7.0: "P"}, set())
    assert rows("draft", True, False, where={"draft": ["true"]}) == ({44.0: "A"}, set())
    assert rows("women", True, False, concepts={"sex": {"const": "F"}}) == (counted, set())


@pytest.mark.parametrize(
    ("name", "yes", "no", "found"),
    [
        ("provisional", True, False, PRELIMINARY),
        ("isPreliminary", 1, 0, PRELIMINARY),
        ("final", False, True, PRELIMINARY),
        ("confidential", True, False, CLOSED),
        ("cancelled", True, False, NOT_COUNTED),
        ("rural", True, False, PART),
    ],
)
def test_an_answer_in_a_key_that_the_declaration_does_not_list(
    name: str, yes: Any, no: Any, found: Any
) -> None:
    """Read carelessly: keys that are not declared are left out, and only texts and those of a plan were kept."""
    options = {"rows": "", "value": "v", "columns": {"area": "area", "year": "year"}}
    assert rows(name, yes, no, reader_options=options) == rows(name, yes, no)
    expected = ({7.0: "A"}, {found}) if isinstance(found, str) else ({7.0: "A", **found}, set())
    assert rows(name, yes, no, reader_options=options) == expected


@pytest.mark.parametrize(
    ("beside", "status", "refused"),
    [
        ({"isPreliminary": True}, "P", set()),
        ({"meta": {"provisional": 1}}, "P", set()),
        ({"final": False}, "P", set()),
        ({"confidential": True}, "", {CLOSED}),
        ({"meta": {"isForecast": True}}, "", {NOT_COUNTED}),
        ({"preliminary": False, "success": True, "final": True, "publishedYear": 1}, "A", set()),
    ],
)
def test_an_answer_beside_the_rows_is_of_all(beside: dict[str, Any], status: str, refused: set[str]) -> None:
    document = {**beside, "data": [{"area": "Ошская область", "year": 2022, "v": 7}]}
    options = {"rows": "/data", "value": "v"}
    result = read(json.dumps(document).encode(), "json_table", CONCEPTS, reader_options=options)
    assert {row["obs_status"] for row in result.good.to_pylist()} == ({status} if status else set())
    assert rules(result) == refused


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("data.isPreliminary", "Preliminary"),
        ("IS_PROVISIONAL_FLAG", "PROVISIONAL"),
        ("is-deleted", "deleted"),
        ("Является предварительным?", "предварительным"),
        ("prognoz", "прогноз"),
        ("Без г. Бишкек", "Без г. Бишкек"),
        ("final_data", "final data"),
        ("prognosis", "prognosis"),
    ],
)
def test_a_name_in_words(column: str, said: str) -> None:
    assert said_by_name(column) == said


def test_a_cell_of_many_other_texts_answers_nothing() -> None:
    texts = EncodedColumn(["да", *map(str, range(50))], None)
    assert said_by_answers("Прогноз", texts) is None
