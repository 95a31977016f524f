"""The last steps as assets: all tables complete, then the release that readers see.

::

    every table -> candidate  releases                   all tables are there: what the whole-release checks judge
                -> release    releases/<UTC time>/       the folder, the DuckDB file, the link that readers follow

Where the tables say what the last release says, that one stays and is shown. Not here: the tables
(``pipelines.assets.tables``), their checks (``pipelines.assets.table_checks``), how a release is written
(``pipelines.release.publish``). Called by ``pipelines.definitions``.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import dagster as dg
import pyarrow as pa

from data_contracts.model import Contract
from pipelines import carried_over, new_returns, overview, second_process
from pipelines.assets.datasets import OWNERS
from pipelines.assets.tables import data_version, table_outs
from pipelines.data_directory import DataDirectory
from pipelines.data_versions import derivation_version, made_by
from pipelines.release import manifest, publish
from pipelines.release.last_release import LastRelease
from pipelines.resources import Clock, DataDir, SuiteWorkers
from pipelines.staging import StagedTables
from transforms.derive import codebook

CANDIDATE = "release_candidate"
# Tag of a run that the release repeats: the occasion for which it was made.
NOTE_TAG = "release_note"


def release_assets(contract: Contract) -> list[dg.AssetsDefinition]:
    """Both steps."""
    return [_candidate_asset(contract), _release_asset(contract)]


def _candidate_asset(contract: Contract) -> dg.AssetsDefinition:
    others = [dg.AssetKey(name) for name in contract.tables if name != "releases"]
    candidate_spec = dg.AssetSpec(
        CANDIDATE,
        group_name="release",
        owners=OWNERS,
        description="Every table, staged and complete: what the whole-release checks judge before it is shown.",
    )

    @dg.multi_asset(
        name="candidate",
        outs={
            **table_outs(contract, ("releases",), ()),
            CANDIDATE: dg.AssetOut.from_spec(candidate_spec, dagster_type=dg.Nothing),
        },
        deps=others,
    )
    def candidate(data_dir: DataDir, clock: Clock, suites: SuiteWorkers) -> Iterator[dg.Output[Any]]:
        release = data_dir.directory.last_release(contract)
        moment = publish.free_moment(release.name, clock.now())
        tables = StagedTables(data_dir.directory)
        yield dg.Output(releases_table(contract, release, moment, tables), output_name="releases")
        suites.begin(data_dir.directory, "releases")
        if not _is_published(release, _content(contract, tables)):
            second_process.fill_database(data_dir.directory)
        yield dg.Output(None, output_name=CANDIDATE)

    return candidate


def releases_table(
    contract: Contract, last: LastRelease, moment: dt.datetime, tables: StagedTables
) -> pa.Table:
    """Table ``releases`` with the release that is being made."""
    name = manifest.release_name(moment)
    kinds = Counter(tables.changes(name))
    row = {
        "release": name,
        "published_at": moment,
        "contract_version": contract.version,
        "rows": tables.scan("observations").count_rows(),
        "added": kinds["added"] + kinds["reopened"],
        "revised": kinds["revised"] + kinds["reflagged"],
        "withdrawn": kinds["withdrawn"],
        "content_hash": _content(contract, tables),
    }
    return codebook.make(contract, "releases", [*last.table("releases").to_pylist(), row])


def _content(contract: Contract, tables: StagedTables) -> str:
    """Hash of the content of all staged tables but the list of releases."""
    staged = {name: tables.path(name) for name in contract.tables if name != "releases"}
    return manifest.content_hash(contract, staged)


def _is_published(last: LastRelease, content: str) -> bool:
    """Whether the last release says it, undamaged."""
    return bool(last.folder and last.manifest.get("content_sha256") == content and not last.damaged)


def _release_asset(contract: Contract) -> dg.AssetsDefinition:
    @dg.asset(
        # `releases` besides, so that its checks are waited for as well.
        deps=[CANDIDATE, "releases"],
        group_name="release",
        owners=OWNERS,
        kinds={"parquet", "duckdb"},
        description="The release: Parquet tables, manifest, data package and DuckDB file, shown in one step. "
        "Where nothing is new, the last release stays.",
    )
    def release(
        context: dg.AssetExecutionContext, data_dir: DataDir, clock: Clock
    ) -> dg.MaterializeResult[Any]:
        made = make_release(contract, data_dir.directory, clock.now())
        new_returns.note_published(data_dir.directory)
        tables = StagedTables(data_dir.directory)
        loaded = {name: tables.load(name) for name in overview.TABLES}
        found = overview.troubles(loaded)
        note = context.run.tags.get(NOTE_TAG)
        return dg.MaterializeResult(
            metadata={
                "datasets": overview.sentence(found, loaded["datasets"].num_rows),
                "release": made.release,
                "new": made.new,
                "dagster/row_count": made.rows,
                "refused rows": loaded["quarantine"].num_rows,
                **overview.counts(found),
                "folder": str(made.folder),
                **({NOTE_TAG: note} if note else {}),
            }
        )

    return release


def make_release(contract: Contract, data_dir: DataDirectory, now: dt.datetime) -> publish.Published:
    """Publish the staged tables, if they say anything new and each has its certificate."""
    last = data_dir.last_release(contract)
    tables = StagedTables(data_dir)
    content = _content(contract, tables)
    if last.folder and _is_published(last, content):
        publish.show(data_dir.root, last.folder)
        tables.note_made_by(last.name)
        return publish.Published(last.name, False, last.folder, tables.scan("observations").count_rows())
    versions = {}
    for name in contract.tables:
        certificate = tables.certificate(name)
        if certificate is None:
            raise dg.Failure(
                f"Table {name} was not checked as it is now. Run its checks (the job refresh does), then the release."
            )
        versions[name] = {"data_version": data_version(name, tables), "certificate": certificate}
    moment = publish.free_moment(last.name, now)
    made = publish.build(
        contract,
        data_dir.workshop,
        moment,
        {name: tables.path(name) for name in contract.tables},
        content=content,
        made_by=made_by(),
        derived_by=derivation_version(),
        versions=versions,
        differing=partial(carried_over.differing, last, tables),
        put_database=partial(second_process.put_database, data_dir),
    )
    return replace(made, folder=data_dir.show(made.folder, last.name))
