import json
from collections.abc import Callable
from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers import json_table
from sources.readers.json_text import resolve

Upstream = Callable[[str], bytes]
Rows = Callable[..., list[dict[str, Any]]]

WORLD_BANK = """[{"page":1,"pages":2,"per_page":2,"total":4,"sourceid":"2","lastupdated":"2026-07-13"},[
{"indicator":{"id":"SP.POP.TOTL","value":"Population"},"country":{"id":"KZ","value":"Kazakhstan"},
 "countryiso3code":"KAZ","date":"2024","value":20592571,"unit":"","obs_status":"","decimal":0},
{"indicator":{"id":"SP.POP.TOTL","value":"Population"},"country":{"id":"KZ","value":"Kazakhstan"},
 "countryiso3code":"KAZ","date":"2025","value":null,"unit":"","obs_status":"","decimal":0}]]"""
BANK = {"rows": "/1", "value": "value", "error_if": "/0/message"}
OFFICE = {
    "rows": "/data",
    "explode": "values",
    "value": "value",
    "columns": {"title": "title_ru", "year": "key", "table": "/title", "units": "/units"},
}


def cells(text: str, **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json_table.read(text.encode(), options).to_pylist()
    return rows


def test_world_bank_with_every_scalar() -> None:
    first, second = cells("\ufeff" + WORLD_BANK, **BANK)
    assert first == {
        "_value": "20592571",
        "_locator": "/1/0/value",
        "_note": None,
        "indicator.id": "SP.POP.TOTL",
        "indicator.value": "Population",
        "country.id": "KZ",
        "country.value": "Kazakhstan",
        "countryiso3code": "KAZ",
        "date": "2024",
        "unit": "",
        "obs_status": "",
        "decimal": "0",
    }
    assert (second["_value"], second["_locator"]) == (None, "/1/1/value")
    (row, _) = cells(WORLD_BANK, columns={"area": "country.id", "vintage": "/0/lastupdated"}, **BANK)
    assert list(row.items())[3:5] == [("area", "KZ"), ("vintage", "2026-07-13")]
    # What the row says in a text of its own is a column that nobody has declared, as in a CSV file.
    assert row.keys() - {"area", "vintage"} == {
        "_value",
        "_locator",
        "_note",
        "countryiso3code",
        "date",
        "decimal",
        "indicator.id",
        "indicator",
        "country",
    }


def beside(document: Any, **options: str) -> dict[str, str]:
    """What the first row says that the declaration does not read."""
    given = {"rows": "/rows", "value": "value", "columns": {"area": "region"}, **options}
    table = json_table.read(json.dumps(document, ensure_ascii=False).encode(), given)
    row = {name: text for name, text in table.to_pylist()[0].items() if text and name[0] != "_"}
    return {name: text for name, text in row.items() if name != "area"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"attributes": {"Sex": "women"}}, {"Sex": "women"}),
        ({"Пол": {"id": 1, "name": "женщины"}}, {"Пол.id": "1", "Пол": "женщины"}),
        ({"dims": [{"id": "SEX", "value": "F"}]}, {"SEX": "F"}),
        ({"dims": [{"dimension": "Жынысы", "category": "аялдар"}]}, {"Жынысы": "аялдар"}),
        ({"dims": [{"id": "area", "value": "x"}]}, {"dims.0.area": "x"}),
        ({"Sex": ["women"]}, {"Sex": "women"}),
        ({"meta": {"filter": {"Jinsi": {"value": "ayollar"}}}}, {"Jinsi": "ayollar"}),
        ({"series": {str(year): year for year in range(2000, 2020)}}, {}),
        ({"point": {"lat": 42.88}}, {}),
        ({"attributes": {"Year": 2021}}, {"Year": "2021"}),
    ],
)
def test_what_a_row_says_in_an_object_or_a_list(said: dict[str, Any], expected: dict[str, str]) -> None:
    """Read carelessly: the figure of women as everybody's, since an object of the row says it and no key of its own."""
    assert beside({"rows": [{"region": "KG-C", "value": 5, **said}]}) == expected


@pytest.mark.parametrize("key", ["query", "filters"])
def test_what_is_said_of_all_rows_beside_them(key: str) -> None:
    rows = [{"region": "KG-C", "value": 5}]
    assert beside({key: {"sex": "women", "page": "one"}, "rows": rows}) == {"sex": "women"}
    assert beside({key: {"sex": ["women", "men"]}, "rows": rows}) == {}, "what may be asked for"


PX = {"key": ["KG-C", "2022", "1"], "value": ["5"]}
FIELDS = [
    {"code": code, "text": text} for code, text in (("a", "Region"), ("t", "Year"), ("d3", "Sex"), ("v", "V"))
]


@pytest.mark.parametrize(
    ("header", "row", "options"),
    [
        (["Region", "Year", "Sex", "V"], ["KG-C", "2022", "1", 5], {"value": "3", "columns": {"area": "0"}}),
        (FIELDS, PX, {"value": "value.0", "columns": {"area": "key.0"}}),
        (
            [{"id": "grp", "type": "text", "info": {"label": "Sex"}}],
            {"region": "KG-C", "year": "2022", "grp": "1", "value": 5},
            {},
        ),
    ],
)
def test_what_a_list_beside_the_rows_calls_their_keys(header: Any, row: Any, options: dict[str, Any]) -> None:
    assert beside({"fields": header, "rows": [row]}, **options)["Sex"] == "1"


def test_world_bank_errors_and_nothing() -> None:
    error = '[{"message":[{"id":"120","key":"Invalid value","value":"The parameter is not valid"}]}]'
    with pytest.raises(ReadError, match="120 Invalid value The parameter") as caught:
        cells(error, **BANK)
    assert caught.value.place == "/0/message"
    with pytest.raises(ReadError, match="Invalid value"):
        cells(error, rows="/1", value="value")
    assert cells('[{"page":0,"total":0},null]', **BANK) == []


def test_taldau_rows_with_lists_and_periods() -> None:
    text = """[{"terms":[741880],"termNames":["РЕСПУБЛИКА КАЗАХСТАН"],
"periods":[{"name":"2004 год","date":"31.12.2004","value":"115.5"},{"name":"2005 год","value":"x"}]}]"""
    first, second = cells(text, explode="periods", value="value")
    assert first == {
        "_value": "115.5",
        "_locator": "/0/periods/0/value",
        "_note": None,
        "terms.0": "741880",
        "termNames.0": "РЕСПУБЛИКА КАЗАХСТАН",
        "periods.name": "2004 год",
        "periods.date": "31.12.2004",
    }
    assert second["periods.date"] is None
    declared = cells(
        text, explode="periods", value="periods.value", columns={"area": "termNames.0", "p": "name"}
    )
    assert [row["p"] for row in declared] == ["2004 год", "2005 год"]


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ("values.n", ["/0/values/0/n", "/0/values/1/n"]),
        # In the order of letters before the list and behind it; below a key that the list's own begins with.
        ("all", ["/0/all", "/0/all"]),
        ("year.n", ["/0/year/n", "/0/year/n"]),
        ("val.n", ["/0/val/n", "/0/val/n"]),
    ],
)
def test_the_place_of_a_figure_beside_the_list_is_its_own(value: str, places: list[str]) -> None:
    text = '[{"values": [{"n": 1}, {"n": 2}], "all": 3, "year": {"n": 4}, "val": {"n": 5}}]'
    assert [cell["_locator"] for cell in cells(text, explode="values", value=value, columns=[])] == places


def test_the_place_of_a_misspelt_key_is_what_should_hold_it() -> None:
    text = '[{"n": {"value": 2}}, {"n": {"valu|e": 3}}]'
    with pytest.raises(ReadError, match="the row has no 'value'") as refused:
        cells(text, value="n.value")
    assert refused.value.place == "/1/n"


def test_a_misspelt_list_is_no_row_without_one() -> None:
    """Read carelessly: all figures of a row are lost in silence."""
    text = '[{"values": [{"v": 1}]}, {"vaules": [{"v": 2}]}]'
    with pytest.raises(
        ReadError, match="the row has no 'values' as others have, did you mean 'vaules'"
    ) as refused:
        cells(text, explode="values", value="v")
    assert refused.value.place == "/1"
    assert len(cells('[{"values": [{"v": 1}]}, {"title": "x"}]', explode="values", value="v")) == 1


def test_a_list_below_a_list_is_taken_apart_where_it_is() -> None:
    text = '[{"blocks": [{"name": "a", "points": ["1", "2"]}, {"name": "b", "points": ["9"]}]}]'
    found = cells(
        text, explode="blocks.0.points", value="blocks.0.points", columns={"block": "blocks.1.name"}
    )
    assert [(row["_value"], row["block"]) for row in found] == [("1", "b"), ("2", "b")]


def test_taldau_tree_by_pattern() -> None:
    text = '[{"id": "1", "leaf": "false", "y122009": "5", "y122010": null}]'
    found = cells(text, value_pattern=r"^y\d{6}$", columns=["id"])
    assert [(row["column"], row["_value"], row["_locator"], row["id"]) for row in found] == [
        ("y122009", "5", "/0/y122009", "1"),
        ("y122010", None, "/0/y122010", "1"),
    ]
    assert "y122009" not in cells(text, value_pattern=r"^y")[0]


def test_flat_records_of_strings() -> None:
    text = '[{"region": "Абай", "count": "5"}, {"region": "Ақмола"}]'
    assert [(row["region"], row["_value"]) for row in cells(text, value="count")] == [
        ("Абай", "5"),
        ("Ақмола", None),
    ]


def test_gho_keys_with_dots_and_texts_with_intervals() -> None:
    text = """{"@odata.context": "x", "value": [{"SpatialDim": "KAZ", "NumericValue": 12.0, "Low": 8.0,
"Value": "12.0 [8.0-18.0]", "a.b": {"c.d": "deep"}}], "@odata.nextLink": "?page=2"}"""
    (row,) = cells(
        text, rows="/value", value="Value", columns={"deep": "a.b.c.d", "low": "Low"}, note=["a.b"]
    )
    assert (row["_value"], row["deep"], row["low"], row["_note"]) == (
        "12.0 [8.0-18.0]",
        "deep",
        "8.0",
        "deep",
    )
    assert json_table.next_page(text.encode(), {}) == "?page=2"


def test_un_values_are_strings_with_nested_dimensions_and_footnotes() -> None:
    text = """{"size": 1, "totalPages": 3, "pageNumber": 3, "data": [{"indicator": ["5.2.1"],
"geoAreaCode": "004", "value": "4.9", "footnotes": ["modelled", "", "WHO"],
"dimensions": {"Age": "15+", "Reporting Type": "G"}}]}"""
    (row,) = cells(
        text,
        rows="/data",
        value="value",
        note="footnotes",
        columns={"area": "geoAreaCode", "type": "dimensions.Reporting Type"},
    )
    assert row == {
        "_value": "4.9",
        "_locator": "/data/0/value",
        "_note": "modelled; WHO",
        "area": "004",
        "type": "G",
        "Age": "15+",
    }
    (row,) = cells(text, rows="/data", value="value")
    assert (row["indicator.0"], row["dimensions.Reporting Type"]) == ("5.2.1", "G")


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (WORLD_BANK, {}, "2"),
        (WORLD_BANK.replace('"pages":2', '"pages":1'), {}, None),
        ('{"Page": 1, "TotalPages": 4, "RecordCount": 9, "Data": []}', {}, "2"),
        ('{"pageNumber": 2, "totalPages": 3}', {}, "3"),
        ('{"next": "https://x/?page=3", "results": []}', {}, "https://x/?page=3"),
        ('{"next": null, "results": []}', {}, None),
        ('{"links": {"next": "/p2"}}', {"next": "/links/next"}, "/p2"),
        ('{"links": {}}', {"next": "/links/next"}, None),
        ("[]", {}, None),
        ("3", {}, None),
    ],
)
def test_next_page(text: str, options: dict[str, Any], expected: str | None) -> None:
    assert json_table.next_page(text.encode(), options) == expected


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", {"value": "v"}, "the file is empty"),
        ("<html></html>", {"value": "v"}, "the file is a web page instead of data"),
        ('[{"v": 1}]', {}, "reader option value=None is not given (either value or value_pat"),
        (
            '[{"v": 1}]',
            {"value": "v", "value_pattern": "v"},
            "reader option value='v' is not given (either value or value_patt",
        ),
        ('[{"v": 1}]', {"value_pattern": "("}, "reader option value_pattern='(' is not a regular expression"),
        ('[{"v": 1}]', {"value_pattern": "^w$"}, "/0: no row has a value '^w$' (option value_pattern)"),
        ('[{"v": 1}]', {"value": "w"}, "/0: no row has a value 'w' (option value)"),
        ('[{"v": 1}]', {"value": 5}, "reader option value=5 is not a text"),
        ('[{"v": 1}]', {"value": "v", "rows": "/5"}, "/5: a list of rows is expected, the file has nothing"),
        (
            '[{"v": 1}]',
            {"value": "v", "columns": {"x": "gone"}},
            "/0: no row has 'gone' (column x) (option columns)",
        ),
        ('[{"v": 1}]', {"value": "v", "columns": {"x": "/gone"}}, "/gone: the document has nothing there"),
        (
            '[{"v": 1}]',
            {"value": "v", "columns": {"_value": "v"}},
            "reader option columns={'_value': 'v'} is not a mapping of free n",
        ),
        ('[{"v": 1}]', {"value": "v", "columns": 7}, "reader option columns=7 is not a list of names"),
        ('[{"v": 1}]', {"value": "v", "explode": "gone"}, "/: no row has a list 'gone'"),
        ('[{"v": 1}]', {"value": "v", "explode": "v"}, "/0/v: a list is expected, the file has single value"),
        ('[{"v": true}]', {"value": "v", "embedded": "v"}, "/0/v: 'v' is not a string of JSON"),
        (
            '[{"v": "["}]',
            {"value": "v", "embedded": "v"},
            "/0/v: the text is not JSON: Expecting value: line 1 column 2 (ch",
        ),
        ('[{"v": {"x": 1}}]', {"value": "v"}, "/0/v: an object is found where a single value is expected"),
        ('{"error": "busy"}', {"value": "v", "rows": "/data"}, "/error: the service reports: busy"),
        (
            '[{"y": 1, "value": 2}, {"y": 2, "valu|e": 3}]',
            {"value": "value"},
            "/1: the row has no 'value' as others have, did you mean 'valu|e'",
        ),
        (
            '[{"year": 1, "value": 2}, {"yea\'r": 2, "value": 3}]',
            {"value": "value", "columns": {"y": "year"}},
            "/1: the row has no 'year' as others have, did you mean \"yea'r\"? ",
        ),
        (
            '[{"a": [{"value": 2}, {"value{": 3}]}]',
            {"value": "value", "explode": "a"},
            "/0/a/1: the row has no 'value' as others have, did you mean 'val",
        ),
        (
            '{"data": {"v": 1}}',
            {"value": "v", "rows": "/data"},
            "/data: a list of rows is expected, the file has object",
        ),
    ],
)
def test_wrong_documents_and_wrong_declarations(text: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ReadError) as caught:
        cells(text, **options)
    assert str(caught.value).startswith(says)


def test_a_row_may_lack_what_others_have() -> None:
    rows = '[{"value": 1, "values": 3}, {"values": 2, "status": "not yet"}]'
    assert [cell["_value"] for cell in cells(rows, value="value", columns={"s": "status"})] == ["1", None]


def test_rows_of_other_kinds() -> None:
    assert cells("[1, 2]", value_pattern=".*", columns=[])[1]["_locator"] == "/1"
    assert cells('[["a", 1.50]]', value="1", columns={"name": "0"})[0]["name"] == "a"


def test_open_data_of_the_kyrgyz_office(upstream: Upstream, rows: Rows) -> None:
    content = upstream("kg/stat-gov-kg/316_population.json")
    table = json_table.read(content, OFFICE)
    assert table.num_rows == 30
    (row,) = rows(table, year="2025", title="Численность населения на начало года,  всего: тыс. человек")
    assert (row["_value"], row["units"], row["_locator"]) == ("7281.8", "человек", "/data/0/values/0/value")
    assert rows(table, year="2025", title="Число умерших")[0]["_value"] is None
    raw = json.loads(content, parse_float=str, parse_int=str)
    assert all(resolve(raw, row["_locator"]) == row["_value"] for row in table.to_pylist())
    for name in ("112_wage", "120_poverty"):
        assert json_table.read(upstream(f"kg/stat-gov-kg/{name}.json"), OFFICE).num_rows == 50


def test_charts_that_hold_json_in_a_string(upstream: Upstream, rows: Rows) -> None:
    options = {
        "embedded": "table_data",
        "explode": "table_data",
        "value_pattern": r"^table_data\.[1-9]\d*$",
        "columns": {"chart": "example_id", "label": "table_data.0"},
    }
    table = json_table.read(upstream("tj/dhs-tata/ru.json"), options)
    assert table.num_rows == 1426
    assert rows(table, chart="ATR18-en-1", label="GBAO")[0]["_value"] == "0.74"
    assert {row["_value"] for row in table.to_pylist()} >= {"<1", "<1 "}
