"""Mutation testing by a sample: which wrong lines of the code no test notices.

::

    python tests/mutants.py [--count 60] [--after 0] [--seed 1] [--folders transforms,data_contracts] [--since COMMIT]
    python tests/mutants.py --only MODULE[:LINE]

Cosmic Ray makes the mutants (``pip install cosmic-ray``, which is in no lock file) but runs one command for all, which
would take days. Here pytest collects the tests of ``LAYERS`` once and forks for each mutant; in the fork the code of
the mutated function is exchanged in memory, and the tests run until one fails: first those of files that are named
after the module or import it, those that import little else before the others, then those of files that import a module
which uses it, each for so many seconds of the processor. A mutant outside of functions (a constant, a class, a default)
has no code to exchange: a copy of the repository gets it, and a new process imports the copy. So does every mutant that
is left in memory, since what a function made before the exchange, as a cached declaration, is made anew there.

What is left at the end is tried once more in the copy, without a limit of seconds: by the whole of those files, and by
the tests that make a release of the bundled publications or read it (``OF_A_RELEASE``), until one fails. It is run
again without the mutant, and does not count where it fails then, too. A mutant that all let pass has survived.
``--quick`` does without the copy.

A sample is judged in portions: ``--count 30 --after 15`` are the sixteenth to the thirtieth mutant of a seed.
``--since`` draws from the lines alone that were changed since a commit.

Left out: changes of annotations, which mean nothing when the program runs, and modules that cannot be imported then.
A mutant that works without end is a noticed one. Prints a line for each survivor with its change, and the share. Those
that are no mistakes are in ``mutants_equal.csv`` with the reason, and are counted apart. Not here: mutants of
``pipelines/``, whose tests take seconds each, and real upstream files, which are not part of the repository.
"""

import argparse
import ast
import csv
import difflib
import functools
import gc
import importlib
import itertools
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple

import pytest
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("tests/data_contracts", "tests/transforms", "tests/sources", "tests/faults")
# Real upstream files, kills and measurements of time: slow, and the last would notice any slow mutant.
IGNORED = ("tests/sources/datasets", "tests/faults/test_kills.py", "tests/faults/test_damage.py",
           "tests/faults/test_publication.py", "tests/faults/test_small_disk.py",
           "tests/faults/test_quadratic.py")  # fmt: skip
PACKAGES = ("data_contracts", "sources", "transforms")
EQUAL = Path(__file__).with_name("mutants_equal.csv")
_FROM = re.compile(r"(?m)^\s*from ([\w.]+) import (?:\(([^)]*)\)|(.*))")
_IMPORT = re.compile(r"(?m)^\s*import ([\w.]+)")
# Processor seconds of the tests of a module, and of those of its users; what takes so much longer works without end.
NEAR, FAR = 12, 8
# In a copy so many test files are collected at first, which takes most of the time.
FIRST = 4
ENDLESS = 20
# A test that waits without end takes no processor: seconds of the clock for one of the processor.
WAIT = 60
# Tests of a release of the bundled publications; each tuple makes one, and the first asks most of its figures. Exports
# and the site are left out: their tests compare them with the release itself.
OF_A_RELEASE = tuple(
    tuple(f"tests/pipelines/{file}.py" for file in files)
    for files in (
        ("test_policy_questions", "published/test_key_figures", "published/test_query", "published/test_trace",
         "published/test_why", "test_docs"),
        ("test_recipes", "brief/test_brief", "test_contributing", "test_try_declaration", "test_try_findings",
         "test_wrong_answers", "test_register", "test_programme_returns", "assets/test_tables",
         "assets/test_large_tables", "published/test_codebook", "release/test_release", "release/test_notes",
         "test_refresh", "test_isolation", "test_older_editions", "test_same_release"),
    )
)  # fmt: skip
# Seconds of the clock after which tests that have no other limit work without end.
WHOLE = 3600
# Seconds of the processor that a test took in earlier runs, one a line; those of a second and more come last.
SECONDS = ROOT / "build" / "mutants_seconds.tsv"
SLOW = 1.0
# Names the file to which forks write the tests that failed.
FAILED = "DVSTATS_MUTANTS_FAILED"
NOTICED, LEFT, NONE, IN_A_COPY = 1, 0, 99, 98


class Mutant(NamedTuple):
    """The occurrence of an operator in a module, with its line and what the module then reads."""

    module: str
    operator: str
    occurrence: int
    place: tuple[int, int]

    @property
    def line(self) -> int:
        return self.place[0]

    @property
    def text(self) -> str:
        return text_with(self)

    @property
    def change(self) -> str:
        return changed_lines(self)


@functools.cache
def text_with(mutant: Mutant) -> str:
    """What the module then reads; making it takes a second."""
    before = source(mutant.module)
    return mutate_code(before, plugins.get_operator(mutant.operator)(), mutant.occurrence) or before


@functools.cache
def changed_lines(mutant: Mutant) -> str:
    """The lines before and after."""
    lines = difflib.unified_diff(
        source(mutant.module).splitlines(), mutant.text.splitlines(), lineterm="", n=0
    )
    return " | ".join(line for line in lines if line[:2] not in ("--", "++") and line[:1] in "-+")


@functools.cache
def source(module: str) -> str:
    return (ROOT / module).read_text(encoding="utf-8")


def dotted(module: str) -> str:
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


# -- which mutants, which tests ---------------------------------------------------------------------------------------


@functools.cache
def mutants(module: str) -> list[Mutant]:
    """Every mutant of a module, without those of annotations."""
    nodes = list(ast_nodes(get_ast(source(module))))
    silent = annotations(module)
    found = []
    for name in sorted(plugins.operator_names()):
        operator = plugins.get_operator(name)
        if operator.arguments():
            continue
        made = operator()
        places = [place for node in nodes for place in made.mutation_positions(node)]
        found += [
            Mutant(module, name, occurrence, start)
            for occurrence, (start, _) in enumerate(places)
            if not any(begin <= start < end for begin, end in silent)
        ]
    return found


def annotations(module: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations are: from line and column to line and column."""
    nodes = []
    for node in ast.walk(ast.parse(source(module))):
        nodes += [getattr(node, "annotation", None), getattr(node, "returns", None)]
    return [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in nodes
        if isinstance(node, ast.expr)
    ]


def drawn(folders: Sequence[str], count: int, seed: int, since: str = "") -> list[Mutant]:
    """Different mutants: a module as often as it is long, there a place, then one of what may be changed at it.

    Since a commit: a module as often as many of its lines are new, and a place on one of these.
    """
    chance = random.Random(seed)
    modules = sorted(
        str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*.py")
    )
    lines = {module: changed_since(module, since) if since else set() for module in modules}
    sizes = [len(lines[module]) if since else (ROOT / module).stat().st_size for module in modules]
    found: dict[Mutant, None] = {}
    while len(found) < count:
        (module,) = chance.choices(modules, sizes)
        places = sorted({mutant.place for mutant in mutants(module)})
        if since:
            places = [place for place in places if place[0] in lines[module]]
        if places:
            place = chance.choice(places)
            found[chance.choice([mutant for mutant in mutants(module) if mutant.place == place])] = None
    return list(found)


def changed_since(module: str, commit: str) -> set[int]:
    """The lines of a module that a commit did not have."""
    difference = subprocess.run(
        ["git", "diff", "--unified=0", commit, "--", module],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    hunks = re.findall(r"(?m)^@@ \S+ \+(\d+)(?:,(\d+))? @@", difference)
    return {int(first) + line for first, count in hunks for line in range(int(count or 1))}


@functools.cache
def importers() -> dict[str, set[str]]:
    """By the dotted name of a module (or what is taken from one): the files that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in (*PACKAGES, "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            file, text = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
            for package, many, few in _FROM.findall(text):
                for name in re.findall(r"\w+", many or few):
                    found[f"{package}.{name}"].add(file)
                found[package].add(file)
            for name in _IMPORT.findall(text):
                found[name].add(file)
    return found


@functools.cache
def imports() -> dict[str, int]:
    """How many names of the packages a file imports."""
    return Counter(file for name, files in importers().items() if name.startswith(PACKAGES) for file in files)


def test_files(module: str) -> list[list[str]]:
    """Test files that are named after the module or import it, and those that import one of its users, theirs, or
    the users of these: a layout of tables is used by what unfolds them, that by the reader, which the tests import.

    Those that concern it most come first: by their name, then by how little else they import.
    """
    known = importers()
    stem = f"test_{Path(module).stem}"
    named = {str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob(f"{stem}*.py")}
    near = users = known[dotted(module)] | named
    far: set[str] = set()
    for _ in range(3):
        users = set().union(*(known[dotted(user)] for user in users if not user.startswith("tests/")))
        far |= users
    return [
        sorted(
            (file for file in files if is_test_file(file)),
            key=lambda file: (Path(file).stem != stem, file not in named, imports().get(file, 0), file),
        )
        for files in (near, far - near)
    ]


def is_test_file(file: str) -> bool:
    return file.startswith(LAYERS) and not file.startswith(IGNORED) and Path(file).name.startswith("test_")


@functools.cache
def equal() -> dict[tuple[str, str], str]:
    """Why a change of a module is no mistake, from ``mutants_equal.csv``."""
    with EQUAL.open(encoding="utf-8", newline="") as handle:
        return {(row["module"], row["change"]): row["reason"] for row in csv.DictReader(handle)}


# -- in memory --------------------------------------------------------------------------------------------------------


def codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a module and of all that is defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def compiles(mutant: Mutant) -> bool:
    try:
        compile(mutant.text, mutant.module, "exec")
    except SyntaxError:
        return False
    return True


def exchange(mutant: Mutant, functions: Sequence[FunctionType]) -> bool:
    """Give the functions of the module in memory the mutated code; False where the mutant is in none of them."""
    file = str(ROOT / mutant.module)
    before, after = (
        list(codes(compile(text, file, "exec", dont_inherit=True)))
        for text in (source(mutant.module), mutant.text)
    )
    if len(before) != len(after):
        return False
    different = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    # A comprehension or an inner function changes what is around it; the outermost function has them all.
    if not different or not all(old.co_flags & 1 or _only_inside(old, new) for old, new in different):
        return False
    changed = {(old.co_qualname, old.co_firstlineno): new for old, new in different}
    found = False
    for function in functions:
        if function.__code__.co_filename == file:
            new = changed.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
            if new is not None:
                function.__code__ = new
                found = True
    return found


def _only_inside(old: CodeType, new: CodeType) -> bool:
    """Whether two modules or classes differ only in the functions that they define."""
    same = (
        old.co_code == new.co_code
        and old.co_names == new.co_names
        and len(old.co_consts) == len(new.co_consts)
    )
    return same and all(
        one == other
        or (
            isinstance(one, CodeType)
            and isinstance(other, CodeType)
            and (bool(one.co_flags & 1) or _only_inside(one, other))
        )
        for one, other in zip(old.co_consts, new.co_consts, strict=True)
    )


class Series:
    """A plugin of pytest: instead of running the tests once, runs those of each mutant in a fork."""

    def __init__(self, chosen: Sequence[Mutant], copy: Path, quick: bool) -> None:
        self.chosen, self.copy, self.quick, self.counted = chosen, copy, quick, defaultdict(int)
        self.left: list[Mutant] = []
        self.failed = copy.parent / "failed"
        os.environ[FAILED] = str(self.failed)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from pipelines.declarations import declarations

        declarations()
        gc.collect()
        self.functions = [thing for thing in gc.get_objects() if isinstance(thing, FunctionType)]
        # What is there before a fork need not be looked at, and so copied, by the collector of each.
        gc.freeze()
        by_file = defaultdict(list)
        for item in session.items:
            by_file[item.nodeid.partition("::")[0]].append(item)
        for number, mutant in enumerate(self.chosen, 1):
            self.judge(mutant, by_file)
            counts = ", ".join(f"{count} {name}" for name, count in sorted(self.counted.items()))
            print(f"{number} of {len(self.chosen)}: {counts}", flush=True)
        self.check_without_a_mutant(by_file)
        return True

    def check_without_a_mutant(self, by_file: dict[str, list[pytest.Item]]) -> None:
        """Tests that fail anyway would prove nothing: those that failed are run once more."""
        failed = set(self.failed.read_text(encoding="utf-8").splitlines()) if self.failed.exists() else set()
        items = [item for found in by_file.values() for item in found if item.nodeid in failed]
        anyway = [item.nodeid for item in items if forked(lambda item=item: run_some([item], NEAR), NEAR)]
        print(f"{len(items)} tests noticed; of them fail without a mutant: {', '.join(anyway) or 'none'}")

    def judge(self, mutant: Mutant, by_file: dict[str, list[pytest.Item]]) -> None:
        """Count one mutant, and print it where tests ran."""
        started = processor_seconds()
        if mutant.text == source(mutant.module) or not compiles(mutant):
            verdict = "none"
        elif (mutant.module, mutant.change) in equal():
            verdict = "equal"
        else:
            near, far = (
                quick_first(item for file in files for item in by_file.get(file, ()))
                for files in test_files(mutant.module)
            )
            status = forked(lambda: in_memory(mutant, self.functions, near, far), NEAR + FAR)
            if status == IN_A_COPY or (status == LEFT and not self.quick):
                status = in_a_copy(self.copy, mutant, near, far)
            verdict = {LEFT: "left", NONE: "none", IN_A_COPY: "not tried"}.get(status, "noticed")
        self.counted[verdict] += 1
        if verdict == "left":
            self.left.append(mutant)
        if verdict in ("left", "noticed"):
            took = processor_seconds() - started
            print(
                f"{verdict.upper()} {mutant.module}:{mutant.line} {mutant.change} ({took:.0f} s)", flush=True
            )


def in_memory(
    mutant: Mutant, functions: Sequence[FunctionType], near: Sequence[pytest.Item], far: Sequence[pytest.Item]
) -> int:
    """In a fork: exchange the code and run the tests until one fails."""
    if not exchange(mutant, functions):
        return IN_A_COPY
    return NOTICED if run_some(near, NEAR) or run_some(far, FAR) else LEFT


def run_some(items: Sequence[pytest.Item], most: float) -> bool:
    """Whether a test fails, of as many as fit into so many processor seconds."""
    from _pytest.runner import runtestprotocol

    took: dict[str, float] = {}
    until = time.process_time() + most
    for item, following in itertools.zip_longest(items, items[1:]):
        started = processor_seconds()
        reports = runtestprotocol(item, nextitem=following, log=False)
        if any(report.failed for report in reports):
            print(f"    by {item.nodeid}", flush=True)
            with Path(os.environ[FAILED]).open("a", encoding="utf-8") as handle:
                handle.write(item.nodeid + "\n")
            return True
        took[item.nodeid] = processor_seconds() - started
        if time.process_time() > until:
            break
    with SECONDS.open("a", encoding="utf-8") as handle:
        handle.writelines(
            f"{name}\t{seconds:.3f}\n" for name, seconds in took.items() if name not in seconds_of()
        )
    return False


@functools.cache
def seconds_of() -> dict[str, float]:
    """What tests took, as far as it is known; with their fixtures, if they were the first that needed them."""
    SECONDS.parent.mkdir(exist_ok=True)
    text = SECONDS.read_text(encoding="utf-8") if SECONDS.exists() else ""
    return {
        name: float(seconds) for name, _, seconds in (line.rpartition("\t") for line in text.splitlines())
    }


def quick_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """In their order, save that slow ones come last."""
    return sorted(items, key=lambda item: seconds_of().get(item.nodeid, 0.0) >= SLOW)


def processor_seconds() -> float:
    """What this process and its children took."""
    return sum(os.times()[:4])


# -- in a process -----------------------------------------------------------------------------------------------------


def forked(work: Callable[[], int], seconds: float) -> int:
    """What a function gives in a fork; noticed where it dies or works without end."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        status = NOTICED
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + ENDLESS,) * 2)
            status = work()
        except Exception as error:
            # An error of this program is no test that noticed.
            print(f"    not tried: {error!r}", flush=True)
            status = IN_A_COPY
        except BaseException as error:
            print(f"    by {error!r}", flush=True)
        finally:
            os._exit(status)
    until = time.monotonic() + WAIT * seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print("    by its seconds")
    return NOTICED


def in_a_copy(copy: Path, mutant: Mutant, near: Sequence[pytest.Item], far: Sequence[pytest.Item]) -> int:
    """The mutant in a new process that imports it from the copy."""
    path = copy / mutant.module
    path.write_text(mutant.text, encoding="utf-8")
    command = [sys.executable, __file__, "--in-copy", dotted(mutant.module)]
    tests = "\n".join(
        [
            *dict.fromkeys(item.nodeid.partition("::")[0] for item in near),
            "",
            *dict.fromkeys(item.nodeid.partition("::")[0] for item in far),
        ]
    )
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            input=tests,
            capture_output=True,
            text=True,
            check=False,
            timeout=WAIT * (NEAR + FAR),
        )
    except subprocess.TimeoutExpired:
        print("    by its seconds")
        return NOTICED
    finally:
        path.write_text(source(mutant.module), encoding="utf-8")
    print("".join(line + "\n" for line in done.stdout.splitlines() if line.startswith("    by")), end="")
    return done.returncode


class Some:
    """A plugin of pytest: runs the tests in a copy until one fails."""

    def __init__(self, most: float) -> None:
        self.most, self.status = most, LEFT

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.status = NOTICED if run_some(quick_first(session.items), self.most) else LEFT
        return True


def tested(module: str) -> int:
    """In the copy: whether the tests of standard input notice; further ones are collected only if those did not."""
    resource.setrlimit(resource.RLIMIT_CPU, (NEAR + FAR + 2 * ENDLESS,) * 2)
    sys.path.insert(0, str(Path.cwd()))
    near, _, far = sys.stdin.read().partition("\n\n")
    try:
        importlib.import_module(module)
    except Exception:
        return NONE
    first, others = near.split()[:FIRST], near.split()[FIRST:]
    for files, most in ((first, NEAR), (others, NEAR), (far.split(), FAR)):
        some = Some(most)
        status = pytest.main(["-q", "-p", "no:cacheprovider", *files], plugins=[some]) if files else 0
        if some.status or status not in (0, 5):
            return NOTICED
    return LEFT


def last_stage(copy: Path, left: Sequence[Mutant]) -> None:
    """Print which of these mutants no whole file of tests notices, and no test of a release."""
    anyway: set[str] = set()
    survived = 0
    for mutant in left:
        by = noticed_by(copy, mutant, anyway)
        survived += not by
        verdict = f"NOTICED by {by}" if by else "SURVIVED"
        print(f"{verdict} {mutant.module}:{mutant.line} {mutant.change}", flush=True)
    print(f"{survived} of {len(left)} that were left survived", flush=True)
    print(f"Failed without a mutant: {', '.join(sorted(anyway)) or 'none'}", flush=True)


def noticed_by(copy: Path, mutant: Mutant, anyway: set[str]) -> str:
    """The first test that fails with the mutant; one that fails without it as well is added to ``anyway``."""
    near, far = test_files(mutant.module)
    first, others = OF_A_RELEASE
    path = copy / mutant.module
    for files in (near, first, far, others):
        while True:
            path.write_text(mutant.text, encoding="utf-8")
            failed = failing(copy, files, "-x", *map("--deselect={}".format, anyway))
            path.write_text(source(mutant.module), encoding="utf-8")
            if not failed:
                break
            file = failed[0].partition("::")[0]
            if not (copy / file).exists() or failed[0] not in failing(copy, [file]):
                return failed[0]
            anyway.add(failed[0])
    return ""


def failing(copy: Path, files: Sequence[str], *options: str) -> list[str]:
    """Names of the tests in the copy that fail, each up to its first space, or why there are none."""
    if not files:
        return []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, *files]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=WHOLE
        )
    except subprocess.TimeoutExpired:
        return [f"their {WHOLE} seconds"]
    found = re.findall(r"(?m)^(?:FAILED|ERROR) (\S+)", done.stdout)
    return found or ([f"exit status {done.returncode}"] if done.returncode not in (0, 5) else [])


def copied() -> Path:
    """A copy of the repository's files, with what lies beside it."""
    copy = Path(tempfile.mkdtemp(prefix="mutants-")) / "copy"
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for file in files.splitlines():
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, copy / file)
    if (ROOT.parent / "shared").exists():
        (copy.parent / "shared").symlink_to((ROOT.parent / "shared").resolve())
    return copy


def main() -> int:
    """Draw, run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--after", type=int, default=0, help="leave out so many of the count")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folders", default="transforms,data_contracts")
    parser.add_argument("--since", default="", help="only lines that were changed since this commit")
    parser.add_argument(
        "--only", default="", help="a module, or MODULE:LINE: all of its mutants, for a new test"
    )
    parser.add_argument("--in-copy", default="", help=argparse.SUPPRESS)
    parser.add_argument(
        "--quick", action="store_true", help="those of functions only in memory: more are left than survive"
    )
    given = parser.parse_args()
    if given.in_copy:
        return tested(given.in_copy)
    module, _, line = given.only.partition(":")
    if module:
        chosen = [mutant for mutant in mutants(module) if line in ("", str(mutant.line))]
    else:
        chosen = drawn(given.folders.split(","), given.count, given.seed, given.since)[given.after :]
    print(f"{len(chosen)} mutants of {given.only or given.folders}, drawn by seed {given.seed}", flush=True)
    files = sorted({file for mutant in chosen for found in test_files(mutant.module) for file in found})
    copy = copied()
    # Python finds what it compiled by time and size of a file: a mutant may share both with the one before it.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    series = Series(chosen, copy, given.quick)
    pytest.main(["-q", "-s", "-p", "no:cacheprovider", *files], plugins=[series])
    if not given.quick:
        last_stage(copy, series.left)
    shutil.rmtree(copy.parent)
    return 0


if __name__ == "__main__":
    sys.exit(main())
