"""A title of one year above a table that has no row of it: nobody knows which of the two is right."""

from typing import Any

import pytest

from tests.sources.readers.test_more_cases import GRID, read, rules, said
from tests.workbooks import workbook
from transforms.normalize.contradictions.year_of_title import year_of

BOTH = {("KG-C", "2021", "_T", 120.0), ("KG-C", "2022", "_T", 90.0)}


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Выдано ордеров за 2021 год", 2021),
        ("Ордера (2021 г.), по областям", 2021),
        ("Таблица 1. Ордера за январь-июнь 2021 года", 2021),
        ("2021 йил", 2021),
        ("Orders issued in 2021", 2021),
        ("за 2020-2021 годы", None),
        ("2021/22", None),
        ("на 1 января 2022 года", None),
        ("Приказ от 12.01.2021 № 5", None),
        ("Закон от 12 января 2021 года", None),
        ("в соответствии с законом 2017 года", None),
        ('Приложение 1 к приказу от "___"__________ 2016 года', None),
        ("с 2015 года", None),
        ("MICS 2018", None),
        ("Обновлено: 2024", None),
        ("Ордера за 2021 год по сравнению с прошлым", None),
        ("Статистический сборник, 2021", None),
        ("UN Women Country Office – Statistical annex 2024", None),
        ("Ўзбекистонда аёллар ва эркаклар. Статистик тўплам, 2024", None),
        ("Statistik toʻplam 2024", None),
        ("Женщины и мужчины Кыргызской Республики 2024", None),
        ("Хотин-қизлар ва эркаклар, 2024", None),
        ("Gender in Germany 2024", None),
        ("Кыргызстан цифрада 2024", None),
        ("Country profile 2024", None),
        ("Annual report 2024", None),
        ("Annual report for 2024", 2024),
        ("Женщины и мужчины, пострадавшие от насилия, 2024", 2024),
        # Of a table above.
        ("Область / 2023 / Ош / 12", None),
        ("Область / 2023 / Ош / 12 / Ордера за 2021 год", 2021),
    ],
)
def test_the_year_of_a_title(title: str, year: int | None) -> None:
    assert year_of(title) == year


@pytest.mark.parametrize(
    ("title", "years", "concepts", "fine"),
    [
        ("Ордера за 2023 год", ("2021", "2022"), {}, set()),
        ("Ордера за 2022 год", ("2021", "2022"), {}, BOTH),
        ("Ордера", ("2021", "2022"), {}, BOTH),
        ("Ордера за 2021 год", ("Всего",), {"time_period": {"const": "2022"}}, set()),
        (
            "Ордера за 2021 год",
            ("Всего",),
            {"time_period": {"const": "2021"}},
            {("KG-C", "2021", "_T", 120.0)},
        ),
        # Whoever gives the labels codes has looked at them.
        (
            "Ордера за 2021 год",
            ("2022",),
            {"time_period": {"column": "col_1", "values": {"2022": "2022"}}},
            {("KG-C", "2022", "_T", 120.0)},
        ),
    ],
)
def test_a_title_of_another_year(
    title: str, years: tuple[str, ...], concepts: dict[str, Any], fine: set[tuple[Any, ...]]
) -> None:
    """Read carelessly: the figures of 2021 as those of 2022."""
    rows = [[title], ["Область", *years], ["Чуйская область", *(120, 90)[: len(years)]]]
    result = read(workbook(rows), "excel", GRID | concepts, reader_options={"header_rows": [2]})
    assert said(result) == fine and rules(result) == (set() if fine else {"unreadable_period"})


def test_a_sheet_is_a_title_too() -> None:
    rows = [["Область", "2022"], ["Чуйская область", 120]]
    result = read(workbook(rows, title="2021"), "excel", GRID, reader_options={"header_rows": [1]})
    assert rules(result) == {"unreadable_period"}
    assert "says 2021" in result.refused["reason_en"][0].as_py()
