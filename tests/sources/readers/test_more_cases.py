"""Further small inputs in the kinds of ``shared/cases/formats``, each with what must come of it: invented, end to end.

Every case goes through reader and normalizer as in a refresh. Beside each is what a careless reading would publish.
"""

import datetime as dt
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from data_contracts.load import contract
from sources.dataset import Dataset
from sources.readers.protocol import read_cells
from tests.workbooks import workbook
from transforms.normalize.inputs_and_results import FileFacts, Normalized
from transforms.normalize.normalizer import Normalizer

HEADER = "Область;Год;Пол;Значение\n"
ROWS = "Чуйская область;2022;женщины;1 204\nЧуйская область;2022;мужчины;61\n"
LINES: dict[str, Any] = {
    "ref_area": {"column": "Область"},
    "time_period": {"column": "Год"},
    "sex": {"column": "Пол", "values": {"женщины": "F", "мужчины": "M"}},
}
GRID: dict[str, Any] = {"ref_area": {"column": "row_1"}, "time_period": {"column": "col_1"}}
CUBE: dict[str, Any] = {"ref_area": {"const": "KG"}, "time_period": {"column": "time"}}


def declared(reader: str, concepts: dict[str, Any], **more: Any) -> Dataset:
    header = {
        "id": "ex_case",
        "country": "KG",
        "title": {"en": "E", "ru": "Е"},
        "publisher": {"en": "O", "ru": "О"},
        "address": "https://stat.example.org/",
        "citation": "O",
        "cadence": "yearly",
        "collection": "portal",
        "licence": {"id": "X", "title": "X", "address": "", "open": True},
        "precedence": 1,
        "hosts": ["stat.example.org"],
        "files": [{"name": "t", "address": "https://stat.example.org/t"}],
    }
    concepts = {"indicator": {"const": "PROTECTION_ORDERS"}, **concepts}
    return Dataset.model_validate({**header, "reader": reader, "concepts": concepts, **more})


@lru_cache
def normalizer(country: str) -> Normalizer:
    """For the invented dataset of a country; made once, for it takes longer than reading."""
    dataset = declared("delimited", LINES, country=country)
    return Normalizer(contract(), datasets={dataset.id: dataset}, sources=[])


def read(content: bytes, reader: str, concepts: dict[str, Any], **more: Any) -> Normalized:
    dataset = declared(reader, concepts, **more)
    cells = read_cells(dataset, content)
    return normalizer(dataset.country).normalize(
        cells, dataset, FileFacts("ab" * 32, dt.datetime(2026, 11, 24), "input")
    )


def lines(text: str, options: dict[str, Any] | None = None, **more: Any) -> Normalized:
    return read(
        text.encode(),
        "delimited",
        LINES,
        reader_options={"value_columns": ["Значение"], **(options or {})},
        **more,
    )


def said(result: Normalized) -> set[tuple[Any, ...]]:
    return {(r["ref_area"], r["time_period"], r["sex"], r["obs_value"]) for r in result.good.to_pylist()}


def rules(result: Normalized) -> set[str]:
    return set(result.refused["rule"].to_pylist())


BOTH = {("KG-C", "2022", "F", 1204.0), ("KG-C", "2022", "M", 61.0)}


@pytest.mark.parametrize("mark", ["sep=;", '"sep=;"', "SEP=;\r"])
def test_excels_own_first_line_names_the_delimiter(mark: str) -> None:
    result = lines(f"{mark}\n{HEADER}{ROWS}")
    assert said(result) == BOTH
    assert result.good["raw_locator"][0].as_py().startswith("line 3,")


@pytest.mark.parametrize("title", ["Таблица 1, тыс. человек", "Victims (thousand persons);;;", "'000"])
def test_a_title_in_thousands_is_refused_where_nothing_is_declared(title: str) -> None:
    text = f"{title}\n{HEADER}{ROWS}"
    assert (said(lines(text, {"header_row": 2})), rules(lines(text, {"header_row": 2}))) == (
        set(),
        {"scale_undeclared"},
    )
    scaled = lines(text, {"header_row": 2}, numbers={"multiply": 1000})
    assert said(scaled) == {(*row[:3], row[3] * 1000) for row in BOTH}


@pytest.mark.parametrize(
    "title", ["Таблица 1. Ордера", "Жители городов (более 100 тысяч)", "Более 5 тыс. дел"]
)
def test_a_title_that_says_no_scale_refuses_nothing(title: str) -> None:
    assert said(lines(f"{title}\n\n{HEADER}{ROWS}", {"header_row": 3})) == BOTH


@pytest.mark.parametrize(
    ("unit", "rule"),
    [
        ("тыс. человек", "scale_undeclared"),
        *(
            (rate, "unit_contradicts")
            for rate in (
                *("на 100 000 женщин", "per 100,000", "per 1,000,000 women", "100 мың адамға", "je 100.000"),
                *("ба 100 ҳазор аҳолӣ", "har 100 ming aholiga", "ҳар 100 минг аҳолига", "100 миң калкка"),
                *("на 100\u00a0000 населения", "в % к 2022 г.", "2015 = 100"),
            )
        ),
    ],
)
def test_a_row_of_units_below_the_header_refuses_its_column(unit: str, rule: str) -> None:
    """Read carelessly: 1,204 persons beside a refused row of words."""
    result = lines(f"{HEADER};;;{unit}\n{ROWS}")
    assert said(result) == set() and rule in rules(result)
    two = f"Область;Год;Пол;Значение;Число\n;;;{unit};единиц\n" + ROWS.replace("\n", ";7\n")
    kept = lines(two, {"value_columns": ["Значение", "Число"]}, numbers={})
    assert {row[3] for row in said(kept)} == {7.0}, "only the column that says so"


@pytest.mark.parametrize("text", ["человек", "12 на 100 000", "100 %", "1 000 сом", "100 тыс. сом", "2022"])
def test_a_cell_that_says_no_unit_or_a_figure_of_its_own_is_of_its_row(text: str) -> None:
    assert said(lines(f"{HEADER}г. Ош;2021;женщины;{text}\n{ROWS}")) >= BOTH


def test_zero_has_no_sign() -> None:
    result = lines(f"{HEADER}Чуйская область;2022;женщины;-0\n")
    assert str(result.good["obs_value"][0].as_py()) == "0.0"


@pytest.mark.parametrize("reader", ["delimited", "excel"])
def test_a_header_that_two_columns_of_values_have_is_a_guess(reader: str) -> None:
    """Read carelessly: the first column is published, the second refused for its name."""
    header, row = ["Область", "2023", "2023", "2024"], ["Чуйская область", "5", "7", "9"]
    both = ["2023", "2023 (2)", "2024"]
    if reader == "delimited":
        content, options = "\n".join(map(";".join, (header, row))).encode(), {"id_columns": ["Область"]}
    else:
        content, options = workbook([header, row]), {"layout": "records", "value_columns": both}
    concepts: dict[str, Any] = {"ref_area": {"column": "Область"}, "time_period": {"column": "column"}}
    result = read(content, reader, concepts, reader_options=options)
    assert said(result) == {("KG-C", "2024", "_T", 9.0)} and rules(result) == {"column_twice"}
    assert set(result.refused["reason_en"].to_pylist()) == {
        f"The file has the column {name} twice; declare which one is meant." for name in both[:2]
    }
    coded = {
        "time_period": {"column": "column", "values": dict(zip(both, ("2023", "2022", "2024"), strict=True))}
    }
    known = read(content, reader, {**concepts, **coded}, reader_options=options)
    assert {(row[1], row[3]) for row in said(known)} == {("2023", 5.0), ("2022", 7.0), ("2024", 9.0)}


# -- JSON-stat -------------------------------------------------------------------------------------------------------


def cube(values: list[Any], unit: dict[str, Any] | None = None, **top: Any) -> bytes:
    what = {"category": {"index": ["orders"], **({"unit": {"orders": unit}} if unit else {})}}
    document = {
        "version": "2.0",
        "class": "dataset",
        "id": ["what", "time"],
        "size": [1, len(values)],
        "dimension": {
            "what": what,
            "time": {"category": {"index": [str(2020 + n) for n in range(len(values))]}},
        },
        "value": values,
        **top,
    }
    return json.dumps(document).encode()


def test_json_stat_decimals_are_compared_with_the_figures() -> None:
    share = {"unit_measure": {"const": "PERCENT"}, "indicator": {"const": "IPV_LIFETIME"}, **CUBE}
    assert said(read(cube([12.3, 9, 0.1 + 0.2], {"decimals": 1}), "json_stat", share)) == {
        ("KG", "2020", "_T", 12.3),
        ("KG", "2021", "_T", 9.0),
        ("KG", "2022", "_T", 0.1 + 0.2),
    }
    wrong = read(cube([12.345, 9], {"decimals": 1}), "json_stat", share)
    assert {row[3] for row in said(wrong)} == {9.0} and rules(wrong) == {"too_many_decimals"}
    meant = read(cube([12.345, 9], {"decimals": 1}), "json_stat", share, numbers={"multiply": 1})
    assert {row[3] for row in said(meant)} == {12.345, 9.0}
    factor = {"column": "_decimals", "values": {"2": 0.01}}
    applied = read(cube([1234, 900], {"decimals": 2}), "json_stat", share, numbers={"multiply": factor})
    assert {row[3] for row in said(applied)} == {12.34, 9.0}


@pytest.mark.parametrize(
    ("unit", "top"),
    [({"multiplier": 3}, {}), ({"label": "thousand persons"}, {}), (None, {"label": "Orders, thousand"})],
)
def test_json_stat_in_thousands_is_refused_where_nothing_is_declared(
    unit: dict[str, Any] | None, top: dict[str, Any]
) -> None:
    content = cube([7, 8], unit, **top)
    result = read(content, "json_stat", CUBE)
    assert said(result) == set() and rules(result) == {"scale_undeclared"}
    scaled = read(content, "json_stat", CUBE, numbers={"multiply": 1000})
    assert {row[3] for row in said(scaled)} == {7000.0, 8000.0}


# -- workbooks -------------------------------------------------------------------------------------------------------


def three_regions(change: Callable[[Any], object]) -> bytes:
    rows = [
        ["Область", 2022, 2023],
        ["Чуйская область", 12, 13],
        ["Нарынская область", 5, 6],
        ["Ошская область", 7, 8],
    ]
    return workbook(rows, edit=change)


def test_a_value_merged_over_two_labels_belongs_to_neither_alone() -> None:
    """Read carelessly: 12 in Chui, nothing in Naryn."""
    down = read(three_regions(lambda sheet: sheet.merge_cells("B2:B3")), "excel", GRID)
    assert {row[:2] for row in said(down)} == {
        ("KG-C", "2023"),
        ("KG-N", "2023"),
        ("KG-O", "2022"),
        ("KG-O", "2023"),
    }
    assert rules(down) == {"unreadable_record"} and down.refused.num_rows == 2
    across = read(three_regions(lambda sheet: sheet.merge_cells("B2:C2")), "excel", GRID)
    assert "KG-C" not in {row[0] for row in said(across)} and across.refused.num_rows == 2


@pytest.mark.parametrize(
    ("number_format", "value", "expected"),
    [
        ("#,##0,", 12345, set()),  # shown as 12
        ("0.0%", 0.125, set()),  # a share is no count
        ("0", 11.999999999999998, {12.0}),
        (";;;", 12, set()),  # a figure that is there and not shown
    ],
)
def test_a_count_under_a_number_format(number_format: str, value: float, expected: set[float | None]) -> None:
    def change(sheet: Any) -> None:
        sheet["B2"].value, sheet["B2"].number_format = value, number_format

    result = read(three_regions(change), "excel", GRID)
    assert {row[3] for row in said(result) if row[:2] == ("KG-C", "2022")} == expected
    assert bool(result.refused.num_rows) is not bool(expected)


@pytest.mark.parametrize("hidden", ["hidden row", "collapsed group", "hidden column"])
def test_what_a_person_does_not_see_is_not_read(hidden: str) -> None:
    def change(sheet: Any) -> None:
        if hidden == "hidden row":
            sheet.row_dimensions[3].hidden = True
        elif hidden == "collapsed group":
            sheet.row_dimensions.group(3, 3, hidden=True)
        else:
            sheet.column_dimensions["C"].hidden = True

    seen = said(read(three_regions(change), "excel", GRID))
    gone = {row for row in seen if (row[1] == "2023" if "column" in hidden else row[0] == "KG-N")}
    assert seen and not gone
