"""A sensor on the inbox: a file that a person added starts an offline refresh, within a minute.

It looks at names, sizes and times only, and reads files when those changed. A file without a note of where it is from
starts a run too: the run makes a finding of it that says what to do (``pipelines.attempts.attempt_findings``). A
file that lies in no dataset's folder is named in the sensor's log, in the refresh and on the release.

Not here: taking files from the inbox (``sources.inbox``, ``sources.pull``). Called by ``pipelines.definitions``.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import dagster as dg

from pipelines import new_returns
from pipelines.data_directory import DataDirectory
from pipelines.refresh import REFRESH_OFFLINE
from pipelines.resources import DataDir
from sources import inbox
from sources.dataset import Dataset
from sources.pull import local_is_new

INTERVAL_SECONDS = 60
# A file that changed a moment ago may still be being copied.
SETTLED_SECONDS = 10
TAG = "inbox"


def inbox_sensor(data_dir: DataDir, datasets: Mapping[str, Dataset]) -> dg.SensorDefinition:
    """The sensor on the inbox of a data directory."""

    @dg.sensor(
        name="inbox",
        job_name=REFRESH_OFFLINE,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts an offline refresh when somebody put a file into the inbox.",
    )
    def look_into_inbox(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        # The resource itself would wait for the lock of a run.
        folder = DataDirectory(_place(data_dir))
        folder.fetch_inbox()
        files = inbox.files(folder.inbox)
        if any(time.time() - path.stat().st_mtime < SETTLED_SECONDS for path in files):
            yield dg.SkipReason("A file is still being copied into the inbox.")
            return
        state = _fingerprint(files)
        if state == context.cursor:
            yield dg.SkipReason("Nothing changed in the inbox.")
            return
        for sentence in inbox.stray_sentences(inbox.strays(folder.inbox, [*datasets, new_returns.DATASET])):
            context.log.warning(sentence)
        names = _datasets_with_new_files(folder, datasets)
        context.update_cursor(state)
        if names:
            yield dg.RunRequest(run_key=state, tags={TAG: ", ".join(names)})
        else:
            yield dg.SkipReason("Every file of the inbox is in the archive.")

    return look_into_inbox


def _place(data_dir: DataDir) -> str:
    given = data_dir.path
    return str(given.get_value()) if isinstance(given, dg.EnvVar) else given


def _datasets_with_new_files(folder: DataDirectory, datasets: Mapping[str, Dataset]) -> list[str]:
    """Datasets with a file in the inbox that a refresh would take or say something about."""
    names = [
        name
        for name, dataset in datasets.items()
        if (folder.inbox / name).is_dir() and local_is_new(dataset, folder.archive, folder.inbox)
    ]
    return [*names, new_returns.DATASET] if new_returns.waiting(folder) else names


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        facts = path.stat()
        digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]
