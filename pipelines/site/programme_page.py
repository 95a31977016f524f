"""The page of programmes for aggressors: what their returns say, what is published elsewhere, what studies find.

Returns and comparators are in one table only where both have the same figures: cohorts, always with both completion
rates. Repeat offences are one row a window, source, base and clock. Findings of studies are rows, never a verdict.
Not here: what countries publish on programmes (the page of that topic, ``pages``), the views (``database_views.yaml``).
Called by ``pages``.
"""

from collections.abc import Sequence
from typing import Any

from data_contracts.model import Lang
from pipelines.site.html import Page, texts
from pipelines.site.load_release import Release, Row

#: what the federal association of Germany counts, in the order in which a reader asks
GERMAN = (
    "PROGRAMME_FACILITIES",
    "PROGRAMME_FACILITIES_REPORTING_SHARE",
    "PROGRAMME_CONTACTS",
    "PROGRAMME_ENROLLED",
    "PROGRAMME_COMPLETED_OR_RUNNING_SHARE",
    "PROGRAMME_DROPPED_OUT_SHARE",
)


def programme_page(release: Release, lang: Lang) -> Page:
    """The page in one language; without returns it says so, and what is published elsewhere is there."""
    t = texts()[lang]
    programmes = {row["programme_id"]: row for row in release.tables["programmes"]}
    cohorts = release.tables["attrition"]
    context: dict[str, Any] = {
        "programmes": programmes,
        "reporting": release.tables["reporting"],
        "cohorts": [row for row in cohorts if not row["comparator"]],
        "elsewhere": [row for row in cohorts if row["comparator"]],
        "reach": release.tables["partner_reach"],
        "reoffences": release.tables["reoffence_windows"],
        "german": _german(release.tables["programme_comparators"]),
        "evidence": release.tables["programme_evidence"],
    }
    quarters = {row["return_period"] for row in release.tables["reporting"]}
    said = t["message_programmes"] if programmes else t["message_programmes_none"]
    message = said.format(count=len(programmes), last=max(quarters, default=""))
    return Page("programmes", "programmes", t["title_programmes"], message, context)


def _german(rows: Sequence[Row]) -> list[Row]:
    """Figures of the federal association on the whole, in the order of ``GERMAN``, the newest first."""
    mine = [
        row for row in rows if row["country"] == "DE" and row["measured"] in GERMAN and row["site"] == "_T"
    ]
    mine = [row for row in mine if row["figure"] is not None and row["ref_area"] == "DE"]
    newest = sorted(mine, key=lambda row: row["time_period"], reverse=True)
    return sorted(newest, key=lambda row: GERMAN.index(row["measured"]))
