"""The latest release as Python values: figures, laws, services, gaps, labels, loaded once for all pages.

Reads ``dvstats.duckdb`` through ``pipelines.published.query``. Nothing is worked out here beyond joining an observation
with its caution. Not here: which figures form a series (``series``), words (``words``).

>>> release = load_release(Path("data"))
>>> release.by_indicator["PROTECTION_ORDERS"][0].ref_area
'KG'

Called by ``build``, whose pages all take their values from it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from data_contracts.model import Lang
from data_contracts.vocabulary import COMPARATORS, DIMENSIONS, TOTAL
from pipelines.published.dataset_notices import Notice, dataset_notices
from pipelines.published.query import connect, dicts

Row = dict[str, Any]
PART_OF_YEAR = "COVERAGE=PART_OF_YEAR"


@dataclass(frozen=True)
class Figure:
    """One published observation; columns as in the table ``observations``.

    ``best``: it is the one to show of its cell. ``whole_year``: it covers one calendar year and may be in a yearly
    series. ``disputed``: as in the view ``figures``, None for figures that are not the best.
    """

    obs_key: str
    ref_area: str
    indicator: str
    sex: str
    age: str
    violence_form: str
    relationship: str
    breakdown: str
    freq: str
    time_period: str
    period_start: dt.date
    period_end: dt.date
    obs_value: float | None
    obs_lower: float | None
    obs_upper: float | None
    nature: str
    unit_measure: str
    obs_status: str
    dataset_id: str
    source_id: str
    published_value: str | None
    note: str | None
    note_ru: str | None
    raw_locator: str
    best: bool
    whole_year: bool
    bounds: str | None
    disputed: str | None

    @property
    def country(self) -> str:
        """Country of the area."""
        return self.ref_area[:2]

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Its code of each of ``DIMENSIONS``."""
        return tuple(getattr(self, name) for name in DIMENSIONS)

    @property
    def detailed(self) -> bool:
        """Whether it is one of many by article of law, reason, or sex and age and relationship: left to the files."""
        return self.breakdown not in (TOTAL, PART_OF_YEAR) or self.narrowness > 2

    @cached_property
    def narrowness(self) -> int:
        """How many dimensions narrow it; a part of the year is a span, no part of the persons."""
        return sum(value not in (TOTAL, PART_OF_YEAR) for value in self.dimensions)


# A figure that is not the best of its cell has no row in the view: its span is worked out as the view does.
_FIGURES = f"""
    SELECT o.*, b.obs_key IS NOT NULL AS best,
      o.freq = 'A' AND NOT contains(o.breakdown, '{PART_OF_YEAR}') AS whole_year,
      CASE WHEN o.obs_lower IS NOT NULL AND o.obs_upper IS NOT NULL THEN 'interval'
           WHEN o.obs_lower IS NOT NULL THEN 'more than' WHEN o.obs_upper IS NOT NULL THEN 'less than' END AS bounds,
      f.disputed
    FROM observations o
    LEFT JOIN best_observations b ON b.obs_key = o.obs_key LEFT JOIN figures f ON f.obs_key = o.obs_key
    ORDER BY o.ref_area, o.indicator, o.period_end, o.period_start, o.sex, o.age, o.violence_form, o.relationship,
      o.breakdown, o.nature, o.unit_measure, o.obs_key"""
_TABLES = {
    "indicators": "SELECT * FROM indicators ORDER BY family, code",
    "areas": "SELECT * FROM areas ORDER BY code",
    "sources": "SELECT * FROM sources ORDER BY source_id",
    "datasets": "SELECT * FROM datasets ORDER BY dataset_id",
    "codes": "SELECT * FROM codes ORDER BY codelist, code",
    "laws": "SELECT * FROM legal_framework ORDER BY country, coalesce(in_force, adopted) NULLS LAST, law_id",
    "scorecard": "SELECT * FROM scorecard ORDER BY framework, item, country, year",
    "scores": "SELECT * FROM scores ORDER BY framework, country, year",
    "breaks": "SELECT * FROM series_breaks WHERE break_day IS NOT NULL ORDER BY ALL",
    "services": "SELECT * FROM response_services ORDER BY country, kind, service_id",
    "coverage": "SELECT * FROM coverage ORDER BY country, framework, requirement, year",
    "gaps": "SELECT * FROM not_published ORDER BY country, framework, requirement",
    "comparability": "SELECT * FROM comparability ORDER BY ALL",
    "discrepancies": "SELECT * FROM discrepancies ORDER BY country, a_indicator, a_time_period, discrepancy_id",
    "cascade": "SELECT * FROM response_cascade ORDER BY country, year, step",
    "rates": "SELECT * FROM best_rates ORDER BY ALL",
    "releases": "SELECT * FROM releases ORDER BY release",
    "revisions": "SELECT * FROM revisions ORDER BY ALL",
    "programmes": "SELECT * FROM programmes WHERE programme_state <> 'withdrawn' ORDER BY country, programme_id",
    "reporting": "SELECT * FROM programme_reporting",
    "attrition": "SELECT * FROM programme_attrition",
    "partner_reach": "SELECT * FROM programme_partner_reach",
    "reoffence_windows": "SELECT * FROM programme_reoffences",
    "programme_comparators": "SELECT * FROM programme_comparators",
    "programme_evidence": "SELECT * FROM programme_evidence ORDER BY evidence_design, evidence_id",
    "bodies": """SELECT country, indicator, min(publisher_en) AS publisher_en, min(publisher_ru) AS publisher_ru FROM (
          SELECT country, unnest(string_split(answered_by, ';')) AS indicator, publisher_en, publisher_ru FROM coverage
          WHERE answered_by IS NOT NULL
          UNION ALL SELECT country, indicator, publisher_en, publisher_ru FROM response_cascade)
        GROUP BY ALL ORDER BY ALL""",
}


@dataclass(frozen=True)
class Release:
    """Everything that pages are made of."""

    #: every observation, the best and the others, in the order of ``_FIGURES``
    figures: Sequence[Figure]
    #: rows of the queries of ``_TABLES`` by their names
    tables: Mapping[str, Sequence[Row]]
    #: datasets that are stale, held or failed, by id
    notices: Mapping[str, Notice] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the release, its UTC time."""
        return str(self.tables["releases"][-1]["release"])

    @property
    def published_at(self) -> dt.datetime:
        """When it was published."""
        moment: dt.datetime = self.tables["releases"][-1]["published_at"]
        return moment

    @cached_property
    def by_indicator(self) -> Mapping[str, list[Figure]]:
        """Figures of each indicator, not only the best."""
        found: dict[str, list[Figure]] = defaultdict(list)
        for figure in self.figures:
            found[figure.indicator].append(figure)
        return found

    @cached_property
    def publishing(self) -> Mapping[str, frozenset[str]]:
        """Countries with a value of each indicator, of the whole country or of a region."""
        return {
            code: frozenset(f.country for f in self.by_indicator.get(code, ()) if f.obs_value is not None)
            for code in self.indicators
        }

    @cached_property
    def by_area(self) -> Mapping[str, list[Figure]]:
        """The best figures of each area."""
        found: dict[str, list[Figure]] = defaultdict(list)
        for figure in self.figures:
            if figure.best:
                found[figure.ref_area].append(figure)
        return found

    @cached_property
    def by_key(self) -> Mapping[str, Figure]:
        """Figures by obs_key."""
        return {figure.obs_key: figure for figure in self.figures}

    @cached_property
    def by_region(self) -> Mapping[str, list[Figure]]:
        """Figures of each area below a country, not only the best."""
        found: dict[str, list[Figure]] = defaultdict(list)
        for figure in self.figures:
            if "-" in figure.ref_area:
                found[figure.ref_area].append(figure)
        return found

    @cached_property
    def indicators(self) -> Mapping[str, Row]:
        """Indicators by code."""
        return {row["code"]: row for row in self.tables["indicators"]}

    @cached_property
    def areas(self) -> Mapping[str, Row]:
        """Areas by code."""
        return {row["code"]: row for row in self.tables["areas"]}

    @cached_property
    def sources(self) -> Mapping[str, Row]:
        """Sources by id."""
        return {row["source_id"]: row for row in self.tables["sources"]}

    @cached_property
    def datasets(self) -> Mapping[str, Row]:
        """Datasets by id."""
        return {row["dataset_id"]: row for row in self.tables["datasets"]}

    @cached_property
    def _labels(self) -> Mapping[tuple[str, str], Row]:
        return {(row["codelist"], row["code"]): row for row in self.tables["codes"]}

    @cached_property
    def laws(self) -> Mapping[str, Row]:
        """Acts and practices by id."""
        return {row["law_id"]: row for row in self.tables["laws"]}

    @cached_property
    def bodies(self) -> Mapping[tuple[str, str], Row]:
        """Who would publish an indicator that is asked for, by country and indicator."""
        return {(row["country"], row["indicator"]): row for row in self.tables["bodies"]}

    @cached_property
    def first_ends(self) -> Mapping[tuple[str, str], dt.date]:
        """End of the earliest period of each indicator in each country."""
        found: dict[tuple[str, str], dt.date] = {}
        for figure in self.figures:
            key = (figure.country, figure.indicator)
            if figure.best and figure.obs_value is not None:
                found[key] = min(found.get(key, figure.period_end), figure.period_end)
        return found

    def label(self, codelist: str, code: str, lang: Lang) -> str:
        """Label of a code in a language; the code itself where the list does not have it."""
        row = self._labels.get((codelist, code))
        return str(row[f"label_{lang}"]) if row else code

    def meaning(self, codelist: str, code: str, lang: Lang) -> str:
        """Description of a code in a language."""
        row = self._labels.get((codelist, code))
        return str(row[f"description_{lang}"] or "") if row else ""

    def area(self, code: str, lang: Lang) -> str:
        """Name of an area in a language."""
        return str(self.areas[code][f"name_{lang}"])

    def indicator(self, code: str, lang: Lang) -> str:
        """Label of an indicator in a language."""
        row = self.indicators.get(code)
        return str(row[f"label_{lang}"]) if row else code

    @cached_property
    def countries(self) -> Sequence[str]:
        """Countries of the region, then comparators."""
        codes = [row["code"] for row in self.tables["areas"] if row["level"] == "country"]
        return [c for c in codes if c not in COMPARATORS] + [c for c in codes if c in COMPARATORS]

    @property
    def region(self) -> Sequence[str]:
        """Countries of the region, without comparators."""
        return [code for code in self.countries if code not in COMPARATORS]

    @cached_property
    def regions(self) -> Sequence[str]:
        """Areas below a country of which anything is published."""
        return [code for code in sorted(self.by_area) if "-" in code]

    def of_country(self, table: str, country: str) -> list[Row]:
        """Rows of a table with that ``country``."""
        return [row for row in self.tables[table] if row["country"] == country]


def load_release(data_dir: Path) -> Release:
    """The latest release of a data directory."""
    names = [column.name for column in fields(Figure)]
    with connect(data_dir) as con:
        rows = dicts(con, f"SELECT {', '.join(names)} FROM ({_FIGURES})")
        tables = {name: dicts(con, sql) for name, sql in _TABLES.items()}
        notices = dataset_notices(con)
    return Release([Figure(**row) for row in rows], tables, notices)
