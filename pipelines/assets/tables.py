"""The contract's tables as assets; each step takes tables and returns tables.

::

    observations/<dataset> …
      -> union      observations, observation_history, revisions, quarantine, findings, datasets
      -> codebook   indicators, areas, codes, sources, legal_framework, response_services, fetches
      -> derived    population, rates, best_observations, discrepancies, response_cascade, …
    raw/programme_returns
      -> programmes programmes, programme_returns, … (pipelines.assets.programmes)
      -> candidate  releases                                 (pipelines.assets.release)

A table is derived anew only when one of its inputs changed: its data version is compared with the one that the last
release records. Not here: what is checked of these tables (``pipelines.assets.table_checks``), how a table is computed
(``transforms.derive``), what becomes of them (``pipelines.assets.release``). Called by ``pipelines.definitions``.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import checks
from data_contracts.arrow import Rows, arrow_schema, one_after_another
from data_contracts.connection import open_duckdb
from data_contracts.model import Contract
from data_contracts.replace_rows import Made, appended
from data_contracts.rows import read_rows
from pipelines import second_process
from pipelines.assets import carried
from pipelines.assets.carried import Touched
from pipelines.assets.datasets import OBSERVATIONS, OWNERS, column_schema
from pipelines.assets.lineage import column_lineage
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import code_version, registers_version, table_version
from pipelines.dataset_states import LAST_ROWS_REFUSED, DatasetState, dataset_states, hand_over
from pipelines.declarations import Declarations, declarations
from pipelines.protect_release import protect_states
from pipelines.release import manifest, publish
from pipelines.release.last_release import LastRelease
from pipelines.requirement_tables import RequirementTables
from pipelines.resources import Clock, DataDir, SuiteWorkers
from pipelines.staging import StagedTables
from pipelines.unprotected_counts import RestrictedCounts
from sources.dataset import Dataset
from sources.receipts import time_of
from transforms.derive import (
    best_observations,
    breaks,
    cascade,
    codebook,
    comparability,
    discrepancies,
    history,
    population,
    rates,
)
from transforms.findings import Findings
from transforms.normalize import former_keys
from transforms.normalize.inputs_and_results import FileFacts
from transforms.normalize.lookups import create_tables
from transforms.normalize.one_file import FIRST_RELEASE
from transforms.normalize.quarantine import refused_row
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
            if name == "observations" and can_make_beside(release, staged):
                second_process.begin_requirement_tables(data_dir.directory)
            fill_large(data_dir.directory, release, name)
        yield dg.MaterializeResult(asset_key="fetches", value=fetches(contract, data_dir.directory, declared))
        suites.begin(data_dir.directory, "fetches")
        hand_over(data_dir.directory, states, staged.scan("quarantine"))

    return union


def fill_large(data_dir: DataDirectory, release: LastRelease, name: str) -> None:
    """Let a large table be put into the DuckDB file now, where the last file is not amended; small ones go together."""
    if not (carried.may_carry(release) or isinstance(StagedTables(data_dir).rows(name), pa.Table)):
        second_process.fill_table(data_dir, name)


def can_make_beside(release: LastRelease, staged: StagedTables) -> bool:
    """Whether tables of ``BESIDE`` may begin now: one is not made yet, and what they are made of is here.

    Not where they are carried over from a large release but for a few rows.

    The codebook makes ``sources`` in a step of its own, which runs before this one only where steps do not run beside
    each other, in several processes or on several machines.
    """
    if carried.may_carry(release) or not staged.path("sources").is_file():
        return False
    return not all(_is_made(release, table, data_version(table, staged)) for table in BESIDE)


def union_tables(
    declared: Declarations,
    states: Sequence[DatasetState],
    release: LastRelease,
    moment: dt.datetime,
    written: Callable[[str], Rows],
) -> Iterator[tuple[str, Made]]:
    """The observations of all datasets with their history, what was refused and found, and the laws with the number of
    series that each breaks: one table after the other.

    ``moment``: time of the release that is being made, UTC without zone. ``written``: a table that was given before and
    is written since.
    """
    contract = declared.contract
    facts = {state.dataset.id: state.facts for state in states}
    # First: the rules of the observations ask for the country of their dataset.
    yield "datasets", codebook.datasets_table(contract, declared.datasets, facts)
    unchanged = carried.unchanged_datasets(states, release)
    rows, refused = without_retired(declared, [s for s in states if s.dataset.id not in unchanged])
    # A figure of which only the nature was corrected continues under its new key.
    moved = former_keys.moved_by_nature([release.observations], rows)
    if moved and unchanged:
        unchanged = frozenset()
        rows, refused = without_retired(declared, states)
    broken = breaks.find_breaks(rows, declared.laws, contract.areas)
    name = manifest.release_name(moment)
    before = former_keys.with_keys(release.rows("observation_history"), moved)
    advance = history.advance(contract, before, rows, name, moment, broken.marked, unchanged)
    yield "observation_history", advance.history
    if unchanged:
        yield "observations", advance.observations(release.rows("observations"))
    else:
        yield "observations", history.in_force(contract, written("observation_history"))
    earlier = former_keys.with_keys(release.rows("revisions"), moved)
    yield "revisions", _revisions(contract, earlier, advance.revisions, few=bool(unchanged))
    quarantine = pa.concat_tables([*(state.quarantine for state in states), refused])
    yield "quarantine", _sorted(contract, "quarantine", quarantine)
    note_refused(contract, states, refused)
    findings = [row for state in states for row in state.findings]
    yield "findings", codebook.make(contract, "findings", findings)
    series = broken.series
    if unchanged:
        observations, sources = (
            written("observations"),
            codebook.sources(contract, declared.publications, declared.datasets),
        )
        touched = carried.touched(release, observations, written("revisions"), sources)
        series = broken_series(declared, observations, touched)
    yield "legal_framework", codebook.legal_framework(contract, declared.laws, series)


def _revisions(contract: Contract, earlier: Rows, new: pa.RecordBatchReader, *, few: bool) -> Made:
    """Those of the earlier releases, then ``new`` ones."""
    if isinstance(earlier, pa.Table):
        earlier = _sorted(contract, "revisions", earlier)
    if few:
        return appended(earlier, new.read_all())
    return one_after_another(arrow_schema(contract, contract.tables["revisions"]), [earlier, new])


def _sorted(contract: Contract, name: str, table: pa.Table) -> pa.Table:
    schema = arrow_schema(contract, contract.tables[name])
    return table.cast(schema).sort_by([(column, "ascending") for column in contract.tables[name].order])


def without_retired(declared: Declarations, states: Sequence[DatasetState]) -> tuple[list[Rows], pa.Table]:
    """The observations of all datasets in parts; for quarantine, carried ones that break a rule of the contract.

    Rows that were processed now have passed the rules. Rows that are carried from an earlier release have passed those
    of their time. Example: a held dataset's last rows have an indicator that was renamed since.
    """
    contract, normalizer = declared.contract, declared.normalizer
    table = contract.tables["observations"]
    carried = [state for state in states if not state.processed or state.state == "held"]
    fresh = [state.observations for state in states if state not in carried]
    rows = pa.concat_tables(
        [normalizer.good_schema().empty_table(), *(read_rows(state.observations) for state in carried)]
    )
    first = pa.array([FIRST_RELEASE] * rows.num_rows, pa.string())
    with open_duckdb() as con:
        create_tables(contract, {state.dataset.id: state.country for state in carried}, con)
        con.register("carried", rows.append_column("first_release", first))
        broken = dict(con.execute(checks.violations(contract, table, "carried")).fetchall())
    is_broken = pc.is_in(rows["obs_key"], value_set=pa.array(sorted(broken), pa.string()))
    sentences = {check.id: check.sentence for check in checks.row_checks(contract, table)}
    refused = [
        refused_row(
            row["dataset_id"],
            broken[row["obs_key"]],
            sentences[broken[row["obs_key"]]].en,
            sentences[broken[row["obs_key"]]].ru,
            FileFacts(row["raw_sha256"], row["retrieved_at"], f"raw/{row['dataset_id']}/{row['raw_sha256']}"),
            locator=row["raw_locator"],
            value=row["published_value"],
        )
        for row in rows.filter(is_broken).to_pylist()
    ]
    kept = rows.filter(pc.invert(is_broken))
    return [kept, *fresh], normalizer.quarantine(refused)


def note_refused(contract: Contract, states: Sequence[DatasetState], refused: pa.Table) -> None:
    """Say of each dataset which of its last rows could not stay; ``refused`` as :func:`without_retired` gives it."""
    counts = Counter(zip(refused["dataset_id"].to_pylist(), refused["reason_en"].to_pylist(), strict=True))
    for state in states:
        found = Findings(contract, state.dataset.id)
        for (name, reason), count in counts.items():
            if name == state.dataset.id:
                found.add(LAST_ROWS_REFUSED, "critical", f"{count}: {reason}")
        state.findings = [row for row in state.findings if row["finding"] != LAST_ROWS_REFUSED] + found.rows


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


def broken_series(declared: Declarations, observations: Rows, touched: Touched | None) -> dict[str, int]:
    """How many series each law broke; those of a dataset that stayed as it was are counted in the last release."""

    def count(*rows: Rows) -> Counter[str]:
        return Counter(breaks.find_breaks(rows, declared.laws, declared.contract.areas).series)

    if touched is None:
        return count(observations)
    known = {
        row["law_id"]: row["series_with_break"]
        for row in read_rows(touched.last("legal_framework")).to_pylist()
    }
    before, now = (count(touched.of_datasets(rows)) for rows in (touched.last("observations"), observations))
    return {law: series - before[law] + now[law] for law, series in known.items()}


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
        differing = carried.touched(release, observations, tables.rows("revisions"), sources)
        made = derived_tables(declared, observations, sources, tables.rows, context.log.warning, differing)
        beside = cache(lambda: second_process.requirement_tables(data_dir.directory))

        def make(name: str) -> Made:
            return beside()[name] if name in BESIDE and name in beside() else made[name]()

        for name in DERIVED_TABLES:
            yield _materialized(release, name, data_version(name, tables), partial(make, name))
            suites.begin(data_dir.directory, name)
            fill_large(data_dir.directory, release, name)

    return derived


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
        ),
        "discrepancies": differing,
        "response_cascade": lambda: cascade.response_cascade(
            contract, written("best_observations"), breaks.acts(declared.laws, contract.areas)
        ),
        "coverage": answered.coverage,
        "comparability": lambda: comparability.comparability(contract, observations),
        "scorecard": answered.scorecard,
    }


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
    entry: dict[str, Any] = next((e for e in release.manifest.get("tables", ()) if e["name"] == name), {})
    return bool(entry.get("data_version") == version and not release.damaged)


def fetches(contract: Contract, data_dir: DataDirectory, declared: Declarations) -> pa.Table:
    """Table ``fetches``: every attempt of the archive's log, of datasets that are declared."""
    rows = [
        {
            "dataset_id": record.dataset,
            "address": record.address,
            "requested_at": time_of(record.requested_at),
            "received_at": time_of(record.received_at),
            "http_status": record.status,
            "outcome": record.outcome,
            "reason": record.reason or None,
            "sha256": record.sha256,
            # Of a register it would give the number of its rows.
            "size": None if declared.datasets[record.dataset].restricted else record.size,
            "via": record.via,
            "stated_period": record.stated_period,
        }
        for record in data_dir.archive.fetches()
        if record.dataset in declared.datasets
    ]
    return codebook.make(contract, "fetches", rows)
