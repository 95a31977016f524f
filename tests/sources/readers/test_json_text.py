"""JSON by unit: what is loaded, pointers and what they lead to, scalars and leaves."""

from typing import Any

import pytest

from sources.cells import ReadError
from sources.readers import json_text
from sources.readers.json_text import (
    MISSING,
    expect_object,
    leaves,
    load,
    parse_inner,
    pointer,
    resolve,
    scalar,
    step,
)


def test_numbers_stay_their_own_text() -> None:
    assert load(b'{"a": 1.50, "b": [1e3, -0, NaN, true, null]}', {}) == {
        "a": "1.50",
        "b": ["1e3", "-0", "NaN", True, None],
    }


def test_objects_one_a_line() -> None:
    assert load(b'{"a": 1}\n\n {"a": 2} \n', {}) == [{"a": "1"}, {"a": "2"}]
    for broken in (b'{"a": 1}\n[2]\n', b'{"a": 1}\n{"a": 2\n', b'{"a": 1} x', b'{"a": 1}\n{"a" 2}\n'):
        with pytest.raises(ReadError, match="not complete JSON: Extra data"):
            load(broken, {})


@pytest.mark.parametrize(
    ("content", "says", "place"),
    [
        (b'{"a": 1', "not complete JSON", "line 1, character 8"),
        (b'{"a": 1,\n"a": 2}', "the key 'a' occurs twice", ""),
        (b"[" * 100_000, "nested too deeply", ""),
    ],
)
def test_what_is_no_whole_document(content: bytes, says: str, place: str) -> None:
    with pytest.raises(ReadError, match=says) as refused:
        load(content, {})
    assert not place or refused.value.place == place


def test_json_in_a_text() -> None:
    assert parse_inner('[{"a": 1}]', "/x") == [{"a": "1"}]
    for text in ("[", "[" * 100_000):
        with pytest.raises(ReadError, match="the text is not JSON") as refused:
            parse_inner(text, "/x")
        assert refused.value.place == "/x"


DOCUMENT: dict[str, Any] = {"a/b": {"~": [10, 20]}, "0": {"": 1}, "none": None}


@pytest.mark.parametrize(
    ("place", "node"),
    [
        ("", DOCUMENT),
        ("/a~1b/~0/0", 10),
        ("/a~1b/~0/1", 20),
        ("/a~1b/~0/2", MISSING),
        ("/a~1b/~0/-1", MISSING),
        ("/a~1b/~0/x", MISSING),
        ("/a~1b/~0/٣", MISSING),
        ("/0/", 1),
        ("/none", None),
        ("/none/x", MISSING),
        ("/other/x/y", MISSING),
    ],
)
def test_where_a_pointer_leads(place: str, node: object) -> None:
    assert resolve(DOCUMENT, place) is node or resolve(DOCUMENT, place) == node


def test_positions_of_ten_digits_are_none() -> None:
    assert step([1] * 3, "000000002") == 1 and step([1] * 3, "0000000002") is MISSING
    assert step("text", "0") is MISSING


def test_pointers_are_written_as_they_are_read() -> None:
    assert pointer(["a/b", "~", 1]) == "/a~1b/~0/1" and pointer([]) == ""
    assert resolve(DOCUMENT, pointer(["a/b", "~", 1])) == 20


@pytest.mark.parametrize(
    ("node", "text"), [("x", "x"), (None, None), (True, "true"), (False, "false"), ("", "")]
)
def test_scalars(node: object, text: str | None) -> None:
    assert scalar(node, "/a") == text


@pytest.mark.parametrize(("node", "place", "shown"), [([], "/a", "/a"), ({}, "", "/")])
def test_what_is_no_scalar_is_refused_with_its_place(node: object, place: str, shown: str) -> None:
    with pytest.raises(ReadError, match="is found where a single value is expected") as refused:
        scalar(node, place)
    assert refused.value.place == shown


def test_leaves_with_their_paths() -> None:
    assert list(leaves({"a": ["1", {"b": True}], "c": None, "d": [], "e": {}})) == [
        (("a", "0"), "1"),
        (("a", "1", "b"), "true"),
        (("c",), None),
    ]


@pytest.mark.parametrize(("depth", "deep"), [(100, False), (101, True)])
def test_leaves_of_deep_documents(depth: int, deep: bool) -> None:
    node: Any = "x"
    for _ in range(depth):
        node = [node]
    if deep:
        with pytest.raises(ReadError, match="nested too deeply"):
            list(leaves(node))
    else:
        assert list(leaves(node)) == [(("0",) * depth, "x")]


def test_an_object_is_expected() -> None:
    assert expect_object({"a": 1}, "/a") == {"a": 1}
    with pytest.raises(ReadError, match="an object"):
        expect_object([], "/a")
    assert json_text.kind([]) != json_text.kind({})
