"""Small views of the release for pages: rates by figure, comparisons by indicator, the response chain.

Not here: series and latest figures (``series``), the release itself (``load_release``). Called by ``pages``.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.site.load_release import Release, Row


@dataclass(frozen=True)
class Comparison:
    """What the contract says of comparing one indicator between the countries that publish it."""

    #: its code
    indicator: str
    #: its code
    family: str
    #: verdict, reason in English and Russian, and the pairs of countries that it holds for
    reasons: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]
    #: countries without any figure, which nothing can be compared with
    absent: tuple[str, ...]

    @property
    def able(self) -> bool:
        """Whether any pair may be compared."""
        return any(verdict != "not_comparable" for verdict, *_ in self.reasons)


def comparisons(release: Release) -> list[Comparison]:
    """All indicators that two countries publish, in the order of the codebook; pairs with the same reason together."""
    found: dict[str, dict[tuple[str, str, str], list[tuple[str, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in release.tables["comparability"]:
        publish = release.publishing[row["indicator"]]
        if row["indicator_b"] == row["indicator"] and {row["country_a"], row["country_b"]} <= publish:
            reason = (row["verdict"], row["reason_en"], row["reason_ru"])
            found[row["indicator"]][reason].append((row["country_a"], row["country_b"]))
    return [
        Comparison(
            code,
            release.indicators[code]["family"],
            tuple((*reason, tuple(pairs)) for reason, pairs in found[code].items()),
            tuple(country for country in release.countries if country not in release.publishing[code]),
        )
        for code in release.indicators
        if code in found
    ]


def rates_by_key(release: Release) -> Mapping[str, Row]:
    """The preferred rate of a figure, by its obs_key."""
    return {row["numerator_obs_key"]: row for row in release.tables["rates"]}


@dataclass(frozen=True)
class Cascade:
    """The response chain of a country."""

    #: from the first with a figure to the last
    years: tuple[int, ...]
    #: number, and label in English and Russian
    steps: tuple[tuple[int, str, str], ...]
    #: by step and year
    rows: Mapping[tuple[int, int], Row]
    #: the year with most steps among the last three; 0 without a figure
    best: int


def cascade(release: Release, country: str) -> Cascade:
    """The chain of a country; ``best`` is the year with most steps among the last three, of equals the later."""
    rows = release.of_country("cascade", country)
    known = [row["year"] for row in rows if row["obs_value"] is not None]
    years = tuple(range(min(known), max(known) + 1)) if known else ()
    counts = Counter(year for year in known if year > max(known) - 3)
    best = max(counts, key=lambda year: (counts[year], year)) if counts else 0
    steps = sorted({(row["step"], row["step_en"], row["step_ru"]) for row in rows})
    return Cascade(years, tuple(steps), {(row["step"], row["year"]): row for row in rows}, best)
