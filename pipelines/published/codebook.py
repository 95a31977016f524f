"""The codebook of the published database: lists, and what is known of one code."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.errors import UserError
from pipelines.published.query import connect, query

_LISTS = {
    "indicators": "SELECT code, family, counting_unit, scope, label_en, label_ru FROM indicators",
    "areas": "SELECT code, level, name_en, name_ru, name_national, national_code FROM areas",
    "sources": "SELECT source_id, publisher, stated_by, published, address FROM sources",
    "datasets": "SELECT dataset_id, country, state, rows, licence, cadence, title_en FROM datasets",
    "releases": "SELECT release, published_at, rows, added, revised, withdrawn FROM releases",
}


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
