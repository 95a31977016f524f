"""What a refresh of the bundled publications takes: all of it, nothing to do, one changed file.

Each in a process of its own, as ``dvstats refresh`` runs; prints seconds, processor seconds of the process and all that
it started, and peak memory. For the changed file also which datasets were processed, and which tables have other
content. The modules of the project are compiled before, as an installation has them from its first refresh on, whatever
the environment says. Called by ``make bench``; it asserts no time.
"""

import argparse
import compileall
import contextlib
import csv
import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("pipelines", "sources", "transforms", "data_contracts")
# PR_SET_CHILD_SUBREAPER: processes that a refresh leaves behind become children of this one. Linux.
ADOPTS = 36
CHANGED = "sources/bundled/figures/tj_cedaw.csv"


def copy_project(folder: Path) -> Path:
    """A copy of the project in which a file may be changed, compiled as an installation is after its first refresh."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(folder / package, quiet=1)
    shutil.copy(ROOT / "dagster.yaml", folder / "dagster.yaml")
    return folder


def refresh(project: Path, data: Path) -> dict[str, float]:
    """One refresh; seconds, processor seconds of all its processes, and GiB of the largest at its peak."""
    environment = {**os.environ, "PYTHONPATH": str(project)}
    command = [sys.executable, "-m", "pipelines.cli.main", "refresh", "--data-dir", str(data)]
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"the refresh failed with status {child.returncode}")
    used = [usage, *_left_behind()]
    return {
        "seconds": seconds,
        "cpu": sum(one.ru_utime + one.ru_stime for one in used),
        "peak": max(one.ru_maxrss for one in used) / 1024**2,
    }


def _left_behind() -> Iterator[resource.struct_rusage]:
    """What the processes used that a refresh does not wait for (of suites); they end soon after it."""
    with contextlib.suppress(ChildProcessError):
        while True:
            yield os.wait4(-1, 0)[2]


def tables(data: Path) -> dict[str, Any]:
    """Checksum of each table of the latest release."""
    manifest = json.loads((data / "latest" / "manifest.json").read_text(encoding="utf-8"))
    return {entry["name"]: entry["sha256"] for entry in manifest["tables"]}


def stages(data: Path) -> dict[str, int]:
    """When each dataset was last staged."""
    return {path.name: path.stat().st_mtime_ns for path in (data / "staging" / "datasets").iterdir()}


def change(project: Path, number: int) -> None:
    """Another note in the first row of one transcription."""
    path = project / CHANGED
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    rows[0]["note"] = f"Changed for the {number}. time."
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    ctypes.CDLL(None).prctl(ADOPTS, 1, 0, 0, 0)
    print(f"load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        project = copy_project(Path(folder) / "project")
        refresh(project, Path(folder) / "warm-up")
        found: dict[str, list[dict[str, float]]] = {"all": [], "nothing to do": [], "one changed file": []}
        for number in range(runs):
            data = Path(folder) / f"data{number}"
            found["all"].append(refresh(project, data))
            found["nothing to do"].append(refresh(project, data))
            before, staged = tables(data), stages(data)
            change(project, number)
            found["one changed file"].append(refresh(project, data))
            after, restaged = tables(data), stages(data)
        for name, measured in found.items():
            seconds, cpu = (statistics.median(run[key] for run in measured) for key in ("seconds", "cpu"))
            peak = max(run["peak"] for run in measured)
            print(f"{name}: {seconds:.1f} s, processor {cpu:.1f} s, peak {peak:.2f} GiB")
        changed = sorted(name for name in after if after[name] != before.get(name))
        print(f"datasets processed: {', '.join(sorted(n for n in restaged if restaged[n] != staged.get(n)))}")
        print(f"tables with other content: {', '.join(changed)} ({len(after) - len(changed)} unchanged)")


if __name__ == "__main__":
    main()
