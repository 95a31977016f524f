"""A release in one language as pages take it: its words, its charts, and the figures that a page leads with.

A key figure of a topic is the latest one of an indicator, recent ones only, those of the response chain first. Where
nothing is published that a standard asks for, the body that would publish it is shown instead.

Not here: what is on each page (``pages``, ``indicator_and_region_pages``), the key figures of briefs and workbook
(``pipelines.published.key_figures``). Called by ``build``, ``pages`` and ``indicator_and_region_pages``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_contracts.model import Lang
from pipelines.site.html import texts
from pipelines.site.load_release import Figure, Release
from pipelines.site.messages import Messages
from pipelines.site.published_values import rates_by_key
from pipelines.site.series import Panel, latest, panel
from pipelines.site.topics import Topic, help_lines, topics

# A key figure older than this many years says little about today; it stays in the tables of its indicator.
RECENT_YEARS = 6
KEYS_A_TOPIC = 4


@dataclass(frozen=True)
class Key:
    """One indicator in one area at a glance."""

    #: its code
    indicator: str
    #: the latest; None: nothing is published of the whole area that a standard or the response chain asks for
    figure: Figure | None = None
    #: the latest of a whole year, where that is another one
    whole: Figure | None = None
    #: without a figure of the area: the latest of each region that has one
    regions: tuple[Figure, ...] = ()
    #: without a figure of the area: who would publish it
    body: str = ""


@dataclass
class Site:
    """A release in one language, with what several pages share."""

    release: Release
    lang: Lang
    panels: Mapping[str, Panel]
    query: bool
    messages: Messages = field(init=False)

    def __post_init__(self) -> None:
        """The sentences of this language."""
        self.messages = Messages(self.release, self.lang)

    @property
    def t(self) -> Mapping[str, str]:
        """Words of this language."""
        return texts()[self.lang]


def all_panels(release: Release) -> dict[str, Panel]:
    """Every chart of the site by its name: countries only, since no region has three whole years."""
    found = {}
    for code in release.indicators:
        for area in release.countries:
            made = panel(release, code, area)
            if made:
                found[made.name] = made
    return found


def shared(release: Release, lang: Lang) -> dict[str, Any]:
    """What the frame and the rows of every page need: menu, help, rates."""
    return {
        "topics": topics(release, lang),
        "help_lines": help_lines(release),
        "rates": rates_by_key(release),
    }


def key_figure(site: Site, code: str, area: str) -> Key | None:
    """The figure that an area shows of an indicator first; None where there is none and no standard wants one."""
    figure = latest(site.release, code, area)
    if figure is None:
        row = site.release.bodies.get((area, code))
        regions = [latest(site.release, code, r) for r in site.release.regions if r.startswith(f"{area}-")]
        there = tuple(f for f in regions if f)
        return Key(code, regions=there, body=row[f"publisher_{site.lang}"]) if row else None
    whole = latest(site.release, code, area, whole_year_of=figure)
    return Key(code, figure, whole if whole is not figure else None)


def key_figures(site: Site, topic: Topic, area: str) -> list[Key]:
    """Key figures of a topic in an area: domestic and recent ones first, then what is not published."""
    found = [key for code in topic.indicators if (key := key_figure(site, code, area))]
    newest = site.release.published_at.year
    recent = [k for k in found if k.figure and k.figure.period_end.year > newest - RECENT_YEARS]
    recent.sort(key=lambda k: _importance(site, k, area))
    return recent[:KEYS_A_TOPIC] + [k for k in found if not k.figure]


def _importance(site: Site, key: Key, area: str) -> tuple[Any, ...]:
    """The indicator of the response chain first, then domestic ones, then counts, then the newest."""
    row = site.release.indicators[key.indicator]
    chain = {r["indicator"] for r in site.release.of_country("cascade", area)}
    newest = -key.figure.period_end.toordinal() if key.figure else 0
    return (
        key.indicator not in chain,
        not row["domestic"],
        row["unit_measure"] != "NUMBER",
        newest,
        key.indicator,
    )


def panels_of(site: Site, codes: Sequence[str], areas: Sequence[str]) -> list[Panel]:
    """The charts that there are of indicators in areas: domestic ones first, then the longest."""
    found = [p for code in codes for area in areas if (p := site.panels.get(f"{code}-{area}"))]
    return sorted(
        found, key=lambda p: (not site.release.indicators[p.indicator]["domestic"], -len(p.figures), p.name)
    )
