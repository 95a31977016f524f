"""Mutation testing by a sample: which wrong lines of ``transforms/`` and ``data_contracts/`` no test notices.

::

    python tests/mutants.py [COUNT [SEED]]          60 mutants, drawn by the seed 1

Cosmic Ray makes the mutants (``pip install cosmic-ray``, which is in no lock file) but runs one command for all, which
would take days. Here each meets the tests that import its module, or those of its folder where none does, in a copy of
the repository. The libraries are imported once and every mutant has a fork, which takes most of the time away. A mutant
that cannot be imported is none (the ``|`` of an annotation).

Prints a line for each survivor with its change, and the share. Not here: a judgement of the survivors, which
``docs/reliability.md`` has.
"""

import contextlib
import difflib
import functools
import importlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parents[1]
MUTATED = ("transforms", "data_contracts")
# Imported once; nothing of the project itself.
LIBRARIES = ("pytest", "duckdb", "pandas", "pyarrow.parquet", "great_expectations", "dagster", "hypothesis", "yaml",
             "pydantic", "lxml.etree", "openpyxl")  # fmt: skip
PATIENCE = 900


class Mutant(NamedTuple):
    """The occurrence of an operator in a module."""

    module: str
    operator: str
    occurrence: int


@functools.cache
def mutants(module: str) -> list[Mutant]:
    """Every mutant of a module."""
    tree = get_ast((ROOT / module).read_text(encoding="utf-8"))
    nodes = list(ast_nodes(tree))
    found = []
    for name in sorted(plugins.operator_names()):
        operator = plugins.get_operator(name)
        if not operator.arguments():
            made = operator()
            places = sum(len(list(made.mutation_positions(node))) for node in nodes)
            found += [Mutant(module, name, occurrence) for occurrence in range(places)]
    return found


def drawn(count: int, seed: int) -> list[Mutant]:
    """Different mutants, a module as often as it is long."""
    chance = random.Random(seed)
    modules = sorted(
        str(path.relative_to(ROOT)) for folder in MUTATED for path in (ROOT / folder).rglob("*.py")
    )
    sizes = [(ROOT / module).stat().st_size for module in modules]
    found: dict[Mutant, None] = {}
    while len(found) < count:
        (module,) = chance.choices(modules, sizes)
        found |= dict.fromkeys(chance.choices(mutants(module), k=1) if mutants(module) else ())
    return list(found)


def tests_of(module: str) -> list[str]:
    """Test files that import the module, or those of its folder."""
    dotted = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package, _, name = dotted.rpartition(".")
    importing = re.compile(rf"(?m)^\s*(?:from {re.escape(dotted)} import|import {re.escape(dotted)}\b"
                           rf"|from {re.escape(package)} import (?:.*\b)?{name}\b)")  # fmt: skip
    files = [
        path for path in sorted((ROOT / "tests").rglob("test_*.py")) if "pytestmark" not in path.read_text()
    ]
    found = [path for path in files if importing.search(path.read_text(encoding="utf-8"))]
    folder = ROOT / "tests" / Path(module).parent
    near = [path for path in found if path.is_relative_to(ROOT / "tests" / Path(module).parts[0])]
    return [str(path.relative_to(ROOT)) for path in near or found or sorted(folder.glob("test_*.py"))]


def forked(copy: Path, arguments: list[str]) -> int | None:
    """Status of pytest with the arguments in the copy; None where it takes too long."""
    child = os.fork()
    if not child:
        os.setsid()
        os.chdir(copy)
        sys.path.insert(0, str(copy))
        with (copy / "output").open("w") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            import pytest

            os._exit(int(pytest.main([*arguments, "-x", "-q", "-p", "no:cacheprovider", "--no-header"])))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def changed_lines(module: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    shown = [line for line in lines if line[:2] not in ("--", "++") and line[:1] in "@-+"]
    return f"{module} " + " | ".join(shown)


def importable(copy: Path, module: str) -> bool:
    name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    command = [sys.executable, "-c", f"import {name}"]
    return not subprocess.run(command, cwd=copy, capture_output=True, check=False).returncode


def main(count: int, seed: int) -> None:
    """Draw, run and print."""
    print(f"{count} mutants of {', '.join(MUTATED)}, drawn by seed {seed}", flush=True)
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    copy = Path(tempfile.mkdtemp()) / "copy"
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for file in files.splitlines():
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, copy / file)
    killed = survived = left_out = 0
    for mutant in drawn(count, seed):
        path = copy / mutant.module
        before = path.read_text(encoding="utf-8")
        after = mutate_code(before, plugins.get_operator(mutant.operator)(), mutant.occurrence)
        path.write_text(after, encoding="utf-8")
        tests = tests_of(mutant.module)
        status = forked(copy, tests) if tests and importable(copy, mutant.module) else -1
        path.write_text(before, encoding="utf-8")
        if status == -1 or after == before:
            left_out += 1
        elif status == 0:
            survived += 1
            print(f"SURVIVED {changed_lines(mutant.module, before, after)} ({' '.join(tests)})", flush=True)
        else:
            killed += 1
        print(f"{killed} killed, {survived} survived, {left_out} left out", flush=True)


if __name__ == "__main__":
    numbers = [int(given) for given in sys.argv[1:]]
    main(*numbers, *(60, 1)[len(numbers) :])
