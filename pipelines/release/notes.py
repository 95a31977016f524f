"""Notes of a release in English and Russian: what changed, what is stale, what was found, what to mind.

DuckDB counts, this module puts the counts into rows, the words are in ``templates/RELEASE_NOTES.*.md.j2``. A pure
function of the tables of the release. Not here: the feed (``feed``) and the citation (``citation``). Called by
``publish``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.arrow import Rows
from data_contracts.connection import shared_duckdb
from data_contracts.model import Contract, Lang
from data_contracts.rendering import markdown, render
from data_contracts.rows import name_rows
from data_contracts.sql import literal
from data_contracts.vocabulary import TOTAL
from pipelines.published.dataset_notices import dataset_notices
from pipelines.release.citation import TITLE
from pipelines.release.manifest import release_moment

# Longer lists end with a count: the rest is a query on the table `revisions`.
LISTED = 200
_TEMPLATES = Path(__file__).parent / "templates"
_TABLES = (
    "revisions",
    "datasets",
    "findings",
    "discrepancies",
    "releases",
    "quarantine",
    "observations",
    "fetches",
)
_CHANGES = ("added", "revised", "reflagged", "withdrawn", "reopened")
# Columns of a figure that moved, between its period and its dataset; the template heads them.
_VALUES = {
    "revised": ("old", "new", "difference", "relative"),
    "reflagged": ("new", "status"),
    "withdrawn": ("old",),
    "reopened": ("new",),
}


def release_notes(contract: Contract, tables: Mapping[str, Rows], release: str, lang: Lang) -> str:
    """Notes of one release as Markdown."""
    with shared_duckdb() as con:
        for name in _TABLES:
            name_rows(con, name, tables[name])
        # No table: a first release adds each of its observations.
        con.execute(f"CREATE TEMP VIEW mine AS SELECT * FROM revisions WHERE release = {literal(release)}")
        facts = _Facts(contract, con, release, lang)
        given = {**_head(facts), **_changes(facts), **_datasets(facts), **_discrepancies(facts)}
    return render(_TEMPLATES, f"RELEASE_NOTES.{lang}.md.j2", **given)


@dataclass(frozen=True)
class _Facts:
    """A release in one language, ready to be counted."""

    contract: Contract
    con: duckdb.DuckDBPyConnection
    release: str
    lang: Lang

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a short answer."""
        return self.con.execute(sql).fetchall()

    def label(self, codelist: str, code: str) -> str:
        """Label of a code; the code itself where the list no longer has it."""
        known = self.contract.codelists[codelist].get(code)
        return str(getattr(known.label, self.lang)) if known else code


def _head(facts: _Facts) -> dict[str, Any]:
    found = facts.con.execute(
        "SELECT any_value(published_at), any_value(rows) FROM releases WHERE release = ?", [facts.release]
    ).fetchall()
    at, rows = found[0]
    at = at or release_moment(facts.release)
    rows = facts.rows("SELECT count(*) FROM observations")[0][0] if rows is None else rows
    return {
        "title": getattr(TITLE, facts.lang),
        "release": facts.release,
        "published": f"{at:%Y-%m-%d %H:%M}",
        "observations": f"{rows:,}".replace(",", " "),
        "contract_version": facts.contract.version,
    }


def _changes(facts: _Facts) -> dict[str, Any]:
    counted = dict(facts.rows("SELECT change, count(*) FROM mine GROUP BY change"))
    changes = [(facts.label("revision_kind", change), counted.get(change, 0)) for change in _CHANGES]
    moved = {change: _moved(facts, change) for change in _VALUES}
    return {"changes": changes, "added": _added(facts), **moved}


def _added(facts: _Facts) -> list[tuple[Any, ...]]:
    found = facts.rows(
        """SELECT split_part(ref_area, '-', 1) AS country, indicator, count(*),
          min(left(time_period, 4)), max(left(time_period, 4))
        FROM mine WHERE change = 'added' GROUP BY ALL ORDER BY ALL"""
    )
    return [
        (
            facts.label("area", country),
            facts.label("indicator", indicator),
            count,
            first if first == last else f"{first}–{last}",
        )
        for country, indicator, count, first, last in found
    ]


def _moved(facts: _Facts, change: str) -> dict[str, Any]:
    """Every single figure that moved: somebody may already have quoted it."""
    found = facts.con.execute(
        """SELECT ref_area, indicator, sex, age, breakdown, time_period, old_value, new_value, difference,
          relative_difference, old_status, new_status, dataset_id
        FROM mine WHERE change = ?
        ORDER BY ref_area, indicator, time_period, sex, age, breakdown, obs_key""",
        [change],
    ).fetchall()
    rows = [_moved_row(facts, row, change) for row in found[:LISTED]]
    return {"change": change, "rows": rows, "more": max(0, len(found) - LISTED)}


def _moved_row(facts: _Facts, row: tuple[Any, ...], change: str) -> list[str]:
    area, indicator, sex, age, breakdown, period, old, new, difference, relative, was, now, dataset = row
    detail = [facts.label("sex", sex) if sex != TOTAL else "", age if age != TOTAL else ""]
    detail += [facts.label("breakdown", part) for part in breakdown.split(";") if part != TOTAL]
    values = {
        "old": _number(old),
        "new": _number(new),
        "difference": _number(difference, sign=True),
        "relative": "" if relative is None else f"{relative:+.1%}",
        "status": f"{was or ''} → {now or ''}",
    }
    return [
        facts.label("area", area),
        facts.label("indicator", indicator),
        ", ".join(filter(None, detail)),
        period,
        *(values[name] for name in _VALUES[change]),
        f"`{dataset}`",
    ]


def _datasets(facts: _Facts) -> dict[str, Any]:
    """Datasets in trouble, findings and refusals; reasons quote publishers' files, so they are escaped."""
    reason = f"reason_{facts.lang}"
    findings = facts.rows(
        f"""SELECT dataset_id, severity, {reason}, count(*) FROM findings
        GROUP BY ALL ORDER BY dataset_id, severity, {reason}"""
    )
    return {
        "datasets": [
            (
                f"`{notice.dataset_id}`",
                facts.label("dataset_state", notice.state),
                str(notice.last_good or ""),
                markdown(getattr(notice.why, facts.lang)),
            )
            for notice in dataset_notices(facts.con).values()
        ],
        "findings": [
            (f"`{dataset}`", facts.label("severity", severity), markdown(why), count)
            for dataset, severity, why, count in findings
        ],
        "refused": facts.rows("SELECT count(*) FROM quarantine")[0][0],
    }


def _discrepancies(facts: _Facts) -> dict[str, Any]:
    found = facts.rows(
        """SELECT country, discrepancy_kind, count(*), count(explanation_en) FROM discrepancies
        GROUP BY ALL ORDER BY country, discrepancy_kind"""
    )
    strict = facts.rows(
        "SELECT DISTINCT licence FROM datasets WHERE NOT open_licence AND rows > 0 ORDER BY licence"
    )
    return {
        "discrepancies": [
            (facts.label("area", country), facts.label("discrepancy_kind", kind), count)
            for country, kind, count, _ in found
        ],
        "discrepancies_found": sum(row[2] for row in found),
        "discrepancies_explained": sum(row[3] for row in found),
        "cautions": [getattr(text, facts.lang) for text in facts.contract.warnings.values()],
        "strict_licences": [row[0] for row in strict],
    }


def _number(value: float | None, *, sign: bool = False) -> str:
    """A figure in full; from 10 000 on its digits are grouped by spaces."""
    if value is None:
        return ""
    text = f"{value:+.12g}" if sign else f"{value:.12g}"
    whole, point, rest = text.partition(".")
    if abs(value) >= 10_000 and "e" not in text:
        whole = f"{int(whole):{'+' if sign else ''},}".replace(",", " ")
    return f"{whole}{point}{rest}"
