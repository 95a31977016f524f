"""Fixtures shared by all tests: a published release, the upstream copies, a mirror of them."""

import fcntl
import gc
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import expectation_suites
from pipelines.declarations import Declarations, declarations
from pipelines.refresh import refresh
from tests import predicate_verdicts
from tests.small_release import declare_few, few_declared
from tests.warm_command import WarmCommand

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
OnceARun = Callable[[str, Callable[[Path], Any]], Any]


@pytest.fixture(scope="session")
def declared() -> Declarations:
    """Contract, datasets and registers."""
    return declarations()


@pytest.fixture(scope="session")
def once_a_run(tmp_path_factory: pytest.TempPathFactory) -> OnceARun:
    """Makes something in a folder of its own once for all workers: the first that needs it, while the others wait."""
    base = tmp_path_factory.getbasetemp()
    shared_base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base

    def give(name: str, make: Callable[[Path], Any]) -> Any:
        made = shared_base / f"{name}.pickle"
        with (shared_base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                made.write_bytes(pickle.dumps(make(shared_base / name)))
        return pickle.loads(made.read_bytes())

    return give


@pytest.fixture(scope="session")
def release_dir(once_a_run: OnceARun) -> Path:
    """A data directory with a release of the bundled publications; do not change it."""

    def make(folder: Path) -> Path:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli.main", "refresh", "--data-dir", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return folder

    found: Path = once_a_run("bundled_release", make)
    return found


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Declarations:
    """Only a few datasets are declared; undone with what the test itself patches, in the right order."""
    return declare_few(monkeypatch)


@pytest.fixture(scope="session")
def few_release(once_a_run: OnceARun) -> Path:
    """A data directory with a release of a few datasets; do not change it."""

    def make(folder: Path) -> Path:
        with few_declared():
            outcome = refresh(folder)
        assert outcome.exit_status == 0, (outcome.problem, outcome.failed_checks, outcome.troubled)
        return folder

    found: Path = once_a_run("few_release", make)
    return found


@pytest.fixture
def few_data(few_release: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(few_release, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmCommand]:
    """The command ``dvstats`` in a folder, for tests of commands as they are typed."""
    with WarmCommand(tmp_path_factory.mktemp("bin")) as running:
        yield running


@pytest.fixture(scope="session")
def upstream() -> Path:
    """Real upstream files; absent on most machines."""
    folder = SHARED / "upstream"
    if not folder.is_dir():
        pytest.skip("../shared/upstream is not here: real upstream files are not part of the repository")
    return folder


@pytest.fixture(scope="session", autouse=True)
def predicates_judge_tables() -> Iterator[None]:
    """The refreshes of this process; what tests the suites takes them by name from ``pipelines.expectation_suites``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expectation_suites, "suite_verdicts", predicate_verdicts.suite_verdicts)
        patch.setattr("pipelines.refresh.PROCESSORS", 1)
        yield


@pytest.fixture
def mirror(upstream: Path) -> Iterator[Callable[..., str]]:
    """Start a mirror of the upstream files, or of another root, with faults; gives its address."""
    started: list[subprocess.Popen[str]] = []

    def start(*faults: str, seed: int = 0, root: Path = upstream) -> str:
        command = [
            sys.executable,
            str(SHARED / "tools" / "mirror.py"),
            "--root",
            str(root),
            "--seed",
            str(seed),
        ]
        for fault in faults:
            command += ["--fault", fault]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return process.stdout.readline().strip()

    start.log = lambda index=-1: _log(started[index])
    yield start
    for process in started:
        process.kill()
        process.wait()


def _log(process: "subprocess.Popen[str]") -> list[dict[str, object]]:
    """Requests that the mirror answered; ends the mirror."""
    process.kill()
    assert process.stderr is not None
    lines = process.stderr.read().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


# The files that take longest, so that no worker is left with one of them at the end. The first makes the bundled
# release, while the other worker is busy with files that do without.
LONGEST = (
    "pipelines/test_docs.py",
    "pipelines/test_isolation.py",
    "pipelines/test_wrong_answers.py",
    "pipelines/test_refresh.py",
    "pipelines/site/test_build.py",
    "sources/test_isolated.py",
    "pipelines/test_older_editions.py",
    "pipelines/export/test_workbook.py",
    "pipelines/test_register.py",
    "pipelines/test_live.py",
    "pipelines/deliveries/test_deliver.py",
    "pipelines/test_recipes.py",
    "pipelines/brief/test_brief.py",
    "pipelines/test_same_release.py",
    "sources/datasets/test_national_portals.py",
    "data_contracts/test_load.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Tests and modules stay until the end: the garbage collector need not look at them again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """No bytes in the name of a test: each worker has to name it alike, and packed bytes hold the second of packing."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first, then those that run the graph; needs ``--no-loadscope-reorder`` of xdist."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[int, bool]:
    name = item.nodeid.partition("::")[0].removeprefix("tests/")
    return LONGEST.index(name) if name in LONGEST else len(LONGEST), not name.startswith("pipelines/")
