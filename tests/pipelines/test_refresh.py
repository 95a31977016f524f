"""The whole graph by its command, as an analyst runs it: mistakes, kills, clocks, nothing new."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipelines", "sources", "transforms", "data_contracts")


def dvstats(
    *arguments: str, farm: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command, from the repository or from a changed copy of it."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=env(farm, **environment),
        cwd=farm or ROOT,
    )


def env(farm: Path | None, **more: str) -> dict[str, str]:
    path = {"PYTHONPATH": str(farm)} if farm else {}
    return {**os.environ, **path, **more}


# Few datasets make a quick refresh; the graph is the same.
KEPT = (
    "kg_statements",
    "kz_statements",
    "uz_statements",
    "kz_form_1m",
    "tj_cedaw",
    "wb_population",
    "uz_cedaw_victims",
    "kg_victims",
)


def copy_project(folder: Path) -> Path:
    """A copy of the project with few datasets."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dagster.yaml", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    for path in (folder / "sources" / "datasets").iterdir():
        if path.name.split(".")[0] not in KEPT:
            path.unlink()
    return folder


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    """A copy of the project that a test may damage."""
    return copy_project(tmp_path / "farm")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a release of an undamaged copy, made twice under two clocks' worth of threads."""
    root = tmp_path_factory.mktemp("base")
    plain = copy_project(root / "farm")
    for name, threads in (("one", "1"), ("two", "2")):
        clock = {"SOURCE_DATE_EPOCH": "1795576500", "OMP_NUM_THREADS": threads, "TZ": f"UTC+{threads}"}
        done = dvstats("refresh", "--data-dir", str(root / name), farm=plain, **clock)
        assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def data(base: Path, tmp_path: Path) -> Path:
    """A copy of that data directory."""
    folder = tmp_path / "data"
    shutil.copytree(base / "one", folder, symlinks=True)
    return folder


def bundled(farm: Path, name: str) -> Path:
    return farm / "sources" / "bundled" / name


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


def test_a_second_refresh_publishes_no_new_release(farm: Path, data: Path) -> None:
    before = sorted(p.name for p in (data / "releases").iterdir())
    done = dvstats("refresh", "--data-dir", str(data), farm=farm)
    assert done.returncode == 0, done.stderr
    assert "Nothing new" in done.stdout
    assert sorted(p.name for p in (data / "releases").iterdir()) == before


def test_mistakes_are_told_by_file_and_place_and_the_rest_is_published(farm: Path, tmp_path: Path) -> None:
    data = tmp_path / "new"

    def doubled(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[0], "figure": "999"})

    def misplaced(rows: list[dict[str, str]]) -> None:
        rows[0]["area"] = "Atlantis"

    def too_much(rows: list[dict[str, str]]) -> None:
        share = next(row for row in rows if row["indicator"] == "WIFE_BEATING_JUSTIFIED")
        share["figure"] = "140"

    edit(bundled(farm, "figures/kg_statements.csv"), doubled)
    edit(bundled(farm, "figures/uz_statements.csv"), misplaced)
    edit(bundled(farm, "figures/kz_statements.csv"), too_much)
    bundled(farm, "figures/tj_cedaw.csv").write_bytes(b"figure,indicator\n\xff\xfe broken")
    done = dvstats("refresh", "--data-dir", str(data), farm=farm)
    assert done.returncode == 3, done.stderr
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
        assert row["rule"] == "duplicate_key" or str(row["reason_en"]) in done.stdout
        assert (data / str(row["file"])).exists()
    # Two cells that contradict each other name each other, and are said once.
    contradicting = [str(r["reason_en"]) for r in refused if r["rule"] == "duplicate_key"]
    assert len(contradicting) == 2 and sum(reason in done.stdout for reason in contradicting) == 1
    published = {r["dataset_id"] for r in table(data, "observations")}
    assert {"kg_statements", "uz_statements", "kz_statements", "kz_form_1m", "wb_population"} <= published
    assert "tj_cedaw" not in published
    states = {r["dataset_id"]: r["state"] for r in table(data, "datasets")}
    assert states["tj_cedaw"] == "failed"


def test_a_changed_figure_is_a_revision_and_a_lost_year_holds_the_dataset(farm: Path, data: Path) -> None:
    old = {r["obs_key"]: r["obs_value"] for r in table(data, "observations")}

    def revise(rows: list[dict[str, str]]) -> None:
        rows[0]["figure"] = "123456"

    def lose_a_year(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if not row["period"].startswith("2012")]

    edit(bundled(farm, "figures/wb_population.csv"), revise)
    edit(bundled(farm, "figures/uz_cedaw_victims.csv"), lose_a_year)
    done = dvstats("refresh", "--data-dir", str(data), farm=farm)
    assert done.returncode == 3, done.stderr
    assert "uz_cedaw_victims: held" in done.stdout
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
    told = dvstats("diff", names[0], names[1], "--data-dir", str(data), "--json")
    assert [(r["change"], r["obs_key"]) for r in json.loads(told.stdout)] == [("revised", changed[0])]


def test_a_broken_reference_stops_publication_and_leaves_the_last_release(farm: Path, data: Path) -> None:
    before = (data / "latest").resolve().name

    def point_nowhere(rows: list[dict[str, str]]) -> None:
        rows[0]["law_id"] = "kg-no-such-law"

    edit(bundled(farm, "response_services/kg.csv"), point_nowhere)
    done = dvstats("refresh", "--data-dir", str(data), farm=farm)
    assert done.returncode == 1
    assert "kg-no-such-law" in done.stderr and "last release stays" in done.stderr
    assert (data / "latest").resolve().name == before
    assert dvstats("verify", "--data-dir", str(data)).returncode == 0


@pytest.fixture
def killed() -> Iterator[list[subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()


def test_a_killed_refresh_leaves_the_last_release_whole(
    farm: Path, data: Path, killed: list[subprocess.Popen[str]]
) -> None:
    before = (data / "latest").resolve().name
    edit(bundled(farm, "figures/wb_population.csv"), lambda rows: rows[0].update(figure="123456"))
    staged = data / "staging" / "tables" / "releases.parquet"
    stamp = staged.stat().st_mtime_ns
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli.main", "refresh", "--data-dir", str(data)],
        env=env(farm),
        cwd=farm,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    killed.append(process)
    deadline = time.monotonic() + 120
    while staged.stat().st_mtime_ns == stamp and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    now = (data / "latest").resolve().name
    assert dvstats("verify", "--data-dir", str(data)).returncode == 0
    con = duckdb.connect(str(data / "dvstats.duckdb"), read_only=True)
    assert con.sql("SELECT count(*) FROM observations").fetchall()[0][0] > 1000
    con.close()
    assert now == before or table(data, "revisions")


def test_one_clock_gives_the_same_bytes(base: Path) -> None:
    manifests = [
        json.loads((base / name / "latest" / "manifest.json").read_text(encoding="utf-8"))
        for name in ("one", "two")
    ]
    assert manifests[0]["release"] == "20261125T031500Z"
    assert [t["sha256"] for t in manifests[0]["tables"]] == [t["sha256"] for t in manifests[1]["tables"]]
    assert [p for p in manifests[0]["tables"] if p["rows"] == 0 and p["name"] == "observations"] == []


def test_two_refreshes_at_once_do_not_meet(tmp_path: Path) -> None:
    import fcntl

    data = tmp_path / "data"
    data.mkdir()

    with (data / ".refresh.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = dvstats("refresh", "--data-dir", str(data))
    assert done.returncode == 1
    assert "Another refresh is running" in done.stderr and "Traceback" not in done.stderr
