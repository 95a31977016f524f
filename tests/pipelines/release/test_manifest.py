"""The manifest finds what was changed, removed or added, and never reads outside of its release."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_contracts import database_statements
from data_contracts.arrow import write_table
from data_contracts.errors import NothingThereError
from pipelines.declarations import Declarations
from pipelines.release.manifest import content_hash, file_entry, read_manifest, verify
from tests.helpers import NOW
from transforms.derive.codebook import codes, datasets_table


@pytest.fixture
def release(tmp_path: Path) -> Callable[..., Path]:
    def write(*extra: dict[str, Any]) -> Path:
        folder = tmp_path / "releases" / "20261125T031500Z"
        (folder / "areas").mkdir(parents=True)
        (folder / "areas" / "areas.parquet").write_bytes(b"areas")
        (folder / "CITATION.cff").write_bytes(b"cite")
        manifest = {
            "tables": [file_entry(folder / "areas" / "areas.parquet", "areas/areas.parquet")],
            "files": [file_entry(folder / "CITATION.cff", "CITATION.cff"), *extra],
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return folder

    return write


def test_an_untouched_release_has_no_problem(release: Callable[..., Path]) -> None:
    assert verify(release()) == []


def test_a_changed_a_missing_and_an_extra_file(release: Callable[..., Path]) -> None:
    folder = release()
    (folder / "areas" / "areas.parquet").write_bytes(b"Areas")
    (folder / "CITATION.cff").unlink()
    (folder / "areas" / "more").write_bytes(b"")
    problems = "\n".join(verify(folder))
    assert "areas/areas.parquet does not match its checksum" in problems
    assert "CITATION.cff is missing" in problems
    assert "areas/more is not named in the manifest" in problems


@pytest.mark.parametrize("way", ["../../secret", "areas/../../../secret", "{absolute}", "link"])
def test_no_path_of_a_manifest_leads_out_of_the_release(
    release: Callable[..., Path], tmp_path: Path, way: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    path = way.format(absolute=secret)
    folder = release(file_entry(secret, path))
    (folder / "link").symlink_to(secret)
    problems = verify(folder)
    assert any(problem.startswith(f"{path} leads out of the release") for problem in problems)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        pytest.param("[" * 200_000, "it is nested too deeply", id="deep"),
        ("[]", "it holds something else than a manifest does"),
        ("{}", "it holds something else than a manifest does"),
        ('{"tables": [{}], "files": []}', "a file has no checksum"),
        ('{"tables": [["path", "sha256"]], "files": []}', "a file has no checksum"),
        ('{"tables": 1, "files": []}', "it holds something else than a manifest does"),
        (None, "No such file or directory"),
    ],
)
def test_a_damaged_manifest_is_said_in_words(tmp_path: Path, text: str | None, why: str) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(NothingThereError, match=rf"manifest.json is damaged: {why}[^']*\. Restore"):
        read_manifest(tmp_path)


def test_what_is_only_logged_makes_no_new_content_but_for_what_is_held(
    declared: Declarations, tmp_path: Path
) -> None:
    contract, hashes = declared.contract, []
    facts = {"rows": 5, "state": "fresh", "last_success": NOW, "refused_rows": 0, "data_version": "a.b"}
    changes: list[dict[str, Any]] = [
        {},
        {"state": "stale", "refused_rows": 3, "data_version": "c.d", "last_success": None},
        {"state": "held"},
        {"state": "held", "refused_rows": 3},
        {"rows": 6},
    ]
    for number, change in enumerate(changes):
        path = tmp_path / f"{number}.parquet"
        dataset = declared.datasets["kg_statements"]
        table = datasets_table(contract, {dataset.id: dataset}, {dataset.id: {**facts, **change}})
        write_table(table, path)
        hashes.append(content_hash(contract, {"datasets": path}))
    fresh, stale, held, held_again, more = hashes
    assert fresh == stale and held == held_again and len({fresh, held, more}) == 3


def test_the_content_hash_holds_the_version_of_the_contract(declared: Declarations, tmp_path: Path) -> None:
    path = tmp_path / "codes.parquet"
    write_table(codes(declared.contract), path)
    tables = {"codes": path}
    before = content_hash(declared.contract, tables)
    assert content_hash(dataclasses.replace(declared.contract, version="99.0"), tables) != before
    assert content_hash(declared.contract, {**tables, "releases": path, "fetches": path}) == before
    write_table(codes(declared.contract).slice(1), path)
    assert content_hash(declared.contract, tables) != before


def test_a_view_that_says_something_else_is_new_content(
    declared: Declarations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation of another edition publishes its cautions, though no figure changed."""
    for name in ("columns.yaml", "database_views.yaml", "tables.yaml"):
        (tmp_path / name).write_bytes((database_statements.HERE / name).read_bytes())
    monkeypatch.setattr(database_statements, "HERE", tmp_path)
    hashes = []
    for name in (None, "columns.yaml", "database_views.yaml", "tables.yaml"):
        if name:
            with (tmp_path / name).open("a", encoding="utf-8") as file:
                file.write("# a word")
        database_statements.declared_version.cache_clear()
        hashes.append(content_hash(declared.contract, {}))
    database_statements.declared_version.cache_clear()
    assert len(set(hashes)) == 4
