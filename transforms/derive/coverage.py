"""What the declared minimum set asks for against what is published: gaps as a finding, and comparability."""

from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from data_contracts.strict_files import Row
from data_contracts.vocabulary import COUNTRIES

FIRST_YEAR = 2015
_NEEDS = {
    "sex": "sex <> '_T'", "age": "age <> '_T'", "relationship": "relationship <> '_T'",
    "violence_form": "violence_form <> '_T'", "region": "length(ref_area) > 2", "total": "TRUE",
}  # fmt: skip


def coverage(contract: Contract, observations: pa.Table) -> pa.Table:
    """One row a requirement, country and year: published, partial (a dimension is missing) or not published."""
    table = contract.tables["coverage"]
    con = duckdb.connect()
    con.register("observations", observations)
    needs = ", ".join(f"bool_or({sql}) AS has_{name}" for name, sql in _NEEDS.items())
    con.execute(
        f"""CREATE TABLE facts AS
        SELECT country, indicator, CAST(year AS INTEGER) AS year, count(*) AS n, {needs}
        FROM (SELECT *, left(ref_area, 2) AS country, unnest(range(year(period_start), year(period_end) + 1)) AS year
              FROM observations WHERE obs_value IS NOT NULL OR obs_upper IS NOT NULL)
        GROUP BY country, indicator, year"""
    )
    found: dict[tuple[str, str, int], Any] = {}
    names = ["country", "indicator", "year", "n", *_NEEDS]
    for row in con.execute("SELECT * FROM facts").fetchall():
        found[row[:3]] = dict(zip(names, row, strict=True))
    last = max((year for _, _, year in found), default=FIRST_YEAR)
    rows = [
        _requirement(row, country, year, found)
        for row in contract.coverage
        for country in COUNTRIES
        for year in range(FIRST_YEAR, last + 1)
    ]
    made = pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))
    return made.sort_by([(name, "ascending") for name in table.order])


def _requirement(row: Row, country: str, year: int, found: dict[tuple[str, str, int], Any]) -> dict[str, Any]:
    codes = [code for code in row["indicators"].split(";") if code]
    facts = [found[country, code, year] for code in codes if (country, code, year) in found]
    needs = [need for need in row["needs"].split(";") if need]
    unknown = [need for need in needs if need not in _NEEDS]
    if unknown:
        raise row.error(f"unknown need {', '.join(unknown)}")
    missing = [need for need in needs if not any(fact[need] for fact in facts)]
    status = "not_published" if not facts else "partial" if missing else "published"
    english, _, russian = row[f"body_{country.lower()}"].partition(" | ")
    best = max(facts, key=lambda fact: fact["n"]) if facts else None
    return {
        "requirement": row["requirement"], "framework": row["framework"], "title_en": row["title_en"],
        "title_ru": row["title_ru"], "country": country, "year": year, "coverage_status": status,
        "indicator": best["indicator"] if best else None, "observations": sum(fact["n"] for fact in facts),
        "missing": ";".join(missing) or None if facts else None,
        "publisher_en": english or None, "publisher_ru": russian or english or None,
    }  # fmt: skip
