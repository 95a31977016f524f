"""The data directory: raw archive, inbox, staging area, releases.

::

    data/
      raw/<dataset>/…        the archive (sources.archive)
      inbox/<dataset>/…      what people added (sources.inbox)
      staging/…              a cache between steps (pipelines.staging)
      releases/<release>/…   what was published (pipelines.release)
      latest, dvstats.duckdb links to the newest release

A data directory may be in an object store (``s3://bucket/prefix``). Then the folder is the working copy of it on this
machine (``pipelines.store``).

Also the clock (``current_moment``). Not here: the lock that one refresh holds (``pipelines.lock``), and Dagster
(``pipelines.resources`` makes resources of directory and clock). Called by ``pipelines.refresh``, the assets and
``dvstats status``.
"""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data_contracts.errors import UserError
from data_contracts.model import Contract
from pipelines.kept_folders import refuse_shared
from pipelines.lock import RefreshLock
from pipelines.release import publish
from pipelines.release.last_release import LastRelease, last_release
from pipelines.release.manifest import release_names
from pipelines.store import exchange
from pipelines.store.client import is_address
from pipelines.store.publication import publish_to
from pipelines.store.steps import SharedStaging
from pipelines.store.working_copy import WorkingCopy
from sources.archive import Archive
from transforms.ingest import Ingested

# Outcomes of datasets that could not be written to the staging area, by data directory and dataset.
_unwritten: dict[Path, dict[str, Ingested]] = {}
# Working copies whose exchange with their store this process has begun and not ended, each with the release that was
# shown then: what another command fetches meanwhile is no base.
_bases: dict[Path, str] = {}
# The last release as it was verified since this process holds the lock: another DataDirectory does not do it again.
_verified: dict[Path, list[LastRelease]] = {}


class DataDirectory:
    """One data directory, as one run or one command sees it."""

    def __init__(self, place: str | Path) -> None:
        """``place``: a folder, which is not touched yet, or an address, whose working copy is made if need be."""
        if is_address(place):
            self.copy: WorkingCopy | None = WorkingCopy.at(str(place))
            self.root = self.copy.root
        else:
            self.root = Path(place).resolve()
            self.copy = WorkingCopy.of(self.root)
        self.lock = RefreshLock(self.root)
        self._last: LastRelease | None = None
        self.unwritten = _unwritten.setdefault(self.root, {})

    @contextmanager
    def locked(
        self, patience: float = 0, say: Callable[[str], object] = lambda sentence: None, step_of: str = ""
    ) -> Iterator[None]:
        """Hold the lock, for which ``patience`` seconds are waited; the same process may enter again.

        ``say`` gets a sentence when the wait begins. :class:`BusyError` where another process keeps the lock longer.
        With the lock comes what a store has, and before it goes the store gets what came. ``step_of``: id of the run
        of which this is one step among others elsewhere; then the staging area comes and goes too.
        """
        refuse_shared(self.root)
        with self.lock.held(patience, say), self._exchanged(step_of):
            if self.root in _verified:
                yield
                return
            _verified[self.root] = []
            try:
                yield
            finally:
                del _verified[self.root]

    @contextmanager
    def _exchanged(self, step_of: str) -> Iterator[None]:
        """Fetch what a store has, and send it what came; whoever enters within does nothing of it again."""
        if self.copy is None or self.root in _bases:
            yield
            return
        store = self.copy.store
        store.probe()
        # What a killed run built and did not show: its inputs are still in the archive.
        shutil.rmtree(self.workshop, ignore_errors=True)
        shown = self.copy.pull_release(or_none=True)
        pulled = exchange.pull(store, self.root)
        base = shown.name if shown else ""
        shared = SharedStaging(store, self.staging, step_of) if step_of else None
        if shared:
            shared.pull(base)
        _bases[self.root] = base
        try:
            yield
        finally:
            base = _bases.pop(self.root)
            # Also after an error: what was received is received.
            exchange.push(store, self.root, pulled)
            if shared:
                shared.push(base)

    def fetch_inbox(self) -> None:
        """From a store, what other machines put into the inbox."""
        if self.copy is not None:
            exchange.pull(self.copy.store, self.root, ("inbox",))

    @property
    def workshop(self) -> Path:
        """Where a release is built: here, or, where a store has to show it first, aside from those that are shown."""
        return self.root / "unshown" if self.copy else self.root

    def show(self, folder: Path, base: str) -> Path:
        """Make a release that was built in ``workshop`` the one that readers see; gives its folder.

        ``base``: the release that it was built upon. In a store it is shown there first; ``OutrunError`` where another
        publisher was faster.
        """
        if self.copy is not None:
            # What a release is made of is there before it.
            exchange.push(self.copy.store, self.root)
            publish_to(self.copy.store, folder, base)
            (self.root / "releases").mkdir(exist_ok=True)
            folder = folder.rename(self.root / "releases" / folder.name)
            _bases[self.root] = folder.name
        publish.show(self.root, folder)
        return folder

    @property
    def archive(self) -> Archive:
        """The raw archive."""
        return Archive(self.root)

    @property
    def inbox(self) -> Path:
        """Folder of files that people add."""
        return self.root / "inbox"

    @property
    def staging(self) -> Path:
        """Folder of what steps leave for one another: a cache that may be deleted at any time."""
        return self.root / "staging"

    def last_release(self, contract: Contract) -> LastRelease:
        """The release to build upon; verified once, since the lock is held."""
        base, known = self.base, [self._last, *_verified.get(self.root, ())]
        self._last = next(
            (one for one in known if one and one.name == base and one.contract is contract), None
        )
        if self._last is None:
            self._last = last_release(self.root, contract, base)
            if self.root in _verified:
                _verified[self.root] = [self._last]
        return self._last

    @property
    def base(self) -> str:
        """Name of the release to build upon; empty before the first one."""
        if self.root in _bases:
            return _bases[self.root]
        return (release_names(self.root) or [""])[-1]


def current_moment() -> dt.datetime:
    """The time, UTC without zone, to the second; ``SOURCE_DATE_EPOCH`` stops it, as in reproducible builds."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    try:
        moment = dt.datetime.fromtimestamp(int(text), dt.UTC) if text else dt.datetime.now(dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UserError(
            f"SOURCE_DATE_EPOCH={text!r} is no time in Unix seconds. Unset it, or give a number such as 1795576500."
        ) from error
    return moment.replace(tzinfo=None, microsecond=0)
