import json
from collections.abc import Callable
from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers import open_sdg

Upstream = Callable[[str], bytes]
Rows = Callable[..., list[dict[str, Any]]]


def cells(text: str, **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = open_sdg.read(text.encode(), options).to_pylist()
    return rows


def test_empty_cell_is_kept_and_flags_become_the_note() -> None:
    header = "Year,Sex,COMMENT_OBS_0,COMMENT_OBS_1,Observation-level footnotes,Value\n"
    text = header + "2018,,|,r,New form,3331.0\n"
    assert cells(text) == [
        {
            "_value": "3331.0",
            "_locator": "line 2, column Value",
            "_note": "|; r; New form",
            "Year": "2018",
            "Sex": "",
        }
    ]


def test_value_may_stand_before_the_flags() -> None:
    (row,) = cells("Year,Units,Value,COMMENT_OBS_0\n2010,number,,.\n")
    assert (row["_value"], row["_note"]) == ("", ".")


def test_the_three_json_forms_say_the_same() -> None:
    columns = {"Year": [2015, 2016], "Sex": [None, "Female"], "Value": [16.0, None]}
    records = [{"Year": 2015, "Sex": None, "Value": 16.0}, {"Year": 2016, "Sex": "Female", "Value": None}]
    forms = {"/data/Value/%d": {"data": columns, "edges": []}, "/Value/%d": columns, "/%d/Value": records}
    for pattern, form in forms.items():
        first, second = cells(json.dumps(form))
        assert first == {"_value": "16.0", "_locator": pattern % 0, "_note": None, "Year": "2015", "Sex": ""}
        assert (second["_value"], second["Sex"], second["_locator"]) == ("", "Female", pattern % 1)


def test_header_alone_is_an_empty_table() -> None:
    assert open_sdg.read(b"Year,Value\n", {}).column_names == ["_value", "_locator", "_note", "Year"]
    assert open_sdg.read(b"[]", {}).num_rows == 0
    assert open_sdg.read(b'{"data":{"Year":[],"Value":[]},"edges":[]}', {}).num_rows == 0


@pytest.mark.parametrize(
    "text",
    [
        "Year,Group,Value\n2015,A,1\n2015,B,3\n2015,,2\n2016,A,1\n2016,B,3\n2016,,2\n",
        "Year,Группа,Value\n2015,A,1.0\n2015,B,3.0\n2015,,2.0\n2016,A,1.0\n",
        '{"Year":[2015,2015,2015],"Group":["A","B",null],"Value":[1,3,2]}',
    ],
)
def test_placeholder_rows_of_the_starter_are_refused(text: str) -> None:
    with pytest.raises(ReadError, match="placeholder rows of the Open SDG starter"):
        cells(text)


@pytest.mark.parametrize(
    "text",
    [
        "Year,Group,Value\n2015,A,1\n2015,B,4\n2015,,5\n",
        "Year,Group,Value\n2015,A,1\n2015,B,3\n2015,,2\n2015,C,2\n",
        "Year,Group,Sex,Value\n2015,A,F,1\n2015,B,F,3\n2015,,F,2\n",
    ],
)
def test_figures_like_the_placeholder_are_kept(text: str) -> None:
    assert cells(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("From,To\n", "the header has no column 'Year'; it has From, To"),
        ('{"From":["A"],"To":["B"]}', "the header has no column 'Year'; it has From, To"),
        (
            '{"national_geographical_coverage": "Kyrgyzstan"}',
            "/national_geographical_coverage: a list is expected, the file ha",
        ),
        ('{"data":{},"edges":[]}', "/data: the JSON names no column"),
        ("{}", "/: the JSON names no column"),
        ("[1, 2]", "/0: an object is expected, the file has single value"),
        ('{"Year":[2015],"Value":[1, 2]}', "/: the columns differ in length: Year 1, Value 2"),
        (
            '{"Year":[2015],"Value":[{"x": 1}]}',
            "/Value/0: an object is found where a single value is expected",
        ),
        ('{"Year":2015,"Value":1}', "/Year: a list is expected, the file has single value"),
        ("Year,Total\n2015,1\n", "the header has no column 'Value' (option value); it has Year, To"),
        ("Jahr,Value\n2015,1\n", "the header has no column 'Year'; it has Jahr, Value"),
        ("Year,Value\n2015", "line 2: the last record breaks off: it has 1 cell, the header ha"),
        ("<!doctype html><html></html>", "the file is a web page instead of data"),
    ],
)
def test_other_files_are_refused(text: str, says: str) -> None:
    with pytest.raises(ReadError) as caught:
        cells(text)
    assert str(caught.value).startswith(says)


def test_declared_value_and_notes() -> None:
    (row,) = cells("Year,Total,Remark\n2015,1,new\n", value="Total", note_columns=["Remark"])
    assert (row["_value"], row["_note"], row["_locator"]) == ("1", "new", "line 2, column Total")
    with pytest.raises(ReadError, match="Remark"):
        cells("Year,Value\n2015,1\n", note_columns=["Remark"])


def test_victims_2023_in_three_languages(upstream: Upstream, rows: Rows) -> None:
    for language, sex, female in (("en", "Sex", "Female"), ("ru", "Пол", "Женщины"), ("ky", "SEX", "F")):
        table = open_sdg.read(upstream(f"kg/open-sdg-2025-08-15/{language}/data/5-2-1-3.csv"), {})
        assert table.num_rows == 199
        year = rows(table, Year="2023")
        assert {row[sex]: row["_value"] for row in year}[female] == "11002"
        assert {row[sex]: row["_value"] for row in year}[""] == "11357"
        as_json = open_sdg.read(upstream(f"kg/open-sdg-2025-08-15/{language}/data/5-2-1-3.json"), {})
        drop = ["_locator", "_value"]
        assert as_json.drop_columns(drop).to_pylist() == table.drop_columns(drop).to_pylist()


def test_line_feed_inside_a_label_counts_as_a_line(upstream: Upstream) -> None:
    content = upstream("portals/kg-open-sdg/en/data/5-2-1-1a.csv")
    table = open_sdg.read(content, {})
    assert any("\n" in row["SERIES"] for row in table.to_pylist())
    lines = content.decode().split("\n")
    for row in table.to_pylist():
        line = int(row["_locator"].split(",")[0].removeprefix("line "))
        assert lines[line - 1].startswith(f"{row['Year']},")


def test_sums_of_the_first_portal(upstream: Upstream, rows: Rows) -> None:
    table = open_sdg.read(upstream("portals/kg-open-sdg/en/data/5-2-1-1b.csv"), {})
    assert table.num_rows == 196
    totals = {"Sex": "", "Age": "", "Education level": "", "COMPOSITE_BREAKDOWN": ""}
    found = " ".join(row["_value"] for row in rows(table, **totals))
    assert found == "2093 1789 1809 2415 2339 2629 3333 7005 7323 7178 6490 8577 9038 8725"


def test_footnotes_of_the_russian_edition(upstream: Upstream) -> None:
    for language in ("en", "ru"):
        table = open_sdg.read(upstream(f"portals/kg-open-sdg/{language}/data/16-2-1.csv"), {})
        assert table.column("_note")[0].as_py() == "According to Multiple Indicator Cluster Survey, 2014"
        assert not [name for name in table.column_names[3:] if "foot" in name or "Снос" in name]


def test_years_with_a_leaked_suffix_stay_as_published(upstream: Upstream) -> None:
    name = "kg/open-sdg-second-portal-vintages/2023-04-27/en/data/5-2-1-1b.csv"
    table = open_sdg.read(upstream(name), {})
    assert table.num_rows == 193
    assert "2017-A1" in table.column("Year").to_pylist()


def test_german_revisions(upstream: Upstream, rows: Rows) -> None:
    earlier = "intl/de-open-sdg-earlier/2024-11-15-indicator_5-2-1.csv"
    later = "intl/de-open-sdg-earlier/2025-07-29-indicator_5-2-1.csv"
    found = [
        rows(open_sdg.read(upstream(name), {}), Year="2018", Units="number")[0] for name in (earlier, later)
    ]
    assert [(row["_value"], row["_note"]) for row in found] == [("3341", None), ("3331", "r")]


def test_kazakh_survey_csv_and_comb(upstream: Upstream) -> None:
    table = open_sdg.read(upstream("portals/kz-open-sdg/en/data/5-2-1.csv"), {})
    comb = open_sdg.read(upstream("portals/kz-open-sdg/en/comb/5-2-1.json"), {})
    assert table.num_rows == 12
    assert comb.drop_columns("_locator").to_pylist() == table.drop_columns("_locator").to_pylist()
    assert table.column("_value").to_pylist()[6] == "16.0"
    assert comb.column("_locator")[6].as_py() == "/data/Value/6"
