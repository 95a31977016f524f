"""Readers of a release in processes of their own, for tests that publish meanwhile.

::

    with Readers(data, processes=5, threads=10) as readers:
        …                                       publications
    readers.answers                             the release of each answer
    readers.wrong                               what failed, in words

Each reader asks for the release again and again, with a pause. Run as a script it is one of the processes.
"""

import json
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Of a reader between two questions, and of who publishes: fifty readers leave the machine time for other tests.
PAUSE_SECONDS = 8.0


class Readers:
    """So many processes with so many threads each, which read from when the block begins until it ends."""

    def __init__(self, data: Path, processes: int, threads: int) -> None:
        self.command = [sys.executable, "-m", "tests.faults.readers", str(data), str(threads)]
        self.processes = processes
        self.answers: list[str] = []
        self.wrong: list[str] = []

    def __enter__(self) -> "Readers":
        self._running = [
            subprocess.Popen(self.command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(self.processes)
        ]
        for process in self._running:
            assert process.stdout and process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            said = json.loads(process.communicate("")[0])
            self.answers += said["answers"]
            self.wrong += said["wrong"]


def main(data: Path, count: int) -> None:
    """Read until standard input ends."""
    from pipelines.published.query import query

    answers: list[str] = []
    wrong: list[str] = []
    ended = threading.Event()

    def read(turn: int) -> None:
        # Not all at the same moment.
        ended.wait(PAUSE_SECONDS * turn / count)
        while not ended.is_set():
            try:
                (row,) = query(data, "SELECT release FROM releases").to_pylist()
                answers.append(row["release"])
            except Exception as error:
                wrong.append(repr(error))
            ended.wait(PAUSE_SECONDS)

    threads = [threading.Thread(target=read, args=(turn,)) for turn in range(count)]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"answers": answers, "wrong": wrong}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
