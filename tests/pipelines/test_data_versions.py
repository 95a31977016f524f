"""What a data version changes with, and what it does not change with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import data_versions
from pipelines.data_versions import dataset_version, files_part, reading_version, table_version
from sources import inbox
from sources.archive import Archive
from sources.load_datasets import load_datasets
from sources.pull import pull_local

INBOX = load_datasets()["kz_form_1m_workbooks"]


def version_with(folder: Path, content: bytes, period: str) -> str:
    """Data version of a dataset of which one file was added."""
    folder.mkdir()
    file = folder / "Region.XLSX"
    file.write_bytes(content)
    inbox.add(folder / "inbox", INBOX, file, period=period, published=None, address=None)
    archive = Archive(folder)
    assert pull_local(INBOX, archive, folder / "inbox").new == 1
    return dataset_version(INBOX, archive)


def test_it_changes_with_the_file_and_with_what_was_stated(tmp_path: Path) -> None:
    one = version_with(tmp_path / "a", b"one", "2022")
    assert version_with(tmp_path / "b", b"one", "2022") == one, "the same on every machine, at any time"
    assert version_with(tmp_path / "c", b"two", "2022") != one
    assert version_with(tmp_path / "d", b"one", "2023") != one
    assert dataset_version(INBOX, Archive(tmp_path / "none")) != one


def test_it_changes_with_the_declaration_and_its_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_versions.code_version()
    data_versions._of_all_datasets()
    monkeypatch.setattr(data_versions, "ROOT", tmp_path)
    folder = tmp_path / "sources" / "datasets"
    folder.mkdir(parents=True)
    seen = set()
    for name, text in (("x.yaml", "a"), ("x.yaml", "b"), ("x.labels.csv", "c"), ("x.labels.csv", "d")):
        (folder / name).write_text(text)
        seen.add(reading_version("x"))
    assert len(seen) == 4
    (folder / "y.yaml").write_text("another dataset's")
    assert reading_version("x") in seen


def test_it_changes_with_the_contract_and_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before, table = reading_version(INBOX.id), table_version("input")
    assert table != table_version("another input")
    monkeypatch.setattr(data_versions, "code_version", lambda: "another contract")
    assert reading_version(INBOX.id) != before and table_version("input") != table


OF_ALL_DATASETS = data_versions._of_all_datasets.__wrapped__
CODE, REGISTERS = data_versions.code_version.__wrapped__, data_versions.registers_version.__wrapped__


@pytest.mark.parametrize(
    ("place", "version"),
    [
        ("data_contracts/columns.yaml", CODE),
        ("sources/readers/new.py", CODE),
        ("transforms/x/y.py", CODE),
        ("sources/bundled/scorecard/x.csv", REGISTERS),
        # A row whose source no register has is refused, until one has it.
        ("sources/bundled/publications/x.csv", OF_ALL_DATASETS),
        # A dataset that comes or goes is a source that comes or goes, though no register and no other dataset changed.
        ("sources/datasets/new.yaml", REGISTERS),
        ("pipelines/assets/x.py", REGISTERS),
        ("pipelines/requirement_tables.py", REGISTERS),
        ("pipelines/protect_release.py", REGISTERS),
        ("pipelines/carried_over.py", REGISTERS),
    ],
)
def test_code_contract_registers_and_declarations_are_all_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, version: Callable[[], str]
) -> None:
    monkeypatch.setattr(data_versions, "ROOT", tmp_path)
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    before = version()
    path.write_text("one")
    one = version()
    path.write_text("two")
    assert len({before, one, version()}) == 3
    (path.parent / "__pycache__").mkdir()
    (path.parent / "__pycache__" / "x.pyc").write_bytes(b"1")
    two = version()
    (tmp_path / "README.md").write_text("no part of it")
    assert version() == two


def test_the_part_of_the_files() -> None:
    assert (files_part("ab.cd"), files_part(None)) == ("ab", "")
