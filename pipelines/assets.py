"""The Dagster graph: per dataset raw -> read -> normalized, then the tables of the contract, checks, the release."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import checks as contract_checks
from data_contracts.model import Contract, Table
from pipelines import checks
from pipelines.ingest import Ingest, Ingested
from pipelines.release import manifest, publish
from pipelines.resources import Clock, DataDir, Declarations, Publishers, declarations
from sources.dataset import Dataset
from transforms.derive import (
    best_observations,
    breaks,
    cascade,
    codebook,
    comparability,
    coverage,
    discrepancies,
    history,
    population,
    rates,
)

GROUPS = {"KZ": "kazakhstan", "KG": "kyrgyzstan", "TJ": "tajikistan", "UZ": "uzbekistan", "DE": "germany"}
OWNERS = ["team:dvstats"]
# Few checks a dataset: each costs two events in the run storage, whatever it looks at.
DATASET_CHECKS = (
    ("raw", "publisher_reached", "The publisher was reached; otherwise the last good file stands in."),
    (
        "normalized",
        "nothing_refused_or_lost",
        "No row was refused, and the file kept the shape and coverage it had.",
    ),
)


def group_of(dataset: Dataset) -> str:
    """Asset group of a dataset."""
    return GROUPS.get(dataset.country, "international")


def column_schema(table: Table) -> dg.TableSchema:
    """Dagster's table schema of a contract table."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=c.name, type=c.type, description=c.meaning.en,
                constraints=dg.TableColumnConstraints(nullable=c.nullable),
            )
            for c in table.columns
        ]
    )  # fmt: skip


def dataset_asset(dataset: Dataset, contract: Contract) -> dg.AssetsDefinition:
    """One dataset's three stages as assets of one step: they share the bytes in memory."""
    stages = {
        "raw": "Files as received, in the raw archive.",
        "read": f"Text cells with their places, by the reader {dataset.reader}.",
        "normalized": "Observations in the shared schema, and refused rows in quarantine.",
    }
    specs, before = [], None
    for stage, what in stages.items():
        metadata: dict[str, Any] = {
            "address": dg.MetadataValue.url(dataset.address),
            "licence": dataset.licence.id,
        }
        if stage == "normalized":
            metadata["dagster/column_schema"] = column_schema(contract.tables["observations"])
        specs.append(
            dg.AssetSpec(
                [stage, dataset.id], deps=[before] if before else [], group_name=group_of(dataset),
                description=f"{dataset.title['en']}. {what}", owners=OWNERS,
                kinds={"csv" if dataset.reader == "transcription" else dataset.reader, "python"}
                if stage != "normalized" else {"duckdb"},
                tags={"cadence": dataset.cadence, "collection": dataset.collection},
                metadata=metadata,
            )
        )  # fmt: skip
        before = dg.AssetKey([stage, dataset.id])
    check_specs = [
        dg.AssetCheckSpec(name, asset=dg.AssetKey([stage, dataset.id]), description=what)
        for stage, name, what in DATASET_CHECKS
    ]

    @dg.multi_asset(name=dataset.id, specs=specs, check_specs=check_specs)
    def stage_dataset(data_dir: DataDir, clock: Clock, publishers: Publishers) -> Iterator[Any]:
        ingest = Ingest(declarations(), dataset, data_dir, clock.now())
        ingest.pull(publishers)
        yield _materialized(
            dataset, "raw", {"pulled": ingest.result.pulled, "unchanged": ingest.result.unchanged}
        )
        sheets = ingest.read()
        yield _materialized(
            dataset, "read", {"files": ingest.result.files, "dagster/row_count": ingest.result.cells}
        )
        ingest.normalize(sheets)
        result = ingest.judge()
        ingest.stage()
        counts = {
            "dagster/row_count": result.observations.num_rows,
            "refused_rows": result.quarantine.num_rows,
        }
        yield _materialized(dataset, "normalized", {**counts, "state": result.state})
        yield from _dataset_checks(result)

    return stage_dataset


def _materialized(dataset: Dataset, stage: str, metadata: Mapping[str, Any]) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(asset_key=[stage, dataset.id], metadata=dict(metadata))


def _dataset_checks(result: Ingested) -> Iterator[dg.AssetCheckResult]:
    outage = [f for f in result.findings if f["finding"] == "outage"]
    other = [f for f in result.findings if f["finding"] != "outage" and f["severity"] != "info"]
    refused = [
        f"{row['raw_locator']}: {row['reason_en']}"
        for row in result.quarantine.slice(0, checks.SHOWN).to_pylist()
    ]
    told = ([_told(f) for f in outage], [*refused, *(_told(f) for f in other)])
    serious = (False, bool(refused) or any(f["severity"] == "critical" for f in other))
    for (stage, name, _), findings, error in zip(DATASET_CHECKS, told, serious, strict=True):
        yield dg.AssetCheckResult(
            asset_key=[stage, result.dataset.id], check_name=name, passed=not findings,
            severity=dg.AssetCheckSeverity.ERROR if error else dg.AssetCheckSeverity.WARN,
            metadata={"findings": findings, "refused_rows": result.quarantine.num_rows} if findings else {},
        )  # fmt: skip


def _told(finding: Mapping[str, Any]) -> str:
    return f"{finding['reason_en']} {finding['detail'] or ''}".strip()


# -- tables ----------------------------------------------------------------------------------------------------


class Tables:
    """Staged tables of a run."""

    def __init__(self, data_dir: DataDir) -> None:
        """Under ``staging/tables``."""
        self.folder: Path = data_dir.staged("tables")
        self.folder.mkdir(parents=True, exist_ok=True)

    def load(self, name: str) -> pa.Table:
        """A staged table."""
        return pq.read_table(self.folder / f"{name}.parquet")

    def save(self, name: str, table: pa.Table) -> dg.MaterializeResult[None]:
        """Stage a table; gives the materialization with its row count."""
        pq.write_table(table, self.folder / f"{name}.parquet")
        return dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": table.num_rows})

    def moment(self) -> dt.datetime:
        """Time of the release that this run makes."""
        return dt.datetime.fromisoformat((self.folder / "moment.txt").read_text(encoding="utf-8"))


def table_spec(contract: Contract, name: str, deps: list[Any]) -> dg.AssetSpec:
    """Asset spec of a contract table."""
    table = contract.tables[name]
    return dg.AssetSpec(
        name, deps=deps, group_name="tables", description=f"{table.title.en}. {table.meaning.en}", owners=OWNERS,
        kinds={"duckdb", "parquet"}, metadata={"dagster/column_schema": column_schema(table)},
    )  # fmt: skip


CANDIDATE = "release_candidate"
OBSERVATION_TABLES = ("observations", "observation_history", "revisions")
DERIVED_TABLES = (
    "population", "rates", "best_observations", "discrepancies", "response_cascade", "coverage", "comparability",
)  # fmt: skip
CODEBOOK_TABLES = (
    "indicators", "areas", "codes", "sources", "datasets", "legal_framework", "response_services", "quarantine",
    "findings", "fetches",
)  # fmt: skip


def table_assets(contract: Contract, datasets: Mapping[str, Dataset]) -> list[dg.AssetsDefinition]:
    """Assets of all tables and of the release."""
    normalized = [dg.AssetKey(["normalized", name]) for name in datasets]

    @dg.multi_asset(
        name="union", specs=[table_spec(contract, name, normalized) for name in OBSERVATION_TABLES]
    )
    def union(data_dir: DataDir, clock: Clock) -> Iterator[Any]:
        declared, tables = declarations(), Tables(data_dir)
        current = _union(declared, data_dir)
        marked, broken = breaks.mark_breaks(current, declared.laws, contract.areas)
        (tables.folder / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
        moment = publish.free_moment(data_dir.releases, clock.now())
        (tables.folder / "moment.txt").write_text(moment.isoformat(), encoding="utf-8")
        last = data_dir.last_table(contract, "observation_history")
        advance = history.advance(contract, last, marked, manifest.release_name(moment), moment)
        earlier = data_dir.last_table(contract, "revisions")
        yield tables.save("observations", advance.observations)
        yield tables.save("observation_history", advance.history)
        yield tables.save("revisions", pa.concat_tables([earlier, advance.revisions]))

    @dg.multi_asset(
        name="codebook", specs=[table_spec(contract, n, ["observations"]) for n in CODEBOOK_TABLES]
    )
    def codebook_tables(data_dir: DataDir) -> Iterator[Any]:
        declared, tables = declarations(), Tables(data_dir)
        broken = json.loads((tables.folder / "broken.json").read_text(encoding="utf-8"))
        facts = {name: _facts(data_dir, name) for name in datasets}
        yield tables.save("indicators", codebook.indicators(contract))
        yield tables.save("areas", codebook.areas(contract))
        yield tables.save("codes", codebook.codes(contract))
        yield tables.save("sources", codebook.sources(contract, declared.publications, datasets))
        yield tables.save("datasets", codebook.datasets_table(contract, datasets, facts))
        yield tables.save("legal_framework", codebook.legal_framework(contract, declared.laws, broken))
        yield tables.save("response_services", codebook.response_services(contract, declared.services))
        for name in ("quarantine", "findings"):
            yield tables.save(name, _collected(contract, data_dir, datasets, name))
        yield tables.save("fetches", _fetches(contract, data_dir))

    @dg.multi_asset(
        name="derived",
        specs=[table_spec(contract, name, ["observations", "sources"]) for name in DERIVED_TABLES],
    )
    def derived(context: dg.AssetExecutionContext, data_dir: DataDir) -> Iterator[Any]:
        declared, tables = declarations(), Tables(data_dir)
        observations, sources = tables.load("observations"), tables.load("sources")
        people = population.population(contract, observations, datasets)
        best = best_observations.best_observations(contract, observations, sources, datasets)
        differing, missing = discrepancies.discrepancies(
            contract, observations, sources, datasets, declared.conflicts
        )
        rated, above_base = rates.rates(contract, observations, people, best)
        for problem in (*missing, *above_base):
            context.log.warning(problem)
        acts = breaks.acts(declared.laws, contract.areas)
        yield tables.save("population", people)
        yield tables.save("rates", rated)
        yield tables.save("best_observations", best)
        yield tables.save("discrepancies", differing)
        yield tables.save("response_cascade", cascade.response_cascade(contract, best, acts))
        yield tables.save("coverage", coverage.coverage(contract, observations))
        yield tables.save("comparability", comparability.comparability(contract, observations))

    others = [name for name in contract.tables if name != "releases"]

    @dg.multi_asset(
        name="candidate",
        specs=[
            table_spec(contract, "releases", others),
            dg.AssetSpec(
                CANDIDATE, deps=["releases"], group_name="release", owners=OWNERS,
                description="Every table, staged and complete: what the whole-release checks judge before it is shown.",
            ),
        ],
    )  # fmt: skip
    def candidate(data_dir: DataDir) -> Iterator[Any]:
        tables = Tables(data_dir)
        loaded = {name: tables.load(name) for name in others}
        yield tables.save("releases", _releases(contract, data_dir, tables.moment(), loaded))
        yield dg.MaterializeResult(asset_key=CANDIDATE, metadata={"tables": len(contract.tables)})

    @dg.asset(
        deps=[CANDIDATE], group_name="release", owners=OWNERS, kinds={"parquet", "duckdb"},
        description="The release: Parquet tables, manifest, data package and DuckDB file, shown in one step. "
        "Where nothing is new, the last release stays.",
    )  # fmt: skip
    def release(data_dir: DataDir) -> dg.MaterializeResult[None]:
        tables = Tables(data_dir)
        loaded = {name: tables.load(name) for name in contract.tables}
        content = manifest.content_hash(contract, loaded)
        latest = data_dir.latest
        if latest and manifest.read_manifest(latest).get("content_sha256") == content:
            made = publish.Published(latest.name, False, latest, loaded["observations"].num_rows)
        else:
            made = publish.publish(contract, data_dir.root, tables.moment(), loaded, content=content)
        return dg.MaterializeResult(
            metadata={
                "release": made.release,
                "new": made.new,
                "dagster/row_count": made.rows,
                "folder": str(made.folder),
            }
        )

    return [union, codebook_tables, derived, candidate, release]


def _union(declared: Declarations, data_dir: DataDir) -> pa.Table:
    parts = [declared.normalizer.good_schema().empty_table()]
    for name in declared.datasets:
        file = data_dir.staged(name, "observations.parquet")
        if file.exists():
            parts.append(pq.read_table(file).cast(parts[0].schema))
    return pa.concat_tables(parts)


def _facts(data_dir: DataDir, dataset: str) -> dict[str, Any]:
    file = data_dir.staged(dataset, "facts.json")
    if not file.exists():
        return {"state": "not_fetched", "rows": 0, "refused_rows": 0, "last_success": None}
    facts = json.loads(file.read_text(encoding="utf-8"))
    last = facts["last_success"]
    return {
        "state": facts["state"], "rows": facts["rows"], "refused_rows": facts["refused_rows"],
        "last_success": dt.datetime.fromisoformat(last) if last else None,
    }  # fmt: skip


def _collected(contract: Contract, data_dir: DataDir, datasets: Mapping[str, Dataset], name: str) -> pa.Table:
    rows: list[Mapping[str, Any]] = []
    for dataset in datasets:
        file = data_dir.staged(dataset, f"{name}.parquet")
        if file.exists():
            rows += pq.read_table(file).to_pylist()
    return codebook.make(contract, name, rows)


def _fetches(contract: Contract, data_dir: DataDir) -> pa.Table:
    rows = [
        {
            "dataset_id": r.dataset, "address": r.address, "requested_at": _time(r.requested_at),
            "received_at": _time(r.received_at), "http_status": r.status, "outcome": r.outcome,
            "reason": r.reason or None, "sha256": r.sha256, "size": r.size, "via": r.via,
            "stated_period": r.stated_period,
        }
        for r in data_dir.archive.fetches()
        if r.dataset in declarations().datasets
    ]  # fmt: skip
    return codebook.make(contract, "fetches", rows)


def _time(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None) if text else None


def _releases(
    contract: Contract, data_dir: DataDir, moment: dt.datetime, tables: Mapping[str, pa.Table]
) -> pa.Table:
    release = manifest.release_name(moment)
    kinds = [row["change"] for row in tables["revisions"].to_pylist() if row["release"] == release]
    row = {
        "release": release, "published_at": moment, "contract_version": contract.version,
        "rows": tables["observations"].num_rows, "added": kinds.count("added") + kinds.count("reopened"),
        "revised": kinds.count("revised") + kinds.count("reflagged"), "withdrawn": kinds.count("withdrawn"),
        "content_hash": manifest.content_hash(contract, tables),
    }  # fmt: skip
    earlier = data_dir.last_table(contract, "releases").to_pylist()
    return codebook.make(contract, "releases", [*earlier, row])


# -- checks ----------------------------------------------------------------------------------------------------


# Tables whose rules stand one by one in the UI; of the others one check names the rules that failed.
RULE_BY_RULE = ("observations",)
WHOLE = "contract"


def table_checks(contract: Contract) -> list[dg.AssetChecksDefinition]:
    """Suites by Great Expectations, whole-release invariants by DuckDB, as Dagster checks named by rule.

    Critical ones block what is downstream, the release at last: the one before then stays as it is. The tables of one
    step are checked together, before the next step reads them.
    """
    steps = {
        "check_observations": OBSERVATION_TABLES, "check_codebook": CODEBOOK_TABLES, "check_derived": DERIVED_TABLES,
        "check_releases": ("releases",),
    }  # fmt: skip
    return [*(_suite_step(contract, name, tables) for name, tables in steps.items()), _release_step(contract)]


def _suite_step(contract: Contract, step: str, names: Sequence[str]) -> dg.AssetChecksDefinition:
    specs = []
    for name in names:
        if name in RULE_BY_RULE:
            derived = contract_checks.derive(contract, contract.tables[name])
            specs += [_check_spec(name, c.id, c.severity, c.sentence.en) for c in derived]
        else:
            specs.append(_check_spec(name, WHOLE, "critical", "Every rule of the contract on this table."))

    @dg.multi_asset_check(name=step, specs=specs)
    def run_suites(data_dir: DataDir) -> Iterator[dg.AssetCheckResult]:
        tables = Tables(data_dir)
        loaded = {name: tables.load(name) for name in names}
        verdicts = checks.suite_verdicts(contract, loaded, declarations().normalizer.connection)
        for name in names:
            mine = [verdict for verdict in verdicts if verdict.table == name]
            if name in RULE_BY_RULE:
                yield from (_check_result(verdict) for verdict in mine)
            else:
                yield _table_result(name, mine)

    return run_suites


def _release_step(contract: Contract) -> dg.AssetChecksDefinition:
    specs = [
        _check_spec(CANDIDATE, f"{table}__{check}", severity, sentence)
        for table, check, severity, sentence in checks.release_checks(contract)
    ]

    @dg.multi_asset_check(name="check_release", specs=specs)
    def run_invariants(data_dir: DataDir) -> Iterator[dg.AssetCheckResult]:
        tables = Tables(data_dir)
        loaded = {name: tables.load(name) for name in contract.tables}
        for verdict in checks.release_verdicts(contract, loaded):
            yield _check_result(verdict, CANDIDATE, f"{verdict.table}__{verdict.check}")

    return run_invariants


def _table_result(name: str, verdicts: Sequence[checks.Verdict]) -> dg.AssetCheckResult:
    """One result for all rules of a table: the gravest failure leads, the others are listed."""
    failed = sorted((v for v in verdicts if not v.passed), key=lambda v: v.severity != "critical")
    if not failed:
        return dg.AssetCheckResult(
            asset_key=name, check_name=WHOLE, passed=True, metadata={"rules": len(verdicts)}
        )
    result = _check_result(failed[0], name, WHOLE)
    rules = [f"{v.check}: {v.sentence.en} {'; '.join(v.examples[:3])}" for v in failed]
    return result._replace(metadata={**result.metadata, "rules": dg.MetadataValue.json(rules)})


def _check_spec(asset: str, check: str, severity: str, description: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(check, asset=asset, description=description, blocking=severity == "critical")


def _check_result(verdict: checks.Verdict, asset: str = "", name: str = "") -> dg.AssetCheckResult:
    error = verdict.severity == "critical"
    metadata: dict[str, Any] = {}
    if not verdict.passed:
        metadata = {
            "rule": verdict.check, "sentence": verdict.sentence.en, "unexpected": verdict.unexpected,
            "examples": list(verdict.examples),
        }  # fmt: skip
    if verdict.error:
        metadata["could_not_be_checked"] = verdict.error
    return dg.AssetCheckResult(
        asset_key=asset or verdict.table, check_name=name or verdict.check, passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if error else dg.AssetCheckSeverity.WARN, metadata=metadata,
    )  # fmt: skip
