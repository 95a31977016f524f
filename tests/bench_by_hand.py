"""The large tables of a release by SQL that a careful person writes by hand, from the rows that the datasets gave.

``TABLES`` in order, with the gravest checks, then every rule of the contract on each row of the large tables, and the
rules across them. Not here: the measurement (``bench_release``, which calls ``by_hand`` in a process of its own and
compares the rows with those of the release).
"""

import resource
import subprocess
import time
from dataclasses import astuple
from pathlib import Path

import duckdb

from data_contracts import checks
from data_contracts.insert import insert_rows
from data_contracts.load import load_contract
from data_contracts.vocabulary import COUNTRIES
from pipelines.release.database_file import STORAGE_VERSION
from sources.bundled_registers import load_register
from sources.load_datasets import load_datasets
from transforms.derive import breaks
from transforms.normalize.lookups import create_tables

Measured = dict[str, float]
CELL = (
    "indicator, ref_area, sex, age, violence_form, relationship, breakdown, time_period, unit_measure, kind"
)
WHOLE = CELL.replace("time_period, ", "")
ORDER = "indicator, ref_area, period_start, period_end, dataset_id, obs_key"
SERIES = """o.dataset_id, o.indicator, o.ref_area, o.sex, o.age, o.violence_form, o.relationship, o.breakdown,
  o.unit_measure, o.nature, o.freq, CASE WHEN o.freq = '_O' THEN o.period_end - o.period_start END,
  CASE WHEN o.freq = '_O' THEN month(o.period_start) END"""
MEASURED = "(nature NOT IN ('E', 'M') AND NOT (nature = 'N' AND obs_status = 'E'))"
#: What the queries call: digits after the point (negative: zeros at the end), and whether one figure rounds another.
MACROS = (
    """digits(x) AS CASE WHEN x <> trunc(x) THEN len(split_part(x::VARCHAR, '.', 2)) WHEN x = 0 THEN 0
      ELSE len(rtrim(x::BIGINT::VARCHAR, '0')) - len(x::BIGINT::VARCHAR) END""",
    """rounded(a, b) AS digits(a) <> digits(b) AND least(digits(a), digits(b)) <> -1
      AND abs(a - b) <= 0.5 * (1 + 1e-9) * power(10, -least(digits(a), digits(b)))""",
)
#: Tables in the order in which each needs those before it. ``staged``: what the datasets gave; ``made``: the release.
TABLES = {
    "broken": f"""SELECT DISTINCT obs_key FROM (
        SELECT o.obs_key, o.period_end, o.obs_status,
          bool_or(o.period_end < a.day) OVER w AS before, o.period_end >= a.day AS later,
          min(o.period_end) FILTER (o.period_end >= a.day) OVER w AS first_end
        FROM staged o JOIN acts a ON coalesce(a.indicator, o.indicator) = o.indicator
          AND starts_with(o.ref_area, a.area) AND (a.of_regions OR o.ref_area = a.area)
        WHERE o.obs_value IS NOT NULL AND {MEASURED} WINDOW w AS (PARTITION BY a.act, {SERIES}))
      WHERE before AND later AND period_end = first_end AND obs_status IN ('A', 'V')""",
    "observations": f"""SELECT s.* REPLACE (CASE WHEN b.obs_key IS NULL THEN s.obs_status ELSE 'B' END AS obs_status),
        made.release AS first_release
      FROM staged s LEFT JOIN broken b USING (obs_key), made ORDER BY {ORDER}""",
    "observation_history": f"""SELECT o.*, made.published_at AS valid_from, CAST(NULL AS TIMESTAMP) AS valid_to
      FROM observations o, made ORDER BY {ORDER}""",
    "revisions": """SELECT first_release AS release, obs_key, 'added' AS change, dataset_id, indicator, ref_area, sex,
        age, breakdown, time_period, CAST(NULL AS DOUBLE) AS old_value, obs_value AS new_value,
        CAST(NULL AS VARCHAR) AS old_status, obs_status AS new_status, CAST(NULL AS DOUBLE) AS difference,
        CAST(NULL AS DOUBLE) AS relative_difference
      FROM observations ORDER BY indicator, ref_area, time_period, obs_key""",
    "ranked": f"""WITH known AS (
        SELECT o.*, d.precedence, d.superseded_by, coalesce(s.published, '') AS published, {MEASURED} AS kind
        FROM observations o JOIN declared d USING (dataset_id) LEFT JOIN sources s USING (source_id)),
      single AS (SELECT {CELL} FROM known GROUP BY ALL HAVING count(*) > 1),
      crowded AS (SELECT k.* FROM known k SEMI JOIN single USING ({CELL})),
      worse AS (
        SELECT a.obs_key,
          bool_or((a.obs_lower IS NULL OR a.obs_upper IS NULL) AND b.obs_lower IS NOT NULL AND b.obs_upper IS NOT NULL
            AND (a.obs_value = b.obs_value OR rounded(a.obs_value, b.obs_value))) AS no_interval,
          bool_or(rounded(a.obs_value, b.obs_value) AND digits(a.obs_value) < digits(b.obs_value)
            AND NOT starts_with(a.unit_measure, 'PER_') AND b.superseded_by <> a.dataset_id) AS coarse
        FROM crowded a JOIN crowded b USING ({CELL})
        WHERE a.obs_key <> b.obs_key AND (b.obs_status NOT IN ('D', 'U') OR a.obs_status = b.obs_status) GROUP BY ALL)
      SELECT c.*, CAST(count(*) OVER w AS INTEGER) AS candidates, row_number() OVER (w ORDER BY
          obs_value IS NULL AND obs_upper IS NULL, obs_status = 'D', obs_status = 'U', coalesce(no_interval, FALSE),
          coalesce(coarse, FALSE), precedence, list_position(['C', 'CA', 'E', 'M', 'N'], nature), published DESC,
          dataset_id, source_id, obs_key) AS rank,
        CASE WHEN obs_status NOT IN ('A', 'V', 'P') THEN obs_status WHEN bool_or(obs_status = 'B') OVER w THEN 'B'
          WHEN bool_or(obs_status = 'U') OVER (PARTITION BY {CELL}, obs_value) THEN 'U' ELSE obs_status END AS shown
      FROM crowded c LEFT JOIN worse USING (obs_key) WINDOW w AS (PARTITION BY {CELL})""",
    "best_observations": """SELECT o.* REPLACE (coalesce(r.shown, o.obs_status) AS obs_status), d.precedence,
        coalesce(r.candidates, 1) AS candidates
      FROM observations o JOIN declared d USING (dataset_id) LEFT JOIN ranked r USING (obs_key)
      WHERE r.rank IS NULL OR r.rank = 1 ORDER BY indicator, ref_area, period_start, period_end, obs_key""",
    "population": """SELECT o.obs_key, ref_area, CAST(year(period_start) AS INTEGER) AS year, sex, age,
        obs_value AS population, CASE WHEN freq = 'A' THEN 'mid_year' WHEN freq = 'D' AND month(period_start) = 1
          AND day(period_start) = 1 THEN 'january' ELSE 'other' END AS basis, precedence, dataset_id, source_id
      FROM observations o JOIN declared USING (dataset_id)
      WHERE indicator = 'POPULATION' AND breakdown = '_T' AND obs_value > 0
      ORDER BY ref_area, year, sex, age, precedence, obs_key""",
    "rates": f"""SELECT n.obs_key AS numerator_obs_key, n.ref_area, n.indicator, n.sex, n.age, n.violence_form,
        n.relationship, n.breakdown, n.time_period, p.year,
        n.obs_value / p.population * CASE n.base WHEN 'women' THEN 1000000 ELSE 100000 END AS rate,
        CASE n.base WHEN 'women' THEN 'PER_MILLION_WOMEN' ELSE 'PER_100000_POP' END AS rate_unit,
        n.obs_value AS numerator, p.population AS denominator, p.sex AS denominator_sex,
        p.obs_key AS denominator_obs_key, p.dataset_id AS denominator_dataset_id,
        CASE WHEN n.obs_value < 20 AND n.base <> 'women' THEN 'U' ELSE coalesce(b.obs_status, n.obs_status) END
          AS obs_status, b.obs_key IS NOT NULL AS preferred, n.dataset_id, n.source_id
      FROM (SELECT o.*, base FROM observations o JOIN bases ON bases.indicator = o.indicator
          AND country = left(ref_area, 2)
        WHERE unit_measure = 'NUMBER' AND obs_value IS NOT NULL AND obs_status <> 'D' AND age = '_T' AND {MEASURED}
          AND (breakdown = '_T' OR (base = 'women' AND breakdown LIKE 'KIND=%'))
          AND (freq = 'A' OR (base = 'women' AND freq IN ('M', 'D', 'Q')))) n
      JOIN (SELECT * FROM population WHERE age = '_T' QUALIFY row_number() OVER (PARTITION BY ref_area, year, sex
          ORDER BY list_position(['mid_year', 'january', 'other'], basis), precedence, obs_key) = 1) p
        ON p.ref_area = n.ref_area AND p.year = year(n.period_start)
          AND p.sex = CASE n.base WHEN 'women' THEN 'F' ELSE n.sex END
      LEFT JOIN best_observations b ON b.obs_key = n.obs_key
      WHERE n.obs_value <= p.population ORDER BY n.indicator, n.ref_area, p.year, n.obs_key""",
    "discrepancies": f"""WITH
      cells AS (
        SELECT a.obs_key AS a_key, b.obs_key AS b_key,
          CASE WHEN a.obs_status = 'D' OR b.obs_status = 'D' THEN 'different_scope'
            WHEN a.superseded_by = b.dataset_id OR b.superseded_by = a.dataset_id THEN 'revision'
            WHEN rounded(a.obs_value, b.obs_value) THEN 'rounding'
            WHEN starts_with(a.unit_measure, 'PER_')
              AND abs(b.obs_value - a.obs_value) <= 0.25 * abs(a.obs_value) THEN 'different_base'
            ELSE 'conflict' END AS kind_of
        FROM ranked a JOIN ranked b USING ({CELL})
        WHERE a.rank = 1 AND b.rank > 1 AND kind AND a.obs_value <> b.obs_value AND unit_measure <> 'PERCENT_CHANGE'
          AND NOT coalesce(rounded(a.obs_value, b.obs_value) AND greatest(digits(a.obs_value), digits(b.obs_value)) > 0
            AND least(digits(a.obs_value), digits(b.obs_value)) >= 0, FALSE)
          AND NOT coalesce(a.obs_lower = a.obs_value AND a.obs_upper IS NULL AND b.obs_value >= a.obs_value, FALSE)
          AND NOT coalesce(b.obs_lower = b.obs_value AND b.obs_upper IS NULL AND a.obs_value >= b.obs_value, FALSE)),
      best AS (
        SELECT *, {MEASURED} AS kind FROM observations ANTI JOIN (FROM ranked WHERE rank > 1) USING (obs_key)
        WHERE {MEASURED} AND unit_measure = 'NUMBER' AND obs_value IS NOT NULL),
      parts AS (
        SELECT a.obs_key, b.obs_key,
          CASE WHEN a.obs_status = 'D' OR b.obs_status = 'D' THEN 'different_scope' ELSE 'parts_do_not_add_up' END
        FROM best a JOIN best b USING ({WHOLE}) JOIN indicators i ON i.code = indicator
        WHERE i.counting_unit NOT IN ('service', 'place', 'family', 'money', 'index', 'survey_answer')
          AND indicator <> 'POPULATION' AND a.time_period <> b.time_period AND a.period_start >= b.period_start
          AND a.period_end <= b.period_end AND a.obs_value > b.obs_value
          AND NOT coalesce(b.obs_lower = b.obs_value AND b.obs_upper IS NULL, FALSE)),
      pairs AS (
        SELECT * FROM reviewed UNION ALL
        SELECT f.* FROM (FROM cells UNION ALL FROM parts) f ANTI JOIN reviewed r
          ON (f.a_key, f.b_key) = (r.a_key, r.b_key) OR (f.a_key, f.b_key) = (r.b_key, r.a_key))
      SELECT left(a.ref_area, 2) AS country, kind_of AS discrepancy_kind, a.ref_area, a.sex, a.obs_key AS a_obs_key,
        a.indicator AS a_indicator, a.time_period AS a_time_period, a.obs_value AS a_value, b.obs_key AS b_obs_key,
        b.indicator AS b_indicator, b.time_period AS b_time_period, b.obs_value AS b_value,
        b.obs_value - a.obs_value AS difference
      FROM pairs JOIN observations a ON a.obs_key = a_key JOIN observations b ON b.obs_key = b_key ORDER BY ALL""",
}
#: Steps on the way, no tables of a release.
BETWEEN = ("broken", "ranked")
#: Tables of which every row is judged by every rule.
JUDGED = ("observations", "observation_history", "best_observations")
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


def small_tables(con: duckdb.DuckDBPyConnection, data: Path, project: Path) -> None:
    """What is there beside the staged rows: code lists, acts, precedence, reviewed pairs, the time of the release."""
    contract, latest = load_contract(), data / "latest"
    laws, datasets = load_register("legal_framework"), load_datasets(project / "sources" / "datasets")
    for name in ("areas", "indicators", "datasets", "sources"):
        con.execute(f"CREATE TABLE {name} AS FROM '{latest}/{name}/{name}.parquet'")
    con.execute(
        f"CREATE TABLE made AS SELECT release, published_at FROM '{latest}/releases/releases.parquet'"
    )
    con.execute(
        f"""CREATE TABLE reviewed AS SELECT a_obs_key AS a_key, b_obs_key AS b_key, discrepancy_kind AS kind_of
        FROM '{latest}/discrepancies/discrepancies.parquet' WHERE declared"""
    )
    con.execute(
        "CREATE TABLE acts(act VARCHAR, area VARCHAR, indicator VARCHAR, day DATE, of_regions BOOLEAN)"
    )
    insert_rows(con, "acts", [list(astuple(act)) for act in breaks.acts(laws, contract.areas)])
    con.execute("CREATE TABLE declared(dataset_id VARCHAR, precedence INTEGER, superseded_by VARCHAR)")
    insert_rows(con, "declared", [[d.id, d.precedence, d.superseded_by] for d in datasets.values()])
    con.execute("CREATE TABLE bases(indicator VARCHAR, country VARCHAR, base VARCHAR)")
    bases = [[i.code, c, i.rate_base(c)] for i in contract.indicators.values() for c in COUNTRIES]
    insert_rows(con, "bases", [base for base in bases if base[2] != "none"])
    create_tables(contract, {name: dataset.country for name, dataset in datasets.items()}, con)


def by_hand(data: Path, project: Path, folder: Path) -> Measured:
    """The large tables of a release from the staged rows: Parquet files, a DuckDB file, checks and checksums.

    Gives the seconds of the clock and of the processors that this takes, the small tables being there; with every rule,
    too (``with_rules``).
    """
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        # As the release: a file that DuckDB 1.1 opens.
        con.execute(f"ATTACH '{folder}/hand.duckdb' AS hand (STORAGE_VERSION '{STORAGE_VERSION}'); USE hand")
        con.execute(
            f"CREATE VIEW staged AS FROM read_parquet('{data}/staging/datasets/*/*/observations.parquet')"
        )
        small_tables(con, data, project)
        started, before = time.perf_counter(), processor_seconds()
        for macro in MACROS:
            con.execute(f"CREATE MACRO {macro}")
        for name, query in TABLES.items():
            con.execute(f"CREATE TABLE {name} AS {query}")
            if name not in BETWEEN:
                con.execute(f"COPY {name} TO '{folder}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
        for name in ("observations", "observation_history", "best_observations"):
            wrong = [f"count(*) FILTER ({column} IS NULL)" for column in CHECKED]
            wrong += ["count(*) - count(DISTINCT obs_key)", "count(*) FILTER (period_end < period_start)"]
            found = con.execute(f"SELECT {', '.join(wrong)} FROM {name}").fetchall()[0]
            assert not any(found), (name, found)
            for column, codes in CODED.items():
                key = {"areas": "code", "indicators": "code"}.get(codes, column)
                lost = f"SELECT count(*) FROM {name} ANTI JOIN {codes} c ON c.{key} = {name}.{column}"
                assert con.execute(f"{lost} WHERE {column} IS NOT NULL").fetchall() == [(0,)], (name, column)
        begun, used = time.perf_counter(), processor_seconds()
        judge(con)
        rules = time.perf_counter() - begun, processor_seconds() - used
    for path in sorted(folder.iterdir()):
        subprocess.run(["sha256sum", path], check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - started, processor_seconds() - before
    return {
        "seconds": taken[0] - rules[0],
        "cpu": taken[1] - rules[1],
        "seconds with rules": taken[0],
        "cpu with rules": taken[1],
    }


def judge(con: duckdb.DuckDBPyConnection) -> None:
    """Every rule of the contract on each row of the large tables, and the rules across them; critical ones hold."""
    contract = load_contract()
    for name in JUDGED:
        table = contract.tables[name]
        rules = [check for check in checks.derive(contract, table) if check.violated]
        counts = ", ".join(f"count(*) FILTER ({check.violated})" for check in rules)
        relation = checks.with_derived(table, name) if table.derived else f"FROM {name}"
        found = con.execute(f"SELECT {counts} FROM ({relation})").fetchall()[0]
        broken = [
            check.id
            for check, count in zip(rules, found, strict=True)
            if count and check.severity == "critical"
        ]
        assert not broken, (name, broken)
    for rule in contract.rules:
        if rule.query and set(rule.tables) <= {*JUDGED, "rates"}:
            rows = con.execute(rule.query).fetchall()
            assert not rows or rule.severity != "critical", (rule.id, rows[:3])


def processor_seconds() -> float:
    """Of this process and its children until now."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))
