"""Runs on several workers, whatever is lost meanwhile: what is shown is byte for byte the release of one machine.

A worker is killed; the broker and the database are away for a while; two publishers race for the pointer. Heavy: it
starts Postgres, Redis, SeaweedFS and workers. ``make test-distributed``; what takes longest is left out with
``QUICK=1``.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from pipelines.store.client import Store
from pipelines.store.pointer import read_pointer
from pipelines.store.publication import OutrunError, publish_to
from pipelines.store.working_copy import WorkingCopy
from tests.distributed.cluster import BUCKET, ROOT, Cluster, until

pytestmark = pytest.mark.distributed
EPOCH = "1795576500"
DATASETS = ("kg_statements", "tj_cedaw")
SECONDS = 1500
AWAY = 10
ROUNDS = 10


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster() as cluster, pytest.MonkeyPatch.context() as patch:
        for name, value in cluster.environment.items():
            patch.setenv(name, value)
        patch.setenv("DVSTATS_WORKING_COPIES", str(cluster.folder / "reader"))
        yield cluster


def run(
    cluster: Cluster, place: str, executor: str, datasets: Sequence[str] = DATASETS
) -> subprocess.Popen[str]:
    """The process that coordinates a run; ``one`` works off the steps itself."""
    return subprocess.Popen(
        [sys.executable, "tests/distributed/run_job.py", EPOCH, *datasets],
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


def shown(address: str) -> dict[str, str]:
    """The tables that a store shows."""
    release = WorkingCopy.at(address).pull_release()
    assert release is not None
    return tables(release)


@pytest.fixture(scope="module")
def alone(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The tables that one machine publishes."""
    place = tmp_path_factory.mktemp("alone")
    process = run(cluster, str(place), "one")
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors[-3000:]
    found = tables((place / "latest").resolve())
    assert len(found) > 20
    return found


def use(cluster: Cluster, address: str, *workers: str) -> str:
    """Start workers on an address of the store; the one where a run is to be shown."""
    cluster.environment |= {"DVSTATS_DATA_DIR": address, "DVSTATS_EXECUTOR": "celery"}
    for worker in workers:
        cluster.start_worker(worker)
    return address


def test_a_killed_worker_changes_no_byte(cluster: Cluster, alone: dict[str, str]) -> None:
    address = use(cluster, f"s3://{BUCKET}/killed", "worker1", "worker2")
    process = run(cluster, address, "celery")
    # Its working copy is made when its first step begins.
    until(lambda: (cluster.folder / "worker1").is_dir(), "a step on the first worker", SECONDS)
    cluster.stop("worker1", signal.SIGKILL)
    assert "succeeded in" not in cluster.log("worker1"), "it was killed in its first step"
    said, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, (said[-2000:], errors[-2000:], cluster.log("worker2")[-2000:])
    assert json.loads(said.splitlines()[-1])["success"]
    cluster.stop("worker2")
    assert shown(address) == alone


@pytest.mark.skipif(bool(os.environ.get("QUICK")), reason="make test-distributed without QUICK=1")
def test_broker_and_database_away_for_a_while_change_no_byte(cluster: Cluster, alone: dict[str, str]) -> None:
    """The run goes on or fails; where it fails nothing is shown, and the next one publishes the same bytes."""
    address = use(cluster, f"s3://{BUCKET}/away", "worker3")
    process = run(cluster, address, "celery")
    until(lambda: "succeeded in" in cluster.log("worker3"), "a step", SECONDS)
    for service in ("redis", "postgres"):
        cluster.stop(service, signal.SIGKILL)
    time.sleep(AWAY)
    cluster.start_postgres()
    cluster.start_redis()
    said, errors = process.communicate(timeout=SECONDS)
    print("the run went on" if process.returncode == 0 else f"the run failed: {said[-500:]} {errors[-1500:]}")
    if process.returncode:
        assert not read_pointer(Store(address)).releases
        process = run(cluster, address, "celery")
        said, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, (said[-2000:], errors[-2000:], cluster.log("worker3")[-2000:])
    cluster.stop("worker3")
    assert shown(address) == alone


def made(folder: Path, name: str, says: str) -> Path:
    """A release as far as publishing looks at it."""
    release = folder / says / name
    release.mkdir(parents=True)
    (release / "dvstats.duckdb").write_bytes(b"database")
    (release / "table.parquet").write_text(says * 1000, encoding="utf-8")
    tables = [{"path": "table.parquet", "sha256": hashlib.sha256(says.encode()).hexdigest()}]
    (release / "manifest.json").write_text(json.dumps({"release": name, "tables": tables}), encoding="utf-8")
    return release


def test_of_two_publishers_at_once_one_is_shown(cluster: Cluster, tmp_path: Path) -> None:
    """Each round both build upon what is shown; names of the same second, too."""
    address = f"s3://{BUCKET}/race"
    base = ""

    def publish(release: Path, start: Barrier) -> bool:
        start.wait()
        try:
            publish_to(Store(address), release, base)
        except OutrunError:
            return False
        return True

    for number in range(ROUNDS):
        same = number % 2
        names = [f"20261125T03{number:02d}{(0 if same else second):02d}Z" for second in range(2)]
        releases = [made(tmp_path, name, f"{number}-{who}") for who, name in enumerate(names)]
        start = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            won = list(pool.map(publish, releases, [start, start]))
        assert sum(won) == 1, (number, won)
        winner = releases[won.index(True)]
        pointer, store = read_pointer(Store(address)), Store(address)
        assert (pointer.release, len(pointer.releases)) == (winner.name, number + 1)
        for path in winner.iterdir():
            found = store.read(f"releases/{winner.name}/{path.name}")
            assert found is not None and found[0] == path.read_bytes(), (number, path.name)
        base = winner.name
