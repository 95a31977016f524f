"""A title or the name of a sheet that names another area than the constant of the declaration."""

from typing import Any

import pytest

from tests.sources.readers.test_more_cases import read, rules, said
from tests.workbooks import workbook

ROWS = [["Год", "Всего"], ["2022", 72]]
CONCEPTS: dict[str, Any] = {"time_period": {"column": "row_1"}}


@pytest.mark.parametrize(
    ("area", "title", "fine"),
    [
        (area, title, fine)
        for area, fine, titles in (
            (
                "KG",
                False,
                (
                    "Выдано ордеров в Баткенской области",
                    "Джалал-Абадская область: ордера",
                    "Таблица 3. Ордера Нарынской области, по годам",
                    "Талас облусунда берилген ордерлер",
                    "Protection orders in Issyk-Kul region",
                    "Protection orders in Osh",
                    "Ордера, г. Ош",
                    "Кыргызская Республика: ордера в Чуйской области",
                    "Protection orders in Kazakhstan",
                    "Ордера, Республика Таджикистан",
                    "Ўзбекистонда берилган ордерлар",
                    "Schutzanordnungen in Sachsen",
                    "Дар вилояти Хатлон",
                    "Қарағанды облысы бойынша",
                    "Xorazm viloyati bo‘yicha",
                    "По городу Душанбе",
                ),
            ),
            (
                "KG",
                True,
                (
                    "Выдано ордеров в Кыргызской Республике",
                    "Kyrgyzstan: protection orders",
                    "Ордера по областям и г. Бишкек",
                    "Ордера в Баткенской области и Ошской области",
                    "Ордера, включая г. Ош",
                    "МВД Республики Казахстан",
                    "Судебный департамент Ошской области",
                    "Ордера / Бишкек, 2022",
                    "Сравнение с ордерами в Казахстане",
                    "Orders in force in the first instance",
                    "Viloyatlar bo‘yicha",
                    "Лица, родившиеся в Узбекистане",
                ),
            ),
            ("KG-C", True, ("Ордера по районам Чуйской области", "Кыргызская Республика", "Chuy region")),
            ("KG", False, ("Orders, excluding Osh region",)),
            ("KG-C", False, ("Ордера в Таласской области", "Узбекистан", "Ордера по г. Бишкек")),
            ("UZ", False, ("Farg‘ona viloyati", "Ордера в Хорезмской области", "Туркистон вилояти Суғд")),
        )
        for title in titles
    ],
)
def test_a_title_of_another_area(area: str, title: str, fine: bool) -> None:
    """Read carelessly: the orders of a region, or of a neighbour, as those of the country."""
    concepts = {**CONCEPTS, "ref_area": {"const": area}}
    result = read(
        workbook([[title], *ROWS]), "excel", concepts, country=area[:2], reader_options={"header_rows": [2]}
    )
    assert bool(said(result)) == fine and rules(result) == (set() if fine else {"unread_dimension"})


@pytest.mark.parametrize(
    ("sheet", "fine"), [("Нарынская область", False), ("Ош", False), ("KG", True), ("Ордера", True)]
)
def test_a_sheet_is_a_title_too(sheet: str, fine: bool) -> None:
    concepts = {**CONCEPTS, "ref_area": {"const": "KG"}}
    result = read(workbook(ROWS, title=sheet), "excel", concepts)
    assert bool(said(result)) == fine
    own = {**CONCEPTS, "ref_area": {"column": "sheet"}}
    assert bool(said(read(workbook(ROWS, title=sheet), "excel", own))) == (
        sheet in ("Нарынская область", "KG")
    )


LINES = "Область;Год;Число\nЧуйская область;2023;12\nОшская область;2023;7\n"


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("Случаи насилия, г. Бишкек", False),
        ("Бишкек шаары: катталган учурлар", False),
        ("Данные только по Нарынской области", False),
        ("Случаи насилия в Ошской области", True),
        ("Случаи насилия, Кыргызская Республика", True),
        ("Источник: МВД, г. Бишкек", True),
        ("720040, г. Бишкек, ул. Фрунзе, 374", True),
    ],
)
def test_a_title_of_an_area_that_no_row_is_of(text: str, fine: bool) -> None:
    """Read carelessly: two regions that a title says to be the capital."""
    concepts = {"ref_area": {"column": "Область"}, "time_period": {"column": "Год"}}
    options = {"header_row": 2, "value_columns": ["Число"]}
    found = read(f"{text};;\n{LINES}".encode(), "delimited", concepts, reader_options=options)
    assert bool(said(found)) == fine and rules(found) == (set() if fine else {"unread_dimension"})
    below = read(
        f"{LINES}Примечание: {text};;\n".encode(),
        "delimited",
        concepts,
        reader_options={"value_columns": ["Число"], "stop_at": "^Примечание"},
    )
    assert bool(said(below)) == (fine or "только" not in text)
