"""Disclosure control over the whole release.

``protect_states`` withholds in all restricted datasets of a country together, beside what the others publish, before
the union; ``audit_release`` attacks the union as it is to be published. Not here: the rules (``transforms.privacy``),
the counts before suppression (``pipelines.unprotected_counts``). Called by ``pipelines.assets.tables`` and
``pipelines.assets.disclosure_check``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.arrow import Rows
from data_contracts.rows import count_rows, read_rows
from pipelines.dataset_states import DatasetState
from pipelines.declarations import Declarations
from pipelines.release.last_release import LastRelease
from pipelines.unprotected_counts import RestrictedCounts
from sources.dataset import Dataset
from transforms.findings import Findings


@dataclass
class _Together:
    """Restricted datasets of one country, and what else of it a reader sees."""

    datasets: list[Dataset] = field(default_factory=list)
    counts: list[pa.Table] = field(default_factory=list)
    published: list[pa.Table] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def ids(self) -> list[str]:
        return [dataset.id for dataset in self.datasets]


def _by_country(
    declared: Declarations, rows: Iterable[tuple[Dataset, pa.Table]], counts: RestrictedCounts
) -> tuple[list[_Together], pa.Table]:
    """Restricted datasets with their counts, by country; the rows of all others."""
    schema = declared.normalizer.good_schema()
    others, found = [schema.empty_table()], dict[str, _Together]()
    for dataset, published in rows:
        together = found.setdefault(dataset.country, _Together()) if dataset.restricted else None
        own = counts.of_published(dataset.id, published, schema) if together and published.num_rows else None
        if together is None or own is None:
            others.append(published)
            if together and published.num_rows:
                together.unknown.append(dataset.id)
            continue
        together.datasets.append(dataset)
        together.counts.append(own)
        together.published.append(published)
    return [found[country] for country in sorted(found)], pa.concat_tables(others)


def _history(release: LastRelease, ids: Sequence[str]) -> pa.Table:
    history = release.table("observation_history")
    return history.filter(pc.is_in(history["dataset_id"], value_set=pa.array(ids, pa.string())))


def protect_states(
    declared: Declarations, states: Sequence[DatasetState], release: LastRelease, counts: RestrictedCounts
) -> None:
    """Withhold in the states' observations what the other datasets of the release would give away.

    A dataset that cannot be protected beside them keeps the rows of the last release, with a critical finding.
    """
    if not any(state.dataset.restricted and count_rows(state.observations) for state in states):
        return
    # Solving for what could be recovered needs SciPy, which takes seconds to import and is needed for few datasets.
    from transforms.privacy.rules_per_dataset import protect, registers_among
    from transforms.privacy.suppress_cells import DisclosureError

    by_id = {state.dataset.id: state for state in states}
    groups, others = _by_country(declared, ((s.dataset, read_rows(s.observations)) for s in states), counts)
    for together in groups:
        if not together.datasets:
            continue
        try:
            safe = protect(
                declared.contract,
                pa.concat_tables(together.counts),
                others=others,
                registers=registers_among(together.datasets),
                history=_history(release, together.ids()),
            )
        except DisclosureError as error:
            for dataset in together.datasets:
                _fall_back(declared, by_id[dataset.id], release, str(error))
            continue
        for dataset in together.datasets:
            by_id[dataset.id].observations = safe.filter(pc.equal(safe["dataset_id"], dataset.id))


def _fall_back(declared: Declarations, state: DatasetState, release: LastRelease, why: str) -> None:
    state.observations = release.observations_of(state.dataset.id)
    found = Findings(declared.contract, state.dataset.id)
    found.add("cannot_protect", "critical", why)
    state.findings = [*state.findings, *found.rows]


@dataclass(frozen=True)
class Audited:
    """What an attack on a release found."""

    #: keys of withheld observations that the release gives away
    exposed: Sequence[str]
    #: datasets whose counts are gone, so that they could not be looked at
    unknown: Sequence[str]


def audit_release(
    declared: Declarations, observations: Rows, release: LastRelease, counts: RestrictedCounts
) -> Audited:
    """Attack the observations of a release as a reader would who has the earlier ones too."""
    schema = declared.normalizer.good_schema()
    if not any(dataset.restricted for dataset in declared.datasets.values()):
        return Audited((), ())
    rows = read_rows(observations).select(schema.names).cast(schema)
    from transforms.privacy.rules_per_dataset import exposed, registers_among

    def of_each() -> Iterator[tuple[Dataset, pa.Table]]:
        for dataset in declared.datasets.values():
            yield dataset, rows.filter(pc.equal(rows["dataset_id"], dataset.id))

    groups, others = _by_country(declared, of_each(), counts)
    found: list[str] = []
    for together in groups:
        if together.datasets:
            exposures = exposed(
                declared.contract,
                pa.concat_tables(together.counts),
                pa.concat_tables(together.published),
                registers=registers_among(together.datasets),
                others=others,
                history=_history(release, together.ids()),
            )
            found += [key for exposure in exposures for key in exposure.obs_keys]
    return Audited(sorted({*found}), sorted(name for group in groups for name in group.unknown))
