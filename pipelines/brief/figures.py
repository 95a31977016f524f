"""What a brief shows, chosen from the latest release by rule: figures, changes, refusals, gaps, programmes, sources.

Everything is data here, in both languages; nothing is worded. Not here: the choice of key figures
(``pipelines.published.key_figures``), the sentences (``blocks``) and the pages (``render``). Called by ``render``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.errors import UserError
from data_contracts.sql import among
from data_contracts.strict_files import no_such
from data_contracts.vocabulary import COUNTRIES_OF_REGION
from pipelines.published import find_areas
from pipelines.published.dataset_notices import Notice, dataset_notices
from pipelines.published.key_figures import Figure, choice, key_figure, national_figures
from pipelines.published.query import connect, dicts

REGION = "region"
# The country whose programmes for aggressors are the model that others are set beside.
MODEL = "DE"
Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """The content of one brief."""

    #: code of a country, or ``region``
    place: str
    #: those that it is about
    countries: tuple[str, ...]
    #: its row of ``releases``
    release: Row
    #: whether it is the first release, of which every figure is new
    first: bool
    #: national figures of the declared indicators, comparators included
    figures: tuple[Figure, ...]
    #: by country the key figure of each topic, in the order of the topics; None where there is none
    keys: dict[str, tuple[Figure | None, ...]]
    #: rows of ``areas`` of countries, by code
    areas: dict[str, Row]
    #: rows of ``codes`` by code list and code
    codes: dict[tuple[str, str], Row]
    #: rows of ``sources`` by id
    sources: dict[str, Row]
    #: datasets that are stale, held or failed, by id
    notices: dict[str, Notice]
    #: rows of the queries of ``_QUERIES``, and of ``revisions`` by country and one by one
    rows: dict[str, list[Row]]


def facts(data_dir: Path, place: str) -> Facts:
    """The facts of a country (code or name) or of the region; :class:`UserError` for any other place."""
    codes = [REGION] if place.strip().lower() == REGION else find_areas.codes_of(place)
    if len(codes) != 1 or codes[0] not in (*COUNTRIES_OF_REGION, REGION):
        said = no_such("brief of", place, (*find_areas.words(COUNTRIES_OF_REGION), REGION))
        raise UserError(f"{said} There are: {', '.join((*COUNTRIES_OF_REGION, REGION))}.")
    code = codes[0]
    countries = COUNTRIES_OF_REGION if code == REGION else (code,)
    with connect(data_dir) as con:
        figures = national_figures(con)
        release, *earlier = dicts(con, "SELECT * FROM releases ORDER BY release DESC")
        return Facts(
            place=code,
            countries=countries,
            release=release,
            first=not earlier,
            figures=tuple(figures),
            keys={
                country: tuple(key_figure(figures, country, topic) for topic in choice().topics)
                for country in countries
            },
            areas={row["code"]: row for row in dicts(con, "SELECT * FROM areas WHERE level = 'country'")},
            codes={(row["codelist"], row["code"]): row for row in dicts(con, "SELECT * FROM codes")},
            sources={row["source_id"]: row for row in dicts(con, "SELECT * FROM sources")},
            notices=dataset_notices(con),
            rows=_rows(con, countries, release["release"]),
        )


def _rows(con: duckdb.DuckDBPyConnection, countries: Sequence[str], release: str) -> dict[str, list[Row]]:
    indicators = [code for topic in choice().topics for code in topic.indicators]
    given = {
        "own": among("country", countries),
        "with_model": among("country", [*countries, MODEL]),
        "pairs": f"{among('country_a', COUNTRIES_OF_REGION)} AND {among('country_b', COUNTRIES_OF_REGION)} "
        f"AND ({among('country_a', countries)} OR {among('country_b', countries)})",
        "keys": among("indicator", indicators),
        "disputed": among("a_indicator", indicators),
        "observed": among("left(ref_area, 2)", countries),
    }
    return {name: dicts(con, sql.format(**given)) for name, sql in _QUERIES.items()} | {
        "revisions": dicts(
            con,
            f"""SELECT left(ref_area, 2) AS country, change, count(*) AS n FROM revisions
            WHERE release = $1 AND {given["observed"]} GROUP BY ALL ORDER BY ALL""",
            [release],
        ),
        "revised": dicts(
            con,
            f"""SELECT obs_key, old_value, new_value FROM revisions
            WHERE release = $1 AND {given["observed"]} AND change = 'revised' ORDER BY obs_key""",
            [release],
        ),
    }


_QUERIES = {
    # Every requirement is in one of three states: published with some of its distinctions, only a total, nothing.
    "requirements": """
      SELECT c.country, c.framework, c.requirement, any_value(c.title_en) AS title_en,
        any_value(c.title_ru) AS title_ru, any_value(c.publisher_en) AS publisher_en,
        any_value(c.publisher_ru) AS publisher_ru, min(c.year) AS since,
        coalesce(any_value(n.found), 'published') AS found
      FROM coverage c LEFT JOIN not_published n
        ON (n.country, n.framework, n.requirement) = (c.country, c.framework, c.requirement)
      WHERE c.{own} GROUP BY c.country, c.framework, c.requirement ORDER BY c.country, c.framework, c.requirement""",
    "observations": """
      SELECT left(ref_area, 2) AS country, count(*) AS n FROM observations WHERE {observed} GROUP BY ALL""",
    "laws": """
      SELECT *, coalesce(in_force, adopted) AS since FROM legal_framework WHERE {own} AND breaks IS NOT NULL
      ORDER BY since DESC NULLS LAST, law_id""",
    "indicators": "SELECT code, label_en, label_ru FROM indicators ORDER BY code",
    # Two sources of one national figure of a key topic, the newest first.
    "disputes": """
      SELECT d.*, a.period_start AS a_start, a.period_end AS a_end, b.period_start AS b_start, b.period_end AS b_end
      FROM discrepancies d JOIN observations a ON a.obs_key = a_obs_key JOIN observations b ON b.obs_key = b_obs_key
      WHERE {own} AND discrepancy_kind = 'conflict' AND length(d.ref_area) = 2 AND {disputed}
      ORDER BY year(greatest(a.period_end, b.period_end)) DESC, discrepancy_id, a_obs_key, b_obs_key""",
    # Verdicts of a person, which name what they rest on; what only follows from different units is left out.
    "refusals": """
      SELECT c.indicator, i.label_en, i.label_ru, reason_en, reason_ru, source AS source_id,
        list_sort(list_distinct(list_concat(list(country_a), list(country_b)))) AS countries
      FROM comparability c JOIN indicators i ON i.code = c.indicator
      WHERE {pairs} AND c.{keys} AND verdict = 'not_comparable' AND indicator = indicator_b AND source IS NOT NULL
      GROUP BY ALL ORDER BY c.indicator, reason_en""",
    "careful": """
      SELECT c.indicator, i.label_en, i.label_ru FROM comparability c JOIN indicators i ON i.code = c.indicator
      WHERE {pairs} AND verdict <> 'not_comparable' AND i.family <> 'context' GROUP BY ALL ORDER BY c.indicator""",
    "programmes": """
      SELECT * FROM response_services WHERE {with_model} AND kind = 'correctional_programme'
      ORDER BY comparator, country, since DESC NULLS LAST, service_id""",
    "absent": """
      SELECT country, indicator, min(publisher_en) AS publisher_en, min(publisher_ru) AS publisher_ru FROM (
        SELECT country, unnest(string_split(answered_by, ';')) AS indicator, publisher_en, publisher_ru FROM coverage
        UNION ALL SELECT country, indicator, publisher_en, publisher_ru FROM response_cascade)
      WHERE {with_model} GROUP BY ALL""",
    "regional_model": """
      SELECT f.* FROM figures f WHERE starts_with(ref_area, 'DE-') AND family = 'programmes' AND obs_value IS NOT NULL
      ORDER BY ref_area, indicator, period_end DESC, obs_key""",
}
