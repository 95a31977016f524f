"""What changed for a subscriber: the part of a release that they asked for, beside the release they last received.

Reads published releases only. Not here: the sentences (``wording``) and the comparison of two releases
(``pipelines.published.diff``). Called by ``deliver``.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_contracts.arrow import read_table
from data_contracts.connection import open_duckdb
from data_contracts.errors import UserError
from data_contracts.model import Contract
from data_contracts.sql import among
from pipelines.operations.declared import Subscription
from pipelines.published.diff import diff
from pipelines.site.topics import declared_topics
from pipelines.state_groups import CURRENT

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """The part of a release that a subscription is about, in codes; empty: all."""

    countries: tuple[str, ...]
    indicators: tuple[str, ...]
    datasets: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """``counts`` by kind of change since ``since``; None where they cannot be compared. ``figures``: rows in the part.

    ``largest``: the largest revision, or else a withdrawal; ``behind``: datasets of the part with their state.
    """

    release: str
    since: str
    figures: int
    counts: Mapping[str, int] | None
    largest: Row | None = None
    behind: list[Row] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is something to tell: a first delivery and one that cannot be compared count."""
        return self.counts is None or bool(sum(self.counts.values()))

    @property
    def old(self) -> list[Row]:
        """Datasets that could not be renewed."""
        return [row for row in self.behind if row["state"] not in CURRENT]


def part_of(contract: Contract, subscription: Subscription, release: Path) -> Part:
    """The codes that a subscription means in a release."""
    indicators: list[str] = []
    for topic in subscription.topics:
        declared = declared_topics()[topic]
        indicators += [
            code for code, known in contract.indicators.items() if known.family in declared["families"]
        ]
        indicators += [code for code in declared["indicators"] if code in contract.indicators]
    datasets: list[str] = []
    if subscription.licence == "open":
        rows = read_table(release / "datasets" / "datasets.parquet").to_pylist()
        datasets = [row["dataset_id"] for row in rows if row["open_licence"]]
    return Part(subscription.countries, tuple(dict.fromkeys(indicators)), tuple(datasets))


def changes(data_dir: Path, release: Path, since: str, part: Part) -> Changes:
    """What a release says of the part, beside the release ``since``, if there is one."""
    figures, behind = _content(release, part)
    rows = _rows(data_dir, release.name, since, part) if since else None
    counts = None if rows is None else Counter(str(row["change"]) for row in rows)
    return Changes(release.name, since, figures, counts, _largest(rows or []), behind)


def _rows(data_dir: Path, release: str, since: str, part: Part) -> list[Row] | None:
    """The differing rows; None where the former release is gone or has other columns."""
    try:
        return diff(
            data_dir,
            since,
            release,
            countries=part.countries,
            indicators=part.indicators,
            datasets=part.datasets,
        )
    except UserError:
        return None


def _largest(rows: list[Row]) -> Row | None:
    revised = [row for row in rows if row["change"] == "revised"]
    withdrawn = [row for row in rows if row["change"] == "withdrawn"]
    if revised:
        return max(revised, key=lambda row: (_share(row), str(row["obs_key"])))
    return min(withdrawn, key=lambda row: str(row["obs_key"]), default=None)


def _share(row: Row) -> float:
    """How far a figure moved; what was nothing before moved furthest."""
    share = row["relative_difference"]
    return math.inf if share is None else abs(share)


def _content(release: Path, part: Part) -> tuple[int, list[Row]]:
    wanted = {
        "left(ref_area, 2)": part.countries,
        "indicator": part.indicators,
        "dataset_id": part.datasets,
    }
    conditions = [among(column, codes) for column, codes in wanted.items() if codes]
    where = " AND ".join(conditions) or "true"
    with open_duckdb() as con:
        for name in ("observations", "datasets"):
            con.register(name, read_table(release / name / f"{name}.parquet"))
        rows: list[Row] = (
            con.sql(
                f"""SELECT dataset_id, title_en, title_ru, state, count(*) AS figures
                FROM (SELECT * FROM observations WHERE {where}) JOIN datasets USING (dataset_id)
                GROUP BY ALL ORDER BY dataset_id"""
            )
            .to_arrow_table()
            .to_pylist()
        )
    return sum(row["figures"] for row in rows), rows
