"""Two assets a dataset, each of which can run alone.

``raw/<dataset>``           pulls: bundled files, the inbox, and in a live run the publisher's addresses (time-driven)
``observations/<dataset>``  reads, normalizes and judges the current files of the archive (data-driven)

The raw asset is materialized when its files came or were confirmed, as Dagster's freshness policy reads it. In a run
that asked no publisher, or in vain, it is observed only: Dagster shows the same age as ``dvstats status``.

Not here: what is done with a dataset (``pipelines.process_dataset``), the process that may have done it already
(``pipelines.second_process``), the state in one word (``pipelines.dataset_states``). Called by
``pipelines.definitions``, once for each declared dataset.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from data_contracts.model import Contract, Table
from data_contracts.rows import count_rows
from pipelines import second_process
from pipelines.assets.overview_checks import group_of
from pipelines.attempts import attempt_findings, last_success
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import code_version
from pipelines.declarations import Declarations, declarations
from pipelines.freshness_policies import freshness_policy
from pipelines.overview import remedy
from pipelines.process_dataset import observe_dataset, pull_dataset
from pipelines.resources import Clock, DataDir, Publishers
from sources.dataset import Dataset
from sources.pull import Pulled
from transforms.findings import in_words
from transforms.ingest import Ingested

OWNERS = ["team:dvstats"]
RAW, OBSERVATIONS, PARTS = "raw", "observations", "parts"
# How many refused rows a check shows; the table quarantine holds them all.
SHOWN = 20
FETCHED, REACHED, JUDGED = "fetched", "publisher_reached", "nothing_refused_or_lost"
CHECKS = {
    RAW: {
        FETCHED: "Something was received from the publisher at least once.",
        REACHED: "The publisher was reached; otherwise the last good file is used.",
    },
    OBSERVATIONS: {JUDGED: "No row was refused, and the file kept the shape and coverage it had."},
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
    checks = [
        dg.AssetCheckSpec(name, asset=dg.AssetKey([stage, dataset.id]), description=what)
        for stage, checks_of in CHECKS.items()
        for name, what in checks_of.items()
    ]

    @dg.multi_asset(
        name=dataset.id,
        specs=_specs(dataset, contract),
        check_specs=checks,
        can_subset=True,
        pool=dataset.hosts[0] if dataset.hosts else None,
    )
    def process_dataset(
        context: dg.AssetExecutionContext,
        data_dir: DataDir,
        clock: Clock,
        publishers: Publishers,
    ) -> Iterator[Any]:
        declared = declarations()
        broken: Exception | None = None
        if raw in context.selected_asset_keys:
            pulled, broken = second_process.pulled(dataset, data_dir.directory) or pull_dataset(
                dataset, data_dir.directory, publishers
            )
            yield _received(dataset, data_dir.directory, clock, publishers, pulled)
        if observations in context.selected_asset_keys:
            result = observe_dataset(declared, dataset, data_dir.directory, broken)
            for part in result.parts:
                context.log_event(part_that_came(dataset, part))
            yield _observed(dataset, data_dir.directory, clock, publishers, result)
            if dg.AssetCheckKey(observations, JUDGED) in context.selected_asset_check_keys:
                yield _judged(result)
        if dg.AssetCheckKey(raw, REACHED) in context.selected_asset_check_keys:
            yield _reached(declared, dataset, data_dir.directory, clock)
        if dg.AssetCheckKey(raw, FETCHED) in context.selected_asset_check_keys:
            yield _fetched(dataset, data_dir.directory)

    return process_dataset


def _specs(dataset: Dataset, contract: Contract) -> list[dg.AssetSpec]:
    """What Dagster shows of the two assets."""
    return [
        _spec(
            dataset,
            RAW,
            "Files as received, in the raw archive.",
            kinds={"http"},
            freshness_policy=freshness_policy(dataset),
            # Where nothing came, there is nothing to materialize.
            skippable=True,
        ),
        _spec(
            dataset,
            OBSERVATIONS,
            f"Observations in the shared schema, by the reader {dataset.reader}; refused rows in quarantine.",
            deps=[dg.AssetKey([RAW, dataset.id])],
            kinds={dataset.reader, "parquet"},
            metadata={"dagster/column_schema": column_schema(contract.tables["observations"])},
        ),
    ]


def _received(
    dataset: Dataset, data_dir: DataDirectory, clock: Clock, publishers: Publishers, pulled: Pulled
) -> dg.MaterializeResult[Any] | dg.AssetObservation:
    """Materialized where files came or were confirmed; otherwise observed: what there is stays as old as it is."""
    key = dg.AssetKey([RAW, dataset.id])
    metadata: dict[str, Any] = {
        **_age(dataset, data_dir, clock),
        **_request(dataset, publishers),
        "new files": pulled.new,
        "unchanged files": pulled.unchanged,
        "problems": [*pulled.outages, *map(str, pulled.problems)],
    }
    confirmed = pulled.unchanged and not pulled.outages
    if pulled.new or confirmed or dataset.collection == "transcription":
        return dg.MaterializeResult(asset_key=key, metadata=metadata)
    return dg.AssetObservation(
        asset_key=key, metadata=metadata, description="Nothing was received or confirmed."
    )


def _observed(
    dataset: Dataset, data_dir: DataDirectory, clock: Clock, publishers: Publishers, result: Ingested
) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(
        asset_key=[OBSERVATIONS, dataset.id],
        metadata={
            "dagster/row_count": count_rows(result.observations),
            "refused rows": result.quarantine.num_rows,
            **_age(dataset, data_dir, clock),
            **_request(dataset, publishers),
            "held": result.held,
        },
        data_version=dg.DataVersion(result.data_version) if result.data_version else None,
    )


def _request(dataset: Dataset, publishers: Publishers) -> dict[str, str]:
    """Whether this run asked the publisher, in words."""
    reason = publishers.asked_for(dataset)
    return {"publisher requested": f"no: {reason}" if reason else f"yes, {publishers.via}"}


def _age(dataset: Dataset, data_dir: DataDirectory, clock: Clock) -> dict[str, float]:
    """Days since the files were received or confirmed, which Dagster plots over time; nothing where none came."""
    try:
        success = last_success(data_dir.archive.fetches_of(dataset.id), clock.now())
    except Exception:
        # The check publisher_reached says that the log cannot be read.
        return {}
    return {"age in days": round((clock.now() - success).total_seconds() / 86_400, 2)} if success else {}


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
        group_name=group_of(dataset.country),
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


def _spec(dataset: Dataset, stage: str, what: str, **more: Any) -> dg.AssetSpec:
    """Asset spec with what both stages have in common; ``more`` are further arguments of ``dg.AssetSpec``."""
    metadata = {
        "address": dg.MetadataValue.url(dataset.address),
        "publisher": dataset.publisher.en,
        "licence": dataset.licence.id,
        **more.pop("metadata", {}),
    }
    return dg.AssetSpec(
        [stage, dataset.id],
        group_name=group_of(dataset.country),
        description=f"{dataset.title.en}. {what}",
        owners=OWNERS,
        code_version=code_version(),
        tags={"cadence": dataset.cadence, "collection": dataset.collection},
        metadata=metadata,
        **more,
    )


def _reached(
    declared: Declarations, dataset: Dataset, data_dir: DataDirectory, clock: Clock
) -> dg.AssetCheckResult:
    try:
        attempts = data_dir.archive.fetches_of(dataset.id)
        found = attempt_findings(declared.contract, dataset, data_dir, attempts, clock.now()).rows
        sentences = [in_words(row) for row in found]
    except Exception as error:
        sentences = [f"The log of attempts cannot be read: {error}"]
    return dg.AssetCheckResult(
        asset_key=[RAW, dataset.id],
        check_name=REACHED,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"findings": sentences} if sentences else {},
    )


def _fetched(dataset: Dataset, data_dir: DataDirectory) -> dg.AssetCheckResult:
    """Never green for a dataset of which nothing was ever received."""
    there = bool(data_dir.archive.files(dataset.id))
    facts = {"dataset_id": dataset.id, "address": dataset.address, "collection": dataset.collection}
    return dg.AssetCheckResult(
        asset_key=[RAW, dataset.id],
        check_name=FETCHED,
        passed=there,
        severity=dg.AssetCheckSeverity.WARN,
        description="" if there else f"Never fetched. {remedy('not_fetched', facts, ())}",
    )


def _judged(result: Ingested) -> dg.AssetCheckResult:
    refused = [
        f"{row['raw_locator']}: {row['reason_en']}" for row in result.quarantine.slice(0, SHOWN).to_pylist()
    ]
    other = [row for row in result.findings if row["severity"] != "info"]
    sentences = [*refused, *(in_words(row) for row in other)]
    serious = bool(refused) or any(row["severity"] == "critical" for row in other)
    return dg.AssetCheckResult(
        asset_key=[OBSERVATIONS, result.dataset_id],
        check_name=JUDGED,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.ERROR if serious else dg.AssetCheckSeverity.WARN,
        metadata={"findings": sentences, "refused_rows": result.quarantine.num_rows} if sentences else {},
    )
