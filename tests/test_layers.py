"""Imports follow the flow of data; only pipelines knows Dagster, only its checks know Great Expectations."""

import ast
from pathlib import Path

import pytest

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
            assert path == ROOT / "pipelines" / "checks.py", f"{path.relative_to(ROOT)} imports {name}"


def test_every_module_is_looked_at() -> None:
    assert len(FILES) > 40
