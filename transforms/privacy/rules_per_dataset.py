"""Disclosure control of a release: which rules hold for which dataset, and all that a reader sees at once.

``protect``  withholds in one dataset, or in several restricted ones together, beside what others publish
``exposed``  attacks what is to be published; anything that it finds blocks the release

The engine is ``suppress_cells``; not here: where the counts before suppression are kept (``pipelines.protect_release``,
which calls this, as ``transforms.files_to_observations`` does).
"""

from collections.abc import Collection, Iterable

import pyarrow as pa

from data_contracts.model import Contract
from data_contracts.vocabulary import IMPERSONAL_UNITS
from sources.dataset import Dataset
from transforms.privacy.suppress_cells import Exposure, audit, suppress


def exempt_indicators(contract: Contract) -> list[str]:
    """Indicators that count services and money: no persons are behind them."""
    return [i.code for i in contract.indicators.values() if i.counting_unit in IMPERSONAL_UNITS]


def registers_among(datasets: Iterable[Dataset]) -> dict[str, str]:
    """Ids of those that are registers, each with the indicator of its persons: small national counts of theirs are
    withheld too."""
    counted = {dataset.id: dataset.counting for dataset in datasets if dataset.counting}
    return {
        name: counting.persons.indicator if counting.persons else "" for name, counting in counted.items()
    }


def protect(
    contract: Contract,
    counts: pa.Table,
    *,
    registers: Collection[str] = (),
    others: pa.Table | None = None,
    history: pa.Table | None = None,
) -> pa.Table:
    """``counts`` with everything withheld that must be; the options as for ``suppress_cells.suppress``."""
    return suppress(
        counts, exempt=exempt_indicators(contract), registers=registers, others=others, history=history
    )


def exposed(
    contract: Contract,
    counts: pa.Table,
    published: pa.Table,
    *,
    registers: Collection[str] = (),
    others: pa.Table | None = None,
    history: pa.Table | None = None,
) -> list[Exposure]:
    """What of ``counts`` a reader of ``published`` and of the others could compute."""
    return audit(
        counts,
        published,
        exempt=exempt_indicators(contract),
        registers=registers,
        others=others,
        history=history,
    )
