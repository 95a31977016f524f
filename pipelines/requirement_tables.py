"""The tables that say which of the declared requirements are answered: coverage and scorecard, of one set of figures.

Not here: which figures answer a requirement (``transforms.derive.requirements``), the rows (``coverage`` and
``scorecard`` there). Called by ``pipelines.assets.derived_tables``, and by ``pipelines.second_process``, which makes
them while the steps make the other derived tables.
"""

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import Rows
from data_contracts.rows import read_rows
from data_contracts.vocabulary import COUNTRIES
from pipelines.declarations import Declarations
from transforms.derive import coverage, requirements, scorecard

if TYPE_CHECKING:
    from pipelines.carried_over import Touched

MADE_OF = ("observations", "sources")


class RequirementTables:
    """Both tables; ``touched``: what differs from the last release, where the rest of it is carried over."""

    def __init__(
        self, declared: Declarations, observations: Rows, sources: Rows, touched: "Touched | None" = None
    ) -> None:
        """Nothing is computed yet."""
        self._declared, self._observations, self._sources = declared, observations, sources
        self._touched = touched

    @cached_property
    def _figures(self) -> tuple[requirements.Figures, Collection[str], pa.Table | None]:
        """The figures, of which countries, and coverage before; all where the years to be answered for differ."""
        contract, touched = self._declared.contract, self._touched
        made_of = contract, self._observations, self._sources, self._declared.datasets
        asked = requirements.asked_indicators(contract)
        if touched:
            some = requirements.figures(*made_of, touched.countries, asked)
            known = read_rows(touched.last("coverage"))
            if pc.max(known["year"]).as_py() == some.last_year:
                return some, [country for country in COUNTRIES if country in touched.countries], known
        return requirements.figures(*made_of, indicators=asked), COUNTRIES, None

    def coverage(self) -> pa.Table:
        """What the declared minimum set asks for against what is published."""
        return coverage.coverage(self._declared.contract, *self._figures)

    def scorecard(self) -> pa.Table:
        """The verdicts on frameworks."""
        asked, countries, known = self._figures
        before = read_rows(self._touched.last("scorecard")) if self._touched and known is not None else None
        return scorecard.scorecard(
            self._declared.contract,
            asked,
            read_rows(self._sources),
            self._declared.services,
            self._declared.judgements,
            countries,
            before,
        )
