"""Showing a release of a store: upload, then one conditional write of ``latest.json``.

1. Every object of ``releases/<release>/`` is created only if it is absent, the manifest last: nothing that another
   publisher wrote is ever overwritten.
2. ``latest.json`` is replaced only if it is still the one that the release was built upon. The second one gets an error
   (:class:`OutrunError`); its release stays unshown, and its next refresh builds on the winner's.
3. Folders that nobody shows (a publisher was killed, or lost) are removed by the next publisher that wins. Whoever
   began one of them read the pointer before it was replaced, so that it cannot be shown any more.

If the name is taken by such a folder (two publishers in one second; a fixed clock), its tables decide: the same tables
are the same release, which is taken up as it is. Otherwise the pointer is rewritten as it is, so that the other one's
swap must fail, and the folder is removed.

Not here: building a release (``pipelines.release.publish``). Called by ``pipelines.data_directory``.
"""

import hashlib
from pathlib import Path
from typing import Any

from data_contracts.errors import DvstatsError
from data_contracts.stored_json import load_json
from pipelines.release.database_file import DATABASE
from pipelines.store.client import Store, StoreError, together
from pipelines.store.pointer import Pointer, read_pointer, swap_pointer
from pipelines.store.working_copy import MANIFEST

_ATTEMPTS = 3


class OutrunError(DvstatsError):
    """Another publisher was faster."""


def publish_to(store: Store, folder: Path, base: str) -> None:
    """Upload the release in ``folder``, which was built upon release ``base`` (empty: upon none), and show it."""
    pointer = _built_upon_shown(store, read_pointer(store), folder.name, base)
    left = _unshown(store, pointer)
    for _ in range(_ATTEMPTS):
        manifest_sha256 = _upload(store, folder)
        if manifest_sha256:
            break
        # The name is taken by something else.
        pointer = _outrun_if_none(store, swap_pointer(store, pointer.again()), folder.name)
        store.delete(sorted(entry.key for entry in store.list(f"releases/{folder.name}")))
    else:
        raise StoreError(
            f"{store.address}/releases/{folder.name} is written by another publisher at the same time. "
            "Nothing was shown; refresh again."
        )
    _outrun_if_none(store, swap_pointer(store, pointer.showing(folder.name, manifest_sha256)), folder.name)
    store.delete(sorted(key for key in left if not key.startswith(f"releases/{folder.name}/")))


def _built_upon_shown(store: Store, pointer: Pointer, release: str, base: str) -> Pointer:
    """The pointer, if it still shows what the release was built upon."""
    if pointer.release != base:
        raise _outrun(store, release, pointer.release)
    return pointer


def _outrun_if_none(store: Store, pointer: Pointer | None, release: str) -> Pointer:
    """The pointer that was written; OutrunError where another publisher wrote one first."""
    if pointer is None:
        raise _outrun(store, release, read_pointer(store).release)
    return pointer


def _outrun(store: Store, release: str, winner: str) -> OutrunError:
    return OutrunError(
        f"Another publisher wrote to {store.address} while this refresh worked: it shows {winner or 'no release'}. "
        f"Release {release} of this refresh is not shown. Refresh again: the next one builds upon what is shown."
    )


def _unshown(store: Store, pointer: Pointer) -> list[str]:
    """Keys of releases that the pointer does not show."""
    keys = [entry.key for entry in store.list("releases")]
    return [key for key in keys if key.split("/")[1] not in pointer.releases]


def _upload(store: Store, folder: Path) -> str:
    """Checksum of the manifest of the complete release in the store; empty where the name is taken."""
    prefix = f"releases/{folder.name}"
    own = (folder / MANIFEST).read_bytes()
    theirs = store.read(f"{prefix}/{MANIFEST}")
    if theirs is not None:
        return hashlib.sha256(theirs[0]).hexdigest() if _tables(theirs[0]) == _tables(own) else ""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    # Last what differs from one making to the next, so that an upload that was cut off can mostly be gone on with.
    first = [name for name in names if name not in (DATABASE, MANIFEST)]
    if not all(together(lambda name: _put(store, f"{prefix}/{name}", folder / name), first)):
        return ""
    if all(_put(store, f"{prefix}/{name}", folder / name) for name in (DATABASE, MANIFEST)):
        return hashlib.sha256(own).hexdigest()
    return ""


def _put(store: Store, key: str, path: Path) -> bool:
    """Whether the store holds this content under the key, written now or before."""
    if store.create(key, path):
        return True
    there = store.read(key)
    return there is not None and there[0] == path.read_bytes()


def _tables(manifest: bytes) -> Any:
    """What a manifest says of its tables, the times of certificates apart."""
    try:
        return [(entry["path"], entry["sha256"]) for entry in load_json(manifest)["tables"]]
    except (ValueError, KeyError, TypeError):
        return None
