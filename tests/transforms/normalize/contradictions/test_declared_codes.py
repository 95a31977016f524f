"""Declared codes of labels that say another thing: refused, whoever made the slip."""

import pytest

from sources.cells import TITLE
from tests.transforms.sample import Observe, Row, refusals

COLUMNS = {"sex": "Sex", "ref_area": "Region"}


@pytest.mark.parametrize(
    ("name", "label", "code", "fine"),
    [
        ("sex", "мужчины", "F", False),
        ("sex", "Women", "_T", False),
        ("sex", "Жен.", "F", True),
        ("sex", "женщины, пострадавшие от мужчин", "F", True),
        ("sex", "2", "F", True),
        ("ref_area", "Abai region", "KZ-11", False),
        ("ref_area", "Алматинская область", "KZ-19", True),
        ("ref_area", "Алматы", "KZ-19", True),
        ("ref_area", "South", "KZ-61", True),
        ("age", "18-29", "Y30T44", False),
        ("age", "Лица в возрасте от 18 до 29 лет", "Y18T30", True),
        ("age", "до 18 лет", "Y_LT18", True),
        ("age", "0-17", "Y_LT18", True),
        ("violence_form", "Физическое насилие", "SEXUAL", False),
        ("violence_form", "physical and/or sexual violence", "PHYSICAL_SEXUAL", True),
        ("violence_form", "Physical violence", "_T", True),
        ("violence_form", "побои", "PHYSICAL", True),
    ],
)
def test_a_label_that_says_another_thing_than_its_code(
    observe: Observe, name: str, label: str, code: str, fine: bool
) -> None:
    column = COLUMNS.get(name, "Label")
    rows: list[tuple[str | None, Row]] = [("1", {"Sex": "All", column: label})]
    concepts = {name: {"column": column, "values": {label: code}}}
    assert refusals(observe(rows, concepts=concepts)) == ([] if fine else [("line 2", "unmapped_label")])
    assert not refusals(observe(rows, concepts=concepts, expects={"texts": [label]}))


@pytest.mark.parametrize(
    ("column", "title", "codes", "fine"),
    [
        ("Пол (1 - женский, 2 - мужской)", "", {"1": "M", "2": "F"}, False),
        ("Пол (1 - женский, 2 - мужской)", "", {"1": "F", "2": "M"}, True),
        ("Sex (1=female, 2=male)", "", {"1": "M", "2": "F"}, False),
        ("Пол", "1 – мужчины; 2 – женщины", {"1": "F", "2": "M"}, False),
        ("Jinsi", "A: ayol, E: erkak", {"A": "M", "E": "F"}, False),
        ("Пол", "Таблица 1 - женщины", {"1": "M", "2": "F"}, True),
    ],
)
def test_a_code_list_that_the_file_explains(
    observe: Observe, column: str, title: str, codes: dict[str, str], fine: bool
) -> None:
    rows = [(str(n), {column: label, "Sex": None, TITLE: title}) for n, label in enumerate(codes, 1)]
    result = observe(rows, concepts={"sex": {"column": column, "values": codes}})
    assert len(refusals(result)) == (0 if fine else 2)
