"""Copying a whole data directory to another place: a folder into an object store, and back.

All releases that are shown, the archive, the inbox and the counts of restricted datasets go along, byte for byte, so
that signatures, citations and ``dvstats trace`` stay good. So do ``operations.yaml`` and ``operations/``, where
they are in the folder or working copy on this machine. What can be made again (``staging/``, ``dagster/``, the site)
does not.

Not here: the command (``dvstats copy``). Called by ``pipelines.cli.commands``.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from data_contracts.errors import NothingThereError, UserError
from pipelines.data_directory import DataDirectory
from pipelines.operations.declared import FILE, STATE_FOLDER
from pipelines.release.manifest import release_names, verify
from pipelines.release.publish import show
from pipelines.store import exchange
from pipelines.store.client import is_address
from pipelines.store.pointer import read_pointer
from pipelines.store.publication import publish_to
from pipelines.store.working_copy import WorkingCopy

OPERATIONS = (FILE, STATE_FOLDER)


def copy_data(source: Path, target: str) -> list[str]:
    """Copy a data directory to a folder or an address that has no release yet; gives the names of the releases.

    ``source``: a folder, or the working copy of a store. It is left as it is. UserError where the target holds releases
    already or a release of the source is damaged, before anything is written.
    """
    names = _all_releases(source)
    for name in names:
        if problems := verify(source / "releases" / name):
            raise UserError(
                f"Release {name} is not whole and is not copied: {problems[0]} Nothing was written; restore it "
                "from a copy first."
            )
    if is_address(target):
        _into_store(source, WorkingCopy.at(target), names)
    else:
        _into_folder(source, Path(target), names)
    return names


def _all_releases(source: Path) -> list[str]:
    """Names of the source's releases, oldest first; those of a store are fetched, with all else."""
    copy = WorkingCopy.of(source)
    if copy is None:
        names = release_names(source)
    else:
        names = list(read_pointer(copy.store).releases)
        for name in names:
            copy.pull_release(name)
        exchange.pull(copy.store, source)
    if not names:
        raise NothingThereError(
            f"There is no release in {source}: there is nothing to copy yet. Run `dvstats refresh` first."
        )
    return names


def _into_store(source: Path, copy: WorkingCopy, names: Sequence[str]) -> None:
    copy.store.probe()
    if there := read_pointer(copy.store).release:
        raise _occupied(copy.store.address, there)
    with DataDirectory(source).lock.held():
        _copy_folders(source, copy.root)
    exchange.push(copy.store, copy.root)
    for before, name in zip(("", *names), names, strict=False):
        publish_to(copy.store, source / "releases" / name, before)


def _into_folder(source: Path, target: Path, names: Sequence[str]) -> None:
    if there := release_names(target):
        raise _occupied(str(target), there[-1])
    with DataDirectory(source).lock.held():
        _copy_folders(source, target)
    for name in names:
        aside = target / "releases" / f".{name}.tmp"
        shutil.copytree(source / "releases" / name, aside)
        aside.rename(target / "releases" / name)
    show(target, target / "releases" / names[-1])


def _copy_folders(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in (*exchange.FOLDERS, *OPERATIONS):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, symlinks=True, dirs_exist_ok=True)
        elif (source / name).is_file():
            shutil.copy2(source / name, target / name)


def _occupied(place: str, release: str) -> UserError:
    return UserError(
        f"{place} holds release {release} already: two histories cannot be joined. Give an empty place."
    )
