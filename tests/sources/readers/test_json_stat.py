import copy
import json
from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers import json_stat

CUBE: dict[str, Any] = {
    "version": "2.0",
    "class": "dataset",
    "label": "Homicide victims by relationship",
    "source": "Eurostat",
    "updated": "2026-04-20",
    "id": ["geo", "sex", "time"],
    "size": [2, 1, 2],
    "dimension": {
        "geo": {"category": {"index": {"DE": 1, "KZ": 0}, "label": {"DE": "Germany", "KZ": "Kazakhstan"}}},
        "sex": {"category": {"label": {"F": "Females"}}},
        "time": {"category": {"index": ["2022", "2023"]}},
    },
    "value": [1, None, 2.5, 30],
}


def read(cube: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json_stat.read(json.dumps(cube).encode(), options).to_pylist()
    return rows


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CUBE), **parts}


def test_dense_values_in_order_of_the_positions() -> None:
    found = read(CUBE)
    assert found[2] == {
        "_value": "2.5",
        "_locator": "/value/2",
        "_note": None,
        "geo": "DE",
        "geo_label": "Germany",
        "sex": "F",
        "sex_label": "Females",
        "time": "2022",
        "time_label": None,
    }
    assert [(row["geo"], row["time"], row["_value"]) for row in found] == [
        ("KZ", "2022", "1"),
        ("KZ", "2023", None),
        ("DE", "2022", "2.5"),
        ("DE", "2023", "30"),
    ]


def test_sparse_values_and_status() -> None:
    found = read(changed(value={"3": 30, "0": 1.0}, status={"3": "p", "1": ":"}))
    assert [(row["_locator"], row["_value"], row["_note"]) for row in found] == [
        ("/value/0", "1.0", None),
        ("/value/1", None, ":"),
        ("/value/3", "30", "p"),
    ]


def test_status_for_all_or_as_a_list() -> None:
    assert {row["_note"] for row in read(changed(status="e"))} == {"e"}
    assert {row["_note"] for row in read(changed(status=["e"]))} == {"e"}
    assert [row["_note"] for row in read(changed(status=[None, "..", "", "b"]))] == [None, "..", None, "b"]


def test_metadata_of_the_dataset() -> None:
    metadata = json_stat.read(json.dumps(CUBE).encode(), {}).schema.metadata
    assert metadata[b"updated"] == b"2026-04-20" and metadata[b"source"] == b"Eurostat"


def old_form() -> dict[str, Any]:
    cube = changed()
    dimension = {
        "id": cube.pop("id"),
        "size": cube.pop("size"),
        "role": {"time": ["time"]},
        **cube["dimension"],
    }
    return {"dimension": dimension, "value": cube["value"], "label": "x"}


def test_1_x_bundles() -> None:
    found = read({"dataset": old_form()})
    assert found[2]["_locator"] == "/dataset/value/2" and found[2]["geo"] == "DE"
    two = {"a": old_form(), "b/c": old_form()}
    assert read(two, dataset="b/c")[0]["_locator"] == "/b~1c/value/0"
    with pytest.raises(ReadError, match="a, b/c"):
        read(two)


@pytest.mark.parametrize(
    "cube",
    [
        {},
        {"error": [{"status": 400, "label": "wrong dimension"}]},
        {"warning": {"status": 413, "label": "asynchronous"}},
        {"class": "collection", "link": {}},
        changed(value=[1, 2, 3]),
        changed(value={"4": 1}),
        changed(value={"-1": 1}),
        changed(value={"x": 1}),
        changed(value={"1": 1, "01": 2}),
        changed(value=5),
        changed(value=[1, 2, 3, [4]]),
        changed(size=[2, 2]),
        changed(size=[2, 1, 3], value=[1] * 6),
        changed(size=[2, 1, "x"]),
        changed(size=[2, 1, 2.5]),
        changed(id=["geo", "sex", "year"]),
        changed(dimension=[]),
        changed(dimension={"geo": {}, "sex": {}, "time": {}}),
        changed(status={"9": "p"}),
        changed(dimension={**CUBE["dimension"], "geo": {"category": {"index": {"DE": 0, "KZ": 0}}}}),
        changed(dimension={**CUBE["dimension"], "geo": {"category": {"index": ["DE", "DE"]}}}),
        changed(dimension={**CUBE["dimension"], "geo": {"category": {"index": {"DE": 0, "KZ": 2}}}}),
    ],
)
def test_what_does_not_fit_is_refused(cube: dict[str, Any]) -> None:
    with pytest.raises(ReadError):
        read(cube)


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"<html></html>", b'{"id": ['])
def test_other_documents_are_refused(content: bytes) -> None:
    with pytest.raises(ReadError):
        json_stat.read(content, {})


def test_a_collection_that_holds_its_datasets() -> None:
    other = {**copy.deepcopy(CUBE), "label": "Other", "value": [9, 9, 9, 9]}
    link = {"class": "dataset", "href": "https://stat.example.org/third"}
    collection = {"version": "2.0", "class": "collection", "link": {"item": [link, CUBE]}}
    assert read(collection)[0]["_locator"] == "/link/item/1/value/0"
    assert [row["_value"] for row in read(collection)] == ["1", None, "2.5", "30"]
    collection["link"] = {"item": [CUBE, other]}
    assert read(collection, dataset="Other")[0]["_value"] == "9"
    with pytest.raises(ReadError, match="Homicide victims by relationship, Other"):
        read(collection)
    collection["link"] = {"item": [link]}
    with pytest.raises(ReadError, match=r"links to https://stat\.example\.org/third"):
        read(collection)


def test_units_and_their_power_of_ten() -> None:
    cube = copy.deepcopy(CUBE)
    unit = {"F": {"base": "thousand persons", "decimals": 1, "multiplier": 3}}
    cube["dimension"]["sex"]["category"]["unit"] = unit
    assert {(row["sex_unit"], row["UNIT_MULT"]) for row in read(cube)} == {("thousand persons", "3")}


@pytest.mark.parametrize(
    ("parts", "unit"),
    [
        ({}, ""),
        ({"extension": {"px": {"units": "persons", "contents": "Orders"}}}, "persons; Orders"),
        ({"extension": {"unit": {"en": "thousand", "decimals": 1, "multiplier": 3}}}, "×10^3; thousand"),
        ({"extension": {"unit": {"en": "persons", "mult": 0}}}, "persons"),
        ({"unit": ["persons", {"ru": "человек"}], "UNIT_MULT": 6}, "persons; человек; ×10^6"),
        ({"note": ["Thousands.", "long" * 100], "units": "persons"}, "Thousands.; persons"),
        ({"contents": {"a": {"b": "Orders"}}, "dimension": CUBE["dimension"]}, "Orders"),
        ({"extension": "persons", "href": "https://stat.example.org/unit"}, ""),
    ],
)
def test_words_of_unit_and_content_beside_the_values(parts: dict[str, Any], unit: str) -> None:
    metadata = json_stat.read(json.dumps(changed(**parts)).encode(), {}).schema.metadata
    assert metadata.get(b"unit", b"").decode() == unit
