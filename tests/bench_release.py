"""`make bench`: a release of a million observations, beside its tables by plain SQL, and the next small refresh.

A copy of the project gets one more dataset, a table of ``--rows`` readable cells, beside all bundled publications. In
turn, each in a process of its own:

- *all*: the first refresh, which reads every file;
- *from staged rows*: what is left of it where nothing has to be read: history, revisions, derived tables, certificates,
  DuckDB file, manifest, notes. The releases are taken away before, so that it is a first one again;
- *by hand*: SQL (``bench_by_hand``) that makes the tables of ``TABLES`` of the same staged rows, with the gravest
  checks, files of the same forms and checksums, but none of the other tables, no texts of explanations, no notes and no
  run log. Its rows are compared with those of the release, and only equal ones are measured;
- *by hand, every rule*: the same with every rule of the contract on each row of its large tables, as a predicate, and
  the rules across them, which the release is judged by as well;
- *one changed file*: the refresh after another note in one small transcription;
- *revised*: the refresh after another file of the large table, in which every hundredth area and period has new values.

    python -m tests.bench_release --rows 1000000 --runs 3
"""

import argparse
import csv
import ctypes
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread

import duckdb

from data_contracts.load import load_contract
from data_contracts.model import Contract
from pipelines.release.feed import FEED
from sources import inbox
from tests import bench_table
from tests.bench_by_hand import BETWEEN, TABLES, Measured, by_hand
from tests.bench_refresh import ADOPTS, change, copy_project, refresh

ID = "kz_bench"


def make_table(contract: Contract, rows: int, path: Path, *, revised: bool = False) -> None:
    """That of ``tests.bench_table`` without unreadable texts, in which women and men, quarters and months add up.

    Its population is larger than what it counts, so that no count is a finding.

    ``revised``: every hundredth area and period of a series has other values, by half a step: none is the value of
    another period, since a file that repeats these is held.
    """
    areas, sexes, times = (
        len(bench_table.REGIONS),
        len(bench_table.SEXES),
        len(bench_table.periods()),
    )
    labels = [texts[0] for texts in bench_table.REGIONS.values()]
    names = [texts[0] for texts in bench_table.SEXES.values()]
    share = {"F": 0.6, "M": 0.4, "_T": 1.0}
    with duckdb.connect() as con:
        for name, table in bench_table.meanings(contract, rows).items():
            con.register(name, table)
        con.execute(
            f"""COPY (
            WITH numbered AS (
              SELECT n, n // {sexes} % {areas} AS a, n % {sexes} AS x, n // {areas * sexes} % {times} AS p,
                n // {areas * sexes * times} AS q
              FROM range({rows}) t(n)),
            sized AS (
              SELECT n, a, x, m.text AS period, s.text AS code,
                CASE m.freq WHEN 'A' THEN 240000 WHEN 'Q' THEN 40000 ELSE 10000 END
                  + 10 * (hash(q, a, p) % 900)::BIGINT
                  + CASE WHEN {revised} AND hash(q, a, p, 'revised') % 100 = 0 THEN 5 ELSE 0 END AS size,
                s.unit = 'PERCENT' AS share, CASE s.indicator WHEN 'POPULATION' THEN 100 ELSE 1 END AS times
              FROM numbered JOIN (SELECT *, row_number() OVER (ORDER BY text) - 1 AS q FROM series) s USING (q)
              JOIN (SELECT *, row_number() OVER (ORDER BY period_start, period_end) - 1 AS p FROM periods) m USING (p))
            SELECT period AS Period, {labels}[1 + a] AS Region, {names}[1 + x] AS Sex, code AS Series,
              CASE WHEN share THEN replace((20 + size % 600 / 10)::VARCHAR, '.', ',')
                ELSE (times * size * {list(share.values())}[1 + x])::BIGINT::VARCHAR END AS Value
            FROM sized ORDER BY n) TO '{path}' (FORMAT csv, DELIMITER ';', HEADER)"""
        )


def compare(data: Path, folder: Path) -> None:
    """Refuse the measurement where a table by hand has other rows than the one of the release."""
    with duckdb.connect() as con:
        for name in TABLES.keys() - set(BETWEEN):
            hand, made = f"'{folder}/{name}.parquet'", f"'{data}/latest/{name}/{name}.parquet'"
            columns = ", ".join(row[0] for row in con.execute(f"DESCRIBE FROM {hand}").fetchall())
            for one, other in ((hand, made), (made, hand)):
                only = con.execute(
                    f"SELECT {columns} FROM {one} EXCEPT ALL SELECT {columns} FROM {other}"
                ).fetchall()
                if only:
                    raise SystemExit(f"{name}: {len(only)} rows are only in {one}, such as {only[0]}")


# -- measuring ---------------------------------------------------------------------------------------------------------


def measured(way: Callable[[], Measured]) -> Measured:
    """What a way takes; its peak is that of all processes together, pages that several share counted once."""
    done, highest = Event(), 0.0

    def watch() -> None:
        nonlocal highest
        while not done.wait(0.2):
            highest = max(highest, sum(map(memory, children(os.getpid()))))

    thread = Thread(target=watch)
    thread.start()
    try:
        found = way()
    finally:
        done.set()
        thread.join()
    return {**found, "peak": highest}


def children(process: int) -> list[int]:
    """Processes that a process started, and those that these started."""
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, path.read_text().split()):
                found += [child, *children(child)]
    return found


def memory(process: int) -> float:
    """GiB of a process, its part of the shared pages; nothing of one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024**2
    return 0.0


def in_child(data: Path, project: Path, folder: Path) -> Measured:
    """The tables by hand in a process of its own: seconds of the clock and of the processors."""
    command = [sys.executable, "-m", "tests.bench_release", "--hand", str(data), str(project), str(folder)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout
    said = child.stdout.read()
    if child.wait():
        raise SystemExit(f"{command} failed with status {child.returncode}")
    taken: Measured = json.loads(said)
    return taken


def prepare(folder: Path, rows: int) -> tuple[Path, Path]:
    """A copy of the project with the large dataset, and a data directory with its file."""
    project, data = copy_project(folder / "project"), folder / "data"
    deliver(folder, rows)
    return project, data


def deliver(folder: Path, rows: int, *, revised: bool = False) -> None:
    """Put the large table into the inbox, as ``dvstats add`` does."""
    contract, table = load_contract(), folder / "bench_normalize.csv"
    dataset = bench_table.declared(contract, rows, folder / "project" / "sources" / "datasets", ID, "inbox")
    make_table(contract, rows, table, revised=revised)
    inbox.add(folder / "data" / "inbox", dataset, table, period=None, published=None, address=None)
    table.unlink()


def unpublish(data: Path) -> None:
    """Take the releases away; what the datasets gave stays in the staging area."""
    for name in ("releases", "staging/tables"):
        shutil.rmtree(data / name)
    # The feed tells of them as well: with it, the next release would begin a history that was lost.
    for name in ("latest", "dvstats.duckdb", FEED):
        (data / name).unlink()


def measure(rows: int, runs: int) -> dict[str, list[Measured]]:
    """Every way, in turn."""
    found: dict[str, list[Measured]] = {}
    ctypes.CDLL(None).prctl(ADOPTS, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        project, data = prepare(folder, rows)
        found["all"] = [measured(lambda: refresh(project, data))]
        for number in range(runs):
            unpublish(data)
            found.setdefault("from staged rows", []).append(measured(lambda: refresh(project, data)))
            hand = folder / f"hand{number}"
            hand.mkdir()
            taken = measured(partial(in_child, data, project, hand))
            with_rules = {**taken, "cpu": taken["cpu with rules"], "seconds": taken["seconds with rules"]}
            found.setdefault("by hand", []).append(taken)
            found.setdefault("by hand, every rule", []).append(with_rules)
            compare(data, hand)
            shutil.rmtree(hand)
            change(project, number)
            found.setdefault("one changed file", []).append(measured(lambda: refresh(project, data)))
        deliver(folder, rows, revised=True)
        found["revised"] = [measured(lambda: refresh(project, data))]
    return found


def main() -> None:
    """Print a table, a line a way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hand", nargs=3, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.hand:
        print(json.dumps(by_hand(*arguments.hand)))
        return
    found = measure(arguments.rows, arguments.runs)
    writer = csv.writer(sys.stdout, delimiter="\t")
    bases = ("by hand", "by hand, every rule", "all")
    columns = ("observations", "way", "CPU s", "wall s", "peak GiB")
    writer.writerow((*columns, *(f"{name} beside {base}" for base in bases for name in ("CPU", "wall"))))
    middle = {
        way: {name: statistics.median(run[name] for run in taken) for name in taken[0]}
        for way, taken in found.items()
    }
    for way, taken in middle.items():
        beside = [f"{taken[name] / middle[base][name]:.2f}" for base in bases for name in ("cpu", "seconds")]
        numbers = [f"{taken[name]:.2f}" for name in ("cpu", "seconds", "peak")]
        writer.writerow((arguments.rows, way, *numbers, *beside))


if __name__ == "__main__":
    main()
