"""Imports follow the flow of data; only pipelines knows Dagster, only its checks know Great Expectations.

Also: a module that a docstring or a page names is there, and every module opens with a docstring.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data_contracts.connection import open_duckdb, shared_duckdb
from sources.dataset import Dataset

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "data_contracts": {"data_contracts"},
    "sources": {"sources", "data_contracts"},
    "transforms": {"transforms", "sources", "data_contracts"},
    "pipelines": {"pipelines", "transforms", "sources", "data_contracts"},
}
FILES = [path for package in ALLOWED for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_flow(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    for name in imported(path):
        parts = name.split(".")
        if parts[0] in ALLOWED:
            assert parts[0] in ALLOWED[package], f"{path.relative_to(ROOT)} imports {name}"
        if parts[0] == "dagster":
            assert package == "pipelines", f"{path.relative_to(ROOT)} imports {name}"
        if parts[0] == "great_expectations":
            assert path == ROOT / "pipelines" / "expectation_suites.py", (
                f"{path.relative_to(ROOT)} imports {name}"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_duckdb_is_opened_in_one_place_where_it_prints_nothing(path: Path) -> None:
    opened = any(
        isinstance(node, ast.Attribute) and node.attr == "connect" and ast.unparse(node.value) == "duckdb"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    assert opened == (path == ROOT / "data_contracts" / "connection.py")


@pytest.mark.parametrize("opened", [open_duckdb, shared_duckdb])
def test_duckdb_draws_no_bar_into_an_answer(opened: Callable[[], duckdb.DuckDBPyConnection]) -> None:
    with opened() as con:
        assert con.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)


# What takes long to import: in vain where a refresh has nothing to do, and where its run does not use it.
UNUSED_IN_A_RUN = {"great_expectations", "openpyxl", "scipy", "xlsxwriter"}
UNUSED_WITHOUT_A_RUN = {*UNUSED_IN_A_RUN, "dagster", "pandas", "requests", "smtplib"}
IMPORTS = """
import sys, pipelines.refresh, pipelines.cli.terminal.refresh
print(*sys.modules)
import pipelines.definitions
print(*sys.modules)
"""


def test_a_refresh_does_not_import_what_it_may_not_use() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    without_a_run, in_a_run = (set(line.split()) for line in ran.stdout.splitlines())
    assert not UNUSED_WITHOUT_A_RUN & without_a_run
    assert not UNUSED_IN_A_RUN & in_a_run


WITHOUT_PANDAS = r"""
import contextlib, sys, pathlib, pyarrow
from data_contracts.errors import UserError
from pipelines.refresh import refresh
with contextlib.suppress(UserError):
    refresh(pathlib.Path("nowhere"), contact="two\nlines")
table = pyarrow.table({"listed": [1]})
print("pandas" in sys.modules, table.to_pandas().shape)
"""


def test_a_refresh_gives_lists_to_pyarrow_without_pandas() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_PANDAS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False (1, 1)\n"


NAMED = re.compile(rf"``?((?:{'|'.join(ALLOWED)})(?:[./][A-Za-z_]\w*)+(?:\.(?:py|csv|yaml))?)")
PAGES = [ROOT / "README.md", ROOT / "docs" / "architecture.md", ROOT / "docs" / "operations.md"]


def exists(name: str) -> bool:
    """Whether a path, a module, or a name that a module defines or imports is there."""
    if "/" in name:
        return (ROOT / name).exists()
    *parents, last = name.split(".")
    folder = ROOT.joinpath(*parents)
    if folder.joinpath(last).is_dir() or folder.joinpath(f"{last}.py").is_file():
        return True
    module = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    if not module.is_file():
        return len(parents) > 1 and exists(".".join(parents))
    text = module.read_text(encoding="utf-8")
    code = text.replace(ast.get_docstring(ast.parse(text), clean=False) or "", "")
    return re.search(rf"\b{last}\b", code) is not None


@pytest.mark.parametrize("path", [*FILES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_that_a_text_names_exist(path: Path) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))
    assert not [name for name in named if not exists(name)]


def test_every_package_is_on_the_page_that_says_where_things_are() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = {path.parent.relative_to(ROOT).as_posix() for path in FILES if path.name == "__init__.py"}
    assert not sorted(package for package in packages if f"{package}/" not in text)


ANSWERED = re.compile(r"`([^`]+/[^`]*)`(?: \(([^)]*)\))?")


def absent_places(row: str) -> list[str]:
    """Of an answer such as `folder/file.py` (`name`): paths that are not there, names that the file does not have."""
    found = []
    for place, names in ANSWERED.findall(row):
        path = ROOT / place
        if not path.exists():
            found.append(place)
        elif path.is_file():
            text = path.read_text(encoding="utf-8")
            found += [name for name in re.findall("`([^`]+)`", names) if not re.search(rf"\b{name}\b", text)]
    return found


def test_every_place_that_answers_a_question_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.partition("## Where to look")[2].partition("\n## ")[0]
    answers = [row.split("|")[2] for row in section.splitlines() if row.startswith("| ") and "?" in row]
    assert len(answers) >= 40 and not [place for answer in answers for place in absent_places(answer)]


def test_a_place_that_is_gone_is_found() -> None:
    answer = "`sources/archive.py` (`Archive`, `gone`); `sources/gone/`"
    assert absent_places(answer) == ["gone", "sources/gone/"]


# A module by its short name, with a function or class of it: ``archive.checksum``.
SHORT = re.compile(r"``([a-z]\w*)\.(\w+)(?:\(\))?``")
DEFINED: dict[str, set[str]] = {}
for _path in FILES:
    for _node in ast.parse(_path.read_text(encoding="utf-8")).body:
        if isinstance(_node, ast.FunctionDef | ast.ClassDef):
            # Or a module of that name in its package: ``cli.main``.
            DEFINED.setdefault(_node.name, set()).update(
                {_path.stem, *(path.parent.name for path in FILES if path.stem == _node.name)}
            )


def misplaced_names(text: str) -> list[str]:
    """Functions and classes that a text looks for in a module which does not define them; no keys of a declaration."""
    return [
        f"{module}.{name}"
        for module, name in SHORT.findall(text)
        if name in DEFINED and module not in {*DEFINED[name], *ALLOWED, *Dataset.model_fields}
    ]


def test_what_a_text_looks_for_in_a_module_is_defined_there() -> None:
    assert not [(path, name) for path in FILES for name in misplaced_names(path.read_text(encoding="utf-8"))]


def test_a_function_that_moved_is_found() -> None:
    assert misplaced_names("see ``archive.checksum`` and ``facts.checksum``") == ["facts.checksum"]


def test_a_module_that_is_gone_is_found_out() -> None:
    assert exists("transforms.judge") and exists("pipelines.outcome.Outcome.exit_status")
    assert not exists("pipelines.gone") and not exists("pipelines/gone.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_opens_with_what_it_holds_and_what_not(path: Path) -> None:
    """What it does not hold, and who calls it, need a second sentence at least."""
    opening = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert len(re.findall(r"[.!?](?=\s|$)", opening)) >= 2, opening


def test_every_module_is_looked_at() -> None:
    assert len(FILES) > 40


# What people write declarations by, and what passes from one layer to the next: a field says what it means.
EXPLAINED = (
    "data_contracts/model.py",
    "sources/dataset.py",
    "sources/receipts.py",
    "sources/http/fetch_policy.py",
    "sources/incidents/declared.py",
    "transforms/ingest.py",
    "transforms/files_to_observations.py",
    "pipelines/dataset_states.py",
    "pipelines/operations/declared.py",
    "pipelines/outcome.py",
    "pipelines/expectation_suites.py",
)


def unexplained_fields(source: str) -> list[str]:
    """Fields of public classes that neither have a comment above them nor a place in the docstring of their class.

    A field of one literal only says which class it is.
    """
    lines, found = source.splitlines(), []
    for made in ast.walk(ast.parse(source)):
        if not isinstance(made, ast.ClassDef) or made.name.startswith("_"):
            continue
        described = set(re.findall(r"\w+", " ".join(re.findall("``(.*?)``", ast.get_docstring(made) or ""))))
        for field in made.body:
            if not isinstance(field, ast.AnnAssign) or re.match(
                r"ClassVar|Literal\['\w+'\]$", ast.unparse(field.annotation)
            ):
                continue
            name = ast.unparse(field.target)
            if not lines[field.lineno - 2].strip().startswith("#") and name not in described:
                found.append(f"{made.name}.{name}")
    return found


def test_every_field_of_a_declaration_and_of_what_layers_hand_over_is_explained() -> None:
    assert not [
        name for path in EXPLAINED for name in unexplained_fields((ROOT / path).read_text(encoding="utf-8"))
    ]


def test_a_field_without_a_word_is_found() -> None:
    said = 'class A:\n    """``b``: a number."""\n\n    b: int\n    #: a text\n    c: str\n    d: str\n'
    assert unexplained_fields(said) == ["A.d"]
