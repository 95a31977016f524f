"""Refreshes of a few bundled datasets as processes that a test may kill, or whose disk it takes away.

A server imports the program once and forks for each refresh, so that all of its life is work on the data directory::

    with Refreshes(folder) as refreshes:
        running = refreshes.start(data, turn)
        done = refreshes.end(running)           status and what was printed, as of ``dvstats refresh``

Every ``turn`` has something new to publish: in odd ones ``WITHDRAWN`` is not declared, in even ones it is back. Suites
are judged in the refresh itself, datasets in a second process, which says which, and what else it does; it is killed at
the dataset that the environment names (``KILLED_AT``). A
publication alone (``small_publication``) takes a tenth of the time of a refresh. Run as a script it is the server. Not
here: refreshes of everything, and how the program starts (``bench_refresh.py``).
"""

import ctypes
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
WITHDRAWN = "tj_cedaw"
KEPT = ("kg_statements", "kz_statements")
KILLED_AT = "DVSTATS_TEST_SECOND_PROCESS_KILLED_AT"
# PR_SET_PDEATHSIG: a test run that is killed leaves no refresh behind.
ENDS_WITH_PARENT = 1
# What a refresh loads when it needs it, which is half of its work; in a child it is there already.
LOADED_LATE = (
    "pipelines.cli.commands",
    "pipelines.cli.terminal.console",
    "pipelines.definitions",
    "pipelines.run_storage",
    "tests.faults.small_publication",
    "tests.small_release",
)


class Running(NamedTuple):
    """A refresh: the id of its process and of its group, and the file to which it prints."""

    pid: int
    output: Path

    @property
    def processor_seconds(self) -> float:
        """What it worked until now, which other programs on the machine do not change; Linux."""
        return time.clock_gettime((~self.pid << 3) | 2)


class Done(NamedTuple):
    """How a refresh ended (a negative status is a signal), and all that it printed."""

    status: int
    printed: str


class Refreshes:
    """The server; ``folder`` holds what refreshes print."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def __enter__(self) -> "Refreshes":
        command = [sys.executable, "-m", "tests.faults.small_refresh", str(self.folder)]
        self._server = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()
        self._server.wait()

    def _ask(self, *question: Any) -> int:
        assert self._server.stdin and self._server.stdout
        self._server.stdin.write(json.dumps(question) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def start(self, data: Path, turn: int) -> Running:
        """Begin a refresh with the environment of this process."""
        return self._start("refresh", str(data), turn)

    def start_publication(self, data: Path, staged: Path, at: dt.datetime) -> Running:
        """Begin a publication of staged tables."""
        return self._start("publish", str(data), str(staged), at.isoformat())

    def _start(self, *work: Any) -> Running:
        self.count += 1
        output = self.folder / f"printed-{self.count}"
        return Running(self._ask(str(output), dict(os.environ), *work), output)

    def end(self, running: Running) -> Done:
        """Wait until it ended."""
        return Done(self._ask("end", running.pid), running.output.read_text(encoding="utf-8"))

    def run(self, data: Path, turn: int) -> Done:
        """Begin one and wait."""
        return self.end(self.start(data, turn))


def serve(folder: Path) -> None:
    """Answer until killed."""

    import pipelines.refresh
    from pipelines import expectation_suites, second_process
    from pipelines.declarations import declarations
    from tests import predicate_verdicts

    pipelines.refresh.PROCESSORS = 1
    with_second_process, observe = second_process.second_process, second_process.observe_dataset
    pipelines.refresh.second_process = lambda data_dir, wanted: with_second_process(data_dir, wanted=True)

    def observe_dataset(declared: Any, dataset: Any, *given: Any) -> Any:
        print(f"second process: {dataset.id}", flush=True)
        if os.environ.get(KILLED_AT) == dataset.id:
            os.kill(os.getpid(), signal.SIGKILL)
        return observe(declared, dataset, *given)

    def saying(what: Any) -> Any:
        def said(*given: Any) -> Any:
            print(f"second process: {what.__name__}", flush=True)
            return what(*given)

        return said

    second_process.observe_dataset = observe_dataset
    for name in ("new_database", "RequirementTables"):
        setattr(second_process, name, saying(getattr(second_process, name)))
    for module in LOADED_LATE:
        import_module(module)
    declarations()
    expectation_suites.suite_verdicts = predicate_verdicts.suite_verdicts  # replaced for the tests
    for line in sys.stdin:
        first, *rest = json.loads(line)
        if first == "end":
            print(os.waitstatus_to_exitcode(os.waitpid(rest[0], 0)[1]), flush=True)
            continue
        child = os.fork()
        if not child:
            work(first, *rest)
        print(child, flush=True)


def work(output: str, environment: dict[str, str], kind: str, *given: Any) -> None:
    """The child: does its work in a group of its own, and ends."""
    status = 70
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(ENDS_WITH_PARENT, signal.SIGKILL)
        with Path(output).open("w", encoding="utf-8") as target:
            os.dup2(target.fileno(), 1)
            os.dup2(target.fileno(), 2)
        os.environ.clear()
        os.environ.update(environment)
        status = refresh(*given) if kind == "refresh" else publish(*given)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def refresh(data: str, turn: int) -> int:
    """``dvstats refresh`` of the few datasets."""
    from pipelines import data_versions
    from pipelines.cli.main import main
    from pipelines.declarations import declarations
    from tests.small_release import few_requirements

    declared = declarations()
    vars(declared).update(few_requirements())
    names = [*KEPT, *([] if turn % 2 else [WITHDRAWN])]
    declared.datasets = {name: declared.datasets[name] for name in names}
    data_versions.registers_version = lambda: f"turn {turn}"  # type: ignore[assignment]  # replaced for the tests
    return main(["refresh", "--data-dir", data])


def publish(data: str, staged: str, at: str) -> int:
    """A release of empty tables."""
    from pipelines.declarations import declarations
    from tests.faults.small_publication import publish_release

    publish_release(declarations().contract, Path(staged), Path(data), dt.datetime.fromisoformat(at))
    return 0


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
