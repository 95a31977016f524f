"""What each page shows: a function a kind of page, each gives pages of one language as values; templates say how.

Every page has one message (``messages``) and leads its numbers to their cells (``html.Words.value``). Not here: the
pages that list all figures (``indicator_and_region_pages``), the figures that a page leads with (``page_facts``), words
(``site_words.yaml``, ``topics.yaml``), drawing (``charts``, ``tiles``), files beside the pages (``data_files``).
Called by ``build``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipelines.site import search_index
from pipelines.site.html import Page
from pipelines.site.indicator_and_region_pages import figure_pages
from pipelines.site.load_release import Release, Row
from pipelines.site.page_facts import Site, key_figures, panels_of
from pipelines.site.programme_page import programme_page
from pipelines.site.published_values import Comparison, cascade, comparisons
from pipelines.site.query_page import QUESTIONS
from pipelines.site.scorecard_pages import judged_year, scorecard_pages
from pipelines.site.tile_choice import Map, maps
from pipelines.site.topics import topics

CHARTS_A_PAGE = 6
# In the order in which a reader asks; context is no key figure.
KEY_TOPICS = (
    "orders",
    "reports",
    "victims",
    "justice",
    "programmes",
    "services",
    "children",
    "surveys",
    "killed",
)


def pages(site: Site) -> list[Page]:
    """Pages of one language, without those that numbers lead to (``indicator_and_region_pages``)."""
    found = [
        _home(site),
        *_countries(site),
        *_topics(site),
        _regions_index(site),
        _compare(site),
        *_disagreements(site),
        *_coverage(site),
        *scorecard_pages(site.release, site.lang),
        programme_page(site.release, site.lang),
        _laws(site),
        _changes(site),
        _codebook(site),
        *_texts(site),
    ]
    return [*found, _search(site, [*found, *figure_pages(site, frozenset())])]


def _home(site: Site) -> Page:
    by_slug = {topic.slug: topic for topic in topics(site.release, site.lang)}
    shown = ("orders", "reports", "justice", "programmes")
    cards = {
        country: [(by_slug[slug], key_figures(site, by_slug[slug], country)[:1]) for slug in shown]
        for country in site.release.countries
    }
    return Page("index", "home", site.t["title_home"], site.messages.home(), {"cards": cards})


def _countries(site: Site) -> Iterator[Page]:
    by_slug = {topic.slug: topic for topic in topics(site.release, site.lang)}
    codes = [code for code, row in site.release.indicators.items() if row["family"] != "context"]
    for country in site.release.countries:
        groups = [(by_slug[slug], key_figures(site, by_slug[slug], country)) for slug in KEY_TOPICS]
        gaps = site.release.of_country("gaps", country)
        context = {
            "country": country,
            "groups": [(topic, keys) for topic, keys in groups if keys],
            "panels": panels_of(site, codes, [country])[:CHARTS_A_PAGE],
            "cascade": cascade(site.release, country),
            "services": _grouped(site.release.of_country("services", country), "kind"),
            "laws": [row for row in site.release.of_country("laws", country) if row["breaks"]],
            "gaps": _grouped(gaps, "framework"),
            "scores": [
                row
                for row in site.release.of_country("scores", country)
                if row["year"] == judged_year(site.release)
            ],
            "disagreements": len(site.release.of_country("discrepancies", country)),
            "regions": [area for area in site.release.regions if area.startswith(f"{country}-")],
        }
        title, message = site.release.area(country, site.lang), site.messages.country(country)
        yield Page(country.lower(), "country", title, message, context, country=country)


def _grouped(rows: Sequence[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


def _by_country(site: Site, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The countries of the region first, as in the menu."""
    groups = _grouped(rows, "country")
    return {country: groups[country] for country in site.release.countries if country in groups}


def _topics(site: Site) -> Iterator[Page]:
    answers = _answers(site.release)
    for topic in topics(site.release, site.lang):
        services = [row for row in site.release.tables["services"] if row["kind"] in topic.services]
        asked = [
            row
            for row in site.release.tables["gaps"]
            if set(answers[row["country"], row["requirement"]]) & set(topic.indicators)
        ]
        context = {
            "topic": topic,
            "keys": {area: key_figures(site, topic, area) for area in site.release.countries},
            "panels": panels_of(site, topic.indicators, site.release.countries)[: 2 * CHARTS_A_PAGE],
            "services": _by_country(site, services),
            "gaps": _by_country(site, asked),
            "shown": [c for c in topic.indicators if site.release.by_indicator.get(c)],
        }
        yield Page(
            f"topics/{topic.slug}",
            "topic",
            topic.title,
            site.messages.topic(topic.indicators),
            context,
            note=topic.note,
        )


def _answers(release: Release) -> Mapping[tuple[str, str], Sequence[str]]:
    """Indicators that would answer a requirement, by country and requirement."""
    found: dict[tuple[str, str], Sequence[str]] = defaultdict(list)
    for row in release.tables["coverage"]:
        found[row["country"], row["requirement"]] = (row["answered_by"] or "").split(";")
    return found


def _regions_index(site: Site) -> Page:
    shown: dict[str, list[Map]] = {country: maps(site.release, country) for country in site.release.countries}
    by_country = {
        country: [area for area in site.release.regions if area.startswith(f"{country}-")]
        for country in site.release.countries
    }
    message = site.t["message_regions"].format(
        count=len(site.release.regions), countries=sum(bool(areas) for areas in by_country.values())
    )
    return Page(
        "regions", "regions", site.t["title_regions"], message, {"maps": shown, "by_country": by_country}
    )


def _compare(site: Site) -> Page:
    found: list[Comparison] = comparisons(site.release)
    context = {
        "able": [c for c in found if c.able],
        "refused": [c for c in found if not c.able],
    }
    return Page("compare", "compare", site.t["title_compare"], site.messages.compare(), context)


def _disagreements(site: Site) -> Iterator[Page]:
    rows = _by_country(site, site.release.tables["discrepancies"])
    counts = {country: Counter(row["discrepancy_kind"] for row in mine) for country, mine in rows.items()}
    kinds = sorted({row["discrepancy_kind"] for row in site.release.tables["discrepancies"]})
    context: dict[str, Any] = {"counts": counts, "kinds": kinds}
    yield Page(
        "disagreements",
        "disagreements",
        site.t["title_disagreements"],
        site.messages.disagreements(),
        context,
    )
    for country, mine in rows.items():
        title = f"{site.t['title_disagreements']}: {site.release.area(country, site.lang)}"
        message = site.t["message_disagreements_of"].format(
            count=len(mine), conflicts=counts[country]["conflict"]
        )
        yield Page(
            f"disagreements/{country}", "disagreement", title, message, {"rows": mine}, country=country
        )


def _coverage(site: Site) -> Iterator[Page]:
    rows = site.release.tables["coverage"]
    years = sorted({row["year"] for row in rows})
    # The year before that of the release is the last one that could be whole.
    year = max((y for y in years if y < site.release.published_at.year), default=years[-1])
    counts = Counter((row["country"], row["coverage_status"]) for row in rows if row["year"] == year)
    context: dict[str, Any] = {"year": year, "counts": counts}
    yield Page("coverage", "coverage", site.t["title_coverage"], site.messages.coverage(year), context)
    for country in site.release.countries:
        mine = site.release.of_country("coverage", country)
        context = {
            "years": years,
            "unfinished": site.release.published_at.year,
            "frameworks": _requirements(mine),
            "runs": {
                row["requirement"]: _runs([r for r in mine if r["requirement"] == row["requirement"]])
                for row in mine
            },
            "country_code": country,
        }
        title = f"{site.t['title_coverage']}: {site.release.area(country, site.lang)}"
        message = site.messages.coverage_of(country, mine, year)
        yield Page(f"coverage/{country}", "coverage_country", title, message, context, country=country)


def _requirements(rows: Sequence[Row]) -> dict[str, dict[str, dict[int, Row]]]:
    """Rows by framework, requirement and year; requirements in the order of their numbers."""
    found: dict[str, dict[str, dict[int, Row]]] = defaultdict(lambda: defaultdict(dict))
    for row in sorted(rows, key=lambda r: (r["framework"], len(r["requirement"]), r["requirement"])):
        found[row["framework"]][row["requirement"]][row["year"]] = row
    return found


def _runs(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """Statuses of one requirement by year, and how many years in a row each lasts."""
    by_year = sorted(rows, key=lambda row: row["year"])
    groups = groupby(by_year, key=lambda row: row["coverage_status"])
    return [(status, len(list(group))) for status, group in groups]


def _laws(site: Site) -> Page:
    acts = site.release.tables["laws"]
    by_year: dict[str, list[Row]] = defaultdict(list)
    for row in acts:
        day = row["in_force"] or row["adopted"]
        by_year[day[:4] if day else ""].append(row)
    for rows in by_year.values():
        # What changed the count comes first.
        rows.sort(key=lambda row: (not row["breaks"], row["in_force"] or row["adopted"] or "", row["law_id"]))
    context = {
        "years": {year: by_year[year] for year in sorted(by_year, reverse=True) if year},
        "undated": by_year.get("", []),
    }
    return Page("laws", "laws", site.t["title_laws"], site.messages.laws(), context)


def _changes(site: Site) -> Page:
    mine = [row for row in site.release.tables["revisions"] if row["release"] == site.release.name]
    # In the first release every figure is new: a list of all says nothing.
    added = Counter((row["ref_area"][:2], row["indicator"]) for row in mine if row["change"] == "added")
    if len(site.release.tables["releases"]) == 1:
        added.clear()
    context = {
        "added": sorted(added.items()),
        "moved": [row for row in mine if row["change"] != "added"],
        "releases": list(reversed(site.release.tables["releases"])),
        "datasets": site.release.tables["datasets"],
    }
    return Page("changes", "changes", site.t["title_changes"], site.messages.changes(), context)


def _codebook(site: Site) -> Page:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for code, row in site.release.indicators.items():
        figures = [f for f in site.release.by_indicator.get(code, ()) if f.obs_value is not None]
        years = [f.period_end.year for f in figures]
        entry = {
            "code": code,
            "countries": sorted({f.country for f in figures}),
            "span": (min(years), max(years)) if years else None,
            "count": len(figures),
        }
        found[row["family"]].append(entry)
    message = site.t["message_codebook"].format(
        count=len(site.release.indicators), filled=sum(bool(v) for v in site.release.by_indicator.values())
    )
    return Page("codebook", "codebook", site.t["title_codebook"], message, {"families": found})


def _texts(site: Site) -> Iterator[Page]:
    """Pages that are mostly words."""
    t, release = site.t, site.release
    used = sorted({f.obs_status for f in release.figures})
    natures = sorted({f.nature for f in release.figures})
    licences = Counter(release.datasets[f.dataset_id]["licence"] for f in release.figures)
    addresses = {row["licence"]: row["licence_address"] for row in release.tables["datasets"]}
    methods = {"statuses": used, "natures": natures, "licences": licences, "licence_addresses": addresses}
    yield Page("methods", "methods", t["title_methods"], t["message_methods"], methods)
    yield Page("help", "help", t["title_help"], t["message_help"], {"services": release.tables["services"]})
    yield Page("data", "data", t["title_data"], t["message_data"], {})
    message = t["message_query"] if site.query else t["message_query_absent"]
    yield Page("query", "query", t["title_query"], message, {"questions": QUESTIONS, "engine": site.query})


def _search(site: Site, others: Sequence[Page]) -> Page:
    entries = search_index.entries(site.release, site.lang, others)
    return Page("search", "search", site.t["title_search"], site.t["message_search"], {"entries": entries})
