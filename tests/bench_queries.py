"""`make bench`: ten researchers' queries on published observations, beside unsorted Parquet and pandas.

The same rows four times: as a table of ``dvstats.duckdb``, which ``dvstats query`` and the recipes ask; as Parquet in
the order in which a release has them, with its row groups; as Parquet in no order; and read by pandas, which keeps
them in memory, where loading them does not count. Each query is asked ``--runs`` times, in turn; the answers are
compared. Processor time, since the machine may be shared.

    python -m tests.bench_queries --rows 20000000 --runs 5
"""

import argparse
import csv
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

AREAS, INDICATORS, SEXES, FORMS, MONTHS = 70, 150, 3, 6, 324
#: row groups of a published table
GROUP = 122_880
#: conditions of a researcher, by column
QUERIES: tuple[dict[str, tuple[Any, ...]], ...] = (
    {"indicator": ("IND_017",), "ref_area": ("AREA_03",)},
    {"indicator": ("IND_017",), "ref_area": ("AREA_03",), "sex": ("S0",)},
    {"indicator": ("IND_099",), "time_period": ("2010-06",)},
    {"indicator": ("IND_140",)},
    {"indicator": ("IND_001", "IND_002"), "ref_area": ("AREA_00",)},
    {"indicator": ("IND_060",), "sex": ("S1",), "violence_form": ("F2",)},
    {"indicator": ("IND_075",), "ref_area": ("AREA_10", "AREA_11", "AREA_12")},
    {"indicator": ("IND_149",), "time_period": ("2020-01", "2020-02", "2020-03")},
    {"indicator": ("IND_033",), "ref_area": ("AREA_69",), "violence_form": ("F0",)},
    {"indicator": ("IND_050", "IND_100"), "ref_area": ("AREA_20",), "sex": ("S2",)},
)
Ask = Callable[[dict[str, tuple[Any, ...]]], tuple[int, float]]


class Files(NamedTuple):
    """The same observations: database and Parquet sorted as in a release, and Parquet sorted by a hash."""

    database: Path
    sorted: Path
    unsorted: Path


def make_rows(rows: int, folder: Path) -> Files:
    """Make the rows once, and the three files of them."""
    files = Files(folder / "dvstats.duckdb", folder / "sorted.parquet", folder / "unsorted.parquet")
    with duckdb.connect() as con:
        con.execute(f"SET memory_limit = '4GB'; SET temp_directory = '{folder}/spill'")
        con.execute(
            f"""CREATE TABLE made AS
            SELECT 'k' || left(md5(n::VARCHAR), 16) AS obs_key,
              'AREA_' || lpad((h % {AREAS})::VARCHAR, 2, '0') AS ref_area,
              'IND_' || lpad((h // 100 % {INDICATORS})::VARCHAR, 3, '0') AS indicator,
              'S' || h // 100000 % {SEXES} AS sex, 'F' || h // 1000000 % {FORMS} AS violence_form,
              strftime(DATE '1998-01-01' + to_months((h // 10000000 % {MONTHS})::INT), '%Y-%m') AS time_period,
              (h // 1000 % 200000)::DOUBLE AS obs_value, 'line ' || n || ', column Value' AS raw_locator
            FROM (SELECT n, hash(n) >> 1 AS h FROM range({rows}) t(n))"""
        )
        order = "indicator, ref_area, time_period, obs_key"
        for path, by in ((files.sorted, order), (files.unsorted, "hash(obs_key)")):
            con.execute(
                f"COPY (FROM made ORDER BY {by}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP})"
            )
    with duckdb.connect(files.database) as con:
        con.execute(f"CREATE TABLE observations AS FROM '{files.sorted}'")
    return files


def by_duckdb(table: str, database: Path | None = None) -> Ask:
    """Rows and sum of a query; ``table``: one of the database, or a Parquet file."""
    connection = duckdb.connect(database or ":memory:", read_only=database is not None)

    def ask(query: dict[str, tuple[Any, ...]]) -> tuple[int, float]:
        listed = {name: ", ".join(f"'{value}'" for value in values) for name, values in query.items()}
        where = " AND ".join(f"{name} IN ({values})" for name, values in listed.items())
        found = connection.execute(f"SELECT count(*), sum(obs_value) FROM {table} WHERE {where}").fetchall()
        return int(found[0][0]), float(found[0][1] or 0)

    return ask


def by_pandas(path: Path) -> Ask:
    """The same of a frame in memory, with the columns that the queries name."""
    import pandas as pd

    names = ["ref_area", "indicator", "sex", "violence_form", "time_period", "obs_value"]
    frame = pd.read_parquet(path, columns=names)

    def ask(query: dict[str, tuple[Any, ...]]) -> tuple[int, float]:
        chosen = pd.Series(data=True, index=frame.index)
        for name, values in query.items():
            chosen &= frame[name].isin(values)
        found = frame.loc[chosen, "obs_value"]
        return len(found), float(found.sum())

    return ask


WAYS: dict[str, Callable[[Files], Ask]] = {
    "dvstats.duckdb": lambda files: by_duckdb("observations", files.database),
    "Parquet as published": lambda files: by_duckdb(f"'{files.sorted}'"),
    "unsorted Parquet": lambda files: by_duckdb(f"'{files.unsorted}'"),
    "pandas, loaded": lambda files: by_pandas(files.unsorted),
}


def main() -> None:
    """Print a table, a line a way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--ways", nargs="+", choices=WAYS, default=list(WAYS), help="the first one is the base"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        made = make_rows(arguments.rows, Path(folder))
        ways = {way: WAYS[way](made) for way in arguments.ways}
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(arguments.runs):
            answers = []
            for way, ask in ways.items():
                start = time.process_time()
                answers.append([ask(query) for query in QUERIES])
                taken[way].append(time.process_time() - start)
            assert all(answer == answers[0] for answer in answers), "the answers differ"
    writer = csv.writer(sys.stdout, delimiter="\t")
    writer.writerow(("observations", "way", "CPU s of ten queries", f"beside {arguments.ways[0]}"))
    base = statistics.median(taken[arguments.ways[0]])
    for way, times in taken.items():
        middle = statistics.median(times)
        writer.writerow((arguments.rows, way, f"{middle:.3f}", f"{middle / base:.1f}"))


if __name__ == "__main__":
    main()
