"""A few bundled datasets, and a few requirements: what tests of the whole graph declare, so that a refresh is quick.

The graph is the same. Of each framework there is an item of every kind: shown by a requirement, by figures, by
services, judged by hand.

Fixtures, in ``conftest.py``: ``few`` declares only these; ``few_release`` is a data directory with a release of them,
made once for all tests; ``few_data`` is a copy of it that a test may change. Not here: the release of everything that
is bundled (``release_dir``).
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from data_contracts.model import ScoreItem
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
    for name, given in few_requirements().items():
        patch.setattr(declared, name, given)
    patch.setattr(declared, "datasets", {name: declared.datasets[name] for name in FEW})
    # Each conflict of datasets that are not there would be a warning in Dagster's log.
    known = _sources()
    conflicts = [entry for entry in declared.conflicts if {entry["a_source"], entry["b_source"]} <= known]
    patch.setattr(declared, "conflicts", tuple(conflicts))
    return declared


@cache
def few_requirements() -> dict[str, Any]:
    """Of each framework the first item of each kind, and the requirements that they name, by name of the part."""
    declared = declarations()
    whole, frameworks = declared.contract, []
    for framework in whole.scorecard:
        first = {_kind(item): item for item in reversed(framework.items)}
        frameworks.append(replace(framework, items=tuple(first.values())))
    items = {item.code: item for framework in frameworks for item in framework.items}
    named = {
        name for item in items.values() for name in (item.body, *(part.requirement for part in item.parts))
    }
    asked = tuple(row for row in whole.coverage if row["requirement"] in named)
    return {
        "contract": replace(whole, coverage=asked, scorecard=tuple(frameworks)),
        "judgements": tuple(entry for entry in declared.judgements if entry["item"] in items),
    }


def _kind(item: ScoreItem) -> str:
    """What shows the first part of an item."""
    if not item.parts:
        return "judged"
    part = item.parts[0]
    return "requirement" if part.requirement else "services" if part.services else "figures"


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
