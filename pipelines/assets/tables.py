"""The contract's tables as assets: which step makes which, and when the table of the last release will do.

::

    observations/<dataset> …
      -> union      datasets, observation_history, observations, revisions, quarantine, findings, legal_framework,
                    fetches
    (no dataset)
      -> codebook   indicators, areas, codes, sources, response_services
    observations, sources
      -> derived    population, rates, best_observations, discrepancies, response_cascade, …
    raw/programme_returns
      -> programmes programmes, programme_returns, … (pipelines.assets.programmes)
      -> candidate  releases                                 (pipelines.assets.release)

A table is derived anew only when one of its inputs changed: its data version is compared with the one that the last
release records. Not here: the rows of these tables (``union_tables``, ``derived_tables``, ``transforms.derive``), what
is checked of them (``table_checks``), what becomes of them (``release``). Called by ``pipelines.definitions``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

import dagster as dg
import pyarrow as pa

from data_contracts.model import Contract
from data_contracts.replace_rows import Made
from pipelines import carried_over, second_process
from pipelines.assets.datasets import OBSERVATIONS, OWNERS, column_schema
from pipelines.assets.derived_tables import derived_tables
from pipelines.assets.lineage import column_lineage
from pipelines.assets.union_tables import fetches, union_tables
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import code_version, registers_version, table_version
from pipelines.dataset_states import dataset_states, hand_over
from pipelines.declarations import declarations
from pipelines.protect_release import protect_states
from pipelines.release import publish
from pipelines.release.last_release import LastRelease
from pipelines.release.manifest import table_entry
from pipelines.resources import Clock, DataDir, SuiteWorkers
from pipelines.staging import StagedTables
from pipelines.unprotected_counts import RestrictedCounts
from sources.dataset import Dataset
from transforms.derive import codebook
from transforms.programmes.tables import FIGURE_TABLES, RETURN_TABLES

UNION_TABLES = (
    "observations",
    "observation_history",
    "revisions",
    "quarantine",
    "findings",
    "datasets",
    "legal_framework",
    "fetches",
)
CODEBOOK_TABLES = (
    "indicators",
    "areas",
    "codes",
    "sources",
    "response_services",
)
# In the order in which they are made: rates and the response cascade look at the best observations.
DERIVED_TABLES = (
    "population",
    "best_observations",
    "rates",
    "discrepancies",
    "response_cascade",
    "coverage",
    "comparability",
    "scorecard",
)
# Of these, what the second process makes while the others are made.
BESIDE = ("coverage", "scorecard")
PROGRAMME_TABLES = (
    *RETURN_TABLES,
    *FIGURE_TABLES,
    "programme_references",
    "programme_evidence",
)
STEPS = {
    "union": UNION_TABLES,
    "codebook": CODEBOOK_TABLES,
    "derived": DERIVED_TABLES,
    "programmes": PROGRAMME_TABLES,
    "candidate": ("releases",),
}
# Of the steps that could begin, Dagster begins the one with the highest: tables that need no dataset first, for the
# datasets are worked on meanwhile; checks last, for their suites run meanwhile.
PRIORITY_TAG = "dagster/priority"
FIRST = {PRIORITY_TAG: "1"}


def table_assets(contract: Contract, datasets: Mapping[str, Dataset]) -> list[dg.AssetsDefinition]:
    """Assets of all tables but those of programmes and ``releases``."""
    return [
        _union_asset(contract, datasets),
        _codebook_asset(contract),
        _derived_asset(contract),
    ]


def table_outs(
    contract: Contract, names: Sequence[str], deps: Sequence[dg.AssetKey]
) -> dict[str, dg.AssetOut]:
    """Outputs of a step: tables that the IO manager writes."""
    return {
        name: dg.AssetOut.from_spec(table_spec(contract, name, deps), io_manager_key="tables")
        for name in names
    }


def table_spec(contract: Contract, name: str, deps: Sequence[dg.AssetKey] = ()) -> dg.AssetSpec:
    """Asset spec of a contract table."""
    table = contract.tables[name]
    derived = name in DERIVED_TABLES or name in ("observation_history", "revisions")
    lineage = {"dagster/column_lineage": column_lineage(contract, name)} if derived else {}
    return dg.AssetSpec(
        name,
        deps=deps,
        group_name="tables",
        description=f"{table.title.en}. {table.meaning.en}",
        owners=OWNERS,
        kinds={"duckdb", "parquet"},
        code_version=code_version(),
        metadata={"dagster/column_schema": column_schema(table), **lineage},
    )


# -- union -------------------------------------------------------------------------------------------------------


def _union_asset(contract: Contract, datasets: Mapping[str, Dataset]) -> dg.AssetsDefinition:
    deps = [dg.AssetKey([OBSERVATIONS, name]) for name in datasets]

    @dg.multi_asset(name="union", outs=table_outs(contract, UNION_TABLES, ()), deps=deps)
    def union(data_dir: DataDir, clock: Clock, suites: SuiteWorkers) -> Iterator[dg.MaterializeResult[Any]]:
        declared = declarations()
        release = data_dir.directory.last_release(contract)
        states = dataset_states(declared, data_dir.directory, release, clock.now())
        protect_states(declared, states, release, RestrictedCounts(data_dir.directory))
        moment = publish.free_moment(release.name, clock.now())
        staged = StagedTables(data_dir.directory)
        for name, rows in union_tables(declared, states, release, moment, staged.rows):
            yield dg.MaterializeResult(asset_key=name, value=rows)
            suites.begin(data_dir.directory, name)
            # What differs from a release that is carried over, its revisions say.
            last_needed = "revisions" if carried_over.may_carry(release) else "observations"
            if name == last_needed and can_make_beside(release, staged):
                second_process.begin_requirement_tables(data_dir.directory)
            fill_large(data_dir.directory, release, name)
        yield dg.MaterializeResult(asset_key="fetches", value=fetches(contract, data_dir.directory, declared))
        suites.begin(data_dir.directory, "fetches")
        hand_over(data_dir.directory, states, staged.scan("quarantine"))

    return union


def fill_large(data_dir: DataDirectory, release: LastRelease, name: str) -> None:
    """Let a large table be put into the DuckDB file now, where the last file is not amended; small ones go together."""
    if not (carried_over.may_carry(release) or isinstance(StagedTables(data_dir).rows(name), pa.Table)):
        second_process.fill_table(data_dir, name)


def can_make_beside(release: LastRelease, staged: StagedTables) -> bool:
    """Whether tables of ``BESIDE`` may begin now: one is not made yet, and what they are made of is here.

    The codebook makes ``sources`` in a step of its own, which runs before this one only where steps do not run beside
    each other, in several processes or on several machines.
    """
    if not staged.path("sources").is_file():
        return False
    return not all(_is_made(release, table, data_version(table, staged)) for table in BESIDE)


# -- codebook and derived ------------------------------------------------------------------------------------------


def _codebook_asset(contract: Contract) -> dg.AssetsDefinition:
    @dg.multi_asset(name="codebook", outs=table_outs(contract, CODEBOOK_TABLES, ()), op_tags=FIRST)
    def codebook_tables(data_dir: DataDir, suites: SuiteWorkers) -> Iterator[dg.MaterializeResult[Any]]:
        declared = declarations()
        release = data_dir.directory.last_release(contract)
        makers: dict[str, Callable[[], Made]] = {
            "indicators": lambda: codebook.indicators(contract),
            "areas": lambda: codebook.areas(contract),
            "codes": lambda: codebook.codes(contract),
            "sources": lambda: codebook.sources(contract, declared.publications, declared.datasets),
            "response_services": lambda: codebook.response_services(contract, declared.services),
        }
        tables = StagedTables(data_dir.directory)
        for name, make in makers.items():
            yield _materialized(release, name, data_version(name, tables), make)
            suites.begin(data_dir.directory, name)

    return codebook_tables


def _derived_asset(contract: Contract) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="derived",
        outs=table_outs(contract, DERIVED_TABLES, ()),
        ins={"observations": dg.AssetIn(), "sources": dg.AssetIn()},
    )
    def derived(
        context: dg.AssetExecutionContext,
        data_dir: DataDir,
        suites: SuiteWorkers,
        observations: Any,
        sources: Any,
    ) -> Iterator[dg.MaterializeResult[Any]]:
        declared = declarations()
        release = data_dir.directory.last_release(contract)
        tables = StagedTables(data_dir.directory)
        differing = carried_over.touched(release, observations, tables.rows("revisions"), sources)
        made = derived_tables(declared, observations, sources, tables.rows, context.log.warning, differing)
        beside = cache(lambda: second_process.requirement_tables(data_dir.directory))

        def make(name: str) -> Made:
            return beside()[name] if name in BESIDE and name in beside() else made[name]()

        for name in DERIVED_TABLES:
            yield _materialized(release, name, data_version(name, tables), partial(make, name))
            suites.begin(data_dir.directory, name)
            fill_large(data_dir.directory, release, name)

    return derived


def data_version(name: str, tables: StagedTables) -> str:
    """Data version of a table: of what it is made of, or its checksum where it is made anew every time."""
    if name in DERIVED_TABLES:
        return table_version(registers_version(), tables.sha256("observations"), tables.sha256("sources"))
    if name in CODEBOOK_TABLES:
        return table_version(registers_version())
    return tables.sha256(name)[:16]


def _materialized(
    release: LastRelease, name: str, version: str, make: Callable[[], Made]
) -> dg.MaterializeResult[Any]:
    """The table of the last release where its inputs are the same, otherwise a new one."""
    rows = release.rows(name) if _is_made(release, name, version) else make()
    return dg.MaterializeResult(asset_key=name, value=rows, data_version=dg.DataVersion(version))


def _is_made(release: LastRelease, name: str, version: str) -> bool:
    """Whether the last release has a table of the same inputs."""
    made_of = table_entry(release.manifest, name).get("data_version")
    return made_of == version and not release.damaged
