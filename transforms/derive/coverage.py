"""What the declared minimum set asks for against what is published: gaps as a finding.

A requirement of ``data_contracts/coverage.csv`` names its indicators and what must be told apart (``needs``), each need
as a condition on one observation. Called by the asset of the derived tables.

Example: "women killed by an intimate partner" needs ``sex=F+relationship=IPTN``: a row about women and a row about four
men killed by their partners do not meet it together, one row must meet both.
"""

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from data_contracts.strict_files import Row
from data_contracts.vocabulary import COUNTRIES

FIRST_YEAR = 2015
# A doubtful figure and one of another definition are published, but meet no need.
_RELIABLE = "obs_status NOT IN ('D', 'U')"
_CONDITIONS = {
    "sex": "sex IN ('F', 'M')",
    "age": "age <> '_T'",
    "child": "coalesce(try_cast(regexp_extract(age, '(?:Y_LT|Y[0-9]+T)([0-9]+)', 1) AS INTEGER), 99) <= 18",
    "relationship": "relationship <> '_T'",
    "violence_form": "violence_form <> '_T'",
    "region": "length(ref_area) > 2",
}
_CODED = ("sex", "age", "relationship", "violence_form")


def coverage(contract: Contract, observations: pa.Table) -> pa.Table:
    """One row a requirement, country and year: published, partial (a need is not met) or not published."""
    table = contract.tables["coverage"]
    con = duckdb.connect()
    con.register("observations", observations)
    con.execute(
        """CREATE TABLE figures AS
        SELECT *, left(ref_area, 2) AS country,
          CAST(unnest(range(year(period_start), year(period_end) + 1)) AS INTEGER) AS year
        FROM observations WHERE obs_value IS NOT NULL OR obs_upper IS NOT NULL"""
    )
    last = con.execute("SELECT coalesce(max(year), ?) FROM figures", [FIRST_YEAR]).fetchall()[0][0]
    rows = []
    for row in contract.coverage:
        found = _facts(con, row)
        for country in COUNTRIES:
            for year in range(FIRST_YEAR, last + 1):
                rows.append(_requirement(row, country, year, found.get((country, year))))
    made = pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))
    return made.sort_by([(name, "ascending") for name in table.order])


def _parts(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


def _facts(con: duckdb.DuckDBPyConnection, row: Row) -> dict[tuple[str, int], dict[str, Any]]:
    """Per country and year: how many observations answer the requirement, and which needs they meet."""
    asked = [_indicator(row, part) for part in _parts(row["indicators"])]
    if not asked:
        return {}
    needs = _parts(row["needs"])
    met = "".join(
        f", bool_or({_RELIABLE} AND {_condition(row, need)}) AS met_{n}" for n, need in enumerate(needs)
    )
    apart = " OR ".join(sorted({_apart(term) for need in needs for term in need.split("+")})) or "TRUE"
    query = f"""SELECT country, year, count(*) AS n, mode(indicator ORDER BY indicator) AS indicator,
          bool_or({_RELIABLE}) AS reliable, bool_or({apart}) AS anything_apart{met}
        FROM figures WHERE {" OR ".join(asked)} GROUP BY country, year"""
    return {
        (country, year): {
            "n": count,
            "indicator": indicator,
            "reliable": reliable,
            "total_only": not anything_apart,
            "unmet": [need for need, is_met in zip(needs, flags, strict=True) if not is_met],
        }
        for country, year, count, indicator, reliable, anything_apart, *flags in con.execute(query).fetchall()
    }


def _indicator(row: Row, part: str) -> str:
    """``CODE``, or ``CODE/need`` where only some of its figures answer: ``DV_VICTIMS/child``."""
    code, _, only = part.partition("/")
    return f"(indicator = '{code}'{f' AND {_condition(row, only)}' if only else ''})"


def _condition(row: Row, need: str) -> str:
    """A need as SQL on one observation; ``+`` joins what one and the same observation must meet."""
    return "(" + " AND ".join(_terms(row, need.split("+"))) + ")"


def _terms(row: Row, terms: Iterable[str]) -> Iterable[str]:
    for term in terms:
        name, _, code = term.partition("=")
        if not code and name in _CONDITIONS:
            yield _CONDITIONS[name]
        elif code and name in _CODED:
            yield f"{name} = '{code}'"
        elif code and name.isupper():
            yield f"list_contains(string_split(breakdown, ';'), '{term}')"
        else:
            raise row.error(f"unknown need {term!r}")


def _apart(term: str) -> str:
    """A figure that tells the dimension of a term apart at all, whatever its code."""
    name = term.partition("=")[0]
    return _CONDITIONS.get(name, f"contains(breakdown, '{name}=')")


def _requirement(row: Row, country: str, year: int, fact: dict[str, Any] | None) -> dict[str, Any]:
    missing = [*fact["unmet"], *([] if fact["reliable"] else ["reliable"])] if fact else []
    status = "not_published" if not fact else "partial" if missing else "published"
    english, _, russian = row[f"body_{country.lower()}"].partition(" | ")
    return {
        "requirement": row["requirement"],
        "framework": row["framework"],
        "title_en": row["title_en"],
        "title_ru": row["title_ru"],
        "country": country,
        "year": year,
        "coverage_status": status,
        "indicator": fact["indicator"] if fact else None,
        "answered_by": ";".join(part.partition("/")[0] for part in _parts(row["indicators"])) or None,
        "observations": fact["n"] if fact else 0,
        "missing": ";".join(missing) or None,
        "total_only": bool(fact and fact["total_only"]),
        "publisher_en": english or None,
        "publisher_ru": russian or english or None,
    }
