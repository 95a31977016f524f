"""Dagster resources: the locked data directory, the clock of a run, requests to publishers.

Tests and deployments give their own (``definitions.build_defs``). Not here: the data directory itself, a plain class of
``pipelines.data_directory`` (the resource adds the lock), and the HTTP client (``sources.http.client``). Called by
``pipelines.definitions`` and ``pipelines.refresh``; the assets receive them as parameters.
"""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from pipelines.checks import suite_workers
from pipelines.data_directory import DataDirectory, current_moment
from sources.http.client import Client


class DataDir(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The data directory, locked from the first step of a run to the last.

    It does not matter where a run was started (command, UI, schedule): two runs never write at once, and the second one
    fails with a sentence.
    """

    path: str
    _directory: DataDirectory | None = PrivateAttr(default=None)

    @property
    def directory(self) -> DataDirectory:
        """The directory as this run sees it."""
        if self._directory is None:
            self._directory = DataDirectory(Path(self.path))
        return self._directory

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["DataDir"]:
        """Hold the lock while the run works."""
        with self.directory.locked():
            yield self


class Clock(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The time of a run: one moment from its first step to its last.

    The command gives ``epoch`` (Unix seconds) in the run's config. Without it the run takes ``SOURCE_DATE_EPOCH``, as
    reproducible builds do, or the time at which it began.
    """

    epoch: int | None = None
    _moment: dt.datetime | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Fix the moment."""
        self._moment = self.now()

    def now(self) -> dt.datetime:
        """UTC without zone, to the second."""
        if self._moment is not None:
            return self._moment
        if self.epoch is not None:
            return dt.datetime.fromtimestamp(self.epoch, dt.UTC).replace(tzinfo=None)
        return current_moment()


class SuiteWorkers(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Processes for the suites of Great Expectations, in a run that has many; without them a step runs its own."""

    parallel: bool = False
    _workers: Executor | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["SuiteWorkers"]:
        """Start them with the run, end them with it."""
        if not self.parallel:
            yield self
            return
        with suite_workers() as workers:
            self._workers = workers
            yield self

    @property
    def executor(self) -> Executor | None:
        """The processes, where there are any."""
        return self._workers


class Publishers(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Requests to publishers: none, to their own addresses, or through a mirror; one polite client a run."""

    live: bool = False
    mirror: str = ""
    contact: str = ""
    patience: float = 1.0
    _client: Client | None = PrivateAttr(default=None)

    @property
    def client(self) -> Client:
        """The client of this run: the interval between requests to one host holds between datasets, too."""
        if self._client is None:
            self._client = Client(mirror=self.mirror or None)
        return self._client

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Close idle connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def via(self) -> str:
        """Word for the archive's records."""
        return "mirror" if self.mirror else "live"
