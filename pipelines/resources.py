"""Dagster resources: the locked data directory, the clock of a run, requests to publishers.

Tests and deployments give their own (``definitions.build_defs``). Not here: the data directory itself, a plain class of
``pipelines.data_directory`` (the resource adds the lock), and the HTTP client (``sources.http.client``). Called by
``pipelines.definitions`` and ``pipelines.refresh``; the assets receive them as parameters.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES
from dagster._core.storage.tags import GRPC_INFO_TAG
from pydantic import Field, PrivateAttr

from data_contracts.arrow import Rows
from data_contracts.connection import shared_duckdb
from data_contracts.errors import UserError
from data_contracts.rows import limit_memory
from data_contracts.vocabulary import OVERDUE_AFTER_DAYS
from pipelines import expectation_suites
from pipelines.data_directory import DataDirectory, current_moment
from pipelines.declarations import declarations
from pipelines.expectation_suites import Verdict
from pipelines.rows_to_check import is_large
from pipelines.staging import StagedTables, passed
from sources.dataset import Dataset
from transforms.normalize.lookups import create_tables

if TYPE_CHECKING:
    # It loads what sends requests, of which most refreshes send none.
    from sources.http.client import Client

# Tag of every run: what it asked of publishers.
REQUESTS_TAG = "requests"


class DataDir(dg.ConfigurableResource[Any]):
    """The data directory, locked from the first step of a run to the last.

    It does not matter where a run was started (command, browser, schedule): two runs never write at once. The second
    one waits for ``patience`` seconds, says so in its log, and fails with a sentence if the first one takes longer.
    """

    path: str = Field(description="The data directory (DVSTATS_DATA_DIR).")
    patience: float = Field(
        default=0, description="Seconds for which a run waits until another run has ended."
    )
    apart: bool = Field(
        default=False,
        description="Whether the steps of a run are carried out by several machines (DVSTATS_EXECUTOR=celery).",
    )
    _directory: DataDirectory | None = PrivateAttr(default=None)

    @property
    def directory(self) -> DataDirectory:
        """The directory as this run sees it."""
        if self._directory is None:
            self._directory = DataDirectory(self.path)
        return self._directory

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["DataDir"]:
        """Hold the lock while the run works; what a killed run left in Dagster's books is put in order first."""
        instance, run = context.instance, context.run

        def say(sentence: str) -> None:
            if instance and run:
                instance.report_engine_event(sentence, run)

        mine = run.run_id if run else ""
        with self.directory.locked(self.patience, say, mine if self.apart else ""):
            # The connection that all steps share.
            limit_memory(duckdb.default_connection())
            before = self.directory.lock.holder
            if before == mine:
                # The IO manager of this run has the data directory as well.
                yield self
                return
            if instance and before:
                _end_killed_run(instance, before)
            if instance and not self.apart:
                for run_id in _left_over(instance, mine):
                    _end_killed_run(instance, run_id)
            self.directory.lock.holder = mine
            try:
                yield self
            finally:
                self.directory.lock.holder = ""


def _left_over(instance: dg.DagsterInstance, mine: str) -> list[str]:
    """Runs that Dagster's books call started, or that have places in pools there, although nobody works on them.

    The disk was full when they ended. Whoever holds the lock is the only one that works; runs that a launcher started
    may wait for it, and Dagster's daemon watches those.
    """
    started = instance.get_runs(dg.RunsFilter(statuses=IN_PROGRESS_RUN_STATUSES))
    found = {run.run_id for run in started}
    if instance.event_log_storage.supports_global_concurrency_limits:
        found |= instance.event_log_storage.get_concurrency_run_ids()
    runs = ((run_id, instance.get_run_by_id(run_id)) for run_id in sorted(found - {mine}))
    return [run_id for run_id, run in runs if run is None or GRPC_INFO_TAG not in run.tags]


def _end_killed_run(instance: dg.DagsterInstance, run_id: str) -> None:
    """Call a run failed whose process is gone, and free the places that it had in pools.

    Otherwise Dagster would count it as running for ever: no queued run would start, and no host would be asked again.
    """
    run = instance.get_run_by_id(run_id)
    if run is not None and not run.is_finished:
        instance.report_run_failed(
            run, "The process of this run was killed, or could not write how it ended."
        )
    if instance.event_log_storage.supports_global_concurrency_limits:
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)


class Clock(dg.ConfigurableResource[Any]):
    """The time of a run: one moment from its first step to its last.

    In order of precedence:

    1. ``epoch`` (Unix seconds), which the command puts into the run's configuration;
    2. with ``of_run``, the time at which the run was created;
    3. ``SOURCE_DATE_EPOCH``, as in reproducible builds;
    4. the time at which the run began.
    """

    epoch: int | None = None
    of_run: bool = Field(
        default=False, description="Take the moment at which the run was created: the same on all machines."
    )
    _moment: dt.datetime | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Fix the moment."""
        if self.of_run and self.epoch is None and context.instance and context.run:
            record = context.instance.get_run_record_by_id(context.run.run_id)
            created = record.create_timestamp if record else None
            self._moment = created.replace(tzinfo=None, microsecond=0) if created else None
        self._moment = self.now()

    def now(self) -> dt.datetime:
        """UTC without zone, to the second."""
        if self._moment is not None:
            return self._moment
        if self.epoch is not None:
            return dt.datetime.fromtimestamp(self.epoch, dt.UTC).replace(tzinfo=None)
        return current_moment()


class SuiteWorkers(dg.ConfigurableResource[Any]):
    """The suites of a run: in processes of their own while the run goes on, or in the step that asks for verdicts."""

    parallel: bool = Field(
        default=False,
        description="Whether a suite begins in another process as soon as its table is written.",
    )
    _workers: Executor | None = PrivateAttr(default=None)
    # By table: the checksum of the file that is judged, and what will be said of it.
    _begun: dict[str, tuple[str, Callable[[], list[Verdict]]]] = PrivateAttr(default_factory=dict)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["SuiteWorkers"]:
        """End the processes with the run; they start with the first suite."""
        try:
            yield self
        finally:
            if self._workers is not None:
                expectation_suites.end_suite_workers(self._workers)

    def begin(self, data_dir: DataDirectory, name: str) -> None:
        """Begin the suite of a table that was just written, unless the last release has its certificate."""
        if self.parallel and not _carried(data_dir, name):
            self._begin(data_dir, name)

    def verdicts(self, data_dir: DataDirectory, names: Sequence[str]) -> list[Verdict]:
        """Verdicts on these tables as they are now; waits for them."""
        declared, tables = declarations(), StagedTables(data_dir)
        if not self.parallel:
            loaded = {name: tables.rows(name) for name in names}
            certified = {name: _certified(data_dir, name) for name in names if is_large(loaded[name])}
            return expectation_suites.suite_verdicts(
                declared.contract, loaded, look_ups(tables, names), certified
            )
        for name in names:
            if name not in self._begun or self._begun[name][0] != tables.sha256(name):
                self._begin(data_dir, name)
        return [verdict for name in names for verdict in self._begun[name][1]()]

    def _begin(self, data_dir: DataDirectory, name: str) -> None:
        declared, tables = declarations(), StagedTables(data_dir)
        rows = tables.rows(name)
        self._workers = self._workers or expectation_suites.suite_workers()
        verdicts = expectation_suites.begin_suite(
            declared.contract,
            name,
            rows,
            look_ups(tables, [name]),
            self._workers,
            _certified(data_dir, name) if is_large(rows) else None,
        )
        self._begun[name] = tables.sha256(name), verdicts


def look_ups(tables: StagedTables, names: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A connection with what the derived columns of tables read: the country of a dataset as it is to be published."""
    contract = declarations().contract
    connection = shared_duckdb()
    if any("contract_datasets" in sql for name in names for sql in contract.tables[name].derived.values()):
        datasets = tables.load("datasets")
        columns = (datasets[name].to_pylist() for name in ("dataset_id", "country"))
        create_tables(contract, dict(zip(*columns, strict=True)), connection)
    return connection


def _carried(data_dir: DataDirectory, name: str) -> bool:
    """Whether the last release has a certificate of this table as it is now."""
    last = data_dir.last_release(declarations().contract)
    return StagedTables(data_dir).certified_before(last.manifest, name) is not None


def _certified(data_dir: DataDirectory, name: str) -> "Rows | None":
    """The table of the last release, if the present suite passed on it without a warning."""
    last = data_dir.last_release(declarations().contract)
    return last.rows(name) if passed(last.manifest, name) and not last.damaged else None


class Publishers(dg.ConfigurableResource[Any]):
    """Requests to publishers: none, to their own addresses, or through a mirror; one polite client a run.

    Every run is tagged with what it asked: ``requests: live``, ``mirror`` or ``offline``.
    """

    live: bool = Field(
        default=False,
        description="Whether publishers are requested. Without a run's own configuration: DVSTATS_LIVE.",
    )
    mirror: str = Field(default="", description="Address that replaces that of every publisher.")
    contact: str = Field(
        default="", description="Address that publishers can write to, part of the user agent."
    )
    patience: float = Field(default=1.0, description="Stretches the waits between attempts at a mirror.")
    datasets: list[str] = Field(default=[], description="Ask for these datasets only; empty: for all.")
    cadences: list[str] = Field(
        default=[], description="Ask for datasets of these cadences only; empty: for all."
    )
    _client: Any = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Check what was chosen, and tag the run."""
        for kind, chosen, known in (
            ("dataset", self.datasets, declarations().datasets),
            ("cadence", self.cadences, OVERDUE_AFTER_DAYS),
        ):
            unknown = [name for name in chosen if name not in known]
            if unknown:
                raise UserError(f"No {kind} {', '.join(unknown)}. There are: {', '.join(sorted(known))}.")
        if context.instance and context.run:
            word = self.via if self.live else "offline"
            context.instance.add_run_tags(context.run.run_id, {REQUESTS_TAG: word})

    def asked_for(self, dataset: Dataset) -> str:
        """Empty where this run asks the publisher of a dataset; otherwise why not, as the end of a sentence."""
        if dataset.collection == "transcription":
            return "its figures are bundled with the project"
        if dataset.collection == "inbox":
            return "its files are added by hand"
        if not self.live:
            return "this is an offline run; the job refresh_live sends requests"
        chosen = not self.datasets or dataset.id in self.datasets
        return (
            "" if chosen and (not self.cadences or dataset.cadence in self.cadences) else "it was not chosen"
        )

    @property
    def client(self) -> "Client":
        """The client of this run: the interval between requests to one host holds between datasets, too."""
        from sources.http.client import Client

        if self._client is None:
            self._client = Client(mirror=self.mirror or None)
        made: Client = self._client
        return made

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Close idle connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def via(self) -> str:
        """Word for the archive's records."""
        return "mirror" if self.mirror else "live"
