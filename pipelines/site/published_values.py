"""Small views of the release that several pages share: rates by figure, comparisons by indicator.

Not here: series and latest figures (``series``), the release itself (``release``). Called by ``pages``.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.site.release import Release, Row


@dataclass(frozen=True)
class Comparison:
    """What the contract says of comparing one indicator between countries.

    ``reasons``: verdict, reason in two languages, and the pairs of countries that it holds for.
    """

    indicator: str
    family: str
    reasons: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]

    @property
    def able(self) -> bool:
        """Whether any pair may be compared."""
        return any(verdict != "not_comparable" for verdict, *_ in self.reasons)


def comparisons(release: Release) -> list[Comparison]:
    """All indicators with a verdict, in the order of the codebook; pairs with the same reason together."""
    found: dict[str, dict[tuple[str, str, str], list[tuple[str, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in release.tables["comparability"]:
        if row["indicator_b"] == row["indicator"]:
            reason = (row["verdict"], row["reason_en"], row["reason_ru"])
            found[row["indicator"]][reason].append((row["country_a"], row["country_b"]))
    return [
        Comparison(
            code,
            release.indicators[code]["family"],
            tuple((*reason, tuple(pairs)) for reason, pairs in found[code].items()),
        )
        for code in release.indicators
        if code in found
    ]


def rates_by_key(release: Release) -> Mapping[str, Row]:
    """The preferred rate of a figure, by its obs_key."""
    return {row["numerator_obs_key"]: row for row in release.tables["rates"]}


def country_of_break(row: Row) -> list[str]:
    """Indicators whose series an act breaks."""
    return [code for code in (row["breaks"] or "").split(";") if code]
