"""What an answer says beside its figures reaches the texts that are judged, whatever its format calls the place."""

import json
from typing import Any

import pytest

from sources.readers import json_table
from tests.sources.readers.test_more_cases import read, rules, said

ROWS = [{"area": "KG", "year": "2024", "v": 72}]
TABLE = {"rows": "/result/records", "value": "v", "columns": ["area", "year"]}
CUBE = {
    "id": ["area", "year"],
    "size": [1, 1],
    "dimension": {
        "area": {"category": {"index": ["KG"]}},
        "year": {"category": {"index": ["2024"]}},
    },
    "value": [72],
}
STRUCTURE = {
    "dimensions": {
        "observation": [
            {"id": "area", "values": [{"id": "KG"}]},
            {"id": "year", "values": [{"id": "2024"}]},
        ]
    }
}
MESSAGE = (
    '<m:StructureSpecificData xmlns:m="urn:m"><m:Header>{header}</m:Header><m:DataSet>{dataset}'
    '<Series area="KG">{series}<Obs year="2024" OBS_VALUE="72">{obs}</Obs></Series></m:DataSet>'
    "</m:StructureSpecificData>"
)
ANNOTATION = "<Annotations><Annotation><AnnotationText>{}</AnnotationText></Annotation></Annotations>"


def table(**result: Any) -> bytes:
    return json.dumps({"result": {"records": ROWS, **result}}).encode()


def cube(**more: Any) -> bytes:
    return json.dumps({"version": "2.0", "class": "dataset", **CUBE, **more}).encode()


def sdmx(dataset: dict[str, Any], structure: dict[str, Any]) -> bytes:
    data = {"dataSets": [{"observations": {"0:0": [72]}, **dataset}], "structure": {**STRUCTURE, **structure}}
    return json.dumps({"data": data}).encode()


def message(**parts: str) -> bytes:
    return MESSAGE.format(**{"header": "", "dataset": "", "series": "", "obs": "", **parts}).encode()


def siat(label: str, words: str) -> bytes:
    records = [
        {"name_en": "Unit of measurement", "value_en": "person"},
        {"name_en": label, "value_en": words},
    ]
    return json.dumps([{"metadata": records, "data": [{"Code": "KG", "2024": 72}]}]).encode()


PLACES = {
    "the name in SIAT": lambda words: ("siat", siat("Indicator name", f"Orders, {words}, by region"), {}),
    "a note in SIAT": lambda words: ("siat", siat("Note", words), {}),
    "the title of the answer": lambda words: ("json_table", table(title=f"Orders in {words} issued"), TABLE),
    "its name": lambda words: ("json_table", table(name_en=f"Orders in {words} issued"), TABLE),
    "above the list of rows": lambda words: (
        "json_table",
        json.dumps({"a": {"name": f"In {words} issued", "b": {"c": ROWS}}}).encode(),
        {**TABLE, "rows": "/a/b/c"},
    ),
    "before the list of rows": lambda words: (
        "json_table",
        json.dumps([{"indicator": f"In {words} issued"}, ROWS]).encode(),
        {**TABLE, "rows": "/1"},
    ),
    "the field of CKAN": lambda words: (
        "json_table",
        table(fields=[{"id": "area"}, {"id": "year"}, {"id": "v", "info": {"label": f"Orders ({words})"}}]),
        TABLE,
    ),
    "the title of a cube": lambda words: ("json_stat", cube(title=f"In {words} issued"), {}),
    "PxWeb": lambda words: (
        "json_stat",
        cube(extension={"px": {"title": f"In {words} issued orders"}}),
        {},
    ),
    "the survey of a cube": lambda words: ("json_stat", cube(description=words), {}),
    "a name in two languages": lambda words: (
        "sdmx_json",
        sdmx({}, {"names": {"en": f"Orders in {words} by area"}}),
        {},
    ),
    "the name of an SDMX dataset": lambda words: ("sdmx_json", sdmx({"title": f"In {words} issued"}, {}), {}),
    "an annotation in JSON": lambda words: (
        "sdmx_json",
        sdmx({}, {"annotations": [{"type": "NOTE", "texts": {"en": words}}]}),
        {},
    ),
    "a description": lambda words: ("sdmx_json", sdmx({}, {"description": words}), {}),
    "the header of SDMX-ML": lambda words: (
        "sdmx_ml",
        message(header=f'<m:Name xml:lang="en">In {words} issued</m:Name>'),
        {},
    ),
    **{
        f"an annotation of a {level}": lambda words, level=level: (
            "sdmx_ml",
            message(**{level: ANNOTATION.format(words)}),
            {},
        )
        for level in ("dataset", "series", "obs")
    },
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("words", "whole"), [("January-September 2024", False), ("January-December 2024", True)]
)
def test_a_year_that_the_answer_calls_nine_months(place: str, words: str, whole: bool) -> None:
    reader, content, options = PLACES[place](words)
    columns = {"siat": ("Code", "period")}.get(reader, ("area", "year"))
    concepts = {"ref_area": {"column": columns[0]}, "time_period": {"column": columns[1]}}
    result = read(content, reader, concepts, reader_options=options)
    assert len(said(result)) == whole
    assert rules(result) == (set() if whole else {"unreadable_period"})


@pytest.mark.parametrize(
    ("day", "refused"), [("2024-09-30", True), ("2024-12-31", False), ("2025-06-30", False)]
)
def test_the_last_day_that_an_sdmx_message_reports(day: str, refused: bool) -> None:
    concepts = {"ref_area": {"column": "area"}, "time_period": {"column": "year"}}
    in_header = message(header=f"<m:ReportingEnd>{day}T00:00:00</m:ReportingEnd>")
    of_dataset = message().replace(b"<m:DataSet>", f'<m:DataSet reportingEndDate="{day}">'.encode())
    for content in (in_header, of_dataset):
        assert rules(read(content, "sdmx_ml", concepts)) == ({"unreadable_period"} if refused else set())


def test_an_open_sdg_file_may_have_a_title() -> None:
    data = {"Year": [2024], "Value": [72]}
    concepts = {"ref_area": {"const": "KG"}, "time_period": {"column": "Year"}}
    beside = {"indicator_name": "In January-September 2024 issued"}
    for around, refused in (({}, set()), (beside, {"unreadable_period"})):
        content = json.dumps({"data": data, "edges": [{"From": "Sex", "To": "Age"}], **around}).encode()
        assert rules(read(content, "open_sdg", concepts)) == refused


def test_what_is_said_of_another_table_or_column_is_not_said_of_the_rows() -> None:
    other = {"title": "Share, %", "records": [{"v": 4}]}
    fields = [{"id": "area", "info": {"label": "Share, %"}}, {"id": "v", "type": "int4"}]
    content = json.dumps({"a": {"b": {"records": ROWS, "fields": fields}, "other": other}}).encode()
    cells = json_table.read(content, {**TABLE, "rows": "/a/b/records"})
    assert cells["column_label"].to_pylist() == ["int4"]
    assert "Share" not in str(cells.schema.metadata)
    rows = {**TABLE, "rows": "/records", "value": "1", "columns": {"area": "0"}}
    listed = json.dumps({"fields": fields, "records": [["KG", 72]]}).encode()
    assert json_table.read(listed, rows)["column_label"].to_pylist() == ["int4"]
