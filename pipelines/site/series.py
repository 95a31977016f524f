"""Which figures form one series, where it breaks, and which figure is the latest.

A chart must not join what its publisher does not join. So a line goes only from one whole year to the next, of one
source, without a break between them; everything else is a point with its status.

    2014 ●──● 2015      2016 ◆──● 2017 …     ○ 2024        ◆ after a break, ○ not validated

Not here: drawing (``charts``). Called by ``page_facts``, ``build``, ``charts``, ``html`` and ``messages``.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data_contracts.vocabulary import DIMENSIONS, TOTAL
from pipelines.site.load_release import PART_OF_YEAR, Figure, Release, Row

# Values of their own definition are never joined by a line; forecasts neither.
_APART = frozenset("DFU")
MIN_POINTS = 3


@dataclass(frozen=True)
class Slice:
    """Figures of one indicator, area and set of dimensions, whole years only, in the order of time."""

    #: at least one
    figures: tuple[Figure, ...]

    @property
    def first(self) -> Figure:
        """Any of them, for what they have in common."""
        return self.figures[0]

    def joined(self, breaks: Sequence[Row]) -> list[tuple[Figure, Figure]]:
        """Neighbours that a line may join."""
        pairs = zip(self.figures, self.figures[1:], strict=False)
        return [(a, b) for a, b in pairs if _continues(a, b, breaks)]


@dataclass(frozen=True)
class Panel:
    """One small chart: an indicator in an area, by sex where both sexes are published, with its breaks."""

    #: its code
    indicator: str
    #: its code
    area: str
    #: a code of ``unit_measure``
    unit: str
    #: a line each
    slices: tuple[Slice, ...]
    #: rows of the view ``series_breaks`` whose day lies within the span of the points
    breaks: tuple[Row, ...]

    @property
    def figures(self) -> list[Figure]:
        """All points, by year and slice."""
        found = [figure for part in self.slices for figure in part.figures]
        return sorted(found, key=lambda f: (f.period_start, f.dimensions))

    @property
    def name(self) -> str:
        """Name of its files."""
        return f"{self.indicator}-{self.area}"


def _continues(before: Figure, after: Figure, breaks: Sequence[Row]) -> bool:
    if after.period_start.year - before.period_start.year != 1 or before.source_id != after.source_id:
        return False
    if after.obs_status == "B" or {before.obs_status, after.obs_status} & _APART:
        return False
    return not any(before.period_end < row["break_day"] <= after.period_end for row in breaks)


def breaks_of(release: Release, indicator: str, area: str) -> list[Row]:
    """Breaks of an indicator in an area: by a law of its country, or by territory lost."""
    return [
        row
        for row in release.tables["breaks"]
        if area.startswith(row["ref_area"])
        and (row.get("breaks_regions", True) or area == row["ref_area"])
        and row["indicator"] in (None, indicator)
    ]


def break_before(release: Release, figure: Figure) -> Row | None:
    """The latest break that parts a figure from earlier ones of its indicator and country, if any."""
    first = release.first_ends.get((figure.country, figure.indicator))
    if first is None:
        return None
    rows = breaks_of(release, figure.indicator, figure.ref_area)
    return max(
        (row for row in rows if first < row["break_day"] <= figure.period_end),
        key=lambda row: (row["break_day"], row["law_id"]),
        default=None,
    )


def slices(figures: Iterable[Figure]) -> list[Slice]:
    """Series of whole years among the best figures, each of one set of dimensions, nature and unit."""
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.best and figure.whole_year and figure.obs_value is not None:
            key = (figure.indicator, figure.ref_area, figure.dimensions, figure.nature, figure.unit_measure)
            groups[key].append(figure)
    return [Slice(tuple(sorted(group, key=lambda f: f.period_start))) for group in groups.values()]


def panel(release: Release, indicator: str, area: str) -> Panel | None:
    """The chart of an indicator in an area, or None where fewer than three whole years are published.

    Of the sets of dimensions the widest counts: the total, with both sexes where they are published like it.
    """
    there = (f for f in release.by_indicator.get(indicator, ()) if f.ref_area == area)
    found = [s for s in slices(there) if len(s.figures) >= MIN_POINTS]
    if not found:
        return None
    main = min(found, key=lambda s: (s.first.narrowness, -len(s.figures), s.first.dimensions, s.first.nature))
    shown = [s for s in found if _beside(main, s)] if main.first.sex in (TOTAL, "F", "M") else [main]
    years = [f.period_start.year for s in shown for f in s.figures]
    within = [
        row for row in breaks_of(release, indicator, area) if min(years) < row["break_day"].year <= max(years)
    ]
    return Panel(indicator, area, main.first.unit_measure, tuple(shown), tuple(within))


def _beside(main: Slice, other: Slice) -> bool:
    """The same thing by sex: all dimensions but sex are equal, and nature and unit."""
    a, b = main.first, other.first
    alike = [name for name in (*DIMENSIONS, "nature", "unit_measure") if name != "sex"]
    same = all(getattr(a, name) == getattr(b, name) for name in alike)
    return same and b.sex in (TOTAL, "F", "M")


def latest(
    release: Release, indicator: str, area: str, *, whole_year_of: Figure | None = None
) -> Figure | None:
    """The latest figure of an indicator in an area: the widest dimensions, the latest end, the longest span.

    ``whole_year_of``: only whole years, and only of the same persons and things as that figure.
    """
    found = [
        f
        for f in release.by_indicator.get(indicator, ())
        if f.best and f.ref_area == area and f.obs_value is not None
    ]
    if whole_year_of:
        found = [f for f in found if f.whole_year and _narrowed(f) == _narrowed(whole_year_of)]
    if not found:
        return None
    narrow = min(f.narrowness for f in found)
    widest = [f for f in found if f.narrowness == narrow]
    # A status of its own definition gives way where the indicator as defined has a figure of that span; of several ages
    # the widest is shown, of women and men the women, whom most figures are about.
    return max(
        widest,
        key=lambda f: (
            _end(f, widest),
            f.obs_status not in _APART,
            _days(f),
            _ages(f.age),
            f.sex != "M",
            f.dimensions,
        ),
    )


def _narrowed(figure: Figure) -> set[tuple[str, str]]:
    """What narrows a figure; that it covers a part of the year does not."""
    pairs = zip(DIMENSIONS, figure.dimensions, strict=True)
    parts = {(name, part) for name, value in pairs for part in value.split(";")}
    return {(name, part) for name, part in parts if part not in (TOTAL, PART_OF_YEAR)}


def _ages(code: str) -> int:
    """How many years an age group spans: ``Y15T49`` 34, ``Y_GE18`` and the total without end."""
    numbers = [int(part) for part in re.findall(r"\d+", code)]
    if len(numbers) == 2:
        return numbers[1] - numbers[0]
    return numbers[0] if code.startswith("Y_LT") else 200


def _end(figure: Figure, others: Sequence[Figure]) -> dt.date:
    """The end of a figure's period.

    Where the source says only "this year", counts since January tell: it reaches at least as far as every smaller one.
    """
    if PART_OF_YEAR not in figure.breakdown:
        return figure.period_end
    smaller = [
        f.period_end
        for f in others
        if PART_OF_YEAR not in f.breakdown
        and f.period_start == figure.period_start
        and (f.obs_value or 0.0) <= (figure.obs_value or 0.0)
    ]
    return max(smaller, default=figure.period_start) + dt.timedelta(days=1)


def _days(figure: Figure) -> dt.timedelta:
    return figure.period_end - figure.period_start
