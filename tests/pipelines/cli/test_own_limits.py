"""A statement that DuckDB would not stop: lists that it does not count, and work on one row."""

import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.cli.main import main
from pipelines.published import query

ROOT = Path(__file__).resolve().parents[3]
ENDLESS = (
    "import time; from pipelines.cli.own_limits import limited\nwith limited(1 << 30, 0.1): time.sleep(60)"
)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory that is written to")
def test_a_list_that_duckdb_does_not_count_is_refused_by_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    duckdb.connect(str(tmp_path / "dvstats.duckdb")).close()
    monkeypatch.setattr(query, "PROCESS_BYTES", 128 << 20)
    before = resource.getrlimit(resource.RLIMIT_DATA)
    asked = ["query", "--data-dir", str(tmp_path), "--format", "csv"]
    assert main([*asked, "SELECT len(range(40000000)) AS n"]) == 2
    assert "needs more" in capsys.readouterr().err
    assert main([*asked, "SELECT len(range(40)) AS n"]) == 0
    assert capsys.readouterr().out.split() == ["n", "40"]
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_process_that_does_not_come_to_an_end_ends_itself() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ENDLESS], cwd=ROOT, capture_output=True, text=True, check=False, timeout=50
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("dvstats: The query was still at work after 0.1 seconds")
