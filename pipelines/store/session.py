"""What a command gets of a data directory in an object store before it runs, and what it leaves there afterwards.

Each command of ``pipelines.cli.parser`` says which of ``Needs`` it has. The pointer is read once, before the
command: all that it shows is of one release. Not here: a refresh, which fetches and sends while it holds the lock
(``pipelines.data_directory``). Called by ``pipelines.cli.main`` and ``pipelines.cli.commands``.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pipelines.published.releases import release_folder
from pipelines.store import exchange
from pipelines.store.working_copy import WorkingCopy

#: nothing: the command fetches itself; release: the latest, and those that it names; any: the latest, if there is one;
#: archive: the latest and the archive; changes: the same, if there is any, and what the command adds is sent
Needs = Literal["nothing", "release", "any", "archive", "changes"]


@contextmanager
def working_folder(address: str, needs: Needs, releases: Sequence[str] = ()) -> Iterator[Path]:
    """The working copy of an address with what a command needs; ``releases``: those that it names."""
    copy = WorkingCopy.at(address)
    pulled: frozenset[str] = frozenset()
    if needs == "changes":
        copy.store.probe()
    if needs != "nothing":
        copy.pull_release(or_none=needs in ("any", "changes"))
        for name in releases:
            copy.pull_release(name)
    if needs in ("archive", "changes"):
        pulled = exchange.pull(copy.store, copy.root)
    yield copy.root
    if needs == "changes":
        exchange.push(copy.store, copy.root, pulled)


@contextmanager
def release_as_stored(data_dir: Path, release: str | None) -> Iterator[Path]:
    """Folder of a release with the bytes that readers get: of a store, fetched anew and not from the working copy."""
    copy = WorkingCopy.of(data_dir)
    if copy is None:
        yield release_folder(data_dir, release)
        return
    with tempfile.TemporaryDirectory(prefix=".verify-", dir=data_dir) as aside:
        yield copy.fetch_anew(release, Path(aside))
