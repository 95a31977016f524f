"""A connection of a refresh takes no more memory than it may, and goes on where it wrote to the disk already."""

from pathlib import Path

import duckdb
import pytest

from data_contracts import rows


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
