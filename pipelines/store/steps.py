"""What the steps of a run hand to one another where each may be carried out on another machine.

::

    staging/<run>/…        in the store: the folder ``staging/`` of the run's steps
    staging/<run>/.base    in the store: the release upon which the run builds, noted by its first step
    staging/.steps.json    here: which run's files these are, and which state of each object they have

Before a step, what is new there is fetched; after it, what is new here is sent, ``facts.json`` of a dataset and the
certificates of tables last. A run reads nothing that another run left. Old folders expire by a rule of the bucket
(``docs/deploy/distributed/``).

Not here: what the files mean (``pipelines.staging``). Called by ``pipelines.data_directory``.
"""

import json
import os
import shutil
from pathlib import Path

from data_contracts.stored_json import load_json
from pipelines.store.client import Store, together
from pipelines.store.publication import OutrunError
from pipelines.store.working_copy import inside
from sources.durable import write_whole

NOTE = ".steps.json"
# Files that say of others that they are whole.
_LAST = ("facts.json", ".certificate.json")
# Not of a run: the engine of the site's query page, fetched from a registry.
_OWN = "query_engine/"
_NONE = b"none"


class SharedStaging:
    """The staging area of one run, here and in the store."""

    def __init__(self, store: Store, staging: Path, run: str) -> None:
        """``staging``: the folder on this machine; ``run``: id of the run of Dagster."""
        self._store, self._folder, self._run = store, staging, run

    def pull(self, shown: str) -> None:
        """Fetch what other steps of this run left; what is of another run goes.

        ``shown``: the release that the store shows. OutrunError where the run was begun upon another one: a release
        of which one half builds upon this and one upon that would lose history.
        """
        self._check_base(shown)
        known = self._noted_states()
        if known is None:
            shutil.rmtree(self._folder, ignore_errors=True)
            known = {}
        self._folder.mkdir(parents=True, exist_ok=True)
        prefix = f"staging/{self._run}/"
        entries = [entry for entry in self._store.list(prefix) if entry.key != self._base_key]
        there = {entry.key.removeprefix(prefix): entry for entry in entries}
        new = [name for name, entry in there.items() if known.get(name, [""])[0] != entry.etag]
        for name in new:
            inside(self._folder, name).parent.mkdir(parents=True, exist_ok=True)
        together(lambda name: self._fetch(prefix, name), new)
        self._note({**known, **{name: [there[name].etag, *_state(self._folder / name)] for name in new}})

    def push(self, base: str) -> None:
        """Send what this step wrote; ``base``: what later steps build upon, another one where this step published."""
        noted = self._base()
        if noted and noted[0] != base:
            self._store.swap(self._base_key, base.encode(), noted[1])
        known = self._noted_states() or {}
        found = (path for path in self._folder.rglob("*") if path.is_file())
        names = sorted(path.relative_to(self._folder).as_posix() for path in found)
        mine = [name for name in names if "/." not in f"/{name}" and not name.startswith(_OWN)]
        changed = [name for name in mine if known.get(name, [])[1:] != _state(self._folder / name)]
        sent: dict[str, list[str]] = {}
        for last in (False, True):
            part = [name for name in changed if name.endswith(_LAST) == last]
            states = [_state(self._folder / name) for name in part]
            etags = together(self._send, part)
            sent |= {n: [etag, *state] for n, etag, state in zip(part, etags, states, strict=True)}
        self._note({**known, **sent})

    def _check_base(self, shown: str) -> None:
        # An empty object is no object to some stores.
        self._store.create(self._base_key, shown.encode() or _NONE)
        noted = self._base()
        if noted and noted[0] != shown:
            raise OutrunError(
                f"Another publisher wrote to {self._store.address} during this run, which was begun upon release "
                f"{noted[0] or 'none'}: it shows {shown}. This run publishes nothing; the next one builds upon that."
            )

    def _base(self) -> tuple[str, str] | None:
        """The noted base, and the ETag of the note."""
        found = self._store.read(self._base_key)
        return (found[0].replace(_NONE, b"").decode(), found[1]) if found else None

    @property
    def _base_key(self) -> str:
        return f"staging/{self._run}/.base"

    def _noted_states(self) -> dict[str, list[str]] | None:
        """State of each file when it was last the same here and there; None where they are of another run."""
        try:
            noted = load_json((self._folder / NOTE).read_text(encoding="utf-8"))
            files: dict[str, list[str]] = noted["files"]
            return files if noted["run"] == self._run else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _note(self, files: dict[str, list[str]]) -> None:
        write_whole(self._folder / NOTE, json.dumps({"run": self._run, "files": files}).encode())

    def _fetch(self, prefix: str, name: str) -> None:
        path = inside(self._folder, name)
        aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        aside.unlink(missing_ok=True)
        self._store.download(f"{prefix}{name}", aside)
        aside.replace(path)

    def _send(self, name: str) -> str:
        return self._store.put(f"staging/{self._run}/{name}", self._folder / name)


def _state(path: Path) -> list[str]:
    """Size and time of the last change, by which a file that was written anew is known."""
    found = path.stat()
    return [str(found.st_size), str(found.st_mtime_ns)]
