"""The pages that numbers lead to: one of each indicator and of each region, with a row for every figure that is shown.

Every number of another page is a link to its row here, where source, place and notes are. A page lists what other
pages show, and all domestic figures but the detailed ones; of an indicator with very many only the former, since more
than ``ROWS_A_PAGE`` rows are no page to read: the file of the indicator has all.

Not here: pages that lead with a message (``pages``), the files (``data_files``). Called by ``build`` and, for the
entries of the search, by ``pages``.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from pipelines.site.html import Page
from pipelines.site.load_release import Figure, Row
from pipelines.site.page_facts import Site, key_figure, panels_of
from pipelines.site.published_values import comparisons
from pipelines.site.shared_notes import SharedNotes, shared_notes
from pipelines.site.topics import topics

# More rows than that are no page to read.
ROWS_A_PAGE = 150


def figure_pages(site: Site, linked: AbstractSet[str]) -> list[Page]:
    """All of them; ``linked``: keys of the figures that other pages show."""
    return [*_regions(site, linked), *_indicators(site, linked)]


def _regions(site: Site, linked: AbstractSet[str]) -> Iterator[Page]:
    for area in site.release.regions:
        figures = [f for f in site.release.by_region[area] if f.obs_value is not None]
        shown = _listed(site, figures, linked)
        listed = {f.obs_key for f in shown}
        others = Counter(f.indicator for f in figures if f.best and f.obs_key not in listed)
        context = {
            "groups": _by_indicator(shown),
            "notes": _notes(site, shown),
            "others": sorted(others.items()),
            "sources": sorted({figure.source_id for figure in shown}),
            "country_code": area[:2],
        }
        title = site.release.area(area, site.lang)
        message = site.messages.region(area, figures)
        yield Page(f"regions/{area}", "region", title, message, context, country=area[:2])


def _indicators(site: Site, linked: AbstractSet[str]) -> Iterator[Page]:
    notes = {code: topic.note for topic in topics(site.release, site.lang) for code in topic.indicators}
    by_code = {comparison.indicator: comparison for comparison in comparisons(site.release)}
    for code, row in site.release.indicators.items():
        panels = panels_of(site, [code], site.release.countries)
        figures = site.release.by_indicator.get(code, [])
        national = [f for f in figures if "-" not in f.ref_area]
        keys = {area: key_figure(site, code, area) for area in site.release.countries}
        here = [f for p in panels for f in p.figures]
        here += [f for key in keys.values() if key for f in (key.figure, key.whole) if f]
        shown = _listed(site, national, linked | {f.obs_key for f in here})
        below = [f for f in figures if "-" in f.ref_area and f.obs_value is not None]
        regional = Counter(f.ref_area for f in _listed(site, below, linked))
        context = {
            "code": code,
            "row": row,
            "countries": _definitions(row),
            "panels": panels,
            "keys": keys,
            "comparison": by_code.get(code),
            "figures": len(figures),
            "groups": _by_area(shown),
            "notes": {area: _notes(site, listed) for area, listed in _by_area(shown)},
            "more": len(national) - len(shown) + len(below) - regional.total(),
            "regions": sorted(regional.items()),
            "sources": sorted({figure.source_id for figure in shown}),
        }
        message = site.messages.indicator(code, panels)
        title = site.release.indicator(code, site.lang)
        yield Page(f"indicators/{code}", "indicator", title, message, context, note=notes.get(code, ""))


def _listed(site: Site, figures: Sequence[Figure], linked: AbstractSet[str]) -> list[Figure]:
    """Figures with a row of their own: those that a page shows, and all domestic ones but the detailed.

    Of an indicator with very many, only those that a page shows; the file has all.
    """
    counts = Counter(f.indicator for f in figures if not f.detailed)
    domestic = {code for code, row in site.release.indicators.items() if row["domestic"]}
    whole = {code for code in domestic if counts[code] <= ROWS_A_PAGE}
    return [f for f in figures if f.obs_key in linked or (f.indicator in whole and not f.detailed)]


def _notes(site: Site, figures: Sequence[Figure]) -> SharedNotes:
    """The notes of a table in this language; in English where there is no Russian."""
    russian = site.lang == "ru"
    return shared_notes({f.obs_key: (f.note_ru if russian else None) or f.note or "" for f in figures})


def _by_indicator(figures: Sequence[Figure]) -> list[tuple[str, list[Figure]]]:
    groups: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[figure.indicator].append(figure)
    for group in groups.values():
        group.sort(key=lambda f: (-f.period_end.toordinal(), f.narrowness, f.dimensions))
    return sorted(groups.items())


def _by_area(figures: Sequence[Figure]) -> list[tuple[str, list[Figure]]]:
    groups: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[figure.ref_area].append(figure)
    return sorted(groups.items())


def _definitions(row: Row) -> dict[str, Mapping[str, Any]]:
    """What one case is in each country that the indicator names."""
    declared = json.loads(row["countries"] or "{}")
    return {country: spec for country, spec in sorted(declared.items()) if country != "_default"}
