"""A code of an area beside the label of another one."""

import json
from typing import Any

import pytest

from tests.sources.readers.test_more_cases import read, rules, said
from tests.transforms.sample import Observe, Row, column, refusals


def cube(code: str, label: str, column: str, **declared: Any) -> Any:
    area = {"category": {"index": [code], "label": {code: label}}}
    time = {"category": {"index": ["2022"]}}
    body = {"class": "dataset", "id": ["geo", "time"], "size": [1, 1], "value": [7]}
    body["dimension"] = {"geo": area, "time": time}
    concepts = {"ref_area": {"column": column, **declared}, "time_period": {"column": "time"}}
    return read(json.dumps(body).encode(), "json_stat", concepts)


@pytest.mark.parametrize(
    ("code", "label", "fine"),
    [
        ("KG-O", "Ошская область", True),
        ("KG-O", "Chuy region", False),
        ("KG-O", "Кыргызская Республика", False),
        ("KG-GB", "г. Бишкек", True),
        ("KG-O", "Ош", True),
        ("KG-O", "", True),
        ("KG-O", "Южный округ", True),
    ],
)
def test_a_code_and_its_label_in_json_stat(code: str, label: str, fine: bool) -> None:
    result = cube(code, label, "geo")
    assert (said(result), rules(result)) == (
        ({(code, "2022", "_T", 7.0)}, set()) if fine else (set(), {"unknown_area"})
    )


def test_the_sentence_names_both_and_a_declared_code_settles_it() -> None:
    by_code, by_label = (cube("KG-O", "Chuy region", column) for column in ("geo", "geo_label"))
    (sentence,) = by_code.refused["reason_en"].to_pylist()
    assert sentence.startswith('Column geo says "KG-O" and the label beside it "Chuy region"')
    assert not said(by_label)
    given = cube("KG-O", "Chuy region", "geo", values={"KG-O": "KG-C"})
    assert said(given) == {("KG-C", "2022", "_T", 7.0)}


def test_a_code_and_its_labels_in_siat() -> None:
    for label, fine in (("Андижанская область", True), ("Бухарская область", False)):
        row = {"Code": "1703", "Klassifikator": "Andijon viloyati", "Klassifikator_ru": label, "2022": 7}
        content = json.dumps([{"metadata": [], "data": [row]}]).encode()
        concepts = {"ref_area": {"column": "Code"}, "time_period": {"column": "period"}}
        result = read(content, "siat", concepts, country="UZ")
        assert said(result) == ({("UZ-AN", "2022", "_T", 7.0)} if fine else set())


@pytest.mark.parametrize(
    ("first", "cells"),
    [
        (None, {}),
        # A part whose codes are declared, and one that the file has not.
        ({"column": "Zone", "values": {"all": "_T"}}, {"Zone": "all"}),
        ({"column": "Zone", "absent": "_T"}, {}),
    ],
)
@pytest.mark.parametrize(
    ("beside", "label", "fine"),
    [
        ("Region name", "Shymkent", False),
        ("Region_label_en", "Shymkent", False),
        ("Region.Name", "Astana", True),
        ("Region name", None, True),
        # Another column is of another thing.
        ("Court name", "Shymkent", True),
        ("Region of birth", "Shymkent", True),
    ],
)
def test_every_part_that_names_an_area_is_compared_with_its_label(
    observe: Observe, first: dict[str, Any] | None, cells: Row, beside: str, label: str | None, fine: bool
) -> None:
    concept = [*([first] if first else []), {"column": "Region"}]
    result = observe([("7", {**cells, beside: label})], concepts={"ref_area": concept})
    assert column(result, "ref_area") == (["KZ-71"] if fine else [])
    assert refusals(result) == ([] if fine else [("line 2", "unknown_area")])


@pytest.mark.parametrize(
    ("other", "refused"),
    [("Мангистауская область", 2), ("Казахстан", 1), ("Мангистау", 0), ("Атлантида", 0)],
)
def test_a_column_of_any_name_is_of_areas_where_each_text_is_a_whole_name(
    observe: Observe, other: str, refused: int
) -> None:
    """A name alone may be a person's or a firm's; beside regions the country is no part of itself."""
    found = observe([("5", {"Who": "Актюбинская область"}), ("7", {"Who": other, "Sex": "F"})])
    assert sum(row["rule"] == "unread_dimension" for row in found.refused.to_pylist()) == refused
