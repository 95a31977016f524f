"""A connection of a refresh takes no more memory than it may, and goes on where it wrote to the disk already."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts import rows
from data_contracts.arrow import Rows, scan_table


def test_what_is_too_much_for_the_memory_lies_where_tmpdir_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MEMORY", "40MB")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with rows.limit_memory(duckdb.connect()) as con:
        con.execute("CREATE TEMP TABLE numbers AS SELECT md5(range::VARCHAR) AS text FROM range(2000000)")
        assert list(tmp_path.glob("dvstats-*/*"))
        rows.limit_memory(con)
        assert con.execute("SELECT count(text) FROM numbers").fetchall() == [(2_000_000,)]


@pytest.mark.parametrize("name", ["plain", "a*b?", "[a]", "it's"])
def test_files_are_found_by_their_own_names_with_the_columns_they_have(tmp_path: Path, name: str) -> None:
    """A name with a sign of a pattern stands for no other file, and rows are numbered only where that is asked."""
    paths = [str(tmp_path / f"{name}{number}.parquet") for number in (1, 2)]
    for number, path in enumerate([*paths, str(tmp_path / "axb_1.parquet"), str(tmp_path / "a1.parquet")]):
        pq.write_table(pa.table({"value": [number, 10 + number]}), path)
    found = duckdb.sql(f"FROM {rows.parquet(paths)} ORDER BY ALL")
    assert (found.columns, found.fetchall()) == (["value"], [(0,), (1,), (10,), (11,)])
    numbered = duckdb.sql(f"FROM {rows.parquet(paths[:1], numbered=True)} ORDER BY ALL")
    assert (numbered.columns, numbered.fetchall()) == (["value", "file_row_number"], [(0, 0), (10, 1)])


@pytest.mark.parametrize(("count", "in_memory"), [(0, True), (1, True), (2, True), (3, False)])
def test_a_large_table_stays_in_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, in_memory: bool
) -> None:
    monkeypatch.setattr(rows, "SMALL", 2)
    table = pa.table({"value": pa.array(range(count), pa.int64())})
    pq.write_table(table, tmp_path / "rows.parquet")
    loaded = rows.load_rows(tmp_path / "rows.parquet")
    assert isinstance(loaded, pa.Table) is in_memory
    assert rows.count_rows(loaded) == count and rows.read_rows(loaded).equals(table)
    con = duckdb.connect()
    rows.name_rows(con, "observations", loaded, loaded)
    assert con.sql("SELECT count(*) FROM observations").fetchall() == [(2 * count,)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ("m", [0]),
        ("mm", [0, 1]),
        ("f", [0]),
        ("fmmf", [0, 1, 2, 3]),
        ("mfm", [0, 1, 2]),
        ("ff", [0, 1]),
    ],
)
def test_several_parts_are_one_table_in_their_order(tmp_path: Path, parts: str, expected: list[int]) -> None:
    """In memory (m) or in files (f), whose columns may stand in another order; a name may be given again."""
    con = duckdb.connect()
    for turn in (0, 10):
        given: list[Rows] = []
        for number, kind in enumerate(parts, turn):
            table = pa.table({"value": [number], "text": [kind]})
            if kind == "f":
                path = tmp_path / f"{number}.parquet"
                pq.write_table(table.select(["text", "value"]), path)
                given.append(scan_table(path))
            else:
                given.append(table)
        rows.name_rows(con, "some rows", *given)
        found = con.sql('SELECT value, text FROM "some rows"').fetchall()
        assert found == [(turn + number, parts[number]) for number in expected]
        assert sum(rows.count_rows(part) for part in given) == len(parts)


@pytest.mark.parametrize("in_memory", [True, False])
def test_rows_are_numbered_from_zero(tmp_path: Path, in_memory: bool) -> None:
    table, con = pa.table({"value": [7, 8, 9]}), duckdb.connect()
    pq.write_table(table, tmp_path / "rows.parquet")
    for _ in range(2):
        rows.name_numbered(con, "numbered", table if in_memory else scan_table(tmp_path / "rows.parquet"))
        found = con.sql("SELECT file_row_number, value FROM numbered").fetchall()
        assert found == [(0, 7), (1, 8), (2, 9)]
