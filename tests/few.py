"""A few bundled datasets: what tests of the whole graph declare, so that a refresh is quick; the graph is the same.

Fixtures, in ``conftest.py``: ``few`` declares only these; ``few_release`` is a data directory with a release of them,
made once for all tests; ``few_data`` is a copy of it that a test may change. Not here: the release of everything that
is bundled (``release_dir``).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipelines.declarations import Declarations, declarations

FEW = (
    "de_taeterarbeit",
    "kg_statements",
    "kz_form_1m",
    "kz_statements",
    "tj_cedaw",
    "tj_dhs_2017",
    "uz_cedaw_victims",
    "uz_statements",
    "wb_gender",
    "wb_population",
)


def declare_few(patch: pytest.MonkeyPatch) -> Declarations:
    """Only these are declared until ``patch`` is undone; suites run here, where equal tables are judged once."""
    declared = declarations()
    patch.setattr(declared, "datasets", {name: declared.datasets[name] for name in FEW})
    patch.setattr("pipelines.refresh.FEW", len(FEW))
    return declared


@contextmanager
def few_declared() -> Iterator[Declarations]:
    """The same, for as long as a block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        yield declare_few(patch)
