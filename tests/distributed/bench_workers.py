"""`make bench-workers`: one run by one machine, by one worker and by two, on this machine.

::

    tests/distributed/run bench [--datasets 12]

Each way takes the same bundled datasets from their files to a release: *alone*, where one process does all steps and
writes into a folder; with *one* and *two workers* of Celery, which take steps from Redis, keep the log of the run in
Postgres and publish into SeaweedFS. The tables have to be the same bytes, otherwise nothing is printed as measured. The
clock runs from the start of the coordinating process to its end; processor time is that of this process and of the
workers with all that they started, not of the three services.
"""

import argparse
import os
import signal
import tempfile
import time
from pathlib import Path

from sources.load_datasets import load_datasets
from tests.distributed.cluster import BUCKET, ROOT, Cluster
from tests.distributed.test_several_machines import SECONDS, run, shown, tables, use


def processor_seconds(pid: int) -> float:
    """Of a process and of those of its children that have ended and were waited for; nought where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def together(parents: list[int]) -> float:
    """The same of all processes that live below these, and of themselves."""
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        below.setdefault(parent, []).append(int(path.parent.name))
    waiting, seconds = list(parents), 0.0
    while waiting:
        pid = waiting.pop()
        seconds += processor_seconds(pid)
        waiting += below.get(pid, [])
    return seconds


def measure(cluster: Cluster, names: list[str], workers: int, place: str) -> tuple[float, float]:
    """Seconds of the clock and of the processors that a run takes; without workers one process does all."""
    hosts = [f"{workers}-{number}" for number in range(workers)]
    if hosts:
        use(cluster, place, *hosts)
    working = [cluster.processes[host].pid for host in hosts]
    before, started, children = together(working), time.perf_counter(), os.times()
    process = run(cluster, place, "celery" if hosts else "one", names)
    said, errors = process.communicate(timeout=SECONDS)
    clock, now = time.perf_counter() - started, os.times()
    if process.returncode:
        raise SystemExit(f"{workers} workers: the run failed\n{said[-2000:]}\n{errors[-2000:]}")
    own = now.children_user + now.children_system - children.children_user - children.children_system
    seconds = own + together(working) - before
    for host in hosts:
        cluster.stop(host, signal.SIGTERM)
    return clock, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=12)
    declared = load_datasets(ROOT / "sources" / "datasets").values()
    bundled = sorted(dataset.id for dataset in declared if any(file.bundled for file in dataset.files))
    names = bundled[: parser.parse_args().datasets]
    print(f"{len(names)} datasets: {', '.join(names)}")
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        os.environ.update(cluster.environment, DVSTATS_WORKING_COPIES=str(cluster.folder / "reader"))
        place = f"{folder}/alone"
        clock, seconds = measure(cluster, names, 0, place)
        alone = tables(Path(place, "latest").resolve())
        print(f"alone: {clock:.1f} s, processor {seconds:.1f} s; {len(alone)} tables")
        for workers in (1, 2):
            place = f"s3://{BUCKET}/bench{workers}"
            clock, seconds = measure(cluster, names, workers, place)
            if shown(place) != alone:
                raise SystemExit(f"{workers} workers: other tables than one machine publishes")
            way = "one worker" if workers == 1 else "two workers"
            print(f"{way}: {clock:.1f} s, processor {seconds:.1f} s; the same bytes", flush=True)


if __name__ == "__main__":
    main()
