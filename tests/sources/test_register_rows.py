"""Rows of a register as record batches: what is held at once does not grow with the file."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.incidents import rows as register_rows
from sources.incidents.rows import read_rows

NAMES = ("id", "note")


def as_parquet(path: Path, rows: list[tuple[str, str]]) -> None:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(NAMES)}
    pq.write_table(pa.table(columns), path, row_group_size=len(rows), use_dictionary=False)


def as_workbook(path: Path, rows: list[tuple[str, str]]) -> None:
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
