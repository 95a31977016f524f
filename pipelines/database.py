"""Reading what is published: the DuckDB file, the codebook in the terminal, differences between releases."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import NothingThereError, UserError
from pipelines.publish import DATABASE

_LISTS = {
    "indicators": "SELECT code, family, counting_unit, scope, label_en, label_ru FROM indicators",
    "areas": "SELECT code, level, name_en, name_ru, name_national, national_code FROM areas",
    "sources": "SELECT source_id, publisher, stated_by, published, address FROM sources",
    "datasets": "SELECT dataset_id, country, state, rows, licence, cadence, title_en FROM datasets",
    "releases": "SELECT release, published_at, rows, added, revised, withdrawn FROM releases",
}


def connect(data_dir: Path) -> duckdb.DuckDBPyConnection:
    """The latest release, read-only, shut off from files and the network."""
    path = data_dir / DATABASE
    if not path.exists():
        raise NothingThereError(
            f"There is no release in {data_dir}. Run `dvstats refresh` first, or give --data-dir."
        )
    con = duckdb.connect(str(path.resolve()), read_only=True)
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def query(data_dir: Path, sql: str) -> pa.Table:
    """Answer of one read-only statement."""
    con = connect(data_dir)
    try:
        relation = con.sql(sql)
        if relation is None:
            raise UserError(
                "That statement gives no rows. Only questions are answered here: SELECT, DESCRIBE, SHOW."
            )
        return relation.to_arrow_table()
    except duckdb.Error as error:
        raise UserError(_plain(str(error))) from error
    finally:
        con.close()


def _plain(message: str) -> str:
    first = " ".join(message.split("\n\n")[0].split())
    if "read-only" in message or "disabled by configuration" in message:
        return f"{first} The published database answers questions only; to write a file use --output."
    return f'{first} `dvstats query "SHOW TABLES"` lists tables and views; `DESCRIBE <table>` its columns.'


def listing(data_dir: Path, what: str) -> pa.Table:
    """One list of the codebook."""
    return query(data_dir, f"{_LISTS[what]} ORDER BY 1")


def show(data_dir: Path, code: str) -> dict[str, Any]:
    """What the codebook says of one code, whatever kind of code it is."""
    if code == "coverage":
        return {"kind": "coverage", "rows": query(data_dir, "SELECT * FROM coverage").to_pylist()}
    con = connect(data_dir)
    try:
        # Table and column names come from this list alone.
        for kind, key in (
            ("indicators", "code"), ("areas", "code"), ("datasets", "dataset_id"), ("sources", "source_id"),
            ("legal_framework", "law_id"), ("response_services", "service_id"), ("discrepancies", "discrepancy_id"),
            ("codes", "code"),
        ):  # fmt: skip
            found = con.sql(
                f"SELECT * FROM {kind} WHERE lower({key}) = lower(?)",
                params=[code],
            ).to_arrow_table()
            if found.num_rows:
                return {"kind": kind, "rows": found.to_pylist(), **_published(con, kind, code)}
    finally:
        con.close()
    raise UserError(
        f"No indicator, area, dataset, source, act, service or code is called {code}. Try `dvstats list`."
    )


def _published(con: duckdb.DuckDBPyConnection, kind: str, code: str) -> dict[str, Any]:
    column = {
        "indicators": "indicator",
        "areas": "ref_area",
        "datasets": "dataset_id",
        "sources": "source_id",
    }.get(kind)
    if column is None:
        return {}
    found = con.sql(
        f"""SELECT left(ref_area, 2) AS country, count(*) AS observations, min(year(period_start)) AS first_year,
          max(year(period_end)) AS last_year
        FROM observations WHERE lower({column}) = lower(?) GROUP BY ALL ORDER BY ALL""",
        params=[code],
    ).to_arrow_table()
    return {"published": found.to_pylist()}


def release_folder(data_dir: Path, release: str | None) -> Path:
    """Folder of a release; the latest where none is named."""
    folder = data_dir / "releases" / release if release else (data_dir / "latest").resolve()
    if not (folder / "manifest.json").is_file():
        there = ", ".join(sorted(p.name for p in (data_dir / "releases").glob("2*"))) or "none"
        raise NothingThereError(f"No release {release or ''} in {data_dir}. Releases there: {there}.")
    return folder


def diff(data_dir: Path, release: str, other: str | None) -> list[dict[str, Any]]:
    """Rows that differ between two releases, by the history of the later one."""
    first, second = release_folder(data_dir, release), release_folder(data_dir, other)
    if first.name > second.name:
        first, second = second, first
    tables = [pq.read_table(folder / "observations" / "observations.parquet") for folder in (first, second)]
    con = duckdb.connect()
    con.register("a", tables[0])
    con.register("b", tables[1])
    query_text = """
        SELECT CASE WHEN a.obs_key IS NULL THEN 'added' WHEN b.obs_key IS NULL THEN 'withdrawn'
                    WHEN a.obs_value IS DISTINCT FROM b.obs_value THEN 'revised' ELSE 'reflagged' END AS change,
          coalesce(b.indicator, a.indicator) AS indicator, coalesce(b.ref_area, a.ref_area) AS ref_area,
          coalesce(b.time_period, a.time_period) AS time_period, coalesce(b.sex, a.sex) AS sex,
          coalesce(b.age, a.age) AS age, coalesce(b.breakdown, a.breakdown) AS breakdown,
          a.obs_value AS old_value, b.obs_value AS new_value, b.obs_value - a.obs_value AS difference,
          CASE WHEN a.obs_value <> 0 THEN (b.obs_value - a.obs_value) / a.obs_value END AS relative_difference,
          a.obs_status AS old_status, b.obs_status AS new_status,
          coalesce(b.dataset_id, a.dataset_id) AS dataset_id, obs_key
        FROM a FULL JOIN b USING (obs_key)
        WHERE a.obs_key IS NULL OR b.obs_key IS NULL
          OR (a.obs_value, a.obs_status, a.obs_lower, a.obs_upper, a.note, a.source_id)
             IS DISTINCT FROM (b.obs_value, b.obs_status, b.obs_lower, b.obs_upper, b.note, b.source_id)
        ORDER BY ALL"""
    rows: list[dict[str, Any]] = con.sql(query_text).to_arrow_table().to_pylist()
    return rows


def release_names(data_dir: Path) -> list[str]:
    """Names of the releases on disk, oldest first."""
    folder = data_dir / "releases"
    return (
        sorted(p.name for p in folder.iterdir() if (p / "manifest.json").is_file()) if folder.is_dir() else []
    )
