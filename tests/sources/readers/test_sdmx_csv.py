from collections.abc import Callable
from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers import sdmx_csv

Upstream = Callable[[str], bytes]


def cells(text: str, **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sdmx_csv.read(text.encode(), options).to_pylist()
    return rows


def test_version_1() -> None:
    text = (
        "DATAFLOW,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,COMMENT_OBS\nUNICEF:PT(1.0),KGZ,F,2018,33.70,Note: new\n"
    )
    assert cells(text) == [
        {
            "_value": "33.70",
            "_locator": "line 2, column OBS_VALUE",
            "_note": "Note: new",
            "DATAFLOW": "UNICEF:PT(1.0)",
            "REF_AREA": "KGZ",
            "SEX": "F",
            "TIME_PERIOD": "2018",
            "COMMENT_OBS": "Note: new",
        }
    ]


def test_version_2_with_and_without_a_separator_mark() -> None:
    text = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,OBS_VALUE\ndataflow,A:B(1.0),I,KG,\n"
    for content in (text, text.replace("E,", "E[;],", 1), text.replace(",", ";")):
        (row,) = cells(content)
        assert (row["STRUCTURE"], row["ACTION"], row["_value"]) == ("dataflow", "I", "")


def test_a_period_may_have_a_label_as_its_code_has() -> None:
    text = "REF_AREA: Area,TIME_PERIOD: Time,OBS_VALUE: Value\nKG: K,{}: {},1\n"
    assert cells(text.format("2022", "2022"))[0]["TIME_PERIOD"] == "2022"
    assert cells(text.format("2022-01-01T00", "00"))[0]["TIME_PERIOD"] == "2022-01-01T00: 00"


@pytest.mark.parametrize("colon", [":", ": "])
def test_labels_are_divided_from_codes(colon: str) -> None:
    header = [
        "DATAFLOW",
        "REF_AREA:Geographic area",
        "SEX:Sex",
        "TIME_PERIOD:Time",
        "OBS_VALUE:Value",
        "SOURCE:Source",
    ]
    rows = [
        "UNICEF:PT(1.0): Child protection,KGZ: Kyrgyzstan,F: Female,2018,33.7,Survey: round 6",
        "UNICEF:PT(1.0): Child protection,TJK: Tajikistan: all,_T: Total,2017,1,free text",
    ]
    text = "\n".join([",".join(header).replace(":", colon), *rows])
    first, second = cells(text)
    assert first["DATAFLOW"] == "UNICEF:PT(1.0)"
    assert first["DATAFLOW_label"] == "Child protection"
    assert (first["REF_AREA"], first["REF_AREA_label"]) == ("KGZ", "Kyrgyzstan")
    assert (second["SEX"], second["SEX_label"]) == ("_T", "Total")
    assert (second["REF_AREA"], second["REF_AREA_label"]) == ("TJK", "Tajikistan: all")
    assert first["SOURCE"] == "Survey: round 6"
    assert (first["_value"], first["TIME_PERIOD"]) == ("33.7", "2018")


@pytest.mark.parametrize("action", ["D", "D: Delete", "X"])
def test_deletions_are_refused(action: str) -> None:
    with pytest.raises(ReadError, match="action") as caught:
        cells(f"STRUCTURE,STRUCTURE_ID,ACTION,OBS_VALUE\ndataflow,A,I,1\ndataflow,A,{action},\n")
    assert caught.value.place == "line 3, column ACTION"


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", {}, "the file is empty"),
        ("REF_AREA,VALUE\nKZ,1\n", {}, "the header has no column 'OBS_VALUE' (option value), did you mea"),
        ("REF_AREA,OBS_VALUE\nKZ", {}, "line 2: the last record breaks off: it has 1 cell, the header ha"),
        ("<html><body>busy</body></html>", {}, "the file is a web page instead of data"),
        (
            "REF_AREA,OBS_VALUE\nKZ,1\n",
            {"labels": "names"},
            "reader option labels='names' is not one of None, both, id",
        ),
        (
            "REF_AREA,OBS_VALUE\nKZ,1\n",
            {"note_columns": ["NOTE"]},
            "the header has no column 'NOTE' (option note_columns); it has RE",
        ),
    ],
)
def test_bad_input(text: str, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ReadError) as caught:
        cells(text, **options)
    assert str(caught.value).startswith(says)


def test_unicef_with_labels_beside_the_codes(upstream: Upstream) -> None:
    content = upstream("intl/unicef-sdmx/CME_MRY0T4_multi_2018_2023.csv")
    table = sdmx_csv.read(content, {})
    assert table.num_rows == 90
    row = table.to_pylist()[0]
    assert (row["_value"], row["REF_AREA"], row["Geographic area"]) == ("13.4941389213484", "BRA", "Brazil")
    lines = content.decode().splitlines()
    for row in table.to_pylist():
        line = lines[int(row["_locator"].split(",")[0].removeprefix("line ")) - 1]
        assert f",{row['TIME_PERIOD']},{row['_value']}," in line


@pytest.mark.parametrize("nothing", ["", "~", "#N/A"])
def test_rows_with_the_attributes_of_a_series(nothing: str) -> None:
    text = (
        "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,SEX,TIME_PERIOD,COLLECTION,OBS_STATUS,OBS_VALUE\n"
        f"dataflow,EX:PO(1.0),I,KG,F,{nothing},SURVEY,,{nothing}\ndataflow,EX:PO(1.0),I,KG,{nothing},,,,\n"
        "dataflow,EX:PO(1.0),I,KG,F,2022,,M,NaN\ndataflow,EX:PO(1.0),I,KG,M,2022,,A,7\n"
        "dataflow,EX:PO(1.0),I,KG,F,2023,REGISTER,A,8\n"
    )
    found = [(row["SEX"], row["TIME_PERIOD"], row["COLLECTION"], row["_value"]) for row in cells(text)]
    assert found == [("F", "2022", "SURVEY", "NaN"), ("M", "2022", "", "7"), ("F", "2023", "REGISTER", "8")]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        # Read carelessly: all persons, or those whose sex was lost, as women; and the last of two as men.
        (["F,2021,10,", ",2022,30,", "F,,,Women"], "column SEX: SEX is empty in some observations"),
        (
            ["F,2021,10,", ",2022,30,", "F,,,Women", "M,,,Men"],
            "column SEX: two rows say SEX of the same series",
        ),
        (["F,2021,10,", "F,,,Women", "F,,,Persons"], "column TITLE: two rows say TITLE of the same series"),
    ],
)
def test_what_a_row_of_a_series_cannot_say(rows: list[str], says: str) -> None:
    lines = [f"dataflow,EX:PO(1.0),I,KG,{row}" for row in rows]
    header = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,TITLE"
    with pytest.raises(ReadError, match=f"^{says}"):
        cells("\n".join([header, *lines, ""]))


def test_in_sdmx_csv_1_0_a_row_without_period_and_value_is_an_observation() -> None:
    """Read carelessly: its status is that of the other observations of the series."""
    text = "DATAFLOW,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS\nA:B(1.0),KG,2020,10,\nA:B(1.0),KG,,,E\n"
    assert [(row["TIME_PERIOD"], row["OBS_STATUS"]) for row in cells(text)] == [("2020", ""), ("", "E")]
