"""Rows of a register as record batches: what is held at once does not grow with the file."""

import gzip
import os
import signal
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
from sources.incidents import formats
from sources.incidents.columns import Header
from sources.incidents.formats import _csv, _streamed
from sources.incidents.rows import read_rows

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
    monkeypatch.setattr(formats, "_ROWS", 100)
    written = [(f"K-{number}", "") for number in range(1_050)]
    write(tmp_path / "file", written)
    batches = list(formats.read(tmp_path / "file", {}, NAMES)[1])
    assert max(batch.num_rows for batch in batches) <= 100
    assert [text for batch in batches for text in batch.column(0).to_pylist()] == [row[0] for row in written]


def test_a_parquet_file_of_one_row_group_is_not_held_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notes are of random letters, so that nothing packs them."""
    monkeypatch.setattr(formats, "_ROWS", 1_000)
    path, random = tmp_path / "file", Random(1)
    as_parquet(path, [(f"K-{number}", random.randbytes(500).hex()) for number in range(20_000)])
    before, held, rows = pa.total_allocated_bytes(), list[int](), 0
    for batch in formats.read(path, {}, NAMES)[1]:
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


def bomb(path: Path) -> None:
    """One text of a dictionary that ten thousand rows have: ten gigabytes in a few kilobytes."""
    notes = pa.DictionaryArray.from_arrays(pa.array([0] * 10_000, pa.int32()), ["Aigul" * 200_000])
    table = pa.table({"id": ["K-1"] * 10_000, "note": notes})
    pq.write_table(table, path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 10_000


def lying_footer(path: Path) -> None:
    """The columns of a few rows with the footer of many."""
    as_parquet(path, [(f"K-{number}", "Aigul") for number in range(9_000)])
    footer = path.read_bytes()[-500:]
    as_parquet(path, [("K-1", "Aigul")])
    path.write_bytes(path.read_bytes()[:100] + footer)


def no_text(path: Path) -> None:
    """Bytes that are no UTF-8 in a column of texts."""
    bytes_ = pa.array([b"Aigul \xff\xfe"])
    texts = pa.StringArray.from_buffers(1, bytes_.buffers()[1], bytes_.buffers()[2])
    pq.write_table(pa.table({"id": ["K-1"], "note": texts}), path)


def swollen(path: Path) -> None:
    path.write_bytes(gzip.compress(b"id;note\nK-1;Aigul" + b" " * 50_000_000))


@pytest.mark.parametrize(
    ("write", "seconds", "said"),
    [
        (large, 0.02, "takes longer than"),
        (broken, 60, "the workbook cannot be read"),
        (uneven, 60, "cannot be read as a table .a row has too few or too many cells"),
        (bomb, 60, "takes more memory than it may"),
        (lying_footer, 60, "cannot be read as a table"),
        (no_text, 60, "the file is no text in UTF-8"),
        (swollen, 60, "cannot be read as a table|takes more memory than it may"),
    ],
)
def test_a_file_is_read_apart_within_limits(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path], None],
    seconds: float,
    said: str,
) -> None:
    isolated._worker.stop()
    monkeypatch.setattr(isolated, "SECONDS", seconds)
    monkeypatch.setattr(isolated, "MEMORY_BYTES", 500 << 20)
    write(tmp_path / "file")
    before = pa.total_allocated_bytes()
    with pytest.raises(DiscreetError, match=said) as caught:
        list(read_rows(tmp_path / "file", {}, [NAMES], NAMES).batches)
    assert "Aigul" not in repr(caught.value) and caught.value.__cause__ is None
    assert pa.total_allocated_bytes() == before
    isolated._worker.stop()


def many(path: Path) -> list[dict[str, str]]:
    as_parquet(path, [(f"K-{number}", f"note {number}") for number in range(400_000)])
    return list(pq.read_table(path).to_pylist())


@pytest.mark.parametrize("name", [signal.SIGKILL, signal.SIGSEGV])
def test_a_reader_that_ends_half_way_refuses_the_file_or_is_started_once_more(
    tmp_path: Path, name: signal.Signals
) -> None:
    """One that was killed, as by a system short of memory, is: every row comes once."""
    written = many(tmp_path / "file")
    isolated.start()
    assert isolated._worker._running is not None
    reader = isolated._worker._running.process.pid
    rows = read_rows(tmp_path / "file", {}, [NAMES], NAMES)
    first = next(rows.batches)
    os.kill(reader, name)
    if name == signal.SIGKILL:
        batches = [batch.rename_columns(NAMES) for batch in (first, *rows.batches)]
        assert pa.Table.from_batches(batches).to_pylist() == written
    else:
        with pytest.raises(DiscreetError, match="ends the program that does it .SIGSEGV"):
            list(rows.batches)


def test_other_files_are_read_while_a_register_is_and_its_reader_ends_with_it(tmp_path: Path) -> None:
    many(tmp_path / "file")
    isolated.start()
    assert isolated._worker._running is not None
    reader = isolated._worker._running.process
    rows = read_rows(tmp_path / "file", {}, [NAMES], NAMES)
    assert next(rows.batches).num_rows and isolated.judge(b"a,b\n1,2\n", "text/csv", ("csv",)) is None
    assert reader.poll() is None
    rows.batches.close()
    assert reader.poll() is not None
    with pytest.raises(DiscreetError, match="has not the column 'person'"):
        read_rows(tmp_path / "file", {}, [NAMES, ("person",)], NAMES)
    assert isolated._worker._running is None


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

    monkeypatch.setattr(formats, "_BLOCK", block)
    monkeypatch.setattr(formats, "_streamed", asking)
    # Looked at when all was read: a block lies where the one before it lay.
    found = [row for batch in list(_csv(path, header, "utf8", types)) for row in batch.to_pylist()]
    assert found == expected and len(found) == sum(bool(line) for line in lines)
    if block < 1_000:
        assert bool(asked) is streamed


@pytest.mark.parametrize("row", ["K-40", "K-40;note;more", ";", "K-40;" + "long" * 30])
def test_an_uneven_row_of_a_later_block_is_named_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    monkeypatch.setattr(formats, "_BLOCK", 101)
    path = tmp_path / "file"
    path.write_text("\n".join(["id;note", *PLAIN, row, *PLAIN, ""]), encoding="utf-8")
    batches = formats.read(path, {"delimiter": ";"}, NAMES)[1]
    if row == ";":
        assert sum(batch.num_rows for batch in batches) == 81
    else:
        said = "the file cannot be read" if "long" in row else "line 42: .*too few or too many cells"
        with pytest.raises(DiscreetError, match=said):
            list(batches)
