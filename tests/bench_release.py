"""`make bench`: a release of a million observations, beside its tables by plain SQL, and the next small refresh.

A copy of the project gets one more dataset, a table of ``--rows`` readable cells, beside all bundled publications. In
turn, each in a process of its own:

- *all*: the first refresh, which reads every file;
- *from staged rows*: what is left of it where nothing has to be read: history, revisions, derived tables, certificates,
  DuckDB file, manifest, notes. The releases are taken away before, so that it is a first one again;
- *by hand*: SQL that makes the same large tables of the same staged rows, with their checks, files and checksums, but
  none of the small tables, no notes and no run log;
- *one changed file*: the refresh after another note in one small transcription;
- *revised*: the refresh after another file of the large table, in which every hundredth area and period has new values.

    python -m tests.bench_release --rows 1000000 --runs 3
"""

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from data_contracts.load import load_contract
from data_contracts.model import Contract
from sources import inbox
from tests import bench
from tests.bench_refresh import change, copy_project, refresh

ID = "kz_bench"
Measured = dict[str, float]


def make_table(contract: Contract, rows: int, path: Path, *, revised: bool = False) -> None:
    """The table of ``tests.bench`` without unreadable texts, in which women and men, quarters and months add up.

    ``revised``: every hundredth area and period of a series has other values.
    """
    areas, sexes, times = len(bench.REGIONS), len(bench.SEXES), len(bench.periods())
    labels = [texts[0] for texts in bench.REGIONS.values()]
    names = [texts[0] for texts in bench.SEXES.values()]
    share = {"F": 0.6, "M": 0.4, "_T": 1.0}
    with duckdb.connect() as con:
        for name, table in bench.meanings(contract, rows).items():
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
                  + CASE WHEN {revised} AND hash(q, a, p, 'revised') % 100 = 0 THEN 10 ELSE 0 END AS size,
                s.unit = 'PERCENT' AS share
              FROM numbered JOIN (SELECT *, row_number() OVER (ORDER BY text) - 1 AS q FROM series) s USING (q)
              JOIN (SELECT *, row_number() OVER (ORDER BY period_start, period_end) - 1 AS p FROM periods) m USING (p))
            SELECT period AS Period, {labels}[1 + a] AS Region, {names}[1 + x] AS Sex, code AS Series,
              CASE WHEN share THEN replace((20 + size % 600 / 10)::VARCHAR, '.', ',')
                ELSE (size * {list(share.values())}[1 + x])::BIGINT::VARCHAR END AS Value
            FROM sized ORDER BY n) TO '{path}' (FORMAT csv, DELIMITER ';', HEADER)"""
        )


# -- by hand -----------------------------------------------------------------------------------------------------------

CELL = (
    "indicator, ref_area, sex, age, violence_form, relationship, breakdown, time_period, unit_measure, kind"
)
ORDER = "indicator, ref_area, period_start, period_end, dataset_id, obs_key"
TABLES = {
    "observations": f"SELECT *, 'first' AS first_release FROM staged ORDER BY {ORDER}",
    "observation_history": f"""SELECT *, TIMESTAMP '2026-01-01' AS valid_from, CAST(NULL AS TIMESTAMP) AS valid_to
      FROM observations ORDER BY {ORDER}""",
    "revisions": """SELECT 'first' AS release, obs_key, 'added' AS change, dataset_id, indicator, ref_area, sex, age,
        breakdown, time_period, CAST(NULL AS DOUBLE) AS old_value, obs_value AS new_value,
        CAST(NULL AS VARCHAR) AS old_status, obs_status AS new_status, CAST(NULL AS DOUBLE) AS difference
      FROM observations ORDER BY obs_key""",
    "best_observations": f"""SELECT * FROM (
        SELECT *, count(*) OVER w AS candidates, row_number() OVER (w ORDER BY obs_value IS NULL, obs_status = 'D',
          obs_status = 'U', precedence, list_position(['C', 'CA', 'E', 'M', 'N'], nature), published DESC, dataset_id,
          source_id, obs_key) AS rank
        FROM (SELECT o.*, p.precedence, s.published, nature IN ('E', 'M') AS kind FROM observations o
          JOIN datasets p USING (dataset_id) LEFT JOIN sources s USING (source_id))
        WINDOW w AS (PARTITION BY {CELL})) WHERE rank = 1 ORDER BY {ORDER}""",
    "discrepancies": f"""SELECT a.obs_key AS a_key, b.obs_key AS b_key, a.obs_value AS x, b.obs_value AS y
      FROM best_observations a JOIN observations b
        ON ({CELL.replace(", kind", "").replace(", ", ", a.").join(("a.", ""))})
         = ({CELL.replace(", kind", "").replace(", ", ", b.").join(("b.", ""))})
      WHERE a.candidates > 1 AND a.obs_key <> b.obs_key AND a.obs_value <> b.obs_value
      UNION ALL
      SELECT a.obs_key, b.obs_key, a.obs_value, b.obs_value FROM best_observations a JOIN best_observations b
        USING (indicator, ref_area, sex, age, violence_form, relationship, breakdown, unit_measure, kind)
      WHERE a.unit_measure = 'NUMBER' AND a.time_period <> b.time_period AND a.period_start >= b.period_start
        AND a.period_end <= b.period_end AND a.obs_value > b.obs_value ORDER BY ALL""",
    "rates": """SELECT n.obs_key, n.obs_value / d.obs_value * 100000 AS rate, d.obs_key AS denominator_obs_key
      FROM best_observations n JOIN best_observations d ON d.indicator = 'POPULATION' AND d.ref_area = n.ref_area
        AND year(d.period_start) = year(n.period_start) AND d.sex = n.sex
      WHERE n.freq = 'A' AND n.unit_measure = 'NUMBER' AND n.obs_value <= d.obs_value AND n.breakdown = '_T'
      ORDER BY ALL""",
    "coverage": """SELECT indicator, left(ref_area, 2) AS country, year(period_start) AS year, count(*) AS figures
      FROM observations WHERE obs_value IS NOT NULL GROUP BY ALL ORDER BY ALL""",
}
#: What has to be nought of a table: keys twice, columns without a value, codes that are not in their list.
CHECKED = (
    "obs_key",
    "ref_area",
    "indicator",
    "sex",
    "time_period",
    "unit_measure",
    "obs_status",
    "dataset_id",
)
CODED = {"ref_area": "areas", "indicator": "indicators", "dataset_id": "datasets", "source_id": "sources"}


def by_hand(data: Path, folder: Path) -> None:
    """The large tables of a release from the staged rows: Parquet files, a DuckDB file, checks and checksums."""
    latest = data / "latest"
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{folder}/hand.duckdb' AS made; USE made")
        con.execute(
            f"CREATE VIEW staged AS FROM read_parquet('{data}/staging/datasets/*/*/observations.parquet')"
        )
        for name in ("areas", "indicators", "datasets", "sources"):
            con.execute(f"CREATE TABLE {name} AS FROM '{latest}/{name}/{name}.parquet'")
        for name, query in TABLES.items():
            con.execute(f"CREATE TABLE {name} AS {query}")
            con.execute(f"COPY {name} TO '{folder}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
        for name in ("observations", "observation_history", "best_observations"):
            wrong = [f"count(*) FILTER ({column} IS NULL)" for column in CHECKED]
            wrong += ["count(*) - count(DISTINCT obs_key)", "count(*) FILTER (period_end < period_start)"]
            found = con.execute(f"SELECT {', '.join(wrong)} FROM {name}").fetchall()[0]
            assert not any(found), (name, found)
            for column, codes in CODED.items():
                key = {"areas": "area", "indicators": "indicator"}.get(codes, column)
                key = (
                    key if key in {row[0] for row in con.execute(f"DESCRIBE {codes}").fetchall()} else "code"
                )
                lost = f"SELECT count(*) FROM {name} ANTI JOIN {codes} c ON c.{key} = {name}.{column}"
                assert con.execute(f"{lost} WHERE {column} IS NOT NULL").fetchall() == [(0,)], (name, column)
    for path in sorted(folder.iterdir()):
        subprocess.run(["sha256sum", path], check=True, stdout=subprocess.DEVNULL)


# -- measuring ---------------------------------------------------------------------------------------------------------


def in_child(*arguments: str) -> Measured:
    """This module in a process of its own: seconds of the clock, of the processors, GiB at the peak."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "tests.bench_release", *arguments])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{arguments} failed with status {child.returncode}")
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024**2}


def prepare(folder: Path, rows: int) -> tuple[Path, Path]:
    """A copy of the project with the large dataset, and a data directory with its file."""
    project, data = copy_project(folder / "project"), folder / "data"
    deliver(folder, rows)
    return project, data


def deliver(folder: Path, rows: int, *, revised: bool = False) -> None:
    """Put the large table into the inbox, as ``dvstats add`` does."""
    contract, table = load_contract(), folder / "bench.csv"
    dataset = bench.declared(contract, rows, folder / "project" / "sources" / "datasets", ID, "inbox")
    make_table(contract, rows, table, revised=revised)
    inbox.add(folder / "data" / "inbox", dataset, table, period=None, published=None, address=None)
    table.unlink()


def unpublish(data: Path) -> None:
    """Take the releases away; what the datasets gave stays in the staging area."""
    for name in ("releases", "staging/tables"):
        shutil.rmtree(data / name)
    for name in ("latest", "dvstats.duckdb"):
        (data / name).unlink()


def measure(rows: int, runs: int) -> dict[str, list[Measured]]:
    """Every way, in turn."""
    found: dict[str, list[Measured]] = {}
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        project, data = prepare(folder, rows)
        found["all"] = [refresh(project, data)]
        for number in range(runs):
            hand = folder / f"hand{number}"
            hand.mkdir()
            found.setdefault("by hand", []).append(in_child("--hand", str(data), str(hand)))
            shutil.rmtree(hand)
            unpublish(data)
            found.setdefault("from staged rows", []).append(refresh(project, data))
            change(project, number)
            found.setdefault("one changed file", []).append(refresh(project, data))
        deliver(folder, rows, revised=True)
        found["revised"] = [refresh(project, data)]
    return found


def main() -> None:
    """Print a table, a line a way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hand", nargs=2, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.hand:
        by_hand(*arguments.hand)
        return
    found = measure(arguments.rows, arguments.runs)
    writer = csv.writer(sys.stdout, delimiter="\t")
    writer.writerow(
        ("observations", "way", "CPU s", "wall s", "peak GiB", "CPU beside by hand", "CPU beside all")
    )
    middle = {
        way: {name: statistics.median(run[name] for run in taken) for name in taken[0]}
        for way, taken in found.items()
    }
    for way, taken in middle.items():
        beside = [f"{taken['cpu'] / middle[base]['cpu']:.2f}" for base in ("by hand", "all")]
        numbers = [f"{taken[name]:.2f}" for name in ("cpu", "seconds", "peak")]
        writer.writerow((arguments.rows, way, *numbers, *beside))


if __name__ == "__main__":
    main()
