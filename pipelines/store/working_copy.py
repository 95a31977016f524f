"""The folder on this machine that holds what a command needs of a data directory in an object store.

::

    ~/.cache/dvstats/<bucket>-…/           DVSTATS_WORKING_COPIES names another place than ~/.cache/dvstats
      store.json                           whose copy this is
      raw/, inbox/, restricted/            as in the store (``exchange``)
      releases/<release>/                  the releases that were needed, each verified when it came
      latest, dvstats.duckdb, staging/, …  as in every data directory

It is a cache: delete it, and the next command fetches what it needs. Only two things are nowhere else: receipts of a
refresh that was cut off before it could send them, and ``operations/`` of the machine that sends alerts. Only this user
can enter it.

Not here: the objects themselves (``client``), archive and inbox (``exchange``), showing a release (``publication``).
Called by ``pipelines.data_directory`` and by the other modules of this package.
"""

import hashlib
import json
import os
import re
import shutil
import uuid
from pathlib import Path

from data_contracts.errors import NothingThereError
from data_contracts.stored_json import load_json
from pipelines.release.manifest import read_manifest, verify
from pipelines.release.publish import show
from pipelines.store.client import Store, StoreError, together
from pipelines.store.pointer import KEY, Pointer, read_pointer
from sources.durable import write_whole

MARKER = "store.json"
MANIFEST = "manifest.json"


class WorkingCopy:
    """One store and its folder here."""

    def __init__(self, root: Path, store: Store) -> None:
        """Nothing is fetched yet."""
        self.root, self.store = root, store

    @classmethod
    def at(cls, address: str) -> "WorkingCopy":
        """The working copy of an address, which is made where there is none."""
        store = Store(address)
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
        # The same bucket name is another bucket at another endpoint.
        digest = hashlib.sha256(f"{endpoint} {store.address}".encode()).hexdigest()[:8]
        name = re.sub(r"[^a-z0-9]+", "-", store.address.removeprefix("s3://").lower())
        root = _home() / f"{name}-{digest}"
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        root.chmod(0o700)
        if not (root / MARKER).exists():
            write_whole(root / MARKER, json.dumps({"address": store.address}).encode() + b"\n")
        return cls(root.resolve(), store)

    @classmethod
    def of(cls, root: Path) -> "WorkingCopy | None":
        """The working copy that a folder is; None where it is a data directory of its own."""
        try:
            return cls(root, Store(load_json((root / MARKER).read_text(encoding="utf-8"))["address"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{root / MARKER} cannot be read ({error}). Delete {root}; it is fetched anew."
            ) from error

    # --- releases ---

    def pull_release(self, name: str | None = None, *, or_none: bool = False) -> Path | None:
        """Have a release here, the one that is shown where none is named; gives its folder.

        The pointer is read once, and what comes is checked against its checksums before it gets its name here. For the
        latest, ``latest`` is set as well. :class:`NothingThereError` where the store shows no such release; with
        ``or_none`` None where it shows none yet.
        """
        pointer = read_pointer(self.store)
        if or_none and not pointer.release:
            return None
        folder = self._fetched(self._name_if_shown(name, pointer), pointer)
        if name is None:
            show(self.root, folder)
        return folder

    def fetch_anew(self, name: str | None, into: Path) -> Path:
        """A release as the store has it now, below ``into``, its files unchecked: for ``dvstats verify``."""
        pointer = read_pointer(self.store)
        wanted = self._name_if_shown(name, pointer)
        self._download(wanted, into / wanted)
        self._check(into / wanted, wanted, pointer)
        return into / wanted

    def _name_if_shown(self, name: str | None, pointer: Pointer) -> str:
        """The wanted name, if it is shown."""
        wanted = name or pointer.release
        if wanted and wanted in pointer.releases:
            return wanted
        raise NothingThereError(
            f"No release {name or ''} in {self.store.address}. ".replace("  ", " ")
            + f"Releases there: {', '.join(pointer.releases) or 'none'}."
        )

    def _check(self, folder: Path, name: str, pointer: Pointer) -> None:
        if not _is_as_shown(folder, name, pointer):
            raise StoreError(
                f"{self.store.address}/releases/{name} is not the release that {KEY} shows. {_RESTORE}"
            )

    def _fetched(self, name: str, pointer: Pointer) -> Path:
        """Folder of a release, fetched unless it is here as it was shown, and whole before it gets its name."""
        folder = self.root / "releases" / name
        if folder.is_dir() and _is_as_shown(folder, name, pointer):
            return folder
        aside = self.root / f".{uuid.uuid4().hex[:8]}.pulled"
        try:
            self._download(name, aside / name)
            self._check(aside / name, name, pointer)
            if problems := verify(aside / name):
                raise StoreError(f"{self.store.address}/releases/{name}: {problems[0]} {_RESTORE}")
            folder.parent.mkdir(exist_ok=True)
            if folder.exists():
                folder.rename(aside / "before")
            try:
                (aside / name).rename(folder)
            except OSError:
                # Another command fetched it at the same time.
                if not (folder.is_dir() and _is_as_shown(folder, name, pointer)):
                    raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return folder

    def _download(self, name: str, folder: Path) -> None:
        prefix = f"releases/{name}/"
        keys = [entry.key for entry in self.store.list(prefix)]
        targets = {key: inside(folder, key.removeprefix(prefix)) for key in keys}
        for target in targets.values():
            target.parent.mkdir(parents=True, exist_ok=True)
        together(lambda key: self.store.download(key, targets[key]), keys)
        if not (folder / MANIFEST).is_file():
            raise StoreError(f"{self.store.address}/{prefix}{MANIFEST} is missing. {_RESTORE}")


_RESTORE = "Restore it from a version or a copy of the bucket."


def _home() -> Path:
    """Where working copies are kept."""
    if chosen := os.environ.get("DVSTATS_WORKING_COPIES"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dvstats"


def _is_as_shown(folder: Path, name: str, pointer: Pointer) -> bool:
    """Whether a folder is the release as it was shown; of earlier ones the pointer has no checksum."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return False
    if name == pointer.release:
        return hashlib.sha256(manifest.read_bytes()).hexdigest() == pointer.manifest_sha256
    return bool(read_manifest(folder).get("release") == name)


def inside(folder: Path, relative: str) -> Path:
    """Path of a key below a folder; :class:`StoreError` where it would lead out of it."""
    parts = relative.split("/")
    if not relative or any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        raise StoreError(f"The store has a key that is no name of a file: {relative!r}. Remove it there.")
    return folder.joinpath(*parts)
