"""Two assets a dataset, each of which can run alone.

``raw/<dataset>``           pulls: bundled files, the inbox, and in a live run the publisher's addresses (time-driven)
``observations/<dataset>``  reads, normalizes and judges the current files of the archive (data-driven)

Whatever is raised in one dataset becomes a finding on that dataset: its last rows stay published, and the other
datasets and the release go on. So no function here lets an exception of a dataset out.

Not here: pulling (``sources.pull``), reading and judging (``transforms.ingest``, ``transforms.judge``), the state in
one word (``pipelines.dataset_states``). Called by ``pipelines.definitions``, once for each declared dataset.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.model import Contract, Table
from data_contracts.vocabulary import COUNTRY_NAMES
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import code_version, dataset_version, files_part
from pipelines.dataset_states import attempt_findings
from pipelines.declarations import Declarations, declarations
from pipelines.release.last import LastRelease
from pipelines.resources import Clock, DataDir, Publishers
from pipelines.restricted import RestrictedCounts
from pipelines.staging import DatasetStages
from sources.dataset import Dataset
from sources.pull import Pulled, policy_for, pull_live, pull_local
from transforms.ingest import Ingested, ingest, last_rows, stopped

OWNERS = ["team:dvstats"]
RAW, OBSERVATIONS, PARTS = "raw", "observations", "parts"
# How many refused rows a check shows; the table quarantine holds them all.
SHOWN = 20
CHECKS = {
    RAW: ("publisher_reached", "The publisher was reached; otherwise the last good file is used."),
    OBSERVATIONS: (
        "nothing_refused_or_lost",
        "No row was refused, and the file kept the shape and coverage it had.",
    ),
}


def column_schema(table: Table) -> dg.TableSchema:
    """Dagster's table schema of a contract table."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=column.meaning.en,
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
            )
            for column in table.columns
        ]
    )


def dataset_assets(dataset: Dataset, contract: Contract) -> dg.AssetsDefinition:
    """The two assets of a dataset with a check each."""
    raw, observations = dg.AssetKey([RAW, dataset.id]), dg.AssetKey([OBSERVATIONS, dataset.id])
    specs = [
        _spec(dataset, RAW, "Files as received, in the raw archive.", [], {"http"}),
        _spec(
            dataset,
            OBSERVATIONS,
            f"Observations in the shared schema, by the reader {dataset.reader}; refused rows in quarantine.",
            [raw],
            {dataset.reader, "parquet"},
            {"dagster/column_schema": column_schema(contract.tables["observations"])},
        ),
    ]
    checks = [
        dg.AssetCheckSpec(name, asset=dg.AssetKey([stage, dataset.id]), description=what)
        for stage, (name, what) in CHECKS.items()
    ]

    @dg.multi_asset(name=dataset.id, specs=specs, check_specs=checks, can_subset=True)
    def process_dataset(
        context: dg.AssetExecutionContext,
        data_dir: DataDir,
        clock: Clock,
        publishers: Publishers,
    ) -> Iterator[Any]:
        declared = declarations()
        broken: Exception | None = None
        if raw in context.selected_asset_keys:
            pulled, broken = pull_dataset(dataset, data_dir.directory, publishers)
            counts: dict[str, Any] = {
                "new": pulled.new,
                "unchanged": pulled.unchanged,
                "problems": pulled.outages,
            }
            yield dg.MaterializeResult(asset_key=raw, metadata=counts)
        if observations in context.selected_asset_keys:
            result = observe_dataset(declared, dataset, data_dir.directory, broken)
            for part in result.parts:
                context.log_event(part_that_came(dataset, part))
            yield dg.MaterializeResult(
                asset_key=observations,
                metadata={
                    "dagster/row_count": result.observations.num_rows,
                    "refused_rows": result.quarantine.num_rows,
                    "held": result.held,
                },
                data_version=dg.DataVersion(result.data_version) if result.data_version else None,
            )
            if dg.AssetCheckKey(observations, CHECKS[OBSERVATIONS][0]) in context.selected_asset_check_keys:
                yield _judged(result)
        if dg.AssetCheckKey(raw, CHECKS[RAW][0]) in context.selected_asset_check_keys:
            yield _reached(declared, dataset, data_dir.directory, clock)

    return process_dataset


def parts_spec(dataset: Dataset) -> dg.AssetSpec | None:
    """The parts in which a register comes, country by month (or year): the UI shows which are there and which not.

    No step makes them: the step that counts the register reports each part that it found in the files.
    """
    partitions = dataset.counting.partitions if dataset.counting else None
    if partitions is None:
        return None
    since = f"{partitions.since}-01" if partitions.by == "month" else f"{partitions.since}-01-01"
    spans = (
        dg.MonthlyPartitionsDefinition(start_date=since, fmt="%Y-%m-%d", end_offset=1)
        if partitions.by == "month"
        else dg.TimeWindowPartitionsDefinition(
            start=since, fmt="%Y-%m-%d", cron_schedule="0 0 1 1 *", end_offset=1
        )
    )
    return dg.AssetSpec(
        [PARTS, dataset.id],
        deps=[dg.AssetKey([RAW, dataset.id])],
        group_name=COUNTRY_NAMES.get(dataset.country, "international").lower(),
        description=f"{dataset.title.en}. The parts that came; nothing of their content.",
        owners=OWNERS,
        partitions_def=dg.MultiPartitionsDefinition(
            {"country": dg.StaticPartitionsDefinition([dataset.country]), partitions.by: spans}
        ),
    )


def part_that_came(dataset: Dataset, part: str) -> dg.AssetMaterialization:
    """The report of one part, such as 2025-03."""
    by = dataset.counting.partitions.by if dataset.counting and dataset.counting.partitions else "month"
    first_day = f"{part}-01" if by == "month" else f"{part}-01-01"
    return dg.AssetMaterialization(
        asset_key=[PARTS, dataset.id],
        partition=dg.MultiPartitionKey({"country": dataset.country, by: first_day}),
    )


def _spec(
    dataset: Dataset,
    stage: str,
    what: str,
    deps: list[dg.AssetKey],
    kinds: set[str],
    metadata: dict[str, Any] | None = None,
) -> dg.AssetSpec:
    return dg.AssetSpec(
        [stage, dataset.id],
        deps=deps,
        group_name=COUNTRY_NAMES.get(dataset.country, "international").lower(),
        description=f"{dataset.title.en}. {what}",
        owners=OWNERS,
        kinds=kinds,
        code_version=code_version(),
        tags={"cadence": dataset.cadence, "collection": dataset.collection},
        metadata={
            "address": dg.MetadataValue.url(dataset.address),
            "licence": dataset.licence.id,
            **(metadata or {}),
        },
    )


def pull_dataset(
    dataset: Dataset, data_dir: DataDirectory, publishers: Publishers
) -> tuple[Pulled, Exception | None]:
    """Pull; what was raised comes back beside what came until then."""
    pulled = Pulled()
    try:
        pulled = pull_local(dataset, data_dir.archive, data_dir.inbox)
        if publishers.live and dataset.collection == "portal":
            policy = policy_for(
                dataset,
                contact=publishers.contact,
                mirrored=bool(publishers.mirror),
                patience=publishers.patience,
            )
            live = pull_live(dataset, data_dir.archive, publishers.client, policy, publishers.via)
            live.new += pulled.new
            pulled = live
    except Exception as error:
        return pulled, error
    return pulled, None


def observe_dataset(
    declared: Declarations,
    dataset: Dataset,
    data_dir: DataDirectory,
    broken: Exception | None,
) -> Ingested:
    """The outcome of a dataset, from its stage where nothing changed; never an exception."""
    stages = DatasetStages(data_dir)
    last = declared.normalizer.good_schema().empty_table()
    version = ""
    try:
        release: LastRelease = data_dir.last_release(declared.contract)
        last = last_rows(declared.normalizer, dataset.id, release.observations)
        version = dataset_version(dataset, data_dir.archive)
        if broken is not None:
            result = stopped(declared.normalizer, dataset, last, broken)
        else:
            known = stages.load(dataset.id, version)
            if known is not None and not known.stopped:
                return known
            row = release.datasets.get(dataset.id, {})
            accepted = (
                files_part(row.get("data_version")) if row.get("state") not in ("held", "failed") else ""
            )
            history = published_before(release, dataset) if dataset.restricted else None
            result = ingest(declared.normalizer, dataset, data_dir.archive, last, accepted, history)
        result.data_version = version
        RestrictedCounts(data_dir).save(result)
        stages.save(result)
    except Exception as error:
        result = stopped(declared.normalizer, dataset, last, error)
        result.data_version = version
        stages.keep(result)
        return result
    stages.forget(dataset.id)
    return result


def published_before(release: LastRelease, dataset: Dataset) -> pa.Table:
    """Every version of a dataset's rows that was ever published."""
    history = release.table("observation_history")
    return history.filter(pc.equal(history["dataset_id"], dataset.id))


def _reached(
    declared: Declarations, dataset: Dataset, data_dir: DataDirectory, clock: Clock
) -> dg.AssetCheckResult:
    try:
        attempts = data_dir.archive.fetches_of(dataset.id)
        found = attempt_findings(declared.contract, dataset, data_dir, attempts, clock.now()).rows
        sentences = [f"{row['reason_en']} {row['detail'] or ''}".strip() for row in found]
    except Exception as error:
        sentences = [f"The log of attempts cannot be read: {error}"]
    return dg.AssetCheckResult(
        asset_key=[RAW, dataset.id],
        check_name=CHECKS[RAW][0],
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"findings": sentences} if sentences else {},
    )


def _judged(result: Ingested) -> dg.AssetCheckResult:
    refused = [
        f"{row['raw_locator']}: {row['reason_en']}" for row in result.quarantine.slice(0, SHOWN).to_pylist()
    ]
    other = [row for row in result.findings if row["severity"] != "info"]
    sentences = [*refused, *(f"{row['reason_en']} {row['detail'] or ''}".strip() for row in other)]
    serious = bool(refused) or any(row["severity"] == "critical" for row in other)
    return dg.AssetCheckResult(
        asset_key=[OBSERVATIONS, result.dataset_id],
        check_name=CHECKS[OBSERVATIONS][0],
        passed=not sentences,
        severity=dg.AssetCheckSeverity.ERROR if serious else dg.AssetCheckSeverity.WARN,
        metadata={"findings": sentences, "refused_rows": result.quarantine.num_rows} if sentences else {},
    )
