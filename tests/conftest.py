"""Fixtures shared by all tests: a published release, the upstream copies, a mirror of them."""

import fcntl
import hashlib
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_contracts import expressions
from data_contracts.checks import Check
from pipelines import checks
from pipelines.checks import Verdict
from pipelines.declarations import Declarations, declarations
from pipelines.refresh import refresh
from tests.few import declare_few, few_declared
from tests.warm_command import WarmCommand

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
OnceARun = Callable[[str, Callable[[Path], Any]], Any]
# What differs from run to run as text: the name of a release, and the hash of its content.
_OF_A_RUN = re.compile("[0-9]{8}T[0-9]{6}Z|[0-9a-f]{64}")


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
def equal_tables_are_judged_once(once_a_run: OnceARun) -> Iterator[None]:
    """Great Expectations takes most of the time of a small refresh: equal tables get the verdicts of the first time.

    So refreshes of tests run their suites here. Moments and names of releases count as equal where they are equal to
    one another in the same places, unless a rule compares them. A table that fails is judged again, for its examples.
    """
    real = checks._expected

    def remembered(name: str, frame: Any, derived: Sequence[Check]) -> list[Verdict]:
        content = pickle.dumps((name, derived, _alike(pa.Table.from_pandas(frame), derived)))
        key = hashlib.sha256(content).hexdigest()
        verdicts: list[Verdict] = once_a_run(f"verdicts_{key}", lambda _: real(name, frame, derived))
        return verdicts if all(verdict.passed for verdict in verdicts) else real(name, frame, derived)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "_expected", remembered)
        patch.setattr("pipelines.refresh.PROCESSORS", 1)
        yield


# Rules that say no more of moments than that they are there, well formed, and not twice.
_OF_PRESENCE = {
    "ExpectTableColumnsToMatchOrderedList",
    "ExpectColumnValuesToNotBeNull",
    "ExpectColumnValuesToMatchRegex",
    "ExpectColumnValuesToBeUnique",
    "ExpectCompoundColumnsToBeUnique",
}


def _alike(table: pa.Table, derived: Sequence[Check]) -> pa.Table:
    """The table with the place of its first occurrence instead of each moment, name of a release and its hash."""
    compared = {name for c in derived if c.expectation not in _OF_PRESENCE for name in c.columns}
    compared |= {name for c in derived if c.condition for name in expressions.names(c.condition)}
    for place, field in enumerate(table.schema):
        if field.name in compared:
            continue
        column = table[field.name].combine_chunks()
        is_text = pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        texts = is_text and set(column.drop_null().unique().to_pylist())
        if pa.types.is_timestamp(field.type) or (texts and all(map(_OF_A_RUN.fullmatch, texts))):
            table = table.set_column(place, field.name, column.dictionary_encode().indices)
    return table


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
    "pipelines/test_refresh.py",
    "sources/datasets/test_national_portals.py",
    "pipelines/test_same_release.py",
    "pipelines/test_register.py",
    "pipelines/test_live.py",
    "pipelines/test_wrong_answers.py",
    "pipelines/export/test_workbook.py",
    "pipelines/export/test_export.py",
    "pipelines/deliveries/test_deliver.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first, then those that run the graph; needs ``--no-loadscope-reorder`` of xdist."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[int, bool]:
    name = item.nodeid.partition("::")[0].removeprefix("tests/")
    return LONGEST.index(name) if name in LONGEST else len(LONGEST), not name.startswith("pipelines/")
