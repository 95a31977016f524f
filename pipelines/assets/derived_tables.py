"""How each table that is derived of the observations is made: from which tables, and in which order.

::

    makers = derived_tables(declared, observations, sources, staged.rows, log.warning)
    makers["population"]()      # each is made when it is asked for, best_observations before rates and response_cascade

Not here: what a table says (``transforms.derive``), coverage and scorecard by themselves
(``pipelines.requirement_tables``), the step of the graph and when a table of the last release is taken instead
(``tables``, which calls this).
"""

from collections.abc import Callable
from functools import cache

import pyarrow as pa

from data_contracts.arrow import Rows
from data_contracts.replace_rows import Made
from data_contracts.rows import read_rows
from pipelines.carried_over import Touched
from pipelines.declarations import Declarations
from pipelines.requirement_tables import RequirementTables
from transforms.derive import (
    best_observations,
    breaks,
    cascade,
    comparability,
    discrepancies,
    population,
    rates,
)


def derived_tables(
    declared: Declarations,
    observations: Rows,
    sources: Rows,
    written: Callable[[str], Rows],
    warn: Callable[[str], object],
    touched: Touched | None = None,
) -> dict[str, Callable[[], Made]]:
    """How each derived table is made, in the order of ``DERIVED_TABLES``.

    ``written``: a derived table that was made before and is written since. ``touched``: what differs from the last
    release, where the rest of it is carried over.
    """
    contract, datasets = declared.contract, declared.datasets
    last = touched.last if touched else lambda name: None
    groups, based = (touched.groups, touched.based) if touched else (None, None)

    answered = RequirementTables(declared, observations, sources, touched)
    ranked = cache(lambda: best_observations.connect(observations, sources, datasets, groups))

    def differing() -> pa.Table:
        before = last("discrepancies")
        found, missing = discrepancies.discrepancies(
            contract, ranked(), declared.conflicts, None if before is None else read_rows(before)
        )
        for problem in missing:
            warn(problem)
        return found

    return {
        "population": lambda: population.population(contract, [observations], datasets),
        "best_observations": lambda: best_observations.best_observations(
            contract, ranked(), last("best_observations")
        ),
        "rates": lambda: rates.rates(
            contract,
            observations,
            read_rows(written("population")),
            written("best_observations"),
            last("rates"),
            based,
            [dataset.id for dataset in datasets.values() if dataset.reporting_only],
        ),
        "discrepancies": differing,
        "response_cascade": lambda: cascade.response_cascade(
            contract, written("best_observations"), breaks.acts(declared.laws, contract.areas)
        ),
        "coverage": answered.coverage,
        "comparability": lambda: comparability.comparability(contract, observations),
        "scorecard": answered.scorecard,
    }
