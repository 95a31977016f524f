"""What stands for the rows of a register: hashes of texts, and columns of numbers on the disk."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sources.incidents import number_files
from sources.incidents.hashes import EMPTY, hashes_of
from sources.incidents.number_files import NumberFiles

# Of many widths, some the beginning of another, some with the bytes of zeros at the end.
TEXTS = [
    "",
    "\0",
    "\0\0",
    *(f"КУСП-{n}" for n in range(900, 1100)),
    *("K" * n for n in range(1, 40)),
    "KG-2025-1\0",
]


def test_a_text_has_the_same_hashes_whatever_is_beside_it() -> None:
    together = [*zip(*(found.tolist() for found in hashes_of(pa.array(TEXTS))), strict=True)]
    alone = [tuple(int(found[0]) for found in hashes_of(pa.array([text]))) for text in TEXTS]
    of_a_part = zip(*(found.tolist() for found in hashes_of(pa.array(["x", *TEXTS]).slice(1))), strict=True)
    assert together == alone == [*of_a_part]
    assert together[0][0] == EMPTY
    assert all(len(found) == 0 for found in hashes_of(pa.array([], pa.string())))


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(TEXTS, id="of many widths"),
        pytest.param([f"KG-{n:09d}" for n in range(100_000)], id="running numbers over two words"),
        pytest.param([f"{n % 317:08d}{n // 317:08d}{n:032x}" for n in range(100_000)], id="in several words"),
    ],
)
def test_each_hash_alone_tells_texts_apart(texts: list[str]) -> None:
    first, second = hashes_of(pa.array(texts))
    assert len({*texts}) == len(np.unique(first)) == len(np.unique(second))
    assert not {*first.tolist()} & {*second.tolist()}


@pytest.mark.parametrize("piece", [2, 3, 100])
def test_numbers_are_read_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    """A column that some rows leave out is 0 in them, wherever they are."""
    monkeypatch.setattr(number_files, "_PIECE", piece)
    numbers = NumberFiles(tmp_path / "n", {"a": np.uint64, "b": np.uint16, "c": np.uint16})
    assert sys.platform == "win32" or not [*(tmp_path / "n").iterdir()], "a file that is left when all ends"
    numbers.append(2, {"a": np.array([1, 2**64 - 1], np.uint64)})
    numbers.append(3, {"a": np.array([3, 4, 5], np.uint64), "b": np.array([7, 8, 65_535])})
    assert [*numbers.pieces(("b",), 1, 3)][0][0] == 1
    numbers.append(1, {"a": np.array([6], np.uint64)})
    numbers.append(1, {"b": np.array([9])})
    found = [*numbers.pieces(("a", "b", "c"))]
    assert [first for first, _ in found] == [*range(0, 7, piece)]
    read = {name: [n for _, columns in found for n in columns[name].tolist()] for name in "abc"}
    assert read == {"a": [1, 2**64 - 1, 3, 4, 5, 6, 0], "b": [0, 0, 7, 8, 65_535, 0, 9], "c": [0] * 7}
    some = [*numbers.pieces(("b",), 2, 5)]
    assert [n for _, columns in some for n in columns["b"].tolist()] == [7, 8, 65_535]
    numbers.close()
