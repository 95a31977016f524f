"""Which indicator may be compared between which two countries, and why not where not."""

from itertools import combinations
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from data_contracts.strict_files import Row
from data_contracts.vocabulary import COUNTRIES


def comparability(contract: Contract, observations: pa.Table) -> pa.Table:
    """Every indicator and pair of countries, from the declared rows; a pair's own row wins over ``*``."""
    table = contract.tables["comparability"]
    con = duckdb.connect()
    con.register("observations", observations)
    published = set(
        con.execute(
            "SELECT DISTINCT indicator, left(ref_area, 2) FROM observations WHERE obs_value IS NOT NULL"
        ).fetchall()
    )
    declared: dict[str, list[Row]] = {}
    for row in contract.comparability:
        declared.setdefault(row["indicator"], []).append(row)
    rows = []
    for code in sorted(contract.indicators):
        for a, b in combinations(sorted(COUNTRIES), 2):
            rows.append(_pair(code, a, b, declared.get(code, []), published))
    return pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))


def _pair(code: str, a: str, b: str, declared: list[Row], published: set[tuple[str, str]]) -> dict[str, Any]:
    chosen = max((row for row in declared if _fits(row, a, b)), key=_specific, default=None)
    absent = [country for country in (a, b) if (code, country) not in published]
    if absent and (chosen is None or _specific(chosen) < 2):
        verdict = "not_comparable"
        names = ", ".join(absent)
        reasons = (f"No figure is published for {names}.", f"Нет опубликованных данных: {names}.")
        source = None
    elif chosen is not None:
        verdict, reasons = chosen["verdict"], (chosen["reason_en"], chosen["reason_ru"])
        source = chosen["source"] or None
    else:
        verdict, source = "care", None
        reasons = (
            "Counted by different registers under different laws; read both definitions first.",
            "Считается по разным учётам и законам; сначала прочтите оба определения.",
        )
    return {
        "indicator": code, "country_a": a, "country_b": b, "verdict": verdict,
        "reason_en": reasons[0], "reason_ru": reasons[1], "source": source,
    }  # fmt: skip


def _fits(row: Row, a: str, b: str) -> bool:
    sides = (row["country_a"], row["country_b"])
    return any(x in ("*", a) and y in ("*", b) for x, y in (sides, sides[::-1]))


def _specific(row: Row) -> int:
    return sum(row[side] != "*" for side in ("country_a", "country_b"))
