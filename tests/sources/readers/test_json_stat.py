"""JSON-stat by its parts: positions, categories, units, bundles and collections."""

import copy
import itertools
import json
from typing import Any

import pytest

from sources.cells import REMARKS, ReadError
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


def test_the_legend_of_statuses_is_said_of_the_values_that_have_them_alone() -> None:
    cube = changed(status={"3": "p"}, extension={"status": {"label": {"p": "provisional"}}, "note": "Police"})
    table = json_stat.read(json.dumps(cube).encode(), {})
    assert table["status_label"].to_pylist() == [None, None, None, "provisional"]
    remarks = table.schema.metadata[REMARKS.encode()].decode()
    assert "Police" in remarks and "provisional" not in remarks


def test_a_note_of_one_category_is_said_of_its_values_alone() -> None:
    cube = changed()
    cube["dimension"]["time"]["category"]["note"] = {"2023": ["Provisional data"]}
    cube["dimension"]["geo"]["note"] = ["Police only"]
    table = json_stat.read(json.dumps(cube).encode(), {})
    assert table["time_note"].to_pylist() == [None, "Provisional data"] * 2
    remarks = table.schema.metadata[REMARKS.encode()].decode()
    assert "Police only" in remarks and "Provisional" not in remarks


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
    ("cube", "says"),
    [
        ({}, "/: the file has these datasets: none. Name one"),
        ({"class": "dimension"}, "/class: the file is a JSON-stat dimension, not a dataset"),
        ({"class": "bundle"}, "/class: the file is a JSON-stat bundle, not a dataset"),
        ({"error": [{"status": 400, "label": "wrong dimension"}]}, "/error: the service answers with error: .*wrong"),
        ({"warning": {"status": 413, "label": "asynchronous"}}, "/warning: the service answers with warning: .*asyn"),
        ({"class": "collection", "link": {}}, "/link/item: a list is expected"),
        (changed(value=[1, 2, 3]), "/value: 3 cells, but the sizes make 4"),
        (changed(value={"4": 1}), "/value: position 4 lies outside a cube of 4 cells"),
        (changed(value={"-1": 1}), "/value/-1: '-1' is no position"),
        (changed(value={"x": 1}), "/value/x: 'x' is no position"),
        (changed(value={"²": 1}), "/value/²: '²' is no position"),
        (changed(value={"1" * 13: 1}), "/value/1111111111111: '1111111111111' is no pos"),
        (changed(value={"1" * 12: 1}), "/value: position 111111111111 lies outside"),
        (changed(value={"1": 1, "01": 2}), "/value: a position is given twice"),
        (changed(value=5), "/value: a list is expected"),
        (changed(value=[1, 2, 3, [4]]), "/value/3: a list is found where a single value is expected"),
        (changed(size=[2, 2]), "/size: 3 dimensions but 2 sizes"),
        (changed(size=[2, 1, 2, 1]), "/size: 3 dimensions but 4 sizes"),
        (changed(size=[2, 1, 3], value=[1] * 6), "/dimension/time/category: the size is 3, but the categories"),
        (changed(size=[2, 1, "x"]), "/size: 'x' is no position or size"),
        (changed(size=[2, 1, 2.5]), "/size: '2.5' is no position or size"),
        (changed(size=[2, 1, None]), "/size: None is no position or size"),
        (changed(id=["geo", "sex", "year"]), "/dimension/year: an object is expected"),
        (changed(dimension=[]), "/dimension: an object is expected"),
        (changed(dimension={"geo": {}, "sex": {}, "time": {}}), "/dimension/geo/category: an object is expected"),
        (changed(status={"9": "p"}), "/status: position 9 lies outside"),
        (changed(id=["sex", "time"], size=[1, 2], value=[1, 2]), "/id: 'geo' is a dimension that id does not name"),
        # An object has no order: men could be read as women.
        (
            changed(dimension={**CUBE["dimension"], "geo": {"category": {"label": {"KZ": "K", "DE": "D"}}}}),
            "/dimension/geo/category: the categories have no index",
        ),
        (changed(status=["p", "p"]), "/status: 2 cells, but the sizes make 4"),
        *(
            (
                changed(dimension={**CUBE["dimension"], "geo": {"category": category}}),
                "/dimension/geo/category: the size",
            )
            for category in (
                {"index": {"DE": 0, "KZ": 0}},
                {"index": ["DE", "DE"]},
                {"index": ["DE"]},
                {"index": ["DE", None]},
                {"index": {"DE": 0, "KZ": 2}},
                {"index": {"DE": 1, "KZ": 2}},
            )
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(cube: dict[str, Any], says: str) -> None:
    with pytest.raises(ReadError, match=f"^{says}"):
        read(cube)


def test_the_steps_of_three_dimensions() -> None:
    """Positions count the last dimension first."""
    names = {"a": ["1", "2"], "b": ["x", "y", "z"], "c": ["p", "q"]}
    dimension = {name: {"category": {"index": codes}} for name, codes in names.items()}
    cube = {
        "class": "dataset",
        "id": [*names],
        "size": [2, 3, 2],
        "dimension": dimension,
        "value": [*range(12)],
    }
    found = [(row["a"], row["b"], row["c"], row["_value"]) for row in read(cube)]
    assert found == [(a, b, c, str(n)) for n, (a, b, c) in enumerate(itertools.product(*names.values()))]
    assert (
        read({**cube, "size": [2, 0, 2], "value": [], "dimension": {**dimension, "b": {"category": {}}}})
        == []
    )


def test_one_status_of_one_cell_is_that_of_its_place() -> None:
    one = {"class": "dataset", "id": ["a"], "size": [1], "dimension": {"a": {"category": {"index": ["1"]}}}}
    assert [row["_note"] for row in read({**one, "value": [5], "status": ["e"]})] == ["e"]
    assert [row["_note"] for row in read({**one, "value": {}, "status": ["e"]})] == ["e"]
    assert read({**one, "value": {}, "status": "e"}) == []


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


def test_a_collection_says_what_it_holds_and_where_it_links_to() -> None:
    links: list[Any] = [{"href": f"https://stat.example.org/{n}"} for n in range(6)]
    items = [*links, "href", 5, {"label": "Nothing"}, {**CUBE, "label": "A"}, {**CUBE, "label": "B"}]
    collection = {"class": "collection", "link": {"item": items}}
    with pytest.raises(ReadError) as caught:
        read(collection)
    shown = ", ".join(f"https://stat.example.org/{n}" for n in range(5))
    assert caught.value.problem == f"the collection holds these datasets: A, B; it links to {shown}"
    with pytest.raises(ReadError) as caught:
        read({"class": "collection", "link": {"item": [{**CUBE, "label": "Orders"}, CUBE]}}, dataset="Order")
    assert caught.value.problem == (
        "the collection holds these datasets: Orders, Homicide victims by relationship; "
        "not 'Order' (option dataset), did you mean 'Orders'"
    )
    with pytest.raises(ReadError, match="these datasets: none$|these datasets: none[.]"):
        read({"class": "collection", "link": {"item": []}})


def with_units(**units: dict[str, dict[str, Any]]) -> dict[str, Any]:
    cube = copy.deepcopy(CUBE)
    for name, unit in units.items():
        cube["dimension"][name]["category"]["unit"] = unit
    return cube


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ({"base": "thousand persons", "decimals": 1, "multiplier": 3}, ("thousand persons", "3", "1")),
        (
            {"label": "persons", "base": "thousand", "symbol": "n", "mult": 6},
            ("persons; thousand; n", "6", None),
        ),
        ({"decimals": 0}, (None, None, "0")),
        ({"multiplier": 0}, (None, "0", None)),
        ({}, (None, None, None)),
    ],
)
def test_units_and_their_power_of_ten(unit: dict[str, Any], said: tuple[str | None, ...]) -> None:
    names = ("sex_unit", "UNIT_MULT", "_decimals")
    (found,) = {tuple(row.get(name) for name in names) for row in read(with_units(sex={"F": unit}))}
    assert found == said


def test_units_of_some_categories_and_of_two_dimensions() -> None:
    rows = read(with_units(geo={"DE": {"base": "persons", "multiplier": 3}}))
    assert [(row["geo"], row["geo_unit"], row["UNIT_MULT"]) for row in rows] == [
        ("KZ", None, None), ("KZ", None, None), ("DE", "persons", "3"), ("DE", "persons", "3")
    ]  # fmt: skip
    rows = read(with_units(geo={"DE": {"base": "persons", "multiplier": 3}}, sex={"F": {"base": "women"}}))
    assert (rows[2]["geo_unit"], rows[2]["sex_unit"]) == ("persons", "women")
    for key, words in (("multiplier", "a multiplier"), ("decimals", "decimals")):
        with pytest.raises(ReadError, match=f"^/dimension/sex/category/unit: two dimensions state {words}"):
            read(with_units(geo={"DE": {key: 3}}, sex={"F": {key: 3}}))


@pytest.mark.parametrize(
    ("document", "remarks", "label"),
    [
        (CUBE, "Homicide victims by relationship\nEurostat", "Homicide victims by relationship"),
        (changed(note=["a", "b", "a"], extension={"px": {"notes": ["c"]}}),
         "Homicide victims by relationship\nEurostat\na\nb\nc", None),
        ({"class": "collection", "label": "All", "link": {"item": [{**CUBE, "note": "d"}]}},
         "Homicide victims by relationship\nEurostat\nd\nAll", "All; Homicide victims by relationship"),
        (changed(label=None, source=None), "", None),
    ],
)  # fmt: skip
def test_what_is_said_of_all_values(document: dict[str, Any], remarks: str, label: str | None) -> None:
    metadata = json_stat.read(json.dumps(document).encode(), {}).schema.metadata or {}
    assert sorted(metadata.get(REMARKS.encode(), b"").decode().splitlines()) == sorted(remarks.splitlines())
    if label:
        assert metadata[b"label"].decode() == label


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
