"""The SDMX-JSON reader on messages written here."""

import copy
import json
from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers import json_table, sdmx_json

STRUCTURE: dict[str, Any] = {
    "dimensions": {
        "series": [
            {"id": "REF_AREA", "values": [{"id": "KG", "name": "Kyrgyzstan"}, {"id": "TJ"}]},
            {"id": "SEX", "values": [{"id": "F"}, {"id": "M"}]},
        ],
        "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2022"}, {"id": "2023"}]}],
    },
    "attributes": {
        "dataSet": [{"id": "SOURCE", "values": [{"id": "NSC"}]}],
        "series": [{"id": "UNIT_MULT", "values": [{"id": "0"}, {"id": "3"}]}],
        "observation": [{"id": "OBS_STATUS", "values": [{"id": "A"}, {"id": "M"}]}],
    },
}
SERIES = {
    "0:0": {"attributes": [1], "observations": {"0": [72.50, 0], "1": [None, 1]}},
    "1:1": {"attributes": [None], "observations": {"1": [7]}},
}
V1 = {"data": {"dataSets": [{"attributes": [0], "series": SERIES}], "structure": STRUCTURE}}


def read(message: Any, **options: Any) -> list[dict[str, Any]]:
    return list(sdmx_json.read(json.dumps(message).encode(), options).to_pylist())


def test_series_and_attributes_by_place() -> None:
    first, second, third = read(V1)
    assert first == {
        "_value": "72.5",
        "_locator": "/data/dataSets/0/series/0:0/observations/0/0",
        "_note": None,
        "SOURCE": "NSC",
        "REF_AREA": "KG",
        "REF_AREA_label": "Kyrgyzstan",
        "SEX": "F",
        "UNIT_MULT": "3",
        "TIME_PERIOD": "2022",
        "OBS_STATUS": "A",
    }
    assert (second["_value"], second["OBS_STATUS"], second["TIME_PERIOD"]) == (None, "M", "2023")
    assert (third["REF_AREA"], third["SEX"], third["_value"], third["UNIT_MULT"]) == ("TJ", "M", "7", None)


def test_an_attribute_that_is_not_given_is_what_the_structure_says() -> None:
    """Read carelessly: a message in thousands whose UNIT_MULT is only the default, as persons."""
    message = copy.deepcopy(V1)
    attributes = message["data"]["structure"]["attributes"]
    attributes["series"][0]["default"], attributes["observation"][0]["default"] = "3", "A"
    del message["data"]["dataSets"][0]["attributes"]
    first, second, third = read(message)
    assert [row["UNIT_MULT"] for row in (first, second, third)] == ["3", "3", "3"]
    assert [row["OBS_STATUS"] for row in (first, second, third)] == ["A", "M", "A"]
    assert {row["SOURCE"] for row in (first, second, third)} == {"NSC"}


def test_several_values_of_an_attribute_are_all_said() -> None:
    """Read carelessly: the first of them alone."""
    message = copy.deepcopy(V1)
    message["data"]["dataSets"][0]["series"]["0:0"]["observations"]["0"] = [72.5, [0, 1]]
    assert read(message)[0]["OBS_STATUS"] == "A; M"


def test_the_observation_says_more_than_its_series() -> None:
    """Read carelessly: the default of a level hides what a wider one says, or a label stays with another code."""
    message = copy.deepcopy(V1)
    status = {"id": "OBS_STATUS", "values": [{"id": "A"}, {"id": "E", "name": "Estimated"}], "default": "A"}
    message["data"]["structure"]["attributes"] |= {"series": [status], "observation": [status]}
    first, second, third = read(message)
    assert [row["OBS_STATUS"] for row in (first, second, third)] == ["A", "E", "A"]
    assert [row.get("OBS_STATUS_label") for row in (first, second)] == [None, "Estimated"]
    del message["data"]["dataSets"][0]["series"]["0:0"]["observations"]["0"][1]
    assert read(message)[0]["OBS_STATUS"] == "E"


def test_flat_messages_of_version_2_with_groups_and_texts() -> None:
    structure = {
        "dimensions": {
            "observation": [*STRUCTURE["dimensions"]["series"], *STRUCTURE["dimensions"]["observation"]]
        },
        "measures": {"observation": [{"id": "OBS_VALUE"}]},
        "attributes": {"dimensionGroup": [{"id": "TITLE"}], "observation": [{"id": "COMMENT_OBS"}]},
    }
    dataset = {
        "structure": 0,
        "dimensionGroupAttributes": {"0::": ["Women and men"]},
        "observations": {"0:1:0": [5, ["late"]], "1:0:1": ["6"]},
    }
    first, second = read({"data": {"dataSets": [dataset], "structures": [structure]}})
    assert (first["_value"], first["SEX"], first["TITLE"], first["_note"]) == (
        "5",
        "M",
        "Women and men",
        "late",
    )
    assert (second["_value"], second["REF_AREA"], second["TITLE"]) == ("6", "TJ", None)


def test_what_is_refused() -> None:
    wrong = copy.deepcopy(V1)
    wrong["data"]["dataSets"][0]["series"] = {"9:0": {"observations": {"0": [1]}}}
    short = copy.deepcopy(V1)
    short["data"]["dataSets"][0]["series"] = {"0": {"observations": {"0": [1]}}}
    turned = copy.deepcopy(V1)
    for place, node in enumerate(reversed(turned["data"]["structure"]["dimensions"]["series"])):
        node["keyPosition"] = place
    several = copy.deepcopy(V1)
    several["data"]["structure"]["dimensions"]["dataSet"] = [
        {"id": "AGE", "values": [{"id": "Y"}, {"id": "_T"}]}
    ]
    beyond = copy.deepcopy(V1)
    beyond["data"]["dataSets"][0]["series"]["0:0"]["observations"]["0"].append(1)
    for message, words in (
        (several, "AGE is a dimension of the whole dataset, and has 2 values"),
        (beyond, "more attributes than the 1 of the structure"),
        (turned, "another order than their keyPosition"),
        ({"errors": [{"code": 404, "title": "No results"}]}, "No results"),
        ({"data": {"dataSets": [{"action": "Delete"}], "structure": STRUCTURE}}, "deletion"),
        (wrong, "no value number 9"),
        (short, "does not fit 2 dimensions"),
        ({"value": []}, "no SDMX-JSON"),
    ):
        with pytest.raises(ReadError, match=words):
            read(message)
    with pytest.raises(ReadError, match="SDMX-JSON") as caught:
        json_table.read(json.dumps(V1).encode(), {"rows": "/data/dataSets", "value": "x"})
    assert "sdmx_json" in caught.value.remedy


def test_names_of_the_structure_and_its_measures_are_the_title() -> None:
    """Read carelessly: thousands as persons."""
    message = copy.deepcopy(V1)
    message["data"]["structure"] |= {
        "name": "Orders",
        "measures": {"observation": [{"name": "Thousand persons"}]},
    }
    metadata = sdmx_json.read(json.dumps(message).encode(), {}).schema.metadata
    assert metadata == {b"title": b"Orders / Thousand persons"}


@pytest.mark.parametrize("said", [True, "true", "True", "1"])
def test_a_message_that_calls_itself_a_test_is_refused(said: Any) -> None:
    with pytest.raises(ReadError, match="a test"):
        read({**V1, "meta": {"test": said}})
    assert read({**V1, "meta": {"test": "false"}})


@pytest.mark.parametrize("number", ["x", "²", "-1", "1", None])
def test_a_dataset_of_a_structure_that_is_not_there_is_refused(number: Any) -> None:
    message = copy.deepcopy(V1)
    (dataset,) = message["data"]["dataSets"]
    message["data"]["structures"] = [message["data"].pop("structure")]
    assert read({"data": {**message["data"], "dataSets": [{**dataset, "structure": 0}]}}) == read(V1)
    wrong = {"data": {**message["data"], "dataSets": [{**dataset, "structure": number}]}}
    with pytest.raises(ReadError, match=rf"^/data/dataSets/0: there is no structure '{number or ''}'"):
        read(wrong)
