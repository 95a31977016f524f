"""What the declared minimum set asks for against what is published: gaps as a finding.

A requirement of ``data_contracts/coverage.csv`` names its indicators and what must be distinguished (``needs``). Not
here: which figures meet a requirement (``requirements``) and the verdicts on frameworks (``scorecard``).

Called by ``pipelines.requirement_tables``.
"""

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import arrow_schema
from data_contracts.model import Contract
from data_contracts.strict_files import Row
from data_contracts.vocabulary import COUNTRIES
from transforms.derive.requirement_figures import FIRST_YEAR
from transforms.derive.requirements import Fact, Figures


def coverage(
    contract: Contract,
    figures: Figures,
    countries: Collection[str] = COUNTRIES,
    last: pa.Table | None = None,
) -> pa.Table:
    """One row a requirement, country and year: published, partial (a need is not met) or not published.

    ``countries``: those of the figures; the rows of the others are those of the table ``last``.
    """
    table = contract.tables["coverage"]
    rows = []
    for row in contract.coverage:
        found = facts(figures, row)
        for country in countries:
            for year in range(FIRST_YEAR, figures.last_year + 1):
                rows.append(_requirement(row, country, year, found.get((country, year))))
    made = pa.Table.from_pylist(rows, schema=arrow_schema(contract, table))
    if last is not None:
        made = pa.concat_tables([made, of_others(last, countries).cast(made.schema)])
    return made.sort_by([(name, "ascending") for name in table.order])


def of_others(last: pa.Table, countries: Collection[str]) -> pa.Table:
    """The rows of a table that are of none of some countries."""
    return last.filter(pc.invert(pc.is_in(last["country"], pa.array(sorted(countries), pa.string()))))


def facts(figures: Figures, row: Row) -> dict[tuple[str, int], Fact]:
    """Per country and year what answers a row of ``coverage.csv``."""
    return figures.facts(row["indicators"], parts(row["needs"]))


def missing(fact: Fact) -> list[str]:
    """Needs that no figure of the country and year meets; ``reliable`` where no figure is above doubt; and what keeps
    the figures that there are from answering (``Fact.limits``).
    """
    return list(dict.fromkeys([*fact.unmet, *([] if fact.reliable else ["reliable"]), *fact.limits]))


def body(row: Row, country: str) -> tuple[str | None, str | None]:
    """The body that publishes or would publish a requirement, in English and Russian."""
    english, _, russian = row[f"body_{country.lower()}"].partition(" | ")
    return english or None, russian or english or None


def parts(text: str) -> list[str]:
    """The parts of a cell that are joined by ``;``."""
    return [part for part in text.split(";") if part]


def _requirement(row: Row, country: str, year: int, fact: Fact | None) -> dict[str, Any]:
    absent = missing(fact) if fact else []
    english, russian = body(row, country)
    return {
        "requirement": row["requirement"],
        "framework": row["framework"],
        "title_en": row["title_en"],
        "title_ru": row["title_ru"],
        "country": country,
        "year": year,
        "coverage_status": "not_published" if not fact else "partial" if absent else "published",
        "indicator": fact.indicator if fact else None,
        "answered_by": ";".join(part.partition("/")[0] for part in parts(row["indicators"])) or None,
        "observations": fact.observations if fact else 0,
        "missing": ";".join(absent) or None,
        "total_only": bool(fact and fact.total_only),
        "evidence": ";".join(fact.evidence) if fact else None,
        "publisher_en": english,
        "publisher_ru": russian,
    }
