"""The whole graph by its command: mistakes, revisions, clocks, nothing new.

In this process, with few datasets and a copy of the bundled files that a test may damage. Kills of the command:
``tests/faults/test_kills.py``, and at single calls of a publication ``tests/faults/test_publication.py``.
"""

import csv
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.cli.main import main
from pipelines.declarations import Declarations
from sources.bundled_registers import load_register
from sources.dataset import BUNDLED

ROOT = Path(__file__).resolve().parents[2]
# 2026-11-25 03:15 UTC.
EPOCH = "1795576500"


@pytest.fixture
def bundled(tmp_path: Path, few: Declarations, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundled files that a test may damage."""
    folder = tmp_path / "bundled"
    shutil.copytree(BUNDLED, folder)
    for module in ("sources.pull", "sources.current_files"):
        monkeypatch.setattr(f"{module}.BUNDLED", folder)
    return folder


def edit(path: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows, header = list(reader), list(reader.fieldnames or ())
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def table(data: Path, name: str) -> list[dict[str, object]]:
    return pq.read_table(data / "latest" / name / f"{name}.parquet").to_pylist()


@pytest.mark.usefixtures("few")
def test_a_second_refresh_publishes_no_new_release(
    few_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(p.name for p in (few_data / "releases").iterdir())
    assert main(["refresh", "--data-dir", str(few_data)]) == 0
    assert "Nothing new" in capsys.readouterr().out
    assert sorted(p.name for p in (few_data / "releases").iterdir()) == before


def test_mistakes_are_reported_by_file_and_place_and_the_rest_is_published(
    bundled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "new"

    def doubled(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[0], "figure": "999"})

    def misplaced(rows: list[dict[str, str]]) -> None:
        rows[0]["area"] = "Atlantis"

    def too_much(rows: list[dict[str, str]]) -> None:
        share = next(row for row in rows if row["indicator"] == "WIFE_BEATING_JUSTIFIED")
        share["figure"] = "140"

    edit(bundled / "figures/kg_statements.csv", doubled)
    edit(bundled / "figures/uz_statements.csv", misplaced)
    edit(bundled / "figures/kz_statements.csv", too_much)
    (bundled / "figures/tj_cedaw.csv").write_bytes(b"figure,indicator\n\xff\xfe broken")
    assert main(["refresh", "--data-dir", str(data)]) == 3
    printed = capsys.readouterr().out
    refused = table(data, "quarantine")
    assert {(r["dataset_id"], r["rule"]) for r in refused} == {
        ("kg_statements", "duplicate_key"),
        ("uz_statements", "unknown_area"),
        ("kz_statements", "value_above_range"),
        ("tj_cedaw", "unreadable_file"),
    }
    for row in refused:
        assert (
            row["reason_en"] and row["reason_ru"] and str(row["file"]).startswith(f"raw/{row['dataset_id']}/")
        )
        assert row["rule"] == "duplicate_key" or str(row["reason_en"]) in printed
        assert (data / str(row["file"])).exists()
    # Two cells that contradict each other name each other, and are said once.
    contradicting = [str(r["reason_en"]) for r in refused if r["rule"] == "duplicate_key"]
    assert len(contradicting) == 2 and sum(reason in printed for reason in contradicting) == 1
    published = {r["dataset_id"] for r in table(data, "observations")}
    assert {"kg_statements", "uz_statements", "kz_statements", "kz_form_1m", "wb_population"} <= published
    assert "tj_cedaw" not in published
    states = {r["dataset_id"]: r["state"] for r in table(data, "datasets")}
    assert states["tj_cedaw"] == "failed"


def test_a_changed_figure_is_a_revision_and_a_lost_year_holds_the_dataset(
    bundled: Path, few_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = few_data
    old = {r["obs_key"]: r["obs_value"] for r in table(data, "observations")}

    def revise(rows: list[dict[str, str]]) -> None:
        rows[0]["figure"] = "123456"

    def lose_a_year(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if not row["period"].startswith("2012")]

    edit(bundled / "figures/wb_population.csv", revise)
    edit(bundled / "figures/uz_cedaw_victims.csv", lose_a_year)
    assert main(["refresh", "--data-dir", str(data)]) == 3
    printed = capsys.readouterr().out
    assert "uz_cedaw_victims: held" in printed
    new = {r["obs_key"]: r["obs_value"] for r in table(data, "observations")}
    assert set(new) == set(old), "a held dataset loses nothing"
    changed = [key for key in old if old[key] != new[key]]
    assert len(changed) == 1
    release = (data / "latest").resolve().name
    revised = [r for r in table(data, "revisions") if r["release"] == release]
    assert [(r["obs_key"], r["change"], r["new_value"]) for r in revised] == [
        (changed[0], "revised", 123456.0)
    ]
    con = duckdb.connect(str(data / "dvstats.duckdb"), read_only=True)
    first = con.sql("SELECT min(published_at) FROM releases").fetchall()[0][0]
    then = con.sql(
        "SELECT obs_value FROM observations_as_of(?) WHERE obs_key = ?", params=[first, changed[0]]
    ).fetchall()
    assert then == [(old[changed[0]],)]
    con.close()
    names = sorted(p.name for p in (data / "releases").iterdir())
    assert main(["diff", names[0], names[1], "--data-dir", str(data), "--json"]) == 0
    changes = json.loads(capsys.readouterr().out)
    assert [(r["change"], r["obs_key"]) for r in changes] == [("revised", changed[0])]


def test_a_broken_reference_stops_publication_and_leaves_the_last_release(
    bundled: Path,
    few: Declarations,
    few_data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = (few_data / "latest").resolve().name

    def point_nowhere(rows: list[dict[str, str]]) -> None:
        rows[0]["law_id"] = "kg-no-such-law"

    edit(bundled / "response_services/kg.csv", point_nowhere)
    monkeypatch.setattr(few, "services", load_register("response_services", bundled))
    for module in ("data_versions", "assets.tables"):
        monkeypatch.setattr(f"pipelines.{module}.registers_version", lambda: "with the mistake")
    assert main(["refresh", "--data-dir", str(few_data)]) == 1
    complaint = capsys.readouterr().err
    assert "kg-no-such-law" in complaint and "last release stays" in complaint
    assert (few_data / "latest").resolve().name == before
    assert main(["verify", "--data-dir", str(few_data)]) == 0


# As `dvstats refresh` where only the few datasets are declared.
ALONE = """
import sys
from pipelines.cli.main import main
from tests.small_release import few_declared
with few_declared():
    sys.exit(main(["refresh", "--data-dir", sys.argv[1]]))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_one_clock_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, and in one of another time zone, with one thread, that judges every table anew."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    other = {**os.environ, "OMP_NUM_THREADS": "1", "TZ": "UTC+5", "PYTHONHASHSEED": "1"}
    command = [sys.executable, "-c", ALONE, str(tmp_path / "two")]
    process = subprocess.Popen(command, env=other, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert main(["refresh", "--data-dir", str(tmp_path / "one")]) == 0
    complaint = process.communicate()[1]
    assert process.returncode == 0, complaint
    one, two = (
        json.loads((tmp_path / name / "latest" / "manifest.json").read_text(encoding="utf-8"))
        for name in ("one", "two")
    )
    assert one["release"] == two["release"] == "20261125T031500Z"
    assert [t["sha256"] for t in one["tables"]] == [t["sha256"] for t in two["tables"]]
    assert all(t["rows"] for t in one["tables"] if t["name"] == "observations")


@pytest.mark.usefixtures("few")
def test_two_refreshes_at_once_do_not_meet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / ".refresh.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main(["refresh", "--data-dir", str(tmp_path)]) == 1
    complaint = capsys.readouterr().err
    assert "Another refresh is running" in complaint and "Traceback" not in complaint
