"""`make bench`: a published table as CSV to sorted Parquet, by the pipeline and by DuckDB's SQL written by hand.

Both start from the same file and write the same observations, sorted in the contract's order, and the same refused rows
with their reason, as Parquet: zstd at level 1, 122,880 rows a row group. The hand-written query knows only this one
table. It has the labels' meanings ready in small tables, trusts that no key stands twice, and has one sentence less a
reason: it is what a careful person writes in an afternoon, not a second pipeline. DuckDB writes its files, Arrow those
of the pipeline, as where a dataset is staged. Every run has its own process. Of its memory two peaks are given: all,
with the pages of mapped files, which the system drops where it needs the memory; and its own. Processor time is that
of the process and its children.

    python -m tests.bench_normalize --rows 5000000 --runs 3
"""

import argparse
import datetime as dt
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import duckdb

from data_contracts.arrow import write_table
from data_contracts.in_order import in_order
from data_contracts.load import load_contract
from data_contracts.model import Contract
from sources import isolated
from tests.bench_table import declared, make_table, meanings
from transforms.files_to_observations import InputFile, observe
from transforms.normalize.normalizer import Normalizer

SHA256 = hashlib.sha256(b"bench").hexdigest()
RETRIEVED = dt.datetime(2026, 11, 24)

# -- the two ways ------------------------------------------------------------------------------------------------


def ours(table: Path, rows: int, folder: Path, contract: Contract) -> Callable[[], None]:
    """As a refresh reads and stages a file; what is declared is loaded before the clock starts."""
    dataset = declared(contract, rows, folder)
    normalizer = Normalizer(contract, datasets={dataset.id: dataset}, sources=())
    size = table.stat().st_size
    file = InputFile(
        table.read_bytes, SHA256, "raw/bench/bench.csv", RETRIEVED, local=lambda: table, size=size
    )

    def run() -> None:
        result = observe(normalizer, dataset, [file])
        good = in_order(result.good, contract.tables["observations"].order)
        write_table(good, folder / "good.parquet")
        write_table(result.refused, folder / "refused.parquet")

    return run


HAND = """
CREATE TEMP TABLE cleaned AS
WITH cells AS (
  SELECT * EXCLUDE Value, coalesce(Value, '') AS _value,
    'line ' || (row_number() OVER () + 1) || ', column Value' AS _locator
  FROM read_csv('{table}', delim = ';', header = true, all_varchar = true)),
trimmed AS (
  SELECT *, regexp_replace(translate(_value, chr(160) || chr(8239), '  '), '[*]+$', '') AS text FROM cells),
numbered AS (
  SELECT *, CASE WHEN regexp_full_match(text, '-?([0-9]+|[1-9][0-9]{0,2}( [0-9]{3})+)(,[0-9]+)?')
    THEN CAST(translate(text, ', ', '.') AS DOUBLE) END AS obs_value FROM trimmed)
SELECT
  CASE WHEN r.code IS NULL THEN 'unknown_area' WHEN s.code IS NULL OR i.indicator IS NULL THEN 'unmapped_label'
    WHEN p.time_period IS NULL THEN 'unreadable_period'
    WHEN obs_value IS NULL AND c.text NOT IN ('…', '-', '') THEN 'unreadable_number'
    WHEN i.unit = 'PERCENT' AND obs_value > 100 THEN 'value_above_range' END AS rule,
  'k' || left(md5(concat_ws('|', 'bench', i.indicator, r.code, s.code, '_T', i.form, '_T', '_T', p.time_period,
    i.unit, 'C')), 16) AS obs_key,
  r.code AS ref_area, i.indicator, s.code AS sex, i.form AS violence_form, p.freq, p.time_period, p.period_start,
  p.period_end, obs_value, i.unit AS unit_measure,
  CASE WHEN obs_value IS NOT NULL THEN 'A' WHEN c.text = '-' THEN 'M' ELSE 'O' END AS obs_status,
  _value AS published_value, CAST(NULL AS VARCHAR) AS note, _locator AS raw_locator,
  Period AS raw_period, Region AS raw_region, c.Sex AS raw_sex, c.Series AS raw_series
FROM numbered c LEFT JOIN regions r ON c.Region = r.text LEFT JOIN sexes s ON c.Sex = s.text
  LEFT JOIN series i ON c.Series = i.text LEFT JOIN periods p ON c.Period = p.text;
COPY (
  SELECT obs_key, ref_area, indicator, sex, '_T' AS age, violence_form, '_T' AS relationship, '_T' AS breakdown, freq,
    time_period, period_start, period_end, obs_value, CAST(NULL AS DOUBLE) AS obs_lower,
    CAST(NULL AS DOUBLE) AS obs_upper, 'C' AS nature, unit_measure, obs_status, 'F' AS conf_status,
    'bench' AS dataset_id, 'bench' AS source_id, published_value, note, '{sha}' AS raw_sha256, raw_locator,
    TIMESTAMP '{when}' AS retrieved_at
  FROM cleaned WHERE rule IS NULL ORDER BY indicator, ref_area, period_start, period_end, dataset_id, obs_key
) TO '{folder}/good.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
COPY (
  SELECT 'bench' AS dataset_id, rule, 'critical' AS severity, '{sha}' AS raw_sha256, raw_locator, published_value,
    json_object('Period', raw_period, 'Region', raw_region, 'Series', raw_series, 'Sex', raw_sex,
      'column', 'Value') AS row,
    TIMESTAMP '{when}' AS retrieved_at
  FROM cleaned WHERE rule IS NOT NULL
) TO '{folder}/refused.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
"""


def by_hand(table: Path, rows: int, folder: Path, contract: Contract) -> Callable[[], None]:
    """The same with SQL."""
    small = meanings(contract, rows)
    query = HAND
    for name, text in {
        "{sha}": SHA256,
        "{when}": RETRIEVED.isoformat(sep=" "),
        "{folder}": str(folder),
        "{table}": str(table),
    }.items():
        query = query.replace(name, text)

    def run() -> None:
        con = duckdb.connect()
        for name, meaning in small.items():
            con.register(name, meaning)
        con.execute(query)

    return run


WAYS: dict[str, Callable[[Path, int, Path, Contract], Callable[[], None]]] = {
    "pipeline": ours,
    "by hand": by_hand,
}


# -- measuring ---------------------------------------------------------------------------------------------------


def measure(way: str, table: Path, rows: int, folder: Path) -> None:
    """One run in this process; prints what it took and what came out."""
    run = WAYS[way](table, rows, folder, load_contract())
    start, worked = time.perf_counter(), time.process_time()
    with peak_of_own() as own:
        run()
    clock = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - worked, "own": max(own)}
    isolated._worker.stop()
    worker = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock["cpu"] += worker.ru_utime + worker.ru_stime
    print(json.dumps({**clock, **_outcome(folder)}))


@contextmanager
def peak_of_own() -> Iterator[list[float]]:
    """GiB of this process's memory that are no pages of files, looked at ten times a second."""
    found, done = [0.0], Event()

    def look() -> None:
        while not done.wait(0.1):
            status = Path("/proc/self/status").read_text(encoding="ascii")
            found.append(int(status.partition("RssAnon:")[2].split()[0]) / 1024**2)

    thread = Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def _outcome(folder: Path) -> dict[str, Any]:
    """Row counts and a fingerprint of the rows, whatever wrote them."""
    good = "hash(obs_key, indicator, ref_area, period_end, obs_value, obs_status, note, raw_locator)"
    refused = "hash(raw_locator, published_value, CAST(row AS VARCHAR))"
    found: dict[str, Any] = {}
    for name, fingerprint in (("good", good), ("refused", refused)):
        query = f"SELECT count(*), CAST(bit_xor({fingerprint}) AS VARCHAR) FROM '{folder}/{name}.parquet'"
        rows, print_ = duckdb.connect().execute(query).fetchall()[0]
        found |= {name: rows, f"{name} fingerprint": print_}
    return found


def in_child(way: str, table: Path, rows: int, folder: Path) -> dict[str, Any]:
    """One run in a process of its own, with that process's peak memory."""
    folder.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "tests.bench_normalize",
        "--way",
        way,
        "--table",
        str(table),
        "--folder",
        str(folder),
    ]
    command += ["--rows", str(rows)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    answer = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"the run {way!r} failed with status {child.returncode}")
    return {**json.loads(answer), "peak": usage.ru_maxrss / 1024**2}


def compare(rows: int, runs: int, seed: int, folder: Path) -> None:
    """Both ways in turn; their medians and the ratio."""
    table = folder / "table.csv"
    make_table(load_contract(), rows, seed, table)
    results: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for number in range(runs):
        for way, found in results.items():
            result = in_child(way, table, rows, folder / way.replace(" ", "_"))
            found.append(result)
            print(f"  run {number + 1}, {_told(way, [result])}", flush=True)
    first, second = (found[0] for found in results.values())
    for key in ("good", "refused", "good fingerprint", "refused fingerprint"):
        assert first[key] == second[key], f"{key}: {first[key]} and {second[key]}"
    print(
        f"{rows:,} cells; both ways give the same {first['good']:,} good and {first['refused']:,} refused rows"
    )
    for way, found in results.items():
        print(_told(way, found))
    ours_, hand = results.values()
    print(
        f"ratio {_median(ours_, 'seconds') / _median(hand, 'seconds'):.2f} (aim: at most 1.5), "
        f"of processor time {_median(ours_, 'cpu') / _median(hand, 'cpu'):.2f}; {os.cpu_count()} cores"
    )


def _median(found: list[dict[str, Any]], what: str) -> float:
    return float(statistics.median(run[what] for run in found))


def _told(way: str, found: list[dict[str, Any]]) -> str:
    peak = max(run["peak"] for run in found)
    own = max(run["own"] for run in found)
    times = f"{_median(found, 'seconds'):.2f} s, processor {_median(found, 'cpu'):.2f} s"
    return f"{way}: {times}, peak {peak:.2f} GiB, of its own {own:.2f} GiB"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        measure(given.way, given.table, given.rows, given.folder)
        return
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        compare(given.rows, given.runs, given.seed, Path(folder))


if __name__ == "__main__":
    main()
