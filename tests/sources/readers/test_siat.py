import json
from collections.abc import Callable
from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers import siat
from sources.readers.json_text import resolve

Upstream = Callable[[str], bytes]
Rows = Callable[..., list[dict[str, Any]]]

ROW = '{"Code": "1700", "Klassifikator": "O‘zbekiston", "Klassifikator_ru": "Узбекистан", %s}'


def record(label: str, value: str, russian: str = "") -> dict[str, str]:
    return {"name_en": label, "name_ru": russian or label, "value_en": value, "value_ru": value}


def document(cells: str, *records: dict[str, str]) -> bytes:
    return f'[{{"metadata": {json.dumps(records)}, "data": [{ROW % cells}]}}]'.encode()


def test_four_shapes_of_periods_and_the_text_of_numbers() -> None:
    cells = '"2010": 107.70, "2016-Q1": 0.0, "2021-M01": null, "2024-\u041c12": "-", "2025": ""'
    table = siat.read(document(cells), {})
    assert table.column("period").to_pylist() == ["2010", "2016-Q1", "2021-M01", "2024-М12", "2025"]
    assert table.column("_value").to_pylist() == ["107.70", "0.0", None, "-", ""]
    assert table.column("_locator")[3].as_py() == "/0/data/0/2024-М12"
    assert table.to_pylist()[0]["Klassifikator_ru"] == "Узбекистан"


@pytest.mark.parametrize(
    "key", ["2016-Q5", "2021-M13", "2021-01", "2021/2022", "Total", "20211", "2021-m01", " "]
)
def test_a_key_of_any_other_shape_is_refused(key: str) -> None:
    with pytest.raises(ReadError, match="is no period") as caught:
        siat.read(document(f'"{key}": 1'), {})
    assert caught.value.place.startswith("/0/data/0/")


def test_metadata_repeat_and_persons_are_dropped() -> None:
    content = document(
        '"2010": 1',
        record("Unit of measurement", "thousand people"),
        record("Note", "first"),
        record("Note", "second; ask office@stat.uz or +99871 202 80 32"),
        record("Responsible officer name", "A Person"),
        record("Phone number :", "+99871 202 80 32"),
        record("E-mail address", "person@stat.uz"),
        record("Person", "person@stat.uz"),
        record("Executor", "A Person", "Исполнитель"),
        record("Name of department", "Department 1998 - 2000", "Ответственное управление"),
    )
    metadata = siat.read(content, {}).schema.metadata
    assert metadata[b"Unit of measurement"] == b"thousand people"
    assert metadata[b"Note (2)"] == b"second; ask [contact removed] or [contact removed]"
    assert metadata[b"Name of department"] == b"Department 1998 - 2000"
    assert metadata[b"unit"] == b"thousand people"
    assert "Person" not in str(metadata) and "@" not in str(metadata)
    assert [item["name_en"] for item in json.loads(metadata[b"records"])] == [
        "Unit of measurement",
        "Note",
        "Note",
        "Name of department",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("{}", "/: a list is expected, the file has object"),
        ("[]", "/: a list of one object is expected, the file has 0"),
        ("[1]", "/0: an object is expected, the file has single value"),
        ("[{}]", "/0/data: a list is expected, the file has nothing"),
        ('[{"metadata": [], "data": {}}]', "/0/data: a list is expected, the file has object"),
        ('[{"metadata": {}, "data": []}]', "/0/metadata: a list is expected, the file has object"),
        ('[{"metadata": [], "data": [{"2010": 1}]}]', "/0/data/0: the row has no Code"),
        (
            '[{"metadata": [], "data": [{"Code": "1", "2010": [1]}]}]',
            "/0/data/0/2010: a list is found where a single value is expected",
        ),
        ('[{"metadata": [], "data": []}, {}]', "/: a list of one object is expected, the file has 2"),
        (
            '[{"metadata": ["x"], "data": []}]',
            "/0/metadata/0: an object is expected, the file has single value",
        ),
        ("<html></html>", "the file is a web page instead of data"),
        (
            '[{"metadata": [], "data": [{"Code": "\\ud800", "2010": 1}]}]',
            "the text holds half a surrogate pair, which is no character",
        ),
        ('{"detail": "Not found."}', "/: a list is expected, the file has object"),
    ],
)
def test_other_documents_are_refused(text: str, says: str) -> None:
    with pytest.raises(ReadError) as caught:
        siat.read(text.encode(), {})
    assert str(caught.value).startswith(says)


@pytest.mark.parametrize(
    ("number", "count", "first", "last_key"),
    [("582", 16, "107.7", "2025"), ("1857", 600, "106.2", "2025-Q4"), ("4585", 14580, "100.64", "2026-М03")],
)
def test_real_files(upstream: Upstream, number: str, count: int, first: str, last_key: str) -> None:
    content = upstream(f"uz/siat/sdmx_data_{number}.json")
    table = siat.read(content, {})
    assert (table.num_rows, table.column("_value")[0].as_py()) == (count, first)
    assert table.column("period")[-1].as_py() == last_key
    raw = json.loads(content, parse_float=str, parse_int=str)
    for row in table.to_pylist()[:: max(1, count // 200)]:
        assert resolve(raw, row["_locator"]) == row["_value"]
    said = str(table.schema.metadata) + str(json.loads(table.schema.metadata[b"records"]))
    assert "@" not in said and "99871" not in said and "fficer" not in said


def test_metadata_of_a_real_file(upstream: Upstream) -> None:
    metadata = siat.read(upstream("uz/siat/sdmx_data_582.json"), {}).schema.metadata
    assert metadata[b"Last modified date"] == b"2026-01-27"
    assert metadata[b"Indicator identification number (code)"] == b"1.01.01.0009"
    assert metadata[b"Indicator name (2)"].startswith(b"Growth rates of gross domestic product calculated")
    assert metadata[b"Note"] == b"for 2024 preliminary data"
