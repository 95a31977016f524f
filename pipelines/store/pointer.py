"""``latest.json``: the one object that decides which releases of a store are shown.

::

    {"release": "20261125T031500Z", "manifest_sha256": "…", "releases": ["20261118T031500Z", "20261125T031500Z"],
     "generation": 7}

A folder below ``releases/`` that is not in ``releases`` was never shown: its publisher was killed, lost a race, or is
at work. Every write counts ``generation`` up, so that no two contents, and so no two ETags, are alike.

Not here: who writes it when (``publication``). Called by ``working_copy`` and ``publication``.
"""

import json
from dataclasses import asdict, dataclass, replace

from data_contracts.stored_json import load_json
from pipelines.release.manifest import RELEASE_NAME
from pipelines.store.client import Store, StoreError

KEY = "latest.json"


@dataclass(frozen=True)
class Pointer:
    """What is shown."""

    #: the latest; empty: none yet
    release: str = ""
    #: of that one
    manifest_sha256: str = ""
    #: all that are shown, oldest first
    releases: tuple[str, ...] = ()
    #: counted up by every write
    generation: int = 0
    #: of the object that it was read from; None where there is none yet
    etag: str | None = None

    def showing(self, release: str, manifest_sha256: str) -> "Pointer":
        """The next pointer, which shows one release more."""
        return replace(
            self,
            release=release,
            manifest_sha256=manifest_sha256,
            releases=(*self.releases, release),
            generation=self.generation + 1,
        )

    def again(self) -> "Pointer":
        """The next pointer, which shows the same."""
        return replace(self, generation=self.generation + 1)


def read_pointer(store: Store) -> Pointer:
    """What a store shows now."""
    found = store.read(KEY)
    if found is None:
        return Pointer()
    try:
        stored = load_json(found[0])
        releases = tuple(map(str, stored["releases"]))
        pointer = Pointer(
            str(stored["release"]),
            str(stored["manifest_sha256"]),
            releases,
            int(stored["generation"]),
            found[1],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(store, str(error)) from error
    # Names become folders on this machine.
    if not all(RELEASE_NAME.fullmatch(name) for name in (*releases, pointer.release)):
        raise _damaged(store, "a name in it is no name of a release")
    return pointer


def swap_pointer(store: Store, pointer: Pointer) -> Pointer | None:
    """Write a pointer that was made from the one with its ``etag``; None where another was written since."""
    fields = asdict(pointer)
    del fields["etag"]
    etag = store.swap(KEY, json.dumps(fields, indent=1).encode() + b"\n", pointer.etag)
    return replace(pointer, etag=etag) if etag else None


def _damaged(store: Store, why: str) -> StoreError:
    return StoreError(
        f"{store.address}/{KEY} is damaged: {why}. Restore it from a version or a copy of the bucket; "
        "docs/operations.md shows what it holds."
    )
