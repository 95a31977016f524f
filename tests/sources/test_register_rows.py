"""Rows of a register as record batches: what is held at once does not grow with the file."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources import isolated
from sources.cells import DiscreetError
from sources.incidents import rows as register_rows
from sources.incidents.columns import Header
from sources.incidents.rows import _csv, _streamed, read_rows

NAMES = ("id", "note")


def as_parquet(path: Path, rows: list[tuple[str, str]]) -> None:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(NAMES)}
    pq.write_table(pa.table(columns), path, row_group_size=len(rows), use_dictionary=False)


def as_workbook(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (NAMES, *rows):
        sheet.append(row)
    book.save(path)


@pytest.mark.parametrize("write", [as_parquet, as_workbook])
def test_a_batch_holds_no_more_rows_than_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, list[tuple[str, str]]], None]
) -> None:
    monkeypatch.setattr(register_rows, "_ROWS", 100)
    written = [(f"K-{number}", "") for number in range(1_050)]
    write(tmp_path / "file", written)
    batches = list(read_rows(tmp_path / "file", {}, [NAMES], NAMES).batches)
    assert max(batch.num_rows for batch in batches) <= 100
    assert [text for batch in batches for text in batch.column(0).to_pylist()] == [row[0] for row in written]


def test_a_parquet_file_of_one_row_group_is_not_held_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notes are of random letters, so that nothing packs them."""
    monkeypatch.setattr(register_rows, "_ROWS", 1_000)
    path, random = tmp_path / "file", Random(1)
    as_parquet(path, [(f"K-{number}", random.randbytes(500).hex()) for number in range(20_000)])
    before, held, rows = pa.total_allocated_bytes(), list[int](), 0
    for batch in read_rows(path, {}, [NAMES], NAMES).batches:
        held.append(pa.total_allocated_bytes() - before)
        rows += batch.num_rows
    assert rows == 20_000
    assert max(held) < path.stat().st_size // 2


def large(path: Path) -> None:
    as_workbook(path, [(f"K-{number}", "a") for number in range(5_000)])


def broken(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 Aigul")


def uneven(path: Path) -> None:
    as_workbook(path, [("K-1", "a"), ("K-2", "Aigul", "more")])


@pytest.mark.parametrize(
    ("write", "seconds", "said"),
    [
        (large, 0.02, "takes longer than"),
        (broken, 60, "the workbook cannot be read"),
        (uneven, 60, "cannot be read as a table .a row has too few or too many cells"),
    ],
)
def test_a_workbook_is_read_apart_within_limits(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path], None],
    seconds: float,
    said: str,
) -> None:
    monkeypatch.setattr(isolated, "SECONDS", seconds)
    write(tmp_path / "file")
    with pytest.raises(DiscreetError, match=said) as caught:
        list(read_rows(tmp_path / "file", {}, [NAMES], NAMES).batches)
    assert "Aigul" not in repr(caught.value) and caught.value.__cause__ is None


PLAIN = [f"K-{number};note {number}" for number in range(40)]


@pytest.mark.parametrize(
    ("lines", "end", "streamed"),
    [
        pytest.param(PLAIN, "\n", False, id="plain"),
        pytest.param(PLAIN, "\r\n", False, id="two characters end a line"),
        pytest.param([*PLAIN[:9], "", "", *PLAIN[9:], ""], "\n", False, id="empty lines"),
        pytest.param([f"\ufeff{line}" for line in PLAIN], "\n", False, id="marks of the byte order in cells"),
        pytest.param([*PLAIN, 'K;"a note; of\nmany lines"', *PLAIN], "\n", True, id="a quote in the middle"),
        pytest.param(PLAIN, "\r", True, id="another end of line"),
        pytest.param([], "\n", False, id="nothing but a header"),
    ],
)
@pytest.mark.parametrize("block", [64, 101, 4 << 20])
@pytest.mark.parametrize("ended", [True, False])
def test_blocks_are_read_as_a_stream_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: list[str],
    end: str,
    streamed: bool,
    block: int,
    ended: bool,
) -> None:
    """Whatever lies where a block ends; the stream is asked only where a row may go on in the next block."""
    path, asked = tmp_path / "file", list[Path]()
    path.write_bytes((end.join(["id;note", *lines]) + end * (ended or not lines)).encode())
    header = Header(NAMES, ";")
    types = dict.fromkeys(NAMES, pa.string())
    expected = [row for batch in _streamed(path, header, "utf8", types) for row in batch.to_pylist()]

    def asking(path: Path, *more: Any) -> Iterator[pa.RecordBatch]:
        asked.append(path)
        yield from _streamed(path, *more)

    monkeypatch.setattr(register_rows, "_BLOCK", block)
    monkeypatch.setattr(register_rows, "_streamed", asking)
    # Looked at when all was read: a block lies where the one before it lay.
    found = [row for batch in list(_csv(path, header, "utf8", types)) for row in batch.to_pylist()]
    assert found == expected and len(found) == sum(bool(line) for line in lines)
    if block < 1_000:
        assert bool(asked) is streamed


@pytest.mark.parametrize("row", ["K-40", "K-40;note;more", ";", "K-40;" + "long" * 30])
def test_an_uneven_row_of_a_later_block_is_named_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    monkeypatch.setattr(register_rows, "_BLOCK", 101)
    path = tmp_path / "file"
    path.write_text("\n".join(["id;note", *PLAIN, row, *PLAIN, ""]), encoding="utf-8")
    batches = read_rows(path, {"delimiter": ";"}, [NAMES], NAMES).batches
    if row == ";":
        assert sum(batch.num_rows for batch in batches) == 81
    else:
        said = "the file cannot be read" if "long" in row else "line 42: .*too few or too many cells"
        with pytest.raises(DiscreetError, match=said):
            list(batches)
