"""A run on two workers, one of them killed: it ends well, and every Parquet file is byte for byte that of one machine.

Heavy: it starts Postgres, Redis, SeaweedFS and workers. ``make test-distributed``.
"""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.store.working_copy import WorkingCopy
from tests.distributed.cluster import BUCKET, ROOT, Cluster, until

pytestmark = pytest.mark.distributed
EPOCH = "1795576500"
DATASETS = ("kg_statements", "tj_cedaw")
SECONDS = 1500


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster() as cluster, pytest.MonkeyPatch.context() as patch:
        for name, value in cluster.environment.items():
            patch.setenv(name, value)
        patch.setenv("DVSTATS_WORKING_COPIES", str(cluster.folder / "reader"))
        yield cluster


def run(cluster: Cluster, place: str, executor: str) -> subprocess.Popen[str]:
    """The process that coordinates a run; ``one`` works off the steps itself."""
    return subprocess.Popen(
        [sys.executable, "tests/distributed/run_job.py", EPOCH, *DATASETS],
        env={
            **cluster.environment,
            "DVSTATS_DATA_DIR": place,
            "DVSTATS_EXECUTOR": executor,
            "DVSTATS_WORKING_COPIES": str(cluster.folder / "coordinator"),
        },
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def tables(release: Path) -> dict[str, str]:
    """Checksum of every Parquet file of a release."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(release.rglob("*.parquet"))}


def test_a_killed_worker_changes_no_byte(cluster: Cluster, tmp_path: Path) -> None:
    address = f"s3://{BUCKET}/data"
    cluster.environment |= {"DVSTATS_DATA_DIR": address, "DVSTATS_EXECUTOR": "celery"}
    for worker in ("worker1", "worker2"):
        cluster.start_worker(worker)
    alone = run(cluster, str(tmp_path / "alone"), "one")
    _, errors = alone.communicate(timeout=SECONDS)
    assert alone.returncode == 0, errors[-3000:]

    shared = run(cluster, address, "celery")
    # Its working copy is made when its first step begins.
    until(lambda: (cluster.folder / "worker1").is_dir(), "a step on the first worker", SECONDS)
    cluster.stop("worker1", signal.SIGKILL)
    assert "succeeded in" not in cluster.log("worker1"), "it was killed in its first step"
    said, errors = shared.communicate(timeout=SECONDS)
    assert shared.returncode == 0, (said[-2000:], errors[-2000:], cluster.log("worker2")[-2000:])
    assert json.loads(said.splitlines()[-1])["success"]

    release = WorkingCopy.at(address).pull_release()
    assert release is not None
    reference = (tmp_path / "alone" / "latest").resolve()
    assert release.name == reference.name and len(tables(release)) > 20
    assert tables(release) == tables(reference)
