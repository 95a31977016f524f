"""`make bench`: a register of incidents as CSV to cells of margins, beside what people would write instead.

One file, the same margins for all. DuckDB by hand, pandas, polars and, where it is installed, dlt into DuckDB clean the
labels, refuse what they do not know and count; none of them looks for incidents that come twice or for personal data,
or keeps where a cell is from. The time of the pipeline is that to its unprotected cells, which the others make too, and
once more with disclosure control. Every run has its own process, and the ways take turns, so that a machine that others
use too slows all of them alike. Peak is that of the process.

    python -m tests.bench_register --rows 1000000 5000000 --runs 3
    python -m tests.bench_register --rows 20000000 --runs 1 --ways pipeline "DuckDB by hand" --plot cost.svg
"""

import argparse
import csv
import datetime as dt
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from tests.fixtures.register import FORMS, HEADER, REGIONS, declaration

SEXES = {"женский": "F", "мужской": "M"}
CODES = {"физическое": "PHYSICAL", "психологическое": "PSYCHOLOGICAL", "экономическое": "ECONOMIC"}
AREAS = dict(zip(REGIONS, ("KG-GB", "KG-C", "KG-GO", "KG-O", "KG-J", "KG-N", "KG-T"), strict=True))
#: dimensions of each margin, beside its span
MARGINS = [
    ("year", ()),
    ("year", ("area",)),
    ("year", ("sex",)),
    ("year", ("area", "sex")),
    ("year", ("form",)),
    ("month", ("area",)),
]


def make_register(rows: int, path: Path) -> None:
    """A fictional register of ten years: DuckDB makes it from hashes of row numbers, the same each time."""

    def pick(salt: str, weights: dict[str, int]) -> str:
        total, cases, at = sum(weights.values()), [], 0
        for text, weight in weights.items():
            at += weight
            cases.append(f"WHEN hash(n, '{salt}') % {total} < {at} THEN '{text}'")
        return f"CASE {' '.join(cases)} END"

    columns = (
        "'KG-' || lpad(n::VARCHAR, 9, '0')",
        "(DATE '2014-01-01' + (hash(n, 'day') % 3652)::INT)::VARCHAR",
        pick("area", REGIONS),
        pick("sex", {"женский": 88, "мужской": 12}),
        pick("form", FORMS),
        "md5((hash(n, 'person') % 1000003)::VARCHAR)",
        "'отдел ' || hash(n, 'office') % 40",
        "'вымышленная строка'",
    )
    named = ", ".join(f'{sql} AS "{name}"' for sql, name in zip(columns, HEADER, strict=True))
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT {named} FROM range({rows}) r(n)) TO '{path}' (HEADER, DELIMITER ';')")


# -- the same work by others -----------------------------------------------------------------------------------------


def by_hand(path: Path) -> int:
    """What a careful person writes in SQL; the margins from one grouping."""
    day, area, sex, form = (f'"{name}"' for name in HEADER[1:5])
    with duckdb.connect() as con:
        return _in_sql(
            con,
            f"""SELECT {day}::DATE AS day, {area} AS area, {sex} AS sex, {form} AS form
            FROM read_csv('{path}', delim = ';', all_varchar = true)""",
        )


def _in_sql(con: duckdb.DuckDBPyConnection, incidents: str) -> int:
    """Cells of the margins of a query for days, areas, sexes and forms."""

    def small(name: str, codes: dict[str, str]) -> str:
        values = ", ".join(f"('{text}', '{code}')" for text, code in codes.items())
        return f"{name}(text, code) AS (VALUES {values})"

    con.execute(
        f"""CREATE TABLE base AS
        WITH {small("areas", AREAS)}, {small("sexes", SEXES)}, {small("forms", CODES)}
        SELECT year(day) AS year, strftime(day, '%Y-%m') AS month, areas.code AS area, sexes.code AS sex,
          forms.code AS form, count(*) AS n
        FROM ({incidents}) r JOIN areas ON areas.text = r.area JOIN sexes ON sexes.text = r.sex
        JOIN forms ON forms.text = r.form GROUP BY ALL"""
    )
    cells = 0
    for span, dimensions in MARGINS:
        keys = ", ".join([span, *dimensions])
        cells += len(con.execute(f"SELECT {keys}, sum(n) FROM base GROUP BY ALL ORDER BY ALL").fetchall())
    return cells


def by_dlt(path: Path, *, arrow: bool) -> int:
    """dlt loads the file into DuckDB, and the same SQL counts it there: in the ordinary way of its documentation, its
    source of files with ``read_csv``, or with ``arrow`` from batches that Arrow reads.

    The names of columns are given: those of dlt in DuckDB have no Cyrillic letters.
    """
    import dlt

    names = ["number", "day", "area", "sex", "form"]
    rows: Any
    if arrow:
        rows = _batches(path, names)
    else:
        from dlt.sources.filesystem import filesystem, read_csv

        files = filesystem(bucket_url=str(path.parent), file_glob=path.name)
        rows = files | read_csv(sep=";", header=0, names=names, usecols=range(len(names)))
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "loaded.duckdb")
        target = dlt.destinations.duckdb(database)
        pipeline = dlt.pipeline("register", folder, destination=target, dataset_name="register")
        pipeline.run(rows, table_name="incidents", loader_file_format="parquet" if arrow else None)
        with duckdb.connect(database) as con:
            return _in_sql(con, "SELECT day::DATE AS day, area, sex, form FROM register.incidents")


def _batches(path: Path, names: list[str]) -> Iterator[Any]:
    import pyarrow.csv as pv

    for batch in pv.open_csv(path, parse_options=pv.ParseOptions(delimiter=";")):
        yield batch.select(HEADER[: len(names)]).rename_columns(names)


def by_pandas(path: Path) -> int:
    """The same by pandas."""
    import pandas as pd

    frame = pd.read_csv(path, sep=";", dtype=str, usecols=list(HEADER[1:5]))
    day = pd.to_datetime(frame[HEADER[1]])
    base = pd.DataFrame(
        {
            "year": day.dt.year,
            "month": day.dt.strftime("%Y-%m"),
            "area": frame[HEADER[2]].map(AREAS),
            "sex": frame[HEADER[3]].map(SEXES),
            "form": frame[HEADER[4]].map(CODES),
        }
    ).dropna()
    return sum(len(base.groupby([span, *dimensions]).size()) for span, dimensions in MARGINS)


def by_polars(path: Path) -> int:
    """The same by polars, lazily and streaming."""
    import polars as pl

    def coded(place: int, codes: dict[str, str], name: str) -> Any:
        return pl.col(HEADER[place]).replace_strict(codes, default=None).alias(name)

    day = pl.col(HEADER[1]).str.to_date("%Y-%m-%d")
    base = (
        pl.scan_csv(path, separator=";", infer_schema=False)
        .select(
            day.dt.year().alias("year"),
            day.dt.strftime("%Y-%m").alias("month"),
            coded(2, AREAS, "area"),
            coded(3, SEXES, "sex"),
            coded(4, CODES, "form"),
        )
        .drop_nulls()
        .group_by("year", "month", "area", "sex", "form")
        .len()
        .collect(engine="streaming")
    )
    return sum(
        base.group_by(span, *dimensions).agg(pl.col("len").sum()).height for span, dimensions in MARGINS
    )


def by_pipeline(path: Path, *, protected: bool = False) -> int:
    """As a refresh does: every row guarded, each incident once, margins with their zeros, text cells with places."""
    from transforms.incidents.register import RegisterFile, codes_as_labels, count_register
    from transforms.normalize.inputs_and_results import FileFacts

    dataset, normalizer = declared()
    facts = FileFacts("0" * 64, dt.datetime(2026, 1, 1), path.name)
    counted = count_register(normalizer.lookups, dataset, [RegisterFile(path, facts)])
    if protected:
        from transforms.privacy.rules_per_dataset import protect

        good = normalizer.normalize(counted.cells[0], codes_as_labels(dataset), facts).good
        protect(normalizer.contract, good, registers=[dataset.id])
    return counted.cells[0].num_rows


@cache
def declared() -> tuple[Any, Any]:
    """The declaration of the register without its persons, and a normalizer: loaded once for all of a refresh."""
    from data_contracts.load import load_contract
    from transforms.normalize.normalizer import Normalizer

    dataset = declaration()
    if dataset.counting is None:
        raise SystemExit("The declaration is no register.")
    counting = dataset.counting.model_copy(update={"persons": None, "partitions": None})
    expects = dataset.expects.model_copy(update={"columns": HEADER})
    dataset = dataset.model_copy(update={"counting": counting, "expects": expects})
    return dataset, Normalizer(load_contract(), datasets={dataset.id: dataset}, sources=[])


WAYS: dict[str, Callable[[Path], int]] = {
    "pipeline": by_pipeline,
    "pipeline, protected": lambda path: by_pipeline(path, protected=True),
    "DuckDB by hand": by_hand,
    "polars": by_polars,
    "pandas": by_pandas,
}
if find_spec("dlt"):
    WAYS["dlt"] = partial(by_dlt, arrow=False)
    WAYS["dlt, Arrow"] = partial(by_dlt, arrow=True)


# -- measuring -------------------------------------------------------------------------------------------------------


def run_one(way: str, path: Path) -> None:
    """One run in this process: seconds of the clock and of the processors, peak, cells; what is loaded once a process
    (imports, declarations) does not count."""
    if way == "pandas":
        import_module("pandas")
    if way == "polars":
        import_module("polars")
    if way.startswith("dlt"):
        # Nothing is reported to anybody.
        os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
        import_module("dlt.sources.filesystem")
    if way.startswith("pipeline"):
        import_module("transforms.incidents.register")
        import_module("transforms.privacy.rules_per_dataset")
        # What the labels of every dataset mean: made once for all of a refresh, like the declarations.
        _ = declared()[1].lookups
    wall, cpu = time.perf_counter(), time.process_time()
    cells = WAYS[way](path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": peak,
        "cells": cells,
    }
    print(json.dumps(found))


Measured = dict[str, list[dict[str, float]]]


def measure(path: Path, runs: int, ways: Sequence[str]) -> Measured:
    """Runs of every way, in turn."""
    found: Measured = {way: [] for way in ways}
    for _ in range(runs):
        for way in ways:
            command = [sys.executable, "-m", "tests.bench_register", "--one", way, str(path)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
            if done.returncode:
                raise SystemExit(f"{way}: status {done.returncode}; `make bench` installs pandas and polars")
            found[way].append(json.loads(done.stdout))
    return found


def plot(measured: Mapping[int, Measured], path: Path) -> None:
    """Cost of a million rows and peak of the memory against size, one line a way, as SVG or PNG."""
    import altair as alt

    rows = [
        {
            "million incidents": size / 1e6,
            "way": way,
            "processor seconds a million": statistics.median(run["cpu"] for run in runs) * 1e6 / size,
            "peak MiB": statistics.median(run["peak"] for run in runs) / 2**20,
        }
        for size, found in measured.items()
        for way, runs in found.items()
    ]
    base = alt.Chart(alt.Data(values=rows)).mark_line(point=True).properties(width=280, height=200)
    x = alt.X("million incidents:Q").scale(type="log")
    panels = [
        base.encode(x=x, y=alt.Y(f"{what}:Q"), color="way:N")
        for what in ("processor seconds a million", "peak MiB")
    ]
    alt.hconcat(*panels).save(str(path))


def lines(rows: int, found: Measured) -> Iterator[tuple[object, ...]]:
    """Lines of the table for one size; the last cell is the median ratio of runs that took turns."""
    base = [run["cpu"] for run in found.get("DuckDB by hand", [])]
    for way, measured in found.items():
        middle = {name: statistics.median(run[name] for run in measured) for name in measured[0]}
        ratios = [run["cpu"] / hand for run, hand in zip(measured, base, strict=False)]
        beside = f"{statistics.median(ratios):.2f}" if ratios else ""
        peak, cells = f"{middle['peak'] / 2**20:.0f}", f"{middle['cells']:.0f}"
        yield rows, way, f"{middle['cpu']:.2f}", f"{middle['wall']:.2f}", peak, cells, beside


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--plot", type=Path, metavar="FILE", help="cost against size, as .svg or .png")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        run_one(arguments.one[0], Path(arguments.one[1]))
        return
    writer = csv.writer(sys.stdout, delimiter="\t")
    writer.writerow(("incidents", "way", "CPU s", "wall s", "peak MiB", "cells", "CPU beside DuckDB by hand"))
    measured: dict[int, Measured] = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in arguments.rows:
            path = Path(folder) / f"{rows}.csv"
            make_register(rows, path)
            measured[rows] = measure(path, arguments.runs, arguments.ways)
            writer.writerows(lines(rows, measured[rows]))
            path.unlink()
    if arguments.plot:
        plot(measured, arguments.plot)


if __name__ == "__main__":
    main()
