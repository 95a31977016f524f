"""Which indicator may be compared between which two countries, and why not where not.

Also which neighbouring indicators (cases in one country, crimes in another) only look alike: the indicators of one step
of the response chain, and the declared ``neighbours`` of ``data_contracts/cascade.yaml``.

Called by ``pipelines.assets.derived_tables``.
"""

from itertools import combinations, permutations
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.arrow import Rows, arrow_schema
from data_contracts.model import LANGS, Contract, Text
from data_contracts.rows import name_rows
from data_contracts.strict_files import Row
from data_contracts.vocabulary import COUNTRIES


def comparability(contract: Contract, observations: Rows) -> pa.Table:
    """Every indicator and pair of countries, from the declared rows, and neighbouring indicators.

    A pair's own row wins over ``*``.
    """
    table = contract.tables["comparability"]
    con = duckdb.default_connection().cursor()
    name_rows(con, "observations", observations)
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
    rows += _neighbours(contract, published)
    made = pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))
    return made.sort_by([(name, "ascending") for name in table.order])


def _neighbours(contract: Contract, published: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Rows for two different indicators of one group, where each country publishes its own."""
    groups = [list(group) for group in contract.cascade["neighbours"]]
    groups += [[*step["indicator"].values(), *step["beside"]] for step in contract.cascade["steps"]]
    pairs = dict.fromkeys(pair for group in groups for pair in permutations(dict.fromkeys(group), 2))
    rows = []
    for first, second in pairs:
        for a, b in combinations(sorted(COUNTRIES), 2):
            if (first, a) in published and (second, b) in published:
                reasons = [_difference(contract, first, second, a, b, language) for language in LANGS]
                rows.append(
                    {
                        "indicator": first,
                        "country_a": a,
                        "country_b": b,
                        "indicator_b": second,
                        "verdict": "not_comparable",
                        "reason_en": reasons[0],
                        "reason_ru": reasons[1],
                        "source": None,
                    }
                )
    return rows


def _difference(contract: Contract, first: str, second: str, a: str, b: str, language: str) -> str:
    def word(text: Text) -> str:
        return str(getattr(text, language))

    one, other, lists = contract.indicators[first], contract.indicators[second], contract.codelists
    return word(contract.sentences["neighbours_differ"]).format(
        country_a=a,
        a=word(one.label),
        unit_a=word(lists["counting_unit"][one.counting_unit].label),
        scope_a=word(lists["scope"][one.scope].label),
        country_b=b,
        b=word(other.label),
        unit_b=word(lists["counting_unit"][other.counting_unit].label),
        scope_b=word(lists["scope"][other.scope].label),
    )


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
        "indicator": code,
        "country_a": a,
        "country_b": b,
        "indicator_b": code,
        "verdict": verdict,
        "reason_en": reasons[0],
        "reason_ru": reasons[1],
        "source": source,
    }


def _fits(row: Row, a: str, b: str) -> bool:
    sides = (row["country_a"], row["country_b"])
    return any(x in ("*", a) and y in ("*", b) for x, y in (sides, sides[::-1]))


def _specific(row: Row) -> int:
    return sum(row[side] != "*" for side in ("country_a", "country_b"))
