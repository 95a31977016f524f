"""The summary of a refresh names what was refused and a next command for the data that was used."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.cli.terminal import refresh
from pipelines.refresh import Outcome


def staged(data: Path, dataset: str, name: str, rows: list[dict[str, Any]]) -> None:
    folder = data / "staging" / dataset
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")


def test_refusals_are_grouped_by_reason_with_their_first_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"reason_en": f"Reason {n % 6}.", "file": "a.xlsx", "raw_locator": f"S!A{n}"} for n in range(12)]
    staged(tmp_path, "kz_x", "quarantine", rows)
    findings = [
        {"reason_en": "It lost a year.", "detail": "\x1b[31m2019", "severity": "critical"},
        {"reason_en": "Unimportant.", "detail": None, "severity": "info"},
    ]
    staged(tmp_path, "kz_x", "findings", findings)
    troubled = [{"dataset_id": "kz_x", "state": "held", "refused_rows": 12}]
    refresh.outcome(Outcome(datasets=troubled), tmp_path)
    out = capsys.readouterr().out
    assert "  kz_x: held, 12 rows refused\n" in out
    assert "    a.xlsx, S!A0: Reason 0. (and 1 more cells)\n" in out
    assert out.count("Reason") == refresh.SHOWN_REASONS
    assert "    It lost a year. 2019\n" in out and "Unimportant" not in out
    assert "… 2 more: see the tables quarantine and findings, dataset_id kz_x" in out


def test_a_damaged_cache_is_no_obstacle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    staged(tmp_path, "kz_x", "quarantine", [{"reason_en": "x", "file": "f", "raw_locator": "l"}])
    (tmp_path / "staging" / "kz_x" / "quarantine.parquet").write_bytes(b"PAR1 torn")
    troubled = [{"dataset_id": "kz_x", "state": "failed", "refused_rows": 0}]
    refresh.outcome(Outcome(datasets=troubled), tmp_path)
    assert capsys.readouterr().out == "  kz_x: failed, 0 rows refused\n"


@pytest.mark.parametrize(
    ("folder", "ends"),
    [("data", 'LIMIT 8"'), ("/srv/dv data", "--data-dir '/srv/dv data'"), ("other", "--data-dir other")],
)
def test_the_next_command_names_the_data_that_was_used(folder: str, ends: str) -> None:
    assert refresh.next_command(Path(folder)).endswith(ends)


def test_why_nothing_was_published() -> None:
    assert refresh.why_not(Outcome(problem="Disk full.")).endswith("Disk full.")
    assert "no dataset gave a row" in refresh.why_not(Outcome())
    check = {
        "table": "rates",
        "check": "rule_x",
        "sentence": "It is wrong.",
        "examples": ["a", "b", "c", "d"],
    }
    sentence = refresh.why_not(Outcome(failed_checks=[check, check]))
    assert "table rates, rule rule_x and 1 more checks: It is wrong. a; b; c" in sentence
    assert not sentence.endswith("d")


def test_a_published_release_is_summarised(release_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = Outcome(
        release="20261125T031500Z",
        new=True,
        rows=4388,
        datasets=[{"dataset_id": "a", "state": "fresh", "refused_rows": 0}],
        changes={"added": 3, "revised": 1},
        warnings=[{"table": "observations", "sentence": "Odd.", "unexpected": 2}],
    )
    refresh.outcome(result, release_dir)
    out = capsys.readouterr().out
    assert "Published release 20261125T031500Z: 4,388 observations (3 added, 1 revised)." in out
    assert "Datasets: 1 fresh." in out and "KZ " in out and "note: observations: Odd. (2 rows)" in out
    assert f"--data-dir {release_dir}" in out
