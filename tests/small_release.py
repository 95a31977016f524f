"""A few bundled datasets: what tests of the whole graph declare, so that a refresh is quick; the graph is the same.

Fixtures, in ``conftest.py``: ``few`` declares only these; ``few_release`` is a data directory with a release of them,
made once for all tests; ``few_data`` is a copy of it that a test may change. Not here: the release of everything that
is bundled (``release_dir``).
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from pipelines.declarations import Declarations, declarations
from sources.dataset import BUNDLED

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
    """Only these are declared until ``patch`` is undone."""
    declared = declarations()
    patch.setattr(declared, "datasets", {name: declared.datasets[name] for name in FEW})
    # Each conflict of datasets that are not there would be a warning in Dagster's log.
    known = _sources()
    conflicts = [entry for entry in declared.conflicts if {entry["a_source"], entry["b_source"]} <= known]
    patch.setattr(declared, "conflicts", tuple(conflicts))
    return declared


@cache
def _sources() -> set[str]:
    """The sources of the few datasets' bundled figures."""
    files = [BUNDLED / "figures" / f"{name}.csv" for name in FEW]
    texts = [path.read_text(encoding="utf-8").splitlines() for path in files if path.exists()]
    return {row["source"] for lines in texts for row in csv.DictReader(lines) if row.get("source")}


@contextmanager
def few_declared() -> Iterator[Declarations]:
    """The same, for as long as a block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        yield declare_few(patch)
