"""``dvstats refresh``: plan what has to be done, run that part of the Dagster graph, give the outcome.

The plan is made from data versions before Dagster starts, so that a refresh that has nothing to do imports neither
Dagster nor Great Expectations. What has to be done:

- datasets whose files, declaration or reading changed since they were last processed, or that were stopped;
- in a live run, every portal (only a request shows whether a publisher has something new);
- the tables, where a dataset is processed, a return of a programme came, a register or the contract changed, or the
  last release is damaged.

Not here: the graph (``pipelines.definitions``), what a run does (``pipelines.assets``), the lock
(``pipelines.data_directory``), what came of it and its exit status (``pipelines.outcome``), how that is printed
(``pipelines.cli.terminal.refresh``). Called by ``pipelines.cli.commands``.
"""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.arrow import without_pandas
from data_contracts.errors import BusyError
from data_contracts.rows import count_rows
from pipelines import new_returns
from pipelines.alerts.notify import Finished, after_run
from pipelines.carried_over import may_carry
from pipelines.child_process import prepare_suite_workers
from pipelines.data_directory import DataDirectory, current_moment
from pipelines.data_versions import dataset_version, made_by
from pipelines.dataset_states import DatasetState, dataset_states, states_of_run
from pipelines.declarations import Declarations, declarations
from pipelines.outcome import RELEASE, Outcome, read_events
from pipelines.release import publish, signature
from pipelines.release.manifest import ManifestError, read_manifest
from pipelines.run_log import set_aside_if_broken
from pipelines.second_process import second_process
from pipelines.staging import DatasetStages, StagedTables
from pipelines.unprotected_counts import RestrictedCounts
from sources import inbox, isolated
from sources.dataset import Dataset
from sources.http.fetch_policy import user_agent
from sources.load_datasets import load_datasets
from sources.pull import local_is_new
from transforms.apply_corrections import of_no_dataset

ROOT = Path(__file__).resolve().parent.parent
# The jobs of these names do the same in Dagster.
REFRESH_LIVE, REFRESH_OFFLINE = "refresh_live", "refresh_offline"
# On several, suites run beside the run of Dagster.
PROCESSORS = os.cpu_count() or 1
_NO_PROGRESS = nullcontext()


@dataclass(frozen=True)
class Context:
    """What a refresh works on."""

    #: of this refresh
    data_dir: DataDirectory
    #: all that is declared
    declared: Declarations
    #: the time, UTC without zone, which is fixed here
    now: dt.datetime


@dataclass
class Plan:
    """What has to be done."""

    #: ids of those to process, in their order
    datasets: list[str]
    #: whether the tables are to be made at all
    tables: bool


def prepare(data_dir: Path) -> None:
    """Begin to import Great Expectations where tables are sure to be made, before the declarations are read."""
    directory = DataDirectory(data_dir)
    try:
        name = directory.base
        made = bool(name) and _tables_are_made(
            directory, name, read_manifest(directory.root / "releases" / name)
        )
    except ManifestError:
        made = False
    if PROCESSORS > 1 and not made:
        prepare_suite_workers()


def refresh(
    data_dir: Path,
    *,
    live: bool = False,
    mirror: str = "",
    only: Sequence[str] = (),
    contact: str = "",
    progress: AbstractContextManager[object] = _NO_PROGRESS,
) -> Outcome:
    """Bring a data directory up to date; only the datasets of ``only`` (``programme_returns`` may be one).

    ``contact``: whom publishers can write to. UserError where no header can hold it, or where ``mirror`` is no address,
    before anything is done and before ``progress`` says that something is.
    Whoever is declared in ``operations.yaml`` is alerted of what is wrong afterwards, also of an error that ends this.
    """
    without_pandas()
    user_agent(contact)
    if mirror:
        # It loads what sends requests.
        from sources.http.addresses import check_mirror

        check_mirror(mirror)
    job = REFRESH_LIVE if live else REFRESH_OFFLINE
    context = Context(DataDirectory(data_dir), declarations(), current_moment())
    publishers = {"live": live, "mirror": mirror, "contact": contact}
    try:
        with progress:
            outcome, states = _refresh(context, publishers, only)
    except BusyError:
        raise
    except Exception as error:
        after_run(data_dir, Finished(job, problem=str(error)), context.now)
        raise
    finished = Finished(
        job,
        problem=outcome.stopped_by,
        problem_ru=outcome.stopped_by_ru,
        blocked=bool(outcome.failed_checks),
        states=states,
        contract=context.declared.contract,
    )
    # After the lock is free: a slow mail server keeps no other refresh waiting.
    outcome.notices += after_run(data_dir, finished, context.now)
    return outcome


def _refresh(
    context: Context, publishers: dict[str, Any], only: Sequence[str]
) -> tuple[Outcome, list[DatasetState]]:
    """What is done while the lock is held; gives also the states of the datasets afterwards."""
    signature.check_keys(context.data_dir.root)
    with context.data_dir.locked():
        release = context.data_dir.last_release(context.declared.contract)
        # Before the first query and the first Parquet file, which start threads.
        with (
            second_process(context.data_dir, wanted=PROCESSORS > 1) as beside,
            states_of_run(context.data_dir) as states,
        ):
            outcome = Outcome(only=tuple(only))
            outcome.undeclared = _undeclared(context)
            outcome.misplaced = of_no_dataset(load_datasets())
            outcome.history_lost = StagedTables(context.data_dir).history_is_lost
            outcome.notices += [*_notices(context), *outcome.misplaced]
            if release.folder and not release.damaged:
                outcome.notices += publish.show(context.data_dir.root, release.folder)
            plan = make_plan(context, live=publishers["live"], only=only)
            if plan.tables:
                asked = [name for name in plan.datasets if _is_asked(context, name, publishers)]
                if beside:
                    beside.begin_datasets([name for name in plan.datasets if name not in asked])
                    # The last file may be amended.
                    if not may_carry(release):
                        beside.begin_database()
                if asked or not beside:
                    isolated.start()
                _run(context, plan, publishers, outcome)
            else:
                outcome.release = release.name
                outcome.rows = count_rows(release.observations)
        if not states:
            # Whether or not a release was published.
            release = context.data_dir.last_release(context.declared.contract)
            states = dataset_states(context.declared, context.data_dir, release, context.now)
        outcome.datasets = [state.summary for state in states]
        if not outcome.new:
            outcome.since_release = _since_release(context, states)
        return outcome, states


def _since_release(context: Context, states: Sequence[DatasetState]) -> dict[str, str]:
    """Datasets of which state or findings are others than the last release says.

    These alone make no new release, unless a dataset is held now or no more (``pipelines.release.manifest``).
    """
    release = context.data_dir.last_release(context.declared.contract)
    found = {}
    for state in states:
        before = release.datasets.get(state.dataset.id, {}).get("state")
        said = {row["finding"] for row in release.rows_of("findings", state.dataset.id).to_pylist()}
        added = {row["finding"] for row in state.findings if row["severity"] != "info"} - said
        if before and before != state.state:
            found[state.dataset.id] = f"{before} there, {state.state} now"
        elif before and added:
            found[state.dataset.id] = "found since: " + ", ".join(sorted(added))
    return found


def _is_asked(context: Context, name: str, publishers: dict[str, Any]) -> bool:
    """Whether the publisher of a dataset is requested: by this process, whose client knows when it asked a host."""
    return bool(publishers["live"]) and context.declared.datasets[name].collection == "portal"


def make_plan(context: Context, *, live: bool, only: Sequence[str]) -> Plan:
    """What has to be done, from data versions."""
    release = context.data_dir.last_release(context.declared.contract)
    chosen = [d for d in context.declared.datasets.values() if not only or d.id in only]
    changed = [d.id for d in chosen if _changed(context, d, live)]
    same_tables = _tables_are_made(context.data_dir, release.name, release.manifest)
    came = (not only or new_returns.DATASET in only) and new_returns.are_new(context.data_dir)
    return Plan(changed, bool(changed) or came or not same_tables or bool(release.damaged))


def _tables_are_made(data_dir: DataDirectory, release: str, manifest: Mapping[str, Any]) -> bool:
    """Whether the present code and registers made the tables of a release, or would make the same."""
    return manifest.get("made_by") == made_by() or StagedTables(data_dir).are_made(release)


def _changed(context: Context, dataset: Dataset, live: bool) -> bool:
    if live and dataset.collection == "portal":
        return True
    archive = context.data_dir.archive
    try:
        if local_is_new(dataset, archive, context.data_dir.inbox):
            return True
        version = dataset_version(dataset, archive)
    except Exception:
        # Whatever is wrong with it, processing the dataset makes a finding of it.
        return True
    if DatasetStages(context.data_dir).stopped(dataset.id, version):
        return True
    if dataset.restricted and not RestrictedCounts(context.data_dir).has(dataset.id, version):
        return bool(archive.files(dataset.id))
    release = context.data_dir.last_release(context.declared.contract)
    carried = release.datasets.get(dataset.id)
    if carried is not None and carried["data_version"] == version:
        return False
    said = StagedTables(context.data_dir).are_made(release.name, dataset.id, version)
    return not said and bool(archive.files(dataset.id))


def _notices(context: Context) -> list[str]:
    """What is odd about the data directory, for a person to know."""
    release = context.data_dir.last_release(context.declared.contract)
    found = [f"Release {release.name}: {problem} A whole one is made anew." for problem in release.damaged]
    now = context.now
    if release.name and publish.free_moment(release.name, now) != now:
        found.append(
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, which is not after the last release {release.name}: "
            f"the next release is named one second after it.{_epoch_hint()}"
        )
    elif not release.name and now < dt.datetime(2024, 1, 1):
        found.append(f"The clock says {now:%Y-%m-%d}, and a release is named by it.{_epoch_hint()}")
    if StagedTables(context.data_dir).history_is_lost:
        found.append(
            "releases/ has no release any more, so a first one is made: when each value was first published, revised "
            "or withdrawn is lost. To keep it, move the new one away, restore releases/ from a copy and refresh again."
        )
    strays = inbox.strays(context.data_dir.inbox, [*context.declared.datasets, new_returns.DATASET])
    found += inbox.stray_sentences(strays)
    for name in _undeclared(context):
        rows = release.counts[name]
        found.append(
            f"{name} is no longer declared: its {rows} observations are withdrawn. Where it was renamed, its files are "
            f"still in raw/{name} and are not read: give it its name back."
        )
    return found


def _undeclared(context: Context) -> list[str]:
    """Datasets with rows in the last release that no declaration has."""
    release = context.data_dir.last_release(context.declared.contract)
    return sorted(set(release.counts) - set(context.declared.datasets))


def _epoch_hint() -> str:
    return (
        " SOURCE_DATE_EPOCH sets it; unset it to use the real time."
        if "SOURCE_DATE_EPOCH" in os.environ
        else ""
    )


def prepare_environment(data_dir: Path) -> Path:
    """Where Dagster keeps its runs; must be set before its instance is made."""
    home = data_dir / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DVSTATS_DATA_DIR"] = str(data_dir)
    os.environ["DVSTATS_DAGSTER_DIR"] = str(home)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    # Events that Dagster gives together are stored together.
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
    return home


def _run(context: Context, plan: Plan, publishers: dict[str, Any], outcome: Outcome) -> None:
    """Run the planned part of the graph in this process."""
    outcome.notices += set_aside_if_broken(context.data_dir.root / "dagster", context.now)
    prepare_environment(context.data_dir.root)
    parallel = PROCESSORS > 1
    # They get ready while Dagster is imported. Publishers that are asked may have nothing new, and then none is needed.
    if parallel and not publishers["live"]:
        prepare_suite_workers()
    import dagster as dg

    from pipelines.assets.datasets import OBSERVATIONS, RAW
    from pipelines.assets.programmes import RETURNS
    from pipelines.assets.tables import STEPS
    from pipelines.definitions import build_defs
    from pipelines.resources import Clock, DataDir, SuiteWorkers

    defs = build_defs(
        DataDir(path=str(context.data_dir.root)),
        clock=Clock(epoch=int(context.now.replace(tzinfo=dt.UTC).timestamp())),
        suites=SuiteWorkers(parallel=parallel),
    )
    job = defs.resolve_job_def(REFRESH_LIVE if publishers["live"] else REFRESH_OFFLINE)
    keys = [dg.AssetKey([stage, name]) for name in plan.datasets for stage in (RAW, OBSERVATIONS)]
    keys += [dg.AssetKey(table) for tables in STEPS.values() for table in tables]
    keys += [RETURNS, dg.AssetKey("release_candidate"), dg.AssetKey(RELEASE)]
    instance = dg.DagsterInstance.from_config(str(ROOT))
    try:
        result = job.execute_in_process(
            instance=instance,
            run_config={
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                "resources": {"publishers": {"config": publishers}},
            },
            asset_selection=keys,
            raise_on_error=False,
        )
        read_events(result.all_events, outcome)
    finally:
        instance.dispose()
    if outcome.interrupted and not outcome.new:
        raise KeyboardInterrupt
    if outcome.new:
        outcome.changes = StagedTables(context.data_dir).changes(outcome.release)
