"""Encoded columns hold what the plain columns held, whatever is done to them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from transforms.normalize import encoded_columns
from transforms.normalize.encoded_columns import (
    EncodedColumn,
    arrow_table,
    chosen_rows,
    constant,
    crossed,
    either,
    encode,
    first_that_says,
    placed,
    written_out,
)


def encoded(*values: Any) -> EncodedColumn:
    dictionary = list(dict.fromkeys(values))
    return EncodedColumn(dictionary, np.array([dictionary.index(value) for value in values], np.int32))


def plain(column: EncodedColumn, rows: int = 4) -> list[Any]:
    places = [0] * rows if column.indices is None else column.indices.tolist()
    return [column.dictionary[place] for place in places]


def test_encoding_keeps_values_and_nulls_over_chunks() -> None:
    column = pa.chunked_array([["a", None], ["b", "a"], [None]])
    assert plain(encode(column)) == ["a", None, "b", "a", None]
    assert plain(encode(pa.chunked_array([], pa.string()))) == []


def test_recoding_calls_once_per_distinct_value() -> None:
    seen: list[str] = []
    column = encoded("a", "b", "a", "a").recoded(lambda value: seen.append(value) or value.upper())
    assert plain(column) == ["A", "B", "A", "A"] and seen == ["a", "b"]


def test_conditions_and_entries_are_spread_over_the_rows() -> None:
    column = encoded("a", "b", "a", "c")
    assert column.where(lambda value: value == "a", 4).tolist() == [True, False, True, False]
    assert constant("a").where(lambda value: value == "a", 3).tolist() == [True] * 3
    assert EncodedColumn(["a", "b", "c"], np.array([2, 0, 2], np.int32)).used() == [0, 2]
    assert constant("a").used() == [0]


def test_the_first_column_that_says_something_counts() -> None:
    first, second = encoded("a", None, None, "d"), encoded("x", "y", None, None)
    found = first_that_says([first, second], lambda value: value is not None, "-")
    assert plain(found) == ["a", "y", "-", "d"]
    assert plain(first_that_says([first, constant("z")], lambda value: value is not None, "-")) == [
        "a",
        "z",
        "z",
        "d",
    ]
    assert plain(first_that_says([constant(None)], lambda value: value is not None, "-")) == ["-"] * 4


def test_either() -> None:
    choice = np.array([True, False, False, True])
    assert plain(either(choice, encoded(*"abcd"), encoded(*"wxyz"))) == ["a", "x", "y", "d"]
    assert plain(either(choice, constant("a"), constant("b"))) == ["a", "b", "b", "a"]
    no = encoded(*"wxyz")
    assert either(np.zeros(4, np.bool_), constant("a"), no) is no


def test_placed_among_all_rows() -> None:
    rows = np.array([1, 3])
    assert plain(placed(rows, encoded("a", "b"), encoded(*"wxyz"), 4)) == ["w", "a", "y", "b"]
    assert plain(placed(rows, constant("a"), constant(None), 4)) == [None, "a", None, "a"]
    nothing = constant("-")
    assert placed(rows, encoded(None, None), nothing, 4) is nothing


@pytest.mark.parametrize("most", [0, 1 << 24])
def test_crossed_columns(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Marking the pairs and sorting them give the same."""
    monkeypatch.setattr(encoded_columns, "_MOST_MARKED_PAIRS", most)
    pairs: list[str] = []

    def join(one: str, other: str) -> str:
        pairs.append(one + other)
        return one + other

    assert plain(crossed(encoded(*"abab"), encoded(*"xxyx"), join)) == ["ax", "bx", "ay", "bx"]
    assert sorted(pairs) == ["ax", "ay", "bx"]
    assert plain(crossed(constant("a"), encoded(*"xyxx"), join)) == ["ax", "ay", "ax", "ax"]
    assert plain(crossed(encoded(*"abab"), constant("x"), join)) == ["ax", "bx", "ax", "bx"]


@pytest.mark.parametrize("chunk", [2, 3, 100])
def test_writing_out(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(encoded_columns, "CHUNK", chunk)
    rows = np.array([0, 3, 4])
    column = encoded(*"abcde")
    assert written_out(column, pa.string(), None, 5).to_pylist() == list("abcde")
    assert written_out(column, pa.string(), rows, 3).to_pylist() == list("ade")
    assert written_out(constant("a"), pa.string(), None, 5).to_pylist() == ["a"] * 5
    assert chosen_rows(pa.array(range(5)), pa.int64(), rows).to_pylist() == [0, 3, 4]
    schema = pa.schema([("letter", pa.string()), ("number", pa.int64())])
    columns = {"letter": column, "number": pa.array(range(5)), "unused": constant(1)}
    wanted = np.array([True, False, False, True, True])
    assert arrow_table(columns, schema, wanted).to_pydict() == {"letter": list("ade"), "number": [0, 3, 4]}
    assert arrow_table(columns, schema, np.ones(5, np.bool_)).num_rows == 5


def test_without_indices_the_first_entry_counts_whatever_else_the_dictionary_holds() -> None:
    column, one = EncodedColumn(["a", "b"]), encoded(*"wxyz")
    choice = np.array([True, False, False, True])
    assert column.used() == [0] and column.where(lambda value: value == "b", 2).tolist() == [False, False]
    assert column.rows(np.array([1, 2])) is column
    assert plain(column.recoded(str.upper)) == ["A"] * 4
    assert column.to_arrow(pa.string(), 3).to_pylist() == ["a"] * 3
    assert plain(crossed(column, one, str.__add__)) == ["aw", "ax", "ay", "az"]
    assert plain(crossed(one, column, str.__add__)) == ["wa", "xa", "ya", "za"]
    assert plain(crossed(column, column, str.__add__)) == ["aa"] * 4
    assert plain(either(choice, column, one)) == ["a", "x", "y", "a"]
    assert plain(either(choice, one, column)) == ["w", "a", "a", "z"]
    assert plain(placed(np.array([1, 3]), column, one, 4)) == ["w", "a", "y", "a"]
    assert plain(placed(np.array([1, 3]), one.rows(np.array([0, 1])), column, 4)) == ["a", "w", "a", "x"]
    assert plain(first_that_says([column], lambda value: value == "a", "-")) == ["a"] * 4
    assert plain(first_that_says([column], lambda value: value == "b", "-")) == ["-"] * 4
    assert written_out(column, pa.string(), None, 3).to_pylist() == ["a"] * 3
