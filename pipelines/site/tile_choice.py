"""Which figures are shown as a tile map: those of one indicator, one period and one kind of count in most regions.

Rates and shares are shaded. Counts without a population are printed in the tiles and not shaded, since a shade would
rank regions by their size. Not here: drawing (``tiles``). Called by ``pages`` and ``build``.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.site.load_release import Figure, Release, Row
from pipelines.site.published_values import rates_by_key
from pipelines.site.tiles import places

# A map with holes in half of its tiles says more about gaps than about the thing.
SHARE_OF_REGIONS = 0.6
MAPS_A_COUNTRY = 4


@dataclass(frozen=True)
class Map:
    """One tile map: figures of one indicator, period and set of dimensions."""

    #: its code
    country: str
    #: by area, at least one
    figures: Mapping[str, Figure]
    #: rows of ``rates`` by area; none where not every figure has one
    rates: Mapping[str, Row]

    @property
    def first(self) -> Figure:
        """Any of them, for what they have in common."""
        return next(iter(self.figures.values()))

    @property
    def shaded(self) -> bool:
        """Whether a shade is honest: a rate or a share."""
        return bool(self.rates) or self.first.unit_measure != "NUMBER"

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"map-{self.first.indicator}-{self.country}-{self.first.time_period.replace('/', '_')}"


def maps(release: Release, country: str) -> list[Map]:
    """The maps of a country: one an indicator, of its widest dimensions and latest period."""
    where = places(country)
    groups: dict[tuple[object, ...], dict[str, Figure]] = defaultdict(dict)
    for area in where:
        for figure in release.by_area.get(area, ()):
            if figure.obs_value is not None and _about(release, figure):
                key = (
                    figure.indicator,
                    figure.time_period,
                    figure.dimensions,
                    figure.nature,
                    figure.unit_measure,
                )
                groups[key][area] = figure
    best: dict[str, dict[str, Figure]] = {}
    for group in groups.values():
        first = next(iter(group.values()))
        if len(group) < SHARE_OF_REGIONS * len(where):
            continue
        if first.indicator not in best or _better(first, next(iter(best[first.indicator].values()))):
            best[first.indicator] = group
    rates = rates_by_key(release)
    found = [Map(country, group, _rates_of(group, rates)) for group in best.values()]
    found.sort(key=lambda m: (not release.indicators[m.first.indicator]["domestic"], not m.shaded, m.name))
    return found[:MAPS_A_COUNTRY]


def _about(release: Release, figure: Figure) -> bool:
    return str(release.indicators[figure.indicator]["family"]) != "context"


def _better(one: Figure, other: Figure) -> bool:
    return (-one.narrowness, one.period_end, one.dimensions) > (
        -other.narrowness,
        other.period_end,
        other.dimensions,
    )


def _rates_of(group: Mapping[str, Figure], rates: Mapping[str, Row]) -> dict[str, Row]:
    """Rates of all figures of a group, or none: a map does not mix rates and counts."""
    found = {area: rates[f.obs_key] for area, f in group.items() if f.obs_key in rates}
    return found if len(found) == len(group) else {}
