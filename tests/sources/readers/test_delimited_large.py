"""Large delimited text in batches: the cells of the whole, or nothing where only the whole can be judged."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from sources import isolated
from sources.readers import delimited, delimited_large

LINES = [f"Область {n};{2000 + n % 20};{n}" for n in range(300)]
HEADER = "Область;Год;Значение"
OPTIONS: dict[str, Any] = {"value_columns": ["Значение"]}


def text(*, lines: list[str] = LINES, header: str = HEADER, end: str = "\n", last: str = "\n") -> bytes:
    return (end.join([header, *lines]) + last).encode()


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited_large, "_BLOCK", 512)
    monkeypatch.setattr(delimited_large, "_HEAD", 2048)


def in_batches(folder: Path, content: bytes, options: dict[str, Any]) -> pa.Table:
    path = folder / "large.csv"
    path.write_bytes(content)
    batches = list(delimited_large.read_large(path, options))
    assert len(batches) > 3
    return pa.concat_tables(batches)


@pytest.mark.parametrize(
    ("content", "options"),
    [
        pytest.param(text(), {}, id="plain"),
        pytest.param(text(end="\r\n", last="\r\n"), {}, id="Windows"),
        pytest.param(text(last=""), {}, id="last line without end"),
        pytest.param(b"\xef\xbb\xbf" + text(), {"encoding": "utf-8"}, id="byte order mark"),
        pytest.param(text(header="Таблица 1, тыс.\n" + HEADER), {"header_row": 2}, id="title above"),
        pytest.param(text(lines=[*LINES[:99], " ;;", *LINES[99:]]), {}, id="a blank record"),
        pytest.param(text(lines=[*LINES, "* за 9 месяцев;;", "Источник: МВД;;"]), {}, id="lines below"),
    ],
)
def test_the_same_cells(tmp_path: Path, content: bytes, options: dict[str, Any]) -> None:
    options = {**OPTIONS, **options}
    found, whole = in_batches(tmp_path, content, options), delimited.read(content, options)
    assert found.to_pydict() == whole.to_pydict() and found.column_names == whole.column_names
    assert (found.schema.metadata or {}) == (whole.schema.metadata or {})


@pytest.mark.parametrize(
    ("content", "options"),
    [
        pytest.param(text(lines=[*LINES, '"a;b";2001;5']), {}, id="quoted"),
        pytest.param(text(lines=[*LINES, "", "a;2001;5"]), {}, id="blank line"),
        pytest.param(text(lines=[*LINES, "a;2001\r;5"]), {}, id="lone carriage return"),
        pytest.param(text(lines=[*LINES, "a;2001"]), {}, id="uneven"),
        pytest.param(text().decode().encode("cp1251"), {"encoding": "cp1251"}, id="another encoding"),
        pytest.param(text().decode().encode("cp1251"), {}, id="no UTF-8"),
        pytest.param(text() + "Ош;2001;5\n".encode("cp1251"), {}, id="no UTF-8 at the end"),
        pytest.param(text() + b"\xed\xa0\x80;2001;5\n", {}, id="half of a surrogate pair"),
        pytest.param(text() + b"\xc0\xaf;2001;5\n", {}, id="an overlong form"),
        pytest.param(text(lines=[*LINES, "", "a;2001;5"], end="\r\n"), {}, id="blank line on Windows"),
        pytest.param(text(lines=[*LINES, "Share, %;;", "a;2001;5"]), {}, id="heading"),
        pytest.param(text(), {"stop_at": "^Source"}, id="remarks below"),
        pytest.param(text(), {"value_columns": ["Год", "Значение"]}, id="two value columns"),
        pytest.param(text(last=""), {"final_newline": "required"}, id="cut off"),
        pytest.param(text(), {"value_columns": ["Number"]}, id="no such column"),
        pytest.param(b"\x1f\x8b" + text(), {}, id="packed"),
    ],
)
def test_what_is_not_plain_is_read_as_a_whole(
    tmp_path: Path, content: bytes, options: dict[str, Any]
) -> None:
    with pytest.raises(delimited_large.NotPlainError):
        in_batches(tmp_path, content, {**OPTIONS, **options})


def test_line_ends_between_blocks_are_seen(tmp_path: Path) -> None:
    for shift in range(6):
        content = text(header="x" * (505 + shift) + ";Год;Значение\n", lines=LINES[:9])
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        with pytest.raises(delimited_large.NotPlainError):
            list(delimited_large.read_large(path, OPTIONS))


@pytest.mark.parametrize("broken", [False, True])
def test_the_worker_gives_all_or_nothing(tmp_path: Path, broken: bool) -> None:
    dataset = SimpleNamespace(reader="delimited", reader_options=OPTIONS)
    path = tmp_path / "large.csv"
    # Longer than a block of the worker, whose blocks are large.
    many = [f"Область {n};{2000 + n % 20};{n}" for n in range(400_000)]
    path.write_bytes(text(lines=[*many, "cut"] if broken else many))
    found = isolated.read_large(dataset, path)
    if broken:
        assert found is None
    else:
        assert found is not None and found.num_rows == 400_000
        assert (
            found.slice(399_990).to_pylist()
            == delimited.read(path.read_bytes(), OPTIONS).slice(399_990).to_pylist()
        )
    small = isolated.read_cells(dataset, text())
    assert small.num_rows == 300, "the worker goes on"


def test_other_formats_are_read_as_a_whole(tmp_path: Path) -> None:
    dataset = SimpleNamespace(reader="excel", reader_options={})
    assert isolated.read_large(dataset, tmp_path / "a.xlsx") is None
